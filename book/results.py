"""The blocks of Python on the pages: how they are run, and which results are kept between builds.

Every block is run alone, and what it prints stands on the page. A block that takes long may say `keep="1"` in its head: what it printed
then lies in `.cache/results`, under hashes of the block, of every file of the library and of this package, and of the versions of Python and of what is
installed. A clean checkout has no such folder and runs everything. So nothing may be kept that depends on anything else.
"""

import ast
import contextlib
import functools
import hashlib
import io
import os
import shutil
import sys
import traceback
from collections.abc import Iterator
from concurrent.futures import Future
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from markdown import Markdown
from markdown_exec import ExecutionError, base_format, code_block
from pymdownx.superfences import SuperFencesException

from book import model, recorded

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".cache" / "results"

# Where a block could read a page, a clock or chance: modules of this package that read the book, and of the standard library.
_CHANGING = {"datetime", "glob", "io", "os", "pathlib", "random", "secrets", "shutil", "subprocess", "tempfile", "time", "urllib", "uuid"}  # fmt: skip
_READING = {"book", *(f"book.{name}" for name in ("citation", "downloads", "hands_on.desk.figure", "hands_on.desk.pyodide", "hands_on.desk.temml", "inventory", "model", "paper", "reading", "table", "tags"))}  # fmt: skip
_CHANCE = {"default_rng", "RandomState", "SeedSequence"}
_GLOBAL_CHANCE = {
    "rand",
    "randn",
    "randint",
    "random",
    "normal",
    "uniform",
    "choice",
    "permutation",
    "shuffle",
}
_DOORS = {
    "open",
    "input",
    "exec",
    "eval",
    "__import__",
    "loadtxt",
    "genfromtxt",
    "fromfile",
    "read_text",
    "read_bytes",
}


class KeptError(SuperFencesException):
    """A block that asks for its result to be kept, although the same code may print something else tomorrow."""


def refuse_change(code: str) -> None:
    r"""Refuse to keep the result of a block that obviously depends on more than its code and the library.

    Examples
    --------
    >>> refuse_change("import numpy as np\nprint(np.random.default_rng(0).normal())")
    >>> refuse_change("import numpy as np\nprint(np.random.default_rng().normal())")
    Traceback (most recent call last):
        ...
    book.results.KeptError: keep="1", but line 2 uses np.random.default_rng() without a seed: give it one, or let the block run in every build
    """
    for line, reason in _changes(ast.parse(code)):
        raise KeptError(f'keep="1", but line {line} {reason}, or let the block run in every build')


def settles(code: str) -> bool:
    """Return whether a block can be read, and prints the same as long as its code and the library are the same."""
    try:
        return settled(code)
    except SyntaxError:
        return False


def settled(code: str) -> bool:
    """Return whether a block prints the same as long as its code and the library are the same."""
    return not any(_changes(ast.parse(code)))


def _changes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in _imported(node):
                if name.partition(".")[0] in _CHANGING or name in _READING:
                    yield node.lineno, f"imports {name}, whose answers change: do without it"
        elif isinstance(node, ast.Call):
            called, last = ast.unparse(node.func), ast.unparse(node.func).rpartition(".")[2]
            if last in _DOORS:
                yield node.lineno, f"calls {called}, which may read what changes: do without it"
            elif last in _CHANCE and not (node.args or node.keywords):
                yield node.lineno, f"uses {called}() without a seed: give it one"
            elif called.endswith(f"np.random.{last}") and last in _GLOBAL_CHANCE:
                yield (
                    node.lineno,
                    f"uses {called}, whose seed is anybody's: use np.random.default_rng with a seed",
                )


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if node.module == "book":
        return [f"book.{alias.name}" for alias in node.names]
    return [node.module or "."]


def library_state() -> str:
    """Return a hash of the package and of what it runs on."""
    state = hashlib.sha256(_installed())
    for path in sorted([*(ROOT / "mathnet").rglob("*"), *(ROOT / "book").rglob("*")]):
        if path.is_file() and "__pycache__" not in path.parts:
            known = path.stat()
            state.update(f"{path.relative_to(ROOT).as_posix()} ".encode())
            state.update(_content(path, known.st_mtime_ns, known.st_size))
    return state.hexdigest()


@functools.cache
def _installed() -> bytes:
    names = sorted(f"{found.name} {found.version}" for found in distributions())
    return "\n".join([sys.version, *names]).encode()


@functools.lru_cache(maxsize=2000)
def _content(path: Path, changed: int, size: int) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


class Results:
    """What blocks printed, kept on disk. The modules that run are those of the start, whatever is edited under `mkdocs serve`."""

    def __init__(self) -> None:
        self.at_start = library_state()
        self.folder = FOLDER / self.at_start[:20]
        for outdated in set(FOLDER.glob("*")) - {self.folder}:
            shutil.rmtree(outdated, ignore_errors=True)

    def output(self, code: str) -> str:
        """Return what a block printed before, or run it and keep that; a block that complains is run again."""
        with contextlib.suppress(SyntaxError):  # of which the run below tells more
            refuse_change(code)
        kept = self.folder / f"{hashlib.sha256(code.encode()).hexdigest()}.txt"
        if kept.exists():
            return kept.read_text(encoding="utf-8")
        printed = run(code)
        if library_state() == self.at_start:
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished = kept.with_suffix(f".{os.getpid()}")
            unfinished.write_text(printed, encoding="utf-8")
            unfinished.replace(kept)
        return printed


def run(code: str, name: str = "block") -> str:
    """Run a block as a program of its own, and return what it prints.

    Raises
    ------
    ExecutionError
        If it raises; markdown-exec makes a warning of it, which stops a strict build.
    SuperFencesException
        If it calls `sys.exit`, which would end the build early with success, and is the one error that superfences does not swallow.
    """
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(code, f"<{name}>", "exec"), {"__name__": "__main__"})
    except SystemExit as error:
        raise SuperFencesException(f"an executed block called sys.exit({error.code!r}):\n{code}") from None
    except Exception:
        raise ExecutionError(code_block("text", traceback.format_exc())) from None
    return printed.getvalue()


ahead: dict[str, Future[str | None]] = {}
"""What other processes are printing, by the code of the block: see `book/ahead.py`."""


def _taken(code: str) -> str | None:
    return ahead.pop(code).result() if code in ahead else None


@functools.cache
def results() -> Results:
    """Return the results that are kept."""
    return Results()


def formatted(*, code: str, md: Markdown, extra: dict[str, str], **options: Any) -> str:
    """Return the HTML of a block as markdown-exec makes it, and note the block in the model of the book."""
    extra = dict(extra)
    keep, elsewhere = extra.pop("keep", ""), extra.pop("recorded", "")

    def printed(code: str, **_: object) -> str:
        output = recorded.output(code) if elsewhere else _taken(code)
        if output is None:
            output = results().output(code) if keep else run(code)
        if page := model.page():
            page.settled &= settled(code)
            if options["source"]:
                shown = output.strip("\n") if options["result"] == "text" else ""
                page.blocks.append(model.Block(code.strip("\n"), shown))
        return output

    try:
        shown: str = base_format(language="python", run=printed, code=code, md=md, extra=extra, **options)
        return f'{shown}<p class="recorded">{recorded.said_by(code)}</p>' if elsewhere else shown
    except SuperFencesException:
        raise
    except Exception as error:  # superfences would swallow it, and show the block instead
        raise SuperFencesException(f"the output of a block cannot be shown: {error}\n\n{code}") from error
