r"""LaTeX becomes MathML while a page is built, so a reader's browser needs no script to show a formula."""

import re
from functools import cache
from html import unescape
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:  # else it is imported when a formula is shown
    from math_core import LatexError, LatexToMathML

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
_PRIME = re.compile(
    r"<msup>(<mi>[^<]*</mi>|<mrow><mspace/><mi[^>]*>[^<]*</mi></mrow>)<mo>([′″‴])</mo></msup>"
)

_NAMED = re.compile(r"&(?!lt;|gt;|amp;|quot;|#)\w+;")  # entities of HTML, which XML does not know

LONG = 15  # characters: a longer formula may need two lines on a phone, so a style sheet may treat it in another way


class FormulaError(ValueError):
    """A formula that cannot be turned into MathML faithfully."""

    def __init__(self, latex: str, reason: str) -> None:
        super().__init__(f"formula {latex.strip()!r}: {reason}")


@cache
def math_core() -> "tuple[LatexToMathML, type[LatexError]]":
    """Return the converter, and the class of the errors that it raises.

    Raises
    ------
    ModuleNotFoundError
        If math-core, which is not needed to check derivations, is not installed.
    """
    try:
        from math_core import LatexError, LatexToMathML
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "to show a formula on a page, mathnet needs math-core: pip install math-core"
        ) from None
    return LatexToMathML(fancy_error=False), LatexError


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
    >>> [to_mathml(formula).count("msup") for formula in ("f'", r"\tanh'", r"\Phi'", "f^2")]
    [0, 0, 0, 2]
    >>> to_mathml(r"\frac{1}{2")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    mathnet.mathml.FormulaError: formula '\\frac{1}{2': character 10: Expected closing token "}", but ...
    """
    if not latex.strip():
        raise FormulaError(latex, "is empty")
    for pattern, reason in _UNFAITHFUL.items():
        if re.search(pattern, latex):
            raise FormulaError(latex, reason)
    converter, latex_error = math_core()
    try:
        mathml = converter.convert_with_local_state(latex, displaystyle=display)
    except latex_error as error:
        raise FormulaError(latex, f"character {error}") from None
    return _PRIME.sub(r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>', mathml)


def in_sentence(latex: str, after: str = "") -> str:
    r"""Return a formula as it stands in a sentence, with the punctuation `after` it, which may not leave its line.

    Examples
    --------
    >>> in_sentence("H", ",")
    '<span class="math"><math><mi>H</mi></math>,</span>'
    >>> in_sentence(r"a + b + c + d + e + f + g + h + i").partition(">")[0]
    '<span class="math long"'
    """
    mathml = to_mathml(latex)
    return f'<span class="{sentence_class(mathml + after)}">{mathml}{after}</span>'


def sentence_class(formula: str) -> str:
    """Return the class of the element around the MathML of a formula in a sentence, which tells a long one."""
    return "math long" if len("".join(tree(f"<p>{formula}</p>").itertext())) > LONG else "math"


def tree(mathml: str) -> ElementTree.Element:
    """Return MathML as a tree of elements."""
    return ElementTree.fromstring(_NAMED.sub(lambda name: unescape(name[0]), mathml))
