"""A report as HTML: the where part in words, the lines with their reasons, and a mark that opens to how it was checked."""

import html
import re
from collections.abc import Callable, Sequence
from functools import cache
from math import floor, log10
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from mathnet.dual import DIGITS
from mathnet.mathml import in_sentence, to_mathml

from ..meaning.names import Item
from ..read.source import Chain
from .report import Report

STYLE_SHEET = Path(__file__).with_name("derivation.css")
PHRASES = {  # a property, for one name and for several
    "elementwise": ("acts on every entry", "act on every entry"),
    "constant": ("is constant", "are constant"),
    "ones": ("all ones", "all ones"),
    "nonzero": ("no entry is zero", "no entry is zero"),
    "positive": ("all entries are positive", "all entries are positive"),
    "between 0 and 1": ("all entries are between 0 and 1", "all entries are between 0 and 1"),
    "identity": ("the identity", "identities"),
    "symmetric": ("is symmetric", "are symmetric"),
    "rows sum to one": ("every row sums to one", "every row sums to one"),
    "rows are probabilities": (
        "every row is a probability distribution",
        "every row is a probability distribution",
    ),
    "rows are one-hot": ("every row is one-hot", "every row is one-hot"),
    "integer": ("whole numbers", "whole numbers"),
    "invertible": ("is invertible", "are invertible"),
    "orthogonal": ("is orthogonal", "are orthogonal"),
}
OF_A_NUMBER = {
    "nonzero": "not zero",
    "positive": "positive",
    "between 0 and 1": "between 0 and 1",
    "integer": "whole",
}


class Shown(NamedTuple):
    """A displayed equation: what stands above its mark, the mark's summary, and what opens below it: words and the source."""

    id: str
    body: str
    summary: str
    words: str
    source: str
    kind: str = ""

    def framed(self, style: str = "") -> str:
        """Return its HTML, with its mark below it and a link to it; `style` is the link to a style sheet."""
        opened = mark(self.summary, self.words + _source(self.source))
        return frame(self.id, style + self.body, opened, _link(self.id), self.kind)


def report_html(report: Report) -> str:
    """Return the HTML of a report: of a derivation that is right, or of what is wrong with it."""
    return shown(report).framed() if report.ok else wrong_html(report.id, report.source, report.errors)


def shown(report: Report) -> Shown:
    """Return a right derivation as it is displayed."""
    body = where_html(report.names.items) + "".join(map(chain_html, report.chains))
    summary = f"✓ {html.escape(report.verdict())}"
    return Shown(report.id, body, summary, how_checked(report), report.source)


def frame(id: str, body: str, mark: str, link: str, kind: str = "") -> str:
    """Return the HTML of a displayed equation from its parts."""
    foot = f'<div class="derivation-foot">{mark}{link}</div>'
    return (
        f'<div class="derivation{kind and f" derivation-{kind}"}" id="d-{html.escape(id)}">{body}{foot}</div>'
    )


def _link(id: str) -> str:
    return f'<a class="derivation-link" href="#d-{html.escape(id)}" title="Link to this equation" data-search-exclude>¶</a>'


@cache
def style_link(path: Path = STYLE_SHEET) -> str:
    """Return a style sheet as a link that needs no file beside the page; without a path, that of the derivations."""
    sheet = path.read_text(encoding="utf-8")
    sheet = re.sub(r"/\*.*?\*/|(?<=[;{}:,])\s+|\s+(?=[{}>])", "", sheet, flags=re.S).strip()
    return f'<link rel="stylesheet" href="data:text/css,{quote(sheet, safe="!()*,/:;=@~+&")}">'


def where_html(items: Sequence[Item]) -> str:
    """Return the where part in words."""
    if not items:
        return ""
    words = where_words(items, "\0{}\0".format)
    words = re.sub(
        "\0(.*?)\0([,;]?)", lambda m: in_sentence(m[1], m[2]), words
    )  # no line begins with a comma
    return f'<p class="derivation-where">where {words}</p>'


def where_words(items: Sequence[Item], formula: Callable[[str], str]) -> str:
    """Return the items of a where part in words; `formula` gives the text of a piece of LaTeX."""
    return "; ".join(_item(item, formula) for item in items)


def _item(item: Item, formula: Callable[[str], str]) -> str:
    if item.definition:
        return formula(item.definition)
    *first, last = map(formula, item.names)
    names = f"{', '.join(first)} and {last}" if first else last
    words = [PHRASES[name][bool(first)] for name in item.properties]
    if item.shape is not None:
        verb = "are" if first else "is"
        shape = formula(r" \times ".join(item.shape)) if item.shape else "numbers" if first else "a number"
        if not item.shape:
            words = [OF_A_NUMBER.get(name, word) for name, word in zip(item.properties, words, strict=True)]
        words = [f"{verb} {shape}", *(word.removeprefix(f"{verb} ") for word in words)]
    return f"{names} {', '.join(words)}"


def chain_html(chain: Chain) -> str:
    """Return the rows of a chain, each with its reason."""
    rows = []
    for row in chain.rows:
        left = to_mathml(rf"\displaystyle {row.left}") if row.left else ""
        right = to_mathml(rf"\displaystyle {{}} {row.relation} {row.right}") if row.right else ""
        rows.append(
            '<div class="derivation-row">'
            f'<span class="derivation-left" data-search-exclude>{left}</span>'
            f'<span class="derivation-right" data-search-exclude>{right}</span>'
            f'<span class="derivation-reason">{_reason(row.reason)}</span></div>'
        )
    return f'<div class="derivation-chain math-display">{"".join(rows)}</div>'


def _reason(latex: str) -> str:
    r"""Return a reason as words with formulas in them: `\text{…}` is words, the rest is mathematics."""
    parts = re.split(r"\\text\{([^{}]*)\}", latex)
    shown = []
    for at, part in enumerate(parts):
        if at % 2:
            shown.append(html.escape(part.replace("'", "’")))
        elif part.strip():
            shown.append(in_sentence(part))
    return "".join(shown)


def how_checked(report: Report) -> str:
    """Return what the mark of a right derivation opens to: how it was checked."""
    sizes = " and ".join(
        ", ".join(f"{in_sentence(name)}&nbsp;=&nbsp;{size}" for name, size in sorted(sizes.items()))
        for sizes in report.sizes
    )
    arithmetic = (
        "in exact fractions, without any tolerance" if report.exact else f"to {DIGITS} digits, with mpmath"
    )
    sentences = [
        f"While this page was built, every side was evaluated and compared with the one before: "
        f"{report.comparisons} comparisons on {report.draws} sets of random numbers, {arithmetic}."
    ]
    if any(report.sizes):
        sentences.append(f"The sizes tried: {sizes}.")
    if bound := report.bound:
        sentences.append(
            f"Random numbers let a wrong line pass with probability at most {in_sentence(_power(bound))}."
        )
    sentences.append(
        "Derivatives and bars are differentiations of their own, by dual numbers through the definitions."
    )
    return f"<p>{' '.join(sentences)}</p>"


def wrong_html(id: str, source: str, errors: Sequence[Exception]) -> str:
    """Return a derivation that did not pass: its source, and what is wrong."""
    messages = "\n".join(html.escape(str(error)) for error in errors)
    said = f'<pre class="derivation-errors">✗ {messages}</pre>'
    return frame(id, _source(source), said, _link(id), "wrong")


def _power(bound: float) -> str:
    """Return the smallest power of ten that is not below the bound."""
    return f"10^{{{-floor(-log10(bound))}}}"


def mark(summary: str, body: str) -> str:
    """Return the mark of an equation, which opens to `body`."""
    return f'<details class="derivation-mark"><summary>{summary}</summary>{body}</details>'


def _source(source: str) -> str:
    return f"<pre data-search-exclude><code>{html.escape(source.strip())}</code></pre>"
