"""What is lost on its way to the reader is missed in words, or not at all; no script stumbles over it."""

import pytest
from playwright.sync_api import expect

from book.testing import LOST, reference

LAYOUTS = ("book", "numerator", "denominator")


@pytest.fixture
def open_page(browser):
    """Return the function that opens an empty page of some width; an error of a script is an error in the end."""
    pages, errors = [], []

    def start(width=1280):
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.on("pageerror", lambda error: errors.append(str(error)))
        pages.append(page)
        return page

    yield start
    for page in pages:
        page.close()
    assert errors == []


@pytest.mark.parametrize(
    ("file", "lost", "words"),
    [
        ("search/index.json", "offline", "no answer came for index.json"),
        ("search/index.json", "404", "the server answered 404 for index.json"),
        ("search/index.json", "garbage", "index.json is damaged"),
        ("search/index.json", "nothing", "index.json is damaged"),
        ("assets/search.js", "offline", "its script did not come"),
        ("assets/search.js", "404", "its script did not come"),
        ("assets/find.js", "404", "its script did not come"),
    ],
)
@pytest.mark.parametrize("width", [390, 1280])
def test_a_search_that_cannot_start_says_so_and_can_be_tried_again(open_page, base, file, lost, words, width):
    page = open_page(width)
    page.route(f"**/{file}*", LOST.get(lost) or (lambda route: route.fulfill(body="{}")))
    page.goto(base)
    page.get_by_role("button", name="Search", exact=True).click()
    status = page.locator(".book-found")
    for _ in range(2):
        expect(status).to_have_text(f"The search could not be started: {words}. Try again")
        page.locator("#search input").fill("Hadamard")
        page.get_by_role("button", name="Try again").click()
    expect(status).to_have_text(f"The search could not be started: {words}. Try again")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.unroute(f"**/{file}*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#search input")).to_be_focused()
    expect(page.locator("#search li")).not_to_have_count(0)
    expect(status).to_contain_text("places in")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#search li a").first).to_be_focused()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    ("lost", "words"),
    [
        ("offline", "no answer came for {page}"),
        ("404", "the server answered 404 for {page}"),
        ("garbage", "its page does not have it"),
    ],
)
def test_an_equation_that_does_not_come_is_excused_and_asked_for_again(
    open_page, base, site, width, lost, words
):
    page = open_page(width)
    link = reference(page, base, site, "elsewhere")
    target = link.evaluate("link => link.href.split('#')[0]")
    page.route(target, LOST[lost])
    link.hover()
    preview = page.locator(".equation-preview")
    words = words.format(page=target.rstrip("/").rpartition("/")[2])
    expect(preview).to_have_text(f"The equation cannot be shown here: {words}. The link leads to it.")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.keyboard.press("Escape")
    expect(preview).to_be_hidden()
    page.unroute(target)
    page.mouse.move(0, 0)
    link.hover()
    expect(preview.locator("math").first).to_be_visible()


@pytest.mark.parametrize("lost", LOST)
def test_without_the_script_of_previews_a_reference_is_a_link(open_page, base, site, lost):
    page = open_page()
    page.route("**/previews.js", LOST[lost])
    link = reference(page, base, site, "elsewhere")
    target = link.evaluate("link => link.href")
    link.hover()
    link.click()
    page.wait_for_url(target)


@pytest.mark.parametrize(("lost", "width"), [("offline", 390), ("404", 1280), ("garbage", 1280)])
def test_where_its_script_does_not_come_every_version_stands_under_its_name(open_page, base, lost, width):
    page = open_page(width)
    page.route("**/layouts.js", LOST[lost])
    page.goto(f"{base}one-layer/")
    for layout in LAYOUTS:
        expect(page.locator(f"#d-one-layer-in-{layout}-layout")).to_be_visible()
    expect(page.locator(".layouts > .admonition > .admonition-title").first).to_be_visible()
    expect(page.get_by_role("radio")).to_have_count(0)
