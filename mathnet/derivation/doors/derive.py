"""The command `mathnet derive FILE`: the gradient of the last definition of a where part, line by line."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from ..errors import WHOLE, DerivationError
from ..read.files import FileError, derivations, text_of
from ..read.source import split
from ..verdict.derive import Derived, derive
from ..verdict.rendering import note_parts

HELP = """\
Derive the gradient of the last definition, by one symbol or by every one that is declared.

FILE is a where part, or a page with derivations, whose where parts are taken; - is the standard input:

    where X \\in \\mathbb{R}^{n \\times d},  W \\in \\mathbb{R}^{d \\times k},  T \\in \\mathbb{R}^{n \\times k}
      f \\text{ elementwise},  Y = f(X W),  J = \\tfrac12 \\|Y - T\\|^2

What is printed has passed the checker."""
EXIT = "exit status: 0 if everything was derived, 1 if something was refused, 2 if the input cannot be read."
FORMATS = ("text", "latex", "markdown", "numpy", "json")
DERIVED, REFUSED, UNREAD = 0, 1, 2


def run(path: str, by: Sequence[str], form: str, style: str, kind: str) -> int:
    """Derive what a file asks for, print it, and return the exit status."""
    found: list[Derived] = []
    try:
        for id, source in _sources(path):
            found += derive(source, by, id, style, kind)
    except (FileError, DerivationError) as error:
        said = str(error).removeprefix("derivation ").lstrip(":, ")
        print(f"mathnet: {path}: {said}", file=sys.stderr)
        return UNREAD
    if form == "json":
        print(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=1))
    else:
        print("\n\n".join(text(each, form) for each in found))
    return REFUSED if any(each.refused for each in found) else DERIVED


def _sources(path: str) -> Iterator[tuple[str, str]]:
    """Yield the id and the text of every where part."""
    whole = text_of(path)
    fences = derivations(whole, path)
    for fence in fences:
        if fence.problem:
            raise DerivationError(fence.problem, WHOLE, caret=False)
        yield fence.id, fence.source
    if not fences:
        yield "", whole.strip()


def text(found: Derived, form: str) -> str:
    """Return a derivation in one of `FORMATS` but JSON."""
    if found.refused:
        return f"{'# ' if form == 'numpy' else '% ' if form == 'latex' else ''}{found.by} is refused: {found.refused}"
    note = "".join(f"${part}$" if at % 2 else part for at, part in enumerate(note_parts(found.note)))
    lines = [line for _, block in split(found.fence)[1] for line in block.split("\n")]
    if form == "numpy":
        program = found.numpy or f"# {found.by}: there is no program for this"
        return f"# {note}\n{program}" if note else program
    if form == "markdown":
        id = "-".join(filter(None, (found.id, "by", "".join(filter(str.isalnum, found.by)).lower())))
        return f"```derivation {id}\n{found.fence}\n```" + (f"\n\n{note}" if note else "")
    if form == "latex":
        rows = [line if line.endswith("\\\\") else f"{line} \\\\" for line in lines]
        aligned = "\\begin{align*}\n" + "\n".join(rows).removesuffix(" \\\\") + "\n\\end{align*}"
        return aligned + (f"\n{note}" if note else "")
    return "\n".join([f"by {found.by}: {found.verdict}", *([note] if note else []), *lines])
