"""What docs/cost.md says in words about the measured times is true of the file of figures, whoever measured them last."""

import re

import pytest
from lxml import html

from book import measured
from book.measured import multiplications

BOTH = pytest.mark.parametrize("dtype", ["float32", "float64"])
NUMPY = {"mathnet", "mathnet fit", "textbook"}


@BOTH
def test_six_networks_were_measured_in_the_same_order(dtype):
    names = [measured.name(step) for step in measured.measured(dtype)]
    assert names == [
        "2-3-1, 1",
        "64-30-10, 1",
        "64-64-10, 32",
        "784-30-10, 10",
        "784-128-10, 32",
        "784-512-512-10, 256",
    ]


@BOTH
def test_every_contender_has_a_name_on_the_page_and_most_were_installed(dtype):
    for step in measured.measured(dtype):
        assert step["ratios"].keys() <= measured.NAMES.keys()
        assert step["ratios"].keys() >= {*NUMPY, "torch", "JAX jit", "scikit-learn", "autograd"}
        assert step["limit"] > 0
        assert min(step["ratios"].values()) > 0


@BOTH
def test_the_table_goes_from_the_fastest_to_the_slowest(dtype):
    rows = html.fromstring(measured.table(dtype)).xpath("//tbody/tr")
    assert len(rows) == 6
    for row, step in zip(rows, measured.measured(dtype), strict=True):
        shown = [float(x) for x in re.findall(r" ([\d.]+)(?:,|$)", row[2].text_content())]
        assert shown == sorted(shown)
        assert len(shown) == len(step["ratios"])


def test_a_multiplication_takes_hundredths_of_a_nanosecond_in_the_largest_network_and_thousands_of_times_as_much_in_the_smallest():
    small, *_, large = (
        1e9 * step["limit"] / multiplications(step["sizes"], step["samples"])
        for step in measured.measured("float32")
    )
    assert 0.01 <= large < 0.1
    assert 2000 < small / large < 10_000


def test_the_calls_cost_more_on_the_left_and_all_lines_come_together_on_the_right():
    first, *_, last = measured.measured("float32")
    for contender in (*NUMPY, "torch", "JAX jit", "scikit-learn", "autograd"):
        assert first["ratios"][contender] > 2 * last["ratios"][contender]
        assert last["ratios"][contender] < 3
    assert first["ratios"]["torch"] > 10 * first["ratios"]["mathnet"]


def test_where_others_win():
    first, *_ = measured.measured("float32")
    ratios = first["ratios"]
    assert ratios["no NumPy"] < min(ratios[contender] for contender in NUMPY)
    assert ratios["JAX scan"] < ratios["no NumPy"] < ratios["JAX jit"]
    for step in measured.measured("float32")[:2]:  # of one sample
        assert step["ratios"]["JAX scan"] < 1
