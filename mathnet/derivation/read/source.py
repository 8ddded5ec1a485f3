"""A derivation as written: its where part, its chains, their rows, each with its place."""

import re
from dataclasses import dataclass, field

from lark import Token

from ..errors import DerivationError, Place
from ..meaning.nodes import Node
from .spelling import Spelling
from .tokens import source_of, span, tokenize, with_depths

LEFT_SIDE = re.compile(r"(?!\s*\\q?quad)[\s~{}]*[^&\s~{}][^&]*&\s*(?:=|\\(?:approx|leq?|geq?)(?![A-Za-z]))")


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
    end: int = 0  # where the row's formula ends in the text of its chain


@dataclass
class Chain:
    """Sides that are claimed to be equal, or in another relation, one after the other.

    Attributes
    ----------
    relations : list of Token
        What stands between the sides.
    nodes : list of Node
        The sides, once they have been read.
    letters : dict
        From every free index letter to the dimension it runs over.
    """

    line: int
    rows: list[Row] = field(default_factory=list)
    sides: list[Side] = field(default_factory=list)
    relations: list[Token] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    shape: tuple[str, ...] = ()
    letters: dict[str, str] = field(default_factory=dict)


def split(source: str) -> tuple[str, list[tuple[int, str]]]:
    r"""Return the text of the where part and a list of (first line, text) of the chains.

    A blank line ends a chain; so does a row, ended by `\\`, after which a line has a left side of its own before its `&`.
    """
    lines = source.splitlines()
    start = next((at for at, line in enumerate(lines) if line.strip()), 0)
    where, at = "", start
    if lines and re.match(r"\s*where\b", lines[start]):
        at = start + 1
        while at < len(lines) and (lines[at][:1].isspace() or not lines[at].strip()):
            at += 1
        where = "\n" * start + "\n".join(lines[start:at]).replace("where", "     ", 1)
    chains: list[tuple[int, str]] = []
    block: list[tuple[int, str]] = []
    for number, line in enumerate([*lines[at:], ""], at + 1):
        if block and (not line.strip() or (block[-1][1].rstrip().endswith(r"\\") and LEFT_SIDE.match(line))):
            chains.append((block[0][0], "\n".join(text for _, text in block)))
            block = []
        if line.strip():
            block.append((number, line))
    return where, chains


def read_chain(text: str, line: int) -> Chain:
    """Return the `Chain` of a text whose first line has this number."""
    reasons: dict[int, str] = {}

    def mask(match: re.Match[str]) -> str:
        reasons[match.start()] = match.group()[2:].strip()
        return re.sub(r"[^\n]", " ", match.group())

    formulas = re.sub(r"&&.*?(?=\\\\|\Z)", mask, text, flags=re.S)
    chain = Chain(line)
    for tokens in _rows(tokenize(formulas, line)):
        if tokens := _without_words(tokens, formulas, reasons):
            _read_row(chain, tokens, formulas)
    _attach(chain, reasons)
    if len(chain.sides) < 2:
        raise DerivationError("an equation needs two sides", Place(line, 1, ""), caret=False)
    return chain


def _rows(tokens: list[Token]) -> list[list[Token]]:
    rows: list[list[Token]] = [[]]
    for token, depth in with_depths(tokens):
        if token.type == "ROW" and depth == 0:
            rows.append([])
        elif token.type != "ALIGN" or depth:
            rows[-1].append(token)
    return [row for row in rows if row]


def _without_words(tokens: list[Token], text: str, reasons: dict[int, str]) -> list[Token]:
    """Take the words at the end of a row, and a full stop or comma, from its formula; they are its reason."""
    at = next(
        (at for at, (token, depth) in enumerate(with_depths(tokens)) if not depth and token.type == "TEXT"),
        len(tokens),
    )
    if at < len(tokens):
        reasons[span(tokens[at]).start_pos] = source_of(text, tokens[at:])
    while at and tokens[at - 1].type in {"COMMA", "STOP"}:
        at -= 1
    return tokens[:at]


def _read_row(chain: Chain, tokens: list[Token], text: str) -> None:
    parts: list[list[Token]] = [[]]
    relations: list[Token] = []
    for token, depth in with_depths(tokens):
        if token.type in {"EQUALS", "COMPARE", "APPROX"} and depth == 0:
            parts.append([])
            relations.append(token)
        else:
            parts[-1].append(token)
    first, *rest = parts
    for relation, part in zip(relations, rest, strict=True):
        if not part:
            raise DerivationError(f"nothing stands after {relation}", Spelling(text).place(relation))
    if first and chain.sides:
        chain.sides[-1].tokens += first  # a row that goes on without = continues the side before
    elif first:
        chain.sides.append(Side(first, text, span(first[0]).line))
    elif not chain.sides:
        raise DerivationError("an equation needs a left side", Spelling(text).place(tokens[0]))
    continued = bool(first and chain.rows)
    chain.sides += [Side(part, text, span(part[0]).line) for part in rest]
    chain.relations += relations
    shown = [token for part in (parts if continued else rest) for token in part]
    row = Row(
        line=span((shown or tokens)[0]).line,
        left="" if continued or not first else Side(first, text, 0).latex,
        right=_shown(shown, text),
        relation="" if continued or not relations else str(relations[0]),
        steps=len(rest),
        end=span(tokens[-1]).end_pos,
    )
    chain.rows.append(row)


def _shown(tokens: list[Token], text: str) -> str:
    """Return the text of tokens without the & that align the rows; one inside of cases or a matrix stays."""
    if not tokens:
        return ""
    inside = {token.start_pos for token in tokens if token.type == "ALIGN"}
    places = range(span(tokens[0]).start_pos, span(tokens[-1]).end_pos)
    shown = "".join(" " if text[at] == "&" and at not in inside else text[at] for at in places)
    return " ".join(shown.split())


def _attach(chain: Chain, reasons: dict[int, str]) -> None:
    """Give every reason to the row that ends before it."""
    for start, reason in reasons.items():
        before = [row for row in chain.rows if row.end <= start]
        if before:
            before[-1].reason = reason
