"""The gates: both halves compute alike, the derivatives are right in both directions, and one goes through by mouse, finger, keyboard and list."""

import random

import numpy as np
import pytest
from playwright.sync_api import expect

from book.hands_on.gates import figure
from mathnet import central_difference_jacobians

BOTH = """async (states) => {
    const { cotangents, forward, tangents } = await import(new URL("../assets/gates.js", location.href));
    const gates = JSON.parse(document.querySelector("gate-graph script").textContent).gates;
    return states.map(([inputs, start]) => {
        const values = forward(gates, inputs);
        return [values, ...[cotangents(gates, values), tangents(gates, values, start)].map(({ flow, shares }) =>
            [flow, Object.fromEntries(shares.map(({ name, gate, share }) => [`${name} ${gate}`, share]))])];
    });
}"""


def _states(count):
    chance = random.Random(0)
    yield figure.INPUTS, "w"
    for _ in range(count):
        yield {name: chance.uniform(-5, 5) for name in figure.INPUTS}, chance.choice([*figure.INPUTS])


def test_both_halves_compute_alike(open_figure):
    states = list(_states(300))
    for (inputs, start), (values, *sweeps) in zip(
        states, open_figure("gate-graph").evaluate(BOTH, states), strict=True
    ):
        expected = figure.forward(inputs)
        assert values == pytest.approx(expected, rel=1e-13)
        both = figure.cotangents(expected), figure.tangents(expected, start)
        for (flow, shares), (there, along) in zip(both, sweeps, strict=True):
            assert there == pytest.approx(flow, rel=1e-12, abs=1e-13)
            named = {" ".join(edge): share for edge, share in shares.items()}
            assert along == pytest.approx(named, rel=1e-12, abs=1e-13)


def test_both_directions_give_the_slope_of_J():
    away_from_the_kink = [inputs for inputs, _ in _states(60) if abs(figure.forward(inputs)["z"]) > 0.1]
    assert len(away_from_the_kink) > 40
    for inputs in away_from_the_kink:
        values = figure.forward(inputs)
        bars, _ = figure.cotangents(values)
        for start in figure.INPUTS:

            def J(x, start=start, inputs=inputs):
                return figure.forward(inputs | {start: float(x)})["J"]

            (slope,) = central_difference_jacobians(J, np.array(inputs[start]))
            assert np.isclose(bars[start], slope, rtol=1e-6, atol=1e-6)
            assert np.isclose(figure.tangents(values, start)[0]["J"], bars[start], rtol=1e-12)


def test_the_slopes_are_written_as_they_are_computed(open_figure):
    """What is written beside a gate, such as 2e, has the value that the script multiplies with."""
    for inputs, _ in _states(20):
        values = figure.forward(inputs)
        for gate in figure.GATES:
            for name, said in zip(gate.inputs, gate.slopes, strict=True):
                code = said.replace("−", "-").replace("2e", "2*e").replace("2w", "2*w")
                code = code.replace("1 if z > 0, else 0", "1 if z > 0 else 0")
                assert np.isclose(eval(code, {}, values), figure.slopes(values)[name, gate.name])
            formula = gate.formula.replace("−", "-").replace("·", "*").replace("²", "**2")
            assert np.isclose(eval(formula, {}, values), values[gate.name])


def _shown(page):
    return dict(
        page.locator("[data-node]").evaluate_all(
            "nodes => nodes.map(node => [node.dataset.node, node.querySelector('.flow').textContent])"
        )
    )


def test_backward_by_mouse_keyboard_and_list(open_figure):
    page = open_figure("gate-graph")
    said, count = page.locator(".said"), page.locator(".count")
    expect(said).to_have_text("J = s + p = 8. Here we begin: ∂J/∂J = 1.")
    assert {name for name, text in _shown(page).items() if text} == {"J"}
    page.get_by_role("button", name="Next gate").focus()
    for _ in range(6):
        page.keyboard.press("Enter")
    expect(said).to_have_text("u = w · x = 6. It gets one share: ∂J/∂u = −4.")
    expect(page.locator(".shares tbody tr")).to_have_text(
        ["w∂u/∂w = x = 33 · (−4) = −12", "x∂u/∂x = w = 22 · (−4) = −8"]
    )
    expect(count).to_have_text("Multiplications so far: 11 of 11, for the derivatives by all 4 inputs.")
    page.locator("[data-node=w] .sign").click()
    expect(said).to_have_text(
        "w = 2. It is used 2 times, so 2 shares arrive, and are added: ∂J/∂w = −12 + 4 = −8."
    )
    expect(page.locator("text.share.seen")).to_have_text(["−12", "4"])
    page.locator("[name=place]").select_option("s")
    expect(said).to_have_text("s = e² = 4. It gets one share: ∂J/∂s = 1.")
    page.get_by_role("button", name="All gates").click()
    bars, _ = figure.cotangents(figure.forward(figure.INPUTS))
    assert _shown(page) == {name: figure.written(bar) for name, bar in bars.items()}
    expect(page.get_by_role("button", name="Next gate")).to_be_disabled()


def test_forward_and_other_inputs(open_figure):
    page = open_figure("gate-graph")
    page.locator("[name=direction]").select_option("x")
    expect(page.locator(".said")).to_have_text("x = 3. It moves with speed 1.")
    page.get_by_role("button", name="All gates").click()
    expect(page.locator(".said")).to_have_text(
        "J = s + p = 8. Along its edges arrive −8 and 0, so ∂J/∂x = −8 + 0 = −8."
    )
    expect(page.locator(".count")).to_have_text(
        "Multiplications so far: 11 of 11, for the derivative by this one input."
    )
    page.locator("input[name=b]").focus()
    page.keyboard.press("Home")  # −5 already; then w, so that z is negative
    page.locator("input[name=w]").focus()
    page.keyboard.press("Home")
    expect(page.locator("[data-node=h] .value")).to_have_text("0")
    expect(page.locator(".said")).to_contain_text("so ∂J/∂x = 0 + 0 = 0.")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_moves_from_gate_to_gate(open_figure, width):
    page = open_figure("gate-graph", width=width)
    heights = set()
    for direction in ("J", "w"):
        page.locator("[name=direction]").select_option(direction)
        for name in [*figure.INPUTS, *(gate.name for gate in figure.GATES)]:
            page.locator("[name=place]").select_option(name)
            heights.add(round(page.locator(".hands-on").bounding_box()["height"]))
    assert len(heights) == 1, heights
    assert page.evaluate("document.documentElement.scrollWidth") == width
