"""References to displayed equations, from anywhere in the book: `[](#d-one-layer-weights)` is shown as (14).

With words between the brackets, those words are the link. This Markdown extension marks a reference; where it leads is known
when all pages are, and `book.numbering` fills it in.
"""

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor

from mathnet.derivation.read.fences import ID


class _Reference(InlineProcessor):
    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match, data: str) -> tuple[Element, int, int]:
        link = Element("equation", {"id": m["id"]})  # an <a> without address is refused by MkDocs
        link.text = m["words"]
        return link, m.start(0), m.end(0)


class ReferencesExtension(Extension):
    """Marks the references to displayed equations."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register before the links (160)."""
        pattern = rf"\[(?P<words>[^\[\]]*)\]\(#d-(?P<id>{ID.pattern})\)"
        md.inlinePatterns.register(_Reference(pattern, md), "mathnet-reference", 165)


def makeExtension(**settings: object) -> ReferencesExtension:
    """Return the extension, as Python-Markdown asks for it."""
    return ReferencesExtension(**settings)
