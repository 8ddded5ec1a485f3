"""The pages and their figures for everybody: narrow screens, other spacing, other colours, keyboard, finger."""

import pytest
from playwright.sync_api import Page, expect

from book.testing import SPACING, attend


@pytest.fixture
def open_page(browser, base):
    """Return the function that opens a page of the book."""
    contexts = []

    def start(address: str, width: int = 390, height: int = 800, **settings: object) -> Page:
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **settings))
        page = contexts[-1].new_page()
        page.goto(base + address)
        return page

    yield start
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [320, 390])
def test_no_page_is_wider_than_the_screen_where_letters_stand_apart(open_page, site, base, width):
    page, wide = open_page("", width), []
    addresses = [path.parent.relative_to(site).as_posix() for path in site.rglob("index.html")]
    assert len(addresses) > 40
    for address in addresses:
        page.goto(f"{base}{address}/")
        page.add_style_tag(content=SPACING)
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(address)
    assert not wide


def test_a_formula_that_fits_takes_no_focus(open_page):
    page = open_page("one-layer/", 320)
    page.locator("main").focus()
    walked = _walk(page, "Tab")
    formulas = [stop for stop in walked if stop["name"] == "SPAN math"]
    assert len(walked) > 50
    assert all(stop["scrolls"] for stop in formulas)


# How far a capital, the first letter of a formula, stands from the line of the sentence: an empty box beside it stands on that line.
FROM_THE_LINE = """
() => [...document.querySelectorAll(":is(p, li) > .math")].map((formula) => {
  const letter = formula.querySelector(":scope > math > mi:first-child");
  if (!/^[A-Z]$/.test(letter?.textContent)) return null;
  const line = document.createElement("span");
  line.style.display = "inline-block";
  formula.parentNode.style.whiteSpace = "nowrap";
  formula.before(line);
  const distance = letter.getBoundingClientRect().bottom - line.getBoundingClientRect().bottom;
  line.remove();
  return distance;
}).filter((distance) => distance !== null)
"""


@pytest.mark.parametrize("address", ["gradients/elementwise/", "one-layer/"])
def test_a_formula_that_can_scroll_stands_on_its_line(open_page, address):
    distances = open_page(address).evaluate(FROM_THE_LINE)
    assert len(distances) > 20
    assert max(map(abs, distances)) < 2


# A radio button is pressed by its label, too.
TARGETS = """
() => [...document.querySelectorAll("summary, button, select, input, textarea, [role=grid] td")].filter(
  (element) => element.checkVisibility({visibilityProperty: true})
).map((element) => {
  const {width, height} = (element.closest("label") ?? element).getBoundingClientRect();
  return [element.tagName, element.textContent.slice(0, 30), width, height];
})
"""


@pytest.mark.parametrize("address", ["hidden-layer/", "products/which/", "train/"])
def test_what_is_pressed_is_large_enough(open_page, come_near, address):
    """WCAG 2.2, 2.5.8."""
    page = open_page(address)
    come_near(page)
    targets = page.evaluate(TARGETS)
    assert any(tag == "SUMMARY" and "proved" in text for tag, text, *_ in targets)
    assert not [target for target in targets if min(target[2:]) < 24]


FOCUSED = """
() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const {top, bottom, left, right} = element.getBoundingClientRect();
  const header = element.closest(".book-header, .skip") ? 0 : document.querySelector(".book-header").offsetHeight;
  return {
    name: `${element.tagName} ${element.className}`,
    seen: bottom > header && top < innerHeight && right > 0 && left < innerWidth,
    ring: getComputedStyle(element).outlineStyle,
    scrolls: element.scrollWidth > element.clientWidth,
  };
}
"""


def _walk(page: Page, key: str) -> list[dict]:
    """Press Tab or Shift+Tab until the focus leaves the page; return where it was."""
    stops = []
    while len(stops) < 500:
        page.keyboard.press(key)
        stop = page.evaluate(FOCUSED)
        if stop is None:
            return stops
        stops.append(stop)
    raise AssertionError(f"the focus does not leave the page: {stops[-3:]}")


@pytest.mark.parametrize(
    "address", ["train/", "products/which/", "hidden-layer/", "layouts/", "desk/", "practice/", "check/"]
)
def test_the_focus_goes_through_the_page_and_is_seen(open_page, address):
    """WCAG 2.2, 2.1.2, 2.4.7 and 2.4.11."""
    page = open_page(address)
    page.wait_for_load_state("networkidle")
    attend(page)
    for key in ("Tab", "Shift+Tab"):
        stops = _walk(page, key)
        assert len(stops) > 20
        assert not [stop for stop in stops if not stop["seen"] or stop["ring"] == "none"]


def test_the_skip_link_leads_to_the_text(open_page):
    page = open_page("train/")
    attend(page)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.locator("main :focus").count() == 1


def _styles(page: Page, selector: str, *names: str) -> list[str]:
    return page.locator(selector).first.evaluate(
        "(element, names) => names.map(name => getComputedStyle(element)[name])", names
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_where_the_system_chooses_the_colours(open_page, come_near, scheme):
    # the reader has chosen the colours that the system does not have
    page = open_page("hidden-layer/", forced_colors="active", color_scheme=scheme)
    page.evaluate(
        "scheme => { document.body.dataset.mdColorScheme = scheme; }",
        {"light": "slate", "dark": "default"}[scheme],
    )
    come_near(page)
    text, ground = {"light": ("rgb(0, 0, 0)", "rgb(255, 255, 255)"), "dark": ("rgb(255, 255, 255)", "rgb(0, 0, 0)")}[scheme]  # fmt: skip
    assert _styles(page, "body", "color", "backgroundColor") == [text, ground]
    pressed, other = ("[aria-current=step]", "[data-step]:not([aria-current])")
    assert _styles(page, pressed, "backgroundColor") != _styles(page, other, "backgroundColor")
    assert len(set(_styles(page, pressed, "backgroundColor", "color"))) == 2
    assert _styles(page, ".shown td.chosen", "outlineStyle") == ["solid"]
    assert _styles(page, "figure .matrix rect.frame", "stroke") == [text]
    page.get_by_role("button", name="Next").focus()
    page.keyboard.press("Tab")
    assert _styles(page, ":focus", "outlineStyle") == ["solid"]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("products/which/", "Choosing other shapes needs JavaScript."),
        ("hidden-layer/", "With JavaScript the numbers can be changed."),
        ("train/", "Drawing your own needs JavaScript."),
        ("desk/", "Checking here needs JavaScript"),
        ("desk/", "Deriving here needs JavaScript"),
        ("practice/", "Practising here needs JavaScript"),
    ],
)
def test_without_a_script_nothing_is_there_to_be_pressed_in_vain(open_page, address, words):
    page = open_page(address, java_script_enabled=False)
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.locator("main :is(button, select, input):visible")).to_have_count(0)
    page.get_by_role("button", name="Contents").click()  # the only button works
    expect(page.get_by_role("navigation", name="Contents")).to_be_visible()
