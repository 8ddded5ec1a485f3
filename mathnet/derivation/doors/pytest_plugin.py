"""Derivations as tests: every one in the files that the ini option `derivations` names is an item, called by its id.

    [tool.pytest.ini_options]
    addopts = ["-p", "mathnet.derivation.pytest_plugin"]
    derivations = ["notes/**/*.md", "paper/*.tex"]
    testpaths = ["tests", "notes", "paper"]

The patterns are relative to the folder of the configuration. As for any tests, pytest must be given the files, or
folders that hold them, on its command line or in `testpaths`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..read.fences import Found
from ..read.files import FileError, read
from .command import failure, judge

FILES = pytest.StashKey[set[Path]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addini("derivations", "files whose derivations are tests, as patterns", type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Find the files once."""
    patterns = config.getini("derivations")
    config.stash[FILES] = {path for pattern in patterns for path in config.rootpath.glob(pattern)}


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "DerivationFile | None":
    """Collect a file that matches one of the patterns."""
    if file_path in parent.config.stash[FILES]:
        return DerivationFile.from_parent(parent, path=file_path)
    return None


class DerivationFile(pytest.File):
    """A file with derivations."""

    def collect(self) -> Iterator["DerivationItem"]:
        """Yield an item for every derivation."""
        try:
            derivations = read(str(self.path))
        except FileError as error:
            raise self.CollectError(f"{self.path}: {error}") from None
        for number, found in enumerate(derivations, 1):
            yield DerivationItem.from_parent(self, name=found.id or f"derivation {number}", found=found)


class DerivationItem(pytest.Item):
    """A derivation; it passes if every line is right."""

    def __init__(self, *, found: Found, **settings: Any) -> None:
        super().__init__(**settings)
        self.found = found

    def runtest(self) -> None:
        """Check the derivation."""
        report = judge(self.found)
        if not report.ok:
            raise WrongDerivationError(failure(self.nodeid.split("::")[0], self.found, report))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return what the checker says, without a traceback of Python."""
        if isinstance(excinfo.value, WrongDerivationError):
            return "\n".join(excinfo.value.args[0])
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where it stands."""
        return self.path, self.found.line - 1, f"derivation {self.name}"


class WrongDerivationError(Exception):
    """A derivation did not pass; the argument is what the checker says, in lines."""
