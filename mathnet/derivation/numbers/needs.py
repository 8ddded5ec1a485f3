"""What data a derivation needs, so that a wrong line of it cannot pass by the choice of the numbers."""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from mathnet.dual import ELEMENTARY

from ..meaning import nodes
from ..meaning.dependence import Known, reach
from ..meaning.names import Names
from ..meaning.properties import PI, SAMPLED
from ..meaning.relations import ORDER
from ..meaning.scope import Formula
from ..meaning.shapes import Index, Shifted
from ..meaning.whole import WHOLE
from ..read.source import Chain
from .kinks import KINKED
from .values.products import MAX_EXPONENT

MAX_SIZES, MOST_SIZES, FARTHEST_SIZE, MAX_DIGITS = 6, 13, 20, 300
NO_POLYNOMIAL = 10**6  # its degree in the sizes is larger than any number of sizes that are tried
TRANSCENDENTAL = {*ELEMENTARY, "e^"}
MULTIPLIED = (
    nodes.Product
    | nodes.Hadamard
    | nodes.Dot
    | nodes.Inner
    | nodes.Divide
    | nodes.Quotients
    | nodes.Prod
    | nodes.Kronecker
)


class Needs:
    """Read off the formulas of a derivation.

    Attributes
    ----------
    smooth : bool
        There is a function without exact values, or an exponent that is not a whole number: draw small fractions.
    kinked : bool
        Something depends on signs or order: draw often.
    edged : bool
        A logarithm, a root, a real power or a property leaves few choices, such as a sign: draw more often.
    sampled : bool
        There are data of few values, such as whole numbers.
    ordered : bool
        There is an inequality, and no unknown function that could not be followed from point to point.
    rational : bool
        There are no functions without exact values, and no kinks.
    degree : number
        Of the polynomial in a size that an equation is, where sizes are used as numbers.
    sizes : int
        How many sizes are tried: more than such an equation can have solutions.
    beyond : int
        Where sizes are compared with numbers, the largest such number for which there is time, else 0.
    used : set of str
        The symbols that the sides can depend on.
    numbers : list of number
        The sizes of the numbers that are written: something may happen near them.
    digits : int
        How many digits it takes beyond the usual ones to see the smallest that they can make.
    """

    def __init__(self, types: Iterable[Formula], names: Names, chains: Sequence[Chain]) -> None:
        formulas = list(types)
        reached: Known = {}
        self.used = {name for chain in chains for node in chain.nodes for name in reach(node, names, reached)}
        self.smooth = PI in self.used or any(map(_is_smooth, formulas))
        self.ordered = any(relation in ORDER for chain in chains for relation in chain.relations)
        self.kinked = any(map(_is_kinked, formulas)) or any(
            token.type != "EQUALS" for chain in chains for token in chain.relations
        )
        unknown = {name for name, function in names.functions.items() if function.body is None}
        self.ordered &= not any(isinstance(it, nodes.Apply) and it.function in unknown for it in formulas)
        self.sampled = any(symbol.properties & SAMPLED for symbol in names.symbols.values())
        self.edged = self.sampled or any(map(_is_edged, formulas))
        self.rational = not (self.smooth or self.kinked)
        self.numbers = sorted({abs(number) for number in map(_number, formulas) if number})
        self.digits = min(sum(_digits(number) for number in self.numbers), MAX_DIGITS)
        counting = Counting(names)
        degrees = [counting.degree(a) + counting.degree(b) for a, b in _pairs(chains)]
        self.degree = max(degrees, default=0)
        polynomial = max((degree for degree in degrees if degree < NO_POLYNOMIAL), default=0)
        self.sizes = min(1 + int(polynomial), MOST_SIZES)
        counted = any(isinstance(it, nodes.Compare) and it.relation not in ORDER for it in formulas)
        compared = [number for number in self.numbers if number < FARTHEST_SIZE]
        self.beyond = (
            round(max([Fraction(MAX_SIZES), *compared])) if self.kinked and (self.degree or counted) else 0
        )


def _digits(number: Fraction) -> int:
    """Return how many digits more than four a number has before its point, or zeros behind it."""
    return max(0, abs(len(str(number.numerator)) - len(str(number.denominator))) - 4)


def _pairs(chains: Iterable[Chain]) -> Iterator[tuple[nodes.Node, nodes.Node]]:
    return (pair for chain in chains for pair in itertools.pairwise(chain.nodes))


def _number(node: Formula) -> Fraction:
    """Return the value of a formula of nothing but numbers, or 0."""
    match node:
        case nodes.Number(value=value):
            return value
        case nodes.Divide(left=left, right=right) if _number(right):
            return _number(left) / _number(right)
        case nodes.Power(base=base, exponent=exponent) if _number(base):
            power = _number(exponent)
            if power.denominator == 1 and abs(power) <= MAX_EXPONENT:
                return _number(base) ** power.numerator
        case nodes.Add(terms=terms, signs=signs) if all(map(_number, terms)):
            return sum((sign * _number(term) for sign, term in zip(signs, terms, strict=True)), Fraction())
        case nodes.Product(factors=factors):
            return math.prod(map(_number, factors), start=Fraction(1))
    return Fraction()


class Counting:
    """Bounds on the degrees of formulas in the sizes that they use as numbers."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.known: dict[nodes.Node, float] = {}
        self.reached: Known = {}

    def degree(self, node: nodes.Node | None) -> float:
        """Return the bound of a formula; none has that of nothing."""
        if node is None:
            return 0
        if node not in self.known:
            self.known[node] = self._degree(node, [self.degree(part) for part in node.parts()])
        return self.known[node]

    def _degree(self, node: nodes.Node, below: Sequence[float]) -> float:
        names = self.names
        match node:
            case nodes.Size(name=name) if name in names.sizes:
                return _factors([names.sizes[name]])
            case nodes.Size() | nodes.Counter():
                return 1
            case nodes.Cotangent():
                return self.degree(names.symbols[names.output].definition) + self.degree(names.seed)
            case nodes.Apply(function=function) if function in names.functions:
                return self.degree(names.functions[function].body) + max(below)
            case nodes.Symbol(name=name) if name in names.symbols:
                ones = "ones" in names.symbols[name].properties  # two of them make a size
                return 0.5 if ones else self.degree(names.symbols[name].definition)
            case nodes.Step(name=name):
                return self._of_sequence(name)
            case nodes.Power(base=base, exponent=nodes.Number(value=exponent)):
                return self.degree(base) * math.ceil(abs(exponent))
            case nodes.Power(exponent=exponent) if self.degree(exponent):
                return MOST_SIZES
            case nodes.Spread():
                return 1 + max(below)
            case nodes.Delta(left=left, right=right):
                return 2 if isinstance(left, Shifted) or isinstance(right, Shifted) else int(left == right)
            case nodes.Sum(bound=bound, limits=limits) if bound or limits:
                return _factors(limits or ()) + max(below)
            case nodes.Whole(function=function):
                return WHOLE[function].counted + max(below)
        return sum(below) if isinstance(node, MULTIPLIED) else max(below, default=0)

    def _of_sequence(self, name: str) -> float:
        """Return the bound of a step; where a rule goes on from another step, that is no polynomial in their number."""
        own = [
            self.names.symbols[one].definition for one in (name, *self.names.sequences[name].ends.values())
        ]
        rules = [rule for rule in own if rule is not None]
        if any(name in reach(rule, self.names, self.reached) for rule in rules):
            return NO_POLYNOMIAL
        return max(map(self.degree, rules), default=0)


def _factors(counted: Iterable[Index]) -> int:
    """Return how many sizes are multiplied in what is counted, at least 1."""
    return max([1, *(len(names) for it in counted if isinstance(it, Shifted) for _, names in it.terms)])


def _is_kinked(node: Formula) -> bool:
    return (
        isinstance(node, nodes.Compare | nodes.Most)
        or (isinstance(node, nodes.Apply) and node.function in KINKED)
        or (isinstance(node, nodes.Whole) and WHOLE[node.function].kinked)
    )


def _is_edged(node: Formula) -> bool:
    if isinstance(node, nodes.Apply):
        return node.function in {"log", "sqrt", "arctan"}  # of many values, of which each has its domain
    return isinstance(node, nodes.Power) and _is_smooth(node)


def _is_smooth(node: Formula) -> bool:
    if isinstance(node, nodes.Apply):
        return node.function in TRANSCENDENTAL
    if isinstance(node, nodes.Whole):
        return WHOLE[node.function].smooth
    return isinstance(node, nodes.Power) and any(
        isinstance(part, nodes.Symbol) for part in node.exponent.walk()
    )
