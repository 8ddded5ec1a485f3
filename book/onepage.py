"""The whole book on one page, `book/`, as it is printed: the chapters in the order of reading, with links among them.

Made from the finished text of the pages. What only a screen needs is left out: the boxes of the equations, the sources of
functions, scripts. What is folded away on a page is open here.
"""

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
_NAMES = ("id", "for", "aria-labelledby", "aria-describedby")
_ADDRESSES = ("href", "xlink:href", "src")


def name(page: Page) -> str:
    """Return the id of a page's chapter in the book, which also begins every id in it.

    An equation keeps `eq-` and its number as its id: it has no other in the book.
    """
    return page.url.strip("/").replace("/", "-") or "question"


def chapter(page: Page, chapters: dict[str, Page]) -> str:
    """Return the HTML of a page as a chapter of the book; `chapters` has the pages of the book by their address."""

    def linked(address: str) -> str:
        target = urlsplit(urljoin(f"/{page.url}", address))
        if target.scheme or target.netloc:
            return address
        if other := chapters.get(target.path.removeprefix("/")):
            return f"#{_id(other, target.fragment) if target.fragment else name(other)}"
        there = get_relative_url(target.path.removeprefix("/") or "./", URL)
        return f"{there}{'#' * bool(target.fragment)}{target.fragment}"

    def change(element: Element) -> tuple[str, str | None]:
        tag, around = element.tag, element.parent
        if tag in ("script", "button", "derivation-desk") or _ONLY_ON_SCREEN & element.classes:
            return NOTHING
        if around and around.tag == "details" and "derivation-mark" in around.classes:
            return CONTENT if tag == "summary" else NOTHING
        for names in _NAMES:
            element = element.edited(names, lambda ids: " ".join(_id(page, id) for id in ids.split()))
        for addresses in _ADDRESSES:
            element = element.edited(addresses, linked)
        text, end = as_it_is(element)
        text = text.replace("url(#", f"url(#{name(page)}--")
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

    return copied(page.content, change)


def _id(page: Page, id: str) -> str:
    equation = id.startswith("eq-") and id.removeprefix("eq-").isdigit()
    return id if equation else f"{name(page)}--{id}"


def contents(pages: Iterable[Page]) -> dict[str, Any]:
    """Return what the template `book.html` shows: the parts of the book with their chapters, and what is said of the whole."""
    pages = list(pages)
    chapters = {page.url if page.url != "./" else "": page for page in pages}
    parts: list[tuple[str, list[dict[str, str]]]] = []
    for page in pages:
        part = page.parent.title if page.parent else ""
        if not parts or parts[-1][0] != part:
            parts.append((part, []))
        parts[-1][1].append({"id": name(page), "title": page.title, "html": chapter(page, chapters)})
    return {
        "work": book(),
        "reference": apa(book()).replace("*", ""),
        "made": f"{datetime.fromtimestamp(commit_date(), UTC):%-d %B %Y}",
        "parts": parts,
    }
