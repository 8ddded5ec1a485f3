"""What a formula is made of, once it has been read: one small class per construct.

Every node knows its place in the source. Nodes are compared by identity, so they can key a memo.
"""

from dataclasses import dataclass, fields
from fractions import Fraction

from .errors import Place


@dataclass(frozen=True, eq=False)
class Node:
    """A part of a formula."""

    place: Place

    @property
    def latex(self):
        """The LaTeX that the node was read from."""
        return self.place.latex

    def walk(self):
        """Yield this node and all nodes below it."""
        yield self
        for part in self.parts():
            yield from part.walk()

    def parts(self):
        """Yield the nodes that this node is made of."""
        below = [getattr(self, field.name) for field in fields(self)]
        while below:
            part = below.pop()
            if isinstance(part, Node):
                yield part
            elif isinstance(part, tuple) and not isinstance(part, Place):
                below.extend(part)


@dataclass(frozen=True, eq=False)
class Number(Node):
    """A literal number."""

    value: Fraction


@dataclass(frozen=True, eq=False)
class Symbol(Node):
    """A declared or defined quantity."""

    name: str


@dataclass(frozen=True, eq=False)
class Tangent(Node):
    """The derivative of a quantity in the direction of the dotted symbols."""

    name: str


@dataclass(frozen=True, eq=False)
class Cotangent(Node):
    """The derivative of ⟨output bar, output⟩ with respect to a quantity."""

    name: str


@dataclass(frozen=True, eq=False)
class Entry(Node):
    """One entry of an array; an index is a letter or a number from 1."""

    body: Node
    indices: tuple


@dataclass(frozen=True, eq=False)
class Add(Node):
    """A sum of terms; `signs` are +1 or -1."""

    terms: tuple
    signs: tuple


@dataclass(frozen=True, eq=False)
class Size(Node):
    """A dimension letter used as a number, such as the n of 1/n."""

    name: str


@dataclass(frozen=True, eq=False)
class Product(Node):
    """Juxtaposed factors: scalars scale, matrices multiply."""

    factors: tuple


@dataclass(frozen=True, eq=False)
class Hadamard(Node):
    """Entrywise product of operands; each is a tuple of juxtaposed factors."""

    operands: tuple


@dataclass(frozen=True, eq=False)
class Dot(Node):
    """The raised dot: the dot product of two vectors, or a product with a scalar."""

    left: Node
    right: Node


@dataclass(frozen=True, eq=False)
class Inner(Node):
    """The sum of the products of equal entries."""

    left: Node
    right: Node


@dataclass(frozen=True, eq=False)
class Divide(Node):
    """Division by a scalar."""

    left: Node
    right: Node


@dataclass(frozen=True, eq=False)
class Power(Node):
    """A power of a scalar."""

    base: Node
    exponent: Node


@dataclass(frozen=True, eq=False)
class Transpose(Node):
    """The transpose."""

    body: Node


@dataclass(frozen=True, eq=False)
class Sum(Node):
    """A sum over index letters, with the dimension of each where the bounds name it."""

    letters: tuple
    bound: str | None
    body: Node


@dataclass(frozen=True, eq=False)
class Prod(Sum):
    """A product over index letters."""


@dataclass(frozen=True, eq=False)
class Whole(Node):
    """A function of a whole matrix: trace, determinant, inverse, norm and others."""

    function: str
    body: Node


@dataclass(frozen=True, eq=False)
class Differential(Node):
    """The differential: the derivative in the direction of the dotted symbols."""

    body: Node


@dataclass(frozen=True, eq=False)
class Delta(Node):
    """The Kronecker delta."""

    left: str | int
    right: str | int


@dataclass(frozen=True, eq=False)
class Apply(Node):
    """A function applied to every entry, or its derivative of the given order."""

    function: str
    order: int
    arguments: tuple


@dataclass(frozen=True, eq=False)
class Compare(Node):
    """The Iverson bracket: 1 where the comparison holds, else 0."""

    left: Node
    relation: str
    right: Node


@dataclass(frozen=True, eq=False)
class Cases(Node):
    """The value beside the first condition that holds; the last condition may be `None`, which always holds."""

    values: tuple
    conditions: tuple


@dataclass(frozen=True, eq=False)
class Partial(Node):
    """The derivative of an expression with respect to a symbol, or to one entry of it."""

    body: Node
    variable: str
    indices: tuple | None
