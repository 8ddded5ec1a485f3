"""What the search reads of the book: each section's heading, sentences and programs, with formulas as a line of text.

`docs/assets/find.js` answers from it. `docs/assets/search-words.txt` says what readers call in other words than the book.
"""

import functools
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.pages import Page

from book.html import NOTHING, Element, as_it_is, copied
from book.linear import with_linear_formulas
from book.sections import plain, sections

URL = "search/index.json"
WORDS = Path(__file__).parents[1] / "docs" / "assets" / "search-words.txt"

_BEGIN, _END = "\ue002", "\ue003"  # around a program
_PROGRAM = re.compile(f"{_BEGIN}(.*?){_END}", re.DOTALL)
_BLOCKS = {
    "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "table", "tr", "details", "summary", "figcaption", "blockquote", "br",
}  # fmt: skip


def index(pages: Iterable[Page]) -> str:
    """Return what the search reads, as JSON."""
    return json.dumps(
        {"pages": [_page(page) for page in pages], "words": words(WORDS.read_text(encoding="utf-8"))},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _page(page: Page) -> dict[str, Any]:
    return {
        "url": "" if page.is_homepage else page.url,
        "group": page.parent.title if page.parent else "",
        "sections": found_in(page.content or ""),
    }


@functools.lru_cache(maxsize=200)  # an edit under `mkdocs serve` changes one page
def found_in(html: str) -> list[dict[str, Any]]:
    """Return what the search knows of each section of a page; the first is headed by the page's title, and needs no id.

    Examples
    --------
    >>> html = '<h1 id="a">Sums</h1><p>Add <em>up</em>.</p><h2 id="b">In NumPy</h2><pre>a.sum()</pre><p>So.</p>'
    >>> found_in(html)  # doctest: +NORMALIZE_WHITESPACE
    [{'id': '', 'heading': 'Sums', 'text': 'Add up.', 'code': '', 'explained': 'up', 'exercise': False},
     {'id': 'b', 'heading': 'In NumPy', 'text': 'So.', 'code': 'a.sum()', 'explained': '', 'exercise': False}]
    """
    found: list[dict[str, Any]] = []
    exercises = 7  # the level of the heading "Exercises", in what stands below it
    for section in sections(readable(html)):
        if section.heading == "Exercises" or section.level <= exercises:
            exercises = section.level if section.heading == "Exercises" else 7
        found.append(
            {
                "id": section.id if found else "",
                "heading": section.heading,
                "text": plain(_PROGRAM.sub(" ", section.below)),
                "code": plain(" ".join(_PROGRAM.findall(section.below))),
                "explained": section.explained,
                "exercise": exercises < 7,
            }
        )
    return found


@functools.lru_cache(maxsize=200)
def readable(html: str) -> str:
    """Return the HTML of a page without what the search leaves out, and with a line of text for each formula.

    Examples
    --------
    >>> readable('<p>The row <math><msub><mi>H</mi><mi>k</mi></msub></math>.</p><div class="derivation">…</div>')
    ' <p>The row H_k.</p> '
    """
    begun = None  # the row of a table of which a cell was read

    def change(element: Element) -> tuple[str, str | None]:
        nonlocal begun
        if (
            "data-search-exclude" in element.attributes
            or element.tag in ("script", "style", "svg", "button", "select")
            or {"derivation", "headerlink", "mkdocstrings-source"} & element.classes
        ):
            return NOTHING
        start, end = as_it_is(element)
        if element.tag in _BLOCKS:  # words in two of them are two words
            start, end = f" {start}", f"{end} "
        if element.tag == "pre":
            start, end = _BEGIN + start, end + _END
        if element.tag in ("td", "th"):
            start, begun = " · " * (begun is not None) + start, element
        elif element.tag == "tr":
            end, begun = f"{end}; ", None
        return start, end

    return with_linear_formulas(copied(html, change))


def words(text: str) -> list[dict[str, Any]]:
    r"""Read the table of words, line by line: what readers type, and what the book says or which place is nearest.

    Examples
    --------
    >>> words("mse, MSE loss = squared error\n# a remark\n\nadam ~ train/")
    [{'typed': ['mse', 'MSE loss'], 'said': ['squared error']}, {'typed': ['adam'], 'nearest': 'train/'}]
    """
    return [_entry(line) for line in text.splitlines() if line and not line.startswith("#")]


def _entry(line: str) -> dict[str, Any]:
    match line.split(" = "), line.split(" ~ "):
        case [typed, said], [_]:
            return {"typed": typed.split(", "), "said": said.split(", ")}
        case [_], [typed, nearest]:
            return {"typed": typed.split(", "), "nearest": nearest}
    raise PluginError(
        f"{WORDS.name}: {line!r} is neither “typed, typed = said, said” nor “typed, typed ~ address”"
    )
