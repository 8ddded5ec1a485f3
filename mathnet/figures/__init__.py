r"""Pictures of matrices, products and networks, drawn from their values.

A matrix is a grid: rows are samples, the name stands above it, its shape below. A variable has one colour everywhere, and a
cotangent has the colour of its variable with a dashed border. A picture follows the light and the dark theme of its page.
"""

from .drawing import COLOURS, Drawing, matrix, row, stack
from .graphs import letters, network_graph, two_passes
from .page import STYLE_SHEET, Panel, enclose, figure, panel, stylesheet
from .products import product

__all__ = [
    "COLOURS",
    "STYLE_SHEET",
    "Drawing",
    "Panel",
    "enclose",
    "figure",
    "letters",
    "matrix",
    "network_graph",
    "panel",
    "product",
    "row",
    "stack",
    "stylesheet",
    "two_passes",
]
