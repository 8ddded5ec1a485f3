"""A figure on a page: panels beside one another, a text alternative, a caption; and the style sheet of all of them."""

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

from mathnet.derivation.verdict.rendering import style_link
from mathnet.mathml import in_sentence

from .drawing import Drawing

STYLE_SHEET = Path(__file__).with_name("figures.css")


@dataclass(frozen=True)
class Panel:
    """A drawing with a title above and a line of words below; see [`panel`][mathnet.figures.panel].

    Attributes
    ----------
    title, words : str
        May be empty.
    drawing : Drawing
        The picture.
    """

    title: str
    drawing: Drawing
    words: str


def panel(title: str, drawing: Drawing, words: str = "") -> Panel:
    """Give a drawing a title above and a line of words below. In one figure they are aligned.

    Parameters
    ----------
    title, words : str
        May hold formulas between dollar signs.
    drawing : Drawing
        The picture.

    Returns
    -------
    panel : Panel
        To be given to `figure`.

    Examples
    --------
    >>> from mathnet.figures import matrix
    >>> panel("a row", matrix("a", [[1, 2]])).title
    'a row'
    """
    return Panel(title, drawing, words)


def figure(*panels: Drawing | Panel, alt: str, caption: str) -> str:
    """Return the HTML of a figure.

    Parameters
    ----------
    panels : Drawing or Panel
        They stand side by side as far as the screen is wide enough, all in one scale. One of at most 320 units fits a phone,
        and two fit side by side in a column of text.
    alt : str
        What the picture shows, in words, for a reader who does not see it.
    caption : str
        What to see in it. May hold formulas between dollar signs.

    Returns
    -------
    html : str
        One `<figure>` with an `<svg>` for each panel. It needs the [style sheet][mathnet.figures.stylesheet].

    Raises
    ------
    ValueError
        If there is no panel, no text alternative or no caption.
    FormulaError
        If a formula cannot be shown.

    Examples
    --------
    >>> from mathnet.figures import matrix
    >>> html = figure(matrix("a", [[1, 2]]), alt="The row a, which is (1, 2).", caption="A row.")
    >>> html.startswith('<figure class="figure">')
    True
    """
    if not panels:
        raise ValueError("a figure needs at least one drawing")
    items = [item if isinstance(item, Panel) else Panel("", item, "") for item in panels]
    # of all, so that all shrink alike on a narrow screen
    width = max(item.drawing.width for item in items) + 4
    titled, worded = any(item.title for item in items), any(item.words for item in items)
    parts = []
    for item in items:
        drawing = item.drawing
        svg = (
            f'<svg viewBox="{(drawing.width - width) / 2:g} 0 {width:g} {drawing.height:g}" width="{width:g}" '
            f'height="{drawing.height:g}" aria-hidden="true">{drawing.svg}</svg>'
        )
        title = f'<span class="title">{_formulas(item.title)}</span>' if titled else ""
        words = f"<span>{_formulas(item.words)}</span>" if worded else ""
        parts.append(f'<div class="panel">{title}{svg}{words}</div>')
    return enclose("".join(parts), alt=alt, caption=caption, lines=1 + titled + worded, width=width)


def enclose(picture: str, *, alt: str, caption: str, lines: int = 1, width: float = 0) -> str:
    """Return the `<figure>` around a picture that is HTML or SVG already.

    Parameters
    ----------
    picture : str
        One `<svg>` or `<img>`, or several panels. A reader who does not see it is told `alt` in its place.
    alt, caption : str
        As those of [`figure`][mathnet.figures.figure].
    lines : int
        Of which a panel consists: its picture, and its title and words if it has them.
    width : float
        Of the widest panel, in pixels; 0 if there are no panels.

    Returns
    -------
    html : str
        One `<figure>` with its caption.

    Raises
    ------
    ValueError
        If there is no text alternative or no caption.

    Examples
    --------
    >>> print(enclose("<svg></svg>", alt="Nothing.", caption="An empty picture."))  # doctest: +ELLIPSIS
    <figure class="figure"><div class="panels" role="img" aria-label="Nothing." data-search-exclude><svg>...
    """
    if not alt.strip():
        raise ValueError(
            "a figure needs a text alternative: say in `alt` what a reader who does not see it misses"
        )
    if not caption.strip():
        raise ValueError("a figure needs a caption: say in `caption` what to see in it")
    size = f' style="--lines: {lines}; --panel: {width:g}px"' if width else ""
    panels = f'<div class="panels"{size} role="img" aria-label="{escape(_shapes(alt))}" data-search-exclude>{picture}</div>'
    return f'<figure class="figure">{panels}<figcaption>{_formulas(caption)}</figcaption></figure>'


def stylesheet() -> str:
    """Return the style sheet of all figures as an HTML link that needs no file beside the page.

    A page of another site prints it once, above its first figure. This book loads it with its own style sheets.
    """
    link: str = style_link(STYLE_SHEET)
    return link


def _formulas(words: str) -> str:
    return re.sub(r"\$([^$]+)\$", lambda m: in_sentence(m[1]), _shapes(escape(words, quote=False)))


def _shapes(words: str) -> str:
    """Keep a shape such as 1 × 3 on one line."""
    return words.replace(" × ", "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}")
