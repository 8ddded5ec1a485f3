"""The command `mathnet derive FILE`: the gradient of the last definition of a where part, line by line."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from ..errors import WHOLE, DerivationError
from ..read.fences import Asked, Found
from ..read.files import FileError, derivations, text_of, where
from ..read.source import split
from ..verdict.derive import AbsentError, Derived, derive
from ..verdict.rendering import note_parts

HELP = """\
Derive the gradient of the last definition, by one symbol or by every one that is declared.

FILE is a where part, or a page with derivations, whose where parts are taken; - is the standard input.
Derivations of a page that define nothing, or lack the symbol, are left out:

    where X \\in \\mathbb{R}^{n \\times d},  W \\in \\mathbb{R}^{d \\times k},  T \\in \\mathbb{R}^{n \\times k}
      f \\text{ elementwise},  Y = f(X W),  J = \\tfrac12 \\|Y - T\\|^2

What is printed has passed the checker."""
EXIT = "exit status: 0 if everything was derived, 1 if something was refused, 2 if the input cannot be read."
EXAMPLE = r"where x \in \mathbb{R}^n, J = x^{\mathsf T} x"
FORMATS = ("text", "latex", "markdown", "numpy", "json")
DERIVED, REFUSED, UNREAD = 0, 1, 2


def run(path: str, by: Sequence[str], form: str, style: str | None, kind: str | None) -> int:
    """Derive what a file asks for, print it, and return the exit status."""
    found: list[Derived] = []
    try:
        asked = _asked(path)
        absent: list[str] = []
        for fence in asked:
            try:
                found += _derived(fence, by, style, kind)
            except AbsentError as error:  # not every derivation of a page is about a gradient
                absent.append(_said(path, fence, error))
            except DerivationError as error:
                return _unread(_said(path, fence, error))
    except FileError as error:
        return _unread(f"{path}: {error}")
    if not found:
        constant = (
            f"{path}: nothing is declared that is not constant, so there is no symbol to differentiate by"
        )
        return _unread("\nmathnet: ".join(absent) or constant)
    if form == "json":
        print(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=1))
    else:
        print("\n\n".join(text(each, form) for each in found))
    return REFUSED if any(each.refused for each in found) else DERIVED


def _unread(said: str) -> int:
    print(f"mathnet: {said}", file=sys.stderr)
    return UNREAD


def _asked(path: str) -> list[Found]:
    """Return the derivations of a page; of a text without any, the text as one."""
    whole = text_of(path)
    if fences := derivations(whole, path):
        return fences
    if not whole.strip():
        raise FileError(f"it is empty; write a where part, as in {EXAMPLE}")
    if not whole.lstrip().startswith("where"):
        raise FileError(
            f"it has no derivation fence, and is no where part, which begins with the word where, as in {EXAMPLE}"
        )
    return [Found("", whole, 1, whole.count("\n") + 1, asked=Asked(""))]


def _derived(found: Found, by: Sequence[str], style: str | None, kind: str | None) -> list[Derived]:
    """Derive what is asked for: on the command line, or else by the head of a `derive` fence."""
    if found.problem:
        raise DerivationError(found.problem, WHOLE, caret=False)
    head = found.asked or Asked("")
    symbols = by or [head.by] * bool(head.by)
    # below the where part of a derivation stand its lines
    where = found.source if found.asked else split(found.source)[0]
    return derive(where, symbols, found.id, style or head.style, kind or head.kind)


def _said(path: str, found: Found, error: DerivationError) -> str:
    """Return what is wrong, at its place in the file."""
    source = found.source
    if found.expansion:
        error.place, source = found.expansion.written_place(error.place), found.expansion.written
    error.attach(found.id, source)
    line, column, _ = error.place
    at = where(path, found, line or 1, column * error.caret) if line or found.id else path
    return "\n    ".join([f"{at} {found.id}".rstrip() + f": {error.reason}", *error.details()])


def text(found: Derived, form: str) -> str:
    """Return a derivation in one of `FORMATS` but JSON."""
    name = f"{found.id}: " if found.id else ""
    if found.refused:
        return f"{'# ' if form == 'numpy' else '% ' if form == 'latex' else ''}{name}{found.by} is refused: {found.refused}"
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
    return "\n".join([f"{name}by {found.by}: {found.verdict}", *([note] if note else []), *lines])
