"""The door of the library: what every function makes of what it is given, and what it refuses, word for word."""

import inspect
import re
from fractions import Fraction
from types import NoneType
from typing import get_args

import numpy as np
import pytest

import mathnet
from mathnet import RULES
from mathnet.arguments import takes_arrays
from mathnet.shapes import Integers


def positional(function):
    """Return the names of the arguments that are arrays; settings are keyword-only."""
    parameters = inspect.signature(function).parameters.values()
    return [parameter.name for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]


NOT_OF_ARRAYS = {  # these take a function, a rule or a signature, and arrays for it; or settings
    "check_shapes",
    "check_vjp",
    "vjp_error",
    "exact_jacobians",
    "complex_step_jacobians",
    "central_difference_jacobians",
    "unbroadcast",
    "sgd",
    "adam",
    "clipped",
    "cosine",
    "warmup",
}
NAMES = [
    name
    for name in mathnet.__all__
    if inspect.isfunction(getattr(mathnet, name)) and name not in NOT_OF_ARRAYS
]
ARGUMENTS = [(name, argument) for name in NAMES for argument in positional(getattr(mathnet, name))]
KINDS = {
    (name, argument): parameter.annotation
    for name in NAMES
    for argument, parameter in inspect.signature(getattr(mathnet, name), eval_str=True).parameters.items()
}
each_name = pytest.mark.parametrize("name", NAMES)


def example(name):
    """Return arguments of a function by name: of a rule (Y_bar, Y, *args), of f and f_prime those of f."""
    function = getattr(mathnet, name)
    (rule,) = (rule for rule in RULES if rule.name == re.sub("_(vjp|jvp|prime)$", "", name))
    args = rule.example(np.random.default_rng(0))
    if name.endswith("_vjp"):
        Y = rule.forward(*args)
        args = (np.ones_like(Y) / 4, Y, *args)
    if name.endswith("_jvp"):
        dots = (X + 0.25 if X.dtype.kind == "f" else None for X in args)
        args = (*dots, rule.forward(*args), *args)
    return dict(zip(positional(function), args, strict=True))


def results(function, arguments):
    found = function(**arguments)
    return tuple(Y for Y in found if Y is not None) if isinstance(found, tuple) else (found,)


def of_type(name, arguments, dtype):
    """Return the arguments that need not hold integers as arrays of the type."""
    return {
        argument: X.astype(dtype) if KINDS[name, argument] not in (Integers, None) else X
        for argument, X in arguments.items()
    }


def where(name):
    return f"{name}({', '.join(positional(getattr(mathnet, name)))})"


def not_needed(name):
    function = getattr(mathnet, name)
    parameters = inspect.signature(function).parameters
    return [
        argument
        for argument in positional(function)
        if KINDS[name, argument] is None or NoneType in get_args(parameters[argument].annotation)
    ]


# --- integers, bools, lists, numbers of Python -----------------------------------------------------------------------


def whole(name, dtype):
    """Return arguments in whole numbers that the dtype holds, and whose products and differences it does not."""
    largest = 1 if dtype is bool else min(np.iinfo(dtype).max, 127)
    lowest = 0 if dtype is bool else max(np.iinfo(dtype).min, -128)
    rng = np.random.default_rng(1)
    arguments = {
        argument: rng.integers(lowest, largest + 1, np.shape(X))
        if KINDS[name, argument] not in (Integers, None)
        else X
        for argument, X in example(name).items()
    }
    if re.fullmatch("cross_entropy(_vjp|_jvp)?", name):
        arguments["T"] = np.eye(3, dtype=int)[[2, 0]]
    if name.startswith("info_nce"):
        arguments["tau"] = np.array(2 if dtype is not bool else 1)
    if name.startswith("gaussian_nll"):
        arguments["S"] = np.minimum(arguments["S"], 1)
    if re.fullmatch("power(_vjp|_jvp)?", name):
        arguments |= {"A": np.maximum(arguments["A"], 1), "B": np.minimum(arguments["B"], 3)}
    if re.fullmatch("(log|log1p|sqrt)(_vjp|_jvp)?", name):
        arguments["Z"] = np.maximum(arguments["Z"], 1)
    if name.startswith("batch_norm_inference"):
        arguments["variance"] = np.maximum(arguments["variance"], 0)
    if name.startswith("divide"):
        arguments["B"] = np.where(arguments["B"] == 0, 1, arguments["B"])
    return arguments


@pytest.mark.parametrize(
    "dtype", [bool, np.int8, np.uint8, np.int16, np.uint16, np.int32, np.int64, np.uint64]
)
@each_name
def test_integers_give_what_floats_give(name, dtype):
    integers, function = whole(name, dtype), getattr(mathnet, name)
    found = results(function, of_type(name, integers, dtype))
    expected = results(function, of_type(name, integers, float))
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == np.float64
        np.testing.assert_array_equal(one, other)


@each_name
def test_lists_and_numbers_of_python_give_what_arrays_give(name):
    integers, function = whole(name, np.int8), getattr(mathnet, name)
    expected = results(function, of_type(name, integers, float))
    lists = [X if X is None else X.tolist() for X in integers.values()]
    tuples = [tuple(X) if isinstance(X, list) else X for X in lists]
    for found in (function(*lists), function(**dict(zip(integers, tuples, strict=True)))):
        given = found if isinstance(found, tuple) else (found,)
        for one, other in zip((Y for Y in given if Y is not None), expected, strict=True):
            np.testing.assert_array_equal(one, other)


def test_the_four_results_that_wrapped_in_silence():
    assert mathnet.sigmoid(np.uint8(5)) == mathnet.sigmoid(5.0)
    np.testing.assert_array_equal(
        mathnet.softmax(np.array([0, 200], np.uint8)), mathnet.softmax([0.0, 200.0])
    )
    assert mathnet.half_squared_error(np.array([[100]], np.int8), np.array([[-100]], np.int8)) == 20000
    assert mathnet.dot(np.array([16], np.uint8), np.array([16], np.uint8)) == 256


@pytest.mark.parametrize(
    ("one", "other", "dtype"),
    [
        (np.ones(2, np.float16), np.ones(2, np.float16), np.float16),
        (np.ones(2, np.float32), np.ones(2, np.float16), np.float32),
        (np.ones(2, np.float32), np.ones(2), np.float64),
        (np.ones(2, np.longdouble), np.ones(2), np.longdouble),
        (np.ones(2, np.float32), np.ones(2, np.uint8), np.float32),
        (np.ones(2, np.float32), np.ones(2, np.int64), np.float64),
        (np.ones(2, np.int8), np.ones(2, np.uint8), np.float64),
        (np.ones(2, np.complex64), np.ones(2, bool), np.complex64),
        (np.array([Fraction(1), Fraction(2)]), np.ones(2, np.int8), object),
    ],
)
def test_mixed_types_become_what_numpy_makes_of_them(one, other, dtype):
    assert mathnet.hadamard(one, other).dtype == mathnet.hadamard(other, one).dtype == dtype


@pytest.mark.parametrize("number", [1, 1.0, True])
def test_a_number_of_python_takes_the_type_of_the_arrays(number):
    Y = np.ones((2, 3), np.float32)
    assert all(X_bar.dtype == np.float32 for X_bar in mathnet.half_squared_error_vjp(number, None, Y, Y))


def test_integers_beside_fractions_stay_exact():
    Y_bar, _ = mathnet.half_squared_error_vjp(3, None, [[Fraction(1, 3)]], np.array([[2]], np.int8))
    assert Y_bar[0, 0] == Fraction(-5)
    assert isinstance(Y_bar[0, 0], Fraction)
    assert mathnet.sigmoid(2**100) == 1


def test_the_missing_and_the_surplus_argument_are_answered_by_python():
    X = np.ones((1, 1))
    for call, message in [
        (lambda: mathnet.matmul(X), "matmul() missing 1 required positional argument: 'B'"),
        (lambda: mathnet.matmul([[1]]), "matmul() missing 1 required positional argument: 'B'"),
        (lambda: mathnet.matmul(B=X), "matmul() missing 1 required positional argument: 'A'"),
        (lambda: mathnet.matmul(X, X, X), "matmul() takes 2 positional arguments but 3 were given"),
        (lambda: mathnet.matmul([[1]], X, X), "matmul() takes 2 positional arguments but 3 were given"),
        (lambda: mathnet.matmul(X, A=X), "matmul() got multiple values for argument 'A'"),
        (lambda: mathnet.matmul(X, C=X), "matmul() got an unexpected keyword argument 'C'"),
    ]:
        with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
            call()


def test_settings_are_left_alone():
    @takes_arrays
    def scaled(A, *, names, factor=2):
        return A * factor, names

    A, names = scaled([1, 2], names=["a", "b"], factor=3)
    assert A.tolist() == [3.0, 6.0]
    assert names == ["a", "b"]


def test_the_decorated_function_is_the_function_to_everybody_else():
    assert str(inspect.signature(mathnet.matmul)).startswith("(A: numpy.ndarray")
    assert mathnet.matmul.__name__ == "matmul"
    assert mathnet.matmul.__module__ == "mathnet.products"
    assert inspect.getdoc(mathnet.matmul).startswith("$[AB]")


# --- what is refused -------------------------------------------------------------------------------------------------


class Sparse:
    """As SciPy's sparse arrays: no array, but it can make one."""

    def toarray(self):
        raise AssertionError("a sparse array may be too large to be made an array")


def matrix():
    with pytest.warns(PendingDeprecationWarning):
        return np.matrix([[1.0]])


REFUSED = [  # what is given, what is said of it
    ("abc", "holds strings such as 'abc', not numbers; write np.asarray({0}, dtype=float)"),
    (["1.5", "2"], "holds strings such as '1.5', not numbers; write np.asarray({0}, dtype=float)"),
    (np.array([], dtype=str), "holds strings, not numbers; write np.asarray({0}, dtype=float)"),
    (
        np.array(["1"], np.dtypes.StringDType()),
        "holds strings such as '1', not numbers; write np.asarray({0}, dtype=float)",
    ),
    (b"1", "holds bytes such as b'1', not numbers; write np.asarray({0}, dtype=float)"),
    (
        np.array(["2026-11-28"], "datetime64[D]"),
        "holds dates such as 2026-11-28, not numbers; write ({0} - np.min({0})) / np.timedelta64(1, 'D')",
    ),
    (
        np.timedelta64(3, "D"),
        "holds time spans such as 3 days, not numbers; write {0} / np.timedelta64(1, 'D')",
    ),
    (
        np.array([(1, 2.0)], [("x", int), ("y", float)]),
        "holds records such as (1, 2.0), not numbers; write np.column_stack([{0}[field] for field in {0}.dtype.names])",
    ),
    (
        np.ma.array([1.0, 2.0], mask=[False, True]),
        "is a masked array, and what is masked has no value; write {0}.filled(0), or leave it out",
    ),
    (Sparse(), "is sparse, a Sparse; write {0}.toarray()"),
    ([[1], [2, 3]], "is no table of numbers, but [[1], [2, 3]]; write rows of one length"),
    ([[1, 2], 3], "is no table of numbers, but [[1, 2], 3]; write rows of one length"),
    ([[1, None]], "holds None at [0, 1], not a number; write one, or np.nan where there is none"),
    ([Fraction(1), "x"], "holds 'x' at [1], not a number; write one, or np.nan where there is none"),
    (
        np.array([None, [1, 2]], dtype=object)[1:],
        "holds [1, 2] at [0], not a number; write one, or np.nan where there is none",
    ),
    ({"a": 1}, "is {{'a': 1}}; write an array or a list of numbers"),
    ({1, 2}, "is {{1, 2}}; write an array or a list of numbers"),
    (len, "is <built-in function len>; write an array or a list of numbers"),
]


@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
def test_what_is_no_array_of_numbers_is_refused(name, argument):
    function, arguments, kind = getattr(mathnet, name), example(name), KINDS[name, argument]
    for given, problem in [
        *REFUSED,
        (matrix(), "is an np.matrix, whose * is the matrix product; write np.asarray({0})"),
    ]:
        said = problem.replace("dtype=float", "dtype=int") if kind == Integers else problem
        message = f"{where(name)}: {argument} {said.format(argument)}"
        if kind is None:
            message = f"{where(name)}: {argument} must be None: integers do not move"
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            function(**arguments | {argument: given})


NO_INTEGERS = [  # what is given for integers, what is said of it
    ([0.0, 1.0], "float64 such as 0.0"),
    (np.array([1, 0], np.float32), "float32 such as 1.0"),
    (1.0, "float64 such as 1.0"),
    ([True, False], "bool such as True"),
    (np.array([], bool), "bool"),
    ([Fraction(1), Fraction(0)], "object such as 1"),
    (1j, "complex128 such as 1j"),
]


@pytest.mark.parametrize(("given", "holds"), NO_INTEGERS)
def test_what_must_be_integers_is_neither_rounded_nor_taken_for_a_mask(given, holds):
    message = f"embedding(E, ids): ids must hold integers, but holds {holds}; write ids.astype(int)"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        mathnet.embedding(np.ones((2, 3)), given)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint64])
def test_integers_of_any_type_are_places(dtype):
    E, ids = np.arange(6.0).reshape(3, 2), np.array([2, 0, 2], dtype)
    assert mathnet.embedding(E, ids).tolist() == [[4, 5], [0, 1], [4, 5]]
    assert mathnet.embedding_vjp(np.ones((3, 2)), None, E, ids)[0].tolist() == [[1, 1], [0, 0], [2, 2]]
    assert mathnet.cross_entropy_with_labels(np.zeros((3, 4)), ids) == pytest.approx(3 * np.log(4))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([["a", "b"]], "forward: X holds strings such as 'a', not numbers; write np.asarray(X, dtype=float)"),
        (
            np.array([["2026-11-28"]], "datetime64[D]"),
            "forward: X holds dates such as 2026-11-28, not numbers; "
            "write (X - np.min(X)) / np.timedelta64(1, 'D')",
        ),
        (
            np.ma.array([[1.0]], mask=[[True]]),
            "forward: X is a masked array, and what is masked has no value; "
            "write X.filled(0), or leave it out",
        ),
        (None, "forward: X is None; write an array or a list of numbers"),
        ([[1], [2, 3]], "forward: X is no table of numbers, but [[1], [2, 3]]; write rows of one length"),
    ],
)
def test_a_network_has_the_same_door(given, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        mathnet.Network([1, 1]).forward(given)


# --- what is not needed ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
def test_none_is_accepted_where_nothing_is_needed_and_nowhere_else(name, argument):
    arguments, function = example(name), getattr(mathnet, name)
    if argument in not_needed(name):
        for one, other in zip(
            results(function, arguments | {argument: None}), results(function, arguments), strict=True
        ):
            np.testing.assert_array_equal(one, other)
    else:
        only = f"; only {' and '.join(not_needed(name))} may be None" if not_needed(name) else ""
        message = f"{where(name)}: {argument} is None, but an array is needed{only}"
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            function(**arguments | {argument: None})


@each_name
def test_all_that_is_not_needed_may_be_left_out_at_once(name):
    arguments, function = example(name), getattr(mathnet, name)
    left_out = dict.fromkeys(not_needed(name))
    for one, other in zip(results(function, arguments | left_out), results(function, arguments), strict=True):
        np.testing.assert_array_equal(one, other)


@each_name
def test_the_docstring_names_what_is_not_needed(name):
    doc = inspect.getdoc(getattr(mathnet, name))
    entries = re.findall(
        r"^(\w+)( : .*)\n    (.*(?:\n    .*)*)",
        doc.partition("Parameters\n")[2].partition("Returns\n")[0],
        re.M,
    )
    assert [argument for argument, type_, _ in entries if "None" in type_] == not_needed(name)
    assert [argument for argument, _, prose in entries if "not needed" in prose] == not_needed(name)


# --- arrays of other libraries ---------------------------------------------------------------------------------------


class Lazy(np.lib.mixins.NDArrayOperatorsMixin):
    """An array that speaks NumPy's protocols, and never tells its entries."""

    def __init__(self, hidden):
        self.hidden = hidden
        self.shape, self.dtype = hidden.shape, hidden.dtype

    def __array_ufunc__(self, ufunc, method, *inputs, **settings):
        return wrapped(getattr(ufunc, method)(*map(unwrapped, inputs), **settings))

    def __array_function__(self, function, types, args, settings):
        return wrapped(function(*map(unwrapped, args), **settings))

    def __getattr__(self, name):
        if name in {"astype", "copy", "reshape"}:
            return lambda *args: Lazy(getattr(self.hidden, name)(*args))
        raise AttributeError(name)

    def told(self, *args):
        raise AssertionError("the entries of a lazy array were asked for")

    __array__ = __bool__ = __float__ = __iter__ = __getitem__ = told


def wrapped(result):
    return Lazy(np.asarray(result)) if isinstance(result, np.ndarray | np.generic) else result


def unwrapped(X):
    return X.hidden if isinstance(X, Lazy) else X


def lazily(arguments, make):
    return {argument: X if X is None else make(np.asarray(X)) for argument, X in arguments.items()}


LOOKED_UP = r"(embedding|take_along_axis)(_vjp|_jvp)?"
each_that_may_be_lazy = pytest.mark.parametrize("name", [n for n in NAMES if not re.fullmatch(LOOKED_UP, n)])


@pytest.mark.parametrize("name", [name for name in NAMES if re.fullmatch(LOOKED_UP, name)])
def test_places_are_not_looked_up_in_arrays_of_another_library(name):
    message = (
        "places can be looked up in arrays of NumPy only, but one is of type Lazy; write np.asarray(X) for it"
    )
    arguments = example(name)
    for argument, X in arguments.items():
        if argument not in not_needed(name) and not (name.endswith("_vjp") and argument in ("E", "A")):
            with pytest.raises(ValueError, match=re.escape(message)):
                getattr(mathnet, name)(**arguments | {argument: Lazy(np.asarray(X))})


@each_that_may_be_lazy
def test_arrays_of_another_library_pass_through_without_being_computed(name):
    arguments, function = example(name), getattr(mathnet, name)
    expected = results(function, arguments)
    lazy = results(function, lazily(arguments, Lazy))
    for found, array in zip(lazy, expected, strict=True):
        assert isinstance(found, Lazy)
        np.testing.assert_array_equal(found.hidden, array)


@each_that_may_be_lazy
def test_their_integers_become_floats_without_being_computed(name):
    integers, function = whole(name, np.int8), getattr(mathnet, name)
    expected = results(function, of_type(name, integers, float))
    lazy = results(function, lazily(integers, lambda X: Lazy(X.astype(np.int8))))
    for found, array in zip(lazy, expected, strict=True):
        np.testing.assert_array_equal(found.hidden, array)


def test_their_values_are_not_looked_into():
    Z, T = np.array([[0.0, -np.inf]]), np.array([[2.0, 0.0]])
    assert mathnet.cross_entropy(Lazy(Z), Lazy(T)).hidden == 0
    with pytest.warns(RuntimeWarning, match="invalid value"):
        assert np.isnan(mathnet.softmax(Lazy(np.array([-np.inf, -np.inf]))).hidden).all()


@each_that_may_be_lazy
def test_dask_arrays_stay_lazy(name):
    dask = pytest.importorskip("dask")
    from dask import array

    def computes(*_, **__):
        raise AssertionError("a Dask array was computed")

    arguments, function = example(name), getattr(mathnet, name)
    with dask.config.set(scheduler=computes):
        lazy = results(function, lazily(arguments, array.from_array))
    for found, expected in zip(lazy, results(function, arguments), strict=True):
        assert isinstance(found, array.Array)
        np.testing.assert_allclose(found.compute(scheduler="synchronous"), expected, rtol=1e-15)


# --- what is given stays what it is ----------------------------------------------------------------------------------


@each_name
def test_arguments_are_left_alone_and_results_are_new(name):
    arguments = {argument: np.array(X) for argument, X in example(name).items() if X is not None}
    copies = {argument: X.copy() for argument, X in arguments.items()}
    none = dict.fromkeys(argument for argument, X in example(name).items() if X is None)
    found = results(getattr(mathnet, name), arguments | none)
    for argument, X in arguments.items():
        np.testing.assert_array_equal(X, copies[argument])
    for number, result in enumerate(found):
        others = [*arguments.values(), *found[:number]]
        assert not any(np.shares_memory(result, X) for X in others)
