"""A formula as one line of text: for the search, and for a page's description."""

import functools
import re
import unicodedata
from html import escape
from xml.etree.ElementTree import Element

from mathnet.mathml import tree

FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)  # as math-core writes it; one never stands in another
_RAISED = str.maketrans("0123456789+−=()Tin𝖳", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵀⁱⁿᵀ")
_ACCENTS = {"¯": "\u0304", "‾": "\u0304", "˙": "\u0307", "^": "\u0302", "~": "\u0303"}
_INVISIBLE = str.maketrans("", "", "\u2061\u2062\u2063\u2064")
_SPACED = set("=+−<>≤≥≠≈∈⊙·×→⇒⇔↦")


@functools.cache
def linear(mathml: str) -> str:
    r"""Return a formula as one line of text.

    Examples
    --------
    >>> from mathnet.mathml import to_mathml
    >>> formula = to_mathml(r"\frac{\partial J}{\partial W_{kl}} = \sum_i H_k \bar Y_{il} + \tfrac12 (H^{\mathsf T})^2")
    >>> print(linear(formula))
    ∂J/∂W_kl = ∑_i H_kȲ_il + ½(Hᵀ)²
    """
    return " ".join(_line(tree(mathml)).split())


def with_linear_formulas(html: str) -> str:
    """Return HTML whose formulas are lines of text.

    Examples
    --------
    >>> with_linear_formulas("<p>The row <math><msub><mi>H</mi><mi>k</mi></msub></math>.</p>")
    '<p>The row H_k.</p>'
    """
    return FORMULA.sub(lambda formula: escape(linear(formula[0]), quote=False), html)


def _line(element: Element) -> str:
    parts = [_line(child) for child in element]
    match element.tag:
        case "mi" | "mn" | "mo" | "mtext":
            text = (element.text or "").translate(_INVISIBLE)
            if element.tag != "mo":
                return text
            return f" {text} " if text in _SPACED else text.replace(",", ", ")
        case "mfrac":
            over, under = (f"({part})" if " " in part.strip() else part for part in parts)
            return "½" if (over, under) == ("1", "2") else f"{over}/{under}"
        case "msup" | "msub" | "msubsup":
            lower = f"_{_tight(parts[1])}" if element.tag != "msup" else ""
            return parts[0] + lower + (_raised(parts[-1]) if element.tag != "msub" else "")
        case "mover" if parts[1] in _ACCENTS:
            return unicodedata.normalize("NFC", parts[0] + _ACCENTS[parts[1]])
        case "munder" | "mover" | "munderover":
            marks = ["_"] * (element.tag != "mover") + ["^"] * (element.tag != "munder")
            return (
                parts[0]
                + "".join(mark + _tight(part) for mark, part in zip(marks, parts[1:], strict=True))
                + " "
            )
        case "msqrt":
            return f"√({''.join(parts)})"
        case "mtd" | "mspace":
            return "".join(parts) + " "
        case "mtr":
            return "".join(parts) + "; "
    return "".join(parts)


def _tight(text: str) -> str:
    return text.replace(" ", "")


def _raised(text: str) -> str:
    text = _tight(text)
    raised = text.translate(_RAISED)
    known = set(map(chr, _RAISED.values()))
    return raised if set(raised) <= known else "*" if text in "*∗" else "′" if text == "′" else f"^{text}"
