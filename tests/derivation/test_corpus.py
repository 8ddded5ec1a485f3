"""Derivations in the styles and notations of the field are not rejected; every fault that is sown into them is."""

import re
from functools import cache
from pathlib import Path

import pytest

from mathnet.derivation import check, find

ROOT = Path(__file__).parents[2]
STYLES = ("index", "tangent", "differential")
FENCES = {
    fence.id: fence.source
    for folder in ("tests/derivation/corpus", "docs/gradients")
    for path in sorted((ROOT / folder).glob("*.md"))
    for fence in find(path.read_text(encoding="utf-8"))
}
CORPUS = [id for id in FENCES if not id.startswith("grad-")]

CAUSES = {  # a kind of fault, and what the likely cause must say
    "transpose missing": "where its transpose belongs",
    "transpose too many": "is transposed once too often",
    "factors swapped": "factors are swapped",
    "wrong sign": "sign",
    "matrix product for ⊙": "the Hadamard product belongs here",
    "⊙ for matrix product": "the matrix product belongs here",
    "f′ lost": "is lost",
    "f for f′": "' belongs here, not",
    "wrong index": "belongs in place of",
    "indices swapped": "are swapped",
    "sum missing": "the sum over",
    "factor 2 lost": "a factor of 2 is missing",
    "factor ½ lost": r"a factor of \tfrac12 is missing",
    "sum for mean": "the sum is used where the mean belongs",
    "mean for sum": "the mean is used where the sum belongs",
}
FAULTS = (  # kind, derivation, what its chains say, what is sown instead at the first such place
    ("transpose missing", "tangent-matmul", r"\bar Y B^{\mathsf T}", r"\bar Y B"),
    ("transpose missing", "tangent-inverse", r"Y^{\mathsf T} \bar Y, \dot A Y", r"Y \bar Y, \dot A Y"),
    ("transpose missing", "differential-dense", r"\mathbf 1^{\mathsf T} (", r"\mathbf 1 ("),
    ("transpose missing", "column-convention", r"W^\top \delta", r"W \delta"),
    ("transpose missing", "grad-three-factors", r"A^{\mathsf T} \bar Y B", r"A \bar Y B"),
    ("transpose missing", "grad-solve", r"(A^{\mathsf T})^{-1} \bar X", r"A^{-1} \bar X"),
    ("transpose missing", "grad-attention", r"c \bar S^{\mathsf T} Q", r"c \bar S Q"),
    ("transpose missing", "grad-bptt-weights", r"h_1^{\mathsf T}", "h_1"),
    (
        "transpose missing",
        "differential-matmul",
        r"\operatorname{tr}(\bar Y^{\mathsf T} \mathrm dY)",
        r"\operatorname{tr}(\bar Y \mathrm dY)",
    ),
    ("transpose missing", "grad-three-factors", r"(X B)^{\mathsf T}", "X B"),
    ("transpose too many", "tangent-least-squares", r"A \dot x", r"A^{\mathsf T} \dot x"),
    ("transpose too many", "grad-weighted-sum", r"\bar Y V", r"\bar Y^{\mathsf T} V"),
    ("transpose too many", "grad-outer", r"\bar Y b", r"\bar Y^{\mathsf T} b"),
    ("transpose too many", "grad-inner", r"\bar t\, B", r"\bar t\, B^{\mathsf T}"),
    (
        "transpose too many",
        "grad-self-attention",
        r"X^{\mathsf T} \bar Q",
        r"X^{\mathsf T} \bar Q^{\mathsf T}",
    ),
    ("factors swapped", "differential-matmul", r"B \bar Y^{\mathsf T}", r"\bar Y^{\mathsf T} B"),
    (
        "factors swapped",
        "goodfellow",
        r"\boldsymbol{g} \boldsymbol{h}^\top",
        r"\boldsymbol{h}^\top \boldsymbol{g}",
    ),
    ("factors swapped", "grad-row-matrix", r"H^{\mathsf T} \bar Z", r"\bar Z H^{\mathsf T}"),
    ("factors swapped", "grad-rnn-cell", r"\bar Z U^{\mathsf T}", r"U^{\mathsf T} \bar Z"),
    ("factors swapped", "grad-feed-forward", r"f(Z)^{\mathsf T} \bar Y", r"\bar Y f(Z)^{\mathsf T}"),
    ("factors swapped", "grad-matrix-square", r"\bar Y A^{\mathsf T} +", r"A^{\mathsf T} \bar Y +"),
    ("wrong sign", "index-softmax", r"y_i \delta_{ij} - y_i y_j", r"y_i \delta_{ij} + y_i y_j"),
    ("wrong sign", "index-inverse", r"&= -Y_{ip} Y_{qj}", r"&= Y_{ip} Y_{qj}"),
    ("wrong sign", "index-inverse", r"Y_{kj} + \sum_k", r"Y_{kj} - \sum_k"),
    ("wrong sign", "tangent-unit-vector", r"\dot x - \dot r y", r"\dot x + \dot r y"),
    ("wrong sign", "grad-divide", r"-\bar A_{ij} Y_{ij}", r"\bar A_{ij} Y_{ij}"),
    ("wrong sign", "grad-layer-norm", r"\bar N_{ij} - \frac1k", r"\bar N_{ij} + \frac1k"),
    ("wrong sign", "grad-cross-entropy", r"&= P_{kl} - Y^*_{kl}", r"&= Y^*_{kl} - P_{kl}"),
    ("matrix product for ⊙", "tangent-two-layers", r"f'(Z) \odot \dot Z", r"f'(Z) \dot Z"),
    ("matrix product for ⊙", "differential-two-layers", r"f'(Z) \odot \mathrm dZ", r"f'(Z)\, \mathrm dZ"),
    ("matrix product for ⊙", "grad-dense", r"\bar Y \odot f'(Z)", r"\bar Y f'(Z)"),
    ("matrix product for ⊙", "grad-glu", r"A \odot \sigma'(B)", r"A \sigma'(B)"),
    ("matrix product for ⊙", "grad-lstm-weights", r"\bar c \odot p", r"\bar c\, p"),
    ("matrix product for ⊙", "grad-hadamard", r"\bar Y \odot B, ", r"\bar Y B, "),
    (
        "⊙ for matrix product",
        "index-least-squares",
        r"A^{\mathsf T} (A x - b)",
        r"A^{\mathsf T} \odot (A x - b)",
    ),
    ("⊙ for matrix product", "grad-matrix-vector", r"\bar y x^{\mathsf T}", r"\bar y \odot x"),
    ("⊙ for matrix product", "grad-gram", r"\bar Y X + ", r"\bar Y \odot X + "),
    ("⊙ for matrix product", "grad-log-determinant", r"2 \bar t\, (C", r"\bar t\, C \odot (C"),
    ("⊙ for matrix product", "grad-solve", r"\bar B X^{\mathsf T}", r"\bar B \odot X"),
    ("f′ lost", "index-two-layers", r"f'(Z_j) ", ""),
    ("f′ lost", "tangent-dense", r"\bar Y \odot f'(Z), \dot Z", r"\bar Y, \dot Z"),
    ("f′ lost", "lettered-layers", r"f'(z^{(l)}_i)\, ", ""),
    ("f′ lost", "bishop", r"h'(a_j) ", ""),
    ("f′ lost", "grad-residual", r"(\bar F \odot f'(X W))", r"\bar F"),
    ("f′ lost", "grad-bptt-states", r" \odot \phi'(z_2)", ""),
    ("f for f′", "index-dense", r"f'(Z_{ij}) H_{ik}", r"f(Z_{ij}) H_{ik}"),
    ("f for f′", "lettered-layers", r"f'(z^{(l)}_i)\, ", r"f(z^{(l)}_i)\, "),
    ("f for f′", "grad-gelu", r"\Phi'(Z)", r"\Phi(Z)"),
    ("f for f′", "grad-swiglu", "s'(A)", "s(A)"),
    ("wrong index", "index-matmul", r"\bar Y_{iq} B_{jq}", r"\bar Y_{iq} B_{iq}"),
    ("wrong index", "index-quadratic", r"x_i A_{ik}", r"x_k A_{ik}"),
    (
        "wrong index",
        "rumelhart",
        r"\frac{\partial E}{\partial x_j} y_i",
        r"\frac{\partial E}{\partial x_j} y_j",
    ),
    ("wrong index", "nielsen", r"x_k \delta^{(1)}_j", r"x_j \delta^{(1)}_j"),
    ("wrong index", "grad-batch-norm", r"\bar N_{qj} N_{qj}", r"\bar N_{qj} N_{ij}"),
    ("wrong index", "grad-batched-matmul", r"A_{lik} \bar Y", r"A_{lki} \bar Y"),
    ("wrong index", "index-cross-entropy", r"\delta_{ij} + y_j", r"\delta_{ij} + y_i"),
    ("indices swapped", "nielsen", r"w^{(2)}_{kj}", r"w^{(2)}_{jk}"),
    ("indices swapped", "grad-shared-matmul", "B_{kj}", "B_{jk}"),
    ("indices swapped", "grad-permute", r"\bar Y_{kij}", r"\bar Y_{jik}"),
    ("indices swapped", "numerator-layout", r"[D A]_{ij}", r"[D A]_{ji}"),
    ("indices swapped", "denominator-layout", r"[P Q]_{ji}", r"[P Q]_{ij}"),
    ("sum missing", "index-scores", r"c \sum_p", "c"),
    ("sum missing", "index-scores", r"&= \sum_{pq} \bar S_{pq} c", r"&= \bar S_{pq} c"),
    ("sum missing", "grad-prelu", r"\sum_{ij} \bar Y", r"\bar Y"),
    ("sum missing", "grad-softmax", r"\bar Y_{ij} - \sum_{l} ", r"\bar Y_{ij} - "),
    ("sum missing", "grad-einsum", r"\sum_{j} \bar Y", r"\bar Y"),
    ("sum missing", "grad-broadcast-row", r"\sum_i \bar Y_{ij}", r"\bar Y_{ij}"),
    ("sum missing", "grad-l2-normalise", r"\sum_q \bar Y_{iq} Y_{iq}", r"\bar Y_{iq} Y_{iq}"),
    ("factor 2 lost", "index-log-determinant", r"2 [S^{-1} C]", "[S^{-1} C]"),
    ("factor 2 lost", "grad-square", r"2 \bar Y \odot A", r"\bar Y \odot A"),
    ("factor 2 lost", "grad-quadratic-symmetric", r"2 \bar t", r"\bar t"),
    ("factor 2 lost", "grad-mean-squared-error", r"\frac{2}{n y}", r"\frac{1}{n y}"),
    ("factor ½ lost", "differential-unit-vector", r"\frac{1}{2 r}", r"\frac1r"),
    ("factor ½ lost", "strang", r"\tfrac12 x", "x"),
    ("factor ½ lost", "grad-square-root", r"{2 Y_{ij}}", "{Y_{ij}}"),
    ("sum for mean", "samples-as-columns", r"\frac1m (A - Y) X", "(A - Y) X"),
    ("sum for mean", "grad-mean", r"\frac1n \bar y_j", r"\bar y_j"),
    (
        "sum for mean",
        "grad-layer-norm",
        r"N_{ij} \frac1k \sum_q \bar N_{iq} N",
        r"N_{ij} \sum_q \bar N_{iq} N",
    ),
    ("sum for mean", "grad-batch-norm", r"- \frac1n \sum_q \bar N_{qj} -", r"- \sum_q \bar N_{qj} -"),
    ("sum for mean", "grad-average-pooling", r"\frac1d \bar a_i", r"\bar a_i"),
    ("sum for mean", "grad-variance", r"\frac2n (x_i", r"2 (x_i"),
    (
        "mean for sum",
        "grad-affine",
        r"\bar B = \mathbf 1^{\mathsf T}",
        r"\bar B = \frac1n \mathbf 1^{\mathsf T}",
    ),
    ("mean for sum", "grad-shared-matmul", r"\sum_{li}", r"\frac1n \sum_{li}"),
    ("mean for sum", "grad-embedding", r"\sum_i S_{iw}", r"\frac1n \sum_i S_{iw}"),
)


@cache
def right(id):
    """Return the report of a derivation as it stands."""
    return check(FENCES[id], id)


@pytest.mark.parametrize("id", CORPUS)
def test_right_derivations_are_not_rejected(id):
    report = right(id)
    assert report.ok, "\n".join(map(str, report.errors))


def test_the_same_derivations_are_there_in_three_styles(capsys):
    subjects = {
        style: {id.partition("-")[2] for id in CORPUS if id.startswith(f"{style}-")} for style in STYLES
    }
    assert subjects["index"] == subjects["tangent"] == subjects["differential"]
    assert len(subjects["index"]) >= 10
    steps = {id: right(id).steps for id in CORPUS if id.startswith(STYLES)}
    assert min(steps.values()) >= 4
    with capsys.disabled():
        print(
            f"\n{len(subjects['index'])} derivations in {len(STYLES)} styles: {sum(steps.values())} steps; "
            f"{len(CORPUS) - len(steps)} derivations in other notations"
        )


def sown(id, said, wrong):
    """Return a derivation with a fault in its chains."""
    where, chains = re.split(r"\n(?=\S)", FENCES[id], maxsplit=1)  # the where part is what is indented
    assert said in chains, (id, said)
    return f"{where}\n{chains.replace(said, wrong, 1)}"


def test_faults_are_rejected_and_their_causes_named(capsys):
    accepted, table = [], {}
    for kind, id, said, wrong in FAULTS:
        report = check(sown(id, said, wrong), id)
        accepted += [(kind, id, wrong)] * report.ok
        named = not report.ok and CAUSES[kind] in report.errors[0].cause
        table.setdefault(kind, []).append((id, named))
    named = sum(named for found in table.values() for _, named in found)
    with capsys.disabled():
        print(
            f"\n{len(FAULTS)} faults of {len(table)} kinds in {len({id for _, id, _, _ in FAULTS})} derivations: "
            f"{len(FAULTS) - len(accepted)} rejected, {named} with the right likely cause (the others in brackets)"
        )
        for kind, found in table.items():
            print(f"  {kind:22}" + ", ".join(id if named else f"({id})" for id, named in found))
    assert accepted == []
    assert table.keys() == CAUSES.keys()
    assert named >= 0.9 * len(FAULTS)
