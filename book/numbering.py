"""Every displayed equation with its number, what is known about it, and the references to it; all of them in one file.

A hook: only when every page has been read is it known where an equation stands.
"""

import json
import re
from html import escape
from pathlib import Path

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.utils import get_relative_url

from book import inventory, paper, tags
from book.citation import book
from mathnet.dual import DIGITS

log = get_plugin_logger("book.numbering")

_EQUATION = re.compile(r'(?P<open><div class="derivation[^"]*" id="d-(?P<id>[a-z0-9-]+)">)')
_FOOT = re.compile(
    r'(?:<pre data-search-exclude><code>[^<]*</code></pre>)?</details><a class="derivation-link" '
    r'href="#d-(?P<id>[a-z0-9-]+)"[^>]*>¶</a>'
)
_REFERENCE = re.compile(r'<equation id="(?P<id>[^"]*)">(?P<words>.*?)</equation>', re.DOTALL)


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> None:
    """Number the equations of all pages, fill in the references to them, and write the file that lists them."""
    docs = Path(config.docs_dir)
    known = tags.load(docs)
    shown = [file.page for file in files.documentation_pages() if file.page and file.page.content]
    book_pages = [inventory.read(docs / page.file.src_uri, Path(page.file.src_uri)) for page in shown]
    equations = {equation.id: equation for equation in inventory.equations(book_pages)}
    for equation in equations.values():
        tag = known.get(equation.id)
        if not tag:
            log.error(f"{equation.kind} {equation.id}: it has no number yet; run {tags.COMMAND}")
        elif tag.retired:
            log.error(f"{equation.kind} {equation.id}: the id is retired, take another")
    right = {id for page in shown for id in _FOOT.findall(page.content)}
    numbered = {id: equation for id, equation in equations.items() if id in known and id in right}
    for page in shown:
        page.content = _numbered(page.content, numbered, known)
        page.content = _referring(page.content, page, numbered, known)
    listing = json.dumps(_listing(numbered, known), ensure_ascii=False, indent=1)
    files.append(File.generated(config, "equations.json", content=f"{listing}\n"))


def _numbered(content: str, equations: dict, known: dict[str, tags.Tag]) -> str:
    """Give the equations of a page their number, the anchors of those that they replaced, and their boxes."""
    work = book()

    def anchors(found: re.Match) -> str:
        replaced = [tag for tag in known.values() if tag.heir == found["id"]]
        names = [f"eq-{known[found['id']].number}"] if found["id"] in equations else []
        names += [name for tag in replaced for name in (f"eq-{tag.number}", f"d-{tag.id}")]
        return found["open"] + "".join(f'<span class="equation-anchor" id="{name}"></span>' for name in names)

    def foot(found: re.Match) -> str:
        if found["id"] not in equations:
            return found[0]
        number = known[found["id"]].number
        link = (
            f'<a class="derivation-link equation-number" href="#eq-{number}" title="Link to this equation" '
            f"data-search-exclude>({number})</a>"
        )
        return f"{_box(equations[found['id']], number, work)}</details>{link}"

    return _FOOT.sub(foot, _EQUATION.sub(anchors, content))


def _box(equation: inventory.Equation, number: int, work: dict[str, str]) -> str:
    """Return what the mark of an equation holds besides how it was checked: its code, LaTeX and BibTeX."""
    parts = []
    if rule := equation.rule:
        parts.append(
            f'<p>Code: <autoref identifier="mathnet.{rule.name}_vjp"><code>{rule.name}_vjp</code></autoref>. '
            "A test compares it with the last line, entry by entry.</p>"
        )
    for language, text in (
        ("latex", paper.latex(equation)),
        ("bibtex", paper.citation(equation, number, work)),
    ):
        parts.append(
            f'<div class="highlight language-{language}" data-search-exclude>'
            f"<pre><code>{escape(text, quote=False)}</code></pre></div>"
        )
    return "".join(parts)


def _referring(content: str, page, equations: dict, known: dict[str, tags.Tag]) -> str:
    """Fill in the references of a page: the number if there are no words, and the way to the equation."""

    def link(found: re.Match) -> str:
        if found["id"] not in equations:
            log.error(
                f"{page.file.src_uri}: reference [](#d-{found['id']}): no such equation is right and has a number"
            )
            return found["words"]
        equation, number = equations[found["id"]], known[found["id"]].number
        here = equation.page.url == ("" if page.is_homepage else page.url)
        way = "" if here else get_relative_url(equation.page.url or "./", page.url)
        name = "" if found["words"] else f' aria-label="Equation ({number})"'
        return f'<a class="equation-reference" href="{way}#eq-{number}"{name}>{found["words"] or f"({number})"}</a>'

    return _REFERENCE.sub(link, content)


def _listing(equations: dict, known: dict[str, tags.Tag]) -> dict:
    """Return all equations, by number; `docs/cite.md` says what the keys mean."""
    entries = []
    for tag in known.values():
        entry = {"tag": tag.number, "id": tag.id}
        if tag.retired:
            entries.append(entry | {"kind": "retired", "heir": tag.heir or None})
        elif tag.id in equations:
            entries.append(entry | _entry(equations[tag.id], tag.number))
    work = book()
    return {"schema": 1, **{key: work[key] for key in ("title", "version", "url")}, "equations": entries}


def _entry(equation: inventory.Equation, number: int) -> dict:
    report = equation.report if equation.kind == "derivation" else None
    verdict = report.verdict() if report else equation.kind
    return {
        "kind": equation.kind,
        "page": equation.page.title,
        "url": f"{equation.page.url}#eq-{number}",
        "where": paper.where(equation),
        "latex": paper.latex(equation),
        "verdict": f"not checked: {equation.reason}" if equation.reason else verdict,
        "comparisons": report.comparisons if report else None,
        "exact": report.exact if report else None,
        "digits": DIGITS if report and not report.exact else None,
        "bound": float(report.bound) if report and report.bound else None,
        "code": f"mathnet.{equation.rule.name}_vjp" if equation.rule else None,
    }
