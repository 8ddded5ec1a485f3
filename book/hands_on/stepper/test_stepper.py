"""The stepper computes what the library computes, takes every number that is one, and never moves what is below it."""

import re
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from book.hands_on import written
from book.hands_on.shown import computed, height_of, number, read, same_digits
from book.hands_on.stepper import figure
from book.testing import SPACING


def _fill(page: Page, inputs: dict[str, np.ndarray]) -> None:
    for name, M in inputs.items():
        for (i, j), x in np.ndenumerate(M):
            page.get_by_label(f"{name}, row {i + 1}, column {j + 1}").fill(str(x))


def test_the_stepper_computes_what_mathnet_computes(open_figure):
    page = open_figure("backprop-stepper")
    random = np.random.default_rng(0)
    steps = [(title, step) for title, steps in figure.PASSES.items() for step in steps]
    for state in range(3):
        inputs = {name: random.normal(0, 2, np.shape(M)).round(3) for name, M in figure.START.items()}
        inputs = inputs if state else figure.START
        if state:
            _fill(page, inputs)
        expected = figure.run(inputs)
        values = page.evaluate("document.querySelector('backprop-stepper').values")
        assert values.keys() == expected.keys()
        for name, value in expected.items():
            assert np.allclose(values[name], value, rtol=1e-12, atol=1e-15), name
        for k, (title, step) in enumerate(steps):
            seen = read(page, f"[data-step='{k}']")
            assert seen["code"] == step.code
            assert seen["title"] == f"Step {k + 1} of {len(steps)}, {title}: {step.product}"
            for drawn, name in zip(seen["matrices"], (*step.operands, step.result), strict=True):
                assert same_digits(drawn, expected[name]), name
            terms, total, *exact = seen["status"].split(": ")[-1].split(" = ")
            assert same_digits([[total]], expected[step.result].ravel()[-1])
            assert exact == _fraction(expected[step.result].ravel()[-1])
            size = sum(abs(computed(term)) for term in re.split(r" [+−] ", terms))
            assert abs(computed(terms) - number(total)) <= 2e-3 * size + 1e-15
            assert sum(seen["chosen"][:-1]) == len(re.findall(r"[\d.]+(?:e.\d+)?", terms))


def _fraction(x: float) -> list[str]:
    """Return what is written of a number beside its digits: the fraction that it is, if it is one of 1024ths."""
    fraction = Fraction(float(x)).limit_denominator(1024)
    exact = abs(fraction - Fraction(float(x))) < Fraction(1, 10**12) and 1024 % fraction.denominator == 0
    return [str(fraction).replace("-", "−")] if exact and fraction.denominator > 1 else []


FRACTION = (
    "async (xs) => { const {fraction} = await import('../assets/stepper.js'); return xs.map(fraction); }"
)


def test_a_number_that_is_a_fraction_is_written_as_one(open_figure):
    xs = [k / 2**p for p in range(12) for k in (-75, -1, 0, 1, 3, 9, 64, 255)] + [
        1 / 3,
        0.1,
        1e-9,
        -0.75 + 1e-16,
    ]
    seen = open_figure("backprop-stepper").evaluate(FRACTION, xs)
    assert seen == ["".join(_fraction(x)) for x in xs]
    assert "−75/256" in seen


def test_what_the_page_says_of_the_stepper(open_figure):
    page = open_figure("backprop-stepper")
    for inputs, zero, other in (
        ({"T": [[0.5, 0.75]]}, ["D2", "dW2", "dB2", "D1", "dW1", "dB1"], []),
        ({"X": [[0, 0]]}, ["dW1"], ["dB1"]),
        ({"W2": [[0, 0], [0, 0], [0, 0]]}, ["D1", "dW1", "dB1"], ["D2"]),
    ):
        page.get_by_text("Reset").click()
        _fill(page, {name: np.array(M) for name, M in inputs.items()})
        values = page.evaluate("document.querySelector('backprop-stepper').values")
        assert not any(np.any(np.abs(values[name]) > 1e-15) for name in zero)
        assert all(np.all(values[name]) for name in other)
    page.get_by_role("button", name="Update all").click()
    values = page.evaluate("document.querySelector('backprop-stepper').values")
    assert values["W1"] == figure.START["W1"]
    assert np.all(values["dW1"])  # the second update moves the first layer, too


def test_the_stepper_by_keyboard(open_figure):
    page = open_figure("backprop-stepper")
    title, total = page.locator(".title"), page.locator(".sum")
    press, focused = page.keyboard.press, page.locator(":focus")
    press("Tab")
    assert focused.get_attribute("name") == "back"
    press("Enter")
    assert title.inner_text().startswith("Step 1 ")
    assert focused.get_attribute("aria-disabled") == "true"
    press("Tab")
    for _ in range(11):
        press("ArrowRight")
    press("Space")
    assert title.inner_text() == "Step 13 of 17, backward: outer product"
    for _ in range(4):
        press("Tab")
    press("ArrowDown")
    press("ArrowRight")
    assert total.inner_text() == "k = 2, l = 2: 2·0.293 = 0.5859 = 75/128"
    press("Tab")
    assert focused.get_attribute("aria-current") == "step"
    press("ArrowRight")
    press("ArrowLeft")
    assert focused.get_attribute("data-step") == "12"
    press("Tab")
    assert focused.get_attribute("aria-label") == "X, row 1, column 1"
    press("Tab")
    page.keyboard.type("4")
    press("ArrowLeft")  # moves in the field, not to another step
    assert title.inner_text().startswith("Step 13")
    expected = figure.run(figure.START | {"X": [[1, 4]]})
    assert same_digits(
        [page.locator("[role=grid] td:visible").all_inner_texts()], expected["dW1"].reshape(1, 6)
    )
    press("Delete")
    press("Backspace")
    assert focused.get_attribute("aria-invalid") == "true"
    page.get_by_text("Reset").press("Enter")
    assert title.inner_text() == "Step 1 of 17, forward: matrix product, then a sum"
    assert total.inner_text() == "l = 1: 1·1 + 2·0 + (−1) = 0"


PARAMETERS = ("W1", "B1", "W2", "B2")


def _updates(inputs: dict[str, list], count: int) -> list[dict[str, np.ndarray]]:
    """Return all values before and after each of so many updates."""
    runs = [figure.run(inputs)]
    for _ in range(count):
        inputs = inputs | {name: runs[-1][f"{name}_new"].tolist() for name in PARAMETERS}
        runs.append(figure.run(inputs))
    return runs


def test_an_update_makes_the_loss_fall_as_much_as_in_python(open_figure):
    page = open_figure("backprop-stepper")
    history = page.locator(".history")
    expect(history).to_have_text("J = 0.4063. “Update all” takes a step against the gradient.")
    losses = [float(values["J"].item()) for values in _updates(figure.START, 6)]
    assert losses == sorted(losses, reverse=True)
    for before, now in pairwise(losses):
        page.get_by_role("button", name="Update all").click()
        expect(history).to_have_text(
            f"J = {written(now)}. It fell; before the update it was {written(before)}."
        )
    assert page.evaluate("document.querySelector('backprop-stepper').history") == pytest.approx(losses)
    curve = page.locator(".curve").get_attribute("d")
    heights = [float(place.split(" ")[1]) for place in curve[1:].split("L")]
    assert heights == sorted(heights)  # y grows downwards
    assert len(heights) == 7
    page.get_by_label("T, row 1, column 2").fill("1/2")
    expect(history).to_contain_text("“Update all” takes a step")
    page.get_by_role("button", name="Reset").click()
    expect(history).to_contain_text("J = 0.4063")
    page.get_by_label("rate, row 1, column 1").fill("-1")
    page.get_by_role("button", name="Update all").click()
    expect(history).to_contain_text(
        "It rose: too long a step, or the wrong way; before the update it was 0.4063"
    )


def test_at_the_target_every_gradient_is_0_and_not_what_rounding_leaves(open_figure):
    page = open_figure("backprop-stepper")
    _fill(page, {"T": [["1/2", "3/4"]]})
    values = page.evaluate("document.querySelector('backprop-stepper').values")
    for name in ("E", "J", "D2", "dW2", "dH", "D1", "dW1"):
        assert not np.any(values[name]), name


def test_next_on_the_last_step_takes_the_new_parameters(open_figure):
    page = open_figure("backprop-stepper")
    following = page.locator("[name=next]")
    page.get_by_role("button", name="B1_new").click()
    expect(following).to_have_text("Next ↻")
    following.click()
    expect(page.locator(".title")).to_contain_text("Step 1 of 17")
    expect(following).to_have_text("Next →")
    expected = _updates(figure.START, 1)[1]
    values = page.evaluate("document.querySelector('backprop-stepper').values")
    for name, value in expected.items():
        assert np.allclose(values[name], value, rtol=1e-12, atol=1e-15), name
    assert page.get_by_label("B2, row 1, column 1").input_value() == written(expected["B2"][0, 0])


def test_it_plays_by_itself_until_it_is_stopped(open_figure):
    page = open_figure("backprop-stepper")
    page.clock.install()
    title = page.locator(".title")
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(3 * 1800 + 100)
    expect(title).to_contain_text("Step 4 of 17")
    page.clock.run_for(16 * 1800)
    expect(title).to_contain_text("Step 3 of 17")
    assert len(page.evaluate("document.querySelector('backprop-stepper').history")) == 2
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(5 * 1800)
    expect(title).to_contain_text("Step 3 of 17")
    expect(page.locator("[name=play]")).to_have_text("Play")


def test_the_graph_lights_what_meets_in_an_entry(open_figure):
    page = open_figure("backprop-stepper")
    lit = "[...document.querySelectorAll('.graph .lit')].map(part => part.dataset.place).sort()"
    for step, entry, expected in (
        ("Z1 = affine(X, W1, B1)", 2, "H-2 X-0 X-1 XH-0-2 XH-1-2"),
        ("J = 0.5 * dot(E, E)", 0, "J-0 Y-0 Y-1 YJ-0-0 YJ-1-0"),
        ("D2 = hadamard(E, sigmoid_prime(Z2))", 1, "Y-1"),
        ("dH = matmul(D2, W2.T)", 1, "H-1 HY-1-0 HY-1-1 Y-0 Y-1"),
        ("dW2 = outer(H, D2)", 5, "H-2 HY-2-1 Y-1"),
        ("dW1 = outer(X, D1)", 3, "H-0 X-1 XH-1-0"),
        ("W1_new = W1 - rate * dW1", 4, "XH-1-1"),
    ):
        page.get_by_role("button", name=step, exact=True).click()
        page.locator("[role=grid] td:visible").nth(entry).hover()
        assert page.evaluate(lit) == expected.split()
    assert page.locator(".graph [data-place=H-1] text").text_content() == "0.75"


def test_on_a_phone_the_buttons_and_the_result_are_on_one_screen(open_figure):
    page = open_figure("backprop-stepper", width=390)
    top = page.locator(".moves").bounding_box()
    result = page.locator(".fall").bounding_box()
    assert result["y"] + result["height"] - top["y"] < 760


TAKEN = "Each is a number from −100 to 100, such as 3, −0.25 or 1/2."


@pytest.mark.parametrize(
    ("typed", "quoted"),
    [(typed, typed) for typed in ("", "1e300", "-100.5", "100.001", "1/", "1/0", "1,5", "1 000", "two", "½")]
    + [("1" * 60, "1" * 19 + "…"), ("W" * 60, "W" * 19 + "…")],
)
def test_a_number_that_the_stepper_does_not_take(open_figure, typed, quoted):
    page = open_figure("backprop-stepper")
    bias = page.get_by_label("B1, row 1, column 2")
    message = page.locator(".taken")
    expect(message).to_have_text(TAKEN)
    before, height = page.locator(".shown.equation").inner_text(), height_of(page, "backprop-stepper")
    bias.fill(typed)
    refusal = (
        f"B1, row 1, column 2: “{quoted}” is not a number from −100 to 100, such as 3, −0.25 or 1/2. "
        "The figure still shows −0.9014."
    )
    expect(message).to_have_text(refusal)
    assert message.get_attribute("role") == "status"
    expect(bias).to_have_attribute("aria-invalid", "true")
    assert page.locator(".shown.equation").inner_text() == before
    page.get_by_label("X, row 1, column 1").fill("-100")
    expect(message).to_have_text(refusal)
    assert "−100" in page.locator(".shown.equation").inner_text()
    assert height_of(page, "backprop-stepper") == height
    bias.fill("0.5")
    expect(message).to_have_text(TAKEN)
    bias.fill(typed)
    expect(message).to_have_text(refusal.replace("−0.9014", "0.5"))
    page.get_by_role("button", name="Reset").click()
    expect(message).to_have_text(TAKEN)


def test_a_fraction_is_taken_by_keyboard_as_it_is_typed(open_figure):
    page = open_figure("backprop-stepper")
    shown = "document.querySelector('backprop-stepper').values"
    page.get_by_label("T, row 1, column 1").focus()
    for typed, value in (
        ("1/2", 0.5),
        ("−3/4", -0.75),
        ("-3/4", -0.75),
        (" 1 / 3 ", 1 / 3),
        ("−0.25", -0.25),
        ("12", 12),
    ):
        page.keyboard.press("Control+a")
        page.keyboard.type(typed)
        assert page.locator(":focus").input_value() == typed
        assert page.evaluate(shown)["T"] == [[value, 0]]
        expect(page.locator(".taken")).to_have_text(TAKEN)
    page.keyboard.press("Control+a")
    page.keyboard.type("1/2")
    page.get_by_role("button", name="E = Y - T").click()
    expect(page.locator(".sum")).to_have_text("l = 1: 0.5 − 0.5 = 0")


def test_the_largest_numbers_give_numbers(open_figure):
    page = open_figure("backprop-stepper")
    for field in page.locator(".inputs input").all():
        field.fill("100")
    values = page.evaluate("Object.values(document.querySelector('backprop-stepper').values).flat(2)")
    assert all(isinstance(x, int | float) and abs(x) < 1e5 for x in values)


@pytest.mark.parametrize("style", ["/* as it is */", SPACING])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_step_moves_what_is_below(open_figure, width, style):
    page = open_figure("backprop-stepper", width=width)
    page.add_style_tag(content=style)
    heights = {height_of(page, "backprop-stepper")}
    for _ in range(16):
        page.get_by_role("button", name="Next").click()
        for entry in page.locator(".shown [role=grid] td").all():
            entry.focus()
            heights.add(height_of(page, "backprop-stepper"))
    assert page.locator(".title").inner_text().startswith("Step 17 of 17")
    assert len(heights) == 1


@pytest.mark.parametrize("width", [320, 390])
def test_no_number_is_cut_where_letters_stand_apart(open_figure, width):
    page = open_figure("backprop-stepper", width=width)
    page.add_style_tag(content=SPACING)
    fields = page.locator(".inputs input").evaluate_all(
        "fields => fields.map(({value, scrollWidth, clientWidth}) => [value, scrollWidth, clientWidth])"
    )
    assert "−0.9014" in {value for value, _, _ in fields}
    assert not [field for field in fields if field[1] > field[2]]
    assert page.evaluate("document.documentElement.scrollWidth") == width


BOTH = """
async (states) => {
  const {run} = await import("../assets/stepper.js");
  const {data} = document.querySelector("backprop-stepper");
  return states.map((inputs) => run(data, inputs));
}
"""


def _states(count: int) -> list[dict[str, list]]:
    """Return inputs of the network: ordinary, with many zeros, fractions of 8, and so large that f saturates."""
    random = np.random.default_rng(1)
    kinds = (
        lambda size: random.normal(0, 2, size),
        lambda size: random.normal(0, 1, size) * (random.random(size) < 0.4),
        lambda size: random.integers(-40, 41, size) / 8,
        lambda size: random.uniform(-100, 100, size),
    )
    return [
        {name: kinds[k % 4](np.shape(M)).tolist() for name, M in figure.START.items()} for k in range(count)
    ]


def test_both_halves_step_alike(open_figure):
    states = [figure.START, *_states(400)]
    runs = open_figure("backprop-stepper").evaluate(BOTH, states)
    for inputs, seen in zip(states, runs, strict=True):
        expected = figure.run(inputs)
        assert seen.keys() == expected.keys()
        scale = 1 + max(np.max(np.abs(inputs[name])) for name in ("X", "W1", "W2", "T")) ** 2
        longer = 1 + np.abs(inputs["rate"]).max()
        for name, value in expected.items():
            near = 1e-15 * scale * (longer if name.endswith("_new") else 1)
            assert np.shape(seen[name]) == value.shape
            assert np.allclose(seen[name], value, rtol=1e-12, atol=near), name
            assert np.array_equal(np.equal(seen[name], 0), value == 0), name
