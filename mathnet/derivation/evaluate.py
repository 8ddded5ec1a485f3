"""Values: every formula at random data, exactly.

A derivative is the tangent of a dual number that is sent through the definitions. Each differentiation adds a
*seed* to the context in which a node is evaluated: (symbol, entry, tag). A seeded symbol is cut from its own
definition and becomes the variable.
"""

import copy
import itertools
import math
import operator
from fractions import Fraction

from . import nodes
from .data import UnluckyDrawError, lucky
from .dual import ELEMENTARY, Dual, elementary, power, reciprocal
from .errors import DerivationError
from .whole import evaluate_whole

MAX_WORK, MAX_EXPONENT, MAX_BITS, MAX_ORDER = 200_000, 64, 50_000, 4
DIRECTION = ""  # the name in the seed of a directional derivative
RELATIONS = {
    "<": operator.lt,
    r"\lt": operator.lt,
    ">": operator.gt,
    r"\gt": operator.gt,
    r"\le": operator.le,
    r"\leq": operator.le,
    r"\ge": operator.ge,
    r"\geq": operator.ge,
}
TRANSCENDENTAL = {*ELEMENTARY, "e^"}
KINKED = {"max", "min", "abs"}


class Evaluator:
    """Evaluates nodes at given data.

    Parameters
    ----------
    names, dimensions
        What was declared, and the types of all nodes.
    data : Data
        The sizes and values.
    """

    def __init__(self, names, dimensions, data):
        self.names, self.data = names, data
        self.types = dimensions.types
        self.shapes = {name: data.concrete(shape) for name, shape in dimensions.shapes.items()}
        self.ranges = dimensions.ranges
        self.memo, self.reached, self.work = {}, {}, 0
        self._finer = None
        self.frame = None  # the parameter of the function that is being called, and its value
        self.fresh = itertools.count(1000)

    def finer(self):
        """Return an evaluator of the same data for a higher precision."""
        if self._finer is None:
            self._finer = copy.copy(self)
            self._finer.memo = {}
        return self._finer

    def shape(self, node):
        """Return the sizes of a node."""
        return self.data.concrete(self.types[node].shape)

    def value(self, node, letters, context=()):
        """Return the entries of a node, row by row, at these values of the index letters."""
        if context:
            reached = self._reach(node)
            context = tuple(seed for seed in context if seed[0] == DIRECTION or seed[0] in reached)
        key = (node, context, tuple(letters[letter] for letter in sorted(self.types[node].free)))
        if self.frame is None and key in self.memo:
            return self.memo[key]
        if len(context) > MAX_ORDER:
            raise DerivationError(f"more than {MAX_ORDER} derivatives inside each other", node.place)
        self.work += 1
        if self.work > MAX_WORK:
            raise DerivationError(f"too much work to check: more than {MAX_WORK} values", node.place)
        found = getattr(self, f"_{type(node).__name__.lower()}")(node, letters, context)
        if any(_bits(number) > MAX_BITS for number in found):
            raise DerivationError(
                f"too much work to check: a number of more than {MAX_BITS} bits", node.place
            )
        if self.frame is None:
            self.memo[key] = found
        return found

    def symbol(self, name, context=()):
        """Return the entries of a symbol: its data, or its definition, or the variable it is cut to."""
        symbol = self.names.symbols[name]
        for position in reversed(range(len(context))):
            seed, entry, tag = context[position]
            if seed == name:
                base = self.symbol(name, context[:position])
                return tuple(Dual(x, 1, tag) if at == entry else x for at, x in enumerate(base))
        if symbol.definition is None:
            values = self.data.values[name]
            for seed, _, tag in context:
                if seed == DIRECTION:
                    tangents = self.data.values[nodes.Tangent, name]
                    values = tuple(Dual(x, x_dot, tag) for x, x_dot in zip(values, tangents, strict=True))
            return values
        if not symbol.indices:
            return self.value(symbol.definition, {}, context)
        axes = [range(size) for size in self.shapes[name]][: len(symbol.indices)]
        return tuple(
            self.value(symbol.definition, dict(zip(symbol.indices, index, strict=True)), context)[0]
            for index in itertools.product(*axes)
        )

    def _reach(self, node):
        """Return the names of all symbols that a node can depend on."""
        if node not in self.reached:
            found = set()
            for part in node.walk():
                if isinstance(part, nodes.Partial):
                    found |= {part.variable}
                elif isinstance(part, nodes.Apply) and part.function in self.names.functions:
                    body = self.names.functions[part.function].body
                    found |= self._reach(body) if body is not None else set()
                elif isinstance(part, nodes.Symbol | nodes.Tangent | nodes.Cotangent):
                    targets = {part.name} | (
                        {self.names.output} if isinstance(part, nodes.Cotangent) else set()
                    )
                    for target in targets & self.names.symbols.keys():
                        definition = self.names.symbols[target].definition
                        found |= {target} | (self._reach(definition) if definition is not None else set())
            if any(isinstance(part, nodes.Cotangent) for part in node.walk()) and self.names.seed is not None:
                found |= self._reach(self.names.seed)
            self.reached[node] = found
        return self.reached[node]

    def _number(self, node, letters, context):
        return (node.value.numerator if node.value.denominator == 1 else node.value,)

    def _size(self, node, letters, context):
        return (self.data.sizes[node.name],)

    def _symbol(self, node, letters, context):
        if self.frame is not None and node.name == self.frame[0]:
            return (self.frame[1],)
        outer, self.frame = self.frame, None
        try:
            return self.symbol(node.name, context)
        finally:
            self.frame = outer

    def _tangent(self, node, letters, context):
        if self.names.symbols[node.name].definition is None:
            return self.data.values[nodes.Tangent, node.name]
        seeded, tag = _seed(context, DIRECTION, 0)
        return tuple(_tangent(x, tag) for x in self.symbol(node.name, seeded))

    def _cotangent(self, node, letters, context):
        output = self.names.output
        if self.names.seed is not None:
            outer = self.value(self.names.seed, {}, context)
        else:
            outer = self.data.values[nodes.Cotangent, output]
        if node.name == output:
            return outer
        return tuple(
            sum(bar * _tangent(y, tag) for bar, y in zip(outer, self.symbol(output, seeded), strict=True))
            for seeded, tag in (
                _seed(context, node.name, entry) for entry in range(math.prod(self.shapes[node.name]))
            )
        )

    def _partial(self, node, letters, context):
        shape = self.shapes[node.variable]
        entries = range(math.prod(shape)) if node.indices is None else [_flat(node.indices, shape, letters)]
        found = []
        for entry in entries:
            seeded, tag = _seed(context, node.variable, entry)
            found += [_tangent(x, tag) for x in self.value(node.body, letters, seeded)]
        return tuple(found)

    def _entry(self, node, letters, context):
        return (self.value(node.body, letters, context)[_flat(node.indices, self.shape(node.body), letters)],)

    def _delta(self, node, letters, context):
        left, right = (letters[i] if isinstance(i, str) else i - 1 for i in (node.left, node.right))
        return (int(left == right),)

    def _prod(self, node, letters, context):
        return self._sum(node, letters, context, operator.mul)

    def _differential(self, node, letters, context):
        seeded, tag = _seed(context, DIRECTION, 0)
        return tuple(_tangent(x, tag) for x in self.value(node.body, letters, seeded))

    def _whole(self, node, letters, context):
        values = self.value(node.body, letters, context)
        return lucky(evaluate_whole, node.function, values, self.shape(node.body))

    def _sum(self, node, letters, context, join=operator.add):
        total = None
        sizes = self.data.concrete(range_.root().dimension for range_ in self.ranges[node])
        for index in itertools.product(*map(range, sizes)):
            term = self.value(node.body, letters | dict(zip(node.letters, index, strict=True)), context)
            total = term if total is None else tuple(map(join, total, term))
        return total

    def _add(self, node, letters, context):
        total = None
        for term, sign in zip(node.terms, node.signs, strict=True):
            values = self.value(term, letters, context)
            values = values if sign > 0 else tuple(map(operator.neg, values))
            total = values if total is None else tuple(map(operator.add, total, values))
        return total

    def _product(self, node, letters, context):
        found, shape = (1,), ()
        for factor in node.factors:
            right, right_shape = self.value(factor, letters, context), self.shape(factor)
            if not shape or not right_shape:
                found, shape = tuple(a * b for a in found for b in right), shape or right_shape
            else:
                inner, columns = right_shape
                found = tuple(
                    sum(found[row * inner + j] * right[j * columns + column] for j in range(inner))
                    for row in range(shape[0])
                    for column in range(columns)
                )
                shape = () if len(found) == 1 else (shape[0], columns)
        return found

    def _hadamard(self, node, letters, context):
        found = (1,) * math.prod(self.shape(node))
        for factor in itertools.chain.from_iterable(node.operands):
            values = self.value(factor, letters, context)
            found = tuple(map(operator.mul, found, values if self.shape(factor) else values * len(found)))
        return found

    def _dot(self, node, letters, context):
        left, right = self.value(node.left, letters, context), self.value(node.right, letters, context)
        if self.shape(node.left) and self.shape(node.right):
            return (sum(map(operator.mul, left, right)),)
        return tuple(a * b for a in left for b in right)

    def _inner(self, node, letters, context):
        left, right = self.value(node.left, letters, context), self.value(node.right, letters, context)
        return (sum(map(operator.mul, left, right)),)

    def _divide(self, node, letters, context):
        (divisor,) = self.value(node.right, letters, context)
        inverse = lucky(reciprocal, divisor)
        return tuple(value * inverse for value in self.value(node.left, letters, context))

    def _power(self, node, letters, context):
        (base,) = self.value(node.base, letters, context)
        (exponent,) = self.value(node.exponent, letters, context)
        if not isinstance(exponent, int):
            self._within_domain("log", base, node.base)
            return (lucky(elementary, "exp", exponent * elementary("log", base)),)
        if abs(exponent) > MAX_EXPONENT:
            raise DerivationError(f"an exponent of {exponent} is too large to check", node.place)
        return (lucky(power, base, exponent),)

    def _transpose(self, node, letters, context):
        values, shape = self.value(node.body, letters, context), self.shape(node.body)
        if not shape:
            return values
        return tuple(values[row * shape[1] + column] for column in range(shape[1]) for row in range(shape[0]))

    def _compare(self, node, letters, context):
        left, right = self.value(node.left, letters, context), self.value(node.right, letters, context)
        right = right * (len(left) // len(right))
        relation = RELATIONS[node.relation]
        if any(a == b for a, b in zip(left, right, strict=True)) and self.data.random:
            raise UnluckyDrawError
        return tuple(int(relation(a, b)) for a, b in zip(left, right, strict=True))

    def _cases(self, node, letters, context):
        for value, condition in zip(node.values, node.conditions, strict=True):
            if condition is None or self.value(condition, letters, context)[0]:
                return self.value(value, letters, context)
        raise UnluckyDrawError(f"no case holds in {node.latex}")

    def _apply(self, node, letters, context):
        arguments = [self.value(argument, letters, context) for argument in node.arguments]
        length = max(map(len, arguments))
        arguments = [values * (length // len(values)) for values in arguments]
        return tuple(self._call(node, x, context) for x in zip(*arguments, strict=True))

    def _within_domain(self, function, x, argument):
        """Refuse a logarithm or root of a number that has none."""
        if x > 0 or function not in {"log", "sqrt"}:
            return
        names = [part for part in argument.walk() if isinstance(part, nodes.Symbol)]
        example = names[0].latex if names else "x"
        raise DerivationError(
            f"{argument.latex} is not always positive, so it has no real {'root' if function == 'sqrt' else 'logarithm'}: "
            rf"declare what makes it so, for example {example} \in \mathbb{{R}} \text{{ positive}}",
            argument.place,
        )

    def _call(self, node, x, context):
        if node.order:
            tag = next(self.fresh)
            lower = nodes.Apply(node.place, node.function, node.order - 1, node.arguments)
            return _tangent(self._call(lower, (Dual(x[0], 1, tag),), context), tag)
        if node.function in KINKED:
            if node.function == "abs":
                x = (x[0], -x[0])
            if x[0] == x[1] and self.data.random:
                raise UnluckyDrawError
            return (min if node.function == "min" else max)(x)
        if node.function in TRANSCENDENTAL:
            self._within_domain(node.function, x[0], node.arguments[0])
            return lucky(elementary, node.function.replace("e^", "exp"), x[0])
        function = self.names.functions[node.function]
        if function.body is None:
            result = 0
            for coefficient in reversed(self.data.coefficients[node.function]):
                result = result * x[0] + coefficient
            return result
        outer, self.frame = self.frame, (function.parameter, x[0])
        try:
            return self.value(function.body, {}, context)[0]
        finally:
            self.frame = outer


def _seed(context, name, entry):
    """Return the context with one more differentiation, and its tag."""
    tag = 1 + max((seed[2] for seed in context), default=0)
    return (*context, (name, entry, tag)), tag


def _tangent(number, tag):
    return number.tangent if isinstance(number, Dual) and number.tag == tag else 0


def _bits(number):
    """Return the length of an exact number; one of 60 digits never grows."""
    if isinstance(number, int):
        return number.bit_length()
    if isinstance(number, Fraction):
        return number.numerator.bit_length() + number.denominator.bit_length()
    return max(_bits(number.value), _bits(number.tangent)) if isinstance(number, Dual) else 0


def _flat(indices, shape, letters):
    """Return the position of an entry, row by row."""
    if len(indices) == 1:
        (index,) = indices
        return letters[index] if isinstance(index, str) else index - 1
    position = 0
    for index, size in zip(indices, shape, strict=True):
        position = position * size + (letters[index] if isinstance(index, str) else index - 1)
    return position
