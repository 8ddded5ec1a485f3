"""The choice of a layout in a real browser: seen at once, kept on the next page, and every version there without a script."""

import pytest
from lxml import html
from playwright.sync_api import expect

PAGES = {
    "layouts/": "least-squares",
    "one-layer/": "one-layer",
    "hidden-layer/": "hidden",
    "batches/": "batches",
}
LAYOUTS = {"book": "this book’s", "numerator": "numerator", "denominator": "denominator"}
SHIFTS = """() => new Promise((tell) => new PerformanceObserver((list) => tell(list.getEntries().length))
    .observe({type: "layout-shift", buffered: true}) ?? setTimeout(() => tell(0), 300))"""


@pytest.fixture
def open_page(browser, base):
    """Return the function that opens a page in a context of its own; a complaint of the browser is an error in the end."""
    contexts, complaints = [], []

    def start(address, context=None, **settings):
        if context is None:
            context = browser.new_context(**settings)
            contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(base + address)
        return page

    yield start
    for context in contexts:
        context.close()
    assert not complaints


def shown(page, address, layout):
    """Expect the gradients of a page to be seen in this layout alone."""
    for other in LAYOUTS:
        equation = page.locator(f"#d-{PAGES[address]}-in-{other}-layout")
        expect(equation).to_be_visible(visible=other == layout)


@pytest.mark.parametrize("address", PAGES)
def test_the_book_has_its_own_layout_until_another_is_chosen(open_page, address):
    page = open_page(address)
    shown(page, address, "book")
    expect(page.get_by_role("radio", name="this book’s")).to_be_checked()
    for layout in ("numerator", "denominator"):
        page.get_by_role("radio", name=LAYOUTS[layout], exact=True).check()
        shown(page, address, layout)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_mark_and_the_number_of_a_box_are_on_one_line(open_page, layout):
    page = open_page("layouts/")
    page.get_by_role("radio", name=LAYOUTS[layout], exact=True).check()
    equation = page.locator(f"#d-{PAGES['layouts/']}-in-{layout}-layout")
    mark = equation.locator(".derivation-mark > summary").bounding_box()
    number = equation.locator(".equation-number").bounding_box()
    assert abs(mark["y"] - number["y"]) <= 3


@pytest.mark.parametrize("address", PAGES)
def test_without_a_script_every_version_stands_under_its_name(open_page, address):
    page = open_page(address, java_script_enabled=False)
    for layout in LAYOUTS:
        expect(page.locator(f"#d-{PAGES[address]}-in-{layout}-layout")).to_be_visible()
    names = page.locator(".layouts > .admonition > .admonition-title")
    expect(names).to_have_text(["Numerator layout", "Denominator layout", "This book’s layout"])
    expect(page.get_by_role("radio")).to_have_count(0)


def test_the_choice_by_keyboard_is_kept_and_moves_nothing(open_page):
    page = open_page("layouts/")
    page.get_by_role("radio", name="this book’s").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.url.endswith("/layouts/"), "the form was sent"
    shown(page, "layouts/", "numerator")
    for address in PAGES:
        other = open_page(address, page.context)
        shown(other, address, "numerator")
        expect(other.get_by_role("radio", name="numerator", exact=True)).to_be_checked()
        other.locator(".layouts").scroll_into_view_if_needed()
        assert other.evaluate(SHIFTS) == 0
    other.get_by_role("radio", name="denominator").check()
    shown(page, "layouts/", "denominator")


def test_the_choice_is_shown_before_the_script_is_there(open_page):
    page = open_page("layouts/")
    page.get_by_role("radio", name="denominator").check()
    page.context.route("**/layouts.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
    other = open_page("one-layer/", page.context)
    shown(other, "one-layer/", "denominator")


def test_a_choice_made_before_the_script_is_there_is_kept(open_page):
    page = open_page("notation/")
    held = []
    page.context.route("**/layouts.js", lambda route: held.append(route))
    other = page.context.new_page()
    other.goto(page.url.replace("notation/", "layouts/"), wait_until="commit")
    other.get_by_role("radio", name="denominator").check()
    for route in held:
        route.continue_()
    shown(other, "layouts/", "denominator")
    shown(open_page("one-layer/", page.context), "one-layer/", "denominator")


def test_a_link_to_a_hidden_version_shows_it(open_page):
    page = open_page("one-layer/#d-one-layer-in-denominator-layout")
    shown(page, "one-layer/", "denominator")
    expect(page.locator("#d-one-layer-in-denominator-layout")).to_be_in_viewport()
    shown(open_page("one-layer/", page.context), "one-layer/", "book")


def test_each_version_holds_the_formula_of_its_layout(site):
    formulas = {
        "book": "∂J∂W=H𝖳D",
        "numerator": "∂J∂W=dx𝖳",
        "denominator": "∂J∂W=xd𝖳",
    }
    page = html.fromstring((site / "one-layer" / "index.html").read_bytes())
    for layout, formula in formulas.items():
        text = page.get_element_by_id(f"d-one-layer-in-{layout}-layout").text_content()
        assert formula in "".join(text.split()), text
