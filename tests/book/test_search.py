"""The search in a real browser: what readers type leads to the right place, no word is dropped in silence, and the results are sentences."""

import json
import random
import re
from collections import Counter
from pathlib import Path

import pytest
from mkdocs.exceptions import PluginError
from playwright.sync_api import expect

from book import search
from book.testing import attend

QUERIES = [
    [part.strip() for part in line.split(" ->")]
    for line in Path(__file__).with_name("queries.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
SAMPLE = [
    "why transpose",
    "X_bar",
    "affine_vjp",
    "δ",
    "np.dot",
    "gradient",
    "softmax",
    "∂J/∂W",
    "layer",
    "Hᵀ",
]
DEBRIS = re.compile(
    r"\\[a-z]+|<[a-z/!]|\$|[\u2061-\u2064\U0001d5a0-\U0001d5d3]|steps · (?:proved|exact)|While this page was built"
)
FIRST = """async ([base, queries]) => {
    const { addressOf, finder } = await import(`${base}assets/find.js`);
    const find = finder(await (await fetch(`${base}search/index.json`)).json());
    return queries.map((query) => find(query).places.slice(0, 3).map(addressOf));
}"""
SAID = """async (base) => {
    const { finder } = await import(`${base}assets/find.js`);
    const { hits, stems, wordsOf } = await import(`${base}assets/words.js`);
    const index = await (await fetch(`${base}search/index.json`)).json();
    const find = finder(index);
    const sections = index.pages.flatMap((page) => page.sections);
    const says = (text, words) => hits(wordsOf(text), [{ ways: [{ stems: stems(words), begun: true }] }]).length > 0;
    return index.words.flatMap(({ typed, said, nearest }) => said
        ? said.map((words) => [words, sections.some(({ heading, text, code }) => says(`${heading} ${text} ${code}`, words))])
        : typed.map((words) => [words, find(words).places[0].nearest === true
            && !sections.some(({ heading, explained }) => says(heading, words) || says(explained, words))]));
}"""

MEANT = """async ([base, slips]) => {
    const { finder } = await import(`${base}assets/find.js`);
    const { stem } = await import(`${base}assets/words.js`);
    const find = finder(await (await fetch(`${base}search/index.json`)).json());
    return slips.map(([word, slip]) => {
        const { unknown, meant } = find(slip);
        return [word, slip, unknown.length > 0, meant ?? null, meant !== undefined && stem(meant) === stem(word)];
    });
}"""


@pytest.fixture(scope="module")
def page(browser, base):
    context = browser.new_context()
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(base)
    attend(page)
    yield page
    context.close()
    assert not complaints


@pytest.fixture(scope="module")
def first(page, base):
    """Return the addresses that come first, for each query."""
    queries = [query for query, _ in QUERIES]
    return dict(zip(queries, page.evaluate(FIRST, [base, queries]), strict=True))


def find(page, words):
    """Type words, and return the results: addresses within the book, where they are, titles, excerpts."""
    if not page.locator("#search").is_visible():
        page.keyboard.press("Control+k")
    page.locator("#search input").fill("")
    expect(page.locator("#search li")).to_have_count(0)
    page.locator("#search input").fill(words)
    expect(page.locator("#search li")).not_to_have_count(0)
    return page.locator("#search li a").evaluate_all(
        "links => links.map(link => [link.href, ...[...link.children].map((line) => line.textContent)])"
    )


def test_there_are_many_queries_and_none_twice():
    assert len({query for query, _ in QUERIES}) == len(QUERIES) >= 150


@pytest.mark.parametrize(("query", "wanted"), QUERIES, ids=[query for query, _ in QUERIES])
def test_what_learners_type_leads_to_the_right_place(first, query, wanted):
    """An address without a # names a page, of which any section may come first."""
    found = [address if "#" in wanted else address.partition("#")[0] for address in first[query]]
    assert found[:1] == [wanted], first[query]


def test_every_entry_of_the_table_of_words_is_true(page, base):
    """The book says what it is said to say, and explains nothing of what it is said not to treat."""
    entries = page.evaluate(SAID, base)
    assert len(entries) > 100
    assert [words for words, holds in entries if not holds] == []


def test_a_line_of_the_table_that_cannot_be_read_is_refused():
    message = "search-words.txt: 'mse: squared error' is neither “typed, typed = said, said” nor “typed, typed ~ address”"
    with pytest.raises(PluginError, match=re.escape(message)):
        search.words("mse: squared error")


@pytest.mark.parametrize("words", SAMPLE)
def test_results_are_read_as_sentences(page, words):
    for address, _, title, excerpt, *_ in find(page, words):
        assert title
        assert len(excerpt) > 5, address
        if "reference/derivation/" not in address:  # it explains TeX
            assert not DEBRIS.search(title + excerpt), excerpt


def test_a_result_says_on_which_page_it_is(page, base):
    """Most pages have a section "Exercises"."""
    found = [result for result in find(page, "exercises") if result[2] == "Exercises"]
    assert len({where for _, where, *_ in found}) == len(found) > 5
    where = {address.removeprefix(base): where for address, where, *_ in found}
    assert where["one-layer/#exercises"] == "First steps › One layer"


@pytest.mark.parametrize(
    ("words", "said", "remark"),
    [
        (
            "quaternion gradient",
            "No page has all of these words: “quaternion” is nowhere in the book. These have the others.",
            "without “quaternion”",
        ),
        (
            "quaternion octonion gradient",
            "No page has all of these words: “quaternion” and “octonion” are nowhere in the book. These have the others.",
            "without “quaternion” or “octonion”",
        ),
        (
            "handwritten Schwartz",
            "No section has all of these words; each of these lacks what is named below it.",
            "without “",
        ),
        (
            "handwritten quaternion Schwartz",
            "No page has all of these words: “quaternion” is nowhere in the book. These have some of the others.",
            "without “",
        ),
        ("keras", "The book does not treat “keras”; the nearest place is marked.", "the nearest place"),
        (
            "tensorflow learning rate",
            "The book does not treat “tensorflow”; the nearest place is marked.",
            "the nearest place",
        ),
    ],
)
def test_no_word_is_dropped_in_silence(page, words, said, remark):
    found = find(page, words)
    expect(page.locator(".book-found")).to_contain_text(said)
    assert found[0][-1].startswith(remark)


def test_small_words_need_not_be_there_and_this_is_said(page):
    find(page, "why transpose")
    expect(page.locator(".book-found")).to_contain_text("; “why” may be missing there.")


def test_what_is_nowhere_is_said_to_be_nowhere(page):
    find(page, "gradient")
    page.locator("#search input").fill("xyzzy")
    expect(page.locator(".book-found")).to_have_text("Nothing found: “xyzzy” is nowhere in the book.")
    expect(page.locator("#search li")).to_have_count(0)
    find(page, "the")  # nothing but small words: then they count


def mistyped(word, chance):
    """Return a word with one slip: a letter too few, one too many, another one, or two neighbours swapped."""
    at, letter = chance.randrange(len(word) - 1), chance.choice("abcdefghijklmnopqrstuvwxyz")
    before, here, after = word[:at], word[at], word[at + 1 :]
    return before + chance.choice([after, letter + here + after, letter + after, after[0] + here + after[1:]])


def test_a_slip_in_a_common_word_is_found_or_mended(page, base, site):
    """What a single slip makes of the book's commonest words is in the book, or the nearest known word is offered: nearly always the right one."""
    index = json.loads((site / "search" / "index.json").read_text(encoding="utf-8"))
    text = " ".join(section["text"] for page in index["pages"] for section in page["sections"])
    often = Counter(re.findall(r"\b[a-z]{5,}\b", text.lower()))
    chance = random.Random(12)
    slips = [(word, mistyped(word, chance)) for word, _ in often.most_common(100) for _ in range(10)]
    said = page.evaluate(MEANT, [base, slips])
    offered = [(word, slip, meant) for word, slip, unknown, meant, _ in said if unknown]
    assert len(offered) > 800
    assert [slip for _, slip, meant in offered if meant is None] == []
    assert sum(right for *_, right in said) > 0.95 * len(offered)
    assert not any(meant for _, _, unknown, meant, _ in said if not unknown)


@pytest.mark.parametrize("way", ["mouse", "finger", "keyboard", "Enter"])
def test_the_word_that_was_meant_is_offered(browser, base, way):
    context = browser.new_context(has_touch=way == "finger")
    page = context.new_page()
    page.goto(base)
    attend(page)
    page.keyboard.press("Control+k")
    field, button = page.locator("#search input"), page.locator(".book-found button")
    field.fill("jacobain")
    expect(page.locator(".book-found")).to_have_text(
        "Nothing found: “jacobain” is nowhere in the book. Did you mean jacobian?"
    )
    if way == "mouse":
        button.click()
    elif way == "finger":
        button.tap()
    elif way == "keyboard":
        page.keyboard.press("ArrowDown")
        expect(button).to_be_focused()
        page.keyboard.press("Enter")
    else:
        page.keyboard.press("Enter")
    expect(field).to_have_value("jacobian")
    expect(field).to_be_focused()
    expect(page.locator("#search li")).not_to_have_count(0)
    expect(button).to_have_count(0)
    context.close()


def test_the_other_words_of_a_query_are_kept(page):
    find(page, "the gradient of a softmx")
    expect(page.locator(".book-found button")).to_have_text("the gradient of a softmax")


def test_a_transpose_is_a_raised_t(page):
    """Bold, the letter ᵀ of a substitute font looks like ˢ."""
    found = find(page, "Hᵀ")
    assert not any("ᵀ" in text for result in found for text in result[1:])
    expect(page.locator("#search strong sup").first).to_have_text("T")


def test_both_spellings_find_the_same(page):
    american = find(page, "normalization")
    assert american == find(page, "normalisation")
    assert find(page, "matrices")[0] == find(page, "matrix")[0]
    assert find(page, "A\u0304") == find(page, "\u0100")  # Ā, as two characters and as one
    assert find(page, "W.T") == find(page, "Wᵀ") == find(page, "W^T")


def test_formulas_are_in_the_index_as_they_are_written_by_hand(site):
    index = json.loads((site / "search" / "index.json").read_text(encoding="utf-8"))
    text = " ".join(section["text"] for page in index["pages"] for section in page["sections"])
    for formula in ("∂J/∂W", "H_k", "δ_ik", "Ā = Ȳ ⊙ B", "½(Y − Y*)(Y − Y*)ᵀ"):
        assert formula in text
    assert not re.search(r"[\u2061-\u2064]|<math|<mi>|</?(p|li|code|em)>", text)


def test_the_parts_of_the_book_that_are_looked_up_have_these_names(site):
    """The search knows them by name."""
    index = json.loads((site / "search" / "index.json").read_text(encoding="utf-8"))
    rated = re.search(r"const PART = \{(.*?)\}", (site / "assets" / "find.js").read_text(encoding="utf-8"))[1]
    assert set(re.findall(r"(\w+):", rated)) < {page["group"] for page in index["pages"]}


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
    find(page, "chain rule")
    page.keyboard.press("Enter")  # from the field, to the first
    page.wait_for_url("**/chain-rule/")


def test_a_slash_opens_the_search_unless_it_is_typed_somewhere(page, base):
    page.goto(base)
    attend(page)
    field = page.locator("#search input")
    page.keyboard.press("/")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    page.keyboard.type("1/n")
    expect(field).to_have_value("1/n")
    page.keyboard.press("Escape")
    page.evaluate("document.querySelector('main').append(document.createElement('textarea'))")
    page.locator("main textarea").press("/")
    expect(page.locator("main textarea")).to_have_value("/")
    expect(page.locator("#search")).to_be_hidden()


def test_it_has_a_name_and_says_its_keys(page, base):
    page.goto(base)
    button = page.get_by_role("button", name="Search", exact=True)
    expect(button).to_have_attribute("aria-keyshortcuts", "Control+K /")
    button.click()
    expect(page.get_by_role("search", name="Search the book")).to_be_visible()
    expect(page.get_by_role("searchbox", name="Words, symbols or names")).to_be_focused()
    page.keyboard.type("xor")
    expect(page.get_by_role("status").filter(has_text="places in")).to_be_visible()
