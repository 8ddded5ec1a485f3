"""The code of every rule against the last line of its derivation, entry by entry."""

import inspect
import itertools
import random

import numpy as np
import pytest

from mathnet import RULES
from mathnet.derivation import Derivation, Dual, find
from mathnet.derivation.meaning import nodes
from mathnet.derivation.numbers.chance import Numbers
from mathnet.derivation.numbers.data import Data, choose_sizes
from mathnet.derivation.numbers.evaluate import Evaluator

DIGITS = 45
CODE_NAMES = {"Y^*": "T"}
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


def last_line(evaluator, name, letters, node):
    """Evaluate a conclusion at every index: the entries of a cotangent, row by row."""
    lengths = [size for size in evaluator.shapes[name] if size > 1 or len(letters) == 2]
    places = itertools.product(*map(range, lengths))
    return [evaluator.value(node, dict(zip(letters, place, strict=True)))[0] for place in places]


def run_rule(rule, evaluator):
    """Run the rule on the derivation's data: a dict from argument to cotangent."""
    symbols = {CODE_NAMES.get(name, name): name for name in evaluator.shapes}

    def array(name, values):
        return np.array(dual(np.array(values, dtype=object))).reshape(evaluator.shapes[name])

    arguments = list(inspect.signature(rule.forward).parameters)
    args = [array(symbols[argument], evaluator.symbol(symbols[argument])) for argument in arguments]
    Y = np.asarray(rule.forward(*args))
    result = list(inspect.signature(rule.vjp).parameters)[1]
    Y_bar = array(result, evaluator.data.values["bar", result]).reshape(Y.shape)
    cotangents = rule.vjp(Y_bar, Y, *args)
    return {symbols[argument]: X_bar for argument, X_bar in zip(arguments, cotangents, strict=True)}


def differs(expected, found):
    """Say whether a number of the derivation and one of the code differ."""
    exact = not any(hasattr(number, "_mpf_") for number in (expected, found.value))
    return expected != found.value if exact else not abs(expected - found.value) <= 10.0**-DIGITS


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
