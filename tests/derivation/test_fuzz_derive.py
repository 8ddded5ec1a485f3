r"""Random losses: each gradient, Hessian or product with a direction is derived right, by the checker's judgement, or refused.

`MATHNET_FUZZ=50000 pytest -s tests/derivation/test_fuzz_derive.py` derives more of them, and prints how many were refused.
"""

import os
import random
import re
from collections import Counter
from typing import ClassVar

import pytest

from mathnet.derivation import DerivationError, derive

LOSSES = int(os.environ.get("MATHNET_FUZZ", "2000"))
PARTS = 8
DEPTHS = (1, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 5, 6)  # the deep ones take longest


class Losses:
    """Random numbers made of matrices, columns, rows and numbers, in LaTeX."""

    WHERE = r"where A, B \in \mathbb{R}^{n \times m},  C, S \in \mathbb{R}^{m \times m},  u \in \mathbb{R}^n,  v, w \in \mathbb{R}^m,  r \in \mathbb{R}^{1 \times m},  s, t \in \mathbb{R},  f \text{ elementwise},  J = "
    SYMBOLS: ClassVar = {
        "s": ["s", "t", "2", "n"], "u": ["u"], "v": ["v", "w", r"r^{\mathsf T}"], "r": ["r", r"v^{\mathsf T}"], "A": ["A", "B"],
        "C": ["C", "S", r"C^{\mathsf T}"], "D": [r"A^{\mathsf T}", r"B^{\mathsf T}"], "N": [r"(u u^{\mathsf T})"],
    }  # fmt: skip
    OF_ALL: ClassVar = [
        r"(@ + @)",
        r"(@ - @)",
        r"(@) \odot (@)",
        "f(@)",
        "(s)(@)",
        r"\tanh(@)",
        r"\operatorname{relu}(@)",
    ]
    OF: ClassVar = {  # a capital or small letter stands for an expression of that kind
        "s": [
            r"(s) \cdot (s)", r"(s + s)", r"\frac{s}{s}", "(r)(v)", r"\|u\|^2", r"\|A\|^2", r"\|v\|", r"\operatorname{tr}(C)", r"\operatorname{tr}(N)",
            r"\langle A, A \rangle", r"\operatorname{sum}(A)", r"\det(C)", r"\exp(s)", r"\operatorname{mean}(A)", r"\operatorname{var}(u)",
            r"\operatorname{logsumexp}(v)", "(s)^2", "f(s)", r"\max(s, s)", r"\log \lvert \det(C) \rvert", r"\|A\|", r"\max(u)", r"\lvert s \rvert", r"(u)^{\mathsf T}(A)(v)",
        ],
        "u": ["(A)(v)", r"\operatorname{softmax}(u)", r"\operatorname{logsumexp}(A)", r"\operatorname{diag}(N)"],
        "v": ["(C)(v)", "(D)(u)", r"(r)^{\mathsf T}", r"\operatorname{diag}(C)", "(C)^{-1}(v)"],
        "r": [r"(v)^{\mathsf T}", "(r)(C)", r"(u)^{\mathsf T}(A)"],
        "A": ["(u)(r)", "(A)(C)", r"(D)^{\mathsf T}", r"\operatorname{softmax}(A)", r"\operatorname{diag}(u)(A)", "(N)(A)"],
        "C": ["(D)(A)", r"(C)^{\mathsf T}", "(C)(C)", r"\operatorname{diag}(v)", "(C)^{-1}", "(v)(r)"],
        "D": [r"(A)^{\mathsf T}"],
        "N": ["(A)(D)", r"(u)(u)^{\mathsf T}"],
    }  # fmt: skip

    def __init__(self, seed):
        self.random = random.Random(seed)

    def loss(self):
        return self.WHERE + self.expression("s", self.random.choice(DEPTHS))

    def expression(self, kind, depth):
        if not depth:
            return self.random.choice(self.SYMBOLS[kind])
        general = [form.replace("@", kind) for form in self.OF_ALL] if kind != "s" else []
        form = self.random.choice(general + self.OF[kind])
        return re.sub(
            r"\\[a-z]+|(?<![A-Za-z])[suvrACDN](?![A-Za-z(])",
            lambda found: found[0] if found[0][0] == "\\" else self.expression(found[0], depth - 1),
            form,
        )


@pytest.mark.parametrize("part", range(PARTS))
def test_random_losses_are_derived_right_or_refused(part):
    counts = Counter()
    for seed in range(part, LOSSES, PARTS):
        losses = Losses(seed)
        source = losses.loss()
        loss = source.rpartition("J = ")[2]
        symbols = re.findall(r"(?<![\\A-Za-z])[ABCSuvwrst](?![A-Za-z])", loss)
        by = losses.random.choice(symbols or ["A"])
        style = losses.random.choice(["backward", "indices", "differentials"])
        kind = losses.random.choice(["gradient"] * 7 + ["hvp", "jvp", "hessian"])
        try:
            (found,) = derive(source, [by], style=style, kind=kind)
        except DerivationError:
            counts["not read"] += 1
            continue
        assert "did not pass" not in (found.refused or ""), (seed, source, by, style, kind, found)
        untouched = "does not depend" in (found.refused or "")
        counts["without the symbol" if untouched else "refused" if found.refused else "derived"] += 1
    print(f"\n{counts.total()} random losses: {dict(counts)}")
    assert counts["derived"] > 5 * counts["refused"] or counts.total() < 100  # a few say nothing of how many
