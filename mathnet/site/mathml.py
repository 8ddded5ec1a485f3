r"""LaTeX becomes MathML while the page is built, so a reader's browser needs no script to show a formula.

The Markdown extension replaces what `pymdownx.arithmatex` (with `generic: true`) marks as a formula; it works on pages,
in docstrings and in the output of executed blocks. A formula that cannot be shown faithfully stops the build.
"""

import html
import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from math_core import LatexError, LatexToMathML

_converter = LatexToMathML(fancy_error=False)

# math-core accepts these and then draws something else than LaTeX does.
_UNFAITHFUL = {
    r"\\\\\s*\[\s*-?[\d.]+\s*[a-z]{2}\s*\]": r"write \\ for \\[4pt]: the space would be printed",
    r"\\[bx]?cancel\b": r"\cancel is not drawn",
    r"\\x(?:left|right)\w*arrow\b": r"\xrightarrow is not stretched; use \overset",
    r"\\newline\b": r"\newline does nothing",
    r"\\(?:text)?color\b": "a fixed colour does not follow the dark theme",
    r"\\begin\{(?:align|gather|equation|multline|eqnarray)\}": "numbers would start anew in each formula; use aligned",
}

# STIX's prime is high and small as it is; as a superscript, Chromium raises and shrinks it once more.
_PRIME = re.compile(r"<msup>(<mi>[^<]*</mi>)<mo>([′″‴])</mo></msup>")


class FormulaError(ValueError):
    """A formula that cannot be turned into MathML faithfully."""

    def __init__(self, latex: str, reason: str) -> None:
        super().__init__(f"formula {latex.strip()!r}: {reason}")


def to_mathml(latex: str, *, display: bool = False) -> str:
    r"""Return the MathML of a formula.

    Parameters
    ----------
    latex : str
        LaTeX without its delimiters.
    display : bool
        Set as an equation of its own instead of inside a line.

    Returns
    -------
    mathml : str
        One `<math>` element; the LaTeX itself is not in it, so that it does not turn up in the search.

    Raises
    ------
    FormulaError
        For LaTeX that is wrong, unknown, empty, or known to be drawn wrongly.

    Examples
    --------
    >>> to_mathml("H W")
    '<math><mi>H</mi><mi>W</mi></math>'
    >>> to_mathml(r"\frac{1}{2")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    mathnet.site.mathml.FormulaError: formula '\\frac{1}{2': character 10: Expected closing token "}", but reached ...
    """
    if not latex.strip():
        raise FormulaError(latex, "is empty")
    for pattern, reason in _UNFAITHFUL.items():
        if re.search(pattern, latex):
            raise FormulaError(latex, reason)
    try:
        mathml = _converter.convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        raise FormulaError(latex, f"character {error}") from None
    return _PRIME.sub(r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>', mathml)


class _Formulas(Treeprocessor):
    def run(self, root: Element) -> None:
        self._check_dollars(root)
        for element in root.iter():
            if element.get("class") == "arithmatex":
                self._convert(element)

    def _convert(self, element: Element) -> None:
        display = element.tag == "div"
        latex = element.text.strip()[2:-2]
        # arithmatex escapes HTML in displayed formulas only
        mathml = to_mathml(html.unescape(latex) if display else latex, display=display)
        if not display and element.tail:  # a comma stays on the line of its formula; .math does not wrap
            rest = element.tail.lstrip(",.;:!?)")
            mathml += element.tail.removesuffix(rest)
            element.tail = rest
        element.text = AtomicString(self.md.htmlStash.store(mathml))
        element.set("class", "math-display scrolls" if display else "math")
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


class MathMLExtension(Extension):
    """Turns the formulas of a page into MathML."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register after the inline patterns (20) have found the formulas, before headings get their anchors (5)."""
        md.registerExtension(self)
        md.treeprocessors.register(_Formulas(md), "mathnet-mathml", 15)


def makeExtension(**settings: object) -> MathMLExtension:
    """Return the extension, as Python-Markdown asks for it."""
    return MathMLExtension(**settings)
