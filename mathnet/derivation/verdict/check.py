"""The verdict: every side of every chain is compared with the one before."""

import time
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from functools import partial

from mathnet.dual import DIGITS, DIVISION, GUARD, Number, high_precision, mp

from ..errors import DerivationError, Difference, Place
from ..meaning import nodes
from ..meaning.infer import infer_dimensions, left_free, resolve_sums
from ..meaning.nodes import Node
from ..meaning.relations import refuse_relation
from ..meaning.scope import Dimensions, Scope
from ..meaning.shapes import Type, shape_text
from ..numbers.bound import survival
from ..numbers.chance import UnluckyDrawError
from ..numbers.data import distinct
from ..numbers.draws import LEAST, Draws
from ..numbers.evaluate import Evaluator, Letters, TooMuchError
from ..numbers.lines import Line, Point
from ..numbers.ratios import TooInvolvedError
from ..read.declare import declare
from ..read.formula import Reader
from ..read.source import Chain, read_chain, split
from ..read.tokens import span, tokenize
from .causes import likely_cause
from .relations import failure, holds
from .report import Report

TOLERATED = Fraction(1, 3)  # of the pieces of lines: on more of them a side must not divide by zero
FINER, STAYS = (
    4,
    Fraction(1, 10**6),
)  # how often the digits are doubled, and which change of a difference is none


class Derivation:
    """A derivation that has been read: names, chains, and the types of all formulas.

    Parameters
    ----------
    source : str
        Text of the fence.
    id : str
        Its name, for the messages.
    """

    def __init__(self, source: str, id: str = "") -> None:
        self.report = Report(id, source)
        self.names, self.dimensions = self.report.names, Dimensions()
        # Of a chain, by its line: the error, and how many sides stand before it.
        self.wrong: dict[int, DerivationError | RecursionError] = {}
        self.right: dict[int, int] = {}
        try:
            where, chains = split(source)
            self.names = self.report.names = declare(tokenize(where), where)
            self.dimensions = infer_dimensions(self.names)
            if not chains:
                raise DerivationError("there is no equation to check", Place(1, 1, ""), caret=False)
        except (DerivationError, RecursionError) as error:
            self._refuse(error, 1)
            return
        for line, text in chains:
            try:
                chain = read_chain(text, line)
                self.report.chains.append(chain)
                self._read(chain)
            except (DerivationError, RecursionError) as error:
                self._refuse(error, line)

    def _refuse(self, error: DerivationError | RecursionError, line: int) -> None:
        if isinstance(error, RecursionError):
            error = DerivationError("too deeply nested to check", Place(line, 1, ""), caret=False)
        self.report.errors.append(error.attach(self.report.id, self.report.source))

    def _read(self, chain: Chain) -> None:
        """Turn the sides of a chain into nodes; those before one that is refused are compared all the same."""
        sides: list[Node] = []
        types: list[Type] = []
        refused: DerivationError | None = None
        try:
            for side in chain.sides:
                sides.append(Reader(self.names, side.text).formula(side.tokens))
        except DerivationError as error:
            refused = error
        if len(sides) > 1:
            try:
                self._infer(chain, sides, types)
            except DerivationError as error:
                refused = error
                if 1 < len(types) < len(sides):
                    self._infer(chain, sides[: len(types)], [])
        if refused:
            raise refused

    def _infer(self, chain: Chain, sides: list[Node], types: list[Type]) -> None:
        """Check the shapes and indices of the sides."""
        scope = Scope(self.dimensions)
        for at, node in enumerate(sides):
            try:
                types.append(self._type(node, types, sides, scope))
            except DerivationError as error:
                other = sides[at - 1] if at else sides[1]
                error.cause = likely_cause(self.names, self.dimensions, other, node)
                raise
        for node in sides:
            resolve_sums(self.dimensions, node, types[0].free)
        for relation in chain.relations:
            place = Place(span(relation).line, span(relation).column, "")
            refuse_relation(relation, types[0].shape, self.names.tolerance, place)
        chain.letters = {letter: scope.resolve(letter, sides[0]) for letter in sorted(types[0].free)}
        chain.shape, chain.nodes = types[0].shape, sides

    def _type(self, node: Node, types: Sequence[Type], sides: Sequence[Node], scope: Scope) -> Type:
        """Return the type of a side, which is that of the first one."""
        found = scope.infer(node)
        first = types[0] if types else found
        if found.free - first.free:
            raise left_free(scope, node, found.free - first.free)
        if found.shape != first.shape:
            raise DerivationError(
                f"{sides[0].latex} is {shape_text(first.shape)}, but {node.latex} is {shape_text(found.shape)}",
                node.place,
                difference=Difference(
                    (sides[0].latex, node.latex), (shape_text(first.shape), shape_text(found.shape))
                ),
            )
        return found

    def check(self) -> Report:
        """Evaluate every side with random data and return the report."""
        start = time.process_time()
        chains = [chain for chain in self.report.chains if chain.nodes]
        if chains:
            draws = Draws(self.names, self.dimensions, chains)
            digits = DIGITS + draws.needs.digits
            self.close = mp.mpf(10) ** -digits
            with mp.workdps(digits + GUARD):
                self._try(chains, draws)
            self.report.draws, self.report.work = draws.points, draws.work
            self.report.sizes = distinct(data.sizes for data in draws.done)
            self.report.sampled = draws.sampled
            if not draws.sampled:
                self.report.survival = partial(survival, self.names, self.dimensions, chains, draws.done)
        for chain in chains:
            if chain.line in self.wrong:
                self._refuse(self.wrong[chain.line], chain.line)
        self.report.errors.sort(key=lambda error: error.place[:2])
        self.report.seconds = time.process_time() - start
        return self.report

    def _try(self, chains: Sequence[Chain], draws: Draws) -> None:
        """Compare the sides of all chains at one draw after the other."""
        tried: Counter[int] = Counter()
        pieces: Counter[int] = Counter()  # of lines, and those of them on which a side divides by zero
        empty: Counter[int] = Counter()
        reason = ""
        for data in draws.plan():
            evaluator = Evaluator(self.names, self.dimensions, data)
            missed = ""
            for chain in chains:
                if isinstance(data, Point) and _has_derivatives(chain):
                    continue  # at a kink there may be none
                try:
                    self._compare(chain, evaluator, bool(draws.done))
                    tried[chain.line] += 1
                except (UnluckyDrawError, TooInvolvedError, TooMuchError) as error:
                    missed = str(error)
                if isinstance(data, Line) and not isinstance(data, Point):
                    pieces[chain.line] += 1
                    empty[chain.line] += missed == DIVISION
            draws.record(data, evaluator.work, bool(missed))
            reason = missed or reason
            self.report.exact = self.report.exact and data.exact
            if all(self.right.get(chain.line) == 1 for chain in chains):
                return
        for chain in chains:
            undefined = empty[chain.line] > pieces[chain.line] * TOLERATED
            if (undefined or tried[chain.line] < LEAST) and chain.line not in self.wrong:
                why = DIVISION if undefined else reason
                message = f"no values could be drawn: {why}; declare what is positive or nonzero"
                self.wrong[chain.line] = DerivationError(message, Place(chain.line, 1, ""), caret=False)

    def _compare(self, chain: Chain, evaluator: Evaluator, again: bool) -> None:
        """Compare every side with the one before, up to the first that is known to be wrong.

        What could be evaluated at other sizes before is not wrong because it takes too much work at these.
        """
        right = self.right.get(chain.line, len(chain.nodes))
        for at in range(1, right):
            try:
                for letters in evaluator.data.places(chain.letters):
                    self._compare_entries(chain, at, letters, evaluator)
            except (DerivationError, RecursionError) as error:
                if again and isinstance(error, TooMuchError):
                    raise
                self.right[chain.line], self.wrong[chain.line] = at, error
                return

    def _compare_entries(self, chain: Chain, at: int, letters: Letters, evaluator: Evaluator) -> None:
        before, side, relation = chain.nodes[at - 1], chain.nodes[at], chain.relations[at - 1]
        expected, found = evaluator.value(before, letters), evaluator.value(side, letters)
        for position, (a, b) in enumerate(zip(expected, found, strict=True)):
            self.report.comparisons += 1
            equal = partial(self._equal, a, b, evaluator, (before, side, letters, position))
            if not holds(relation, a, b, equal, self.names.tolerance):
                where = [f"{letter} = {index + 1}" for letter, index in letters.items()]
                entry: tuple[int, ...] = ()
                if chain.shape:
                    width = evaluator.shape(side)[1]
                    entry = position // width + 1, position % width + 1
                    where.append(f"entry {entry}")
                error = DerivationError(
                    failure(
                        relation,
                        _short(before.latex),
                        _short(side.latex),
                        (_show(a), _show(b)),
                        self.names.tolerance,
                    )
                    + (f" at {', '.join(where)}" if where else ""),
                    side.place,
                    difference=Difference(
                        (before.latex, side.latex),
                        (shape_text(chain.shape),) * 2,
                        (_show(a), _show(b)),
                        {letter: index + 1 for letter, index in letters.items()},
                        entry,
                    ),
                )
                if relation.type == "EQUALS":
                    error.cause = likely_cause(self.names, self.dimensions, before, side)
                raise error

    def _equal(
        self, a: Number, b: Number, evaluator: Evaluator, where: tuple[Node, Node, Letters, int]
    ) -> bool:
        if not isinstance(a, mp.mpf) and not isinstance(b, mp.mpf):
            return bool(a == b)
        self.report.exact = False
        difference = abs(high_precision(a) - high_precision(b))
        if difference <= self.close * max(abs(a), abs(b)):
            return True
        before, side, letters, position = where
        digits = mp.dps
        for _ in range(FINER):  # with twice the digits, what rounding made shrinks; what is there stays
            digits, evaluator, last = 2 * digits, evaluator.finer, difference
            with mp.workdps(digits):
                a, b = evaluator.value(before, letters)[position], evaluator.value(side, letters)[position]
                difference = abs(high_precision(a) - high_precision(b))
                if difference <= self.close * max(last, abs(a), abs(b)):
                    return True
                seen = difference * mp.mpf(10) ** (digits - GUARD) > 1  # a term may have been lost beside a 1
                if seen and abs(difference - last) <= STAYS * last:
                    return False
        raise UnluckyDrawError(f"{digits} digits do not tell whether two numbers are equal")


def check(source: str, id: str = "") -> Report:
    r"""Check a derivation and return its `Report`.

    Parameters
    ----------
    source : str
        The text of a derivation fence.
    id : str
        The name that error messages use.

    Examples
    --------
    >>> check("where a, b \\in \\mathbb{R}\n(a + b)^2 = a^2 + 2 a b + b^2").verdict()
    '1 step · exact'
    >>> check("where a, b \\in \\mathbb{R}\n(a + b)^2 = a^2 + b^2").ok
    False
    """
    return Derivation(source, id).check()


def _has_derivatives(chain: Chain) -> bool:
    parts = (part for node in chain.nodes for part in node.walk())
    return any(
        isinstance(part, nodes.Partial | nodes.Cotangent | nodes.Differential)
        or (isinstance(part, nodes.Apply) and part.order > 0)
        for part in parts
    )


def _show(number: Number) -> str:
    if not isinstance(number, mp.mpf) and len(text := str(number)) <= 24:
        return text
    return str(mp.nstr(high_precision(number), 10))


def _short(latex: str) -> str:
    return latex if len(latex) <= 200 else f"{latex[:200]} …"
