"""The sections of a page, read from its finished HTML: for the search, and for the index of the printed book."""

import re
from html import unescape
from typing import NamedTuple

# The finished HTML comes from Markdown, from mkdocstrings and from our templates, and only there do all three lie in one order.
_HEADING = re.compile(r'<h([1-6]) id="([^"]+)"[^>]*>(.*?)</h\1>', re.DOTALL)
_EXPLAINED = re.compile(r"<(em|strong)>(.*?)</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


class Section(NamedTuple):
    """A heading, its level and id, and the HTML of what stands below it, up to the next heading."""

    level: int
    id: str
    heading: str
    below: str

    @property
    def explained(self) -> str:
        """The words in italics or bold: a book sets a word so where it explains it."""
        return " · ".join(plain(words) for _, words in _EXPLAINED.findall(self.below))


def sections(html: str) -> list[Section]:
    """Return the sections of a page, in order.

    Examples
    --------
    >>> sections('<h1 id="a">A <b>sum</b></h1><p>Add <em>up</em>.</p><h2 id="b">Why?</h2><p>So.</p>')
    [Section(level=1, id='a', heading='A sum', below='<p>Add <em>up</em>.</p>'), Section(level=2, id='b', heading='Why?', below='<p>So.</p>')]
    """
    _, *parts = _HEADING.split(html)
    return [
        Section(int(level), id, plain(heading), below)
        for level, id, heading, below in zip(*[iter(parts)] * 4, strict=True)
    ]


def plain(html: str) -> str:
    """Return the text of HTML on one line.

    Examples
    --------
    >>> plain("<p>a &lt; <em>b</em></p>")
    'a < b'
    """
    return " ".join(unescape(_TAG.sub("", html)).split())
