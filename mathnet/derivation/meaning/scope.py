"""Index letters: where they stand says what they run over.

In H_k, k runs over the axis of H. A Kronecker delta gives its two letters one range.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ..errors import DerivationError
from .shapes import Index, Shape, Shifted, Type, length, shape_text


class Formula(Protocol):
    """What a scope asks of a node."""

    @property
    def latex(self) -> str:
        """The LaTeX that it was read from."""

    def infer(self, scope: "Scope") -> Type:
        """Return its `Type`."""

    def error(self, message: str) -> DerivationError:
        """Return an error at its place."""


class Range:
    """What an index letter runs over; two ranges become one when a delta links them."""

    def __init__(self, dimension: str | None = None) -> None:
        self.same_as: Range | None = None
        self.dimension, self.where = dimension, ""
        self.limited = False  # by the limits of its sum, which may be any numbers
        self.said = False  # by the end of its sum, or by the left side of a definition

    def root(self) -> "Range":
        """Return the range that stands for all those linked with this one."""
        return self if self.same_as is None else self.same_as.root()


@dataclass
class Dimensions:
    """What is found out about the shapes of a derivation; `infer.py` fills it.

    Attributes
    ----------
    declared : sequence of str
        The dimensions that the where part names.
    output : str
        The last definition, of which cotangents are the derivatives.
    shapes : dict
        From the name of a symbol to its shape.
    written : dict
        From the name of a symbol to how the where part writes it.
    types : dict
        From node to `Type`.
    ranges : dict
        From a sum to the ranges of its letters.
    numbers : dict
        From a comparison of an index letter with a number to that number and the range of the letter.
    smallest : dict
        From a dimension to the smallest size that the numbers used as indices allow.
    tall : list of tuple
        Rows and columns of the matrices that have no fewer rows than columns.
    met : set
        The formulas with a condition that held somewhere when they were evaluated.
    follows : dict
        From a dimension that follows from others to how it is counted.
    steps : dict
        From a letter that counts steps to how many there are.
    """

    declared: Sequence[str] = ()
    output: str = ""
    shapes: dict[str, Shape] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    types: dict[Formula, Type] = field(default_factory=dict)
    ranges: dict[Formula, list[Range]] = field(default_factory=dict)
    numbers: dict[Formula, tuple[int, Range]] = field(default_factory=dict)
    smallest: dict[str, int] = field(default_factory=dict)
    tall: list[tuple[str, str]] = field(default_factory=list)
    met: set[Formula] = field(default_factory=set)
    follows: Mapping[str, Shifted] = field(default_factory=dict)
    steps: Mapping[str, str] = field(default_factory=dict)

    def within(self, size: str | None, other: str | None) -> bool:
        """Say whether a dimension never is larger than another one that follows from it, as m in n = m + 1."""
        counted = self.follows.get(other or "")
        terms = dict((names, number) for number, names in counted.terms) if counted else {}
        return (
            size != other
            and terms.get((size or "",), 0) >= 1
            and all(number >= 0 for names, number in terms.items() if names)
            and sum(terms.values()) >= 1
        )

    def fit(self, sizes: Mapping[str, int]) -> bool:
        """Say whether all matrices that have to be tall are so at these sizes."""
        return all(length(rows, sizes) >= length(columns, sizes) for rows, columns in self.tall)


class Scope:
    """The letters that a formula may use, and takes up, while its type is inferred: a `Range` each.

    The `bound` ones are those that a sum around the formula runs over. Once it is `settled` which letters stay free,
    a size that stands as an index is a number, as in x_n.
    """

    def __init__(
        self,
        dimensions: Dimensions,
        ranges: Mapping[str, Range] | None = None,
        bound: frozenset[str] = frozenset(),
        settled: bool = False,
    ) -> None:
        self.settled = settled
        self.sizes: set[str] = set()  # that an index has been counted with
        self.dimensions, self.ranges, self.bound = dimensions, dict(ranges or {}), bound

    def infer(self, node: Formula) -> Type:
        """Return the type of a node."""
        self.dimensions.types[node] = found = node.infer(self)
        return found

    def shape(self, symbol: Formula, name: str) -> Shape:
        """Return the shape of the symbol of this name."""
        if name not in self.dimensions.shapes:
            raise symbol.error(f"{self.dimensions.written[name]} is used before it is defined")
        return self.dimensions.shapes[name]

    def inside(self, letters: Collection[str], shadowed: bool) -> "Scope":
        """Return the scope inside a sum over these letters; with `shadowed` a sum inside may have the same ones."""
        ranges = self.ranges | {letter: Range() for letter in letters}
        inner = Scope(self.dimensions, ranges, self.bound | set(() if shadowed else letters), self.settled)
        inner.sizes = self.sizes
        return inner

    def leave(self, sum_: Formula, letters: Collection[str], inner: "Scope") -> None:
        """Keep what the letters of a sum run over, and take up the letters that it leaves free."""
        self.dimensions.ranges[sum_] = [inner.ranges.pop(letter) for letter in letters]
        self.ranges |= inner.ranges

    def range(self, letter: str) -> Range:
        """Return the range of a letter, a new one if nothing is known of it."""
        return self.ranges.setdefault(letter, Range()).root()

    def fix(self, node: Formula, letter: str, dimension: str, where: str) -> None:
        """Say what a letter runs over."""
        range_ = self.range(letter)
        if letter in self.sizes:
            raise node.error(
                f"{letter} is an index letter here, and also a size: use another letter for the index"
            )
        if range_.limited:
            return
        if range_.dimension is None:
            range_.dimension, range_.where = dimension, where
        elif range_.said and self.dimensions.within(range_.dimension, dimension):
            return
        elif range_.dimension != dimension:
            raise node.error(
                f"index {letter} runs over {range_.dimension} (in {range_.where}) but over {dimension} (in {where})"
            )

    def link(self, node: Formula, left: Index, right: Index) -> frozenset[str]:
        """Give two indices that are compared one range; return the letters among them."""
        match left, right:
            case str(), str() if not (self._is_size(left) or self._is_size(right)):
                self._join(node, left, right)
            case (str() as letter, int() as number) | (int() as number, str() as letter) if not self._is_size(
                letter
            ):
                self.dimensions.numbers[node] = number, self.range(letter)
        return self.letters(node, left) | self.letters(node, right)

    def follow(self, left: Index, right: Index) -> None:
        """Let a letter of which nothing says how far it runs, run as far as the one with which it is compared."""
        if (
            isinstance(left, str)
            and isinstance(right, str)
            and not (self._is_size(left) or self._is_size(right))
        ):
            first, second = self.range(left), self.range(right)
            if first.dimension is None:
                first, second = second, first
            if first.dimension and not second.dimension and not (first.limited or second.limited):
                second.same_as = first

    def _is_size(self, index: str) -> bool:
        return self.settled and index in self.dimensions.declared and index not in self.ranges

    def letters(self, node: Formula, index: Index) -> frozenset[str]:
        """Return the letters of an index; what is counted with sizes says nothing about how far its letters run."""
        if not isinstance(index, Shifted):
            return frozenset({index} if isinstance(index, str) and not self._is_size(index) else ())
        sizes = index.names.intersection(self.dimensions.declared)
        if known := index.names.intersection(self.dimensions.written):
            raise node.error(
                f"{self.dimensions.written[min(known)]} is a symbol: the index {index} is made of index letters, sizes and whole numbers"
            )
        if both := sizes.intersection(self.ranges):
            raise node.error(
                f"{min(both)} is an index letter here, and also a size: use another letter for the index"
            )
        for _, names in index.terms:
            if len(set(names) - sizes) > 1 or (len(names) > 1 and not sizes.intersection(names)):
                raise node.error(
                    f"in the index {index} the letters {', '.join(names)} are multiplied: "
                    "a comma separates indices, and a step is a declared size or a number"
                )
        self.sizes |= sizes
        letters = index.names - sizes
        for letter in letters:
            range_ = self.range(letter)
            range_.where = range_.where or node.latex
        return letters

    def _join(self, node: Formula, left: str, right: str) -> None:
        first, second = self.range(left), self.range(right)
        if first.limited or second.limited:
            return
        if first.dimension is None:
            first, second = second, first
        if None not in {first.dimension, second.dimension} and (
            self.dimensions.within(first.dimension, second.dimension)
            or self.dimensions.within(second.dimension, first.dimension)
        ):
            return
        if second.dimension not in {None, first.dimension}:
            raise node.error(
                f"{node.latex} compares {left}, which runs over {first.dimension} (in {first.where}), "
                f"with {right}, which runs over {second.dimension} (in {second.where})"
            )
        if second is not first:
            second.same_as = first

    def index(self, node: Formula, indices: Sequence[Index], shape: Shape, where: str) -> frozenset[str]:
        """Let indices stand at the axes of a shape; return the letters among them."""
        vector = len(indices) == 1 and len(shape) == 2 and "1" in shape
        axes = [axis for axis in shape if axis != "1"] if vector else list(shape)
        column_entry = axes[1:] == ["1"] and bool(_multiple(indices))  # 2i of a column, not its place (2, i)
        if len(indices) != len(axes) or column_entry:
            raise node.error(
                f"{where} has {len(indices)} {'index' if len(indices) == 1 else 'indices'}, "
                f"but what it is taken from is {shape_text(shape)}"
                + (r"; the Hadamard product is written \odot" if r"\otimes" in where else "")
                + _multiple(indices)
            )
        smallest = self.dimensions.smallest
        for index, axis in zip(indices, axes, strict=True):
            if isinstance(index, str) and not self._is_size(index):
                self.fix(node, index, axis, where)
            elif not isinstance(index, int):
                continue
            elif not index:
                raise node.error(f"an index counts from 1, but {where} has the index 0")
            elif {*axis} & {*"·+"}:
                raise node.error(f"{where}: an axis of length {axis} takes index letters, not numbers")
            elif axis.isdigit() and index > int(axis):
                raise node.error(f"index {index} is beyond the {axis} of {where}")
            else:
                smallest[axis] = max(index, smallest.get(axis, 1))
        return frozenset().union(*(self.letters(node, index) for index in indices))

    def step(self, node: Formula, index: Index, count: str) -> frozenset[str]:
        """Let an index count the steps of a sequence, of which there are so many; return the letters in it."""
        if isinstance(index, str):
            self.fix(node, index, count, node.latex)
        elif isinstance(index, int):
            self.dimensions.smallest[count] = max(index, self.dimensions.smallest.get(count, 1))
        return self.letters(node, index)

    def resolve(self, letter: str, node: Formula) -> str:
        """Return the dimension that a letter runs over."""
        range_ = self.range(letter)
        if range_.dimension is None and not range_.limited:
            range_.dimension = self.dimensions.steps.get(letter)
        dimension = "1" if range_.limited else range_.dimension
        if dimension is None:
            why = (
                rf"{range_.where} does not say: write its sum with limits, as in \sum_{{{letter}=1}}^{{m}}, or declare the shape of what it counts"
                if range_.where
                else rf"It stands at no symbol: write its sum with limits, as in \sum_{{{letter}=1}}^{{n}}"
            )
            raise node.error(f"what does index {letter} run over? {why}")
        return dimension


def _multiple(indices: Sequence[Index]) -> str:
    """Return how 2i is written where it is not the two indices 2 and i."""
    match indices:
        case int() as number, str() as letter:
            return rf"; a multiple is written {number} \cdot {letter}"
    return ""
