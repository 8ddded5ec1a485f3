"""Sums and products over index letters, and the Kronecker delta."""

from ..scope import Scope
from ..shapes import Index, Shifted, Type, shape_text
from .node import Node

SIZES = {str(size) for size in range(1, 13)}  # that a sum may end at


class Sum(Node):
    r"""$\sum_{ij}$, $\sum_{i=1}^{n}$ with a dimension as `bound`, or $\sum_{j \ne i}$ over all `besides` one.

    In $\sum_{p=0}^{k-1}$ the `limits` say from where to where the letter runs; where the last is less, the sum is empty.
    """

    letters: tuple[str, ...]
    bound: str | None
    body: Node
    besides: Index | None = None
    limits: tuple[Index, Index] | None = None

    def infer(self, scope: Scope) -> Type:
        again = scope.bound & set(self.letters)
        if again:
            raise self.error(f"index {min(again)} is already summed over outside: rename it here")
        if self.bound and self.bound not in SIZES and self.bound not in scope.dimensions.declared:
            raise self.error(f"a sum ends at a dimension that the where part names, not at {self.bound}")
        linear = (
            type(self) is Sum
        )  # with a factor inside that sums over the same letter, it is a product of two sums
        inner = scope.inside(self.letters, shadowed=linear)
        if self.bound:
            for letter in self.letters:
                inner.fix(self, letter, self.bound, self.latex)
                inner.range(letter).said = True
        outer: frozenset[str] = frozenset()
        if self.limits is not None:
            end = self.limits[1]
            if (
                isinstance(end, Shifted)
                and end.names == {end.text}
                and end.text not in {*scope.ranges, *scope.dimensions.declared, *scope.dimensions.steps}
            ):
                raise self.error(f"a sum ends at a dimension that the where part names, not at {end.text}")
            outer = outer.union(*(scope.letters(self, limit) for limit in self.limits))
            inner.ranges |= {letter: scope.ranges[letter] for letter in outer}
            if outer & set(self.letters):
                raise self.error(f"{self.letters[0]} cannot run to a limit that is made of itself")
            inner.range(self.letters[0]).limited = not self.bound
        if self.besides is not None:
            outer = inner.link(self, self.letters[0], self.besides)
        body = inner.infer(self.body)
        scope.leave(self, self.letters, inner)
        return Type(body.shape, (body.free | outer) - set(self.letters))


class Prod(Sum):
    r"""$\prod_i$: a product over an index, of numbers or of square matrices, which stand from the first value to the last."""

    def infer(self, scope: Scope) -> Type:
        found = super().infer(scope)
        if found.shape and (found.shape[0] != found.shape[-1] or len(self.letters) > 1):
            raise self.error(
                "a product over an index is one of numbers, or over one letter of square matrices; "
                f"{self.body.latex} is {shape_text(found.shape)}; it reaches up to the next + or -, unless parentheses end it"
            )
        return found


class Falling(Prod):
    r"""$\prod_s$ of matrices that stand from the last value of the index to the first."""


class Most(Sum):
    r"""$\max_j$: the largest number."""


class Least(Most):
    r"""$\min_j$: the smallest number."""


class Delta(Node):
    r"""$\delta_{ij}$: 1 where the indices are equal, else 0."""

    left: Index
    right: Index

    def infer(self, scope: Scope) -> Type:
        return Type((), scope.link(self, self.left, self.right))


class Only(Node):
    r"""What stands before $\text{for } t < T$: 0 where the comparison of the two indices does not hold."""

    left: Index
    relation: str
    right: Index
    body: Node

    def infer(self, scope: Scope) -> Type:
        letters = scope.letters(self, self.left) | scope.letters(self, self.right)
        body = scope.infer(self.body)
        scope.follow(self.left, self.right)
        return Type(body.shape, body.free | letters)


class Counter(Node):
    r"""The $t$ of $w^t$: an index letter that is used as a number."""

    letter: str

    def infer(self, scope: Scope) -> Type:
        return Type((), scope.letters(self, self.letter))
