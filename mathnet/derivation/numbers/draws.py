"""The plan: which numbers a derivation is tried with, and when it has been tried enough."""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise

from mathnet.dual import Number

from ..meaning.names import Names
from ..meaning.scope import Dimensions
from ..read.source import Chain
from .chance import Numbers, UnluckyDrawError
from .data import MOST_CHOICES, Data, choose_sizes, completed, distinct, free_dimensions
from .kinks import noted
from .lines import Line, Point
from .lowest import Lowest, Trial
from .needs import MAX_SIZES, Needs
from .patterns import PATTERNS, Combined, Patterned

SEED, MAX_WORK, MAX_SMOOTH_WORK = 3250718, 4_000, 1_000  # numbers of 60 digits are slow
KINKED_DRAWS, EDGED_DRAWS, MOST_DRAWS = 10, 7, 20  # in one draw one number has one sign
LEAST = 3  # draws, without which nothing is right
PROVED_WORK = MAX_WORK // 4  # after which what is proved takes no more sizes than it must
ATTEMPTS, MAX_DROPPED = 6, 8  # at one choice of sizes; and so many choices may have no values
LINES = 3  # besides the one at the smallest sizes
TURNED, PLACES, LOOKS = 18, 8, 24  # lines on which rounded numbers are compared, places at first, and in all
TURNED_WORK = 10 * MAX_WORK
NEAR_TURNS = Fraction(1, 10**7)  # closer than this two places at which comparisons turn are taken for one
RESOLUTION = 2**52  # into so many pieces a part of such a line is divided
BEYOND = (7, 12)  # sizes at which patterns are tried
MOST_COMBINATIONS, COMBINED_WORK = 700, MAX_WORK  # of whole numbers and labels
FLIPS, TRIES = 12, 2  # searches for where comparisons come out differently, and for one of them
FLIPS_WORK = 4  # of all of them, in budgets of a search
STARTS = 3  # of searches for where an inequality fails, where there are no sizes
AXES = 4  # so many numbers change, one after the other, to find where several conditions hold at once
STEEP = (Fraction(1), Fraction(1), Fraction(1, 10**4), Fraction(10**4))  # scales of numbers along a line
SMOOTH = STEEP[:1]  # exp and log are out of reach beyond them
FLAT = (Fraction(1, 4),)  # on every second line for them: there, less is beyond their reach
SMALL, UNEQUAL, MEDIUM, LARGE = 3, 29, 999, 2**64  # whole numbers up to this
NEAR_ZERO, FAR = Fraction(1, 16), 8  # times this the fractions for exp and log
CRAMPED = 5  # so many divisions by zero are no accident, even among small numbers
SIGNS = (1, 0.5, 0)  # shares of negative numbers: a logarithm of all of them is refused at once


class Draws:
    """The draws of a derivation; where it is proved, a few, for whoever doubts the proof.

    Attributes
    ----------
    done : list of Data
        Those at which the sides of all chains have been compared.
    points : int
        How many these are, with the pieces of lines and the places between them.
    work : int
        How many values that took, with those that were in vain.
    whole : bool
        Whether a line went through the whole domain.
    """

    def __init__(
        self, names: Names, dimensions: Dimensions, chains: Sequence[Chain], proved: bool = False
    ) -> None:
        self.names, self.dimensions, self.proved = names, dimensions, proved
        self.needs = Needs(dimensions.types, names, chains)
        self.random = random.Random(SEED)
        sizes, beyond = (SIZES, 0) if proved else (max(SIZES, self.needs.sizes), self.needs.beyond)
        self.sizes = Sizes(names, dimensions, self.random, sizes, beyond)
        self.done: list[Data] = []
        self.points = self.work = self.unlucky = 0
        self.whole = self._missed = self._heavy = False

    @property
    def sampled(self) -> bool:
        """Whether the sides may differ where no number was tried, however likely the numbers were to show it."""
        needs = self.needs
        return needs.sampled or (needs.kinked and not self.whole) or len(self.sizes_tried) <= needs.degree

    @property
    def sizes_tried(self) -> list[Mapping[str, int]]:
        """The sizes at which all sides were compared, each once."""
        return distinct(data.sizes for data in self.done)

    def plan(self) -> Iterator[Data]:
        """Yield new data, each of which is to be recorded before the next."""
        dropped = 0
        while self._unsure() and dropped < (MAX_DROPPED if self.done else ATTEMPTS):
            sizes = self.done[0].sizes if self.needs.rational and len(self.done) == 1 else self.sizes.next()
            for self.unlucky in range(ATTEMPTS):  # if none of them breaks, the sizes are dropped
                try:
                    yield Data(self.names, self.dimensions, self._numbers(), sizes)
                except UnluckyDrawError:
                    continue
                if not self._missed:
                    self.sizes.tried(sizes)
                    break
                if self._heavy:
                    self.sizes.give_up(sizes)
                    dropped += 1
                    break
            else:
                dropped += 1
        if self.proved or (not self.done and self.sizes.few()):
            return  # nothing is left to look for: it is right for all numbers, or refused for want of any
        if self.needs.kinked or self.needs.edged:
            yield from self._lines()
        if self.needs.sampled:
            yield from self._combinations()
        if self.needs.kinked and self.needs.smooth:
            yield from self._turns()
        if self.needs.kinked and not self.whole:
            yield from self._flips()
        if self.needs.ordered:
            yield from self._patterns()
            yield from self._descents()

    def record(self, data: Data, work: int, missed: bool, heavy: bool) -> None:
        """Take note of data that have been tried: whether not all sides could be compared there, and whether that took too much work."""
        self._missed, self._heavy = missed, heavy
        self.work += work
        if not missed:
            self.points += 1
            if data.by_chance:
                self.done.append(data)

    def _lines(self) -> Iterator[Data]:
        """Yield the pieces of lines through the domain."""
        before, lines = self.work, list[Line]()
        for sizes in (self.sizes.smallest(), *(self.sizes.small() for _ in range(LINES))):
            try:
                line = Line(
                    self.names, self.dimensions, self.random, sizes, SMOOTH if self.needs.smooth else STEEP
                )
            except UnluckyDrawError:
                continue
            for data in line.pieces(self.needs.smooth):
                yield data
                if self.work - before > self._budget() / 2:
                    return
            lines.append(line)
            if line.variables(self.needs.used) == 1 and not sizes:
                self.whole = line.whole and not self.needs.smooth
                return

        if lines:
            yield from self._windows(lines[0])

    def _turns(self) -> Iterator[Data]:
        """Yield points of lines, more of them between places where different comparisons turn.

        An exponential cannot be followed along a line, but a comparison that comes out differently at two points turns between them,
        about where the chord meets zero. If the sides differ on a piece, it begins and ends where comparisons turn that are not the
        same. So the next point lies between two such places, those that are farthest apart first.
        """
        before = self.work
        for turn in range(TURNED):
            try:
                line = Line(
                    self.names,
                    self.dimensions,
                    self.random,
                    self.sizes.smallest(),
                    FLAT if turn % 2 else SMOOTH,
                )
            except UnluckyDrawError:
                continue
            differences: dict[Fraction, list[Number]] = {}
            todo = line.spread(PLACES)
            for _ in range(LOOKS):
                place = todo.pop() if todo else _between_turns(differences)
                if place is None:
                    break
                line.here.place = place
                with noted() as differences[place]:
                    yield Point(line, tie=False)
                if self.work - before > TURNED_WORK:
                    return

    def _windows(self, line: Line) -> Iterator[Data]:
        """Yield lines along one number after the other, each through a piece of the one before.

        So a point is found where several conditions hold, of which each alone is rarely met: first those of x, then those of y at this x.
        """
        coordinates = line.coordinates(self.needs.used)
        first = self.random.sample(coordinates, min(len(coordinates), AXES))
        for start in first if len(coordinates) > 1 else []:
            before = self.work
            todo = [(line.through(), [start, *(at for at in first if at != start)])]
            while todo and self.work - before < self._budget() / len(first):
                through, (alone, *rest) = todo.pop()
                try:
                    along = Line(self.names, self.dimensions, self.random, line.sizes, SMOOTH, through, alone)
                except UnluckyDrawError:
                    continue
                yield from along.pieces(smooth=False)
                todo += [(corner, rest) for corner in along.corners() if rest]

    def _combinations(self) -> Iterator[Data]:
        """Yield all combinations of whole numbers near zero and near those that are written, and of labels; or many of them."""
        near = {0, 1, 2, *(round(number) + step for number in self.needs.numbers for step in (-1, 0, 1))}
        whole = sorted({*near, *(-number for number in near)}, key=lambda number: (number < 0, number))
        most = self.sizes.largest(self.needs.beyond + 1)
        tried = distinct((self.sizes.smallest(), self.sizes.small(), self.sizes.largest(), most))
        for sizes in tried:
            before, source = self.work, Combined(self._numbers(), whole, MOST_COMBINATIONS)
            for _ in source.rounds():
                with suppress(UnluckyDrawError):
                    data = Data(self.names, self.dimensions, source, sizes)
                    data.by_chance = False
                    yield data
                if self.work - before > COMBINED_WORK / len(tried):
                    break

    def _flips(self) -> Iterator[Data]:
        """Yield points that lead to where a comparison comes out differently that came out the same so far, one after the other."""
        before = self.work
        signs: dict[int, set[bool]] = {}
        tries: dict[int, int] = {}
        for seed in range(FLIPS):
            alike = [at for at, seen in signs.items() if len(seen) == 1 and tries.get(at, 0) < TRIES]
            if seed >= STARTS and not alike:
                return
            wanted = alike[0] if seed >= STARTS else None
            for trial in self._search(SEED + seed):
                with noted() as found:
                    yield trial
                for at, difference in enumerate(found):
                    signs.setdefault(at, set()).add(difference > 0)
                if wanted is None or len(signs[wanted]) > 1:
                    break
                if wanted < len(found):
                    trial.claim(found[wanted] if True in signs[wanted] else -found[wanted])
                if self.work - before > FLIPS_WORK * self._budget():
                    return
            if wanted is not None:
                tries[wanted] = tries.get(wanted, 0) + 1

    def _search(self, seed: int) -> Iterator[Trial]:
        sizes = self.sizes.smallest()
        yield from Lowest(
            self.names,
            self.dimensions,
            sizes,
            self.needs.used,
            self.needs.smooth,
            seed,
            equal=False,
            aside=True,
        ).trials()

    def _patterns(self) -> Iterator[Data]:
        """Yield patterns at sizes beyond the usual ones, where an inequality may fail."""
        for size in BEYOND if free_dimensions(self.names) else ():
            sizes = completed(dict.fromkeys(free_dimensions(self.names), size), self.names, self.dimensions)
            for pattern in PATTERNS if sizes else ():
                with suppress(UnluckyDrawError):
                    yield Patterned(self.names, self.dimensions, self._numbers(), sizes or {}, pattern)

    def _descents(self) -> Iterator[Data]:
        """Yield points that lead to where an inequality is nearest to failing."""
        starts: list[tuple[Mapping[str, int], bool]] = [
            (self.sizes.small(), False),
            (self.sizes.largest(), True),
        ]
        if not free_dimensions(self.names):
            starts = [({}, not at) for at in range(STARTS)]
        for at, (sizes, equal) in enumerate(starts):
            before = self.work
            search = Lowest(
                self.names, self.dimensions, sizes, self.needs.used, self.needs.smooth, SEED + at, equal
            )
            for trial in search.trials():
                yield trial
                if self.work - before > MAX_WORK / len(starts):
                    break

    def _budget(self) -> int:
        return MAX_SMOOTH_WORK if self.needs.smooth else MAX_WORK

    def _unsure(self) -> bool:
        """Say whether another draw is wanted, and can be afforded."""
        needs, tried = self.needs, len(self.done)
        if self.proved:
            more = self.sizes.few() or self.work < PROVED_WORK
            return tried < LEAST or (self.sizes.wanted() and more)
        least = KINKED_DRAWS if needs.kinked else LEAST
        most = max(least, MOST_DRAWS if needs.kinked else EDGED_DRAWS if needs.edged else 0)
        affordable = self.work < self._budget()
        if not self.sizes.wanted() and self.work < self._budget() / 4:
            self.sizes.take_more()
        return self.sizes.wanted() or tried < (most if affordable else least)

    def _numbers(self) -> Numbers:
        """Small ones come first, because a mismatch shows them."""
        needs, turn = self.needs, len(self.done) or int(self.unlucky >= CRAMPED)
        whole = sorted(
            {0, 1, 2, *(abs(near + step) for near in map(round, needs.numbers) for step in (-1, 0, 1))}
        )
        if turn % 2:  # ties
            whole = [whole[turn // 2 % len(whole)]]
        if needs.rational:
            return Numbers(self.random, LARGE if turn else SMALL, whole=whole)
        if not (needs.kinked or needs.edged):  # near zero exp(-1000 x^2) shows that it is not zero
            negative = SIGNS[turn : turn + 1] if turn < 3 else SIGNS
            scale = NEAR_ZERO if turn % 3 == 2 else 1
            return Numbers(self.random, scales=(scale,), negative=negative, whole=whole)
        near = [number for number in needs.numbers if not needs.smooth or number <= FAR]
        far = (
            Fraction(FAR) if needs.smooth else 2 * max([Fraction(1), *near, *(1 / number for number in near)])
        )
        if turn < 2 and not needs.smooth:
            largest = math.ceil(max(Fraction(MEDIUM), far)) if turn else UNEQUAL
            return Numbers(self.random, largest, negative=SIGNS, whole=whole)
        near += [Fraction()] * (1 + len(near))
        return Numbers(self.random, 0, (1 / far, Fraction(1), far), near, SIGNS, whole)


def _between_turns(differences: Mapping[Fraction, Sequence[Number]]) -> Fraction | None:
    """Return a place between the two of one part that are farthest apart among those at which its comparisons turn."""
    apart: list[tuple[Fraction, Fraction]] = []
    for low, high in pairwise(sorted(differences)):
        pairs = list(zip(differences[low], differences[high], strict=False))
        turns = sorted({_turn(a, b) for a, b in pairs if (a > 0) != (b > 0)})
        if len(differences[low]) != len(differences[high]):  # not the same comparisons
            turns = [Fraction(), Fraction(1)]
        apart += [
            ((right - left) * (high - low), low + (left + right) / 2 * (high - low))
            for left, right in pairwise(turns)
        ]
    return max(apart)[1] if apart and max(apart)[0] > NEAR_TURNS else None


def _turn(a: Number, b: Number) -> Fraction:
    """Return the share of the way from a to b at which 0 lies."""
    return Fraction(round(float(a / (a - b)) * RESOLUTION), RESOLUTION)


SIZES, FEWEST = 5, 3  # so many each letter takes, from 1; and no fewer, whatever happens


class Sizes:
    """The sizes that are tried: first small ones of which no two are equal, until every letter has taken each that is wanted.

    Parameters
    ----------
    names, dimensions
        What was declared.
    generator : random.Random
        The source of chance.
    count : int
        How many sizes each letter takes: those beyond the usual number only where there is time.
    beyond : int
        With one beyond this number, if it is not 0.
    """

    def __init__(
        self, names: Names, dimensions: Dimensions, generator: random.Random, count: int, beyond: int
    ) -> None:
        self.names, self.dimensions, self.random = names, dimensions, generator
        smallest = {letter: dimensions.smallest.get(letter, 1) for letter in free_dimensions(names)}
        last = [beyond + 1] * bool(beyond)
        usual = min(count, MAX_SIZES)
        self.all = {letter: [*range(least, least + usual), *last] for letter, least in smallest.items()}
        self.more = {letter: [*range(least + usual, least + count)] for letter, least in smallest.items()}
        self.open = {letter: list(sizes) for letter, sizes in self.all.items()}
        self.taken: dict[str, set[int]] = {letter: set() for letter in self.all}

    def next(self) -> Mapping[str, int]:
        """Return the sizes to try next."""
        if not any(self.taken.values()):
            return self.small()
        other: Mapping[str, int] | None = None
        for attempt in range(MOST_CHOICES):
            choice = {}
            for letter, sizes in self.all.items():
                from_all = attempt and self.random.random() < 0.5
                choice[letter] = self.random.choice((not from_all and self.open[letter]) or sizes)
            if (found := completed(choice, self.names, self.dimensions)) is not None:
                if not self.wanted() or any(choice[letter] in self.open[letter] for letter in choice):
                    return found
                other = found
        self.open = {letter: [] for letter in self.open}  # the sizes that are left do not fit together
        return self.small() if other is None else other

    def few(self) -> bool:
        """Say whether a letter has taken hardly any size."""
        return any(len(sizes) < FEWEST for sizes in self.taken.values())

    def wanted(self) -> bool:
        """Say whether a letter has not taken all its sizes."""
        return any(self.open.values())

    def take_more(self) -> None:
        """Let every letter take one size more, if more are wanted than the usual ones."""
        for letter, more in self.more.items():
            if more:
                size = more.pop(0)
                self.all[letter].append(size)
                self.open[letter].append(size)

    def give_up(self, sizes: Mapping[str, int]) -> None:
        """Leave out the largest of these sizes, and larger ones: they take too much work."""
        free = {letter: size for letter, size in sizes.items() if letter in self.all}
        largest = max(free.values(), default=0)
        for letter in [letter for letter, size in free.items() if size == largest]:
            self.all[letter] = [size for size in self.all[letter] if size < largest]
            self.open[letter] = [size for size in self.open[letter] if size < largest]

    def smallest(self) -> Mapping[str, int]:
        """Return the smallest sizes that there can be."""
        least = {letter: sizes[0] for letter, sizes in self.all.items()}
        found = completed(least, self.names, self.dimensions)
        return self.small() if found is None else found

    def largest(self, end: int = SIZES) -> Mapping[str, int]:
        """Return the largest of the usual sizes, or those up to another end, or what is nearest to them."""
        most = {letter: min(sizes[-1], max(end, SIZES)) for letter, sizes in self.all.items()}
        found = completed(most, self.names, self.dimensions)
        return self.small() if found is None else found

    def small(self) -> Mapping[str, int]:
        """Return small sizes of which no two are equal."""
        return choose_sizes(self.names, self.dimensions, self.random, 2)

    def tried(self, sizes: Mapping[str, int]) -> None:
        """Take note of sizes at which the sides could be compared."""
        for letter, size in sizes.items():
            if letter in self.taken:
                self.taken[letter].add(size)
            if size in self.open.get(letter, []):
                self.open[letter].remove(size)
