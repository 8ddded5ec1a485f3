"""LaTeX derivations that run: every line is evaluated and compared with the line before."""

from .check import Derivation, Report, check
from .dual import Dual
from .errors import DerivationError
from .find import find

__all__ = ["Derivation", "DerivationError", "Dual", "Report", "check", "find"]
