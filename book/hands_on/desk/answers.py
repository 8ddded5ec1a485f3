"""What the desk's worker answers, in a browser's Python as in any other: a question and its answer are JSON.

A text that cannot be read is no failure: the answer says what is wrong with it, and where.
"""

import json
from collections.abc import Callable, Iterator
from itertools import islice, takewhile
from typing import Any

from mathnet.derivation import (
    DerivationError,
    Exercise,
    Following,
    Report,
    check,
    exercise,
    find,
    following,
)
from mathnet.derivation.algebra.steps import Chain as Lines
from mathnet.derivation.doors.derive import text as written
from mathnet.derivation.doors.document import document
from mathnet.derivation.read.source import Chain, Row
from mathnet.derivation.verdict.check import proved_steps
from mathnet.derivation.verdict.derive import drafts, symbols
from mathnet.derivation.verdict.rendering import note_parts, reason_parts, where_words

Answer = dict[str, Any]


def answers(question: str) -> Iterator[str]:
    """Yield the answer to a question, `{"ask": one of ASKED, …}` with what that function takes: each is more complete than the one before."""
    given = json.loads(question)
    try:
        found = ASKED[given.pop("ask")](**given)
        yield from map(json.dumps, found if isinstance(found, Iterator) else [found])
    except DerivationError as error:
        yield json.dumps({"error": _error(error.attach("", given.get("text", "")))})


def checked(text: str) -> Answer:
    """Check the derivation fences of a text, or the whole text where it has none."""
    found = [(fence.id, fence.source, fence.line, fence.column) for fence in find(text)]
    return {"reports": [_report(check(source, id), *at) for id, source, *at in found or [("", text, 1, 0)]]}


def _report(report: Report, line: int = 1, column: int = 0) -> Answer:
    result = document(report, line, column) | {"verdict": report.verdict(), "shown": shown(report)}
    for each, error in zip(result["errors"], report.errors, strict=True):
        each |= {"caret": error.caret, "details": error.details()}
    return result


def _error(error: DerivationError) -> Answer:
    line, column, _ = error.place
    return {
        "line": line,
        "column": column,
        "reason": error.reason,
        "caret": error.caret,
        "details": error.details(),
        "cause": error.cause or None,
    }


def shown(report: Report) -> Answer:
    """Return the where part and the rows of a derivation as they are set; words and formulas take turns, words first."""
    words = where_words(report.names.items, "\0{}\0".format) if report.names.items else ""
    chains = [list(_rows(report, chain)) for chain in report.chains if chain.rows]
    return {"where": words.split("\0"), "chains": chains}


def _rows(report: Report, chain: Chain) -> Iterator[Answer]:
    lines = iter(report.lines_of(chain))
    for row in chain.rows:
        steps = list(islice(lines, row.steps))
        yield {
            "line": row.line,
            "left": row.left,
            "right": f"{row.relation} {row.right}".strip(),
            "reason": reason_parts(row.reason),
            **_mark(report, row, [(line.ok, line.proved) for line in steps]),
        }


def _mark(report: Report, row: Row, steps: list[tuple[bool | None, bool]]) -> Answer:
    """Return whether a row holds, and how sure that is."""
    if not steps:
        return {"ok": None, "mark": ""}
    ok = all(ok for ok, _ in steps)
    if any(ok is False for ok, _ in steps):
        return {"ok": False, "mark": "wrong"}
    if not ok:
        return {"ok": None, "mark": "not judged"}
    return {"ok": True, "mark": "proved" if all(proved for _, proved in steps) else report.tried}


def choices(text: str) -> Answer:
    """Return the symbols that a gradient can be taken by: the declared ones, and all."""
    declared, defined = symbols(text)
    return {"declared": declared, "symbols": [*declared, *defined]}


def derived(text: str, by: str, style: str, kind: str) -> Iterator[Answer]:
    """Derive by one symbol: line by line as far as they are proved, and then everything, when the checker has passed it."""
    (draft,) = drafts(text, [by], style=style, kind=kind)
    asked = {"by": draft.asked.by}
    lines: list[list[Answer]] = []
    for chain, proofs in zip(draft.chains, proved_steps(draft.fence), strict=False):
        proved = len([*takewhile(bool, proofs)])
        for count in range(1, proved + 1):
            yield asked | {"shown": {"where": [], "chains": [*lines, _lines(chain, count)]}}
        if proved < len(chain.lines):
            break
        lines.append(_lines(chain, proved))
    found, report = draft.checked()
    if report is None:
        yield asked | {"refused": found.refused}
        return
    yield asked | {
        "answer": found.answer,
        "verdict": found.verdict,
        "note": note_parts(found.note),
        "shown": shown(report) | {"where": []},
        "numpy": found.numpy,
        "latex": written(found, "latex"),
        "markdown": written(found, "markdown"),
    }


def _lines(chain: Lines, count: int) -> list[Answer]:
    """Return the first rows of a chain, which are proved."""
    return [
        {
            "left": "" if at else chain.left,
            "right": f"= {line.latex}",
            "reason": reason_parts(line.reason),
            "ok": True,
            "mark": "proved",
        }
        for at, line in enumerate(chain.lines[:count])
    ]


def next_line(text: str) -> Answer:
    """Return the hint and the line that come next: in a text alone, or in the first of its fences that is wrong, else in the last."""
    fences = [fence.source for fence in find(text)]
    reports = [check(source) for source in fences or [text]]
    report = next((report for report in reports if not report.ok), reports[-1])
    return _next(following(report)) | {"alone": not fences}


def _next(next: Following) -> Answer:
    return {
        "by": next.by,
        "complete": next.complete,
        "refused": next.refused,
        "hint": reason_parts(next.hint),
        "line": next.line,
        "formula": next.line.partition("  &&")[0].replace(" &= ", " = "),
        "declares": next.declares,
    }


def made(difficulty: str, seed: int) -> Answer:
    """Make an exercise."""
    each = exercise(difficulty, seed)
    words = shown(check(each.where))["where"]
    return {"where": each.where, "words": words, "by": each.by, "asked": each.asked}


def practised(difficulty: str, seed: int, lines: str) -> Answer:
    """Judge the lines that a reader has written to an exercise that a number makes."""
    return _judged(exercise(difficulty, seed), lines)


def posed(where: str, by: str, asked: str, lines: str) -> Answer:
    """Judge the lines that a reader has written to an exercise of a page."""
    return _judged(Exercise(where, by, asked), lines)


def _judged(each: Exercise, lines: str) -> Answer:
    """Judge a reader's lines; their places are counted from the first of them."""
    judged = each.judged(lines)
    above = each.where.count("\n") + 1 - lines[: len(lines) - len(lines.lstrip())].count("\n")
    added = len(judged.report.source) - len(each.where) - 1 - len(lines.strip())  # before an answer alone
    return {
        "solved": judged.solved,
        "report": _report(judged.report, 1 - above, -added),
        "next": _next(judged.next) | {"alone": True},
    }


ASKED: dict[str, Callable[..., Answer | Iterator[Answer]]] = {
    "check": checked,
    "symbols": choices,
    "derive": derived,
    "next": next_line,
    "exercise": made,
    "practise": practised,
    "pose": posed,
}
