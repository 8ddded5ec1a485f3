"""Matplotlib figures that belong to the page: its colours, its text face, nothing random, no date."""

import hashlib
import io
import re

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from ..shapes import Array
from .drawing import COLOURS
from .page import enclose

# The blue and the vermilion of Okabe and Ito; figures.css has lighter ones for dark ground.
CURVES = {"blue": "#0072b2", "vermilion": "#d55e00"}
SIGNS = {"red": "#d7301f", "blue": "#2b7bd0"}
SMALL, WORDS = 8, 9  # sizes of numbers at the axes and of words, for a plot 4.2 inches wide


def plot_axes(x: str, y: str, *, size: tuple[float, float] = (4.2, 2.6)) -> tuple[Figure, Axes]:
    """Return a figure and its axes in the book's look: two thin lines, faint levels, `y` above and `x` below at the end.

    Parameters
    ----------
    x, y : str
        What the axes count: words, or a formula between dollar signs, whose letters are set in italics.
    size : pair of float
        Width and height in inches.

    Returns
    -------
    plot : matplotlib.figure.Figure
        To be given to [`plot_svg`][mathnet.figures.plots.plot_svg].
    axes : matplotlib.axes.Axes
        To be drawn on.

    Examples
    --------
    >>> plot, axes = plot_axes("epoch", "$J$")
    >>> axes.get_xlabel(), axes.get_title(loc="left")
    ('epoch', '$J$')
    """
    plot = Figure(figsize=size, layout="constrained")
    axes = plot.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_linewidth(0.6)
    axes.tick_params(which="major", labelsize=SMALL, width=0.6, length=2.5)
    axes.tick_params(which="minor", length=0, labelbottom=False, labelleft=False)
    axes.grid(axis="y", color="black", alpha=0.15, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.set_xlabel(x, loc="right", fontsize=WORDS)
    axes.set_title(y, loc="left", fontsize=WORDS)
    return plot, axes


def signed(values: Array, largest: float) -> Array:
    """Return the colours of numbers for `imshow`: red above 0, blue below, the stronger the farther from 0.

    A colour lies over the ground, and 0 has none. Red is red on light ground as on dark.

    Examples
    --------
    >>> signed(np.array([[1.0, -0.5, 0.0]]), 1)[..., 3]
    array([[1. , 0.5, 0. ]])
    """
    colours = np.where(values[..., None] > 0, to_rgb(SIGNS["red"]), to_rgb(SIGNS["blue"]))
    share = np.clip(np.abs(values) / largest, 0, 1)
    return np.concatenate([colours, share[..., None]], axis=-1)


def plot_svg(plot: Figure, *, alt: str, caption: str) -> str:
    """Return the HTML of a matplotlib figure whose text, axes and palette colours follow the theme.

    Parameters
    ----------
    plot : matplotlib.figure.Figure
        Make it with `Figure(figsize=..., layout="constrained")`, which needs no `pyplot` and leaves nothing open.
        What is black takes the colour of the text, what is white that of the page; what has a colour of
        `mathnet.figures.COLOURS` or of `CURVES` follows the theme. An image with `gid="paper"`, ink on white, is shown
        as its negative on dark ground.
    alt : str
        What the plot shows, in words.
    caption : str
        What to see in it. May hold formulas between dollar signs.

    Returns
    -------
    html : str
        The same for the same plot: without a date, and with ids that follow from what is drawn.

    Raises
    ------
    ValueError
        If there is no text alternative or no caption.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> plot = Figure(figsize=(3, 2))
    >>> lines = plot.add_subplot().plot([1, 4, 9])
    >>> "<svg" in plot_svg(plot, alt="A line that rises.", caption="It rises.")
    True
    """
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "mathnet", "svg.fonttype": "none"}):
        plot.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    # matplotlib's style rule is for all elements, so it would reach the whole page
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = svg.replace("<svg ", '<svg aria-hidden="true" class="plot" stroke-linejoin="round" ', 1)
    svg = svg.replace("#000000", "currentColor").replace(
        "fill: #ffffff", "fill: var(--md-default-bg-color, #fff)"
    )
    for kind, palette in (("var", COLOURS), ("curve", CURVES)):
        for name, colour in palette.items():
            svg = svg.replace(colour, f"var(--{kind}-{name}, {colour})")
    svg = svg.replace(' id="paper"', ' class="paper"')
    svg = re.sub(r"<tspan ([^>]*)font-style: oblique;([^>]*)>([^<]*)</tspan>", _italics, svg)
    svg = re.sub(r"font-family: 'DejaVu Sans'[^;\"]*", "font-family: var(--book-sans, sans-serif)", svg)
    return enclose(re.sub(r"\s*\n\s*", " ", _own_ids(svg)), alt=alt, caption=caption)


def _italics(match: re.Match[str]) -> str:
    """Set a letter of a formula as the page's formulas have it, in the italics of the font for mathematics."""
    before, style, letters = match.groups()
    style = re.sub(r"font-family: [^;\"]*", "font-family: var(--book-math, math), serif", style)
    return f"<tspan {before}{style.lstrip()}>{''.join(map(_italic, letters))}</tspan>"


def _italic(letter: str) -> str:
    if letter == "h":
        return "ℎ"  # Unicode had it before the others
    for first, italic in (("A", "𝐴"), ("a", "𝑎")):
        if 0 <= ord(letter) - ord(first) < 26:
            return chr(ord(italic) + ord(letter) - ord(first))
    return letter


def _own_ids(svg: str) -> str:
    """Drop the ids that nothing refers to and make the others differ from those of the page's other plots."""
    used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', svg))
    prefix = "p" + hashlib.sha256(svg.encode()).hexdigest()[:8]
    svg = re.sub(r' id="([^"]+)"', lambda m: f' id="{prefix}-{m[1]}"' if m[1] in used else "", svg)
    return re.sub(r'(url\(#|href="#)', rf"\1{prefix}-", svg)
