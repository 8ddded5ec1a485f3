"""Shapes are tuples of dimension *names*, so h × y against 1 × h clashes whatever the numbers are."""

import math
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


class Type(NamedTuple):
    """Shape of a node, as names of dimensions, and the index letters it leaves free."""

    shape: Shape
    free: frozenset[str] = frozenset()


def shape_text(shape: Shape) -> str:
    """Return a shape in words."""
    return " × ".join(shape) if shape else "a scalar"


def free(types: Iterable[Type]) -> frozenset[str]:
    """Return the index letters that any of the types leaves free."""
    return frozenset().union(*(type_.free for type_ in types))


def together(*axes: str) -> str:
    """Return the dimension of as many entries as an array with these axes has: n·m."""
    parts = sorted(part for axis in axes for part in axis.split("·"))
    number = math.prod(int(part) for part in parts if part.isdigit())
    return "·".join([str(number)] * (number > 1) + [part for part in parts if not part.isdigit()]) or "1"


def length(axis: str, sizes: Mapping[str, int]) -> int:
    """Return the length of an axis, which may be a product of dimensions."""
    return math.prod(int(part) if part.isdigit() else sizes[part] for part in axis.split("·"))
