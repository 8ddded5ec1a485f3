r"""Steps of a sequence, such as $h_t$, and derivatives with respect to one of them: the others are made of it, or are not."""

from dataclasses import dataclass

from ..scope import Scope
from ..shapes import Index, Type
from .calculus import Cotangent, Partial
from .node import Node


class Step(Node):
    r"""$h_{t-1}$ or $a^{(l)}$: what the sequence of this name is at one step, of `count` steps."""

    name: str
    index: Index
    count: str

    def infer(self, scope: Scope) -> Type:
        return Type(scope.shape(self, self.name), scope.step(self, self.index, self.count))

    @property
    def reference(self) -> "Reference":
        """What refers to this step."""
        return Reference(self.name, self.index, self.count, self.latex)


@dataclass(frozen=True)
class Reference:
    """A step that is referred to, and not evaluated: name, index and latex, and how many steps there are."""

    name: str
    index: Index
    count: str
    latex: str


class StepCotangent(Cotangent):
    r"""$\bar h_t$: the derivative with respect to one step, on which the later ones depend."""

    index: Index
    count: str

    def infer(self, scope: Scope) -> Type:
        return Type(super().infer(scope).shape, scope.step(self, self.index, self.count))


class StepPartial(Partial):
    r"""$\frac{\partial J}{\partial h_t}$, or $\frac{\partial^+ h_t}{\partial U}$ with the one step that is `opened`, or both."""

    by: Reference | None
    opened: Reference | None

    def infer(self, scope: Scope) -> Type:
        found = super().infer(scope)
        steps = [scope.step(self, at.index, at.count) for at in (self.by, self.opened) if at]
        return Type(found.shape, found.free.union(*steps))
