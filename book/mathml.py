r"""Formulas of the book become MathML; `mathnet.mathml` turns a single one.

This Markdown extension replaces what `pymdownx.arithmatex` (with `generic: true`) marks as a formula; it works on pages,
in docstrings and in the output of executed blocks. A formula that cannot be shown faithfully stops the build.
"""

import html
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from mathnet.mathml import FormulaError, in_sentence, sentence_class, to_mathml

__all__ = ["MathMLExtension", "in_sentence", "makeExtension", "to_mathml"]


class _Formulas(Treeprocessor):
    def run(self, root: Element) -> None:
        self._check_dollars(root)
        for parent in list(root.iter()):
            before = None
            for element in parent:
                if element.get("class") == "arithmatex":
                    self._convert(element, _opening(parent, before))
                before = element

    def _convert(self, element: Element, opening: str) -> None:
        display = element.tag == "div"
        latex = element.text.strip()[2:-2]
        # arithmatex escapes HTML in displayed formulas only
        mathml = to_mathml(html.unescape(latex) if display else latex, display=display)
        mathml = opening + mathml
        if (
            not display and element.tail
        ):  # a comma stays on the line of its formula, as brackets do; .math does not wrap
            rest = element.tail.lstrip(",.;:!?)")
            mathml += element.tail.removesuffix(rest)
            element.tail = rest
        element.text = AtomicString(self.md.htmlStash.store(mathml))
        element.set("class", "math-display scrolls" if display else sentence_class(mathml))
        if display:
            element.set("data-search-exclude", "")

    def _check_dollars(self, element: Element) -> None:
        if element.tag in ("code", "pre", "script", "style"):
            return
        for text in [element.text] + [child.tail for child in element]:
            if text and "$" in text and not isinstance(text, AtomicString):
                hint = r"an open formula, a space or | or blank line where none may be? A dollar sign is written \$"
                raise FormulaError(text, f"stray $: {hint}")
        for child in element:
            self._check_dollars(child)


def _opening(parent: Element, before: Element | None) -> str:
    """Take the bracket that opens right before a formula out of the text."""
    text = (parent.text if before is None else before.tail) or ""
    if isinstance(text, AtomicString) or not text.endswith("("):
        return ""
    if before is None:
        parent.text = text.removesuffix("(")
    else:
        before.tail = text.removesuffix("(")
    return "("


class MathMLExtension(Extension):
    """Turns the formulas of a page into MathML."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register after the inline patterns (20) have found the formulas, before headings get their anchors (5)."""
        md.registerExtension(self)
        md.treeprocessors.register(_Formulas(md), "mathnet-mathml", 15)


def makeExtension(**settings: object) -> MathMLExtension:
    """Return the extension, as Python-Markdown asks for it."""
    return MathMLExtension(**settings)
