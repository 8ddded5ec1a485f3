"""What all constructs of a formula share: a place in the source, parts and a type."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, ClassVar, dataclass_transform

from ...errors import DerivationError, Place
from ..scope import Scope
from ..shapes import Shape, Type, free, shape_text


@dataclass_transform(frozen_default=True, eq_default=False)
class _Construct:
    made_of: ClassVar[tuple[str, ...]] = ()
    """The names of what holds the parts: all fields but the place."""

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True, eq=False)(cls)
        cls.made_of = tuple(field.name for field in fields(cls)[1:])  # type: ignore[arg-type]


class Node(_Construct):
    """A part of a formula; it can key a memo, because it is compared by identity.

    A construct is a subclass, a dataclass of its parts, with one rule: its `shape`, from the shapes of the parts.
    With more to say than a shape it replaces `infer`. Its value is in the file of the same name in `numbers/values/`.
    """

    place: Place

    @property
    def latex(self) -> str:
        """The LaTeX that the node was read from."""
        return self.place.latex

    def parts(self) -> Iterator["Node"]:
        """Yield the nodes that this node is made of, in order."""
        below: list[Any] = [getattr(self, name) for name in reversed(self.made_of)]
        while below:
            part = below.pop()
            if isinstance(part, Node):
                yield part
            elif type(part) is tuple:
                below += reversed(part)

    def walk(self) -> Iterator["Node"]:
        """Yield this node and all nodes below it."""
        yield self
        for part in self.parts():
            yield from part.walk()

    def infer(self, scope: Scope) -> Type:
        """Return the `Type`, within a `Scope`."""
        types = [scope.infer(part) for part in self.parts()]
        return Type(self.shape(*(type_.shape for type_ in types)), free(types))

    def shape(
        self, *shapes: Any, **_: Any
    ) -> Shape:  # so typed, a construct may name the shapes of its parts
        """Return the shape, from the shapes of the parts."""
        return ()

    def error(self, message: str) -> DerivationError:
        """Return an error at this node."""
        return DerivationError(message, self.place)

    def require_scalar(self, shape: Shape, message: str) -> None:
        """Refuse this node, of the given shape, where only one number can stand."""
        if shape:
            raise self.error(f"{message}; {self.latex} is {shape_text(shape)}")
