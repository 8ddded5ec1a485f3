"""Arrays: symbols and numbers, their entries, sums and transposes."""

from fractions import Fraction

from ..scope import Scope
from ..shapes import Index, Shape, Type, free, shape_text, stacked
from .node import Node


class Number(Node):
    """$2$ or $0.5$."""

    value: Fraction


class Size(Node):
    r"""The $n$ of $\frac1n$: a dimension used as a number."""

    name: str


class Symbol(Node):
    """$A$: a declared or defined quantity, or the parameter of a function."""

    name: str

    def infer(self, scope: Scope) -> Type:
        return Type(scope.shape(self, self.name))


class Entry(Node):
    """$[A]_{ij}$: one entry; an index is a letter, or a number from 1."""

    body: Node
    indices: tuple[Index, ...]

    def infer(self, scope: Scope) -> Type:
        body = scope.infer(self.body)
        return Type((), body.free | scope.index(self, self.indices, body.shape, self.latex))


class Row(Node):
    """The $x_i$ that is the i-th of many vectors: a row of the array of all of them, as a column."""

    body: Node
    index: Index

    def infer(self, scope: Scope) -> Type:
        body = scope.infer(self.body)
        if len(body.shape) != 2:
            raise self.error(
                f"{self.latex} would be a row of {self.body.latex}, which is {shape_text(body.shape)}"
            )
        return Type(
            (body.shape[1], "1"), body.free | scope.index(self, (self.index,), body.shape[:1], self.latex)
        )


class Transpose(Node):
    r"""$A^{\mathsf T}$: rows become columns."""

    body: Node

    def shape(self, body: Shape) -> Shape:
        if len(body) > 2:
            raise self.error("only a matrix has a transpose")
        return body[::-1]


class Spread(Node):
    r"""The $1$ of $1 - a$: a number, a row or a column that stands at every place of an array of the shape `over`."""

    body: Node
    over: Shape

    def infer(self, scope: Scope) -> Type:
        return Type(self.over, scope.infer(self.body).free)


class Matrix(Node):
    r"""$\begin{bmatrix} a & b \\ c & d \end{bmatrix}$: a matrix that is written out, with numbers in it."""

    entries: tuple[Node, ...]
    columns: int

    def shape(self, *shapes: Shape) -> Shape:
        for entry, shape in zip(self.entries, shapes, strict=True):
            entry.require_scalar(shape, "a matrix that is written out has numbers in it")
        found = (str(len(self.entries) // self.columns), str(self.columns))
        return () if found == ("1", "1") else found


class Block(Node):
    r"""$\begin{bmatrix} A & B \end{bmatrix}$: arrays beside each other and one below the other; a number is one of them."""

    entries: tuple[Node, ...]
    columns: int

    def infer(self, scope: Scope) -> Type:
        types = [scope.infer(entry) for entry in self.entries]
        shapes = [type_.shape or ("1", "1") for type_ in types]
        for at, (entry, shape) in enumerate(zip(self.entries, shapes, strict=True)):
            if len(shape) != 2:
                raise entry.error(
                    f"{entry.latex} is {shape_text(shape)}: a block is a matrix, a vector or a number"
                )
            row, column = at - at % self.columns, at % self.columns
            for axis, other, one in ((0, row, "high"), (1, column, "wide")):
                if shape[axis] != shapes[other][axis]:
                    raise entry.error(
                        f"blocks in one {'row' if axis == 0 else 'column'} are equally {one}: {self.entries[other].latex} is "
                        f"{shape_text(shapes[other])}, {entry.latex} is {shape_text(shape)}"
                    )
        follows = scope.dimensions.follows
        rows = stacked([shape[0] for shape in shapes[:: self.columns]], follows)
        columns = stacked([shape[1] for shape in shapes[: self.columns]], follows)
        return Type((rows, columns), free(types))


class Add(Node):
    """$A + B - C$; `signs` are +1 or -1."""

    terms: tuple[Node, ...]
    signs: tuple[int, ...]

    def shape(self, first: Shape, *shapes: Shape) -> Shape:
        for term, shape in zip(self.terms[1:], shapes, strict=True):
            if shape != first:
                number = r": to add a number to every entry, declare \mathbf 1 as \text{ones} of that shape"
                raise term.error(
                    f"sum of different shapes: {self.terms[0].latex} is {shape_text(first)}, "
                    f"{term.latex} is {shape_text(shape)}{'' if shape and first else number}"
                )
        return first
