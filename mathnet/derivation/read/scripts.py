"""Subscripts and superscripts: from trees to words and indices."""

from typing import NamedTuple

from lark import Tree

from ..errors import DerivationError, Place
from .tokens import tidy


class Script(NamedTuple):
    """A subscript, superscript or prime."""

    kind: str  # subscript, star, power, transpose or prime
    text: str
    tree: Tree


class Scripts:
    """Reads what stands below and above; `source` is the text that the trees were made from."""

    def place(self, tree):
        """Return where a tree or token stands."""
        meta = getattr(tree, "meta", tree)
        return Place(meta.line, meta.column, tidy(self.source[meta.start_pos : meta.end_pos]))

    def _scripts(self, trees):
        scripts = []
        for tree in trees:
            if tree.data == "prime":
                scripts.append(Script("prime", str(tree.children[0]), tree))
            elif tree.data == "subscript":
                scripts.append(Script("subscript", self._text(tree.children[2]), tree.children[2]))
            else:
                content = tree.children[2]
                if content.data == "entrywise":
                    scripts.append(Script("entrywise", str(content.children[1]), content))
                    continue
                for child in content.children:
                    kind = "power" if isinstance(child, Tree) else child.type.lower()
                    inverse = kind == "minus"  # of A^{-T}
                    scripts.append(
                        Script("power", "-1", child) if inverse else Script(kind, self._text(child), child)
                    )
        return scripts

    def indices(self, tree):
        """Return the indices of a subscript: letters, or numbers from 1."""
        if tree.data != "indices":
            raise DerivationError("expected index letters", self.place(tree))
        return tuple(
            index for child in tree.children if isinstance(child, Tree) for index in self._indices(child)
        )

    def _indices(self, terms):
        found = []
        for factor in terms.iter_subtrees_topdown():
            if factor.data == "factor":
                atom, *primes = factor.children
                if atom.data == "number" and atom.children[0].isdigit() and not primes:
                    found += [int(digit) for digit in atom.children[0]]
                elif self.spelled(atom)[0] and all(prime.data == "prime" for prime in primes):
                    found.append(self.spelled(atom)[0] + "".join(self._text(prime) for prime in primes))
            elif factor.data not in {"terms", "product", "name", "number", "prime", "accented"}:
                break
        else:
            return found
        raise DerivationError(f"{self._text(terms)} is not an index", self.place(terms))

    def _text(self, tree):
        return "".join(self.place(tree).latex.replace("{", " ").replace("}", " ").split()).replace(r"\,", "")
