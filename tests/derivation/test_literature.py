r"""Losses of the literature, by every symbol in them: each gradient is compared with an oracle that knows nothing of the book.

The oracle is a second, hand-written formula in NumPy beside each loss. It is differentiated by the complex step, or by central
differences where it has kinks, at the random numbers of the program that comes with the answer.
"""

import contextlib
import io

import numpy as np
import pytest

from mathnet.derivation import derive

N, S, X = r"\mathbb{R}^n", r"\mathbb{R}^{n \times n}", r"\mathbb{R}^{n \times m}"
CASES = {  # name: where part without its first word, the same number in NumPy
    # the Matrix Cookbook, chapter 2
    "cookbook 52": (rf"X \in {S},  J = \log \lvert \det(X) \rvert", "log(det(X))"),
    "cookbook 49": (rf"A, B, X \in {S},  J = \det(A X B)", "det(A @ X @ B)"),
    "cookbook 51": (rf"X \in {X},  A \in {S},  J = \det(X^{{\mathsf T}} A X)", "det(X.T @ A @ X)"),
    "cookbook 57": (rf"X \in {X} \text{{ full column rank}},  J = \log \det(X^{{\mathsf T}} X)", "log(det(X.T @ X))"),
    "cookbook 58": (rf"X \in {S} \text{{ invertible}},  k \in \mathbb{{R}} \text{{ constant}},  J = \det(X)^2", "det(X) ** 2"),
    "cookbook 61": (rf"a, b \in {N},  X \in {S} \text{{ invertible}},  J = a^{{\mathsf T}} X^{{-1}} b", "a @ inv(X) @ b"),
    "cookbook 63": (rf"X, A, B \in {S},  X \text{{ invertible}},  J = \operatorname{{tr}}(A X^{{-1}} B)", "trace(A @ inv(X) @ B)"),
    "cookbook 64": (rf"X, A \in {S},  J = \operatorname{{tr}}((X + A)^{{-1}})", "trace(inv(X + A))"),
    "cookbook 70": (rf"a \in {N},  b \in \mathbb{{R}}^m,  X \in {X},  J = a^{{\mathsf T}} X b", "a @ X @ b"),
    "cookbook 76": (r"b, c \in \mathbb{R}^n,  X \in \mathbb{R}^{m \times n},  J = b^{\mathsf T} X^{\mathsf T} X c", "b @ X.T @ X @ c"),
    "cookbook 78": (r"x \in \mathbb{R}^n,  B, D \in \mathbb{R}^{m \times n},  b, d \in \mathbb{R}^m,  C \in \mathbb{R}^{m \times m},  J = (B x + b)^{\mathsf T} C (D x + d)", "(B @ x + b) @ C @ (D @ x + d)"),
    "cookbook 82": (rf"a, b \in {N},  X \in {S},  J = a^{{\mathsf T}} X^{{\mathsf T}} X X^{{\mathsf T}} b", "a @ X.T @ X @ X.T @ b"),
    "cookbook 84": (rf"W \in {S} \text{{ symmetric, constant}},  x, s \in {N},  J = (x - s)^{{\mathsf T}} W (x - s)", "(x - s) @ W @ (x - s)"),
    "cookbook 88": (r"x, a \in \mathbb{R}^n,  s \in \mathbb{R}^m,  A \in \mathbb{R}^{n \times m},  J = \|x - A s\|^2 + a \cdot x", "sum((x - A @ s) ** 2) + a @ x"),
    "cookbook 91": (rf"a, b \in {N},  X \in {S},  J = a^{{\mathsf T}} X^3 b", "a @ X @ X @ X @ b"),
    "cookbook 116": (rf"X, B, C \in {S},  J = \operatorname{{tr}}(X B X^{{\mathsf T}} C)", "trace(X @ B @ X.T @ C)"),
    "cookbook 119": (r"A \in \mathbb{R}^{p \times n},  B \in \mathbb{R}^{m \times q},  C \in \mathbb{R}^{p \times q},  X \in \mathbb{R}^{n \times m},  J = \operatorname{tr}((A X B + C)(A X B + C)^{\mathsf T})", "sum((A @ X @ B + C) ** 2)"),
    "cookbook 121": (rf"X \in {S},  J = \operatorname{{tr}}(X^4)", "trace(X @ X @ X @ X)"),
    "cookbook 125": (rf"X \in {X} \text{{ full column rank}},  A \in \mathbb{{R}}^{{m \times m}},  S \in {S} \text{{ positive definite, constant}},  J = \operatorname{{tr}}((X^{{\mathsf T}} S X)^{{-1}} A)", "trace(inv(X.T @ S @ X) @ A)"),
    "cookbook 130": (rf"x \in {N},  J = \|x\|^3", "sum(x ** 2) ** 1.5"),
    "cookbook 131": (rf"x, a \in {N},  J = \frac{{x - a}}{{\|x - a\|}} \cdot a", "(x - a) @ a / sqrt(sum((x - a) ** 2))"),
    "power of a quadratic form": (rf"x \in {N},  A \in {S},  J = (x^{{\mathsf T}} A x)^3", "(x @ A @ x) ** 3"),
    "outer product in a trace": (rf"x, y \in {N},  A, B \in {S},  J = \operatorname{{tr}}(A x y^{{\mathsf T}} B)", "trace(A @ outer(x, y) @ B)"),
    "vec and Kronecker": (r"A \in \mathbb{R}^{p \times n},  X \in \mathbb{R}^{n \times m},  B \in \mathbb{R}^{q \times m},  g \in \mathbb{R}^{p},  h \in \mathbb{R}^q,  J = g^{\mathsf T} A X B^{\mathsf T} h", "g @ A @ X @ B.T @ h"),
    "norm of a Kronecker product": (r"A \in \mathbb{R}^{n \times m},  B \in \mathbb{R}^{p \times q},  J = \|A \otimes B\|^2", "sum(kron(A, B) ** 2)"),
    "commutator": (rf"X, A \in {S},  J = \tfrac12 \|A X - X A\|^2", "sum((A @ X - X @ A) ** 2) / 2"),
    "inverse residual": (rf"A, X \in {S},  I \in {S} \text{{ identity}},  J = \tfrac12 \|A X - I\|^2", "sum((A @ X - eye(len(A))) ** 2) / 2"),
    # least squares and its relatives
    "weighted least squares": (r"A \in \mathbb{R}^{m \times n},  x \in \mathbb{R}^n,  b, w \in \mathbb{R}^m,  J = \tfrac12 w^{\mathsf T} ((A x - b) \odot (A x - b))", "w @ (A @ x - b) ** 2 / 2"),
    "generalised least squares": (r"A \in \mathbb{R}^{m \times n},  x \in \mathbb{R}^n,  b \in \mathbb{R}^m,  S \in \mathbb{R}^{m \times m} \text{ invertible},  J = \tfrac12 (A x - b)^{\mathsf T} S^{-1} (A x - b)", "(A @ x - b) @ inv(S) @ (A @ x - b) / 2"),
    "ridge": (r"A \in \mathbb{R}^{m \times n},  x \in \mathbb{R}^n,  b \in \mathbb{R}^m,  \lambda \in \mathbb{R},  J = \tfrac12 \|A x - b\|^2 + \tfrac{\lambda}{2} \|x\|^2", "sum((A @ x - b) ** 2) / 2 + lambda_ / 2 * sum(x ** 2)"),
    "Tikhonov": (r"A \in \mathbb{R}^{m \times n},  x \in \mathbb{R}^n,  b \in \mathbb{R}^m,  L \in \mathbb{R}^{k \times n},  J = \|A x - b\|^2 + \|L x\|^2", "sum((A @ x - b) ** 2) + sum((L @ x) ** 2)"),
    "multi-output ridge": (r"X \in \mathbb{R}^{n \times d},  W \in \mathbb{R}^{d \times k},  Y \in \mathbb{R}^{n \times k},  J = \frac{1}{2 n} \|X W - Y\|_F^2 + \tfrac12 \|W\|_F^2", "sum((X @ W - Y) ** 2) / 2 / len(X) + sum(W ** 2) / 2"),
    "logarithm of least squares": (r"A \in \mathbb{R}^{m \times n},  x \in \mathbb{R}^n,  b \in \mathbb{R}^m,  J = \tfrac{m}{2} \log \|A x - b\|^2", "len(A) / 2 * log(sum((A @ x - b) ** 2))"),
    "pseudo-Huber": (rf"x, y \in {N},  J = \sum_i (\sqrt{{1 + (x_i - y_i)^2}} - 1)", "sum(sqrt(1 + (x - y) ** 2) - 1)"),
    "Huber": (rf"r \in {N},  J = \sum_i \begin{{cases}} \tfrac12 r_i^2 & \lvert r_i \rvert \le 1 \\ \lvert r_i \rvert - \tfrac12 & \text{{else}} \end{{cases}}", "kinked: sum(where(abs(r) <= 1, r ** 2 / 2, abs(r) - 1 / 2))"),
    "least absolute deviations": (r"A \in \mathbb{R}^{m \times n},  x \in \mathbb{R}^n,  b \in \mathbb{R}^m,  J = \sum_i \lvert [A x - b]_i \rvert", "kinked: sum(abs(A @ x - b))"),
    "matrix factorisation with biases": (r"R \in \mathbb{R}^{n \times m},  U \in \mathbb{R}^{n \times k},  V \in \mathbb{R}^{m \times k},  b \in \mathbb{R}^n,  c, \mathbf 1 \in \mathbb{R}^m,  \mathbf 1 \text{ ones},  J = \tfrac12 \|U V^{\mathsf T} + b \mathbf 1^{\mathsf T} - R\|^2", "sum((U @ V.T + b[:, None] - R) ** 2) / 2"),
    "Procrustes": (r"A, B \in \mathbb{R}^{m \times n},  R \in \mathbb{R}^{n \times n},  J = \|A R - B\|_F^2", "sum((A @ R - B) ** 2)"),
    "total variation, smoothed": (r"x \in \mathbb{R}^n,  J = \sum_{i=1}^{n-1} \sqrt{1 + (x_{i+1} - x_i)^2}", "sum(sqrt(1 + (x[1:] - x[:-1]) ** 2))"),
    "Nesterov's worst function": (r"x \in \mathbb{R}^n,  J = \tfrac12 x_1^2 + \tfrac12 \sum_{i=1}^{n-1} (x_i - x_{i+1})^2 + \tfrac12 x_n^2 - x_1", "x[0] ** 2 / 2 + sum((x[:-1] - x[1:]) ** 2) / 2 + x[-1] ** 2 / 2 - x[0]"),
    # likelihoods
    "Gaussian by precision": (rf"x, \mu \in {N},  P \in {S},  J = \tfrac12 (x - \mu)^{{\mathsf T}} P (x - \mu) - \tfrac12 \log \lvert \det(P) \rvert", "(x - mu) @ P @ (x - mu) / 2 - log(det(P) ** 2) / 4"),
    "Gaussian by scatter": (rf"\Sigma, S \in {S},  \Sigma \text{{ invertible}},  J = \tfrac12 \log \lvert \det(\Sigma) \rvert + \tfrac12 \operatorname{{tr}}(\Sigma^{{-1}} S)", "log(det(Sigma) ** 2) / 4 + trace(inv(Sigma) @ S) / 2"),
    "diagonal Gaussian": (rf"x, \mu, s \in {N},  s \text{{ positive}},  J = \sum_i (\log s_i + \frac{{(x_i - \mu_i)^2}}{{2 s_i^2}})", "sum(log(s) + (x - mu) ** 2 / 2 / s ** 2)"),
    "Gaussian process by noise": (rf"y \in {N},  K, I \in {S},  I \text{{ identity}},  s \in \mathbb{{R}},  J = \tfrac12 y^{{\mathsf T}} (K + s I)^{{-1}} y + \tfrac12 \log \lvert \det(K + s I) \rvert", "y @ inv(K + s * eye(len(y))) @ y / 2 + log(det(K + s * eye(len(y))) ** 2) / 4"),
    "factor analysis": (r"S \in \mathbb{R}^{n \times n},  W \in \mathbb{R}^{n \times k},  p \in \mathbb{R}^n,  C = W W^{\mathsf T} + \operatorname{diag}(p),  J = \tfrac12 \log \lvert \det(C) \rvert + \tfrac12 \operatorname{tr}(C^{-1} S)", "log(det(W @ W.T + diag(p)) ** 2) / 4 + trace(inv(W @ W.T + diag(p)) @ S) / 2"),
    "Kullback-Leibler, full covariance": (rf"m, u \in {N},  A, B \in {S},  A, B \text{{ invertible}},  J = \tfrac12 (\operatorname{{tr}}(B^{{-1}} A) + (u - m)^{{\mathsf T}} B^{{-1}} (u - m) - n + \log \lvert \det(B) \rvert - \log \lvert \det(A) \rvert)", "(trace(inv(B) @ A) + (u - m) @ inv(B) @ (u - m) - len(m) + log(det(B) ** 2) / 2 - log(det(A) ** 2) / 2) / 2"),
    "Kullback-Leibler to the standard normal": (rf"\mu, v \in {N},  J = \tfrac12 \sum_i (\exp(v_i) + \mu_i^2 - 1 - v_i)", "sum(exp(v) + mu ** 2 - 1 - v) / 2"),
    "Kullback-Leibler, discrete": (rf"p, q \in {N},  p, q \text{{ positive}},  J = \sum_i p_i \log \frac{{p_i}}{{q_i}}", "sum(p * log(p / q))"),
    "Mahalanobis distance": (rf"x, m \in {N},  S \in {S} \text{{ positive definite, constant}},  J = \sqrt{{(x - m)^{{\mathsf T}} S^{{-1}} (x - m)}}", "sqrt((x - m) @ inv(S) @ (x - m))"),
    "Mahalanobis metric": (r"L \in \mathbb{R}^{k \times n},  x, y \in \mathbb{R}^n,  J = (x - y)^{\mathsf T} L^{\mathsf T} L (x - y)", "sum((L @ (x - y)) ** 2)"),
    "Poisson regression": (r"X \in \mathbb{R}^{n \times d},  w \in \mathbb{R}^d,  y, \mathbf 1 \in \mathbb{R}^n,  \mathbf 1 \text{ ones},  J = \mathbf 1^{\mathsf T} \exp(X w) - y^{\mathsf T} X w", "sum(exp(X @ w)) - y @ X @ w"),
    "entropy of a softmax": (rf"z \in {N},  p = \operatorname{{softmax}}(z),  J = -p \cdot \log(p)", "-softmax(z) @ log(softmax(z))"),
    # classification
    "softmax with a temperature": (rf"z, t \in {N},  \tau \in \mathbb{{R}} \text{{ positive}},  J = -t \cdot \log(\operatorname{{softmax}}(\tfrac{{1}}{{\tau}} z))", "-t @ log(softmax(z / tau))"),
    "label smoothing": (r"z, t, \mathbf 1 \in \mathbb{R}^k,  \mathbf 1 \text{ ones},  a \in \mathbb{R},  J = -((1 - a) t + \frac{a}{k} \mathbf 1) \cdot \log(\operatorname{softmax}(z))", "-((1 - a) * t + a / len(t)) @ log(softmax(z))"),
    "focal loss": (r"z \in \mathbb{R},  p = \operatorname{sigmoid}(z),  J = -(1 - p)^2 \log(p)", "-(1 - sigmoid(z)) ** 2 * log(sigmoid(z))"),
    "logistic loss with signs": (r"X \in \mathbb{R}^{n \times d},  w \in \mathbb{R}^d,  y \in \mathbb{R}^n,  J = \sum_i \log(1 + \exp(-y_i [X w]_i))", "sum(log(1 + exp(-y * (X @ w))))"),
    "support vector machine": (r"X \in \mathbb{R}^{n \times d},  w \in \mathbb{R}^d,  b \in \mathbb{R},  y \in \mathbb{R}^n,  J = \tfrac12 \|w\|^2 + \sum_i \max(0, 1 - y_i ([X w]_i + b))", "kinked: sum(w ** 2) / 2 + sum(maximum(0, 1 - y * (X @ w + b)))"),
    "squared hinge": (rf"y, z \in {N},  J = \sum_i \max(0, 1 - y_i z_i)^2", "kinked: sum(maximum(0, 1 - y * z) ** 2)"),
    "multiclass margin": (r"z, u \in \mathbb{R}^k,  J = \max(z) - u \cdot z", "kinked: max(z) - u @ z"),
    "contrastive, cosine": (rf"x, y \in {N},  \tau \in \mathbb{{R}} \text{{ positive}},  J = \frac{{x^{{\mathsf T}} y}}{{\tau \|x\| \|y\|}}", "x @ y / tau / sqrt(sum(x ** 2)) / sqrt(sum(y ** 2))"),
    "contrastive, InfoNCE": (r"Q, K \in \mathbb{R}^{n \times d},  I \in \mathbb{R}^{n \times n} \text{ identity},  J = -\operatorname{tr}(\log(\operatorname{softmax}(Q K^{\mathsf T})))", "-trace(log(softmax(Q @ K.T)))"),
    "triplet loss": (rf"a, p, q \in {N},  J = \max(0, \|a - p\|^2 - \|a - q\|^2 + 1)", "kinked: maximum(0, sum((a - p) ** 2) - sum((a - q) ** 2) + 1)"),
    "skip-gram": (rf"u, v, w \in {N},  J = -\log(\operatorname{{sigmoid}}(u \cdot v)) - \log(\operatorname{{sigmoid}}(-u \cdot w))", "-log(sigmoid(u @ v)) - log(sigmoid(-u @ w))"),
    "Dice": (rf"p, t \in {N},  p, t \text{{ positive}},  J = 1 - \frac{{2 p \cdot t}}{{p \cdot p + t \cdot t}}", "1 - 2 * (p @ t) / (p @ p + t @ t)"),
    # layers, with a cotangent
    "RMS norm": (rf"x, g, c \in {N},  J = c \cdot (g \odot \frac{{x}}{{\sqrt{{\operatorname{{mean}}(x \odot x)}}}})", "c @ (g * x / sqrt(sum(x ** 2) / len(x)))"),
    "layer norm": (rf"x, g, b, c, \mathbf 1 \in {N},  \mathbf 1 \text{{ ones}},  J = c \cdot (g \odot \frac{{x - \operatorname{{mean}}(x) \mathbf 1}}{{\sqrt{{\operatorname{{var}}(x) + 1}}}} + b)", "c @ (g * (x - sum(x) / len(x)) / sqrt(sum((x - sum(x) / len(x)) ** 2) / len(x) + 1) + b)"),
    "weight norm": (rf"v, x \in {N},  g, t \in \mathbb{{R}},  J = \tfrac12 (g \frac{{v^{{\mathsf T}} x}}{{\|v\|}} - t)^2", "(g * (v @ x) / sqrt(sum(v ** 2)) - t) ** 2 / 2"),
    "low-rank adaptation": (r"X \in \mathbb{R}^{n \times d},  W \in \mathbb{R}^{d \times h},  A \in \mathbb{R}^{d \times r},  B \in \mathbb{R}^{r \times h},  T \in \mathbb{R}^{n \times h},  J = \tfrac12 \|X (W + A B) - T\|^2", "sum((X @ (W + A @ B) - T) ** 2) / 2"),
    "gated linear unit": (r"x \in \mathbb{R}^{1 \times d},  W, V \in \mathbb{R}^{d \times h},  G \in \mathbb{R}^{1 \times h},  J = \langle G, \operatorname{sigmoid}(x W) \odot (x V) \rangle", "G @ (sigmoid(x @ W) * (x @ V))"),
    "SwiGLU": (r"X, G \in \mathbb{R}^{n \times d},  W, V \in \mathbb{R}^{d \times h},  U \in \mathbb{R}^{h \times d},  Z = X W,  J = \langle G, (Z \odot \operatorname{sigmoid}(Z) \odot (X V)) U \rangle", "sum(G * (((X @ W) * sigmoid(X @ W) * (X @ V)) @ U))"),
    "gated recurrent unit": (r"x \in \mathbb{R}^{1 \times d},  h, G \in \mathbb{R}^{1 \times m},  W_z, W_r, W_n \in \mathbb{R}^{d \times m},  U_z, U_r, U_n \in \mathbb{R}^{m \times m},  z = \operatorname{sigmoid}(x W_z + h U_z),  r = \operatorname{sigmoid}(x W_r + h U_r),  c = \tanh(x W_n + (r \odot h) U_n),  J = \langle G, h + z \odot (c - h) \rangle", "gru"),
    "attention with a scale": (r"Q \in \mathbb{R}^{n \times d},  K \in \mathbb{R}^{m \times d},  V \in \mathbb{R}^{m \times v},  G \in \mathbb{R}^{n \times v},  J = \langle G, \operatorname{softmax}(\frac{Q K^{\mathsf T}}{\sqrt{d}}) V \rangle", "sum(G * (softmax(Q @ K.T / sqrt(Q.shape[1])) @ V))"),
    "attention with weights": (r"X \in \mathbb{R}^{n \times d},  W_q, W_k \in \mathbb{R}^{d \times h},  W_v \in \mathbb{R}^{d \times h},  G \in \mathbb{R}^{n \times h},  Q = X W_q,  K = X W_k,  V = X W_v,  A = \operatorname{softmax}(Q K^{\mathsf T}),  J = \langle G, A V \rangle", "sum(G * (softmax(X @ W_q @ (X @ W_k).T) @ (X @ W_v)))"),
    "attention, additive": (r"Q, K \in \mathbb{R}^{n \times d},  w \in \mathbb{R}^d,  g \in \mathbb{R}^n,  J = g \cdot \operatorname{softmax}(\tanh(Q + K) w)", "g @ softmax(tanh(Q + K) @ w)"),
    "residual block": (r"x, g \in \mathbb{R}^n,  A \in \mathbb{R}^{n \times h},  B \in \mathbb{R}^{h \times n},  f \text{ elementwise},  J = g \cdot (x + A f(B x))", "g @ (x + A @ tanh(B @ x))"),
    "highway": (r"x, g, \mathbf 1 \in \mathbb{R}^n,  \mathbf 1 \text{ ones},  A, B \in \mathbb{R}^{n \times n},  t = \operatorname{sigmoid}(B x),  J = g \cdot (t \odot \tanh(A x) + (\mathbf 1 - t) \odot x)", "g @ (sigmoid(B @ x) * tanh(A @ x) + (1 - sigmoid(B @ x)) * x)"),
    "squeeze and excitation": (r"X \in \mathbb{R}^{n \times d},  W \in \mathbb{R}^{d \times d},  G \in \mathbb{R}^{n \times d},  \mathbf 1 \in \mathbb{R}^n \text{ ones},  s = \operatorname{sigmoid}(\frac{1}{n} \mathbf 1^{\mathsf T} X W),  J = \langle G, X \odot (\mathbf 1 s) \rangle", "sum(G * X * sigmoid(sum(X, 0) / len(X) @ W))"),
    "autoencoder with tied weights": (r"X \in \mathbb{R}^{n \times d},  W \in \mathbb{R}^{d \times h},  f \text{ elementwise},  J = \tfrac12 \|f(X W) W^{\mathsf T} - X\|^2", "sum((tanh(X @ W) @ W.T - X) ** 2) / 2"),
    "bilinear pooling": (r"x \in \mathbb{R}^n,  y \in \mathbb{R}^m,  W \in \mathbb{R}^{n \times m},  b \in \mathbb{R},  J = \log(1 + \exp(x^{\mathsf T} W y + b))", "log(1 + exp(x @ W @ y + b))"),
    "graph convolution": (r"A \in \mathbb{R}^{n \times n},  X \in \mathbb{R}^{n \times d},  W \in \mathbb{R}^{d \times h},  T \in \mathbb{R}^{n \times h},  J = \tfrac12 \|\operatorname{relu}(A X W) - T\|^2", "kinked: sum((maximum(0, A @ X @ W) - T) ** 2) / 2"),
    "batch norm": (r"x, g, \mathbf 1 \in \mathbb{R}^n,  \mathbf 1 \text{ ones},  m = \operatorname{mean}(x),  s = \operatorname{std}(x),  y = \frac{x - m \mathbf 1}{s},  J = g \cdot y", "g @ (x - sum(x) / len(x)) / sqrt(sum((x - sum(x) / len(x)) ** 2) / len(x))"),
    "Gaussian kernel machine": (r"X \in \mathbb{R}^{n \times d},  z \in \mathbb{R}^d,  a \in \mathbb{R}^n,  g \in \mathbb{R} \text{ positive},  J = \sum_i a_i \exp(-g \sum_j (X_{ij} - z_j)^2)", "a @ exp(-g * sum((X - z) ** 2, 1))"),
    "discounted return": (r"r \in \mathbb{R}^n,  g \in \mathbb{R} \text{ positive},  J = \sum_{i=1}^{n} g^{i} r_i", "sum(g ** arange(1, len(r) + 1) * r)"),
    # kept aside at first: what was not written with the engine in sight
    "low-rank layer": (r"X \in \mathbb{R}^{b \times n}, U \in \mathbb{R}^{n \times r}, V \in \mathbb{R}^{r \times m}, T \in \mathbb{R}^{b \times m}, f \text{ elementwise}, W = U V, J = \tfrac12 \|f(X W) - T\|^2", "sum((tanh(X@U@V)-T)**2)/2"),
    "contractive autoencoder": (r"x \in \mathbb{R}^n, W \in \mathbb{R}^{m \times n}, h = \operatorname{sigmoid}(W x), J = \sum_{i} (h_i (1 - h_i))^2 \sum_j W_{ij}^2", "sum((sigmoid(W@x)*(1-sigmoid(W@x)))**2*sum(W**2,1))"),
    "pca objective": (r"X \in \mathbb{R}^{n \times d}, V \in \mathbb{R}^{d \times k}, J = \|X - X V V^{\mathsf T}\|_F^2", "sum((X-X@V@V.T)**2)"),
    "generalised Rayleigh": (r"A, B \in \mathbb{R}^{n \times n}, x \in \mathbb{R}^n, J = \frac{x^{\mathsf T} A x}{x^{\mathsf T} B x}", "x@A@x/(x@B@x)"),
    "lda": (r"A, B \in \mathbb{R}^{d \times d}, V \in \mathbb{R}^{d \times k} \text{ full column rank}, J = \operatorname{tr}((V^{\mathsf T} B V)^{-1} (V^{\mathsf T} A V))", "trace(inv(V.T@B@V)@(V.T@A@V))"),
    "gcn softmax": (r"A \in \mathbb{R}^{n \times n}, X \in \mathbb{R}^{n \times d}, W \in \mathbb{R}^{d \times k}, T \in \mathbb{R}^{n \times k} \text{ rows are one-hot}, P = \operatorname{softmax}(A X W), J = -\langle T, \log P \rangle", "-sum(T*log(softmax(A@X@W)))"),
    "bilinear batch": (r"X \in \mathbb{R}^{b \times n}, Y \in \mathbb{R}^{b \times m}, W \in \mathbb{R}^{n \times m}, t \in \mathbb{R}^b, z = \operatorname{diag}(X W Y^{\mathsf T}), J = \tfrac12 \|z - t\|^2", "sum((sum((X@W)*Y,1)-t)**2)/2"),
    "attention mask": (r"Q \in \mathbb{R}^{n \times d}, K \in \mathbb{R}^{m \times d}, V \in \mathbb{R}^{m \times v}, M \in \mathbb{R}^{n \times m}, G \in \mathbb{R}^{n \times v}, S = \frac{1}{\sqrt d} Q K^{\mathsf T} + M, A = \operatorname{softmax}(S), O = A V, J = \langle G, O \rangle", "sum(G*(softmax(Q@K.T/sqrt(Q.shape[1])+M)@V))"),
    "student t": (r"x, \mu \in \mathbb{R}^n, P \in \mathbb{R}^{n \times n} \text{ positive definite, constant}, \nu \in \mathbb{R} \text{ positive, constant}, J = \tfrac{\nu + n}{2} \log(1 + \frac{1}{\nu} (x - \mu)^{\mathsf T} P (x - \mu))", "(nu+len(x))/2*log(1+(x-mu)@P@(x-mu)/nu)"),
    "nmf KL": (r"A \in \mathbb{R}^{n \times m} \text{ positive}, U \in \mathbb{R}^{n \times k} \text{ positive}, V \in \mathbb{R}^{k \times m} \text{ positive}, J = \sum_{ij} ([U V]_{ij} - A_{ij} \log [U V]_{ij})", "sum(U@V-A*log(U@V))"),
    "factorisation machine": (r"x, w \in \mathbb{R}^n, V \in \mathbb{R}^{n \times k}, b \in \mathbb{R}, J = b + w \cdot x + \tfrac12 (\|V^{\mathsf T} x\|^2 - \sum_{i} \sum_f V_{if}^2 x_i^2)", "b+w@x+(sum((V.T@x)**2)-sum(V**2*x[:,None]**2))/2"),
    "triplet cosine": (r"a, p, q \in \mathbb{R}^n, J = \max(0, \frac{a \cdot q}{\|a\| \|q\|} - \frac{a \cdot p}{\|a\| \|p\|} + 1)", "kinked: maximum(0,a@q/sqrt(a@a)/sqrt(q@q)-a@p/sqrt(a@a)/sqrt(p@p)+1)"),
    "cosine by matrix": (r"x \in \mathbb{R}^n, y \in \mathbb{R}^m, W \in \mathbb{R}^{m \times n}, J = \frac{y^{\mathsf T} W x}{\|y\| \|W x\|}", "y@W@x/sqrt(y@y)/sqrt(sum((W@x)**2))"),
    "distillation": (r"z, t \in \mathbb{R}^k, \tau \in \mathbb{R} \text{ positive}, J = -\tau^2 \operatorname{softmax}(\frac{t}{\tau}) \cdot \log(\operatorname{softmax}(\frac{z}{\tau}))", "-tau**2*softmax(t/tau)@log(softmax(z/tau))"),
    "mixture density": (r"a, \mu \in \mathbb{R}^k, s \in \mathbb{R}^k \text{ positive}, t \in \mathbb{R}, \pi = \operatorname{softmax}(a), J = -\log(\sum_i \pi_i \frac{1}{s_i} \exp(-\frac{(t - \mu_i)^2}{2 s_i^2}))", "-log(sum(softmax(a)/s*exp(-(t-mu)**2/2/s**2)))"),
    "gaussian mixture lse": (r"a \in \mathbb{R}^k, x \in \mathbb{R}^d, M \in \mathbb{R}^{k \times d}, z \in \mathbb{R}^k, z_i = a_i - \tfrac12 \sum_j (x_j - M_{ij})^2, J = -\operatorname{logsumexp}(z)", "-log(sum(exp(a-sum((x-M)**2,1)/2)))"),
    "ridge value": (r"A \in \mathbb{R}^{n \times d}, I \in \mathbb{R}^{d \times d} \text{ identity}, b \in \mathbb{R}^n, \lambda \in \mathbb{R} \text{ positive}, J = b^{\mathsf T} A (A^{\mathsf T} A + \lambda I)^{-1} A^{\mathsf T} b", "b@A@inv(A.T@A+lambda_*eye(A.shape[1]))@A.T@b"),
    "D-optimal weights": (r"X \in \mathbb{R}^{n \times d} \text{ full column rank}, w \in \mathbb{R}^n \text{ positive}, J = -\log \lvert \det(X^{\mathsf T} \operatorname{diag}(w) X) \rvert", "-log(det(X.T@diag(w)@X)**2)/2"),
    "kronecker norm": (r"A, C \in \mathbb{R}^{p \times p}, B, D \in \mathbb{R}^{q \times q}, J = \|A \otimes B - C \otimes D\|_F^2", "sum((kron(A,B)-kron(C,D))**2)"),
    "det product": (r"A, B, X \in \mathbb{R}^{n \times n}, J = \det(A X B X^{\mathsf T})", "det(A@X@B@X.T)"),
    "riccati": (r"A, B, X, Q \in \mathbb{R}^{n \times n}, J = \tfrac12 \|A^{\mathsf T} X + X A - X B X + Q\|_F^2", "sum((A.T@X+X@A-X@B@X+Q)**2)/2"),
    "kalman gain": (r"P, R \in \mathbb{R}^{n \times n}, K \in \mathbb{R}^{n \times n}, H, I \in \mathbb{R}^{n \times n}, I \text{ identity}, J = \operatorname{tr}((I - K H) P (I - K H)^{\mathsf T} + K R K^{\mathsf T})", "trace((eye(len(K))-K@H)@P@(eye(len(K))-K@H).T+K@R@K.T)"),
    "schur": (r"A, B, C, D \in \mathbb{R}^{n \times n}, A \text{ invertible}, J = \log \lvert \det(D - C A^{-1} B) \rvert", "log(det(D-C@inv(A)@B)**2)/2"),
    "sherman": (r"A \in \mathbb{R}^{n \times n} \text{ invertible}, u, v \in \mathbb{R}^n, J = v^{\mathsf T} (A + u v^{\mathsf T})^{-1} u", "v@inv(A+outer(u,v))@u"),
    "group lasso": (r"W \in \mathbb{R}^{n \times m}, J = \sum_i \sqrt{\sum_j W_{ij}^2}", "sum(sqrt(sum(W**2,1)))"),
    "softmax twice": (r"z, g \in \mathbb{R}^n, J = g \cdot \operatorname{softmax}(\operatorname{softmax}(z))", "g@softmax(softmax(z))"),
    "mixture of experts": (r"x \in \mathbb{R}^d, A \in \mathbb{R}^{k \times d}, B \in \mathbb{R}^{k \times d}, t \in \mathbb{R}, y = \operatorname{softmax}(A x) \cdot (B x), J = \tfrac12 (y - t)^2", "(softmax(A@x)@(B@x)-t)**2/2"),
    "batch norm matrix": (r"X, G \in \mathbb{R}^{n \times d}, J = \sum_{j} \frac{\sum_i G_{ij} (X_{ij} - \frac1n \sum_k X_{kj})}{\sqrt{\sum_i (X_{ij} - \frac1n \sum_k X_{kj})^2}}", "sum(sum(G*(X-sum(X,0)/len(X)),0)/sqrt(sum((X-sum(X,0)/len(X))**2,0)))"),
    "canonical correlation": (r"a \in \mathbb{R}^n, b \in \mathbb{R}^m, C \in \mathbb{R}^{n \times m}, A \in \mathbb{R}^{n \times n} \text{ positive definite, constant}, B \in \mathbb{R}^{m \times m} \text{ positive definite, constant}, J = \frac{a^{\mathsf T} C b}{\sqrt{a^{\mathsf T} A a} \sqrt{b^{\mathsf T} B b}}", "a@C@b/sqrt(a@A@a)/sqrt(b@B@b)"),
    "hopfield energy": (r"\xi \in \mathbb{R}^d, X \in \mathbb{R}^{d \times n}, \beta \in \mathbb{R} \text{ positive}, J = -\frac{1}{\beta} \operatorname{logsumexp}(\beta X^{\mathsf T} \xi) + \tfrac12 \xi^{\mathsf T} \xi", "-log(sum(exp(beta*X.T@xi)))/beta+xi@xi/2"),
    "power mean": (r"x \in \mathbb{R}^n \text{ positive}, p \in \mathbb{R} \text{ positive}, J = (\frac{1}{n} \sum_i x_i^p)^{\frac1p}", "(sum(x**p)/len(x))**(1/p)"),
    "coefficient of variation": (r"x \in \mathbb{R}^n, J = \frac{\operatorname{std}(x)}{\operatorname{mean}(x)}", "sqrt(sum((x-sum(x)/len(x))**2)/len(x))/(sum(x)/len(x))"),
    "correlation": (r"x, y, \mathbf 1 \in \mathbb{R}^n, \mathbf 1 \text{ ones}, u = x - \operatorname{mean}(x) \mathbf 1, v = y - \operatorname{mean}(y) \mathbf 1, J = \frac{u \cdot v}{\|u\| \|v\|}", "(x-sum(x)/len(x))@(y-sum(y)/len(y))/sqrt(sum((x-sum(x)/len(x))**2)*sum((y-sum(y)/len(y))**2))"),
    "centering HSIC": (r"X \in \mathbb{R}^{n \times d}, K, I \in \mathbb{R}^{n \times n}, \mathbf 1 \in \mathbb{R}^n \text{ ones}, I \text{ identity}, H = I - \frac{1}{n} \mathbf 1 \mathbf 1^{\mathsf T}, J = \operatorname{tr}(K H X X^{\mathsf T} H)", "trace(K@(eye(len(X))-1/len(X))@X@X.T@(eye(len(X))-1/len(X)))"),
    "barlow twins": (r"A, B \in \mathbb{R}^{n \times d}, I \in \mathbb{R}^{d \times d} \text{ identity}, C = \frac{1}{n} A^{\mathsf T} B, J = \|C - I\|_F^2", "sum((A.T@B/len(A)-eye(A.shape[1]))**2)"),
    "smooth max quotient": (r"x \in \mathbb{R}^n, J = \frac{\sum_i x_i e^{x_i}}{\sum_i e^{x_i}}", "sum(x*exp(x))/sum(exp(x))"),
    "log ratio": (r"x, y \in \mathbb{R}^n \text{ positive}, J = \log \frac{\sum_i x_i}{\sum_i y_i}", "log(sum(x)/sum(y))"),
}  # fmt: skip


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gru(h, x, G, W_z, W_r, W_n, U_z, U_r, U_n):
    z, r = sigmoid(x @ W_z + h @ U_z), sigmoid(x @ W_r + h @ U_r)
    return G @ (h + z * (np.tanh(x @ W_n + (r * h) @ U_n) - h))


TOOLS = {name: getattr(np, name) for name in ("abs", "arange", "diag", "exp", "eye", "kron", "log", "max", "maximum", "outer", "sqrt", "sum", "tanh", "trace", "where")} | {
    "det": np.linalg.det, "inv": np.linalg.inv, "softmax": softmax, "sigmoid": sigmoid, "len": len,
}  # fmt: skip


def oracle(formula, data, by):
    """Return the gradient of a formula, entry by entry: by the complex step, or by central differences."""
    kinked = formula.startswith("kinked: ")
    code = formula.removeprefix("kinked: ")
    if code == "gru":
        code = "gru(h, x, G, W_z, W_r, W_n, U_z, U_r, U_n)"

    def value(step, place):
        changed = np.array(data[by], dtype=complex if not kinked else float)
        changed[place] += step
        return eval(code, data | TOOLS | {"gru": gru, by: changed})

    found = np.zeros(np.shape(data[by]))
    for place in np.ndindex(found.shape):
        if kinked:
            found[place] = (value(1e-6, place) - value(-1e-6, place)) / 2e-6
        else:
            found[place] = value(1e-30j, place).imag / 1e-30
    return found


@pytest.mark.parametrize("name", CASES)
def test_no_gradient_is_wrong_and_none_is_refused(name):
    where, formula = CASES[name]
    for found in derive(f"where {where}"):
        assert found.refused is None, (found.by, found.refused)
        assert found.numpy, (found.by, found.answer)
        data = {}
        with contextlib.redirect_stdout(io.StringIO()):
            exec(found.numpy, data)
        by = (
            next(key.removesuffix("_bar") for key in reversed(data) if key.endswith("_bar"))
            if "entries" not in data
            else found.by
        )
        got = data["entries"] if "entries" in data else data[f"{by}_bar"]
        expected = oracle(formula, data, by)
        tolerance = 1e-5 if formula.startswith("kinked") else 1e-9
        assert np.allclose(got, expected, rtol=tolerance, atol=tolerance), (
            found.by,
            found.answer,
            got,
            expected,
        )
