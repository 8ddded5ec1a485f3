"""What must be true of every page of the built book."""

import json
import os
import re
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import pytest
from fontTools.ttLib import TTFont
from lxml import html

import mathnet
from book import font, recorded


def _pages(site: Path) -> dict[str, html.HtmlElement]:
    files = sorted(site.rglob("*.html"))
    return {str(file.relative_to(site)): html.fromstring(file.read_bytes()) for file in files}


@pytest.fixture(scope="module")
def pages(site):
    return _pages(site)


class Snippet(NamedTuple):
    """A Python block as a reader sees it, and the output beside it, if one is shown."""

    page: str
    code: str
    shown: str | None


def _has(element: html.HtmlElement, *classes: str) -> bool:
    return set(classes) <= set((element.get("class") or "").split())


def _snippets(pages: dict[str, html.HtmlElement]) -> list[Snippet]:
    found = []
    for name, page in pages.items():
        for block in page.iter("div"):
            # the source of a library function is not an example: it has no copy button
            if _has(block, "highlight", "language-python") and not block.xpath(
                "ancestor::details[contains(@class, 'mkdocstrings-source')] or contains(@class, 'excerpt')"
            ):
                if block.xpath("ancestor-or-self::div[contains(@class, 'doc-signature')]"):
                    continue
                after = block.getnext()
                shown = (
                    after.text_content()
                    if after is not None and _has(after, "highlight", "language-text")
                    else None
                )
                found.append(Snippet(name, block.text_content(), shown))
    return found


def _run(snippet: Snippet) -> str | None:
    """Run a snippet as a reader would, alone; return what is wrong with it."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-"],
        input=snippet.code,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # two snippets at a time share the cores
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        return f"{snippet.page}:\n{snippet.code}\nfails alone:\n{run.stderr}"
    if snippet.shown is not None and run.stdout.rstrip() != snippet.shown.rstrip():
        return f"{snippet.page}:\n{snippet.code}\nprints\n{run.stdout}\nbut the page shows\n{snippet.shown}"
    return None


def test_every_snippet_runs_alone_and_prints_what_the_page_shows(pages):
    snippets = [
        snippet for snippet in _snippets(pages) if all(map(find_spec, recorded.imported(snippet.code)))
    ]
    assert len(snippets) > 20
    assert sum(snippet.shown is not None for snippet in snippets) > 20
    with ThreadPoolExecutor(2) as pool:
        failures = [failure for failure in pool.map(_run, snippets) if failure]
    assert not failures, "\n\n".join(failures)


def test_the_inventory_holds_every_public_name(site):
    inventory = (site / "objects.inv").read_bytes()
    lines = zlib.decompress(inventory.split(b"zlib.\n", 1)[1]).decode().splitlines()
    documented = {line.split()[0] for line in lines}
    assert {f"mathnet.{name}" for name in mathnet.__all__} <= documented


def test_every_internal_link_and_anchor_resolves(site, pages):
    anchors = {
        name: {element.get("id") for element in page.iter() if element.get("id")}
        for name, page in pages.items()
    }
    broken = []
    for name, page in pages.items():
        if name == "404.html":  # its links start at the root of the server
            continue
        for attribute in ("href", "src"):
            for element in page.xpath(f"//*[@{attribute}]"):
                url = urlsplit(element.get(attribute))
                if url.scheme or url.netloc:
                    continue
                target = (site / name).parent / unquote(url.path) if url.path else site / name
                target = target / "index.html" if target.is_dir() else target
                if not target.exists():
                    broken.append(f"{name}: {element.get(attribute)}")
                elif url.fragment and target.suffix == ".html":
                    known = anchors[str(target.resolve().relative_to(site.resolve()))]
                    if unquote(url.fragment) not in known | {"__skip"}:
                        broken.append(f"{name}: {element.get(attribute)}")
    assert not broken


def test_no_id_is_used_twice_on_a_page(pages):
    for name, page in pages.items():
        ids = [element.get("id") for element in page.iter() if element.get("id")]
        assert len(ids) == len(set(ids)), f"{name}: {sorted({i for i in ids if ids.count(i) > 1})}"


def test_no_tex_is_left_in_the_text(pages):
    for name, page in pages.items():
        for hidden in page.xpath("//pre | //code | //script | //style | //textarea"):
            hidden.text = None
            for child in list(hidden):
                hidden.remove(child)
        text = page.text_content()
        assert not re.search(r"\\[a-zA-Z]{2,}|\$|\\\(|\\\[", text), f"{name}: TeX in the text"


def test_the_search_index_holds_no_tex(site):
    index = json.loads((site / "search" / "index.json").read_text(encoding="utf-8"))
    texts = {
        page["url"]: " ".join(section["text"] for section in page["sections"]) for page in index["pages"]
    }
    assert all("gradient" in texts[page] for page in ("", "one-layer/", "gradients/", "reference/network/"))
    written = {page for page, text in texts.items() if re.search(r"\\(frac|mathsf|bar|delta)\b", text)}
    assert written == {"reference/derivation/", "practice/"}  # they explain TeX


def test_every_picture_says_what_it_shows(pages):
    pictures = [picture for page in pages.values() for picture in page.xpath("//figure | //article//img")]
    assert len(pictures) >= 1
    for picture in pictures:
        described = picture.get("alt") or " ".join(picture.xpath(".//@aria-label"))
        assert len(described) > 20, html.tostring(picture)[:300]


def test_the_font_holds_every_character_of_every_formula(site):
    glyphs = TTFont(site / "assets/fonts/stix-two-math.woff2").getBestCmap()
    needed = set().union(*(font.characters(path.read_text()) for path in site.rglob("*.html")))
    assert len(needed) > 50
    assert {character for character in needed if ord(character) not in glyphs} <= set(
        "\u2061\u2062\u2063\u2064\ufe00"
    )
    assert "SIL OPEN FONT LICENSE" in (site / "assets/fonts/OFL.txt").read_text()


def test_no_table_is_left_as_text(pages):
    for name, page in pages.items():
        assert not [p.text_content() for p in page.iter("p") if p.text_content().lstrip().startswith("|")], (
            name
        )
