"""Shapes before values: every product is defined, and every index runs over one range.

Shapes are tuples of dimension *names*, so h × y against 1 × h clashes whatever the numbers are. The range of an
index letter follows from where it stands: in H_k, k runs over the axis of H. A Kronecker delta gives its two
letters one range.
"""

from dataclasses import replace

from . import nodes
from .errors import DerivationError
from .products import Products, Type, shape_text, union_of_free
from .whole import ANY, VECTOR_OR_SQUARE, WHOLE

MAX_PRIMES = 4
SIZES = {str(size) for size in range(1, 13)}  # that a sum may end at


class Range:
    """What an index letter runs over; two ranges become one when a delta links them."""

    def __init__(self):
        self.same_as, self.dimension, self.where = None, None, ""

    def root(self):
        """Return the range that stands for all those linked with this one."""
        return self if self.same_as is None else self.same_as.root()


class Dimensions(Products):
    """The types of all nodes of a derivation.

    Attributes
    ----------
    types : dict
        From node to `Type`.
    shapes : dict
        From the name of a symbol to its shape.
    ranges : dict
        From a `Sum` to the ranges of its letters.
    smallest : dict
        From a dimension to the smallest size that the numbers used as indices allow.
    """

    def __init__(self, names):
        self.names = names
        self.types, self.ranges, self.smallest = {}, {}, {}
        self.shapes = {
            name: symbol.shape for name, symbol in names.symbols.items() if symbol.shape is not None
        }
        for symbol in names.symbols.values():
            if (
                symbol.properties & {"symmetric", "identity"}
                and (symbol.shape or ("", "1"))[0] != (symbol.shape or ("",))[-1]
            ):
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
            self._same(names.seed, self.infer(names.seed, {}).shape, self.shapes[names.output])
            self.resolve_sums(names.seed)

    def _function(self, function):
        self.shapes, outer = self.shapes | {function.parameter: ()}, self.shapes
        found = self.infer(function.body, {})
        self.resolve_sums(function.body)
        self.shapes = outer
        if found.shape or found.free:
            raise DerivationError(f"{function.name} must give one number for one number", function.body.place)

    def _define(self, symbol):
        node, scope = symbol.definition, {index: Range() for index in symbol.indices}
        declared = self.shapes.get(symbol.name)
        if declared is not None and symbol.indices:
            self._index(node, symbol.indices, declared, scope, f"{symbol.name}_{{{''.join(symbol.indices)}}}")
        found = self.infer(node, scope)
        left = found.free - set(symbol.indices)
        if left:
            self.left_free(node, left, scope)
        if symbol.indices:
            self._same(node, found.shape, ())
            shape = tuple(self.resolve(scope[index], index, node) for index in symbol.indices)
            found = replace(found, shape=(*shape, "1") if len(shape) == 1 else shape)
        if declared is not None and not symbol.indices:
            self._same(node, found.shape, declared)
        self.resolve_sums(node)
        self.shapes.setdefault(symbol.name, found.shape)

    def _same(self, node, found, declared):
        if found != declared:
            raise DerivationError(
                f"declared as {shape_text(declared)}, but {node.latex} is {shape_text(found)}", node.place
            )

    def left_free(self, node, letters, scope):
        """Refuse index letters that nothing sums over."""
        letter = min(letters)
        range_ = scope[letter].root()
        summed = any(letter in part.letters for part in node.walk() if isinstance(part, nodes.Sum))
        hint = "; a sum reaches only to the next + or -, so write \\sum (…)" if summed else ""
        raise DerivationError(
            f"index {letter} is left free (in {range_.where}): no sum runs over it{hint}", node.place
        )

    def infer(self, node, scope, bound=frozenset()):
        """Return the type of a node; `scope` maps index letters to ranges and takes up new ones."""
        found = getattr(self, f"_{type(node).__name__.lower()}")(node, scope, bound)
        self.types[node] = found
        return found

    def resolve(self, range_, letter, node):
        """Return the dimension that an index letter runs over."""
        dimension = range_.root().dimension
        if dimension is None:
            raise DerivationError(f"what does index {letter} run over? It stands at no symbol", node.place)
        return dimension

    def resolve_sums(self, node):
        """Refuse sums of which nothing says how far they run."""
        for part in node.walk():
            if part in self.ranges:
                for range_, letter in zip(self.ranges[part], part.letters, strict=True):
                    self.resolve(range_, letter, part)

    def _fix(self, node, range_, letter, dimension, where):
        range_ = range_.root()
        if range_.dimension is None:
            range_.dimension, range_.where = dimension, where
        elif range_.dimension != dimension:
            raise DerivationError(
                f"index {letter} runs over {range_.dimension} (in {range_.where}) but over {dimension} (in {where})",
                node.place,
            )

    def _index(self, node, indices, shape, scope, where):
        axes = shape
        if len(indices) == 1 and len(shape) == 2 and "1" in shape:
            axes = tuple(axis for axis in shape if axis != "1")
        if len(indices) != len(axes):
            raise DerivationError(
                f"{where} has {len(indices)} {'index' if len(indices) == 1 else 'indices'}, "
                f"but what it is taken from is {shape_text(shape)}",
                node.place,
            )
        for index, axis in zip(indices, axes, strict=True):
            if isinstance(index, str):
                self._fix(node, scope.setdefault(index, Range()), index, axis, where)
            elif not index:
                raise DerivationError(f"an index counts from 1, but {where} has the index 0", node.place)
            elif axis.isdigit() and index > int(axis):
                raise DerivationError(f"index {index} is beyond the {axis} of {where}", node.place)
            else:
                self.smallest[axis] = max(index, self.smallest.get(axis, 1))
        return frozenset(index for index in indices if isinstance(index, str))

    def _number(self, node, scope, bound):
        return Type((), frozenset())

    _size = _number

    def _symbol(self, node, scope, bound):
        if node.name not in self.shapes:
            raise DerivationError(f"{node.name} is used before it is defined", node.place)
        return Type(self.shapes[node.name], frozenset())

    _tangent = _symbol

    def _cotangent(self, node, scope, bound):
        if not self.names.output:
            raise DerivationError(
                f"{node.latex} is a derivative of the last definition, but nothing is defined", node.place
            )
        return self._symbol(node, scope, bound)

    def _entry(self, node, scope, bound):
        body = self.infer(node.body, scope, bound)
        return Type((), body.free | self._index(node, node.indices, body.shape, scope, node.latex))

    def _delta(self, node, scope, bound):
        letters = [index for index in (node.left, node.right) if isinstance(index, str)]
        ranges = [scope.setdefault(letter, Range()).root() for letter in letters]
        if len(ranges) == 2 and ranges[0] is not ranges[1]:
            first, second = ranges
            if first.dimension and second.dimension and first.dimension != second.dimension:
                raise DerivationError(
                    f"{node.latex} compares {letters[0]}, which runs over {first.dimension} (in {first.where}), "
                    f"with {letters[1]}, which runs over {second.dimension} (in {second.where})",
                    node.place,
                )
            if first.dimension is None:
                first.dimension, first.where = second.dimension, second.where
            second.same_as = first
        return Type((), frozenset(letters))

    def _sum(self, node, scope, bound):
        again = bound & set(node.letters)
        if again:
            letter = min(again)
            raise DerivationError(
                f"index {letter} is already summed over outside: rename it here", node.place
            )
        ranges = [Range() for _ in node.letters]
        inner = scope | dict(zip(node.letters, ranges, strict=True))
        if node.bound is not None:
            if node.bound not in self.names.dimensions and node.bound not in SIZES:
                raise DerivationError(
                    f"a sum ends at a dimension that the where part names, not at {node.bound}", node.place
                )
            self._fix(node, ranges[0], node.letters[0], node.bound, node.latex)
        body = self.infer(node.body, inner, bound | set(node.letters))
        scope.update({letter: range_ for letter, range_ in inner.items() if letter not in node.letters})
        self.ranges[node] = ranges
        return Type(body.shape, body.free - set(node.letters))

    def _prod(self, node, scope, bound):
        found = self._sum(node, scope, bound)
        self._scalar(node.body, self.types[node.body], "a product over an index is one of numbers")
        return found

    def _differential(self, node, scope, bound):
        return self.infer(node.body, scope, bound)

    def _whole(self, node, scope, bound):
        body = self.infer(node.body, scope, bound)
        shape, wanted = body.shape or ("1", "1"), WHOLE[node.function]
        square, vector = len(shape) == 2 and shape[0] == shape[1], len(shape) == 2 and "1" in shape
        if len(shape) != 2 or not (square or wanted == ANY or (vector and wanted == VECTOR_OR_SQUARE)):
            raise DerivationError(
                f"{node.latex}: expected {wanted}; it is {shape_text(body.shape)}", node.place
            )
        if node.function in {r"\operatorname{softmax}", "^{-1}"}:
            return body
        if node.function == r"\operatorname{diag}" and body.shape:
            size = shape[0] if shape[1] == "1" else shape[1]
            return Type((size, size) if vector else (size, "1"), body.free)
        return Type((), body.free)

    def _add(self, node, scope, bound):
        found = [self.infer(term, scope, bound) for term in node.terms]
        for term, type_ in zip(node.terms[1:], found[1:], strict=True):
            if type_.shape != found[0].shape:
                hint = ""
                if not type_.shape or not found[0].shape:
                    hint = r": to add a number to every entry, declare \mathbf 1 as \text{ones} of that shape"
                raise DerivationError(
                    f"sum of different shapes: {node.terms[0].latex} is {shape_text(found[0].shape)}, "
                    f"{term.latex} is {shape_text(type_.shape)}{hint}",
                    term.place,
                )
        return Type(found[0].shape, union_of_free(found))

    def _divide(self, node, scope, bound):
        left, right = self.infer(node.left, scope, bound), self.infer(node.right, scope, bound)
        self._scalar(node.right, right, "a divisor is one number")
        return Type(left.shape, union_of_free((left, right)))

    def _power(self, node, scope, bound):
        base, exponent = self.infer(node.base, scope, bound), self.infer(node.exponent, scope, bound)
        self._scalar(node.base, base, r"a power of a matrix is not defined here: write A A or A \odot A")
        self._scalar(node.exponent, exponent, "an exponent is one number")
        return Type((), union_of_free((base, exponent)))

    def _scalar(self, node, type_, message):
        if type_.shape:
            raise DerivationError(f"{message}; {node.latex} is {shape_text(type_.shape)}", node.place)

    def _transpose(self, node, scope, bound):
        body = self.infer(node.body, scope, bound)
        if len(body.shape) > 2:
            raise DerivationError("only a matrix has a transpose", node.place)
        return Type(body.shape[::-1], body.free)

    def _apply(self, node, scope, bound):
        found = [self.infer(argument, scope, bound) for argument in node.arguments]
        wanted = 2 if node.function in {"max", "min"} else 1
        if len(found) != wanted or (wanted == 2 and node.order):
            raise DerivationError(f"{node.latex}: expected {wanted} argument{'s'[: wanted - 1]}", node.place)
        if node.order > MAX_PRIMES:
            raise DerivationError(f"{node.latex}: more than {MAX_PRIMES} primes", node.place)
        if node.function == "abs":
            self._scalar(node.arguments[0], found[0], r"|…| is for one number; write \det(…) or \|…\|")
        if node.function == "e^":
            self._scalar(node.arguments[0], found[0], r"for every entry on its own write \exp(…)")
        shapes = {type_.shape for type_ in found if type_.shape}
        if len(shapes) > 1:
            raise DerivationError(f"{node.latex}: the shapes must be equal", node.place)
        return Type(shapes.pop() if shapes else (), union_of_free(found))

    def _compare(self, node, scope, bound):
        left, right = self.infer(node.left, scope, bound), self.infer(node.right, scope, bound)
        if node.relation in {"=", r"\ne", r"\neq"}:
            raise DerivationError(
                f"{node.latex}: random numbers are never equal, so only <, > and their like can be tested",
                node.place,
            )
        if right.shape not in {(), left.shape}:
            raise DerivationError(f"{node.latex}: the shapes must be equal", node.place)
        return Type(left.shape, union_of_free((left, right)))

    def _cases(self, node, scope, bound):
        parts = [*node.values, *filter(None, node.conditions)]
        found = [self.infer(part, scope, bound) for part in parts]
        for part, type_ in zip(parts, found, strict=True):
            self._scalar(part, type_, "cases are for numbers: write entries")
        return Type((), union_of_free(found))

    def _partial(self, node, scope, bound):
        body = self.infer(node.body, scope, bound)
        shape = self._symbol(replace_name(node), scope, bound).shape
        if node.indices is not None:
            free = self._index(node, node.indices, shape, scope, node.latex)
            return Type(body.shape, body.free | free)
        if body.shape and shape:
            raise DerivationError(
                f"the derivative of {node.body.latex} ({shape_text(body.shape)}) with respect to {node.variable} "
                f"({shape_text(shape)}) has {len(body.shape) + len(shape)} indices: write entries",
                node.place,
            )
        return Type(body.shape or shape, body.free)


def replace_name(node):
    """Return the variable of a partial derivative as a symbol."""
    return nodes.Symbol(node.place, node.variable)
