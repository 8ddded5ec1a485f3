"""The ripple: its two halves agree, its shares add up to the derivative, and it is used by mouse, keyboard and list."""

import numpy as np
import pytest
from playwright.sync_api import expect

from book.hands_on.ripple import figure
from mathnet import central_difference_jacobians

BOTH = """async (states) => {
    const { forward, paths } = await import(new URL("../assets/ripple.js", location.href));
    return states.map(([inputs, start, nudge]) => ({ values: forward(inputs, start, nudge), paths: paths(inputs, start) }));
}"""


def _states(count):
    random = np.random.default_rng(0)
    names = figure.starts()
    for k in range(count):
        inputs = {
            name: random.normal(0, 2, np.shape(M)).round(3).tolist() for name, M in figure.START.items()
        }
        yield inputs, names[k % len(names)], float(random.normal())


def test_both_halves_ripple_alike(open_figure):
    states = [(figure.START, name, 0.1) for name in figure.starts()] + list(_states(250))
    for (inputs, start, nudge), seen in zip(
        states, open_figure("network-ripple").evaluate(BOTH, states), strict=True
    ):
        expected = figure.forward(inputs, start, nudge)
        for name, value in expected.items():
            assert np.allclose(seen["values"][name], value, rtol=1e-12, atol=1e-13), name
        ways = figure.paths(inputs, start)
        assert [tuple(way["units"]) for way in seen["paths"]] == [way.units for way in ways]
        for there, here in zip(seen["paths"], ways, strict=True):
            assert np.allclose(there["slopes"], here.slopes, rtol=1e-12, atol=1e-13)
            assert np.isclose(there["share"], here.share, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("start", figure.starts())
def test_the_shares_add_up_to_the_derivative(start):
    def J(nudge):
        return figure.forward(figure.START, start, float(nudge))["J"][0, 0]

    (slope,) = central_difference_jacobians(J, np.array(0.0))
    assert np.isclose(sum(way.share for way in figure.paths(figure.START, start)), slope, atol=1e-8)


@pytest.mark.parametrize(
    ("start", "count"), [("X-1", 6), ("W1-1-2", 2), ("B1-3", 2), ("H-1", 2), ("W2-1-2", 1), ("B2-1", 1)]
)
def test_a_number_has_as_many_ways_as_the_chapter_says(start, count):
    assert len(figure.paths(figure.START, start)) == count


def test_the_ripple_by_list_slider_and_mouse(open_figure):
    page = open_figure("network-ripple")
    moved, rows = page.locator(".moved"), page.locator(".shares tbody tr")
    expect(rows).to_have_count(2)
    expect(moved).to_contain_text("0.03125 · 0.1 = 0.003125")
    page.get_by_label("Nudge").select_option("X-1")
    expect(rows).to_have_count(6)
    page.get_by_label("by").focus()
    page.keyboard.press("Home")
    expect(page.locator("output")).to_have_text("−1")
    page.locator("[data-unit='H-2'] text.value").click()
    expect(page.get_by_label("Nudge")).to_have_value("H-2")
    page.locator("path.target[data-number='W2-1-2']").dispatch_event("click")
    expect(rows).to_have_count(1)
    assert page.locator("path.edge.lit").count() == 2
    assert page.locator(".gradient td.chosen").inner_text() == page.locator(".shares tfoot td").inner_text()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_moves_from_choice_to_choice(open_figure, width):
    page = open_figure("network-ripple", width=width)
    heights = set()
    for start in ("X-1", "W1-1-1", "B1-1", "H-1", "W2-1-1", "B2-2"):
        page.get_by_label("Nudge").select_option(start)
        parts = (".sides", ".moved", ".shares-room", ".hands-on")
        heights.add(tuple(round(page.locator(part).bounding_box()["height"]) for part in parts))
    assert len(heights) == 1, heights
    assert page.evaluate("document.documentElement.scrollWidth") == width
