"""What must be true of every rule of the book, read from the one table of rules."""

import inspect
from functools import partial, update_wrapper

import numpy as np
import pytest

import mathnet
from mathnet import RULES, Rule, exact_jacobians, vjp_error
from mathnet.dual import Dual
from mathnet.rules import draws, logits_and_targets, sixteenths, unequal, without_ties
from mathnet.shapes import Integers


def positional(function):
    """Return the names of the arguments that are arrays; settings are keyword-only."""
    parameters = inspect.signature(function).parameters.values()
    return [parameter.name for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]


def of_floats(rule):
    """Return the names of the arguments that have a cotangent."""
    parameters = inspect.signature(rule.forward, eval_str=True).parameters
    return [name for name in positional(rule.forward) if parameters[name].annotation != Integers]


def directions_for(args, rng):
    """Return a tangent for each argument; None for integers."""
    return [sixteenths(rng, *X.shape) if X.dtype.kind == "f" else None for X in args]


def moved(args, dots):
    """Return dual numbers that move in the directions; integers stay."""
    return [X if X_dot is None else np.asarray(moving(X, X_dot)) for X, X_dot in zip(args, dots, strict=True)]


def lifted(args):
    """Return dual numbers that do not move; integers and None stay."""
    return [X if X is None or X.dtype.kind == "i" else np.asarray(dual(X)) for X in args]


def with_settings(rule, **settings):
    """Return the rule with its settings fixed."""
    functions = (rule.forward, rule.vjp, rule.jvp)
    forward, vjp, jvp = (update_wrapper(partial(f, **settings), f) for f in functions)
    return Rule(forward, vjp, rule.example, jvp)


dual = np.frompyfunc(Dual, 1, 1)
moving = np.frompyfunc(Dual, 2, 1)
tangent = np.frompyfunc(lambda y: y.tangent if isinstance(y, Dual) else 0, 1, 1)

BY_NAME = {rule.name: rule for rule in RULES}

MORE_SHAPES = [  # besides each rule's own example: other numbers of axes, and axes of size 1
    ("matmul", draws((4, 2, 3), (4, 3, 1))),
    ("matmul", draws((4, 1, 3), (3, 2))),
    ("matmul", draws((2, 1, 2, 3), (3, 1))),
    ("matmul", draws((1, 3), (3, 1))),
    ("matmul", draws((3, 1), (1, 2))),
    ("matmul", draws((1, 1), (1, 1))),
    ("dot", draws((1,), (1,))),
    ("dot", draws((1, 3), (1, 3))),
    ("dot", draws((3, 1), (3, 1))),
    ("hadamard", draws((), ())),
    ("hadamard", draws((3,), (3,))),
    ("hadamard", draws((1, 3), (1, 3))),
    ("hadamard", draws((2, 1, 3), (2, 1, 3))),
    ("outer", draws((1, 2), (1, 3))),
    ("outer", draws((2, 1), (3,))),
    ("outer", draws((2, 1), (1, 3))),
    ("outer", draws((1,), (1,))),
    *(
        (name, unequal(*shapes) if name in ("maximum", "minimum") else draws(*shapes))
        for name in ["add", "subtract", "multiply", "divide", "maximum", "minimum"]
        for shapes in [
            ((), ()),
            ((), (3,)),
            ((3,), (2, 3)),
            ((2, 1), (1, 3)),
            ((4, 1), (2, 1, 3)),
            ((1, 3), (1, 3)),
        ]
    ),
    *(
        (name, draws(shape))
        for name in [
            *("identity", "sigmoid", "tanh", "relu", "softplus", "silu", "leaky_relu", "elu"),
            *("mish", "gelu_tanh", "exp", "expm1", "square", "dropout"),
        ]
        for shape in [(), (1, 4)]
    ),
    ("clip", draws((1, 4))),
    *(
        (name, lambda rng, shape=shape: (3 * sixteenths(rng, *shape),))
        for name in ["hard_sigmoid", "hardswish"]
        for shape in [(), (1, 4)]
    ),
    *(
        (
            "power",
            lambda rng, shapes=shapes: (np.abs(sixteenths(rng, *shapes[0])), sixteenths(rng, *shapes[1])),
        )
        for shapes in [((), (3,)), ((3,), (2, 1)), ((2, 1), ())]
    ),
    *(
        (name, lambda rng, shape=shape: (np.abs(sixteenths(rng, *shape)),))
        for name in ["log", "log1p", "sqrt"]
        for shape in [(), (1, 4)]
    ),
    ("affine", draws((1, 3), (3, 4), (1, 4))),
    ("affine", draws((2, 1), (1, 4), (1, 4))),
    ("affine", draws((2, 3), (3, 1), (1, 1))),
    ("softmax", draws((3,))),
    ("softmax", draws((1, 4))),
    ("softmax", draws((3, 1))),
    ("softmax", draws((2, 1, 3))),
    *((name, draws(shape)) for name in ["log_softmax", "logsumexp"] for shape in [(3,), (3, 1), (2, 1, 3)]),
    *((name, draws(shape)) for name in ["sum", "mean", "prod", "norm"] for shape in [(), (3,), (2, 1, 3)]),
    *((name, draws(shape)) for name in ["var", "cumsum"] for shape in [(3,), (2, 1, 3)]),
    *((name, lambda rng: (without_ties(rng)[0].reshape(3, 1, 2),)) for name in ["max", "min", "std"]),
    ("layer_norm", draws((3,), (3,), (3,))),
    ("layer_norm", draws((2, 1, 3), (1, 3), ())),
    ("layer_norm", draws((3, 1), (1,), (3, 1))),
    ("rms_norm", draws((2, 1, 3), (3,))),
    ("batch_norm", draws((4,), (), ())),
    ("batch_norm", draws((1, 3), (3,), (3,))),
    ("batch_norm", draws((4, 3, 2), (3, 1), (3, 1))),
    ("group_norm", draws((2, 3, 2), (3,), (3,))),
    ("group_norm", draws((2, 3, 1, 2), (3,), (3,))),
    ("swiglu", draws((2, 1, 3), (3, 2), (3, 2), (2, 1))),
    ("swiglu", draws((3,), (3, 2), (3, 2), (2, 4))),
    ("half_squared_error", draws((1, 3), (1, 3))),
    ("half_squared_error", draws((3, 1), (3, 1))),
    ("scaled_dot_product_attention", draws((3, 2, 2, 3), (3, 2, 4, 3), (3, 2, 4, 1))),
    ("scaled_dot_product_attention", draws((1, 2), (3, 2), (3, 2))),
    *(("binary_cross_entropy_with_logits", draws(shape, shape)) for shape in [(), (3,), (2, 1, 3)]),
    *((name, draws(shape, shape)) for name in ["huber", "hinge"] for shape in [(), (3,), (2, 1, 3)]),
    *(("gaussian_nll", draws(shape, shape, shape)) for shape in [(), (2, 1, 3)]),
    ("info_nce", lambda rng: (sixteenths(rng, 3, 1), sixteenths(rng, 3, 1), np.array(-0.75))),
    ("cross_entropy", lambda rng: tuple(X[:1] for X in logits_and_targets(rng))),
    *(
        (
            name,
            lambda rng, shapes=shapes: (sixteenths(rng, *shapes[0]), rng.integers(0, shapes[2], shapes[1])),
        )
        for name, *shapes in [
            ("cross_entropy_with_labels", (3,), (), 3),
            ("cross_entropy_with_labels", (2, 3, 1), (2, 3), 1),
            ("embedding", (4, 1), (), 4),
            ("embedding", (1, 3), (2, 2), 1),
            ("take_along_axis", (3,), (2,), 3),
            ("take_along_axis", (2, 2, 3), (2, 2, 1), 3),
        ]
    ),
]

REDUCTIONS = ["sum", "mean", "max", "min", "prod", "norm"]
ATTENTION = [
    {"causal": True},
    {"scale": 0.25},
    {"mask": [[True, False, True, True], [False, False, True, True]]},
    {"mask": [[False], [True]]},  # the first query may look nowhere
    {"causal": True, "mask": [False, True, True, True]},
]
LABELLED = [
    {"reduction": "mean"},
    {"weight": [1.0, 3.0, 0.5, 2.0]},
    {"label_smoothing": 0.25, "ignore_index": 0},
    {"label_smoothing": 0.25, "ignore_index": 1, "weight": [1.0, 3.0, 0.5, 2.0], "reduction": "mean"},
]
SETTINGS = [
    *((name, {"alpha": alpha}) for name in ["leaky_relu", "elu"] for alpha in [0.25, 3.0]),
    ("leaky_relu", {"alpha": -1.0}),
    *(("dropout", {"mask": mask}) for mask in [[True, False, True], [[False], [True]]]),
    ("dropout", {"mask": [[True, False, True], [True, True, False]], "rate": 0.25}),
    *(("clip", {"low": low, "high": high}) for low, high in [(0, 6.0), (-0.75, 1.75)]),
    *(("softmax", {"axis": axis}) for axis in [0, -2]),
    *(("log_softmax", {"axis": axis}) for axis in [0, 1]),
    *((name, {"axis": axis}) for name in REDUCTIONS for axis in [0, -1, (1, 0), ()]),
    *((name, {"axis": axis}) for name in ["logsumexp"] for axis in [0, 1]),
    *((name, {"axis": axis, "keepdims": True}) for name in [*REDUCTIONS, "logsumexp"] for axis in [0, 1]),
    *((name, {"axis": axis}) for name in ["layer_norm", "rms_norm"] for axis in [0, (0, 1), None]),
    *(("batch_norm", {"axis": axis}) for axis in [-1, (1, 0)]),
    *(
        (name, {"eps": 0.5})
        for name in ["layer_norm", "rms_norm", "batch_norm", "batch_norm_inference", "group_norm"]
    ),
    ("group_norm", {"groups": 2}),
    *(("binary_cross_entropy_with_logits", {"pos_weight": p}) for p in [2.5, [1, 3, 0.5], [[2.0], [0]]]),
    *(("scaled_dot_product_attention", settings) for settings in ATTENTION),
    *((name, {"axis": axis, "correction": 1}) for name in ["var", "std"] for axis in [0, -1, (0, 1), None]),
    *((name, {"axis": 1, "keepdims": True}) for name in ["var", "std"]),
    ("cumsum", {"axis": 0}),
    *((name, {"keepdims": True}) for name in [*REDUCTIONS, "logsumexp"]),
    *(("cross_entropy_with_labels", settings) for settings in LABELLED),
    ("take_along_axis", {"axis": 1}),
    *(("huber", {"delta": delta}) for delta in [0.25, 2]),
    *(("hinge", {"margin": margin}) for margin in [0, 0.5]),
]

CASES = [pytest.param(rule, rule.example, id=rule.name) for rule in RULES] + [
    pytest.param(
        BY_NAME[name],
        example,
        id=f"{name}-{'-'.join(str(np.shape(X)) for X in example(np.random.default_rng(0)))}",
    )
    for name, example in MORE_SHAPES
]
CASES += [
    pytest.param(with_settings(BY_NAME[name], **settings), BY_NAME[name].example, id=f"{name}-{settings}")
    for name, settings in SETTINGS
]


def each(argument_names="rule", values=RULES):
    return pytest.mark.parametrize(argument_names, values, ids=lambda rule: rule.name)


def test_every_public_vjp_is_registered_exactly_once():
    public = sorted(name for name in mathnet.__all__ if name.endswith("_vjp") and name != "check_vjp")
    assert sorted(rule.vjp.__name__ for rule in RULES) == public


def test_every_public_jvp_is_registered_exactly_once():
    public = sorted(name for name in mathnet.__all__ if name.endswith("_jvp"))
    assert sorted(rule.jvp.__name__ for rule in RULES if rule.jvp) == public


@each()
def test_names_and_signatures_agree(rule):
    assert rule.vjp.__name__ == rule.name + "_vjp"
    arguments = positional(rule.forward)
    assert positional(rule.vjp)[2:] == arguments
    functions = (rule.forward, rule.vjp, rule.jvp)
    settings = [list(inspect.signature(f).parameters.values())[len(positional(f)) :] for f in functions]
    assert settings[0] == settings[1] == settings[2]
    result = positional(rule.vjp)[1]
    assert rule.jvp.__name__ == rule.name + "_jvp"
    assert positional(rule.jvp) == [
        *(f"{name}_dot" for name in arguments),
        result,
        *arguments,
    ]
    tangents = inspect.signature(rule.jvp).parameters
    assert [name for name in arguments if tangents[f"{name}_dot"].annotation is not None] == of_floats(rule)


@each()
def test_the_first_line_of_a_rule_is_its_formula(rule):
    formulas = rule.formula.split(", $")
    assert len(formulas) == len(of_floats(rule))
    for formula in formulas:
        assert formula.removeprefix("$").startswith((r"\bar ", r"\bar{"))
        assert formula.endswith("$")
        assert " = " in formula


@each()
def test_the_axes_of_an_example_have_different_sizes(rule):
    for X in rule.example(np.random.default_rng(0)):
        sizes = [size for size in X.shape if size > 1]
        assert len(set(sizes)) == len(sizes)


@pytest.mark.parametrize("shape", [(2,), (3,), (1, 2), (2, 3)])
def test_examples_have_both_signs_and_no_zero(shape):
    for seed in range(20):
        X = sixteenths(np.random.default_rng(seed), *shape)
        assert np.min(X) < 0 < np.max(X)
        assert np.all(X * 16 % 2 == 1)


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_a_single_number_takes_both_signs(shape):
    assert {np.sign(sixteenths(np.random.default_rng(seed), *shape)).item() for seed in range(20)} == {-1, 1}


# --- the derivatives ---------------------------------------------------------------------------------------


def seeds(rule, example):
    """Return which examples are tried: several of a rule's own, one of each other shape or setting."""
    return range(3 if rule in RULES and example is rule.example else 1)


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_every_jacobian_entry_is_right_in_exact_arithmetic(rule, example):
    for seed in seeds(rule, example):
        measured = vjp_error(rule, *example(np.random.default_rng(seed)))
        assert measured.error == 0 or (measured.error < 1e-50 and measured.arithmetic == "50 digits")


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_every_jacobian_entry_is_right_in_float64(rule, example):
    for seed in seeds(rule, example):
        assert vjp_error(rule, *example(np.random.default_rng(seed)), method="complex step").error < 1e-14


TRANSCENDENTAL = {
    *("sigmoid", "tanh", "softplus", "silu", "elu", "mish", "gelu_tanh"),
    *("exp", "expm1", "sqrt", "power", "std", "norm"),
    *("softmax", "log_softmax", "logsumexp"),
    *("cross_entropy", "cross_entropy_with_labels", "binary_cross_entropy_with_logits"),
    *("gaussian_nll", "info_nce"),
    *("layer_norm", "rms_norm", "batch_norm", "batch_norm_inference", "group_norm"),
    *("scaled_dot_product_attention", "swiglu"),
}


@each()
def test_only_transcendental_rules_need_digits(rule):
    assert vjp_error(rule).arithmetic == ("50 digits" if rule.name in TRANSCENDENTAL else "fractions")


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_the_adjoint_identity_holds_exactly(rule, example):
    """<Y_bar, Y_dot> = sum of <X_bar, X_dot>, for directions that move all arguments at once."""
    rng = np.random.default_rng(7)
    args = example(rng)
    directions = directions_for(args, rng)
    Y_dot = tangent(rule.forward(*moved(args, directions)))
    args, directions = lifted(args), lifted(directions)
    Y = rule.forward(*args)
    Y_bar = np.asarray(dual(sixteenths(rng, *np.shape(Y_dot))))
    cotangents = rule.vjp(Y_bar, Y, *args)
    left = np.sum(Y_bar * Y_dot)
    pairs = zip(cotangents, directions, strict=True)
    right = sum(np.sum(X_bar * X_dot) for X_bar, X_dot in pairs if X_dot is not None)
    forward = np.sum(Y_bar * rule.jvp(*directions, Y, *args))
    tolerance = 1e-45 if rule.name in TRANSCENDENTAL else 0
    assert abs(left - right) <= tolerance
    assert abs(forward - right) <= tolerance
    assert (
        left != 0 or rule.name in ("hard_sigmoid", "hinge") or np.shape(args[0])[-1:] == (1,)
    )  # one class is always certain


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_a_jvp_is_the_tangent_in_every_entry(rule, example):
    for seed in range(3):
        rng = np.random.default_rng(seed)
        args = example(rng)
        dots = directions_for(args, rng)
        expected = np.asarray(tangent(rule.forward(*moved(args, dots))), dtype=float)
        found = rule.jvp(*dots, rule.forward(*args), *args)
        assert np.shape(found) == expected.shape
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-14 * max(1, np.max(np.abs(expected))))


PRIMES = [name.removesuffix("_prime") for name in mathnet.__all__ if name.endswith("_prime")]


@pytest.mark.parametrize("name", PRIMES)
def test_a_prime_is_the_diagonal_of_the_jacobian(name):
    f, f_prime = getattr(mathnet, name), getattr(mathnet, f"{name}_prime")
    (Z,) = BY_NAME[name].example(np.random.default_rng(3))
    (J,) = exact_jacobians(f, Z)
    J = J.reshape(Z.size, Z.size).astype(float)
    np.testing.assert_allclose(J, np.diag(f_prime(Z).ravel()), rtol=1e-14, atol=0)


# --- how the functions treat their arguments ------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("rule", "example"), CASES)
def test_dtype_is_kept(rule, example, dtype):
    args = [X.astype(dtype) if X.dtype.kind == "f" else X for X in example(np.random.default_rng(0))]
    Y = rule.forward(*args)
    assert Y.dtype == dtype
    for X, X_bar in zip(args, rule.vjp(np.ones_like(Y), Y, *args), strict=True):
        assert X_bar is None if X.dtype.kind == "i" else X_bar.dtype == dtype
    dots = [X if X.dtype.kind == "f" else None for X in args]
    assert rule.jvp(*dots, Y, *args).dtype == dtype


LAYOUTS = {
    "column by column": lambda X: np.array(X, order="F"),
    "backwards": lambda X: np.flip(np.flip(X).copy()),
    "every other entry": lambda X: np.repeat(X, 2, axis=-1)[..., ::2] if X.ndim else X,
    "read only": lambda X: np.lib.stride_tricks.as_strided(X, writeable=False),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@each()
def test_the_layout_in_memory_does_not_matter(rule, layout):
    args = rule.example(np.random.default_rng(0))
    Y = rule.forward(*args)
    laid_out = [layout(X) for X in args]
    np.testing.assert_allclose(rule.forward(*laid_out), Y, rtol=1e-15)
    Y_bar = np.asarray(np.arange(1.0, Y.size + 1).reshape(Y.shape))
    expected = rule.vjp(Y_bar, Y, *args)
    for X_bar, again in zip(expected, rule.vjp(layout(Y_bar), Y, *laid_out), strict=True):
        if X_bar is not None:
            np.testing.assert_allclose(again, X_bar, rtol=1e-15)


@each()
def test_no_result_shares_memory_with_an_argument(rule):
    args = rule.example(np.random.default_rng(0))
    Y = rule.forward(*args)
    Y_bar = np.ones_like(Y)
    for result in filter(lambda X: X is not None, (Y, *rule.vjp(Y_bar, Y, *args))):
        assert not any(np.shares_memory(result, X) for X in (Y_bar, *args))


@each()
def test_the_forward_function_leaves_its_arguments_alone(rule):
    args = rule.example(np.random.default_rng(0))
    copies = [X.copy() for X in args]
    rule.forward(*args)
    for X, copy in zip(args, copies, strict=True):
        np.testing.assert_array_equal(X, copy)
