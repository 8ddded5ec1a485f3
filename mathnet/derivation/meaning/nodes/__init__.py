"""What a formula is made of, once it has been read: one small class for each construct, with its shape."""

from .arrays import Add, Entry, Number, Size, Symbol, Transpose
from .calculus import DERIVATIVES, LAYOUTS, Cotangent, Differential, Gradient, Immediate, Partial
from .functions import Apply, Cases, Compare, Whole
from .indices import Delta, Least, Most, Prod, Sum
from .node import Node
from .products import Divide, Dot, Hadamard, Inner, Kronecker, Power, Product, Tensor

__all__ = [
    "DERIVATIVES", "LAYOUTS", "Add", "Apply", "Cases", "Compare", "Cotangent", "Delta", "Differential", "Divide",
    "Dot", "Entry", "Gradient", "Hadamard", "Immediate", "Inner", "Kronecker", "Least", "Most", "Node", "Number", "Partial", "Power", "Prod", "Product", "Size", "Sum",
    "Symbol", "Tensor", "Transpose", "Whole",
]  # fmt: skip
