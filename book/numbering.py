"""Every displayed equation with its number, its box, and the references to it, from anywhere in the book.

The number at its right counts the equations of its page. `[](#d-one-layer-weights)` is shown as (7), on another page as (7) of One layer; with
words between the brackets, those words are the link. The tag, which no other equation ever has, is its address and how it is cited. Both are
known from the sources before any page is converted.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from mkdocs.utils import get_relative_url

from book import model, paper, tags
from book.citation import book
from book.model import Book, Equation
from mathnet.derivation.meaning.names import Item
from mathnet.derivation.read.fences import ID
from mathnet.derivation.verdict.rendering import Shown, frame, mark, said, where_html
from mathnet.dual import DIGITS

log = logging.getLogger("mkdocs.book")


def numbered(shown: Shown, style: str = "") -> str:
    """Return the HTML of an equation with its number, the anchors of those that it replaced, and its box."""
    page = model.page()
    if not page:
        return shown.framed(style)
    page.equations.add(shown.id)
    known = model.book().numbered(shown.id)
    names = [f"eq-{known[1]}"] if known else []
    for tag in model.book().numbers.values():
        if tag.heir == shown.id:
            names += [f"eq-{tag.number}", f"d-{tag.id}"]
    anchors = "".join(f'<span class="equation-anchor" id="{name}"></span>' for name in names)
    if not known:
        return shown.framed(anchors + style)
    equation, number = known
    link = (
        f'<a class="derivation-link equation-number" href="#eq-{number}" title="Tag {number}, a link to this equation" '
        f"data-search-exclude>({equation.local})</a>"
    )
    told = [item for id in equation.above for item in model.book().equations[id].items]
    new = untold(shown.items, told)
    within = "" if new == list(shown.items) else where_html(shown.items)
    opened = mark(shown.summary, within + shown.words + _box(equation, number))
    return frame(shown.id, anchors + style + where_html(new) + shown.body, opened, link, shown.kind)


def untold(items: Sequence[Item], told: Sequence[Item]) -> list[Item]:
    r"""Return what the items of a where part say that was not told before; what was said last of a letter counts.

    Examples
    --------
    >>> told = [Item(("H", "G"), ("n", "h")), Item((), definition="Y = f(H)")]
    >>> untold([Item(("H", "W"), ("n", "h")), Item((), definition="Y = H")], told)
    [Item(names=('W',), shape=('n', 'h'), properties=(), definition='', steps=''), Item(names=(), shape=None, properties=(), definition='Y = H', steps='')]
    """
    known: dict[str, object] = {}
    for item in told:
        known |= _says(item)
    new = []
    for item in items:
        names = tuple(name for name, said in _says(item).items() if known.get(name) != said)
        if names:
            new.append(item if item.definition else replace(item, names=names))
    return new


def _says(item: Item) -> dict[str, object]:
    if item.definition:
        return {item.definition.partition("=")[0].strip(): "".join(item.definition.split())}
    return dict.fromkeys(item.names, (item.shape, sorted(item.properties)))


def _box(equation: Equation, number: int) -> str:
    """Return what the mark of an equation holds besides how it was checked: its code, LaTeX and BibTeX."""
    parts = [
        f"<p>Tag {number} is this equation’s for good, in links and citations; ({equation.local}) counts the equations of this page.</p>"
    ]
    if rule := equation.rule:
        parts.append(
            f'<p>Code: <autoref identifier="mathnet.{rule.name}_vjp"><code>{rule.name}_vjp</code></autoref>. '
            "A test compares it with the last line, entry by entry.</p>"
        )
    for language, text in (
        ("latex", paper.latex(equation)),
        ("bibtex", paper.citation(equation, number)),
    ):
        parts.append(
            f'<div class="highlight language-{language}" data-search-exclude>'
            f"<pre><code>{escape(text, quote=False)}</code></pre></div>"
        )
    return "".join(parts)


class _Reference(InlineProcessor):
    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:
        link = Element("equation", {"id": m["id"]})  # MkDocs refuses an <a> that leads to no file
        link.text = m["words"]
        if page := model.page():
            page.references.append(m["id"])
            if (known := model.book().numbered(m["id"])) and not m["words"]:
                equation = known[0]
                link.text = f"({equation.local})"
                if equation.page is not page:
                    link.text += f" of {equation.page.title}"
                link.set("aria-label", f"Equation {link.text}")
        return link, m.start(0), m.end(0)


class _Links(Treeprocessor):
    def run(self, root: Element) -> None:
        page = model.page()
        for link in list(root.iter("equation")):
            known = model.book().numbered(link.attrib.pop("id")) if page else None
            if not page or not known:
                link.tag = "span"
                continue
            equation, number = known
            way = (
                "" if equation.page is page else get_relative_url(equation.page.url or "./", page.url or "./")
            )
            link.tag = "a"
            link.attrib = {"class": "equation-reference", "href": f"{way}#eq-{number}", **link.attrib}


class NumberingExtension(Extension):
    """Numbers the displayed equations, and links the references to them."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register before the links (160), and after MkDocs has looked at all links that it knows (0)."""
        pattern = rf"\[(?P<words>[^\[\]]*)\]\(#d-(?P<id>{ID.pattern})\)"
        md.inlinePatterns.register(_Reference(pattern, md), "mathnet-reference", 165)
        md.treeprocessors.register(_Links(md), "mathnet-reference", -10)
        for fences in ("mathnet-derivations", "mathnet-equations"):
            md.preprocessors[fences].frame = numbered


def makeExtension(**settings: Any) -> NumberingExtension:
    """Return the extension, as Python-Markdown asks for it."""
    return NumberingExtension(**settings)


def complain(book: Book) -> None:
    """Name every equation without a number of its own, and every reference that leads nowhere."""
    for equation in book.equations.values():
        tag = book.numbers.get(equation.id)
        if not tag:
            log.error(f"{equation.kind} {equation.id}: it has no number yet; run {tags.COMMAND}")
        elif tag.retired:
            log.error(f"{equation.kind} {equation.id}: the id is retired, take another")
    right = {id for page in book.pages.values() for id in page.equations}
    for name, page in book.pages.items():
        for id in page.references:
            if id not in right or not book.numbered(id):
                log.error(f"{name}: reference [](#d-{id}): no such equation is right and has a number")


def listing(shown: Book) -> dict[str, Any]:
    """Return all equations, by number; `docs/cite.md` says what the keys mean."""
    entries = []
    for tag in shown.numbers.values():
        entry = {"tag": tag.number, "id": tag.id}
        if tag.retired:
            entries.append(entry | {"kind": "retired", "heir": tag.heir or None})
        elif tag.id in shown.equations:
            entries.append(entry | _entry(shown.equations[tag.id], tag.number))
    work = book()
    return {"schema": 1, **{key: work.get(key) for key in ("title", "version", "url")}, "equations": entries}


def _entry(equation: Equation, number: int) -> dict[str, Any]:
    report = equation.report if equation.kind == "derivation" else None
    verdict = said(report).removeprefix("✓ ") if report else equation.kind
    return {
        "kind": equation.kind,
        "page": equation.page.title,
        "url": f"{equation.page.url}#eq-{number}",
        "where": paper.where(equation),
        "latex": paper.latex(equation),
        "verdict": f"not checked: {equation.reason}" if equation.reason else verdict,
        "comparisons": report.comparisons if report else None,
        "exact": report.exact if report else None,
        "digits": DIGITS if report and not report.exact else None,
        "bound": float(report.bound) if report and report.bound else None,
        "code": f"mathnet.{equation.rule.name}_vjp" if equation.rule else None,
    }
