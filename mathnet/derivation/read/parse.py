"""From tokens to a tree, by the grammar; or what was expected where they do not fit."""

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from lark import Lark, Token, Tree, UnexpectedToken
from lark.lexer import Lexer

from ..errors import DerivationError, Place
from .notation import PLAIN
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
        if at < len(tokens) and tokens[at].type == "TEXT":
            reason = no_function(tokens[at])
        elif 2 <= at < len(tokens) and tokens[at].type == "NAME" and not tokens[at - 1]:
            reason += needs_braces(tokens[at - 2] + tokens[at])
        raise DerivationError(reason, Place(place.line, place.column, "")) from None


def no_function(written: str) -> str:
    r"""Return the reason that words in a `\text` are not the function that they are written as."""
    word = written.partition("{")[2].removesuffix("}").strip()
    if close := get_close_matches(word, PLAIN, n=1, cutoff=0.7):
        return f"{written} is no function that is known; did you mean {PLAIN[close[0]]}?"
    return rf"{written} is no function that is known; a function is declared in the where part, as in \operatorname{{{word}}} \text{{ elementwise}}"


def needs_braces(letters: str) -> str:
    """Return the hint that several subscripts need braces."""
    return f"; several subscripts need braces: _{{{letters}}}"
