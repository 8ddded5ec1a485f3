"""The slides: made from the chapters, all on the screen, whole without scripts, one to a page on paper."""

import re

import pikepdf
import pytest
from lxml import html
from playwright.sync_api import expect

from book.sections import Section
from book.slides import LINES, _shown
from book.testing import ROOT

CHAPTERS = [
    path.relative_to(ROOT / "docs").with_suffix("").as_posix().replace("/", "-")
    for path in sorted((ROOT / "docs").rglob("*.md"))
    if "\n## Exercises\n" in path.read_text(encoding="utf-8")
]
SLIDES = "//section"
BEYOND = """(slide) => [...slide.querySelectorAll("*")].filter((part) => !part.closest("math, svg, pre") && part.getBoundingClientRect().bottom > innerHeight).length"""


@pytest.fixture(scope="module")
def deck(site):
    return html.fromstring((site / "book" / "slides.html").read_bytes())


def test_every_chapter_has_its_figures_and_formulas_on_slides(deck, site):
    book = html.fromstring((site / "book" / "index.html").read_bytes())
    assert set(deck.xpath("//div[@class='talk']/section[1]/@id")) == set(CHAPTERS)
    for name in CHAPTERS:
        (chapter,) = book.xpath(f"//section[@id='{name}']")
        (talk,) = deck.xpath(f"//div[section/@id='{name}']")
        exercises = chapter.xpath(f".//*[@id='{name}--exercises']/following-sibling::figure")
        assert len(talk.xpath(".//figure")) == len(chapter.xpath("./figure")) - len(exercises)
        assert len(talk) > 2


def test_an_id_is_used_once_and_a_link_leads_somewhere(deck, site):
    book = set(html.fromstring((site / "book" / "index.html").read_bytes()).xpath("//@id"))
    ids = deck.xpath("//@id")
    assert len(ids) == len(set(ids))
    links = deck.xpath("//a/@href")
    assert len(links) > 200
    for link in links:
        if link.startswith("#"):
            assert link[1:] in ids
        elif link.startswith("./#"):
            assert link.removeprefix("./#") in book


OUTPUT = '<div class="language-text highlight">output</div>'


@pytest.mark.parametrize(
    ("heading", "lines", "below", "shown"),
    [
        ("The mistake", LINES, OUTPUT, ["program output"]),
        ("The mistake", LINES + 1, OUTPUT, ["output"]),
        ("The mistake", LINES, "", ["program"]),
        ("The mistake", LINES + 1, "", []),
        ("A program that is right", 1, OUTPUT, []),
    ],
)
def test_a_mistake_has_its_program_unless_that_is_long_and_its_output(heading, lines, below, shown):
    program = '<div class="language-python highlight">program' + lines * "\n" + "</div>"
    section = Section(2, "a", heading, f"<p>Why?</p>{program}{below}<p>So.</p>")
    slides = [re.sub("<[^>]*>", " ", slide).split() for slide in _shown(section)]
    assert [" ".join(words) for words in slides] == shown


def test_every_slide_fits_the_screen_and_the_keys_lead_to_all(browser, base, deck):
    page, complaints = browser.new_page(viewport={"width": 1280, "height": 800}), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{base}book/slides.html")
    page.locator(".reveal.ready").wait_for()
    seen = []
    for _ in deck.xpath(SLIDES):
        slide = page.locator(".slides section.present:not(:has(section))")
        heading = slide.locator("h1, h2, h3")
        expect(heading).to_be_in_viewport()
        seen.append(heading.inner_text())
        assert slide.evaluate(BEYOND) == 0, seen[-1]
        page.keyboard.press("Space")
    assert seen == [
        " ".join(slide.xpath("string((h1 | h2 | h3)[1])").split()) for slide in deck.xpath(SLIDES)
    ]
    page.close()
    assert not complaints


def test_an_address_and_the_contents_open_a_slide(browser, base):
    page = browser.new_page()
    heading = page.locator(".slides section.present:not(:has(section)) > :is(h1, h2, h3)")
    page.goto(f"{base}book/slides.html#one-layer")
    expect(heading).to_have_text("One layer")
    page.keyboard.press("Home")
    expect(heading).to_have_text("Slides")
    page.get_by_role("link", name="Which product is this?").first.click()
    expect(heading).to_have_text("Which product is this?")
    page.close()


def test_on_paper_a_slide_is_a_page(browser, base, deck, tmp_path):
    page = browser.new_page()
    page.goto(f"{base}book/slides.html?print-pdf")
    page.locator(".pdf-page").nth(len(deck.xpath(SLIDES)) - 1).wait_for(state="attached")
    page.pdf(path=tmp_path / "slides.pdf", prefer_css_page_size=True)
    page.close()
    with pikepdf.open(tmp_path / "slides.pdf") as document:
        assert len(document.pages) == len(deck.xpath(SLIDES))


def test_without_a_script_the_slides_stand_one_below_the_other(browser, base, deck):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}book/slides.html")
    assert page.locator(".slides h3:visible").count() == len(deck.xpath("//h3"))
    expect(page.locator(".deck-keys")).to_be_hidden()
    context.close()
