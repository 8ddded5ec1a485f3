"""The rows of the table of gradients: each says why and has code, and none is lost that somebody asked for.

A row says why if it has a chain of two equalities or more with a reason, or a reason beside each of its formulas. It has code if a box of its own
has a backward pass or calls a rule of the library, or if a link whose words say "code" leads to a row that has one; `test_boxes.py` runs and
differentiates the boxes. A row with nothing to differentiate says so, "Not checked: …".
"""

import json
import re
import textwrap
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import html

from book import library, table
from mathnet import RULES
from mathnet.derivation import find

GRADIENTS = Path(__file__).parents[2] / "docs" / "gradients"
ANSWERED = 39  # of the 40 demands

# What the book had at its first audit, page by page. A row may move to another id only here.
FIRST = """
arithmetic add fork scale hadamard divide reciprocal power square square-root exp log abs maximum where clip broadcast-row broadcast-column broadcast-both
products matrix-product matrix-vector row-matrix dot-product outer-product inner-product three-factors gram matrix-square batched-matrix-product shared-matrix einsum bilinear-form quadratic-form
shape transpose permute diagonal chosen-rows chosen-columns concatenate embedding tied-embedding reshape gather sort:reductions
elementwise any sigmoid tanh relu leaky-relu elu softplus silu gelu gelu-tanh glu swiglu sine
reductions sum sum-axis-0 sum-axis-1 mean max weighted-sum product cumsum logsumexp softmax log-softmax variance standard-deviation norm
losses half-squared-error mean-squared-error absolute-error huber binary-cross-entropy-logits binary-cross-entropy cross-entropy negative-log-likelihood kl hinge hinge-many l2-penalty l1-penalty cosine
normalisation l2-normalise weight-norm layer-norm batch-norm batch-norm-eval group-norm rms-norm dropout
layers affine dense feed-forward residual convolution convolution-general average-pooling max-pooling stop-gradient checkpointing straight-through
time rnn-cell bptt immediate-total lstm lstm-weights gru
attention attention self-attention multi-head rope causal-mask transformer-block
linear-algebra inverse solve determinant log-determinant trace trace-product least-squares
second hessian-quadratic hessian-vector hessian-least-squares hessian-logistic hessian-cross-entropy
"""

# The forty operations that practitioners asked for most, in the order of demand, and the rows that answer; or why there is none.
DEMANDS = (
    ("FlashAttention", "attention/flash-attention"),
    ("norms in real shapes", "normalisation/layer-norm normalisation/batch-norm normalisation/group-norm normalisation/rms-norm"),
    ("convolution with groups, stride, padding", "layers/convolution-groups"),
    ("cross-entropy as used", "losses/cross-entropy-labels losses/z-loss losses/linear-cross-entropy"),
    ("batched multi-head attention, masks, GQA", "attention/multi-head attention/grouped-queries attention/causal-mask attention/attention-dropout"),
    ("products and running sums at zeros", "reductions/product reductions/cumprod reductions/cumsum reductions/logcumsumexp time/linear-recurrence"),
    ("rotary embedding of whole heads", "attention/rope"),
    ("SVD, eigenvalues, QR, Cholesky", "linear-algebra/svd linear-algebra/eigh linear-algebra/qr linear-algebra/cholesky"),
    ("safe gradients at zero", "reductions/norm reductions/standard-deviation arithmetic/square-root arithmetic/where"),
    ("mixture of experts", "layers/mixture-of-experts layers/router-losses"),
    ("selective scan", "time/linear-recurrence time/selective-scan"),
    ("transposed convolution", "layers/transposed-convolution"),
    ("PPO, GRPO, KL estimators", "losses/ppo losses/grpo losses/kl-estimators implicit/score-function"),
    ("attention extras", "attention/attention-bias attention/alibi attention/softcap attention/sink"),
    ("fake quantisation", "layers/straight-through layers/quantisation"),
    ("linear attention, delta rule", "attention/linear-attention time/delta-rule"),
    ("max, top-k, sort; pooling", "reductions/max reductions/top-k reductions/sort layers/max-pooling layers/average-pooling"),
    ("CTC", "losses/ctc"),
    ("double backward", "second/double-layer-norm second/double-softmax second/double-attention second/gauss-newton second/fisher"),
    ("implicit differentiation", "implicit/fixed-point implicit/argmin implicit/quadratic-programme"),
    ("complex numbers and FFT", "complex/complex-product complex/fft"),
    ("grid_sample, interpolate", "layers/bilinear shape/interpolate"),
    ("gather, scatter, index_add", "shape/gather shape/scatter shape/index-add shape/embedding shape/embedding-bag"),
    ("einsum in full, broadcasting", "products/einsum products/batched-matrix-product arithmetic/unbroadcast"),
    ("variance with correction and axis", "reductions/variance reductions/standard-deviation"),
    ("InfoNCE, CLIP, triplet", "losses/info-nce losses/clip-loss losses/triplet"),
    ("DPO, IPO, reward model", "losses/dpo losses/ipo losses/bradley-terry"),
    ("forward mode of every row", "no column: a derivation that starts with the rates has the tangent in its first line"),
    ("focal, Dice, SmoothL1, reverse KL, JSD", "losses/focal losses/dice losses/smooth-l1 losses/kl-reverse losses/jensen-shannon"),
    ("reparametrisation, VAE, Gumbel-softmax", "implicit/reparametrisation losses/vae-kl implicit/gumbel-softmax implicit/implicit-reparametrisation"),
    ("activations", "elementwise/gelu elementwise/geglu elementwise/mish elementwise/hardswish elementwise/selu elementwise/squared-relu"),
    ("softmax with temperature and mask, sparsemax", "reductions/softmax-temperature reductions/masked-softmax reductions/sparsemax"),
    ("LoRA, weight and spectral norm", "layers/lora normalisation/weight-norm normalisation/spectral-norm"),
    ("expm, sqrtm, pinv, lstsq, triangular solve", "linear-algebra/expm linear-algebra/sqrtm linear-algebra/pinv linear-algebra/lstsq linear-algebra/triangular-solve"),
    ("whole layers with all weights", "attention/transformer-block time/lstm-weights time/gru"),
    ("ODE adjoint", "implicit/ode"),
    ("distances, kernels, cosines", "products/distances products/rbf-kernel products/cosine-matrix"),
    ("tensor and sequence parallel", "layers/parallel"),
    ("Newton-Schulz", "linear-algebra/newton-schulz"),
    ("pad, flip, roll, unfold, atan2, erf, log1p", "shape/pad shape/flip shape/roll shape/triangle shape/stack shape/repeat shape/unfold arithmetic/atan2 elementwise/erf arithmetic/logaddexp"),
)  # fmt: skip


class Row(NamedTuple):
    address: str  # page/id
    says_why: bool
    box: bool
    linked: tuple[str, ...]  # the rows whose code serves this one too
    excused: bool


def row(page: str, section: str) -> Row:
    id = re.match(r".+? \{ #([\w-]+) \}\n", section)[1]
    entry = table.Row(page, id, id, section, ())
    chains = [chain for fence in find(section) for chain in re.split(r"\n\s*\n", fence.source)]
    reasoned = ["&&" in chain for chain in chains]
    long = any("&&" in chain and chain.count("&=") > 1 for chain in chains)
    return Row(
        f"{page}/{id}",
        long or all(reasoned),
        bool(entry.code),
        tuple(entry.code_of),
        "\nNot checked: " in section,
    )


def rows_of(folder: Path) -> dict[str, Row]:
    found = [
        row(page.stem, section)
        for page in sorted(folder.glob("*.md"))
        for section in re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    ]
    return {each.address: each for each in found}


ROWS = rows_of(GRADIENTS)


def has_code(each: Row) -> bool:
    return each.box or any(there in ROWS and ROWS[there].box for there in each.linked)


def test_every_row_says_why():
    assert len(ROWS) >= 270
    assert [each.address for each in ROWS.values() if not (each.says_why or each.excused)] == []


def test_every_row_has_code():
    assert [each.address for each in ROWS.values() if not (has_code(each) or each.excused)] == []


def test_no_row_of_the_first_audit_is_lost():
    first = [line.split() for line in FIRST.strip().splitlines()]
    wanted = [
        f"{(id.partition(':')[2] or page)}/{id.partition(':')[0]}" for page, *ids in first for id in ids
    ]
    assert len(wanted) == len(set(wanted)) == 127  # 126, and gathering and sorting were one
    assert [address for address in wanted if address not in ROWS] == []


def test_what_practitioners_ask_for_has_a_row_or_a_reason():
    answered = [not answer.startswith("no ") and set(answer.split()) <= set(ROWS) for _, answer in DEMANDS]
    open_ones = [asked for (asked, _), holds in zip(DEMANDS, answered, strict=True) if not holds]
    assert len(DEMANDS) == 40
    assert sum(answered) >= ANSWERED, open_ones


@pytest.fixture(scope="module")
def listing(site):
    return json.loads((site / "equations.json").read_text(encoding="utf-8"))


def test_programs_are_told_every_row_and_its_code(listing):
    rows = {row["id"]: row for row in listing["rows"]}
    assert [row["url"] for row in rows.values()] == [
        f"gradients/{page}/#{each.id}" for page, several in table.table().items() for each in several
    ]
    assert len(rows) == len(ROWS)
    for row in rows.values():
        if row["unchecked"]:
            continue
        assert row["forward"] or row["shapes"], row["id"]
        assert row["vjp"], row["id"]
        assert all(re.search("proved|exact|50 digits", verdict) for verdict in row["verdicts"]), row["id"]
        assert any(rows[id]["numpy"] for id in [row["id"], *row["numpy_of"]]), row["id"]


def test_a_row_names_equations_of_the_book_and_a_place_on_its_page(listing, site):
    equations = {entry["id"]: entry for entry in listing["equations"]}
    for row in listing["rows"]:
        page, _, place = row["url"].partition("#")
        assert html.parse(site / page / "index.html").xpath(f"//h2[@id='{place}']"), row["url"]
        for id in row["equations"]:
            assert equations[id]["url"].startswith(page)


def test_every_rule_of_the_library_is_named_by_the_row_that_it_computes():
    named = [name for several in table.table().values() for each in several for name in each.rules]
    assert sorted(named) == sorted(rule.name for rule in RULES if rule.name != "identity")  # which has no row


def test_a_row_that_calls_the_library_shows_its_source():
    shown = {
        name: library.source(name)
        for page in GRADIENTS.glob("*.md")
        for name in re.findall(r'^print\(source\("(\w+)"\)\)$', page.read_text("utf-8"), re.MULTILINE)
    }
    assert len(shown) >= 18
    for name, text in shown.items():
        for function in (name, f"{name}_vjp"):
            assert f"[`{function}`][mathnet.{function}]" in text
            assert f"    def {function}(" in text
        assert '"""' not in text
        code = re.search("    ``` { .python .excerpt }\n(.*)\n    ```", text, re.DOTALL)[1]
        compile(textwrap.dedent(code), name, "exec")


def test_the_source_of_what_is_no_rule_is_refused():
    with pytest.raises(ValueError, match=r"^there is no rule mush; known are add, affine, "):
        library.source("mush")


def test_a_row_without_reasons_or_code_is_seen():
    bare = "A { #a }\n\nWords.\n\n```derivation a\nwhere  x \\in \\mathbb{R}\n       y = 2 x\n\\bar x = 2 \\bar y\n```\n"
    assert row("p", bare) == Row("p/a", False, False, (), False)
    assert row("p", bare.replace("2 \\bar y", "2 \\bar y  && \\text{slope}")).says_why
    box = '\n```python exec="1" source="above" result="text"\ndef f_back(Y_bar):\n    return Y_bar\n```\n'
    assert row("p", bare + box).box
    assert not row("p", bare + box.replace("f_back", "f_forth")).box
    assert row("p", bare + "[The code of b](other.md#b), [code](#c), [c](#d)").linked == ("other/b", "p/c")
