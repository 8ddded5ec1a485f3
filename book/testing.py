"""The book, built once for all tests that read it, and a browser to read it in."""

import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from lxml import html
from playwright.sync_api import Browser, Locator, Page, Route, sync_playwright

from book import hands_on, npm
from book.editions import chromium
from book.hands_on.depth.figure import depth_and_scale
from book.hands_on.digit.figure import draw_a_digit
from book.hands_on.explorer.figure import product_explorer
from book.hands_on.gates.figure import gate_graph
from book.hands_on.letters.figure import letter_graph
from book.hands_on.ripple.figure import ripple
from book.hands_on.stepper.figure import backprop_stepper
from book.hands_on.valley.figure import narrow_valley
from mathnet.figures import STYLE_SHEET

ROOT = Path(__file__).parents[1]
ASSETS = ROOT / "docs" / "assets"
CHROMIUM = chromium()

npm.fetch()  # the desk and the validator are tested on a fresh machine, too

# WCAG 2.2, 1.4.12
SPACING = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }
"""


# What can happen to a file on its way to the reader.
LOST: dict[str, Callable[[Route], None]] = {
    "offline": lambda route: route.abort("internetdisconnected"),
    "404": lambda route: route.fulfill(status=404),
    "garbage": lambda route: route.fulfill(body="<html>{", content_type="text/javascript"),
}


def _mkdocs_build(
    config: Path, site: Path, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Build a site the way `.ci/run` does, and return what was said."""
    command = [sys.executable, "-W", "error::RuntimeWarning", "-m", "mkdocs", "build", "--strict"]
    return subprocess.run(
        [*command, "--config-file", config, "--site-dir", site],
        cwd=cwd,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"} | environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


@pytest.fixture(scope="session")
def mkdocs_build() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return the function that builds a site."""
    return _mkdocs_build


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the built book, which the first of the processes that run tests builds for all."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder, unfinished = base / "site", base / "unfinished"
    with FileLock(base / "site.lock"):
        if not folder.exists():
            build = _mkdocs_build(ROOT / "mkdocs.yml", unfinished)
            assert build.returncode == 0, build.stdout
            unfinished.rename(folder)
    return folder


def attend(page: Page) -> None:
    """Bring a page to the front, and wait until keys go to it: for a moment they go to the browser's bar of addresses."""
    page.bring_to_front()
    page.wait_for_function("document.hasFocus()")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _server(folder: Path) -> Iterator[int]:
    """Serve a folder, and yield the port."""
    handler = functools.partial(_Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], str]]:
    """Return the function that serves a folder from a sub-path, as a project's Pages site does."""
    with ExitStack() as servers:

        def start(folder: Path) -> str:
            root = tmp_path_factory.mktemp("served")
            (root / "some").mkdir()
            (root / "some" / "book").symlink_to(folder)
            return f"http://127.0.0.1:{servers.enter_context(_server(root))}/some/book/"

        yield start


@pytest.fixture(scope="session")
def base(site: Path, serve: Callable[[Path], str]) -> str:
    """Return the address of the built book."""
    return serve(site)


@pytest.fixture(scope="session")
def serve_elements(
    tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]
) -> Callable[[dict[str, str]], str]:
    """Return the function that serves pages of one element each: with the book's styles and script, and nothing else."""

    def start(elements: dict[str, str], files: dict[str, bytes] | None = None) -> str:
        book = tmp_path_factory.mktemp("elements")
        shutil.copytree(ASSETS, book / "assets")
        for path in (STYLE_SHEET, *hands_on.addresses().values()):
            shutil.copy(path, book / "assets")
        css = (book / "assets" / "book.css").read_text(encoding="utf-8")
        css = re.sub(r"@font-face \{.*?\}", "", css, flags=re.DOTALL)  # the build makes the font
        (book / "assets" / "book.css").write_text(css, encoding="utf-8")
        styles = "".join(
            f'<link rel="stylesheet" href="../assets/{file.name}">'
            for file in (book / "assets").glob("*.css")
        )
        for name, element in elements.items():
            (book / name).mkdir()
            (book / name / "index.html").write_text(
                f'<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
                f'<meta name="viewport" content="width=device-width"><title>{name}</title>{styles}'
                f'<script type="module" src="../assets/book.js"></script></head>'
                f'<body data-md-color-scheme="default"><main class="md-typeset">{element}</main></body></html>',
                encoding="utf-8",
            )
        for name, content in (files or {}).items():
            (book / name).parent.mkdir(exist_ok=True)
            (book / name).write_bytes(content)
        return serve(book)

    return start


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a real browser."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on the PATH (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def come_near() -> Callable[[Page], None]:
    """Return the function that goes to the hands-on figures of a page, whose scripts are fetched when a reader comes near."""

    def go(page: Page) -> None:
        for figure in page.locator(
            "product-explorer, backprop-stepper, draw-a-digit, network-ripple, letter-graph, gate-graph, depth-and-scale, narrow-valley, derivation-desk, practice-desk"
        ).all():
            figure.scroll_into_view_if_needed()
            figure.locator(".hands-on").wait_for()

    return go


@pytest.fixture(scope="session")
def figures(serve_elements: Callable[..., str]) -> str:
    """Return the address of a folder with a page for each hands-on figure."""
    make = {
        "product-explorer": product_explorer,
        "backprop-stepper": backprop_stepper,
        "draw-a-digit": draw_a_digit,
        "network-ripple": ripple,
        "letter-graph": letter_graph,
        "gate-graph": gate_graph,
        "depth-and-scale": depth_and_scale,
        "narrow-valley": narrow_valley,
    }
    return serve_elements({name: element() for name, element in make.items()})


@pytest.fixture(scope="module")
def open_figure(browser: Browser, figures: str) -> Iterator[Callable[..., Page]]:
    """Return the function that opens a figure's page; whatever the browser complains about is an error in the end."""
    complaints, contexts = [], []

    def open_page(name: str, width: int = 1280, **settings: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **settings)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        page.goto(f"{figures}{name}/")
        contexts.append(context)
        if settings.get("java_script_enabled", True):
            page.wait_for_selector(f"{name} .hands-on")
            context.set_offline(True)  # nothing is fetched later
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


def reference(page: Page, base: str, site: Path, where: str) -> Locator:
    """Open the first page that refers to an equation of its own or of another page; return the link."""
    for path in sorted(site.rglob("index.html")):
        found = html.fromstring(path.read_bytes()).xpath("//a[contains(@class, 'equation-reference')]/@href")
        links = [href for href in found if href.startswith("#") == (where == "here")]
        if links:
            break
    page.goto(f"{base}{path.relative_to(site).parent.as_posix()}/")
    return page.locator(f".equation-reference[href='{links[0]}']").first
