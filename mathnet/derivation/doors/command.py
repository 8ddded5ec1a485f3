"""The commands `mathnet check FILE…`, `mathnet derive FILE`, `mathnet practice` and `mathnet gradcheck module:f`; of a check one line for each derivation, details for what is wrong."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from tqdm import tqdm

from mathnet import __version__

from ..errors import WHOLE, DerivationError
from ..read.fences import Found
from ..read.files import FileError, paths, read, where
from ..verdict.asked import written_out
from ..verdict.check import check
from ..verdict.derive import KINDS, STYLES
from ..verdict.practice import DIFFICULTIES
from ..verdict.report import Report
from . import derive as deriving
from . import practice as practising
from .document import document

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

GRADCHECK = """\
Compare a backward pass with the derivative, entry by entry, and name the likely cause of what is wrong.

Beside the function f must stand its backward pass, in one of two forms:

    f_vjp(Y_bar, Y, *args)    returns a cotangent for each argument of f(*args)
    f_back(Y_bar, *kept)      the same for the first arguments, where f(*args) returns (Y, kept)

and a function example(rng), which returns a tuple of arguments to try; or give --shapes.
The code of the module is run.
"""
GRADCHECK_EXIT = """\
exit status: 0 if the backward pass is right, 1 if it is wrong, 2 if it could not be checked."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the derivations of files and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="mathnet", description="Mathematics that is checked by computing it."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(required=True, metavar="check|derive|practice|gradcheck", dest="command")
    derive = commands.add_parser(
        "derive",
        help="derive gradients, line by line",
        description=deriving.HELP,
        epilog=deriving.EXIT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    derive.add_argument("file", metavar="FILE", help="a where part, a page, or -")
    derive.add_argument(
        "--by",
        action="append",
        default=[],
        type=_symbol,
        metavar="SYMBOL",
        help="may be given several times; without it, every declared symbol in turn",
    )
    derive.add_argument(
        "--style",
        choices=list(STYLES),
        help="of the steps to a gradient, backward if it is not given; all end in the same formula",
    )
    derive.add_argument(
        "--kind",
        choices=KINDS,
        help="gradient, if it is not given; hvp: the Hessian times a direction; jvp: the differential",
    )
    derive.add_argument("--format", choices=deriving.FORMATS, default="text", help="text is for people")
    command = commands.add_parser(
        "check",
        help="check all derivations of files",
        description=HELP,
        epilog=EXIT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("files", nargs="+", metavar="FILE", help="a file, a folder, or -")
    command.add_argument("--format", choices=["text", "json"], default="text", help="json is for programs")
    practice = commands.add_parser(
        "practice", help="make an exercise, without end", description=practising.HELP
    )
    practice.add_argument("--difficulty", choices=list(DIFFICULTIES), default=practising.DEFAULT)
    practice.add_argument("--number", type=int, metavar="N", help="which one; without it, any")
    practice.add_argument("--answer", action="store_true", help="print the derivation, too")
    gradcheck = commands.add_parser(
        "gradcheck",
        help="check a backward pass of your own",
        description=GRADCHECK,
        epilog=GRADCHECK_EXIT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    gradcheck.add_argument("target", metavar="module:f", help="or path/to/file.py:f")
    gradcheck.add_argument(
        "--method",
        choices=["auto", "exact", "complex", "differences"],
        default="auto",
        help="how f is differentiated; auto: by the first of the others that can follow it",
    )
    gradcheck.add_argument(
        "--dtype", choices=["float64", "float32", "bfloat16"], default="float64", help="what f_vjp gets"
    )
    gradcheck.add_argument(
        "--tolerance", type=float, metavar="T", help="share of the largest entry; derived, if it is not given"
    )
    gradcheck.add_argument("--shapes", metavar="3x4,4x2", help="draw arguments of these shapes")
    gradcheck.add_argument("--seed", type=int, default=0, metavar="N", help="of what is drawn")
    gradcheck.add_argument("--format", choices=["text", "json"], default="text", help="json is for programs")
    options = parser.parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        if options.command == "derive":
            return deriving.run(options.file, options.by, options.format, options.style, options.kind)
        if options.command == "gradcheck":
            from mathnet import kernels  # the others need no NumPy

            return kernels.run(
                options.target,
                method=options.method,
                dtype=options.dtype,
                tolerance=options.tolerance,
                shapes=options.shapes,
                seed=options.seed,
                as_json=options.format == "json",
            )
        if options.command == "practice":
            return practising.run(options.difficulty, options.number, options.answer)
        return run(options.files, as_json=options.format == "json")
    except BrokenPipeError:  # whoever read this wants no more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNCHECKED
    except OSError as error:  # files that cannot be read are reported by `run`
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - what is left to write goes nowhere, at the exit, too
        print(f"mathnet: the result cannot be written: {error.strerror}", file=sys.stderr)
        return UNCHECKED


def _symbol(written: str) -> str:
    if not written.strip():
        raise argparse.ArgumentTypeError("expected a symbol of the where part, as in --by W; got nothing")
    return written


def run(names: Sequence[str], as_json: bool) -> int:
    """Check all files, print what was found, and return the exit status."""
    files = [file for name in names for file in _search(name)]
    counts = {True: 0, False: 0}
    documents: list[dict[str, Any]] = []
    total = sum(len(derivations) for _, derivations, _ in files)
    with tqdm(total=total, delay=1, leave=False, disable=None) as progress:
        for path, derivations, error in files:
            documents.append({"path": path, "error": error or None, "derivations": []})
            if error and not as_json:
                _print(f"✗ {path}: {error}")
            for found in derivations:
                report = judge(found)
                counts[report.ok] += 1
                if as_json:
                    place = {"line": found.line, "cell": found.cell or None}
                    said = document(report, found.line, found.column, found.height if found.asked else None)
                    documents[-1]["derivations"].append(place | said)
                else:
                    _print(verdict(path, found, report))
                progress.update()
    unchecked = sum(bool(error) for _, _, error in files)
    status = UNCHECKED if unchecked else WRONG if counts[False] else RIGHT
    if as_json:
        result = {"version": VERSION, "status": status, "files": documents}
        print(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        missed = f", {unchecked} file{'s'[: unchecked != 1]} not checked" if unchecked else ""
        _print(f"{counts[True]} right, {counts[False]} wrong{missed}")
    sys.stdout.flush()
    return status


def _search(name: str) -> list[tuple[str, list[Found], str]]:
    """Return (path, derivations, error) for a file, or for every file of a folder that holds any."""
    files: list[tuple[str, list[Found], str]] = []
    for path in paths(name):
        try:
            files.append((path, read(path), ""))
        except FileError as error:
            files.append((path, [], str(error)))
    found = [file for file in files if file[1] or file[2]]
    return found or [(name, [], "no derivation found")]


def judge(found: Found) -> Report:
    """Check a derivation that was found, or derive one that was asked for, and return its report."""
    unread = found.problem and (found.asked or not found.source)
    report = Report(found.id, "") if unread else _checked(found)
    if found.expansion:  # a place is shown where the author wrote it
        for error in report.errors:
            error.place = found.expansion.written_place(error.place)
            error.attach(report.id, found.expansion.written)
    if found.problem:
        report.errors.insert(0, DerivationError(found.problem, WHOLE, caret=False).attach(found.id, ""))
    return report


def _checked(found: Found) -> Report:
    try:
        return check(written_out(found.source, found.id, found.asked), found.id)
    except DerivationError as error:
        return Report(found.id, found.source, errors=[error])


def verdict(path: str, found: Found, report: Report) -> str:
    """Return the lines that the command prints for a derivation."""
    place = f"{where(path, found)} {found.id or '(no id)'}:"
    if report.ok:
        lines = [f"✓ {place} {report.verdict()}, {report.comparisons} comparisons"]
    else:
        lines = [f"✗ {place} wrong", *failure(path, found, report)]
    read: dict[str, int] = {}
    for reading in report.readings:  # the same one is shown at its first line
        read.setdefault(str(reading), reading.line)
    lines += [f"  {where(path, found, line)}: {words}" for words, line in read.items()]
    return "\n".join(lines)


def failure(path: str, found: Found, report: Report) -> list[str]:
    """Return what is wrong with a derivation, in lines; each error begins with its place in the file."""
    lines = []
    for error in report.errors:
        column = error.place.column if error.caret else 0
        lines.append(f"  {where(path, found, error.place.line, column)}: {error.reason}")
        lines += [f"      {detail}" for detail in error.details()]
    return lines


def _print(text: str) -> None:
    """Print without control characters: the text is that of a file which nobody has looked at."""
    shown = (c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
    tqdm.write("".join(shown), file=sys.stdout)
