"""Find the derivation and derive fences of a Markdown text; they may stand in lists, quotes and admonitions."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .macros import Expansion

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
PREFIX = re.compile(r"[ \t]*(?:>[ \t]*|[-*+][ \t]+|\d{1,9}[.)][ \t]+){0,20}")
TICKS = re.compile(r"(?P<ticks>`{3,}|~{3,})(?P<info>.*)")
OPTION = re.compile(r"""(?<!\S)(by|style|kind)=("[^"]+"|[^\s"]+)(?!\S)""")
LONGEST_MARGIN = 200


class Asked(NamedTuple):
    """What a `derive` fence asks for: the symbol that is differentiated by, the style of the steps, the kind of derivative."""

    by: str
    style: str = "backward"
    kind: str = "gradient"


class Found(NamedTuple):
    """A derivation as it was found, before it is checked.

    Attributes
    ----------
    id : str
        Its name.
    source : str
        Its text, without the indentation.
    line, height : int
        The first line of the text in the file, and how many lines it has.
    column : int
        How many characters stand left of the text: the indentation.
    problem : str
        Why it cannot count as checked, whatever its lines say: no id, an id that is used twice, a fence without an end.
    cell : int
        Which cell of a notebook it stands in, from 1; the lines are then those of the cell. Else 0.
    expansion : Expansion or None
        How the macros of its file were expanded in it.
    asked : Asked or None
        Of a `derive` fence, whose text is only the where part, what is to be derived.
    """

    id: str
    source: str
    line: int
    height: int = 0
    column: int = 0
    problem: str = ""
    cell: int = 0
    expansion: Expansion | None = None
    asked: Asked | None = None


class Fence(NamedTuple):
    """A fenced block of any kind: the word after the ticks, the rest of that line, and the text inside."""

    word: str
    rest: str
    prefix: str
    source: str
    line: int
    height: int
    column: int
    closed: bool


def left_of(text: str, position: int) -> str:
    """Return what stands left of a position in its line; of a long line only the end, marked as such."""
    start = text.rfind("\n", max(0, position - LONGEST_MARGIN), position) + 1
    return text[start:position] if start or position < LONGEST_MARGIN else "…"


def fences(text: str, word: str = "") -> Iterator[Fence]:
    """Yield the fences of a text, in order; fences inside other fences are text. A word leaves out those without it."""
    opening: re.Match[str] | None = None
    prefix, line, counted = "", 1, 0
    for match in TICKS.finditer(text):
        margin = left_of(text, match.start())
        ticks, info = match["ticks"], match["info"].strip()
        if opening is None:
            inline = ticks[0] == "`" and "`" in info
            if not inline and PREFIX.fullmatch(margin):
                line += text.count("\n", counted, match.start())
                opening, prefix, counted = match, margin, match.start()
        elif ticks.startswith(opening["ticks"]) and not info and not margin.strip(" \t>"):
            if word in opening["info"]:
                inside = text[opening.end() + 1 : match.start() - len(margin)].removesuffix("\n")
                yield _fence(opening["info"], prefix, inside, line, True)
            opening = None
    if opening and word in opening["info"]:
        yield _fence(opening["info"], prefix, text[opening.end() + 1 :], line, False)


def _fence(info: str, prefix: str, inside: str, line: int, closed: bool) -> Fence:
    word, _, rest = info.strip().partition(" ")
    lines = texts = inside.split("\n") if inside else []
    if depth := prefix.count(">"):
        quote = re.compile(rf"[ \t]*(?:>[ \t]?){{0,{depth}}}")
        texts = [quote.sub("", text, count=1) for text in lines]
    source = textwrap.dedent("\n".join(texts))
    column = next((len(a) - len(b) for a, b in zip(lines, source.split("\n"), strict=False) if b.strip()), 0)
    return Fence(word, rest.strip(), prefix, source, line + 1, len(lines), column, closed)


def find(text: str) -> list[Found]:
    """Return the derivations of a Markdown text, in order."""
    return named(find_fences(text))


def find_fences(text: str) -> Iterator[Found]:
    """Yield the derivations of a Markdown text, whatever their ids; also those that are only asked for."""
    for fence in fences(text, "deriv") if "deriv" in text else ():
        if fence.word in {"derivation", "derive"}:
            id, asked, problem = (fence.rest, None, "") if fence.word == "derivation" else asks(fence.rest)
            problem = problem if fence.closed else "the fence is never closed"
            yield Found(id, fence.source, fence.line, fence.height, fence.column, problem, 0, None, asked)


def asks(head: str) -> tuple[str, Asked, str]:
    r"""Return the id of a `derive` fence, what it asks for, and what is wrong with that, or the empty string.

    Examples
    --------
    >>> asks("my-layer by=W style=backward")
    ('my-layer', Asked(by='W', style='backward', kind='gradient'), '')
    >>> asks("my-layer W")[-1]
    'the head of a derive fence is an id, by=… and perhaps style=… and kind=…, as in derive my-id by=W; W cannot be read'
    """
    id, _, rest = head.strip().partition(" ")
    said = {name: value.strip('" ') for name, value in OPTION.findall(rest)}
    problem = ""
    if unread := " ".join(OPTION.sub("", rest).split()):
        problem = f"the head of a derive fence is an id, by=… and perhaps style=… and kind=…, as in derive my-id by=W; {unread} cannot be read"
    elif "by" not in said:
        problem = (
            f"it does not say by which symbol: write by=… after the id, as in derive {id or 'my-id'} by=W"
        )
    return id, Asked(**{"by": "", **said}), problem


def named(derivations: Iterable[Found]) -> list[Found]:
    """Return derivations as a list in which every id that is missing, malformed or used before is a problem."""
    first: dict[str, Found] = {}
    result: list[Found] = []
    for found in derivations:
        problem = found.problem or id_problem(found.id)
        if not problem and found.id in first:
            place = "cell {0.cell}, line {0.line}" if first[found.id].cell else "line {0.line}"
            problem = f"the id is already used at {place.format(first[found.id])}"
        first.setdefault(found.id, found)
        result.append(found._replace(problem=problem))
    return result


def id_problem(id: str) -> str:
    """Return what is wrong with an id, or the empty string."""
    if not id:
        return "it has no id: write one after the word derivation"
    if not ID.fullmatch(id):
        return f"the id {id} is not made of small letters, digits and single dashes"
    return ""
