"""Find the derivation fences of a text: a Markdown page, or a module with docstrings."""

import re
import textwrap
from typing import NamedTuple

FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<ticks>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*)$")
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Found(NamedTuple):
    """A fence: its id, its text without the indentation, the text's first line in the file and its height."""

    id: str
    source: str
    line: int
    height: int


def find(text):
    """Return the derivation fences of a text, in order; fences inside other fences are text, not fences."""
    found, opening, inside = [], None, []
    for number, line in enumerate(text.splitlines(), 1):
        match = FENCE.match(line)
        if opening is None:
            if match:
                opening, inside, start = match, [], number + 1
        elif match and match["ticks"].startswith(opening["ticks"]) and not match["info"].strip():
            word, _, id = opening["info"].strip().partition(" ")
            if word == "derivation":
                found.append(Found(id.strip(), textwrap.dedent("\n".join(inside)), start, len(inside)))
            opening = None
        else:
            inside.append(line)
    return found
