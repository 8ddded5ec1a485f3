"""Files and a command on a page: the files as they are read, and what the command says to them."""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path


class SessionError(AssertionError):
    """A command that does not say what its page says that it does."""


def session(command: str, files: dict[str, str], *, status: int, says: list[str], show: bool = True) -> str:
    """Return Markdown: the files, the command, and its real output and exit status.

    The text around a session tells the reader what the command says. So the page states it here too, and a command that says
    something else stops the build.

    Parameters
    ----------
    command : str
        A call of `mathnet`, as a reader types it in the folder of the files.
    files : dict of str to str
        Text of each file by its path in that folder.
    status : int
        The exit status that the command must have.
    says : list of str
        What its output must contain: the words of the verdict.
    show : bool
        Whether the files are shown above the command.

    Raises
    ------
    ValueError
        If the command is not one of mathnet, or `says` is empty.
    SessionError
        If the command ends with another status, or does not say one of these.
    """
    program, *arguments = shlex.split(command)
    if program != "mathnet":
        raise ValueError(f"{program} is not run for a page, only mathnet")
    if not says:
        raise ValueError(
            f"$ {command}: says is empty, so the page would show any verdict; write words of the one it must show"
        )
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
    unsaid = [words for words in says if words not in done.stdout]
    if done.returncode != status or unsaid:
        raise SessionError(
            f"$ {command}\nexpected status {status} and the words {says}, got status {done.returncode}"
            f"{f', without {unsaid}' if unsaid else ''}:\n{done.stdout.rstrip()}"
        )
    parts = [_fence(name, text) for name, text in files.items() if show]
    output = f"$ {command}\n{done.stdout.rstrip()}\n$ echo $?\n{done.returncode}"
    return "\n\n".join([*parts, f"````text\n{output}\n````\n"])


def _fence(name: str, text: str) -> str:
    language = {".txt": "text", ".md": "markdown", ".tex": "latex", ".py": "text"}[Path(name).suffix]
    return f"`{name}`:\n\n````{language}\n{text.strip(chr(10))}\n````"
