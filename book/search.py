"""What the search reads of a page: its sentences, with formulas as a line of text, and no displayed mathematics.

A hook around the theme's search plugin: the plugin sees the page as `readable` returns it, the reader does not.
"""

import functools
import re
import unicodedata
from html import escape, unescape
from html.parser import HTMLParser
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import CombinedEvent, event_priority

_VOID = {"br", "col", "hr", "img", "input", "link", "meta", "wbr"}
_RAISED = str.maketrans("0123456789+−=()Tin𝖳", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵀⁱⁿᵀ")
_ACCENTS = {"¯": "\u0304", "‾": "\u0304", "˙": "\u0307", "^": "\u0302", "~": "\u0303"}
_INVISIBLE = str.maketrans("", "", "\u2061\u2062\u2063\u2064")
_NAMED = re.compile(r"&(?!lt;|gt;|amp;|quot;|#)\w+;")  # what XML does not know
_SPACED = re.compile(r"^[=+−<>≤≥≠≈∈⊙·×→⇒⇔↦]$")


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
    xml = _NAMED.sub(lambda name: unescape(name[0]), mathml)
    return " ".join(_line(ElementTree.fromstring(xml)).split())


def _line(element: Element) -> str:
    parts = [_line(child) for child in element]
    match element.tag:
        case "mi" | "mn" | "mo" | "mtext":
            text = (element.text or "").translate(_INVISIBLE)
            return _SPACED.sub(r" \g<0> ", text).replace(",", ", ") if element.tag == "mo" else text
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


class _Reader(HTMLParser):
    """Copies HTML without what is excluded from the search, and with formulas as text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.copied: list[str] = []
        self.formula: list[str] | None = None
        self.dropped = 0
        self.in_row = False

    def handle_starttag(self, tag: str, attributes: list) -> None:
        names = dict(attributes)
        classes = (names.get("class") or "").split()
        if self.dropped or "data-search-exclude" in names or {"derivation", "headerlink"} & set(classes):
            self.dropped += tag not in _VOID
        elif tag == "math":
            self.formula = []
        elif tag in ("td", "th"):
            self._copy(" · " if self.in_row else "")  # the plugin drops the tags of a table, and mere blanks
        self.in_row = tag in ("td", "th") or (self.in_row and tag != "tr")
        self._copy(self.get_starttag_text())

    def handle_startendtag(self, tag: str, attributes: list) -> None:
        self._copy(self.get_starttag_text())

    def handle_endtag(self, tag: str) -> None:
        self._copy(f"</{tag}>" + "; " * (tag == "tr"))
        if self.dropped:
            self.dropped -= 1
        elif tag == "math":
            formula, self.formula = "".join(self.formula), None
            self._copy(escape(linear(formula), quote=False))

    def handle_data(self, text: str) -> None:
        self._copy(text)

    def handle_entityref(self, name: str) -> None:
        self._copy(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._copy(f"&#{name};")

    def _copy(self, text: str) -> None:
        if not self.dropped:
            (self.copied if self.formula is None else self.formula).append(text)


@functools.lru_cache(maxsize=200)
def readable(html: str) -> str:
    """Return the HTML of a page as the search reads it.

    Examples
    --------
    >>> readable('<p>The row <math><msub><mi>H</mi><mi>k</mi></msub></math>.</p><div class="derivation">…</div>')
    '<p>The row H_k.</p>'
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join(reader.copied)


@event_priority(50)
def _on_page_context_before(context: dict, page, config: MkDocsConfig, **_: object) -> None:
    page.shown, page.content = page.content, readable(page.content)


@event_priority(-50)
def _on_page_context_after(context: dict, page, config: MkDocsConfig, **_: object) -> None:
    page.content = page.shown


on_page_context = CombinedEvent(_on_page_context_before, _on_page_context_after)
