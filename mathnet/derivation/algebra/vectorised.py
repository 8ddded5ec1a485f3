r"""Jacobians of matrices by matrices, with the entries of both in the order of vec: $\operatorname{vec}(A X B)$ by $\operatorname{vec}(X)$ is $B^{\mathsf T} \otimes A$.

An entry of such a Jacobian has up to four letters. It is a Kronecker product if no factor joins the letters of columns to those
of rows: what holds the columns j of the result and l of the variable stands on the left, what holds the rows i and k on the right.
"""

import itertools
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from . import forms
from .backward import Backward
from .differentiate import derivative
from .enter import Entries, axes, opens
from .forms import Form
from .reduce import NoMatrixFormError
from .steps import Chain, Line, text
from .terms import ONE, Expression, Factor, Letter, Term

Side = tuple[Letter | None, Letter | None]  # the row and the column of one factor of a Kronecker product


@dataclass(frozen=True)
class Vectorised:
    """A Jacobian in the order of vec, and the definitions that it needs."""

    chain: Chain
    declared: str


def vectorised(backward: Backward, by: str) -> Vectorised:
    """Return the Jacobian of the result by a symbol, of which at least one is a matrix.

    Raises
    ------
    NoMatrixFormError
        If it is no sum of Kronecker products.
    """
    shapes, symbols = backward.dimensions.shapes, backward.names.symbols
    entries = Entries(backward.names, backward.dimensions, opens(backward.names, by))
    above, at = entries.letters(shapes[backward.loss]), entries.letters(shapes[by])
    part = entries.inserted(derivative(entries.symbol(backward.loss, above), by, at))
    if len(above) == 1 and above[0] in entries.pairs:
        above = entries.pairs[above[0]][::-1]
        over, declared = symbols[backward.loss].latex, ""
    else:
        over, declared = _stacked(backward, backward.loss, "yzuw")
    under, more = _stacked(backward, by, "xvst")
    form = _form(backward, backward.spread(part), above, at)
    lines = (Line(form.latex, text("the entries in the order of vec, column by column")),)
    return Vectorised(Chain(rf"\frac{{\partial {over}}}{{\partial {under}}}", lines), declared + more)


def _stacked(backward: Backward, name: str, letters: str) -> tuple[str, str]:
    """Return what stands for a symbol in the Jacobian, and the definition of that: of a matrix its columns, one below the other."""
    shape, latex = backward.dimensions.shapes[name], backward.names.symbols[name].latex
    variable = letters[0] == "x"
    turn = r"^{\mathsf T}"
    if len(axes(shape)) < 2:
        return (latex + turn if (shape[1] == "1") is variable else latex), ""
    taken = {*backward.names.symbols, *backward.names.dimensions, *backward.names.functions}
    own = next(letter for letter in (latex.lower(), *letters) if len(letter) == 1 and letter not in taken)
    return (own + turn if variable else own), rf",  {own} = \operatorname{{vec}}({latex})"


def _form(backward: Backward, part: Expression, above: tuple[Letter, ...], at: tuple[Letter, ...]) -> Form:
    """Return the first form that there is: the only letter of a vector may be one of columns as well as one of rows."""
    pairs = [
        [(letters[1], letters[0])] if len(letters) == 2 else [(None, letters[0]), (letters[0], None)]
        for letters in (above, at)
    ]
    for over, under in itertools.product(*pairs):
        with suppress(NoMatrixFormError):
            if part.terms:
                return forms.add(
                    *(_term(backward, term, *zip(over, under, strict=True)) for term in part.terms)
                )
    raise NoMatrixFormError


def _term(backward: Backward, term: Term, columns: Side, rows: Side) -> Form:
    groups = _connected(term)
    left, right = (
        [
            group
            for group in groups
            if any(letter in factor.free for factor in group for letter in side if letter)
        ]
        for side in (columns, rows)
    )
    if any(group in right for group in left):
        raise NoMatrixFormError
    numbers = [group for group in groups if group not in left and group not in right]
    sides = [
        _side(backward, term, [*numbers, *left], columns, scaled=True),
        _side(backward, term, right, rows, scaled=False),
    ]
    return forms.kronecker(*sides)


def _side(
    backward: Backward, term: Term, groups: Sequence[Sequence[Factor]], ends: Side, scaled: bool
) -> Form:
    factors = tuple(factor for group in groups for factor in group)
    summed = tuple(letter for letter in term.summed if any(letter in factor.free for factor in factors))
    value = term.coefficient if scaled else ONE.terms[0].coefficient
    return backward.matrix(Expression((Term(value, factors, summed),)), ends)


def _connected(term: Term) -> list[list[Factor]]:
    """Return the factors in groups that share no letter."""
    groups: list[list[Factor]] = []
    for factor in term.factors:
        near = [group for group in groups if any(not factor.free.isdisjoint(other.free) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*(other for group in near for other in group), factor])
    return groups
