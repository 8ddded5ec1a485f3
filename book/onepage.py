"""The whole book on one page, `book/`, as it is printed: the chapters in the order of reading, with links among them.

Made from the finished text of the pages. What only a screen needs is left out: the boxes of the equations, the sources of
functions, scripts. What is folded away on a page is open here; the solutions of the exercises, and an index, stand at the back.
"""

import functools
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin, urlsplit

from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from book.backmatter import index
from book.citation import apa, book, released
from book.html import CONTENT, NOTHING, Element, as_it_is, copied

URL = "book/"

_ONLY_ON_SCREEN = {"headerlink", "mkdocstrings-source", "layout-choice", "row-filter"}
_NAMES = {"id", "for", "aria-labelledby", "aria-describedby"}
_ADDRESSES = {"href", "xlink:href", "src"}


def name(address: str) -> str:
    """Return the id of a page's chapter in the book, which also begins every id in it.

    An equation keeps `eq-` and its number as its id: it has no other in the book.
    """
    return address.strip("/").replace("/", "-") or "question"


_BEGIN, _END = "\ue000", "\ue001"  # around a solution, while a page is copied
_SOLUTION = re.compile(f"{_BEGIN}(.*?){_END}", re.DOTALL)
_CAPTION = re.compile(r"<figcaption.*?</figcaption>", re.DOTALL)
_OF_THE_SCREEN = re.compile(r"\s*[^.<>]*\bJavaScript\b[^.<>]*\.")


@functools.lru_cache(maxsize=200)  # an edit under `mkdocs serve` changes one page
def chapter(html: str, address: str, book: frozenset[str]) -> tuple[str, str]:
    """Return the HTML of the page at `address` as a chapter of the book, which has these pages, and that of its solutions."""
    begun: list[str] = []  # the ids of the solutions

    def named(name: str) -> str:
        return _name(address, name)

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
        if (
            tag
            in (
                "script",
                "button",
                "desk-doors",
                "derivation-desk",
                "gradient-desk",
                "practice-desk",
                "derivation-exercise",
            )
            or _ONLY_ON_SCREEN & element.classes
        ):
            return NOTHING
        if around and around.tag == "details" and "derivation-mark" in around.classes:
            return CONTENT if tag == "summary" else NOTHING
        if tag == "details" and "success" in element.classes:
            begun.append(_name(address, f"solution-{len(begun) + 1}"))
            return f'{_BEGIN}<div class="book-solution" id="{begun[-1]}">', f"</div>{_END}"
        if tag == "summary" and around and "success" in around.classes:
            back = _name(address, f"exercise-{len(begun)}")
            return f'<p class="book-solution-title"><a href="#{back}">Exercise {len(begun)}</a></p>', None
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
            return text.replace(tag, f'div class="{tag}"', 1), "</div>"
        return text, end

    solutions = []

    def moved(solution: re.Match[str]) -> str:
        solutions.append(solution[1])
        place, back = begun[len(solutions) - 1], _name(address, f"exercise-{len(solutions)}")
        return f'<p class="book-solved" id="{back}">→ <a href="#{place}">Solution<span data-page="{place}"></span></a></p>'

    text = _SOLUTION.sub(moved, copied(html, change))
    text = _CAPTION.sub(lambda caption: _OF_THE_SCREEN.sub("", caption[0]), text)
    return text, "".join(solutions)


def _name(address: str, id: str) -> str:
    equation = id.startswith("eq-") and id.removeprefix("eq-").isdigit()
    return id if equation else f"{name(address)}--{id}"


def into_the_book(element: Element) -> Element:
    """Return an element of a chapter as it stands on another page of the same folder: what it links to is in the book."""
    if element.tag != "a":
        return element
    return element.edited("href", lambda link: f"./{link}" if link.startswith("#") else link)


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
        html, solved = chapter(page.content, address, addresses)
        parts[-1][1].append({"id": name(address), "title": page.title, "html": html, "solutions": solved})
    prose = [chapter for part, chapters in parts if part != "Reference" for chapter in chapters]
    return {
        "work": book(),
        "reference": apa().replace("*", ""),
        "released": f"{released():%-d %B %Y}",
        "parts": parts,
        "index": index((chapter["title"], chapter["html"]) for chapter in prose),
    }
