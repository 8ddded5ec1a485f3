"""Depth and scale: both halves compute and draw alike, random networks come out as predicted, and one chooses by mouse and keyboard."""

import random
import re

import mpmath
import numpy as np
import pytest
from playwright.sync_api import expect

from book.hands_on.depth import figure

BOTH = """async (states) => {
    const { said, sizes } = await import(new URL("../assets/depth.js", location.href));
    const { limits, steps } = JSON.parse(document.querySelector("depth-and-scale script").textContent);
    return states.map((state) => {
        const found = sizes(steps, ...state);
        return [found.H, found.D, said(found, limits)];
    });
}"""


def _states(count):
    chance = random.Random(0)
    yield figure.START
    yield "relu", 10.0, 50
    for _ in range(count):
        size = 10 ** chance.uniform(*figure.POWERS)
        yield chance.choice([*figure.ACTIVATIONS]), size, chance.randint(*figure.LAYERS)


def test_both_halves_compute_and_say_alike(open_figure):
    states = list(_states(300))
    endings = set()
    for state, (H, D, said) in zip(
        states, open_figure("depth-and-scale").evaluate(BOTH, states), strict=True
    ):
        expected = figure.sizes(*state)
        assert len(expected[0]) == state[2] + 1
        assert pytest.approx(expected[0], rel=1e-10) == H
        assert pytest.approx(expected[1], rel=1e-10) == D
        assert said == figure.said(*expected)
        endings |= {
            word for word in ("H falls", "D falls", "H exceeds", "D exceeds", "Both fit") if word in said
        }
    assert endings == {"H falls", "D falls", "H exceeds", "D exceeds", "Both fit"}


@pytest.mark.parametrize("activation", figure.ACTIVATIONS)
def test_networks_of_random_weights_come_near_the_limit(activation):
    """After 30 layers of 400 units chance changes a size by less than a factor of e; a factor of √2 in each layer would be 30,000."""
    f, f_prime = figure.ACTIVATIONS[activation]
    units, samples, layers = 400, 20, 30
    for size in (0.3, 1.0, 2**0.5, 3.0):
        rng = np.random.default_rng(0)
        H, steps, measured_H, measured_D = rng.normal(size=(samples, units)), [], [], []
        for _ in range(layers):
            W = size / units**0.5 * rng.normal(size=(units, units))
            Z = H @ W
            H = f(Z)
            steps.append((W, f_prime(Z)))
            measured_H.append(np.sqrt(np.mean(H**2)))
        bar = rng.normal(size=H.shape)
        for W, slope in reversed(steps):
            D = bar * slope
            measured_D.insert(0, np.sqrt(np.mean(D**2)))
            bar = D @ W.T
        expected_H, expected_D = figure.sizes(activation, size, layers)
        assert np.allclose(np.log(measured_H), np.log(expected_H[1:]), atol=1)
        assert np.allclose(np.log(measured_D), np.log(expected_D), atol=1)


@pytest.mark.parametrize("size", [0.1, 1.0, 10.0])
def test_the_sums_are_the_means_over_normal_numbers(size):
    """Against an integral to 30 digits, for the first layer: H and D of one layer."""
    functions = {
        "sigmoid": (lambda z: 1 / (1 + mpmath.exp(-z)), lambda z: 1 / (2 + 2 * mpmath.cosh(z))),
        "tanh": (mpmath.tanh, lambda z: mpmath.sech(z) ** 2),
        "relu": (lambda z: max(z, 0), lambda z: mpmath.mpf(z > 0)),
    }
    with mpmath.workdps(30):
        for activation, pair in functions.items():
            exact = [
                mpmath.sqrt(
                    mpmath.quad(
                        lambda z, f=f: f(size * z) ** 2 * mpmath.npdf(z),
                        [-12, -4, -1, -0.2, 0, 0.2, 1, 4, 12],
                    )
                )
                for f in pair
            ]
            H, D = figure.sizes(activation, size, 1)
            assert [H[1], D[0]] == pytest.approx([float(x) for x in exact], rel=1e-13)


def test_relu_with_the_size_of_he_keeps_the_size_of_H_and_D():
    H, D = figure.sizes("relu", 2**0.5, 50)
    assert np.allclose(H, 1, rtol=1e-12)
    assert np.allclose(D, 0.5**0.5, rtol=1e-12)


def _drawn(page):
    """Return all that the script changes: the texts, and the numbers that place the parts."""
    parts = page.locator("svg .depth-plot").evaluate(
        "plot => [...plot.children].map(part => [part.textContent + (part.getAttribute('visibility') ?? ''), "
        "['d', 'x', 'cx', 'cy'].map(name => part.getAttribute(name) ?? '').join(' ')])"
    )
    numbers = [float(number) for _, places in parts for number in re.findall(r"-?[\d.]+", places)]
    return [text for text, _ in parts], numbers


def test_both_halves_draw_alike(open_figure, serve_elements, browser, monkeypatch):
    """The script, at its start, leaves the drawing as the build has made it; so for other starts with other axes."""
    starts = [("tanh", 1.0, 2), ("relu", 10.0, 50), ("sigmoid", 0.1, 45), ("tanh", 0.1, 50)]
    for start in starts:
        monkeypatch.setattr(figure, "START", start)
        address = serve_elements({"one": figure.depth_and_scale()})
        without, page = browser.new_page(java_script_enabled=False), browser.new_page()
        without.goto(f"{address}one/")
        page.goto(f"{address}one/")
        page.locator(".hands-on").wait_for()
        (texts, numbers), (built_texts, built) = _drawn(page), _drawn(without)
        assert texts == built_texts
        assert numbers == pytest.approx(built, abs=0.11)  # both are rounded to tenths of a pixel
        without.close()
        page.close()


def test_one_chooses_by_mouse_keyboard_and_list(open_figure):
    page = open_figure("depth-and-scale")
    said = page.locator(".said")
    expect(said).to_have_text(figure.said(*figure.sizes(*figure.START)))
    page.locator("[name=activation]").select_option("relu")
    page.get_by_role("button", name="He").click()
    expect(page.get_by_role("button", name="He")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[name=size-is]")).to_have_text("1.41")
    expect(said).to_have_text(figure.said(*figure.sizes("relu", 2**0.5, 30)))
    page.locator("[name=layers]").focus()
    page.keyboard.press("End")
    page.get_by_role("button", name="rng.normal: 10", exact=True).focus()
    page.keyboard.press("Enter")
    expect(said).to_contain_text("H exceeds float32’s largest number, 3.403e+38, in layer 46.")
    expect(page.locator("[data-lost=H]")).to_be_visible()
    page.locator("[name=power]").focus()
    page.keyboard.press("Home")
    expect(said).to_have_text(figure.said(*figure.sizes("relu", 0.1, 50)))
    expect(page.locator("[name=power]")).to_have_attribute("aria-valuetext", "0.1")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="0.01 rng.normal")).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_moves_from_choice_to_choice(open_figure, width):
    page = open_figure("depth-and-scale", width=width)
    heights = set()
    for activation in figure.ACTIVATIONS:
        page.locator("[name=activation]").select_option(activation)
        for name in ("Glorot: 1", "He: √2", "rng.normal: 10", "0.01 rng.normal: 0.1"):
            page.get_by_role("button", name=name, exact=True).click()
            for key in ("End", "Home"):
                page.locator("[name=layers]").press(key)
                heights.add(round(page.locator(".hands-on").bounding_box()["height"]))
    assert len(heights) == 1, heights
    assert page.evaluate("document.documentElement.scrollWidth") == width
