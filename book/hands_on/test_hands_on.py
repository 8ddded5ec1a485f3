"""What holds for every hands-on figure, in a real browser."""

import pytest
from lxml import html

PAGES = {
    "product-explorer": "products/which/index.html",
    "backprop-stepper": "hidden-layer/index.html",
    "draw-a-digit": "train/index.html",
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
    last = page.locator("[role=grid] td:visible").last
    last.tap()
    assert "chosen" in last.get_attribute("class")
