"""A narrow valley: both halves walk, speak and draw alike, the path is what theory says, and one chooses by mouse and keyboard."""

import random

import numpy as np
import pytest
from playwright.sync_api import expect

from book.hands_on.valley import figure

BOTH = """async (choices) => {
    const { inside, said, walk } = await import(new URL("../assets/valley.js", location.href));
    const settings = JSON.parse(document.querySelector("narrow-valley script").textContent);
    return choices.map((choice) => {
        const points = walk(settings, ...choice);
        return [points, inside(points, settings.edges), said(settings, points)];
    });
}"""


def _choices(count):
    chance = random.Random(0)
    yield from (preset[1:] for preset in figure.PRESETS)
    for optimiser in figure.OPTIMISERS:
        yield optimiser, 10 ** figure.POWERS[1], figure.MOST
        yield optimiser, 10 ** figure.POWERS[0], 0.0
    for _ in range(count):
        rate = 10 ** chance.uniform(*figure.POWERS)
        yield chance.choice([*figure.OPTIMISERS]), rate, round(chance.uniform(0, figure.MOST), 2)


def test_both_halves_walk_and_say_alike(open_figure):
    choices, endings = list(_choices(300)), set()
    found = open_figure("narrow-valley").evaluate(BOTH, choices)
    for choice, (points, seen, said) in zip(choices, found, strict=True):
        expected = figure.walk(*choice)
        np.testing.assert_allclose(
            np.array(points, float), expected, rtol=1e-8, atol=1e-9, err_msg=str(choice)
        )
        np.testing.assert_allclose(seen, list(figure.inside(expected)), rtol=1e-8, atol=1e-9)
        assert said.split("is ")[0] == figure.said(expected).split("is ")[0]
        if figure.losses(expected)[-1] > 1e-12:  # below it, rounding is all that is left
            assert said == figure.said(expected)
        endings |= {word for word in ("too long", "more than", "stays below") if word in said}
    assert endings == {"too long", "more than", "stays below"}


def test_the_best_settings_are_the_best_of_their_neighbours():
    """Polyak's rate and momentum, and the best plain rate: any other shrinks more slowly in the end."""

    def end(optimiser, rate, memory):
        return figure.losses(figure.walk(optimiser, rate, memory))[-1]

    for _, optimiser, rate, memory in (figure.PRESETS[0], figure.PRESETS[2]):
        best = end(optimiser, rate, memory)
        for factor in (0.85, 1.15):
            assert end(optimiser, rate * factor, memory) > best
            if optimiser == "momentum":
                assert end(optimiser, rate, memory * factor) > best


def test_a_path_ends_where_it_leaves_the_picture():
    points = list(figure.inside(figure.walk("plain", 0.1, 0)))
    assert len(points) < figure.STEPS
    assert abs(points[-1][1]) == pytest.approx(2.4)
    assert all(abs(p) <= 12 and abs(q) <= 2.4 + 1e-12 for p, q in points)
    assert len(list(figure.inside(figure.walk(*figure.START[1:])))) == figure.STEPS + 1


def test_the_script_leaves_the_drawing_as_the_build_has_made_it(open_figure):
    drawn = [
        open_figure("narrow-valley", java_script_enabled=scripts).locator("svg .walk").get_attribute("d")
        for scripts in (True, False)
    ]
    assert drawn[0] == drawn[1]


def test_one_chooses_by_mouse_keyboard_and_list(open_figure):
    page = open_figure("narrow-valley")
    said = page.locator(".said")
    expect(said).to_have_text(figure.said(figure.walk(*figure.START[1:])))
    page.get_by_role("button", name="momentum, best").click()
    expect(page.get_by_role("button", name="momentum, best")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[name=rate-is]")).to_have_text("0.111")
    expect(said).to_contain_text("from step 15 on")
    page.locator("[name=optimiser]").select_option("plain")
    expect(page.locator("[name=memory]")).to_be_disabled()
    expect(said).to_have_text(figure.said(figure.walk("plain", 1 / 9, 0)))
    page.locator("[name=power]").focus()
    page.keyboard.press("Home")
    expect(said).to_have_text(figure.said(figure.walk("plain", 0.001, 0)))
    expect(page.locator("[name=power]")).to_have_attribute("aria-valuetext", "0.001")
    page.get_by_role("button", name="Adam").focus()
    page.keyboard.press("Enter")
    page.locator("[name=memory]").press("Home")
    expect(said).to_have_text(figure.said(figure.walk("Adam", 0.5, 0)))


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_moves_from_choice_to_choice(open_figure, width):
    page = open_figure("narrow-valley", width=width)
    heights = set()
    for button in page.locator(".presets button").all():
        button.click()
        for name in ("power", "memory"):
            for key in ("End", "Home"):
                if page.locator(f"[name={name}]").is_enabled():
                    page.locator(f"[name={name}]").press(key)
                heights.add(round(page.locator(".hands-on").bounding_box()["height"]))
    assert len(heights) == 1, heights
    assert page.evaluate("document.documentElement.scrollWidth") == width
