r"""From a block to its chains: every character belongs to a side, a relation, a reason or a separator.

What stands between two formulas says whether the second goes on with the first, begins an equation of its own, or is
part of a reason. Equations of their own come after `\\`, `\quad`, a comma, `\implies`, another column and words; those in a
reason are checked like any other. Where two readings make sense, the block is refused.
"""

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from lark import Token

from ..errors import DerivationError, Place
from .notation import NABLA
from .parse import no_function
from .source import Chain, Piece, Row, Side
from .spelling import Spelling
from .tokens import canonical, source_of, span, tokenize, with_depths

RELATIONS = {"EQUALS", "COMPARE", "APPROX"}
SIGNS = {"PLUS", "MINUS", "HADAMARD", "OTIMES", "CDOT", "TIMES", "SLASH", "STAR", "COLON"}
GAPS = {"ALIGN", "REASON", "QUAD", "COMMA", "STOP", "IMPLIES", "ROW", "LINE"}
CONDITION = re.compile(
    r"\W*(?:(?:and|but) )?(?:if|when|whenever|where|provided|provided that|for|for all|for every|for each|for any)\W*"
)
RELATION_IN_WORDS = re.compile(r"[=<>≤≥≈≠]|\\(?:eq|le|ge|ne|lt|gt|leq|geq|neq|approx|equiv|sim)(?![A-Za-z])")
CONJUNCTION = re.compile(  # after which an equation has a row of its own; after other words it is a reason
    r"^\W*(?:and|or|so|so that|hence|thus|then|therefore|also|moreover|that is|i\.e\.|which gives|we get|it follows that)\W*$",
    re.I,
)


class Item(NamedTuple):
    """What a block is cut into at its outermost level: a formula, a relation, words or a gap."""

    kind: str  # formula, relation, words, or the type of a token between them
    tokens: list[Token]
    row: int

    @property
    def start(self) -> int:
        """Where it begins in the text."""
        return int(span(self.tokens[0]).start_pos)

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return int(span(self.tokens[-1]).end_pos)


def read_block(
    text: str, line: int, words: Collection[str] = (), letters: Collection[str] = ()
) -> list[Chain]:
    r"""Return the chains of a block whose first line has this number; `words` are the names that may stand in a `\text`, `letters` count steps."""
    return Block(text, line, words, letters).chains


def _items(tokens: Sequence[Token], words: Collection[str]) -> list[Item]:
    items: list[Item] = []
    row = columns = 0
    for token, depth in with_depths(tokens):
        kind = str(token.type)
        if depth or kind not in GAPS | RELATIONS | {"TEXT", "ENV"}:
            kind = "formula"
        elif kind in RELATIONS:
            kind = "relation"
        if kind == "TEXT" and canonical(token) in words:
            kind = "formula"
        columns += {"ALIGN": 1, "REASON": 2}.get(kind, 0)
        if kind == "TEXT" or (columns > 1 and kind == "formula" and not depth and token.startswith(r"\text")):
            kind = "words"
        elif kind in {"ROW", "ENV"}:
            kind, columns, row = "ROW", 0, row + 1
        elif kind != "ALIGN" and kind != "REASON" and kind != "QUAD" and columns == 1:
            columns = 0
        before = items[-1] if items else None
        if kind == "formula" and before is not None and before.kind == "formula":
            if (
                depth
                or span(token).column > 1
                or {token.type, before.tokens[-1].type} & SIGNS
                or before.end == span(token).start_pos
            ):
                before.tokens.append(token)
                continue
            items.append(Item("LINE", [token], row))
        items.append(Item(kind, [token], row))
    return items


def below(tokens: Sequence[Token]) -> frozenset[str]:
    """Return the names that stand in subscripts; that of a nabla is a symbol."""
    found: set[str] = set()
    inside = 0  # how deep in brackets the innermost subscript is, plus one
    owners = [None, None, *tokens]
    for owner, before, (token, depth) in zip(owners, owners[1:], with_depths(tokens), strict=False):
        if before is not None and before.type == "SUB" and not inside and owner != NABLA:
            inside = depth + 1
        elif inside and depth < inside:
            inside = 0
        elif inside and token.type == "NAME":
            found.add(str(token))
    return frozenset(found)


def chain_is(chain: Chain | None, chains: Sequence[Chain]) -> bool:
    """Say whether a chain is one of several."""
    return chain is not None and chain in chains


def _shown(items: Sequence[Item], text: str) -> str:
    """Return the text of items without the & that align the rows; one inside of cases or a matrix stays."""
    shown, end = "", items[0].start if items else 0
    for item in items:
        shown += text[end : item.start].replace("&", " ") + text[item.start : item.end]
        end = item.end
    return " ".join(shown.split())


class Block:
    r"""A block that is cut up.

    Parameters
    ----------
    text : str
        Its text.
    line : int
        The number of its first line.
    words : collection of str
        The names that may stand in a `\text`.
    letters : collection of str
        The index letters that count steps.

    Attributes
    ----------
    chains : list of Chain
        The chains, in order; one that is said in a reason comes after the one it stands beside.
    pieces : list of Piece
        What joined gives the text.
    """

    def __init__(
        self, text: str, line: int, words: Collection[str] = (), letters: Collection[str] = ()
    ) -> None:
        self.text, self.place, self.known = text, Spelling(text).place, words
        tokens = tokenize(text, line)
        self.items, self.indices = _items(tokens, words), below(tokens).union(letters)
        self.chains: list[Chain] = []
        self.shown: list[list[Item]] = []  # of every chain: its formulas and relations
        self.reasons: dict[int, list[Item]] = {}  # by row
        self.kinds: list[tuple[str, Item]] = []
        self.chain: Chain | None = None  # that is being written
        self.beside: Chain | None = None  # the last one that is not said in a reason
        self.gap: list[str] = []
        self.column = self.condition = self.joined = False
        self.flush = bool(self.items) and self.items[0].kind == "ALIGN"  # all rows begin with &
        words_until = 0
        for at, item in enumerate(self.items):
            words_until = max(words_until, self._range(at))
            if at < words_until:
                self._reason(item)
                continue
            getattr(self, f"_{item.kind}", self._separator)(item, at)
        self._close()
        if not self.chains:
            raise DerivationError("an equation needs two sides", Place(line, 1, ""), caret=False)
        for chain, items in zip(self.chains, self.shown, strict=True):
            if not chain.said:
                chain.rows = self._rows(items)
        self._attach()
        self.pieces = self._pieces()
        self._refuse_conditions()
        conditions = [condition for chain in self.chains for condition in chain.conditions]
        self.chains = [chain for chain in self.chains if chain not in conditions]

    def _range(self, at: int) -> int:
        r"""Return where $i = 1, \ldots, n$ ends, 0 if none begins there; what does not begin at 1, or ends before the last, is a condition."""
        kinds = [item.kind for item in self.items[at : at + 7]]
        if (
            kinds != ["formula", "relation", "formula", "COMMA", "formula", "COMMA", "formula"]
            or self.chain is None
        ):
            return 0
        letter, relation, first, _, dots, _, last = (item.tokens for item in self.items[at : at + 7])
        counted = {"NAME", "NUMBER", "PLUS", "MINUS"}
        if (
            [token.type for token in (*letter, *relation, *dots)] != ["NAME", "EQUALS", "DOTS"]
            or not {token.type for token in (*first, *last)} <= counted
            or letter[0] not in self.indices
            or letter[0] in self.known
        ):
            return 0
        if len(last) == 1 and last[0].type == "NUMBER":
            first, last = last, first
        if "".join(first) != "1" or len(last) > 1:
            self._limit(letter, first, last)
        return at + 7

    def _limit(self, letter: list[Token], first: list[Token], last: list[Token]) -> None:
        """Let an equation be limited to the places from one to another."""
        assert self.beside is not None
        sides = [Side(list(tokens), self.text, span(letter[0]).line) for tokens in (first, letter, last)]
        sign = Token.new_borrow_pos("COMPARE", r"\le", letter[0])
        self.beside.conditions.append(
            Chain(sides[0].line, sides=sides, relations=[sign, sign], said=True, indices=self.indices)
        )

    # One item after the other

    def _separator(self, item: Item, at: int) -> None:
        self.gap += ["ALIGN", "ALIGN"] if item.kind == "REASON" else [item.kind]
        if item.kind in {"ROW", "IMPLIES"}:
            self.column = self.condition = self.joined = False
            if self.chain is not None and self.chain.said:
                self.chain = self.beside
        elif self.gap.count("ALIGN") > 1 and self.chain is not None and self.chain.whole:
            self.column = True
        elif item.kind in {"COMMA", "STOP"} and self.reasons.get(item.row):
            self.reasons[item.row].append(item)
        if item.kind != "LINE":  # it is only a gap
            self.kinds.append(("separator", item))

    def _words(self, item: Item, at: int) -> None:
        word = item.tokens[0].partition("{")[2].removesuffix("}")
        following = self.items[at + 1] if at + 1 < len(self.items) else None
        applied = following is not None and following.tokens[0].type in {
            "LPAR",
            "LBRACKET",
            "PRIME",
            "SUB",
            "SUP",
        }
        if applied and re.fullmatch(r"\s*[A-Za-z]+", word):
            raise DerivationError(no_function(item.tokens[0]), self.place(item.tokens[0]))
        if RELATION_IN_WORDS.search(word):
            raise DerivationError(
                f"{item.tokens[0]} holds a relation, which would be shown and not checked: end the words before it",
                self.place(item.tokens[0]),
            )
        if self.chain is not None and self.chain.relations and not self.chain.whole:
            raise DerivationError(
                f"words stand after {self.chain.relations[-1]}, where a formula belongs",
                self.place(item.tokens[0]),
            )
        limited = self.beside is not None and chain_is(self.chain, self.beside.conditions)
        if limited and re.search(r"\bor\b", word):
            raise DerivationError(
                "write an equation for each condition, not one for several", self.place(item.tokens[0])
            )
        if self.chain is not None and self.chain.said:
            self.chain = self.beside
        beside = self.column and self.reasons.get(
            item.row
        )  # what comes after other words of a reason is part of it
        self.condition = not beside and bool(CONDITION.fullmatch(word))
        self.gap.append("words")
        self.joined = not self.column and bool(CONJUNCTION.search(word))
        self._reason(item)

    def _relation(self, item: Item, at: int) -> None:
        chain = self.chain
        if chain is None or "IMPLIES" in self.gap:
            raise DerivationError("an equation needs a left side", self.place(item.tokens[0]))
        if "words" in self.gap and chain.said:
            chain = self.chain = self.beside
        assert chain is not None
        if chain.relations and not chain.whole:
            raise DerivationError(
                f"nothing stands after {chain.relations[-1]}", self.place(chain.relations[-1])
            )
        chain.relations.append(item.tokens[0])
        self._show(item, "relation")

    def _formula(self, item: Item, at: int) -> None:
        chain, gap = self.chain, self.gap
        if chain is None:
            self._begin(item)
        elif chain.relations and not chain.whole:
            chain.sides.append(Side(list(item.tokens), self.text, span(item.tokens[0]).line))
            self._show(item)
        elif not chain.relations:
            self._left_side(item, gap)
        else:
            self._after(item, at, gap)

    def _left_side(self, item: Item, gap: Sequence[str]) -> None:
        """Go on with a left side."""
        broken = "ROW" in gap and item.tokens[0].type not in SIGNS
        if broken or not {"ALIGN", "QUAD", "ROW", "LINE"}.issuperset(gap):
            self._close()
        self._extend(item)

    def _after(self, item: Item, at: int, gap: Sequence[str]) -> None:
        """Say what a formula is that comes after a whole equation: more of it, a new one, or part of a reason."""
        followed, aligned = self._followed(at)
        sign = item.tokens[0].type if item.tokens[0].type in SIGNS else ""
        goes_on = bool(sign) and (sign != "MINUS" or not followed)
        unclear = sign == "MINUS" and not aligned
        row = list(gap[len(gap) - gap[::-1].index("ROW") :]) if "ROW" in gap else None
        limits = self.beside is not None and chain_is(self.chain, self.beside.conditions)
        if limits and "COMMA" in gap and not followed:
            self._refuse(item, "after a comma comes an equation, or words: {0} is neither")
        if self.condition and followed:
            self._begin(item, condition=True)
        elif "IMPLIES" in gap:
            self._begin(item)
        elif "words" in (gap if row is None else row) or (self.column and row is None):
            if not followed:
                self._reason(item)
            else:
                self._begin(item, said=not self.joined and ("words" in gap or not aligned))
        elif row is not None:
            if row[:1] == ["ALIGN"]:
                own = followed and not sign and self.flush
                unclear = followed and not sign and not self.flush
                goes_on = not own and not unclear
            else:
                goes_on = goes_on or not followed
                unclear = unclear or (not followed and not sign and self._relation_in_next_row(at))
            self._extend(item) if goes_on and not unclear else self._begin(item, unclear=unclear)
        elif {"COMMA", "STOP"} & {*gap}:
            if not followed:
                self._refuse(item, "after a comma comes an equation, or words: {0} is neither")
            self._begin(item)
        elif "ALIGN" in gap:
            if not followed and not sign:
                self._refuse(item, "{0} stands in a column of its own; a reason stands after &&")
            self._extend(item) if goes_on else self._begin(item, unclear=unclear)
        elif not followed or goes_on:
            self._extend(item)
        else:
            self._begin(item, unclear=unclear or "LINE" in gap)

    def _followed(self, at: int) -> tuple[bool, bool]:
        """Return whether a relation comes next, and whether an & stands before it."""
        after = at + 1
        while after < len(self.items) and self.items[after].kind in {"ALIGN", "QUAD"}:
            after += 1
        found = after < len(self.items) and self.items[after].kind == "relation"
        return found, found and any(item.kind == "ALIGN" for item in self.items[at + 1 : after])

    def _relation_in_next_row(self, at: int) -> bool:
        after = at + 1
        while after < len(self.items) and self.items[after].kind in {"ALIGN", "QUAD", "ROW"}:
            after += 1
        return after < len(self.items) and self.items[after].kind == "relation"

    # What becomes of an item

    def _begin(self, item: Item, said: bool = False, condition: bool = False, unclear: bool = False) -> None:
        if unclear:
            assert self.chain is not None
            before = self.chain.sides[-1].latex
            self._refuse(
                item,
                f"{{0}} could go on with {' '.join(before.split())}, or begin an equation of its own: "
                "write both in one row without a gap, or leave a blank line between them",
            )
        self._close()
        chain = Chain(
            span(item.tokens[0]).line,
            said=said or condition,
            about="a relation in a reason is checked" if said else "",
            indices=self.indices,
        )
        chain.sides.append(Side(list(item.tokens), self.text, chain.line))
        if condition:
            assert self.beside is not None
            self.beside.conditions.append(chain)
        self.chains.append(chain)
        self.shown.append([])
        self.chain = chain
        if not chain.said:
            self.beside, self.column = chain, False
        self.condition = self.joined = False
        self._show(item)

    def _extend(self, item: Item) -> None:
        assert self.chain is not None
        self.chain.sides[-1].tokens += item.tokens
        self._show(item)

    def _show(self, item: Item, kind: str = "side") -> None:
        assert self.chain is not None
        self.gap = []
        self.shown[self.chains.index(self.chain)].append(item)
        self.kinds.append((kind, item))
        if self.chain.said:
            self.reasons.setdefault(item.row, []).append(item)
        elif kind == "relation":
            self.column = False

    def _reason(self, item: Item) -> None:
        if item.kind == "LINE":
            return
        for at, token in enumerate(item.tokens if item.kind == "formula" else ()):
            sides = [item.tokens[place] for place in (at - 1, at + 1) if 0 <= place < len(item.tokens)]
            if token.type in RELATIONS and (
                any(side.type not in {"NAME", "NUMBER"} or str(side) in self.known for side in sides)
                or item.tokens[at - 2].type not in {"LBRACE", "LPAR", "LBRACKET", "LSET"}
            ):
                raise DerivationError(
                    f"{token} stands in brackets in a reason, where it would be shown and not checked: write the equation without them",
                    self.place(token),
                )
        self.column = self.column or item.kind == "formula"
        self.reasons.setdefault(item.row, []).append(item)
        self.kinds.append(("reason", item))

    def _close(self) -> None:
        """Refuse to leave a chain unfinished."""
        for chain in self.chains:
            if not chain.relations:
                raise DerivationError(
                    "an equation needs two sides", self.place(chain.sides[0].tokens[0]), caret=False
                )
            if not chain.whole:
                raise DerivationError(
                    f"nothing stands after {chain.relations[-1]}", self.place(chain.relations[-1])
                )

    def _refuse(self, item: Item, reason: str) -> None:
        latex = " ".join(source_of(self.text, item.tokens).split())
        raise DerivationError(reason.replace("{0}", latex), self.place(item.tokens[0]))

    def _refuse_conditions(self) -> None:
        """Refuse a condition that would limit another row as well, and conditions that nothing meets."""
        for chain, items in zip(self.chains, self.shown, strict=True):
            pairs = [
                frozenset("".join(side.tokens) for side in condition.sides) for condition in chain.conditions
            ]
            place = self.place(chain.conditions[0].sides[0].tokens[0]) if pairs else None
            if place and len({item.row for item in items if item.kind == "relation"}) > 1:
                raise DerivationError(
                    "a condition holds for one equation: write each equation with its condition, and a blank line between them",
                    place,
                )
            if place and (len({*pairs}) < len(pairs) or any(len(pair) < 2 for pair in pairs)):
                raise DerivationError(
                    "the same indices are compared twice in the conditions of an equation", place
                )

    # The rows as they are shown, and the pieces

    def _rows(self, items: Sequence[Item]) -> list[Row]:
        rows: list[Row] = []
        for number in dict.fromkeys(item.row for item in items):
            inside = [item for item in items if item.row == number]
            at = next((at for at, item in enumerate(inside) if item.kind == "relation"), len(inside))
            left, right = ([], inside) if rows and at else (inside[:at], inside[at + 1 :])
            relation = str(inside[at].tokens[0]) if at < len(inside) and right is not inside else ""
            rows.append(
                Row(
                    line=span((right or inside)[0].tokens[0]).line,
                    left=_shown(left, self.text),
                    right=_shown(right, self.text),
                    relation=relation,
                    steps=sum(item.kind == "relation" for item in inside),
                )
            )
        return rows

    def _attach(self) -> None:
        """Give every reason to the row beside it: of the last chain that has one in that row of the block, or before."""
        rows = [
            (number, row)
            for chain, items in zip(self.chains, self.shown, strict=True)
            for number, row in zip(dict.fromkeys(item.row for item in items), chain.rows, strict=False)
        ]
        for number, items in self.reasons.items():
            beside = [row for at, row in rows if at <= number] or [rows[0][1]]
            latex = self.text[items[0].start : items[-1].end]
            beside[-1].reason = " ".join(filter(None, (beside[-1].reason, latex.strip())))

    def _pieces(self) -> list[Piece]:
        pieces: list[Piece] = []
        end = 0
        for kind, item in self.kinds:
            if item.start > end:
                pieces.append(Piece("separator", self.text[end : item.start]))
            pieces.append(Piece(kind, self.text[item.start : item.end]))
            end = item.end
        return [*pieces, Piece("separator", self.text[end:])] if end < len(self.text) else pieces
