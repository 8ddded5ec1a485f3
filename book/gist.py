"""What a page says of itself: its first paragraphs and what it teaches, as plain text for search engines.

A Markdown extension, which notes both in the model while the page is converted.
"""

from collections.abc import Iterator
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.toc import render_inner_html, strip_tags
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE

from book import model
from book.linear import with_linear_formulas

_ASIDE = ("admonition", "figure")


class _Gist(Treeprocessor):
    def run(self, root: Element) -> None:
        if page := model.page():
            page.paragraphs.append([self._words(paragraph) for paragraph in _paragraphs(root)])
            for box in root.iter("div"):
                if box.get("class") == "admonition abstract":
                    page.goals += [self._words(item).rstrip(";.") for item in box.iter("li")]

    def _words(self, element: Element) -> str:
        return unescape(strip_tags(with_linear_formulas(render_inner_html(element, self.md))))


def _paragraphs(element: Element) -> Iterator[Element]:
    for child in element:
        if child.tag == "p" and not child.attrib:
            if len(child) or not HTML_PLACEHOLDER_RE.fullmatch(
                child.text or ""
            ):  # the output of a block is no sentence
                yield child
        elif not set(_ASIDE) & {child.tag, *child.get("class", "").split()}:
            yield from _paragraphs(child)


class GistExtension(Extension):
    """Notes what a page says of itself."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register when the text is as it will be read."""
        md.treeprocessors.register(_Gist(md), "mathnet-gist", -20)


def makeExtension(**settings: Any) -> GistExtension:
    """Return the extension, as Python-Markdown asks for it."""
    return GistExtension(**settings)
