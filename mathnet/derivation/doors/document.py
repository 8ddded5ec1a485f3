"""A report as JSON's objects and lists, for programs."""

from dataclasses import asdict
from typing import Any

from ..verdict.report import Report


def document(
    report: Report, first_line: int = 1, indentation: int = 0, height: int | None = None
) -> dict[str, Any]:
    """Return what `mathnet check --format json` says; lines and columns are counted from the given ones.

    Lines that were derived, which are those below the given height, count as its last line.
    """

    def at(line: int) -> int:
        return first_line - 1 + (line if height is None else min(line, height))

    return {
        "id": report.id,
        "ok": report.ok,
        "steps": report.steps,
        "comparisons": report.comparisons,
        "proved": report.proved,
        "exact": report.exact,
        "bound": report.bound,
        "draws": report.draws,
        "sizes": report.sizes,
        "seconds": round(report.seconds, 3),
        "readings": [{**reading._asdict(), "line": at(reading.line)} for reading in report.readings],
        "lines": [
            {**line._asdict(), "line": at(line.line), "error": line.error and line.error.reason}
            for line in report.lines
        ],
        "errors": [
            {
                "line": at(error.place.line),
                "column": error.place.column + indentation,
                "reason": error.reason,
                "cause": error.cause or None,
                "difference": error.difference and asdict(error.difference),
            }
            for error in report.errors
        ],
    }
