"""What all constructs of a formula share: a place in the source, parts, a type and a value."""

import math
from dataclasses import dataclass, fields
from typing import NamedTuple

from ...errors import DerivationError, Place


class Type(NamedTuple):
    """Shape of a node, as names of dimensions, and the index letters it leaves free."""

    shape: tuple
    free: frozenset = frozenset()


def shape_text(shape):
    """Return a shape in words."""
    return " × ".join(shape) if shape else "a scalar"


def free(types):
    """Return the index letters that any of the types leaves free."""
    return frozenset().union(*(type_.free for type_ in types))


@dataclass(frozen=True, eq=False)
class Node:
    """A part of a formula; it can key a memo, because it is compared by identity.

    A construct is a subclass, a dataclass of its parts, with two rules: its `shape`, from the shapes of the parts, and
    how to `evaluate` it at a `Point`: the entries, row by row. With more to say than a shape it replaces `infer`.
    """

    place: Place

    def __init_subclass__(cls):
        dataclass(frozen=True, eq=False)(cls)

    @property
    def latex(self):
        """The LaTeX that the node was read from."""
        return self.place.latex

    def parts(self):
        """Yield the nodes that this node is made of, in order."""
        below = [getattr(self, field.name) for field in reversed(fields(self)[1:])]
        while below:
            part = below.pop()
            if isinstance(part, Node):
                yield part
            elif type(part) is tuple:
                below += reversed(part)

    def walk(self):
        """Yield this node and all nodes below it."""
        yield self
        for part in self.parts():
            yield from part.walk()

    def infer(self, scope):
        """Return the `Type`, within a `Scope`."""
        types = [scope.infer(part) for part in self.parts()]
        return Type(self.shape(*(type_.shape for type_ in types)), free(types))

    def shape(self):
        """Return the shape, from the shapes of the parts."""
        return ()

    def operations(self, shape):
        """Return about how many multiplications `evaluate` makes, given what returns the sizes of a node."""
        return math.prod(shape(self))

    def mentions(self, names):
        """Return the names of the symbols that this node itself refers to."""
        return ()

    def error(self, message):
        """Return an error at this node."""
        return DerivationError(message, self.place)

    def require_scalar(self, shape, message):
        """Refuse this node, of the given shape, where only one number can stand."""
        if shape:
            raise self.error(f"{message}; {self.latex} is {shape_text(shape)}")
