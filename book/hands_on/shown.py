"""What a hands-on figure shows, read from the page for the tests."""

from typing import Any

import numpy as np
from playwright.sync_api import Page


def number(text: str) -> float:
    """Return the number that is written."""
    return float(text.replace("−", "-"))


def numbers(matrix: list[list[str]]) -> np.ndarray:
    """Return the numbers that stand in a matrix."""
    return np.array([[number(text) for text in row] for row in matrix])


def same_digits(shown: list[list[str]], values: np.ndarray) -> bool:
    """Whether numbers shown with four digits are those values."""
    return np.allclose(numbers(shown), values, rtol=5.01e-4, atol=1e-15)


def computed(words: str) -> float:
    """Compute a written sum, such as "½·(−0.5)·2 + σ(0)"."""
    code = words.replace("−", "-").replace("·", "*").replace("½", "0.5")
    code = code.replace("σ′", "sigmoid_prime").replace("σ", "sigmoid")
    return float(eval(code, {"sigmoid": lambda z: 1 / (1 + np.exp(-z))}))


def read(page: Page, control: str) -> dict[str, Any]:
    """Press a control, focus the last entry of the result, and return all that the figure shows: in one go, to be fast."""
    shown: dict[str, Any] = page.evaluate(
        """(control) => {
            document.querySelector(control).click();
            const text = (element) => (element.querySelector("input")?.value ?? element.innerText).trim();
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
    return shown


def height_of(page: Page, name: str) -> float:
    """Return how high the first element of a name is."""
    return float(page.evaluate("name => document.querySelector(name).getBoundingClientRect().height", name))
