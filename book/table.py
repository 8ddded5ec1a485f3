"""The table of gradients: one row for each operation, read from the pages of `docs/gradients`, where it is derived, checked and has its code.

From the same rows come the table of `docs/gradients.md` and the key `rows` of `equations.json`.
"""

import re
from collections.abc import Iterator
from functools import cache
from html import escape
from typing import Any, NamedTuple

from book import search
from book.boxes import BOX
from book.inventory import DOCS
from book.mathml import in_sentence
from book.typesetting import TABLE, TABLE_END
from mathnet import RULES
from mathnet.derivation import Report, find
from mathnet.derivation.doors.markdown import checked

# In the order of the table.
PAGES = [
    "arithmetic",
    "products",
    "shape",
    "elementwise",
    "reductions",
    "losses",
    "normalisation",
    "layers",
    "time",
    "attention",
    "linear-algebra",
    "second",
    "implicit",
    "complex",
]
FOLDER = DOCS / "gradients"

_HEADING = re.compile(r"(?P<name>.+?) \{ #(?P<id>[\w-]+) \}\n")
_UNCHECKED = re.compile(r"^Not checked: (.+?\.)", re.MULTILINE)
_LINKED_CODE = re.compile(r"\[[^]]*\bcode\b[^]]*\]\((?:([\w-]+)\.md)?#([\w-]+)\)", re.IGNORECASE)
_CONTINUED = re.compile(r"\\\\\s*&\\quad")  # a side that is set on two lines

_LIBRARIES = {"PyTorch", "JAX", "NumPy", "TensorFlow"}

# What goes back is a cotangent, a gradient or a Hessian; where a page pairs differentials instead, it is what is paired with them.
_BACK = (
    r"\bar",
    r"\operatorname{vec}(\bar",
    r"\dot{\bar",
    r"\nabla",
    r"\frac{\partial J}",
    r"\frac{\partial^2 J}",
)
_PAIRED = r"\dot J", r"\dot t", r"\langle"

# A formula about as one types it: Y_bar B^T.
_TYPED = (
    (r"\\(?:begin|end)\{\w+\}", " "),
    (r"\\bar\s*\{?\s*(\\?[A-Za-z]+(?:_\w+)?)\}?", r"\1_bar"),
    (r"\\dot\s*\{?\s*(\\?[A-Za-z]+(?:_\w+)?)\}?", r"\1_dot"),
    (r"\^\{\\mathsf T\}", "^T"),
    (r"\\partial\s*", "d"),
    (r"\\[td]?frac\{((?:[^{}]|\{[^{}]*\})*)\}\{((?:[^{}]|\{[^{}]*\})*)\}", r"\1/\2"),
    (r"\\odot", "⊙"),
    (r"\\(?:left|right|quad|[lr]vert|[lr]angle|operatorname|text|mathrm|mathbf)\b|\\[td]?frac|\\[,;!]|[\\{}&]", ""),
)  # fmt: skip


class Row(NamedTuple):
    """An operation: the page and the section that derive it, and the reports on its derivations; one that is folded away says why, and is none of them."""

    page: str
    name: str
    id: str
    section: str
    reports: tuple[Report, ...]

    @property
    def forward(self) -> list[str]:
        """What is computed: the definitions of its where parts."""
        return [formula for report in self.reports for formula in defined(report)]

    @property
    def backward(self) -> list[str]:
        """What comes back."""
        return [formula for report in self.reports for formula in back(report)]

    @property
    def tangents(self) -> list[str]:
        """How fast the result moves, where a derivation begins with that."""
        return [
            f"{first} = {last}"
            for report in self.reports
            for first, last in _ends(report)
            if re.match(r"\\dot (?!J\b|t\b)|\\dot\{(?!\\bar)", first)
        ]

    @property
    def shapes(self) -> dict[str, list[str]]:
        """The shapes that its derivations declare, by symbol; that of a number is empty."""
        return {
            symbol.latex: [str(size) for size in symbol.shape]
            for report in self.reports
            for symbol in report.names.symbols.values()
            if symbol.definition is None and symbol.shape is not None
        }

    @property
    def unchecked(self) -> str:
        """Why there is no derivation, if there is none."""
        return "" if self.reports else _UNCHECKED.findall(self.section)[0].capitalize()

    @property
    def code(self) -> list[str]:
        """The programs of its section with a backward pass, or that call one of the library."""
        return [box for box in BOX.findall(self.section) if re.search(r"^def \w+_back\(|_vjp\(", box, re.M)]

    @property
    def code_of(self) -> list[str]:
        """The rows whose code serves it, too, as page and id."""
        return [f"{page or self.page}/{id}" for page, id in _LINKED_CODE.findall(self.section)]

    @property
    def rules(self) -> list[str]:
        """The rules of the library that compute it: those that its section links to."""
        linked = re.findall(r"\]\[mathnet\.(\w+)\]", self.section)
        return [rule.name for rule in RULES if rule.name in linked]

    @property
    def aliases(self) -> list[str]:
        """Other names of it: abbreviations of its section, what readers type for it, names in its code."""
        prose = re.sub(r"\$[^$]*\$|`[^`]*`", "", "".join(self.section.split("```")[::2]))
        short = [word for word in re.findall(r"\b[A-Z]\w*[A-Z]\w*\b", prose) if word not in _LIBRARIES]
        said = " ".join([self.name, *short])
        typed = [
            word
            for entry in _synonyms(search.WORDS.read_text(encoding="utf-8"))
            if any(
                re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said, re.IGNORECASE)
                for word in entry.get("said", ())
            )
            for word in entry["typed"]
        ]
        functions = re.findall(r"^def (\w+)\(|(?<!`)`([\w.]{3,})`(?!`)", self.section, re.MULTILINE)
        return list(dict.fromkeys([*short, *typed, *map("".join, functions)]))


_synonyms = cache(search.words)


def defined(report: Report) -> list[str]:
    """Return the definitions of a where part."""
    return [item.definition for item in report.names.items if item.definition]


def back(report: Report) -> list[str]:
    """Return, of each chain about what goes back, its first side and its last; where there is none, of every chain."""
    ends = _ends(report)
    for kind in (_BACK, _PAIRED, ("",)):
        if found := [f"{first} = {last}" for first, last in ends if first.startswith(kind)]:
            return found
    return []


def _ends(report: Report) -> list[tuple[str, str]]:
    return [(chain.sides[0].latex, _CONTINUED.sub("", chain.sides[-1].latex)) for chain in report.chains]


def rows(page: str) -> Iterator[Row]:
    """Yield the rows of a page."""
    _, *parts = re.split(r"^## ", (FOLDER / f"{page}.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    for section in parts:
        heading = _HEADING.match(section)
        if not heading:
            raise ValueError(
                f"docs/gradients/{page}.md: {section.partition(chr(10))[0]} has no id of its own"
            )
        reports = (checked(fence.source, fence.id) for fence in find(section) if fence.column == 0)
        yield Row(page, heading["name"], heading["id"], section, tuple(reports))


def table() -> dict[str, list[Row]]:
    """Return the rows by page, in order; every page is there, and no id twice."""
    found = {page: list(rows(page)) for page in PAGES}
    if {path.stem for path in FOLDER.glob("*.md")} != found.keys():
        raise ValueError("a page of docs/gradients is not in the table")
    ids = [row.id for several in found.values() for row in several]
    if twice := {id for id in ids if ids.count(id) > 1}:
        raise ValueError(f"two rows are called {', '.join(sorted(twice))}")
    return found


def shown() -> str:
    """Return the table as Markdown: what it holds, the field that filters it, and a part for each page."""
    parts = table()
    return "\n\n".join(
        [
            _summary([row for several in parts.values() for row in several]),
            '<form class="row-filter needs-script" data-search-exclude><label>Show only rows with '
            '<input type="search" placeholder="softmax, LayerNorm, Y_bar B^T …" autocomplete="off" spellcheck="false"></label>'
            f'<p role="status">{sum(map(len, parts.values()))} rows</p></form>',
            *(_part(page, several) for page, several in parts.items()),
        ]
    )


def _summary(found: list[Row]) -> str:
    reports = [report for row in found for report in row.reports]
    proved = sum(report.proved == report.steps for report in reports)
    exact = sum(report.exact and report.proved < report.steps for report in reports)
    return (
        f"{len(found)} operations, {sum(not row.reports for row in found)} of them not checked, with {sum(len(row.backward) for row in found)} formulas for cotangents, gradients and Hessians, "
        f"in {len(reports)} derivations: {proved} proved in every step, {exact} of the others checked exactly, {len(reports) - proved - exact} to 50 digits, "
        f"with {sum(report.comparisons for report in reports):,} comparisons of numbers."
    )


def _part(page: str, several: list[Row]) -> str:
    heading = (FOLDER / f"{page}.md").read_text(encoding="utf-8").partition("\n")[0]
    title = heading.removeprefix("# ").removeprefix("Gradients of ")
    head, body = "<tr><th>Operation<th>Forward, and back</tr>", "".join(map(_line, several))
    return (
        f"### {title[0].upper()}{title[1:]}\n\n"
        f'<div class="stacked two-columns gradient-rows">{TABLE}<thead>{head}</thead><tbody>{body}</tbody>{TABLE_END}</div>'
    )


def _line(row: Row) -> str:
    mark = " · ".join(dict.fromkeys(report.certainty for report in row.reports)) or "not checked"
    body = escape(row.unchecked) + "".join(
        f'<div class="forward-back">{_formulas(defined(report))}{_formulas(back(report))}</div>'
        for report in row.reports
    )
    words = [row.id, *row.aliases, *map(_as_typed, row.forward + row.backward)]
    return (
        f'<tr id="{row.id}" data-words="{escape(" ".join(dict.fromkeys(words)))}">'
        f'<td><a href="{row.page}/#{row.id}">{escape(row.name)}</a> <small>{mark}</small><td>{body}</tr>'
    )


def _formulas(equations: list[str]) -> str:
    return "<div>" + "".join(f"<p>{in_sentence(equation)}</p>" for equation in equations) + "</div>"


def _as_typed(latex: str) -> str:
    for pattern, plain in _TYPED:
        latex = re.sub(pattern, plain, latex)
    return " ".join(latex.split())


def listing() -> list[dict[str, Any]]:
    """Return the rows for programs; `docs/cite.md` says what the keys mean."""
    return [
        {
            "id": row.id,
            "operation": row.name,
            "aliases": row.aliases,
            "url": f"gradients/{page}/#{row.id}",
            "equations": [report.id for report in row.reports],
            "shapes": row.shapes,
            "forward": row.forward,
            "vjp": row.backward,
            "jvp": row.tangents,
            "numpy": row.code,
            "rules": row.rules,
            "numpy_of": [link.rpartition("/")[2] for link in row.code_of],
            "verdicts": [report.certainty for report in row.reports],
            "unchecked": row.unchecked or None,
        }
        for page, several in table().items()
        for row in several
    ]
