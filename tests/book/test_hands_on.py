"""The hands-on figures in a real browser: what is shown is what the library computes, by mouse, keyboard and touch."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from lxml import html
from playwright.sync_api import Page, expect

from book import digit, explorer, stepper
from mathnet import dot, hadamard, matmul, outer

PRODUCTS = {"matmul": matmul, "dot": dot, "hadamard": hadamard, "outer": outer}


def _number(text: str) -> float:
    return float(text.replace("−", "-"))


def _outcome(function: Callable, *operands: object) -> tuple[object, str | None]:
    """Return the result, or None and the error's message."""
    try:
        return function(*operands), None
    except ValueError as error:
        return None, str(error).strip()


def _value(words: str) -> float:
    """Compute a written sum, such as "½·(−0.5)·2 + σ(0)"."""
    code = words.replace("−", "-").replace("·", "*").replace("½", "0.5")
    code = code.replace("σ′", "sigmoid_prime").replace("σ", "sigmoid")
    return eval(code, {"sigmoid": lambda z: 1 / (1 + np.exp(-z))})


def _read(page: Page, control: str) -> dict:
    """Press a control, focus the last entry of the result, and return all that the figure shows: in one go, to be fast."""
    return page.evaluate(
        """(control) => {
            document.querySelector(control).click();
            const text = (element) => element.innerText.trim();
            const all = (selector) => [...document.querySelectorAll(selector)]
                .filter(element => element.checkVisibility({visibilityProperty: true}));
            all("[role=grid] td").at(-1)?.focus();
            return {
                matrices: all(".equation .matrix").map(box =>
                    [...box.querySelectorAll("tr")].map(row => [...row.cells].map(text))),
                chosen: all(".equation .matrix").map(box => box.querySelectorAll(".chosen").length),
                status: text(document.querySelector(".sum")),
                title: all(".title").map(text)[0],
                code: all(".formula code").map(text)[0],
                products: Object.fromEntries(all("[data-product]").map(box => [box.dataset.product, text(box)])),
                calls: Object.fromEntries(all(".calls dt").map(box =>
                    [text(box.querySelector("code")), [text(box.querySelector("span")), text(box.nextElementSibling)]])),
            };
        }""",
        control,
    )


def _numbers(matrix: list[list[str]]) -> np.ndarray:
    return np.array([[_number(text) for text in row] for row in matrix])


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


def _choose(page: Page, name: str, shape: tuple[int, ...]) -> None:
    operand = page.locator(f"[data-operand={name}]")
    operand.get_by_label("axes").select_option(str(len(shape)))
    for role, size in zip(("rows", "columns") if len(shape) == 2 else ("entries",), shape, strict=False):
        operand.get_by_label(role).select_option(label=str(size))


def _operand(numbers: list[list[int]], shape: tuple[int, ...]) -> np.ndarray:
    axes = (0,) * (2 - len(shape)) + tuple(slice(size) for size in shape)
    return np.asarray(np.array(numbers)[axes])


def test_the_explorer_shows_what_mathnet_and_numpy_compute(open_figure):
    page = open_figure("product-explorer")
    data = page.evaluate("document.querySelector('product-explorer').data")
    random = np.random.default_rng(0)
    pairs = [[explorer.SHAPES[k] for k in random.integers(len(explorer.SHAPES), size=2)] for _ in range(6)]
    pairs += [
        [(2, 3), (3, 4)],
        [(1, 3), (1, 3)],
        [(4, 1), (4, 1)],
        [(3,), (2,)],
        [(4,), (4,)],
        [(3, 1), (3,)],
        [(), ()],
    ]
    shown = 0
    for shapes in pairs:
        operands = []
        for name, shape in zip("AB", shapes, strict=True):
            _choose(page, name, shape)
            operands.append(_operand(data[name], shape))
        for name, product in PRODUCTS.items():
            seen = _read(page, f"[value={name}]")
            result, error = _outcome(product, *operands)
            if error:
                assert seen["products"][name] == "✗ no"
                assert seen["status"].removeprefix("ShapeError: ") in error
                assert len(seen["matrices"]) == 2
                continue
            shown += 1
            assert seen["products"][name] == f"✓ {np.shape(result)}"
            for drawn, value in zip(seen["matrices"], [*operands, result], strict=True):
                assert np.array_equal(_numbers(drawn), np.atleast_2d(value))
            terms, total = seen["status"].split(": ")[-1].split(" = ")
            assert _value(terms) == _number(total) == np.ravel(result)[-1]
            assert sum(seen["chosen"][:2]) == len(re.findall(r"\d+", terms))
        for call, (outcome, words) in seen["calls"].items():
            result, error = _outcome(eval, call, {"np": np} | dict(zip("AB", operands, strict=True)))
            if error:
                assert (outcome, words) == ("✗", f"ValueError: {error}")
            else:
                assert outcome[2:] == str(np.shape(result))
                assert (outcome[0] == "⚠") == words.startswith("not the")
    assert shown > 8


def test_the_explorer_names_the_traps(open_figure):
    page = open_figure("product-explorer")
    page.get_by_text("(3,) and (3, 1)").click()
    line = page.locator("dt", has_text="A * B")
    assert line.inner_text() == "A * B ⚠ (3, 3)"
    assert "A is repeated in every row and B is repeated in every column" in line.locator("+ dd").inner_text()
    _choose(page, "B", (3,))
    assert page.locator("dt", has_text="np.dot").inner_text() == "np.dot(A, B) ✓ ()"


def test_the_explorer_by_keyboard(open_figure):
    page = open_figure("product-explorer")
    page.get_by_label("axes").first.focus()
    press = page.keyboard.press
    press("Tab")
    press("ArrowDown")  # A has 3 rows now
    assert page.locator("[data-product=matmul]").inner_text() == "✓ (3, 2)"
    page.locator("[value=matmul]").focus()
    press("Tab")
    assert page.locator(".sum").inner_text() == "i = 1, j = 1: 1·4 + 2·5 + 3·6 = 32"
    press("ArrowDown")
    press("ArrowRight")
    focused = page.locator(":focus")
    assert focused.inner_text() == "4"
    assert focused.evaluate("cell => getComputedStyle(cell).outlineStyle") == "solid"
    assert page.locator(".sum").inner_text() == "i = 2, j = 2: 0·1 + 1·0 + 2·2 = 4"
    press("ArrowRight")
    expect(focused).to_have_text("4")
    press("Tab")
    assert page.locator("[role=grid]:focus-within").count() == 0
    page.locator("[value=matmul]").focus()
    press("ArrowDown")
    assert page.locator("[value=dot]").is_checked()
    assert "as many columns" not in page.locator(".entry").inner_text()


def _same_digits(shown: list[list[str]], values: np.ndarray) -> bool:
    """Whether numbers shown with four digits are those values."""
    return np.allclose(_numbers(shown), values, rtol=5.01e-4, atol=1e-15)


def _fill(page: Page, inputs: dict[str, np.ndarray]) -> None:
    for name, M in inputs.items():
        for (i, j), x in np.ndenumerate(M):
            page.get_by_label(f"{name}, row {i + 1}, column {j + 1}").fill(str(x))


def test_the_stepper_computes_what_mathnet_computes(open_figure):
    page = open_figure("backprop-stepper")
    random = np.random.default_rng(0)
    steps = stepper.FORWARD + stepper.BACKWARD
    for state in range(3):
        inputs = {name: random.normal(0, 2, np.shape(M)).round(3) for name, M in stepper.START.items()}
        inputs = inputs if state else stepper.START
        if state:
            _fill(page, inputs)
        expected = stepper.run(inputs)
        values = page.evaluate("document.querySelector('backprop-stepper').values")
        assert values.keys() == expected.keys()
        for name, value in expected.items():
            assert np.allclose(values[name], value, rtol=1e-12, atol=1e-15), name
        for k, step in enumerate(steps):
            seen = _read(page, f"[data-step='{k}']")
            assert seen["code"] == step.code
            assert seen["title"].endswith(
                f"{['forward', 'backward'][step in stepper.BACKWARD]}: {step.product}"
            )
            for drawn, name in zip(seen["matrices"], (*step.operands, step.result), strict=True):
                assert _same_digits(drawn, expected[name]), name
            terms, total = seen["status"].split(": ")[-1].split(" = ")
            assert _same_digits([[total]], expected[step.result].ravel()[-1])
            size = sum(abs(_value(term)) for term in re.split(r" [+−] ", terms))
            assert abs(_value(terms) - _number(total)) <= 2e-3 * size + 1e-15
            assert sum(seen["chosen"][:-1]) == len(re.findall(r"[\d.]+(?:e.\d+)?", terms))


def test_what_the_page_says_of_the_stepper(open_figure):
    page = open_figure("backprop-stepper")
    for inputs, zero, other in (
        ({"T": [[0.5]]}, ["D2", "W2_bar", "B2_bar", "D1", "W1_bar", "B1_bar"], []),
        ({"X": [[0, 0]]}, ["W1_bar"], ["B1_bar"]),
        ({"W2": [[0], [0], [0]]}, ["D1", "W1_bar", "B1_bar"], ["D2"]),
    ):
        page.get_by_text("Reset").click()
        _fill(page, {name: np.array(M) for name, M in inputs.items()})
        values = page.evaluate("document.querySelector('backprop-stepper').values")
        assert not any(np.any(values[name]) for name in zero)
        assert all(np.all(values[name]) for name in other)


def test_the_stepper_by_keyboard(open_figure):
    page = open_figure("backprop-stepper")
    title, total = page.locator(".title"), page.locator(".sum")
    press = page.keyboard.press
    press("Tab")
    assert page.locator(":focus").get_attribute("aria-current") == "step"
    for _ in range(12):
        press("ArrowRight")
    press("ArrowRight")  # there is no step after the last
    assert title.inner_text() == "Step 13 of 13, backward: outer product"
    assert page.locator(":focus").get_attribute("data-step") == "12"
    press("Tab")
    press("Enter")
    assert title.inner_text().startswith("Step 12")
    press("Tab")
    press("Space")
    assert title.inner_text().startswith("Step 13")
    press("Tab")
    press("Tab")
    press("ArrowDown")
    press("ArrowRight")
    assert total.inner_text() == "k = 2, l = 2: 2·0.1875 = 0.375"
    press("Tab")
    assert page.locator(":focus").get_attribute("aria-label") == "X, row 1, column 1"
    press("Tab")
    page.keyboard.type("4")
    press("ArrowLeft")  # moves in the field, not to another step
    assert title.inner_text().startswith("Step 13")
    expected = stepper.run(stepper.START | {"X": [[1, 4]]})
    assert _same_digits(
        [page.locator("[role=grid] td:visible").all_inner_texts()], expected["W1_bar"].reshape(1, 6)
    )
    page.keyboard.press("Delete")
    page.keyboard.press("Backspace")
    assert page.locator(":focus").get_attribute("aria-invalid") == "true"
    page.get_by_text("Reset").press("Enter")
    assert title.inner_text() == "Step 1 of 13, forward: matrix product, then a sum"
    assert total.inner_text() == "l = 1: 1·1 + 2·0 + (−1) = 0"


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
            const {pixels, values, bits} = document.querySelector("draw-a-digit");
            const target = Number(document.querySelector("[name=target]").value);
            const Y = [...document.querySelectorAll(".Y td")].map(cell => cell.innerText);
            return {pixels, values, bits, target, Y, status: document.querySelector("[role=status]").innerText};
        }"""
    )


def _check_reading(page: Page, net) -> dict:
    """Compare all that is shown with what the library computes; return the state."""
    state = _state(page)
    X, T = np.array([state["pixels"]]), np.eye(10)[[state["target"]]]
    expected = digit.reading(net, X, T)
    for name, value in expected.items():
        assert np.allclose(state["values"][name], value, rtol=1e-10, atol=1e-14), name
    assert state["Y"] == [f"{k}: {y:.2f}" for k, y in enumerate(expected["Y"][0])]
    reads, output, J = re.match(
        r"The network reads (\d), with the output (\S+)\. J = (\S+)\.", state["status"]
    ).groups()
    assert int(reads) == net.predict(X)[0]
    assert _same_digits([[output, J]], np.array([[expected["Y"].max(), expected["J"]]]))
    return state


def test_the_digit_is_read_as_by_the_library(open_figure):
    page = open_figure("draw-a-digit")
    net = digit.in_bytes(digit.digits_network()[0])[1]
    network = page.evaluate("document.querySelector('draw-a-digit').network")
    for name, M in zip(
        ("W1", "B1", "W2", "B2"), (net.weights[0], net.biases[0], net.weights[1], net.biases[1]), strict=True
    ):
        assert np.array_equal(network[name], M)
    _, X_test, T_test = digit.digits_network()
    for k in range(10):
        page.get_by_label("A digit of the test part").select_option(str(k))
        page.get_by_label("Target").select_option(str((k + 3) % 10))
        state = _check_reading(page, net)
        assert np.array_equal(state["pixels"], X_test[T_test[:, k].argmax()])
    cell = page.locator(".X_bar td").nth(19)
    cell.hover()
    value = state["values"]["X_bar"][0][19]
    status = page.locator("[role=status]").inner_text()
    direction = "lowers" if value < 0 else "raises"
    assert f"A little more ink in row 3, column 4 {direction} J: the gradient is" in status
    assert _same_digits([[status.split()[-1].removesuffix(".")]], np.array([[value]]))


def test_a_drawing_is_made_into_a_picture_as_the_data_were(open_figure):
    page = open_figure("draw-a-digit")
    net = digit.in_bytes(digit.digits_network()[0])[1]
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
    page.get_by_text("Clear").click()
    assert not any(_check_reading(page, net)["pixels"])


def test_the_digit_by_keyboard(open_figure):
    page = open_figure("draw-a-digit")
    net = digit.in_bytes(digit.digits_network()[0])[1]
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
    for name in ("X_bar", "Y", "H"):
        press("Tab")
        assert page.locator(f".{name} td:focus").count() == 1
