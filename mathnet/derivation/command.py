"""The command `mathnet check FILE…`: one line for each derivation, details for what is wrong."""

import argparse
import sys
from pathlib import Path

from .fences import find
from .verdict import check


def main(arguments=None):
    """Check the derivations of the files and return 1 if any is wrong, else 0."""
    parser = argparse.ArgumentParser(prog="mathnet", description="Check derivations.")
    check_command = parser.add_subparsers(required=True).add_parser(
        "check", help="check all derivations of files"
    )
    check_command.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="Markdown, or Python with docstrings"
    )
    failed = 0
    for path in parser.parse_args(arguments).files:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            print(f"✗ {path}: {error}", file=sys.stderr)
            failed += 1
            continue
        for fence in find(text):
            report = check(fence.source, fence.id)
            failed += not report.ok
            if report.ok:
                print(
                    f"✓ {path}:{fence.line} {fence.id}: {report.verdict()}, {report.comparisons} comparisons"
                )
            for error in report.errors:
                print(f"✗ {path}:{fence.line + error.place.line - 1} {error}")
    return int(failed > 0)
