"""A transformer over characters: forward pass, backward pass, training and sampling. Needs NumPy, nothing else.

A row is a token. Each pass returns its result and what its backward pass needs; the backward pass takes the
cotangent of the result. Shapes: texts b, tokens of a text n, rows b·n, width d, characters v.
"""

import numpy as np


def norm(X, gamma, eps=1e-6):
    """RMS norm of each row."""
    r = 1 / np.sqrt((X * X).mean(axis=1, keepdims=True) + eps)
    N = X * r
    return gamma * N, (N, r, gamma)


def norm_back(Y_bar, N, r, gamma):
    """Scale, and subtract the part along N."""
    N_bar = Y_bar * gamma
    along = N * (N_bar * N).mean(axis=1, keepdims=True)
    return r * (N_bar - along), (Y_bar * N).sum(axis=0)


def rope(X, angles):
    """Turn the pairs (X_j, X_{j + half}) of each head by the angles of their position."""
    half = X.shape[-1] // 2
    A, B, C, S = X[..., :half], X[..., half:], np.cos(angles), np.sin(angles)
    return np.concatenate([A * C - B * S, A * S + B * C], axis=-1)


def rope_back(Y_bar, angles):
    """Turn back."""
    return rope(Y_bar, -angles)


def split(X, texts, heads):
    """From rows × width to texts × heads × tokens × width of a head."""
    return X.reshape(texts, -1, heads, X.shape[1] // heads).swapaxes(1, 2)


def merge(X):
    """From texts × heads × tokens × width of a head to rows × width."""
    return X.swapaxes(1, 2).reshape(-1, X.shape[1] * X.shape[3])


def attend(R, W_q, W_k, W_v, W_o, texts, heads):
    """Causal attention with rotary positions."""
    Q, K, V = (split(R @ W, texts, heads) for W in (W_q, W_k, W_v))
    n, d = Q.shape[2:]
    angles = np.arange(n)[:, None] * 10000.0 ** (-2 * np.arange(d // 2) / d)
    angles = angles.astype(R.real.dtype)
    Q, K = rope(Q, angles), rope(K, angles)
    c = d**-0.5
    S = np.where(np.tri(n, dtype=bool), c * (Q @ K.swapaxes(2, 3)), -np.inf)
    A = np.exp(S - S.max(axis=3, keepdims=True))
    A = A / A.sum(axis=3, keepdims=True)
    C = merge(A @ V)
    return C @ W_o, (R, W_q, W_k, W_v, W_o, Q, K, V, A, C, angles, c)


def attend_back(Y_bar, R, W_q, W_k, W_v, W_o, Q, K, V, A, C, angles, c):
    """The three uses of R are added up."""
    texts, heads = Q.shape[:2]
    C_bar = split(Y_bar @ W_o.T, texts, heads)
    A_bar = C_bar @ V.swapaxes(2, 3)
    S_bar = A * (A_bar - (A * A_bar).sum(axis=3, keepdims=True))
    Q_bar = merge(rope_back(c * (S_bar @ K), angles))
    K_bar = merge(rope_back(c * (S_bar.swapaxes(2, 3) @ Q), angles))
    V_bar = merge(A.swapaxes(2, 3) @ C_bar)
    R_bar = Q_bar @ W_q.T + K_bar @ W_k.T + V_bar @ W_v.T
    return R_bar, R.T @ Q_bar, R.T @ K_bar, R.T @ V_bar, C.T @ Y_bar


def swiglu(R, W_1, W_3, W_2):
    """(silu(R W_1) ⊙ R W_3) W_2."""
    U, G = R @ W_1, R @ W_3
    sigma = 0.5 + 0.5 * np.tanh(U / 2)
    F = U * sigma * G
    return F @ W_2, (R, W_1, W_3, W_2, U, G, sigma, F)


def swiglu_back(Y_bar, R, W_1, W_3, W_2, U, G, sigma, F):
    """Four matrix products, and Hadamard products."""
    F_bar = Y_bar @ W_2.T
    U_bar = F_bar * G * sigma * (1 + U * (1 - sigma))
    G_bar = F_bar * U * sigma
    R_bar = U_bar @ W_1.T + G_bar @ W_3.T
    return R_bar, R.T @ U_bar, R.T @ G_bar, F.T @ Y_bar


def cross_entropy(Z, labels):
    """The mean over the rows of −log P, P = softmax(Z), at the labels."""
    Z = Z - Z.max(axis=1, keepdims=True)
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return -log_P[np.arange(len(Z)), labels].mean(), (log_P, labels)


def cross_entropy_back(log_P, labels):
    """(P − Y*) / rows."""
    D = np.exp(log_P)
    D[np.arange(len(D)), labels] -= 1
    return D / len(D)


MIX, GATE = ("W_q", "W_k", "W_v", "W_o"), ("W_1", "W_3", "W_2")


def start(characters, width, hidden, layers, rng):
    """The first parameters, by name; matrices have the variance 1/inputs."""
    shapes = dict.fromkeys(MIX, (width, width)) | dict.fromkeys(GATE[:2], (width, hidden))
    shapes["W_2"] = hidden, width
    P = {"E": rng.normal(size=(characters, width)) / width**0.5, "g": np.ones(width)}
    for layer in range(layers):
        P[f"g_1 {layer}"], P[f"g_2 {layer}"] = np.ones((2, width))
        for name, shape in shapes.items():
            P[f"{name} {layer}"] = rng.normal(size=shape) / shape[0] ** 0.5
    return P


def forward(P, ids, heads):
    """Return the scores of the next character, one row for each of the ids (texts × tokens)."""
    X, kept, layer = P["E"][ids.ravel()], [], 0
    while f"g_1 {layer}" in P:
        R, norm_1 = norm(X, P[f"g_1 {layer}"])
        Y, mix = attend(R, *(P[f"{name} {layer}"] for name in MIX), len(ids), heads)
        X = X + Y
        R, norm_2 = norm(X, P[f"g_2 {layer}"])
        Y, gate = swiglu(R, *(P[f"{name} {layer}"] for name in GATE))
        X = X + Y
        kept.append((norm_1, mix, norm_2, gate))
        layer += 1
    H, last = norm(X, P["g"])
    return H @ P["E"].T, (ids, kept, H, last)


def backward(P, Z_bar, ids, kept, H, last):
    """Return the gradients by name: the rows of the forward pass in reverse."""
    G = {}
    X_bar, G["g"] = norm_back(Z_bar @ P["E"], *last)
    for layer, (norm_1, mix, norm_2, gate) in reversed(list(enumerate(kept))):
        R_bar, *bars = swiglu_back(X_bar, *gate)
        G |= {f"{name} {layer}": bar for name, bar in zip(GATE, bars, strict=True)}
        R_bar, G[f"g_2 {layer}"] = norm_back(R_bar, *norm_2)
        X_bar = X_bar + R_bar  # past the gate, and through it
        R_bar, *bars = attend_back(X_bar, *mix)
        G |= {f"{name} {layer}": bar for name, bar in zip(MIX, bars, strict=True)}
        R_bar, G[f"g_1 {layer}"] = norm_back(R_bar, *norm_1)
        X_bar = X_bar + R_bar
    G["E"] = Z_bar.T @ H  # as the scorer
    np.add.at(G["E"], ids.ravel(), X_bar)  # and as the table
    return G


def loss_and_gradients(P, ids, labels, heads):
    """One forward and one backward pass."""
    Z, kept = forward(P, ids, heads)
    J, parts = cross_entropy(Z, labels.ravel())
    return J, backward(P, cross_entropy_back(*parts), *kept)


def batch(data, texts, tokens, rng):
    """Pieces of the text, and the same one character later."""
    places = rng.integers(0, len(data) - tokens, texts)[:, None] + np.arange(tokens)
    return data[places], data[places + 1]


def train(P, data, steps, texts, tokens, heads, rate, rng):
    """Change P by Adam with weight decay; yield the number of the step and its loss."""
    M, S = ({name: np.zeros_like(W) for name, W in P.items()} for _ in range(2))
    for t in range(1, steps + 1):
        J, G = loss_and_gradients(P, *batch(data, texts, tokens, rng), heads)
        size = np.sqrt(sum(np.sum(bar * bar) for bar in G.values()))
        now = rate * min(1, t / 100) * (0.55 + 0.45 * np.cos(np.pi * t / steps))
        for name, W in P.items():
            bar = G[name] / max(1, float(size))  # a gradient is at most 1 long
            M[name] += 0.1 * (bar - M[name])
            S[name] += 0.01 * (bar * bar - S[name])
            mean, square = M[name] / (1 - 0.9**t), S[name] / (1 - 0.99**t)
            decay = 0.1 * W if W.ndim > 1 else 0
            W -= now * (mean / (np.sqrt(square) + 1e-8) + decay)
        yield t, J


def bits(P, data, tokens, heads):
    """The mean of −log₂ P over the text, each character after at least half as many tokens as the model reads."""
    half, J = tokens // 2, []
    for at in range(0, len(data) - tokens, half):
        Z, _ = forward(P, data[None, at : at + tokens], heads)
        J.append(cross_entropy(Z[half:], data[at + half + 1 : at + tokens + 1])[0])
    return float(np.mean(J) / np.log(2))


def sample(P, ids, length, tokens, heads, rng):
    """Append characters, each drawn from the probabilities after those before it."""
    ids = list(ids)
    for _ in range(length):
        Z = forward(P, np.array([ids[-tokens:]]), heads)[0][-1].astype(np.float64)
        p = np.exp(Z - Z.max())
        ids.append(int(rng.choice(len(p), p=p / p.sum())))
    return ids
