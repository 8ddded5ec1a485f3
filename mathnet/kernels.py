"""The command `mathnet gradcheck module:f`: find a function, its backward pass and arguments to try them on, and print the verdict.

This is a door like those of the checker of derivations, but what it opens needs NumPy: so it stands beside the library, and the command imports it
only when it is asked for.
"""

import importlib
import importlib.util
import inspect
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from mathnet.backward import Report, check_vjp
from mathnet.gradcheck import GradientCheckError
from mathnet.rules import sixteenths

VERSION = 1  # of the JSON; raised when a field changes its meaning or goes away
RIGHT, WRONG, UNCHECKED = 0, 1, 2


class KernelError(ValueError):
    """What was named cannot be found, or cannot be called."""


def run(
    target: str,
    *,
    method: str = "auto",
    dtype: str = "float64",
    tolerance: float | None = None,
    shapes: str | None = None,
    seed: int = 0,
    as_json: bool = False,
) -> int:
    """Check a backward pass, print the verdict, and return the exit status."""
    report, problem = None, ""
    try:
        forward, backward, module = found(target)
        args, settings = arguments(module, forward, shapes, seed)
        report = check_vjp(
            forward, backward, *args, method=method, dtype=dtype, tolerance=tolerance, **settings
        )
    except (KernelError, GradientCheckError) as error:
        problem = str(error)
    except Exception as error:  # code that nobody has looked at
        problem = f"{type(error).__name__}: {error}{_line(error, target)}"
    status = UNCHECKED if report is None else RIGHT if report.ok else WRONG
    if as_json:
        print(json.dumps(_document(target, status, report, problem), ensure_ascii=False, indent=1))
    elif report is None:
        print(f"✗ {target}: not checked: {problem}")
    else:
        print(report)
    sys.stdout.flush()
    return status


def found(target: str) -> tuple[Callable[..., Any], Callable[..., Any], ModuleType]:
    """Return a function, its backward pass as `f_vjp(Y_bar, Y, *args)`, and the module of both.

    Parameters
    ----------
    target : str
        `module:f`, or `path/to/file.py:f`.

    Raises
    ------
    KernelError
        If there is no such module or function, or neither `f_vjp` nor `f_back` beside it.
    """
    place, colon, name = target.rpartition(":")
    if not colon or not place or not name:
        raise KernelError("expected module:f or file.py:f, a function f beside its f_vjp or f_back")
    module = _module(place)
    f = getattr(module, name, None)
    if not callable(f):
        raise KernelError(f"{place} has no function {name}")
    if callable(vjp := getattr(module, f"{name}_vjp", None)):
        return f, vjp, module
    if callable(back := getattr(module, f"{name}_back", None)):
        return *_of_what_was_kept(f, back), module
    raise KernelError(
        f"{place} has neither {name}_vjp(Y_bar, Y, *args) nor {name}_back(Y_bar, *kept) beside {name}"
    )


def _module(place: str) -> ModuleType:
    if not place.endswith(".py"):
        sys.path.insert(0, "")  # as python -m does
        try:
            return importlib.import_module(place)
        except ModuleNotFoundError as error:
            if error.name and not f"{place}.".startswith(f"{error.name}."):
                raise
            raise KernelError(f"there is no module {place}; a file is written with .py") from None
    if not Path(place).is_file():
        raise KernelError(f"there is no file {place}")
    spec = importlib.util.spec_from_file_location(Path(place).stem, place)
    if spec is None or spec.loader is None:
        raise KernelError(f"{place} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(spec.name, module)
    sys.path.insert(0, str(Path(place).parent))  # as python FILE does
    spec.loader.exec_module(module)
    return module


def _of_what_was_kept(
    f: Callable[..., Any], back: Callable[..., Any]
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Make of `f(*args) -> (Y, kept)` and `f_back(Y_bar, *kept)` a function and its `f_vjp`."""

    @wraps(f)
    def forward(*args: Any, **settings: Any) -> Any:
        made = f(*args, **settings)
        if not isinstance(made, tuple) or len(made) != 2 or not isinstance(made[1], tuple | list):
            raise KernelError(
                f"{f.__name__} must return (Y, kept) where {back.__name__} takes *kept; kept is a tuple"
            )
        return made[0]

    @wraps(back)
    def backward(Y_bar: Any, Y: Any, *args: Any, **settings: Any) -> tuple[Any, ...]:
        _, kept = f(*args, **settings)
        before = [np.copy(X) if isinstance(X, np.ndarray) else None for X in kept]
        bars = back(Y_bar, *kept)
        for k, (X, copy) in enumerate(zip(kept, before, strict=True)):
            if copy is not None and not np.array_equal(X, copy):
                raise GradientCheckError(f"writes into kept[{k}], which it was given; let it work on a copy")
        bars = tuple(bars) if isinstance(bars, tuple | list) else (bars,)
        return bars + (None,) * (len(args) - len(bars))

    return forward, backward


def arguments(
    module: ModuleType, f: Callable[..., Any], shapes: str | None, seed: int
) -> tuple[Sequence[Any], dict[str, Any]]:
    """Return the arguments to try, and the settings: drawn in the shapes, or from `f_example(rng)` or `example(rng)` of the module."""
    rng = np.random.default_rng(seed)
    if shapes is not None:
        return [sixteenths(rng, *shape) for shape in _shapes(shapes)], {}
    name = getattr(f, "__name__", "f")
    example = getattr(module, f"{name}_example", None) or getattr(module, "example", None)
    if example is None:
        some = ",".join(["3x4", "4x2", "1x2"][: max(1, _count(f))])
        raise KernelError(
            f"there are no arguments to try {name} on: add example(rng) to its module, which returns a tuple of arrays, "
            f"or give their shapes, as in --shapes {some}"
        )
    made = example(rng)
    args = tuple(made) if isinstance(made, tuple | list) else (made,)
    return (args[:-1], args[-1]) if args and isinstance(args[-1], dict) else (args, {})


def _count(f: Callable[..., Any]) -> int:
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return 2
    return sum(one.kind is one.POSITIONAL_OR_KEYWORD and one.default is one.empty for one in parameters)


def _shapes(written: str) -> list[tuple[int, ...]]:
    """Read 3x4,4x2,1x2; a number alone is a vector, and () a single number."""
    try:
        return [
            () if word.strip() == "()" else tuple(map(int, word.lower().split("x")))
            for word in written.split(",")
        ]
    except ValueError:
        raise KernelError(
            f"expected shapes as in 3x4,4x2 (4 is a vector, () a number); got {written}"
        ) from None


def _line(error: BaseException, target: str) -> str:
    """Say in which line of the named file an error was raised."""
    line, trace = 0, error.__traceback__
    while trace:
        if Path(trace.tb_frame.f_code.co_filename).name == Path(target.rpartition(":")[0]).name:
            line = trace.tb_lineno
        trace = trace.tb_next
    return f" (line {line})" if line else ""


def _document(target: str, status: int, report: Report | None, problem: str) -> dict[str, Any]:
    said = {} if report is None else {**asdict(report), "ok": report.ok}
    for argument in said.get("arguments", []):
        for key in ("error", "found", "expected"):  # JSON has no infinity
            if not np.isfinite(argument[key]) or (key != "error" and argument["place"] is None):
                argument[key] = None
    return {"version": VERSION, "status": status, "target": target, "error": problem or None, **said}
