"""The derivation desk in a real browser: the verdicts of CPython, nothing fetched unasked, nothing sent, and it can be stopped."""

import re
import time
import zlib
from itertools import combinations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from book.hands_on.desk import figure, pyodide, temml
from book.testing import LOST, attend
from mathnet.derivation import check, find

RIGHT = "where a, b \\in \\mathbb{R}\n(a + b)^2 = a^2 + 2 a b + b^2"
PAIRS = [
    f"A_{{{one}{other}}}" for one, other in combinations("abcdefghi", 2)
]  # each letter meets each: no order of summing is quick
LINE = rf"\sum_{{abcdefghi}} {' '.join(PAIRS)} = \sum_{{abcdefghi}} {' '.join(PAIRS[::-1])}"
ENDLESS = "where A \\in \\mathbb{R}^{n \\times n}\n" + "\n\n".join([LINE] * 60)
TEXTS = [
    "",
    "where a",
    RIGHT,
    RIGHT.replace("2 a b", "3 a b"),
    RIGHT + "\n\n(a - b)^2 = a^2 + b^2\n\na = b",
    "x = <img src=x onerror=\"document.title = 'harm'\">",
    "where a \\in \\mathbb{R}\na = " + "(" * 3000 + "a" + ")" * 3000,
    f"# Notes\n\n- one\n\n  ```derivation one\n  {RIGHT.replace(chr(10), chr(10) + '  ')}\n  ```\n\n"
    f"```derivation two\n{RIGHT.replace('2 a b', 'a b')}\n```\n",
    "```derivation open\n" + RIGHT,
]


@pytest.fixture(scope="module")
def address(serve_elements):
    """Serve the desk alone."""
    if not pyodide.version():
        pytest.skip("no Pyodide: npm could not fetch it")
    return (
        serve_elements({"desk": figure.derivation_desk()}, pyodide.addresses() | temml.addresses()) + "desk/"
    )


@pytest.fixture(scope="module")
def context(browser):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture(scope="module")
def opened(context, address):
    """Return the open desk and a list of what it requests; whatever it complains about is an error in the end."""
    page, requests, complaints = context.new_page(), [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    expect(page.get_by_role("button", name="Check")).to_be_enabled()
    yield page, requests
    assert not complaints


@pytest.fixture(scope="module")
def loaded(opened) -> Page:
    """Return the desk after its first check."""
    page, requests = opened
    assert not any("pyodide" in request or "worker" in request for request in requests), (
        "loaded before it is needed"
    )
    verdict(page, RIGHT)
    return page


def verdict(page: Page, text: str) -> str:
    """Check a text and return what the page says, with every white space as one blank."""
    page.get_by_role("textbox").fill(text)
    page.get_by_role("textbox").press("Control+Enter")
    stale = page.locator(".desk-note", has_text="The text has changed")
    expect(page.locator("[data-verdict]")).not_to_have_count(0, timeout=60_000)
    expect(stale).to_have_count(0, timeout=60_000)
    return " ".join(page.get_by_role("status").inner_text().split())


def expected(text: str) -> list[str]:
    """Return what CPython says to a text: parts that the page must show in this order."""
    parts = []
    for id, source, line, column in [(f.id, f.source, f.line, f.column) for f in find(text)] or [
        ("", text, 1, 0)
    ]:
        report = check(source, id)
        if report.ok:
            parts.append(f"{id}{': ' * bool(id)}{report.verdict()}, {report.comparisons} comparisons")
        for error in report.errors:
            place = f"line {error.place.line + line - 1}"
            place += f", column {error.place.column + column}" * error.caret
            parts += [f"{id}{': ' * bool(id)}{place}: {error.reason}", *error.details()]
    return [" ".join(part.split()) for part in parts]


@pytest.mark.parametrize("text", TEXTS + [example.source for example in figure.examples()])
def test_the_verdict_is_that_of_cpython(loaded, text):
    shown, at = verdict(loaded, text), 0
    for part in expected(text):
        assert part in shown[at:]
        at = shown.index(part, at) + len(part)
    assert loaded.title() == "desk"
    assert not loaded.query_selector("derivation-desk img")


def test_each_line_is_marked(loaded):
    wrong = next(example for example in figure.examples() if not example.report.ok)
    verdict(loaded, wrong.source)
    marks = dict(
        reversed(line.rsplit(" ", 1)) for line in loaded.locator(".desk-gutter").inner_text().split("\n")
    )
    assert {number for number, mark in marks.items() if "✗" in mark} == {
        str(wrong.report.errors[0].place.line)
    }
    hold = {str(line.line) for line in wrong.report.lines if line.ok}
    assert {number for number, mark in marks.items() if "✓" in mark} == hold

    place = wrong.report.errors[0].place
    loaded.get_by_role("button", name=f"line {place.line}, column {place.column}").click()
    before = loaded.get_by_role("textbox").evaluate("box => box.value.slice(0, box.selectionStart)")
    assert (before.count("\n") + 1, len(before) - before.rfind("\n")) == (place.line, place.column)


def test_by_keyboard(loaded):
    verdict(loaded, RIGHT)
    loaded.keyboard.press("Tab")
    assert loaded.evaluate("document.activeElement.textContent") == "Check"
    loaded.keyboard.press("Shift+Tab")
    loaded.keyboard.press("Shift+Tab")
    assert loaded.evaluate("document.activeElement.textContent") == "Use this example"
    loaded.get_by_role("combobox").select_option(figure.WRONG[0][1])
    loaded.keyboard.press("Enter")
    wrong = figure.examples()[len(figure.RIGHT)]
    assert loaded.get_by_role("textbox").input_value() == wrong.source.strip()
    assert "changed since this check" in loaded.get_by_role("status").inner_text()
    loaded.keyboard.press("Control+z")
    assert loaded.get_by_role("textbox").input_value() == RIGHT


def test_without_a_connection_it_goes_on_also_after_a_stop(loaded, context, record_property):
    context.set_offline(True)
    try:
        start = time.perf_counter()
        assert "Right" in verdict(loaded, RIGHT.replace("2 a b", "2 b a"))
        record_property("second check, seconds", time.perf_counter() - start)
        assert float(loaded.get_attribute("derivation-desk", "data-seconds")) < 2

        loaded.get_by_role("textbox").fill(ENDLESS)
        loaded.get_by_role("button", name="Check").click()
        expect(loaded.get_by_role("progressbar")).to_be_visible()
        loaded.get_by_role("button", name="Stop").click()
        expect(loaded.get_by_role("status")).to_have_text("Stopped.")
        assert "Wrong" in verdict(loaded, "1 = 2")
    finally:
        context.set_offline(False)


def test_nothing_is_asked_of_another_server(loaded, opened, address):
    base = address.removesuffix("desk/")
    _, requests = opened
    assert [request for request in requests if pyodide.folder() in request]
    assert [
        request for request in requests if not request.startswith((base, f"blob:{base[:20]}", "data:"))
    ] == []


def test_a_link_holds_the_derivation(loaded, context: BrowserContext):
    text = "where \\alpha \\in \\mathbb{R}\n\\alpha = \\alpha  && \\text{„wahr“, 真, é}"
    loaded.get_by_role("textbox").fill(text)
    loaded.get_by_role("button", name="Copy link").click()
    expect(loaded.get_by_role("status")).to_contain_text("The link is copied")
    link = loaded.evaluate("navigator.clipboard.readText()")
    assert link == loaded.url
    other = context.new_page()
    other.goto(link)
    attend(other)
    expect(other.get_by_role("textbox")).to_have_value(text)
    other.get_by_role("textbox").press("End")
    other.keyboard.type(" ")
    # Playwright hears of a new address a moment later.
    expect(other, "the address holds another derivation than the editor").to_have_url(re.compile("^[^#]*$"))

    for damaged in (link[:-9], link.partition("#")[0] + "#d=%"):
        other.goto("about:blank")
        other.goto(damaged)
        expect(other.get_by_role("status")).to_contain_text("holds no derivation that can be read")
    other.close()


def test_a_link_cannot_fill_the_memory(context, address):
    page = context.new_page()
    page.goto(address)
    bomb = page.evaluate(
        """async () => {
            const stream = new Blob(["a".repeat(50e6)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
            const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
            return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join("")).replace(/[+]/g, "-").replace(/[/]/g, "_");
        }"""
    )
    page.goto(f"{address}#d={bomb}")
    expect(page.get_by_role("status")).to_contain_text("holds no derivation that can be read")
    page.close()


def test_loading_can_be_stopped(browser, address):
    page = browser.new_page()
    page.route("**/*.wasm.deflate", lambda route: None)  # never answers
    page.goto(address)
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".desk-progress")).to_contain_text(
        re.compile(rf"\d\.\d MB of {re.escape(figure.size())}")
    )
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("status")).to_have_text("Stopped.")
    page.close()


@pytest.mark.parametrize(
    ("file", "lost", "words", "width"),
    [
        ("checker.zip.deflate", LOST["404"], "the server answered 404 for checker.zip.deflate", 1280),
        ("checker.zip.deflate", LOST["garbage"], "checker.zip.deflate is damaged", 390),
        ("pyodide.asm.wasm.deflate", LOST["offline"], "no answer came for pyodide.asm.wasm.deflate", 390),
        ("desk-worker.js", LOST["404"], "the server answered 404 for desk-worker.js", 390),
    ],
)
def test_a_file_that_does_not_come_is_named_and_asked_for_again(browser, address, file, lost, words, width):
    page, errors = browser.new_page(viewport={"width": width, "height": 800}), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route(f"**/{file}", lost)
    page.goto(address)
    page.get_by_role("button", name="Check").click()
    status = page.get_by_role("status")
    expect(status).to_contain_text(f"The checker did not answer: {words}")
    expect(status).to_contain_text(". Press Check to try again.")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.unroute(f"**/{file}")
    assert "Right" in verdict(page, RIGHT)
    assert errors == []
    page.close()


def test_a_file_that_pyodide_cannot_read_is_asked_for_again(browser, address):
    page, lock = browser.new_page(), "**/pyodide-lock.json.deflate"
    page.route(lock, lambda route: route.fulfill(body=zlib.compress(b"no lock")))
    page.goto(address)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("status")).to_contain_text("The checker did not answer: SyntaxError: ")
    page.unroute(lock)
    assert "Right" in verdict(page, RIGHT)
    page.close()


def test_without_javascript_the_page_says_what_it_needs(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_role("status")).to_contain_text("needs JavaScript")
    expect(page.get_by_role("button")).to_have_count(0)
    context.close()


def test_without_pyodide_the_page_says_how_to_add_it(monkeypatch, tmp_path):
    monkeypatch.setattr(pyodide, "FOLDER", tmp_path)
    pyodide.packed.cache_clear()
    try:
        assert "Another build, with a network, fetches it from npm." in figure.derivation_desk()
        assert pyodide.addresses() == {}
    finally:
        pyodide.packed.cache_clear()


def test_examples_are_what_they_are_said_to_be():
    assert [example.report.ok for example in figure.examples()] == [True] * len(figure.RIGHT) + [False] * len(
        figure.WRONG
    )
    shown = figure.example_list()
    for example in figure.examples():
        assert f"#d-{example.report.id}" in shown
    id, title, old, new = figure.WRONG[0]
    wrong = figure.examples()[len(figure.RIGHT)]
    source = wrong.source.replace(new, old)
    with pytest.raises(ValueError, match="has changed"):
        figure._example(wrong.page, source, id, title, "nowhere", new)
    with pytest.raises(ValueError, match="is right"):
        figure._example(wrong.page, source, id, title, old, old)


def test_the_checker_is_packed_whole_and_always_the_same():
    files = list(pyodide._checker())
    assert pyodide._archive(files) == pyodide._archive(reversed(files))
    names = {name for name, _ in files}
    assert {"mathnet/derivation/read/grammar.lark", "mathnet/dual.py"} <= names
    assert not any("__pycache__" in name for name in names)


@pytest.mark.skipif(not pyodide.version(), reason="no Pyodide: npm could not fetch it")
def test_the_book_serves_what_the_desk_loads(site):
    for name in pyodide.addresses():
        assert zlib.decompress((site / name).read_bytes())
    page = (site / "desk" / "index.html").read_text(encoding="utf-8")
    assert f'"folder":"{pyodide.folder()}"' in page
    assert figure.size() in page
