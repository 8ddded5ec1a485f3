"""The products: which shapes each of them takes, and which one it gives."""

from dataclasses import dataclass

from .errors import DerivationError


@dataclass(frozen=True)
class Type:
    """Shape of a node, and the index letters it leaves free."""

    shape: tuple
    free: frozenset


def shape_text(shape):
    """Return a shape in words."""
    return " × ".join(shape) if shape else "a scalar"


def union_of_free(types):
    """Return the index letters that any of them leaves free."""
    return frozenset().union(*(type_.free for type_ in types))


class Products:
    """Infers the types of products from those of their factors, which `infer` finds."""

    def _product(self, node, scope, bound):
        found = [self.infer(factor, scope, bound) for factor in node.factors]
        shape, latex = found[0].shape, node.factors[0].latex
        for factor, type_ in zip(node.factors[1:], found[1:], strict=True):
            shape = self._multiply(latex, shape, factor, type_.shape)
            latex = f"{latex} {factor.latex}"
        return Type(shape, union_of_free(found))

    def _multiply(self, latex, left, factor, right):
        if not left or not right:
            return left or right
        if len(left) != 2 or len(right) != 2 or left[1] != right[0]:
            hint = r"; equal shapes: the Hadamard product is written \odot" if left == right else ""
            raise DerivationError(
                f"matrix product: left factor {latex} is {shape_text(left)}, right factor {factor.latex} is "
                f"{shape_text(right)}: inner sizes {left[-1]} and {right[0]} differ{hint}",
                factor.place,
            )
        shape = (left[0], right[1])
        return () if shape == ("1", "1") else shape

    def _hadamard(self, node, scope, bound):
        shapes, every = [], []
        for operand in node.operands:
            found = [self.infer(factor, scope, bound) for factor in operand]
            arrays = [type_.shape for type_ in found if type_.shape]
            if len(arrays) > 1:
                latex = " ".join(factor.latex for factor in operand)
                raise DerivationError(
                    rf"{node.latex} is ambiguous: write ({latex}) \odot …, or put the parentheses "
                    r"around the \odot",
                    node.place,
                )
            shapes.append(arrays[0] if arrays else ())
            every += found
        for operand, shape in zip(node.operands[1:], shapes[1:], strict=True):
            if shape != shapes[0]:
                left = " ".join(factor.latex for factor in node.operands[0])
                right = " ".join(factor.latex for factor in operand)
                raise DerivationError(
                    f"Hadamard product: {left} is {shape_text(shapes[0])}, {right} is {shape_text(shape)}: "
                    "the shapes must be equal",
                    operand[0].place,
                )
        return Type(shapes[0], union_of_free(every))

    def _dot(self, node, scope, bound):
        left, right = self.infer(node.left, scope, bound), self.infer(node.right, scope, bound)
        if not left.shape or not right.shape:
            return Type(left.shape or right.shape, union_of_free((left, right)))
        self._pair(node, left, right, "dot product")
        if "1" not in left.shape:
            raise DerivationError(
                r"the dot product is for two vectors; for matrices write \odot, a matrix product, or \langle , \rangle",
                node.place,
            )
        return Type((), union_of_free((left, right)))

    def _inner(self, node, scope, bound):
        left, right = self.infer(node.left, scope, bound), self.infer(node.right, scope, bound)
        self._pair(node, left, right, "inner product")
        return Type((), union_of_free((left, right)))

    def _pair(self, node, left, right, what):
        if left.shape != right.shape:
            raise DerivationError(
                f"{what}: {node.left.latex} is {shape_text(left.shape)}, {node.right.latex} is "
                f"{shape_text(right.shape)}: the shapes must be equal",
                node.place,
            )
