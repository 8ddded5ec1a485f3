"""The verdict: every side of every chain is compared with the one before."""

import itertools
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial

from ..algebra.prove import proofs
from ..errors import DerivationError, Difference, Place
from ..meaning.infer import infer_dimensions, infer_symbol, left_free, resolve_sums
from ..meaning.names import Names
from ..meaning.nodes import DERIVATIVES, LAYOUTS, Gradient, Node, Partial
from ..meaning.nodes.calculus import TWO_LAYOUTS
from ..meaning.relations import refuse_relation
from ..meaning.scope import Dimensions, Scope
from ..meaning.shapes import Type, shape_text
from ..numbers.bound import survival
from ..numbers.evaluate import OutsideError
from ..read.blocks import below, read_block
from ..read.declare import declare, define_in_chain
from ..read.fitting import fitted
from ..read.formula import Reader, free_beside_pairs
from ..read.notation import SIZELESS
from ..read.source import Chain, split
from ..read.tokens import span, tokenize
from .causes import Causes
from .compare import Comparison
from .report import Report


class ContradictionError(Exception):
    """The proof and the comparison contradict each other: a fault of the checker, and not of what it checks."""


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
    size : str
        That of an I or a vector of ones that is not declared.
    falling : bool
        Whether matrices in a product over an index stand from its last value to its first.
    explained : bool
        Whether the likely cause of what is wrong is looked for, which takes longer than to find that it is.
    """

    def __init__(
        self,
        source: str,
        id: str = "",
        layout: str = "",
        size: str = "",
        falling: bool = False,
        explained: bool = True,
    ) -> None:
        self.explained = explained
        self.report = Report(id, source)
        self.names, self.dimensions = Names(layout=layout, size=size, falling=falling), Dimensions()
        self.report.names = self.names
        try:
            where, blocks = split(source)
            declare(self.names, tokenize(where, gaps=False), where, source)
            self.dimensions = infer_dimensions(self.names)
            self.causes = Causes(self.names, self.dimensions)
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
                chains = read_block(text, line, {*self.names.symbols, *self.names.arrays}, self.names.steps)
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
                infer_symbol(self.dimensions, symbol, symbol.definition, self.names)
            indices = frozenset().union(*(below(side.tokens) for side in chain.sides))
            kept = free_beside_pairs(self.names, chain, indices)
            for side in chain.sides:
                reader = Reader(self.names, side.text, indices=indices, kept=kept)
                sides.append(reader.formula(side.tokens, chain.conditions))
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
                if self.explained:
                    error.cause = self.causes.cause(other, node)
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
        scope.settled = True
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
        start, report = time.process_time(), self.report
        chains = [chain for chain in report.chains if chain.nodes]
        report.proofs = {chain: self.proofs(chain) for chain in chains}
        try:
            found = Comparison(self.names, self.dimensions, chains, report.proofs) if chains else None
        except DerivationError as error:  # no sizes fit together
            self._refuse(error, 1)
            found = None
        if found:
            report.comparisons, report.exact = found.comparisons, found.exact
            report.draws, report.work, report.sizes = (
                found.draws.points,
                found.draws.work,
                found.draws.sizes_tried,
            )
            report.sampled = found.draws.sampled
            if not report.sampled:
                report.survival = partial(survival, self.names, self.dimensions, chains, found.draws.done)
            self._contradict(found)
            self._explain(found)
        report.errors.sort(key=lambda error: error.place[:2])
        report.seconds = time.process_time() - start
        return report

    def proofs(self, chain: Chain) -> list[bool]:
        """Return which steps of a chain are proved."""
        proved = proofs(self.names, self.dimensions, chain.nodes, chain.shape, chain.letters)
        equal = [relation.type == "EQUALS" for relation in chain.relations[: len(proved)]]
        return [a and b for a, b in zip(proved, equal, strict=True)]

    def _contradict(self, found: Comparison) -> None:
        """Stop where a step is proved and wrong: that is a fault of the checker's own."""
        for chain in found.chains:
            error, at = found.wrong.get(chain), found.right.get(chain, 0)
            if isinstance(error, DerivationError) and error.difference and self.report.proofs[chain][at - 1]:
                raise ContradictionError(
                    f"{self.report.id or 'a derivation'}: {error.reason}, although it is proved to be; "
                    "this is a fault of mathnet: please report it with this text:\n" + self.report.source
                )

    def _explain(self, found: Comparison) -> None:
        """Take up what is wrong, with its likely cause."""
        for chain in found.chains:
            if chain not in found.wrong:
                continue
            error, at = found.wrong[chain], found.right.get(chain, 0)
            explained = self.explained and chain.relations[at - 1].type == "EQUALS"
            if explained and (isinstance(error, OutsideError) or getattr(error, "difference", None)):
                assert isinstance(error, DerivationError)
                before, side = chain.nodes[at - 1 : at + 1]
                error.cause = self.causes.cause(before, side, found.where.get(chain))
                if (
                    not error.cause
                    and at == 1
                    and not any(isinstance(part, DERIVATIVES) for part in before.walk())
                ):
                    error.cause = self.causes.cause_on_the_left(before, side, found.where.get(chain))
            self._refuse(error, *chain.start, chain.about)


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
    '1 step · proved'
    >>> check("where a, b \\in \\mathbb{R}\n(a + b)^2 = a^2 + b^2").ok
    False
    """
    report = _read(source, id).check()
    unclear = next((error for error in report.errors if TWO_LAYOUTS in error.reason), None)
    of_jacobians = unclear or any(map(_has_jacobian, report.chains))
    orders = (False, True) if report.names.ordered and of_jacobians and not report.ok else (False,)
    for layout, falling in itertools.product(LAYOUTS if unclear else ("",), orders):
        if not layout and not falling:
            continue
        other = _read(source, id, layout, falling).check()
        if other.ok:
            if unclear:
                other.names.read_as(unclear.place, rf"\text{{derivatives are in {layout}}}")
            return other
        if unclear and other.errors[0].cause and not unclear.cause:
            unclear.cause = f"in {layout}: {other.errors[0].cause}"
    if unclear:
        unclear.reason += "; in neither layout are all lines right"
    return report


def proved_steps(source: str) -> Iterator[list[bool]]:
    """Yield which steps are proved, for one chain after the other: this is known before all lines are compared with numbers."""
    derivation = _read(source, "")
    for chain in derivation.report.chains:
        yield derivation.proofs(chain) if chain.nodes else []


def _has_jacobian(chain: Chain) -> bool:
    """Say whether there is a derivative of an array by an array, whose layout says in which order a chain of them stands."""
    parts = (part for node in chain.nodes for part in node.walk())
    return any(
        isinstance(part, Partial) and part.indices is None and not isinstance(part, Gradient)
        for part in parts
    )


def _read(source: str, id: str, layout: str = "", falling: bool = False) -> Derivation:
    """Return a derivation; an I or a vector of ones that is not declared has the size that fits."""
    derivation = Derivation(source, id, layout, falling=falling)
    size = _unsaid_size(derivation, layout)
    return Derivation(source, id, layout, size, falling) if size else derivation


def _unsaid_size(derivation: Derivation, layout: str) -> str:
    """Return the size that fits an I or a vector of ones which is not declared, or the empty string; each I in a sum has that of what is beside it."""
    if not any(error.reason.endswith(SIZELESS) for error in derivation.report.errors):
        return ""
    sizes = sorted({axis for shape in derivation.names.shapes.values() for axis in shape} - {"1"})
    read = {size: Derivation(derivation.report.source, derivation.report.id, layout, size) for size in sizes}
    refused = {size: _refused(read[size].report) for size in sizes}
    fewest = [size for size in sizes if refused[size] == min(refused.values())]
    same = all(_formulas(read[size]) == _formulas(read[fewest[0]]) for size in fewest)
    return fewest[0] if fewest and same else ""


def _refused(report: Report) -> int:
    """Return how many lines cannot be read; a where part that cannot be read is worse than any lines."""
    if report.errors and not report.chains:
        return sys.maxsize
    return sum(TWO_LAYOUTS not in error.reason for error in report.errors)


def _formulas(derivation: Derivation) -> str:
    """Return all that was read, as a text: a size that makes no difference leaves it as it is."""
    definitions = [symbol.definition for symbol in derivation.names.symbols.values()]
    return repr([definitions, [chain.nodes for chain in derivation.report.chains]])
