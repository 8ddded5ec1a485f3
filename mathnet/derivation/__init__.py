"""LaTeX derivations that run: every line is evaluated and compared with the line before."""

from mathnet.dual import Dual

from .errors import DerivationError, Difference, Place
from .read.fences import Found, find
from .verdict.check import Derivation, check
from .verdict.derive import Derived, derive
from .verdict.following import Following, following
from .verdict.practice import Exercise, Judged, exercise
from .verdict.report import Line, Report

__all__ = [
    "Derivation",
    "DerivationError",
    "Derived",
    "Difference",
    "Dual",
    "Exercise",
    "Following",
    "Found",
    "Judged",
    "Line",
    "Place",
    "Report",
    "check",
    "derive",
    "exercise",
    "find",
    "following",
]
