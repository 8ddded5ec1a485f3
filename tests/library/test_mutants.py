"""Small slips, planted one at a time into the source of every rule: the gradient check must find each.

General mutation tools leave `@` and transposes alone, where backpropagation goes wrong most often.
"""

import ast
import inspect

import numpy as np
import pytest

from mathnet import RULES, GradientCheckError, Rule, vjp_error
from mathnet.gradcheck import METHODS
from mathnet.rules import draws

OTHER_SHAPES = {  # beside the rule's own example: the branches that it does not reach
    "matmul": [draws((4, 2, 3), (4, 3, 1)), draws((4, 1, 3), (3, 2))],
    "outer": [draws((1, 2), (3, 1)), draws((2, 1), (1, 3))],
    "softmax": [draws((2, 1, 3))],
}


def slips(node, arguments):
    """Yield what a tired author might have written instead of this node."""
    if isinstance(node, ast.Return):
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
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("np.shape", "np.ndim"):
        for name in ast.walk(node):
            name.ctx = None  # only the shape is asked for: an absolute value has the same
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
        if name in ("np.multiply", "np.subtract"):
            yield from args
        if name in ("np.subtract", "np.greater"):
            yield f"{name}({args[1]}, {args[0]})"
        if name == "np.sum":
            yield f"np.mean({', '.join([args[0], *map(ast.unparse, node.keywords)])})"
            yield f"np.sum({args[0]}, {ast.unparse(node.keywords[0])})"


def mutants(function):
    """Yield (the slip, the source with the slip) for every place below the docstring and the shape check."""
    source, arguments = inspect.getsource(function), [*inspect.signature(function).parameters][2:]
    encoded = source.encode()  # the columns of ast count bytes
    offsets = [0, *(at + 1 for at, byte in enumerate(encoded) if byte == ord("\n"))]
    for statement in ast.parse(source).body[0].body[1:]:
        if ast.unparse(statement).startswith(("check_", "signature")):
            continue
        for node in ast.walk(statement):
            for slip in slips(node, arguments):
                start = offsets[node.lineno - 1] + node.col_offset
                end = offsets[node.end_lineno - 1] + node.end_col_offset
                before, original, after = encoded[:start], encoded[start:end], encoded[end:]
                yield f"{original.decode()} -> {slip}", (before + slip.encode() + after).decode()


def is_accepted(rule, source):
    """Say whether the gradient check has no objection to the rule with this source."""
    namespace = dict(inspect.unwrap(rule.vjp).__globals__)
    exec(compile(source, rule.vjp.__name__, "exec"), namespace)
    changed = Rule(rule.forward, namespace[rule.vjp.__name__], rule.example)
    for example in [rule.example, *OTHER_SHAPES.get(rule.name, [])]:
        try:
            if not vjp_error(changed, *example(np.random.default_rng(0))).error < 1e-45:
                return False
        except Exception:  # whatever a slip breaks, it has been noticed
            return False
    return True


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_slip_in_a_rule_is_noticed(rule):
    assert is_accepted(rule, inspect.getsource(rule.vjp))
    planted = list(mutants(rule.vjp))
    assert len(planted) >= 2
    assert [slip for slip, source in planted if is_accepted(rule, source)] == []


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
        return tuple(map(function, rule.vjp(Y_bar, Y, *args)))

    with pytest.raises(GradientCheckError, match=r"^wrong is not linear in Y_bar"):
        vjp_error(Rule(rule.forward, wrong, rule.example), method=method)
