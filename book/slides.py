"""Slides for a lecture, `book/slides.html`: the figures and formulas of every chapter, and its mistake with what the program prints.

Made from the chapters of the whole-book page, so nothing on a slide is written twice. reveal.js shows them, the npm package that `book.npm`
fetches. Without it, and without scripts, they stand one below the other.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from book import npm
from book.html import NOTHING, Element, as_it_is, copied
from book.onepage import URL as BOOK
from book.onepage import into_the_book
from book.sections import Section, sections

URL = f"{BOOK}slides.html"
FOLDER = Path(__file__).parents[1] / "node_modules" / "reveal.js"
MISTAKES = "mistake", "trap", "goes wrong", "confused"
LINES = 24  # of a program that can be read from the last row; of a longer one, the slide shows what it prints
_CUT, _OUTPUT = (
    "\ue000",
    "\ue001",
)  # before each part that is shown, and before what a program prints, while a section is copied


class Slide(NamedTuple):
    """What one slide shows below its heading, and the id in the book of the section that explains it."""

    heading: str
    section: str
    shown: str


class Talk(NamedTuple):
    """The slides of one chapter."""

    id: str
    title: str
    slides: list[Slide]


def talks(chapters: Iterable[dict[str, str]]) -> Iterator[Talk]:
    """Yield the talk of every chapter that ends with exercises; the chapters are those of `book.onepage.contents`."""
    for chapter in chapters:
        parts = sections(chapter["html"])
        if any(part.id.endswith("--exercises") for part in parts):
            slides = [
                Slide(part.heading, part.id, shown)
                for part in parts
                if not part.id.endswith("--exercises")
                for shown in _shown(part)
            ]
            yield Talk(chapter["id"], chapter["title"], slides)


def _shown(section: Section) -> Iterator[str]:
    """Yield the figures and derivations of a section, and of a mistake the program, together with what it prints."""
    mistake = any(word in section.heading.lower() for word in MISTAKES)

    def change(element: Element) -> tuple[str, str | None]:
        if element.parent:
            return as_it_is(into_the_book(element))
        program = mistake and "highlight" in element.classes
        if not program and not {"figure", "derivation"} & element.classes:
            return NOTHING
        start, end = as_it_is(element.edited("id", lambda id: f"slide-{id}"))
        return (_OUTPUT if "language-text" in element.classes else _CUT) + start, end

    # what stands between the elements of a section is the end of a paragraph, or nothing
    for shown in copied(section.below, change).split(_CUT)[1:]:
        source, _, output = shown.strip().partition(_OUTPUT)
        long = source.startswith('<div class="language-python') and source.count("\n") > LINES
        if output or not long:
            yield output if long else source + output


def version() -> str:
    """Return the version of reveal.js, empty if it is not installed."""
    return npm.version(FOLDER)


def addresses() -> dict[str, bytes]:
    """Return script and style sheet of reveal.js by their addresses in the site, below its licence. The version is in them, so that no cache mixes two."""
    if not version():
        return {}
    licence = f"/*! reveal.js {version()}\n{(FOLDER / 'LICENSE').read_text(encoding='utf-8').strip()}\n*/\n"
    return {
        f"assets/reveal-{version()}.{kind}": licence.encode() + (FOLDER / "dist" / name).read_bytes()
        for kind, name in (("js", "reveal.mjs"), ("css", "reveal.css"))
    }
