"""The table of gradients in a real browser: its rows are filtered by what is typed, and linked to; without the script all are there."""

import pytest
from playwright.sync_api import expect

from book.testing import LOST

ROWS = ".gradient-rows tbody tr"


@pytest.fixture
def open_table(browser, base):
    """Return the function that opens the table; an error of a script is an error in the end."""
    contexts, errors = [], []

    def start(at="", lost=None, **settings):
        context = browser.new_context(**settings)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        if lost:
            page.route("**/rows.js", LOST[lost])
        page.goto(f"{base}gradients/{at}")
        return page

    yield start
    for context in contexts:
        context.close()
    assert not errors


def shown(page, words):
    """Type words, and return the ids of the rows that are left."""
    page.get_by_label("Show only rows with").fill(words)
    rows = page.locator(f"{ROWS}:visible")
    expect(page.locator(".row-filter [role=status]")).to_contain_text(f"{rows.count()} of ")
    return [row.get_attribute("id") for row in rows.all()]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("LayerNorm", "layer-norm"),
        ("nn.LayerNorm", "layer-norm"),
        ("batch normalization", "batch-norm"),
        ("GQA", "grouped-queries"),
        ("np.linalg.solve", "solve"),
        ("svd", "svd"),
        ("Y_bar B^T", "matrix-product"),
        ("times_softmax_jacobian", "double-softmax"),
    ],
)
def test_a_row_is_found_by_any_of_its_names_and_by_its_formula(open_table, words, wanted):
    page = open_table()
    found = shown(page, words)
    assert wanted in found
    assert len(found) < 10


@pytest.mark.parametrize("width", [390, 1280])
def test_it_works_by_keyboard_and_says_how_many(open_table, width):
    page = open_table(viewport={"width": width, "height": 800})
    all_rows = page.locator(ROWS).count()
    status = page.locator(".row-filter [role=status]")
    expect(status).to_have_text(f"{all_rows} rows")
    page.get_by_label("Show only rows with").focus()
    page.keyboard.type("no such thing")
    page.keyboard.press("Enter")
    expect(status).to_have_text(f"0 of {all_rows} rows")
    expect(page.locator(".gradient-rows:visible")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(status).to_have_text(f"{all_rows} rows")
    expect(page.locator(f"{ROWS}:visible")).to_have_count(all_rows)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_link_to_a_row_shows_it(open_table):
    page = open_table("#attention")
    expect(page.locator("#attention")).to_be_in_viewport()
    shown(page, "svd")
    page.evaluate("location.hash = '#cholesky'")
    expect(page.locator("#cholesky")).to_be_in_viewport()


@pytest.mark.parametrize("lost", LOST)
def test_where_the_script_does_not_come_all_rows_are_there(open_table, lost):
    page = open_table(lost=lost)
    expect(page.locator(".row-filter")).to_have_count(0)
    expect(page.locator(f"{ROWS}:visible")).to_have_count(page.locator(ROWS).count())


def test_without_scripts_there_is_no_field(open_table):
    page = open_table(java_script_enabled=False)
    expect(page.locator(".row-filter")).to_be_hidden()
    expect(page.locator(f"{ROWS}:visible")).to_have_count(page.locator(ROWS).count())
