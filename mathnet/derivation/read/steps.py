r"""Sequences: what there is one of for each step $t = 1, \ldots, T$, or for each layer.

A letter counts steps if the where part says from where to where it runs, or a sum does, and if something at one step is made of
something at the step before or after it, as in $h_t = f(h_{t-1})$.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lark import Token

from ..errors import DerivationError, Place
from ..meaning import names as meaning
from ..meaning.names import Names
from ..meaning.shapes import Index, Shifted
from .spelling import Script, decorated
from .tokens import canonical, span, with_depths

MANY = "…"  # the name of the sequence L_t ends so, that of the symbol L does not
BRACKETS = (("(", ")"), ("[", "]"), (r"\langle", r"\rangle"), ("", ""))
TERM = re.compile(r"([+-]?)(\d+|\\?[A-Za-z]+'*)")
FOR = re.compile(r"\\text\w*\s*\{\W*(?:for|for all|for each|for every|where|with)\W*\}")
COUNTS = {
    *"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    r"\tau",
}  # what may say how many steps there are, without being declared
ENDS = {"COMMA", "TEXT", "ROW", "STOP"}


@dataclass(frozen=True)
class At:
    """Which sequence a name with its scripts belongs to, at which step; what else the script says; and the scripts that are left."""

    key: str
    index: Index
    entries: tuple[Index, ...]
    rest: list[Script]
    script: Script


@dataclass(frozen=True)
class Range:
    r"""$t = 1, \ldots, T$."""

    letter: str
    first: Index
    last: Index
    place: Place

    @property
    def count(self) -> str:
        """The one size in it, which says how many steps there are; or nothing."""
        (*sizes,) = self.last.names if isinstance(self.last, Shifted) else ()
        return sizes[0] if len(sizes) == 1 else ""

    @property
    def whole(self) -> bool:
        """Whether it runs over all steps."""
        return self.first == 1 and str(self.last) == self.count


def index_of(text: str, sizes: Iterable[str] = ()) -> Index | None:
    """Return the index that is written there, if it is one; a size is counted with, and no letter."""
    parts = TERM.findall(text)
    if not parts or "".join(sign + word for sign, word in parts) != text:
        return None
    if text.isdigit():
        return int(text)
    if any(not word.isdigit() and len(word.strip("'")) > 1 and word[0] != "\\" for _, word in parts):
        return None
    if len(parts) == 1 and text == parts[0][1] and text not in sizes:
        return text
    terms: dict[tuple[str, ...], int] = {}
    for sign, word in parts:
        name, number = ((), int(word)) if word.isdigit() else ((word,), 1)
        terms[name] = terms.get(name, 0) + (-number if sign == "-" else number)
    return Shifted(text, tuple((number, name) for name, number in sorted(terms.items()) if number))


def letters(index: Index | None) -> frozenset[str]:
    """Return the letters and sizes in an index."""
    return index.names if isinstance(index, Shifted) else frozenset({index} if isinstance(index, str) else ())


def step_at(names: Names, base: str, scripts: Sequence[Script]) -> At | None:
    """Return which step of a known sequence a name with its scripts is, or None."""
    for script in scripts:
        others = [other for other in scripts if other is not script]
        for used in (*(([other],) for other in others), ()):
            labels = [
                label for group in used for label in group if label.kind in {"subscript", "power", "star"}
            ]
            key = decorated(base, labels) + MANY
            sequence = names.sequences.get(key)
            if sequence is None or sequence.kind != script.kind:
                continue
            if (found := _inside(script.text, sequence.brackets, names, script.kind == "power")) is not None:
                rest = [other for other in others if other not in labels]
                return At(key, found[0], found[1:], rest, script)
    return None


def _inside(text: str, brackets: tuple[str, str], names: Names, power: bool) -> tuple[Index, ...] | None:
    """Return the indices in a script with these brackets, of which the first counts steps."""
    opening, closing = brackets
    if not opening and text in {"T", "-T", "-1"} and power:
        return None
    if not (text.startswith(opening) and text.endswith(closing) and len(text) > len(opening + closing)):
        return None
    inside = text[len(opening) : len(text) - len(closing)]
    parts = list(inside) if re.fullmatch("[a-z]{2,3}", inside) else inside.split(",")
    found = [index_of(part, names.dimensions) for part in parts]
    indices = tuple(index for index in found if index is not None)
    return indices if len(indices) == len(found) else None


def new_sequence(names: Names, base: str, scripts: Sequence[Script]) -> tuple[str, meaning.Sequence] | None:
    """Return the sequence that a name with its scripts begins, with its name, or None."""
    for script in scripts:
        for brackets in BRACKETS:
            found = _inside(script.text, brackets, names, script.kind == "power")
            counts = letters(found[0]) & names.steps.keys() if found else ()
            if found and counts and script.kind in {"subscript", "power"}:
                others = [other for other in scripts if other is not script and not _entries(other, names)]
                key = decorated(base, [other for other in others if other.kind != "prime"]) + MANY
                return key, meaning.Sequence(script.kind, brackets, names.steps[min(counts)])
    return None


def _entries(script: Script, names: Names) -> bool:
    """Say whether a script holds index letters, and is no part of a name."""
    return script.kind == "subscript" and bool(re.fullmatch("[a-z]{1,2}", script.text))


def take_ranges(tokens: Sequence[Token], sizes: Sequence[str]) -> tuple[list[Token], dict[int, Range]]:
    r"""Return the tokens with one in place of each $t = 1, \ldots, T$, and from where it begins to what it says."""
    kept: list[Token] = []
    ranges: dict[int, Range] = {}
    depths = [depth for _, depth in with_depths(tokens)]
    at = 0
    while at < len(tokens):
        found = None if depths[at] else _range(tokens, at, sizes)
        if found is None:
            kept.append(tokens[at])
            at += 1
            continue
        stop, range_ = found
        while kept and (kept[-1].type == "COMMA" or FOR.fullmatch(str(kept[-1]))):
            if span(kept[-1]).line != span(tokens[at]).line:
                break
            kept.pop()
        start, end = span(tokens[at]), span(tokens[stop - 1])
        kept.append(
            Token(
                "STEPS",
                range_.place.latex,
                start_pos=start.start_pos,
                end_pos=end.end_pos,
                line=start.line,
                column=start.column,
            )
        )
        ranges[start.start_pos] = range_
        at = stop
    return kept, ranges


def _range(tokens: Sequence[Token], at: int, sizes: Sequence[str]) -> tuple[int, Range] | None:
    r"""Return where a $t = 1, \ldots, T$ that begins there ends, and what it says."""
    if at + 2 >= len(tokens) or tokens[at].type != "NAME" or tokens[at + 1].type != "EQUALS":
        return None
    parts: list[list[Token]] = [[]]
    stop = at + 2
    while stop < len(tokens) and span(tokens[stop]).line == span(tokens[at]).line:
        token = tokens[stop]
        if (
            token.type in ENDS
            and (parts[-1] or token.type != "COMMA")
            and any(part and part[0].type == "DOTS" for part in parts[:-1])
        ):
            break
        if token.type == "COMMA":
            parts.append([])
        elif token.type == "DOTS":
            parts += [[token], []]
        elif token.type in {"NAME", "NUMBER", "PLUS", "MINUS"}:
            parts[-1].append(token)
        else:
            return None
        stop += 1
    parts = [part for part in parts if part]
    dots = [place for place, part in enumerate(parts) if part[0].type == "DOTS"]
    if dots not in ([1], [2]) or len(parts) != dots[0] + 2:
        return None
    first, last = (
        index_of("".join(map(canonical, part)), [*sizes, *COUNTS]) for part in (parts[0], parts[-1])
    )
    if isinstance(last, int):
        first, last = last, first
    if first is None or last is None or isinstance(first, str):
        return None
    start = span(tokens[at])
    latex = " ".join(map(str, tokens[at:stop]))
    return stop, Range(str(tokens[at]), first, last, Place(start.line, start.column, latex))


def count_steps(
    names: Names, ranges: Mapping[int, Range], where: str, derivation: str, summed: Iterable[tuple[str, str]]
) -> None:
    """Find the letters that count steps, and how many there are of them."""
    for range_ in ranges.values():
        if not range_.count:
            raise DerivationError(
                r"how many steps are there? Write t = 1, \ldots, T, where T is a size", range_.place
            )
        known = names.steps.get(range_.letter, range_.count)
        if known != range_.count:
            raise DerivationError(
                f"{range_.letter} counts up to {known} and up to {range_.count}: use another letter",
                range_.place,
            )
        names.steps[range_.letter] = known
    for letter, bound in summed:
        if bound and _goes_on(where, letter):
            names.steps.setdefault(letter, bound)
    for letter, count in list(names.steps.items()):
        if not re.search(rf"[_^]\s*\{{[^{{}}]*?(?<![A-Za-z\\]){re.escape(letter)}\s*[-+]\s*\d", derivation):
            names.samples[letter] = names.steps.pop(letter)
        if count not in names.dimensions:
            names.dimensions.append(count)


def _goes_on(where: str, letter: str) -> bool:
    """Say whether something is defined at one step from itself at another one."""
    index = rf"\{{?\s*(?:[(\[]|\\langle)?\s*{re.escape(letter)}"
    for name in re.findall(rf"(\\?[A-Za-z]+)\s*[_^]\s*{index}\s*(?:[)\]]|\\rangle)?\s*\}}?\s*&?=", where):
        if re.search(rf"(?<![A-Za-z\\]){re.escape(name)}\s*[_^]\s*{index}\s*[-+]\s*\d", where):
            return True
    return False
