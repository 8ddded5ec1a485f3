r"""Gradients that are derived: the backward pass of a where part, line by line, checked before anybody sees it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..algebra.backward import Backward
from ..algebra.canonical import TooLongError
from ..algebra.differentials import ByDifferentials
from ..algebra.forms import Form
from ..algebra.hessians import Second
from ..algebra.indices import ByIndices
from ..algebra.jacobians import ByDirection
from ..algebra.recursions import Recursion
from ..algebra.reduce import NoMatrixFormError
from ..algebra.steps import Chain
from ..algebra.vectorised import vectorised
from ..errors import WHOLE, DerivationError, Place
from ..meaning.infer import infer_dimensions
from ..meaning.kinks import kinks
from ..meaning.names import Names
from ..meaning.scope import Dimensions
from ..read.declare import declare
from ..read.tokens import tokenize
from .check import check
from .program import Result, program
from .report import Report

STYLES: dict[str, Callable[[Backward, str], list[Chain]]] = {
    "backward": lambda backward, by: backward.chains(by),
    "indices": lambda backward, by: ByIndices(backward).chains(by),
    "differentials": lambda backward, by: ByDifferentials(backward).chains(by),
}
ENDLESS = {  # why a style does not go through steps
    "indices": "the derivative goes inwards from each step to the next, and never ends; the style backward needs each step once",
    "differentials": "its differential has that of another step in it, and so on without an end; the style backward needs each step once",
}
IN_VAIN = "no product of matrices says this: the letters of its sum meet in too many places"
KINDS = {
    "gradient": "gradient", "hessian": "Hessian", "hvp": "product of the Hessian with a direction", "jvp": "differential",
}  # fmt: skip


class AbsentError(DerivationError):
    """What is asked for is not in the where part: it has no definition, or no such symbol."""


@dataclass(frozen=True)
class Derived:
    """The gradient with respect to one symbol.

    Attributes
    ----------
    id : str
        The derivation that it was asked of.
    by : str
        The symbol, as the where part writes it.
    style : str
        How it was derived: one of `STYLES`.
    kind : str
        What was derived: one of `KINDS`.
    answer : str
        The result with all definitions inserted, as LaTeX; empty if it was refused.
    fence : str
        The text of the derivation: where part and lines, each with its reason. It has passed the checker.
    numpy : str
        A program that computes it, and compares the result with the complex step, or across kinks with central differences; empty if there is none.
    verdict : str
        What the checker says of the fence.
    note : str
        What the answer is where no matrix says it, and where there is no derivative; LaTeX in it stands between dollar signs.
    refused : str or None
        Why there is no derivation.
    """

    id: str
    by: str
    style: str
    kind: str = "gradient"
    answer: str = ""
    fence: str = ""
    numpy: str = ""
    verdict: str = ""
    note: str = ""
    refused: str | None = None


def derive(
    source: str, by: Sequence[str] = (), id: str = "", style: str = "backward", kind: str = "gradient"
) -> list[Derived]:
    r"""Derive the gradient of the last definition of a where part; of a vector it is the Jacobian.

    Parameters
    ----------
    source : str
        A where part, to its last line; here no line need begin with a space, and the word where may be left out.
    by : sequence of str
        The symbols to differentiate by, as the where part writes them; without any, all that are declared and not constant, in turn.
    id : str
        The name that messages use.
    style : str
        `backward`: one line for each definition, last first. `indices`: entry by entry, with deltas. `differentials`: dJ as
        an inner product, from which one factor after the other is moved.
    kind : str
        `gradient`; `hessian`; `hvp`: the Hessian times a constant direction; `jvp`: the differential in the direction of the symbol.

    Returns
    -------
    list of Derived
        One for each symbol. What is shown has passed the checker; what cannot be derived says why.

    Raises
    ------
    DerivationError
        If the where part cannot be read, defines nothing, or does not have a symbol.
    ValueError
        If there is no such style or kind.

    Examples
    --------
    >>> from mathnet.derivation import derive
    >>> (found,) = derive(r"where X \in \mathbb{R}^{n \times d}, w, t \in \mathbb{R}^{d}, J = \tfrac12 \|X w\|^2", ["w"])
    >>> found.answer, found.verdict
    ('X^{\\mathsf T} X w', '1 step · proved')
    """
    return [draft.checked()[0] for draft in drafts(source, by, id, style, kind)]


@dataclass(frozen=True)
class Draft:
    """What was derived for one symbol, and the checker has not seen yet.

    Attributes
    ----------
    asked : Derived
        What was asked for; where nothing was derived, it says why.
    chains : sequence of Chain
        The lines.
    fence : str
        Where part and lines, as the checker reads them.
    """

    asked: Derived
    backward: Backward
    name: str
    found: "_Found | None" = None
    fence: str = ""

    @property
    def chains(self) -> Sequence[Chain]:
        """The lines that were derived."""
        return self.found.chains if self.found else []

    def checked(self) -> tuple[Derived, Report | None]:
        """Ask the checker, and return what it has passed with its report; or why it has not."""
        found, asked, names = self.found, self.asked, self.backward.names
        if found is None:
            return asked, None
        report = check(self.fence, asked.id)
        if not report.ok:
            (reason, *_) = [error.reason for error in report.errors]
            wrong = f"a line that was derived did not pass the checker, so it is not shown ({reason})"
            untried = f"the checker cannot try what was derived: {reason}"
            return replace(asked, refused=wrong if report.errors[0].difference else untried), None
        passed = replace(
            asked,
            answer=found.chains[-1].lines[-1].limited,
            fence=self.fence,
            numpy=program(names, self.backward, found.result, report.sizes or [{}]) if found.result else "",
            verdict=report.verdict(),
            note="; ".join(filter(None, (found.note, _smooth(names, self.backward, self.name)))),
        )
        return passed, report


def drafts(
    source: str, by: Sequence[str] = (), id: str = "", style: str = "backward", kind: str = "gradient"
) -> Iterator[Draft]:
    """Yield what `derive` is asked for, symbol by symbol, before the checker sees it; it takes and raises the same."""
    if style not in STYLES:
        raise ValueError(f"derive: style is {style!r}; expected one of {', '.join(STYLES)}")
    if kind not in KINDS:
        raise ValueError(f"derive: kind is {kind!r}; expected one of {', '.join(KINDS)}")
    where, names, dimensions = _read(source)
    chosen = [_named(names, name) for name in by] or Backward(names, dimensions).free()
    for name in chosen:
        asked = Derived(id, names.symbols[name].latex, style, kind)
        yield _draft(where, Backward(names, dimensions), name, asked)


def symbols(source: str) -> tuple[list[str], list[str]]:
    r"""Return the symbols that the last definition of a where part can be differentiated by: declared ones, and those in the middle.

    Examples
    --------
    >>> symbols(r"where X \in \mathbb{R}^{n \times d}, w \in \mathbb{R}^{d}, z = X w, J = \tfrac12 \|z\|^2")
    (['X', 'w'], ['z'])
    """
    _, names, dimensions = _read(source)
    backward = Backward(names, dimensions)
    used = [name for name in names.symbols if backward.uses(backward.loss, name) and not name.endswith("?")]
    middle = [name for name in used if names.symbols[name].definition is not None]
    return [names.symbols[name].latex for name in backward.free()], [
        names.symbols[name].latex for name in middle
    ]


def _read(source: str) -> tuple[str, Names, Dimensions]:
    """Return the text of a where part, and what it says."""
    where = re.sub(r"^(\s*)where\b", r"\1     ", source)
    names = Names()
    declare(names, tokenize(where, gaps=False), where, source)
    if not names.output:
        reason = "nothing is defined: write what is to be differentiated, as in J = …"
        raise AbsentError(reason, Place(1, 1, ""), caret=False)
    return re.sub(r"\n(?=\S)", "\n  ", where.strip()), names, infer_dimensions(names)


def _named(names: Names, written: str) -> str:
    plain = written.replace(" ", "")
    for name, symbol in names.symbols.items():
        if plain in {name.replace(" ", ""), symbol.latex.replace(" ", "")}:
            return name
    known = ", ".join(symbol.latex for name, symbol in names.symbols.items() if not name.endswith("?"))
    raise AbsentError(f"{written} is not declared; known are: {known}", WHOLE, caret=False)


def _draft(where: str, backward: Backward, name: str, asked: Derived) -> Draft:
    try:
        if name == backward.loss:
            raise DerivationError(f"{asked.by} is what is differentiated", WHOLE)
        found = _found(backward, name, asked)
    except NoMatrixFormError:
        asked = replace(asked, refused=IN_VAIN)
    except TooLongError:
        asked = replace(
            asked,
            refused=f"the {KINDS[asked.kind]} by {asked.by} becomes too long: derive it by a symbol nearer to the result, or make the definitions shorter",
        )
    except DerivationError as error:
        asked = replace(asked, refused=error.reason)
    else:
        chains = "\n\n".join(chain.source for chain in found.chains)
        declared = _declarations(backward.names, backward) + found.declared
        return Draft(asked, backward, name, found, f"where {where}{declared}\n{chains}")
    return Draft(asked, backward, name)


def _smooth(names: Names, backward: Backward, name: str) -> str:
    """Return where there is no derivative, if there are such places."""
    found = kinks(names, backward.dimensions, backward.loss, name)
    return f"there is no derivative where {' or '.join(found)}" if found else ""


@dataclass(frozen=True)
class _Found:
    """What the algebra has found: the chains, what a program computes, and what the where part must declare for both."""

    chains: list[Chain]
    result: Result | None
    declared: str = ""
    note: str = ""


def _found(backward: Backward, name: str, asked: Derived) -> _Found:
    """Derive what was asked for.

    Raises
    ------
    DerivationError, TooLongError, NoMatrixFormError
        For what cannot be derived.
    """
    names = backward.names
    if sequences := [each for each in names.sequences if backward.uses(backward.loss, each)]:
        return _through_steps(backward, name, asked, names.symbols[sequences[-1]].latex)
    constants = _constants(backward, name)
    if asked.kind == "jvp":
        chain, form = ByDirection(backward).differential(name)
        return _Found([chain], Result("jvp", name, form), constants)
    if asked.kind in {"hessian", "hvp"}:
        second = Second(backward)
        steps = tuple(backward.steps(name))
        gradient = second.gradient(name)
        if asked.kind == "hessian":
            chain, form = second.hessian(name)
            return _Found([gradient, chain], Result("hessian", name, form, steps))
        chain, form = second.times_direction(name)
        direction = second.direction(name)
        shape = " \\times ".join(direction.shape)
        declared = rf",  {direction.latex} \in \mathbb{{R}}{f'^{{{shape}}}' if shape else ''}"
        return _Found([gradient, chain], Result("hvp", name, form, steps, direction.latex), declared)
    if any("·" in axis for axis in backward.dimensions.shapes[backward.loss]):
        return _by_entries(backward, name)
    try:
        if not backward.dimensions.shapes[backward.loss]:
            steps = tuple(backward.steps(name))
            chains = STYLES[asked.style](backward, name)
            result = Result("gradient", name, steps[-1].form, steps)
            return _Found(chains, result, constants if asked.style == "differentials" else "")
        by_indices = asked.style == "indices"
        chains = ByIndices(backward).chains(name) if by_indices else ByDirection(backward).chains(name)
        return _Found(
            chains,
            Result("jacobian", name, ByDirection(backward).closed(name)),
            "" if by_indices else constants,
        )
    except NoMatrixFormError:
        return _by_entries(backward, name)


def _through_steps(backward: Backward, name: str, asked: Derived, sequence: str) -> _Found:
    """Derive a gradient of what is made of steps."""
    if asked.kind != "gradient":
        raise DerivationError(
            f"{sequence} is a sequence of steps: only the gradient is derived through it, not the {KINDS[asked.kind]}",
            WHOLE,
            caret=False,
        )
    if asked.style != "backward":
        raise DerivationError(
            f"{sequence} is a sequence of steps: {ENDLESS[asked.style]}", WHOLE, caret=False
        )
    return _Found(Recursion(backward).chains(name), Result("gradient", name, Form("", "")))


def _by_entries(backward: Backward, name: str) -> _Found:
    """Derive an entry of what is no matrix; of a matrix by a matrix also its Jacobian in the order of vec."""
    backward.matrices.ones.clear()  # that the attempt to write matrices has asked for
    backward.matrices.identities.clear()
    route = ByIndices(backward)
    shapes = backward.dimensions.shapes
    composed = any("·" in axis for axis in shapes[backward.loss])
    try:
        stacked = vectorised(backward, name) if shapes[backward.loss] and shapes[name] else None
    except NoMatrixFormError:
        stacked = None
    if composed and stacked:
        return _Found([stacked.chain], None, stacked.declared)
    chains = route.chains(name)
    chains = chains[: 1 if len(chains) < 3 else None]  # a matrix is found elsewhere
    if not stacked:
        return _Found(chains, _as_sum(route, name), note=route.note())
    return _Found([*chains, stacked.chain], _as_sum(route, name), stacked.declared)


def _as_sum(route: ByIndices, name: str) -> Result | None:
    try:
        return Result("entries", name, route.computed())
    except NoMatrixFormError:
        return None


def _constants(backward: Backward, name: str) -> str:
    """Return the declaration of what does not vary where one symbol does."""
    others = [backward.names.symbols[other].latex for other in backward.free() if other != name]
    return rf",  {', '.join(others)} \text{{ constant}}" if others else ""


def _declarations(names: Names, backward: Backward) -> str:
    """Return the declarations of the ones and identities that the lines need and the where part lacks."""
    known = {symbol.latex for symbol in names.symbols.values()}
    ones, identities = backward.matrices.ones, backward.matrices.identities
    needed = [
        *((latex, size, "ones") for size, latex in ones.items()),
        *((latex, rf"{size} \times {size}", "identity") for size, latex in identities.items()),
    ]
    return "".join(
        rf",  {latex} \in \mathbb{{R}}^{{{shape}}} \text{{ {word}}}"
        for latex, shape, word in needed
        if latex not in known
    )
