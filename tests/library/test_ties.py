"""The code of every rule against the last line of its derivation, entry by entry."""

import inspect
import itertools
import random
import sys
from unittest.mock import patch

import numpy as np
import pytest

from mathnet import RULES
from mathnet.derivation import Derivation, Dual, find
from mathnet.derivation.meaning import nodes
from mathnet.derivation.numbers.chance import Numbers
from mathnet.derivation.numbers.data import Data, choose_sizes
from mathnet.derivation.numbers.evaluate import Evaluator
from mathnet.shapes import Integers

DIGITS = 45
CODE_NAMES = {
    "Y^*": "T",
    r"\alpha": "alpha",
    r"\beta": "beta",
    r"\gamma": "gamma",
    r"\epsilon": "eps",
    r"\tau": "tau",
    r"\delta": "delta",
}
OTHER_NAMES = {
    "dropout": {"M": "mask", "r": "rate"},
    "scaled_dot_product_attention": {"c": "scale"},
    "clip": {"a": "low", "b": "high"},
    "binary_cross_entropy_with_logits": {"w": "pos_weight"},
    "batch_norm_inference": {"m": "mean", "v": "variance"},
    "hinge": {"c": "margin"},
    "prod": {"x": "X", "y": "Y"},
    "gelu_tanh": {"c": "GELU_C", "a": "GELU_A"},
    "cross_entropy_with_labels": {"T": "labels", "w": "weight", r"\epsilon": "label_smoothing"},
    "embedding": {"T": "ids"},
    "take_along_axis": {"T": "places"},
}
dual = np.frompyfunc(Dual, 1, 1)


def derivation_of(rule):
    (fence,) = find(inspect.getdoc(rule.vjp))
    assert fence.id == rule.vjp.__name__.replace("_", "-")
    return Derivation(fence.source, fence.id)


def draw(derivation, seed):
    """Return an evaluator of the derivation's lines, with sizes and numbers that the seed chooses."""
    names, dimensions, generator = derivation.names, derivation.dimensions, random.Random(seed)
    sizes = choose_sizes(names, dimensions, generator, 2 + seed)
    return Evaluator(names, dimensions, Data(names, dimensions, Numbers(generator), sizes))


def conclusions(derivation):
    """Yield (symbol, index letters, last side) of each chain that starts with a cotangent's entry."""
    for chain in derivation.report.chains:
        match chain.nodes[0]:
            case nodes.Entry(body=nodes.Cotangent(name=name), indices=letters):
                yield name, letters, chain.nodes[-1]
            case nodes.Cotangent(name=name):
                yield name, "", chain.nodes[-1]


def last_line(evaluator, name, letters, node):
    """Evaluate a conclusion at every index: the entries of a cotangent, row by row."""
    lengths = [size for size in evaluator.shapes[name] if size > 1 or len(letters) == 2]
    places = itertools.product(*map(range, lengths))
    return [evaluator.value(node, dict(zip(letters, place, strict=True)))[0] for place in places]


def run_rule(rule, evaluator):
    """Run the rule on the derivation's data: a dict from argument to cotangent."""
    code_names = CODE_NAMES | OTHER_NAMES.get(rule.name, {})
    symbols = {code_names.get(name, name): name for name in evaluator.shapes}

    def array(name, values):
        return np.array(dual(np.array(values, dtype=object))).reshape(evaluator.shapes[name])

    def constant(name):
        values, shape = evaluator.symbol(name), evaluator.shapes[name]
        column = shape and shape[1:] == (1,)  # a vector
        return (np.ravel if column else np.asarray)(array(name, values)) if shape else values[0]

    def argument(name):
        X = array(symbols[name], evaluator.symbol(symbols[name]))
        X = np.ravel(X) if axes[name] == 1 else X
        return np.argmax(X, axis=-1) if parameters[name].annotation == Integers else X

    parameters = inspect.signature(rule.forward, eval_str=True).parameters
    arguments = [
        name for name, parameter in parameters.items() if parameter.kind is not parameter.KEYWORD_ONLY
    ]
    axes = dict(zip(arguments, map(np.ndim, rule.example(np.random.default_rng(0))), strict=True))
    axes |= {name: 2 for name in arguments if parameters[name].annotation == Integers}
    args = [argument(name) for name in arguments]
    settings = {
        setting: constant(symbols[setting]).astype(bool) if setting == "mask" else constant(symbols[setting])
        for setting in inspect.getfullargspec(inspect.unwrap(rule.forward)).kwonlyargs
        if setting in symbols
    }
    module = sys.modules[rule.forward.__module__]
    numbers = {name: constant(symbol) for name, symbol in symbols.items() if hasattr(module, name)}
    result = list(inspect.signature(rule.vjp).parameters)[1]
    result = symbols.get(result, result)
    with patch.dict(vars(module), numbers):
        Y = np.asarray(rule.forward(*args, **settings))
        Y_bar = array(result, evaluator.data.values["bar", result]).reshape(Y.shape)
        cotangents = rule.vjp(Y_bar, Y, *args, **settings)
    pairs = zip(arguments, cotangents, strict=True)
    return {symbols[name]: X_bar for name, X_bar in pairs if X_bar is not None}


def differs(expected, found):
    """Say whether a number of the derivation and one of the code differ."""
    found = getattr(found, "value", found)  # where the code writes 0, it is a plain one
    exact = not any(hasattr(number, "_mpf_") for number in (expected, found))
    return expected != found if exact else not abs(expected - found) <= 10.0**-DIGITS


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_last_line_of_the_derivation_is_the_code(rule, seed):
    derivation = derivation_of(rule)
    evaluator = draw(derivation, seed)
    cotangents = run_rule(rule, evaluator)
    assert {name for name, _, _ in conclusions(derivation)} == set(cotangents)
    for name, letters, node in conclusions(derivation):
        expected = last_line(evaluator, name, letters, node)
        found = np.ravel(cotangents[name])
        assert [pair for pair in zip(expected, found, strict=True) if differs(*pair)] == []


def test_a_rule_that_is_not_its_derivation_is_noticed():
    rule = next(rule for rule in RULES if rule.name == "affine")

    def affine_vjp(Z_bar, Z, H, W, B):
        H_bar, W_bar, B_bar = rule.vjp(Z_bar, Z, H, W, B)
        W_bar[-1, -1] += Dual(1) / 10**30
        return H_bar, W_bar, B_bar

    derivation = derivation_of(rule)
    evaluator = draw(derivation, 0)
    cotangents = run_rule(rule._replace(vjp=affine_vjp), evaluator)
    differing = [
        name
        for name, letters, node in conclusions(derivation)
        if any(map(differs, last_line(evaluator, name, letters, node), np.ravel(cotangents[name])))
    ]
    assert differing == ["W"]
