"""The whole book on one page, `book/`, as it is printed: the chapters in the order of reading, with links among them.

Made from the finished text of the pages. What only a screen needs is left out: the boxes of the equations, the sources of
functions, scripts. What is folded away on a page is open here.
"""

import re
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from book.citation import apa, book
from book.theme import commit_date

URL = "book/"

_MARK = re.compile(r'<details class="derivation-mark">\s*<summary>(.*?)</summary>.*?</details>', re.DOTALL)
_ONLY_ON_SCREEN = re.compile(
    r'<details class="mkdocstrings-source".*?</details>'
    r'|<a class="headerlink".*?</a>'
    r"|<script\b.*?</script>"
    r"|<button\b.*?</button>"
    r'|<form class="layout-choice".*?</form>'
    r"|<derivation-desk\b.*?</derivation-desk>",
    re.DOTALL,
)
_ALIVE = re.compile(r"<(/?)[a-z]+-[a-z-]+")  # a custom element, whose script would miss what is left out
_HEADING = re.compile(r"(</?h)([1-5])\b")
_NAMES = re.compile(r'\b(?P<name>id|for|aria-labelledby|aria-describedby)="(?P<ids>[^"]+)"')
_ADDRESS = re.compile(r'\b(?P<name>(?:xlink:)?href|src)="(?P<address>[^"]*)"')
_PAINT = re.compile(r"url\(#(?P<id>[^)]+)\)")


def name(page: Page) -> str:
    """Return the id of a page's chapter in the book, which also begins every id in it.

    An equation keeps `eq-` and its number as its id: it has no other in the book.
    """
    return page.url.strip("/").replace("/", "-") or "question"


def chapter(page: Page, chapters: dict[str, Page]) -> str:
    """Return the HTML of a page as a chapter of the book; `chapters` has the pages of the book by their address."""

    def named(found: re.Match) -> str:
        ids = (_id(page, id) for id in found["ids"].split())
        return f'{found["name"]}="{" ".join(ids)}"'

    def linked(found: re.Match) -> str:
        address = found["address"]
        target = urlsplit(urljoin(f"/{page.url}", address))
        other = chapters.get(target.path.removeprefix("/"))
        if target.scheme or target.netloc:
            return found[0]
        if other:
            place = _id(other, target.fragment) if target.fragment else name(other)
            return f'{found["name"]}="#{place}"'
        there = get_relative_url(target.path.removeprefix("/") or "./", URL)
        return f'{found["name"]}="{there}{"#" * bool(target.fragment)}{target.fragment}"'

    html = _MARK.sub(r'<span class="derivation-mark">\1</span>', page.content)
    html = _ALIVE.sub(r"<\1div", _ONLY_ON_SCREEN.sub("", html))
    html = re.sub(r"<details(?![^>]*\sopen\b)", "<details open", html)
    html = _PAINT.sub(lambda found: f"url(#{_id(page, found['id'])})", html)
    html = _HEADING.sub(lambda found: f"{found[1]}{int(found[2]) + 1}", html)
    return _ADDRESS.sub(linked, _NAMES.sub(named, html))


def _id(page: Page, id: str) -> str:
    return id if re.fullmatch(r"eq-\d+", id) else f"{name(page)}--{id}"


@event_priority(-100)  # when the references among the pages are filled in
def on_env(env: Environment, config: MkDocsConfig, files: Files) -> None:
    """Write the page."""
    pages = [file.page for file in files.documentation_pages() if file.page and file.page.title]
    chapters = {page.url if page.url != "./" else "": page for page in pages}
    order = re.findall(r"[\w/-]+\.md", str(config.nav))  # a book without a nav keeps the order of its files
    in_order = sorted(
        pages,
        key=lambda page: order.index(page.file.src_uri) if page.file.src_uri in order else len(order),
    )
    parts: list[tuple[str, list[dict[str, str]]]] = []
    for page in in_order:
        part = page.parent.title if page.parent else ""
        if not parts or parts[-1][0] != part:
            parts.append((part, []))
        parts[-1][1].append({"id": name(page), "title": page.title, "html": chapter(page, chapters)})
    html = env.get_template("book.html").render(
        config=config,
        base_url="..",
        address=config.site_url,
        work=book(),
        reference=apa(book()).replace("*", ""),
        made=f"{datetime.fromtimestamp(commit_date(), UTC):%-d %B %Y}",
        parts=parts,
    )
    files.append(File.generated(config, f"{URL}index.html", content=html))
