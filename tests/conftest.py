"""The book, built once for all tests that read it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def _mkdocs_build(
    config: Path, site: Path, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Build a site the way `.ci/run` does, and return what was said."""
    command = [sys.executable, "-W", "error::RuntimeWarning", "-m", "mkdocs", "build", "--strict"]
    return subprocess.run(
        [*command, "--config-file", config, "--site-dir", site],
        cwd=cwd,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"} | environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


@pytest.fixture(scope="session")
def mkdocs_build() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return the function that builds a site."""
    return _mkdocs_build


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the built book."""
    folder = tmp_path_factory.mktemp("site")
    build = _mkdocs_build(ROOT / "mkdocs.yml", folder)
    assert build.returncode == 0, build.stdout
    return folder
