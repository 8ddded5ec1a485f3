r"""The graph of a sum's letters, drawn as the engine sees it: at the beginning, and after every step that it takes.

A letter is a circle, dashed if it is summed; a factor with two letters is the line between them, one with one letter hangs on it,
and what has no letter any more stands below. A letter has the same place in all pictures of a sum. `letters.js` draws the same; the tests compare the two.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from unicodedata import normalize

from mathnet.derivation.algebra.forms import Form
from mathnet.derivation.algebra.reduce import Picture
from mathnet.derivation.algebra.terms import Letter
from mathnet.figures import Drawing

_ROOM, _LEVEL, _RADIUS, _BOW, _HANG = 104, 92, 15, 34, 40
_MARGIN, _TOP = 58, 72

_TOKEN = re.compile(
    r"\\operatorname\{(?P<word>\w+)\}|(?P<ones>\\mathbf 1(?:_\{?\w+\}?)?)|\\frac\{(?P<over>[^{}]+)\}\{(?P<under>[^{}]+)\}"
    r"|\^\{?(?P<up>\\mathsf T|\*)\}?|_\{?(?P<down>\w+)\}?|(?P<sign>\\[A-Za-z]+) ?|(?P<letter>.)"
)
_SIGNS = {r"\odot": "⊙ ", r"\langle": "⟨", r"\rangle": "⟩", r"\partial": "∂", r"\delta": "δ"}
_LETTERS = {"-": "\N{MINUS SIGN}", "'": "′", "h": "ℎ"}


def text(latex: str) -> list[tuple[str, int]]:
    r"""Return a formula as pieces of text, each with how far it is raised: 1, 0 or -1.

    Examples
    --------
    >>> text(r"A_1^{\mathsf T} \operatorname{diag}(v)")
    [('𝐴', 0), ('1', -1), ('𝖳', 1), (' diag(𝑣)', 0)]
    """
    pieces: list[tuple[str, int]] = []
    for token in _TOKEN.finditer(latex.replace(r" \rangle", r"\rangle")):
        match token.lastgroup:
            case "word":
                piece = token["word"], 0
            case "ones":
                piece = "𝟏", 0
            case "under":
                over, under = ("".join(part for part, _ in text(token[name])) for name in ("over", "under"))
                piece = f"{over}/{under}", 0
            case "up":
                piece = "∗" if token["up"] == "*" else "𝖳", 1
            case "down":
                piece = token["down"], -1
            case "sign":
                piece = _SIGNS.get(token["sign"], token["sign"][1:]), 0
            case _:
                piece = _italic(token["letter"]), 0
        if pieces and pieces[-1][1] == piece[1] == 0:
            piece = pieces.pop()[0] + piece[0], 0
        pieces.append(piece)
    return pieces


def _italic(letter: str) -> str:
    if letter in _LETTERS:
        return _LETTERS[letter]
    for first, last, italic in (("A", "Z", 0x1D434), ("a", "z", 0x1D44E)):
        if first <= letter <= last:
            return chr(italic + ord(letter) - ord(first))
    return letter


@dataclass(frozen=True)
class Layout:
    """Where the letters of a sum are drawn, in all of its pictures.

    Attributes
    ----------
    letters : tuple of Letter
        In the order in which they occur.
    kept : tuple of Letter
        Those that the result has: its row, and its column.
    at : dict
        The place of each letter.
    width, height : float
        Of the drawing.
    """

    letters: tuple[Letter, ...]
    kept: tuple[Letter, ...]
    at: dict[Letter, tuple[float, float]]
    width: float
    height: float


def layout(letters: Sequence[Letter], kept: Sequence[Letter], first: Picture) -> Layout:
    """Return the places of letters: the row at the left, the column at the right, the others by their distance from the row."""
    beside = {letter: set[Letter]() for letter in letters}
    for row, column, _ in first.edges:
        beside[row].add(column)
        beside[column].add(row)
    last = kept[-1] if len(kept) > 1 else None
    column_of: dict[Letter, int] = {}
    free = 0
    for start in [*kept[:-1], *letters] if last else [*kept, *letters]:
        if start in column_of or start is last:
            continue
        column_of[start] = free
        reached = [start]
        for letter in reached:  # which grows
            for other in letters:
                if other in beside[letter] and other not in column_of and other is not last:
                    column_of[other] = column_of[letter] + 1
                    reached.append(other)
        free = 1 + max(column_of.values())
    if last:
        column_of[last] = free
    columns = [[letter for letter in letters if column_of[letter] == k] for k in range(free + bool(last))]
    tallest = max(map(len, columns), default=1)
    middle = _TOP + _LEVEL * (tallest - 1) / 2
    at = {
        letter: (_MARGIN + _ROOM * k, middle + _LEVEL * (place - (len(column) - 1) / 2))
        for k, column in enumerate(columns)
        for place, letter in enumerate(column)
    }
    width = 2 * _MARGIN + _ROOM * max(0, len(columns) - 1)
    return Layout(tuple(letters), tuple(kept), at, width, 2 * _TOP + _LEVEL * (tallest - 1) + 22)


@dataclass(frozen=True)
class Line:
    """A factor in the picture: the path of its line, and where its name is written."""

    latex: str
    path: str
    x: float
    y: float


def lines(picture: Picture, where: Layout) -> list[Line]:
    """Return the lines of a picture: first the factors with two letters, then those with one, then what has none, which has no path."""
    found = []
    pairs = [
        tuple(sorted((row, column), key=lambda letter: where.at[letter])) for row, column, _ in picture.edges
    ]
    for at, ((start, end), (*_, form)) in enumerate(zip(pairs, picture.edges, strict=True)):
        alike = [k for k, pair in enumerate(pairs) if pair == (start, end)]
        (x1, y1), (x2, y2) = where.at[start], where.at[end]
        length = math.hypot(x2 - x1, y2 - y1)
        across, along = (y2 - y1) / length, (x1 - x2) / length  # a step to the side
        bow = _BOW * ((len(alike) - 1) - 2 * alike.index(at))
        if any(
            _near(where.at[other], (x1, y1), (x2, y2))
            for other in _present(picture, where)
            if other not in (start, end)
        ):
            bow += 1.4 * _BOW
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
        bent = f"Q{_n(x + 2 * bow * across)} {_n(y + 2 * bow * along)} " if bow else "L"
        beyond = bow + (-13 if bow < 0 else 13)
        found.append(
            Line(
                form.latex,
                f"M{_n(x1)} {_n(y1)}{bent}{_n(x2)} {_n(y2)}",
                x + beyond * across,
                y + beyond * along + 5,
            )
        )
    for letter, vectors in picture.hanging.items():
        x, y = where.at[letter]
        up = -1 if y <= where.height / 2 else 1
        for k, form in enumerate(vectors):
            tip = x + 64 * (k - (len(vectors) - 1) / 2)
            found.append(
                Line(
                    form.latex,
                    f"M{_n(x)} {_n(y)}L{_n(tip)} {_n(y + up * _HANG)}",
                    tip,
                    y + up * (_HANG + 9) + 5,
                )
            )
    low = where.height - 10 if picture.edges or picture.hanging else where.height / 2
    for k, form in enumerate(picture.numbers):
        x = where.width / 2 + _ROOM * (k - (len(picture.numbers) - 1) / 2)
        found.append(Line(form.latex, "", x, low))
    return found


def _present(picture: Picture, where: Layout) -> set[Letter]:
    """Return the letters that are still there."""
    joined = {letter for row, column, _ in picture.edges for letter in (row, column)}
    return {*joined, *picture.hanging, *where.kept}


def _near(point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> bool:
    """Say whether a point lies so near to the line between two others that a letter there would be struck out."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    square = (x2 - x1) ** 2 + (y2 - y1) ** 2
    part = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / square
    nearest = x1 + part * (x2 - x1), y1 + part * (y2 - y1)
    return 0 < part < 1 and math.hypot(x - nearest[0], y - nearest[1]) < _RADIUS + 5


def draw(picture: Picture, where: Layout, before: Picture | None = None) -> Drawing:
    """Draw a graph; what was not there in the picture before is marked."""
    here = lines(picture, where)
    marks = _marks(here, lines(before, where) if before else here)
    shown = _present(picture, where)
    edges = [
        f'<path class="edge{mark}" d="{line.path}"/>'
        for line, mark in zip(here, marks, strict=True)
        if line.path
    ]
    nodes = []
    for letter in where.letters:
        if letter in shown:
            x, y = map(_n, where.at[letter])
            dashed = "" if letter in where.kept else ' stroke-dasharray="4 3"'
            nodes.append(f'<circle cx="{x}" cy="{y}" r="{_RADIUS}"{dashed}/>')
            nodes.append(f'<text class="name" x="{x}" y="{y}" dy="5">{_italic(letter.name)}</text>')
    names = [written(line, mark) for line, mark in zip(here, marks, strict=True)]
    svg = f'<g class="matrix letters">{"".join([*edges, *nodes, *names])}</g>'
    return Drawing(svg, where.width, where.height)


def _marks(here: Sequence[Line], before: Sequence[Line]) -> list[str]:
    """Return what the class of each line has added: a factor that was not there before is new."""
    old = [line.latex for line in before]
    marks = []
    for line in here:
        known = line.latex in old
        if known:
            old.remove(line.latex)
        marks.append("" if known else " new")
    return marks


def written(line: Line, kind: str = "") -> str:
    """Return the SVG of a factor's name."""
    raised, spans = 0, ""
    for piece, level in text(line.latex):
        shift = {1: -6, 0: 0, -1: 4}[level]
        script = ' class="script"' if level else ""
        spans += f'<tspan{script} dy="{shift - raised}">{escape(piece)}</tspan>'
        raised = shift
    return f'<text class="factor{kind}" x="{_n(line.x)}" y="{_n(line.y)}">{spans}</text>'


def said(picture: Picture) -> str:
    """Say in words what a picture shows."""
    joined = [f"{_plain(form)} joins {row.name} and {column.name}" for row, column, form in picture.edges]
    hang = [
        f"{' and '.join(map(_plain, vectors))} {'hang' if len(vectors) > 1 else 'hangs'} on {letter.name}"
        for letter, vectors in picture.hanging.items()
    ]
    return "; ".join([*joined, *hang, *(f"{_plain(form)} has no letter" for form in picture.numbers)])


def _plain(form: Form) -> str:
    pieces = "".join("ᵀ" if piece == "𝖳" else piece for piece, _ in text(form.latex))
    return "".join(sign if sign == "ᵀ" else normalize("NFKC", sign) for sign in pieces)


def _n(x: float) -> str:
    return f"{round(x, 1) + 0:g}"
