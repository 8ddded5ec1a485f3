"""How names, indices and scripts are spelled: from trees to words, whatever the words mean."""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lark import Token, Tree

from ..errors import DerivationError, Place
from ..meaning.names import Names
from ..meaning.shapes import Index, Shifted
from .notation import ACCENTS
from .tokens import canonical, span, tidy

SIGNS = {"subscript": "_", "power": "^", "star": "^*"}  # how a name is spelled that has such a script


LABEL = re.compile(r"\\(?:text|textrm|mbox|mathrm|mathit|mathsf|operatorname)\s*\{\s*([^{}]*)\}")
LABELLED_T = re.compile(r"(\(.*\)|\[.*\]|\\langle.*\\rangle)T")


Counted = dict[tuple[str, ...], int]  # from names that are multiplied to how often


class Script(NamedTuple):
    """A subscript, superscript or prime."""

    kind: str  # subscript, star, power, transpose, entrywise or prime
    text: str  # without braces and spaces
    tree: Tree[Token]
    written: str  # with its sign, as the author wrote it


class Written(NamedTuple):
    """A name as it was written in a where part: what it spells, and its text without the scripts."""

    base: str
    scripts: list[Script]
    text: str
    place: Place

    @property
    def name(self) -> str:
        """The name with all its scripts."""
        return decorated(self.base, self.scripts)


def trees(tree: Tree[Token]) -> list[Tree[Token]]:
    """Return the trees in a tree, without the signs around them."""
    return [child for child in tree.children if isinstance(child, Tree)]


def tokens(tree: Tree[Token]) -> list[Token]:
    """Return the signs that stand in a tree, without the trees around them."""
    return [child for child in tree.children if isinstance(child, Token)]


@dataclass(frozen=True)
class Spelling:
    """Reads words in trees that were made from the text `source`."""

    source: str

    def place(self, first: Token | Tree[Token], last: Token | Tree[Token] | None = None) -> Place:
        """Return where a tree or token stands, or what stands from one to another."""
        start, end = span(first), span(first if last is None else last)
        return Place(start.line, start.column, tidy(self.source[start.start_pos : end.end_pos]))

    def letters(self, part: Token | Tree[Token]) -> str:
        """Return what is written there without braces and spaces."""
        latex = LABEL.sub(r"\1", self.place(part).latex)
        return "".join(latex.replace("{", " ").replace("}", " ").split()).replace(r"\,", "")

    def scripts(self, parts: Iterable[Tree[Token]]) -> list[Script]:
        r"""Return the scripts that follow a base, in order; `^{*\mathsf T}` is two."""
        return [script for part in parts for script in self._scripts(part)]

    def _scripts(self, part: Tree[Token]) -> list[Script]:
        written = self.place(part).latex
        if part.data == "prime":
            return [Script("prime", str(part.children[0]), part, written)]
        (content,) = trees(part)
        if (
            part.data == "subscript"
            and content.data == "indices"
            and len(content.children) > 2
            and (label := LABEL.fullmatch(self.place(content.children[0]).latex))
            and len(label[1]) > 1
        ):  # y_{\text{pred}, i} is an entry of y_{\text{pred}}
            inside = Tree("indices", content.children[2:], content.meta)
            name = self.place(content.children[0]).latex
            rest = self.place(content.children[2], content.children[-1]).latex
            return [
                Script("subscript", label[1], content, f"_{{{name}}}"),
                Script("subscript", self.letters(content.children[2]), inside, f"_{{{rest}}}"),
            ]
        if part.data == "subscript":
            return [Script("subscript", self.letters(content), content, written)]
        if content.data == "label":
            return [Script("power", self.letters(content), content, written)]
        if content.data == "entrywise":
            return [Script("entrywise", str(content.children[1]), content, written)]
        found = []
        for child in content.children:
            sign = written if len(content.children) == 1 else f"^{{{self.place(child).latex}}}"
            if isinstance(child, Tree) and (label := LABELLED_T.fullmatch(self.letters(child))):
                found += [
                    Script("power", label[1], child, f"^{{{label[1]}}}"),
                    Script("transpose", "T", child, "^T"),
                ]
            elif isinstance(child, Tree):
                found.append(Script("power", self.letters(child), child, sign))
            elif child.type == "MINUS":  # of A^{-T}
                found.append(Script("power", "-1", content, sign))
            else:
                found.append(Script(child.type.lower(), self.letters(child), content, sign))
        return found

    def indices(self, tree: Tree[Token]) -> tuple[Index, ...]:
        """Return the indices of a subscript: letters, numbers from 1, or what is counted with them."""
        if tree.data != "indices" or tokens(tree) != [
            token for token in tokens(tree) if token.type == "COMMA"
        ]:
            raise DerivationError("expected index letters", self.place(tree))
        return tuple(index for terms in trees(tree) for index in self._indices(terms))

    def _indices(self, terms: Tree[Token]) -> Sequence[Index]:
        counted = len(trees(terms)) > 1 or any(part.data == "operator" for part in trees(trees(terms)[0]))
        return [self.shifted(terms)] if counted else self.juxtaposed_indices(terms)

    def shifted(self, terms: Tree[Token]) -> Shifted:
        r"""Return what is counted: $i + p - 1$, $s (i - 1) + p$, $m + k - 1$."""
        counted = tuple((number, names) for names, number in sorted(self._sum(terms).items()) if number)
        return Shifted(self.place(terms).latex, counted)

    def _sum(self, terms: Tree[Token]) -> Counted:
        total: Counted = {}
        sign = 1
        for part in trees(terms):
            if part.data == "sign":
                sign = -1 if tokens(part)[0].type == "MINUS" else 1
            else:
                for names, number in self._product(part).items():
                    total[names] = total.get(names, 0) + sign * number
                sign = 1
        return total

    def _product(self, product: Tree[Token]) -> Counted:
        total: Counted = {(): 1}
        for part in trees(product):
            if part.data == "operator" and tokens(part)[0].type in {"CDOT", "STAR", "TIMES"}:
                continue
            factor = self._counted(part)
            bigger: Counted = {}
            for (left, a), (right, b) in itertools.product(total.items(), factor.items()):
                names = tuple(sorted(left + right))
                bigger[names] = bigger.get(names, 0) + a * b
            total = bigger
        return total

    def _counted(self, part: Tree[Token]) -> Counted:
        atom, *scripts = trees(part) if part.data == "factor" else [part]
        if atom.data == "number" and str(atom.children[0]).isdigit() and not scripts:
            return {(): int(str(atom.children[0]))}
        if atom.data in {"parentheses", "braces"} and len(trees(atom)) == 1 and not scripts:
            return self._sum(trees(atom)[0])
        spelled, inner = self.name(atom)
        below = self.scripts(scripts)
        if spelled and not inner and all(script.kind in {"prime", "subscript"} for script in below):
            return {(spelled + "".join("_" * (s.kind == "subscript") + s.text for s in below),): 1}
        raise DerivationError(
            f"{self.place(part).latex} cannot be counted with: an index is made of letters, sizes and whole numbers, by +, - and products",
            self.place(part),
        )

    def juxtaposed_indices(self, terms: Tree[Token]) -> list[str | int]:
        """Return the indices that stand side by side, without a comma."""
        found: list[str | int] = []
        for part in (part for product in trees(terms) for part in trees(product) or [product]):
            atom, *primes = trees(part) if part.data == "factor" else [part]
            spelled, inner = self.name(atom)
            if atom.data == "number" and str(atom.children[0]).isdigit() and not primes:
                found += [int(digit) for digit in str(atom.children[0])]
            elif spelled and not inner and all(prime.data == "prime" for prime in primes):
                found.append(spelled + "".join(self.letters(prime) for prime in primes))
            else:
                latex = self.place(terms).latex
                hint = ""
                if len(trees(terms)) > 1:
                    hint = ": only a letter can stand here"
                elif (
                    atom.data == "name"
                    and not primes[1:]
                    and [script.data for script in primes] == ["subscript"]
                ):
                    hint = r": for the entry at a label, declare labels, as in y \in \{1, \ldots, K\}^N"
                raise DerivationError(f"{latex} is not an index{hint}", self.place(terms))
        return found

    def name(self, atom: Tree[Token]) -> tuple[str, list[Script]]:
        """Return the name that an atom spells, and the scripts inside its accents; or nothing if it is no name."""
        if atom.data == "name":
            return canonical(str(atom.children[0])), []
        if atom.data != "accented":
            return "", []
        inside, *scripts = trees(atom)
        base, inner = self.name(inside)
        return f"{ACCENTS[str(atom.children[0])]}{{{base}}}", inner + self.scripts(scripts)


def decorated(base: str, scripts: Iterable[Script]) -> str:
    """Return how a base and its scripts are spelled as one name."""
    return base + "".join(SIGNS[s.kind] + s.text * (s.kind != "star") for s in scripts)


def longest(names: Names, base: str, scripts: Sequence[Script]) -> tuple[str, list[Script]]:
    """Return the longest known name that starts with base and its scripts, and the scripts left over."""
    lower = next((s for s in scripts if s.kind == "subscript"), None)
    upper = next((s for s in scripts if s.kind in {"star", "power"}), None)
    for used in ((lower, upper), (None, upper), (lower, None)):
        name = decorated(base, filter(None, used))
        if name in names.symbols or name in names.functions:
            return name, [script for script in scripts if script not in used]
    return base, list(scripts)


def kept(base: str, scripts: Iterable[Script], rest: Sequence[Script]) -> str:
    """Return a base as it was written, with those of its scripts that belong to the name: all but the rest."""
    return base + "".join(script.written for script in scripts if script not in rest)
