"""Blocks that need PyTorch or JAX show what these printed; where both are installed, they are run anew."""

import re

import pytest
from lxml import html
from pymdownx.superfences import SuperFencesException

from book import recorded

BLOCKS = list(recorded.blocks())


def test_every_block_is_recorded_and_nothing_else():
    assert len(BLOCKS) > 10
    assert {recorded.key(code) for code in BLOCKS} == recorded.records().keys()


def test_a_block_that_was_changed_stops_the_build():
    message = "the output of this block is not recorded: run `python -m book.recorded` where PyTorch and JAX are installed\n\nimport torch"
    with pytest.raises(SuperFencesException, match=re.escape(message)):
        recorded.output("import torch\n")


def test_a_page_says_who_printed_what_it_shows_and_when(site):
    page = html.fromstring((site / "frameworks" / "index.html").read_bytes())
    said = [
        (note.getprevious().text_content().strip(), note.text_content())
        for note in page.xpath("//p[@class='recorded']")
    ]
    expected = [(recorded.output(code).strip(), recorded.said_by(code)) for code in BLOCKS]
    assert said == expected


def test_what_printed_a_block_is_said_in_words(monkeypatch):
    one = {"printed": "1\n", "versions": {"jax": "0.9", "torch": "2.1"}, "day": "2026-11-05"}
    monkeypatch.setattr(recorded, "records", lambda: {recorded.key("x"): one})
    assert recorded.said_by("x") == "Printed by PyTorch 2.1 and JAX 0.9 on 5 November 2026."


def test_a_new_record_keeps_the_day_of_one_that_says_the_same(monkeypatch):
    code = "print(1)"
    first = recorded.record(code)
    monkeypatch.setattr(recorded, "records", lambda: {recorded.key(code): {**first, "day": "2026-01-01"}})
    assert recorded.record(code)["day"] == "2026-01-01"
    assert recorded.record("print(2)")["day"] == first["day"]


@pytest.mark.parametrize("code", BLOCKS, ids=recorded.key)
def test_a_block_prints_what_is_recorded(code):
    for module in recorded.imported(code):
        pytest.importorskip(module, reason=f"{module} is not installed: bash .ci/frameworks installs it")
    assert recorded.run(code) == recorded.output(code)
