r"""The letters: a reader types a sum of products of entries and takes its letters away, one step after the other.

`C_ij = A_ik B_kj` is such a sum: a letter that is not on the left is summed. What a step does, what it is called and what is
written at the end is decided by the engine that derives gradients, `mathnet.derivation.algebra.reduce`. The script knows the
same steps, so that no server is asked; the tests compare the two, over random sums and orders.
"""

import re
from dataclasses import dataclass

from book.graphs import Layout, draw, layout, said
from book.hands_on import custom_element
from mathnet.derivation.algebra.forms import Form
from mathnet.derivation.algebra.reduce import Graph, Matrices, NoMatrixFormError, Picture
from mathnet.derivation.algebra.terms import Entry, Letter, expression
from mathnet.derivation.meaning.names import Names
from mathnet.figures import Drawing, figure, panel

MOST_FACTORS, MOST_LETTERS = 6, 6
HOW = "Write it as in C_ij = A_ik B_kj; a letter that is not on the left is summed."
_ENTRY = re.compile(r"([A-Za-z])(?:_(?:\{([a-z]+)\}|([a-z]+)))?")

EXAMPLES = {
    "C_ij = A_ik B_kj": "matrix product",
    "c = a_i b_i": "dot product",
    "C_ij = A_ij B_ij": "Hadamard product",
    "C_ij = a_i b_j": "outer product",
    "c = A_ij B_ij": "inner product",
    "G_kl = X_bk E_bl F_bl": "the weights of a layer",
    "c = a_i A_ij b_j": "a bilinear form",
    "c = A_ij B_jk C_ki": "a ring",
    "C_ij = u_i A_ij v_j": "rows and columns scaled",
    "G_ij = A_ip B_iq C_pq D_pj E_qj": "a bridge",
}


class FormulaError(ValueError):
    """A formula that the figure does not take, with the reason."""


@dataclass(frozen=True)
class Formula:
    """A sum of products of entries: what is kept, in order, and each factor's name and letters."""

    name: str
    kept: str
    factors: tuple[tuple[str, str], ...]

    @property
    def letters(self) -> str:
        """The letters in the order in which the factors have them."""
        return "".join(dict.fromkeys("".join(letters for _, letters in self.factors)))

    @property
    def summed(self) -> str:
        """The letters that are not kept."""
        return "".join(letter for letter in self.letters if letter not in self.kept)


def read(typed: str) -> Formula:
    """Read what a reader types.

    Examples
    --------
    >>> read("C_ij = A_ik B_{kj}").factors
    (('A', 'ik'), ('B', 'kj'))

    Raises
    ------
    FormulaError
        If it is not a sum of products of entries, or too large for the picture.
    """
    left, equals, right = (part.strip() for part in typed.partition("="))
    if not equals or "=" in right:
        raise FormulaError(f"There is one = in a formula. {HOW}")
    ((name, kept), *more), factors = _entries(left), _entries(right)
    if more:
        raise FormulaError(f"On the left there is one entry, such as C_ij. {HOW}")
    if len(set(kept)) < len(kept):
        raise FormulaError(f"{left} has a letter twice on the left, where each is written once.")
    if len(factors) > MOST_FACTORS:
        raise FormulaError(f"There are {len(factors)} factors; the picture has room for {MOST_FACTORS}.")
    formula = Formula(name, kept, tuple(factors))
    for factor, letters in factors:
        if len(letters) > 2:
            raise FormulaError(
                f"{factor}_{letters} has {len(letters)} letters; a matrix has two, a vector one."
            )
        for other, theirs in factors:
            if factor == other and len(letters) != len(theirs):
                raise FormulaError(
                    f"{factor} has {_count(letters)} and {_count(theirs)}; give one of them another name."
                )
    if missing := [letter for letter in kept if letter not in formula.letters]:
        raise FormulaError(f"{missing[0]} is on the left, but no factor has it.")
    if len(formula.letters) > MOST_LETTERS:
        raise FormulaError(
            f"There are {len(formula.letters)} letters; the picture has room for {MOST_LETTERS}."
        )
    return formula


def _count(letters: str) -> str:
    return f"{len(letters)} letter{'s'[: len(letters) != 1]}"


def _entries(side: str) -> list[tuple[str, str]]:
    """Return the entries of a side; spaces and dots between them mean nothing."""
    found, at = [], 0
    text = side.replace("·", " ")
    while at < len(text):
        match = _ENTRY.match(text, at)
        if match:
            found.append((match[1], match[2] or match[3] or ""))
        elif not text[at].isspace():
            raise FormulaError(f"“{side[at:][:12]}” cannot be read. {HOW}")
        at = match.end() if match else at + 1
    if not found:
        raise FormulaError(f"One side is empty. {HOW}")
    return found


@dataclass(frozen=True)
class Reduction:
    """What the engine does with a formula: its pictures, and the matrix form, if there is one."""

    formula: Formula
    letters: dict[str, Letter]
    pictures: list[Picture]
    form: Form | None

    @property
    def kept(self) -> list[Letter]:
        """The letters that the result has."""
        return [self.letters[letter] for letter in self.formula.kept]


def reduction(formula: Formula, order: str = "") -> Reduction:
    """Let the engine take the letters away: in a given order, or in the one that gives the shortest result."""
    letters = {letter: Letter(letter, letter) for letter in formula.letters}
    shapes = {name: (*at, "1") if len(at) == 1 else tuple(at) for name, at in formula.factors}
    entries = [Entry(name, tuple(letters[letter] for letter in at)) for name, at in formula.factors]
    row, column = ([letters[letter] for letter in formula.kept] + [None, None])[:2]
    (term,) = expression(*entries, summed=[letters[letter] for letter in order or formula.summed]).terms
    graph = Graph()
    try:
        form = Matrices(Names(), shapes).reduced(term, graph, row, column)
    except NoMatrixFormError:
        return Reduction(formula, letters, graph.pictures, None)
    if not order:
        form, graph = Matrices(Names(), shapes).shortest(term, row, column)
    return Reduction(formula, letters, graph.pictures, form)


def places(found: Reduction) -> Layout:
    """Return where the letters are drawn."""
    return layout([*found.letters.values()], found.kept, found.pictures[0])


STATIC = "G_kl = X_bk E_bl F_bl"


def letter_graph(start: str = STATIC) -> str:
    """Return the figure in which a reader types a sum and takes its letters away."""
    caption = "The letters of a sum are taken away one after the other, and each step is a product. With JavaScript you type the sum."
    return custom_element("letter-graph", steps(start, caption), {"start": start, "examples": EXAMPLES})


def steps(typed: str, caption: str, order: str = "") -> str:
    """Return a figure of a sum: its graph, and the graph after each step, under the name of the product."""
    found = reduction(read(typed), order)
    where = places(found)
    panels = [
        panel(
            f"{number}. {picture.product or picture.step}" if number else sum_of(found.formula),
            draw(picture, where, found.pictures[max(0, number - 1)]),
        )
        for number, picture in enumerate(found.pictures)
    ]
    heads = [
        "At first",
        *(f"{k}, {each.product or each.step}:" for k, each in enumerate(found.pictures[1:], 1)),
    ]
    words = " ".join(f"{head} {said(each)}." for head, each in zip(heads, found.pictures, strict=True))
    return figure(*panels, alt=f"The graph of {typed}. {words}", caption=caption)


def drawn(typed: str) -> Drawing:
    """Return the graph of a sum before any step."""
    found = reduction(read(typed))
    return draw(found.pictures[0], places(found))


def sum_of(formula: Formula) -> str:
    """Return the sum as LaTeX, in a sentence."""
    factors = " ".join(f"{name}_{{{letters}}}" if letters else name for name, letters in formula.factors)
    return rf"$\sum_{{{formula.summed}}} {factors}$" if formula.summed else f"${factors}$"
