r"""The fence `derive`: its lines are derived, and everybody who reads the page takes it for a derivation."""

import json
import subprocess
import sys

import pytest

from mathnet.derivation import check, derive, find
from mathnet.derivation.doors.command import main
from mathnet.derivation.read.fences import Asked
from mathnet.derivation.verdict.asked import written_out
from mathnet.derivation.verdict.derive import KINDS, STYLES

SQUARE = r"""where X \in \mathbb{R}^{n \times d}
      w, t \in \mathbb{R}^{d}
      J = \tfrac12 \|X w\|^2"""
ANSWER = r"\frac{\partial J}{\partial w} &= X^{\mathsf T} X w  && \text{through } J\text{; matrix product}"


def fence(head, body=SQUARE):
    return f"```derive {head}\n{body}\n```\n"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Return a function that writes a file, checks it, and returns the exit status and what was said."""
    monkeypatch.chdir(tmp_path)

    def run(text, *arguments, name="page.md"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        status = main(["check", name, *arguments])
        return status, capsys.readouterr().out

    return run


@pytest.mark.parametrize(
    ("head", "asked"),
    {
        "square by=w": Asked("w", "backward"),
        "square  style=backward  by=w": Asked("w", "backward"),
        'square by="w"': Asked("w", "backward"),
        r'square by="\hat Y" style=indices': Asked(r"\hat Y", "indices"),
        "square by=W_1": Asked("W_1", "backward"),
        "square kind=hessian by=w": Asked("w", "backward", "hessian"),
        "square by=Y^*": Asked("Y^*", "backward"),
    }.items(),
)
def test_the_head_says_what_is_asked(head, asked):
    (found,) = find(fence(head))
    assert (found.id, found.asked, found.problem) == ("square", asked, "")


def test_what_is_derived_is_the_where_part_with_its_lines_and_passes_the_checker():
    (found,) = find(fence("square by=w"))
    text = written_out(found.source, found.id, found.asked)
    assert text == f"{SQUARE}\n{ANSWER}"
    assert check(text).ok
    assert written_out(text, "square", None) == text


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("kind", KINDS)
def test_each_style_and_kind_can_be_asked_for(style, kind):
    (found,) = find(fence(f"square by=w style={style} kind={kind}"))
    text = written_out(found.source, found.id, found.asked)
    assert text == derive(SQUARE, ["w"], "square", style, kind)[0].fence
    assert check(text).ok


def test_the_command_counts_it_and_names_its_place(run):
    status, said = run("# Page\n\n> " + fence("square by=w").strip().replace("\n", "\n> "))
    assert (status, said) == (
        0,
        "✓ page.md:4 square: 1 step · proved, 18 comparisons\n1 right, 0 wrong\n",
    )


@pytest.mark.parametrize(
    ("head", "body", "place", "message"),
    [
        ("bad by=Q", SQUARE, "1", "Q is not declared; known are: X, w, t, J"),
        ("bad by=t", SQUARE, "1", "t is refused: J does not depend on t"),
        ("bad by=w style=sideways", SQUARE, "1", "there is no style sideways; known: backward, indices, differentials"),
        ("bad by=w kind=hesse", SQUARE, "1", "there is no kind hesse; known: gradient, hessian, hvp, jvp"),
        ("bad w", SQUARE, "1", "the head of a derive fence is an id, by=… and perhaps style=… and kind=…, as in derive my-id by=W; w cannot be read"),
        ("bad by=w stile=backward", SQUARE, "1", "the head of a derive fence is an id, by=… and perhaps style=… and kind=…, as in derive my-id by=W; stile=backward cannot be read"),
        ("bad", SQUARE, "1", "it does not say by which symbol: write by=… after the id, as in derive bad by=W"),
        ("Bad by=w", SQUARE, "1", "the id Bad is not made of small letters, digits and single dashes"),
        ("bad by=w", SQUARE + "\nJ = 3", "5:1", "J is defined twice\n      J = 3\n      ^"),
        ("bad by=w", r"where w \in \mathbb{R}^n" + "\n      J = (w", "3:11", "( is never closed"),
        ("bad by=w", r"where w \in \mathbb{R}^n", "2", "nothing is defined: write what is to be differentiated, as in J = …"),
    ],
)  # fmt: skip
def test_what_cannot_be_derived_is_wrong_at_its_place(run, head, body, place, message):
    status, said = run(fence(head, body))
    assert status == 1
    assert f"  page.md:{place}: {message}\n" in said
    assert "0 right, 1 wrong" in said


def test_json_keeps_to_the_lines_of_the_file(run):
    status, said = run("\n" + fence("square by=w"), "--format", "json")
    (derivation,) = json.loads(said)["files"][0]["derivations"]
    assert (status, derivation["id"], derivation["line"], derivation["ok"]) == (0, "square", 3, True)
    assert [line["line"] for line in derivation["lines"]] == [5]


def test_docstrings_notebooks_and_macros_may_ask(run):
    docstring = f'def f():\n    r"""Derive.\n\n{fence("square by=w")}    """\n'
    assert run(docstring, name="module.py")[0] == 0
    cell = {"cell_type": "markdown", "source": [fence("square by=w")]}
    assert run(json.dumps({"cells": [cell]}), name="notes.ipynb")[0] == 0
    macros = "\\newcommand{\\weight}{w}\n" + fence(r"square by=\weight", SQUARE.replace("w,", r"\weight,"))
    assert run(macros)[0] == 0


def test_an_id_counts_once_whichever_fence_has_it(run):
    status, said = run(fence("square by=w") + "```derivation square\nwhere t \\in \\mathbb{R}\nt = t\n```\n")
    assert status == 1
    assert "the id is already used at line 2" in said


def test_pytest_makes_it_a_test(tmp_path):
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\naddopts = -p mathnet.derivation.pytest_plugin -p no:cacheprovider\nderivations = *.md\n",
        encoding="utf-8",
    )
    (tmp_path / "page.md").write_text(fence("right by=w") + fence("wrong by=Q"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout
    assert "page.md:6: Q is not declared; known are: X, w, t, J" in done.stdout
