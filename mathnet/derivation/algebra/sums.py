"""What no product of matrices says: a sum over index letters, for which NumPy has `einsum`."""

from collections.abc import Sequence
from string import ascii_letters

from . import forms
from .forms import Form
from .loops import Loops
from .reduce import Matrices, NoMatrixFormError, places
from .terms import Expression, Factor, Inverse, Letter, Multiplied, NotNegative, Power, Term, constant


def computed(matrices: Matrices, part: Expression, letters: Sequence[Letter]) -> Form:
    """Return an expression as a program computes it, with an axis for each of the letters: by `einsum`, or entry by entry.

    Raises
    ------
    NoMatrixFormError
        If it has a part that is computed in neither way.
    """
    try:
        return einsum(matrices, part, letters)
    except NoMatrixFormError:
        code = Loops(matrices).array(part, letters)
        return Form("", code, tuple(letter.size for letter in letters), forms.ATOM)


def einsum(matrices: Matrices, part: Expression, letters: Sequence[Letter]) -> Form:
    """Return an expression as a program computes it by `einsum`.

    Raises
    ------
    NoMatrixFormError
        If one of its factors has more than two letters, or an index that is no letter.
    """
    codes = [_term(matrices, term, letters) for term in part.terms]
    code = forms.joined(codes or ["0.0"])
    return Form("", code, tuple(letter.size for letter in letters), forms.SUM)


def _term(matrices: Matrices, term: Term, letters: Sequence[Letter]) -> str:
    names = dict(zip((*letters, *term.summed), ascii_letters, strict=False))
    operands, indices = [], []
    above, below = [], []
    for factor in term.factors:
        exponent = constant(factor.exponent) if isinstance(factor, Power) else None
        if factor.free:
            own, form = _operand(matrices, factor)
            indices.append("".join(names[letter] for letter in own))
            operands.append(forms.coded(form) if form.level < forms.ATOM else form.code)
        elif isinstance(factor, Power) and exponent is not None and exponent < 0:
            below.append(forms.coded(matrices.power(factor.base, -exponent)))
        elif isinstance(factor, Multiplied) and not factor.limits:
            above.append(f"np.prod({matrices.form(factor.body, factor.over).code})")
        else:
            above.append(forms.coded(matrices.factor(factor, None, None)))
    missing = [letter for letter in letters if all(names[letter] not in index for index in indices)]
    for letter in missing:
        indices.append(names[letter])
        operands.append(f"np.ones({letter.size})")
    result = "".join(names[letter] for letter in letters)
    size = abs(term.coefficient)
    numbers = [*([forms.coded(forms.number(size))] if size != 1 else []), *above]
    if operands:
        numbers.append(f'np.einsum("{",".join(indices)}->{result}", {", ".join(operands)})')
    code = " * ".join(numbers or ["1.0"]) + "".join(f" / {each}" for each in below)
    return "-" * (term.coefficient < 0) + code


def _operand(matrices: Matrices, factor: Factor) -> tuple[list[Letter], Form]:
    """Return the letters of a factor, in the order of its axes, and its form."""
    if isinstance(factor, Inverse):
        own = [index for index in factor.at if isinstance(index, Letter)]
        if len(own) == 2 and own[0] is not own[1]:
            return own, matrices.factor(factor, *own)
        raise NoMatrixFormError
    if isinstance(factor, Multiplied):
        return _multiplied(matrices, factor)
    own = list(dict.fromkeys(letter for letter in places(factor) if letter in factor.free))
    if len(own) > 2:
        raise NoMatrixFormError
    row, column = (*own, None, None)[:2]
    return own, matrices.factor(factor, row, column)


def crowded(part: Expression) -> list[Letter]:
    """Return the summed letters that stand in more than two factors of a term."""
    found = [
        letter
        for term in part.terms
        for letter in term.summed
        if sum(letter in factor.free and not isinstance(factor, NotNegative) for factor in term.factors) > 2
    ]
    return list(dict.fromkeys(found))


def _multiplied(matrices: Matrices, factor: Multiplied) -> tuple[list[Letter], Form]:
    """Return the product of all entries of a vector but one, for each of them."""
    if factor.limits or factor.free - {factor.besides} or not isinstance(factor.besides, Letter):
        raise NoMatrixFormError
    vector = matrices.form(factor.body, factor.over).code
    size = factor.over.size
    code = f"np.array([np.prod(np.delete({vector}, place)) for place in range({size})])"
    return [factor.besides], Form("", code, (size, "1"))
