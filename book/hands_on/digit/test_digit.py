"""The digit is read as the library reads it, drawn with mouse, keyboard and finger."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from book.hands_on.digit import figure
from book.hands_on.shown import same_digits
from mathnet.network import Network

EIGHT = [(22, 8), (18, 5), (13, 5), (10, 8), (11, 12), (16, 16), (21, 20), (23, 24), (20, 28), (14, 28), (10, 25), (11, 21), (22, 8)]  # fmt: skip


def _draw(page: Page, *strokes: list[tuple[float, float]]) -> None:
    """Draw strokes with the mouse; the canvas is 32 wide and 32 high."""
    box = page.locator("canvas").bounding_box()
    for stroke in strokes:
        (x, y), *rest = [
            (box["x"] + a * box["width"] / 32, box["y"] + b * box["height"] / 32) for a, b in stroke
        ]
        page.mouse.move(x, y)
        page.mouse.down()
        for x, y in rest:
            page.mouse.move(x, y, steps=4)
        page.mouse.up()
    page.evaluate("() => new Promise(requestAnimationFrame)")


def _state(page: Page) -> dict:
    return page.evaluate(
        """() => {
            const {pixels, values, bits, target} = document.querySelector("draw-a-digit");
            const Y = [...document.querySelectorAll(".Y td")].map(cell => cell.innerText);
            return {pixels, values, bits, target, Y, status: document.querySelector("[role=status]").innerText};
        }"""
    )


def _check_reading(page: Page, net) -> dict:
    """Compare all that is shown with what the library computes; return the state."""
    state = _state(page)
    X, T = np.array([state["pixels"]]), np.eye(10)[[state["target"]]]
    expected = figure.reading(net, X, T)
    for name, value in expected.items():
        assert np.allclose(state["values"][name], value, rtol=1e-10, atol=1e-14), name
    assert state["Y"] == [f"{k}: {y:.2f}" for k, y in enumerate(expected["Y"][0])]
    reads, output, J, target = re.match(
        r"The network reads (\d), with the output (\S+)\. J = (\S+) for the target (\d)\.", state["status"]
    ).groups()
    assert int(reads) == net.predict(X)[0]
    assert int(target) == state["target"]
    assert same_digits([[output, J]], np.array([[expected["Y"].max(), expected["J"]]]))
    return state


def test_the_digit_is_read_as_by_the_library(open_figure):
    page = open_figure("draw-a-digit")
    net = figure.in_bytes(figure.digits_network()[0])[1]
    network = page.evaluate("document.querySelector('draw-a-digit').network")
    for name, M in zip(
        ("W1", "B1", "W2", "B2"), (net.weights[0], net.biases[0], net.weights[1], net.biases[1]), strict=True
    ):
        assert np.array_equal(network[name], M)
    _, X_test, T_test = figure.digits_network()
    for k in range(10):
        page.get_by_label("Test digit").select_option(str(k))
        page.get_by_label("Target").select_option(str((k + 3) % 10))
        state = _check_reading(page, net)
        assert np.array_equal(state["pixels"], X_test[T_test[:, k].argmax()])
    cell = page.locator(".X_bar td").nth(19)
    cell.hover()
    value = state["values"]["X_bar"][0][19]
    status = page.locator("[role=status]").inner_text()
    direction = "lowers" if value < 0 else "raises"
    assert f"A little more ink in row 3, column 4 {direction} J: the gradient is" in status
    assert same_digits([[status.split()[-1].removesuffix(".")]], np.array([[value]]))


def test_a_drawing_is_made_into_a_picture_as_the_data_were(open_figure):
    page = open_figure("draw-a-digit")
    net = figure.in_bytes(figure.digits_network()[0])[1]
    ink = page.evaluate("document.querySelector('draw-a-digit').data.ink")
    for strokes, reads in (([EIGHT], 8), ([[(10, 6), (20, 6), (14, 25)]], 7), ([[(15, 8), (15, 20)]], 1)):
        page.get_by_text("Clear").click()
        _draw(page, *strokes)
        state = _check_reading(page, net)
        bits = np.array(state["bits"])
        assert bits.shape == (32, 32)
        assert np.array_equal(
            np.ravel(state["pixels"]) * 16, bits.reshape(8, 4, 8, 4).sum(axis=(1, 3)).ravel()
        )
        assert abs(bits.mean() - ink) < 1.2 / 32  # an upright line changes by whole columns
        assert bits[0].any()
        assert bits[-1].any()
        assert state["status"].startswith(f"The network reads {reads},")
        assert state["target"] == reads, "the target is what was read"
    page.get_by_label("Target").select_option("4")
    assert _check_reading(page, net)["target"] == 4
    page.get_by_text("Clear").click()
    assert page.get_by_label("Target").input_value() == ""


def test_a_blank_sheet_is_not_a_digit(open_figure):
    page = open_figure("draw-a-digit")
    net = figure.in_bytes(figure.digits_network()[0])[1]
    step = page.get_by_role("button", name="Step against")
    page.get_by_role("button", name="Clear").click()
    state = _state(page)
    assert not any(state["pixels"])
    assert state["status"].strip() == "Nothing is drawn."
    assert not np.any(state["values"]["X_bar"])
    assert page.locator(".Y .chosen").count() == 0
    assert step.is_disabled()
    page.get_by_label("Target").select_option(
        "7"
    )  # from nothing, steps lead to what the network takes for a 7
    expected = figure.reading(net, np.zeros((1, 64)), np.eye(10)[[7]])
    state = _state(page)
    assert np.allclose(state["values"]["X_bar"], expected["X_bar"], rtol=1e-10, atol=1e-14)
    told = re.fullmatch(r"Nothing is drawn\. J = (\S+) for the target 7\.", state["status"].strip())
    assert same_digits([[told[1]]], np.array([[expected["J"]]]))
    for _ in range(20):
        step.click()
    assert _check_reading(page, net)["status"].startswith("The network reads 7,")


def test_a_hidden_value_shows_its_weights(open_figure):
    page = open_figure("draw-a-digit")
    W1 = figure.in_bytes(figure.digits_network()[0])[1].weights[0]
    for unit in (0, 17, 29):
        page.locator(".H td").nth(unit).hover()
        assert page.locator(".W1 .name").inner_text().endswith(f"column {unit + 1}")
        shown = [cell.get_attribute("aria-label") for cell in page.locator(".W1 td").all()]
        assert same_digits([shown], W1[None, :, unit])
        signs = page.locator(".W1 td").all_inner_texts()
        large = np.abs(W1[:, unit]) >= np.abs(W1[:, unit]).max() / 8
        expected = np.where(large, np.where(W1[:, unit] > 0, "+", "−"), "")
        assert signs == expected.tolist()
    pixel = int(np.argmin(W1[:, 29]))
    page.locator(".W1 td").nth(pixel).hover()
    row, column = divmod(pixel, 8)
    said = f"Ink in row {row + 1}, column {column + 1} lowers hidden value 30: the weight is"
    assert said in page.locator("[role=status]").inner_text()
    for name in ("X", "X_bar"):
        assert "chosen" in page.locator(f".{name} td").nth(pixel).get_attribute("class")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_place_to_draw_is_as_large_as_the_pictures_and_beside_its_answer(open_figure, width):
    page = open_figure("draw-a-digit", width=width)
    boxes = {
        name: page.locator(f"draw-a-digit {selector}").bounding_box()
        for name, selector in {
            "canvas": "canvas", "Y": ".Y table", "X": ".X table", "X_bar": ".X_bar table", "H": ".H table", "W1": ".W1 table", "controls": ".controls",
        }.items()
    }  # fmt: skip
    for name in ("X", "X_bar", "W1"):
        for side in ("width", "height"):
            assert abs(boxes[name][side] - boxes["canvas"][side]) <= 8, (name, side)
    assert abs(boxes["Y"]["y"] - boxes["canvas"]["y"]) <= 2
    height = boxes["Y"]["y"] + boxes["Y"]["height"] - boxes["controls"]["y"]
    assert height <= 600, "controls, place to draw and outputs are on one screen of a phone"


def test_the_digit_by_keyboard(open_figure):
    page = open_figure("draw-a-digit")
    net = figure.in_bytes(figure.digits_network()[0])[1]
    press = page.keyboard.press
    press("Tab")
    press("Enter")
    assert not any(_state(page)["pixels"])
    press("Tab")
    page.keyboard.type("8")
    press("Tab")
    page.keyboard.type("5")
    before = _check_reading(page, net)
    assert before["target"] == 5
    press("Tab")
    press("Enter")
    after = _check_reading(page, net)
    assert after["values"]["J"] < before["values"]["J"]
    assert np.max(np.abs(np.subtract(after["pixels"], before["pixels"]))) <= 0.1 + 1e-12
    page.get_by_text("Clear").press("Enter")
    page.locator(".X td").first.focus()
    press("ArrowDown")
    press("Space")
    press("Shift+ArrowRight")
    press("Shift+ArrowDown")
    press("ArrowLeft")
    press("Space")
    press("Space")
    assert np.flatnonzero(_check_reading(page, net)["pixels"]).tolist() == [8, 9, 17]
    for name in ("H", "W1", "X_bar"):
        press("Tab")
        assert page.locator(f".{name} td:focus").count() == 1


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_what_the_digit_says_does_not_move_its_grids(open_figure, width):
    page = open_figure("draw-a-digit", width=width)
    top = "document.querySelector('.pictures').offsetTop"
    tops = {page.evaluate(top)}
    for entry in (*page.locator(".X_bar td").all()[::7], *page.locator(":is(.X, .Y, .H, .W1) td").all()[::9]):
        entry.focus()
        tops.add(page.evaluate(top))
    page.get_by_role("button", name="Clear").click()
    tops.add(page.evaluate(top))
    assert len(tops) == 1


def test_the_digit_is_seen_where_the_system_chooses_the_colours(open_figure):
    page = open_figure("draw-a-digit", forced_colors="active")
    pixels = page.evaluate("document.querySelector('draw-a-digit').pixels")
    cells = page.locator(".X td")
    seen = {ink: cells.nth(pixels.index(ink)).screenshot() for ink in (0, 0.5, 1)}
    assert len(set(seen.values())) == 3


def test_a_finger_draws_a_digit_and_the_page_stays(open_figure):
    page = open_figure("draw-a-digit", width=390, has_touch=True, is_mobile=True)
    page.get_by_role("button", name="Clear").tap()
    page.locator("canvas").scroll_into_view_if_needed()
    box, scrolled = page.locator("canvas").bounding_box(), page.evaluate("scrollY")
    finger = page.context.new_cdp_session(page)
    for k, (x, y) in enumerate([(10, 6), (13, 6), (16, 6), (20, 6), (18, 12), (16, 18), (14, 25)]):
        point = {"x": box["x"] + x * box["width"] / 32, "y": box["y"] + y * box["height"] / 32}
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove" if k else "touchStart", "touchPoints": [point]})  # fmt: skip
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator(".sum")).to_contain_text("The network reads 7,")
    assert page.evaluate("scrollY") == scrolled


BOTH = """
async ({parameters, states, strokes, ink}) => {
  const [{against, read, unpack}, {bitmap, count}] = await Promise.all(
    ["digit", "bitmap"].map((name) => import(`../assets/${name}.js`)));
  const network = Object.fromEntries(Object.entries(parameters).map(([name, packed]) => [name, unpack(packed)]));
  const seen = states.map(({bits, T}) => {
    const pixels = count(bits);
    const values = read(network, [pixels], [T]);
    return {pixels, ...values, texts: values.Y[0].map((y) => y.toFixed(2)), after: against(pixels, values.X_bar[0])};
  });
  const bits = strokes.map((drawing) => bitmap(drawing, ink));
  return {seen, drawn: bits.map((bits) => ({bits, pixels: count(bits)}))};
}
"""


def _network(random: np.random.Generator) -> Network:
    net = Network([64, 30, 10])
    for M in (*net.weights, *net.biases):
        M[...] = random.normal(0, 1, M.shape)
    return net


def _bits(random: np.random.Generator) -> np.ndarray:
    """Return a bitmap of 32 × 32: ink spread thinly or thickly, or in one corner, or none, or all of it."""
    bits = random.random((32, 32)) < random.choice([0, 0.1, 0.3, 0.8, 1])
    height, width = random.integers(1, 33, 2)
    return (bits & (np.arange(32)[:, None] < height) & (np.arange(32) < width)).astype(int)


def _pixels(bits: np.ndarray) -> np.ndarray:
    return np.reshape(bits, (8, 4, 8, 4)).sum(axis=(1, 3)).reshape(1, 64) / 16


def test_both_halves_read_alike_and_step_alike(open_figure):
    random = np.random.default_rng(1)
    parameters, net = figure.in_bytes(_network(random))
    states = [{"bits": _bits(random).tolist(), "T": random.random(10).tolist()} for _ in range(250)]
    # strokes of some points each; a drawing that is moved, or made larger, is the same drawing
    drawings = [
        [random.uniform(0, 8, (random.integers(1, 6), 2)) for _ in range(random.integers(1, 4))]
        for _ in range(25)
    ]
    moved = [[4 + 2.5 * stroke for stroke in drawing] for drawing in drawings]
    seen = open_figure("draw-a-digit").evaluate(
        BOTH,
        {
            "parameters": parameters,
            "states": states,
            "strokes": [[stroke.tolist() for stroke in drawing] for drawing in drawings + moved],
            "ink": 0.3,
        },
    )
    for state, shown in zip(states, seen["seen"], strict=True):
        X, T = _pixels(state["bits"]), np.array([state["T"]])
        assert np.array_equal([shown["pixels"]], X)
        expected = figure.reading(net, X, T)
        for name, value in expected.items():
            assert np.allclose(shown[name], value, rtol=1e-12, atol=1e-14), name
        assert shown["texts"] == [f"{y:.2f}" for y in expected["Y"][0]]
        assert np.allclose([shown["after"]], figure.against(X, expected["X_bar"]), rtol=0, atol=1e-12)
    drawn = seen["drawn"]
    for one, other in zip(drawn[: len(drawings)], drawn[len(drawings) :], strict=True):
        assert np.mean(np.not_equal(one["bits"], other["bits"])) < 0.01
        assert np.array_equal([one["pixels"]], _pixels(one["bits"]))
