"""A derivation as written: its where part, its blocks, and in them the chains, each with its rows."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from lark import Token

from ..meaning.names import Names
from ..meaning.nodes import Node
from .tokens import source_of, span


@dataclass
class Side:
    """One side of an equation: its tokens, and the text they were made from."""

    tokens: list[Token]
    text: str
    line: int

    @property
    def latex(self) -> str:
        """The side as it was written."""
        return source_of(self.text, self.tokens)


@dataclass
class Row:
    """One row as it is shown: left side (often empty), relation, right side, reason."""

    line: int
    left: str
    right: str
    reason: str = ""
    relation: str = ""  # empty where a row goes on with the side before
    steps: int = 0


@dataclass(eq=False)
class Chain:
    r"""Sides that are claimed to be equal, or in another relation, one after the other.

    Attributes
    ----------
    relations : list of Token
        What stands between the sides.
    conditions : list of Chain
        What stands after `\text{if}`.
    said : bool
        Whether it stands in a reason, which is where it is shown.
    about : str
        What an error in it begins with.
    indices : frozenset of str
        The letters that stand in subscripts of its block.
    nodes : list of Node
        The sides, once they have been read.
    letters : dict
        From every free index letter to the dimension it runs over.
    """

    line: int
    rows: list[Row] = field(default_factory=list)
    sides: list[Side] = field(default_factory=list)
    relations: list[Token] = field(default_factory=list)
    conditions: list["Chain"] = field(default_factory=list)
    said: bool = False
    about: str = ""
    indices: frozenset[str] = frozenset()
    nodes: list[Node] = field(default_factory=list)
    shape: tuple[str, ...] = ()
    letters: dict[str, str] = field(default_factory=dict)

    @property
    def start(self) -> tuple[int, int]:
        """Line and column where it begins."""
        first = span(self.sides[0].tokens[0])
        return first.line, first.column

    @property
    def whole(self) -> bool:
        """Whether it has a relation, and something on both sides of it."""
        return bool(self.relations) and len(self.sides) > len(self.relations)

    def only_indices(self, names: Names) -> bool:
        """Say whether it compares nothing but index letters: $i = k$."""
        words = [str(token) for side in self.sides for token in side.tokens]
        letters = [word for word in words if not word.isdigit() and word.strip("'")]
        known = names.symbols.keys() | names.functions
        return all(
            len(side.tokens) == 1 or side.tokens[1:][0].type == "PRIME" for side in self.sides
        ) and bool(letters and self.indices.issuperset(letters) and known.isdisjoint(letters))


class Piece(NamedTuple):
    """A piece of a block: a side, a relation, a reason or a separator. Joined, the pieces are the block."""

    kind: str
    text: str


def split(source: str) -> tuple[str, list[tuple[int, str]]]:
    """Return the text of the where part and a list of (first line, text) of the blocks, which blank lines end."""
    lines = source.splitlines()
    start = next((at for at, line in enumerate(lines) if line.strip()), 0)
    where, at = "", start
    if lines and re.match(r"\s*where\b", lines[start]):
        at = start + 1
        while at < len(lines) and (lines[at][:1].isspace() or not lines[at].strip()):
            at += 1
        where = "\n" * start + "\n".join(lines[start:at]).replace("where", "     ", 1)
    blocks: list[tuple[int, str]] = []
    block: list[tuple[int, str]] = []
    for number, line in enumerate([*lines[at:], ""], at + 1):
        if block and not line.strip():
            blocks.append((block[0][0], "\n".join(text for _, text in block)))
            block = []
        if line.strip():
            block.append((number, line))
    return where, blocks
