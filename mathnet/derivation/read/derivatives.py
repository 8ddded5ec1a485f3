r"""Derivatives as they are written: \partial, \mathrm d and \nabla, from trees to nodes."""

import re

from lark import Tree

from ..errors import DerivationError
from ..meaning import nodes
from .factors import Factors

CLOSED = {"name", "parentheses", "braces", "brackets"}  # after these it is clear where a factor ends


class Derivatives(Factors):
    """Reads derivatives; `_piece` reads a factor, and what a function applies to."""

    def _derivative(self, tree):
        _, _, sign, body, _, _, variables, _ = tree.children
        return self._partial(tree, sign, body, variables)

    def _derivative_operator(self, tree):
        _, _, sign, _, _, variables, _, body = tree.children
        return self._partial(tree, sign, body, variables)

    def _partial(self, tree, sign, body, variables):
        place, found, order = self.place(tree), self.read(body), re.sub(r"[^+\d]", "", sign) or "1"
        written = []
        for factor in variables.children[1::2]:
            written += self._variables(self.read(factor))
        if order != "+" and int(order) != len(written):
            raise DerivationError(
                f"a derivative of order {order} with respect to {len(written)} variable{'s'[: len(written) > 1]}",
                place,
            )
        if order == "+":
            body = found
            while isinstance(body, nodes.Entry | nodes.Transpose):
                body = body.body
            symbol = self.names.symbols.get(getattr(body, "name", ""))
            if len(written) > 1 or not isinstance(body, nodes.Symbol) or symbol.definition is None:
                raise DerivationError(
                    r"an immediate derivative is one \frac{\partial^+ h}{\partial x}, where h, or what it is an entry "
                    "of, has a definition",
                    place,
                )
            return nodes.Immediate(place, found, *written[0], body.name)
        for variable in reversed(written):
            found = nodes.Partial(place, found, *variable)
        return found

    def _variables(self, node):
        """Return name, indices and layout of a variable, as often as its power says."""
        times = 1
        if isinstance(node, nodes.Power) and isinstance(node.exponent, nodes.Number):
            node, times = node.base, int(node.exponent.value)
        match node:
            case nodes.Symbol(name=name) if type(node) is nodes.Symbol:
                return [(name, None, self.names.layout)] * times
            case nodes.Entry(body=nodes.Symbol(name=name), indices=indices):
                return [(name, indices, "")] * times
            case nodes.Transpose(body=nodes.Symbol(name=name)) if not self.names.layout:
                return [(name, None, "transposed")] * times
        raise node.error("a derivative is taken with respect to a symbol or an entry of it")

    def _gradient(self, piece, argument, following):
        r"""Return the gradient, or for \nabla^2 the Hessian: the derivative of the gradient as a row."""
        place, scripts = self.place(piece), self._scripts(piece.children[1:])
        below = [script.tree for script in scripts if script.kind == "subscript"]
        above = [script.text for script in scripts if script.kind != "subscript"]
        if len(below) != 1 or above not in ([], ["2"]):
            raise DerivationError(
                r"the gradient with respect to what? Write \nabla_x J, or \nabla_x^2 J for the Hessian", place
            )
        if argument is None or argument.data == "operator":
            raise DerivationError(r"the gradient of what? Write \nabla_x J", place)
        variable = self.read(below[0].children[0])
        if not isinstance(variable, nodes.Symbol) or len(below[0].children) > 1:
            raise DerivationError(
                r"a gradient is taken with respect to a symbol; for entries write \frac{\partial J}{\partial x_i}",
                place,
            )
        body, place = self._operand(place, argument, following)
        found = nodes.Gradient(place, body, variable.name, None, "transposed" if above else "")
        return nodes.Partial(place, found, variable.name, None, "") if above else found

    def _differential(self, piece, following):
        place, argument = self.place(piece), next(following, None)
        order = re.sub(r"\D", "", piece.children[0].children[0]) or "1"
        if argument is None or argument.data != "factor" or len(piece.children) > 1:
            raise DerivationError(r"the differential of what? Write \mathrm d(…)", place)
        if any(script.kind == "power" for script in self._scripts(argument.children[1:])):
            raise DerivationError(
                r"the differential of a power, or a power of it? Write \mathrm d(…) or (\mathrm d x)^2", place
            )
        found, place = self._operand(place, argument, following)
        for _ in range(int(order)):
            found = nodes.Differential(place, found)
        return found

    def _operand(self, place, argument, following):
        """Return the one factor that an operator applies to, and the place of both."""
        body = self._piece(argument, following)
        if argument.data == "factor" and argument.children[0].data not in CLOSED:
            self._ends(place.latex, place, following)
        inside = isinstance(argument.children[0], Tree) and argument.children[0].data == "parentheses"
        latex = self.place(argument).latex if inside else body.latex
        return body, place._replace(latex=f"{place.latex}{' ' * place.latex[-1].isalpha()}{latex}")
