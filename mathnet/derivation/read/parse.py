"""From tokens to a tree, by the grammar; or what was expected where they do not fit."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lark import Lark, Token, Tree, UnexpectedToken
from lark.lexer import Lexer

from ..errors import DerivationError, Place
from .tokens import span

EXPECTED = {
    "$END": "the end",
    "NAME": "a symbol",
    "NUMBER": "a number",
    "LPAR": "(",
    "RPAR": ")",
    "LBRACE": "{",
    "RBRACE": "}",
    "LBRACKET": "[",
    "RBRACKET": "]",
    "LANGLE": r"\langle",
    "RANGLE": r"\rangle",
    "COMMA": "a comma",
    "PARTIAL": r"\partial",
    "EQUALS": "=",
}


class _Given(Lexer):
    """Hands the tokens over as they are."""

    def __init__(self, configuration: object) -> None:
        pass

    def lex(self, tokens: list[Token]) -> Iterator[Token]:  # type: ignore[override]  # lark hands over what it was given
        yield from tokens


@cache
def parser() -> Lark:
    """Return the parser."""
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer=_Given, start=["terms", "factor"], propagate_positions=True)


def parse_tree(tokens: list[Token], start: str = "terms") -> Tree[Token]:
    """Return the tree of the tokens, or raise a `DerivationError` that says what was expected."""
    try:
        return parser().parse(tokens, start=start)
    except UnexpectedToken as error:
        at = next((i for i, token in enumerate(tokens) if token is error.token), len(tokens))
        place = span(tokens[min(at, len(tokens) - 1)])
        found = (tokens[at] or "the end of an argument") if at < len(tokens) else "the end"
        expected = set(error.expected) & EXPECTED.keys()
        words = sorted(EXPECTED[name] for name in expected - {"PARTIAL"} or expected)
        reason = f"expected {' or '.join(words)} before {found}" if words else f"{found} does not fit here"
        if 2 <= at < len(tokens) and tokens[at].type == "NAME" and not tokens[at - 1]:
            reason += needs_braces(tokens[at - 2] + tokens[at])
        raise DerivationError(reason, Place(place.line, place.column, "")) from None


def needs_braces(letters: str) -> str:
    """Return the hint that several subscripts need braces."""
    return f"; several subscripts need braces: _{{{letters}}}"
