"""The reading paths of the home page: for whom each is, and the chapters or sections that it leads through."""

import re

from markdown.extensions.toc import slugify

from book.inventory import DOCS

_FENCE = re.compile(r"^( *)(`{3,}).*?^\1\2$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^(?P<level>#+) (?P<title>.+?)(?: \{ (?:#(?P<id>[\w-]+))?.*\})?$", re.MULTILINE)


def title(link: str) -> str:
    """Return the heading that a link of a path leads to.

    Examples
    --------
    >>> title("one-layer.md#why-transpose")
    'Why the transpose of $H$?'
    """
    page, _, id = link.partition("#")
    text = _FENCE.sub("", (DOCS / page).read_text(encoding="utf-8"))
    (found,) = (
        heading["title"]
        for heading in _HEADING.finditer(text)
        if (id in (heading["id"], slugify(heading["title"], "-")) if id else heading["level"] == "#")
    )
    return found


def path(reader: str, *links: str) -> str:
    """Return a reading path as Markdown: for whom it is, then its stops."""
    stops = (f"[{title(link)}]({link.replace('.md', '/')})" for link in links)
    return f"**{reader}**\n:   {' · '.join(stops)}"
