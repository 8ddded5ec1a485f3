"""What only MkDocs can tell: when a build begins and ends."""

import gc
import re
import shutil
from collections.abc import Callable, Iterable
from html import unescape
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from markdown_exec import formatters
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from pymdownx.superfences import SuperFencesException

from book import font, hands_on, npm, results
from book.hands_on.desk import pyodide
from mathnet.figures import STYLE_SHEET

CROSS = re.compile(r"<(pre|code|svg|math)\b.*?</\1>|(?P<prose> × )", re.DOTALL)

# The style sheet lets a long formula of a sentence scroll on a phone.
FORMULA = re.compile(r'<span class="math">(.*?)</span>', re.DOTALL)
LONG = 15

# markdown-exec puts the output of a block that has headings into a paragraph.
PARAGRAPH_OF_BLOCKS = re.compile(r"<p>(<p>.*?)\n</p>", re.DOTALL)

# The source of a documented function may hold a fence, and a doctest may show the error that it expects.
SHOWN_ON_PURPOSE = re.compile(
    r'<details class="mkdocstrings-source".*?</details>|<div class="language-(?:pycon|markdown) highlight">.*?</div>',
    re.DOTALL,
)


def on_startup(**_: object) -> None:
    """Make an executed block that leaves by sys.exit an error: it would end the build early with success.

    And keep what the blocks gave.
    """
    npm.fetch()

    def guarded(run: Callable[..., str]) -> Callable[..., str]:
        def wrapper(*, code: str, **options: object) -> str:
            try:
                return run(code=code, **options)
            except SystemExit as error:
                # the one exception that superfences does not swallow
                raise SuperFencesException(
                    f"an executed block called sys.exit({error.code!r}):\n{code}"
                ) from None

        return wrapper

    for language in ("python", "pycon"):
        formatters[language] = results.keeping(guarded(formatters[language]))


def on_pre_build(config: MkDocsConfig) -> None:
    """Keep the compiled templates of the reference, which mkdocstrings would compile anew at every edit."""
    if reference := config.plugins.get("mkdocstrings"):
        folder = Path(config.config_file_path).parent / ".cache" / "templates"
        folder.mkdir(parents=True, exist_ok=True)
        reference.get_handler("python").env.bytecode_cache = FileSystemBytecodeCache(str(folder))


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Add scripts and style sheets of the figures, which lie with them, and what the derivation desk loads, if the book has one."""
    for address, path in (hands_on.addresses() | {"assets/figures.css": STYLE_SHEET}).items():
        files.append(File.generated(config, address, abs_src_path=str(path)))
    if files.get_file_from_path("desk.md"):
        for address, content in pyodide.addresses().items():
            files.append(File.generated(config, address, content=content))


def on_page_content(html: str, **_: object) -> str:
    """Mend what the extensions leave, keep a shape such as 1 × 3 on one line, mark long formulas, keep sources out of the search.

    The source of a documented function is code and TeX, and the page says it better.
    """
    html = PARAGRAPH_OF_BLOCKS.sub(r"\1", html)
    html = CROSS.sub(
        lambda found: "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}" if found["prose"] else found[0], html
    )
    html = FORMULA.sub(_told_if_long, html)
    return html.replace(
        '<details class="mkdocstrings-source">', '<details class="mkdocstrings-source" data-search-exclude>'
    )


def _told_if_long(formula: re.Match) -> str:
    letters = len(unescape(re.sub(r"<[^>]*>", "", formula[1])))
    return formula[0].replace('"math"', '"math long"', 1) if letters > LONG else formula[0]


def on_serve(server: object, **_: object) -> None:
    """Leave what the first build keeps out of garbage collection, which would walk through it at every edit."""
    gc.freeze()


def on_post_build(config: MkDocsConfig) -> None:
    """Write the maths font that the pages need, then check every page."""
    site = Path(config.site_dir)
    pages = {
        path.relative_to(site): path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))
    }
    _write_font(
        site / "assets" / "fonts", pages.values(), Path(config.config_file_path).parent / ".cache" / "fonts"
    )
    if not (site / "index.html").exists():
        raise PluginError("the site has no index.html")
    for path, page in pages.items():
        text = unescape(re.sub(r"<[^>]*>", "", SHOWN_ON_PURPOSE.sub("", page)))
        for debris in ("Traceback (most recent call last)", "```", 'exec="'):
            if debris in text:
                raise PluginError(f"{path} shows {debris!r} to the reader")


def _write_font(folder: Path, pages: Iterable[str], cache: Path) -> None:
    needed = set().union(*(font.characters(page) for page in pages))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "stix-two-math.woff2").write_bytes(font.subset_font(needed, cache))
    shutil.copyfile(Path(font.__file__).with_name("OFL.txt"), folder / "OFL.txt")
