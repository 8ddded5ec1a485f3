"""What a formula is made of, once it has been read: one small class for each construct, with its shape and its value."""

from .arrays import Add, Entry, Number, Size, Symbol, Transpose
from .calculus import DERIVATIVES, LAYOUTS, Cotangent, Differential, Gradient, Immediate, Partial
from .functions import TRANSCENDENTAL, Apply, Cases, Compare, Whole
from .indices import Delta, Least, Most, Prod, Sum
from .node import Node, Type, shape_text
from .products import Divide, Dot, Hadamard, Inner, Kronecker, Power, Product, Tensor

__all__ = [
    "DERIVATIVES", "LAYOUTS", "TRANSCENDENTAL", "Add", "Apply", "Cases", "Compare", "Cotangent", "Delta", "Differential", "Divide",
    "Dot", "Entry", "Gradient", "Hadamard", "Immediate", "Inner", "Kronecker", "Least", "Most", "Node", "Number", "Partial", "Power", "Prod", "Product", "Size", "Sum",
    "Symbol", "Tensor", "Transpose", "Type", "Whole", "shape_text",
]  # fmt: skip
