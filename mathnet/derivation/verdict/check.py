"""The verdict: every side of every chain is compared with the one before."""

import time
from collections.abc import Sequence
from functools import partial

from mathnet.dual import DIGITS, Number, high_precision, mp

from ..errors import DerivationError, Difference, Place
from ..meaning.infer import infer_dimensions, infer_symbol, left_free, resolve_sums
from ..meaning.nodes import LAYOUTS, Node
from ..meaning.nodes.calculus import TWO_LAYOUTS
from ..meaning.relations import refuse_relation
from ..meaning.scope import Dimensions, Scope
from ..meaning.shapes import Type, shape_text
from ..numbers.bound import survival
from ..numbers.chance import UnluckyDrawError
from ..numbers.data import distinct
from ..numbers.draws import Draws
from ..numbers.evaluate import Evaluator, Letters
from ..read.blocks import read_block
from ..read.declare import declare, define_in_chain
from ..read.fitting import fitted
from ..read.formula import Reader
from ..read.source import Chain, split
from ..read.tokens import span, tokenize
from .causes import likely_cause
from .relations import failure, holds
from .report import Report

ATTEMPTS, MAX_UNLUCKY = 20, 6


class Derivation:
    """A derivation that has been read: names, chains, and the types of all formulas.

    Parameters
    ----------
    source : str
        Text of the fence.
    id : str
        Its name, for the messages.
    layout : str
        That of derivatives by columns, if the where part says nothing.
    """

    def __init__(self, source: str, id: str = "", layout: str = "") -> None:
        self.report = Report(id, source)
        self.names, self.dimensions = self.report.names, Dimensions()
        # Of a chain: the error, and how many sides stand before it.
        self.wrong: dict[Chain, DerivationError | RecursionError] = {}
        self.right: dict[Chain, int] = {}
        try:
            where, blocks = split(source)
            self.names = self.report.names = declare(tokenize(where, gaps=False), where, source, layout)
            self.dimensions = infer_dimensions(self.names)
            if not blocks:
                raise DerivationError("there is no equation to check", Place(1, 1, ""), caret=False)
        except (DerivationError, RecursionError) as error:
            self._refuse(error, 1)
            return
        for claim in self.names.claims:
            self.report.chains.append(claim)
            sides, claim.nodes = claim.nodes, []
            try:
                self._infer(claim, sides, [])
            except DerivationError as error:
                self._refuse(error, claim.line, about=claim.about)
        for line, text in blocks:
            try:
                chains = read_block(text, line, {*self.names.symbols, *self.names.arrays})
            except (DerivationError, RecursionError) as error:
                self._refuse(error, line)
                continue
            for chain in chains:
                if chain.said and chain.only_indices(self.names):
                    continue
                self.report.chains.append(chain)
                try:
                    self._read(chain)
                except (DerivationError, RecursionError) as error:
                    self._refuse(error, *chain.start, chain.about)

    def _refuse(
        self, error: DerivationError | RecursionError, line: int, column: int = 1, about: str = ""
    ) -> None:
        if isinstance(error, RecursionError):
            error = DerivationError("too deeply nested to check", Place(line, column, ""), caret=False)
        error.reason = f"{about}: {error.reason}" if about else error.reason
        self.report.errors.append(error.attach(self.report.id, self.report.source))

    def _read(self, chain: Chain) -> None:
        """Turn the sides of a chain into nodes; those before one that is refused are compared all the same."""
        sides: list[Node] = []
        types: list[Type] = []
        refused: DerivationError | None = None
        try:
            if (symbol := define_in_chain(self.names, chain)) and symbol.definition is not None:
                infer_symbol(self.dimensions, symbol, symbol.definition)
            for side in chain.sides:
                sides.append(Reader(self.names, side.text).formula(side.tokens, chain.conditions))
        except DerivationError as error:
            refused = error
        sides = fitted(self.names, sides)
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
            self._try(chains, draws)
            self.report.draws, self.report.work = len(draws.done), draws.work
            self.report.sizes = distinct(data.sizes for data in draws.done)
            self.report.survival = partial(survival, self.names, self.dimensions, chains, draws.done)
        for chain in chains:
            if chain in self.wrong:
                self._refuse(self.wrong[chain], *chain.start, chain.about)
        self.report.errors.sort(key=lambda error: error.place[:2])
        self.report.seconds = time.process_time() - start
        return self.report

    def _try(self, chains: Sequence[Chain], draws: Draws) -> None:
        """Compare the sides of all chains at one draw after the other."""
        unlucky, reason = 0, ""
        while draws.unsure() and any(self.right.get(chain) != 1 for chain in chains):
            for draws.unlucky in range(ATTEMPTS if unlucky <= MAX_UNLUCKY else 0):
                try:
                    data = draws.next()
                    evaluator = Evaluator(self.names, self.dimensions, data)
                    for chain in chains:
                        self._compare(chain, evaluator)
                except UnluckyDrawError as error:
                    unlucky += not draws.small()
                    reason = f"no values could be drawn: {error}; declare what is positive or nonzero"
                    continue
                draws.done.append(data)
                draws.work += evaluator.work
                self.report.exact = self.report.exact and data.exact
                break
            else:
                for chain in chains:
                    self.wrong.setdefault(
                        chain, DerivationError(reason, Place(*chain.start, ""), caret=False)
                    )
                return

    def _compare(self, chain: Chain, evaluator: Evaluator) -> None:
        """Compare every side with the one before, up to the first that is known to be wrong."""
        right = self.right.get(chain, len(chain.nodes))
        for at in range(1, right):
            try:
                for letters in evaluator.data.places(chain.letters):
                    self._compare_entries(chain, at, letters, evaluator)
            except (DerivationError, RecursionError) as error:
                self.right[chain], self.wrong[chain] = at, error
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
        if difference <= mp.mpf(10) ** -DIGITS * max(abs(a), abs(b)):
            return True
        with mp.workdps(2 * mp.dps):  # with twice the digits, what rounding made shrinks; what is there stays
            finer = evaluator.finer
            before, side, letters, position = where
            a, b = finer.value(before, letters)[position], finer.value(side, letters)[position]
            return bool(abs(high_precision(a) - high_precision(b)) <= mp.mpf(10) ** -DIGITS * difference)


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
    report = Derivation(source, id).check()
    unclear = next((error for error in report.errors if TWO_LAYOUTS in error.reason), None)
    if unclear is None:
        return report
    for layout in LAYOUTS:
        other = Derivation(source, id, layout).check()
        if other.ok:
            other.names.read_as(unclear.place, rf"\text{{derivatives are in {layout}}}")
            return other
    unclear.reason += "; in neither layout are all lines right"
    return report


def _show(number: Number) -> str:
    if not isinstance(number, mp.mpf) and len(text := str(number)) <= 24:
        return text
    return str(mp.nstr(high_precision(number), 10))


def _short(latex: str) -> str:
    return latex if len(latex) <= 200 else f"{latex[:200]} …"
