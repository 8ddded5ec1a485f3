"""The proof of a line: both sides have the same normal form, so they are equal for all sizes and all values."""

from collections.abc import Sequence
from itertools import pairwise

from ..errors import DerivationError
from ..meaning.names import Names
from ..meaning.nodes import Node
from ..meaning.scope import Dimensions
from ..meaning.shapes import Shape
from .canonical import Keys, TooLongError
from .enter import Entries
from .simplify import normal
from .terms import Letter


def proofs(
    names: Names, dimensions: Dimensions, sides: Sequence[Node], shape: Shape, letters: dict[str, str]
) -> list[bool]:
    """Say of every side but the first whether it is proved equal to the one before.

    False means that the normal forms differ, or that a side has something in it that has no normal form yet. It does not
    mean that the line is wrong.
    """
    entries = Entries(names, dimensions)
    at = entries.letters(shape)
    free = {name: Letter(size, name) for name, size in letters.items()}
    keys = Keys.of(names)
    found: list[str] = []
    for side in sides:
        try:
            found.append(keys.key(normal(entries.of(side, at, free), keys)))
        except (DerivationError, RecursionError, TooLongError):
            found.append("")
    return [bool(one) and one == other for one, other in pairwise(found)]
