"""The terms of the glossary: where one first occurs on a page, it is a link to its entry, which is shown while the pointer or the focus is on it.

`docs/glossary.md` has a term, its id in braces and, on the next line, its meaning. Only terms with `.linked` become links: words that every page
uses need none, and a page that an entry names as the place where its term is explained does not link to it.
"""

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from mkdocs.utils import get_relative_url
from mkdocstrings import Inventory

from book import model

PAGE = Path(__file__).parents[1] / "docs" / "glossary.md"
_ENTRY = re.compile(
    r"^(?P<name>\S.*?) \{ #(?P<id>[\w-]+)(?P<linked> \.linked)? \}\n:(?P<says>(?:.*\n)(?: +.*\n)*)",
    re.MULTILINE,
)
_SHOWN = {"p", "li", "td"}  # where a link to a term may stand, and not inside of
_WHOLE = {"a", "code", "em", "strong", "span", "math", "script", "style", "summary", "figcaption"}


class Term(NamedTuple):
    """A term of the glossary, its id, whether pages link to it, and the pages that explain it."""

    name: str
    id: str
    linked: bool
    explained: frozenset[str]

    @property
    def url(self) -> str:
        """Its address, from the top of the site."""
        return f"glossary/#{self.id}"


def read(text: str) -> list[Term]:
    r"""Return the terms of a glossary.

    Examples
    --------
    >>> read("Tape { #tape .linked }\n:   A list. [Graphs](graphs.md#tape)\n\nLoss { #loss }\n:   A number.\n")
    [Term(name='Tape', id='tape', linked=True, explained=frozenset({'graphs.md'})), Term(name='Loss', id='loss', linked=False, explained=frozenset())]
    """
    return [
        Term(
            entry["name"],
            entry["id"],
            bool(entry["linked"]),
            frozenset(re.findall(r"\]\(([\w/-]+\.md)", entry["says"])),
        )
        for entry in _ENTRY.finditer(text)
    ]


@functools.lru_cache(maxsize=2)
def _terms(changed: int) -> tuple[Term, ...]:
    return tuple(read(PAGE.read_text(encoding="utf-8")))


def terms() -> tuple[Term, ...]:
    """Return the terms of the book's glossary."""
    return _terms(PAGE.stat().st_mtime_ns) if PAGE.exists() else ()


def register(inventory: Inventory, book: model.Book) -> None:
    """Put the terms and the equations beside the functions in `objects.inv`, so that other projects can link to them."""
    if "glossary.md" in book.pages:
        for term in terms():
            inventory.register(term.name.lower(), "std", "term", term.url, -1, term.name)
    for tag in book.numbers.values():
        if equation := book.equations.get(tag.heir or tag.id):
            address = f"{equation.page.url}#eq-{tag.number}"
            inventory.register(
                f"mathnet-eq-{tag.number}",
                "std",
                "label",
                address,
                -1,
                f"({equation.local}) of {equation.page.title}",
            )


class _Links(Treeprocessor):
    def run(self, root: Element) -> None:
        page = model.page()
        if (
            not page or page.url in ("glossary/", "bibliography/") or hasattr(self.md, "_original_md")
        ):  # what a block prints
            return
        name = f"{page.url.rstrip('/') or 'index'}.md"
        wanted = {
            re.compile(
                rf"\b{re.escape(term.name)}s?\b", re.IGNORECASE if term.name[1:].islower() else 0
            ): term
            for term in terms()
            if term.linked and term.id not in page.terms and name not in term.explained
        }
        for place in list(_places(root)):
            for pattern, term in list(wanted.items()):
                if _link(place, pattern, term, page.url):
                    page.terms.add(term.id)
                    del wanted[pattern]


def _places(element: Element, inside: bool = False) -> Iterator[Element]:
    """Yield the elements whose text, or the text behind whose children, stands in a sentence."""
    inside = inside or element.tag in _SHOWN
    if inside:
        yield element
    for child in element:
        if child.tag not in _WHOLE:
            yield from _places(child, inside)


def _link(place: Element, pattern: re.Pattern[str], term: Term, url: str) -> bool:
    """Make the first occurrence in the text of an element, or behind one of its children, a link; say whether there is one."""
    for at, before in enumerate([None, *place]):
        text = (place.text if before is None else before.tail) or ""
        found = pattern.search(text)
        if not found:
            continue
        link = Element("a", {"class": "term", "href": get_relative_url(term.url, url or "./")})
        link.text, link.tail = found[0], text[found.end() :]
        if before is None:
            place.text = text[: found.start()]
        else:
            before.tail = text[: found.start()]
        place.insert(at, link)
        return True
    return False


class GlossaryExtension(Extension):
    """Links the first occurrence of each term on a page to its entry."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register after MkDocs has looked at all links that it knows (0)."""
        md.treeprocessors.register(_Links(md), "book-glossary", -20)


def makeExtension(**settings: Any) -> GlossaryExtension:
    """Return the extension, as Python-Markdown asks for it."""
    return GlossaryExtension(**settings)
