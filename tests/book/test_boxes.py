"""The code in the pages of gradients: whatever a box calls `f` and `f_back` is compared with differences, entry by entry.

A box has an example, `Y, kept = f(X, …)`. Its backward pass takes the cotangent of Y and what was kept, `f_back(Y_bar, *kept)`,
and returns the cotangents of the first arguments, in their order.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

GRADIENTS = Path(__file__).parents[2] / "docs" / "gradients"
BOX = re.compile(r'^```python exec="1" source="above" result="text"\n(.*?)^```', re.MULTILINE | re.DOTALL)
H = 1e-3  # the formula of four points is right to the fourth power of it


class Pass(NamedTuple):
    """A forward and a backward pass of a box, with the arguments of its example."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]
    args: list[Any]
    settings: dict[str, Any]


def passes(code: str) -> Iterator[Pass]:
    """Run a box and yield what it defines."""
    tree, names = ast.parse(code), {"__name__": "box"}
    exec(compile(tree, "<box>", "exec"), names)
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for back in sorted(name for name in defined if name.endswith("_back")):
        name = back.removesuffix("_back")
        assert name in defined, f"{back} has no {name}"
        calls = [
            node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and ast.unparse(node.value.func) == name
        ]
        assert calls, f"no example of {name}"

        def value(node: ast.expr) -> Any:
            return eval(ast.unparse(node), names)

        settings: dict[str, Any] = {}
        for keyword in calls[0].keywords:
            settings |= {keyword.arg: value(keyword.value)} if keyword.arg else value(keyword.value)
        yield Pass(names[name], names[back], [value(arg) for arg in calls[0].args], settings)


def boxes() -> dict[str, str]:
    """Return the boxes that have a backward pass, by the names of their page and of their functions."""
    found = {}
    for page in sorted(GRADIENTS.glob("*.md")):
        for code in BOX.findall(page.read_text(encoding="utf-8")):
            if backs := re.findall(r"^def (\w+)_back\(", code, re.MULTILINE):
                found[f"{page.stem}: {', '.join(backs)}"] = code
    return found


BOXES = boxes()


def cotangents(back: Any) -> tuple[Any, ...]:
    return back if isinstance(back, tuple) else (back,)


def of_type(value: Any, dtype: type) -> Any:
    """Return a copy that nobody may write into; numbers with a point are of the type."""
    if not isinstance(value, np.ndarray):
        return value
    copy = value.astype(dtype) if value.dtype.kind == "f" else value.copy()
    copy.flags.writeable = False
    return copy


def differences(f: Callable[[Any], Any], X: Any) -> Any:
    """Return the gradient of a number by each entry, from four points."""
    gradient = np.zeros_like(X)
    for at in np.ndindex(X.shape):
        values = []
        for step in (-2, -1, 1, 2):
            moved = X.copy()
            moved[at] += step * H
            values.append(f(moved))
        gradient[at] = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * H)
    return gradient


def errors(found: Pass) -> list[float]:
    """Return how far each cotangent is from the derivative, measured by its largest entry."""
    rng = np.random.default_rng(0)
    args = [of_type(arg, np.float64) for arg in found.args]
    Y, kept = found.forward(*args, **found.settings)
    Y_bar = rng.normal(size=np.shape(Y))
    given = []
    for i, X_bar in enumerate(cotangents(found.backward(Y_bar, *kept))):

        def number(X: Any, i: int = i) -> Any:
            moved, _ = found.forward(*args[:i], X, *args[i + 1 :], **found.settings)
            return np.sum(moved * Y_bar)

        assert X_bar.shape == args[i].shape
        expected = differences(number, args[i])
        given.append(float(np.max(np.abs(X_bar - expected)) / max(1e-3, np.max(np.abs(expected)))))
    return given


@pytest.mark.parametrize("box", BOXES)
def test_each_backward_pass_is_the_derivative(box):
    for found in passes(BOXES[box]):
        assert max(errors(found)) < 1e-8


@pytest.mark.parametrize("box", BOXES)
def test_single_precision_in_is_single_precision_out(box):
    for found in passes(BOXES[box]):
        results = []
        for dtype in (np.float64, np.float32):
            args = [of_type(arg, dtype) for arg in found.args]
            settings = {name: of_type(value, dtype) for name, value in found.settings.items()}
            Y, kept = found.forward(*args, **settings)
            back = cotangents(found.backward(np.ones_like(Y), *kept))
            assert [X.dtype for X in (Y, *back)] == [dtype] * (1 + len(back))
            results.append((Y, *back))
        for exact, rounded in zip(*results, strict=True):
            np.testing.assert_allclose(rounded, exact, rtol=1e-4, atol=1e-4)


def test_a_small_fault_is_seen():
    (found,) = passes(BOXES["normalisation: layer_norm"])
    for i in range(3):

        def wrong(*given: Any, i: int = i) -> tuple[Any, ...]:
            right = found.backward(*given)
            return (*right[:i], right[i] * (1 + 1e-6), *right[i + 1 :])

        assert max(errors(found._replace(backward=wrong))) > 1e-8
