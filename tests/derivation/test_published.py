"""Derivations as textbooks, notes and threads print them, with a where part as a newcomer writes it: right ones pass, wrong ones do not."""

import pytest

from mathnet.derivation import check

PRINTED = {  # a right derivation: what is written wrong in its place
    r"""where X \in \mathbb{R}^{n \times p}, y \in \mathbb{R}^n, w \in \mathbb{R}^p, \lambda \in \mathbb{R}_+, L(w) = \|Xw - y\|_2^2 + \lambda \|w\|_2^2
\nabla_w L = 2X^T(Xw - y) + 2\lambda w = 2 (X^T X + \lambda I) w - 2 X^T y""": (
        "2\\lambda w =",
        "\\lambda w =",
    ),
    r"""where X \in \mathbb{R}^{n \times p}, \lambda > 0
(X^T X + \lambda I_p)^{-1} X^T = X^T (X X^T + \lambda I_n)^{-1}""": (r"\lambda I_n", r"2 \lambda I_n"),
    r"""where a \in \mathbb{R}^K, y_k = \frac{\exp(a_k)}{\sum_j \exp(a_j)}
\frac{\partial y_k}{\partial a_j} = y_k (I_{kj} - y_j)""": ("I_{kj} - y_j", "I_{kj} - y_k"),
    r"""where x_n, \mu \in \mathbb{R}^D, \Sigma \in \mathbf{S}_{++}^D, L = -\frac{N}{2} \ln |\Sigma| - \frac12 \sum_{n=1}^N (x_n - \mu)^T \Sigma^{-1} (x_n - \mu)
\frac{\partial L}{\partial \mu} = \sum_{n=1}^N \Sigma^{-1} (x_n - \mu)""": (
        r"= \sum_{n=1}^N",
        "= -\\sum_{n=1}^N",
    ),
    r"""where x_i, \mu \in \mathbb{R}, \sigma^2 > 0, \ell = -\frac{n}{2} \ln(2\pi\sigma^2) - \frac{1}{2\sigma^2} \sum_{i=1}^n (x_i - \mu)^2
\frac{\partial \ell}{\partial \sigma^2} = -\frac{n}{2\sigma^2} + \frac{1}{2\sigma^4} \sum_{i=1}^n (x_i - \mu)^2""": (
        r"2\sigma^4",
        r"2\sigma^6",
    ),
    r"""where x \in \mathbf{R}^n, f(x) = \log \sum_{i=1}^n \exp x_i, z_i = \exp x_i
\nabla^2 f(x) = \frac{1}{(\mathbf{1}^T z)^2} \left( (\mathbf{1}^T z) \mathbf{diag}(z) - z z^T \right)""": (
        "- z z^T",
        "+ z z^T",
    ),
    r"""where x_t \in \mathbb{R}^d, h_{t-1} \in \mathbb{R}^n, W \in \mathbb{R}^{n \times n}, U \in \mathbb{R}^{n \times d}, h_t = \tanh(W h_{t-1} + U x_t)
\frac{\partial h_t}{\partial h_{t-1}} = \text{diag}(1 - h_t^2) W""": (
        r"\text{diag}(1 - h_t^2) W",
        r"W \text{diag}(1 - h_t^2)",
    ),
    r"""where o_t, c_t \in \mathbb{R}^n, h_t = o_t \odot \tanh(c_t)
\frac{\partial L}{\partial o_t} = \frac{\partial L}{\partial h_t} \odot \tanh(c_t)""": (
        r"\odot \tanh(c_t)",
        r"\odot c_t",
    ),
    r"""where \mu \in \mathbb{R}^J, \sigma \in \mathbb{R}_+^J, D_{KL} = -\frac{1}{2} \sum_{j=1}^J (1 + \log(\sigma_j^2) - \mu_j^2 - \sigma_j^2)
\frac{\partial D_{KL}}{\partial \sigma_j} = \sigma_j - \frac{1}{\sigma_j}""": (
        r"\frac{1}{\sigma_j}",
        r"\frac{2}{\sigma_j}",
    ),
    r"""where X \in \mathbb{R}^{N \times D}, W1 \in \mathbb{R}^{D \times H}, W2 \in \mathbb{R}^{H \times K}, A1 = X W1, S = A1 W2
\frac{\partial L}{\partial W1} = X^T \frac{\partial L}{\partial S} W2^T""": ("W2^T", "W1^T"),
    r"""where z_i, w_{ji} \in \mathbb{R}, a_j = \sum_i w_{ji} z_i, \delta_j = \frac{\partial E}{\partial a_j}
\frac{\partial E}{\partial w_{ji}} = \delta_j z_i""": (r"\delta_j z_i", r"\delta_i z_j"),
    r"""where w \in \mathbb{R}^D, X \in \mathbb{R}^{N \times D}, y \in \mathbb{R}^N, E = \frac12 \sum_{n=1}^N (w^\top x_n - y_n)^2
\nabla_w E = \sum_{n=1}^N (w^\top x_n - y_n) x_n = X^\top (X w - y)""": (r"= X^\top", r"= \frac12 X^\top"),
    r"""where x, \theta \in \mathbb{R}^n, g(z) = \frac{1}{1+e^{-z}}, h_\theta(x) = g(\theta^T x), \ell(\theta) = \log h_\theta(x)
\frac{\partial}{\partial \theta_j} \ell(\theta) = (1 - h_\theta(x)) x_j""": ("(1 - h", "(h"),
    r"""where w, w^* \in \mathbb{R}^n, H \in \mathbf{S}^n, \hat{J}(w) = \frac12 (w - w^*)^\top H (w - w^*)
\nabla_w \hat{J}(w) = H (w - w^*)""": ("= H (w - w^*)", "= H w"),
    r"""where x, b \in \mathbb{R}^n, W \in \mathbb{R}^{n \times n}, u \in \mathbb{R}^n, f \text{ elementwise}, z = W x + b, h = f(z), s = u^T h
\frac{\partial s}{\partial b} = \frac{\partial s}{\partial h} \frac{\partial h}{\partial z} \frac{\partial z}{\partial b} = u^T \text{diag}(f'(z)) I""": (
        "f'(z)",
        "f'(b)",
    ),
    r"""where w \in \mathbb{R}^M, \Phi \in \mathbb{R}^{N \times M}, y = \Phi w, E(w) = \frac12 \sum_n y_n^2
\nabla \nabla E(w) = \Phi^T \Phi""": (r"\Phi^T \Phi", r"2 \Phi^T \Phi"),
    r"""where h \text{ elementwise}, w \in \mathbb{R}^n, \alpha \in \mathbb{R}, J_0(w) = \sum_i h(w_i), J(w) = J_0(w) + \frac{\alpha}{2} w^T w
\nabla_w J(w) = \nabla_w J_0(w) + \alpha w""": (r"\alpha w", r"2 \alpha w"),
    r"""where X \in \mathbb{R}^{m \times n}, y \in \mathbb{R}^m, \theta \in \mathbb{R}^n, J(\theta) = \operatorname{tr} \theta^T X^T X \theta - 2 \operatorname{tr} y^T X \theta
\nabla_\theta J(\theta) = 2 X^T X \theta - 2 X^T y""": ("- 2 X^T y", "- X^T y"),
    r"""where x_i, u \in \mathbb{R}^d, \bar{x} = \frac{1}{n} \sum_{i=1}^n x_i, S = \frac{1}{n} \sum_{i=1}^n (x_i - \bar{x})(x_i - \bar{x})^T
\frac{1}{n} \sum_{i=1}^n (u^T x_i - u^T \bar{x})^2 = u^T S u""": ("= u^T S u", "= u^T S u n"),
    r"""where w, x \in \mathbb{R}^n, b, y \in \mathbb{R}, z = w \cdot x + b, C = (y - \max(0, z))^2
\frac{\partial C}{\partial w} = \begin{cases} \vec{0} & z < 0 \\ -2 (y - z) x & z > 0 \end{cases}""": (
        "-2 (y",
        "2 (y",
    ),
}


@pytest.mark.parametrize("source", PRINTED)
def test_a_derivation_as_it_is_printed_passes(source):
    report = check(source)
    assert report.ok, report.errors


@pytest.mark.parametrize("source", PRINTED)
def test_a_wrong_one_does_not(source):
    old, new = PRINTED[source]
    where, end, lines = source.partition("\n")
    assert old in lines
    assert not check(where + end + lines.replace(old, new)).ok


ONE_CHANGE = {  # what a newcomer writes: the words that mend it
    r"""where W^{[2]} \in \mathbb{R}^{k \times h}, Z^{[1]} \in \mathbb{R}^{h \times m}, Z^{[2]} = W^{[2]} Z^{[1]}
dZ^{[1]} = W^{[2]T} dZ^{[2]}""": r"write \bar Z^{[1]} for the gradient by Z^{[1]}",
    r"""where v, g \in \mathbb{R}^n, v' = v - g
v = v""": r"expected a name; a new value has an accent in place of the prime, as \tilde v",
    r"""where x \in \mathbb{R}^n, \bar{x} = \frac1n \sum_i x_i
x = x""": r"give what is no derivative another accent, \hat or \tilde",
    r"""where W \in \mathbb{R}^{5 \times 10}, X \in \mathbb{R}^{10 \times 3}, D = W X
dW = dD X^T""": r"this is right for gradients, not for differentials: write \bar W for the gradient by W",
    r"""where W \in \mathbb{R}^{m \times n}, X \in \mathbb{R}^{n \times p}, Y \in \mathbb{R}^{m \times p}, f(W) = \|WX - Y\|_F^2
df = 2 (WX - Y) : dW X""": r"this is right where X and Y are constant: if they are, declare \text{constant}",
    r"""where x \in \mathbb{R}^n, W \in \mathbb{R}^{m \times n}, f \text{ elementwise}, z = W x, y = f(z)
\frac{\partial y}{\partial x} = \operatorname{diag}(f'(y)) W""": "in numerator layout: z belongs here, not y",
    r"""where K \in \mathbb{R}, y \in \{1, \ldots, K\}
y = y""": r"a label is declared as a one-hot vector, y \in \{0, 1\}^K \text{ rows are one-hot}",
    r"""where p \in \mathbb{R}^n \text{ positive}, y \in \{0, 1\}^n \text{ rows are one-hot}, L = -\log p_y
L = L""": r"index y is left free (in p_y): no sum runs over it; for the entry at a label, let y be one-hot and write a sum: \sum_k y_k …",
    r"""where z^L \in \mathbb{R}^n, a^L = 2 z^L, C = (a^L)^T a^L
\nabla_a C = 2 a^L""": r"unknown symbol a; did you mean a^L?",
    r"""where u, z \in \mathbb{R}^n, L = u^T z
\frac{\partial L}{\partial z_i} = \delta_i""": "any other \\delta is defined in the where part",
    r"""where x \in \mathbb{R}, x > 1
x = x""": r"of what is declared it can be said that it is > 0, \ne 0 or between 0 and 1: 0 < p < 1",
    r"""where y \in \mathbb{R}^n, R = \operatorname{diag}(y_n (1 - y_n))
R = R""": r"is made of a whole vector: leave the index n out, as in \operatorname{diag}(a \odot b)",
    r"""where A \in \mathbf{S}_+^n
A = A^T""": r"one that is only semidefinite is written B^{\mathsf T} B",
}


@pytest.mark.parametrize("source", ONE_CHANGE)
def test_what_has_to_be_changed_is_named(source):
    error = check(source).errors[0]
    assert ONE_CHANGE[source] in f"{error.reason} {error.cause}"


FALSE = [
    (r"x \in \mathbb{R}^n, A \in \mathbb{R}^{n \times n}", "(A + I) x = A x"),
    (r"A \in \mathbb{R}^{n \times n}", "|A + I| = |A| + 1"),
    (r"A \in \mathbb{R}^{n \times n}", "|A| = |A^T| |A|"),
    (r"x \in \mathbb{R}^n", r"\mathbf 1^T x = x^T x"),
    (r"t \in \mathbb{R}", r"\pi t = 3 t"),
    (r"x_i, \mu \in \mathbb{R}, \sigma^2 = \frac1n \sum_{i=1}^n (x_i - \mu)^2", r"\sigma^4 = \frac1n \sum_{i=1}^n (x_i - \mu)^4"),
    (r"X \in \mathbb{R}^{n \times m}", r"X^T X = \sum_{i=1}^n x_i^T x_i"),
    (r"X \in \mathbb{R}^{n \times m}", r"X X^T = \sum_{i=1}^n x_i x_i^T"),
    (r"V1, V2 \in \mathbb{R}", "V1 V2 = V1"),
    (r"a, a_2 \in \mathbb{R}", "a2 = a_2"),
    (r"a \in \mathbb{R}^n, X \in \mathbb{R}^{n \times m}", r"\operatorname{tr} a^T X X^T a = a^T a"),
    (r"w, x \in \mathbb{R}^n", r"\begin{cases} x & w_1 > 0 \\ \mathbf 0 & \text{otherwise} \end{cases} = x"),
]  # fmt: skip


@pytest.mark.parametrize(("where", "line"), FALSE)
def test_a_reading_lets_no_false_line_pass(where, line):
    assert not check(f"where {where}\n{line}").ok


def test_an_identity_that_could_have_two_sizes_is_declared():
    (error,) = check("where A \\in \\mathbb{R}^{n \\times n}, B \\in \\mathbb{R}^{m \\times m}\nI = I").errors
    assert error.reason == r"unknown symbol I; declare it as I \in \mathbb{R}^{n \times n} \text{ identity}"
