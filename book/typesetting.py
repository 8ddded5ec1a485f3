"""Details of setting type that Markdown does not know: shapes that stay on one line, and wide tables that scroll."""

from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE

_BOXES = ("md-typeset__scrollwrap", "md-typeset__table")

# Around a table that is printed as HTML.
TABLE = "".join(f'<div class="{box}">' for box in _BOXES) + "<table>"
TABLE_END = "</table></div></div>"

_AS_WRITTEN = {"code", "pre", "script", "style"}


class _Shapes(Treeprocessor):
    """Keeps a shape such as 1 × 3 on one line."""

    def run(self, root: Element) -> None:
        if root.tag not in _AS_WRITTEN:
            root.text = _kept(root.text)
        for child in root:
            child.tail = _kept(child.tail) if root.tag not in _AS_WRITTEN else child.tail
            self.run(child)


def _kept(text: str | None) -> str | None:
    return text and text.replace(" × ", "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}")


class _Tables(Treeprocessor):
    """Gives a table the box in which it scrolls; the theme would do that by script, when the page is on show."""

    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            for at, table in enumerate(parent):
                if table.tag == "table":
                    outer = Element("div", {"class": _BOXES[0]})
                    SubElement(outer, "div", {"class": _BOXES[1]}).append(table)
                    outer.tail, table.tail = table.tail, None
                    parent[at] = outer


class _Paragraphs(Treeprocessor):
    """Frees the output of a block from the paragraph into which markdown-exec puts it, if it has headings."""

    def run(self, root: Element) -> None:
        for paragraph in root.iter("p"):
            text = (paragraph.text or "").strip()
            if not len(paragraph) and HTML_PLACEHOLDER_RE.fullmatch(text):
                paragraph.text = text


class TypesettingExtension(Extension):
    """Sets shapes, tables and the output of blocks."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register after all blocks are in the tree and line ends are set (10)."""
        md.treeprocessors.register(_Shapes(md), "mathnet-shapes", 3.3)
        md.treeprocessors.register(_Tables(md), "mathnet-tables", 3.2)
        md.treeprocessors.register(_Paragraphs(md), "mathnet-paragraphs", 3.1)


def makeExtension(**settings: Any) -> TypesettingExtension:
    """Return the extension, as Python-Markdown asks for it."""
    return TypesettingExtension(**settings)
