r"""An exercise whose solution is a derivation of its page: the reader writes the lines there, and the checker judges them when asked.

A Markdown extension. The fence names the derivation; its where part and its first side are what the reader gets:

    ```exercise one-layer-input
    ```

The derivation must settle the gradient on its first side, and the deriver must know the way there, so that there is always a solution and a hint.
"""

from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from book.equations import declared
from book.hands_on import custom_element
from book.hands_on.desk import pyodide
from book.hands_on.desk.figure import ANSWER, editor, loaded
from mathnet.derivation import DerivationError, Exercise, Report, check, derive, following
from mathnet.derivation.doors.markdown import checked
from mathnet.derivation.read.fences import Fence, fences, find
from mathnet.derivation.verdict.asked import written_out
from mathnet.derivation.verdict.rendering import where_html
from mathnet.mathml import in_sentence


class ExerciseError(ValueError):
    """An exercise that no reader could solve in the page."""


def posed(report: Report) -> Exercise:
    """Return the exercise that a derivation solves, or say why there is none."""
    try:
        if not report.ok:
            raise report.errors[0]
        where, asked = declared("derivation", report.source), report.chains[0].rows[0].left
        by = following(check(f"{where}\n{asked} = {asked}")).by
        following_last = following(report, by)
        (way,) = derive(where, [by])
    except DerivationError as error:
        raise ExerciseError(f"expected a derivation of a gradient: {error.reason}") from error
    if way.refused:
        raise ExerciseError(f"expected a gradient that can be derived by machine: {way.refused}")
    if not following_last.complete:
        raise ExerciseError(
            f"expected lines that end without another derivative; next would come {following_last.line}"
        )
    if (needed := declared("derivation", way.fence)).split() != where.split():
        raise ExerciseError(f"expected a where part that declares what the hints need; it would be {needed}")
    return Exercise(where, by, asked)


def derivation_exercise(id: str, report: Report) -> str:
    """Return the place for a reader's lines, folded; `exercise.js` brings it to life. A build without Pyodide promises nothing."""
    each = posed(report)
    if not pyodide.packed():
        return ""
    name = f"exercise-{id}"
    form = (
        '<details class="question"><summary>Write your lines here, and have each one checked</summary><div class="hands-on desk">'
        f'<div class="desk-task">{where_html(report.names.items)}<p>Derive {in_sentence(each.asked, ".")}</p></div>'
        f'<label for="{name}-text">Your lines</label>{editor(name, f"{each.asked} =", 6)}'
        '<p class="desk-row"><button type="button" data-act="check" data-waits disabled>Check my lines</button>'
        '<button type="button" data-act="stop" disabled>Stop</button>'
        f'<span id="{name}-keys">Lines are LaTeX, as in <code>H^{{\\mathsf T}} (A \\odot B)</code>. Ctrl + Enter checks; Tab leaves the editor.</span></p>'
        f"{ANSWER.format(waiting='')}"
        '<div class="desk-next desk-row" aria-live="polite"></div><div class="desk-shown"></div></div></details>'
    )
    said = {"verb": "Checking", "act": "check", "press": "Check my lines", "first": "for the first answer"}
    words = {"hint": "Next step as a hint", "line": "Show the next line"}
    question = {"where": each.where, "by": each.by, "asked": each.asked}
    return custom_element("derivation-exercise", form, loaded() | said | words | {"question": question})


class _Fences(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        for fence in reversed([each for each in fences(text, "exercise") if each.word == "exercise"]):
            stored = self.md.htmlStash.store(_shown(fence, text))
            lines[fence.line - 2 : fence.line + fence.height] = ["", fence.prefix + stored, ""]
        return lines


def _shown(fence: Fence, text: str) -> str:
    """Return what stands on the page in the place of a fence."""
    found = {each.id: each for each in find(text)}
    each = found.get(fence.rest)
    try:
        if each is None:
            raise ExerciseError(
                f"expected the id of a derivation of this page, which has {', '.join(found) or 'none'}"
            )
        if fence.source:
            raise ExerciseError(f"expected an empty fence, got {fence.source!r}")
        return derivation_exercise(each.id, checked(written_out(each.source, each.id, each.asked), each.id))
    except ExerciseError as error:
        raise ExerciseError(f"fence exercise {fence.rest}: {error}") from None


class ExerciseExtension(Extension):
    """Puts a place to write and check a derivation where the fence stands."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register before the derivations (27), whose sources it reads, and after the heads of all fences are known (28)."""
        md.preprocessors.register(_Fences(md), "mathnet-exercises", 27.5)


def makeExtension(**settings: Any) -> ExerciseExtension:
    """Return the extension, as Python-Markdown asks for it."""
    return ExerciseExtension(**settings)
