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


def _choose(page: Page, name: str, shape: tuple[int, ...], transposed: bool = False) -> None:
    operand = page.locator(f"[data-operand={name}]")
    operand.get_by_role("checkbox").set_checked(transposed)
    operand.get_by_label("axes").select_option(str(len(shape)))
    for role, size in zip(("rows", "columns") if len(shape) == 2 else ("entries",), shape, strict=False):
        operand.get_by_label(role).select_option(label=str(size))


def _operand(numbers: list[list[int]], shape: tuple[int, ...], transposed: bool = False) -> np.ndarray:
    axes = (0,) * (2 - len(shape)) + tuple(slice(size) for size in shape)
    values = np.asarray(np.array(numbers)[axes])
    return values.T if transposed else values


def _call(spelled: str, A: np.ndarray, B: np.ndarray, codes: tuple[str, ...]) -> tuple[object, str | None]:
    """Run a call as it stands on the page; where a page says A.T, it means that of the matrix that was chosen."""
    names = dict(
        zip(
            "AB",
            (M.T if code.endswith(".T") else M for M, code in zip((A, B), codes, strict=True)),
            strict=True,
        )
    )
    return _outcome(eval, spelled, {"np": np} | names)


def test_the_explorer_shows_what_mathnet_and_numpy_compute(open_figure):
    page = open_figure("product-explorer")
    data = page.evaluate("document.querySelector('product-explorer').data")
    random = np.random.default_rng(0)
    pairs = [
        ([SHAPES[k] for k in random.integers(len(SHAPES), size=2)], random.random(2) < 0.5) for _ in range(6)
    ]
    pairs += [
        ([(2, 3), (3, 4)], (False, False)),
        ([(3, 2), (4, 3)], (True, True)),
        ([(1, 3), (1, 2)], (True, False)),
        ([(1, 3), (1, 3)], (False, False)),
        ([(4, 1), (1, 4)], (False, True)),
        ([(3,), (2,)], (True, False)),
        ([(4,), (4,)], (False, False)),
        ([(3, 1), (3,)], (False, True)),
        ([(), ()], (False, True)),
    ]
    shown = 0
    for shapes, transposed in pairs:
        operands = []
        for name, shape, turn in zip("AB", shapes, transposed, strict=True):
            _choose(page, name, shape, bool(turn))
            operands.append(_operand(data[name], shape, bool(turn)))
        codes = tuple(name + ".T" * bool(turn) for name, turn in zip("AB", transposed, strict=True))
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
            assert all(code in call for code in codes)
            result, error = _call(call, *operands, codes)
            if error:
                assert (outcome, words) == ("✗", f"ValueError: {error}")
            else:
                assert outcome[2:] == str(np.shape(result))
                assert outcome[0] in "✓⚠"
    assert shown > 8


def _said(page: Page, call: str) -> tuple[str, str]:
    line = page.locator("dt").filter(has=page.get_by_text(call, exact=True))
    return line.locator("span").inner_text(), line.locator("+ dd").inner_text()


def test_the_explorer_names_the_traps(open_figure):
    page = open_figure("product-explorer")
    page.get_by_text("(3,) and (3, 1)").click()
    outcome, words = _said(page, "A * B")
    assert outcome == "⚠ (3, 3)"
    assert "A is repeated in every row and B is repeated in every column" in words
    _choose(page, "B", (3, 2))
    assert _said(page, "A @ B") == (
        "✓ (2,)",
        "a matrix product: A counts as a row, and the result has one axis",
    )
    assert _said(page, "np.dot(A, B)")[0] == "⚠ (2,)"
    _choose(page, "B", (3,))
    assert _said(page, "np.dot(A, B)") == ("✓ ()", "the dot product")
    page.get_by_text("() and (2, 3)").click()
    assert _said(page, "A * B") == ("✓ (2, 3)", "scaling: the number A times every entry of B")
    page.get_by_text("(1, 3) and (1, 3)").click()
    assert _said(page, "np.sum(A * B)") == ("✓ ()", "the dot product")
    assert _said(page, "np.inner(A, B)")[0] == "⚠ (1, 1)"
    assert _said(page, 'np.einsum("ik,kj->ij", A, B)') == (
        "⚠ (1, 3)",
        "the one row of B is repeated until it fits",
    )


def test_a_transpose_makes_the_gradient_of_the_weights_fit(open_figure):
    page = open_figure("product-explorer")
    page.get_by_text("(1, 3).T and (1, 2)").click()
    assert page.locator("[data-product=matmul]").inner_text() == "✓ (3, 2)"
    assert page.locator("[data-operand=A]").get_by_role("checkbox").is_checked()
    assert page.locator(".entry code").inner_text() == "A.T @ B"
    indices = "document.querySelector('.entry math').textContent"
    assert "Aki" in page.evaluate(indices).translate({0x1D434: "A", 0x1D458: "k", 0x1D456: "i"})
    page.locator("[data-operand=A]").get_by_role("checkbox").uncheck()
    assert page.locator("[data-product=matmul]").inner_text() == "✗ no"
    assert "as many columns on the left as rows on the right" in page.locator(".entry").inner_text()
    assert "axis k is 3 in A but 1 in B" in page.locator(".sum").inner_text()


def test_own_numbers_in_the_explorer(open_figure):
    page = open_figure("product-explorer")
    page.get_by_text("(1, 3).T and (1, 2)").click()
    total = page.locator(".sum")
    page.get_by_label("A.T, row 2, column 1").fill("-1/8")
    page.locator("[role=grid] td").nth(2).click()
    assert total.inner_text() == "i = 2, j = 1: −0.125·4 = −0.5"
    page.get_by_label("B, row 1, column 1").fill("1000")
    assert total.inner_text() == (
        "B, row 1, column 1: “1000” is not a number from −100 to 100, such as 3, −0.25 or 1/2. The figure still shows 4."
    )
    page.get_by_label("B, row 1, column 1").fill("16")
    assert total.inner_text() == "i = 2, j = 1: −0.125·16 = −2"
    page.locator("[data-operand=A]").get_by_role("checkbox").uncheck()
    assert page.get_by_label("A, row 1, column 2").input_value() == "−0.125"
    page.get_by_text("(2, 3) and (3, 2)").click()
    assert page.get_by_label("A, row 1, column 2").input_value() == "2"


def test_controls_and_result_are_on_one_screen_of_a_phone(open_figure):
    page = open_figure("product-explorer", width=390)
    for button in page.locator(".examples button").all():
        button.click()
        height = page.evaluate(
            "document.querySelector('.sum').getBoundingClientRect().bottom - document.querySelector('.operands').getBoundingClientRect().top"
        )
        assert height < 640, button.inner_text()


def test_the_explorer_by_keyboard(open_figure):
    page = open_figure("product-explorer")
    page.get_by_label("axes").first.focus()
    press = page.keyboard.press
    press("Tab")
    press("ArrowDown")  # A has 3 rows now
    assert page.locator("[data-product=matmul]").inner_text() == "✓ (3, 2)"
    page.get_by_label("B, row 3, column 2").focus()
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
    page.locator("[name=transpose]").first.focus()
    press("Space")
    assert page.locator("[data-product=matmul]").inner_text() == "✓ (3, 2)"
    page.locator("[value=matmul]").focus()
    press("ArrowDown")
    assert page.locator("[value=dot]").is_checked()
    assert "as many columns" not in page.locator(".entry").inner_text()


BOTH = """
async (states) => {
  const [{operand, outcomes, turned}, {compute, sum}, {format}] = await Promise.all(
    ["explorer", "products", "numbers"].map((name) => import(`../assets/${name}.js`)));
  const {data} = document.querySelector("product-explorer");
  return states.map(({numbers, shapes, transposed}) => {
    const operands = numbers.map((M, k) => operand(M, shapes[k], transposed[k]));
    const found = outcomes(data, ...shapes.map((shape, k) => turned(shape, transposed[k])));
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
            "transposed": (random.random(2) < 0.4).tolist(),
        }
        for k in range(count)
    ]


def test_both_halves_multiply_alike_and_refuse_alike(open_figure):
    states, made, refused = _states(1200), 0, 0
    for state, seen in zip(states, open_figure("product-explorer").evaluate(BOTH, states), strict=True):
        A, B = map(_operand, state["numbers"], state["shapes"], state["transposed"])
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
