"""What users pass: checked once, at the door, with messages that name the argument.

Every function of the library that takes arrays goes through [`takes_arrays`][mathnet.arguments.takes_arrays]: what comes
in is an array of numbers that can hold fractions, or of whole numbers where the function's signature says `Integers`, or it is
refused before anything is computed. No function changes what it is given, and no result shares memory with an argument.
"""

import inspect
import operator
from collections.abc import Callable, Collection, Mapping
from functools import wraps
from math import isfinite
from numbers import Real
from reprlib import repr as shortened
from types import NoneType
from typing import Any, ParamSpec, TypeVar, cast, get_args

import numpy as np

from mathnet.shapes import Array, Integers

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def takes_arrays(operation: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    r"""Convert the positional arguments of an operation to arrays of numbers, or refuse them.

    NumPy computes with whatever it gets: small integers wrap around ($100 - (-100) = -56$ in int8), strings and dates
    fail somewhere inside, a masked array hides entries. The decorated operation sees arrays only.

    | given | what the operation gets |
    |---|---|
    | an array of floats: float16, float32, float64, longdouble | that array, not a copy |
    | an array of complex numbers, or of objects that are numbers (fractions, dual numbers, mpmath's) | that array: it checks gradients |
    | lists, tuples and what else `np.asarray` reads | the array |
    | integers and bools | floats of the type that NumPy gives them beside the other arguments; float64 if all are integers |
    | one number of Python: `1.0` | an array without axes, of the type of the other arguments |
    | an array of another library that implements NumPy's protocols (Dask, CuPy) | that array, nothing of it computed; integers after its own `astype` |
    | `None` | `None`, where the annotation in the operation's signature allows it: not needed |
    | for an argument annotated `Integers`: whole numbers of any type, in lists too | that array, its type kept; floats and bools are refused |
    | for one annotated `None`, the tangent of integers: `None` | `None`; all else is refused |
    | strings, bytes, dates, time spans, records, ragged lists; masked, sparse and matrix classes; `None` elsewhere | refused |

    Parameters
    ----------
    operation : function
        Its positional parameters are arrays, its settings are keyword-only.

    Returns
    -------
    operation : function
        The same, with its name, signature and docstring.

    Raises
    ------
    ValueError
        When the operation is called: naming the operation, the argument, what was given and what to write instead.

    Notes
    -----
    For arrays of floats the cost is one look at each argument's type. Entries of object arrays are looked at one by one.

    Examples
    --------
    >>> @takes_arrays
    ... def double(A):
    ...     return A + A
    >>> double(np.array([100, 101], dtype=np.int8))
    array([200., 202.])
    >>> double(["1", "2"])
    Traceback (most recent call last):
    ValueError: double(A): A holds strings such as '1', not numbers; write np.asarray(A, dtype=float)
    """
    positional = [
        parameter
        for parameter in inspect.signature(operation, eval_str=True).parameters.values()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    names = [parameter.name for parameter in positional]
    not_needed = [
        parameter.name
        for parameter in positional
        if parameter.annotation is None or NoneType in get_args(parameter.annotation)
    ]
    integers = [parameter.name for parameter in positional if parameter.annotation == Integers]
    nothing = [parameter.name for parameter in positional if parameter.annotation is None]
    where = f"{operation.__name__}({', '.join(names)})"

    @wraps(operation)
    def at_the_door(*args: Any, **kwargs: Any) -> Result:
        if kwargs or integers or not all(map(_is_float_array, args)):
            by_name = {name: kwargs[name] for name in names if name in kwargs}
            given = dict(zip(names, args)) | by_name  # noqa: B905 (Python counts)
            taken = _of_one_kind(where, given, not_needed, integers, nothing)
            kwargs |= {name: taken[name] for name in by_name}
            args = (*(taken[name] for name in names[: len(args)]), *args[len(names) :])
        return operation(*args, **kwargs)

    return cast(Callable[Parameters, Result], at_the_door)


def whole_number(name: str, value: int, smallest: int = 1) -> int:
    """Return the value as an int, or raise ValueError."""
    try:
        number = operator.index(value)
    except TypeError:
        number = smallest - 1
    if number < smallest:
        raise ValueError(f"{name} must be a whole number, {smallest} or more; got {value!r}")
    return number


def positive_number(name: str, value: object) -> float:
    """Return the value as a float, or raise ValueError."""
    return _real_number(name, value, "a positive number,", lambda number: number > 0)


def number_from_0(name: str, value: object) -> float:
    """Return the value as a float, or raise ValueError."""
    return _real_number(name, value, "a number, 0 or more;", lambda number: number >= 0)


def number_from_0_below_1(name: str, value: object) -> float:
    """Return the value as a float, or raise ValueError."""
    return _real_number(name, value, "a number, at least 0 and below 1;", lambda number: 0 <= number < 1)


def _real_number(name: str, value: object, needs: str, holds: Callable[[float], bool]) -> float:
    if isinstance(value, Real) and isfinite(value) and holds(float(value)):
        return float(value)
    raise ValueError(f"{name} must be {needs} got {value!r}")


def one_of(kind: str, name: str, known: Collection[str]) -> str:
    """Return the name, or raise ValueError with the names that exist."""
    if name not in known:
        raise ValueError(f"unknown {kind} {name!r}; known are {', '.join(known)}")
    return name


def finite_numbers(method: str, name: str, values: Array, dtype: np.dtype[Any]) -> Array:
    """Return the values as an array of the dtype; raise ValueError for anything but finite numbers."""
    given = np.asarray(_numbers(method, name, values, "float"))
    try:
        if given.dtype.kind == "c" and dtype.kind == "f":
            raise TypeError("they are complex")
        with np.errstate(over="ignore"):  # what is too large for float32 becomes inf, and is reported as such
            array = given.astype(dtype, copy=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{method}: the entries of {name} must be real numbers ({error})") from error
    if array.size == 0:
        raise ValueError(f"{method}: {name} is empty, its shape is {array.shape}")
    if dtype.kind != "O" and not np.isfinite(array).all():
        place = tuple(int(index) for index in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(
            f"{method}: the entries of {name} must be finite, but {name}{list(place)} is {array[place]}"
        )
    return array


def _is_float_array(X: object) -> bool:
    """Say whether there is nothing to do: the only question that a training loop pays for."""
    return (type(X) is np.ndarray and X.dtype.kind in "fc") or isinstance(X, np.inexact)


def _of_one_kind(
    where: str,
    given: Mapping[str, object],
    not_needed: Collection[str],
    integers: Collection[str],
    nothing: Collection[str],
) -> dict[str, Any]:
    """Return the arguments as arrays of floats, complex numbers or objects; those of integers keep their type, with `None` for a tangent."""
    taken: dict[str, Any] = {}
    for name, X in given.items():
        if X is None and name not in not_needed:
            only = f"; only {' and '.join(not_needed)} may be None" if not_needed else ""
            raise ValueError(f"{where}: {name} is None, but an array is needed{only}")
        if X is not None and name in nothing:
            raise ValueError(f"{where}: {name} must be None: integers do not move")
        number = "int" if name in integers else "float"
        taken[name] = X if X is None else _numbers(where, name, X, number)
    whole = {name: _whole_numbers(where, name, taken.pop(name)) for name in integers if name in taken}
    types = [getattr(X, "dtype", X) for X in taken.values()]
    types = [0.0 if isinstance(dtype, int) else dtype for dtype in types]
    known = [dtype for dtype in types if isinstance(dtype, np.dtype | float | complex)]
    common = np.result_type(*known) if known else np.dtype(float)
    if common.kind not in "fcO":
        common = np.dtype(float)
    for name, dtype in zip(taken, types, strict=True):
        if isinstance(dtype, float | complex):
            taken[name] = np.asarray(taken[name], common)
        elif isinstance(dtype, np.dtype) and dtype.kind not in "fcO":
            taken[name] = taken[name].astype(common)
    return taken | whole


def _whole_numbers(where: str, name: str, X: Any) -> Any:
    """Return an array of integers; raise ValueError for floats, even whole ones, and for bools, which NumPy would take for a mask."""
    X = X if hasattr(X, "dtype") else np.asarray(X)
    if X.dtype.kind in "iu":
        return X
    if 0 in X.shape and X.dtype == float:  # NumPy makes floats of an empty list
        return X.astype(int)
    such_as = f" such as {np.ravel(X)[0]}" if isinstance(X, np.ndarray | np.generic) and X.size else ""
    raise ValueError(
        f"{where}: {name} must hold integers, but holds {X.dtype}{such_as}; write {name}.astype(int)"
    )


def _numbers(where: str, name: str, X: Any, number: str) -> Any:
    """Return an array of numbers, or a number of Python as it is: its type depends on the other arguments."""
    problem = _wrong_class(name, X)
    if not problem:
        is_array = isinstance(X, np.generic) or hasattr(type(X), "__array_function__")
        try:
            X = X if is_array or isinstance(X, int | float | complex) else np.asarray(X)
            problem = _wrong_entries(name, X, number)
        except ValueError:  # NumPy's answer to a ragged list
            problem = f"is no table of numbers, but {shortened(X)}; write rows of one length"
    if problem:
        raise ValueError(f"{where}: {name} {problem}")
    return X


def _wrong_class(name: str, X: Any) -> str | None:
    """Say what is wrong with an array that NumPy reads otherwise than its owner does, or return None."""
    if isinstance(X, np.ma.MaskedArray):
        return f"is a masked array, and what is masked has no value; write {name}.filled(0), or leave it out"
    if isinstance(X, np.matrix):
        return f"is an np.matrix, whose * is the matrix product; write np.asarray({name})"
    if hasattr(X, "toarray"):
        return f"is sparse, a {type(X).__name__}; write {name}.toarray()"
    return None


_NO_NUMBERS = {  # kind of a dtype: what it holds, and what makes numbers of it
    "U": ("strings", "np.asarray({0}, dtype={1})"),
    "T": ("strings", "np.asarray({0}, dtype={1})"),
    "S": ("bytes", "np.asarray({0}, dtype={1})"),
    "M": ("dates", "({0} - np.min({0})) / np.timedelta64(1, 'D')"),
    "m": ("time spans", "{0} / np.timedelta64(1, 'D')"),
    "V": ("records", "np.column_stack([{0}[field] for field in {0}.dtype.names])"),
}


def _wrong_entries(name: str, X: Any, number: str) -> str | None:
    """Say what an array holds instead of numbers, or return None; `number` is the type that the advice names."""
    kind = getattr(getattr(X, "dtype", None), "kind", "")
    entries = np.ndenumerate(X) if isinstance(X, np.ndarray | np.generic) else iter(())  # others may be lazy
    if kind == "O":
        for place, entry in entries:
            if not _is_number(entry):
                if place == ():
                    return f"is {shortened(entry)}; write an array or a list of numbers"
                return f"holds {shortened(entry)} at {list(place)}, not a number; write one, or np.nan where there is none"
    elif kind in _NO_NUMBERS:
        what, instead = _NO_NUMBERS[kind]
        such_as = next((f" such as {repr(str(x)) if isinstance(x, str) else x}" for _, x in entries), "")
        return f"holds {what}{such_as}, not numbers; write {instead.format(name, number)}"
    return None


def _is_number(entry: object) -> bool:
    """Say whether the entry of an object array computes: numbers have powers; strings, dates and lists have none."""
    return hasattr(type(entry), "__pow__") and getattr(entry, "shape", ()) == ()
