"""Shapes before values: every product is defined, and every index runs over one range.

Shapes are tuples of dimension *names*, so h × y against 1 × h clashes whatever the numbers are.
"""

from ..errors import DerivationError
from ..numbers.domains import SQUARE
from .nodes import Size, Sum, Type, shape_text
from .scope import Range, Scope


class Dimensions:
    """The types of all nodes of a derivation.

    Attributes
    ----------
    types : dict
        From node to `Type`.
    shapes : dict
        From the name of a symbol to its shape.
    ranges : dict
        From a `Sum` to the ranges of its letters.
    numbers : dict
        From a comparison of an index letter with a number to that number and the range of the letter.
    smallest : dict
        From a dimension to the smallest size that the numbers used as indices allow.
    """

    def __init__(self, names):
        self.names = names
        self.types, self.ranges, self.numbers, self.smallest = {}, {}, {}, {}
        self.shapes = {
            name: symbol.shape for name, symbol in names.symbols.items() if symbol.shape is not None
        }
        for symbol in names.symbols.values():
            shape = symbol.shape or ("", "1")
            if symbol.properties & SQUARE and shape[0] != shape[-1]:
                raise DerivationError(
                    f"{symbol.latex} is {shape_text(symbol.shape)}: not square", symbol.place
                )
        for function in names.functions.values():
            if function.body is not None:
                self._function(function)
        for symbol in names.symbols.values():
            if symbol.definition is not None:
                self._define(symbol)
        if names.seed is not None:
            self._same(names.seed, self.infer(names.seed).shape, self.shapes[names.output])
            self.resolve_sums(names.seed)

    def infer(self, node, scope=None):
        """Return the type of a node."""
        return (scope or Scope(self)).infer(node)

    def resolve_sums(self, node, free=()):
        """Refuse sums of which nothing says how far they run, and letters that are both index and size."""
        _refuse_sizes(node, frozenset(free))
        for part in node.walk():
            if part in self.ranges:
                scope = Scope(self, zip(part.letters, self.ranges[part], strict=True))
                for letter in part.letters:
                    scope.resolve(letter, part)
            number, range_ = self.numbers.get(part, (None, Range()))
            if range_.root().dimension is not None:
                Scope(self).index(part, (number,), (range_.root().dimension,), part.latex)

    def _function(self, function):
        self.shapes, outer = self.shapes | {function.parameter: ()}, self.shapes
        found = self.infer(function.body)
        self.resolve_sums(function.body)
        self.shapes = outer
        if found != Type(()):
            raise function.body.error(f"{function.name} must give one number for one number")

    def _define(self, symbol):
        node, scope = symbol.definition, Scope(self, {index: Range() for index in symbol.indices})
        declared = self.shapes.get(symbol.name)
        if declared is not None and symbol.indices:
            scope.index(node, symbol.indices, declared, f"{symbol.name}_{{{''.join(symbol.indices)}}}")
        shape, free = scope.infer(node)
        if free - set(symbol.indices):
            raise scope.left_free(node, free - set(symbol.indices))
        if symbol.indices:
            if shape:
                raise node.error(
                    f"{symbol.name}_{{{''.join(symbol.indices)}}} = … defines the entries of {symbol.name}, but "
                    f"{node.latex} is {shape_text(shape)}: for a name of its own, declare its shape first"
                )
            shape = tuple(scope.resolve(index, node) for index in symbol.indices)
            shape = (*shape, "1") if len(shape) == 1 else shape
        elif declared is not None:
            self._same(node, shape, declared)
        self.resolve_sums(node, symbol.indices)
        self.shapes.setdefault(symbol.name, shape)

    def _same(self, node, found, declared):
        if found != declared:
            raise node.error(f"declared as {shape_text(declared)}, but {node.latex} is {shape_text(found)}")


def _refuse_sizes(node, letters):
    if isinstance(node, Size) and node.name in letters:
        raise node.error(
            f"{node.name} is an index letter here, and also a size: use another letter for the index"
        )
    below = letters.union(node.letters) if isinstance(node, Sum) else letters
    for part in node.parts():
        _refuse_sizes(part, below)
