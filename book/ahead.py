"""What a build can work out before it converts a page, on all cores of the machine.

MkDocs converts one page after another in one process. Most of that time goes into checking derivations, reading the equations in sentences and
running blocks of Python, and none of these needs to wait for its page. So they begin at once, in processes of their own. What fails there is done
again where its page is converted, which is where the error belongs.
"""

import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from threading import Thread
from typing import Any

from lark import Token

from book import inventory, model, results
from mathnet.derivation.doors import markdown
from mathnet.derivation.read.fences import fences
from mathnet.derivation.verdict.check import check
from mathnet.derivation.verdict.report import Report


def _whole(token: Token) -> tuple[type[Token], tuple[Any, ...]]:
    places = "start_pos", "line", "column", "end_line", "end_column", "end_pos"
    return Token, (token.type, token.value, *(getattr(token, place) for place in places))


ForkingPickler.register(
    Token, _whole
)  # lark's own way forgets where a token ends, and with it the source of a line


def begin(book: model.Book, least: int = 30) -> ProcessPoolExecutor | None:
    """Check the derivations of a book, and begin with the rest; the pool is to be shut down when the pages are converted.

    A machine with one core, or a book with fewer derivations than this, has nothing to gain from the start of a process, and gets None.
    """
    cores = os.cpu_count() or 1
    derivations = [each for each in book.equations.values() if each.kind == "derivation"]
    if cores == 1 or len(derivations) < least:
        return None
    pool = ProcessPoolExecutor(cores, get_context("spawn"), _end_with_parent)
    for report in pool.map(report_on, *zip(*((each.source, each.id) for each in derivations), strict=True)):
        if report:
            markdown.keep(report)
    pages = list(book.pages.values())
    results.ahead.update({code: pool.submit(printed, code, keep) for code, keep in blocks(pages).items()})
    for page in pages:
        for claim, known in inventory.claimed(page, list(book.equations.values())):
            if (claim, known) not in inventory.ahead:
                inventory.ahead[claim, known] = pool.submit(inventory.holds, claim, known)
    return pool


def _end_with_parent() -> None:
    """Let this process end when the build does, also if that is killed."""

    def wait(build: BaseProcess) -> None:
        build.join()
        os._exit(1)

    if build := parent_process():
        Thread(target=wait, args=(build,), daemon=True).start()


def blocks(pages: Iterable[model.Page]) -> dict[str, bool]:
    """Return the blocks that print the same whenever they are run, and whether their results are kept."""
    found = {}
    for page in pages:
        for text in page.texts:
            for fence in fences(text):
                if (
                    'exec="1"' in fence.rest
                    and "recorded=" not in fence.rest
                    and results.settles(fence.source)
                ):
                    found[fence.source] = "keep=" in fence.rest
    return found


def report_on(source: str, id: str) -> Report | None:
    """Return the report of a derivation with its bound, which takes a while, too; None if it is wrong or cannot be read."""
    try:
        report = check(source, id)
        _ = report.bound
    except Exception:
        return None
    return report if report.ok else None


def printed(code: str, keep: bool) -> str | None:
    """Return what a block prints, or None if it fails."""
    try:
        return results.results().output(code) if keep else results.run(code)
    except Exception:
        return None
