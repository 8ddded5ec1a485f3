"""The code in the pages of gradients: whatever a box calls `f` and `f_back` is compared with differences, entry by entry.

The differences hold fixed what a box takes as `held`.
"""

import ast
import copy
import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from book.boxes import Pass, boxes, passes, several

H = 1e-3  # the formula of four points is right to the fourth power of it
BOXES = boxes()


def as_result(Y: Any, arrays: Iterator[Any]) -> Any:
    """Return one array, or a tuple of them, as the result is one."""
    return tuple(arrays) if isinstance(Y, tuple) else next(arrays)


def back(found: Pass, args: list[Any], Y_bars: Callable[[Any], Any]) -> tuple[Any, ...]:
    """Return the results and the cotangents of the arguments, from cotangents that are made of each result."""
    Y, kept = found.forward(*args, **found.settings)
    Y_bar = as_result(Y, (Y_bars(part) for part in several(Y)))
    return (*several(Y), *several(found.backward(Y_bar, *kept)))


def of_type(value: Any, dtype: type) -> Any:
    """Return a copy that nobody may write into; numbers with a point are of the type."""
    if not isinstance(value, np.ndarray):
        return value
    kind = {"f": dtype, "c": np.result_type(dtype, np.complex64)}.get(value.dtype.kind, value.dtype)
    copy = value.astype(kind)
    copy.flags.writeable = False
    return copy


def differences(f: Callable[[Any], Any], X: Any) -> Any:
    """Return the gradient of a number by each entry, and each part of it, from four points."""
    gradient = np.zeros_like(X)
    for at in np.ndindex(X.shape):
        for part in (1, 1j) if np.iscomplexobj(X) else (1,):
            values = []
            for step in (-2, -1, 1, 2):
                moved = X.copy()
                moved[at] += step * H * part
                values.append(f(moved))
            gradient[at] += part * (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * H)
    return gradient


def random(rng: np.random.Generator, Y: Any) -> Any:
    """Return a cotangent of Y, drawn at random."""
    parts = rng.normal(size=(2, *np.shape(Y)))
    return parts[0] + 1j * parts[1] if np.iscomplexobj(Y) else parts[0]


@functools.cache
def compared(box: str) -> list[list[tuple[Any, Any]]]:
    """Return, of each pass of a box, each cotangent beside the derivative."""
    return [list(beside(found)) for found in passes(BOXES[box])]


def forth(found: Pass) -> tuple[list[Any], Any, Any]:
    """Return arguments, a cotangent of the result, and what is kept."""
    # The boxes draw their arguments with 0; a cotangent that is one of them shows less.
    rng = np.random.default_rng(16)
    args = [of_type(arg, np.float64) for arg in found.args]
    Y, kept = found.forward(*args, **found.settings)
    return args, as_result(Y, (random(rng, part) for part in several(Y))), kept


def beside(found: Pass) -> Iterator[tuple[Any, Any]]:
    args, Y_bar, kept = forth(found)
    held = {"held": kept[-1]} if "held" in inspect.signature(found.forward).parameters else {}
    for i, X_bar in enumerate(several(found.backward(Y_bar, *kept))):

        def number(X: Any, i: int = i) -> Any:
            moved, _ = found.forward(*args[:i], X, *args[i + 1 :], **found.settings, **held)
            pairs = zip(several(moved), several(Y_bar), strict=True)
            return sum(np.sum(part * part_bar.conj()).real for part, part_bar in pairs)

        assert X_bar.shape == args[i].shape
        yield X_bar, differences(number, args[i])


def error(X_bar: Any, expected: Any) -> float:
    """Return how far a cotangent is from the derivative, measured by its largest entry."""
    return float(np.max(np.abs(X_bar - expected)) / max(1e-3, np.max(np.abs(expected))))


@pytest.mark.parametrize("box", BOXES)
def test_each_backward_pass_is_the_derivative(box):
    assert max(error(*pair) for pairs in compared(box) for pair in pairs) < 1e-8


@pytest.mark.parametrize("box", BOXES)
def test_a_backward_pass_is_linear_in_the_cotangent(box):
    """With the test before, at random cotangents, it is right for all of them; and it leaves what was kept as it is."""
    for found in passes(BOXES[box]):
        rng = np.random.default_rng(17)
        args = [of_type(arg, np.float64) for arg in found.args]
        Y, kept = found.forward(*args, **found.settings)
        first, second = (as_result(Y, (random(rng, part) for part in several(Y))) for _ in range(2))
        both = as_result(Y, (2 * a - b for a, b in zip(several(first), several(second), strict=True)))
        backs = (several(found.backward(Y_bar, *kept)) for Y_bar in (first, second, both))
        for one, other, together in zip(*backs, strict=True):
            np.testing.assert_allclose(together, 2 * one - other, rtol=1e-9, atol=1e-9)


def strided(X: Any) -> Any:
    """Return the same array as every second entry, backwards, of a larger one."""
    if not isinstance(X, np.ndarray) or not X.ndim:
        return X
    large = np.repeat(X[..., ::-1], 2, axis=-1)
    return large[..., ::-2]


@pytest.mark.parametrize("box", BOXES)
def test_an_array_may_be_a_view(box):
    for found in passes(BOXES[box]):
        args = [of_type(arg, np.float64) for arg in found.args]
        plain = back(found, args, np.ones_like)
        views = back(found, [strided(arg) for arg in args], lambda Y: strided(np.ones_like(Y)))
        for one, other in zip(plain, views, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("box", BOXES)
def test_single_precision_in_is_single_precision_out(box):
    for found in passes(BOXES[box]):
        results = []
        for dtype in (np.float64, np.float32):
            args = [of_type(arg, dtype) for arg in found.args]
            settings = {name: of_type(value, dtype) for name, value in found.settings.items()}
            given = back(found._replace(settings=settings), args, np.ones_like)
            assert {X.real.dtype for X in given} == {np.dtype(dtype)}
            results.append(given)
        for exact, rounded in zip(*results, strict=True):
            np.testing.assert_allclose(rounded, exact, rtol=1e-4, atol=1e-4)


FAULTS: dict[str, Callable[[Any], Any]] = {
    "a factor": lambda X: X * (1 + 1e-6),
    "the sign": lambda X: -X,
    "the conjugate": lambda X: X.conj(),
    "the order of the last axis": lambda X: X[..., ::-1],
    "a term too many": lambda X: X + 1e-6 * np.max(np.abs(X)),
}


@pytest.mark.parametrize("box", BOXES)
def test_a_small_fault_is_seen(box):
    """In each cotangent of each box, unless the fault leaves it as it is: an example whose gradient is 0, or symmetric, shows nothing."""
    for pairs in compared(box):
        for X_bar, expected in pairs:
            for fault in FAULTS.values() if X_bar.ndim else ():
                wrong = fault(X_bar)
                assert np.array_equal(wrong, X_bar) or error(wrong, expected) > 1e-8


class Slip(ast.NodeTransformer):
    """Makes one slip in a program: a sign, a factor, a term, a transpose or a sum is lost, or two factors are swapped."""

    def __init__(self, which: int):
        self.left, self.made = which, ""

    def visit(self, node: ast.AST) -> ast.AST:
        for other in self.slips(node):
            self.left -= 1
            if self.left == -1:
                self.made = f"{ast.unparse(node)} -> {ast.unparse(other)}"
                return other
        return self.generic_visit(node)

    def slips(self, node: ast.AST) -> Iterator[ast.AST]:
        match node:
            case ast.BinOp(left, ast.Add(), right):
                yield ast.BinOp(left, ast.Sub(), right)
            case ast.BinOp(left, ast.Sub(), right):
                yield ast.BinOp(left, ast.Add(), right)
            case ast.BinOp(left, ast.Mult(), right):
                yield from (left, right)
            case ast.BinOp(left, ast.Div(), _):
                yield left
            case ast.BinOp(left, ast.MatMult(), right):
                yield ast.BinOp(right, ast.MatMult(), left)
            case ast.UnaryOp(ast.USub(), operand) if not isinstance(operand, ast.Constant):
                yield operand
            case ast.Attribute(value, "T"):
                yield value
            case ast.Call(ast.Attribute(value, "sum" | "mean" | "swapaxes" | "transpose" | "conj")):
                yield value


def slips(box: str) -> Iterator[tuple[str, bool]]:
    """Make each slip in the backward passes of a box, and yield it and whether it is seen."""
    functions = {node.name: node for node in ast.parse(BOXES[box]).body if isinstance(node, ast.FunctionDef)}
    for found, pairs in zip(passes(BOXES[box]), compared(box), strict=True):
        name = found.backward.__name__
        for which in range(1000):
            slip = Slip(which)
            program = ast.Module([slip.visit(copy.deepcopy(functions[name]))], [])
            if not slip.made:
                break
            names = dict(found.backward.__globals__)
            exec(compile(ast.fix_missing_locations(program), "<slip>", "exec"), names)
            _, Y_bar, kept = forth(found)
            try:
                bars = several(names[name](Y_bar, *kept))
                seen = any(
                    X_bar.shape != expected.shape or error(X_bar, expected) > 1e-8
                    for X_bar, (_, expected) in zip(bars, pairs, strict=True)
                )
            except Exception:  # it stops, in whatever way
                seen = True
            yield slip.made, seen


def test_a_slip_in_a_backward_pass_is_seen():
    """Of every hundred all but two: a few change nothing, as where what is swapped commutes."""
    made = [(box, slip, seen) for box in BOXES for slip, seen in slips(box)]
    missed = [f"{box}: {slip}" for box, slip, seen in made if not seen]
    assert len(made) > 800
    assert len(missed) <= 0.02 * len(made), "\n".join(missed)
