"""The door Derive, the next line and the exercises in a real browser: what they say is what CPython says, by keyboard, from a link, on a phone."""

import json
import re
import subprocess
import sys
import unicodedata

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from book.hands_on.desk import answers, figure, pyodide, temml
from book.testing import attend
from mathnet.derivation import check, derive, exercise
from mathnet.derivation.algebra.backward import Backward
from mathnet.derivation.algebra.steps import Chain, Line
from mathnet.derivation.verdict.derive import STYLES
from mathnet.mathml import to_mathml, tree

SEED = r"""where H \in \mathbb{R}^{1 \times h}, W \in \mathbb{R}^{h \times y}, B, Y^* \in \mathbb{R}^{1 \times y}, f \text{ elementwise}
  Y = f(H W + B)
  J = \frac{1}{2} (Y - Y^*)(Y - Y^*)^T"""
SEED_LINES = [
    ("∂J∂Y", "=Y−Y∗", "through J✓ proved"),
    ("∂J∂W", "=HT(∂J∂Y⊙f′(HW+B))", "through Y; Hadamard product, outer product✓ proved"),
    ("", "=HT((f(HW+B)−Y∗)⊙f′(HW+B))", "definitions inserted✓ proved"),
]
WRONG = r"""where X \in \mathbb{R}^{n \times d}, W \in \mathbb{R}^{d \times k}, T \in \mathbb{R}^{n \times k}, f \text{ elementwise}
  Z = X W
  Y = f(Z)
  J = \tfrac12 \|Y - T\|^2
\frac{\partial J}{\partial Y} = Y - T

\frac{\partial J}{\partial Z} = \frac{\partial J}{\partial Y} + f'(Z)"""


@pytest.fixture(scope="module")
def address(serve_elements):
    """Serve the doors, and the exercises."""
    if not pyodide.version() or not temml.version():
        pytest.skip("no Pyodide or no Temml: npm could not fetch it")
    pages = {"desk": figure.desk(), "practice": figure.practice_desk()}
    return serve_elements(pages, pyodide.addresses() | temml.addresses())


@pytest.fixture(scope="module")
def open_page(browser, address):
    """Return the function that opens a page; whatever it complains about, or asks of another server, is an error in the end."""
    contexts, complaints = [], []

    def open_one(path, width=1280, of=address, **settings):
        permissions = ["clipboard-read", "clipboard-write"]
        context = browser.new_context(
            viewport={"width": width, "height": 900}, permissions=permissions, **settings
        )
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.extend([request.url] * foreign(request.url, of)))
        page.goto(of + path)
        attend(page)
        contexts.append(context)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not complaints


def foreign(url, address):
    return not url.startswith((address, f"blob:{address[:20]}", "data:"))


@pytest.fixture(scope="module")
def door(open_page) -> Page:
    """Return the desk, open at Derive."""
    page = open_page("desk/#derive")
    expect(page.get_by_role("button", name="Derive")).to_be_enabled()
    return page


def plain(text: str) -> str:
    """Return the text of a formula with the letters of the keyboard, without what is not seen."""
    return re.sub(r"[\u2061-\u2064\s]+", "", unicodedata.normalize("NFKC", text))


def rows(page: Page, host: str) -> list[tuple[str, str, str]]:
    """Return the rows of the derivation that a door shows."""
    found = page.locator(f"{host} .desk-shown .derivation-row").evaluate_all(
        "rows => rows.map(row => [...row.children].map(part => part.textContent))"
    )
    return [(plain(left), plain(right), readable(reason)) for left, right, reason in found]


def readable(text: str) -> str:
    """Return a sentence with the letters of the keyboard, and no blanks within its formulas."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def finished(page: Page, host: str) -> None:
    """Wait until a door has answered."""
    waits = page.locator(f"{host} [data-waits]").first
    expect(waits).to_have_attribute("aria-disabled", "false", timeout=60_000)


def press(page: Page, name: str, host: str) -> None:
    page.locator(host).get_by_role("button", name=name, exact=True).click()
    finished(page, host)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_newcomer_types_the_seed_and_reads_the_answer_by_keyboard_alone(open_page, base, width):
    page = open_page("desk/", width, of=base)
    tab_to(page, "Check", "[role=tab]")
    page.wait_for_function(
        "Boolean(customElements.get('desk-doors'))"
    )  # the first key made the page fetch its scripts
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Derive")).to_be_focused()
    expect(page.get_by_role("button", name="Derive")).to_be_enabled()
    for name in ("Start from", "Use this example", "Shapes and definitions"):
        page.keyboard.press("Tab")
        assert focused(page) == name
    page.keyboard.press("Control+a")
    page.keyboard.type(SEED.replace(r"\frac{1}{2} (", r"\frac{1}{2 ("))
    for name in ("What to derive", "By what"):
        page.keyboard.press("Tab")
        assert focused(page) == name
    tab_to(page, "Derive")
    page.keyboard.press("Enter")
    expect(page.locator("gradient-desk .desk-verdict pre")).to_contain_text(r"\frac{1}{2 (", timeout=90_000)
    tab_to(page, "line 3, column 15")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Shapes and definitions")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type(SEED)
    tab_to(page, "By what")
    expect(page.get_by_label("By what").locator("option")).to_have_text(
        ["H", "W", "B", "Y^*", "Y", "each in turn"], timeout=60_000
    )
    page.keyboard.type("W")
    page.keyboard.press("Tab")
    assert focused(page).strip() == "definition by definition"
    page.keyboard.press("Tab")
    assert focused(page) == "Derive"
    page.keyboard.press("Enter")
    expect(page.locator("[data-derived='1']")).to_have_text("✓ Derived and checked.", timeout=60_000)
    assert rows(page, "gradient-desk") == SEED_LINES
    assert plain(page.locator(".desk-result").inner_text()) == "∂J∂W=HT((f(HW+B)−Y∗)⊙f′(HW+B))"
    assert page.evaluate("document.documentElement.scrollWidth") == width
    for name, part in COPIED.items():
        tab_to(page, f"Copy {name}")
        page.keyboard.press("Enter")
        expect(page.locator("gradient-desk .desk-note")).to_have_text(f"Copied: {name}.")
        assert part in page.evaluate("navigator.clipboard.readText()")
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if focused(page) == "Copy link":
            break
    page.keyboard.press("Enter")
    expect(page.locator("gradient-desk .desk-note")).to_contain_text("The link is copied")
    assert "/desk/#g=" in page.evaluate("navigator.clipboard.readText()")


COPIED = {
    "LaTeX": r"H^{\mathsf T} ((f(H W + B) - Y^*) \odot f'(H W + B))",
    "Markdown": "```derivation by-w\nwhere H",
    "NumPy": "W_bar = ",
    "BibTeX": "@misc{mathnet,",
}


def focused(page: Page) -> str:
    """Return the name of what has the focus, which must be seen: it stands in the window, above all else, and with an outline."""
    name, seen = page.evaluate(
        """() => {
            const at = document.activeElement, box = at.getBoundingClientRect();
            const above = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height, 20) / 2);
            const style = getComputedStyle(at);
            const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
            return [at.labels?.[0]?.textContent ?? at.textContent, marked && (at.contains(above) || Boolean(above?.contains(at)))];
        }"""
    )
    if name in {"Shapes and definitions", "By what", "Derive", "Copy LaTeX"}:
        assert seen, name
    return name


def tab_to(page: Page, name: str, selector: str = "*") -> None:
    """Press Tab until something has the focus."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if focused(page) == name and page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"no Tab leads to {name}")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("at", range(len(figure.LAYERS)))
def test_every_example_is_derived_as_in_cpython(door, at, style):
    title, text, by = figure.LAYERS[at]
    door.locator("#derive-example").select_option(title)
    press(door, "Use this example", "gradient-desk")
    door.locator(f"[value={style}]").check()
    press(door, "Derive", "gradient-desk")
    (found,) = derive(text, [by], style=style)
    assert found.refused is None
    assert rows(door, "gradient-desk") == [
        (as_text(row["left"]), as_text(row["right"]), f"{said(row['reason'])}✓ {row['mark']}")
        for chain in answers.shown(check(found.fence))["chains"]
        for row in chain
    ]
    press(door, "Copy Markdown", "gradient-desk")
    assert found.fence in door.evaluate("navigator.clipboard.readText()")
    press(door, "Copy NumPy", "gradient-desk")
    assert door.evaluate("navigator.clipboard.readText()") == found.numpy
    assert door.locator(".desk-program").inner_text() == found.numpy.rstrip("\n") + "\n"
    assert not door.locator("gradient-desk .desk-shown code:not(pre code)").count(), "a formula is not set"


def test_the_page_shows_line_after_line(door):
    door.get_by_label("Shapes and definitions").fill(SEED)
    door.get_by_label("definition by definition").check()
    door.get_by_label("By what").select_option("W")
    door.evaluate(
        """() => {
            const shown = document.querySelector("gradient-desk .desk-shown");
            const seen = window.seen = [];
            new MutationObserver(() => {
                const rows = shown.querySelectorAll(".derivation-row").length;
                if (rows !== seen.at(-1)) seen.push(rows);
            }).observe(shown, { childList: true, subtree: true });
        }"""
    )
    press(door, "Derive", "gradient-desk")
    assert [count for count in door.evaluate("seen") if count] == [1, 2, 3]


def as_text(latex):
    """Return the letters of a formula as the book's own converter sets it, which is another one than the browser's."""
    return plain("".join(tree(to_mathml(latex)).itertext())) if latex else ""


def said(reason):
    """Return a reason as it is read."""
    return " ".join("".join(as_text(part) if at % 2 else part for at, part in enumerate(reason)).split())


def test_each_in_turn_names_every_declared_symbol(door):
    door.locator("#derive-example").select_option("Least squares")
    press(door, "Use this example", "gradient-desk")
    door.get_by_label("By what").select_option("each in turn")
    press(door, "Derive", "gradient-desk")
    assert [plain(text) for text in door.locator(".desk-gradient h3").all_inner_texts()] == [
        "ThegradientbyA", "ThegradientbyX".replace("X", "x"), "Thegradientbyb"
    ]  # fmt: skip
    assert "✓ 3 derived and checked." in door.locator("[data-derived]").inner_text()


@pytest.mark.parametrize("kind", figure.KINDS)
def test_every_kind_is_derived_as_in_cpython(door, kind):
    text, by = (each for name, *rest in figure.LAYERS for each in rest if name == "Least squares")
    door.locator("#derive-example").select_option("Least squares")
    press(door, "Use this example", "gradient-desk")
    door.get_by_label("definition by definition").check()
    door.get_by_label("What to derive").select_option(kind)
    expect(door.get_by_label("in indices")).to_be_enabled(enabled=kind == "gradient")
    press(door, "Derive", "gradient-desk")
    (found,) = derive(text, [by], kind=kind)
    assert door.locator(".desk-gradient h3").inner_text().startswith(f"The {figure.KINDS[kind][1]} by ")
    expect(door.locator(".desk-how").first).to_have_text(f"✓ {found.verdict}")
    assert door.locator(".desk-program").inner_text() == found.numpy.rstrip("\n") + "\n"
    door.get_by_label("What to derive").select_option("gradient")


def test_where_there_is_no_derivative_is_said(door):
    door.get_by_label("Shapes and definitions").fill(
        r"where x, a \in \mathbb{R}^{n}, J = \lvert a \cdot x \rvert"
    )
    door.get_by_label("By what").select_option("x")
    press(door, "Derive", "gradient-desk")
    assert plain(door.locator(".desk-limits").inner_text()) == "Thereisnoderivativewherea⋅x=0."


def test_the_program_runs_alone(door):
    door.locator("#derive-example").select_option("Attention")
    press(door, "Use this example", "gradient-desk")
    press(door, "Derive", "gradient-desk")
    program = door.locator(".desk-program").inner_text()
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, capture_output=True)


def test_a_mistake_is_shown_at_its_place(door):
    text = "where x \\in \\mathbb{R}^{n}\n  J = \\norm x"
    door.get_by_label("Shapes and definitions").fill(text)
    press(door, "Derive", "gradient-desk")
    (said,) = (each["error"] for each in answered(ask="symbols", text=text))
    expect(door.locator("gradient-desk .desk-verdict")).to_contain_text(said["reason"])
    door.get_by_role("button", name=f"line {said['line']}, column {said['column']}").click()
    before = door.get_by_label("Shapes and definitions").evaluate(
        "box => box.value.slice(0, box.selectionStart)"
    )
    assert (before.count("\n") + 1, len(before) - before.rfind("\n")) == (said["line"], said["column"])
    assert not door.locator(".desk-gradient").count()


def test_what_is_refused_says_why(door):
    text = r"where A \in \mathbb{R}^{n \times n} \text{ symmetric}, x \in \mathbb{R}^n, J = x^{\mathsf T} A x"
    door.get_by_label("Shapes and definitions").fill(text)
    door.get_by_label("By what").select_option("each in turn")
    press(door, "Derive", "gradient-desk")
    (refused,) = (found.refused for found in derive(text) if found.refused)
    expect(door.locator("gradient-desk")).to_contain_text(f"It is not derived: {refused}.")


def test_the_link_holds_what_is_derived(open_page):
    page = open_page("desk/#derive")
    expect(page.get_by_role("button", name="Derive")).to_be_enabled()
    page.get_by_label("Shapes and definitions").fill(SEED)
    page.get_by_label("By what").select_option("H")
    page.get_by_label("in indices").check()
    page.get_by_label("What to derive").select_option("jvp")
    page.locator("gradient-desk").get_by_role("button", name="Copy link").click()
    expect(page.locator("gradient-desk .desk-note")).to_contain_text("The link is copied")
    link = page.evaluate("navigator.clipboard.readText()")
    other = open_page("desk/" + link.partition("desk/")[2])
    expect(other.get_by_label("Shapes and definitions")).to_have_value(SEED)
    expect(other.get_by_label("By what")).to_have_value("H")
    expect(other.get_by_label("in indices")).to_be_checked()
    expect(other.get_by_label("in indices")).to_be_disabled()
    expect(other.get_by_label("What to derive")).to_have_value("jvp")
    other.get_by_label("What to derive").select_option("gradient")
    press(other, "Derive", "gradient-desk")
    assert len(rows(other, "gradient-desk")) > 3
    other.get_by_label("Shapes and definitions").press("End")
    other.keyboard.type(" ")
    expect(other).to_have_url(re.compile("^[^#]*$"))
    damaged = open_page("desk/" + link.partition("desk/")[2][:-9])
    expect(damaged.get_by_role("status")).to_contain_text("holds nothing to derive that can be read")


def test_check_sets_the_readers_lines_with_marks(open_page):
    page = open_page("desk/")
    page.get_by_label("Your derivation").fill(WRONG)
    press(page, "Check", "derivation-desk")
    shown = rows(page, "derivation-desk")
    assert [reason for *_, reason in shown] == ["✓ proved", "✗ wrong"]
    assert shown[0][:2] == ("∂J∂Y", "=Y−T")


def test_the_next_line_comes_after_its_hint_and_makes_the_derivation_right(open_page):
    page = open_page("desk/")
    right = WRONG.rpartition("\n\n")[0]
    page.get_by_label("Your derivation").fill(WRONG)
    press(page, "Check", "derivation-desk")
    press(page, "Give me a hint", "derivation-desk")
    expect(page.locator(".desk-next")).to_contain_text("Hadamard product")
    assert page.locator(".desk-line").count() == 0
    page.keyboard.press("Enter")
    assert plain(page.locator(".desk-line").inner_text()) == "∂J∂Z=∂J∂Y⊙f′(Z)"
    page.get_by_label("Your derivation").fill(right + "\n\n\\frac{\\partial J}{\\partial W} =")
    press(page, "Check", "derivation-desk")
    page.get_by_label("Your derivation").fill(right)
    lines = 0
    for _ in range(2):
        press(page, "Check", "derivation-desk")
        press(page, "Give me a hint", "derivation-desk")
        page.get_by_role("button", name="Show me the line").click()
        page.get_by_role("button", name="Write it below the text").click()
        lines += 1
    press(page, "Check", "derivation-desk")
    expect(page.locator("derivation-desk [data-verdict=right]")).to_contain_text(f"{1 + lines} steps")


@pytest.mark.parametrize("width", [1280, 390])
def test_an_exercise_is_solved_line_by_line_and_by_its_answer(open_page, width):
    page = open_page("practice/", width)
    lines = page.get_by_label("Your lines, or only the answer")
    expect(page.get_by_role("button", name="Check")).to_be_enabled()
    page.get_by_label("Difficulty").select_option("layer")
    page.get_by_label("Number").fill("3")
    press(page, "Make this exercise", "practice-desk")
    made = exercise("layer", 3)
    expect(lines).to_have_value(f"{made.asked} = ")
    (found,) = derive(made.where, [made.by])
    lines.fill(f"-{found.answer}")
    press(page, "Check", "practice-desk")
    expect(page.locator("[data-verdict=wrong]")).to_contain_text("Wrong")
    lines.fill("")
    for _ in range(2):
        press(page, "Check", "practice-desk")
        press(page, "Give me a hint", "practice-desk")
        page.get_by_role("button", name="Show me the line").click()
        page.get_by_role("button", name="Write it below the text").click()
    press(page, "Check", "practice-desk")
    expect(page.locator("[data-verdict=right]")).to_contain_text("Something is still missing.")
    lines.fill(found.answer)
    lines.press("Control+Enter")
    expect(page.locator("[data-verdict=solved]")).to_contain_text("✓ Solved")
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_link_holds_the_exercise(open_page):
    page = open_page("practice/#e=attention-7")
    expect(page.locator(".desk-task")).to_have_text(
        "The link is to exercise 7. Press Make this exercise to see it."
    )
    press(page, "Make this exercise", "practice-desk")
    made = exercise("attention", 7)
    expect(page.get_by_label("Your lines, or only the answer")).to_have_value(f"{made.asked} = ")
    page.get_by_role("button", name="Copy link").click()
    assert page.evaluate("navigator.clipboard.readText()").endswith("practice/#e=attention-7")
    press(page, "Another one", "practice-desk")
    assert re.fullmatch(r".*#e=attention-\d+", page.url)


def test_the_first_exercise_is_the_one_that_the_page_shows(open_page):
    page = open_page("practice/")
    made = exercise("layer", 1)
    (found,) = derive(made.where, [made.by])
    page.get_by_label("Your lines, or only the answer").fill(found.answer)
    press(page, "Check", "practice-desk")
    expect(page.locator("[data-verdict=solved]")).to_be_visible()


def test_without_temml_formulas_are_latex(browser, address):
    context = browser.new_context()
    page = context.new_page()
    page.route("**/temml-*.js", lambda route: route.abort())
    page.goto(address + "desk/#derive")
    expect(page.get_by_role("button", name="Derive")).to_be_enabled()
    press(page, "Derive", "gradient-desk")
    expect(page.locator(".desk-result code")).to_have_text(
        re.compile(r"^\\frac\{\\partial J\}\{\\partial W\} = H")
    )
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_answers_are_accessible(open_page, width, scheme):
    page = open_page("desk/#derive", width, color_scheme=scheme)
    press(page, "Derive", "gradient-desk")
    assert found_by_axe(page) == []
    page.get_by_role("tab", name="Check").click()
    page.get_by_label("Your derivation").fill(WRONG)
    press(page, "Check", "derivation-desk")
    press(page, "Give me a hint", "derivation-desk")
    assert found_by_axe(page) == []


def found_by_axe(page):
    violations = Axe().run(page, context="main").response["violations"]
    return [(each["id"], [node["html"][:150] for node in each["nodes"]]) for each in violations]


def test_every_answer_is_json_and_says_what_is_wrong():
    for question in (
        {"ask": "symbols"},
        {"ask": "derive", "by": "W", "style": "backward", "kind": "gradient"},
        {"ask": "next"},
    ):
        (error,) = (each["error"] for each in answered(text="where W", **question))
        assert (error["line"], error["column"], error["details"][0]) == (1, 7, "where W")


def answered(**question):
    """Return all answers to a question."""
    return [*map(json.loads, answers.answers(json.dumps(question)))]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("at", range(len(figure.LAYERS)))
def test_proved_lines_come_one_by_one_and_stay_as_they_are(at, style):
    _, text, by = figure.LAYERS[at]
    *partial, judged = answered(ask="derive", text=text, by=by, style=style, kind="gradient")
    whole = in_rows(judged)
    marks = [row["mark"] for chain in judged["shown"]["chains"] for row in chain]
    proved = [*marks, ""].index(next((mark for mark in marks if mark != "proved"), ""))
    assert [in_rows(each) for each in partial] == [whole[:count] for count in range(1, proved + 1)]
    assert {row["mark"] for each in partial for chain in each["shown"]["chains"] for row in chain} == {
        "proved"
    }
    assert not any("verdict" in each or "answer" in each for each in partial)


def in_rows(answer):
    """Return the rows of all chains of an answer."""
    rows = [row for chain in answer["shown"]["chains"] for row in chain]
    return [(row["left"], " ".join(row["right"].split()), row["reason"]) for row in rows]


def test_a_line_that_is_not_proved_and_what_follows_it_wait_for_the_checker(monkeypatch):
    where = r"where x \in \mathbb{R}^n, f \text{ elementwise}, y = f(x), z = 2 y, J = \|z\|^2"
    monkeypatch.setattr(answers, "proved_steps", lambda source: iter([[True], [False], [True, True]]))
    first, judged = answered(ask="derive", text=where, by="x", style="backward", kind="gradient")
    assert len(in_rows(first)) == 1
    assert len(in_rows(judged)) == 4


def test_a_line_that_the_checker_refuses_is_never_shown(monkeypatch):
    where = r"where x \in \mathbb{R}^n, J = \|x\|^2"
    wrong = Line(r"3 x", r"\text{through } J")
    monkeypatch.setattr(Backward, "chains", lambda *_: [Chain(r"\frac{\partial J}{\partial x}", (wrong,))])
    (said,) = answered(ask="derive", text=where, by="x", style="backward", kind="gradient")
    assert "shown" not in said
    assert said["refused"].startswith("a line that was derived did not pass the checker, so it is not shown")


def test_places_in_an_exercise_count_from_the_readers_first_line():
    each = exercise("layer", 0)
    for lines, place in (("0", (1, 1)), ("\n\n0", (3, 1)), (f"{each.asked} = 0", (1, len(each.asked) + 4))):
        report = answers.practised("layer", 0, lines)["report"]
        assert [(error["line"], error["column"]) for error in report["errors"]] == [place]
