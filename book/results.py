"""What the blocks of the book gave when they ran, kept for the next build: no network is trained twice by the same code.

A result lies in `.cache/results` under hashes of all that it depends on: every file of the library and of this package with the versions of
Python and of what is installed, and the block with its options. A clean checkout has no such folder and runs everything.
"""

import ast
import functools
import hashlib
import logging
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".cache" / "results"

# Nothing here reads a page. A block that imports anything else may do so, and runs in every build.
_PURE = {
    "fractions",
    "inspect",
    "itertools",
    "math",
    "matplotlib",
    "numpy",
    "re",
    "sklearn",
    "textwrap",
    "mathnet",
} | {
    f"book.{name}"
    for name in (
        "exact",
        "hands_on.digit.figure",
        "hands_on.explorer.figure",
        "hands_on.stepper.figure",
        "layouts",
        "mathml",
        "terminal",
    )
}


def depends_on_itself(code: str) -> bool:
    """Return whether the result of a block follows from its code and the library, and not from the pages of the book.

    Examples
    --------
    >>> depends_on_itself("from mathnet.losses import cross_entropy")
    True
    >>> depends_on_itself("from book import inventory")
    False
    """
    tree = ast.parse(code)
    return all(map(_is_pure, _imports(tree))) and not any(
        isinstance(node, ast.Name) and node.id == "open" for node in ast.walk(tree)
    )


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "book":
            yield from (f"book.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def _is_pure(module: str) -> bool:
    return (module if module.startswith("book") else module.split(".")[0]) in _PURE


def _library() -> str:
    """Return a hash of the package and of what it runs on."""
    state = hashlib.sha256(sys.version.encode())
    for name in sorted(f"{found.name} {found.version}" for found in distributions()):
        state.update(name.encode())
    for path in sorted([*(ROOT / "mathnet").rglob("*"), *(ROOT / "book").rglob("*")]):
        if path.is_file() and "__pycache__" not in path.parts:
            state.update(f"{path.relative_to(ROOT).as_posix()} ".encode() + path.read_bytes())
    return state.hexdigest()


class _Complaints(logging.Handler):
    """Count the warnings and errors of a build."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1


def keeping(run: Callable[..., str]) -> Callable[..., str]:
    """Return the function that runs a block, or gives what the same block gave before; a complaint is never kept."""
    at_start = (
        _library()
    )  # the modules that run are those of the start, whatever is edited under `mkdocs serve`
    folder = FOLDER / at_start[:20]
    for outdated in set(FOLDER.glob("*")) - {folder}:
        shutil.rmtree(outdated, ignore_errors=True)

    @functools.wraps(run)
    def wrapper(*, code: str, md: object, **options: object) -> str:
        try:
            keep = depends_on_itself(code)
        except SyntaxError:
            keep = False
        if not keep:
            return run(code=code, md=md, **options)
        name = hashlib.sha256(repr((code, sorted(options.items()))).encode()).hexdigest()
        kept = folder / f"{name}.html"
        if kept.exists():
            return kept.read_text(encoding="utf-8")
        complaints, log = _Complaints(), logging.getLogger("mkdocs")
        log.addHandler(complaints)
        try:
            html = run(code=code, md=md, **options)
        finally:
            log.removeHandler(complaints)
        heard = log.isEnabledFor(logging.WARNING)  # under --quiet nothing complains
        in_contents = re.search(r"<h[1-6]\b", html)  # which the run itself puts into the table of contents
        if heard and not complaints.count and not in_contents and _library() == at_start:
            folder.mkdir(parents=True, exist_ok=True)
            unfinished = kept.with_suffix(f".{os.getpid()}")
            unfinished.write_text(html, encoding="utf-8")
            unfinished.replace(kept)
        return html

    return wrapper
