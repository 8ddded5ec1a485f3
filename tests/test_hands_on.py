"""The hands-on figures in a real browser: what is shown is what the library computes, by mouse, keyboard and touch."""

import functools
import http.server
import re
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from lxml import html
from playwright.sync_api import Page, expect, sync_playwright

from mathnet import dot, hadamard, matmul, outer
from mathnet.site import hands_on

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ASSETS = Path(__file__).parents[1] / "docs" / "assets"
FIGURES = {
    "product-explorer": (hands_on.product_explorer, "products/which/index.html"),
}
PRODUCTS = {"matmul": matmul, "dot": dot, "hadamard": hadamard, "outer": outer}
in_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """Serve a page for each figure from a sub-path; the page has the book's styles and script, and nothing else."""
    root = tmp_path_factory.mktemp("hands-on")
    book = root / "some" / "book"
    shutil.copytree(ASSETS, book / "assets")
    css = (book / "assets" / "book.css").read_text(encoding="utf-8")
    (book / "assets" / "book.css").write_text(
        css.partition("@font-face")[0] + css.partition("}")[2]
    )  # the build makes the font
    styles = "".join(f'<link rel="stylesheet" href="assets/{file.name}">' for file in ASSETS.glob("*.css"))
    for name, (make, _) in FIGURES.items():
        (book / f"{name}.html").write_text(
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
            f'<meta name="viewport" content="width=device-width"><title>{name}</title>{styles}'
            f'<script type="module" src="assets/book.js"></script></head>'
            f'<body data-md-color-scheme="default"><main class="md-typeset">{make()}</main></body></html>',
            encoding="utf-8",
        )
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=root))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/some/book/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def open_figure(browser, base):
    """Return the function that opens a figure's page; whatever the browser complains about is an error in the end."""
    complaints, contexts = [], []

    def open_page(name: str, width: int = 1280, **settings: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **settings)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        page.goto(f"{base}{name}.html")
        contexts.append(context)
        if settings.get("java_script_enabled", True):
            page.wait_for_selector(f"{name} .hands-on")
            context.set_offline(True)  # nothing is fetched later
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


def _number(text: str) -> float:
    return float(text.replace("−", "-"))


def _outcome(function: Callable, *operands: object) -> tuple[object, str | None]:
    """Return the result, or None and the error's message."""
    try:
        return function(*operands), None
    except ValueError as error:
        return None, str(error).strip()


def _value(words: str) -> float:
    """Compute a written sum, such as "½·(−0.5)·2 + σ(0)"."""
    code = words.replace("−", "-").replace("·", "*").replace("½", "0.5")
    code = code.replace("σ′", "sigmoid_prime").replace("σ", "sigmoid")
    return eval(code, {"sigmoid": lambda z: 1 / (1 + np.exp(-z))})


def _read(page: Page) -> dict:
    """Return all that a figure shows, in one go."""
    return page.evaluate(
        """() => {
            const text = (element) => element.innerText.trim();
            const all = (selector) => [...document.querySelectorAll(selector)];
            return {
                matrices: all(".equation .matrix").map(box =>
                    [...box.querySelectorAll("tr")].map(row => [...row.cells].map(text))),
                chosen: all(".equation .matrix").map(box => box.querySelectorAll(".chosen").length),
                status: text(document.querySelector("[role=status]")),
                products: Object.fromEntries(all("[data-product]").map(box => [box.dataset.product, text(box)])),
                calls: Object.fromEntries(all(".calls dt").map(box =>
                    [text(box.querySelector("code")), [text(box.querySelector("span")), text(box.nextElementSibling)]])),
            };
        }"""
    )


def _numbers(matrix: list[list[str]]) -> np.ndarray:
    return np.array([[_number(text) for text in row] for row in matrix])


@pytest.mark.parametrize("name", FIGURES)
def test_without_a_script_there_is_a_figure(name, site):
    page = html.fromstring((site / FIGURES[name][1]).read_bytes())
    (element,) = page.xpath(f"//{name}")
    assert element.xpath("./figure//*[@role='img']/@aria-label")
    assert element.xpath("./script[@type='application/json']")


@in_browser
@pytest.mark.parametrize("name", FIGURES)
def test_the_static_figure_is_seen_where_scripts_are_off(name, open_figure):
    page = open_figure(name, java_script_enabled=False)
    assert page.locator(f"{name} figure svg").first.is_visible()


@in_browser
@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("width", [390, 320])
def test_nothing_is_wider_than_a_phone(name, width, open_figure):
    page = open_figure(name, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def _choose(page: Page, name: str, shape: tuple[int, ...]) -> None:
    operand = page.locator(f"[data-operand={name}]")
    operand.get_by_label("axes").select_option(str(len(shape)))
    for role, size in zip(("rows", "columns") if len(shape) == 2 else ("entries",), shape, strict=False):
        operand.get_by_label(role).select_option(label=str(size))


def _operand(numbers: list[list[int]], shape: tuple[int, ...]) -> np.ndarray:
    axes = (0,) * (2 - len(shape)) + tuple(slice(size) for size in shape)
    return np.asarray(np.array(numbers)[axes])


@in_browser
def test_the_explorer_shows_what_mathnet_and_numpy_compute(open_figure):
    page = open_figure("product-explorer")
    data = page.evaluate("document.querySelector('product-explorer').data")
    random = np.random.default_rng(0)
    pairs = [[hands_on.SHAPES[k] for k in random.integers(len(hands_on.SHAPES), size=2)] for _ in range(6)]
    pairs += [
        [(2, 3), (3, 4)],
        [(1, 3), (1, 3)],
        [(4, 1), (4, 1)],
        [(3,), (2,)],
        [(4,), (4,)],
        [(3, 1), (3,)],
        [(), ()],
    ]
    shown = 0
    for shapes in pairs:
        operands = []
        for name, shape in zip("AB", shapes, strict=True):
            _choose(page, name, shape)
            operands.append(_operand(data[name], shape))
        for name, product in PRODUCTS.items():
            page.locator(f"[value={name}]").check()
            result, error = _outcome(product, *operands)
            if error:
                seen = _read(page)
                assert seen["products"][name] == "✗ no"
                assert seen["status"].removeprefix("ShapeError: ") in error
                assert len(seen["matrices"]) == 2
                continue
            page.locator(".equation .matrix").last.locator("td").last.hover()
            seen = _read(page)
            shown += 1
            assert seen["products"][name] == f"✓ {np.shape(result)}"
            for drawn, value in zip(seen["matrices"], [*operands, result], strict=True):
                assert np.array_equal(_numbers(drawn), np.atleast_2d(value))
            terms, total = seen["status"].split(": ")[-1].split(" = ")
            assert _value(terms) == _number(total) == np.ravel(result)[-1]
            assert sum(seen["chosen"][:2]) == len(re.findall(r"\d+", terms))
        for call, (outcome, words) in seen["calls"].items():
            result, error = _outcome(eval, call, {"np": np} | dict(zip("AB", operands, strict=True)))
            if error:
                assert (outcome, words) == ("✗", f"ValueError: {error}")
            else:
                assert outcome[2:] == str(np.shape(result))
                assert (outcome[0] == "⚠") == words.startswith("not the")
    assert shown > 8


@in_browser
def test_the_explorer_names_the_traps(open_figure):
    page = open_figure("product-explorer")
    page.get_by_text("(3,) and (3, 1)").click()
    line = page.locator("dt", has_text="A * B")
    assert line.inner_text() == "A * B ⚠ (3, 3)"
    assert "A is repeated in every row and B is repeated in every column" in line.locator("+ dd").inner_text()
    _choose(page, "B", (3,))
    assert page.locator("dt", has_text="np.dot").inner_text() == "np.dot(A, B) ✓ ()"


@in_browser
def test_the_explorer_by_keyboard(open_figure):
    page = open_figure("product-explorer")
    page.get_by_label("axes").first.focus()
    press = page.keyboard.press
    press("Tab")
    press("ArrowDown")  # A has 3 rows now
    assert page.locator("[data-product=matmul]").inner_text() == "✓ (3, 2)"
    page.locator("[value=matmul]").focus()
    press("Tab")
    assert page.locator(".sum").inner_text() == "i = 1, j = 1: 1·4 + 2·5 + 3·6 = 32"
    press("ArrowDown")
    press("ArrowRight")
    focused = page.locator(":focus")
    assert focused.inner_text() == "4"
    assert focused.evaluate("cell => getComputedStyle(cell).outlineStyle") == "solid"
    assert page.locator(".sum").inner_text() == "i = 2, j = 2: 0·1 + 1·0 + 2·2 = 4"
    press("ArrowRight")
    expect(focused).to_have_text("4")
    press("Tab")
    assert page.locator("[role=grid]:focus-within").count() == 0
    page.locator("[value=matmul]").focus()
    press("ArrowDown")
    assert page.locator("[value=dot]").is_checked()
    assert "as many columns" not in page.locator(".entry").inner_text()
