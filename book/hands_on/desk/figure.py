"""The derivation desk: an editor whose text `mathnet.derivation` checks in the reader's browser.

The scripts are `desk.js` and `desk-worker.js`; what they load is packed by `book.hands_on.desk.pyodide`.
"""

from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import NamedTuple

from book.hands_on import custom_element
from book.hands_on.desk import pyodide
from mathnet.derivation import Report, check, find

DOCS = Path(__file__).parents[3] / "docs"

# id of a derivation of the book, what it shows; and for a wrong one, what is replaced by what.
RIGHT = [
    ("one-layer-weights", "The weights of one layer"),
    ("matrix-transpose-of-product", "The transpose of a product"),
    ("batch-bias", "The bias of a batch"),
    ("hidden-delta", "Back through a hidden layer"),
    ("grad-softmax", "Softmax, to 50 digits"),
]
WRONG = [
    ("one-layer-weights", "A transpose is missing", r"\left[H^{\mathsf T} \left(", r"\left[H \left("),
    ("one-layer-weights", "A matrix product instead of ⊙", r"^*) \odot f'(HW + B)\right]_l", r"^*) f'(HW + B)\right]_l"),
    ("matrix-transpose-of-product", "Two indices are swapped", "A_{jr} B_{ri}", "A_{rj} B_{ri}"),
    ("batch-bias", "A sum gets lost", r"&= \sum_i D_{il}", r"&= D_{il}"),
    ("hidden-delta", "The derivative of f is forgotten", r"\, [f'(Z_1)]_i\, \delta_{ik}", r"\, \delta_{ik}"),
    ("grad-softmax", "A sign is wrong", r"(\delta_{lj} - Y_{ij})", r"(\delta_{lj} + Y_{ij})"),
    ("one-layer-output-by-weight", "Braces are missing", r"\sum_j H_j W_{ji} ", r"\sum_j H_j W_ji "),
]  # fmt: skip


class Example(NamedTuple):
    """A derivation to start from, with the checker's report on it."""

    title: str
    page: str
    source: str
    report: Report


@cache
def examples() -> tuple[Example, ...]:
    """Return the examples, right ones first; each is what the table says it is, or this raises."""
    return tuple(_example(*row) for row in RIGHT + WRONG)


def _example(id: str, title: str, old: str = "", new: str = "") -> Example:
    page, source = _derivations()[id]
    if source.count(old) != 1 and old:
        raise ValueError(f"derivation {id} of {page} has changed: {old} is not in it once")
    source = source.replace(old, new)
    report = check(source, id)
    if report.ok == bool(old):
        raise ValueError(
            f"example {title!r} of the desk is {'right' if old else 'wrong'}: {report.verdict()}"
        )
    return Example(title, page, source, report)


@cache
def _derivations() -> dict[str, tuple[str, str]]:
    return {
        found.id: (path.relative_to(DOCS).with_suffix("").as_posix(), found.source)
        for path in sorted(DOCS.rglob("*.md"))
        for found in find(path.read_text(encoding="utf-8"))
    }


def derivation_desk() -> str:
    """Return the editor with its list of examples; `desk.js` brings it to life."""
    start = examples()[0].source
    if pyodide.packed():
        waiting = "Checking here needs JavaScript and a page that comes from a web server. The command below needs neither."
    else:
        waiting = (
            "This copy of the book was built without Pyodide, so nothing can be checked here. "
            "Another build, with a network, fetches it from npm."
        )
    choices = "".join(
        f'<optgroup label="{label}">{"".join(_option(at) for at, _ in enumerate(examples()) if (at < len(RIGHT)) == right)}</optgroup>'
        for label, right in (("Right", True), ("Wrong", False))
    )
    form = (
        '<link rel="stylesheet" href="../assets/desk.css"><div class="hands-on desk">'
        '<p class="desk-row"><label for="desk-example">Start from</label>'
        f'<select id="desk-example" disabled>{choices}</select>'
        '<button type="button" data-act="take" disabled>Use this example</button></p>'
        '<label for="desk-text">Your derivation</label>'
        '<div class="desk-editor"><pre class="desk-gutter" aria-hidden="true"></pre>'
        '<textarea id="desk-text" rows="15" spellcheck="false" autocomplete="off" autocapitalize="off" '
        f'aria-describedby="desk-keys">\n{escape(start.strip())}</textarea></div>'
        '<p class="desk-row"><button type="button" data-act="check" disabled>Check</button>'
        '<button type="button" data-act="stop" disabled>Stop</button>'
        '<button type="button" data-act="link" disabled>Copy link</button>'
        '<span id="desk-keys">Ctrl + Enter checks; Tab leaves the editor.</span></p>'
        '<p class="desk-row desk-progress" hidden><progress aria-label="Loading"></progress><span></span></p>'
        f'<div class="desk-verdict" role="status"><p>{waiting}</p></div></div>'
    )
    data = {
        "folder": pyodide.folder(),
        "files": {name: len(content) for name, content in pyodide.packed().items()},
        "examples": [example.source.strip() for example in examples()],
    }
    return custom_element("derivation-desk", form, data)


def _option(at: int) -> str:
    return f'<option value="{at}">{escape(examples()[at].title)}</option>'


def example_list() -> str:
    """Return the examples with the checker's verdicts on them, found during the build."""
    return f'<div class="desk-examples" data-search-exclude>{"".join(map(_shown, examples()))}</div>'


def _shown(example: Example) -> str:
    mark = "✓" if example.report.ok else "✗"
    place = f"../{example.page}/#d-{example.report.id}"
    origin = f'<a href="{place}">{example.report.id}</a>'
    return (
        f'<details class="example"><summary>{mark} {escape(example.title)}</summary>'
        f"<pre><code>{escape(example.source.strip())}</code></pre>"
        f"<pre><code>{escape(chr(10).join(verdict(example.report)))}</code></pre>"
        f"<p>{'It stands in the book' if example.report.ok else 'The book has it right'}: {origin}.</p></details>"
    )


def verdict(report: Report) -> Iterator[str]:
    """Yield what `mathnet check` says about a derivation, without its place in a file."""
    if report.ok:
        yield f"✓ {report.verdict()}, {report.comparisons} comparisons"
    for error in report.errors:
        yield f"✗ line {error.place.line}: {error.reason}"
        yield from error.details()


def size() -> str:
    """Return how much the first check loads."""
    return f"{sum(map(len, pyodide.packed().values())) / 1e6:.1f} MB"
