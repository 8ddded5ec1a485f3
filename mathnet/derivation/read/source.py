"""A derivation as written: its where part, its chains, their rows, each with its place."""

import re
from dataclasses import dataclass, field

from ..errors import DerivationError, Place
from .tokens import tokenize, with_depths

LEFT_SIDE = re.compile(r"(?!\s*\\q?quad)[\s~{}]*[^&\s~{}][^&]*&\s*(?:=|\\(?:approx|leq?|geq?)(?![A-Za-z]))")


@dataclass
class Side:
    """One side of an equation: its tokens, and the text they were made from."""

    tokens: list
    text: str
    line: int

    @property
    def latex(self):
        """The side as it was written."""
        return self.text[self.tokens[0].start_pos : self.tokens[-1].end_pos]


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
    rows: list = field(default_factory=list)
    sides: list = field(default_factory=list)
    relations: list = field(default_factory=list)
    nodes: list = field(default_factory=list)
    shape: tuple = ()
    letters: dict = field(default_factory=dict)


def split(source):
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
    chains, block = [], []
    for number, line in enumerate([*lines[at:], ""], at + 1):
        if block and (not line.strip() or (block[-1][1].rstrip().endswith(r"\\") and LEFT_SIDE.match(line))):
            chains.append((block[0][0], "\n".join(text for _, text in block)))
            block = []
        if line.strip():
            block.append((number, line))
    return where, chains


def read_chain(text, line):
    """Return the `Chain` of a text whose first line has this number."""
    reasons = {}

    def mask(match):
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


def _rows(tokens):
    rows = [[]]
    for token, depth in with_depths(tokens):
        if token.type == "ROW" and depth == 0:
            rows.append([])
        elif token.type != "ALIGN" or depth:
            rows[-1].append(token)
    return [row for row in rows if row]


def _without_words(tokens, text, reasons):
    """Take the words at the end of a row, and a full stop or comma, from its formula; they are its reason."""
    at = next(
        (at for at, (token, depth) in enumerate(with_depths(tokens)) if not depth and token.type == "TEXT"),
        len(tokens),
    )
    if at < len(tokens):
        reasons[tokens[at].start_pos] = text[tokens[at].start_pos : tokens[-1].end_pos]
    while at and tokens[at - 1].type in {"COMMA", "STOP"}:
        at -= 1
    return tokens[:at]


def _read_row(chain, tokens, text):
    parts, relations = [[]], []
    for token, depth in with_depths(tokens):
        if token.type in {"EQUALS", "COMPARE", "APPROX"} and depth == 0:
            parts.append([])
            relations.append(token)
        else:
            parts[-1].append(token)
    first, *rest = parts
    for relation, part in zip(relations, rest, strict=True):
        if not part:
            raise DerivationError(
                f"nothing stands after {relation}", Place(relation.line, relation.column, "")
            )
    if first and chain.sides:
        chain.sides[-1].tokens += first  # a row that goes on without = continues the side before
    elif first:
        chain.sides.append(Side(first, text, first[0].line))
    elif not chain.sides:
        raise DerivationError("an equation needs a left side", Place(tokens[0].line, tokens[0].column, ""))
    continued = bool(first and chain.rows)
    chain.sides += [Side(part, text, part[0].line) for part in rest]
    chain.relations += relations
    shown = [token for part in (parts if continued else rest) for token in part]
    row = Row(
        line=shown[0].line if shown else tokens[0].line,
        left="" if continued or not first else Side(first, text, 0).latex,
        right=_shown(shown, text),
        relation="" if continued or not relations else str(relations[0]),
        steps=len(rest),
        end=tokens[-1].end_pos,
    )
    chain.rows.append(row)


def _shown(tokens, text):
    """Return the text of tokens without the & that align the rows; one inside of cases or a matrix stays."""
    if not tokens:
        return ""
    inside = {token.start_pos for token in tokens if token.type == "ALIGN"}
    span = range(tokens[0].start_pos, tokens[-1].end_pos)
    return " ".join("".join(" " if text[at] == "&" and at not in inside else text[at] for at in span).split())


def _attach(chain, reasons):
    """Give every reason to the row that ends before it."""
    for start, reason in reasons.items():
        before = [row for row in chain.rows if row.end <= start]
        if before:
            before[-1].reason = reason
