"""The whole book on one page, `book/`, as it is printed: the chapters in the order of reading, with links among them.

Made from the finished text of the pages. What only a screen needs is left out: the boxes of the equations, the sources of
functions, scripts. What is folded away on a page is open here.
"""

import functools
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from book.citation import apa, book
from book.dates import commit_date
from book.html import CONTENT, NOTHING, Element, as_it_is, copied

URL = "book/"

_ONLY_ON_SCREEN = {"headerlink", "mkdocstrings-source", "layout-choice"}
_NAMES = {"id", "for", "aria-labelledby", "aria-describedby"}
_ADDRESSES = {"href", "xlink:href", "src"}


def name(address: str) -> str:
    """Return the id of a page's chapter in the book, which also begins every id in it.

    An equation keeps `eq-` and its number as its id: it has no other in the book.
    """
    return address.strip("/").replace("/", "-") or "question"


@functools.lru_cache(maxsize=200)  # an edit under `mkdocs serve` changes one page
def chapter(html: str, address: str, book: frozenset[str]) -> str:
    """Return the HTML of the page at `address` as a chapter of the book, which has these pages."""

    def named(id: str) -> str:
        return _name(address, id)

    def linked(link: str) -> str:
        target = urlsplit(urljoin(f"/{address}", link))
        there = target.path.removeprefix("/")
        if target.scheme or target.netloc:
            return link
        if there in book:
            return f"#{_name(there, target.fragment) if target.fragment else name(there)}"
        return f"{get_relative_url(there or './', URL)}{'#' * bool(target.fragment)}{target.fragment}"

    def change(element: Element) -> tuple[str, str | None]:
        tag, around = element.tag, element.parent
        if tag in ("script", "button", "derivation-desk") or _ONLY_ON_SCREEN & element.classes:
            return NOTHING
        if around and around.tag == "details" and "derivation-mark" in around.classes:
            return CONTENT if tag == "summary" else NOTHING
        for names in _NAMES & element.attributes.keys():
            element = element.edited(names, lambda ids: " ".join(map(named, ids.split())))
        for links in _ADDRESSES & element.attributes.keys():
            element = element.edited(links, linked)
        text, end = as_it_is(element)
        text = text.replace("url(#", f"url(#{name(address)}--")
        if tag == "details":
            if "derivation-mark" in element.classes:
                return '<span class="derivation-mark">', "</span>"
            return text if "open" in element.attributes else text.replace("<details", "<details open", 1), end
        if tag in ("h1", "h2", "h3", "h4", "h5"):
            below = f"h{int(tag[1]) + 1}"
            return text.replace(tag, below, 1), f"</{below}>"
        if "-" in tag:  # a custom element, whose script would miss what is left out
            return text.replace(tag, "div", 1), "</div>"
        return text, end

    return copied(html, change)


def _name(address: str, id: str) -> str:
    equation = id.startswith("eq-") and id.removeprefix("eq-").isdigit()
    return id if equation else f"{name(address)}--{id}"


def contents(pages: Iterable[Page]) -> dict[str, Any]:
    """Return what the template `book.html` shows: the parts of the book with their chapters, and what is said of the whole."""
    pages = list(pages)
    addresses = frozenset("" if page.is_homepage else page.url for page in pages)
    parts: list[tuple[str, list[dict[str, str]]]] = []
    for page in pages:
        part = page.parent.title if page.parent else ""
        if not parts or parts[-1][0] != part:
            parts.append((part, []))
        address = "" if page.is_homepage else page.url
        html = chapter(page.content, address, addresses)
        parts[-1][1].append({"id": name(address), "title": page.title, "html": html})
    return {
        "work": book(),
        "reference": apa(book()).replace("*", ""),
        "made": f"{datetime.fromtimestamp(commit_date(), UTC):%-d %B %Y}",
        "parts": parts,
    }
