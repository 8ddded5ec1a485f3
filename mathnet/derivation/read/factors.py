"""Factors: what a name with its subscripts and superscripts stands for, where the declared names are known."""

import re
from difflib import get_close_matches

from ..errors import DerivationError
from ..meaning import nodes
from ..meaning.whole import WHOLE
from .parse import needs_braces
from .scripts import Scripts
from .tokens import BUILT_IN, NABLA, canonical

NORMS = {("subscript", "F"): "", ("subscript", "2"): "_2", ("power", "2"): "^2"}  # scripts of a norm
ACCENTS = {r"\overline": r"\bar", r"\widehat": r"\hat", r"\widetilde": r"\tilde"}


class Factors(Scripts):
    """Reads names; `names` are those that are declared, and `read` reads what stands inside scripts and brackets."""

    def _factor(self, tree):
        found = self.factor(tree)
        if not isinstance(found, nodes.Node):
            raise DerivationError(f"{self._text(tree)} is a function", self.place(tree))
        return found

    def factor(self, tree):
        """Return the node of a factor, or function and order of derivative where it names a function."""
        atom, *scripts = tree.children
        scripts = self._scripts(scripts)
        if atom.data == "name":
            return self._named(atom.children[0], scripts, tree)
        if atom.data == "accented":
            return self._accented(atom, scripts, tree)
        if atom.data == "differential":
            raise DerivationError(r"the differential of what? Write \mathrm d(…)", self.place(tree))
        return self._postfix(self.read(atom), scripts, tree)

    def _named(self, token, scripts, tree):
        base = canonical(token)
        name, rest = self.names.longest(base, scripts)
        if name in self.names.symbols:
            return self._postfix(nodes.Symbol(self.place(tree)._replace(latex=name), name), rest, tree)
        kinds = [script.kind for script in rest]
        if name in self.names.functions or base in BUILT_IN:
            if any(kind != "prime" for kind in kinds):
                raise DerivationError(
                    f"{base} is a function: write its argument before other scripts", self.place(tree)
                )
            return name if name in self.names.functions else BUILT_IN[base], sum(
                len(script.text) for script in rest
            )
        if base == NABLA:
            return base, 0
        if base in WHOLE:
            if rest:
                raise DerivationError(
                    f"{base} is a function: write its argument before other scripts", self.place(tree)
                )
            return base, 0
        if base == "e" and kinds == ["power"]:
            exponent = self.read(rest[0].tree)
            return nodes.Apply(self.place(tree), "e^", 0, (exponent,))
        if base == r"\delta" and kinds == ["subscript"]:
            indices = self.indices(rest[0].tree)
            if len(indices) != 2:
                raise DerivationError(r"the Kronecker delta has two indices: \delta_{ij}", self.place(tree))
            return nodes.Delta(self.place(tree), *indices)
        if base in self.names.dimensions:
            return self._postfix(nodes.Size(self.place(token), base), rest, tree)
        raise DerivationError(self._unknown(base, scripts, tree), self.place(tree))

    def _unknown(self, base, scripts, tree):
        written = base + "^*" * any(script.kind == "star" for script in scripts)
        subscript = re.search(r"_(\w)$", self.source[: tree.meta.start_pos])
        if subscript:
            return f"unknown symbol {written}{needs_braces(subscript[1] + written)}"
        if base == "d":
            return r"unknown symbol d; the differential is written \mathrm d"
        close = get_close_matches(written, [*self.names.symbols, *self.names.functions], n=1, cutoff=0.6)
        hint = f"did you mean {close[0]}?" if close else "declare or define it in the where part"
        return f"unknown symbol {written}; {hint}"

    def spelled(self, atom):
        """Return the name that an atom spells, and the scripts inside its accents; or nothing if it is no name."""
        if atom.data == "name":
            return canonical(atom.children[0]), []
        if atom.data != "accented":
            return "", []
        accent, _, inside, *scripts, _ = atom.children
        base, inner = self.spelled(inside)
        accent = ACCENTS.get(accent, str(accent))
        return f"{accent}{{{base}}}", inner + self._scripts(scripts)

    def _accented(self, atom, scripts, tree):
        written, inner = self.spelled(atom)
        accent, inside, place = written.partition("{")[0], atom.children[2], self.place(tree)
        own, own_rest = self.names.longest(written, inner + scripts)
        name, rest = self.names.longest(self.spelled(inside)[0], inner + scripts)
        if own in self.names.symbols:
            return self._postfix(nodes.Symbol(place, own), own_rest, tree)
        if name in self.names.symbols and accent == r"\bar":
            return self._postfix(nodes.Cotangent(place, name), rest, tree)
        if name in self.names.symbols and accent == r"\dot":
            symbol = nodes.Symbol(place._replace(latex=name), name)
            return self._postfix(nodes.Differential(place, symbol), rest, tree)
        if accent == r"\dot" and written.startswith(r"\dot{\bar{") and "power" not in {s.kind for s in rest}:
            return nodes.Differential(place, self._accented(inside, inner + scripts, tree))
        raise DerivationError(self._unknown(written, [], tree), place)

    def _postfix(self, node, scripts, tree):
        place = self.place(tree)
        kinds = [script.kind for script in scripts]
        if "power" in kinds and "subscript" in kinds:  # x_i^2 and x^2_i are both (x_i)^2
            self._refuse_power_of_matrix(node, scripts, place)
            scripts = sorted(scripts, key=lambda script: script.kind == "power")
        for script in scripts:
            if _is_norm(node) and (script.kind, script.text) in NORMS:
                node = nodes.Whole(place, node.function + NORMS[script.kind, script.text], node.body)
            elif script.kind == "subscript" and isinstance(node, nodes.Inner) and script.text == "F":
                continue
            elif script.kind == "subscript":
                node = nodes.Entry(place, node, self.indices(script.tree))
            elif script.kind == "transpose" or (script.text == "T" and "T" not in self.names.symbols):
                if isinstance(node, nodes.Entry):
                    raise DerivationError(
                        "transpose of an entry? Write [A^{\\mathsf T}]_{ij} or A_{ji}", place
                    )
                node = nodes.Transpose(place, node)
            elif script.text == "-T" and "T" not in self.names.symbols:
                node = nodes.Transpose(place, nodes.Whole(place, "^{-1}", node))
            elif script.kind == "entrywise" and script.text.isdigit() and 0 < int(script.text) <= 9:
                node = nodes.Hadamard(place, ((node,),) * int(script.text))
            elif script.kind == "power" and script.text == "-1" and not isinstance(node, nodes.Entry):
                node = nodes.Whole(place, "^{-1}", node)
            elif script.kind == "power" and re.fullmatch(r"\([^()]*\)", script.text):
                raise DerivationError(
                    f"{node.latex}^{{{script.text}}} is not declared; a power has no parentheses", place
                )
            elif script.kind == "power":
                node = nodes.Power(place, node, self.read(script.tree))
            else:
                raise DerivationError(
                    f"{node.latex}{'^*' if script.kind == 'star' else script.text} is not declared", place
                )
        return node

    def _refuse_power_of_matrix(self, node, scripts, place):
        power, subscript = (next(s for s in scripts if s.kind == kind) for kind in ("power", "subscript"))
        indices = self.indices(subscript.tree)
        if len(indices) > 1 and (power.text == "-1" or scripts.index(power) < scripts.index(subscript)):
            entry, name = f"_{{{''.join(map(str, indices))}}}", node.latex
            raise DerivationError(
                f"the power of an entry, or an entry of a power? Write ({name}{entry})^{{{power.text}}} "
                f"or [{name}^{{{power.text}}}]{entry}",
                place,
            )


def _is_norm(node):
    return isinstance(node, nodes.Whole) and node.function.startswith(r"\|") and "^" not in node.function
