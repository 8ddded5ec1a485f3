"""The command `mathnet check FILE…`: one line for each derivation, details for what is wrong."""

import argparse
import json
import os
import sys
from dataclasses import dataclass, field

from tqdm import tqdm

from .errors import WHOLE, DerivationError
from .files import FileError, paths, read
from .report import Report
from .verdict import check

VERSION = 1  # of the JSON; raised when a field changes its meaning or goes away
RIGHT, WRONG, UNCHECKED = 0, 1, 2
HELP = """\
Check all derivations of files, and of the .md, .tex, .py and .ipynb files of folders; - is the standard input.

In Markdown and in docstrings, a derivation is a fence:    In LaTeX, an environment below a comment:

    ```derivation my-id                                        % mathnet: derivation my-id
    where  A \\in \\mathbb{R}^{n \\times m}                       % where  A \\in \\mathbb{R}^{n \\times m}
    (A^{\\mathsf T})^{\\mathsf T} &= A                           \\begin{align}
    ```                                                          (A^{\\mathsf T})^{\\mathsf T} &= A
                                                               \\end{align}
"""
EXIT = """\
exit status: 0 if every derivation is right, 1 if one is wrong (or has no id, or one that its file uses twice),
2 if a file cannot be read, if one that was named holds no derivation, or if the command cannot be understood."""


@dataclass
class File:
    """A file: what was found in it, each with its report, or why nothing was checked."""

    path: str
    derivations: list = field(default_factory=list)
    reports: list = field(default_factory=list)
    error: str = ""

    @property
    def status(self):
        """The exit status that this file asks for."""
        return UNCHECKED if self.error else RIGHT if all(report.ok for report in self.reports) else WRONG


def main(arguments=None):
    """Check the derivations of files and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="mathnet", description="Mathematics that is checked by computing it."
    )
    command = parser.add_subparsers(required=True, metavar="check").add_parser(
        "check",
        help="check all derivations of files",
        description=HELP,
        epilog=EXIT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("files", nargs="+", metavar="FILE", help="a file, a folder, or -")
    command.add_argument("--format", choices=["text", "json"], default="text", help="json is for programs")
    options = parser.parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        files = _checked(list(_search(options.files)))
        status = (_print_json if options.format == "json" else _print_text)(files)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # whoever read this wants no more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNCHECKED


def _search(names):
    """Yield a file and its derivations, unchecked, for every name and every file of a folder that has any."""
    for name in names:
        for path in paths(name):
            try:
                derivations = read(path)
            except FileError as error:
                yield File(path, error=str(error))
                continue
            if derivations or path == name:
                yield File(path, derivations, error="" if derivations else "no derivation found")


def _checked(files):
    """Yield the files, one after the other, with their reports; on a terminal, show how far it is after a second."""
    with tqdm(
        total=sum(len(file.derivations) for file in files), delay=1, leave=False, disable=None
    ) as progress:
        for file in files:
            for found in file.derivations:
                file.reports.append(judge(found))
                progress.update()
            yield file


def judge(found):
    """Check a derivation that was found, and return its report."""
    report = check(found.source, found.id) if found.source else Report(found.id, found.source)
    if found.problem:
        report.errors.insert(0, DerivationError(found.problem, WHOLE, caret=False).attach(found.id, ""))
    return report


def where(path, found, line=1, column=0):
    """Return the place of a line of a derivation in its file, as editors read it."""
    cell = f"cell {found.cell}:" if found.cell else ""
    return f"{path}:{cell}{found.line + line - 1}" + (f":{found.column + column}" if column else "")


def failure(path, found, report):
    """Return what is wrong with a derivation, in lines; each error begins with its place in the file."""
    lines = []
    for error in report.errors:
        column = error.place.column if error.caret else 0
        lines.append(f"  {where(path, found, error.place.line, column)}: {error.reason}")
        lines += [f"      {detail}" for detail in error.details()]
    return lines


def _print_text(files):
    status, verdicts, unchecked = RIGHT, [], 0
    for file in files:
        status = max(status, file.status)
        if file.error:
            unchecked += 1
            _print(f"✗ {file.path}: {file.error}")
        for found, report in zip(file.derivations, file.reports, strict=True):
            verdicts.append(report.ok)
            place = f"{where(file.path, found)} {found.id or '(no id)'}:"
            if report.ok:
                _print(f"✓ {place} {report.verdict()}, {report.comparisons} comparisons")
            else:
                _print("\n".join([f"✗ {place} wrong", *failure(file.path, found, report)]))
    missed = f", {unchecked} file{'s'[: unchecked != 1]} not checked" if unchecked else ""
    _print(f"{verdicts.count(True)} right, {verdicts.count(False)} wrong{missed}")
    return status


def _print(text):
    """Print without control characters: the text is that of a file which nobody has looked at."""
    shown = "".join(
        letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
    tqdm.write(shown, file=sys.stdout)


def _print_json(files):
    files = list(files)
    status = max(file.status for file in files)
    documents = [
        {
            "path": file.path,
            "error": file.error or None,
            "derivations": [
                {"cell": found.cell or None, "line": found.line, **report.as_dict(found.line, found.column)}
                for found, report in zip(file.derivations, file.reports, strict=True)
            ],
        }
        for file in files
    ]
    print(
        json.dumps({"version": VERSION, "status": status, "files": documents}, ensure_ascii=False, indent=1)
    )
    return status
