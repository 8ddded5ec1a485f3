r"""Gradients by machine: `mathnet derive` beside SymPy's matrix derivative, on the same expressions.

    uv run --with sympy python benchmarks/derive.py [--repeat 5]

Each case is a loss and a symbol. What either answers is evaluated at random numbers and compared with central differences of the loss, which
is written out in NumPy here, so that neither is asked about itself. An answer is *right* if it agrees in every entry (axes of length 1 do not count),
*wrong* if it is another array of numbers, and *refused* if there is none: an exception, a derivative that is left as it stands, or nothing that can
be evaluated. SymPy gets each loss in up to three phrasings, as its documentation writes such expressions. Each answer is evaluated in two ways, by `lambdify`
and by substitution of explicit matrices. Its best answer counts.
"""

import argparse
import os
import platform
import signal
import statistics
import time
import warnings
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import numpy as np
from tqdm import tqdm

from mathnet.derivation import derive
from mathnet.derivation.algebra.backward import Backward
from mathnet.derivation.algebra.programs import identifier
from mathnet.derivation.meaning.infer import infer_dimensions
from mathnet.derivation.meaning.names import Names
from mathnet.derivation.read.declare import declare
from mathnet.derivation.read.source import split
from mathnet.derivation.read.tokens import tokenize

SECONDS = 60  # that SymPy has for one phrasing
TOLERANCE = 1e-5
ORDER = ["right", "refused", "wrong"]  # from the best to the worst


@dataclass(frozen=True)
class Case:
    """A loss: in the language of derivations, in NumPy, and as SymPy writes it; and the symbols that it is differentiated by."""

    where: str
    by: str
    loss: Callable[..., float]
    sympy: tuple[str, ...]


SQUARE = r"A \in \mathbb{R}^{n \times n},  a, b, x, y \in \mathbb{R}^{n}"
LAYER = r"X \in \mathbb{R}^{n \times h},  W \in \mathbb{R}^{h \times y},  T \in \mathbb{R}^{n \times y},  f \text{ elementwise}"
SEED = r"H \in \mathbb{R}^{1 \times h},  W \in \mathbb{R}^{h \times y},  B, T \in \mathbb{R}^{1 \times y},  f \text{ elementwise}"
TWO = (
    r"X \in \mathbb{R}^{n \times d},  U \in \mathbb{R}^{d \times h},  V \in \mathbb{R}^{h \times k},  B \in \mathbb{R}^{1 \times h},  C \in \mathbb{R}^{1 \times k}"
    r",  T \in \mathbb{R}^{n \times k},  \mathbf 1 \in \mathbb{R}^{n} \text{ ones},  f \text{ elementwise}"
)
ATTENTION = r"Q \in \mathbb{R}^{n \times d},  K \in \mathbb{R}^{m \times d},  V \in \mathbb{R}^{m \times v},  G \in \mathbb{R}^{n \times v}"
f = np.tanh


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def square(x):
    return np.sum(x**2)


def logsumexp(x):
    return np.log(np.sum(np.exp(x)))


def two_layers(X, U, V, B, C, T, **_):
    return square(f(f(X @ U + B) @ V + C) - T) / 2


def attention(Q, K, V, G, **_):
    return np.sum(G * (softmax(Q @ K.T) @ V))


def normalised(x, g, **_):
    return g @ ((x - x.mean()) / np.sqrt(x.var() + 0.1))


_SEED = "(H*W + B).applyfunc(tanh) - T"
_TWO = "((X*U + one*B).applyfunc(tanh)*V + one*C).applyfunc(tanh) - T"
_WEIGHTS = "(Q*K.T).applyfunc(exp)"
_ATTENTION = f"Trace(G.T*HadamardProduct({_WEIGHTS}, ({_WEIGHTS}*one_m*one_m.T).applyfunc(lambda t: 1/t))*V)"
CASES = {
    "quadratic form": Case(SQUARE + r",  J = x^{\mathsf T} A x", "x A", lambda x, A, **_: x @ A @ x, ("x.T*A*x", "Trace(x.T*A*x)")),
    "least squares": Case(SQUARE + r",  J = \tfrac12 \|A x - b\|^2", "x A b", lambda A, x, b, **_: square(A @ x - b) / 2, ("(A*x - b).T*(A*x - b)/2", "Trace((A*x - b)*(A*x - b).T)/2")),
    "norm of a residual": Case(SQUARE + r",  J = \|A x - b\|", "x", lambda A, x, b, **_: np.sqrt(square(A @ x - b)), ("sqrt(Trace((A*x - b)*(A*x - b).T))", "sqrt(((A*x - b).T*(A*x - b))[0, 0])")),
    "Rayleigh quotient": Case(SQUARE + r",  J = \frac{x^{\mathsf T} A x}{x^{\mathsf T} x}", "x", lambda A, x, **_: x @ A @ x / (x @ x), ("(x.T*A*x)[0, 0]/(x.T*x)[0, 0]", "Trace(A*x*x.T)/Trace(x*x.T)", "(x.T*A*x)*(x.T*x).I")),
    "cosine": Case(SQUARE + r",  J = \frac{a^{\mathsf T} x}{\|a\| \|x\|}", "x", lambda a, x, **_: a @ x / np.sqrt(square(a) * square(x)), ("(a.T*x)[0, 0]/sqrt((a.T*a)[0, 0])/sqrt((x.T*x)[0, 0])", "Trace(a.T*x)/sqrt(Trace(a*a.T))/sqrt(Trace(x*x.T))")),
    "Gaussian kernel": Case(SQUARE + r",  c \in \mathbb{R},  J = \exp(-c \|x - y\|^2)", "x", lambda c, x, y, **_: np.exp(-c * square(x - y)), ("exp(-c*((x - y).T*(x - y))[0, 0])", "exp(-c*Trace((x - y)*(x - y).T))")),
    "log-sum-exp": Case(SQUARE + r",  J = \operatorname{logsumexp}(x)", "x", lambda x, **_: logsumexp(x), ("log((one.T*x.applyfunc(exp))[0, 0])", "log(Trace(one.T*x.applyfunc(exp)))")),
    "softmax, with a cotangent": Case(SQUARE + r",  J = a \cdot \operatorname{softmax}(x)", "x", lambda a, x, **_: a @ softmax(x), ("(a.T*x.applyfunc(exp))[0, 0]/(one.T*x.applyfunc(exp))[0, 0]", "Trace(a.T*x.applyfunc(exp))/Trace(one.T*x.applyfunc(exp))")),
    "unit vector, with a cotangent": Case(SQUARE + r",  J = a \cdot \frac{x}{\|x\|}", "x", lambda a, x, **_: a @ x / np.sqrt(square(x)), ("(a.T*x)[0, 0]/sqrt((x.T*x)[0, 0])", "Trace(a.T*x)/sqrt(Trace(x*x.T))")),
    "bilinear form": Case(SQUARE + r",  J = a^{\mathsf T} A b", "A", lambda a, A, b, **_: a @ A @ b, ("a.T*A*b",)),
    "tr(XᵀAX)": Case(r"A \in \mathbb{R}^{n \times n},  X \in \mathbb{R}^{n \times m},  J = \operatorname{tr}(X^{\mathsf T} A X)", "X", lambda A, X, **_: np.trace(X.T @ A @ X), ("Trace(X.T*A*X)",)),
    "tr(AXBXᵀC)": Case(r"A \in \mathbb{R}^{k \times n},  X \in \mathbb{R}^{n \times m},  B \in \mathbb{R}^{m \times m},  C \in \mathbb{R}^{n \times k},  J = \operatorname{tr}(A X B X^{\mathsf T} C)", "X", lambda A, X, B, C, **_: np.trace(A @ X @ B @ X.T @ C), ("Trace(A*X*B*X.T*C)",)),
    "linear layer": Case(LAYER + r",  J = \tfrac12 \|X W - T\|^2", "W X", lambda X, W, T, **_: square(X @ W - T) / 2, ("Trace((X*W - T).T*(X*W - T))/2",)),
    "masked factorisation": Case(r"M, A \in \mathbb{R}^{n \times m},  U \in \mathbb{R}^{n \times k},  V \in \mathbb{R}^{m \times k},  J = \tfrac12 \|M \odot (A - U V^{\mathsf T})\|^2", "U V", lambda M, A, U, V, **_: square(M * (A - U @ V.T)) / 2, ("Trace(HadamardProduct(M, A - U*V.T).T*HadamardProduct(M, A - U*V.T))/2",)),
    "distance from orthogonal": Case(r"I \in \mathbb{R}^{m \times m} \text{ identity},  X \in \mathbb{R}^{n \times m},  J = \|X^{\mathsf T} X - I\|^2", "X", lambda X, **_: square(X.T @ X - np.eye(X.shape[1])), ("Trace((X.T*X - Identity(m)).T*(X.T*X - Identity(m)))",)),
    "diagonal factor": Case(r"A \in \mathbb{R}^{n \times k},  x \in \mathbb{R}^{k},  B \in \mathbb{R}^{k \times m},  C \in \mathbb{R}^{n \times m},  J = \tfrac12 \|A \operatorname{diag}(x) B - C\|^2", "x", lambda A, x, B, C, **_: square(A * x @ B - C) / 2, ("Trace((A*DiagMatrix(x)*B - C).T*(A*DiagMatrix(x)*B - C))/2",)),
    "tr(X⁻¹A)": Case(r"X, A \in \mathbb{R}^{n \times n},  J = \operatorname{tr}(X^{-1} A)", "X", lambda X, A, **_: np.trace(np.linalg.inv(X) @ A), ("Trace(X.I*A)",)),
    "determinant": Case(r"X \in \mathbb{R}^{n \times n},  J = \det(X)", "X", lambda X, **_: np.linalg.det(X), ("Determinant(X)",)),
    "log|det X|": Case(r"X \in \mathbb{R}^{n \times n},  J = \log \lvert \det(X) \rvert", "X", lambda X, **_: np.linalg.slogdet(X)[1], ("log(Determinant(X))", "log(Abs(Determinant(X)))")),
    "log det(XᵀX)": Case(r"X \in \mathbb{R}^{n \times d} \text{ full column rank},  J = \log(\det(X^{\mathsf T} X))", "X", lambda X, **_: np.linalg.slogdet(X.T @ X)[1], ("log(Determinant(X.T*X))",)),
    "layer with f": Case(LAYER + r",  J = \tfrac12 \|f(X W) - T\|^2", "W X", lambda X, W, T, **_: square(f(X @ W) - T) / 2, ("Trace(((X*W).applyfunc(tanh) - T).T*((X*W).applyfunc(tanh) - T))/2",)),
    "the question's layer": Case(SEED + r",  J = \tfrac12 \|f(H W + B) - T\|^2", "W B H", lambda H, W, B, T, **_: square(f(H @ W + B) - T) / 2, (f"({_SEED})*({_SEED}).T/2", f"Trace(({_SEED}).T*({_SEED}))/2")),
    "two layers": Case(TWO + r",  J = \tfrac12 \|f(f(X U + \mathbf 1 B) V + \mathbf 1 C) - T\|^2", "U V B C", two_layers, (f"Trace(({_TWO}).T*({_TWO}))/2",)),
    "logistic loss": Case(r"X \in \mathbb{R}^{n \times d},  w \in \mathbb{R}^{d},  t \in \mathbb{R}^{n},  \mathbf 1 \in \mathbb{R}^{n} \text{ ones},  J = \mathbf 1 \cdot \log(1 + \exp(-t \odot (X w)))", "w", lambda X, w, t, **_: np.sum(np.log1p(np.exp(-t * (X @ w)))), ("one.T*HadamardProduct(t, X*w).applyfunc(lambda s: log(1 + exp(-s)))",)),
    "cross-entropy": Case(LAYER + r",  J = -\langle T, \log(\operatorname{softmax}(X W)) \rangle", "W", lambda X, W, T, **_: -np.sum(T * np.log(softmax(X @ W))), ("-Trace(T.T*(X*W - ((X*W).applyfunc(exp)*one_y).applyfunc(log)*one_y.T))",)),
    "aᵀf(Wx + b)": Case(r"a, b \in \mathbb{R}^{m},  W \in \mathbb{R}^{m \times n},  x \in \mathbb{R}^{n},  f \text{ elementwise},  J = a^{\mathsf T} f(W x + b)", "x W", lambda a, W, x, b, **_: a @ f(W @ x + b), ("a.T*(W*x + b).applyfunc(tanh)",)),
    "attention": Case(ATTENTION + r",  J = \langle G, \operatorname{softmax}(Q K^{\mathsf T}) V \rangle", "Q K V", attention, (_ATTENTION,)),
    "layer normalisation": Case(r"x, g \in \mathbb{R}^{n},  J = g \cdot \frac{x - \operatorname{mean}(x)}{\sqrt{\operatorname{var}(x) + \tfrac{1}{10}}}", "x", normalised, ("Trace(g.T*(x - one*one.T*x/n))/sqrt(Trace((x - one*one.T*x/n)*(x - one*one.T*x/n).T)/n + Rational(1, 10))",)),
}  # fmt: skip


class Dimensions:
    """The where part of a case as the engine reads it, for SymPy's symbols, too."""

    def __init__(self, source):
        self.names = Names()
        where, _ = split(source)
        declare(self.names, tokenize(where, gaps=False), where, source)
        self.dimensions = infer_dimensions(self.names)


def central_differences(loss, values, by):
    """Return the gradient of a loss at numbers, measured."""
    X = values[by]
    found = np.zeros(np.shape(X))
    for place in np.ndindex(found.shape):
        ends = []
        for step in (1e-6, -1e-6):
            moved = np.array(X, float)
            moved[place] += step
            ends.append(loss(**{**values, by: moved}))
        found[place] = (ends[0] - ends[1]) / 2e-6
    return found


def verdict(answer, expected):
    """Say whether an answer is right or wrong."""
    answer, expected = np.squeeze(np.asarray(answer, float)), np.squeeze(expected)
    right = answer.shape == expected.shape and np.allclose(answer, expected, rtol=TOLERANCE, atol=TOLERANCE)
    return "right" if right else "wrong"


def by_mathnet(case, by, repeat):
    """Return the verdict on what is derived, the milliseconds of deriving alone, and with steps, program and check."""
    where = f"where {case.where}"
    alone, whole = [], []
    for _ in range(repeat):
        start = time.perf_counter()
        (found,) = derive(where, [by])
        whole.append(1e3 * (time.perf_counter() - start))
        read = Dimensions(where)
        start = time.perf_counter()
        if not found.refused:
            Backward(read.names, read.dimensions).closed(by)
        alone.append(1e3 * (time.perf_counter() - start))
    if found.refused:
        return "refused", min(alone), min(whole)
    numbers = {}
    exec(found.numpy.replace("print(", "("), numbers)
    names = {identifier(name): name for name in Dimensions(where).dimensions.shapes}
    values = {name: numbers[name] for name in names if name in numbers and name != "J"}
    expected = central_differences(case.loss, values, by)
    return (
        verdict(numbers[f"{identifier(by)}_bar"], expected),
        statistics.median(alone),
        statistics.median(whole),
    )


def by_sympy(case, by, repeat):
    """Return the verdict on SymPy's best answer, and the milliseconds that it took."""
    answers = [_phrasing(case, by, phrasing, repeat) for phrasing in case.sympy]
    return min(answers, key=lambda answer: ORDER.index(answer[0]))


def _phrasing(case, by, phrasing, repeat):
    import sympy
    from sympy.core.cache import clear_cache

    read = Dimensions(f"where {case.where}")
    shapes = {
        name: shape
        for name, shape in read.dimensions.shapes.items()
        if name != "J" and not name.endswith("?")
    }
    letters = sorted({size for shape in shapes.values() for size in shape if size.isalpha()})
    sizes = {letter: place for place, letter in enumerate(letters, 2)} | {"1": 1}
    random = np.random.default_rng(0)
    space = {**vars(sympy), **{name: sympy.Integer(size) for name, size in sizes.items() if name.isalpha()}}
    numbers, symbols = {}, {}
    for name, shape in shapes.items():
        size = [sizes[letter] for letter in shape]
        numbers[name] = random.normal(size=size) if size else random.normal()
        symbols[name] = sympy.MatrixSymbol(name, *size) if size else sympy.Symbol(name)
    for name, length in (("one", sizes.get("n")), *((f"one_{letter}", sizes[letter]) for letter in letters)):
        if length:
            symbols[name], numbers[name] = sympy.MatrixSymbol(name, length, 1), np.ones((length, 1))
    space |= symbols
    flat = {name: X[:, 0] if np.shape(X)[1:] == (1,) else X for name, X in numbers.items()}
    flat |= {name: X[0] for name, X in numbers.items() if len(np.shape(X)) == 2 and len(X) == 1}
    expected = np.reshape(central_differences(case.loss, flat, by), np.shape(numbers[by]))
    times = []
    try:
        with limited(SECONDS), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            loss = eval(phrasing, space)
            for _ in range(repeat):
                clear_cache()
                start = time.perf_counter()
                answer = loss.diff(symbols[by])
                times.append(1e3 * (time.perf_counter() - start))
            found = [_verdict(way, answer, symbols, numbers, expected) for way in (_printed, _explicit)]
    except Exception:  # whatever it raises, there is no answer
        return "refused", statistics.median(times) if times else None
    best = next((word for word in ("right", "wrong") if word in found), "refused")
    return best, statistics.median(times)


def _verdict(way, answer, symbols, numbers, expected):
    try:
        return verdict(way(answer, symbols, numbers), expected)
    except Exception:  # an answer that cannot be evaluated
        return "refused"


def _printed(answer, symbols, numbers):
    """Return SymPy's answer as an array of numbers, by way of its program in NumPy."""
    import sympy

    return sympy.lambdify([*symbols.values()], answer, "numpy")(*(numbers[name] for name in symbols))


def _explicit(answer, symbols, numbers):
    """Return SymPy's answer as an array of numbers, by way of explicit matrices."""
    import sympy

    exact = {symbols[name]: sympy.Matrix(X) if np.ndim(X) else X for name, X in numbers.items()}
    answer = answer.subs(exact).doit()
    answer = answer.as_explicit() if hasattr(answer, "as_explicit") else answer
    return np.array(answer.tolist() if hasattr(answer, "tolist") else answer, float)


@contextmanager
def limited(seconds):
    """Raise TimeoutError after some seconds."""

    def late(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def main():
    import sympy

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--only", default="", help="the name of a case")
    options = parser.parse_args()
    asked = [
        (name, case, by) for name, case in CASES.items() if options.only in name for by in case.by.split()
    ]
    rows = []
    for name, case, by in tqdm(asked):
        rows.append((name, by, by_mathnet(case, by, options.repeat), by_sympy(case, by, options.repeat)))
    print(
        f"{date.today()}, Python {platform.python_version()}, SymPy {sympy.__version__}, {platform.machine()}, {os.cpu_count()} cores; times in ms, medians of {options.repeat}\n"
    )
    print("| expression | by | mathnet | alone, ms | in all, ms | SymPy | ms |")
    print("|:--|:--|:--|--:|--:|:--|--:|")
    for name, by, (ours, alone, whole), (theirs, spent) in rows:
        spent = "" if spent is None else f"{spent:.1f}"
        print(
            f"| {name.replace('|', '&#124;')} | {by} | {ours} | {alone:.1f} | {whole:.1f} | {theirs} | {spent} |"
        )
    for which, place in (("mathnet", 2), ("SymPy", 3)):
        counts = Counter(row[place][0] for row in rows)
        print(
            f"\n{which}: {', '.join(f'{counts[word]} {word}' for word in ('right', 'wrong', 'refused'))} of {len(rows)}"
        )
    print(
        f"mathnet: median {statistics.median(row[2][1] for row in rows):.1f} ms alone, {statistics.median(row[2][2] for row in rows):.0f} ms in all"
    )


if __name__ == "__main__":
    main()
