"""`check_vjp` and `mathnet gradcheck`: right kernels pass by each method, wrong ones are named, and the messages are those of the page."""

import json
from fractions import Fraction

import numpy as np
import pytest

from mathnet import (
    RULES,
    GradientCheckError,
    affine,
    check_vjp,
    hadamard,
    half_squared_error,
    matmul,
    relu,
    sigmoid,
    sigmoid_prime,
    softmax,
    tanh,
)
from mathnet.derivation.doors.command import main
from mathnet.rules import draws

A = draws((2, 3), (3, 4))(np.random.default_rng(0))
SQUARES = draws((3, 3), (3, 3))(np.random.default_rng(0))
LAYER = draws((3, 4), (4, 2), (1, 2))(np.random.default_rng(0))
Z = draws((3, 4))(np.random.default_rng(1))


def layer(H, W, B):
    return np.tanh(H @ W + B)


def layer_vjp(Y_bar, Y, H, W, B):
    Z_bar = Y_bar * (1 - Y * Y)
    return Z_bar @ W.T, H.T @ Z_bar, np.sum(Z_bar, axis=0, keepdims=True)


def single(H, W, B):
    """Compute in float32, whatever it is given."""
    return layer(*(X.astype(np.float32) for X in (H, W, B)))


# --- what is right ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["exact", "complex", "differences", "auto"])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_right_rule_passes_by_each_method(rule, method):
    report = check_vjp(rule.forward, rule.vjp, *rule.example(np.random.default_rng(0)), method=method)
    assert report.ok, str(report)
    assert report.method == (method if method != "auto" else "exact")
    assert bool(report.formula) == (report.method == "exact")
    assert report.tolerance < 1e-8


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_right_rule_passes_in_float32_and_one_that_is_off_by_a_thousandth_does_not(rule):
    args = rule.example(np.random.default_rng(0))
    report = check_vjp(rule.forward, rule.vjp, *args, dtype="float32")
    assert report.ok, str(report)
    assert report.tolerance < 1e-5

    def spoiled(*given):
        return tuple(X_bar if X_bar is None else np.float32(1.001) * X_bar for X_bar in rule.vjp(*given))

    assert not check_vjp(rule.forward, spoiled, *args, dtype="float32", method="complex").ok


def test_bfloat16_is_refused_by_name_or_checked():
    try:
        import ml_dtypes  # noqa: F401
    except ImportError:
        message = "^bfloat16 needs the package ml_dtypes, which is not installed; float32 needs nothing$"
        with pytest.raises(GradientCheckError, match=message):
            check_vjp(layer, layer_vjp, *LAYER, dtype="bfloat16")
        return
    report = check_vjp(layer, layer_vjp, *LAYER, dtype="bfloat16")
    assert report.ok
    assert 0.01 < report.tolerance < 0.5


def test_a_kernel_of_float32_gets_the_steps_and_the_tolerance_of_float32():
    report = check_vjp(single, layer_vjp, *LAYER)
    assert report.ok
    assert report.method == "differences"
    assert 1e-6 < report.tolerance < 1e-2
    assert list(report.refused) == ["exact", "complex"]

    def wrong(*given):
        return tuple(1.02 * X_bar for X_bar in layer_vjp(*given))

    assert not check_vjp(single, wrong, *LAYER).ok


def test_a_method_that_cannot_follow_says_why():
    report = check_vjp(np.arcsinh, lambda Y_bar, Y, X: (Y_bar / np.sqrt(1 + X * X),), *Z)
    assert report.ok
    assert report.method == "complex"
    assert report.refused["exact"].startswith("cannot follow arcsinh (TypeError")
    with pytest.raises(GradientCheckError, match="cannot follow arcsinh"):
        check_vjp(np.arcsinh, lambda Y_bar, Y, X: (Y_bar / np.sqrt(1 + X * X),), *Z, method="exact")


def test_several_results_are_tuples():
    def both(X):
        return 2 * X, X * X

    def both_vjp(Y_bar, Y, X):
        return (2 * Y_bar[0] + 2 * X * Y_bar[1],)

    assert check_vjp(both, both_vjp, *Z).ok
    report = check_vjp(both, lambda Y_bar, Y, X: (2 * Y_bar[0],), *Z)
    assert report.arguments[0].cause == "the cotangent of result 1 is not used; its share must be added"


def test_integers_and_none_are_not_compared():
    def rows(X, index):
        return X[index]

    def rows_vjp(Y_bar, Y, X, index):
        X_bar = np.zeros_like(X)
        np.add.at(X_bar, index, Y_bar)
        return X_bar, None

    report = check_vjp(rows, rows_vjp, Z[0], np.array([0, 2, 2]))
    assert report.ok
    assert [argument.ok for argument in report.arguments] == [True, None]
    with pytest.raises(GradientCheckError, match=r"returns no cotangent at all; nothing was compared$"):
        check_vjp(sigmoid, lambda Y_bar, Y, Z: (None,), *Z)


def test_settings_reach_both_functions():
    def scaled(X, factor=1.0):
        return factor * X

    assert check_vjp(scaled, lambda Y_bar, Y, X, factor: (factor * Y_bar,), *Z, factor=3.0).ok


# --- what is wrong, and the cause ----------------------------------------------------------------------------

MUTANTS = {
    "a missing sum": (
        affine,
        lambda G, Y, H, W, B: (G @ W.T, H.T @ G, G),
        LAYER,
        {"B": "the sum over axis 0 is missing (3 terms): B is used in each of them"},
    ),
    "a missing sum, and the slope right": (
        layer,
        lambda G, Y, H, W, B: (*layer_vjp(G, Y, H, W, B)[:2], G * (1 - Y * Y)),
        LAYER,
        {"B": "the sum over axis 0 is missing (3 terms): B is used in each of them"},
    ),
    "the first row for the sum": (
        affine,
        lambda G, Y, H, W, B: (G @ W.T, H.T @ G, G[:1]),
        LAYER,
        {"B": "of Y_bar only 0 along axis 0 is used; the rest must be added"},
    ),
    "a lost axis": (
        affine,
        lambda G, Y, H, W, B: (G @ W.T, H.T @ G, G.sum(axis=0)),
        LAYER,
        {"B": "the numbers are right, the shape is not: reshape them to (1, 2)"},
    ),
    "a mean": (
        affine,
        lambda G, Y, H, W, B: (G @ W.T, H.T @ G / 3, G.mean(axis=0, keepdims=True)),
        LAYER,
        {
            name: "a mean stands where the sum belongs: 1/n of what is right, n = 3, axis 0 of H"
            for name in "WB"
        },
    ),
    "a sum for a mean": (
        lambda X: X.mean(axis=0),
        lambda G, Y, X: (np.broadcast_to(G, X.shape),),
        Z,
        {"X": "a sum stands where the mean belongs: it is n times what is right, n = 3, axis 0 of X"},
    ),
    "transposed": (
        matmul,
        lambda G, Y, A, B: (G @ B.T, (A.T @ G).T),
        A,
        {"B": "transposed"},
    ),
    "transposed, of squares": (
        matmul,
        lambda G, Y, A, B: ((G @ B.T).T, A.T @ G),
        SQUARES,
        {"A": "transposed"},
    ),
    "a factor without its transpose": (
        matmul,
        lambda G, Y, A, B: (G @ B, A @ G),
        SQUARES,
        {
            "A": "B is used where its transpose belongs",
            "B": "A is used where its transpose belongs",
        },
    ),
    "a sign and a transpose": (
        matmul,
        lambda G, Y, A, B: (-G @ B.T, -(A.T @ G).T),
        A,
        {"A": "the sign is wrong", "B": "transposed; besides, the sign is wrong"},
    ),
    "the sign of a target": (
        half_squared_error,
        lambda g, J, Y, T: (g * (Y - T), g * (Y - T)),
        SQUARES,
        {"T": "the sign is wrong"},
    ),
    "swapped": (
        matmul,
        lambda G, Y, A, B: (A.T @ G, G @ B.T),
        A,
        {
            "A": "the cotangents of A and B are swapped",
            "B": "the cotangents of B and A are swapped",
        },
    ),
    "swapped, of squares": (
        hadamard,
        lambda G, Y, A, B: (G * A, G * B),
        SQUARES,
        {
            "A": "the cotangents of A and B are swapped",
            "B": "the cotangents of B and A are swapped",
        },
    ),
    "a lost factor": (
        hadamard,
        lambda G, Y, A, B: (G, G * A),
        SQUARES,
        {"A": "the factor B is lost"},
    ),
    "a factor of two": (
        half_squared_error,
        lambda g, J, Y, T: (7 * g * (Y - T), 1.001 * g * (T - Y)),
        SQUARES,
        {
            "Y": "a constant factor: everywhere 7 times what is right",
            "T": "a constant factor: everywhere 1.001 times what is right",
        },
    ),
    "a lost slope": (
        sigmoid,
        lambda G, Y, Z: (G,),
        Z,
        {"Z": "the slope of sigmoid, Y * (1 - Y), is lost"},
    ),
    "a lost slope in a layer": (
        layer,
        lambda G, Y, H, W, B: (G @ W.T, H.T @ G, G.sum(axis=0, keepdims=True)),
        LAYER,
        {name: "the slope of tanh, 1 - Y**2, is lost" for name in "HWB"},
    ),
    "a lost kink": (relu, lambda G, Y, Z: (G,), Z, {"Z": "the slope of relu, Y > 0, is lost"}),
    "a slope twice": (
        tanh,
        lambda G, Y, Z: (G * (1 - Y * Y) ** 2,),
        Z,
        {"Z": "the slope of tanh, 1 - Y**2, is there once too often"},
    ),
    "a slope at the result": (
        sigmoid,
        lambda G, Y, Z: (G * sigmoid_prime(Y),),
        Z,
        {"Z": "the result is used where Z belongs"},
    ),
    "a slope at the argument": (
        tanh,
        lambda G, Y, Z: (G * (1 - Z * Z),),
        Z,
        {"Z": "Z stands where the result Y belongs, in 1 - Y**2, the slope of tanh"},
    ),
    "only the diagonal": (
        softmax,
        lambda G, Y, Z: (G * Y * (1 - Y),),
        Z,
        {"Z": "only the diagonal is there: an entry of the result depends on other entries, too"},
    ),
    "half of softmax": (
        softmax,
        lambda G, Y, Z: (G * Y,),
        Z,
        {"Z": "the second term of softmax is missing: subtract Y times the sum over axis 1"},
    ),
    "the term of the mean": (
        lambda X: X - X.mean(axis=1, keepdims=True),
        lambda G, Y, X: (G,),
        Z,
        {"X": "the term of the mean is missing: subtract the mean over axis 1"},
    ),
    "the way past the layer": (
        lambda X: X + np.tanh(X),
        lambda G, Y, X: (G * (1 - np.tanh(X) ** 2),),
        Z,
        {"X": "the term Y_bar is missing: the way past the layer, X + f(X)"},
    ),
    "used twice": (
        lambda X: X @ X.T,
        lambda G, Y, X: (G @ X,),
        Z,
        {"X": "a term is missing, the same with Y_bar transposed: the argument is used twice"},
    ),
    "a kernel that is not turned": (
        lambda X, w: np.convolve(X, w, "valid"),
        lambda G, Y, X, w: (np.convolve(G, w[::-1], "full"), np.convolve(X[::-1], G, "valid")[::-1]),
        draws((7,), (3,))(np.random.default_rng(0)),
        {"w": "reversed along axis 0"},
    ),
    "ones for the cotangent": (
        sigmoid,
        lambda G, Y, Z: (Y * (1 - Y),),
        Z,
        {"Z": "Y_bar is ignored, as if it were all ones: multiply by it"},
    ),
    "ones for the cotangent of a loss": (
        half_squared_error,
        lambda g, J, Y, T: (Y - T, T - Y),
        SQUARES,
        {name: "Y_bar is ignored, as if it were all ones: multiply by it" for name in "YT"},
    ),
    "no negative cotangents": (
        relu,
        lambda G, Y, Z: (np.maximum(G, 0) * (Z > 0),),
        Z,
        {"Z": "negative entries of Y_bar are cut off: max(Y_bar, 0)"},
    ),
    "clipped": (
        sigmoid,
        lambda G, Y, Z: (np.clip(G, -1, 1) * Y * (1 - Y),),
        Z,
        {"Z": "Y_bar is clipped to -1 … 1"},
    ),
    "nothing": (
        sigmoid,
        lambda G, Y, Z: (0 * Z,),
        Z,
        {"Z": "all is 0: nothing is written there, or the argument was cut off from the result"},
    ),
    "no known mistake": (sigmoid, lambda G, Y, Z: (G * np.sin(Z**2 + 1),), Z, {"Z": ""}),
}


@pytest.mark.parametrize("method", ["auto", "differences"])
@pytest.mark.parametrize(("f", "f_vjp", "args", "causes"), MUTANTS.values(), ids=MUTANTS)
def test_a_mistake_is_found_and_its_cause_named(f, f_vjp, args, causes, method):
    report = check_vjp(f, f_vjp, *args, method=method)
    assert not report.ok
    assert report.method == ("exact" if method == "auto" else method)
    named = {argument.name: argument.cause for argument in report.arguments if argument.ok is False}
    assert named == causes


SPOILED = {
    "the sign": (lambda Y_bar: Y_bar, lambda X_bar: -X_bar, "the sign is wrong"),
    "a factor": (
        lambda Y_bar: Y_bar,
        lambda X_bar: 0.7 * X_bar,
        "a constant factor: everywhere 7/10 times what is right",
    ),
    "nothing": (
        lambda Y_bar: Y_bar,
        lambda X_bar: 0 * X_bar,
        "all is 0: nothing is written there, or the argument was cut off from the result",
    ),
    "ones": (np.ones_like, lambda X_bar: X_bar, "Y_bar is ignored, as if it were all ones: multiply by it"),
    "squares": (np.square, lambda X_bar: X_bar, "Y_bar is squared"),
    "signs": (np.sign, lambda X_bar: X_bar, "only the sign of Y_bar is used"),
    "something added": (
        lambda Y_bar: Y_bar,
        lambda X_bar: X_bar + 0.5,
        "something is added that does not depend on Y_bar",
    ),
}


@pytest.mark.parametrize(("before", "after", "cause"), SPOILED.values(), ids=SPOILED)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_mistake_in_any_rule_is_named(rule, before, after, cause):
    def wrong(Y_bar, Y, *args):
        bars = rule.vjp(before(Y_bar), Y, *args)
        return tuple(X_bar if X_bar is None else after(X_bar) for X_bar in bars)

    args = rule.example(np.random.default_rng(0))
    report = check_vjp(rule.forward, wrong, *args, method="complex")
    causes = [argument.cause for argument in report.arguments]
    assert causes == [cause if X.dtype.kind == "f" else "" for X in args]


def test_few_digits_are_no_mistake_of_the_formula():
    report = check_vjp(np.tanh, lambda G, Y, Z: ((G * (1 - Y * Y)).astype(np.float32),), *Z)
    (argument,) = report.arguments
    assert argument.cause == "it computes in float32, whatever it is given: check it with dtype float32"


@pytest.mark.parametrize("name", ["a mean", "a lost slope", "transposed", "half of softmax"])
def test_the_cause_is_named_in_float32_too(name):
    f, f_vjp, args, causes = MUTANTS[name]
    report = check_vjp(f, f_vjp, *args, dtype="float32")
    assert {argument.name: argument.cause for argument in report.arguments if argument.ok is False} == causes


# --- the pass as a whole -------------------------------------------------------------------------------------


def into_the_cotangent(Y_bar, Y, Z):
    Y_bar *= Y * (1 - Y)
    return (Y_bar,)


def into_the_argument(Y_bar, Y, Z):
    Z[...] = Y_bar * Y * (1 - Y)
    return (Z,)


def one_buffer():
    buffer = np.zeros(Z[0].shape)

    def overwrites(Y_bar, Y, Z):
        buffer[...] = Y_bar * Y * (1 - Y)
        return (buffer,)

    return overwrites


def adding_buffer():
    buffer = np.zeros(Z[0].shape)

    def adds(Y_bar, Y, Z):
        nonlocal buffer
        buffer = buffer + Y_bar * Y * (1 - Y)
        return (buffer,)

    return adds


def dice():
    rng = np.random.default_rng(0)
    return lambda Y_bar, Y, Z: (Y_bar * Y * (1 - Y) * (1 + rng.random()),)


@pytest.mark.parametrize(
    ("f_vjp", "problem"),
    [
        (into_the_cotangent, "writes into Y_bar, which it was given; let it work on a copy"),
        (into_the_argument, "writes into Z, which it was given; let it work on a copy"),
        (one_buffer(), "overwrites what it returned before; let it return a new array each time"),
        (adding_buffer(), "adds the cotangent of Z to that of the call before: set the buffer to 0 first"),
        (dice(), "gives another cotangent of Z when it is called again with the same arguments"),
        (lambda Y_bar, Y, Z: (Y_bar, Y_bar), "returns 2 cotangents, expected 1: (Z_bar,)"),
        (lambda Y_bar, Y, Z: (Y_bar * 1j,), "returns an array of complex128; it must hold real numbers"),
    ],
)
def test_what_is_wrong_with_the_pass_as_a_whole(f_vjp, problem):
    report = check_vjp(sigmoid, f_vjp, *Z)
    assert not report.ok
    assert report.problems == [problem]
    assert problem in str(report)


def test_a_fault_that_rounding_hides_is_found_in_exact_arithmetic():
    def slightly(Y_bar, Y, X):
        factor = 2 + Fraction(1, 10**20) if X.dtype == object else 2.0
        return (factor * Y_bar * X,)

    report = check_vjp(lambda X: X * X, slightly, *Z)
    assert not report.ok
    assert report.problems[0].startswith("the formula is off by 5e-21 in exact arithmetic (fractions)")


def test_lost_digits_are_no_wrong_formula():
    def careless(Z):
        return 1 - 1 / (1 + np.exp(Z))

    report = check_vjp(
        sigmoid, lambda Y_bar, Y, Z: (Y_bar * careless(Z) * (1 - careless(Z)),), np.array([[-30.0, -29]])
    )
    (argument,) = report.arguments
    assert (
        argument.cause == "rounding: the formula is right in exact arithmetic, but float64 loses digits here"
    )


def test_nan_is_placed():
    report = check_vjp(
        sigmoid, lambda Y_bar, Y, Z: (np.where(Z > 0, Y_bar * Y * (1 - Y), np.nan),), np.array([1.0, -1])
    )
    assert report.arguments[0].cause == "nan at (1,): it divides by 0, overflows or is never written"


def test_what_cannot_be_checked_is_refused():
    with pytest.raises(
        GradientCheckError, match=r"^unknown method 'guess'; known are exact, complex, differences, auto$"
    ):
        check_vjp(layer, layer_vjp, *LAYER, method="guess")
    with pytest.raises(
        GradientCheckError, match=r"^unknown dtype 'int8'; known are float64, float32, bfloat16$"
    ):
        check_vjp(layer, layer_vjp, *LAYER, dtype="int8")
    with pytest.raises(GradientCheckError, match=r"^sin: the Jacobians would have 4e\+06 entries"):
        check_vjp(np.sin, lambda Y_bar, Y, X: (Y_bar,), np.ones(2000))
    with pytest.raises(GradientCheckError, match="nothing can be compared"):
        check_vjp(np.sin, lambda Y_bar, Y, X: (Y_bar,), np.ones((0, 3)))


# --- the command ---------------------------------------------------------------------------------------------

KERNEL = """
import numpy as np


def layer(H, W, B):
    return np.tanh(H @ W + B)


def layer_vjp(Y_bar, Y, H, W, B):
    Z_bar = Y_bar * (1 - Y * Y)
    return Z_bar @ W.T, H.T @ Z_bar, Z_bar.mean(axis=0, keepdims=True)


def example(rng):
    return rng.normal(size=(3, 4)), rng.normal(size=(4, 2)), rng.normal(size=(1, 2))


def scaled(X, factor=1.0):
    return factor * X, (factor,)


def scaled_back(Y_bar, factor):
    return factor * Y_bar


def scaled_example(rng):
    return rng.normal(size=(3, 4)), {"factor": 2.5}


def writing(X):
    return X * X, (X,)


def writing_back(Y_bar, X):
    X *= 2 * Y_bar
    return X


def alone(X):
    return X


def crash(X):
    return X

def crash_vjp(Y_bar, Y, X):
    return 1 / 0
"""


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Return a function that runs the command beside a kernel, and returns status and output."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own_kernel.py").write_text(KERNEL, encoding="utf-8")

    def run(*arguments):
        status = main(["gradcheck", *arguments])
        return status, capsys.readouterr().out

    return run


def test_the_command_says_which_entry_and_why(run):
    status, said = run("own_kernel.py:layer")
    assert status == 1
    assert said.splitlines() == [
        "✗ layer_vjp: 1 of 3 arguments wrong",
        "  ✓ H (3 × 4)",
        "  ✓ W (4 × 2)",
        "  ✗ B (1 × 2): at (0, 0) it is 0.421808, right is 1.26542; off by 0.5",
        "      Likely cause: a mean stands where the sum belongs: 1/n of what is right, n = 3, axis 0 of H",
        "  derivative: exact, by dual numbers; backward pass in float64, tolerance 2e-15",
    ]


@pytest.mark.parametrize("target", ["own_kernel.py:scaled", "own_kernel:scaled"])
def test_the_form_of_the_boxes_and_an_example_of_its_own(run, target):
    status, said = run(target, "--dtype", "float32")
    assert status == 0, said
    assert said.startswith("✓ scaled_back: right\n  ✓ X (3 × 4)")


def test_shapes_and_a_seed_make_arguments(run):
    status, said = run("own_kernel.py:layer", "--shapes", "5x3,3x2,1x2", "--seed", "7", "--method", "complex")
    assert status == 1
    assert "n = 5, axis 0 of H" in said
    assert "derivative: by complex step" in said


def test_a_backward_pass_that_writes_into_what_was_kept(run):
    status, said = run("own_kernel.py:writing", "--shapes", "2x3")
    assert status == 1
    assert "✗ writes into kept[0], which it was given; let it work on a copy" in said


def test_a_generous_tolerance_lets_pass(run):
    assert run("own_kernel.py:layer", "--tolerance", "1", "--method", "complex")[0] == 0


def test_json_says_the_same_to_programs(run):
    status, said = run("own_kernel.py:layer", "--format", "json")
    document = json.loads(said)
    assert document["status"] == status == 1
    assert document["version"] == 1
    assert document["ok"] is False
    assert [argument["ok"] for argument in document["arguments"]] == [True, True, False]
    assert document["arguments"][2]["place"] == [0, 0]
    assert document["arguments"][0]["found"] is None


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["own_kernel.py"], "expected module:f or file.py:f, a function f beside its f_vjp or f_back"),
        (["other.py:f"], "there is no file other.py"),
        (["no_such_kernel:f"], "there is no module no_such_kernel; a file is written with .py"),
        (["own_kernel.py:nix"], "own_kernel.py has no function nix"),
        (
            ["own_kernel.py:alone"],
            "own_kernel.py has neither alone_vjp(Y_bar, Y, *args) nor alone_back(Y_bar, *kept) beside alone",
        ),
        (
            ["own_kernel.py:layer", "--shapes", "3y4"],
            "expected shapes as in 3x4,4x2 (4 is a vector, () a number); got 3y4",
        ),
        (["own_kernel.py:crash", "--shapes", "2"], "ZeroDivisionError: division by zero (line 47)"),
    ],
)
def test_what_cannot_be_found_or_run_has_status_2(run, arguments, problem):
    status, said = run(*arguments)
    assert status == 2
    assert said == f"✗ {arguments[0]}: not checked: {problem}\n"
    document = json.loads(run(*arguments, "--format", "json")[1])
    assert (document["status"], document["error"]) == (2, problem)


def test_without_arguments_it_says_how_to_give_them(run, tmp_path):
    (tmp_path / "bare.py").write_text("def f(X, W): return X\ndef f_vjp(Y_bar, Y, X, W): return Y_bar, W\n")
    status, said = run("bare.py:f")
    assert status == 2
    assert "add example(rng) to its module" in said
    assert said.endswith("as in --shapes 3x4,4x2\n")
