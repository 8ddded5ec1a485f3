r"""The macros that an author defines: `\newcommand`, `\def` and `\DeclareMathOperator`, expanded before a derivation is read."""

import re
from typing import NamedTuple

from ..errors import DerivationError, Place

MAX_ROUNDS, MAX_LENGTH = 10, 20_000
BODY = r"\{((?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*)\}"
NEW = re.compile(
    rf"\\(?:re)?newcommand\*?\s*(?:\{{\s*\\([A-Za-z]+)\s*\}}|\\([A-Za-z]+))\s*(?:\[(\d)\])?\s*{BODY}"
    rf"|\\def\s*\\([A-Za-z]+)\s*((?:#\d)*)\s*{BODY}"
    rf"|\\DeclareMathOperator\*?\s*\{{\s*\\([A-Za-z]+)\s*\}}\s*{BODY}"
)


class Macro(NamedTuple):
    """A macro: how many arguments it takes, and what it stands for."""

    arguments: int
    body: str


def macros(text: str) -> dict[str, Macro]:
    """Return the macros that a text defines; what stands in comments does not count."""
    found: dict[str, Macro] = {}
    for match in NEW.finditer(re.sub(r"(?<!\\)%.*", "", text) if "\\" in text else ""):
        braced, bare, count, body, defined, numbers, other, operator, name = match.groups()
        if operator:
            letters = re.sub(r"\\[A-Za-z]+|[^A-Za-z]", "", name)
            found[operator] = Macro(0, rf"\operatorname{{{letters}}}")
        elif defined:
            found[defined] = Macro(len(numbers) // 2, other)
        else:
            found[braced or bare] = Macro(int(count or 0), body)
    return found


def expanded(source: str, known: dict[str, Macro]) -> str:
    """Return a source in which macros stand no longer, line by line as before."""
    if not known:
        return source
    name = re.compile(r"\\(" + "|".join(sorted(known, key=len, reverse=True)) + r")(?![A-Za-z])")
    for _ in range(MAX_ROUNDS):
        match = name.search(source)
        if not match:
            return source
        result, end = "", 0
        while match:
            macro = known[match[1]]
            arguments, stop = _arguments(source, match.end(), macro.arguments)
            body = macro.body
            for number, argument in enumerate(arguments, 1):
                body = body.replace(f"#{number}", argument)
            body = " ".join(body.split())
            space = " " if body[-1:].isalpha() and source[stop : stop + 1].isalpha() else ""
            lost = source.count("\n", match.start(), stop) - body.count("\n")
            result += source[end : match.start()] + body + space + "\n ~ " * lost
            end = stop
            match = name.search(source, stop)
        source = result + source[end:]
        if len(source) > MAX_LENGTH:
            break
    raise DerivationError(
        "the macros that the file defines do not come to an end", Place(1, 1, ""), caret=False
    )


def _arguments(source: str, at: int, count: int) -> tuple[list[str], int]:
    """Return the arguments that stand there, and where they end."""
    found: list[str] = []
    for _ in range(count):
        match = re.compile(rf"\s*(?:{BODY}|(\\[A-Za-z]+|[^\s{{}}]))").match(source, at)
        if not match:
            break
        found.append(match[1] if match[2] is None else match[2])
        at = match.end()
    return found, at
