"""The program of a backward pass: forward, backward and a test by central differences, in NumPy alone."""

import re
from collections.abc import Mapping, Sequence

from ..algebra.backward import Backward, Step
from ..algebra.differentiate import derivative
from ..algebra.enter import Entries, axes
from ..algebra.programs import NUMPY, called, identifier
from ..algebra.reduce import NoMatrixFormError
from ..algebra.simplify import simplified
from ..errors import DerivationError
from ..meaning.names import Declared, Names
from ..meaning.properties import IMPLIED

HELPERS = {
    "softmax": """def softmax(X, axis=-1):
    E = np.exp(X - X.max(axis=axis, keepdims=True))
    return E / E.sum(axis=axis, keepdims=True)""",
    "logsumexp": """def logsumexp(X, axis=-1):
    M = X.max(axis=axis, keepdims=True)
    return np.log(np.exp(X - M).sum(axis=axis)) + M.squeeze(axis)""",
    "relu": """def relu(x):
    return np.maximum(x, 0)""",
}
UNKNOWN = {0: "np.tanh(x)  # f is yours to choose", 1: "1 - np.tanh(x) ** 2"}
OURS = {"np", "rng", "forward", "nudged", "numeric", "place", "step", *HELPERS}
TEST = """

def nudged(place, step):
    changed = {name}.copy()
    changed[place] += step
    return forward(changed)[-1]


numeric = np.zeros_like({name})
for place in np.ndindex({name}.shape):
    numeric[place] = (nudged(place, 1e-6) - nudged(place, -1e-6)) / 2e-6
assert np.allclose({name}_bar, numeric, rtol=1e-5, atol=1e-6)
print({name}_bar)
"""


def program(
    names: Names, backward: Backward, steps: Sequence[Step], tried: Sequence[Mapping[str, int]]
) -> str:
    """Return the text of the program, at the smallest of the tried sizes that differ; nothing where its parts have no matrix form."""
    by = identifier(steps[-1].name)
    defined = [
        name
        for name, symbol in names.symbols.items()
        if symbol.definition is not None and (name == backward.loss or backward.uses(backward.loss, name))
    ]
    declared = [
        name
        for name, symbol in names.symbols.items()
        if symbol.definition is None and backward.uses(backward.loss, name)
    ]
    ours = [*map(identifier, (*defined, *declared)), *names.dimensions, *OURS]
    if len(set(ours)) < len(ours):
        return ""  # two things would have one name
    try:
        values = [(identifier(name), backward.value(name).code) for name in defined]
        functions = _functions(names, backward)
    except (NoMatrixFormError, DerivationError):
        return ""
    sizes = min(tried, key=lambda each: (-len({*each.values()} - {1}), max(each.values(), default=0)))
    results, comma = ", ".join(name for name, _ in values), "," * (len(values) == 1)
    data = [
        "rng = np.random.default_rng(0)",
        *(f"{size} = {length}" for size, length in sizes.items()),
        *(
            f"{identifier(name)} = {_data(names.symbols[name], backward.dimensions.shapes[name])}"
            for name in declared
        ),
    ]
    forward = [
        f"def forward({by}):",
        *(f"    {name} = {code}" for name, code in values),
        f"    return {results}{comma}",
    ]
    back = [
        f"{results}{comma} = forward({by})",
        *(f"{identifier(step.name)}_bar = {step.form.code}" for step in steps),
    ]
    body = "\n\n\n".join(map("\n".join, (data, forward, back))) + "\n" + TEST.format(name=by)
    helpers = [text for name, text in HELPERS.items() if re.search(rf"(?<![\w.]){name}\(", body)]
    return "\n\n\n".join(["import numpy as np", *helpers, *functions, body])


def _functions(names: Names, backward: Backward) -> list[str]:
    """Return the definitions of the functions that the program calls."""
    texts = []
    for function, order in sorted(backward.matrices.functions):
        if function in NUMPY or function in HELPERS:
            if order:
                raise NoMatrixFormError
            continue
        known = names.functions.get(function)
        if known is None or order > 1:
            raise NoMatrixFormError
        if known.body is None:
            code, parameter = UNKNOWN[order], "x"
        else:
            entries = Entries(names, backward.dimensions, frozenset())
            body = entries.of(known.body)
            body = simplified(derivative(body, known.parameter, ()), backward.keys) if order else body
            code, parameter = backward.matrices.form(body).code, identifier(known.parameter)
        texts.append(f"def {called(function + chr(39) * order)}({parameter}):\n    return {code}")
    return texts


def _data(symbol: Declared, shape: tuple[str, ...]) -> str:
    """Return random data for a symbol."""
    properties = set(symbol.properties).union(*(IMPLIED.get(word, set()) for word in symbol.properties))
    size = f"({', '.join(axes(shape))}{',' * (len(axes(shape)) == 1)})"
    if "ones" in properties:
        return f"np.ones({size})"
    if "identity" in properties:
        return f"np.eye({shape[0]})"
    if "rows are one-hot" in properties:
        return f"np.eye({axes(shape)[-1]})[rng.integers({axes(shape)[-1]}, size={', '.join(axes(shape)[:-1]) or 'None'})]"
    if "0 or 1" in properties:
        return f"rng.integers(2, size={size}).astype(float)"
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
