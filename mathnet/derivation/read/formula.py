"""One side of an equation: from tokens to nodes, with the declared names known.

`f(Z)` is an application where f is a function and a product where it is a matrix; `Y^*`, `W_1` and `W^{(2)}` are
names where declared, and otherwise a misspelling. Nothing is guessed.
"""

from fractions import Fraction

from lark import Tree

from ..errors import DerivationError
from ..meaning import nodes
from ..meaning.whole import WHOLE
from .derivatives import Derivatives
from .parse import parse_tree
from .tokens import BUILT_IN, NABLA, canonical, tidy

SUMS = {"sum": nodes.Sum, "pro": nodes.Prod, "max": nodes.Most, "min": nodes.Least}
SIMPLE = {  # what is built from the trees inside, and from nothing else
    "inner": nodes.Inner,
    "fraction": nodes.Divide,
    "norm": lambda place, body: nodes.Whole(place, r"\|", body),
    "root": lambda place, body: nodes.Apply(place, "sqrt", 0, (body,)),
    "absolute": lambda place, body: nodes.Apply(place, "|", 0, (body,)),
    "braces": lambda place, body: body,
    "brackets": lambda place, body: body,
}


class Reader(Derivatives):
    """Turns trees into nodes.

    Parameters
    ----------
    names : Names
        The declared symbols and functions.
    source : str
        The text the tokens were made from.
    """

    def __init__(self, names, source):
        self.names, self.source = names, source

    def formula(self, tokens):
        """Return the node that the tokens stand for."""
        return self.read(parse_tree(tokens))

    def read(self, tree):
        """Return the node of a tree."""
        if tree.data in SIMPLE:
            return SIMPLE[tree.data](self.place(tree), *map(self.read, _inside(tree)))
        return getattr(self, f"_{tree.data}")(tree)

    def _terms(self, tree):
        signs, terms = [], []
        for child in tree.children:
            if child.data == "sign":
                signs.append(-1 if child.children[0].type == "MINUS" else 1)
            else:
                terms.append(self.read(child))
        if len(signs) < len(terms):
            signs.insert(0, 1)
        if signs == [1]:
            return terms[0]
        return nodes.Add(self.place(tree), tuple(terms), tuple(signs))

    def _product(self, tree):
        groups, operators = [[]], []
        pieces = iter(tree.children)
        for piece in pieces:
            if piece.data == "operator":
                operators.append(piece.children[0])
                groups.append([])
            else:
                groups[-1].append(self._piece(piece, pieces))
        return self._combine(groups, operators, self.place(tree))

    def _piece(self, piece, following):
        """Return one factor; a function takes its argument from the pieces that follow."""
        if piece.data != "factor":
            return self.read(piece)
        if piece.children[0].data == "differential":
            return self._differential(piece, following)
        found = self.factor(piece)
        if isinstance(found, nodes.Node):
            return found
        function, order = found
        argument = next(following, None)
        place = self.place(piece)
        if function == NABLA:
            return self._gradient(piece, argument, following)
        if argument is None or argument.data == "operator":
            raise DerivationError(f"{place.latex} is a function: write {place.latex}(…)", place)
        place = place._replace(latex=tidy(self.source[piece.meta.start_pos : argument.meta.end_pos]))
        if function in WHOLE:
            return self._whole(self.place(piece), function, argument, following)
        if argument.data == "factor" and argument.children[0].data == "parentheses":
            inside = tuple(map(self.read, _inside(argument.children[0])))
            if function in {"max", "min"} and len(inside) == 1:
                applied = nodes.Whole(place, rf"\{function}", *inside)
            elif function == "kron":
                if len(inside) != 2:
                    raise DerivationError(
                        r"the Kronecker product is written \operatorname{kron}(A, B)", place
                    )
                applied = nodes.Kronecker(place, *inside)
            else:
                applied = nodes.Apply(place, function, order, inside)
            return self._postfix(applied, self._scripts(argument.children[1:]), argument)
        if function not in BUILT_IN.values():
            raise DerivationError(f"{piece_name(piece)} is a function: write {piece_name(piece)}(…)", place)
        applied = nodes.Apply(place, function, order, (self._piece(argument, following),))
        self._ends(piece_name(piece), place, following)
        return applied

    def _ends(self, name, place, following):
        if next(following, None) is not None:
            raise DerivationError(f"where does the argument of {name} end? Use parentheses", place)

    def _whole(self, place, function, argument, following):
        if argument.data == "factor" and argument.children[0].data == "parentheses":
            body = self.read(argument.children[0])
            node = nodes.Whole(self._from(place, argument), function, body)
            return self._postfix(node, self._scripts(argument.children[1:]), argument)
        node = nodes.Whole(self._from(place, argument), function, self._piece(argument, following))
        self._ends(place.latex, place, following)
        return node

    def _from(self, place, argument):
        """Return the place of what starts there and ends with the argument."""
        return place._replace(
            latex=f"{place.latex}{' ' * place.latex[-1].isalpha()}{self.place(argument).latex}"
        )

    def _combine(self, groups, operators, place):
        kinds = {operator.type for operator in operators}
        for operator in operators:
            if operator.type == "STAR":
                raise DerivationError(
                    r"* is not a product here: write \odot for the Hadamard product, A B for the matrix product",
                    self.place(operator),
                )
        if len(kinds) > 1:
            raise DerivationError("different products in one term: add parentheses", place)
        if kinds == {"HADAMARD"}:
            return nodes.Hadamard(place, tuple(tuple(group) for group in groups))
        result = self._juxtaposed(groups[0], place)
        for group, operator in zip(groups[1:], operators, strict=True):
            if operator.type == "SLASH":
                if len(group) > 1 or len(operators) > 1:
                    raise DerivationError(r"what is divided by what? Write \frac{…}{…}", self.place(operator))
                result = nodes.Divide(place, result, group[0])
            elif operator.type == "COLON":
                result = nodes.Inner(place, result, self._juxtaposed(group, place))
            elif operator.type == "OTIMES":
                result = nodes.Tensor(place, result, self._juxtaposed(group, place))
            else:
                result = nodes.Dot(place, result, self._juxtaposed(group, place))
        return result

    def _juxtaposed(self, factors, place):
        return factors[0] if len(factors) == 1 else nodes.Product(place, tuple(factors))

    def _sum(self, tree):
        scripts = tree.children[1:-1]
        below = [script.children[2] for script in scripts if script.data == "subscript"]
        above = [script for script in self._scripts(scripts) if script.kind == "power"]
        if len(below) != 1 or len(above) > 1 or len(scripts) > len(below) + len(above):
            raise DerivationError(r"a sum is written \sum_i, \sum_{ij} or \sum_{i=1}^{n}", self.place(tree))
        over, besides = _inside(below[0]), None
        if below[0].data == "bounds" and self._text(over.pop()) != "1":
            raise DerivationError("a sum starts at 1", self.place(tree))
        if below[0].data == "besides":
            over, besides = over[:1], self._besides(below[0])
        letters = tuple(letter for part in over for letter in self._indices(part))
        over = (*letters, besides) if besides else letters
        if any(isinstance(letter, int) for letter in letters) or len(set(over)) < len(over):
            raise DerivationError("a sum runs over different index letters", self.place(tree))
        kind = SUMS[tree.children[0][1:4]]
        bound = above[0].text if above else None
        return kind(self.place(tree), letters, bound, self.read(tree.children[-1]), besides)

    def _besides(self, tree):
        """Return the index that a sum leaves out."""
        left, relation, right = tree.children
        others = self._indices(right)
        if relation not in {r"\ne", r"\neq"} or len(others) != 1 or len(self._indices(left)) != 1:
            raise DerivationError(r"of conditions on a sum only j \ne i is known", self.place(tree))
        return others[0]

    def _number(self, tree):
        return nodes.Number(self.place(tree), Fraction(tree.children[0]))

    def _parentheses(self, tree):
        inside = _inside(tree)
        if len(inside) > 1:
            raise DerivationError("a list of arguments needs a function before it", self.place(tree))
        return self.read(inside[0])

    def _comparison(self, tree):
        left, relation, right = tree.children[1:-1]
        return nodes.Compare(self.place(tree), self.read(left), str(relation), self.read(right))

    def _cases(self, tree):
        values, conditions = [], []
        for case in _inside(tree):
            value, *condition = _inside(case)
            relations = [child for child in case.children[1:] if getattr(child, "type", "") == "COMPARE"]
            words = [child for child in case.children if getattr(child, "type", "") == "TEXT"]
            said = words[0][words[0].index("{") + 1 : -1].strip() if words else "if"
            if (conditions and conditions[-1] is None) or said not in (
                {"if", "for"} if condition else {"otherwise", "else"}
            ):
                raise DerivationError(
                    r"a case is written value & \text{if } z > 0, and the last one may be value & \text{otherwise}",
                    self.place(case),
                )
            values.append(self.read(value))
            left_right = map(self.read, condition)
            place = self.place(case)
            conditions.append(
                nodes.Compare(place, next(left_right), str(relations[0]), next(left_right))
                if condition
                else None
            )
        return nodes.Cases(self.place(tree), tuple(values), tuple(conditions))


def piece_name(factor):
    """Return the name that a factor starts with."""
    return canonical(factor.children[0].children[0])


def _inside(tree):
    return [child for child in tree.children if isinstance(child, Tree)]
