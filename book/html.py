"""HTML copied letter by letter, but for the elements that an edition shows in another way.

The one place that reads finished pages. What MkDocs, mkdocstrings and a dozen extensions have written is all in them, so the book on one page,
the zip and the search, which change every page alike, are made from there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass(frozen=True)
class Element:
    """An element where it begins: its start tag as written, its attributes, and the element in which it stands."""

    tag: str
    attributes: dict[str, str | None]
    text: str
    parent: "Element | None"

    @property
    def classes(self) -> set[str]:
        """Its classes."""
        return set((self.attributes.get("class") or "").split())

    def edited(self, name: str, edit: Callable[[str], str]) -> "Element":
        """Return it with another value of an attribute, if it has that attribute."""
        before, found, rest = self.text.partition(f' {name}="')
        value, quote, after = rest.partition('"')
        text = f"{before}{found}{edit(value)}{quote}{after}" if found else self.text
        return Element(self.tag, self.attributes, text, self.parent)


# What becomes of an element: what stands before its content and what after it; without the latter, the content is left out.
Change = Callable[[Element], tuple[str, str | None]]
NOTHING = ("", None)
CONTENT = ("", "")


def as_it_is(element: Element) -> tuple[str, str | None]:
    """Leave an element as it is."""
    return element.text, f"</{element.text[1 : 1 + len(element.tag)]}>"  # clipPath keeps its capital


class _Copy(HTMLParser):
    # as text, since nothing in a formula is ever changed; typeshed calls it final, the standard library does not
    CDATA_CONTENT_ELEMENTS = ("script", "style", "math")  # type: ignore[misc]

    def __init__(self, change: Change) -> None:
        super().__init__(convert_charrefs=False)
        self.change = change
        self.copied: list[str] = []
        self.open: list[
            tuple[Element, str | None]
        ] = []  # with its end tag; without one, nothing in it is copied

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parent = self.open[-1][0] if self.open else None
        element = Element(tag, dict(attrs), self.get_starttag_text() or "", parent)
        start, end = NOTHING if self.dropping else self.change(element)
        self._copy(start)
        if tag not in _VOID:
            self.open.append((element, end))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        end: str | None = f"</{tag}>"
        if any(element.tag == tag for element, _ in self.open):
            element, end = self.open.pop()
            while element.tag != tag:  # HTML lets a cell or a paragraph end by itself
                element, end = self.open.pop()
        self._copy(end or "")

    def handle_data(self, data: str) -> None:
        self._copy(data)

    def handle_entityref(self, name: str) -> None:
        self._copy(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._copy(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._copy(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._copy(f"<!{decl}>")

    @property
    def dropping(self) -> bool:
        return bool(self.open) and self.open[-1][1] is None

    def _copy(self, text: str) -> None:
        if not self.dropping:
            self.copied.append(text)


def copied(html: str, change: Change) -> str:
    """Return HTML with every element changed as `change` says.

    Examples
    --------
    >>> def change(element):
    ...     return {"b": CONTENT, "i": NOTHING}.get(element.tag, as_it_is(element))
    >>> copied("<p>a <b>b</b><br> <i>c <i>d</i> &amp;</i></p>", change)
    '<p>a b<br> </p>'
    """
    copy = _Copy(change)
    copy.feed(html)
    copy.close()
    return "".join(copy.copied)
