r"""Sequences of steps: a rule with a letter for all of them, derivatives by one of them, products over an index, and dots."""

import pytest

from mathnet.derivation import check

TIME = r"""where x_t, h_0 \in \mathbb{R}^{1 \times n},  U \in \mathbb{R}^{n \times n},  f \text{ elementwise}
  a_t = h_{t-1} U + x_t \text{ for } t = 1, \ldots, T
  h_t = f(a_t)
  J = \sum_{t=1}^{T} h_t h_t^T
"""
BACK = (
    TIME
    + r"""  \delta_T = 2 h_T \odot f'(a_T)
  \delta_t = (\delta_{t+1} U^T + 2 h_t) \odot f'(a_t) \text{ for } t = T-1, \ldots, 1
"""
)
ENDED = (
    TIME
    + r"""  \delta_{T+1} = 0
  \delta_t = (\delta_{t+1} U^T + 2 h_t) \odot f'(a_t)
"""
)
KINKED = TIME.replace("f(a_t)", r"\max(0, a_t)").replace(r",  f \text{ elementwise}", "")
LAYERS = r"""where x, y, b^{(l)} \in \mathbb{R}^{n}, W^{(l)} \in \mathbb{R}^{n \times n}, f \text{ elementwise}
  a^{(0)} = x
  z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)} \text{ for } l = 1, \ldots, L
  a^{(l)} = f(z^{(l)})
  C = \frac12 \|a^{(L)} - y\|^2
  \delta^{(l)} = \frac{\partial C}{\partial z^{(l)}}
"""
BARE = r"""where x, y, b^l \in \mathbb{R}^{n}, w^l \in \mathbb{R}^{n \times n}, \sigma \text{ elementwise}, l = 1, \ldots, L
  a^0 = x
  z^l_j = \sum_k w^l_{jk} a^{l-1}_k + b^l_j
  a^l = \sigma(z^l)
  C = \frac12 \sum_j (y_j - a^L_j)^2
  \delta^l_j = \frac{\partial C}{\partial z^l_j}
"""
BRACKETS = r"""where x, b^{[l]} \in \mathbb{R}^{n}, W^{[l]} \in \mathbb{R}^{n \times n}, a^{[0]} = x, g \text{ elementwise}, l = 1, 2, \dots, L
  z^{[l]} = W^{[l]} a^{[l-1]} + b^{[l]}
  a^{[l]} = g(z^{[l]})
  J = \sum_j a^{[L]}_j
"""
TEXTBOOK = r"""where x^{(t)}, h^{(0)}, b \in \mathbb{R}^{n}, W, U \in \mathbb{R}^{n \times n}, V \in \mathbb{R}^{m \times n}
  y^{(t)} \in \mathbb{R}^m \text{ rows are one-hot}
  a^{(t)} = b + W h^{(t-1)} + U x^{(t)}
  h^{(t)} = \tanh(a^{(t)})
  o^{(t)} = V h^{(t)}
  \hat y^{(t)} = \operatorname{softmax}(o^{(t)})
  L^{(t)} = -\sum_k y^{(t)}_k \log \hat y^{(t)}_k
  L = \sum_{t=1}^{\tau} L^{(t)}
"""
SCALAR = r"""where x_t, h_0, w, u \in \mathbb{R}, h_t = \tanh(w h_{t-1} + u x_t), J = \frac12 \sum_{t=1}^T h_t^2
"""
COLUMNS = r"""where h_0, x_t \in \mathbb{R}^n, W \in \mathbb{R}^{n \times n}, f \text{ elementwise}
  a_t = W h_{t-1} + x_t \text{ for } t = 1, \ldots, T
  h_t = f(a_t)
"""
MATRICES = r"""where A_t \in \mathbb{R}^{n \times n}, v \in \mathbb{R}^n, h_0 = v, h_t = A_t h_{t-1} \text{ for } t = 1, \ldots, T
"""
CHAIN = r"""\frac{\partial J}{\partial w} = \sum_{t=1}^T h_t \sum_{k=1}^t
  \left( \prod_{s=k+1}^{t} \frac{\partial h_s}{\partial h_{s-1}} \right) \frac{\partial^+ h_k}{\partial w}"""

LINEAR = r"""where x_t \in \mathbb{R}^d, h_0 \in \mathbb{R}^h, W_{hx} \in \mathbb{R}^{h \times d}, W_{hh} \in \mathbb{R}^{h \times h}
  W_{qh} \in \mathbb{R}^{q \times h}, y_t \in \mathbb{R}^q
  h_t = W_{hx} x_t + W_{hh} h_{t-1}
  o_t = W_{qh} h_t
  L = \frac{1}{T} \sum_{t=1}^T \frac12 \|o_t - y_t\|^2
"""
IMMEDIATE = r"""where u_t, b, x_0 \in \mathbb{R}^n, W_{rec}, W_{in} \in \mathbb{R}^{n \times n}, \sigma \text{ elementwise}
  x_t = W_{rec} \sigma(x_{t-1}) + W_{in} u_t + b \text{ for } t = 1, \ldots, T
  \mathcal{E}_t = \frac12 x_t^T x_t
  \mathcal{E} = \sum_{1 \le t \le T} \mathcal{E}_t
"""
POWERS = "where h_0, w, x_t \\in \\mathbb{R}, h_t = w h_{t-1} + x_t \\text{ for } t = 1, \\ldots, T\n"
RIGHT = {  # a right line: what makes it wrong
    (TIME, r"\frac{\partial J}{\partial U} = \sum_t h_{t-1}^T \frac{\partial J}{\partial a_t}"): (
        "h_{t-1}^T",
        "h_t^T",
    ),
    (TIME, r"\bar U = \sum_{t=1}^T h_{t-1}^T \bar a_t"): (r"\sum_{t=1}^T h_{t-1}^T \bar a_t", r"h_{T-1}^T \bar a_T"),
    (TIME, r"\nabla_U J = \sum_{t=1}^T h_{t-1}^T \nabla_{a_t} J"): (r"\sum_{t=1}^T", r"\sum_{t=2}^T"),
    (TIME, r"\bar h_T = 2 \bar J h_T"): ("= 2", "= "),
    (TIME, r"\bar h_t = 2 \bar J h_t + \bar a_{t+1} U^T \text{ for } t < T"): ("U^T", "U"),
    (TIME, r"\bar h_t = 2 \bar J h_t + \bar a_{t+1} U^T \quad \text{for } t = T-1, \ldots, 1"): ("a_{t+1}", "a_t"),
    (TIME, r"\bar h_0 = \bar a_1 U^T"): ("a_1", "a_2"),
    (TIME, r"\bar x_t = \bar a_t"): ("a_t", "h_t"),
    (TIME, r"\frac{\partial h_{t,i}}{\partial h_{t-1,j}} = f'(a_{t,i}) U_{ji}"): ("U_{ji}", "U_{ij}"),
    (TIME, r"\frac{\partial^2 J}{\partial h_{T,i} \partial h_{T,j}} = 2 \delta_{ij}"): ("_{T,i}", "_{t,i}"),
    (TIME, r"\frac{\partial h_t^T}{\partial h_{t-1}} = \operatorname{diag}(f'(a_t)) U^T"): ("(a_t)", "(a_1)"),
    (TIME, r"\frac{\partial h_T}{\partial h_0^T} = \prod_{t=1}^T U \operatorname{diag}(f'(a_t))"): ("t=1", "t=2"),
    (TIME, r"\mathrm d h_t = (\mathrm d h_{t-1} U + h_{t-1} \mathrm d U + \mathrm d x_t) \odot f'(a_t)"): (
        r"\mathrm d h_{t-1} U +",
        r"h_{t-1} U +",
    ),
    (TIME, r"\sum_{t=0}^T h_t = h_0 + \sum_t h_t"): (r"= h_0 +", r"= h_1 +"),
    (TIME, r"\bar U = h_0^T \bar a_1 + h_1^T \bar a_2 + \cdots + h_{T-1}^T \bar a_T"): (r"h_0^T \bar a_1 + ", ""),
    (
        TIME,
        r"\frac{\partial J}{\partial U} = \sum_{t,i} \frac{\partial J}{\partial a_{t,i}} \frac{\partial^+ a_{t,i}}{\partial U}",
    ): (r"\partial^+", r"\partial"),
    (BACK, r"\frac{\partial J}{\partial U} = \sum_t h_{t-1}^T \delta_t"): (r"\sum_t ", r"T"),
    (BACK, r"\frac{\partial J}{\partial a_t} = \delta_t"): ("= ", "= 2 "),
    (BACK, r"\frac{\partial J}{\partial h_0} = \delta_1 U^T"): (r"\delta_1", r"\delta_T"),
    (ENDED, r"\frac{\partial J}{\partial a_t} = \delta_t"): (r"\delta_t", r"\delta_T"),
    (KINKED, r"\bar a_t = \bar h_t \odot [a_t > 0]"): ("> 0", "> 1"),
    (KINKED, r"\bar U = \sum_t h_{t-1}^T (\bar h_t \odot [h_t > 0])"): ("[h_t > 0]", "[h_{t-1} > 0]"),
    (LAYERS, r"\delta^{(L)} = (a^{(L)} - y) \odot f'(z^{(L)})"): ("(a^{(L)}", "(2 a^{(L)}"),
    (LAYERS, r"\delta^{(l)} = ((W^{(l+1)})^T \delta^{(l+1)}) \odot f'(z^{(l)}) \text{ for } l < L"): ("W^{(l+1)}", "W^{(l)}"),
    (LAYERS, r"\frac{\partial C}{\partial W^{(l)}} = \delta^{(l)} (a^{(l-1)})^T"): ("a^{(l-1)}", "a^{(l)}"),
    (LAYERS, r"\frac{\partial C}{\partial W^{(l)}_{ij}} = \delta^{(l)}_i a^{(l-1)}_j"): ("_i a^{(l-1)}_j", "_j a^{(l-1)}_i"),
    (LAYERS, r"\frac{\partial C}{\partial b^{(l)}} = \delta^{(l)}"): ("= ", "= -"),
    (BARE, r"\delta^L_j = \frac{\partial C}{\partial a^L_j} \sigma'(z^L_j)"): (r"\sigma'(z", r"\sigma(z"),
    (BARE, r"\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l) \quad \text{for } l = L-1, \ldots, 1"): ("^T ", " "),
    (BARE, r"\frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_k \delta^l_j"): ("a^{l-1}_k", "a^l_k"),
    (BRACKETS, r"\bar a^{[l-1]} = W^{[l]T} \bar z^{[l]}"): ("^{[l]T}", "^{[l]}"),
    (BRACKETS, r"\bar z^{[l]} = \bar a^{[l]} \odot g'(z^{[l]})"): ("g'(z^{[l]})", "g'(a^{[l]})"),
    (
        TEXTBOOK,
        r"\nabla_{h^{(t)}} L = W^T (\nabla_{h^{(t+1)}} L \odot (1 - (h^{(t+1)})^2)) + V^T \nabla_{o^{(t)}} L \text{ for } t < \tau",
    ): (r" + V^T \nabla_{o^{(t)}} L", ""),
    (TEXTBOOK, r"\nabla_{o^{(t)}} L = \hat y^{(t)} - y^{(t)}"): (r"- y^{(t)}", r"- y^{(1)}"),
    (
        TEXTBOOK,
        r"\nabla_W L = \sum_t \operatorname{diag}(1 - (h^{(t)})^2) (\nabla_{h^{(t)}} L) h^{(t-1)T}",
    ): ("^{(t-1)T}", "^{(t)T}"),
    (SCALAR, CHAIN): ("s=k+1", "s=k"),
    (SCALAR, r"\frac{\partial h_t}{\partial h_k} = w^{t-k} \prod_{s=k+1}^{t} (1 - h_s^2) \text{ for } k \le t"): ("w^{t-k}", "w^{t-k+1}"),
    (SCALAR, r"\prod_{s=1}^t h_s = h_t \prod_{s=1}^{t-1} h_s"): ("= h_t", "= h_1"),
    (SCALAR, r"\sum_{k=1}^t w^k = w \sum_{k=0}^{t-1} w^k"): ("k=0", "k=1"),
    (SCALAR, r"\frac{\partial h_t}{\partial h_k} = \prod_{s=k+1}^{t} w (1 - h_s^2) \text{ for } k \le t"): (
        r" \text{ for } k \le t",
        "",
    ),
    (
        COLUMNS,
        r"\frac{\partial h_t}{\partial h_k} = \prod_{i=k+1}^{t} \frac{\partial h_i}{\partial h_{i-1}} \quad \text{for } k \le t",
    ): ("i=k+1", "i=k"),
    (
        COLUMNS,
        r"\frac{\partial h_t}{\partial h_k} = \prod_{i=k+1}^{t} W^T \operatorname{diag}(f'(a_i)) \quad \text{for } k \le t",
    ): ("W^T ", "W "),
    (LINEAR, r"\frac{\partial L}{\partial o_t} = \frac{1}{T} (o_t - y_t)"): (r"\frac{1}{T} ", ""),
    (LINEAR, r"\frac{\partial L}{\partial h_t} = \sum_{i=t}^T (W_{hh}^T)^{T-i} W_{qh}^T \frac{\partial L}{\partial o_{T+t-i}}"): ("o_{T+t-i}", "o_i"),
    (LINEAR, r"\frac{\partial L}{\partial h_t} = \sum_{i=t}^T (W_{hh}^T)^{i-t} W_{qh}^T \frac{\partial L}{\partial o_i}"): ("^{i-t}", "^{i-t+1}"),
    (IMMEDIATE, r"\frac{\partial x_t}{\partial x_k} = \prod_{t \ge i > k} W_{rec} \operatorname{diag}(\sigma'(x_{i-1})) \text{ for } k \le t"): ("i > k", r"i \ge k"),
    (
        IMMEDIATE,
        r"\frac{\partial \mathcal{E}_t}{\partial b} = \sum_{1 \le k \le t} \frac{\partial \mathcal{E}_t}{\partial x_t} \frac{\partial x_t}{\partial x_k} \frac{\partial^+ x_k}{\partial b}",
    ): (r"k \le t", "k < t"),
    (POWERS, r"h_T = w^T h_0 + \sum_{t=1}^T w^{T-t} x_t"): ("w^T h_0", "w h_0"),
    (POWERS, r"h_t = w^t h_0 + \sum_{k=1}^t w^{t-k} x_k"): ("w^{t-k}", "w^{t-k+1}"),
    (POWERS, r"\frac{\partial h_T}{\partial w} = T w^{T-1} h_0 + \sum_{t=1}^{T-1} (T-t) w^{T-t-1} x_t"): ("(T-t)", "(T-t+1)"),
    ("where x \\in \\mathbb{R}^n\n", r"\sum_{i=1}^n i x_i = \sum_{j=1}^n \sum_{i=j}^n x_i"): ("= \\sum_{j=1}", "= \\sum_{j=2}"),
    (POWERS, r"\frac{\partial h_t}{\partial x_s} = [s \le t] w^{t-s}"): (r"\le", "<"),
    ("where x \\in \\mathbb{R}^n\n", r"\frac{\partial}{\partial x_k} \sum_{i=1}^n i x_i^2 = 2 k x_k"): ("2 k", "2 n"),
    ("where x \\in \\mathbb{R}^n\n", r"\sum_{i=1}^n i \delta_{ij} x_i = j x_j"): ("j x", "x"),
    ("where x \\in \\mathbb{R}^n\n", r"\sum_{1 \le i < n} i = \frac{n(n-1)}{2}"): ("n-1", "n+1"),
    (MATRICES, r"h_T = A_T A_{T-1} \cdots A_1 v"): (r"A_T A_{T-1} \cdots A_1", r"A_1 A_2 \cdots A_T"),
    (MATRICES, r"h_T^T = v^T \prod_{t=1}^T A_t^T"): ("A_t^T", "A_t"),
    (MATRICES, r"h_T^T = v^T A_1^T A_2^T \cdots A_T^T"): (r"A_1^T A_2^T \cdots A_T^T", r"A_T^T A_{T-1}^T \cdots A_1^T"),
    (MATRICES, r"\frac{\partial h_T}{\partial h_t^T} = A_T A_{T-1} \cdots A_{t+1}"): ("A_{t+1}", "A_t"),
    (
        MATRICES,
        r"\frac{\partial h_T}{\partial h_0^T} = \frac{\partial h_T}{\partial h_{T-1}^T} \cdots \frac{\partial h_1}{\partial h_0^T}",
    ): (r"{\partial h_0^T} = ", r"{\partial h_1^T} = "),
    (MATRICES, r"(h_0 + h_1 + \cdots + h_T) - v = \sum_{t=1}^T h_t"): ("t=1", "t=0"),
    (
        "where h_T \\in \\mathbb{R}, h_t = 2 h_{t+1} \\text{ for } t = 1, \\ldots, T-1\n",
        "h_1 = 2^{T-1} h_T",
    ): ("T-1", "T"),
    (
        "where h_0 \\in \\mathbb{R}, h_{t+1} = h_t + 1 \\text{ for } t = 0, \\ldots, T-1\n",
        "h_T = h_0 + T",
    ): ("+ T", "+ T - 1"),
    ("where h_0 = 0, h_t = h_{t-1} + 1 \\text{ for } t = 1, \\ldots, T\n", r"2 h_T = \sum_{t=1}^T 2 h_t - 2 \sum_{t=1}^{T-1} h_t"): (
        "{T-1}",
        "T",
    ),
    (
        "where h_0 \\in \\mathbb{R}, \\lambda_t > 0, h_t = \\lambda_t h_{t-1} \\text{ for } t = 1, \\ldots, T\n",
        r"h_T = h_0 \prod_{t=1}^T \lambda_t",
    ): (r"\lambda_t", r"\lambda_1"),
}  # fmt: skip
VECTOR = "where x, y \\in \\mathbb{R}^n\n"
DOTS = {  # how a formula with dots is read
    r"x_1 + x_2 + \cdots + x_n": r"\sum_{k=1}^{n} x_{k}",
    r"x_1 + \ldots + x_n": r"\sum_{k=1}^{n} x_{k}",
    r"x_1 y_1 + x_2 y_2 + \dots + x_n y_n": r"\sum_{k=1}^{n} x_{k} y_{k}",
    r"x_1 y_n + x_2 y_{n-1} + \cdots + x_n y_1": r"\sum_{k=1}^{n} x_{k} y_{n-k+1}",
    r"x_1 x_2 \cdots x_n": r"\prod_{k=1}^{n} x_{k}",
    r"2 y_1 + x_1 + x_2 + \cdots + x_n + y_1": r"\sum_{k=1}^{n} x_{k}",
    r"x_1 + \cdots + x_n - y_1 - \cdots - y_n": r"\sum_{k=1}^{n} y_{k}",
    r"x_1 \cdots x_n y_1 \cdots y_n": r"\prod_{i=1}^{n} y_{i}",
    r"x_1 (y_1 + \cdots + y_n) + \cdots + x_n (y_1 + \cdots + y_n)": r"\sum_{k=1}^{n} y_{k}",
    r"x_1 y_1 x_1 x_2 y_2 x_2 \cdots x_n y_n x_n": r"\prod_{k=1}^{n} x_{k} y_{k} x_{k}",
}
MEANT = {
    r"x_1 + x_2 + \cdots + x_n": r"\sum_i x_i",
    r"x_1 + \ldots + x_n": r"\sum_i x_i",
    r"x_1 y_1 + x_2 y_2 + \dots + x_n y_n": r"x^T y",
    r"x_1 y_n + x_2 y_{n-1} + \cdots + x_n y_1": r"\sum_i x_i y_{n+1-i}",
    r"x_1 x_2 \cdots x_n": r"\prod_i x_i",
    r"2 y_1 + x_1 + x_2 + \cdots + x_n + y_1": r"\sum_i x_i + 3 y_1",
    r"x_1 + \cdots + x_n - y_1 - \cdots - y_n": r"\sum_i (x_i - y_i)",
    r"x_1 \cdots x_n y_1 \cdots y_n": r"\prod_i x_i y_i",
    r"x_1 (y_1 + \cdots + y_n) + \cdots + x_n (y_1 + \cdots + y_n)": r"\sum_{ij} x_i y_j",
    r"x_1 y_1 x_1 x_2 y_2 x_2 \cdots x_n y_n x_n": r"\prod_i x_i^2 y_i",
}
UNCLEAR = [
    r"x_1 + x_3 + \cdots + x_n", r"x_1 + y_2 + \cdots + x_n", r"x_1 - x_2 + \cdots + x_n", r"x_1 + x_2 + \cdots - x_n",
    r"x_1 \cdots x_1", r"x \cdots x", r"\cdots", r"x_1 + x_2 + \cdots", r"x_1 y_1 + x_2 y_1 + \cdots + x_n y_n",
    r"x_1 \odot \cdots \odot x_n", r"x_1 y_1 x_1 \cdots x_n y_n x_n",
]  # fmt: skip
MESSAGES = {
    TIME + r"\bar h_t = 2 \bar J h_t + \bar a_{t+1} U^T": (
        r"\bar a_{t+1} does not exist at t = 2: there is no step 3, only 1 to 2. Say for which steps the line holds, as in "
        r"\text{for } t < T, declare or define the step itself, or declare a_t \text{ zero outside}"
    ),
    TIME + "h_t = h_s": "index s is left free (in h_s): no sum runs over it",
    "where x \\in \\mathbb{R}^n\n\\sum_i x_i = i x_1": "index i is left free: no sum runs over it",
    "where x \\in \\mathbb{R}^n\n\\sum_i 1 = n": (
        r"what does index i run over? It stands at no symbol: write its sum with limits, as in \sum_{i=1}^{n}"
    ),
    "where x \\in \\mathbb{R}^n, i \\in \\mathbb{R}\n\\sum_{i=1}^n i x_i = i \\sum_j x_j": (
        "i is an index letter here, and also a symbol: use another letter for the index"
    ),
    TIME + r"h = \bar h": "unknown symbol h; did you mean h_t?",
    TIME + r"h_t = h_t \text{ for } t > T": "t > T never holds, so this says nothing",
    TIME + "x_0 = x_0": "x_0 is not known: declare or define it in the where part, or let the line begin at a later step",
    "where h_0, t \\in \\mathbb{R}, h_t = h_{t-1} + 1 \\text{ for } t = 1, \\ldots, T\nh_T = T": (
        "t is a symbol: a step is counted with index letters, sizes and whole numbers"
    ),
    "where h_0 \\in \\mathbb{R}, f_t \\text{ elementwise}, h_t = f_t(h_{t-1}) \\text{ for } t = 1, \\ldots, T\nh_T = T": (
        "a function has no steps: f is one for all of them"
    ),
    "where h_0 \\in \\mathbb{R}^n, h_t \\in \\mathbb{R}^m, h_t = 2 h_{t-1} \\text{ for } t = 1, \\ldots, T\nh_T = h_T": (
        "h_t is m × 1, but h_t is n × 1: all steps of a sequence have one shape"
    ),
    "where h_0 \\in \\mathbb{R}^n, A^{(l)} \\in \\mathbb{R}^{l \\times n}, h_l = A^{(l)} h_{l-1} \\text{ for } l = 1, \\ldots, L\n1 = 1": (
        "all steps of a sequence have one shape: write sizes without l, as if all layers were equally wide"
    ),
    "where h_0 \\in \\mathbb{R}^{n_0}, A^{(l)} \\in \\mathbb{R}^{n_l \\times n_{l-1}}, h_l = A^{(l)} h_{l-1} \\text{ for } l = 1, \\ldots, L\n"
    r"\mathbf 1^T h_1 = \frac{n}{n} \mathbf 1^T h_1": "n differs from layer to layer: here it stands in shapes only",
    "where h_0 \\in \\mathbb{R}, h_t = a_t \\text{ for } t = 1, \\ldots, T, a_t = h_t + 0 h_{t-1}\nh_t = a_t": "too deeply nested to check",
    "where a_1 \\in \\mathbb{R}, a_t = 2 a_{t-1} \\text{ for } t = 2, \\ldots, 9\na_1 = a_1": (
        r"how many steps are there? Write t = 1, \ldots, T, where T is a size"
    ),
    MATRICES + "h_T = \\prod_{t=1}^T A_t v": (
        "a product over an index is one of numbers, or over one letter of square matrices; A_t v is n × 1; "
        "it reaches up to the next + or -, unless parentheses end it"
    ),
}  # fmt: skip
CAUSES = {
    BACK
    + r"\frac{\partial J}{\partial U} = \sum_t h_t^T \delta_t": "an index is off by one: h_{t-1} belongs here, not h_t",
    BACK
    + r"\frac{\partial J}{\partial U} = h_{t-1}^T \delta_t": r"the sum over t is missing: \sum_t (h_{t-1}^T \delta_t)",
    TIME
    + r"\bar U = \sum_{t=2}^T h_{t-1}^T \bar a_t": r"the limits are off by one: \sum_{t=1}^{T} belongs here",
    LAYERS + r"\frac{\partial C}{\partial W^{(l)}} = \delta^{(l)} (a^{(l)})^T": (
        "an index is off by one: a^{(l-1)} belongs here, not a^{(l)}"
    ),
    MATRICES + r"h_T = (\prod_{t=1}^T A_t) v": (
        r"the factors of \prod stand from the first to the last, but belong from the last to the first: write them out with dots, "
        r"as in A_n A_{n-1} \cdots A_1"
    ),
    SCALAR + CHAIN.replace("s=k+1", "s=k"): r"the limits are off by one: \prod_{s=k+1}^{t} belongs here",
}


@pytest.mark.parametrize(("where", "line"), RIGHT)
def test_a_right_line_passes(where, line):
    report = check(where + line)
    assert report.ok, report.errors


@pytest.mark.parametrize(("where", "line"), RIGHT)
def test_a_wrong_line_does_not(where, line):
    right, wrong = RIGHT[where, line]
    assert right in line
    assert not check(where + line.replace(right, wrong, 1)).ok


@pytest.mark.parametrize("formula", DOTS)
def test_dots_are_read_as_the_sum_or_product_that_they_stand_for(formula):
    report = check(f"{VECTOR}{formula} = {MEANT[formula]}")
    assert report.ok, report.errors
    assert DOTS[formula] in [reading.read for reading in report.readings]
    assert not check(f"{VECTOR}{formula} = {MEANT[formula]} - x_1").ok


@pytest.mark.parametrize("formula", UNCLEAR)
def test_dots_without_a_clear_pattern_are_refused(formula):
    assert check(f"{VECTOR}{formula} = {formula}").errors[0].reason.startswith("what does \\cdots stand for?")


@pytest.mark.parametrize("source", MESSAGES)
def test_a_message_says_what_to_write(source):
    assert [error.reason for error in check(source).errors] == [MESSAGES[source]]


@pytest.mark.parametrize("source", CAUSES)
def test_a_cause_is_named(source):
    assert check(source).errors[0].cause == CAUSES[source]


@pytest.mark.parametrize(
    ("where", "step"),
    [(TIME, "h_t"), (LAYERS, "a^{(l)}"), (TEXTBOOK, "L"), (SCALAR, "h_t"), (MATRICES, "h_t")],
)
def test_the_number_of_steps_takes_many_sizes(where, step):
    report = check(f"{where}{step} = {step}")
    (count,) = {sequence.count for sequence in report.names.sequences.values()}
    assert {1, 2, 3, 4, 5} <= {sizes[count] for sizes in report.sizes}


def test_what_goes_on_from_step_to_step_is_not_proved_for_all_numbers_of_steps():
    assert check(TIME + r"\bar x_t = \bar a_t").certainty.startswith("exact at ")
    assert check(TIME + r"\bar x_t = \bar a_t").bound is None


def test_the_order_of_jacobians_is_that_in_which_the_line_is_right_and_is_said():
    jacobian = r"\frac{\partial h_T}{\partial h_0^T} = \prod_{t=1}^T "
    rows, columns = (
        check(TIME + jacobian + r"U \operatorname{diag}(f'(a_t))"),
        check(COLUMNS + jacobian + r"\operatorname{diag}(f'(a_t)) W"),
    )
    said = r"\text{the factors from the last } t \text{ to the first}"
    assert rows.ok
    assert said not in [reading.read for reading in rows.readings]
    assert columns.ok
    assert said in [reading.read for reading in columns.readings]


WIDTHS = {  # layers whose widths have an index, as in books: a line, and what is wrong in its place
    r"""where x \in \mathbb{R}^{n_0}, y \in \mathbb{R}^{n_L}, W^{(l)} \in \mathbb{R}^{n_l \times n_{l-1}}, b^{(l)} \in \mathbb{R}^{n_l}, f \text{ elementwise}
      a^{(0)} = x
      z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)} \text{ for } l = 1, \ldots, L
      a^{(l)} = f(z^{(l)})
      J = \frac12 \|a^{(L)} - y\|^2
      \delta^{(l)} = \frac{\partial J}{\partial z^{(l)}}
""": {
        r"\delta^{(L)} = (a^{(L)} - y) \odot f'(z^{(L)})": ("f'", "f"),
        r"\delta^{(l)} = ((W^{(l+1)})^T \delta^{(l+1)}) \odot f'(z^{(l)}) \text{ for } l < L": ("^T", ""),
        r"\frac{\partial J}{\partial W^{(l)}} = \delta^{(l)} (a^{(l-1)})^T": ("l-1", "l"),
    },
    r"""where X \in \mathbb{R}^{n^{[0]} \times m}, W^{[l]} \in \mathbb{R}^{n^{[l]} \times n^{[l-1]}}, g \text{ elementwise}
      A^{[0]} = X
      Z^{[l]} = W^{[l]} A^{[l-1]} \text{ for } l = 1, \ldots, L
      A^{[l]} = g(Z^{[l]})
      J = \frac1m \|A^{[L]}\|_F^2
""": {
        r"\frac{\partial J}{\partial W^{[l]}} = \frac{\partial J}{\partial Z^{[l]}} A^{[l-1]T}": (
            "[l-1]T",
            "[l]T",
        ),
    },
}


@pytest.mark.parametrize("where", WIDTHS)
def test_widths_with_an_index_are_read_as_equal(where):
    for line, (said, wrong) in WIDTHS[where].items():
        report = check(where + line)
        assert report.ok, report.errors
        assert r"\text{as if all layers were } n \text{ wide}" in [
            reading.read for reading in report.readings
        ]
        assert said in line
        assert not check(where + line.replace(said, wrong)).ok
