"""The benchmark of derived gradients: what of it is no measurement, and that the chapter shows all of it."""

import importlib.util
import re
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
_SPEC = importlib.util.spec_from_file_location("benchmark_derive", ROOT / "benchmarks" / "derive.py")
measure = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = measure  # where dataclasses look
_SPEC.loader.exec_module(measure)
ASKED = [(name, by) for name, case in measure.CASES.items() for by in case.by.split()]


@pytest.mark.parametrize(("name", "by"), ASKED)
def test_what_is_derived_agrees_with_the_loss_as_numpy_computes_it(name, by):
    assert measure.by_mathnet(measure.CASES[name], by, 1)[0] == "right"


def test_a_wrong_answer_is_called_wrong():
    expected = np.array([[1.0, 2.0]])
    assert measure.verdict([1, 2], expected) == "right"
    assert measure.verdict([1, 2.001], expected) == "wrong"
    assert measure.verdict(0, expected) == "wrong"


def test_the_chapter_shows_every_case_and_counts_them_right():
    page = (ROOT / "docs" / "derive-by-machine.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^ *\| (.+) \| (\w) \| (\w+) \| [\d.]+ \| [\d.]+ \| (\w+) \| [\d.]* \|$", page, re.MULTILINE
    )
    assert [(name.replace("&#124;", "|"), by) for name, by, _, _ in rows] == ASKED
    for place, said in ((2, r"mathnet: (\d+) right, (\d+) wrong"), (3, r"SymPy: (\d+) right, (\d+) wrong")):
        right, wrong = (sum(row[place] == word for row in rows) for word in ("right", "wrong"))
        assert re.search(said, page).groups() == (str(right), str(wrong))
