r"""Formulas of matrices, as they are written: in LaTeX and, for programs, in NumPy.

A form is made from others by the functions of this file, which write no parentheses that are not needed, put transposes where
the symbols are, and leave out what changes nothing. In NumPy a row and a column are arrays with one axis.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from operator import and_

from ..meaning.shapes import Shape, together

SUM, HADAMARD, PRODUCT, FRACTION, ATOM = range(5)  # how tightly a form holds together


@dataclass(frozen=True)
class Form:
    """A number, a vector or a matrix as it is written.

    Attributes
    ----------
    latex, code : str
        How it is written.
    shape : tuple of str
        Names of the dimensions, as in the checker.
    level : int
        SUM, HADAMARD, PRODUCT, FRACTION or ATOM.
    kind : str
        What it is made by: the name of a function of this file.
    parts : tuple of Form
        What it is made of.
    number : Fraction
        Of a product its coefficient, of a number its value.
    relation : str
        Of a comparison its sign.
    """

    latex: str
    code: str
    shape: Shape = ()
    level: int = ATOM
    kind: str = "symbol"
    parts: tuple["Form", ...] = ()
    number: Fraction = Fraction(1)
    relation: str = ""

    @property
    def is_vector(self) -> bool:
        """Whether it is a row or a column."""
        return len(self.shape) == 2 and "1" in self.shape


def symbol(latex: str, code: str, shape: Shape, symmetric: bool = False) -> Form:
    """Return a symbol."""
    return Form(latex, code, shape, kind="symmetric" if symmetric else "symbol")


def inside(form: Form, level: int) -> str:
    """Return the LaTeX of a form where only what holds together at least as tightly needs no parentheses."""
    return form.latex if form.level >= level else f"({form.latex})"


def coded(form: Form, chain: bool = False) -> str:
    """Return its NumPy in parentheses, unless it is one name or call; a `chain` of @ needs none at its beginning."""
    depth, loose = 0, False
    for sign in form.code:
        depth += (sign in "([") - (sign in ")]")
        loose = loose or (sign == " " and not depth)
    if not loose and not form.code.startswith("-"):
        return form.code
    return form.code if chain and form.kind == "chain" else f"({form.code})"


def number(value: Fraction | int) -> Form:
    """Return a number."""
    value = Fraction(value)
    sign = "-" * (value < 0)
    up, down = abs(value.numerator), value.denominator
    latex = f"{sign}{up}" if down == 1 else rf"{sign}\tfrac{{{up}}}{{{down}}}"
    return Form(
        latex,
        f"{sign}{up}" if down == 1 else f"{sign}{up} / {down}",
        (),
        ATOM if value >= 0 else SUM,
        "number",
        (),
        value,
    )


def zero(shape: Shape) -> Form:
    """Return 0 in the place of a number, a vector or a matrix."""
    sizes = [axis for axis in shape if axis != "1"]
    code = f"np.zeros(({', '.join(sizes)},))" if sizes else "0.0"
    return Form("0", code, shape, ATOM, "zero")


def transposed(form: Form) -> Form:
    """Return the transpose, which moves inwards until it stands at symbols."""
    shape = form.shape[::-1]
    match form.kind:
        case "symmetric" | "diagonal" | "number" | "identity":
            return form
        case "transpose":
            return form.parts[0]
        case "product":
            arrays = [part for part in form.parts if part.shape]
            numbers = [part for part in form.parts if not part.shape]
            return product(form.number, *numbers, *(transposed(part) for part in reversed(arrays)))
        case "hadamard":
            return hadamard(*map(transposed, form.parts))
        case "add" if not form.is_vector or any(count(part) for part in form.parts):
            return add(*map(transposed, form.parts))
        case "apply" if "1" in form.shape and _turns(form):
            return apply(form.latex.split("(")[0], form.code.split("(")[0], *map(transposed, form.parts))
        case "divide":
            return divide(transposed(form.parts[0]), form.parts[1])
        case "raised":
            return raised(transposed(form.parts[0]), int(form.number))
        case "compare" if _turns(form):
            left, right = form.parts
            return compare(transposed(left), form.relation, transposed(right))
        case "reciprocal" if _turns(form):
            return reciprocal(transposed(form.parts[0]))
        case "inverse":
            (inner,) = form.parts
            latex = rf"{inside(inner, ATOM)}^{{-\mathsf T}}"
            return Form(latex, f"{form.code}.T", shape, ATOM, "transpose", (form,))
    if not form.shape:
        return form
    code = form.code if form.is_vector else f"{coded(form)}.T"
    base = f"({form.latex})" if form.level < ATOM or RAISED.search(form.latex) else form.latex
    return Form(rf"{base}^{{\mathsf T}}", code, shape, ATOM, "transpose", (form,))


RAISED = re.compile(r"\^(\{[^{}]*\}|[^{}]*)$")  # a superscript at the end, which takes no second one


def _turns(form: Form) -> bool:
    """Say whether the transpose of a function of every entry has fewer transposes with them inside."""
    arrays = [part for part in form.parts if part.shape]
    inside_, outside = sum(count(transposed(part)) for part in arrays), sum(map(count, arrays))
    return bool(arrays) and inside_ <= outside


def count(form: Form) -> int:
    """Return how many transposes are written in a form."""
    return form.latex.count(r"\mathsf T")


SIGNS = re.compile(r"\\operatorname\{\w+\}|\\math(?:bf|sf|rm) ?\w|(?<=\w)_\{\w+\}|\\[A-Za-z]+|[\w+-]")


def length(form: Form) -> int:
    """Return how long a form is to a reader: names and signs, each as one, whatever LaTeX takes for it."""
    return sum(not sign.startswith("_") for sign in SIGNS.findall(form.latex))


def effort(form: Form) -> int:
    """Return how much work a form is to a reader: its length, and more for every vector that is made a matrix."""
    outer = _outer_products(form) if form.is_vector else 0
    return length(form) + 3 * (form.latex.count(r"\operatorname{diag}") + outer)


def _outer_products(form: Form) -> int:
    """Return how often a column stands before a row in a form."""
    arrays = [part for part in form.parts if part.shape] if form.kind == "product" else []
    here = sum(left.shape[1] == right.shape[0] == "1" for left, right in pairwise(arrays))
    return here + sum(map(_outer_products, form.parts))


def product(coefficient: Fraction | int, *factors: Form) -> Form:
    """Return a product: a number, numbers that are formulas, and matrices in their order."""
    value, numbers, arrays = Fraction(coefficient), [], []
    for factor in factors:
        if factor.kind == "number":
            value *= factor.number
            continue
        parts = factor.parts if factor.kind == "product" else (factor,)
        value *= factor.number if factor.kind == "product" else 1
        if not factor.shape and any(part.shape for part in parts):
            numbers.append(product(1, *parts))  # a row times a column
        else:
            numbers += [part for part in parts if not part.shape]
            arrays += [part for part in parts if part.shape]
    arrays = [part for part in arrays if part.kind != "identity"] or arrays[:1]
    value, numbers, arrays = _signs(value, numbers, arrays)
    numbers.sort(key=lambda part: (part.kind == "differential", bool(part.parts), len(part.latex)))
    parts = (*numbers, *arrays)
    if not parts:
        return number(value)
    if value == 1 and len(parts) == 1:
        return parts[0]
    if value == -1 and len(parts) == 1 and parts[0].kind == "add":
        return add(*(product(-1, part) for part in parts[0].parts))
    shape = (arrays[0].shape[0], arrays[-1].shape[1]) if arrays else ()
    shape = () if shape == ("1", "1") else shape
    texts = [
        inside(part, PRODUCT if part.shape or not part.parts or len(parts) == 1 else ATOM) for part in parts
    ]
    latex = texts[0]
    for text in texts[1:]:  # \mathbf 1 [u > 0] could be an indicator
        latex += f" ({text})" if latex.endswith(r"\mathbf 1") and text.startswith("[") else f" {text}"
    code = " * ".join(coded(part) for part in numbers)
    if arrays:
        multiplied = coded(arrays[0]) if len(arrays) == 1 else reduce(_times, arrays[1:], arrays[0]).code
        code = f"{code} * {f'({multiplied})' if '@' in multiplied else multiplied}" if code else multiplied
    if value != 1:
        sign = "-" * (value < 0)
        size = number(abs(value))
        latex = f"{sign}{latex}" if abs(value) == 1 else f"{sign}{size.latex} {latex}"
        code = f"({code})" if "@" in code and not numbers else code
        code = f"{sign}{code}" if abs(value) == 1 else f"{sign}{size.code} * {code}"
    return Form(latex, code, shape, PRODUCT if value > 0 else SUM, "product", parts, value)


def _signs(
    value: Fraction, numbers: list[Form], arrays: list[Form]
) -> tuple[Fraction, list[Form], list[Form]]:
    """Return the factors of a product of which no sum has minus signs alone."""
    if len(numbers) + len(arrays) > 1:
        for parts in (numbers, arrays):
            for at, part in enumerate(parts):
                if part.kind == "add" and _is_negative(part):
                    value, parts[at] = -value, _turned(part)
    return value, numbers, arrays


def begun(form: Form) -> Form:
    """Return a formula that begins with no minus if it may begin with a difference the other way round: (b - a) c for -(a - b) c."""
    if form.kind == "product" and form.number == -1 and form.parts[0].shape:
        first, *others = form.parts
        top = first.parts[0] if first.kind == "divide" else first
        if top.kind == "add" and any(part.latex.startswith("-") for part in top.parts):
            turned = divide(_turned(top), first.parts[1]) if first.kind == "divide" else _turned(top)
            return product(1, turned, *others)
    return form


def _turned(part: Form) -> Form:
    """Return a sum with every sign turned round."""
    return add(*(product(-1, term) for term in part.parts))


def _times(left: Form, right: Form) -> Form:
    """Return the code of a matrix product."""
    shape = (left.shape[0], right.shape[1])
    if left.shape[1] == "1" and right.shape[0] == "1":
        return Form("", f"np.outer({left.code}, {right.code})", shape)
    if left.kind == "diagonal" and not right.is_vector:
        return Form("", f"{coded(left.parts[0])}[:, None] * {coded(right)}", shape, HADAMARD)
    if left.kind == "diagonal":
        return Form("", f"{coded(left.parts[0])} * {coded(right)}", shape, HADAMARD)
    if right.kind == "diagonal":
        return Form("", f"{coded(left)} * {coded(right.parts[0])}", shape, HADAMARD)
    if right.kind == "ones":
        return Form("", f"{coded(left)}.sum({'axis=1' if not left.is_vector else ''})", shape)
    if left.kind == "transpose" and left.parts[0].kind == "ones":
        return Form("", f"{coded(right)}.sum({'axis=0' if not right.is_vector else ''})", shape)
    return Form("", f"{coded(left, chain=True)} @ {coded(right)}", shape, PRODUCT, "chain")


def hadamard(*factors: Form) -> Form:
    """Return a Hadamard product."""
    parts = [
        inner for factor in factors for inner in (factor.parts if factor.kind == "hadamard" else (factor,))
    ]
    scalars = [part for part in parts if part.kind == "product" and part.number != 1]
    if scalars:
        rest = [product(1 / part.number, part) if part in scalars else part for part in parts]
        return product(reduce(lambda a, b: a * b, (part.number for part in scalars)), hadamard(*rest))
    kept = [part for part in parts if part.kind != "ones"] or parts[:1]
    if len(kept) == 1:
        return kept[0]
    latex = r" \odot ".join(inside(part, FRACTION) for part in kept)
    return Form(
        latex,
        " * ".join(coded(part) for part in kept),
        kept[0].shape,
        HADAMARD,
        "hadamard",
        tuple(kept),
    )


def joined(texts: Sequence[str]) -> str:
    """Return the text of a sum from those of its terms, in their order."""
    first, *others = texts
    return first + "".join(f" - {text[1:]}" if text.startswith("-") else f" + {text}" for text in others)


def add(*terms: Form) -> Form:
    """Return a sum, with what all terms have in common at the left or at the right taken out once."""
    parts = [inner for term in terms for inner in (term.parts if term.kind == "add" else (term,))]
    parts = _collected([part for part in parts if not (part.kind == "number" and not part.number)])
    if not parts:
        return number(0)
    if len(parts) == 1:
        return parts[0]
    if (shared := _shared(parts)) is not None:
        return shared
    if (beside := _beside(parts)) is not None:
        return beside
    sizes = {abs(part.number) if part.kind == "product" else Fraction(1) for part in parts}
    size = min(sizes)
    if (
        size != 1
        and all(whole.denominator == 1 for whole in (other / size for other in sizes))
        and (size > 1 or len(sizes) == 1)
    ):
        value = -size if all(part.number < 0 for part in parts) else size
        return product(value, add(*(product(part.number / value, *part.parts) for part in parts)))
    first, *others = sorted(parts, key=lambda part: part.latex.startswith("-"))
    latex, code = (
        joined([part.latex for part in (first, *others)]),
        joined([part.code for part in (first, *others)]),
    )
    return Form(latex, code, first.shape, SUM, "add", (first, *others))


def _collected(terms: list[Form]) -> list[Form]:
    """Return terms of which no two differ in their number alone."""
    plain = [product(1, *term.parts) if term.kind == "product" else term for term in terms]
    names = [form.latex for form in plain]
    if len(set(names)) == len(names):
        return terms
    sizes = Counter[str]()
    for name, term in zip(names, terms, strict=True):
        sizes[name] += term.number if term.kind == "product" else 1  # type: ignore[assignment]  # a fraction
    first = dict(zip(reversed(names), reversed(plain), strict=True))
    return [product(sizes[name], first[name]) for name in dict.fromkeys(names) if sizes[name]]


Taken = tuple[str, str]
"""A place in a term, `below`, `number`, `left`, `right` or `arrays`, and what stands there."""


def _shared(terms: Sequence[Form]) -> Form | None:
    """Return a sum with what some of its terms have in one place taken out once: the number below them or a factor in front of them, the first matrix, the last, or all of them."""
    places = Counter(place for term in terms for place in dict.fromkeys(_places(term)))
    for place, often in places.most_common():
        if often < 2:
            break
        having = [term for term in terms if place in _places(term)]
        found, rests = _taken_out(having, place)
        if often == len(terms):
            return found
        before = replace(found, latex=joined([term.latex for term in having]))
        saved = length(before) - length(found)
        if saved > 1 or all(rest.kind in {"symbol", "symmetric", "transpose"} for rest in rests):
            at = next(at for at, term in enumerate(terms) if term in having)
            others = [term for term in terms if term not in having]
            return add(*others[:at], found, *others[at:])
    return None


def _taken_out(terms: Sequence[Form], place: Taken) -> tuple[Form, tuple[Form, ...]]:
    """Return a sum with what all of its terms have in one place taken out, and what is left of each."""
    outers, rests = zip(*(_without(term, place) for term in terms), strict=True)
    inner = add(*rests)
    if place[0] == "below":
        sign = -1 if _is_negative(inner) else 1
        return product(sign, divide(product(sign, inner), outers[0])), rests
    return product(1, inner, outers[0]) if place[0] == "right" else product(1, outers[0], inner), rests


def _places(term: Form) -> list[Taken]:
    """Return what stands in a term where it can be taken out of a sum."""
    if term.kind == "divide":
        return [("below", term.parts[1].latex)]
    if term.kind != "product":
        return [("arrays", term.latex)] if term.shape else []
    if term.parts[-1].kind == "divide" and len(term.parts) == 1:
        return _places(term.parts[0])
    arrays = [part.latex for part in term.parts if part.shape]
    found = [("number", part.latex) for part in term.parts if not part.shape] if len(term.parts) > 1 else []
    found += [("arrays", " ".join(arrays))] if arrays else []
    return [*found, ("left", arrays[0]), ("right", arrays[-1])] if len(arrays) > 1 else found


def _without(term: Form, taken: Taken) -> tuple[Form, Form]:
    """Return what is taken out of a term, and the rest of it."""
    place, latex = taken
    if place == "below":
        inner = term if term.kind == "divide" else term.parts[0]
        return inner.parts[1], product(term.number, inner.parts[0])
    if place == "arrays":
        parts = term.parts if term.kind == "product" else (term,)
        numbers = [part for part in parts if not part.shape]
        return product(1, *(part for part in parts if part.shape)), product(
            term.number if term.kind == "product" else 1, *numbers
        )
    order = range(len(term.parts)) if place != "right" else reversed(range(len(term.parts)))
    at = next(at for at in order if term.parts[at].latex == latex)
    return term.parts[at], product(term.number, *term.parts[:at], *term.parts[at + 1 :])


def _is_negative(form: Form) -> bool:
    """Say whether a form is written with a minus before all that it is a sum of."""
    return all(term.latex.startswith("-") for term in (form.parts if form.kind == "add" else (form,)))


def _beside(terms: Sequence[Form]) -> Form | None:
    """Return a sum of Hadamard products with the factors that all of them have taken out once."""
    split = [_factors(term) for term in terms]
    written = [Counter(factor.latex for factor in factors) for _, factors in split]
    names = [
        *reduce(and_, written).elements()
    ]  # a factor that stands twice in one term may stand once in another
    if not names:
        return None
    common = [next(factor for factor in split[0][1] if factor.latex == name) for name in names]
    rests = []
    for value, factors in split:
        rest = list(factors)
        for name in names:
            rest.remove(next(factor for factor in rest if factor.latex == name))
        if not rest:
            return None
        rests.append(product(value, hadamard(*rest)))
    return hadamard(add(*rests), *common)


def _factors(term: Form) -> tuple[Fraction, tuple[Form, ...]]:
    """Return the coefficient and the factors of a Hadamard product; anything else is one factor."""
    if term.kind == "hadamard":
        return Fraction(1), term.parts
    if term.kind == "product" and len(term.parts) == 1 and term.parts[0].kind == "hadamard":
        return term.number, term.parts[0].parts
    return Fraction(1), (term,)


def kronecker(left: Form, right: Form) -> Form:
    """Return a Kronecker product; of a matrix and a row or column it is written kron."""
    codes = [_as_matrix(form) for form in (left, right)]
    shape = (together(left.shape[0], right.shape[0]), together(left.shape[1], right.shape[1]))
    if left.is_vector or right.is_vector:
        latex = rf"\operatorname{{kron}}({left.latex}, {right.latex})"
        return Form(latex, f"np.kron({', '.join(codes)})", shape, ATOM, "whole", (left, right))
    latex = rf"{inside(left, ATOM)} \otimes {inside(right, ATOM)}"
    return Form(latex, f"np.kron({', '.join(codes)})", shape, HADAMARD, "kronecker", (left, right))


def _as_matrix(form: Form) -> str:
    """Return its NumPy with two axes, also of a row or column."""
    if not form.is_vector:
        return form.code
    return f"{coded(form)}[:, None]" if form.shape[1] == "1" else f"{coded(form)}[None, :]"


def apply(latex: str, code: str, *arguments: Form) -> Form:
    """Return a function of every entry."""
    shape = next((argument.shape for argument in arguments if argument.shape), ())
    inner = ", ".join(argument.latex for argument in arguments)
    return Form(
        f"{latex}({inner})",
        f"{code}({', '.join(a.code for a in arguments)})",
        shape,
        ATOM,
        "apply",
        arguments,
    )


def divide(top: Form, bottom: Form) -> Form:
    """Return a quotient by a number."""
    code = f"{coded(top)} / {coded(bottom)}"
    return Form(
        rf"\frac{{{top.latex}}}{{{bottom.latex}}}", code, top.shape, FRACTION, "divide", (top, bottom)
    )


def reciprocal(bottom: Form) -> Form:
    """Return 1 divided by every entry."""
    code = f"1 / {coded(bottom)}"
    return Form(rf"\frac{{1}}{{{bottom.latex}}}", code, bottom.shape, FRACTION, "reciprocal", (bottom,))


def raised(form: Form, exponent: int) -> Form:
    """Return a power of every entry."""
    base = f"({form.latex})" if form.level < ATOM or RAISED.search(form.latex) else form.latex
    return Form(
        rf"{base}^{{\odot {exponent}}}",
        f"{coded(form)} ** {exponent}",
        form.shape,
        ATOM,
        "raised",
        (form,),
        Fraction(exponent),
    )


def compare(left: Form, relation: str, right: Form) -> Form:
    """Return the Iverson bracket: 1 where a comparison holds."""
    sign = {r"\ge": ">=", r"\le": "<="}.get(relation, relation)
    return Form(
        f"[{left.latex} {relation} {right.latex}]",
        f"np.where({left.code} {sign} {right.code}, 1.0, 0.0)",
        left.shape,
        kind="compare",
        parts=(left, right),
        relation=relation,
    )


def diagonal(vector: Form) -> Form:
    """Return the matrix with a vector on its diagonal."""
    size = vector.shape[0] if vector.shape[1] == "1" else vector.shape[1]
    return Form(
        rf"\operatorname{{diag}}({vector.latex})",
        f"np.diag({vector.code})",
        (size, size),
        ATOM,
        "diagonal",
        (vector,),
    )


def written(latex: Callable[[str], str], code: Callable[[str], str], shape: Shape, *parts: Form) -> Form:
    """Return a function of a whole matrix."""
    return Form(
        latex(", ".join(part.latex for part in parts)),
        code(", ".join(part.code for part in parts)),
        shape,
        ATOM,
        "whole",
        parts,
    )
