"""The book as MkDocs builds it: which part of this package does what, and when. The only file that MkDocs calls."""

import functools
import gc
import json
import os
from concurrent.futures import ProcessPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache
from markdown_exec import MarkdownConverter, formatters
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from book import (
    ahead,
    citation,
    conversion,
    downloads,
    font,
    glossary,
    hands_on,
    inventory,
    metadata,
    model,
    npm,
    numbering,
    onepage,
    problems,
    results,
    search,
    slides,
    table,
    tags,
    theme,
)
from book.dates import commit_date
from book.hands_on.desk import pyodide, temml
from mathnet.figures import STYLE_SHEET

_began: list[ProcessPoolExecutor | None] = []


def on_startup(**_: object) -> None:
    """Run the blocks of the pages our way, and let two builds of one commit agree in their dates."""
    formatters["python"] = results.formatted
    os.environ["SOURCE_DATE_EPOCH"] = str(commit_date())
    npm.fetch()


def on_pre_build(config: MkDocsConfig) -> None:
    """Keep the compiled templates of the reference, which mkdocstrings would compile anew at every edit."""
    if reference := config.plugins.get("mkdocstrings"):
        folder = _cache(config) / "templates"
        folder.mkdir(parents=True, exist_ok=True)
        reference.get_handler("python").env.bytecode_cache = FileSystemBytecodeCache(str(folder))


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Add what no page is made of: scripts and style sheets of the figures, what the desk loads, the wheel; leave out most of the theme."""
    theme.leave_out(files)
    for address, path in (hands_on.addresses() | {"assets/figures.css": STYLE_SHEET}).items():
        files.append(File.generated(config, address, abs_src_path=str(path)))
    if files.get_file_from_path("desk.md"):
        for address, content in (pyodide.addresses() | temml.addresses()).items():
            files.append(File.generated(config, address, content=content))
    if files.get_file_from_path("downloads.md"):  # the page that says how to install it
        files.append(File.generated(config, downloads.WHEEL, abs_src_path=downloads.wheel()))


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> None:
    """Begin the model of the book with what stands in the sources."""
    docs = Path(config.docs_dir)
    shown = [page.file.src_uri for page in nav.pages]
    shown += [file.src_uri for file in files.documentation_pages() if file.src_uri not in shown]
    pages = {name: inventory.read(docs / name, Path(name)) for name in shown}
    equations = {equation.id: equation for equation in inventory.equations(list(pages.values()))}
    book = model.Book(pages, equations, tags.load(docs))
    book.shared = conversion.shared(book, config, files)
    model.build(book)
    if reference := config.plugins.get("mkdocstrings"):
        glossary.register(reference.handlers.inventory, book)
    if not _began:  # under `mkdocs serve`, later builds convert a page or two
        _began.append(ahead.begin(book))


def on_page_markdown(markdown: str, page: Page, **_: object) -> None:
    """Tell the Markdown extensions to which page of the model they add; convert the page only if what it shows may have changed."""
    model.book().page = model.book().pages[page.file.src_uri]
    MarkdownConverter.counter = 0  # of the blocks with headings, whose ids would else depend on other pages
    page.render = functools.partial(conversion.convert, page)


@event_priority(-90)  # after autorefs has filled in references, and mkdocstrings has written its style sheet
def on_env(env: Environment, config: MkDocsConfig, files: Files) -> None:
    """Write what is made of all pages: the list of equations, what the search reads, notebooks and scripts, the font, the style sheets, the book on one page."""
    if _began and (pool := _began[-1]):
        pool.shutdown(cancel_futures=True)
    book = model.book()
    numbering.complain(book)
    pages = [
        file.page
        for file in map(files.get_file_from_path, book.pages)
        if file and file.page and file.page.content
    ]
    equations = numbering.listing(book)
    if "gradients.md" in book.pages:
        equations["rows"] = table.listing()
    listing = json.dumps(equations, ensure_ascii=False, indent=1)
    made: dict[str, str | bytes] = {"equations.json": f"{listing}\n", search.URL: search.index(pages)}
    for page in pages:
        made |= downloads.offered(page, book.pages[page.file.src_uri], book, config.site_url or "")
    formulas = set().union(*(font.characters(page.content or "") for page in pages))
    made["assets/fonts/stix-two-math.woff2"] = font.subset_font(formulas, _cache(config) / "fonts")
    made["assets/fonts/OFL.txt"] = Path(font.__file__).with_name("OFL.txt").read_bytes()
    env.globals["style_sheet"] = theme.style_sheet(files, config)
    printed = onepage.contents(pages) | {
        "style_sheet": theme.style_sheet(files, config, ["assets/paper.css"])
    }
    made[f"{onepage.URL}index.html"] = env.get_template("book.html").render(
        config=config, base_url="..", **printed
    )
    chapters = [chapter for _, several in printed["parts"] for chapter in several]
    sheets = list(problems.sheets(chapters))
    for address, kind, said in problems.KINDS:
        made[address] = env.get_template("sheet.html").render(
            config=config, sheets=sheets, kind=kind, said=said, **printed
        )
    lectures = {
        "style_sheet": theme.style_sheet(files, config, ["assets/slides.css"]),
        "talks": list(slides.talks(chapters)),
        "reveal": slides.version(),
    }
    made[slides.URL] = env.get_template("slides.html").render(config=config, **printed | lectures)
    made |= slides.addresses()
    for address, content in made.items():
        files.append(File.generated(config, address, content=content))


def on_page_context(context: dict[str, Any], page: Page, config: MkDocsConfig, **_: object) -> None:
    """Hand the template the head of the page, the entry at its foot, and where its files are."""
    known = model.book().pages[page.file.src_uri]
    context["head"] = metadata.head(page, known, config)
    context["bibtex"] = citation.page_bibtex(
        "" if page.is_homepage else page.url, unescape(page.toc.items[0].title)
    )
    if known.blocks:
        context["downloads"] = get_relative_url(downloads.address(page), page.url)


def on_serve(server: object, **_: object) -> None:
    """Leave what the first build keeps out of garbage collection, which would walk through it at every edit."""
    gc.freeze()


def on_post_build(config: MkDocsConfig) -> None:
    """Say where the sitemap is."""
    robots = Path(config.site_dir, "robots.txt")
    robots.write_text(f"User-agent: *\nAllow: /\nSitemap: {config.site_url}sitemap.xml\n")


def _cache(config: MkDocsConfig) -> Path:
    return Path(config.config_file_path).parent / ".cache"
