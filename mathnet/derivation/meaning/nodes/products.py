"""The products and the quotient: which shapes each of them takes, and what it gives."""

from collections.abc import Iterable

from ..scope import Scope
from ..shapes import Shape, Type, free, shape_text, together
from .node import Node


def _juxtaposed(nodes: Iterable[Node]) -> str:
    return " ".join(node.latex for node in nodes)


class Product(Node):
    """$2 A B$: scalars scale, matrices multiply."""

    factors: tuple[Node, ...]

    def shape(self, left: Shape, *shapes: Shape) -> Shape:
        for at, right in enumerate(shapes, 1):
            if not left or not right:
                left = left or right
            elif len(left) == len(right) == 2 and left[1] == right[0]:
                left = (left[0], right[1]) if (left[0], right[1]) != ("1", "1") else ()
            else:
                hint = r"; equal shapes: the Hadamard product is written \odot" if left == right else ""
                first = f"left factor {_juxtaposed(self.factors[:at])} is {shape_text(left)}"
                second = f"right factor {self.factors[at].latex} is {shape_text(right)}"
                inner = f"inner sizes {left[-1]} and {right[0]} differ{hint}"
                raise self.factors[at].error(f"matrix product: {first}, {second}: {inner}")
        return left


class Hadamard(Node):
    r"""$A \odot 2 B$: entry by entry; each operand is a tuple of juxtaposed factors."""

    operands: tuple[tuple[Node, ...], ...]

    def infer(self, scope: Scope) -> Type:
        first: Shape | None = None
        types: list[Type] = []
        for operand in self.operands:
            types += (found := [scope.infer(factor) for factor in operand])
            arrays = [type_.shape for type_ in found if type_.shape] or [()]
            if len(arrays) > 1:
                hint = rf"write ({_juxtaposed(operand)}) \odot …, or put the parentheses around the \odot"
                raise self.error(f"{self.latex} is ambiguous: {hint}")
            first = arrays[0] if first is None else first
            if arrays[0] != first:
                raise operand[0].error(
                    f"Hadamard product: {_juxtaposed(self.operands[0])} is {shape_text(first)}, "
                    f"{_juxtaposed(operand)} is {shape_text(arrays[0])}: the shapes must be equal"
                )
        return Type(first or (), free(types))


class Inner(Node):
    r"""$\langle A, B \rangle$: the sum of the products of equal entries."""

    left: Node
    right: Node

    def shape(self, left: Shape, right: Shape) -> Shape:
        return self._of_equal("inner product", left, right)

    def _of_equal(self, name: str, left: Shape, right: Shape) -> Shape:
        if left != right:
            both = f"{self.left.latex} is {shape_text(left)}, {self.right.latex} is {shape_text(right)}"
            raise self.error(f"{name}: {both}: the shapes must be equal")
        return ()


class Dot(Inner):
    r"""$a \cdot b$: the dot product of two vectors, or a product with a scalar."""

    def shape(self, left: Shape, right: Shape) -> Shape:
        if not left or not right:
            return left or right
        if "1" not in left and left == right:
            others = r"for matrices write \odot, a matrix product, or \langle , \rangle"
            raise self.error(f"the dot product is for two vectors; {others}")
        return self._of_equal("dot product", left, right)


class Kronecker(Node):
    r"""$\operatorname{kron}(A, B)$: every entry of A times the whole of B."""

    left: Node
    right: Node

    def shape(self, left: Shape, right: Shape) -> Shape:
        if len(left) != 2 or len(right) != 2:
            raise self.error("the Kronecker product is for two matrices or vectors; a number stands beside")
        return tuple(map(together, left, right))


class Tensor(Kronecker):
    r"""$x \otimes y$: the outer product of two vectors, the Kronecker product of two matrices."""

    def shape(self, left: Shape, right: Shape) -> Shape:
        lines = [shape.index("1") if "1" in shape else None for shape in (left, right)]
        if lines[0] != lines[1] or not left:
            rule = r"\otimes is the outer product of two columns or two rows, or the Kronecker product of two matrices; else write x y^{\mathsf T} for the outer product, \operatorname{kron}(A, B) for the Kronecker product"
            given = f"{self.left.latex} is {shape_text(left)}, {self.right.latex} is {shape_text(right)}"
            raise self.error(f"{given}: {rule}")
        kronecker = super().shape(left, right)
        return kronecker if lines[0] is None else (left[1 - lines[0]], right[1 - lines[0]])


class Divide(Node):
    r"""$\frac{A}{t}$: division by a scalar."""

    left: Node
    right: Node

    def shape(self, left: Shape, right: Shape) -> Shape:
        self.right.require_scalar(right, "a divisor is one number")
        return left


class Quotients(Node):
    r"""$\frac{a}{b}$: entry by entry."""

    left: Node
    right: Node

    def shape(self, left: Shape, right: Shape) -> Shape:
        return left or right


class Power(Node):
    """$t^2$ or $A^2$: a power of a number, or a whole one of a square matrix."""

    base: Node
    exponent: Node

    def shape(self, base: Shape, exponent: Shape) -> Shape:
        self.exponent.require_scalar(exponent, "an exponent is one number")
        squares = r"only a square matrix has powers: write A \odot A for the squares"
        self.base.require_scalar(() if base[:1] == base[1:] else base, squares)
        return base


class Powers(Power):
    """$a^2$: of every entry."""

    def shape(self, base: Shape, exponent: Shape) -> Shape:
        self.exponent.require_scalar(exponent, "an exponent is one number")
        return base
