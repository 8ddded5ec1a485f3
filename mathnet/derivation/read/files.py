"""Find the derivations of a file: Markdown, LaTeX, Python with docstrings, a notebook."""

import ast
import json
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from ..errors import DerivationError
from .fences import Found, find_fences, named
from .latex import EVENT, find_latex
from .macros import Macro, expanded, macros

MAX_BYTES, MAX_PYTHON, MAX_DERIVATIONS = 10_000_000, 500_000, 2_000
OPENED = re.compile(r"(?:`{3}|~{3})[ \t]*deriv(?:ation|e)\b")
ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\(?!\\)")


class FileError(ValueError):
    """A file that cannot be searched for derivations, with the reason."""


def paths(name: str) -> list[str]:
    """Return the files that a path stands for: itself, or all files below a folder that may hold derivations."""
    if not os.path.isdir(name):
        return [name]
    found = []
    for folder, folders, files in os.walk(name):
        folders[:] = sorted(inner for inner in folders if not inner.startswith("."))
        found += [os.path.join(folder, file) for file in sorted(files) if Path(file).suffix in FINDERS]
    return found


def text_of(path: str) -> str:
    """Return the text of a file; `-` is the standard input.

    Raises
    ------
    FileError
        If it cannot be read, is too large, or is not text in UTF-8.
    """
    try:
        data = sys.stdin.buffer.read(MAX_BYTES + 1) if path == "-" else _bytes(path)
    except OSError as error:
        raise FileError(error.strerror or str(error)) from None
    if len(data) > MAX_BYTES:
        raise FileError(f"too large to check: the limit is {MAX_BYTES} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(
            f"not text in UTF-8: byte {data[error.start]:#04x} at position {error.start}"
        ) from None
    if "\0" in text:
        raise FileError("not text: it holds NUL characters")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read(path: str) -> list[Found]:
    """Return the derivations of a file; `-` is the standard input.

    Raises
    ------
    FileError
        If it cannot be read, is too large, or is not text in UTF-8.
    """
    return derivations(text_of(path), path)


def derivations(text: str, path: str) -> list[Found]:
    """Return the derivations of a text, which is of the kind that its path says.

    Raises
    ------
    FileError
        If there are too many, or if it is a program or a notebook that cannot be read.
    """
    known = macros(text)
    found = list(islice(FINDERS.get(Path(path).suffix, _guess)(text), MAX_DERIVATIONS + 1))
    if len(found) > MAX_DERIVATIONS:
        raise FileError(f"too large to check: the limit is {MAX_DERIVATIONS} derivations")
    return named(_expanded(derivation, known) for derivation in found)


def where(path: str, found: Found, line: int = 1, column: int = 0) -> str:
    """Return the place of a line of a derivation in its file, as editors read it."""
    cell = f"cell {found.cell}:" if found.cell else ""
    line = min(line, found.height) if found.asked else line  # a line that was derived stands in no file
    return f"{path}:{cell}{found.line + line - 1}" + (f":{found.column + column}" if column else "")


def _expanded(found: Found, known: dict[str, Macro]) -> Found:
    try:
        expansion = expanded(found.source, known)
        asked = found.asked and found.asked._replace(by=expanded(found.asked.by, known).text)
        return found._replace(source=expansion.text, expansion=expansion, asked=asked)
    except DerivationError as error:
        return found._replace(problem=error.reason)


def _bytes(path: str) -> bytes:
    if Path(path).is_fifo():  # whoever opens one waits for a writer
        raise FileError("a pipe, not a file: give it as the standard input, and name -")
    with open(path, "rb") as file:
        return file.read(MAX_BYTES + 1)


def _guess(text: str) -> Iterable[Found]:
    return find_latex(text) if EVENT.search(text) else find_fences(text)


def find_docstrings(text: str) -> Iterator[Found]:
    """Yield the derivations in the docstrings of a Python module."""
    if not OPENED.search(text):
        return
    if len(text) > MAX_PYTHON:
        raise FileError(f"too large to check: the limit for Python is {MAX_PYTHON} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes, which are looked at below
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FileError(f"not Python: {getattr(error, 'msg', error)}") from None
    docstrings = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
    lines = text.split("\n")
    for string in docstrings:
        yield from _docstring(string, lines)


def _docstring(string: ast.Constant, lines: list[str]) -> Iterator[Found]:
    raw = lines[string.lineno - 1].encode()[string.col_offset] in b"rR"
    text = str(string.value)
    for found in find_fences(text):
        line, written = string.lineno, lines[string.lineno - 1 : string.end_lineno]
        if len(written) == text.count("\n") + 1:
            line += found.line - 1
            written = written[found.line - 1 : found.line - 1 + found.height]
        problem = found.problem
        if not problem and not raw and any(map(ESCAPE.search, written)):
            problem = 'a backslash in it starts an escape: write the docstring as r"""…"""'
        yield found._replace(line=line, problem=problem)


def find_cells(text: str) -> Iterator[Found]:
    """Yield the derivations in the Markdown cells of a notebook."""
    try:
        cells = [
            (number, "".join(cell["source"]))
            for number, cell in enumerate(json.loads(text)["cells"], 1)
            if cell["cell_type"] == "markdown"
        ]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FileError(f"not a notebook: {type(error).__name__} {error}") from None
    for number, source in cells:
        for found in find_fences(source):
            yield found._replace(cell=number)


FINDERS: dict[str, Callable[[str], Iterable[Found]]] = {
    ".md": find_fences,
    ".markdown": find_fences,
    ".tex": find_latex,
    ".py": find_docstrings,
    ".ipynb": find_cells,
}
