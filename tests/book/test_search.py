"""The search in a real browser: what readers type leads to the right place, and the results are sentences."""

import json
import re

import pytest
from playwright.sync_api import expect

PLACES = {
    "why transpose": {"faq/#why-transpose"},
    "Hadamard": {"products/hadamard/"},
    "X_bar": {"notation/#symbols-and-shapes"},
    "affine_vjp": {"reference/dense/#mathnet.dense.affine_vjp"},
    "outer product": {"products/outer/"},
    "δ": {"notation/#the-kronecker-delta"},
    "sigmoid": {"faq/#sigmoid-of-output"},  # prose comes before the reference
    "np.dot": {"products/dot/"},
    "numerator layout": {"layouts/#numerator-layout"},
    "Hᵀ": {"faq/#why-transpose"},
}
DEBRIS = re.compile(
    r"\\[a-z]+|<|\$|[\u2061-\u2064\U0001d5a0-\U0001d5d3]|steps · exact|While this page was built"
)


@pytest.fixture(scope="module")
def page(browser, base):
    context = browser.new_context()
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(base)
    yield page
    context.close()
    assert not complaints


def find(page, words):
    """Type words, and return the results: addresses within the book and texts."""
    if not page.locator("#search").is_visible():
        page.keyboard.press("Control+k")
    page.locator("#search input").fill("")
    expect(page.locator("#search li")).to_have_count(0)
    page.locator("#search input").fill(words)
    expect(page.locator("#search li")).not_to_have_count(0)
    return page.locator("#search li a").evaluate_all(
        "links => links.map(link => [link.href, link.innerText.trim()])"
    )


@pytest.mark.parametrize("words", PLACES)
def test_what_is_typed_leads_to_the_right_place(page, base, words):
    first = [address.removeprefix(base) for address, _ in find(page, words)[:3]]
    assert PLACES[words] & set(first), first


@pytest.mark.parametrize("words", [*PLACES, "gradient", "chain rule", "softmax", "∂J/∂W", "layer"])
def test_results_are_read_as_sentences(page, words):
    for address, text in find(page, words):
        title, _, excerpt = text.partition("\n")
        assert title
        assert len(excerpt) > 5, address
        if "reference/derivation/" not in address:  # it explains TeX
            assert not DEBRIS.search(text), text


def test_formulas_are_in_the_index_as_they_are_written_by_hand(site):
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    text = " ".join(entry["text"] for entry in index["docs"])
    for formula in ("∂J/∂W", "H_k", "δ_ik", "Ā = Ȳ ⊙ B", "½(Y − Y*)(Y − Y*)ᵀ"):
        assert formula in text
    assert not re.search(r"[\u2061-\u2064]|<math|<mi>", text)


def test_the_page_keeps_its_formulas(site):
    assert "<math" in (site / "one-layer" / "index.html").read_text(encoding="utf-8")


def test_by_keyboard(page):
    find(page, "Hadamard")
    links = page.locator("#search li a")
    page.keyboard.press("ArrowDown")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#search input")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#search")).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.locator("#search input")).to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.locator("#search")).to_be_hidden()
    find(page, "Hadamard")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/products/hadamard/")
