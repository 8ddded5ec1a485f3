r"""What was meant, from the shapes: $1 - a$ for an array a, $y \log p$ entry by entry, $*$ for one product or another.

Only what has one sensible reading is read so, and kept as a reading of the derivation. Where two make sense, both are
written out and the line is refused; where none does, the node stays as it stands, and inference says what is wrong.
"""

from collections.abc import Iterable
from dataclasses import replace

from lark import Token

from ..errors import DerivationError, Place
from ..meaning import nodes
from ..meaning.infer import shape_of
from ..meaning.names import Names
from ..meaning.nodes import Node
from ..meaning.shapes import Shape

ENTRYWISE = "entry by entry"


class Fitting:
    """Builds sums, products, quotients and powers for the shapes of their parts."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def shape(self, node: Node) -> Shape | None:
        """Return the shape of a node, or None if it has none yet."""
        return shape_of(self.names, node)

    def add(self, place: Place, terms: list[Node], signs: list[int]) -> Node:
        """Return a sum, in which a number, a row or a column may stand for an array."""
        terms = self._with_identities(terms)
        shapes = [self.shape(term) for term in terms]
        arrays = {shape for shape in shapes if shape}
        if None in shapes or len({*shapes}) == 1 or any(len(shape) != 2 for shape in arrays):
            return nodes.Add(place, tuple(terms), tuple(signs))
        rows, columns = (max((shape[at] for shape in arrays), key=lambda size: size != "1") for at in (0, 1))
        whole = (rows, columns)
        lines = {("1", columns)} if rows == columns else {("1", columns), (rows, "1")}
        if whole not in arrays or not arrays <= {whole, *lines}:
            return nodes.Add(place, tuple(terms), tuple(signs))
        spread = [
            term if shape == whole else self._spread(term, shape or (), whole)
            for term, shape in zip(terms, shapes, strict=True)
        ]
        return nodes.Add(place, tuple(spread), tuple(signs))

    def _with_identities(self, terms: list[Node]) -> list[Node]:
        """Return terms in which an I that is not declared has the size of the square matrix beside it."""
        unsized = [_identity_in(term) for term in terms]
        shapes = {self.shape(term) for term, identity in zip(terms, unsized, strict=True) if not identity}
        shapes -= {(), None}
        (shape,) = shapes if len(shapes) == 1 else ((),)
        if not any(unsized) or not shape or len(shape) != 2 or shape[0] != shape[1]:
            return terms
        return [
            self._sized(term, identity, shape[0]) if identity else term
            for term, identity in zip(terms, unsized, strict=True)
        ]

    def _sized(self, term: Node, identity: nodes.Whole, size: str) -> Node:
        ones = identity.body
        assert isinstance(ones, nodes.Spread)
        if ones.over == (size, "1"):
            return term
        said = self.names.readings
        said[:] = [it for it in said if (it.line, it.written) != (identity.place.line, identity.latex)]
        self.names.read_as(identity.place, rf"\text{{the identity of size }} {size}")
        fixed = replace(identity, body=replace(ones, over=(size, "1")))
        if isinstance(term, nodes.Product):
            factors = tuple(fixed if factor is identity else factor for factor in term.factors)
            return replace(term, factors=factors)
        return fixed

    def _spread(self, term: Node, shape: Shape, whole: Shape) -> Node:
        if not shape and whole[0] == whole[1] and not is_zero(term):
            many = _times(term)
            raise term.error(
                f"{term.latex} beside a square matrix could stand in its diagonal or in every entry: write "
                rf"{many}I with I \text{{ identity}}, or {many}\mathbf 1 with \mathbf 1 \text{{ ones}} of that shape"
            )
        if shape:
            read = rf"{term.latex} in every {'row' if shape[0] == '1' else 'column'}"
        else:
            read = r"\mathbf 0" if is_zero(term) else rf"{_times(term)}\mathbf 1"
        self.names.read_as(term.place, read)
        return nodes.Spread(term.place, term, whole)

    def zero(self, node: Node, like: Shape) -> Node:
        """Return the array of zeros for a 0 that stands for it."""
        if like and is_zero(node):
            self.names.read_as(node.place, r"\mathbf 0")
            return nodes.Spread(node.place, node, like)
        return node

    # Products

    def product(self, place: Place, factors: list[Node]) -> Node:
        """Return what stands side by side: two columns are multiplied entry by entry."""
        arrays = [factor for factor in factors if self.shape(factor) != ()]
        shapes = [self.shape(factor) for factor in arrays]
        if (
            len(arrays) == 2
            and None not in shapes
            and shapes[0] == shapes[1]
            and (shapes[0] or ())[1:] == ("1",)
        ):
            left, right = arrays
            self.names.read_as(place, rf"{left.latex} \odot {right.latex}")
            return nodes.Hadamard(place, tuple((factor,) for factor in factors))
        return nodes.Product(place, tuple(factors))

    def _only_entrywise(self, shape: Shape) -> bool:
        return len(shape) == 2 and shape[0] != shape[1]

    def hadamard(self, place: Place, groups: list[list[Node]]) -> Node:
        r"""Return $A B \odot C$ with the parentheses that the shapes leave."""
        arrays = [[factor for factor in group if self.shape(factor) != ()] for group in groups]
        if max(map(len, arrays)) < 2 or len(groups) != 2:
            return nodes.Hadamard(place, tuple(map(tuple, groups)))
        left, right = groups
        outer = nodes.Hadamard(place, ((self.side_by_side(left),), (self.side_by_side(right),)))
        between = nodes.Hadamard(place, ((left[-1],), (right[0],)))
        inner = nodes.Product(place, (*left[:-1], between, *right[1:]))
        found = [node for node in (outer, inner) if self.shape(node) is not None]
        if len(found) != 1:
            return nodes.Hadamard(place, tuple(map(tuple, groups)))
        first, second = (" ".join(factor.latex for factor in group) for group in groups)
        if found[0] is outer:
            self.names.read_as(
                place,
                " ".join(
                    [
                        *([first] if len(left) == 1 else [f"({first})"]),
                        r"\odot",
                        *([second] if len(right) == 1 else [f"({second})"]),
                    ]
                ),
            )
        else:
            parts = [*left[:-1], None, *right[1:]]
            middle = rf"({left[-1].latex} \odot {right[0].latex})"
            self.names.read_as(place, " ".join(middle if part is None else part.latex for part in parts))
        return found[0]

    def side_by_side(self, factors: list[Node]) -> Node:
        """Return the product of factors without a sign between them."""
        first, last = factors[0].place, factors[-1].place
        latex = " ".join(factor.latex for factor in factors)
        place = first._replace(latex=latex) if first != last else first
        return factors[0] if len(factors) == 1 else nodes.Product(place, tuple(factors))

    def star(self, place: Place, left: Node, right: Node, operator: Token) -> Node | None:
        r"""Return the product that `*`, `\circ`, `\cdot` or `\times` is, if the shapes leave one; else None."""
        one, other = self.shape(left), self.shape(right)
        if one is None or other is None or len(one) > 2 or len(other) > 2:
            return None
        product = nodes.Product(place, (left, right))
        if not one or not other:
            if operator.type != "STAR" and operator.type != "CIRC":
                return None
            self._note(place, left, "", right)
            return product
        if operator.type == "CIRC" or (operator == "*" and one == other and self._only_entrywise(one)):
            if one != other:
                return None
            self._note(place, left, r"\odot ", right)
            return nodes.Hadamard(place, ((left,), (right,)))
        if operator == r"\ast" or operator == r"\star" or operator.type == "CIRC":
            return None
        if one == other and operator == "*":
            raise DerivationError(
                rf"{operator} between two square matrices could be either product: write "
                rf"{left.latex} \odot {right.latex} for the Hadamard product, {left.latex} {right.latex} for the matrix product",
                place,
            )
        if one != other and one[1] == other[0]:
            self._note(place, left, "", right)
            return product
        return None

    def _note(self, place: Place, left: Node, sign: str, right: Node) -> None:
        self.names.read_as(place, f"{left.latex} {sign}{right.latex}")

    def matrix(self, place: Place, rows: list[list[Node]]) -> Node:
        """Return a matrix of numbers, or of blocks, in which a 0 and a 1 are as large as the blocks beside them."""
        shapes = [[self.shape(entry) for entry in row] for row in rows]
        if all(shape == () for row in shapes for shape in row):
            return nodes.Matrix(place, tuple(entry for row in rows for entry in row), len(rows[0]))
        heights = [_only(shape and shape[0] for shape in row) for row in shapes]
        widths = [_only(shape and shape[-1] for shape in column) for column in zip(*shapes, strict=True)]
        entries = [
            self._filled(entry, height, width)
            for row, height in zip(rows, heights, strict=True)
            for entry, width in zip(row, widths, strict=True)
        ]
        return nodes.Block(place, tuple(entries), len(rows[0]))

    def _filled(self, entry: Node, height: str, width: str) -> Node:
        """Return a block; a number 0 stands for zeros, a 1 for ones in one row or column."""
        if not isinstance(entry, nodes.Number) or entry.value not in {0, 1}:
            return entry
        if entry.value == 0 and height and width:
            shape = height, width
        elif bool(height) != bool(width):
            shape = height or "1", width or "1"
        else:
            return entry
        if shape == ("1", "1"):
            return entry
        self.names.read_as(entry.place, rf"\mathbf {entry.value}")
        return nodes.Spread(entry.place, entry, shape)

    # Quotients and powers

    def divide(self, place: Place, left: Node, right: Node) -> Node:
        """Return a quotient: by an array it is one entry by entry."""
        above, below = self.shape(left), self.shape(right)
        if not below or above is None or above not in {(), below}:
            return nodes.Divide(place, left, right)
        if len(below) == 2 and below[0] == below[1]:
            raise DerivationError(
                rf"division by the square matrix {right.latex} could be its inverse, or entry by entry: write {right.latex}^{{-1}}, or entries",
                place,
            )
        self.names.read_as(place, ENTRYWISE)
        return nodes.Quotients(place, left, right)

    def power(self, place: Place, base: Node, exponent: Node) -> Node:
        """Return a power: of an array that is not square, it is one of every entry."""
        shape = self.shape(base)
        if not shape or not self._only_entrywise(shape) or self.shape(exponent) != ():
            return nodes.Power(place, base, exponent)
        self.names.read_as(place, ENTRYWISE)
        return nodes.Powers(place, base, exponent)

    def exponential(self, place: Place, exponent: Node) -> Node:
        """Return a power of e: of an array that is not square, it is one of every entry."""
        shape = self.shape(exponent)
        if not shape or not self._only_entrywise(shape):
            return nodes.Apply(place, "e^", 0, (exponent,))
        self.names.read_as(place, rf"\exp({exponent.latex})")
        return nodes.Apply(place, "exp", 0, (exponent,))


def fitted(names: Names, sides: list[Node]) -> list[Node]:
    """Return the sides of a chain, with an array of zeros for a 0 that is compared with an array."""
    fitting = Fitting(names)
    like = next((shape for side in sides if (shape := fitting.shape(side))), ())
    return [fitting.zero(side, like) for side in sides] if any(map(is_zero, sides)) else sides


def _only(sizes: Iterable[object]) -> str:
    """Return the one size among these, or nothing."""
    found = {size for size in sizes if size}
    return str(found.pop()) if len(found) == 1 else ""


def _identity_in(term: Node) -> nodes.Whole | None:
    """Return the I of which nothing says the size, if a term is one, or a multiple of one."""
    for factor in term.factors if isinstance(term, nodes.Product) else (term,):
        if (
            isinstance(factor, nodes.Whole)
            and isinstance(factor.body, nodes.Spread)
            and factor.latex in {"I", r"\mathbf I", r"\mathbf{I}"}
        ):
            return factor
    return None


def is_zero(node: Node) -> bool:
    """Say whether a node is the number 0."""
    return isinstance(node, nodes.Number) and node.value == 0


def _times(term: Node) -> str:
    one = isinstance(term, nodes.Number) and term.value == 1
    return "" if one else f"{term.latex} "
