"""The comparison: every side of every chain, with the one before, at all data of the plan."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial

from mathnet.dual import DIGITS, GUARD, Number, high_precision, mp

from ..errors import DerivationError, Difference, Place
from ..meaning import nodes
from ..meaning.names import Names
from ..meaning.relations import ORDER
from ..meaning.scope import Dimensions
from ..meaning.shapes import shape_text
from ..numbers.chance import UndefinedError, UnluckyDrawError
from ..numbers.data import Data
from ..numbers.draws import LEAST, Draws
from ..numbers.evaluate import Evaluator, Letters, TooMuchError
from ..numbers.lines import Line
from ..numbers.lowest import Trial
from ..numbers.ratios import TooInvolvedError
from ..read.source import Chain
from .relations import failure, holds

DEFINED = Fraction(2, 3)  # of the pieces of a line: on so many of them a side must have values
FINER = 4  # how often the digits are doubled to tell two numbers apart
STAY = 2  # how often it stays: quotients of what rounding made are quotients of small integers, and the same ones come back
STAYS = Fraction(1, 10**6)  # a difference that changes by less does not come from rounding


@dataclass
class _Tally:
    """How a chain fared: at how many ordinary draws it could be compared, on which pieces of each line it has values, and the last errors."""

    drawn: int = 0
    defined: dict[Line, list[bool]] = field(default_factory=lambda: defaultdict(list))
    error: Exception | None = None
    undefined: Exception | None = None

    @property
    def partial(self) -> bool:
        """Whether it has values on some pieces of a line only; at sizes at which it has none it says nothing."""
        return any(0 < sum(pieces) < len(pieces) * DEFINED for pieces in self.defined.values())

    def refusal(self, chain: Chain) -> DerivationError:
        why = self.undefined if self.partial else self.error
        if isinstance(why, DerivationError):
            return why
        message = f"no values could be drawn: {why}; declare what is positive or nonzero"
        return DerivationError(message, Place(*chain.nodes[0].place[:2], ""), caret=False)


Where = tuple[nodes.Node, nodes.Node, Letters, int]
"""Two sides, the values of their free letters, and the position of an entry."""


class Comparison:
    """The sides of chains, compared.

    Parameters
    ----------
    names, dimensions
        What was declared.
    chains : list of Chain
        Those that have been read.
    proofs : dict
        From a chain to which of its steps are proved. These are compared at a few draws, for whoever doubts the proof.

    Attributes
    ----------
    right : dict
        From a chain with a wrong side to how many sides stand before it.
    wrong : dict
        From a chain to its error.
    where : dict
        From a chain with a wrong side to the data that show it.
    comparisons : int
        How many pairs of numbers were compared.
    exact : bool
        Whether all of them were integers or fractions.
    """

    def __init__(
        self,
        names: Names,
        dimensions: Dimensions,
        chains: Sequence[Chain],
        proofs: Mapping[Chain, Sequence[bool]] | None = None,
    ) -> None:
        self.names, self.dimensions, self.chains = names, dimensions, chains
        self.proofs = proofs or {chain: [False] * (len(chain.nodes) - 1) for chain in chains}
        self.right: dict[Chain, int] = {}
        self.wrong: dict[Chain, DerivationError | RecursionError] = {}
        self.where: dict[Chain, Data] = {}
        self.comparisons, self.exact = 0, True
        self.tail: tuple[Number, Number] | None = (
            None  # of two numbers that the usual digits do not tell apart
        )
        self.draws = Draws(names, dimensions, chains, all(map(all, self.proofs.values())))
        digits = DIGITS + self.draws.needs.digits
        self.close = mp.mpf(10) ** -digits
        with mp.workdps(digits + GUARD):
            self._try()

    def _try(self) -> None:
        """Compare the sides of all chains at one draw after the other."""
        tallies = {chain: _Tally() for chain in self.chains}
        for data in self.draws.plan():
            evaluator = Evaluator(self.names, self.dimensions, data)
            compared = missed = heavy = False
            for chain in self.chains:
                if data.tie and _has_derivatives(chain):
                    continue  # at a kink there may be none
                tally = tallies[chain]
                try:
                    self._compare(chain, evaluator)
                    compared = True
                    tally.drawn += data.by_chance
                    here = True
                except (UnluckyDrawError, TooInvolvedError, TooMuchError) as error:
                    missed, tally.error = True, error
                    heavy = heavy or isinstance(error, TooMuchError)
                    here = not isinstance(error, UndefinedError)
                    tally.undefined = tally.undefined if here else error
                if type(data) is Line:
                    tally.defined[data].append(here)
            self.draws.record(data, evaluator.work, missed or not compared, heavy)
            self.exact = self.exact and data.exact
            if all(self.right.get(chain) == 1 for chain in self.chains):
                return
        for chain, tally in tallies.items():
            few = tally.drawn < LEAST or self.draws.sizes.few()
            if (tally.partial or (few and tally.error)) and chain not in self.wrong:
                self.wrong[chain] = tally.refusal(chain)
            for part in (part for node in chain.nodes for part in node.walk()):
                if (
                    isinstance(part, nodes.Only | nodes.Where)
                    and part not in self.dimensions.met
                    and chain not in self.wrong
                ):
                    said = (
                        part.condition.latex
                        if isinstance(part, nodes.Where)
                        else f"{part.left} {part.relation} {part.right}"
                    )
                    self.wrong[chain] = part.error(f"{said} never holds, so this says nothing")

    def _compare(self, chain: Chain, evaluator: Evaluator) -> None:
        """Compare every side with the one before, up to the first that is known to be wrong.

        What could be evaluated at other sizes before is not wrong because it takes too much work at these.
        """
        right = self.right.get(chain, len(chain.nodes))
        enough = not self.draws.proved and len(self.draws.done) >= LEAST  # where another step asks for more
        for at in range(1, right):
            if enough and self.proofs[chain][at - 1]:
                continue
            try:
                for letters in evaluator.data.places(chain.letters):
                    self._compare_entries(chain, at, letters, evaluator)
            except (DerivationError, RecursionError) as error:
                if self.draws.done and isinstance(error, TooMuchError):
                    raise
                self.right[chain], self.wrong[chain] = at, error
                self.where[chain] = evaluator.data.now()
                return

    def _compare_entries(self, chain: Chain, at: int, letters: Letters, evaluator: Evaluator) -> None:
        before, side, relation = chain.nodes[at - 1], chain.nodes[at], chain.relations[at - 1]
        expected, found = evaluator.value(before, letters), evaluator.value(side, letters)
        for position, (a, b) in enumerate(zip(expected, found, strict=True)):
            self.comparisons, self.tail = self.comparisons + 1, None
            if relation in ORDER and isinstance(evaluator.data, Trial):
                evaluator.data.claim(b - a if ORDER[relation](0, 1) else a - b)
            equal = partial(self._equal, a, b, evaluator, (before, side, letters, position))
            if not holds(relation, a, b, equal, self.names.tolerance):
                values = _shown(*(self.tail or (a, b)))
                where = [f"{letter} = {index + 1}" for letter, index in letters.items()]
                entry: tuple[int, ...] = ()
                if chain.shape:
                    width = evaluator.shape(side)[1]
                    entry = position // width + 1, position % width + 1
                    where.append(f"entry {entry}")
                raise DerivationError(
                    failure(
                        relation,
                        _short(before.latex),
                        _short(side.latex),
                        values,
                        self.names.tolerance,
                        relation in ORDER
                        and not (isinstance(a, Fraction | int) and isinstance(b, Fraction | int))
                        and equal(),
                    )
                    + (f" at {', '.join(where)}" if where else ""),
                    side.place,
                    difference=Difference(
                        (before.latex, side.latex),
                        (shape_text(chain.shape),) * 2,
                        values,
                        {letter: index + 1 for letter, index in letters.items()},
                        entry,
                    ),
                )

    def _equal(self, a: Number, b: Number, evaluator: Evaluator, where: Where) -> bool:
        if not isinstance(a, mp.mpf) and not isinstance(b, mp.mpf):
            return bool(a == b)
        self.exact = False
        difference = abs(high_precision(a) - high_precision(b))
        if difference <= self.close * max(abs(a), abs(b)):
            one_exact = isinstance(a, mp.mpf) != isinstance(b, mp.mpf)  # as 0 beside a rounded 1 - tanh(100)
            self.tail = self._tail(evaluator, where) if one_exact and evaluator.data.by_chance else None
            return not self.tail
        digits, stayed = mp.dps, 0
        for _ in range(FINER):  # with twice the digits, what rounding made shrinks; what is there stays
            digits, last = 2 * digits, difference
            a, b = self._finer(digits, evaluator, where)
            with mp.workdps(digits):
                difference = abs(a - b)
                if difference <= self.close * max(last, abs(a), abs(b)):
                    return True
                seen = difference * mp.mpf(10) ** (digits - GUARD) > 1  # a term may have been lost beside a 1
                stayed = stayed + 1 if seen and abs(difference - last) <= STAYS * last else 0
                if stayed == STAY:
                    return False
        raise UnluckyDrawError(f"{digits} digits do not tell whether two numbers are equal")

    def _tail(self, evaluator: Evaluator, where: Where) -> tuple[Number, Number] | None:
        """Return two numbers that are equal in the usual digits with so many that they differ, or None if more do not tell them apart."""
        usual, found = mp.dps, list[tuple[Number, Number]]()
        for digits in (FINER * usual, 2 * FINER * usual):
            a, b = self._finer(digits, evaluator, where)
            with mp.workdps(digits):
                found.append((a, b))
                if abs(a - b) * mp.mpf(10) ** (digits - FINER * GUARD) <= max(1, abs(a), abs(b)):
                    return None
        with mp.workdps(2 * FINER * usual):
            first, second = (abs(a - b) for a, b in found)
            return found[0] if abs(first - second) <= STAYS * first else None

    def _finer(self, digits: int, evaluator: Evaluator, where: Where) -> tuple[Number, Number]:
        """Return the two numbers with more digits."""
        before, side, letters, position = where
        with mp.workdps(digits):
            finer = evaluator.finer(digits)
            a, b = (high_precision(finer.value(node, letters)[position]) for node in (before, side))
        return a, b


def _has_derivatives(chain: Chain) -> bool:
    parts = (part for node in chain.nodes for part in node.walk())
    return any(
        isinstance(part, nodes.Partial | nodes.Cotangent | nodes.Differential)
        or (isinstance(part, nodes.Apply) and part.order > 0)
        for part in parts
    )


def _shown(a: Number, b: Number) -> tuple[str, str]:
    """Return two different numbers with as many digits as it takes to see that."""
    for digits in (10, 20, 40, 80, mp.dps, FINER * mp.dps):
        texts = _text(a, digits), _text(b, digits)
        if texts[0] != texts[1]:
            break
    return texts


def _text(number: Number, digits: int) -> str:
    if not isinstance(number, mp.mpf) and len(text := str(number)) <= 24:
        return text
    return str(mp.nstr(high_precision(number), digits))


def _short(latex: str) -> str:
    return latex if len(latex) <= 200 else f"{latex[:200]} …"
