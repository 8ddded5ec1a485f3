r"""One side of an equation: from a tree to nodes, with the declared names known.

What the grammar calls `sum` is read by `read_sum`, and so every rule; rules that only put their parts together stand in
the table `SIMPLE`. A product is read from left to right, because what a name stands for says what follows it:
`f(Z)` is an application where f is a function and a product where it is a matrix, `Y^*`, `W_1` and `W^{(2)}` are
names where declared, and otherwise a misspelling. What has two readings is refused with both.
"""

import re
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from difflib import get_close_matches
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from lark import Token, Tree

from ..errors import DerivationError, Place
from ..meaning import nodes
from ..meaning.dependence import reach
from ..meaning.infer import free_letters
from ..meaning.names import Names
from ..meaning.nodes import LAYOUTS, Node
from ..meaning.properties import IMPLIED, PI
from ..meaning.relations import NOT_EQUAL, OPPOSITE, ORDER
from ..meaning.shapes import Index, Shape, Shifted, moved, shape_text
from ..meaning.whole import WHOLE
from . import labels, rewrite
from .dots import Series, unclear
from .fitting import Fitting, is_zero
from .notation import ACCENTS, FONT, FUNCTIONS, INDICATORS, MEANT, NABLA, OPEN_LOSSES, PARTIAL, STANDARD, SUMS
from .parse import needs_braces, parse_tree
from .rewrite import rewritten
from .sizes import read_shape
from .source import Chain
from .spelling import Script, Spelling, decorated, kept, longest, tokens, trees
from .steps import index_of, letters, step_at
from .tokens import canonical, span, with_depths

SIMPLE: dict[str, Callable[..., Node]] = {  # what is built from the trees inside, and from nothing else
    "inner": nodes.Inner,
    "norm": lambda place, body: nodes.Whole(place, r"\|", body),
    "root": lambda place, body: nodes.Apply(place, "sqrt", 0, (body,)),
    "braces": lambda place, body: body,
    "brackets": lambda place, body: body,
}
PRODUCTS: dict[str, Callable[[Place, Node, Node], Node]] = {  # of two factors, by the sign between them
    "CDOT": nodes.Dot,
    "TIMES": nodes.Dot,
    "COLON": nodes.Inner,
    "OTIMES": nodes.Tensor,
}
NORMS = {("subscript", "F"): "", ("subscript", "2"): "_2", ("power", "2"): "^2"}  # scripts of a norm
STEP = re.compile(r"[a-z][-+]\d")  # of h_{t-1}
FONTS = rf"{FONT}|operatorname"  # macros without which names are compared
PLAIN = rf"{FONTS}|{'|'.join(accent[1:] for accent in ACCENTS)}"
DIFFERENTIAL, COMPOSED = "d", "∘"
BRACKETED = {"parentheses", "braces", "brackets"}
CLOSED = {"name", *BRACKETED}  # after these it is clear where a factor ends


class Variable(NamedTuple):
    """What a derivative is taken with respect to."""

    name: str
    indices: tuple[Index, ...] | None
    layout: str
    step: nodes.Step | None = None


class Condition(NamedTuple):
    """What the letters of a sum have to meet."""

    left: str
    relation: str
    right: Index
    place: Place


class Prefix(NamedTuple):
    """What stands before its argument: a function with its number of primes, a gradient or a differential."""

    name: str
    order: int
    power: int  # 2 in that of sin, squared, before its argument
    tree: Tree[Token]
    defined: bool = False  # in the where part


class Pieces:
    """The factors and signs of a product, taken one after the other; `last` is the last one that was taken."""

    def __init__(self, pieces: Sequence[Tree[Token]]) -> None:
        self.left, self.last = deque(pieces), pieces[0]

    def next(self) -> Tree[Token] | None:
        """Return the next piece and leave it where it is."""
        return self.left[0] if self.left else None

    def take(self) -> Tree[Token] | None:
        """Return the next piece, if there is one."""
        if not self.left:
            return None
        self.last = self.left.popleft()
        return self.last


def free_beside_pairs(names: Names, chain: Chain, indices: Collection[str]) -> frozenset[str]:
    r"""Return the letters over which sums with a condition, such as $\sum_{i < j}$, do not run, since they are free in the chain."""
    if not any(token.type == "COMPARE" for side in chain.sides for token in side.tokens):
        return frozenset()
    paired, free, readings = set[str](), set[str](), list(names.readings)
    for side in chain.sides:
        reader = Reader(names, side.text, indices=indices)
        with suppress(DerivationError):
            free |= free_letters(names, reader.formula(side.tokens))
        paired |= reader.paired
    names.readings[:] = readings
    return frozenset(paired & free)


class Reader:
    """Turns trees into nodes.

    Parameters
    ----------
    names : Names
        The declared symbols and functions.
    source : str
        The text the tokens were made from.
    bound : mapping, or None
        What the parameters of a function of arrays stand for.
    indices : collection of str
        The names that stand as indices, and may be used as numbers where they are nothing else.
    kept : collection of str
        The letters over which no sum over pairs runs, since they are free.
    """

    def __init__(
        self,
        names: Names,
        source: str,
        bound: Mapping[str, Node] | None = None,
        indices: Collection[str] = (),
        kept: Collection[str] = (),
    ) -> None:
        self.indices, self.kept = indices, kept
        self.paired: set[str] = set()  # the second letters of sums over pairs
        self.counting: list[str] = []  # the letters of the sums around what is read
        self.bound = bound or {}
        self.names, self.spelling, self.fitting = names, Spelling(source), Fitting(names)
        self.series = Series(names, self.fitting)
        self.labels = labels.Labels(names, self.spelling)
        self.place = self.spelling.place

    def formula(self, tokens: list[Token], conditions: Iterable[Chain] = ()) -> Node:
        """Return the node that the tokens stand for; where a condition does not hold, it is 0."""
        tokens, shape = self._without_shape(rewritten(tokens, self.names, self.spelling.source))
        found = self.read(parse_tree(tokens))
        if shape is not None and self.fitting.shape(found) not in {None, shape}:
            raise found.error(
                f"{found.latex} is {shape_text(self.fitting.shape(found) or ())}, not {shape_text(shape)} as is said here"
            )
        for condition in conditions:
            found = self._limited(condition, found)
        return found

    def _without_shape(self, tokens: list[Token]) -> tuple[list[Token], Shape | None]:
        r"""Take the $\in \mathbb{R}^n$ off the end of a formula, and return the shape that it says."""
        at = next(
            (at for at, (token, depth) in enumerate(with_depths(tokens)) if token.type == "IN" and not depth),
            None,
        )
        if at is None or not at:
            return tokens, None
        return tokens[:at], read_shape(self.names, self.spelling, tokens[at + 1 :])

    def _limited(self, condition: Chain, found: Node) -> Node:
        """Return a formula that is 0 where two indices are not equal, or not in order, as the condition says."""
        known = self.names.symbols.keys() - self.names.sequences.keys() - self.names.labels
        if any(str(token) in known for side in condition.sides for token in side.tokens):
            return self._holding(condition, found)
        if all(relation in ORDER for relation in condition.relations):
            return self._in_order(condition, found)
        return nodes.Product(found.place, (self._condition(condition, found.place), found))

    def _holding(self, condition: Chain, found: Node) -> Node:
        r"""Return what stands before $\text{for } x > 0$: 0 where that does not hold."""
        here = self.place(condition.sides[0].tokens[0], condition.sides[-1].tokens[-1])
        sides = [
            parse_tree(rewritten(side.tokens, self.names, self.spelling.source)) for side in condition.sides
        ]
        for (left, right), relation in zip(pairwise(sides), condition.relations, strict=True):
            if relation not in {"=", *NOT_EQUAL, *ORDER}:
                raise DerivationError(rf"behind \text{{if}} stands a comparison, not {relation}", here)
            found = nodes.Where(found.place, self._compared(here, left, relation, right), found)
        self.names.read_as(here, rf"\text{{only where }} {here.latex}")
        return found

    def _in_order(self, condition: Chain, found: Node) -> Node:
        r"""Return what stands before $\text{for } 1 \le t < T$."""
        texts = ["".join(map(canonical, side.tokens)) for side in condition.sides]
        indices = [index_of(text, self.names.dimensions) for text in texts]
        said = sorted(
            (token for side in condition.sides for token in side.tokens), key=lambda it: span(it).start_pos
        )
        here = self.place(said[0], said[-1])
        known = self.names.symbols.keys() - self.names.sequences.keys()
        for index in indices:
            if index is None or letters(index) & known or "·" in str(index):
                raise DerivationError(
                    r"only indices are compared after \text{if}, i = j or i \ne j; what holds of a symbol is declared in "
                    r"the where part, such as x \in \mathbb{R} \text{ positive}, and steps are limited by t < T or 1 \le k \le t",
                    here,
                )
        signs = [*map(str, condition.relations), ""]
        compared = " ".join(f"{text} {sign}" for text, sign in zip(texts, signs, strict=True)).strip()
        self.names.read_as(here, rf"\text{{only where }} {compared}")
        for left, relation, right in zip(indices, condition.relations, indices[1:], strict=False):
            assert left is not None
            assert right is not None
            found = nodes.Only(found.place, left, str(relation), right, found)
        return found

    def _condition(self, condition: Chain, place: Place) -> Node:
        """Return 1 where two indices are equal, or not equal, as the condition says, and else 0."""
        relation, indices = str(condition.relations[0]), [str(side.tokens[0]) for side in condition.sides]
        if found := self._condition_on_label(condition, place):
            return found
        if not condition.only_indices(self.names) or len(indices) != 2 or relation not in {"=", *NOT_EQUAL}:
            raise DerivationError(
                r"only indices are compared after \text{if}, i = j or i \ne j; what holds of a symbol is declared in "
                r"the where part, such as x \in \mathbb{R} \text{ positive}",
                self.place(condition.sides[0].tokens[0]),
            )
        said = self.place(condition.sides[0].tokens[0], condition.sides[-1].tokens[-1])
        self.names.read_as(said, rf"\text{{only where }} {said.latex}")
        equal = nodes.Delta(place, *(int(index) if index.isdigit() else index for index in indices))
        if relation == "=":
            return equal
        return self._complement(place, equal)

    def _condition_on_label(self, condition: Chain, place: Place) -> Node | None:
        r"""Return 1 where a label is an index, or is none, as in $\text{for } j \ne y_i$; None if no label is compared."""
        relation = condition.relations[0]
        if not self.names.labels or len(condition.sides) != 2 or relation not in {"=", *NOT_EQUAL}:
            return None
        sides = [parse_tree(side.tokens) for side in condition.sides]
        if not any(map(self.labels.of, sides)):
            return None
        said = self.place(condition.sides[0].tokens[0], condition.sides[-1].tokens[-1])
        self.names.read_as(said, rf"\text{{only where }} {said.latex}")
        return self._compared(place, sides[0], relation, sides[1])

    def read(self, tree: Tree[Token]) -> Node:
        """Return the node of a tree."""
        if tree.data in SIMPLE:
            return SIMPLE[tree.data](self.place(tree), *map(self.read, trees(tree)))
        method: Callable[[Tree[Token]], Node] = getattr(self, f"read_{tree.data}")
        return method(tree)

    # Terms, products and what stands in brackets

    def read_terms(self, tree: Tree[Token]) -> Node:
        r"""$A + B - C$."""
        signs: list[int] = []
        found: list[Node | Place] = []
        for child in trees(tree):
            if child.data == "sign":
                signs.append(-1 if tokens(child)[0].type == "MINUS" else 1)
            else:
                found.append(self._dots(child) or self.read(child))
        if len(signs) < len(found):
            signs.insert(0, 1)
        terms, signs = self.series.summed(found, signs)
        if signs == [1]:
            return terms[0]
        return (
            self.fitting.add(self.place(tree), terms, signs)
            if len(terms) > 1
            else nodes.Add(self.place(tree), tuple(terms), tuple(signs))
        )

    def read_product(self, tree: Tree[Token]) -> Node:
        r"""$A B$, $A \odot B$, $a \cdot b$, $A : B$, $x \otimes y$, $a / b$."""
        groups: list[list[tuple[Tree[Token], Node | Place]]] = [[]]
        operators: list[Token] = []
        pieces = Pieces(trees(tree))
        while piece := pieces.take():
            if piece.data == "operator":
                operators += tokens(piece)
                groups.append([])
            elif indicator := self._one_where(piece, pieces):
                groups[-1].append(indicator)
            else:
                groups[-1].append((piece, self._dots(piece) or self._piece(piece, pieces)))
        factors = [
            self.series.multiplied(
                [
                    self._bracketed(piece, node) if len(group) > 1 and isinstance(node, Node) else node
                    for piece, node in group
                ]
            )
            for group in groups
        ]
        return self._multiplied(factors, operators, self.place(tree))

    def _one_where(self, piece: Tree[Token], following: Pieces) -> tuple[Tree[Token], Node] | None:
        r"""Return the indicator $1\{i = k\}$."""
        behind = following.next()
        if self.place(piece).latex != "1" or behind is None or not _is_comparison(behind):
            return None
        comparison, *scripts = trees(behind)
        opening, relation, _ = tokens(comparison)
        if opening.type != "LSET":
            return None
        following.take()
        place = self.place(piece, comparison)
        self.names.read_as(place, f"[{self.place(*trees(comparison)).latex}]")
        found = self._compared(place, trees(comparison)[0], relation, trees(comparison)[1])
        whole = self.place(piece, behind)
        return behind, self._with_scripts(found, place.latex, self.spelling.scripts(scripts), whole)

    # What dots stand for

    def read_dots(self, tree: Tree[Token]) -> Node:
        r"""$\cdots$, where nothing is summed or multiplied."""
        raise unclear(self.place(tree))

    def _dots(self, tree: Tree[Token]) -> Place | None:
        """Return the place of dots, if nothing else stands there."""
        inside = tree
        while inside.data in {"product", "factor"} and len(trees(inside)) == 1:
            (inside,) = trees(inside)
        return self.place(inside) if inside.data == "dots" else None

    def _bracketed(self, piece: Tree[Token], node: Node) -> Node:
        """Return a factor that stands beside others, quoted with its brackets if it has some."""
        bare = piece.data == "factor" and len(trees(piece)) == 1 and trees(piece)[0].data in BRACKETED
        return replace(node, place=self.place(piece)) if bare else node

    def _piece(self, piece: Tree[Token], following: Pieces) -> Node:
        """Return one factor; a function takes its argument from the pieces that follow."""
        if piece.data != "factor":
            return self.read(piece)
        found = self._factor(piece)
        if isinstance(found, Prefix):
            return self._applied(found, following)
        atom, *scripts = trees(piece)
        if self.spelling.name(atom)[0] in INDICATORS and not scripts and _is_comparison(following.next()):
            sign, bracket = self.place(atom).latex, following.next()
            assert bracket is not None
            said = self.place(*trees(trees(bracket)[0])).latex
            raise DerivationError(
                rf"{sign} is declared, so {sign} [{said}] could be a product or an indicator: "
                rf"write [{said}] {sign} for the product, [{said}] for the indicator",
                self.place(piece),
            )
        return found

    def _multiplied(self, groups: list[list[Node]], operators: list[Token], place: Place) -> Node:
        kinds = {operator.type for operator in operators}
        if len(kinds) > 1:
            raise DerivationError("different products in one term: add parentheses", place)
        if kinds <= {"STAR", "CIRC"} and operators and self._apart(groups):
            return self.fitting.hadamard(place, groups)
        if kinds == {"HADAMARD"}:
            return self.fitting.hadamard(place, groups)
        if kinds == {"SLASH"} and (len(groups[-1]) > 1 or len(operators) > 1):
            raise DerivationError(r"what is divided by what? Write \frac{…}{…}", self.place(operators[0]))
        result, *factors = (
            group[0]
            if len(group) == 1
            else self.fitting.product(self._around(group, place, len(groups)), group)
            for group in groups
        )
        for factor, operator in zip(factors, operators, strict=True):
            result = self._joined(place, result, factor, operator)
        return result

    def _apart(self, groups: list[list[Node]]) -> bool:
        r"""Say whether a * between products can only be a Hadamard product that binds more closely, as in $a * b x^T$."""
        shapes = [self.fitting.shape(self.fitting.side_by_side(group)) for group in groups]
        if len(groups) != 2 or max(map(len, groups)) < 2 or shapes[0] == shapes[1] or not all(shapes):
            return False
        if shapes[0] is not None and shapes[1] is not None and shapes[0][-1] == shapes[1][0]:
            return False
        kept_readings = list(self.names.readings)
        fits = self.fitting.shape(self.fitting.hadamard(groups[0][0].place, groups)) is not None
        self.names.readings[:] = kept_readings
        return fits

    def _around(self, group: list[Node], place: Place, groups: int) -> Place:
        """Return the place of factors that stand side by side, of one group in a product."""
        if groups == 1:
            return place
        return group[0].place._replace(latex=" ".join(factor.latex for factor in group))

    def _joined(self, place: Place, left: Node, right: Node, operator: Token) -> Node:
        """Return what two factors with a sign between them are."""
        if operator.type == "SLASH":
            return self.fitting.divide(place, left, right)
        found = None
        if operator.type in {"STAR", "CIRC", "CDOT", "TIMES"}:
            found = self.fitting.star(place, left, right, operator)
        if found is None and operator.type in {"STAR", "CIRC"}:
            raise DerivationError(
                rf"{operator} is not a product here: write \odot for the Hadamard product, A B for the matrix product",
                self.place(operator),
            )
        return found or PRODUCTS[operator.type](place, left, right)

    def read_fraction(self, tree: Tree[Token]) -> Node:
        r"""$\frac{A}{t}$."""
        return self.fitting.divide(self.place(tree), *map(self.read, trees(tree)))

    def read_number(self, tree: Tree[Token]) -> Node:
        """$2$, $0.5$."""
        return nodes.Number(self.place(tree), Fraction(str(tree.children[0])))

    def read_parentheses(self, tree: Tree[Token]) -> Node:
        """$(A + B)$."""
        inside, *more = trees(tree)
        if more:
            raise DerivationError("a list of arguments needs a function before it", self.place(tree))
        return self.read(inside)

    def read_comparison(self, tree: Tree[Token]) -> Node:
        """$[z > 0]$, $[i = k]$."""
        left, right = trees(tree)
        opening, relation, _ = tokens(tree)
        if opening.type != "LBRACKET":
            latex = self.place(left, right).latex
            raise DerivationError(
                f"a comparison is a number in square brackets: write [{latex}]", self.place(tree)
            )
        return self._compared(self.place(tree), left, relation, right)

    def _compared(self, place: Place, left: Tree[Token], relation: Token, right: Tree[Token]) -> Node:
        """Return 1 where a comparison of two formulas, or of two indices, holds."""
        equal = relation.type == "EQUALS" or relation in NOT_EQUAL
        for one, other in ((left, right), (right, left)) if equal else ():
            label, index = self.labels.of(one), None if self.labels.of(other) else self._index(other)
            if label and index is not None:
                found = label.at(place, index)
                return found if relation.type == "EQUALS" else self._complement(place, found)
        if equal and (indices := [self._index(side) for side in (left, right)]) and None not in indices:
            delta = nodes.Delta(place, *(index for index in indices if index is not None))
            return delta if relation.type == "EQUALS" else self._complement(place, delta)
        if equal and (label := self.labels.of(left)) and (second := self.labels.of(right)):
            found = self.labels.same(place, label, second)
            return found if relation.type == "EQUALS" else self._complement(place, found)
        sides = self.read(left), self.read(right)
        if equal and not all(is_whole(side, self.names) for side in sides):
            raise DerivationError(
                rf"{place.latex}: random numbers are never equal, so only <, > and their like can be tested, or what is declared \text{{integer}}",
                place,
            )
        return nodes.Compare(place, sides[0], str(relation), sides[1])

    def _complement(self, place: Place, found: Node) -> Node:
        """Return 1 where something is 0, and 0 where it is 1."""
        return nodes.Add(place, (nodes.Number(place, Fraction(1)), found), (1, -1))

    def _index(self, tree: Tree[Token]) -> Index | None:
        """Return the index that a formula is, if it is one and no name."""
        try:
            if len([part for part in trees(tree) if part.data != "sign"]) > 1:
                shifted = self.spelling.shifted(tree)
                known = self.names.symbols.keys() | self.bound.keys()
                letters = shifted.names.difference(self.names.dimensions)
                return shifted if letters and known.isdisjoint(letters) else None
            (index,) = self.spelling.juxtaposed_indices(tree)
        except (DerivationError, ValueError):
            return None
        return None if index in self.names.symbols or index in self.names.dimensions else index

    def read_matrix(self, tree: Tree[Token]) -> Node:
        r"""$\begin{bmatrix} a & b \\ c & d \end{bmatrix}$."""
        rows = [[self.read(entry) for entry in trees(row)] for row in trees(tree)]
        if len({len(row) for row in rows}) > 1:
            raise DerivationError("the rows of a matrix are of one length", self.place(tree))
        return self.fitting.matrix(self.place(tree), rows)

    def read_evaluated(self, tree: Tree[Token]) -> Node:
        r"""$\left. \frac{\partial J}{\partial x} \right|_{x = a}$."""
        body, variable, value = map(self.read, trees(tree))
        symbol = self.names.symbols.get(variable.name) if isinstance(variable, nodes.Symbol) else None
        if symbol is None or symbol.name in reach(value, self.names, {}):
            raise variable.error("after the bar stands what a symbol is equal to, such as x = a")
        return nodes.At(self.place(tree), body, symbol.name, value)

    def read_cases(self, tree: Tree[Token]) -> Node:
        r"""A `\begin{cases}`, with the conditions after the `&`."""
        values: list[Node] = []
        conditions: list[Node | None] = []
        for case in trees(tree):
            value, *condition = trees(case)
            relations = [token for token in tokens(case) if token.type in {"COMPARE", "EQUALS"}]
            words = [
                token[token.index("{") + 1 : -1].strip() for token in tokens(case) if token.type == "TEXT"
            ]
            if (conditions and conditions[-1] is None) or (words or ["if"])[0] not in (
                {"if", "for"} if condition else {"otherwise", "else"}
            ):
                raise DerivationError(
                    r"a case is written value & \text{if } z > 0, and the last one may be value & \text{otherwise}",
                    self.place(case),
                )
            values.append(self.read(value))
            conditions.append(
                self._compared(self.place(case), condition[0], relations[0], condition[1])
                if condition
                else None
            )
        place = self.place(tree)
        shapes = {self.fitting.shape(value) for value in values if not is_zero(value)}
        shape = shapes.pop() if len(shapes) == 1 else None
        if not shape:
            return nodes.Cases(place, tuple(values), tuple(conditions))
        one, zero = nodes.Number(place, Fraction(1)), nodes.Number(place, Fraction(0))
        chosen = [
            nodes.Cases(place, tuple(one if other is value else zero for other in values), tuple(conditions))
            for value in values
        ]
        terms = tuple(
            nodes.Product(value.place, (case, self.fitting.zero(value, shape)))
            for case, value in zip(chosen, values, strict=True)
        )
        return nodes.Add(place, terms, (1,) * len(terms))

    # Factors: what a name with its subscripts and superscripts stands for

    def read_absolute(self, tree: Tree[Token]) -> Node:
        """The absolute value of a number, or the determinant of a square matrix."""
        place, (inside,) = self.place(tree), trees(tree)
        body = self.read(inside)
        shape = self.fitting.shape(body)
        if shape and len(shape) == 2 and shape[0] == shape[1]:
            self.names.read_as(place, rf"\det({body.latex})")
            return nodes.Whole(place, r"\det", body)
        return nodes.Apply(place, "|", 0, (body,))

    def read_factor(self, tree: Tree[Token]) -> Node:
        """A factor that stands alone, such as the variable of a derivative."""
        found = self._factor(tree)
        if isinstance(found, Node):
            return found
        if found.name == DIFFERENTIAL:
            raise DerivationError(r"the differential of what? Write \mathrm d(…)", self.place(tree))
        if found.name in self.names.symbols:
            return nodes.Symbol(self.place(tree), found.name)
        raise DerivationError(f"{self.place(tree).latex} is a function", self.place(tree))

    def _factor(self, tree: Tree[Token]) -> Node | Prefix:
        atom, *parts = trees(tree)
        scripts = self.spelling.scripts(parts)
        if atom.data == "name":
            return self._named(atom, scripts, tree)
        if atom.data == "accented":
            name, inner = self.spelling.name(atom)
            whole, rest = longest(self.names, name, inner + scripts)
            if whole in self.names.arrays:
                return self._array_function(whole, rest, tree)
            return self._accented(atom, scripts, tree)
        if atom.data == "differential":
            order = re.sub(r"[^+\d]", "", str(atom.children[0])) or "1"
            if not order.isdigit():
                raise DerivationError(
                    r"the immediate derivative is written \frac{\partial^+ h}{\partial x}", self.place(atom)
                )
            return Prefix(DIFFERENTIAL, int(order), 1, tree)
        if (
            atom.data == "parentheses"
            and self._two_functions(atom)
            and all(s.kind == "prime" for s in scripts)
        ):
            return Prefix(COMPOSED, sum(len(script.text) for script in scripts), 1, tree)
        return self._with_scripts(self.read(atom), self.place(atom).latex, scripts, self.place(tree))

    def _two_functions(self, atom: Tree[Token]) -> list[Prefix]:
        r"""Return the two functions of $(f \circ g)$, if that is what stands in the parentheses."""
        inside = trees(atom)
        while len(inside) == 1 and inside[0].data in {"terms", "product"}:
            inside = trees(inside[0])
        if [part.data for part in inside] != ["factor", "operator", "factor"] or tokens(inside[1])[
            0
        ].type != "CIRC":
            return []
        functions = [self._factor(inside[at]) for at in (0, 2)]
        return (
            [found for found in functions if isinstance(found, Prefix)]
            if all(
                isinstance(found, Prefix) and (found.defined or found.name in FUNCTIONS.values())
                for found in functions
            )
            else []
        )

    def _composed(self, prefix: Prefix, following: Pieces) -> Node:
        r"""Return $(f \circ g)(x)$, or its derivative by the chain rule."""
        argument, place = following.take(), self.place(prefix.tree)
        if (
            argument is None
            or argument.data != "factor"
            or trees(argument)[0].data != "parentheses"
            or prefix.order > 1
        ):
            raise DerivationError(
                f"{place.latex} is a function: write {place.latex}(…), with at most one prime", place
            )
        outer, inner = self._two_functions(trees(prefix.tree)[0])
        bracket = trees(argument)[0]
        x = [self.read(part) for part in trees(bracket)]
        place = self.place(prefix.tree, argument)
        value = self._function(inner, x, bracket)
        if not prefix.order:
            found = self._function(outer, [value], bracket)
        else:
            slopes = [
                self._function(function._replace(order=1), y, bracket)
                for function, y in ((outer, [value]), (inner, x))
            ]
            found = nodes.Hadamard(place, tuple((slope,) for slope in slopes))
        return self._with_scripts(
            replace(found, place=place), place.latex, self.spelling.scripts(trees(argument)[1:]), place
        )

    def _named(self, atom: Tree[Token], scripts: list[Script], tree: Tree[Token]) -> Node | Prefix:
        place, written = self.place(tree), self.place(atom).latex
        base, _ = self.spelling.name(atom)
        name, rest = longest(self.names, base, scripts)
        kinds = [script.kind for script in rest]
        if base == r"\pi" and self._is_number_pi(name, kinds):
            self.names.read_as(place._replace(latex=r"\pi"), r"\text{the number } 3.14159\ldots")
            return self._with_scripts(nodes.Symbol(place._replace(latex=r"\pi"), PI), r"\pi", scripts, place)
        if name in self.bound:
            return self._with_scripts(self.bound[name], self.bound[name].latex, rest, place)
        if name in self.names.arrays:
            return self._array_function(name, rest, tree)
        if name in self.names.labels:
            raise labels.refused(place)
        if step := self._step(base, written, scripts, place):
            return step
        if base in self.names.families and (sample := self._sample(base, written, scripts, place)):
            return sample
        if name in self.names.symbols:
            if base in self.counting and name == base and "subscript" not in kinds:
                raise DerivationError(
                    f"{base} is an index letter here, and also a symbol: use another letter for the index",
                    place,
                )
            used = kept(written, scripts, rest)
            return self._with_scripts(nodes.Symbol(place._replace(latex=used), name), used, rest, place)
        if name in self.names.functions or base in FUNCTIONS:
            defined = name in self.names.functions
            function = name if defined else FUNCTIONS[base]
            order = sum(len(script.text) for script in rest if script.kind == "prime")
            if kinds == ["power"] and (
                power := self._function_power(written, rest[0], defined and name not in STANDARD, place)
            ):
                return Prefix(function, *power, tree, defined)
            if any(kind != "prime" or (function in WHOLE and not defined) for kind in kinds):
                raise DerivationError(
                    f"{written} is a function: write its argument before other scripts", place
                )
            return Prefix(function, order, 1, tree, defined)
        if base in {NABLA, PARTIAL, *INDICATORS}:
            return Prefix(base, 0, 1, tree)
        if base == "e" and kinds == ["power"]:
            return self.fitting.exponential(place, self.read(rest[0].tree))
        if base == r"\delta" and kinds == ["subscript"] and (found := self.labels.indices(rest[0].tree)):
            label, *others = sorted(found, key=lambda index: not isinstance(index, labels.Label))
            if (
                len(others) == 1
                and isinstance(label, labels.Label)
                and not isinstance(others[0], labels.Label)
            ):
                return label.at(place, others[0])
        if base == r"\delta" and kinds == ["subscript"]:
            indices = self.spelling.indices(rest[0].tree)
            if len(indices) != 2:
                raise DerivationError(
                    r"the Kronecker delta has two indices: \delta_{ij}; any other \delta is defined in the where part",
                    place,
                )
            return nodes.Delta(place, *indices)
        if f"{base}^2" in self.names.symbols and kinds == ["power"] and rest[0].text in {"4", "6", "8"}:
            square = nodes.Symbol(place._replace(latex=f"{written}^2"), f"{base}^2")
            half = int(rest[0].text) // 2
            self.names.read_as(place, rf"({written}^2)^{half}")
            return nodes.Power(place, square, nodes.Number(place, Fraction(half)))
        if base in self.names.widths:
            raise DerivationError(f"{base} differs from layer to layer: here it stands in shapes only", place)
        if base in self.names.dimensions:
            return self._with_scripts(nodes.Size(self.place(atom), base), written, rest, place)
        if base in self.counting or base in self.names.steps:
            return self._with_scripts(nodes.Counter(self.place(atom), base), written, scripts, place)
        if base in {"I", r"\mathbf{I}"} and (identity := self._identity(scripts, place, written)):
            rest = [s for s in scripts if s.kind != "subscript"]
            return self._with_scripts(identity, identity.latex, rest, place)
        if entry := self._entry_of(base, written, scripts, place):
            return entry
        if base in self.indices and not self._after_index(tree):
            return self._with_scripts(nodes.Counter(self.place(atom), base), written, scripts, place)
        raise self._unknown(base, written, scripts, tree)

    def _is_number_pi(self, name: str, kinds: Collection[str]) -> bool:
        r"""Say whether a \pi is 3.14159…: it is not declared, or only the \pi_k are."""
        if {"subscript", "prime", "star"} & {*kinds}:
            return False
        known = rewrite.known(name, self.names) or name in {*self.bound, *self.names.arrays, *self.indices}
        return name in self.names.families or not (known or self.names.other_pi)

    def _identity(self, scripts: list[Script], place: Place, written: str) -> Node | None:
        """Return the identity that is not declared, of the size below it or of the one size that fits, or an entry of it."""
        subscript = next((script for script in scripts if script.kind == "subscript"), None)
        if subscript is not None and subscript.text not in self.names.dimensions:
            indices = self.spelling.indices(subscript.tree)
            if len(indices) != 2 or len(scripts) > 1:
                return None
            self.names.read_as(place, rf"\delta_{{{' '.join(map(str, indices))}}}")
            return nodes.Delta(place, *indices)
        ones = self._ones(scripts, place, written, "the identity of size")
        return None if ones is None else nodes.Whole(ones.place, r"\operatorname{diag}", ones)

    def _ones(self, scripts: list[Script], place: Place, written: str, said: str) -> nodes.Spread | None:
        """Return a column of ones, of the size below its sign or of the one size that fits."""
        subscript = next((script for script in scripts if script.kind == "subscript"), None)
        size = subscript.text if subscript else self.names.size
        if not size or (subscript and size not in self.names.dimensions):
            return None
        here = place._replace(latex=written + (subscript.written if subscript else ""))
        self.names.read_as(here, rf"\text{{{said} }} {size}")
        return nodes.Spread(here, nodes.Number(here, Fraction(1)), (size, "1"))

    def _function_power(
        self, written: str, script: Script, defined: bool, place: Place
    ) -> tuple[int, int] | None:
        r"""Return the order of f^{(2)} and the power of \sin^2, one of which is 1."""
        if defined and (order := re.fullmatch(r"\((\d)\)", script.text)):
            return int(order[1]), 1
        if script.text == "-1":
            raise DerivationError(
                rf"{written}^{{-1}} could be an inverse function or a quotient: write \frac{{1}}{{{written}(…)}} for the quotient",
                place,
            )
        if not re.fullmatch(r"[1-9]", script.text):
            return None
        if defined:
            raise DerivationError(
                f"{written}^{script.text} could be a power or a function of a function: write {written}(…)^{script.text} or {written}({written}(…))",
                place,
            )
        return 0, int(script.text)

    def _entry_of(self, base: str, written: str, scripts: list[Script], place: Place) -> Node | None:
        r"""Return the entry z_i of the \mathbf z that is declared, or w_{ij} of W."""
        subscript = next((script for script in scripts if script.kind == "subscript"), None)
        if subscript is None:
            return None
        labelled = self.labels.indices(subscript.tree)
        try:
            indices = () if labelled else self.spelling.indices(subscript.tree)
        except DerivationError:
            return None
        letters = _bare(base, f"{FONT}|vec")
        label = next((script for script in scripts if script.kind == "power"), None)
        for used in (label, None) if label else (None,):
            above = used.text if used else ""
            of = {f"{each}{above}" for each in (letters, letters.upper(), letters.capitalize())}
            shapes = {
                name: shape
                for name, shape in self.names.shapes.items()
                if name in self.names.symbols and _bare(name, f"{FONT}|vec") in of
            }
            if shapes or used is None:
                break
        rest = [script for script in scripts if script is not used]
        if rest[0] is not subscript:
            return None
        if len(labelled) == 1 and len(shapes) == 1:
            ((name, shape),) = shapes.items()
            if len(shape) != 2 or "1" in shape:
                return None
            here = place._replace(latex=written + subscript.written)
            self.names.read_as(here, rf"[{self.names.symbols[name].latex}]{subscript.written}")
            matrix = nodes.Symbol(place._replace(latex=self.names.symbols[name].latex), name)
            return self._with_scripts(
                self.labels.entry(here, matrix, labelled, row=True), here.latex, rest[1:], place
            )
        fitting = [
            name
            for name, shape in shapes.items()
            if len([axis for axis in shape if axis != "1"]) == len(indices)
        ]
        if len(fitting) != 1:
            here = place._replace(latex=written + subscript.written)
            sample = self._sample_of(base, shapes, indices, here)
            return sample and self._with_scripts(sample, here.latex, rest[1:], place)
        latex = self.names.symbols[fitting[0]].latex
        self.names.read_as(
            place._replace(latex=kept(written, scripts, rest[1:])), f"[{latex}]{subscript.written}"
        )
        entry = nodes.Symbol(place._replace(latex=latex), fitting[0])
        return self._with_scripts(entry, written, rest, place)

    def _sample_of(
        self, base: str, shapes: Mapping[str, Shape], indices: tuple[Index, ...], place: Place
    ) -> Node | None:
        """Return the sample x_n of a matrix X, as a column, if n counts either its rows or its columns."""
        if len(shapes) != 1 or len(indices) != 1 or not (count := self.names.samples.get(str(indices[0]))):
            return None
        ((name, shape),) = shapes.items()
        if count == f"N_{indices[0]}" and count not in shape:  # no sum says how many: N for n, else the rows
            count = str(indices[0]).upper() if str(indices[0]).upper() in shape else shape[0]
        if name == base or len(shape) != 2 or shape.count(count) != 1:
            return None
        latex = self.names.symbols[name].latex
        matrix: Node = nodes.Symbol(place._replace(latex=latex), name)
        by_rows = shape[0] == count
        self.names.read_as(place, rf"\text{{sample }} {indices[0]} \text{{ of }} {latex}")
        matrix = matrix if by_rows else nodes.Transpose(matrix.place, matrix)
        return nodes.Row(place, matrix, indices[0])

    def _sample(self, base: str, written: str, scripts: list[Script], place: Place) -> Node | None:
        """Return x_i or x^{(i)}, of which there is one for each i: a number, or a column."""
        kind, whole = self.names.families[base], nodes.Symbol(place._replace(latex=written), base)
        at = next((at for at, script in enumerate(scripts) if script.kind == kind), None)
        if at is None:
            return None
        script, rest = scripts[at], scripts[:at] + scripts[at + 1 :]
        if kind == "subscript" and (found := self.labels.indices(script.tree)):
            row = len(found) == 1 and self.names.shapes[base][1] != "1"
            here = place._replace(latex=written + script.written)
            return self._with_scripts(self.labels.entry(here, whole, found, row), here.latex, rest, place)
        if kind == "subscript":
            indices = self.spelling.indices(script.tree)
        elif re.fullmatch(r"\((?:[a-z]|[1-9])\)", script.text):
            index = script.text[1:-1]
            indices = (int(index) if index.isdigit() else index,)
        else:
            return None
        shape = self.names.shapes.get(base, ("", "1"))
        here = place if not rest else place._replace(latex=written + script.written)
        if len(indices) == 1 and shape[1] != "1":
            node: Node = nodes.Row(here, whole, indices[0])
        else:
            node = nodes.Entry(here, whole, indices)
        return self._with_scripts(node, here.latex, rest, place)

    def _step(
        self, base: str, written: str, scripts: list[Script], place: Place, accent: str = ""
    ) -> Node | None:
        r"""Return $h_{t-1}$ or $a^{(l)}$, one step of a sequence, or an entry of it; with an accent its cotangent, or its differential."""
        at = step_at(self.names, base, scripts)
        if at is None or (base == r"\delta" and at.entries and at.index not in self.names.steps):
            return None  # \delta_{ij} beside \delta_t is Kronecker's
        sequence, index, rest = self.names.sequences[at.key], at.index, at.rest
        here = place._replace(latex=kept(written, scripts, rest))
        if isinstance(index, int) and index < 1 and index not in sequence.ends:
            raise DerivationError(
                f"{here.latex} is not known: declare or define it in the where part, or let the line begin at a later step",
                place,
            )
        if letters(index) & self.names.symbols.keys():
            raise DerivationError(
                f"{min(letters(index) & self.names.symbols.keys())} is a symbol: a step is counted with index letters, sizes and whole numbers",
                place,
            )
        node: Node
        if accent == r"\bar":
            node = nodes.StepCotangent(here, at.key, index, sequence.count)
        else:
            node = nodes.Step(here, at.key, index, sequence.count)
            node = nodes.Differential(here, node) if accent else node
        if at.entries:
            node = nodes.Entry(here, node, at.entries)
        return self._with_scripts(node, here.latex, rest, place)

    # Functions of whole arrays

    def _array_function(self, name: str, rest: list[Script], tree: Tree[Token]) -> Prefix:
        order = sum(len(script.text) for script in rest if script.kind == "prime")
        if order and len(rest) == 1 and self._of_a_number(name):
            return Prefix(name, order, 1, tree)
        if rest:
            raise DerivationError(
                f"{self.names.arrays[name].latex} is a function of a whole array: write its derivatives with \\partial, and other scripts "
                "after its argument",
                self.place(tree),
            )
        return Prefix(name, 0, 1, tree)

    def _of_a_number(self, name: str) -> bool:
        """Say whether a function has one parameter, which is a symbol that is one number."""
        parameters = self.names.arrays[name].parameters
        return len(parameters) == 1 and self.names.shapes.get(parameters[0]) == ()

    def _at_arrays(self, prefix: Prefix, following: Pieces) -> Node:
        """Return what a function of arrays is for its arguments; where it has none, the symbol that it defines."""
        function, argument = self.names.arrays[prefix.name], following.next()
        bracket = trees(argument)[0] if argument is not None and argument.data == "factor" else None
        if argument is None or bracket is None or bracket.data != "parentheses":
            if prefix.name in self.names.symbols:
                return self._slope(prefix, nodes.Symbol(self.place(prefix.tree), prefix.name))
            raise DerivationError(
                f"{function.latex} is a function: write {function.latex}(…)", self.place(prefix.tree)
            )
        following.take()
        place = self.place(prefix.tree, bracket)
        written = [self.spelling.letters(part) for part in trees(bracket)]
        if written == list(function.parameters) and not self.names.symbols.keys() & {*written}:
            found = self._slope(prefix, nodes.Symbol(place, prefix.name))
            scripts = self.spelling.scripts(trees(argument)[1:])
            return self._with_scripts(found, place.latex, scripts, self.place(prefix.tree, argument))
        arguments = [self.read(part) for part in trees(bracket)]
        if len(arguments) != len(function.parameters):
            raise DerivationError(
                f"{place.latex}: expected {len(function.parameters)} argument{'s'[: len(function.parameters) != 1]}",
                place,
            )
        own = [
            isinstance(x, nodes.Symbol) and x.name == name
            for x, name in zip(arguments, function.parameters, strict=True)
        ]
        if (all(own) or prefix.order) and prefix.name in self.names.symbols:
            found = self._slope(prefix, nodes.Symbol(place, prefix.name))
            found = found if all(own) else nodes.At(place, found, function.parameters[0], arguments[0])
        else:
            found = function.body(dict(zip(function.parameters, arguments, strict=True)))
            free = frozenset().union(*(free_letters(self.names, argument) for argument in arguments))
            for part in found.walk():
                if isinstance(part, nodes.Sum) and free & set(part.letters):
                    letter = min(free & set(part.letters))
                    raise DerivationError(
                        f"{function.latex} sums over {letter}, which is also an index of its argument: rename one of them",
                        place,
                    )
            found = replace(found, place=place)
        scripts = self.spelling.scripts(trees(argument)[1:])
        return self._with_scripts(found, place.latex, scripts, self.place(prefix.tree, argument))

    def _slope(self, prefix: Prefix, found: Node) -> Node:
        """Return the derivative of a function of one number that has as many primes."""
        if prefix.order:
            (parameter,) = self.names.arrays[prefix.name].parameters
            latex = self.names.symbols[parameter].latex
            power = f"^{prefix.order}" if prefix.order > 1 else ""
            sign, name = rf"\partial{power}", self.names.arrays[prefix.name].latex
            self.names.read_as(self.place(prefix.tree), rf"\frac{{{sign} {name}}}{{\partial {latex}{power}}}")
        for _ in range(prefix.order):
            found = nodes.Partial(found.place, found, parameter, None, "")
        return found

    def _indicator(self, prefix: Prefix, following: Pieces) -> Node:
        r"""Return $\mathbb 1[z > 0]$, $\mathbb 1(z > 0)$ or $\mathbb 1_{z > 0}$."""
        scripts = self.spelling.scripts(trees(prefix.tree)[1:])
        subscripts = [script.tree for script in scripts if script.kind == "subscript" and len(scripts) == 1]
        argument = following.next()
        if len(subscripts) == 1:
            inside = subscripts[0]
            while inside.data not in {"besides", "bounds", "comparison"} and len(trees(inside)) == 1:
                (inside,) = trees(inside)
            place = self.place(prefix.tree)
        elif argument is not None and not scripts and _is_comparison(argument):
            following.take()
            inside = trees(argument)[0]
            place = self.place(prefix.tree, argument)
        elif (
            ones := self._ones(
                scripts, self.place(prefix.tree), self.place(trees(prefix.tree)[0]).latex, "ones of size"
            )
        ) is not None:
            rest = [script for script in scripts if script.kind != "subscript"]
            return self._with_scripts(ones, ones.latex, rest, self.place(prefix.tree))
        else:
            raise self._unknown(
                self.spelling.name(trees(prefix.tree)[0])[0], self.place(prefix.tree).latex, [], prefix.tree
            )
        if len(trees(inside)) != 2 or inside.data not in {"besides", "bounds", "comparison"}:
            raise DerivationError(r"an indicator is written [z > 0]", place)
        left, right = trees(inside)
        relation = next(token for token in tokens(inside) if token.type in {"COMPARE", "EQUALS"})
        self.names.read_as(place, f"[{self.place(left, right).latex}]")
        return self._compared(place, left, relation, right)

    def _accented(self, atom: Tree[Token], scripts: list[Script], tree: Tree[Token]) -> Node:
        place, (inside, *_) = self.place(tree), trees(atom)
        name, inner = self.spelling.name(atom)
        accent = name.partition("{")[0]
        whole, rest = longest(self.names, name, inner + scripts)
        if step := self._step(name, self.place(atom).latex, inner + scripts, place):
            return step
        if name in self.names.families and (
            sample := self._sample(name, self.place(atom).latex, inner + scripts, place)
        ):
            return sample
        if whole in self.names.symbols:
            used = kept(self.place(atom).latex, scripts, rest)
            return self._with_scripts(nodes.Symbol(place._replace(latex=used), whole), used, rest, place)
        below = self.spelling.name(inside)[0]
        if accent in {r"\bar", r"\dot"} and (
            step := self._step(below, self.place(atom).latex, inner + scripts, place, accent)
        ):
            return step
        plain, rest = longest(self.names, below, inner + scripts)
        if plain in self.names.symbols and accent in {r"\bar", r"\dot"}:
            used = kept(self.place(atom).latex, scripts, rest)
            here = place._replace(latex=used)
            node: Node = nodes.Cotangent(here, plain)
            if accent == r"\dot":
                below = kept(self.place(inside).latex, inner + scripts, rest)
                node = nodes.Differential(here, nodes.Symbol(place._replace(latex=below), plain))
            return self._with_scripts(node, used, rest, place)
        if name.startswith(r"\dot{\bar{") and "power" not in {script.kind for script in rest}:
            return nodes.Differential(place, self._accented(inside, inner + scripts, tree))
        if entry := self._entry_of(name, self.place(atom).latex, inner + scripts, place):
            return entry
        raise self._unknown(name, self.place(atom).latex, [], tree)

    def _after_index(self, tree: Tree[Token]) -> re.Match[str] | None:
        """Return the index without braces that a name follows at once, as the i of W_ji does."""
        return re.search(r"_(\w)$", self.spelling.source[: tree.meta.start_pos])

    def _unknown(
        self, base: str, written: str, scripts: Iterable[Script], tree: Tree[Token]
    ) -> DerivationError:
        """Return the error that a name is not known."""
        written = written if written.count("{") == written.count("}") else base
        star = "".join(script.written for script in scripts if script.kind == "star")
        labelled = [name for name in self.names.symbols if re.match(rf"{re.escape(base)}\^(?!\*)", name)]
        known = self.names.symbols | self.names.functions
        subscript = self._after_index(tree)
        close = _nearest(base + "^*" * bool(star), known)
        applied = re.match(r"\s*(?:\\left\s*)?\(", self.spelling.source[tree.meta.end_pos :]) or "prime" in [
            script.kind for script in scripts
        ]
        if any(STEP.fullmatch(script.text) for script in scripts):
            hint = rf"; a sequence is defined with its steps: {written}_t = … \text{{ for }} t = 1, \ldots, T"
        elif subscript:
            hint = needs_braces(subscript[1] + written + star)
        elif base == "d":
            hint = r"; the differential is written \mathrm d"
        elif base in {r"\mathbf{d}", r"\boldsymbol{d}", r"\bm{d}"}:
            hint = r"; the differential is written \mathrm d \mathbf V, a gradient \bar{\mathbf V}"
        elif len(labelled) == 1:
            hint = f"; did you mean {self.names.symbols[labelled[0]].latex}?"
        elif base in MEANT:
            hint = f"; {MEANT[base]}"
        elif close:
            hint = f"; did you mean {known[close].latex}?"
        elif base.startswith(r"\operatorname") and (function := _nearest(base, FUNCTIONS)):
            hint = f"; did you mean {function}?"
        elif applied:
            formula = STANDARD[r"\operatorname{sigmoid}"] if base == r"\sigma" else "…"
            hint = rf"; a function is declared as {written} \text{{ elementwise}}, or defined as {written}(x) = {formula}"
        else:
            hint = "; declare or define it in the where part"
        return DerivationError(f"unknown symbol {written}{star}{hint}", self.place(tree))

    def _with_scripts(self, node: Node, written: str, scripts: list[Script], place: Place) -> Node:
        """Return the node with the scripts that stand at it; `written` is the base, `place` that of both."""
        kinds = [script.kind for script in scripts]
        if "power" in kinds and "subscript" in kinds:  # x_i^2 and x^2_i are both (x_i)^2
            self._refuse_power_of_matrix(written, scripts, place)
            in_order = sorted(scripts, key=lambda script: script.kind == "power")
        else:
            in_order = scripts
        for script in in_order:
            written += script.written
            within = in_order == scripts and script is not scripts[-1]
            node = self._with_script(node, script, place._replace(latex=written) if within else place)
        return node

    def _with_script(self, node: Node, script: Script, place: Place) -> Node:
        kind, text, _, _ = script
        number_of_steps = "T" in self.names.dimensions and self.fitting.shape(node) == ()  # 2^T is a power
        transposed = "T" not in self.names.symbols and text in {"T", "-T"} and not number_of_steps
        if isinstance(node, nodes.Whole) and _is_norm(node) and (kind, text) in NORMS:
            return nodes.Whole(place, node.function + NORMS[kind, text], node.body)
        if (
            kind == "subscript"
            and isinstance(node, nodes.Whole)
            and _is_norm(node)
            and text in {"1", r"\infty"}
        ):
            if "1" not in (self.fitting.shape(node.body) or ("1",)):
                raise DerivationError(
                    rf"\|…\|_{text} of a matrix could be that of its entries or of the map: write \sum_{{ij}} |A_{{ij}}|, or with \max",
                    place,
                )
            whole = r"\operatorname{sum}" if text == "1" else r"\max"
            return nodes.Whole(place, whole, nodes.Apply(place, "abs", 0, (node.body,)))
        if kind == "subscript" and isinstance(node, nodes.Inner) and text == "F":
            return node
        if kind == "subscript" and any(token.type == "COLON" for token in tokens(script.tree)):
            return self._line(node, script, place)
        if kind == "subscript" and (found := self.labels.indices(script.tree)):
            shape = self.fitting.shape(node) or ()
            return self.labels.entry(place, node, found, len(found) < len(shape) and "1" not in shape)
        if kind == "subscript":
            indices = self.spelling.indices(script.tree)
            if isinstance(node, nodes.Symbol) and self._has_rows(node, indices):
                self.names.read_as(
                    place, rf"\text{{row }} {indices[0]} \text{{ of }} {node.latex}\text{{, as a column}}"
                )
                return nodes.Row(place, node, indices[0])
            return nodes.Entry(place, node, indices)
        if (kind == "transpose" or (transposed and text == "T")) and isinstance(node, nodes.Entry):
            raise DerivationError(r"transpose of an entry? Write [A^{\mathsf T}]_{ij} or A_{ji}", place)
        if kind == "prime" and not isinstance(node, nodes.Entry) and self.fitting.shape(node):
            symbol = self.names.symbols.get(node.name) if isinstance(node, nodes.Symbol) else None
            if symbol is not None and isinstance(symbol.definition, nodes.Apply):
                raise DerivationError(
                    rf"{place.latex} could be a transpose or a derivative: write {symbol.latex}^{{\mathsf T}} for the transpose, "
                    "a prime at the function for the derivative",
                    place,
                )
            self.names.read_as(place, rf"{place.latex.removesuffix(script.written)}^{{\mathsf T}}")
            return nodes.Transpose(place, node)
        if kind == "transpose" or (transposed and text == "T"):
            return nodes.Transpose(place, node)
        if transposed:
            return nodes.Transpose(place, nodes.Whole(place, "^{-1}", node))
        if kind == "entrywise" and text.isdigit() and 0 < int(text) <= 9:
            return nodes.Hadamard(place, ((node,),) * int(text))
        if kind == "power" and text == "-1" and not isinstance(node, nodes.Entry):
            return nodes.Whole(place, "^{-1}", node)
        if kind == "power" and re.fullmatch(r"\([^()]*\)", text):
            raise DerivationError(f"{place.latex} is not declared; a power has no parentheses", place)
        if kind == "power":
            return self.fitting.power(place, node, self.read(script.tree))
        raise DerivationError(f"{place.latex} is not declared", place)

    def _has_rows(self, node: nodes.Symbol, indices: Sequence[Index]) -> bool:
        """Say whether one index stands at a matrix that is a symbol, so that it can only count its rows."""
        shape = self.fitting.shape(node) or ()
        return type(node) is nodes.Symbol and len(indices) == 1 and len(shape) == 2 and "1" not in shape

    def _line(self, node: Node, script: Script, place: Place) -> Node:
        """Return $A_{i,:}$, a row, or $A_{:,j}$, a column."""
        colon_first = tokens(script.tree)[0].type == "COLON"
        shape = self.fitting.shape(node) or ()
        index = [self._index(part) for part in trees(script.tree)]
        if len(index) != 1 or index[0] is None or len(shape) != 2 or "1" in shape:
            raise DerivationError("a row of a matrix is written A_{i,:}, a column A_{:,j}", place)
        if colon_first:
            return nodes.Row(place, nodes.Transpose(place, node), index[0])
        return nodes.Transpose(place, nodes.Row(place, node, index[0]))

    def _refuse_power_of_matrix(self, base: str, scripts: list[Script], place: Place) -> None:
        power, subscript = (next(s for s in scripts if s.kind == kind) for kind in ("power", "subscript"))
        several = len(self.spelling.indices(subscript.tree)) > 1
        if several and (power.text == "-1" or scripts.index(power) < scripts.index(subscript)):
            raise DerivationError(
                "the power of an entry, or an entry of a power? "
                f"Write ({base}{subscript.written}){power.written} or [{base}{power.written}]{subscript.written}",
                place,
            )

    # Functions and their arguments

    def _applied(self, prefix: Prefix, following: Pieces) -> Node:
        """Return what a function, or an operator that is written like one, is with the argument that follows."""
        if prefix.name in self.names.arrays:
            return self._at_arrays(prefix, following)
        if prefix.name in {NABLA, PARTIAL}:
            return self._gradient(prefix, following)
        if prefix.name == COMPOSED:
            return self._composed(prefix, following)
        if prefix.name in INDICATORS:
            return self._indicator(prefix, following)
        if prefix.name == DIFFERENTIAL:
            return self._differential(prefix, following)
        argument, place = following.take(), self.place(prefix.tree)
        bracket = trees(argument)[0] if argument is not None and argument.data == "factor" else None
        listed = bracket is not None and bracket.data == "parentheses"
        lists_only = (prefix.defined and prefix.name not in STANDARD) or prefix.name == "kron"
        own = self.names.functions.get(prefix.name) if prefix.defined else None
        if own and own.own and (argument is None or argument.data == "operator"):
            if argument is not None:
                following.left.appendleft(argument)
            return nodes.Apply(place, prefix.name, prefix.order, (nodes.Symbol(place, own.parameter),))
        if argument is None or argument.data == "operator" or (lists_only and not listed):
            raise DerivationError(f"{place.latex} is a function: write {place.latex}(…)", place)
        if bracket is None or not listed:
            body = self._piece(argument, following)
            if prefix.name == r"\operatorname{tr}":
                body = self._traced(argument, body, following)
            found = self._function(prefix, [body], following.last)
            self._refuse_more(place, following)
            return self._raised(found, prefix)
        if prefix.name in WHOLE and not prefix.defined:
            inside = [self.read(bracket)]
        else:
            inside = [self.read(part) for part in trees(bracket)]
        node = self._raised(self._function(prefix, inside, bracket), prefix)
        scripts = self.spelling.scripts(trees(argument)[1:])
        return self._with_scripts(node, node.latex, scripts, self.place(prefix.tree, argument))

    def _traced(self, argument: Tree[Token], first: Node, following: Pieces) -> Node:
        """Return the whole product behind a trace without parentheses, if its first factor has no trace, or a differential follows."""
        shape = self.fitting.shape(first)
        moves = any(list(piece.find_data("differential")) for piece in following.left)
        if not shape or (shape[0] == shape[1] and not moves):
            return first
        return self._rest(argument, first, following)

    def _rest(self, argument: Tree[Token], first: Node, following: Pieces) -> Node:
        """Return the whole product that begins with a factor, if its factors stand side by side."""
        if any(piece.data == "operator" for piece in following.left):
            return first
        factors = [self._bracketed(argument, first)]
        while piece := following.take():
            factors.append(self._bracketed(piece, self._piece(piece, following)))
        body = self.fitting.side_by_side(factors)
        self.names.read_as(body.place, rf"({body.latex})")
        return body

    def _raised(self, node: Node, prefix: Prefix) -> Node:
        if prefix.power == 1:
            return node
        self.names.read_as(node.place, f"({node.latex.replace(f'^{prefix.power}', '', 1)})^{prefix.power}")
        return self.fitting.power(node.place, node, nodes.Number(node.place, Fraction(prefix.power)))

    def _function(self, prefix: Prefix, arguments: list[Node], last: Tree[Token]) -> Node:
        """Return a function of its arguments, which end with the tree `last`."""
        place, name, listed = self.place(prefix.tree, last), prefix.name, last.data == "parentheses"
        if prefix.defined:
            return nodes.Apply(place, name, prefix.order, tuple(arguments))
        if name in WHOLE:
            if name == r"\operatorname{diag}" and not self.fitting.shape(arguments[0]):
                self._refuse_entries(place, arguments[0])
            return nodes.Whole(place, name, *arguments)
        if name in {"max", "min"} and listed and len(arguments) == 1:
            return nodes.Whole(place, rf"\{name}", *arguments)
        if name == "kron":
            if len(arguments) != 2:
                raise DerivationError(r"the Kronecker product is written \operatorname{kron}(A, B)", place)
            return nodes.Kronecker(place, *arguments)
        return nodes.Apply(place, name, prefix.order, tuple(arguments))

    def _refuse_entries(self, place: Place, body: Node) -> None:
        """Refuse a diagonal that is written by its entries."""
        if letters := free_letters(self.names, body):
            raise DerivationError(
                rf"{place.latex} is made of a whole vector: leave the index {min(letters)} out, as in \operatorname{{diag}}(a \odot b)",
                place,
            )

    def _refuse_more(self, place: Place, following: Pieces) -> None:
        if following.left:
            raise DerivationError(f"where does the argument of {place.latex} end? Use parentheses", place)

    # Sums over index letters

    def read_sum(self, tree: Tree[Token]) -> Node:
        r"""$\sum_{ij}$, $\sum_{i=1}^{n}$, $\sum_{j \ne i}$, and in their place $\prod$, $\max$ or $\min$."""
        sign, (*parts, product), place = tokens(tree)[0], trees(tree), self.place(tree)
        parts = [part for part in parts if part.data != "sign"]
        below = [trees(part)[0] for part in parts if part.data == "subscript"]
        above = [script for script in self.spelling.scripts(parts) if script.kind != "subscript"]
        if not below and not above and str(sign) == r"\sum":
            body = self._signed(tree, product)
            if self.fitting.shape(body):
                self.names.read_as(place, rf"\operatorname{{sum}}({body.latex})")
                return nodes.Whole(place, r"\operatorname{sum}", body)
        if len(below) != 1 or len(above) > 1 or any(script.kind != "power" for script in above):
            raise DerivationError(
                rf"over what does {sign} run? Write {sign}_i, {sign}_{{ij}} or {sign}_{{i=1}}^{{n}}", place
            )
        over, besides = trees(below[0]), None
        start: Index = 1
        if below[0].data == "bounds":
            start = self._limit(over.pop())
        end: Index | None = None
        if below[0].data == "between":
            over, start, end = self._between(below[0])
        label, condition = None, None
        if below[0].data == "pairs":
            over, start, end, condition = self._pairs(below[0])
        if below[0].data == "bounds_besides":
            over, start = over[:-3], self._limit(over[-3])
        if below[0].data in {"besides", "bounds_besides"}:
            condition = self._condition_of_sum(below[0], str(sign))
            label = None if condition else self._left_out(below[0])
            over = over[:1]
        both = condition is not None and len(over) == 1 and self._both(condition)
        if condition is not None and not both and condition.relation in NOT_EQUAL and len(over) == 1:
            besides = condition.right
        indices = [index for part in over for index in self.spelling.juxtaposed_indices(part)]
        if both and condition is not None and isinstance(condition.right, str):
            indices.append(condition.right)
        letters = tuple(index for index in indices if isinstance(index, str))
        if len({*letters} - {besides}) < len(indices):
            raise DerivationError(f"{sign} runs over different index letters", place)
        bound, limits = above[0].text if above else None, None
        end = self._limit(above[0].tree) if above else end
        letter = (
            isinstance(end, str) and end not in self.names.dimensions and bool(re.fullmatch("[a-z]", end))
        )
        if start != 1 or isinstance(end, Shifted) or letter or below[0].data == "between":
            limits, bound = self._limits(sign, letters, start, end, place)
        self.counting += letters
        body = self._signed(tree, product)
        del self.counting[len(self.counting) - len(letters) :]
        kind = SUMS[str(sign)]
        if both and condition is not None and condition.right not in free_letters(self.names, body):
            both, letters = False, letters[:1]
        if condition is not None and besides is None:
            if both:
                self.names.read_as(condition.place, rf"\text{{all pairs }} {condition.place.latex}")
            body = self._where(condition, body, kind)
        if label is not None:
            if kind is not nodes.Sum or len(letters) != 1:
                raise DerivationError(
                    rf"a label is left out of a sum only: \sum_{{j \ne {label.latex}}}", place
                )
            here = place._replace(latex=rf"[{letters[0]} \ne {label.latex}]")
            body = nodes.Product(body.place, (self._complement(here, label.at(here, letters[0])), body))
        if kind is nodes.Prod and self.fitting.shape(body) != ():
            self.names.ordered = True
            if self.names.falling:
                kind = nodes.Falling
                read = rf"\text{{the factors from the last }} {letters[0]} \text{{ to the first}}"
                self.names.read_as(place, read)
        return kind(place, letters, bound, body, besides, limits)

    def _between(self, tree: Tree[Token]) -> tuple[list[Tree[Token]], Index, Index]:
        r"""Return what a sum runs over in $k < i \le t$, and its limits."""
        left, middle, right = trees(tree)
        edges = [self._limit(left), self._limit(right)]
        signs = [ORDER.get(str(sign)) for sign in tokens(tree)]
        rising = {sign is not None and sign(0, 1) for sign in signs}
        if None in signs or len(rising) > 1:
            raise DerivationError(
                r"the limits of a sum are written k < i \le t, or t \ge i > k", self.place(tree)
            )
        strict = [sign is not None and not sign(0, 0) for sign in signs]
        if rising == {False}:
            edges, strict = edges[::-1], strict[::-1]
        return [middle], moved(edges[0], strict[0]), moved(edges[1], -strict[1])

    def _limit(self, tree: Tree[Token]) -> Index:
        """Return where a sum begins or ends."""
        written = self.spelling.letters(tree)
        if len(trees(tree)) > 1 or not re.fullmatch(r"\d+|\\?[A-Za-z]+(_\w+)?'*", written):
            return self.spelling.shifted(tree)
        return int(written) if written.isdigit() else written

    def _limits(
        self, sign: Token, letters: tuple[str, ...], start: Index, end: Index | None, place: Place
    ) -> tuple[tuple[Index, Index], str | None]:
        """Return the limits of a sum, and the dimension that it runs over if it ends with it."""
        if str(sign) not in {r"\sum", r"\prod"}:
            raise DerivationError(f"{sign} starts at 1 and ends at a size", place)
        if end is None or len(letters) != 1:
            raise DerivationError(
                rf"a {sign} with limits runs over one letter, from one to the other: write {sign}_{{i=2}}^{{n}}",
                place,
            )
        counted = [Shifted(it, ((1, (it,)),)) if isinstance(it, str) else it for it in (start, end)]
        whole = isinstance(end, str) and isinstance(start, int) and start > 0 and end in self.names.dimensions
        return (counted[0], counted[1]), end if whole and isinstance(end, str) else None

    def _signed(self, tree: Tree[Token], product: Tree[Token]) -> Node:
        r"""Return what a sum is of, with the sign of \sum_i -a_i."""
        minus = any(part.data == "sign" and tokens(part)[0].type == "MINUS" for part in trees(tree))
        body = self.read(product)
        return nodes.Add(self.place(product), (body,), (-1,)) if minus else body

    def _condition_of_sum(self, tree: Tree[Token], sign: str) -> "Condition | None":
        r"""Return the condition in $\sum_{j \ne i}$, $\sum_{i < j}$ or $\sum_{j=1, j \ne i}^n$; None if a label is left out."""
        first, last = trees(tree)[-2:]
        if self.labels.of(last):
            return None
        relation = next(token for token in tokens(tree) if token.type == "COMPARE")
        left, right = map(self.spelling.juxtaposed_indices, (first, last))
        summed = [index for part in trees(tree)[:-3] for index in self.spelling.juxtaposed_indices(part)]
        if summed and summed == right:
            left, right, relation = right, left, relation.update(value=OPPOSITE[str(relation)])
        if len(left) != 1 or len(right) != 1 or not isinstance(left[0], str) or (summed and summed != left):
            raise DerivationError(
                r"a condition on a sum compares its letter with one other index: \sum_{j \ne i} or \sum_{i < j}",
                self.place(tree),
            )
        if relation not in NOT_EQUAL and sign != r"\sum":
            raise DerivationError(
                rf"{sign} with an order of indices is not read: write its limits", self.place(tree)
            )
        return Condition(left[0], str(relation), right[0], self.place(first, last))

    def _left_out(self, tree: Tree[Token]) -> labels.Label | None:
        r"""Return the label in $\sum_{j \ne y_i}$."""
        relation = next(token for token in tokens(tree) if token.type == "COMPARE")
        label = self.labels.of(trees(tree)[-1])
        first, *_, letter, _ = map(self.spelling.letters, [trees(tree)[0], *trees(tree)])
        if label is not None and (relation not in NOT_EQUAL or first != letter):
            raise DerivationError(
                rf"a label is left out of a sum only: \sum_{{j \ne {label.latex}}}", self.place(tree)
            )
        return label

    def _pairs(self, tree: Tree[Token]) -> tuple[list[Tree[Token]], Index, Index, "Condition"]:
        r"""Return what a sum runs over in $1 \le i < j \le n$, its limits, and how the letters are compared."""
        first, left, right, last = trees(tree)
        below, between, above = tokens(tree)
        letters = [self.spelling.juxtaposed_indices(side) for side in (left, right)]
        weak = all(
            ORDER.get(str(sign)) and ORDER[str(sign)](0, 0) and ORDER[str(sign)](0, 1)
            for sign in (below, above)
        )
        if (
            not weak
            or [len(each) for each in letters] != [1, 1]
            or not all(isinstance(each[0], str) for each in letters)
        ):
            raise DerivationError(r"a sum over pairs is written \sum_{1 \le i < j \le n}", self.place(tree))
        condition = Condition(str(letters[0][0]), str(between), letters[1][0], self.place(left, right))
        return [left, right], self._limit(first), self._limit(last), condition

    def _both(self, condition: "Condition") -> bool:
        """Say whether a sum with a condition runs over both of its letters: if nothing else has the second one."""
        other = condition.right
        if (
            not isinstance(other, str)
            or condition.left > other
            or other in {*self.counting, *self.names.dimensions, *self.names.steps}
        ):
            return False
        self.paired.add(other)
        return other not in self.kept

    def _where(self, condition: "Condition", body: Node, kind: type[nodes.Sum]) -> Node:
        """Return what is summed where a condition holds, and 0 elsewhere."""
        if kind is not nodes.Sum:
            raise DerivationError(
                "only a sum runs over pairs: write two signs, one for each letter", condition.place
            )
        left, relation, right, place = condition
        if relation in NOT_EQUAL:
            return nodes.Product(body.place, (self._complement(place, nodes.Delta(place, left, right)), body))
        if isinstance(right, str) and right in self.names.dimensions:
            right = Shifted(right, ((1, (right,)),))
        return nodes.Only(body.place, left, relation, right, body)

    # Derivatives

    def read_derivative(self, tree: Tree[Token]) -> Node:
        r"""$\frac{\partial J}{\partial x}$, and with $\mathrm d$."""
        body, variables = trees(tree)
        if loss := self._open_loss(body):
            return self._of_open_loss(tree, loss, variables)
        return self._partial(tree, self.read(body), variables)

    def _open_loss(self, body: Tree[Token]) -> str:
        """Return the name of a loss that is not declared, so that all that is known is what it depends on."""
        pieces = trees(body)
        while len(pieces) == 1 and pieces[0].data in {"product", "factor", "terms"}:
            pieces = trees(pieces[0])
        named = len(pieces) == 1 or [piece.data for piece in pieces[1:]] == ["subscript"]
        base = self.spelling.name(pieces[0])[0] if named else ""
        name = decorated(base, self.spelling.scripts(pieces[1:])) if named else ""
        names = self.names
        if (
            base not in OPEN_LOSSES
            or rewrite.known(base, names)
            or rewrite.known(name, names)
            or not names.output
            or names.open_loss not in {"", name}
        ):
            return ""
        if names.output in OPEN_LOSSES:
            return ""
        names.open_loss = name
        output = names.symbols[names.output].latex
        names.read_as(self.place(body), rf"\text{{any loss that depends on }} {output}")
        return name

    def _of_open_loss(self, tree: Tree[Token], loss: str, variables: Tree[Token]) -> Node:
        r"""Return $\frac{\partial L}{\partial W}$ as $\bar W$."""
        place = self.place(tree)
        sign = next(token for token in tokens(tree) if token.type == "PARTIAL")
        row = self._by_row(variables, re.sub(r"[^+\d]", "", sign) or "1")
        if row is not None and isinstance(row.body, nodes.Symbol):
            self._require_within(place, loss, {self.names.output}, row.body.name)
            return nodes.Row(place, nodes.Cotangent(place, row.body.name), row.index)
        written = self._variables(self.read(trees(variables)[0])) if len(trees(variables)) == 1 else []
        if len(written) != 1 or re.search(r"[+\d]", sign):
            raise DerivationError(
                f"of the loss {loss}, which is not defined, only first derivatives are known", place
            )
        ((name, indices, layout, step),) = written
        self._require_within(place, loss, {self.names.output}, name)
        bar: Node = nodes.Cotangent(place, name)
        if step is not None:
            bar = nodes.StepCotangent(place, name, step.index, step.count)
        if indices is not None:
            return nodes.Entry(place, bar, indices)
        return nodes.Transpose(place, bar) if layout in {"transposed", LAYOUTS[0]} else bar

    def read_derivative_operator(self, tree: Tree[Token]) -> Node:
        r"""$\frac{\partial}{\partial x} J$, and with $\mathrm d$."""
        variables, body = trees(tree)
        return self._partial(tree, self.read(body), variables)

    def _partial(self, tree: Tree[Token], found: Node, variables: Tree[Token]) -> Node:
        place = self.place(tree)
        sign = next(token for token in tokens(tree) if token.type == "PARTIAL")
        order = re.sub(r"[^+\d]", "", sign) or "1"
        written: list[Variable] = []
        if len(trees(variables)) == 1 and order == "1" and self.names.labels:
            node = self.read(trees(variables)[0])
            if at := labels.of_entry(node):
                ((name, indices, layout, step),) = self._variables(at[1])
                slope = self._derived(place, found, Variable(name, indices, layout, step))
                assert isinstance(at[0].body, nodes.Product)
                return replace(
                    at[0], place=place, body=replace(at[0].body, factors=(*at[0].body.factors[:-1], slope))
                )
        if row := self._by_row(variables, order):
            if self.fitting.shape(found) != ():
                raise row.error("by a row only a number is differentiated: write entries")
            (variable,) = self._variables(row.body)
            return nodes.Row(place, self._derived(place, found, variable._replace(layout="")), row.index)
        for below, factor in zip(tokens(variables), trees(variables), strict=True):
            if "^" in below:
                here = self.place(below, factor)
                raise DerivationError(rf"{here.latex}: what repeats is written \partial x^2", here)
            written += self._variables(self.read(factor))
        if order == "+":
            return self._immediate(place, found, written)
        if int(order) != len(written):
            raise DerivationError(
                f"a derivative of order {order} with respect to {len(written)} variable{'s'[: len(written) > 1]}",
                place,
            )
        for variable in reversed(written):
            found = self._derived(place, found, variable)
        return found

    def _by_row(self, variables: Tree[Token], order: str) -> nodes.Row | None:
        r"""Return the row $w_i$ of a matrix in $\frac{\partial J}{\partial w_i}$, if it is one."""
        if len(trees(variables)) != 1 or order != "1":
            return None
        row = self.read(trees(variables)[0])
        return row if isinstance(row, nodes.Row) and isinstance(row.body, nodes.Symbol) else None

    def _derived(self, place: Place, body: Node, variable: Variable) -> Node:
        """Return a derivative by a symbol on which the body depends, or by what is one to one with such a symbol."""
        name, indices, layout, step = variable
        symbol, within = self.names.symbols[name], reach(body, self.names, {})
        if step is not None:
            self._require_within(place, body.latex, within, name)
            return nodes.StepPartial(place, body, name, indices, layout, step.reference, None)
        if symbol.definition is None or name in within:
            return nodes.Partial(place, body, name, indices, layout)
        source, turned = symbol.definition, False
        if isinstance(source, nodes.Transpose) or (
            isinstance(source, nodes.Whole) and source.function == r"\operatorname{vec}"
        ):
            source, turned = source.body, True
        if (
            type(source) is nodes.Symbol
            and not symbol.indices
            and source.name in within
            and self.names.symbols[source.name].definition is None
        ):
            self.names.read_as(place, rf"\text{{by the entries of }} {source.latex}")
            return nodes.Through(place, body, name, indices, layout, source.name, turned)
        self._require_within(place, body.latex, within, name)
        raise AssertionError

    def _require_within(self, place: Place, latex: str, within: set[str], name: str) -> None:
        """Refuse a derivative by a defined symbol that is not among those on which something depends."""
        symbol = self.names.symbols[name]
        depends = within.union(
            *(
                reach(nodes.Symbol(place, inner), self.names, {})
                for inner in within
                if inner in self.names.symbols
            )
        )
        if symbol.definition is not None and name not in depends:
            raise DerivationError(
                f"{latex} is not made of {symbol.latex}, which has a definition: their derivative would be 0. "
                f"Define {latex} through {symbol.latex}, or differentiate with respect to what {symbol.latex} is made of",
                place,
            )

    def _immediate(self, place: Place, found: Node, written: list[Variable]) -> Node:
        body = found
        while isinstance(body, nodes.Entry | nodes.Transpose):
            body = body.body
        symbol = self.names.symbols[body.name] if isinstance(body, nodes.Symbol | nodes.Step) else None
        if len(written) > 1 or symbol is None or symbol.definition is None:
            raise DerivationError(
                r"an immediate derivative is one \frac{\partial^+ h}{\partial x}, where h, or what it is an entry "
                "of, has a definition",
                place,
            )
        name, indices, layout, step = written[0]
        if step is not None or isinstance(body, nodes.Step):
            if not isinstance(body, nodes.Step):
                raise DerivationError(
                    f"{body.latex} is made of many steps: write the immediate derivative of one step", place
                )
            by = None if step is None else step.reference
            return nodes.StepPartial(place, found, name, indices, layout, by, body.reference)
        return nodes.Immediate(place, found, name, indices, layout, symbol.name)

    def _variables(self, node: Node) -> list[Variable]:
        """Return a variable, as often as its power says."""
        times = 1
        if isinstance(node, nodes.Power) and isinstance(node.exponent, nodes.Number):
            exponent = node.exponent.value
            if exponent.denominator == 1:
                node, times = node.base, int(exponent)
        match node:
            case nodes.Step(name=name):
                return [Variable(name, None, self.names.layout, node)] * times
            case nodes.Entry(body=nodes.Step(name=name) as step, indices=indices):
                return [Variable(name, indices, "", step)] * times
            case nodes.Transpose(body=nodes.Step(name=name) as step) if not self.names.layout:
                return [Variable(name, None, "transposed", step)] * times
            case nodes.Symbol(name=name) if type(node) is nodes.Symbol:
                return [Variable(name, None, self.names.layout)] * times
            case nodes.Entry(body=nodes.Symbol(name=name), indices=indices):
                return [Variable(name, indices, "")] * times
            case nodes.Transpose(body=nodes.Symbol(name=name)) if not self.names.layout:
                return [Variable(name, None, "transposed")] * times
        vec = any(
            isinstance(part, nodes.Whole) and part.function == r"\operatorname{vec}" for part in node.walk()
        )
        hint = (
            r": give the vector a name in the where part, x = \operatorname{vec}(X), and write \partial x^{\mathsf T}"
            if vec
            else ""
        )
        raise node.error(f"a derivative is taken with respect to a symbol or an entry of it{hint}")

    def _gradient(self, prefix: Prefix, following: Pieces) -> Node:
        r"""Return the gradient, or for \nabla^2 the Hessian: the derivative of the gradient as a row."""
        place, argument = self.place(prefix.tree), following.take()
        scripts = self.spelling.scripts(trees(prefix.tree)[1:])
        below = [script.tree for script in scripts if script.kind == "subscript"]
        above = [script.text for script in scripts if script.kind != "subscript"]
        if not scripts and argument is not None and self.place(argument).latex == NABLA:
            place, argument, above = self.place(prefix.tree, argument), following.take(), ["2"]
        if (
            not below
            and above in ([], ["2"])
            and argument is not None
            and (only := self._only_parameter(argument))
        ):
            body = self._operand(argument, place, following, partial(self._without_number, only))
            self.names.read_as(place, rf"\nabla_{{{self.names.symbols[only].latex}}}{'^2' * bool(above)}")
            place = self.place(prefix.tree, following.last)
            found: Node = nodes.Gradient(place, body, only, None, "transposed" if above else "")
            return nodes.Partial(place, found, only, None, "") if above else found
        if len(below) != 1 or above not in ([], ["2"]):
            raise DerivationError(
                r"the gradient with respect to what? Write \nabla_x J, or \nabla_x^2 J for the Hessian", place
            )
        if argument is None or argument.data == "operator":
            raise DerivationError(r"the gradient of what? Write \nabla_x J", place)
        variable, *more = trees(below[0])
        symbol = self.read(variable)
        row = symbol if isinstance(symbol, nodes.Row) and isinstance(symbol.body, nodes.Symbol) else None
        symbol = row.body if row is not None else symbol
        if prefix.name == PARTIAL and not more and not above:
            (of,) = self._variables(symbol)
            if self._open_loss(argument):
                raise DerivationError(
                    r"of a loss that is not defined, write \frac{\partial L}{\partial W}", place
                )
            body = self._operand(argument, place, following, partial(self._without, of.name))
            return self._derived(self.place(prefix.tree, following.last), body, of)
        if isinstance(symbol, nodes.Step) and not more and not above and not self._open_loss(argument):
            body = self._operand(argument, place, following)
            if self.fitting.shape(body):
                raise body.error(
                    f"a gradient is one of a number; {body.latex} is {shape_text(self.fitting.shape(body) or ())}"
                )
            place = self.place(prefix.tree, following.last)
            return self._derived(place, body, Variable(symbol.name, None, "", symbol))
        if not isinstance(symbol, nodes.Symbol) or more:
            raise DerivationError(
                r"a gradient is taken with respect to a symbol; for entries write \frac{\partial J}{\partial x_i}",
                place,
            )
        if not above and (loss := self._open_loss(argument)):
            place = self.place(prefix.tree, following.last)
            self._require_within(place, loss, {self.names.output}, symbol.name)
            whole: Node = nodes.Cotangent(place, symbol.name)
            return nodes.Row(place, whole, row.index) if row is not None else whole
        body = self._operand(argument, place, following, partial(self._without_number, symbol.name))
        place = self.place(prefix.tree, following.last)
        self._require_within(place, body.latex, reach(body, self.names, {}), symbol.name)
        if row is not None and not above:
            return nodes.Row(place, nodes.Gradient(place, body, symbol.name, None, ""), row.index)
        found = nodes.Gradient(place, body, symbol.name, None, "transposed" if above else "")
        return nodes.Partial(place, found, symbol.name, None, "") if above else found

    def _only_parameter(self, argument: Tree[Token]) -> str:
        r"""Return the parameter of the function whose gradient is written without one, as in $\nabla J(w)$."""
        name = self.spelling.name(trees(argument)[0])[0] if argument.data == "factor" else ""
        function, own = self.names.arrays.get(name), self.names.functions.get(name)
        if (
            function is not None
            and len(function.parameters) == 1
            and function.parameters[0] in self.names.symbols
        ):
            return function.parameters[0]
        return own.parameter if own is not None and own.own else ""

    def _differential(self, prefix: Prefix, following: Pieces) -> Node:
        place, argument = self.place(prefix.tree), following.take()
        if argument is None or argument.data != "factor" or len(trees(prefix.tree)) > 1:
            raise DerivationError(r"the differential of what? Write \mathrm d(…)", place)
        atom, *parts = trees(argument)
        scripts = self.spelling.scripts(parts)
        _, rest = longest(self.names, self.spelling.name(atom)[0], scripts)
        if any(script.kind == "power" and script.text not in {"T", "-1", "-T"} for script in rest):
            raise DerivationError(
                r"the differential of a power, or a power of it? Write \mathrm d(…) or (\mathrm d x)^2", place
            )
        found = self._operand(argument, place, following, _is_number)
        for _ in range(prefix.order):
            found = nodes.Differential(self.place(prefix.tree, following.last), found)
        return found

    def _without(self, name: str, body: Node) -> bool:
        """Say whether a formula does not depend on a symbol, so that its derivative alone is not meant."""
        return name not in reach(body, self.names, {})

    def _without_number(self, name: str, body: Node) -> bool:
        """Say whether a formula is no number that depends on a symbol, so that its gradient alone is not meant."""
        return bool(self.fitting.shape(body)) or self._without(name, body)

    def _operand(
        self,
        argument: Tree[Token],
        place: Place,
        following: Pieces,
        more: Callable[[Node], bool] = lambda body: False,
    ) -> Node:
        """Return the one factor that an operator applies to, or the whole product if that factor alone can not be meant."""
        body = self._piece(argument, following)
        if following.left and more(body):
            return self._rest(argument, body, following)
        if argument.data == "factor" and trees(argument)[0].data not in CLOSED:
            self._refuse_more(place, following)
        return body


def is_whole(node: Node, names: Names) -> bool:
    """Say whether a formula is a whole number wherever it has a value: made of declared ones, by sums and products."""
    match node:
        case nodes.Number(value=value):
            return value.denominator == 1
        case nodes.Symbol(name=name) if type(node) is nodes.Symbol and name in names.symbols:
            symbol = names.symbols[name]
            said = symbol.properties.union(*(IMPLIED.get(word, ()) for word in symbol.properties))
            return "integer" in said or (symbol.definition is not None and is_whole(symbol.definition, names))
        case nodes.Size() | nodes.Counter() | nodes.Delta() | nodes.Compare():
            return True
        case nodes.Entry() | nodes.Add() | nodes.Product() | nodes.Sum():
            return all(is_whole(part, names) for part in node.parts())
    return False


def _nearest(base: str, known: Iterable[str]) -> str:
    """Return the known name that is most like another one: in another font, nearly spelled so, or of the same letters."""
    known = list(known)
    in_font = [name for name in known if _bare(name, FONTS) == _bare(base, FONTS)]
    close = get_close_matches(base, known, n=1, cutoff=0.6)
    alike = [name for name in known if plain(name) == plain(base)]
    return next(iter([*in_font, *close, *alike]), "")


def plain(name: str) -> str:
    """Return the letters of a name as small ones, without font, accent, signs and the number at its end."""
    return _bare(name, PLAIN).rstrip("0123456789").lower()


def _bare(name: str, macros: str) -> str:
    """Return the letters of a name without these macros."""
    return re.sub(r"[{}_^*\\]", "", re.sub(rf"\\(?:{macros})(?![A-Za-z])", "", name))


def _is_comparison(piece: Tree[Token] | None) -> bool:
    return piece is not None and piece.data == "factor" and trees(piece)[0].data == "comparison"


def _is_number(node: Node) -> bool:
    """Say whether a formula is a number that is written out, as 1/2."""
    return all(isinstance(part, nodes.Number | nodes.Divide) for part in node.walk())


def _is_norm(node: nodes.Whole) -> bool:
    return node.function.startswith(r"\|") and "^" not in node.function
