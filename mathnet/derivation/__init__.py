"""LaTeX derivations that run: every line is evaluated and compared with the line before."""

from .dual import Dual
from .errors import DerivationError, Difference, Place
from .fences import Found, find
from .report import Line, Report
from .verdict import Derivation, check

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
