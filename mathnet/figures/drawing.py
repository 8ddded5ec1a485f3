r"""Grids, rows and stacks of grids, and how names and numbers are written in them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from html import escape

import numpy as np

# The palette of the light theme; that of the dark one is in figures.css. Their distances are tested for every colour vision.
COLOURS = {
    "X": "#3599b8",
    "H": "#1d399d",
    "W": "#c1360e",
    "B": "#633259",
    "Z": "#a245f9",
    "Y": "#267762",
    "T": "#c78201",
}
_CELL = 28
_FONT = 15
_NARROW = set(" .,:·'′()|/ijlt")  # the rest is about as wide as a digit


@dataclass(frozen=True)
class Drawing:
    """A piece of SVG with its size; pieces are put together by [`row`][mathnet.figures.row] and [`stack`][mathnet.figures.stack].

    Attributes
    ----------
    svg : str
        Elements of SVG, without the `<svg>` around them.
    width, height : float
        In units of which a phone shows 320 side by side.
    """

    svg: str
    width: float
    height: float

    def at(self, x: float, y: float) -> str:
        """Return the SVG moved to a place."""
        return f'<g transform="translate({x:g} {y:g})">{self.svg}</g>'


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
    r"""Draw a matrix as a grid of its values, with its name above and its shape below.

    Parameters
    ----------
    name : str
        As in the code: `H`, `W_1`, `Y_bar`, `H^T`, `Y^*`. With `_bar` it is a cotangent, and its frame is dashed.
    values : array of at most two axes
        Numbers, fractions or short texts; one axis is drawn as a row, a number as one cell.
    rows, columns, entries : iterable
        What is marked: whole rows, whole columns, single entries `(i, j)`, counted from 0.
    colour : str, optional
        The variable whose colour is used, when it is not the first letter of the name: one of `COLOURS`, with `_bar` for a
        cotangent, or `other` for grey.
    shape : str, optional
        Written below instead of the shape of the values, e.g. `n × h`.

    Returns
    -------
    drawing : Drawing
        The grid with its name and shape.

    Raises
    ------
    ValueError
        If there is no name, no entry or more than two axes, if something is marked that is not there, or if there is no
        such colour.

    Examples
    --------
    >>> drawing = matrix("H", [[1, 2, 3]], columns=[0])
    >>> drawing.width, drawing.height
    (84.0, 76)
    """
    array = np.asarray(values)
    _check(name, array, colour)
    grid = np.atleast_2d(array)
    height, width = grid.shape
    rows, columns, entries = set(rows), set(columns), set(entries)
    for i, j in [*((i, 0) for i in rows), *((0, j) for j in columns), *entries]:
        if not (0 <= i < height and 0 <= j < width):
            raise ValueError(
                f"{name} is {height} × {width} and has no entry ({i}, {j}); rows and columns count from 0"
            )
    texts = [[number(value) for value in line] for line in grid]
    cell = max(_CELL, 10 + max(_width(text) for line in texts for text in line))

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


def _check(name: str, array: np.ndarray, colour: str | None) -> None:
    shape = " × ".join(map(str, array.shape)) or "1 × 1"
    if not name:
        raise ValueError(f"a grid of shape {shape} has no name; colour alone tells nobody which it is")
    if array.ndim > 2:
        raise ValueError(
            f"{name} is {shape}, but a grid has only rows and columns: draw {name}[0], {name}[1], … as grids of their own"
        )
    if not array.size:
        raise ValueError(f"{name} is {shape}: there is no entry to draw")
    if colour is not None and colour != "other" and colour.removesuffix("_bar") not in COLOURS:
        raise ValueError(
            f"no variable has the colour {colour!r}; there are {', '.join(COLOURS)}, each also with _bar, and other"
        )


def row(*items: Drawing | str, gap: float = 5) -> Drawing:
    """Put drawings side by side, centred on their grids.

    Parameters
    ----------
    items : Drawing or str
        A text is an operator between two drawings, such as `@` or `=`.
    gap : float
        Between one item and the next.

    Returns
    -------
    drawing : Drawing
        As wide as its parts and the gaps.

    Raises
    ------
    ValueError
        If there is no item.

    Examples
    --------
    >>> a = matrix("a", [1, 2, 3])
    >>> row(a, a, gap=10).width == 2 * a.width + 10
    True
    """
    if not items:
        raise ValueError(
            "row() has nothing to put side by side: give it drawings, and operators between them"
        )
    pieces = [_operator(item) if isinstance(item, str) else item for item in items]
    height = max(piece.height for piece in pieces)
    x, parts = 0.0, []
    for piece in pieces:
        parts.append(piece.at(x, (height - piece.height) / 2))
        x += piece.width + gap
    return Drawing("".join(parts), x - gap, height)


def stack(*items: Drawing | str, gap: float = 6) -> Drawing:
    """Put drawings below one another, centred.

    Parameters
    ----------
    items : Drawing or str
        A text is a line of words.
    gap : float
        Between one item and the next.

    Returns
    -------
    drawing : Drawing
        As high as its parts and the gaps.

    Raises
    ------
    ValueError
        If there is no item.

    Examples
    --------
    >>> a = matrix("a", [1, 2, 3])
    >>> stack(a, a, gap=10).height == 2 * a.height + 10
    True
    """
    if not items:
        raise ValueError("stack() has nothing to put one below the other: give it drawings or lines of words")
    pieces = [_words(item) if isinstance(item, str) else item for item in items]
    width = max(piece.width for piece in pieces)
    y, parts = 0.0, []
    for piece in pieces:
        parts.append(piece.at((width - piece.width) / 2, y))
        y += piece.height + gap
    return Drawing("".join(parts), width, y - gap)


def _width(text: str) -> float:
    """Return about how wide a text is, in the units of the drawing."""
    return _FONT * sum(0.3 if letter in _NARROW else 0.7 if letter in "−mw" else 0.52 for letter in text)


def number(value: object) -> str:
    """Return how a number is written in a grid: three digits, a fraction as it is, a true minus sign, no minus zero."""
    if isinstance(value, str):
        return value
    return (str(value) if isinstance(value, Fraction) else f"{value:z.3g}").replace("-", "\N{MINUS SIGN}")


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
