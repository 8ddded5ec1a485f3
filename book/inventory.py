r"""What the book shows and what it rests on, read from its sources: every equation, where it stands, how it was checked.

The page "What is checked" is printed from this, and a test fails if the finished site shows another set of equations.
"""

import re
from collections.abc import Iterator
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
_DOCTEST = re.compile(r"^>>> .*?(?:\n\n|\Z)", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+).*?\1", re.DOTALL)
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
            for fence, id, reason, above in _displayed(text):
                if id in found:
                    raise EquationError(f"{fence.word} {id}: already on the page {found[id].page.title!r}")
                local += 1
                kind, source = as_derivation(fence)
                found[id] = Equation(kind, id, source, reason, page, local, above)
    return list(found.values())


def _displayed(text: str) -> Iterator[tuple[Fence, str, str, tuple[str, ...]]]:
    """Yield the displayed equations of a text: fence, id, reason, and the ids of those that its reader has seen above in the section.

    What stands in a folded solution, or in one layout of three, nobody need have seen: it counts inside that box only.
    """
    lines = text.split("\n")
    section: list[str] = []
    folded: list[str] = []
    at = 0
    for fence in fences(text):
        for line in lines[at : fence.line - 1]:
            if line[:1].strip() or line.lstrip().startswith(("!!!", "???")):
                folded.clear()
            if line.startswith("#"):
                section.clear()
        at = fence.line + fence.height
        if fence.word in KINDS:
            id, reason = read_head(fence.word, fence.rest)
            yield fence, id, reason, (*section, *folded)
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
    known = {
        declarations(equation.kind, equation.source): None for equation in shown if equation.page is page
    }
    return {claim: _holds(claim, tuple(known)) for claim in sentences(page) if "=" in claim}


@cache
def _holds(claim: str, known: tuple[str, ...]) -> bool | None:
    reports = (Derivation(f"{letters}\n{claim}") for letters in known)
    verdicts = [derivation.check().ok for derivation in reports if derivation.report.ok]
    return any(verdicts) if verdicts else None
