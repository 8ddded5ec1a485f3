r"""Pictures of matrices, drawn from their values.

A matrix is a grid: rows are samples, the name stands above it, its shape below. A variable has one colour in the whole
book, and a cotangent has the colour of its variable with a dashed border.

The colours are CSS variables (`figures.css`, beside this file), so that a picture follows the light and the dark theme.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from pathlib import Path

import numpy as np

from mathnet.derivation.rendering import style_link
from mathnet.products import dot, hadamard, matmul, outer
from mathnet.site.mathml import to_mathml

# The palette of the light theme; that of the dark one is in figures.css.
COLOURS = {
    "X": "#3599b8",
    "H": "#1d399d",
    "W": "#c1360e",
    "B": "#633259",
    "Z": "#a245f9",
    "Y": "#267762",
    "T": "#c78201",
}
STYLES = Path(__file__).with_suffix(".css")
_CELL = 28
_FONT = 15
_NARROW = set(" .,:·'′()|/ijlt")  # the rest is about as wide as a digit


@dataclass(frozen=True)
class Drawing:
    """A piece of SVG with its size; pieces are put together by [`row`][mathnet.site.figures.row] and `stack`."""

    svg: str
    width: float
    height: float

    def at(self, x: float, y: float) -> str:
        """Return the SVG moved to a place."""
        return f'<g transform="translate({x:g} {y:g})">{self.svg}</g>'


@dataclass(frozen=True)
class Panel:
    """A drawing with a title above and a line of words below; see [`panel`][mathnet.site.figures.panel]."""

    title: str
    drawing: Drawing
    words: str


def matrix(
    name: str,
    values: object,
    *,
    rows: Iterable[int] = (),
    columns: Iterable[int] = (),
    entries: Iterable[tuple[int, int]] = (),
    colour: str | None = None,
    shape: str | None = None,
) -> Drawing:
    r"""Draw a matrix as a grid of its values.

    Parameters
    ----------
    name : str
        As in the code: `H`, `W_1`, `Y_bar`, `H^T`, `Y^*`.
    values : array
        Numbers, fractions or short texts, in at most two dimensions; one dimension is drawn as a row.
    rows, columns, entries : iterable
        What is highlighted: whole rows, whole columns, single entries `(i, j)`.
    colour : str, optional
        The variable whose colour is used, when it is not the first letter of the name; `Z_bar` for a cotangent.
    shape : str, optional
        Written below instead of the shape of the values, e.g. `n × h`.

    Returns
    -------
    drawing : Drawing
    """
    array = np.asarray(values)
    grid = np.atleast_2d(array)
    height, width = grid.shape
    if not name:
        raise ValueError(
            f"a grid of shape {height} × {width} has no name; colour alone tells nobody which it is"
        )
    texts = [[number(value) for value in line] for line in grid]
    cell = max(_CELL, 10 + max(_width(text) for line in texts for text in line))
    rows, columns, entries = set(rows), set(columns), set(entries)

    parts = [label(name, cell * width / 2, 14)]
    for i, line in enumerate(texts):
        for j, text in enumerate(line):
            chosen = i in rows or j in columns or (i, j) in entries
            x, y = cell * j, 24 + _CELL * i
            kind = "chosen" if chosen else "cell"
            parts.append(
                f'<rect class="{kind}" x="{x:g}" y="{y}" width="{cell:g}" height="{_CELL}"/>'
                f'<text class="{kind}" x="{x + cell / 2:g}" y="{y + 19}">{escape(text)}</text>'
            )
    bottom = 24 + _CELL * height
    parts.append(f'<rect class="frame" x="0" y="24" width="{cell * width:g}" height="{_CELL * height}"/>')
    below = shape or (
        f"({array.size},)" if array.ndim == 1 else "scalar" if array.ndim == 0 else f"{height} × {width}"
    )
    parts.append(f'<text class="shape" x="{cell * width / 2:g}" y="{bottom + 18}">{escape(below)}</text>')
    kind = "cotangent " if "_bar" in f"{name} {colour}" else ""
    variable = (colour or name)[0]
    svg = f'<g class="matrix {kind}var-{variable if variable in COLOURS else "other"}">{"".join(parts)}</g>'
    # a long name above one narrow column must not be cut off
    half = max(cell * width, _width(below), 1.15 * _width(re.sub(r"_bar|_dot|\^", "", name))) / 2
    return Drawing(Drawing(svg, 0, 0).at(half - cell * width / 2, 0), 2 * half, bottom + 24)


def row(*items: Drawing | str, gap: float = 5) -> Drawing:
    """Put drawings side by side, centred on their grids; a text between them is an operator such as `@` or `=`."""
    pieces = [_operator(item) if isinstance(item, str) else item for item in items]
    height = max(piece.height for piece in pieces)
    x, parts = 0.0, []
    for piece in pieces:
        parts.append(piece.at(x, (height - piece.height) / 2))
        x += piece.width + gap
    return Drawing("".join(parts), x - gap, height)


def stack(*items: Drawing | str, gap: float = 6) -> Drawing:
    """Put drawings below one another, centred; a text is a line of words."""
    pieces = [_words(item) if isinstance(item, str) else item for item in items]
    width = max(piece.width for piece in pieces)
    y, parts = 0.0, []
    for piece in pieces:
        parts.append(piece.at((width - piece.width) / 2, y))
        y += piece.height + gap
    return Drawing("".join(parts), width, y - gap)


def panel(title: str, drawing: Drawing, words: str = "") -> Panel:
    """Give a drawing a title above and a line of words below; both may hold formulas. In one figure they are aligned."""
    return Panel(title, drawing, words)


def figure(*panels: Drawing | Panel, alt: str, caption: str) -> str:
    """Return the HTML of a figure.

    Parameters
    ----------
    panels : Drawing or Panel
        They stand side by side as far as the screen is wide enough, all in one scale. One of at most 320 units fits a phone, two fit side by side on a page of the book.
    alt : str
        What the picture shows, in words, for a reader who does not see it.
    caption : str
        What to see in it. May hold formulas between dollar signs.
    """
    panels = [item if isinstance(item, Panel) else Panel("", item, "") for item in panels]
    width = (
        max(item.drawing.width for item in panels) + 4
    )  # of all, so that all shrink alike on a narrow screen
    titled, worded = any(item.title for item in panels), any(item.words for item in panels)
    parts = []
    for item in panels:
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

    `alt` and `caption` are those of `figure`; a panel has so many `lines`, and is so many units wide.
    """
    size = f' style="--lines: {lines}; --panel: {width:g}px"' if width else ""
    panels = (
        f'<div class="panels"{size} role="img" aria-label="{escape(alt)}" data-search-exclude>{picture}</div>'
    )
    return f'<figure class="figure">{panels}<figcaption>{_formulas(caption)}</figcaption></figure>'


def _formulas(words: str) -> str:
    return re.sub(
        r"\$([^$]+)\$", lambda m: f'<span class="math">{to_mathml(m[1])}</span>', escape(words, quote=False)
    )


def stylesheet() -> str:
    """Return the style sheet of all figures as an HTML link that needs no file beside the page.

    A page of another site prints it once, above its first figure. This book loads it with its own style sheets.
    """
    return style_link(STYLES)


def four_products() -> str:
    """Return the figure of the four products: which entries meet in one entry of the result."""
    a, b = np.array([[1, 2, 3]]), np.array([[4, 5, 6]])
    A, B = np.array([[1, 2, 3], [0, 1, 2]]), np.array([[4, 1], [5, 0], [6, 2]])
    C = np.array([[4, 5, 6], [1, 0, 2]])
    column = np.array([1, 2])
    return figure(
        _product("matrix product", ("A", A, {"rows": [0]}), "@", ("B", B, {"columns": [0]}), ("AB", matmul(A, B)),
                 [A[0], B[:, 0]]),
        _product("dot product", ("a", a, {"rows": [0]}), "·", ("b", b, {"rows": [0]}), ("a · b", dot(a[0], b[0])),
                 [a[0], b[0]]),
        _product("Hadamard product", ("A", A, {"entries": [(0, 0)]}), "⊙", ("C", C, {"entries": [(0, 0)]}),
                 ("A ⊙ C", hadamard(A, C)), [A[0, :1], C[0, :1]]),
        _product("outer product", ("a", column[:, None], {"entries": [(0, 0)]}), "⊗", ("b", b, {"entries": [(0, 0)]}),
                 ("a ⊗ b", outer(column, b[0])), [column[:1], b[0, :1]]),
        alt="Four products of small matrices, with the numbers that meet in the first entry of each result. In the matrix "
        "product a row of A meets a column of B: 1·4 + 2·5 + 3·6 = 32. In the dot product two rows meet and one number is "
        "left, also 32. In the Hadamard product one entry meets the entry at the same place: 1·4 = 4. In the outer product "
        "one entry of a meets one entry of b: 1·4 = 4.",
        caption="Four products, four ways to meet. Marked: what meets in the first entry of the result. "
        "The matrix product and the dot product add up; the other two multiply once and add nothing.",
    )  # fmt: skip


def _product(
    title: str, left: tuple, sign: str, right: tuple, result: tuple, meet: list[Sequence[float]]
) -> Panel:
    factors = [
        matrix(name, values, colour=colour, **marks)
        for (name, values, marks), colour in ((left, "H"), (right, "W"))
    ]
    total = matrix(result[0], result[1], entries=[(0, 0)], colour="Z")
    pairs = " + ".join(f"{x}·{y}" for x, y in zip(*meet, strict=True))
    return panel(
        title,
        row(factors[0], sign, factors[1], "=", total),
        f"{pairs} = {sum(x * y for x, y in zip(*meet, strict=True))}",
    )


def _width(text: str) -> float:
    """Return about how wide a text is, in the units of the drawing."""
    return _FONT * sum(0.3 if letter in _NARROW else 0.7 if letter in "−mw" else 0.52 for letter in text)


def number(value: object) -> str:
    """Return how a number is written in a grid: three digits, a fraction as it is, a true minus sign."""
    if isinstance(value, str):
        return value
    return (str(value) if isinstance(value, Fraction) else f"{value:.3g}").replace("-", "\N{MINUS SIGN}")


def _operator(sign: str) -> Drawing:
    width = 8 + 1.35 * _width(sign)
    return Drawing(f'<text class="operator" x="{width / 2:g}" y="25">{escape(sign)}</text>', width, 40)


def _words(text: str) -> Drawing:
    width = _width(text)
    return Drawing(f'<text class="words" x="{width / 2:g}" y="16">{escape(text)}</text>', width, 20)


def label(name: str, x: float, y: float) -> str:
    """Return the SVG of a name such as `W_2^T` or `W_1 + B_1`, centred at a place; only the first letter may have a bar or dot."""
    first, *rest = re.split(r"(_bar|_dot|\^T|\^\*|_\w+)", name)
    if re.search("[a-z]{3}", first):
        return f'<text class="name words" x="{x:g}" y="{y:g}">{escape(name)}</text>'
    letters, raised, over, width = "".join(map(_italic, first)), 0, "", 0
    for mark, text in zip(rest[::2], rest[1::2], strict=True):
        if mark in ("_bar", "_dot"):
            over = mark
        else:
            shift = -5 if mark[0] == "^" else 4
            script = {"^T": "𝖳", "^*": "∗"}.get(mark, mark[1:])
            letters += f'<tspan class="script" dy="{shift - raised}">{escape(script)}</tspan>'
            raised, width = shift, width + 7 * len(script)
        if text:
            letters += f'<tspan dy="{-raised}">{"".join(map(_italic, text))}</tspan>'
            raised = 0
    middle = x + 2 - width / 2  # of the first letter, which leans to the right
    if over == "_bar":  # drawn, because a combining macron collides with capitals
        over = f'<path class="over" d="M{middle - 5:g} {y - 13.2:g}h10"/>'
    elif over:
        over = f'<path class="over dot" d="M{middle:g} {y - 13:g}h0"/>'
    return f'<text class="name" x="{x:g}" y="{y:g}">{letters}</text>{over}'


def _italic(letter: str) -> str:
    if letter == "h":
        return "ℎ"
    if "A" <= letter <= "Z":
        return chr(0x1D434 + ord(letter) - ord("A"))
    if "a" <= letter <= "z":
        return chr(0x1D44E + ord(letter) - ord("a"))
    return escape(letter)
