"""What holds for every hands-on figure, in a real browser."""

from collections import Counter
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import yaml
from lxml import html
from playwright.sync_api import expect

from book import hands_on
from book.testing import LOST

PAGES = {
    "product-explorer": "products/which/index.html",
    "backprop-stepper": "hidden-layer/index.html",
    "draw-a-digit": "train/index.html",
    "network-ripple": "chain-rule/index.html",
    "letter-graph": "products/letters/index.html",
    "gate-graph": "graphs/index.html",
    "depth-and-scale": "why-training-fails/index.html",
    "narrow-valley": "optimisers/index.html",
}


@pytest.mark.parametrize("name", PAGES)
def test_without_a_script_there_is_a_figure(name, site):
    page = html.fromstring((site / PAGES[name]).read_bytes())
    (element,) = page.xpath(f"//{name}")
    assert element.xpath("./figure//*[@role='img']/@aria-label")
    assert element.xpath("./script[@type='application/json']")


@pytest.mark.parametrize("name", PAGES)
def test_the_static_figure_is_seen_where_scripts_are_off(name, open_figure):
    page = open_figure(name, java_script_enabled=False)
    assert page.locator(f"{name} figure svg").first.is_visible()


@pytest.mark.parametrize("name", PAGES)
def test_a_narrow_screen_and_a_finger_are_enough(name, open_figure):
    page = open_figure(name, width=320, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    if name == "letter-graph":  # it has letters, not grids
        page.locator("[data-letter]").last.tap()
        expect(page.locator(".steps li").first).to_be_visible()
        return
    if name == "gate-graph":  # and this one gates
        page.locator("[data-node=u]").tap()
        expect(page.locator("[data-node=u]")).to_have_class("node chosen")
        return
    if name in ("depth-and-scale", "narrow-valley"):  # and these buttons
        button = page.get_by_role("button", name="He" if name == "depth-and-scale" else "Nesterov")
        button.tap()
        expect(button).to_have_attribute("aria-pressed", "true")
        return
    last = page.locator("[role=grid] td:visible").last
    last.tap()
    assert "chosen" in last.get_attribute("class")


@pytest.mark.parametrize(("how", "width"), [("offline", 1280), ("404", 390), ("garbage", 390)])
@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("product-explorer", "explorer"),
        ("backprop-stepper", "stepper"),
        ("draw-a-digit", "digit"),
        ("draw-a-digit", "grids"),
        ("network-ripple", "ripple"),
        ("letter-graph", "letters"),
        ("gate-graph", "gates"),
        ("depth-and-scale", "depth"),
        ("narrow-valley", "valley"),
    ],
)
def test_a_figure_whose_script_does_not_come_says_so(browser, figures, name, script, how, width):
    page, errors = browser.new_page(viewport={"width": width, "height": 800}), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route(f"**/{script}.js", LOST[how])
    page.goto(f"{figures}{name}/")
    page.keyboard.press("Tab")
    note = page.get_by_role("status")
    expect(note).to_have_text("The script of this figure could not be loaded. Reload the page to try again.")
    assert page.locator(f"{name} figure svg").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.unroute(f"**/{script}.js")
    page.reload()
    page.locator(f"{name} .hands-on").wait_for()
    assert page.locator(".missing-script").count() == 0
    assert errors == []
    page.close()


def test_no_script_or_style_takes_the_address_of_another():
    folder = Path(hands_on.__file__).parent
    names = [path.name for path in folder.rglob("*.*") if path.suffix in (".js", ".css")]
    names += [path.name for path in folder.parents[1].joinpath("docs", "assets").iterdir()]
    assert {f"assets/{name}" for name in ("explorer.js", "desk-worker.js", "hands-on.css")} < set(
        hands_on.addresses()
    )
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_an_edit_of_a_script_is_seen_by_mkdocs_serve():
    root = Path(hands_on.__file__).parents[2]
    watched = yaml.load((root / "mkdocs.yml").read_text(encoding="utf-8"), yaml.BaseLoader)["watch"]
    assert Path(hands_on.__file__).relative_to(root).parts[0] in watched


# What both halves compute


def test_both_halves_write_a_number_alike(open_figure):
    random = np.random.default_rng(0)
    xs = random.normal(0, 1, 2000) * 10.0 ** random.integers(-12, 24, 2000)
    xs = [
        *xs,
        *(random.integers(-9999, 9999, 500) / 16),
        0.0,
        -0.0,
        1e-6,
        9.9996e-7,
        1e21,
        9.9999e20,
        0.00005,
    ]
    page = open_figure("product-explorer")
    seen = page.evaluate(
        "async (xs) => { const {format} = await import('../assets/numbers.js'); return xs.map(format); }",
        list(map(float, xs)),
    )
    assert seen == [hands_on.written(x) for x in xs]


PARSE = "async (texts) => { const {parse} = await import('../assets/numbers.js'); return texts.map((text) => String(parse(text))); }"
NO_NUMBERS = [
    "", " ", "-", "/", "1/", "/2", "1/2/3", "1,5", "1 2", "1 1/2", "½", "1.5/2", "1/-2", "1/2.5", "0x10", "1_000", "1e", "e5", ".", "--1", "1-2",
    "Infinity", "NaN", "2 × 3", "١", "1;", "1/2 ?",
]  # fmt: skip


def test_a_typed_number_is_read_as_it_is_written(open_figure):
    random = np.random.default_rng(0)
    texts = ["1/2", "-3/4", "+1/3", " 7 / 8 ", "12", "-0.5", ".5", "3.", "1e-3", "007", "-0"]
    for over, under in random.integers(1, 1000, (300, 2)):
        texts += [f"{over}/{under}", f"-{over}/{under}", f"{over}.{under}", f"-.{under}", str(-over)]
    page = open_figure("product-explorer")
    for sign in ("-", "−"):
        read = page.evaluate(PARSE, [text.replace("-", sign) for text in texts])
        expected = [float(Fraction(text.replace(" ", ""))) for text in texts]
        assert list(map(float, read)) == expected


def test_what_is_no_number_is_not_made_into_one(open_figure):
    assert set(open_figure("product-explorer").evaluate(PARSE, NO_NUMBERS)) == {"NaN"}
