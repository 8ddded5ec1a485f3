"""The date of the book, which is that of its last commit."""

import os
import shutil
import subprocess
from pathlib import Path


def commit_date() -> int:
    """Return the time of the last commit in seconds, or the one that is set, or 1980, the first that a zip can hold."""
    made = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not made and shutil.which("git"):
        commit = ["git", "-C", str(Path(__file__).parent), "log", "-1", "--format=%ct"]
        made = subprocess.run(commit, capture_output=True, text=True, check=False).stdout.strip()
    return int(made or 315532800)
