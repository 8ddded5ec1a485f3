"""Files and a command on a page: the files as they are read, and what the command says to them."""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path


def session(command: str, files: dict[str, str], show: bool = True) -> str:
    """Return Markdown: the files, the command, and its real output and exit status.

    Parameters
    ----------
    command : str
        A call of `mathnet`, as a reader types it in the folder of the files.
    files : dict of str to str
        Text of each file by its path in that folder.
    show : bool
        Whether the files are shown above the command.

    Raises
    ------
    ValueError
        If the command is not one of mathnet.
    """
    program, *arguments = shlex.split(command)
    if program != "mathnet":
        raise ValueError(f"{program} is not run for a page, only mathnet")
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.strip("\n") + "\n", encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "mathnet.derivation", *arguments],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONIOENCODING": "utf-8"},
            text=True,
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    parts = [_fence(name, text) for name, text in files.items() if show]
    output = f"$ {command}\n{done.stdout.rstrip()}\n$ echo $?\n{done.returncode}"
    return "\n\n".join([*parts, f"````text\n{output}\n````\n"])


def _fence(name: str, text: str) -> str:
    language = {".md": "markdown", ".tex": "latex", ".py": "python"}[Path(name).suffix]
    return f"`{name}`:\n\n````{language}\n{text.strip(chr(10))}\n````"
