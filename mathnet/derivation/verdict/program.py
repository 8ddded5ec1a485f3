"""The program of a backward pass in NumPy alone: forward, backward, and a test.

The test is the complex step, which is right to the last digits, where everything is analytic; else central differences.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..algebra.backward import Backward, Step
from ..algebra.differentiate import derivative
from ..algebra.enter import Entries, axes
from ..algebra.forms import Form
from ..algebra.programs import NUMPY, called, called_sequence, identifier
from ..algebra.recursions import Recursion
from ..algebra.reduce import NoMatrixFormError
from ..algebra.simplify import simplified
from ..errors import DerivationError
from ..meaning.names import Declared, Names
from ..meaning.names import Sequence as Sequence_
from ..meaning.properties import CIRCLE, IMPLIED
from . import loops

HELPERS = {
    "softmax": """def softmax(X, axis=-1):
    E = np.exp(X - X.max(axis=axis, keepdims=True))
    return E / E.sum(axis=axis, keepdims=True)""",
    "logsumexp": """def logsumexp(X, axis=-1):
    M = X.max(axis=axis, keepdims=True)
    return np.log(np.exp(X - M).sum(axis=axis)) + M.squeeze(axis)""",
    "sigmoid": """def sigmoid(x):
    below = np.real(x) < 0
    e = np.exp(np.where(below, x, -x))
    return np.where(below, e, 1.0) / (1 + e)""",
    "softplus": """def softplus(x):
    below = np.real(x) < 0
    return np.where(below, 0, x) + np.log1p(np.exp(np.where(below, x, -x)))""",
    "norm": """def norm(x):
    return np.sqrt(np.sum(x**2))""",
    "var": """def var(x):
    return np.mean((x - np.mean(x)) ** 2)""",
    "std": """def std(x):
    return np.sqrt(np.mean((x - np.mean(x)) ** 2))""",
    "relu": """def relu(x):
    return np.maximum(x, 0)""",
    "erf": """from math import erf as erf_of_one

erf = np.vectorize(erf_of_one, otypes=[float])""",
}
UNKNOWN = {
    0: "np.tanh(x)  # f is yours to choose",
    1: "1 - np.tanh(x) ** 2",
    2: "-2 * np.tanh(x) * (1 - np.tanh(x) ** 2)",
}
OURS = {
    "np", "rng", "forward", "gradient", "nudged", "numeric", "place", "step", "changed", "jacobian", "hessian", "hvp", "jvp", "entries", *HELPERS,
}  # fmt: skip
NUDGED = """def nudged(place, step):
    changed = {name}.astype({kind})
    changed[place] += step
    return {function}(changed){last}"""
EVERY = """for place in np.ndindex({name}.shape):
    numeric[..., *place] = {quotient}"""
ALONG = "numeric = {quotient}"
ASSERTED = "assert np.allclose({found}, numeric, rtol={near}, atol={near})\nprint({found})"
KINKED = re.compile(
    r"np\.(?:abs|sign|maximum|minimum|max|min)\(|relu\(|erf\(|<|(?<!-)>"
)  # what is not analytic: the complex step gives other numbers, or refuses


@dataclass(frozen=True)
class Result:
    """What a program computes.

    Attributes
    ----------
    kind : str
        gradient, jacobian, hessian, hvp, jvp, or entries: what has no matrix form.
    by : str
        The symbol.
    form : Form
        Its value, with all definitions inserted; of a gradient its last step.
    steps : tuple of Step
        The backward pass, where the result needs it.
    direction : str
        The symbol that a Hessian is multiplied by.
    """

    kind: str
    by: str
    form: Form
    steps: tuple[Step, ...] = ()
    direction: str = ""


def program(names: Names, backward: Backward, result: Result, tried: Sequence[Mapping[str, int]]) -> str:
    """Return the text of the program, at the smallest of the tried sizes that differ; nothing where its parts have no matrix form."""

    def called_(name: str) -> str:
        return called_sequence(name, names) if name in names.sequences else identifier(name)

    by = called_(result.by)
    defined = [
        name
        for name, symbol in names.symbols.items()
        if symbol.definition is not None and (name == backward.loss or backward.uses(backward.loss, name))
    ]
    declared = [
        name
        for name, symbol in names.symbols.items()
        if symbol.definition is None
        and CIRCLE not in symbol.properties
        and backward.uses(backward.loss, name)
    ]
    direction = identifier(result.direction) if result.direction else f"d{result.by}"
    ours = [*map(called_, (*defined, *declared)), *map(identifier, names.dimensions), *OURS]
    if len(set(ours)) < len(ours) or identifier(direction) in ours:
        return ""  # two things would have one name
    through_steps = any(name in names.sequences for name in (*defined, *declared))
    try:
        if through_steps:
            recursion = Recursion(backward)
            values = loops.forward(recursion, defined, f"{by}.dtype")
            back = loops.backward(recursion, result.by)
        else:
            values = [f"{identifier(name)} = {backward.value(name).code}" for name in defined]
            back = [f"{identifier(step.name)}_bar = {step.form.code}" for step in result.steps]
        functions = _functions(names, backward)
    except (NoMatrixFormError, DerivationError):
        return ""
    sizes = min(tried, key=lambda each: (-len({*each.values()} - {1}), max(each.values(), default=0)))
    shape = axes(backward.dimensions.shapes[result.by])
    along = result.kind in {"jvp", "hvp"}
    data = [
        "rng = np.random.default_rng(0)",
        *(f"{size} = {length}" for size, length in sizes.items()),
        *(
            f"{called_(name)} = {_data(names.symbols[name], backward.dimensions.shapes[name], names.sequences.get(name))}"
            for name in declared
        ),
        *([f"{identifier(direction)} = rng.normal(size={_tuple(shape)})"] if along else []),
    ]
    ends = {own for sequence in names.sequences.values() for own in sequence.ends.values()}
    returned = [called_(name) for name in defined if name not in ends]
    results, comma = ", ".join(returned), "," * (len(returned) == 1)
    forward = [
        f"def forward({by}):",
        *(f"    {line}" for line in values),
        f"    return {results}{comma}",
    ]
    unpacked = f"{results}{comma} = forward({by})"
    blocks = [data, forward]
    if result.kind == "gradient":
        blocks.append([unpacked, *back])
        found, function, last = f"{by}_bar", "forward", "[-1]"
    elif result.steps:
        inside = [f"    {line}" for line in (unpacked, *back)]
        blocks.append([f"def gradient({by}):", *inside, f"    return {by}_bar"])
        blocks.append([f"{result.kind} = {result.form.code}"])
        found, function, last = result.kind, "gradient", ""
    else:
        blocks.append([unpacked, f"{result.kind} = {result.form.code}"])
        found, function, last = result.kind, "forward", "[-1]"
    smooth = not KINKED.search("\n".join((*forward, *back, result.form.code, *functions)))
    at = (f"{function}({by} + {{}} * {identifier(direction)}){last}" if along else "nudged(place, {})").format
    quotient = f"{at('1e-30j')}.imag / 1e-30" if smooth else f"({at('1e-6')} - {at('-1e-6')}) / 2e-6"
    said = {
        "name": by,
        "function": function,
        "last": last,
        "found": found,
        "kind": "complex" if smooth else "float",
        "quotient": quotient,
        "near": "1e-11" if smooth else "1e-5",
    }
    if along:
        blocks.append([ALONG.format(**said), ASSERTED.format(**said)])
    else:
        blocks.append([NUDGED.format(**said)])
        blocks.append([f"numeric = np.zeros_like({found})", EVERY.format(**said), ASSERTED.format(**said)])
    body = "\n\n\n".join(map("\n".join, blocks)) + "\n"
    for size in names.dimensions:
        if not size.isidentifier():
            body = body.replace(size, identifier(size))
    calling = "\n".join((*functions, body))
    helpers = [text for name, text in HELPERS.items() if re.search(rf"(?<![\w.]){name}\(", calling)]
    return "\n\n\n".join(["import numpy as np", *helpers, *functions, body])


def _functions(names: Names, backward: Backward) -> list[str]:
    """Return the definitions of the functions that the program calls."""
    texts = []
    for function, order in sorted(backward.matrices.functions):
        if function in NUMPY or identifier(function) in HELPERS:
            if order:
                raise NoMatrixFormError
            continue
        known = names.functions.get(function)
        if known is None or order not in UNKNOWN:
            raise NoMatrixFormError
        if known.body is None:
            code, parameter = UNKNOWN[order], "x"
        else:
            entries = Entries(names, backward.dimensions, frozenset())
            body = entries.of(known.body)
            for _ in range(order):
                body = simplified(derivative(body, known.parameter, ()), backward.keys)
            code, parameter = backward.matrices.form(body).code, identifier(known.parameter)
        texts.append(f"def {called(function + chr(39) * order)}({parameter}):\n    return {code}")
    return texts


def _tuple(sizes: Sequence[str]) -> str:
    return f"({', '.join(sizes)}{',' * (len(sizes) == 1)})"


def _data(symbol: Declared, shape: tuple[str, ...], sequence: Sequence_ | None = None) -> str:
    """Return random data for a symbol, or for all steps of a sequence."""
    if sequence:
        return f"np.array([{_data(symbol, shape)} for _ in range({sequence.count} + 2)])"
    properties = set(symbol.properties).union(*(IMPLIED.get(word, set()) for word in symbol.properties))
    size = _tuple(axes(shape))
    if "ones" in properties:
        return f"np.ones({size})"
    if "identity" in properties:
        return f"np.eye({shape[0]})"
    if "rows are one-hot" in properties:
        return f"np.eye({axes(shape)[-1]})[rng.integers({axes(shape)[-1]}, size={', '.join(axes(shape)[:-1]) or 'None'})]"
    if "0 or 1" in properties:
        return f"rng.integers(2, size={size}).astype(float)"
    if "1 or -1" in properties:
        return f"2.0 * rng.integers(2, size={size}) - 1"
    if "integer" in properties:
        return f"rng.integers(1, 5, size={size}).astype(float)"
    if "rows are probabilities" in properties or "rows sum to one" in properties:
        return f"rng.dirichlet(np.ones({axes(shape)[-1]}), size={axes(shape)[0] if len(axes(shape)) > 1 else 'None'})"
    if "positive definite" in properties:
        return f"np.eye({shape[0]}) + (lambda A: A @ A.T)(rng.normal(size={size}))"
    if "symmetric" in properties and "diagonal" not in properties:
        return f"(lambda A: A + A.T)(rng.normal(size={size}))"
    if properties & {"positive", "between 0 and 1"}:
        return f"rng.uniform(0.2, 0.8, size={size})"
    if properties & {"diagonal", "orthogonal", "orthonormal columns"}:
        raise NoMatrixFormError
    return f"rng.normal(size={size})"
