r"""The macros that an author defines: `\newcommand` and its kin, `\def` and `\DeclareMathOperator`, expanded before a derivation is read."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..errors import DerivationError, Place

MAX_ROUNDS, MAX_LENGTH = 10, 20_000
BODY = r"\{((?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*)\}"
NEW = re.compile(
    rf"\\(new|renew|provide)command\*?\s*(?:\{{\s*\\([A-Za-z]+)\s*\}}|\\([A-Za-z]+))\s*(?:\[(\d)\])?\s*{BODY}"
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
        how, braced, bare, count, body, defined, numbers, other, operator, name = match.groups()
        if operator:
            letters = re.sub(r"\\[A-Za-z]+|[^A-Za-z]", "", name)
            found[operator] = Macro(0, rf"\operatorname{{{letters}}}")
        elif defined:
            found[defined] = Macro(len(numbers) // 2, other)
        elif how != "provide" or (braced or bare) not in found:
            found[braced or bare] = Macro(int(count or 0), body)
    return found


class Expansion(NamedTuple):
    """A source in which macros stand no longer, line by line as before.

    Attributes
    ----------
    text, written : str
        The source, and as its author wrote it.
    origins : sequence of int
        From each character of the text to the one of `written` that it comes from; and from its end to the end.
    """

    text: str
    written: str
    origins: Sequence[int]

    def written_place(self, place: Place) -> Place:
        """Return where its author wrote what stands at a place of the text."""
        lines = self.text.split("\n")[: place.line]
        if len(lines) < place.line or not place.line:
            return place
        at = sum(len(line) + 1 for line in lines[:-1]) + min(place.column - 1, len(lines[-1]))
        before = self.written[: self.origins[at]].split("\n")
        return Place(len(before), len(before[-1]) + 1, place.latex)


def expanded(source: str, known: dict[str, Macro]) -> Expansion:
    """Return a source in which macros stand no longer."""
    found = Expansion(source, source, range(len(source) + 1))
    if not known:
        return found
    name = re.compile(r"\\(" + "|".join(sorted(known, key=len, reverse=True)) + r")(?![A-Za-z])")
    for _ in range(MAX_ROUNDS):
        if not name.search(found.text):
            return found
        found = _once(found, known, name)
        if len(found.text) > MAX_LENGTH:
            break
    raise DerivationError(
        "the macros that the file defines do not come to an end", Place(1, 1, ""), caret=False
    )


def _once(before: Expansion, known: dict[str, Macro], name: re.Pattern[str]) -> Expansion:
    """Expand the macros that stand in a source, but not those in what they stand for."""
    source, origins = before.text, before.origins
    text, places, end = "", list[int](), 0
    while match := name.search(source, end):
        macro = known[match[1]]
        arguments, stop = _arguments(source, match.end(), macro.arguments)
        text += source[end : match.start()]
        places += origins[end : match.start()]
        start, begin = len(text), origins[match.start()]
        for at, piece in enumerate(re.split(r"#(\d)", " ".join(macro.body.split()))):
            if at % 2 == 0:
                text += piece
                places += [begin] * len(piece)
            elif int(piece) <= len(arguments):
                argument = arguments[int(piece) - 1]
                text += re.sub(r"\s", " ", source[argument.start : argument.stop])
                places += origins[argument.start : argument.stop]
        space = " " if text[start:][-1:].isalpha() and source[stop : stop + 1].isalpha() else ""
        rest = space + "\n ~ " * source.count("\n", match.start(), stop)
        text += rest
        places += [origins[stop]] * len(rest)
        end = stop
    return Expansion(text + source[end:], before.written, [*places, *origins[end:]])


def _arguments(source: str, at: int, count: int) -> tuple[list[range], int]:
    """Return where the arguments stand that follow there, and where they end."""
    found: list[range] = []
    for _ in range(count):
        match = re.compile(rf"\s*(?:{BODY}|(\\[A-Za-z]+|[^\s{{}}]))").match(source, at)
        if not match:
            break
        found.append(range(*match.span(1 if match[2] is None else 2)))
        at = match.end()
    return found, at
