"""What a formula is made of, once it has been read: one small class for each construct, with its shape."""

from .arrays import Add, Entry, Matrix, Number, Row, Size, Spread, Symbol, Transpose
from .calculus import DERIVATIVES, LAYOUTS, At, Cotangent, Differential, Gradient, Immediate, Partial, Through
from .functions import Apply, Cases, Compare, Whole
from .indices import Delta, Least, Most, Prod, Sum
from .node import Node
from .products import Divide, Dot, Hadamard, Inner, Kronecker, Power, Powers, Product, Quotients, Tensor

__all__ = [
    "DERIVATIVES", "LAYOUTS", "Add", "Apply", "At", "Cases", "Compare", "Cotangent", "Delta", "Differential", "Divide",
    "Dot", "Entry", "Gradient", "Hadamard", "Immediate", "Inner", "Kronecker", "Least", "Matrix", "Most", "Node", "Number", "Partial", "Power", "Powers", "Prod", "Product", "Quotients", "Row", "Size", "Spread", "Sum",
    "Symbol", "Tensor", "Through", "Transpose", "Whole",
]  # fmt: skip
