"""Matplotlib figures that belong to the page: its colours, its text face, nothing random, no date."""

import hashlib
import io
import re

import matplotlib as mpl
from matplotlib.figure import Figure

from .drawing import COLOURS
from .page import enclose

# The blue and the vermilion of Okabe and Ito; figures.css has lighter ones for dark ground.
CURVES = {"blue": "#0072b2", "vermilion": "#d55e00"}


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
    return enclose(re.sub(r"\s*\n\s*", " ", _own_ids(svg)), alt=alt, caption=caption)


def _own_ids(svg: str) -> str:
    """Drop the ids that nothing refers to and make the others differ from those of the page's other plots."""
    used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', svg))
    prefix = "p" + hashlib.sha256(svg.encode()).hexdigest()[:8]
    svg = re.sub(r' id="([^"]+)"', lambda m: f' id="{prefix}-{m[1]}"' if m[1] in used else "", svg)
    return re.sub(r'(url\(#|href="#)', rf"\1{prefix}-", svg)
