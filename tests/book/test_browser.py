"""The built book in a real browser: nothing fetched from elsewhere, nothing broken, nothing cut off."""

import re
from importlib.resources import files
from urllib.parse import urldefrag

import pytest
from lxml import html
from playwright.sync_api import expect

from book.testing import attend, reference


@pytest.fixture(scope="module")
def addresses(site, base):
    pages = sorted(path.parent.relative_to(site) for path in site.rglob("index.html"))
    assert len(pages) > 10
    return [f"{base}{page}/".replace("/./", "/") for page in pages]


def test_nothing_scrolls_sideways_on_a_wide_screen_and_sentences_stay_narrow(browser, base):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    for address in (
        "",
        "chain-rule/",
        "one-layer/",
        "hidden-layer/",
        "batches/",
        "graphs/",
        "softmax/",
        "why-training-fails/",
        "cost/",
        "many-machines/",
        "gradients/time/",
        "check/",
        "reference/network/",
    ):
        page.goto(f"{base}{address}")
        wide = page.evaluate(
            """() => {
          for (const details of document.querySelectorAll("main details")) details.open = true;
          return [...document.querySelectorAll("main :is(pre > code, .math-display, .figure)")]
            .filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.textContent.slice(0, 80));
        }"""
        )
        assert wide == [], address
        assert (
            page.evaluate("Math.max(...[...document.querySelectorAll('main p')].map((p) => p.offsetWidth))")
            <= 680
        )
    page.close()


def test_all_reasons_of_a_box_begin_at_one_place(browser, base):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{base}hidden-layer/")
    lefts = page.evaluate(
        """[...document.querySelectorAll(".derivation")].map((box) => new Set([...box.querySelectorAll(".derivation-reason")]
          .filter((reason) => reason.checkVisibility()).map((reason) => Math.round(reason.getBoundingClientRect().left))).size)"""
    )
    page.close()
    assert max(lefts) == 1


def test_code_and_outputs_wrap_on_a_phone(browser, addresses):
    """A line that is cut off is not read; one that goes on below, further in, is."""
    page, cut_off = browser.new_page(viewport={"width": 390, "height": 844}), []
    for address in addresses:
        page.goto(address)
        cut_off += page.evaluate(
            """[...document.querySelectorAll("main pre > code")].filter((code) => code.scrollWidth > code.clientWidth + 1)
              .map((code) => location.pathname + " " + code.textContent.slice(0, 60))"""
        )
    page.close()
    assert cut_off == []


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (640, "light"), (390, "dark"), (320, "light")]
)
def test_every_page_in_the_browser(browser, base, addresses, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    elsewhere, complaints, cut_off, without_font = [], [], [], []
    page.on(
        "request", lambda request: request.url.startswith((base, "data:")) or elsewhere.append(request.url)
    )
    page.on(
        "console", lambda message: message.type in ("error", "warning") and complaints.append(message.text)
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "response",
        lambda response: response.status >= 400 and complaints.append(f"{response.status} {response.url}"),
    )
    for address in addresses:
        page.goto(address, wait_until="load")
        fonts = page.evaluate(
            "document.fonts.ready.then(() => [...document.fonts].map(f => f.family + ' ' + f.status))"
        )
        if (
            page.query_selector("article math:not(details:not([open]) *)")
            and "STIX Two Math loaded" not in fonts
        ):
            without_font.append((address, fonts))
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            cut_off.append(address)
    context.close()
    assert not elsewhere
    assert not complaints
    assert not without_font
    assert not cut_off, f"wider than {width} px"


def test_the_font_of_the_formulas_is_fetched_once_and_not_only_when_they_are_laid_out(browser, base):
    page = browser.new_page()
    fetched, held = [], []
    page.on("response", lambda response: response.url.endswith(".woff2") and fetched.append(response.url))
    page.route("**/*.css", lambda route: held.append(route))
    page.goto(f"{base}hidden-layer/", wait_until="commit")
    page.wait_for_function("[...document.fonts].some((font) => font.status === 'loaded')")
    assert len(fetched) == 1
    assert held  # the style sheet has not come yet
    for route in held:
        route.continue_()
    page.wait_for_load_state()
    page.close()
    assert len(fetched) == 1


def test_what_is_folded_away_is_reached_by_keyboard_once_it_is_open(browser, base):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(f"{base}reference/elementwise/", wait_until="load")
    unmarked = """() => [...document.querySelectorAll("details :is(.math-display, pre > code)")]
        .filter((box) => box.checkVisibility() && box.scrollWidth > box.clientWidth && box.tabIndex !== 0).length"""
    page.evaluate("document.querySelectorAll('article details').forEach((box) => { box.open = !box.open; })")
    page.evaluate("document.querySelectorAll('article details').forEach((box) => { box.open = true; })")
    page.wait_for_function(f"({unmarked})() === 0")
    assert page.locator("details [tabindex='0']").count() > 0
    page.close()


MOVING = """
() => [...document.querySelectorAll("*")].filter((element) => {
  const style = getComputedStyle(element);
  const seconds = [...style.transitionDuration.split(","), style.animationName === "none" ? "0s" : style.animationDuration];
  return style.scrollBehavior === "smooth" || seconds.some((duration) => parseFloat(duration) > 0);
}).map((element) => element.tagName)
"""


def test_nothing_moves_for_a_reader_who_asks_for_that(browser, base):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    for address in ("", "hidden-layer/", "products/which/", "train/", "desk/", "reference/elementwise/"):
        page.goto(base + address)
        assert page.evaluate(MOVING) == [], address
    page.evaluate("document.body.style.setProperty('transition', 'color 1s', 'important')")
    assert page.evaluate(MOVING) == ["BODY"]
    context.close()


def test_a_wide_formula_scrolls_by_keyboard(browser, base, addresses):
    page = browser.new_page(viewport={"width": 320, "height": 800})
    for address in addresses:
        page.goto(address)
        wide = page.query_selector_all(".math-display[tabindex='0']")
        if wide:
            break
    assert wide, "no formula is wider than a phone"
    assert all(box.get_attribute("aria-label") for box in wide)
    wide[0].focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")
    page.close()


def test_the_chosen_colours_are_kept(browser, base):
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    page = context.new_page()
    page.goto(base)
    assert page.get_attribute("body", "data-md-color-scheme") == "default"
    page.click("#colours")
    page.goto(base + "notation/")
    assert page.get_attribute("body", "data-md-color-scheme") == "slate"
    context.close()


@pytest.mark.parametrize(("width", "height", "screens"), [(1280, 800, 1), (390, 844, 1.5)])
def test_the_home_page_answers_at_once(browser, base, width, height, screens):
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(base)
    answers = page.locator("article > ul").first.locator("li")
    assert [answers.nth(k).locator("strong").first.inner_text() for k in range(3)] == [
        "bias",
        "weight",
        "transpose",
    ]
    ends = [box["y"] + box["height"] for box in (answers.nth(k).bounding_box() for k in range(3))]
    assert ends[0] <= height
    assert ends[2] <= screens * height
    page.close()


def test_the_cheat_sheet_prints_in_black_on_one_sheet_of_a4(browser, base):
    page = browser.new_page(color_scheme="dark")
    page.goto(f"{base}cheat-sheet/")
    pdf = page.pdf(prefer_css_page_size=True)
    assert re.findall(rb"/MediaBox \[0 0 (\d+)\.\d* (\d+)", pdf) == [(b"594", b"841")]
    page.emulate_media(media="print")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.cheat-sheet')).color") == "rgb(34, 32, 28)"
    )
    page.close()


def apart(link):
    """Push what is before and behind a link out of the window."""
    link.evaluate(
        """(link) => {
          for (const side of ["before", "after"]) {
            link[side](Object.assign(link.ownerDocument.createElement("span"), { style: "display: block; height: 3000px" }));
          }
        }"""
    )
    return link


def test_an_equation_that_is_on_the_screen_is_marked_there(browser, base, site):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    link = reference(page, base, site, "here")
    equation = page.locator(".derivation", has=page.locator(link.get_attribute("href")))
    equation.evaluate("(box, link) => box.after(link)", link.element_handle())
    link.hover()
    expect(equation).to_have_class(re.compile("referred-to"))
    expect(page.locator(".equation-preview")).to_be_hidden()
    page.mouse.move(0, 0)
    expect(page.locator(".referred-to")).to_have_count(0)
    apart(link).hover()
    expect(page.locator(".equation-preview")).to_be_visible()
    page.close()


@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_an_equation_is_shown_at_a_reference_to_it(browser, base, site, where):
    page = browser.new_page()
    link = apart(reference(page, base, site, where))
    preview = page.locator(".equation-preview")
    link.hover()
    preview.locator("math").first.wait_for()
    assert preview.locator("[id]").count() == 0
    preview.hover()  # it stays while the pointer is in it
    page.wait_for_timeout(500)
    assert preview.is_visible()
    page.keyboard.press("Escape")
    preview.wait_for(state="hidden")
    page.mouse.move(0, 0)
    page.keyboard.press("Tab")  # from here on the focus is shown
    link.focus()
    preview.wait_for()
    link.blur()
    preview.wait_for(state="hidden")
    page.close()


@pytest.mark.parametrize(("chapter", "links"), [("graphs", "a.term"), ("softmax", "a.citation")])
def test_an_entry_and_a_work_are_shown_while_the_pointer_or_the_focus_is_on_their_link(
    browser, base, site, chapter, links
):
    page = browser.new_page()
    page.goto(f"{base}{chapter}/", wait_until="load")
    link = page.locator(links).first
    address, named = urldefrag(link.get_attribute("href"))
    target = html.fromstring((site / chapter / address / "index.html").read_bytes()).get_element_by_id(named)
    told = target.getparent() if links == "a.citation" else target.getnext()
    shown = page.locator(".equation-preview .preview-words")
    link.scroll_into_view_if_needed()
    link.hover()
    shown.wait_for()
    assert shown.text_content() == told.text_content()
    assert shown.locator("[id]").count() == 0
    addresses = shown.locator("a").evaluate_all("all => all.map((one) => one.href)")
    assert addresses
    assert all(one.startswith((base, "https://")) for one in addresses)
    page.mouse.move(0, 0)
    shown.wait_for(state="hidden")
    link.evaluate(
        "(link) => { const before = link.ownerDocument.createElement('button'); link.before(before); before.focus(); }"
    )
    page.keyboard.press("Tab")
    shown.wait_for()
    page.keyboard.press("Escape")
    shown.wait_for(state="hidden")
    page.close()


def test_a_pointer_that_came_before_the_script_sees_the_equation(browser, base, site):
    page, held = browser.new_page(), []
    page.route("**/previews.js", lambda route: held.append(route))
    apart(reference(page, base, site, "here")).hover()
    for route in held:
        route.continue_()
    page.locator(".equation-preview math").first.wait_for()
    page.close()


@pytest.mark.parametrize("come", ["near", "by keyboard"])
def test_the_script_of_a_figure_comes_with_the_reader(browser, base, come_near, come):
    page, fetched = browser.new_page(), []
    page.on("request", lambda request: fetched.append(request.url.rpartition("/")[2]))
    page.goto(f"{base}hidden-layer/", wait_until="networkidle")
    assert not {"stepper.js", "explorer.js", "digit.js", "desk.js"} & set(fetched)
    if come == "near":
        come_near(page)
    else:
        attend(page)
        page.keyboard.press("Tab")
        page.locator("backprop-stepper .hands-on").wait_for(state="attached")
    assert {"stepper.js", "explorer.js", "digit.js", "desk.js"} & set(fetched) == {"stepper.js"}
    page.close()


AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
ALL_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What is folded away is read as well. To axe a formula is one word, and code has one word of each colour on each ground: it would
# look at each of a thousand parts.
OPENED = """
document.querySelectorAll("details").forEach((details) => { details.open = true; });
document.querySelectorAll("math").forEach((math) => math.replaceWith("x"));
const words = new Map();
for (const code of document.querySelectorAll("pre code")) {
  const ground = [code, code.closest("pre"), code.closest(".highlight") ?? code].map((part) => getComputedStyle(part).backgroundColor);
  for (const word of code.querySelectorAll("span[class]:not(:has(*))")) {
    const alike = [word.className, word.parentElement.className, ...ground].join();
    words.set(alike, [...(words.get(alike) ?? []), word]);
  }
}
for (const [, ...others] of words.values()) others.forEach((word) => word.replaceWith(word.textContent));
"""
TOGETHER = [
    "document-title",
    "duplicate-id-aria",
    "heading-order",
    "landmark-unique",
    "page-has-heading-one",
    "region",
    "skip-link",
]
VIOLATIONS = "only => axe.run({resultTypes: ['violations'], runOnly: only}).then(found => found.violations)"


@pytest.mark.parametrize(("scheme", "rules"), [("light", ALL_RULES), ("dark", ["wcag2aa"])])
def test_no_page_breaks_a_rule_of_accessibility(browser, base, addresses, come_near, scheme, rules):
    """Every page by axe-core: WCAG 2.2 at levels A and AA and best practice; in the dark the contrasts once more.

    The book on one page holds what the others hold; there, only what comes of putting it together is looked at.
    """
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    broken = []
    for address in addresses:
        page.goto(address)
        come_near(page)
        page.evaluate(OPENED)
        page.evaluate(AXE)
        for violation in page.evaluate(VIOLATIONS, TOGETHER if address == f"{base}book/" else rules):
            element = violation["nodes"][0]["html"][:200]
            broken.append(f"{address.removeprefix(base)}: {violation['id']}: {element}")
    context.close()
    assert not broken, "\n".join(broken)


def test_a_picture_without_words_is_noticed(browser, base):
    page = browser.new_page()
    page.goto(base)
    page.evaluate("document.querySelector('article').append(document.createElement('img'))")
    page.evaluate(AXE)
    assert "image-alt" in {violation["id"] for violation in page.evaluate(VIOLATIONS, ALL_RULES)}
    page.close()
