"""Blocks that need PyTorch, JAX, mlxtend or a cluster show what these printed; where what they import is installed, they are run anew."""

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
    message = "the output of this block is not recorded: run `python -m book.recorded` where PyTorch, JAX, Dask, mlxtend and scikit-learn are installed\n\nimport torch"
    with pytest.raises(SuperFencesException, match=re.escape(message)):
        recorded.output("import torch\n")


def test_a_page_says_who_printed_what_it_shows_and_when(site):
    """Below each block and its output, in either order."""
    shown = []
    for page in ("frameworks", "many-machines", "optimisers", "transformer", "check-backward"):
        for note in html.fromstring((site / page / "index.html").read_bytes()).xpath(
            "//p[@class='recorded']"
        ):
            block = [
                part.text_content().strip() for part in note.xpath("preceding-sibling::*[position() <= 2]")
            ]
            shown.append((note.text_content(), block))
    assert len(shown) == len(BLOCKS)
    for code in BLOCKS:
        output, said = recorded.output(code).strip(), recorded.said_by(code)
        assert any(note == said and output in block for note, block in shown), output


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


def test_what_cannot_run_here_stays_as_it_is_recorded(monkeypatch):
    code = "import torch\nprint(1)"
    old = {"printed": "2\n", "versions": {"torch": "2.1"}, "day": "2026-01-01"}
    monkeypatch.setattr(recorded, "records", lambda: {recorded.key(code): old})
    monkeypatch.setattr(recorded, "missing", lambda code: ["torch"])
    assert recorded.record(code) == old


@pytest.mark.parametrize("code", BLOCKS, ids=recorded.key)
def test_a_block_prints_what_is_recorded(code):
    """What a long training ends with depends on how the processor rounds, so its shares may differ by two per cent."""
    for module in recorded.imported(code):
        pytest.importorskip(module, reason=f"{module} is not installed: bash .ci/frameworks installs it")
    if "mlxtend" not in recorded.imported(code):
        assert recorded.run(code) == recorded.output(code)
        return
    printed, expected = (
        re.findall(r"^ +(\w+) .*test ([\d.]+)%|(\w+: .*)", text, re.MULTILINE)
        for text in (recorded.run(code), recorded.output(code))
    )
    assert [(name, heading) for name, _, heading in printed] == [
        (name, heading) for name, _, heading in expected
    ]
    for (_, now, _), (_, then, _) in zip(printed, expected, strict=True):
        assert abs(float(now or 0) - float(then or 0)) < 2
