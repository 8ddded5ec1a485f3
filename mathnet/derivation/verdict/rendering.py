"""A report as HTML: the where part in words, the lines with their reasons, and a mark that opens to how it was checked."""

import html
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from math import floor, log10
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from mathnet.dual import DIGITS
from mathnet.mathml import in_sentence, to_mathml

from ..meaning.names import Item
from ..meaning.nodes.calculus import LAYOUTS
from ..read.source import Chain
from .definitions import defines
from .report import Report

STYLE_SHEET = Path(__file__).with_name("derivation.css")
PHRASES = {  # a property of an array, after "be"
    "elementwise": "act on every entry",
    "constant": "constant",
    "ones": "with every entry 1",
    "nonzero": "nowhere zero",
    "positive": "positive in every entry",
    "between 0 and 1": "between 0 and 1 in every entry",
    "identity": "the identity",
    "symmetric": "symmetric",
    "rows sum to one": "with rows that sum to one",
    "rows are probabilities": "with a probability distribution in every row",
    "rows are one-hot": "one-hot in every row",
    "integer": "whole in every entry",
    "zero outside": "with zeros beyond its ends",
    "invertible": "invertible",
    "orthogonal": "orthogonal",
    "0 or 1": "equal to 0 or 1 in every entry",
    "1 or -1": "equal to 1 or -1 in every entry",
    "positive definite": "positive definite",
    "diagonal": "diagonal",
    "full column rank": "of full column rank",
    "orthonormal columns": "with orthonormal columns",
}
OF_A_NUMBER = {
    "nonzero": "nonzero",
    "positive": "positive",
    "integer": "whole",
    "constant": "constant",
}  # before "number"
_LAYOUTS = [rf"\text{{{layout}}}" for layout in LAYOUTS]


class Shown(NamedTuple):
    """A displayed equation: its where part and its rows, the mark's summary, and what opens below it: words and the source."""

    id: str
    items: Sequence[Item]
    body: str
    summary: str
    words: str
    source: str
    kind: str = ""
    note: str = ""  # as `Derived` has it

    def framed(self, style: str = "") -> str:
        """Return its HTML, with its mark below it and a link to it; `style` is the link to a style sheet."""
        opened = mark(self.summary, self.words + _source(self.source))
        body = where_html(self.items) + self.body + _note_html(self.note)
        return frame(self.id, style + body, opened, _link(self.id), self.kind)


def report_html(report: Report) -> str:
    """Return the HTML of a report: of a derivation that is right, or of what is wrong with it."""
    return shown(report).framed() if report.ok else wrong_html(report.id, report.source, report.errors)


def shown(report: Report) -> Shown:
    """Return a right derivation as it is displayed."""
    body, summary = chains_html(report.chains), html.escape(said(report))
    return Shown(report.id, report.names.items, body, summary, how_checked(report), report.source)


def said(report: Report) -> str:
    """Return what the mark of a right derivation says."""
    return "definition" if defines(report) else f"✓ {report.verdict()}"


def frame(id: str, body: str, mark: str, link: str, kind: str = "") -> str:
    """Return the HTML of a displayed equation from its parts; without an id nothing can link to it."""
    foot = f'<div class="derivation-foot">{mark}{link}</div>'
    anchor = f' id="d-{html.escape(id)}"' if id else ""
    return f'<div class="derivation{kind and f" derivation-{kind}"}"{anchor}>{body}{foot}</div>'


def _link(id: str) -> str:
    return (
        id
        and f'<a class="derivation-link" href="#d-{html.escape(id)}" title="Link to this equation" data-search-exclude>¶</a>'
    )


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
        "\0(.*?)\0([,.]?)", lambda m: in_sentence(m[1], m[2]), words
    )  # no line begins with a comma
    return f'<p class="derivation-where">{words}</p>'


def where_words(items: Sequence[Item], formula: Callable[[str], str]) -> str:
    """Return the items of a where part as a sentence; `formula` gives the text of a piece of LaTeX."""
    layouts = [item.definition[6:-1] for item in items if item.definition in _LAYOUTS]
    defined = [
        formula(item.definition) + _for_steps(item, formula)
        for item in items
        if item.definition and item.definition not in _LAYOUTS
    ]
    declared = [_declared(item, formula) + _for_steps(item, formula) for item in items if not item.definition]
    lists = [f"let {listed(parts)}" for listed, parts in ((_clauses, declared), (_listed, defined)) if parts]
    sentences = [", and ".join(lists), *(f"derivatives are in {layout}" for layout in layouts)]
    return " ".join(f"{words[0].upper()}{words[1:]}." for words in sentences if words)


def _for_steps(item: Item, formula: Callable[[str], str]) -> str:
    return f" for {formula(item.steps)}" if item.steps else ""


def _listed(parts: Sequence[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def _clauses(parts: Sequence[str]) -> str:
    """Return a list of clauses; a comma before the last one shows where it begins, if one of the others has an "and" of its own."""
    *first, last = parts
    comma = "," if len(first) > 1 or any(" and " in part for part in first) else ""
    return f"{', '.join(first)}{comma} and {last}" if first else last


def _declared(item: Item, formula: Callable[[str], str]) -> str:
    names, several = _listed([formula(name) for name in item.names]), len(item.names) > 1
    if item.shape == ():
        before = [OF_A_NUMBER[name] for name in item.properties if name in OF_A_NUMBER]
        after = [PHRASES[name].split(" in ")[0] for name in item.properties if name not in OF_A_NUMBER]
        number = " ".join([*before, "numbers" if several else "number", *after])
        return f"{names} be {number}" if several else f"{names} be a {number}"
    phrases = [PHRASES[name] for name in item.properties]
    words = (
        []
        if item.shape is None
        else [formula(r" \times ".join(f"({axis})" if "+" in axis else axis for axis in item.shape))]
    )
    words += [phrase for phrase in phrases if not phrase.startswith("with ")]
    words = words or ["arrays" if several else "an array"]
    verb = "" if words == [PHRASES["elementwise"]] else "be "
    return " ".join(
        [f"{names} {verb}{_listed(words)}", *(phrase for phrase in phrases if phrase not in words)]
    )


def chains_html(chains: Iterable[Chain]) -> str:
    """Return the rows of chains, each with its reason, in one table."""
    return f'<div class="derivation-chains math-display">{"".join(_chain_html(chain) for chain in chains if chain.rows)}</div>'


def _chain_html(chain: Chain) -> str:
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
    return f'<div class="derivation-chain">{"".join(rows)}</div>'


def _reason(latex: str) -> str:
    """Return a reason as words with formulas in them."""
    return _sentence(reason_parts(latex))


def _note_html(note: str) -> str:
    return f'<p class="derivation-note">{_sentence(note_parts(note))}</p>' if note else ""


def _sentence(parts: Sequence[str]) -> str:
    """Return words and formulas in turn, words first."""
    return "".join(
        in_sentence(part) if at % 2 else html.escape(part) for at, part in enumerate(parts) if part
    )


def note_parts(note: str) -> list[str]:
    """Return the parts of a note as a sentence, words and formulas in turn, words first.

    Examples
    --------
    >>> note_parts("there is no derivative where $x = 0$")
    ['There is no derivative where ', 'x = 0', '.']
    """
    return f"{note[0].upper()}{note[1:]}.".split("$") if note else []


def reason_parts(latex: str) -> list[str]:
    r"""Return the parts of a reason, words and formulas in turn, words first: `\text{…}` is words, the rest is mathematics.

    Examples
    --------
    >>> reason_parts(r"\text{through } Z\text{; outer product}")
    ['through ', 'Z', '; outer product']
    >>> reason_parts(r"k\text{ and } l\text{ stand alone}")
    ['', 'k', ' and ', 'l', ' stand alone']
    """
    parts = [""]
    for at, part in enumerate(re.split(r"\\text\{([^{}]*)\}", latex)):
        words = at % 2 == 1
        if words and len(parts) % 2:
            parts[-1] += part.replace("'", "’")
        elif words or part.strip():
            parts.append(part.replace("'", "’") if words else part.strip())
    return parts


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
        *_proved(report),
        f"While this page was built, every side was evaluated and compared with the one before: "
        f"{report.comparisons} comparisons at {report.draws} random points, {arithmetic}.",
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


def _proved(report: Report) -> list[str]:
    """Return what is said of the steps that are proved."""
    if not report.proved:
        return []
    which = (
        "Every step is" if report.proved == report.steps else f"{report.proved} of {report.steps} steps are"
    )
    return [
        f"{which} proved: both sides have the same normal form, so they are equal for all sizes and all values."
    ]


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
