"""Random data for the symbols, and the values of formulas at it."""

from . import values

__all__ = ["values"]
