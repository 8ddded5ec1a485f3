r"""Labels: $y_i \in \{1, \ldots, K\}$, which stands as an index, as in $f_{y_i}$, or in $[y_i = k]$.

Each is kept as a one-hot vector, or many of them as the rows of a matrix: $f_{y_i} = \sum_k Y_{ik} f_k$, and $[y_i = k] = Y_{ik}$.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lark import Token, Tree

from ..errors import DerivationError, Place
from ..meaning import nodes
from ..meaning.names import Names
from ..meaning.nodes import Node
from ..meaning.shapes import Index
from .spelling import Spelling, longest, trees

CLASSES = (
    "LSET",
    "NUMBER",
    "COMMA",
    "DOTS",
    "COMMA",
    "NAME",
    "RSET",
)  # of {1, …, K}, in which 2 may stand, too


class Label(NamedTuple):
    """The one-hot rows that a label belongs to, and which of them it is; the only one has no index."""

    name: str
    row: tuple[Index, ...]
    latex: str

    def at(self, place: Place, index: Index) -> Node:
        """Return 1 where the label is this index, and else 0."""
        return nodes.Entry(
            place, nodes.Symbol(place._replace(latex=self.latex), self.name), (*self.row, index)
        )


def classes(found: Sequence[Token]) -> tuple[str, str] | None:
    r"""Return K and N of $\{1, \ldots, K\}^N$, the second one empty where there is one label only; or None."""
    kinds = [token.type for token in found]
    if kinds[:4] == ["LSET", "NUMBER", "COMMA", "NUMBER"]:
        found, kinds = [*found[:2], *found[4:]], [*kinds[:2], *kinds[4:]]
    if tuple(kinds[:7]) != CLASSES or found[1] != "1":
        return None
    match kinds[7:]:
        case []:
            return str(found[5]), ""
        case ["SUP", "LBRACE", "NAME", "RBRACE"]:
            return str(found[5]), str(found[9])
    return None


class Labels:
    """Reads what stands as an index, or beside one, in formulas with these names."""

    def __init__(self, names: Names, spelling: Spelling) -> None:
        self.names, self.spelling = names, spelling

    def of(self, tree: Tree[Token]) -> Label | None:
        """Return the label that a formula is, if it is one and nothing else."""
        while tree.data in {"terms", "product"} and len(trees(tree)) == 1:
            (tree,) = trees(tree)
        if tree.data != "factor" or not self.names.labels:
            return None
        atom, *parts = trees(tree)
        base, inner = self.spelling.name(atom)
        name, rest = longest(self.names, base, inner + self.spelling.scripts(parts))
        if name not in self.names.labels:
            return None
        latex = self.spelling.place(tree).latex
        if not rest and name not in self.names.families:
            return Label(name, (), latex)
        if len(rest) != 1 or name not in self.names.families:
            raise DerivationError(
                f"{latex} is no label: write {latex.partition('_')[0]}_i for one of many",
                self.spelling.place(tree),
            )
        written = rest[0].text.strip("()")
        if rest[0].kind == "subscript":
            return Label(name, self.spelling.indices(rest[0].tree), latex)
        return Label(name, (int(written) if written.isdigit() else written,), latex)

    def indices(self, tree: Tree[Token]) -> list[Index | Label]:
        """Return what stands in a subscript: indices, and labels among them; nothing if there are no labels."""
        found: list[Index | Label] = []
        for part in trees(tree) if self.names.labels and tree.data == "indices" else ():
            products = trees(part)
            factors = trees(products[0]) if len(products) == 1 and products[0].data == "product" else [part]
            for factor in factors:
                label = self.of(factor)
                found += [label] if label else self._plain(factor, part)
        return found if any(isinstance(index, Label) for index in found) else []

    def _plain(self, factor: Tree[Token], part: Tree[Token]) -> list[str | int]:
        if factor is part:
            return self.spelling.juxtaposed_indices(part)
        return self.spelling.juxtaposed_indices(
            Tree("terms", [Tree("product", [factor], factor.meta)], part.meta)
        )

    def entry(self, place: Place, body: Node, found: Sequence[Index | Label], row: bool) -> Node:
        """Return the entry at indices of which some are labels: a sum in which only the labels' own term stays; with `row` that row as a column."""
        labels = dict[str, Label]()
        indices: list[Index] = []
        for index, letter in zip(found, self._letters(), strict=False):
            if isinstance(index, Label):
                labels[letter] = index
            indices.append(letter if isinstance(index, Label) else index)
        factors = [label.at(place, letter) for letter, label in labels.items()]
        entry = nodes.Row(place, body, indices[0]) if row else nodes.Entry(place, body, tuple(indices))
        return nodes.Sum(place, tuple(labels), None, nodes.Product(place, (*factors, entry)))

    def same(self, place: Place, one: Label, other: Label) -> Node:
        """Return 1 where two labels are equal, and else 0."""
        letter = next(self._letters())
        return nodes.Sum(
            place, (letter,), None, nodes.Product(place, (one.at(place, letter), other.at(place, letter)))
        )

    def _letters(self) -> Iterator[str]:
        """Yield letters that nobody writes."""
        return (f"k_{{{number}}}'" for number in itertools.count(1))


def refused(place: Place) -> DerivationError:
    """Return the error that a label stands where a number belongs."""
    return DerivationError(
        rf"{place.latex} is a label, no number: it stands as an index, as in f_{{{place.latex}}}, or in [{place.latex} = k]; "
        r"for the one-hot vector declare \{0, 1\}^K \text{ rows are one-hot}",
        place,
    )


def of_entry(node: Node) -> tuple[nodes.Sum, nodes.Entry] | None:
    """Return an entry at a label as the sum that it is kept as, and the entry in that sum; None if a node is none."""
    if (
        isinstance(node, nodes.Sum)
        and node.letters[0].startswith("k_{")
        and isinstance(node.body, nodes.Product)
        and isinstance(node.body.factors[-1], nodes.Entry)
    ):
        return node, node.body.factors[-1]
    return None
