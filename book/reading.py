"""How long it takes to read a page of the book, or a section of one."""

import re

from markdown.extensions.toc import slugify

from book.inventory import DOCS

WORDS_PER_MINUTE = 200
_FENCE = re.compile(r"^( *)(`{3,}).*?^\1\2$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^(?P<level>#+) (?P<title>.+?)(?: \{ (?:#(?P<id>[\w-]+))?.*\})?$", re.MULTILINE)


def section(link: str) -> tuple[str, str]:
    """Return the title and the text of what a link from the home page leads to, up to the exercises.

    Examples
    --------
    >>> section("one-layer.md#why-transpose")[0]
    'Why the transpose of $H$?'
    """
    page, _, id = link.partition("#")
    text = _FENCE.sub("", (DOCS / page).read_text(encoding="utf-8"))
    headings = list(_HEADING.finditer(text))
    (start,) = [
        heading
        for heading in headings
        if (id in (heading["id"], slugify(heading["title"], "-")) if id else heading["level"] == "#")
    ]
    ends = (
        heading.start()
        for heading in headings
        if heading.start() > start.start()
        and (len(heading["level"]) <= len(start["level"]) or heading["title"] == "Exercises")
    )
    return start["title"], text[start.end() : next(ends, None)]


def minutes(link: str) -> int:
    """Return the minutes that its words take, one at least; code and displayed equations are not counted."""
    return max(1, round(len(section(link)[1].split()) / WORDS_PER_MINUTE))


def path(reader: str, *links: str) -> str:
    """Return a reading path for the home page as Markdown: for whom it is, then the stops, each with its minutes."""
    stops = [
        f"[{section(link)[0]}]({link.replace('.md', '/')})&nbsp;{minutes(link)}&nbsp;min" for link in links
    ]
    return f"**{reader}**, {sum(map(minutes, links))} minutes\n:   {'&nbsp;· '.join(stops)}"
