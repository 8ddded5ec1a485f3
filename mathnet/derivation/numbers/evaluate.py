"""Values: every formula at random data, exactly.

A derivative is the tangent of a dual number that is sent through the definitions. Each differentiation adds a
*seed* to the point at which a node is evaluated: (symbol, opened, tag). A seeded symbol is cut from its own
definition, and its entries become the variables. An immediate derivative enters the definition of one symbol, `opened`, and no other.
Each step of a sequence is a symbol of its own here: one is cut, and the later ones go on to be made of it.
"""

import copy
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from mathnet.dual import Dual, Number, Slopes, bits, mp, slope

from ..errors import DerivationError
from ..meaning.dependence import Known, reach
from ..meaning.names import Names
from ..meaning.nodes import Node, Sum
from ..meaning.properties import CIRCLE
from ..meaning.scope import Dimensions
from ..meaning.shapes import Index, Shifted
from .cost import multiplications
from .data import DIRECTION, Data, Element, Key, Sizes, base
from .matrices import Entries, Rows, in_rows

MAX_WORK, MAX_BITS, MAX_ORDER = 50_000, 50_000, 4

Letters = Mapping[str, int]
"""The positions, from 0, that index letters stand for."""
Seed = tuple[Key, Key, int]

Valuation = TypeVar("Valuation", bound=Callable[[Any, "Point"], Entries])
VALUATIONS: dict[type[Node], Callable[[Any, "Point"], Entries]] = {}


def value_of(*kinds: type[Node]) -> Callable[[Valuation], Valuation]:
    """Let a function give the entries of nodes of these kinds, from the node and the `Point`."""

    def known(function: Valuation) -> Valuation:
        VALUATIONS.update(dict.fromkeys(kinds, function))
        return function

    return known


class TooMuchError(DerivationError):
    """The values take too much work."""


class OutsideError(DerivationError):
    """There is no entry, or no step, at an index."""


class Point(NamedTuple):
    """Where a node is evaluated: values of the index letters, seeds, and name and value of a function's parameter."""

    evaluator: "Evaluator"
    letters: Letters
    seeds: tuple[Seed, ...] = ()
    parameter: tuple[str, Number] | None = None

    def value(self, node: Node) -> Entries:
        """Return the entries of a node, row by row."""
        return self.evaluator.value(node, self.letters, self.seeds, self.parameter)

    def rows(self, node: Node) -> Rows:
        """Return the entries of a matrix, or of a number, as a list of rows."""
        return in_rows(self.value(node), (self.shape(node) or (1,))[-1])

    def shape(self, node: Node) -> Sizes:
        """Return the sizes of a node."""
        return self.evaluator.shape(node)

    def is_column(self, node: Node) -> bool:
        """Say whether a node is a column, whatever the sizes; a matrix may have one column by chance."""
        return self.evaluator.dimensions.types[node].shape[1:] == ("1",)

    def length(self, node: Node) -> int:
        """Return how many entries a node has."""
        return math.prod(self.evaluator.shape(node))

    def symbol(self, key: Key) -> Entries:
        """Return the entries of a symbol, or of a step."""
        if self.parameter and key == self.parameter[0]:
            return (self.parameter[1],)
        return self.evaluator.symbol(key, self.seeds)

    def element(self, node: Node, name: str, index: Index) -> Key | None:
        """Return which step an index stands for, or the symbol with a name of its own that it is; None if it is 0 there."""
        step = self.place(index) + 1
        sequence = self.evaluator.names.sequences[name]
        for end, own in sequence.ends.items():
            if self.place(end) + 1 == step:
                return own
        first, last = (
            (1, self.evaluator.data.sizes[sequence.count])
            if sequence.rule is None
            else [self.place(edge) + 1 + sequence.shift for edge in sequence.rule]
        )
        if first <= step <= last:
            return Element(name, step)
        symbol = self.evaluator.names.symbols[name]
        if "zero outside" in symbol.properties:
            return None
        letters = sorted(
            index.names if isinstance(index, Shifted) else {str(index)} if isinstance(index, str) else ()
        )
        where = (
            " at " + ", ".join(f"{letter} = {self._counted(letter)}" for letter in letters) if letters else ""
        )
        raise OutsideError(
            f"{node.latex} does not exist{where}: there is no step {step}, only {first} to {last}. "
            rf"Say for which steps the line holds, as in \text{{for }} t < {sequence.count}, declare or define the step itself, "
            rf"or declare {symbol.latex} \text{{ zero outside}}",
            node.place,
        )

    def call(self, body: Node, parameter: str, x: Number) -> Number:
        """Return the value of a function that is defined by a formula."""
        return self._replace(letters={}, parameter=(parameter, x)).value(body)[0]

    def place(self, index: Index) -> int:
        """Return the position, from 0, that an index stands for."""
        if isinstance(index, Shifted):
            return index.value(self._counted) - 1
        return index - 1 if isinstance(index, int) else self._counted(index) - 1

    def _counted(self, name: str) -> int:
        return self.letters[name] + 1 if name in self.letters else self.evaluator.data.sizes[name]

    def outside(self, indices: Sequence[Index], shape: Sizes) -> tuple[Index, int] | None:
        """Return the first index that is beyond its axis, with the length of that axis."""
        axes = shape if len(indices) == len(shape) else [math.prod(shape)]
        pairs = zip(indices, axes, strict=False)
        return next(((index, size) for index, size in pairs if not 0 <= self.place(index) < size), None)

    def require_inside(self, node: Node, indices: Sequence[Index], shape: Sizes) -> None:
        """Refuse an index that is beyond what it is taken from."""
        if beyond := self.outside(indices, shape):
            index, size = beyond
            names = sorted(index.names if isinstance(index, Shifted) else {str(index)})
            where = ", ".join(f"{name} = {self._counted(name)}" for name in names)
            raise OutsideError(
                f"{node.latex} does not exist at {where}: its index is {self.place(index) + 1}, of {size}. Let the sum end earlier, "
                r"say how the sizes belong together, as in n = m + k - 1, or declare \text{zero outside}",
                node.place,
            )

    def position(self, indices: Sequence[Index], shape: Sizes) -> int:
        """Return the position of an entry, row by row."""
        first, *rest = map(self.place, indices)
        for place, size in zip(rest, shape[1:], strict=bool(rest)):
            first = first * size + place
        return first

    def derivative(self, body: Node | str, variable: Key = DIRECTION, opened: Key = "") -> Entries:
        """Return the derivatives of the entries of a node, or of a symbol's: numbers, or for a variable `Slopes`."""
        tag = 1 + max((seed[-1] for seed in self.seeds), default=0)
        point = self._replace(seeds=(*self.seeds, (variable, opened, tag)))
        values = point.symbol(body) if isinstance(body, str) else point.value(body)
        return tuple(slope(value, tag) for value in values)


class Fixed(NamedTuple):
    """What of a node is the same at every point of the same sizes: its index letters, its sizes, and what its value costs."""

    letters: tuple[str, ...]
    shape: Sizes
    multiplications: int


class Evaluator:
    """Evaluates nodes, with what was declared, the types of all nodes, and random data."""

    def __init__(self, names: Names, dimensions: Dimensions, data: Data) -> None:
        self.names, self.dimensions, self.data, self.work = names, dimensions, data, 0
        self.shapes = {name: data.concrete(shape) for name, shape in dimensions.shapes.items()}
        self.memo: dict[tuple[Node, tuple[Seed, ...], tuple[int, ...]], Entries] = {}
        self.reached: Known = {}
        self.known: dict[Node, Fixed] = {}
        self.fresh = itertools.count(1000)
        self.others: dict[int, Evaluator] = {}

    def finer(self, digits: int) -> "Evaluator":
        """Return the evaluator of the same data that is used with so many digits."""
        if digits not in self.others:
            self.others[digits] = copy.copy(self)
            self.others[digits].memo = {}
        return self.others[digits]

    def with_value(self, name: str, value: Node) -> "Evaluator":
        """Return an evaluator of the same data in which a symbol has this value."""
        other = copy.copy(self)
        symbols = self.names.symbols | {name: replace(self.names.symbols[name], definition=value, indices=())}
        other.names, other.memo, other.reached, other.others = (
            replace(self.names, symbols=symbols),
            {},
            {},
            {},
        )
        return other

    def shape(self, node: Node) -> Sizes:
        """Return the sizes of a node."""
        return self.fixed(node).shape

    def fixed(self, node: Node) -> Fixed:
        """Return what does not depend on where a node is evaluated."""
        if node not in self.known:
            type_ = self.dimensions.types[node]
            cost = multiplications(node, lambda part: self.data.concrete(self.dimensions.types[part].shape))
            self.known[node] = Fixed(tuple(sorted(type_.free)), self.data.concrete(type_.shape), cost)
        return self.known[node]

    def ranges(self, sum_: Sum) -> Sizes:
        """Return how far the letters of a sum run."""
        return self.data.concrete(range_.root().dimension or "1" for range_ in self.dimensions.ranges[sum_])

    def value(
        self,
        node: Node,
        letters: Letters,
        seeds: tuple[Seed, ...] = (),
        parameter: tuple[str, Number] | None = None,
    ) -> Entries:
        """Return the entries of a node, row by row, at these values of the index letters."""
        if seeds:
            reached = reach(node, self.names, self.reached)
            seeds = tuple(seed for seed in seeds if seed[0] == DIRECTION or base(seed[0]) in reached)
        fixed = self.fixed(node)
        key = (node, seeds, tuple([letters[letter] for letter in fixed.letters]))
        if parameter is None and key in self.memo:
            return self.memo[key]
        if len(seeds) > MAX_ORDER:
            raise node.error(f"more than {MAX_ORDER} derivatives inside each other")
        slopes = math.prod(
            math.prod(self.shapes[str(base(seed[0]))]) for seed in seeds if seed[0] != DIRECTION
        )
        self.work += 1 + slopes * fixed.multiplications // 16
        if self.work > MAX_WORK:
            raise TooMuchError(f"too much work to check: more than {MAX_WORK} values", node.place)
        found = VALUATIONS[type(node)](node, Point(self, letters, seeds, parameter))
        if any(bits(number) > MAX_BITS for number in found):
            raise TooMuchError(f"too much work to check: a number of more than {MAX_BITS} bits", node.place)
        if parameter is None:
            self.memo[key] = found
        return found

    def symbol(self, key: Key, seeds: tuple[Seed, ...] = ()) -> Entries:
        """Return the entries of a symbol, or of a step: its data, or its definition, or the variable it is cut to."""
        seeds = tuple(seed for seed in seeds if seed[1] in {"", key} or seed[0] == key)
        for at in reversed(range(len(seeds))):
            variable, _, tag = seeds[at]
            if variable == key:
                values = self.symbol(key, seeds[:at])
                values = tuple(Dual(x, Slopes({entry: 1}), tag) for entry, x in enumerate(values))
                return self._directed(key, values, seeds[at + 1 :])
        name = str(base(key))
        symbol = self.names.symbols[name]
        if symbol.definition is None:
            known = (+mp.pi,) if CIRCLE in symbol.properties else self.data.values[key]
            return self._directed(key, known, seeds)
        letters, step = symbol.indices, dict[str, int]()
        if isinstance(key, Element):
            step = {letters[0]: key.step - 1 - self.names.sequences[name].shift}
            letters = letters[1:]
        axes = [range(size) for size in self.shapes[name]][: len(letters)]
        places = (dict(zip(letters, place, strict=True)) for place in itertools.product(*axes))
        return sum((self.value(symbol.definition, step | place, seeds) for place in places), ())

    def _directed(self, key: Key, values: Entries, seeds: tuple[Seed, ...]) -> Entries:
        """Return the entries of a symbol with its direction, for every differential around it; what is defined has none of its own."""
        if self.names.symbols[str(base(key))].definition is None:
            for tag in [seed[-1] for seed in seeds if seed[0] == DIRECTION]:
                values = tuple(map(Dual, values, self.data.values["dot", key], itertools.repeat(tag)))
        return values
