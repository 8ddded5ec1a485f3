"""Small slips, planted one at a time into the source of every rule: the gradient check must find each.

General mutation tools leave `@` and transposes alone, where backpropagation goes wrong most often.
"""

import ast
import inspect

import numpy as np
import pytest

from mathnet import RULES, GradientCheckError, Rule, vjp_error
from mathnet.dual import Dual
from mathnet.gradcheck import METHODS
from mathnet.rules import draws, sixteenths, unequal
from mathnet.shapes import Integers

OTHER_SHAPES = {  # beside the rule's own example: the branches that it does not reach
    "scaled_dot_product_attention": [draws((1, 2, 1), (1, 3, 1), (1, 3, 2))],
    "matmul": [draws((4, 2, 3), (4, 3, 1)), draws((4, 1, 3), (3, 2))],
    "outer": [draws((1, 2), (3, 1)), draws((2, 1), (1, 3))],
    "softmax": [draws((2, 1, 3))],
    "hard_sigmoid": [draws((4, 5))],
    "group_norm": [draws((2, 3, 2), (3,), (3,))],
    "swiglu": [draws((2, 1, 3), (3, 2), (3, 2), (2, 1))],
    "hinge": [draws((4, 5), (4, 5))],
    "info_nce": [lambda rng: (sixteenths(rng, 2, 1), sixteenths(rng, 2, 1), np.array(-0.75))],
    "maximum": [unequal((4, 5), (5,))],
    "minimum": [unequal((4, 5), (5,))],
}


POSITIVE = {
    "log": "Z",
    "power": "A",
    "info_nce": "tau",
    "hard_sigmoid": "Z",  # its kinks are at -3 and 3
    "batch_norm_inference": "variance",
}  # an absolute value of what is positive is no slip
SHAPE_ONLY = (
    *("np.shape", "np.ndim", "np.ones_like", "number_of", "divisor_of", "check_axes"),
    *("np.eye", "np.zeros", "weighted_targets", "places_along"),
)
OTHER_SETTINGS = {  # tried on the rule's own example, beside the defaults
    "scaled_dot_product_attention": [{"causal": True, "scale": 0.25}],
    "binary_cross_entropy_with_logits": [{"pos_weight": [1, 3, 0.5]}],
    "layer_norm": [{"axis": 0}],
    "rms_norm": [{"axis": 0}],
    "batch_norm": [{"axis": 1}],
    "dropout": [{"mask": [True, False, True]}],
    "cross_entropy_with_labels": [{"reduction": "mean", "weight": [1, 3, 0.5, 2], "label_smoothing": 0.25}],
    "take_along_axis": [{"axis": 1}],
    "cumsum": [{"axis": 0}],
    "group_norm": [{"groups": 2}],
    "huber": [{"delta": 0.25}],
    "hinge": [{"margin": 0.5}],
    "leaky_relu": [{"alpha": 0.25}],
    "elu": [{"alpha": 0.25}],
    "clip": [{"low": -1.5, "high": 0.25}],
    "softmax": [{"axis": 0}],
    "log_softmax": [{"axis": 0}],
    "std": [{"axis": 1, "keepdims": True}, {"axis": 0}],
    "norm": [{"axis": 1, "keepdims": True}, {"axis": 0}],
    **{
        name: [{"axis": 0, "keepdims": True}, {"axis": 1}]
        for name in ["logsumexp", "sum", "mean", "var", "max", "min", "prod"]
    },
}


def slips(node, arguments):
    """Yield what a tired author might have written instead of this node."""
    if isinstance(node, ast.Return) and not isinstance(node.value, ast.Tuple):
        yield from (
            f"return -({ast.unparse(node.value)})",
            f"return (1 + 1e-7) * ({ast.unparse(node.value)})",
        )
    elif isinstance(node, ast.Return):
        for position, result in enumerate(node.value.elts):
            for scaled in (f"-({ast.unparse(result)})", f"(1 + 1e-7) * ({ast.unparse(result)})"):
                results = [*map(ast.unparse, node.value.elts)]
                results[position] = scaled
                yield f"return ({', '.join(results)},)"
        if len(node.value.elts) > 1:
            yield f"return ({', '.join(map(ast.unparse, node.value.elts[::-1]))},)"
    if isinstance(node, ast.BinOp):
        left, right = ast.unparse(node.left), ast.unparse(node.right)
        if isinstance(node.op, ast.MatMult):
            yield from (f"({right} @ {left})", f"({left} @ np.swapaxes({right}, -1, -2))")
            yield f"(np.swapaxes({left}, -1, -2) @ {right})"
        else:
            yield from (left, right)
            if isinstance(node.op, ast.Add | ast.Sub):
                yield f"({left} {'-' if isinstance(node.op, ast.Add) else '+'} {right})"
    if isinstance(node, ast.UnaryOp):
        yield ast.unparse(node.operand)
    if isinstance(node, ast.Call) and ast.unparse(node.func) in SHAPE_ONLY:
        for name in ast.walk(node):
            name.ctx = None  # only the shape is asked for: an absolute value has the same
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq):
        for name in ast.walk(node):
            name.ctx = None  # an absolute value is 0 in the same places
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        if node.id.endswith("_bar"):
            yield from (f"np.maximum({node.id}, 0)", f"np.abs({node.id})")
        if node.id in arguments:
            yield f"np.abs({node.id})"
    if isinstance(node, ast.keyword) and node.arg == "axis":
        yield "axis=-1" if ast.unparse(node.value) == "0" else "axis=0"
    if isinstance(node, ast.Call):
        name, args = ast.unparse(node.func), [*map(ast.unparse, node.args)]
        if name in (
            "np.transpose",
            "np.swapaxes",
            "np.sum",
            "np.ravel",
            "softmax",
            "sigmoid",
            "_log_softmax",
        ):
            yield args[0]
        if name in ("np.multiply", "np.subtract", "np.matmul", "np.outer"):
            yield from args
        if name in ("np.subtract", "np.greater"):
            yield f"{name}({args[1]}, {args[0]})"
        if name == "np.sum" and node.keywords:
            yield f"np.mean({', '.join([args[0], *map(ast.unparse, node.keywords)])})"
            if len(node.keywords) > 1:
                yield f"np.sum({args[0]}, {ast.unparse(node.keywords[0])})"


def positional(function):
    """Return the names of the arguments that are arrays of floats; settings are keyword-only."""
    parameters = inspect.signature(function, eval_str=True).parameters.values()
    return [
        parameter.name
        for parameter in parameters
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD and parameter.annotation not in (Integers, None)
    ]


def mutants(function):
    """Yield (the slip, the source with the slip) for every place below the docstring and the shape check."""
    source, arguments = inspect.getsource(function), positional(function)
    if function.__name__.endswith("_jvp"):
        del arguments[len(arguments) // 2]  # Y
    else:
        arguments = arguments[2:]
    if positive := POSITIVE.get(function.__name__[:-4]):
        arguments.remove(positive)
    encoded = source.encode()  # the columns of ast count bytes
    offsets = [0, *(at + 1 for at, byte in enumerate(encoded) if byte == ord("\n"))]
    statements = ast.parse(source).body[0].body[1:]
    checks = [
        ast.unparse(statement).startswith(("check_", "signature", "axes = check_", "w = weight_like"))
        for statement in statements
    ]
    last_check = max((at for at, checked in enumerate(checks) if checked), default=-1)
    for statement in statements[last_check + 1 :]:
        for node in ast.walk(statement):
            for slip in slips(node, arguments):
                start = offsets[node.lineno - 1] + node.col_offset
                end = offsets[node.end_lineno - 1] + node.end_col_offset
                before, original, after = encoded[:start], encoded[start:end], encoded[end:]
                yield f"{original.decode()} -> {slip}", (before + slip.encode() + after).decode()


def cases(rule):
    """Return all that a slip is tried on: pairs of an example and settings."""
    settings = [(rule.example, other) for other in OTHER_SETTINGS.get(rule.name, [])]
    return [*((example, {}) for example in [rule.example, *OTHER_SHAPES.get(rule.name, [])]), *settings]


def is_accepted(rule, source):
    """Say whether the gradient check has no objection to the rule with this source.

    The quick method goes first: what it rejects need not be computed to 50 digits.
    """
    namespace = dict(inspect.unwrap(rule.vjp).__globals__)
    exec(compile(source, rule.vjp.__name__, "exec"), namespace)
    changed = Rule(rule.forward, namespace[rule.vjp.__name__], rule.example)
    for method, tolerance in [("complex step", 1e-12), ("exact", 1e-45)]:
        for example, settings in cases(rule):
            args = example(np.random.default_rng(0))
            try:
                if not vjp_error(changed, *args, method=method, **settings).error < tolerance:
                    return False
            except Exception:  # whatever a slip breaks, it has been noticed
                return False
    return True


JACOBIANS = {}


@pytest.fixture(autouse=True)
def differentiated_once(monkeypatch):
    """Keep the Jacobians of a function, which no slip in its rule changes."""

    def keeping(method):
        def jacobians(point):
            keywords = getattr(point.f, "keywords", {})
            key = method.__name__, point.name, repr(keywords), *(X.tobytes() for X in point.args)
            if key not in JACOBIANS:
                JACOBIANS[key] = method(point)
            return JACOBIANS[key]

        return jacobians

    for name, method in METHODS.items():
        monkeypatch.setitem(METHODS, name, keeping(method))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_slip_in_a_rule_is_noticed(rule):
    assert is_accepted(rule, inspect.getsource(rule.vjp))
    planted = list(mutants(rule.vjp))
    assert len(planted) >= 2
    assert [slip for slip, source in planted if is_accepted(rule, source)] == []


def follows_the_tangent(rule, source):
    """Say whether a forward rule with this source is the tangent of dual numbers, in every entry."""
    namespace = dict(inspect.unwrap(rule.jvp).__globals__)
    exec(compile(source, rule.jvp.__name__, "exec"), namespace)
    for example, settings in cases(rule):
        rng = np.random.default_rng(0)
        args = example(rng)
        dots = [sixteenths(rng, *X.shape) if X.dtype.kind == "f" else None for X in args]
        moved = [X if dot is None else moving(X, dot) for X, dot in zip(args, dots, strict=True)]
        expected = tangent(rule.forward(*moved, **settings))
        args, dots = (
            [X if dot is None else dual(X) for X, dot in zip(Xs, dots, strict=True)] for Xs in (args, dots)
        )
        try:
            Y = rule.forward(*args, **settings)
            Y_dot = namespace[rule.jvp.__name__](*dots, Y, *args, **settings)
            if np.shape(Y_dot) != np.shape(expected) or np.max(np.abs(Y_dot - expected)) > 1e-45:
                return False
        except Exception:  # whatever a slip breaks, it has been noticed
            return False
    return True


dual = np.frompyfunc(Dual, 1, 1)
moving = np.frompyfunc(Dual, 2, 1)
tangent = np.frompyfunc(lambda y: y.tangent if isinstance(y, Dual) else 0, 1, 1)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.jvp], ids=lambda rule: rule.name)
def test_every_slip_in_a_forward_rule_is_noticed(rule):
    assert follows_the_tangent(rule, inspect.getsource(rule.jvp))
    planted = list(mutants(rule.jvp))
    assert len(planted) >= 2
    assert [slip for slip, source in planted if follows_the_tangent(rule, source)] == []


NOT_LINEAR = {"guided": lambda Y_bar: np.maximum(Y_bar, 0), "absolute": np.abs}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("function", NOT_LINEAR.values(), ids=NOT_LINEAR)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_that_looks_at_the_sign_of_its_cotangent_is_noticed(rule, function, method):
    def wrong(Y_bar, Y, *args):
        return rule.vjp(function(Y_bar), Y, *args)

    with pytest.raises(GradientCheckError, match=r"^wrong is not linear in Y_bar"):
        vjp_error(Rule(rule.forward, wrong, rule.example), method=method)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("function", NOT_LINEAR.values(), ids=NOT_LINEAR)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_that_changes_the_sign_of_what_it_returns_is_noticed(rule, function, method):
    def wrong(Y_bar, Y, *args):
        return tuple(X_bar if X_bar is None else function(X_bar) for X_bar in rule.vjp(Y_bar, Y, *args))

    with pytest.raises(GradientCheckError, match=r"^wrong is not linear in Y_bar"):
        vjp_error(Rule(rule.forward, wrong, rule.example), method=method)
