"""Functions of every entry and of whole matrices, comparisons and cases."""

import math

from mathnet.dual import ELEMENTARY, Dual, elementary, slope

from ...numbers.data import UnluckyDrawError, lucky
from ...numbers.domains import require_positive
from ...numbers.kinks import KINKED
from ...numbers.whole import WHOLE
from ...verdict.relations import ORDER
from .node import Node, Type, free, shape_text

MAX_PRIMES = 4
TRANSCENDENTAL = {*ELEMENTARY, "e^"}
SCALAR_ONLY = {
    "|": r"|…| is for one number; write \det(…) or \|…\|",
    "e^": r"for every entry on its own write \exp(…)",
}


class Apply(Node):
    """$f'(A)$: a function of every entry, or its derivative of the given order."""

    function: str
    order: int
    arguments: tuple

    def shape(self, *shapes):
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

    def evaluate(self, point):
        arguments, length = map(point.value, self.arguments), point.length(self)
        arguments = (values * (length // len(values)) for values in arguments)
        return tuple(self._call(point, self.order, *x) for x in zip(*arguments, strict=True))

    def _call(self, point, order, *x):
        function = point.evaluator.names.functions.get(self.function)
        if function and function.body is None:
            return point.evaluator.data.unknown(self.function, order, x[0])
        if order:
            tag = next(point.evaluator.fresh)
            return slope(self._call(point, order - 1, Dual(x[0], 1, tag)), tag)
        if function:
            return point.call(function, x[0])
        if self.function in KINKED:
            return lucky(KINKED[self.function], *x)
        require_positive(self.function, x[0], self.arguments[0])
        return lucky(elementary, self.function.replace("e^", "exp"), x[0])

    def mentions(self, names):
        body = getattr(names.functions.get(self.function), "body", None)
        return {name for part in (body.walk() if body else ()) for name in part.mentions(names)}


class Whole(Node):
    r"""$\operatorname{tr}(A)$: a function of a whole matrix, one of `WHOLE`."""

    function: str
    body: Node

    def shape(self, body):
        whole = WHOLE[self.function]
        if not whole.takes(body):
            raise self.error(f"{self.latex}: expected {whole.domain}; it is {shape_text(body)}")
        return whole.shape(body)

    def operations(self, shape):
        return math.prod(shape(self.body)) ** WHOLE[self.function].power

    def evaluate(self, point):
        return lucky(WHOLE[self.function].entries, point.rows(self.body))


class Compare(Node):
    """$[z > 0]$, the Iverson bracket: 1 where the comparison holds, else 0."""

    left: Node
    relation: str
    right: Node

    def shape(self, left, right):
        if self.relation not in ORDER:
            raise self.error(
                f"{self.latex}: random numbers are never equal, so only <, > and their like can be tested"
            )
        if right not in {(), left}:
            raise self.error(f"{self.latex}: the shapes must be equal")
        return left

    def evaluate(self, point):
        left, right = point.value(self.left), point.value(self.right)
        pairs = list(zip(left, right * (len(left) // len(right)), strict=True))
        if any(a == b for a, b in pairs):
            raise UnluckyDrawError("numbers that are compared were equal")
        return tuple(int(ORDER[self.relation](a, b)) for a, b in pairs)


class Cases(Node):
    """The value beside the first condition that holds; the last condition may be `None`, which always holds."""

    values: tuple
    conditions: tuple

    def infer(self, scope):
        types = {part: scope.infer(part) for part in self.parts()}
        for part, type_ in types.items():
            part.require_scalar(type_.shape, "cases are for numbers: write entries")
        return Type((), free(types.values()))

    def evaluate(self, point):
        for value, condition in zip(self.values, self.conditions, strict=True):
            if condition is None or point.value(condition)[0]:
                return point.value(value)
        raise UnluckyDrawError(f"no case holds in {self.latex}")
