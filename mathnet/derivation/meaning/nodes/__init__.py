"""What a formula is made of, once it has been read: one small class for each construct, with its shape."""

from .arrays import Add, Block, Entry, Matrix, Number, Row, Size, Spread, Symbol, Transpose
from .calculus import DERIVATIVES, LAYOUTS, At, Cotangent, Differential, Gradient, Immediate, Partial, Through
from .functions import Apply, Cases, Compare, Where, Whole
from .indices import Counter, Delta, Falling, Least, Most, Only, Prod, Sum
from .node import Node
from .products import Divide, Dot, Hadamard, Inner, Kronecker, Power, Powers, Product, Quotients, Tensor
from .steps import Reference, Step, StepCotangent, StepPartial

__all__ = [
    "DERIVATIVES", "LAYOUTS", "Add", "Apply", "At", "Block", "Cases", "Compare", "Cotangent", "Counter", "Delta", "Differential", "Divide",
    "Dot", "Entry", "Falling", "Gradient", "Hadamard", "Immediate", "Inner", "Kronecker", "Least", "Matrix", "Most", "Node", "Number", "Only", "Partial", "Power", "Powers", "Prod", "Product", "Quotients", "Reference", "Row", "Size", "Spread", "Step", "StepCotangent", "StepPartial", "Sum",
    "Symbol", "Tensor", "Through", "Transpose", "Where", "Whole",
]  # fmt: skip
