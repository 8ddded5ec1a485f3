"""Converting the pages, of which an edit under `mkdocs serve` changes one: the others are shown as they were converted before.

What a page shows depends on its text and on what all pages share: every file that is no page, and the outline of the book, which is what pages
say of each other. While both are as they were, converting it again would give the same. Two kinds of pages are converted in every build: those
with a block that reads what may change, as `book/results.py` finds, and those with a warning, so that it is heard again.
"""

import contextlib
import hashlib
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler

from book import model, results
from mathnet.derivation.doors.markdown import claimed

# What MkDocs knows of a page once it is converted, but for the links to anchors, which it holds by the files of one build.
_FOUND = ("content", "toc", "_title_from_render", "present_anchor_ids")
_PAGE = object()  # stands for the page itself, which is another object in every build


class _Conversion(NamedTuple):
    """A converted page: what it was made from, what MkDocs and the model know of it, and what plugins were told."""

    made_from: tuple[str, str]
    found: dict[str, Any]
    links: dict[str, dict[str, str]]
    shown: dict[str, Any]
    claims: dict[str, tuple[str, str]]
    told: list[tuple[str, tuple[Any, ...], dict[str, Any]]]


_kept: dict[str, _Conversion] = {}


def shared(book: model.Book, config: MkDocsConfig, files: Files) -> str:
    """Return a hash of everything that a page may show besides its own text."""
    state = hashlib.sha256(results.library_state().encode())
    at_root = {path for path in results.ROOT.iterdir() if path.is_file() and not path.name.startswith(".")}
    for path in sorted({*at_root, Path(config.config_file_path)}):
        state.update(f"{path.name} ".encode() + path.read_bytes())
    for file in files:
        state.update(f"{file.src_uri} {file.url} ".encode())
        state.update(b"" if file.is_documentation_page() else file.content_bytes)
    for name, page in book.pages.items():
        state.update(repr((name, page.title, page.url, page.texts[1:])).encode())
    for each in book.equations.values():
        state.update(repr((each.kind, each.id, each.page.url, each.local, each.above)).encode())
    return state.hexdigest()


def convert(page: Page, config: MkDocsConfig, files: Files) -> None:
    """Convert a page as MkDocs does, or show it as it was converted before, if that would be the same."""
    name, book = page.file.src_uri, model.book()
    known, claims, made_from = book.pages[name], claimed(files), (page.markdown or "", book.shared)
    before = _kept.pop(name, None)
    if (
        before
        and before.made_from == made_from
        and all(claims.get(id, claim) == claim for id, claim in before.claims.items())
    ):
        _show_again(before, page, config, files)
        _kept[name] = before
        return
    with _listening(page, config) as told, _warnings() as warned:
        Page.render(page, config, files)
    if known.settled and not warned.get_counts():
        _kept[name] = _Conversion(
            made_from,
            {part: getattr(page, part) for part in _FOUND},
            {file.src_uri: anchors for file, anchors in (page.links_to_anchors or {}).items()},
            {part: value for part, value in vars(known).items() if part not in model.IN_SOURCES},
            {id: claim for id, claim in claims.items() if claim[0] == name},
            told,
        )


def _show_again(before: _Conversion, page: Page, config: MkDocsConfig, files: Files) -> None:
    vars(page).update(before.found)
    page.links_to_anchors = {
        file: anchors for name, anchors in before.links.items() if (file := files.get_file_from_path(name))
    }
    vars(model.book().pages[page.file.src_uri]).update(before.shown)
    claimed(files).update(before.claims)
    listeners = _listeners(config)
    for method, arguments, settings in before.told:
        given = (page if each is _PAGE else each for each in arguments)
        getattr(listeners[method], method)(*given, **settings)


def _listeners(config: MkDocsConfig) -> dict[str, Any]:
    """Return who is told something while a page is converted, by the names of the methods."""
    found = {}
    if references := config.plugins.get("autorefs"):
        found["register_anchor"] = references
    if docstrings := config.plugins.get("mkdocstrings"):
        found["register"] = docstrings.handlers.inventory
    return found


@contextlib.contextmanager
def _listening(
    page: Page, config: MkDocsConfig
) -> Iterator[list[tuple[str, tuple[Any, ...], dict[str, Any]]]]:
    """Write down what the listeners are told."""
    told = []

    def noting(name: str, method: Callable[..., None]) -> Callable[..., None]:
        def noted(*arguments: Any, **settings: Any) -> None:
            told.append((name, tuple(_PAGE if each is page else each for each in arguments), settings))
            method(*arguments, **settings)

        return noted

    listeners = _listeners(config)
    for name, listener in listeners.items():
        setattr(listener, name, noting(name, getattr(listener, name)))
    try:
        yield told
    finally:
        for name, listener in listeners.items():
            delattr(listener, name)


@contextlib.contextmanager
def _warnings() -> Iterator[CountHandler]:
    """Count what `--strict` counts."""
    counter = CountHandler(level=logging.WARNING)
    logger = logging.getLogger("mkdocs")
    logger.addHandler(counter)
    try:
        yield counter
    finally:
        logger.removeHandler(counter)
