"""The notations of real authors: what each of them comes to, word for word.

What has one sensible reading is accepted, and the report keeps how it was read; the rest is refused with what to write instead.
"""

import pytest

from mathnet.derivation import check

ACCEPTED = {  # a notation: a right derivation in it, and how it was read
    "italic d": (
        r"""where x \in \mathbb{R}^n
  L = x^T x
dL = 2 x^T dx""",
        [r"\mathrm d"],
    ),
    "italic d frac": (
        r"""where x \in \mathbb{R}
  L = x^2
\frac{dL}{dx} = 2 x""",
        [r"\mathrm d"],
    ),
    "star numbers": (
        r"""where x, w \in \mathbb{R}
x * w = w * x""",
        ["x w", "w x"],
    ),
    "star arrays": (
        r"""where x, w \in \mathbb{R}^n
x * w = w * x""",
        [r"x \odot w", r"w \odot x"],
    ),
    "circ": (
        r"""where x, w \in \mathbb{R}^n
x \circ w = w \circ x""",
        [r"x \odot w", r"w \odot x"],
    ),
    "one minus": (
        r"""where a \in \mathbb{R}^n
a \odot (1 - a) = a - a \odot a""",
        [r"\mathbf 1"],
    ),
    "function def": (
        r"""where w \in \mathbb{R}^n
  J(w) = w^T w
\nabla_w J(w) = 2 w""",
        [r"\text{a function of the whole of } w"],
    ),
    "function def two": (
        r"""where W \in \mathbb{R}^{n \times k}, X \in \mathbb{R}^{k \times m}
  L(W, X) = \|W X\|^2
\nabla_W L = 2 W X X^T""",
        [r"\text{a function of the whole of } W and X"],
    ),
    "softmax plain": (
        r"""where z \in \mathbb{R}^n
softmax(z) = \operatorname{softmax}(z)""",
        [r"\operatorname{softmax}"],
    ),
    "log plain": (
        r"""where t \in \mathbb{R} \text{ positive}
log(t) = \log(t)""",
        [r"\log"],
    ),
    "text tanh": (
        r"""where z \in \mathbb{R}^n
\text{tanh}(z) = \tanh(z)""",
        [],
    ),
    "text relu prime": (
        r"""where z \in \mathbb{R}^n
\text{ReLU}'(z) = [z > 0]""",
        [],
    ),
    "operatorname sigmoid": (
        r"""where t \in \mathbb{R}
  \operatorname{sigmoid}(x) = \frac{1}{1+e^{-x}}
\operatorname{sigmoid}'(t) = \operatorname{sigmoid}(t) (1 - \operatorname{sigmoid}(t))""",
        [],
    ),
    "diag uppercase": (
        r"""where a \in \mathbb{R}^n
\operatorname{Diag}(a) = \operatorname{diag}(a)""",
        [],
    ),
    "trace": (
        r"""where A \in \mathbb{R}^{n \times n}
\operatorname{trace}(A) = \operatorname{tr}(A)""",
        [],
    ),
    "vec": (
        r"""where \vec{x} \in \mathbb{R}^n
\vec{x} = \vec{x}""",
        [],
    ),
    "double bars": (
        r"""where x \in \mathbb{R}^n
||x||^2 = x^T x""",
        [],
    ),
    "odot product": (
        r"""where W \in \mathbb{R}^{n \times m}, d \in \mathbb{R}^n, s \in \mathbb{R}^m
W^T d \odot s = s \odot (W^T d)""",
        [r"(W^T d) \odot s"],
    ),
    "cases index": (
        r"""where z \in \mathbb{R}^n
  s = \operatorname{softmax}(z)
\frac{\partial s_i}{\partial z_j} = \begin{cases} s_i (1 - s_j) & \text{if } i = j \\ -s_i s_j & \text{if } i \ne j \end{cases}""",
        [],
    ),
    "cases index otherwise": (
        r"""where z \in \mathbb{R}^n
  s = \operatorname{softmax}(z)
\frac{\partial s_i}{\partial z_j} = \begin{cases} s_i (1 - s_j) & i = j \\ -s_i s_j & \text{otherwise} \end{cases}""",
        [],
    ),
    "if not equal": (
        r"""where z \in \mathbb{R}^n
  s = \operatorname{softmax}(z)
\frac{\partial s_i}{\partial z_j} = -s_i s_j \quad \text{for } i \ne j""",
        [r"\text{only where } i \ne j"],
    ),
    "indicator round": (
        r"""where t \in \mathbb{R}
\mathbb{1}(t > 0) = [t > 0]""",
        ["[t > 0]"],
    ),
    "indicator brace": (
        r"""where t \in \mathbb{R}
\mathbb{1}_{t > 0} = [t > 0]""",
        ["[t > 0]"],
    ),
    "indicator braces": (
        r"""where t \in \mathbb{R}
\mathbb{1}\{t > 0\} = [t > 0]""",
        ["[t > 0]"],
    ),
    "indicator equal": (
        r"""where a \in \mathbb{R}^n
\sum_i \mathbf{1}[i = k] a_i = a_k""",
        ["[i = k]"],
    ),
    "iverson equal": (
        r"""where a \in \mathbb{R}^n
\sum_i [i = k] a_i = a_k""",
        [],
    ),
    "bmatrix": (
        r"""where a, b \in \mathbb{R}
\begin{bmatrix} a & b \end{bmatrix} \begin{bmatrix} a \\ b \end{bmatrix} = a^2 + b^2""",
        [],
    ),
    "underbrace": (
        r"""where a, b \in \mathbb{R}
\underbrace{a}_{\text{first}} + b = b + a""",
        [],
    ),
    "color": (
        r"""where a, b \in \mathbb{R}
\color{red}{a} + \textcolor{blue}{b} = b + a""",
        [],
    ),
    "bold hat": (
        r"""where \mathbf{\hat{y}} \in \mathbb{R}^n
\mathbf{\hat{y}} = \mathbf{\hat{y}}""",
        [],
    ),
    "bold group": (
        r"""where \mathbf{W}, \mathbf{X} \in \mathbb{R}^{n \times n}
\mathbf{WX} = \mathbf{W} \mathbf{X}""",
        [],
    ),
    "bold entries": (
        r"""where \mathbf{z}, \mathbf{y} \in \mathbb{R}^n
\mathbf{z}^T \mathbf{y} = \sum_i z_i y_i""",
        [r"[\mathbf{z}]_i", r"[\mathbf{y}]_i"],
    ),
    "sum no index": (
        r"""where a \in \mathbb{R}^n
\sum a = \operatorname{sum}(a)""",
        [r"\operatorname{sum}(a)"],
    ),
    "samples": (
        r"""where x_i, w \in \mathbb{R}^d, y_i \in \mathbb{R}
  J = \sum_i (w^T x_i - y_i)^2
\nabla_w J = 2 \sum_i (w^T x_i - y_i) x_i""",
        [r"\text{one for each } i = 1, \ldots, N_i", r"\text{one for each } i = 1, \ldots, N_i"],
    ),
    "samples sup": (
        r"""where x^{(i)}, w \in \mathbb{R}^d, y^{(i)} \in \mathbb{R}
  J = \sum_{i=1}^m (w^T x^{(i)} - y^{(i)})^2
\nabla_w J = 2 \sum_{i=1}^m (w^T x^{(i)} - y^{(i)}) x^{(i)}""",
        [r"\text{one for each } i = 1, \ldots, m", r"\text{one for each } i = 1, \ldots, m"],
    ),
    "sup t": (
        r"""where a^{[1]} \in \mathbb{R}^n
a^{[1]T} a^{[1]} = (a^{[1]})^T a^{[1]}""",
        [],
    ),
    "text subscript": (
        r"""where y_{\text{true}}, y_{\mathrm{pred}} \in \mathbb{R}^n
y_{\text{true}} = y_{\text{true}}""",
        [],
    ),
    "sum minus": (
        r"""where a \in \mathbb{R}^n
\sum_i -a_i = -\sum_i a_i""",
        [],
    ),
    "multi letter": (
        r"""where a \in \mathbb{R}^n
  MSE = a^T a
MSE = a^T a""",
        [],
    ),
    "vector times": (
        r"""where y, p \in \mathbb{R}^n
  L = \sum_i y_i p_i
y p = p y""",
        [r"y \odot p", r"p \odot y"],
    ),
    "vector fraction": (
        r"""where y, p \in \mathbb{R}^n \text{ nonzero}
[\frac{y}{p}]_i = \frac{y_i}{p_i}""",
        ["entry by entry"],
    ),
    "exp of vector": (
        r"""where z \in \mathbb{R}^n
e^z = \exp(z)""",
        [r"\exp(z)"],
    ),
    "vector square": (
        r"""where z \in \mathbb{R}^n
z^2 = z \odot z""",
        ["entry by entry"],
    ),
    "prime transpose": (
        r"""where A \in \mathbb{R}^{n \times m}, B \in \mathbb{R}^{m \times k}
(AB)' = B'A'""",
        [r"(AB)^{\mathsf T}", r"B^{\mathsf T}", r"A^{\mathsf T}"],
    ),
    "cdot matrix": (
        r"""where A \in \mathbb{R}^{n \times m}, x \in \mathbb{R}^{m}
A \cdot x = A x""",
        ["A x"],
    ),
    "partial operator": (
        r"""where x \in \mathbb{R}^n
  J = x^T x
\partial_{x_i} J = 2 x_i""",
        [],
    ),
    "slash": (
        r"""where x \in \mathbb{R}^n
  J = x^T x
\partial J / \partial x = 2 x""",
        [],
    ),
    "unknown loss": (
        r"""where W \in \mathbb{R}^{n \times m}, x \in \mathbb{R}^m
  z = W x
\frac{\partial L}{\partial W} = \frac{\partial L}{\partial z} x^T""",
        [r"\text{any loss that depends on } z"],
    ),
    "gradient zero": (
        r"""where A, b \in \mathbb{R}^{n \times m}, c \in \mathbb{R}^n
  J = c^T c
\nabla_A J = 0""",
        [r"\mathbf 0"],
    ),
    "member": (
        r"""where x \in \mathbb{R}^n
  J = x^T x
\nabla_x J = 2 x \in \mathbb{R}^n""",
        [],
    ),
    "decimal": (
        r"""where x \in \mathbb{R}
.5 x + .5 x = x""",
        [],
    ),
    "sigma squared": (
        r"""where x \in \mathbb{R}^n
  \mu = \frac1n \sum_i x_i
  \sigma^2 = \frac1n \sum_i (x_i - \mu)^2
\frac{\partial \sigma^2}{\partial x_j} = \frac2n (x_j - \mu)""",
        [],
    ),
    "lower entries": (
        r"""where W \in \mathbb{R}^{n \times m}, x \in \mathbb{R}^m
[W x]_i = \sum_j w_{ij} x_j""",
        ["[W]_{ij}"],
    ),
    "tanh squared": (
        r"""where x \in \mathbb{R}
\frac{\partial \tanh(x)}{\partial x} = 1 - \tanh^2(x)""",
        [r"(\tanh(x))^2"],
    ),
    "sin squared no parentheses": (
        r"""where x \in \mathbb{R}
\frac{\partial \tanh x}{\partial x} = 1 - \tanh^2 x""",
        [r"(\tanh x)^2"],
    ),
    "evaluated at": (
        r"""where x \in \mathbb{R}
  J = x^2
\left.\frac{\partial J}{\partial x}\right|_{x=1} = 2""",
        [],
    ),
    "implies": (
        r"""where x \in \mathbb{R}
  J = x^2
\frac{\partial J}{\partial x} = 2 x \implies \frac{\partial^2 J}{\partial x^2} = 2""",
        [],
    ),
    "langle t": (
        r"""where a^{\langle t \rangle} \in \mathbb{R}^n
a^{\langle t \rangle} = a^{\langle t \rangle}""",
        [],
    ),
    "double partial style": (
        r"""where x \in \mathbb{R}
  J = x^3
\frac{\partial^2 J}{\partial x \partial x} = 6 x""",
        [],
    ),
    "text t": (
        r"""where A \in \mathbb{R}^{n \times m}
A^{\text{T}} = A^\intercal""",
        [],
    ),
    "tag": (
        r"""where x \in \mathbb{R}
x = x \tag{1}""",
        [],
    ),
    "left brace": (
        r"""where x \in \mathbb{R}
2 \left\{ x + 1 \right\} = 2 x + 2""",
        [],
    ),
    "hbar 1n": (
        r"""where \mathbf{1}_n \in \mathbb{R}^n \text{ ones}, a \in \mathbb{R}^n
\mathbf{1}_n^T a = \sum_i a_i""",
        [],
    ),
    "identity subscript": (
        r"""where I_n \in \mathbb{R}^{n \times n} \text{ identity}, a \in \mathbb{R}^n
I_n a = a""",
        [],
    ),
    "mathrm diag braces": (
        r"""where a \in \mathbb{R}^n
\mathrm{diag}\{a\} = \operatorname{diag}(a)""",
        [],
    ),
    "partial parentheses": (
        r"""where x \in \mathbb{R}^n
\frac{\partial (x^T x)}{\partial x} = 2 x""",
        [],
    ),
    "jacobian noniso": (
        r"""where x \in \mathbb{R}^m, W \in \mathbb{R}^{n \times m}
  z = W x
\frac{\partial z}{\partial x} = W""",
        [r"\text{derivatives are in numerator layout}"],
    ),
    "shape eq": (
        r"""where x \in \R^n
x = x""",
        [],
    ),
    "bm": (
        r"""where \bm x \in \mathbb{R}^n
\bm x = \bm{x}""",
        [],
    ),
    "boldsymbol greek": (
        r"""where \boldsymbol{\theta} \in \mathbb{R}^n
\boldsymbol{\theta} = \boldsymbol \theta""",
        [],
    ),
    "cfrac": (
        r"""where x \in \mathbb{R} \text{ nonzero}
\cfrac{1}{x} = \frac1x""",
        [],
    ),
    "comma index": (
        r"""where W \in \mathbb{R}^{n \times m}
W_{1,2} = W_{12}""",
        [],
    ),
    "mathbf one text": (
        r"""where x \in \mathbb{R}^n
x + 0 = x""",
        [r"\mathbf 0"],
    ),
    "double prime apostrophe": (
        r"""where x \in \mathbb{R}
  f \text{ elementwise}
\frac{\partial}{\partial x} f(x)^2 = 2 f(x) f^\prime(x)""",
        [],
    ),
    "sigma prime brace": (
        r"""where x \in \mathbb{R}
  f \text{ elementwise}
\frac{\partial}{\partial x} f(x)^2 = 2 f(x) f^{'}(x)""",
        [],
    ),
    "over": (
        r"""where a, b \in \mathbb{R} \text{ nonzero}
{a \over b} = \frac ab""",
        [],
    ),
    "cr between rows": (
        r"""where a, b \in \mathbb{R}
a + b &= b + a \cr &= a + b""",
        [],
    ),
    "the one norm": (
        r"""where x \in \mathbb{R}^n
\|x\|_1 = \sum_i |x_i|""",
        [],
    ),
    "the largest entry": (
        r"""where x \in \mathbb{R}^n
\|x\|_\infty = \max_i |x_i|""",
        [],
    ),
    "a row that ends in a relation": (
        r"""where a, b \in \mathbb{R}
(a + b)^2 = \\ a^2 + 2 a b + b^2.""",
        [],
    ),
    "overset": (
        r"""where a, b \in \mathbb{R}
a + b \overset{\text{def}}{=} b + a""",
        [],
    ),
    "bars inside bars": (
        r"""where x \in \mathbb{R}
||x| + 1| = |x| + 1""",
        [],
    ),
    "a mean taken off": (
        r"""where X \in \mathbb{R}^{n \times m}, \mu \in \mathbb{R}
\operatorname{sum}(X - \mu) = \operatorname{sum}(X) - n m \mu""",
        [r"\mu \mathbf 1"],
    ),
    "log of a vector": (
        r"""where y \in \mathbb{R}^n, p \in \mathbb{R}^n \text{ positive}
  L = -\sum y \log p
\frac{\partial L}{\partial p_i} = -\frac{y_i}{p_i}""",
        [r"y \odot \log p", r"\operatorname{sum}(y \log p)"],
    ),
    "logits and plain names": (
        r"""where z \in \mathbb{R}^k, y \in \mathbb{R}^k \text{ rows are one-hot}
  p = softmax(z), L = -\sum_i y_i log(p_i)
\frac{dL}{dz} = p - y""",
        [r"\operatorname{softmax}", r"\log", r"\mathrm d"],
    ),
    "the second derivative of a function": (
        r"""where x \in \mathbb{R}, f(t) = t^3
f^{(2)}(x) = 6 x""",
        [],
    ),
    "an array of arrays": (
        r"""where X \in \mathbb{R}^{n \times m}, w \in \mathbb{R}^m, y \in \mathbb{R}^n
  J(w) = \|X w - y\|^2
\nabla J(w) = 2 X^T (X w - y)""",
        [r"\text{a function of the whole of } w", r"\nabla_{w}"],
    ),
    "an indicator as a set": (
        r"""where z \in \mathbb{R}^n
  a = ReLU(z)
\frac{\partial a_i}{\partial z_i} = \mathbb{1}_{\{z_i > 0\}}""",
        [r"\operatorname{ReLU}", "[z_i > 0]"],
    ),
    "the label in a subscript": (
        r"""where W_{\mathrm{in}} \in \mathbb{R}^{n \times m}, x \in \mathbb{R}^m
[W_{\text{in}} x]_i = \sum_j [W_{\mathrm{in}}]_{ij} x_j""",
        [],
    ),
    "a row and a column": (
        r"""where X \in \mathbb{R}^{n \times m}, w \in \mathbb{R}^m, v \in \mathbb{R}^n
X_{i,:} w = [X w]_i, \quad v^T X_{:,j} = [X^T v]_j""",
        [],
    ),
    "a sum that starts at two": (
        r"""where x \in \mathbb{R}^n
\sum_{i=2}^n x_i = \sum_i x_i - x_1""",
        [],
    ),
    "a composition": (
        r"""where x \in \mathbb{R}, f, g \text{ elementwise}
(f \circ g)'(x) = f'(g(x)) g'(x)""",
        [],
    ),
    "a bar without a left one": (
        r"""where x \in \mathbb{R}, f(x) = x^3
\frac{df}{dx}\bigg|_{x=2} = 12""",
        [r"\mathrm d"],
    ),
    "a name given on the way": (
        r"""where W \in \mathbb{R}^{n \times m}, x \in \mathbb{R}^m, f \text{ elementwise}, z = W x, a = f(z)
\delta := \frac{\partial C}{\partial z} = \frac{\partial C}{\partial a} \odot f'(z)

\frac{\partial C}{\partial W} = \delta x^T""",
        [r"\text{any loss that depends on } a", r"\text{any loss that depends on } a"],
    ),
    "a Hessian without a variable": (
        r"""where x \in \mathbb{R}^n, A \in \mathbb{R}^{n \times n}, f(x) = x^T A x
\nabla^2 f(x) = A + A^T""",
        [r"\text{a function of the whole of } x", r"\nabla_{x}^2"],
    ),
    "a star before a matrix product": (
        r"""where \delta, s \in \mathbb{R}^n, x \in \mathbb{R}^m, W \in \mathbb{R}^{n \times k}, g \in \mathbb{R}^k
(W g) * s x^T = ((W g) \odot s) x^T""",
        [r"(W g \odot s) x^T"],
    ),
    "slashes": (
        r"""where w, x, b, y \in \mathbb{R}, z = w * x + b, L = (z - y)^2
dL/dw = dL/dz * dz/dw = 2 (z - y) * x""",
        ["w x", r"\mathrm d", "dL/dz dz/dw", "2 (z - y) x"],
    ),
    "names of several letters with labels": (
        r"""where w_1, w_2, i_1, i_2, b, target \in \mathbb{R}
  net_{h1} = w_1 * i_1 + w_2 * i_2 + b, out_{h1} = \frac{1}{1+e^{-net_{h1}}}, E = \frac{1}{2}(target - out_{h1})^2
\frac{\partial E}{\partial w_1} = -(target - out_{h1}) * out_{h1}(1 - out_{h1}) * i_1""",
        [
            "w_1 i_1",
            "w_2 i_2",
            "target - out_{h1} out_{h1} (1 - out_{h1})",
            "(target - out_{h1}) * out_{h1}(1 - out_{h1}) * i_1 i_1",
        ],
    ),
}
REFUSED = {  # a notation: a derivation in it, and what it is told
    "text sigmoid": (
        r"""where z \in \mathbb{R}^n
\text{sigmoid}(z) = z""",
        r"z is not equal to \text{sigmoid}(z): -7169/4096 against 0.1480164074 at entry (1, 1)",
    ),
    "sigma undefined": (
        r"""where t \in \mathbb{R}
\sigma'(t) = \sigma(t)(1-\sigma(t))""",
        r"unknown symbol \sigma; a function is declared as \sigma \text{ elementwise}, or defined as \sigma(x) = \frac{1}{1 + e^{-x}}",
    ),
    "label index": (
        r"""where f \in \mathbb{R}^{N \times K}, y \in \mathbb{R}^N \text{ integer}
\sum_i f_{i,y_i} = \sum_i f_{i y_i}""",
        r"y_i is not an index: for the entry at a label, declare labels, as in y \in \{1, \ldots, K\}^N",
    ),
    "index arithmetic": (
        r"""where a \in \mathbb{R}^{n}, w \in \mathbb{R}^m
\sum_k a_{i+k-1} w_k = \sum_k w_k a_{i+k-1}""",
        r"what does index i run over? a_{i+k-1} does not say: write its sum with limits, as in \sum_{i=1}^{m}, or declare the shape of what it counts",
    ),
    "loss of vector": (
        r"""where W \in \mathbb{R}^{n \times m}, x \in \mathbb{R}^m
  \ell \text{ elementwise}
  z = W x
  L = \ell(z)
\frac{\partial L}{\partial W} = \frac{\partial L}{\partial z} x^T""",
        "the derivative of L (n × 1) with respect to W (n × m) has 3 indices: write entries, "
        r"\frac{\partial L_{i}}{\partial W_{jk}}, and in a chain the sum \sum_{i} over them",
    ),
    "otimes hadamard": (
        r"""where a, b \in \mathbb{R}^n
[a \otimes b]_i = a_i b_i""",
        r"[a \otimes b]_i has 1 index, but what it is taken from is n × n; the Hadamard product is written \odot",
    ),
    "expectation": (
        r"""where x \in \mathbb{R}^n
\mathbb{E}[x] = x""",
        r"unknown symbol \mathbb{E}; an expectation is written out: as a mean, or as a sum with weights",
    ),
    "propto": (
        r"""where x \in \mathbb{R}^n
2 x \propto x""",
        r"\propto is not part of the language: write = with the factor",
    ),
    "argmax": (
        r"""where x \in \mathbb{R}^n
\arg\max_i x_i = \operatorname{argmax} x""",
        r"\arg is not part of the language: the place of the largest entry is written as a one-hot vector that the where part declares",
    ),
    "leftrightarrow": (
        r"""where x \in \mathbb{R}
x \rightarrow x""",
        r"\rightarrow is not part of the language: between two sides stands a relation: write =, or \implies between two equations",
    ),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_notation_with_one_reading_is_read(name):
    source, read = ACCEPTED[name]
    report = check(source)
    assert report.ok, report.errors
    assert [reading.read for reading in report.readings] == read


@pytest.mark.parametrize("name", REFUSED)
def test_a_notation_without_one_is_refused_with_what_to_write(name):
    source, message = REFUSED[name]
    assert [error.reason for error in check(source).errors] == [message]


def test_most_notations_are_read():
    assert len(ACCEPTED) >= 8 * len(REFUSED)
