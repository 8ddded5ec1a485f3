"""Functions of every entry and of whole matrices, comparisons and cases."""

from ..scope import Scope
from ..shapes import Shape, Type, free, shape_text
from ..whole import WHOLE
from .node import Node

MAX_PRIMES = 4
SCALAR_ONLY = {
    "|": r"|…| is for one number; write \det(…) or \|…\|",
    "e^": r"for every entry on its own write \exp(…)",
}


class Apply(Node):
    """$f'(A)$: a function of every entry, or its derivative of the given order."""

    function: str
    order: int
    arguments: tuple[Node, ...]

    def shape(self, *shapes: Shape) -> Shape:
        wanted = 2 if self.function in {"max", "min"} else 1
        if len(shapes) != wanted or (wanted == 2 and self.order):
            raise self.error(f"{self.latex}: expected {wanted} argument{'s'[: wanted - 1]}")
        if self.order > MAX_PRIMES:
            raise self.error(f"{self.latex}: more than {MAX_PRIMES} primes")
        if self.function in SCALAR_ONLY:
            self.arguments[0].require_scalar(shapes[0], SCALAR_ONLY[self.function])
        arrays = {shape for shape in shapes if shape}
        if len(arrays) > 1:
            raise self.error(f"{self.latex}: the shapes must be equal")
        return arrays.pop() if arrays else ()


class Whole(Node):
    r"""$\operatorname{tr}(A)$: a function of a whole matrix, one of `WHOLE`."""

    function: str
    body: Node

    def shape(self, body: Shape) -> Shape:
        whole = WHOLE[self.function]
        if not whole.takes(body):
            raise self.error(f"{self.latex}: expected {whole.domain}; it is {shape_text(body)}")
        return whole.shape(body)


class Compare(Node):
    """$[z > 0]$, the Iverson bracket: 1 where the comparison holds, else 0; whole numbers may be equal, too."""

    left: Node
    relation: str
    right: Node

    def shape(self, left: Shape, right: Shape) -> Shape:
        if right not in {(), left}:
            raise self.error(f"{self.latex}: the shapes must be equal")
        return left


class Where(Node):
    r"""What stands before $\text{for } x > 0$: 0 where the condition does not hold."""

    condition: Node
    body: Node

    def infer(self, scope: Scope) -> Type:
        types = scope.infer(self.condition), scope.infer(self.body)
        self.condition.require_scalar(types[0].shape, "a condition is one on numbers")
        return Type(types[1].shape, free(types))


class Cases(Node):
    """The value beside the first condition that holds; the last condition may be `None`, which always holds."""

    values: tuple[Node, ...]
    conditions: tuple[Node | None, ...]

    def infer(self, scope: Scope) -> Type:
        types = {part: scope.infer(part) for part in self.parts()}
        for part, type_ in types.items():
            part.require_scalar(type_.shape, "cases are for numbers: write entries")
        return Type((), free(types.values()))
