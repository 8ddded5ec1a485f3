"""LaTeX derivations that run: every line is evaluated and compared with the line before."""

from mathnet.dual import Dual

from .errors import DerivationError, Difference, Place
from .read.fences import Found, find
from .verdict.report import Line, Report
from .verdict.verdict import Derivation, check

__all__ = [
    "Derivation",
    "DerivationError",
    "Difference",
    "Dual",
    "Found",
    "Line",
    "Place",
    "Report",
    "check",
    "find",
]
