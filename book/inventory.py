r"""What the book shows and what it rests on, read from its sources: every equation, where it stands, how it was checked.

The page "What is checked" is printed from this, and a test fails if the finished site shows another set of equations.
"""

import re
from collections.abc import Iterator
from concurrent.futures import Future
from functools import cache
from pathlib import Path

import griffe

from book.equations import KINDS, EquationError, as_derivation, declarations, read_head
from book.model import Equation, Page
from mathnet.derivation import Derivation
from mathnet.derivation.read.fences import Fence, fences

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"

_MODULE = re.compile(r"^::: (mathnet[\w.]*)$", re.MULTILINE)
_IN_WORDS = re.compile(r"##+ ([\w ,.:;?!'()-]+?) *(?:\{.*)?$", re.ASCII)
_DOCTEST = re.compile(r"^>>> .*?(?:\n\n|\Z)", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+).*?\1", re.DOTALL)
_UNKNOWN = re.compile(r"unknown symbol [^;]*?([A-Za-z]+)[^A-Za-z;]*;")  # its letter
_INLINE = re.compile(
    r"(?<![\\$])\$(?![\s$])((?:\\.|[^\\$])+?)(?<!\s)\$(?!\$)"
)  # as pymdownx.arithmatex finds them


def pages(docs: Path = DOCS) -> list[Page]:
    """Return the pages of the book in the order of reading, which is that of `mkdocs.yml`."""
    order = re.findall(r"[\w/-]+\.md", (docs.parent / "mkdocs.yml").read_text(encoding="utf-8"))
    return [read(docs / name, Path(name)) for name in order]


def read(path: Path, name: Path) -> Page:
    """Return the page of a Markdown file, which has this name in the folder of the book."""
    text = path.read_text(encoding="utf-8")
    title = re.search(r"^# (.+?)(?: \{.*)?$", text, re.MULTILINE)
    url = "" if name.as_posix() == "index.md" else f"{name.with_suffix('').as_posix()}/"
    docstrings = [part for module in _MODULE.findall(text) for part in _docstrings(module)]
    return Page(title[1] if title else name.stem, url, (text, *docstrings))


def _docstrings(module: str) -> Iterator[str]:
    """Yield the docstrings of a module and of its public classes, functions and methods."""
    path = ROOT.joinpath(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    waiting: list[griffe.Object] = [
        griffe.visit(module, filepath=path, code=path.read_text(encoding="utf-8"))
    ]
    while waiting:
        documented = waiting.pop(0)
        yield _DOCTEST.sub("", documented.docstring.value if documented.docstring else "")
        waiting += [
            member
            for name, member in documented.members.items()
            if isinstance(member, griffe.Class | griffe.Function) and not name.startswith("_")
        ]


def equations(book: list[Page]) -> list[Equation]:
    """Return every displayed equation of the pages; an id that is used twice is an error."""
    found: dict[str, Equation] = {}
    for page in book:
        local = 0
        for text in page.texts:
            for fence, id, reason, section, above in _displayed(text):
                if id in found:
                    raise EquationError(f"{fence.word} {id}: already on the page {found[id].page.title!r}")
                local += 1
                kind, source = as_derivation(fence)
                found[id] = Equation(kind, id, source, reason, page, local, section, above)
    return list(found.values())


def _displayed(text: str) -> Iterator[tuple[Fence, str, str, str, tuple[str, ...]]]:
    """Yield the displayed equations of a text: fence, id, reason, section, and the ids of those that its reader has seen above in it.

    What stands in a folded solution, or in one layout of three, nobody need have seen: it counts inside that box only.
    """
    lines = text.split("\n")
    heading = ""
    section: list[str] = []
    folded: list[str] = []
    at = 0
    for fence in fences(text):
        for line in lines[at : fence.line - 1]:
            if line[:1].strip() or line.lstrip().startswith(("!!!", "???")):
                folded.clear()
            if line.startswith("#"):
                section.clear()
                found = _IN_WORDS.match(line)
                heading = found[1] if found else ""
        at = fence.line + fence.height
        if fence.word in KINDS:
            id, reason = read_head(fence.word, fence.rest)
            yield fence, id, reason, heading, (*section, *folded)
            (folded if fence.prefix else section).append(id)


def sentences(page: Page) -> Iterator[str]:
    """Yield the formulas in the sentences of a page: what stands between single dollar signs, outside of code."""
    for text in page.texts:
        lines = text.split("\n")
        for fence in fences(text):
            lines[fence.line - 2 : fence.line + fence.height] = [""] * (fence.height + 2)
        prose = _CODE.sub("", "\n".join(lines))
        yield from (match[1] for match in _INLINE.finditer(prose))


def blocks(page: Page) -> int:
    """Count the blocks of a page that are run when the site is built."""
    return sum('exec="1"' in fence.rest for text in page.texts for fence in fences(text))


def claims(page: Page, shown: list[Equation]) -> dict[str, bool | None]:
    """Read the equations in the sentences of a page with the letters that its displayed equations declare.

    Returns
    -------
    verdicts : dict
        From the LaTeX of every sentence's equation to True if it holds for all values of the letters, False if not: it
        then says which values an example has. None if no where part of the page declares its letters.
    """
    return {
        claim: ahead[claim, known].result() if (claim, known) in ahead else holds(claim, known)
        for claim, known in claimed(page, shown)
    }


ahead: dict[tuple[str, tuple[str, ...]], Future[bool | None]] = {}
"""Verdicts that other processes are working out: see `book/ahead.py`."""


def claimed(page: Page, shown: list[Equation]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the equations in the sentences of a page, each with the where parts of the page."""
    known = {
        declarations(equation.kind, equation.source): None for equation in shown if equation.page is page
    }
    return ((claim, tuple(known)) for claim in sentences(page) if "=" in claim)


@cache
def holds(claim: str, known: tuple[str, ...]) -> bool | None:
    """Return whether an equation holds with the letters of one of these where parts; None if none declares them."""
    read, missing = False, set[str]()
    for letters in known:
        if any(symbol not in letters for symbol in missing):
            continue
        derivation = Derivation(f"{letters}\n{claim}", explained=False)
        missing.update(
            found[1]
            for error in derivation.report.errors
            if (found := _UNKNOWN.match(error.reason))
            and not claim.startswith(found[1])  # what it begins with it may define
        )
        if derivation.report.ok:
            if derivation.check().ok:
                return True
            read = True
    return False if read else None
