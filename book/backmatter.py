"""What stands at the back of the printed book: the solutions of its exercises, and an index of its terms.

`docs/assets/index-terms.txt` has a term on each line, and after a `=`, if the pages say it in other words, a regular expression. A term is found
in the headings of the chapters, and where a chapter sets it in italics or bold, as a book does where it explains a word; else where it first occurs.
"""

import functools
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from book.sections import plain, sections

TERMS = Path(__file__).parents[1] / "docs" / "assets" / "index-terms.txt"
MOST = 6  # places; a term that has more is a subject of the whole book


class Place(NamedTuple):
    """Where a term stands: the id of a heading, and the title of the chapter."""

    id: str
    chapter: str


def index(
    chapters: Iterable[tuple[str, str]], terms: Iterable[str] | None = None
) -> list[tuple[str, list[Place]]]:
    """Return the terms that the chapters, each a title and its HTML, explain, in alphabetical order with their places.

    Examples
    --------
    >>> text = '<h2 id="a">Sums</h2><p>A <em>dot product</em>.</p><h3 id="b">Why is it a product?</h3>'
    >>> index([("Sums", text)], ["dot product", "products = product", "trace"])
    [('dot product', [Place(id='a', chapter='Sums')]), ('products', [Place(id='a', chapter='Sums'), Place(id='b', chapter='Sums')])]
    """
    lines = TERMS.read_text(encoding="utf-8").splitlines() if terms is None else terms
    wanted = [
        (name.strip(), pattern.strip()) for name, _, pattern in (line.partition(" = ") for line in lines)
    ]
    sought = {
        name: re.compile(rf"\b(?:{pattern or f'{re.escape(name)}s?'})(?!\w)", re.IGNORECASE)
        for name, pattern in wanted
    }
    named: dict[str, list[Place]] = {name: [] for name in sought}
    headed: dict[str, list[Place]] = {name: [] for name in sought}
    explained: dict[str, list[Place]] = {name: [] for name in sought}
    order: dict[str, int] = {}
    for chapter, html in chapters:
        for section in _sections(html):
            order[section.id] = len(order)
            for name, pattern in sought.items():
                if pattern.search(section.heading):
                    headed[name].append(Place(section.id, chapter))
                elif pattern.search(section.emphasised):
                    explained[name].append(Place(section.id, chapter))
                elif not named[name] and pattern.search(section.plain):
                    named[name].append(Place(section.id, chapter))
    found = []
    for name in sorted(sought, key=lambda name: name.lower()):
        places = [*headed[name], *explained[name]][:MOST] or named[name]
        if places:
            found.append((name, sorted(places, key=lambda place: order[place.id])))
    return found


class _Section(NamedTuple):
    """What stands below a heading, as plain text, and its words in italics or bold."""

    id: str
    heading: str
    emphasised: str
    plain: str


@functools.lru_cache(maxsize=200)  # an edit under `mkdocs serve` changes one chapter
def _sections(html: str) -> tuple[_Section, ...]:
    return tuple(
        _Section(section.id, section.heading, section.explained, plain(section.below))
        for section in sections(html)
    )
