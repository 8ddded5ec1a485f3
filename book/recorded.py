"""Blocks that need PyTorch, JAX, mlxtend or a cluster, or take minutes, which is too much for everybody who builds the book: what they print is recorded once, with versions and date.

Such a block says `recorded="1"` in its head. `python -m book.recorded`, where what it imports is installed, runs each as a program of its own and writes
`book/recorded.json`; elsewhere the record stays. The build shows what stands there, and stops at a block that was changed since. CI runs them all anew and compares.
"""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

from pymdownx.superfences import SuperFencesException

from book.inventory import pages
from mathnet.derivation.read.fences import fences

FILE = Path(__file__).with_suffix(".json")
COMMAND = "python -m book.recorded"
NAMES = {"torch": "PyTorch", "jax": "JAX", "dask": "Dask", "mlxtend": "mlxtend", "sklearn": "scikit-learn"}
_DISTRIBUTIONS = {"sklearn": "scikit-learn"}  # where the module has another name
_IMPORTED = re.compile(r"^(?:import|from) (\w+)", re.MULTILINE)


class Record(TypedDict):
    """What a block printed, the versions of what it imports, and the day."""

    printed: str
    versions: dict[str, str]
    day: str


def key(code: str) -> str:
    """Return the name of a block in the file."""
    return hashlib.sha256(code.strip("\n").encode()).hexdigest()[:20]


@cache
def records() -> dict[str, Record]:
    """Return what is recorded, by the keys of the blocks."""
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}


def output(code: str) -> str:
    """Return what a block printed when it was recorded.

    Raises
    ------
    SuperFencesException
        If it never was, or has been changed since; it is the one error that superfences does not swallow.
    """
    if record := records().get(key(code)):
        return record["printed"]
    raise SuperFencesException(
        f"the output of this block is not recorded: run `{COMMAND}` where {_listed(NAMES.values())} are installed\n\n{code}"
    )


def said_by(code: str) -> str:
    """Return what printed the output of a block, and when, in words."""
    record = records()[key(code)]
    names = _listed(
        f"{NAMES[module]} {record['versions'][module]}" for module in NAMES if module in record["versions"]
    )
    return f"Printed by {names} on {date.fromisoformat(record['day']):%-d %B %Y}."


def _listed(names: Iterable[str]) -> str:
    *before, last = names
    return f"{', '.join(before)} and {last}" if before else last


def blocks() -> Iterator[str]:
    """Return the blocks of the book that are recorded."""
    for page in pages():
        for text in page.texts:
            for fence in fences(text):
                if 'recorded="1"' in fence.rest:
                    yield fence.source


def imported(code: str) -> list[str]:
    """Return which of the libraries a block imports."""
    return sorted(NAMES.keys() & set(_IMPORTED.findall(code)))


def missing(code: str) -> list[str]:
    """Return which of the libraries that a block imports are not installed here."""
    return [module for module in imported(code) if find_spec(module) is None]


def run(code: str) -> str:
    """Run a block in a fresh interpreter, where a warning is an error, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{code}\n\n{done.stderr}")
    return done.stdout


def record(code: str) -> Record:
    """Run a block and return its record; one that says the same as before keeps its day, one that cannot run here stays."""
    old = records().get(key(code))
    if old and missing(code):
        return old
    versions = {
        module: version(_DISTRIBUTIONS.get(module, module)).partition("+")[0] for module in imported(code)
    }
    new = Record(printed=run(code), versions=versions, day=datetime.now(UTC).date().isoformat())
    return old if old and {**old, "day": ""} == {**new, "day": ""} else new


if __name__ == "__main__":
    recorded = {key(code): record(code) for code in blocks()}
    FILE.write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(recorded)} blocks are recorded")
