"""What pip installs: the library without the machine of the site, and each module by itself needs only what it says."""

import re
import subprocess
import sys
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import distribution
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

from book.downloads import WHEEL

ROOT = Path(__file__).parents[2]
NEEDS = {  # modules that cannot be imported with the library's own requirements alone, and what each needs
    "mathnet.derivation.markdown": "markdown",
    "mathnet.derivation.doors.markdown": "markdown",
    "mathnet.derivation.pytest_plugin": "pytest",
    "mathnet.derivation.doors.pytest_plugin": "pytest",
    "mathnet.figures.plots": "matplotlib",
}


def build(source: Path, folder: Path) -> Path:
    (wheel,) = WheelBuilder(str(source)).build(directory=str(folder), versions=["standard"])
    return Path(wheel)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Return a folder with the wheel unpacked and, of all that is installed here, only what the wheel requires."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
        (metadata,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        text = archive.read(metadata).decode()
    required = re.findall(r"^Requires-Dist: ([\w-]+)(?!.*extra ==)", text, flags=re.MULTILINE)
    assert {"numpy", "lark", "mpmath"} <= set(required)
    for name in required:
        package = distribution(name)
        for top in {file.parts[0] for file in package.files} - {".."}:
            (folder / top).symlink_to(package.locate_file(top))
    return folder


def run(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a Python that knows its own library and this folder, and nothing else."""
    script = f"import sys; sys.path.append({str(folder)!r}); {script}"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-W", "error", "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_has_the_library_and_nothing_of_the_site(wheel, capsys):
    assert wheel.name == WHEEL
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        unpacked = sum(entry.file_size for entry in archive.infolist())
    files = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "mathnet").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in names if ".dist-info/" not in name} == files
    assert not [name for name in files if Path(name).suffix not in (".py", ".lark", ".css", ".typed")]
    site = re.compile(rb"^ *(?:import|from) (?:book|mkdocs|markdown_exec|jinja2|playwright)\b", re.MULTILINE)
    assert not [name for name in files if site.search((ROOT / name).read_bytes())]
    with capsys.disabled():
        print(f"\nthe wheel: {wheel.stat().st_size:,} bytes, {unpacked:,} unpacked, {len(files)} files")


def test_every_module_of_the_wheel_is_imported_alone(wheel, installed):
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith("mathnet/") and name.endswith(".py")]
    modules = {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in names}
    assert modules >= {"mathnet", "mathnet.dual", "mathnet.derivation.doors.command", *NEEDS}
    modules.remove("mathnet.derivation.__main__")  # a command, which the next test runs

    def missing(module: str) -> str:
        lines = run(installed, f"import {module}").stderr.strip().splitlines()
        return lines[-1] if lines else ""

    with ThreadPoolExecutor(2) as pool:
        said = dict(zip(modules, pool.map(missing, modules), strict=True))
    assert {module: line for module, line in said.items() if line} == {
        module: f"ModuleNotFoundError: No module named '{package}'" for module, package in NEEDS.items()
    }


def test_the_command_of_the_wheel_runs(installed):
    (installed / "notes.md").write_text(
        "```derivation sum\nwhere a, b \\in \\mathbb{R}\na + b = b + a\n```\n"
    )
    done = run(
        installed,
        "import runpy; sys.modules['numpy'] = None; sys.argv[1:] = ['check', 'notes.md']; runpy.run_module('mathnet.derivation')",
    )
    assert done.stdout.endswith("1 right, 0 wrong\n"), done.stderr


def test_the_source_distribution_gives_the_same_wheel_and_has_what_the_book_needs(wheel, tmp_path):
    (archive,) = SdistBuilder(str(ROOT)).build(directory=str(tmp_path))
    with tarfile.open(archive) as source:
        source.extractall(tmp_path, filter="data")
    (unpacked,) = (path for path in tmp_path.iterdir() if path.is_dir())
    with zipfile.ZipFile(build(unpacked, tmp_path)) as again, zipfile.ZipFile(wheel) as first:
        assert {name: again.read(name) for name in again.namelist()} == {
            name: first.read(name) for name in first.namelist()
        }
    for name in (
        "mkdocs.yml",
        "package-lock.json",
        "docs/index.md",
        "book/hooks.py",
        "tests/library",
        ".ci/run",
    ):
        assert (unpacked / name).exists(), name
    assert not (unpacked / "node_modules").exists()
