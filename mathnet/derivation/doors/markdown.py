"""The `derivation` fence on a page: checked while the page is built, and shown line by line with its reasons; and the `derive` fence, of which the lines are derived.

A Markdown extension, `mathnet.derivation.markdown`, for MkDocs and for Python-Markdown alone. It brings its style sheet
along and needs `math-core`, for MathML. A derivation that is wrong, or whose id is used twice, raises `DerivationError`;
MkDocs logs it as an error instead, which `--strict` turns into a failed build, and shows what is wrong on the page.
"""

import logging
import re
from collections.abc import MutableMapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from mathnet.mathml import FormulaError, math_core

from ..errors import WHOLE, DerivationError
from ..read.fences import Found, fences, find
from ..verdict.asked import answered, written_out
from ..verdict.check import check
from ..verdict.rendering import Shown, shown, style_link, wrong_html
from ..verdict.report import Report

log = logging.getLogger("mkdocs.mathnet")

# From every build of a site, or else every Markdown object, to its ids: the page and the source of each.
_ids: MutableMapping[object, dict[str, tuple[str, str]]] = WeakKeyDictionary()


# The reports that were asked for last, by source and id: pages and tables of pages ask for one more than once.
_reports: dict[tuple[str, str], Report] = {}


def checked(source: str, id: str) -> Report:
    """Return the report of a derivation, and keep it."""
    if (source, id) not in _reports:
        keep(check(source, id))
    return _reports[source, id]


def keep(report: Report) -> None:
    """Keep a report, which may come from another process; of more than 2,000 the oldest goes."""
    _reports[report.source, report.id] = report
    if len(_reports) > 2000:
        del _reports[next(iter(_reports))]


def claim(md: Markdown, id: str, source: str) -> None:
    """Take an id for an equation of the site, once; showing the same equation of a page again is no second use.

    Raises
    ------
    DerivationError
        If another equation has it.
    """
    page = _page(md)
    ids = claimed(page.files if page else md)
    place = page.file.src_uri if page else "this text"
    taken, other = ids.setdefault(id, (place, source))
    if (taken, other) != (place, source):
        raise DerivationError(f"the id is already used in {taken}", WHOLE, caret=False).attach(id, source)


def claimed(build: object) -> dict[str, tuple[str, str]]:
    """Return the ids that are taken in the build with these files, or in a Markdown object, with the page and the source of each."""
    return _ids.setdefault(build, {})


def refuse(md: Markdown, id: str, source: str, errors: Sequence[Exception]) -> str:
    """Return the HTML of an equation with errors and log them for MkDocs; without MkDocs, raise the first."""
    page = _page(md)
    if not page:
        raise errors[0]
    written = fences(page.file.content_string)
    lines = [fence.line - 1 for fence in written if fence.source == source and fence.rest.startswith(id)]
    place = ":".join([page.file.src_uri, *map(str, lines[-1:])])
    for error in errors:
        log.error(f"{place}: {error}")
    return wrong_html(id, source, errors)


def _page(md: Markdown) -> Any:
    """Return what MkDocs registers with the Markdown object of a page, and mkdocstrings with its own, or None."""
    md = getattr(md, "_original_md", md)  # markdown-exec's name for the page's object
    return md.treeprocessors["relpath"] if "relpath" in md.treeprocessors else None  # noqa: SIM401  a Registry has no get


class _Fences(Preprocessor):  # type: ignore[misc]  # Markdown has no types
    frame = staticmethod(Shown.framed)  # a book may give its equations another: with a number, say

    def run(self, lines: list[str]) -> list[str]:
        page: list[str] = []
        at, style = 0, style_link()
        for found in find("\n".join(lines)):
            opening, end = found.line - 2, found.line + found.height
            prefix = re.split("`{3}|~{3}", lines[opening], maxsplit=1)[0]
            blank = re.sub(r"[^>\s]", " ", prefix).rstrip()
            stored = self.md.htmlStash.store(self._shown(found, style))
            follows = lines[end : end + 1] and lines[end].strip(" \t>")
            page += [*lines[at:opening], blank, prefix + stored, *([blank] if follows else [])]
            at, style = end, ""
        return page + lines[at:]

    def _shown(self, found: Found, style: str) -> str:
        id, source = found.id, found.source
        try:
            if found.problem:
                raise DerivationError(found.problem, WHOLE, caret=False).attach(id, source)
            claim(self.md, id, source)
            report = checked(written_out(source, id, found.asked), id)
            if report.ok:
                note = answered(source, id, found.asked).note if found.asked else ""
                return self.frame(shown(report)._replace(note=note), style)
            errors: Sequence[Exception] = report.errors
        except (DerivationError, FormulaError) as error:
            errors = [error]
        return refuse(self.md, id, source, errors).replace(">", f">{style}", 1)


class DerivationExtension(Extension):  # type: ignore[misc]  # Markdown has no types
    """Checks and shows derivations."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register before superfences (25), which would show the fence as code."""
        math_core()
        self.md = md
        md.registerExtension(self)
        md.preprocessors.register(_Fences(md), "mathnet-derivations", 27)

    def reset(self) -> None:
        """Forget the ids: another text begins."""
        _ids.pop(self.md, None)


def makeExtension(**settings: Any) -> DerivationExtension:
    """Return the extension, as Python-Markdown asks for it."""
    return DerivationExtension(**settings)
