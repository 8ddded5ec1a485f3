"""Random changes of valid derivations: the checker answers in time, and accepts no line that is wrong.

`MATHNET_FUZZ=10000 pytest tests/derivation/test_fuzz.py` tries more of them.
"""

import os
import random
import re
import time
from collections import Counter
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mathnet
from mathnet.derivation import Derivation, DerivationError, find
from mathnet.derivation.numbers.chance import Numbers, UnluckyDrawError
from mathnet.derivation.numbers.data import Data, choose_sizes
from mathnet.derivation.numbers.evaluate import Evaluator
from mathnet.derivation.numbers.needs import Needs
from mathnet.derivation.read.source import split
from mathnet.derivation.verdict.relations import holds
from mathnet.dual import high_precision, mp

ROOT = Path(__file__).parents[2]
EXAMPLES = int(os.environ.get("MATHNET_FUZZ", "300"))
SECONDS, JUDGE_DRAWS, JUDGE_ATTEMPTS = 15, 6, 60
FILES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "tests/derivation/corpus").rglob("*.md")),
    *sorted(Path(mathnet.__file__).parent.rglob("*.py")),
]
PIECES = [
    r"\sum_i ", r"\prod_k ", "_", "^", "{", "}", "(", ")", "[", "]", "=", "&", "&&", r"\\", "'", r"\odot ", r"\cdot ",
    r"\delta_{ij}", "i", "k", "0", "1", "2", "-", "+", "/", ",", ">", "<", r"\bar ", r"\dot ", r"\frac", r"\partial ",
    r"^{\mathsf T}", "^{-1}", "^2", "T", "f", "e^", r"\exp", r"\log ", r"\max(0, ", r"\mathrm d", r"\det", r"\le ",
    r"\operatorname{tr}", r"\operatorname{diag}", r"\operatorname{softmax}", r"\sqrt", r"\langle ", r"\rangle ",
    r"\in", r"\mathbb{R}", r"\text{positive}", r"\text{constant}", "\n", "\n\n", " where ", "%", "|", r"\|", r"\nabla_", r"\otimes ", r"\operatorname{vec}",
    r"\max_i ", r"\max", r"\operatorname{relu}", r"\operatorname{kron}", "^{-T}", r"^{\odot 2}", "^3", r"\le ", r"\approx ",
    r"\text{rows are one-hot}", r"\text{orthogonal}", r"\text{integer}", r"\mathbf 1",
    r"\quad ", r"\text{ and }", r"\text{ if }", r"\implies ", "*", r"\circ ", r"\times ", "1 - ", "= 0", "^2", "e^", "_i", "_{ij}", r"\sum ", "d", r"\frac{d}{d",
    "softmax(", "log ", r"\operatorname{sigmoid}", r"\tanh^2 ", r"\mathbb 1", r"\mathbb{1}(", "[i = j]", r"\begin{bmatrix} ", r"\end{bmatrix}", "||", r"\left. ", r"\right|_{x = 1}",
    r"\underbrace", r"{a \over b}", r"\partial L", r"\frac{\partial L}{\partial ", "/ \\partial ", r"\partial_", r"\nabla ", "(w) = ", "_{\\text{in}}", "^{(i)}", r"\sum_{i=1}^m ", r"\vec ", r"\{", r"\}",
    "_{t-1}", "_{t+1}", "_t", "_T", "_0", "^{(l)}", "^{(l-1)}", r"\sum_{t=1}^{T} ", r"\sum_{i=2}^{n} ", r"\sum_{k=1}^{i} ", r"\prod_{s=k+1}^{t} ", "_{i+1}", "_{i+p-1}", r"\cdots ", r" + \ldots + ",
    r" \text{ for } t = 1, \ldots, T", r" \text{ for } t < T", r" \text{ for } i < n", r" \text{ zero outside}", r"\partial^+ ", " & ", "h_t = 2 h_{t-1}, ",
]  # fmt: skip
WORD = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.S)


def single_chains():
    """Return a where part with one of its chains, for every chain of the book."""
    for path in FILES:
        for fence in find(path.read_text(encoding="utf-8")):
            where, chains = split(fence.source)
            for _, text in chains:
                yield (f"where {where.strip()}\n" if where.strip() else "") + text


SOURCES = sorted(set(single_chains()))
COUNTS = Counter()


@st.composite
def changed(draw):
    """Return a source in which words are replaced, mostly by words that it has already, dropped or exchanged."""
    words = WORD.findall(draw(st.sampled_from(SOURCES)))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(words) - 1))
        match draw(st.sampled_from("rrrpds")):
            case "r":
                words[at] = draw(st.sampled_from(words))
            case "p":
                words[at] += draw(st.sampled_from(PIECES))
            case "d":
                words[at] = ""
            case "s":
                other = draw(st.integers(0, len(words) - 1))
                words[at], words[other] = words[other], words[at]
    return "".join(words)


def judge(derivation):
    """Yield every side that differs from the one before at other data than the checker's: other seeds, sizes, numbers."""
    names, dimensions = derivation.names, derivation.dimensions
    needs = Needs(dimensions.types, names, derivation.report.chains)
    generator, draws = random.Random(20261124), 0
    for _ in range(JUDGE_ATTEMPTS):
        scale = generator.choice((1, 1, 2)) if needs.smooth else generator.choice((1, 100, 10**6))
        numbers = Numbers(generator, 0, (scale,), negative=(0, 0.3, 0.5, 0.7, 1))
        sizes = choose_sizes(names, dimensions, generator, generator.randint(2, 4))
        evaluator = Evaluator(names, dimensions, Data(names, dimensions, numbers, sizes))
        try:
            yield from differences(derivation, evaluator)
        except UnluckyDrawError:
            continue
        except DerivationError as error:
            if "too much work" in error.reason:
                continue  # at these sizes
            raise
        draws += 1
        if draws == JUDGE_DRAWS:
            return


def differences(derivation, evaluator):
    for chain in derivation.report.chains:
        for letters in evaluator.data.places(chain.letters):
            values = [evaluator.value(node, letters) for node in chain.nodes]
            for at, relation in enumerate(chain.relations):
                for a, b in zip(values[at], values[at + 1], strict=True):
                    if not holds(relation, a, b, partial(nearly, a, b), derivation.names.tolerance):
                        yield chain.sides[at].latex, chain.sides[at + 1].latex, a, b, evaluator.data.sizes


def nearly(a, b):
    if not isinstance(a, mp.mpf) and not isinstance(b, mp.mpf):
        return a == b
    return abs(high_precision(a) - high_precision(b)) <= mp.mpf(10) ** -35 * (1 + abs(a) + abs(b))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    database=None,
)
@given(changed())
def test_changed_derivations_get_an_answer_and_a_right_one(source):
    start = time.process_time()
    derivation = Derivation(source, "changed")
    report = derivation.check()
    assert time.process_time() - start < SECONDS, source
    assert all(isinstance(error, DerivationError) and str(error) for error in report.errors)
    COUNTS["accepted" if report.ok else "refused"] += 1
    if report.ok:
        assert list(judge(derivation)) == [], source


def test_some_changes_are_harmless():
    if not COUNTS:
        pytest.skip("the test before this one did not run")
    print(f"{COUNTS['refused']} changed derivations refused, {COUNTS['accepted']} accepted: the judge agrees")
    assert COUNTS["accepted"] > EXAMPLES / 50
