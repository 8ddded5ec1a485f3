"""Shapes are tuples of dimension *names*, so h × y against 1 × h clashes whatever the numbers are."""

import itertools
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

Shape = tuple[str, ...]


class Shifted(NamedTuple):
    """What is counted with letters, sizes and whole numbers: the index $i + p - 1$ or $s (i - 1) + p$, the size $m + k - 1$.

    Attributes
    ----------
    text : str
        What was written.
    terms : tuple
        Whole numbers, each with the names that it multiplies.
    """

    text: str
    terms: tuple[tuple[int, tuple[str, ...]], ...]

    def __str__(self) -> str:
        return self.text

    @property
    def names(self) -> frozenset[str]:
        """The letters and sizes in it."""
        return frozenset(name for _, names in self.terms for name in names)

    def value(self, of: Callable[[str], int]) -> int:
        """Return the number that it is, given what each name stands for."""
        return sum(number * math.prod(map(of, names)) for number, names in self.terms)


Index = str | int | Shifted  # a letter, a number from 1, or what is counted with them


def moved(index: Index, by: int) -> Index:
    """Return an index that is that much larger."""
    if isinstance(index, int):
        return index + by
    counted = index if isinstance(index, Shifted) else Shifted(index, ((1, (index,)),))
    text, terms = counted.text, {names: number for number, names in counted.terms}
    terms[()] = terms.get((), 0) + by
    end = re.search(r"\s*[+-]\s*\d+$", text)
    bare = text[: end.start()] if end else text
    constant = (int(end.group().replace(" ", "")) if end else 0) + by
    text = f"{bare}{constant:+d}" if constant else bare
    found = tuple((number, names) for names, number in sorted(terms.items()) if number)
    return text if found == ((1, (text,)),) else Shifted(text, found)


class Type(NamedTuple):
    """Shape of a node, as names of dimensions, and the index letters it leaves free."""

    shape: Shape
    free: frozenset[str] = frozenset()


def shape_text(shape: Shape) -> str:
    """Return a shape in words."""
    return " × ".join(f"({axis})" if "+" in axis else axis for axis in shape) if shape else "a scalar"


def free(types: Iterable[Type]) -> frozenset[str]:
    """Return the index letters that any of the types leaves free."""
    return frozenset().union(*(type_.free for type_ in types))


Counted = dict[tuple[str, ...], int]  # from sizes that are multiplied to how often


def _counted(axis: str) -> Counted:
    """Return what an axis is counted with: h+1 and 2·n are sums of products of sizes."""
    found: Counted = {}
    for term in axis.split("+"):
        parts = term.split("·")
        names = tuple(sorted(part for part in parts if not part.isdigit()))
        found[names] = found.get(names, 0) + math.prod(int(part) for part in parts if part.isdigit())
    return found


def _axis(counted: Counted) -> str:
    terms = [
        "·".join([str(number)] * (number > 1 or not names) + list(names))
        for names, number in sorted(counted.items(), key=lambda term: (not term[0], term[0]))
        if number
    ]
    return "+".join(terms) or "0"


def together(*axes: str) -> str:
    """Return the dimension of as many entries as an array with these axes has: n·m."""
    product: Counted = {(): 1}
    for axis in axes:
        bigger: Counted = {}
        for (left, a), (right, b) in itertools.product(product.items(), _counted(axis).items()):
            names = tuple(sorted(left + right))
            bigger[names] = bigger.get(names, 0) + a * b
        product = bigger
    return _axis(product)


def stacked(axes: Iterable[str], follows: Mapping[str, Shifted]) -> str:
    """Return the dimension of arrays one after the other, h+1; or the size that is said to be that sum."""
    total: Counted = {}
    for axis in axes:
        for names, number in _counted(axis).items():
            total[names] = total.get(names, 0) + number
    known = (
        size
        for size, counted in follows.items()
        if {names: number for number, names in counted.terms} == total
    )
    return next(known, _axis(total))


def length(axis: str, sizes: Mapping[str, int]) -> int:
    """Return the length of an axis, which may be a sum of products of dimensions."""
    return sum(number * math.prod(sizes[name] for name in names) for names, number in _counted(axis).items())
