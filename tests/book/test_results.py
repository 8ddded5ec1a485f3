"""Blocks are run as programs of their own; what a block printed is kept for the next build only if it asks for that and cannot change."""

import ast
import re

import pytest
from markdown_exec import ExecutionError
from pymdownx.superfences import SuperFencesException

from book import results
from book.inventory import pages
from mathnet.derivation.read.fences import fences

PURE = "from mathnet import Network\nprint(Network([2, 1]).sizes)"


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """Return a list of the blocks that really ran; no file of the project is touched."""
    ran = []

    def run(code):
        ran.append(code)
        return f"run {len(ran)}"

    monkeypatch.setattr(results, "FOLDER", tmp_path / "results")
    monkeypatch.setattr(results, "library_state", lambda: "one library")
    monkeypatch.setattr(results, "run", run)
    return ran


def test_a_result_is_kept_for_the_next_build(runs):
    assert [results.Results().output(PURE) for _ in range(2)] == ["run 1", "run 1"]


def test_another_block_is_run(runs):
    assert [results.Results().output(code) for code in (PURE, PURE + " ")] == ["run 1", "run 2"]


def test_a_changed_library_runs_everything_and_forgets_what_the_old_one_gave(runs, monkeypatch):
    results.Results().output(PURE)
    old = list(results.FOLDER.rglob("*.txt"))
    monkeypatch.setattr(results, "library_state", lambda: "another library")
    assert results.Results().output(PURE) == "run 2"
    assert len(old) == 1
    assert not old[0].exists()


def test_nothing_is_kept_while_the_library_on_disk_is_not_the_one_that_runs(runs, monkeypatch):
    kept = results.Results()
    monkeypatch.setattr(results, "library_state", lambda: "edited under mkdocs serve")
    assert [kept.output(PURE) for _ in range(2)] == ["run 1", "run 2"]


@pytest.mark.parametrize(("code", "error"), [("print(1 / 0)", "ZeroDivisionError"), ("1 +", "SyntaxError")])
def test_what_fails_is_not_kept(tmp_path, monkeypatch, code, error):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    for _ in range(2):
        with pytest.raises(ExecutionError, match=error):
            results.Results().output(code)
    assert not list(tmp_path.rglob("*.txt"))


CHANGING = {  # what is written after `keep="1"`: what the build says of it
    "from book import tags": "imports book.tags, whose answers change: do without it",
    "import book.inventory": "imports book.inventory, whose answers change: do without it",
    "from book.reading import path": "imports book.reading, whose answers change: do without it",
    "from pathlib import Path": "imports pathlib, whose answers change: do without it",
    "import numpy as np, time": "imports time, whose answers change: do without it",
    "def late():\n    import os": "imports os, whose answers change: do without it",
    "print(open('docs/index.md').read())": "calls open, which may read what changes: do without it",
    "from mathnet import Network\nNetwork.load('docs/net.npz').read_text()": "calls Network.load('docs/net.npz').read_text",
    "import numpy as np\nrng = np.random.default_rng()": "uses np.random.default_rng() without a seed: give it one",
    "import numpy as np\nprint(np.random.normal())": "uses np.random.normal, whose seed is anybody's: use np.random.default_rng with a seed",
}


@pytest.mark.parametrize("code", CHANGING)
def test_a_block_that_may_print_something_else_tomorrow_is_not_kept(runs, code):
    line = code.count("\n") + 1
    with pytest.raises(results.KeptError, match=re.escape(f'keep="1", but line {line} {CHANGING[code]}')):
        results.Results().output(code)
    assert not runs


def test_chance_with_a_seed_is_no_chance(runs):
    code = "import numpy as np\nprint(np.random.default_rng(0).normal(size=3))"
    assert results.Results().output(code) == "run 1"


def test_only_blocks_that_ask_are_kept(tmp_path, monkeypatch):
    """A block that reads a page is right in every build, since it says nothing about being kept."""
    monkeypatch.setattr(results, "library_state", lambda: "one library")
    page = tmp_path / "index.md"
    code = f"read = type(__import__('pathlib').Path()).read_text\nprint(read(__import__('pathlib').Path({str(page)!r})))"
    said = []
    for text in ("before", "after"):
        page.write_text(text)
        said.append(results.run(code))
    assert said == ["before\n", "after\n"]


def test_a_block_prints_what_the_same_program_prints():
    assert results.run("print(1, 2, sep='|')\nimport sys\nsys.stdout.write('3')") == "1|2\n3"
    assert results.run("print(__name__)") == "__main__\n"


def test_a_block_may_not_leave():
    with pytest.raises(
        SuperFencesException, match=re.escape("an executed block called sys.exit(0):\nimport sys")
    ):
        results.run("import sys\nsys.exit(0)")


def test_the_library_is_every_file_of_the_package(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "ROOT", tmp_path)
    (tmp_path / "mathnet" / "derivation").mkdir(parents=True)
    seen = set()
    for name, text in [("a.py", "1"), ("a.py", "2"), ("derivation/grammar.lark", "1"), ("b.py", "1")]:
        (tmp_path / "mathnet" / name).write_text(text)
        seen.add(results.library_state())
    assert len(seen) == 4
    assert results.library_state() in seen


def _imported(code: str) -> set[str]:
    """Return the modules of the book that a program imports, and what these import, to the end."""
    found: set[str] = set()
    waiting = [code]
    while waiting:
        for node in ast.walk(ast.parse(waiting.pop())):
            if isinstance(node, ast.Import | ast.ImportFrom):
                for name in set(results._imported(node)) - found:
                    path = results.ROOT.joinpath(*name.split("."))
                    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
                    if name.startswith("book.") and path.exists():
                        found.add(name)
                        waiting.append(path.read_text(encoding="utf-8"))
    return found


def test_a_settled_block_reads_no_page_by_way_of_what_it_imports():
    blocks = [
        fence.source
        for page in pages()
        for text in page.texts
        for fence in fences(text)
        if 'exec="1"' in fence.rest and results.settled(fence.source)
    ]
    imported = {name for code in blocks for name in _imported(code)}
    assert len(imported) > 5
    assert not imported & results._READING
