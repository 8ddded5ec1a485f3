"""The product explorer shows what the library and NumPy compute, by mouse and keyboard."""

import re
from collections.abc import Callable

import numpy as np
from playwright.sync_api import Page, expect

from book.hands_on.explorer.figure import CALLS, SHAPES
from book.hands_on.shown import computed, number, numbers, read
from mathnet import dot, hadamard, matmul, outer

PRODUCTS = {"matmul": matmul, "dot": dot, "hadamard": hadamard, "outer": outer}


def _outcome(function: Callable, *operands: object) -> tuple[object, str | None]:
    """Return the result, or None and the error's message."""
    try:
        return function(*operands), None
    except ValueError as error:
        return None, str(error).strip()


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
    pairs = [[SHAPES[k] for k in random.integers(len(SHAPES), size=2)] for _ in range(6)]
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
            seen = read(page, f"[value={name}]")
            result, error = _outcome(product, *operands)
            if error:
                assert seen["products"][name] == "✗ no"
                assert seen["status"].removeprefix("ShapeError: ") in error
                assert len(seen["matrices"]) == 2
                continue
            shown += 1
            assert seen["products"][name] == f"✓ {np.shape(result)}"
            for drawn, value in zip(seen["matrices"], [*operands, result], strict=True):
                assert np.array_equal(numbers(drawn), np.atleast_2d(value))
            terms, total = seen["status"].split(": ")[-1].split(" = ")
            assert computed(terms) == number(total) == np.ravel(result)[-1]
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


BOTH = """
async (states) => {
  const [{operand, outcomes}, {compute, sum}, {format}] = await Promise.all(
    ["explorer", "products", "numbers"].map((name) => import(`../assets/${name}.js`)));
  const {data} = document.querySelector("product-explorer");
  return states.map(({numbers, shapes}) => {
    const operands = numbers.map((M, k) => operand(M, shapes[k]));
    const found = outcomes(data, ...shapes);
    const made = data.products.map(({name}, k) => found[k].kind === "yes" ? compute(name, ...operands) : null);
    const sums = data.products.map(({name}, k) => made[k] && sum(name, made[k].length - 1, made[k][0].length - 1, ...operands));
    return {found, made, sums, last: made.map((M) => M && format(M.at(-1).at(-1)))};
  });
}
"""


def _states(count: int) -> list[dict]:
    """Return pairs of shapes with 4 × 4 numbers: integers, fractions of 4, mostly zeros, or any."""
    random = np.random.default_rng(1)
    kinds = (
        lambda: random.integers(-99, 100, (4, 4)),
        lambda: random.integers(-399, 400, (4, 4)) / 4,
        lambda: random.integers(-9, 10, (4, 4)) * (random.random((4, 4)) < 0.3),
        lambda: random.normal(0, 10.0 ** random.integers(-3, 4), (4, 4)),
    )
    return [
        {
            "numbers": [kinds[k % 4]().tolist() for _ in "AB"],
            "shapes": [SHAPES[place] for place in random.integers(len(SHAPES), size=2)],
        }
        for k in range(count)
    ]


def test_both_halves_multiply_alike_and_refuse_alike(open_figure):
    states, made, refused = _states(1200), 0, 0
    for state, seen in zip(states, open_figure("product-explorer").evaluate(BOTH, states), strict=True):
        A, B = map(_operand, state["numbers"], state["shapes"])
        for k, product in enumerate(PRODUCTS.values()):
            result, error = _outcome(product, A, B)
            found = seen["found"][k]
            if error:
                refused += 1
                assert found["kind"] == "no"
                assert error.startswith(found["words"].removeprefix("ShapeError: "))
                assert found["words"].startswith("ShapeError: ")
                continue
            made += 1
            assert (found["kind"], found["shape"]) == ("yes", str(np.shape(result)))
            size = product(abs(A), abs(B))
            assert np.all(np.abs(np.reshape(seen["made"][k], np.shape(result)) - result) <= 1e-12 * size)
            terms, total = seen["sums"][k].split(" = ")
            assert total == seen["last"][k]
            assert abs(computed(terms) - np.ravel(result)[-1]) <= 2e-3 * np.ravel(size)[-1]
        for call, found in zip(CALLS, seen["found"][len(PRODUCTS) :], strict=True):
            result, error = _outcome(eval, call, {"np": np, "A": A, "B": B})
            if error:
                assert (found["kind"], found["words"]) == ("no", f"ValueError: {error}")
            else:
                assert found["shape"] == str(np.shape(result))
    assert made > 400
    assert refused > 400
