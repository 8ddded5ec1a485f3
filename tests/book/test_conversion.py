"""Under `mkdocs serve` only what an edit may have changed is converted again, and the site is that of a clean build."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from book import tags

ROOT = Path(__file__).parents[2]

FIRST = r"""
# First page

To [the end](second.md#the-end), to [](#d-late) and to [`check_shapes`][mathnet.shapes.check_shapes]; Giles (2008) says more.

```derivation early
where  A \in \mathbb{R}^{n \times m}
A^{\mathsf T} + A^{\mathsf T} &= 2 A^{\mathsf T}
```

```python exec="1"
print("### Printed\n\nA heading of the output.")
```
"""
LATE = r"""
```derivation late
where  B \in \mathbb{R}^{n \times m}
B + B &= 2 B
```
"""
SECOND = rf"""
# Second page

A text between.
{LATE}
```python exec="1" source="above" result="text"
print(6 * 7)
```

## The end

To [](#d-early) and [the page](index.md).
"""
SHAPES = """
# The shapes

::: mathnet.shapes

\\bibliography{matrix calculus}
"""
READER = """
# A reader

```python exec="1"
from pathlib import Path
print(len(Path("docs/second.md").read_text().split()), "words")
```
"""
NEW = r"""
```derivation new
where  C \in \mathbb{R}^{n \times m}
C + C + C &= 3 C
```
"""

ALL = {"index.md", "shapes.md", "second.md"}
# What is edited, one after the other: the file, the old words and the new; which pages are converted then, besides the one that reads another.
EDITS = {
    "nothing": ("docs/index.md", "", "", set()),
    "a sentence": ("docs/second.md", "A text between.", "Another text.", {"second.md"}),
    "a heading that another page links to": ("docs/second.md", "## The end", "## The finish", {"second.md"}),
    "a heading back": ("docs/second.md", "## The finish", "## The end", {"second.md"}),
    "a title": ("docs/second.md", "# Second page", "# Page two", ALL),
    "an equation before another": ("docs/second.md", LATE, NEW + LATE, ALL),
    "an equation moved": ("docs/second.md", NEW + LATE, LATE + NEW, ALL),
    "a docstring": ("mathnet/shapes.py", "do not fit together.", "do not go together.", ALL),
    "a work": ("docs/assets/references.bib", "Giles, Mike B.", "Gyles, Mike B.", ALL),
    "the year of the book": ("CITATION.cff", "year: 2026", "year: 2027", ALL),
    "a mistake": ("docs/second.md", "&= 2 B", "&= 4 B", {"second.md"}),
    "another page, while the mistake stands": ("docs/index.md", "says more", "says it", {"index.md", "second.md"}),
}  # fmt: skip

SERVER = """
import json, sys
from pathlib import Path
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.structure.pages import Page

converted, render = [], Page.render

def noted(page, config, files):
    converted.append(page.file.src_uri)
    render(page, config, files)

Page.render = noted
def configuration():
    config = load_config("mkdocs.yml", site_dir=sys.argv[1])
    config.site_url = "http://127.0.0.1:8000/"
    return config

config = configuration()
config.plugins.on_startup(command="serve", dirty=False)
for _ in sys.stdin:
    converted.clear()
    error = ""
    try:
        build(config or configuration(), serve_url="http://127.0.0.1:8000/")
    except SystemExit as stopped:
        error = str(stopped)
    config = None
    print("built", json.dumps([converted, error]), flush=True)
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return the folder of a small book with the real configuration."""
    folder = tmp_path / "project"
    for part in ("mathnet", "book", "docs/assets"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "CITATION.cff", folder)
    configuration = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    without_nav, count = re.subn(r"^nav:\n(?: .*\n)+", "", configuration, flags=re.MULTILINE)
    assert count == 1
    (folder / "mkdocs.yml").write_text(without_nav, encoding="utf-8")
    pages = {"index.md": FIRST, "second.md": SECOND, "shapes.md": SHAPES, "reader.md": READER}
    for name, text in pages.items():
        (folder / "docs" / name).write_text(text, encoding="utf-8")
    tags.append(["early", "late", "new"], folder / "docs")
    return folder


def contents(site: Path) -> dict[str, bytes]:
    return {
        path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()
    }


def test_after_every_edit_the_served_site_is_that_of_a_clean_build(
    book: Path, tmp_path: Path, mkdocs_build: Callable[..., CompletedProcess[str]]
) -> None:
    served, clean = tmp_path / "served", tmp_path / "clean"
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, served],
        cwd=book,
        env=os.environ | {"PYTHONPATH": str(book), "NO_MKDOCS_2_WARNING": "1"},
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as server:

        def build() -> tuple[set[str], str]:
            print("build", file=server.stdin, flush=True)
            said = next(line for line in server.stdout if line.startswith("built "))
            converted, error = json.loads(said.removeprefix("built "))
            return set(converted), error

        assert build() == ({*ALL, "reader.md"}, "")
        for edit, (name, old, new, converted) in EDITS.items():
            path = book / name
            text = path.read_text(encoding="utf-8")
            assert old in text, f"{name} has changed: {old!r} is not in it"
            path.write_text(text.replace(old, new, 1), encoding="utf-8")
            found, error = build()
            assert found == {*converted, "reader.md"}, edit
            built = mkdocs_build(book / "mkdocs.yml", clean, cwd=book, PYTHONPATH=str(book))
            assert ("Aborted" in built.stdout) == bool(error), f"{edit}: {error}\n{built.stdout}"
            assert error in built.stdout, edit
            one, other = contents(served), contents(clean)
            assert one.keys() == other.keys(), edit
            assert [each for each in one if one[each] != other[each]] == [], edit
