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
