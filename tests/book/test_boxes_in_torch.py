"""The boxes of the pages of gradients against PyTorch: its own layer, called with the box's arguments, has the same results and the same gradients.

`bash .ci/frameworks` installs PyTorch. A box that is not here has no layer of the same kind there, or another convention: version 2.13
computes with 1/6 in single precision in hardsigmoid, and where a determinant is exactly 0 its gradient is 0, not the cofactors.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from book.boxes import Pass, boxes, passes, several
from mathnet import RULES

torch = pytest.importorskip("torch", reason="torch is not installed: bash .ci/frameworks installs it")
F = torch.nn.functional
BOXES = boxes()


def heads(X: Any, W: Any, count: int) -> Any:
    return (X @ W).unflatten(-1, (count, -1)).transpose(1, 2)


def attention(Q: Any, K: Any, V: Any, mask: Any) -> Any:
    return F.scaled_dot_product_attention(Q, K, V, attn_mask=torch.tensor(mask))


def flash_attention(Q: Any, K: Any, V: Any, block: int, causal: bool) -> Any:
    n, m = Q.shape[-2], K.shape[-2]
    S = torch.where(torch.ones(n, m).tril(m - n).bool(), Q @ K.mT / Q.shape[-1] ** 0.5, -torch.inf)
    return S.softmax(dim=-1) @ V, S.logsumexp(dim=-1)


def layer(X: Any, W_q: Any, W_k: Any, W_v: Any, W_o: Any, heads_: int, kv_heads: int) -> Any:
    Q, K, V = (heads(X, W, count) for W, count in ((W_q, heads_), (W_k, kv_heads), (W_v, kv_heads)))
    mixed = F.scaled_dot_product_attention(Q, K, V, is_causal=True, enable_gqa=True)
    return mixed.transpose(1, 2).flatten(2) @ W_o


def multi_head(X: Any, Z: Any, W_q: Any, W_k: Any, W_v: Any, W_o: Any) -> Any:
    Q, K, V = X[:, None] @ W_q, Z[:, None] @ W_k, Z[:, None] @ W_v
    return (F.scaled_dot_product_attention(Q, K, V) @ W_o).sum(dim=1)


def block(X: Any, *weights: Any, heads_: int) -> Any:
    g_1, W_q, W_k, W_v, W_o, g_2, W_1, W_3, W_2 = weights
    R = F.rms_norm(X, g_1.shape, g_1, 1e-6)
    Q, K, V = (heads(R, W, heads_) for W in (W_q, W_k, W_v))
    mixed = F.scaled_dot_product_attention(Q, K, V, is_causal=True)
    D = X + mixed.transpose(1, 2).flatten(2) @ W_o
    N = F.rms_norm(D, g_2.shape, g_2, 1e-6)
    return D + (F.silu(N @ W_1) * (N @ W_3)) @ W_2


def recurrent(kind: str) -> Callable[..., Any]:
    """Return a layer as a function of its weights, which the book has transposed."""

    def run(X: Any, *rest: Any, lengths: Any = None) -> Any:
        *states, W, U, b_w, b_u = rest if kind != "RNN" else (*rest, torch.zeros_like(rest[-1]))
        named = {"weight_ih_l0": W.T, "weight_hh_l0": U.T, "bias_ih_l0": b_w, "bias_hh_l0": b_u}
        layer = getattr(torch.nn, kind)(len(W), len(U), dtype=torch.float64)
        states = [state[None] for state in states]
        if lengths is not None:
            X = torch.nn.utils.rnn.pack_padded_sequence(X, torch.tensor(lengths), enforce_sorted=False)
        start = tuple(states) if kind == "LSTM" else states[0]
        H, last = torch.func.functional_call(layer, named, (X, start))
        if lengths is not None:
            return last[0]
        return (H, last[1][0]) if kind == "LSTM" else H

    return run


def average_pool(X: Any, size: int, stride: int, padding: int, count_pad: bool) -> Any:
    return F.avg_pool2d(X, size, stride, padding, count_include_pad=count_pad)


def max_pool(X: Any, size: int, **how: int) -> Any:
    return F.max_pool2d(X, size, **how)


def sample(X: Any, i: Any, j: Any) -> Any:
    height, width = X.shape[2:]
    places = torch.stack((2 * j / (width - 1) - 1, 2 * i / (height - 1) - 1), dim=-1)
    return F.grid_sample(X, places, align_corners=True)


def whole(X: Any) -> Any:
    return torch.as_tensor(X)


def cross_entropy(Z: Any, labels: Any, **how: Any) -> Any:
    how |= {"weight": whole(how["weight"])} if "weight" in how else {}
    return F.cross_entropy(Z, whole(labels), **{"reduction": "sum"} | how)


def rms_norm(X: Any, gamma: Any, offset: float) -> Any:
    return F.rms_norm(X, gamma.shape, gamma + offset, 1e-6)


def hinge_many(Z: Any, labels: Any, margin: float) -> Any:
    return Z.shape[-1] * F.multi_margin_loss(Z, torch.tensor(labels), margin=margin, reduction="none")


def ctc(Z: Any, labels: Any) -> Any:
    log_P = Z.log_softmax(dim=1)[:, None]
    return F.ctc_loss(log_P, torch.tensor(labels)[None], [len(Z)], [len(labels)], reduction="sum")


def contrast(X: Any, Y: Any) -> Any:
    return F.cross_entropy(X @ Y.T, torch.arange(len(X)), reduction="sum")


def batch_norm_eval(X: Any, gamma: Any, beta: Any, mean: Any, variance: Any) -> Any:
    return F.batch_norm(X, torch.tensor(mean), torch.tensor(variance), gamma, beta)


def each(loss: Callable[..., Any]) -> Callable[..., Any]:
    """Return a loss that is neither summed nor averaged."""
    return lambda Y, T, **how: loss(Y, torch.tensor(T), reduction="none", **how)


TWINS: dict[str, Callable[..., Any]] = {
    "arithmetic: rsqrt": torch.rsqrt,
    "arithmetic: logaddexp": torch.logaddexp,
    "arithmetic: lerp": torch.lerp,
    "arithmetic: atan2": torch.atan2,
    "attention: attention": attention,
    "attention: flash_attention": flash_attention,
    "attention: layer": lambda *args, heads, kv_heads: layer(*args, heads, kv_heads),
    "attention: multi_head": multi_head,
    "attention: block": lambda *args, heads: block(*args, heads_=heads),
    "elementwise: log_sigmoid": F.logsigmoid,
    "elementwise: prelu": F.prelu,
    "elementwise: elu": F.elu,
    "elementwise: selu": F.selu,
    "elementwise: softplus": F.softplus,
    "elementwise: softsign": F.softsign,
    "elementwise: silu": F.silu,
    "elementwise: gelu": F.gelu,
    "elementwise: erf": torch.erf,
    "elementwise: glu": F.glu,
    "layers: conv": lambda X, K, **how: F.conv2d(X, K, **how),
    "layers: conv_transpose": lambda X, K, **how: F.conv_transpose2d(X, K, **how),
    "layers: average_pool": average_pool,
    "layers: max_pool": max_pool,
    "layers: sample": sample,
    "linear-algebra: solve": torch.linalg.solve,
    "linear-algebra: triangular_solve": lambda L, B: torch.linalg.solve_triangular(L, B, upper=False),
    "linear-algebra: log_det": lambda A: torch.linalg.slogdet(A)[1],
    "linear-algebra: pinv": torch.linalg.pinv,
    "linear-algebra: nuclear_norm": lambda A: torch.linalg.matrix_norm(A, "nuc"),
    "linear-algebra: expm": torch.linalg.matrix_exp,
    "losses: smooth_l1": lambda Y, T, beta: F.smooth_l1_loss(Y, whole(T), beta=beta, reduction="none"),
    "losses: poisson_nll": lambda Z, T: F.poisson_nll_loss(Z, whole(T), reduction="none"),
    "losses: bce_with_logits": lambda Z, T, pos_weight: F.binary_cross_entropy_with_logits(
        Z, whole(T), pos_weight=whole(pos_weight), reduction="none"
    ),
    "losses: triplet": lambda A, B, C, margin: F.triplet_margin_loss(
        A, B, C, margin, eps=0, reduction="none"
    ),
    "losses: cosine": lambda A, B: F.cosine_similarity(A, B, dim=-1),
    "losses: ctc": lambda Z, labels: F.ctc_loss(
        Z.log_softmax(-1)[:, None], whole(labels)[None], (len(Z),), (len(labels),), reduction="sum"
    ),
    "normalisation: layer_norm": lambda X, gamma, beta: F.layer_norm(X, gamma.shape, gamma, beta),
    "normalisation: batch_norm": lambda X, gamma, beta: F.batch_norm(
        X, None, None, gamma, beta, training=True
    ),
    "normalisation: instance_norm": lambda X, gamma, beta: F.instance_norm(X, weight=gamma, bias=beta),
    "normalisation: rms_norm": rms_norm,
    "products: matmul": torch.matmul,
    "products: kron": torch.kron,
    "products: cross": torch.linalg.cross,
    "products: bilinear_layer": F.bilinear,
    "products: distances": torch.cdist,
    "reductions: running_product": lambda X, axis: X.cumprod(axis),
    "reductions: logsumexp": lambda Z, axis: Z.logsumexp(axis),
    "reductions: logcumsumexp": lambda X, axis: X.logcumsumexp(axis),
    "reductions: variance": lambda X, axis: X.var(axis),
    "reductions: norm_p": lambda X, p: torch.linalg.vector_norm(X, p, dim=-1),
    "shape: roll": lambda A, shift: A.roll(shift, -1),
    "shape: unfold": lambda X, size, stride: X.unfold(-1, size, stride),
    "shape: resize": lambda X, size: F.interpolate(X[None, None], size, mode="linear")[0, 0],
    "time: rnn": recurrent("RNN"),
    "time: padded_rnn": recurrent("RNN"),
    "time: lstm": recurrent("LSTM"),
    "time: gru": recurrent("GRU"),
    "normalisation: l2_normalise": lambda X, axis: F.normalize(X, dim=axis),
    "normalisation: weight_norm": lambda V, g: torch._weight_norm(V, g, 0),
    "normalisation: spectral_norm": lambda W, _, steps: W / torch.linalg.matrix_norm(W, 2),
    "normalisation: batch_norm_eval": batch_norm_eval,
    "losses: mean_squared_error": lambda Y, T: F.mse_loss(Y, torch.tensor(T)),
    "losses: absolute_error": each(F.l1_loss),
    "losses: bce": each(F.binary_cross_entropy),
    "losses: hinge_many": hinge_many,
    "losses: linear_cross_entropy": lambda X, W, labels, block: F.cross_entropy(X @ W, torch.tensor(labels)),
    "losses: nll": each(F.nll_loss),
    "losses: kl_of_logits": lambda Z, T: each(F.kl_div)(Z.log_softmax(dim=-1), T).sum(dim=-1),
    "losses: clip_loss": lambda X, Y, t: (contrast(t.exp() * X, Y) + contrast(t.exp() * Y, X)) / 2,
}


def box(name: str) -> Pass:
    """Return a pass by the names of its page and of its function."""
    page, function = name.split(": ")
    code = next(
        code
        for key, code in BOXES.items()
        if key.startswith(f"{page}:") and function in key.split(": ")[1].split(", ")
    )
    return next(found for found in passes(code) if found.forward.__name__ == function)


def compare(found: Pass, twin: Callable[..., Any]) -> float:
    """Return how far results and cotangents are from those of the twin."""
    Y, kept = found.forward(*found.args, **found.settings)
    rng = np.random.default_rng(18)
    Y_bars = [rng.normal(size=np.shape(part)) for part in several(Y)]
    backs = several(found.backward(tuple(Y_bars) if isinstance(Y, tuple) else Y_bars[0], *kept))
    tensors = [
        torch.tensor(np.ascontiguousarray(arg), requires_grad=True) for arg in found.args[: len(backs)]
    ]
    results = several(twin(*tensors, *found.args[len(backs) :], **found.settings))
    sum((result * torch.tensor(bar)).sum() for result, bar in zip(results, Y_bars, strict=True)).backward()
    pairs = [*zip(several(Y), results, strict=True), *zip(backs, (t.grad for t in tensors), strict=True)]
    return max(float(np.max(np.abs(ours - theirs.detach().numpy()))) for ours, theirs in pairs)


RULE_TWINS: list[tuple[str, Callable[..., Any], dict[str, Any]]] = [
    ("power", torch.pow, {}),
    ("maximum", torch.maximum, {}),
    ("minimum", torch.minimum, {}),
    ("mish", F.mish, {}),
    ("hardswish", F.hardswish, {}),
    ("gelu_tanh", lambda Z: F.gelu(Z, approximate="tanh"), {}),
    ("min", torch.amin, {}),
    ("prod", torch.prod, {}),
    ("std", lambda X, correction: X.std(correction=correction), {"correction": 1}),
    ("norm", torch.linalg.vector_norm, {}),
    ("cumsum", lambda X: X.cumsum(-1), {}),
    ("group_norm", lambda X, gamma, beta, groups: F.group_norm(X, groups, gamma, beta), {"groups": 2}),
    ("huber", lambda Y, T, delta: F.huber_loss(Y, T, delta=delta, reduction="sum"), {"delta": 0.75}),
    ("gaussian_nll", lambda M, S, T: F.gaussian_nll_loss(M, T, S.exp(), reduction="sum"), {}),
    ("info_nce", lambda X, Y, tau: contrast(X / tau, Y), {}),
    ("cross_entropy_with_labels", cross_entropy, {}),
    ("cross_entropy_with_labels", cross_entropy, {"label_smoothing": 0.1, "reduction": "mean"}),
    (
        "cross_entropy_with_labels",
        cross_entropy,
        {"weight": np.array([1, 3, 0.5, 2]), "label_smoothing": 0.1, "reduction": "mean"},
    ),
    ("embedding", lambda E, ids: F.embedding(whole(ids), E), {}),
    ("take_along_axis", lambda A, places: A.gather(-1, whole(places)), {}),
]


def rule_pass(name: str, settings: dict[str, Any]) -> Pass:
    """Return a rule of the library as a pass: it keeps its result and its arguments."""
    rule = next(rule for rule in RULES if rule.name == name)

    def forward(*args: Any, **settings: Any) -> Any:
        Y = rule.forward(*args, **settings)
        return Y, (Y, *args)

    def backward(Y_bar: Any, *kept: Any) -> Any:
        bars = rule.vjp(Y_bar, *kept, **settings)
        return tuple(X_bar for X_bar in bars if X_bar is not None)

    return Pass(forward, backward, list(rule.example(np.random.default_rng(0))), settings)


@pytest.mark.parametrize(("name", "twin", "settings"), RULE_TWINS)
def test_pytorch_has_the_results_and_gradients_of_the_library(name, twin, settings):
    assert compare(rule_pass(name, settings), twin) < 1e-12


@pytest.mark.parametrize("name", TWINS)
def test_pytorch_has_the_same_results_and_gradients(name):
    assert compare(box(name), TWINS[name]) < 1e-12


def test_a_tie_is_broken_in_the_same_way():
    X = np.random.default_rng(0).integers(0, 3, (2, 3, 6, 7)).astype(float)
    assert compare(box("layers: max_pool")._replace(args=[X]), max_pool) == 0


def test_a_query_that_may_look_nowhere_gets_zeros():
    found = box("attention: attention")
    assert not found.args[3].any(axis=1).all()
    assert compare(found, attention) < 1e-12


def test_a_fault_is_seen():
    found = box("time: gru")

    def wrong(*given: Any) -> Any:
        bars = found.backward(*given)
        return (*bars[:-1], bars[-2])  # one bias for the other

    assert compare(found._replace(backward=wrong), recurrent("GRU")) > 0.1
