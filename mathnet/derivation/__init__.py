"""LaTeX derivations that run: every line is evaluated and compared with the line before."""

from .dual import Dual
from .errors import DerivationError
from .fences import find
from .verdict import Derivation, Report, check

__all__ = ["Derivation", "DerivationError", "Dual", "Report", "check", "find"]
