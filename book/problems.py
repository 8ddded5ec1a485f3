"""What a teacher hands out: `book/problems.html`, the exercises of all chapters without hints and solutions, and `book/solutions.html`.

Made from the chapters of the whole-book page, so the exercises have the numbers that they have there. A link from a problem leads into the book.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from book.html import NOTHING, Element, as_it_is, copied
from book.onepage import URL as BOOK
from book.onepage import into_the_book
from book.sections import sections

KINDS = (
    (
        f"{BOOK}problems.html",
        "Problems",
        "Stars say how hard a problem is; a formula that a problem refers to is in the book.",
    ),
    (f"{BOOK}solutions.html", "Solutions", "Every solution was run or checked when this page was built."),
)


class Sheet(NamedTuple):
    """The exercises of one chapter, and their solutions."""

    id: str
    title: str
    problems: str
    solutions: str


def sheets(chapters: Iterable[dict[str, str]]) -> Iterator[Sheet]:
    """Yield the sheet of every chapter that ends with exercises; the chapters are those of `book.onepage.contents`."""
    for chapter in chapters:
        for section in sections(chapter["html"]):
            if section.id.endswith("--exercises"):
                yield Sheet(
                    chapter["id"],
                    chapter["title"],
                    copied(section.below, _without_help),
                    copied(chapter["solutions"], _into_the_book),
                )


def _without_help(element: Element) -> tuple[str, str | None]:
    if element.tag == "details" or "book-solved" in element.classes:
        return NOTHING
    return _into_the_book(element)


def _into_the_book(element: Element) -> tuple[str, str | None]:
    if element.tag == "a" and "book-solution-title" in (element.parent.classes if element.parent else set()):
        return "", ""  # the number of the exercise, whose link would lead to the book
    if "id" in element.attributes and element.tag != "div":
        element = element.edited("id", lambda id: f"sheet-{id}")
    return as_it_is(into_the_book(element))
