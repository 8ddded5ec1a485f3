"""What the book takes from its theme: one style sheet and the search's worker, and nothing else is sent to a reader."""

import functools
import hashlib
import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError

from book import citation, metadata

_STYLESHEET = re.compile(r'\n *<link rel="stylesheet" href="(?P<address>[^":]+)">')


def commit_date() -> int:
    """Return the time of the last commit in seconds, or the one that is set, or 1980, the first that a zip can hold."""
    commit = ["git", "-C", Path(__file__).parent, "log", "-1", "--format=%ct"]
    made = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not made and shutil.which("git"):
        made = subprocess.run(commit, capture_output=True, text=True, check=False).stdout.strip()
    return int(made or 315532800)


def on_startup(**_: object) -> None:
    """Let two builds of one commit agree in their dates, too."""
    os.environ["SOURCE_DATE_EPOCH"] = str(commit_date())


def on_env(env: Environment, config: MkDocsConfig, **_: object) -> None:
    """Tell the page's template what the theme's style sheets are called in this version of the theme."""
    env.globals["theme_stylesheet"] = lambda name: _only(
        Path(config.theme.dirs[1]), f"assets/stylesheets/{name}.*.min.css"
    )


def _only(folder: Path, pattern: str) -> str:
    found = [path.relative_to(folder).as_posix() for path in folder.glob(pattern)]
    if len(found) != 1:
        raise PluginError(f"the theme has {len(found)} files {pattern}, not one: has its version changed?")
    return found[0]


def on_page_content(html: str, **_: object) -> str:
    """Give a table the box in which it scrolls; the theme would do that by script, when the page is on show."""
    return re.sub(
        r"<table>.*?</table>",
        r'<div class="md-typeset__scrollwrap"><div class="md-typeset__table">\g<0></div></div>',
        html,
        flags=re.DOTALL,
    )


def on_page_context(context: dict, page, config: MkDocsConfig, **_: object) -> None:
    """Hand the template what stands in a page's head, and the BibTeX entry at its foot."""
    context["head"] = metadata.head(page, config)
    path = "" if page.is_homepage else page.url
    context["bibtex"] = citation.page_bibtex(path, unescape(page.toc.items[0].title))


def on_post_build(config: MkDocsConfig) -> None:
    """Join the style sheets, drop what no page refers to, and say where the sitemap is."""
    site = Path(config.site_dir)
    scripts = site / "assets" / "javascripts"
    (scripts / _only(scripts, "workers/search.*.min.js")).rename(site / "search" / "worker.js")
    shutil.rmtree(scripts)
    for page in sorted(site.rglob("*.html")):
        page.write_text(_join_stylesheets(page, site), encoding="utf-8")
    shutil.rmtree(site / "assets" / "stylesheets")
    (site / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {config.site_url}sitemap.xml\n")


def _join_stylesheets(page: Path, site: Path) -> str:
    html = page.read_text(encoding="utf-8")
    links = [match["address"] for match in _STYLESHEET.finditer(html)]
    if not links:
        return html
    start = links[0].split("assets/", 1)[0]
    rules = "\n".join(
        _shrunk((site / link.removeprefix(start)).read_text(encoding="utf-8")) for link in links
    )
    name = f"assets/{hashlib.sha256(rules.encode()).hexdigest()[:12]}.css"
    (site / name).write_text(rules, encoding="utf-8")
    joined = f'\n    <link rel="stylesheet" href="{start}{name}">'
    return _STYLESHEET.sub(lambda match: joined if match["address"] == links[0] else "", html)


@functools.lru_cache(maxsize=50)
def _shrunk(rules: str) -> str:
    rules = re.sub(r'/\*.*?\*/|@charset "[^"]*";', "", rules, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "\n", rules).strip()
