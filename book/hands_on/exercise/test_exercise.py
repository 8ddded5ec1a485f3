"""Exercises that are written and checked in the page: each can be solved, a wrong fence stops the build, and nothing is loaded unasked."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from markdown import Markdown
from playwright.sync_api import Page, expect

from book import inventory
from book.editions import _opened_as_file
from book.hands_on.desk import answers, pyodide
from book.hands_on.exercise.figure import ExerciseError, posed
from book.html import copied
from book.testing import attend
from mathnet.derivation import check, find
from mathnet.derivation.read.fences import fences

POSED = {
    fence.rest: (page, next(each for each in find(page.texts[0]) if each.id == fence.rest))
    for page in inventory.pages()
    for fence in fences(page.texts[0], "exercise")
    if fence.word == "exercise"
}
SQUARE = r"""```derivation square
where  x \in \mathbb{R}^{n}
       J = \tfrac12 \|x\|^2
\frac{\partial J}{\partial x} &= x  && \text{a reason}
```
"""
SHORTCUT = r"""```derivation square
where  H \in \mathbb{R}^{1 \times h},  W \in \mathbb{R}^{h \times h}
       Z = H W + H
       J = \tfrac12 Z Z^{\mathsf T}
\frac{\partial J}{\partial H} &= Z W^{\mathsf T} + Z
```
"""
NUMERATOR = r"""```derivation square
where  x \in \mathbb{R}^{n},  A \in \mathbb{R}^{n \times n} \text{ constant},  \text{numerator layout}
       J = x^{\mathsf T} A x
\frac{\partial J}{\partial x_k} &= [(A + A^{\mathsf T}) x]_k
```
"""
LAYER = "one-layer-linear"


def shown(text: str) -> str:
    return Markdown(extensions=["book.hands_on.exercise.figure", "mathnet.derivation.markdown"]).convert(text)


def test_chapters_pose_them():
    assert len(POSED) >= 8
    assert len({page.url for page, _ in POSED.values()}) >= 5


@pytest.mark.parametrize("id", POSED)
def test_the_lines_of_the_solution_solve_it_and_so_do_the_hints_alone(id):
    _, derivation = POSED[id]
    each = posed(check(derivation.source, id))
    solution = derivation.source.removeprefix(each.where)
    assert each.where + solution == derivation.source
    assert not each.judged("").solved
    assert each.judged(solution).solved
    lines, judged = "", each.judged("")
    while not judged.solved:
        assert judged.next.line
        assert not judged.next.declares
        lines += f"\n\n{judged.next.line}"
        judged = each.judged(lines)
        assert judged.report.ok


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "```exercise circle\n```\n\n" + SQUARE,
            "fence exercise circle: expected the id of a derivation of this page, which has square",
        ),
        (
            "```exercise square\n```",
            "fence exercise square: expected the id of a derivation of this page, which has none",
        ),
        ("```exercise square\nx\n```\n\n" + SQUARE, "fence exercise square: expected an empty fence, got 'x'"),
        (
            "```exercise square\n```\n\n" + SQUARE.replace("&= x ", "&= 2 x "),
            "fence exercise square: expected a derivation of a gradient: 2 x is not equal to "
            r"\frac{\partial J}{\partial x}: -4 against -2 at entry (1, 1)",
        ),
        (
            "```exercise square\n```\n\n" + SQUARE.replace(r"\frac{\partial J}{\partial x} &= x", "J &= J"),
            "fence exercise square: expected a derivation of a gradient: no line says which gradient is wanted: write the left side of one, "
            r"as in \frac{\partial J}{\partial W} =",
        ),
        (
            "```exercise square\n```\n\n" + SQUARE.replace("&= x ", r"&= \frac{\partial J}{\partial x} "),
            "fence exercise square: expected lines that end without another derivative; next would come "
            r"\frac{\partial J}{\partial x} &= x  && \text{through } J",
        ),
        (
            "```exercise square\n```\n\n" + SHORTCUT,
            "fence exercise square: expected a where part that declares what the hints need; it would be "
            + SHORTCUT.split("\n", 1)[1].partition("\n\\frac")[0].replace("where  ", "where ")
            + r",  I_{h} \in \mathbb{R}^{h \times h} \text{ identity}",
        ),
        (
            "```exercise square\n```\n\n" + NUMERATOR,
            "fence exercise square: expected a gradient that can be derived by machine: a line that was derived did not pass the checker, "
            r"so it is not shown (\frac{\partial J}{\partial x} is 1 × n, but (A + A^{\mathsf T}) x is n × 1)",
        ),
    ],
)  # fmt: skip
def test_a_fence_that_no_reader_could_solve_stops_the_build(text, words):
    with pytest.raises(ExerciseError) as error:
        shown(text)
    assert str(error.value) == words


@pytest.mark.skipif(not pyodide.version(), reason="no Pyodide: npm could not fetch it")
def test_it_leaves_no_trace_where_nothing_can_be_checked(site, monkeypatch, tmp_path):
    assert "derivation-exercise" in (site / "one-layer" / "index.html").read_text(encoding="utf-8")
    for edition in ("book/index.html", "book/problems.html", "one-layer/mathnet-one-layer.ipynb"):
        text = (site / edition).read_text(encoding="utf-8")
        assert "A layer without" in text
        assert not re.search("derivation-exercise|have each one checked|exercise one-layer", text)
    text = (site / "one-layer" / "index.html").read_text(encoding="utf-8")
    assert not re.search("derivation-exercise|have each one checked", copied(text, _opened_as_file))
    monkeypatch.setattr(pyodide, "FOLDER", tmp_path)
    pyodide.packed.cache_clear()
    try:
        assert "derivation-exercise" not in shown("```exercise square\n```\n\n" + SQUARE)
    finally:
        pyodide.packed.cache_clear()


@pytest.fixture(scope="module")
def open_page(browser, base):
    """Return the function that opens a page at an exercise, with a list of what it asks for; what it complains about is an error in the end."""
    if not pyodide.version():
        pytest.skip("no Pyodide: npm could not fetch it")
    contexts, complaints = [], []

    def open_one(id=LAYER, width=1280, **settings) -> tuple[Page, list[str]]:
        context = browser.new_context(viewport={"width": width, "height": 900}, **settings)
        page, requests = context.new_page(), []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(f"{base}{POSED[id][0].url}")
        attend(page)
        contexts.append(context)
        return page, requests

    yield open_one
    for context in contexts:
        context.close()
    assert not complaints


def unfolded(page: Page, id: str = LAYER):
    """Open the place for a reader's lines."""
    box = page.locator("derivation-exercise", has=page.locator(f"#exercise-{id}-text"))
    box.locator("summary").click()
    expect(box.get_by_role("button", name="Check my lines")).to_be_enabled()
    return box


def checked(box) -> None:
    """Press the button, and wait until the verdict is that of the lines as they are."""
    box.get_by_role("button", name="Check my lines").click()
    expect(box.locator("[data-waits]")).to_have_attribute("aria-disabled", "false", timeout=60_000)


def loads_python(requests: list[str]) -> bool:
    return any(re.search("pyodide|temml|desk-worker", address) for address in requests)


@pytest.mark.parametrize(("width", "finger"), [(1280, False), (390, True)])
def test_lines_get_their_marks_and_nothing_is_loaded_before(open_page, width, finger):
    page, requests = open_page(width=width, has_touch=finger)
    box = unfolded(page)
    lines = box.get_by_label("Your lines")
    each = posed(check(POSED[LAYER][1].source))
    expect(lines).to_have_value(f"{each.asked} =")
    wrong = rf"{each.asked} &= H_k [Y - Y^*]_l \\" + "\n  &= -H_k [Y - Y^*]_l"
    lines.fill(wrong)
    page.wait_for_timeout(300)
    assert not loads_python(requests)

    button = box.get_by_role("button", name="Check my lines")
    (button.tap if finger else button.click)()
    expect(box.locator("[data-verdict]")).to_have_count(1, timeout=60_000)
    assert loads_python(requests)
    (error,) = each.judged(wrong).report.errors
    status = box.get_by_role("status")
    expect(status).to_contain_text(f"Likely cause: {error.cause}")
    assert error.cause == "the sign of H_k [Y - Y^*]_l is wrong"
    assert box.locator(".desk-gutter").inner_text().split("\n") == ["✓ 1", "✗ 2"]
    assert page.evaluate("document.documentElement.scrollWidth") == width

    lines.fill(wrong.replace("-H_k", "H_k"))
    checked(box)
    expect(box.locator("[data-verdict=solved]")).to_contain_text("✓ Solved")
    assert box.locator(".desk-gutter").inner_text().split("\n") == ["✓ 1", "✓ 2"]


def test_the_next_line_comes_after_its_hint_by_keyboard(open_page):
    page, requests = open_page()
    box = page.locator("derivation-exercise", has=page.locator(f"#exercise-{LAYER}-text"))
    box.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(box.get_by_role("button", name="Check my lines")).to_be_enabled()
    for name in ("Your lines", "Check my lines", "Stop", "Next step as a hint"):
        page.keyboard.press("Tab")
        assert (
            page.evaluate(
                "document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent"
            )
            == name
        )
    assert not loads_python(requests)
    each = posed(check(POSED[LAYER][1].source))
    for _ in range(2):
        page.keyboard.press("Enter")
        expect(box.get_by_role("button", name="Show the next line")).to_be_focused(timeout=60_000)
        expect(box.locator(".desk-next")).to_contain_text("Next comes")
        page.keyboard.press("Enter")
        expect(box.get_by_role("button", name="Write it below the text")).to_be_focused()
        page.keyboard.press("Enter")
        box.get_by_role("button", name="Next step as a hint").focus()
    first = each.judged("").next.line
    second = each.judged(first).next.line
    expect(box.get_by_label("Your lines")).to_have_value(f"{first}\n\n{second}")
    box.get_by_label("Your lines").press("Control+Enter")
    expect(box.locator("[data-verdict=solved]")).to_contain_text("✓ Solved", timeout=60_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_said_is_accessible(open_page, width, scheme):
    page, _ = open_page(width=width, color_scheme=scheme)
    box = unfolded(page)
    box.get_by_label("Your lines").fill("-H^{\\mathsf T} (Y - Y^*)")
    checked(box)
    expect(box.locator("[data-verdict=wrong]")).to_have_count(1)
    box.get_by_role("button", name="Next step as a hint").click()
    expect(box.locator(".desk-next")).to_contain_text("Next comes", timeout=60_000)
    violations = Axe().run(page, context="derivation-exercise").response["violations"]
    assert [(each["id"], [node["html"][:150] for node in each["nodes"]]) for each in violations] == []


def test_without_javascript_the_exercise_is_as_it_was(open_page):
    page, _ = open_page(java_script_enabled=False)
    assert page.locator("derivation-exercise").count()
    assert not page.locator("derivation-exercise").filter(visible=True).count()


def test_an_answer_counts_from_the_readers_first_line():
    each = posed(check(POSED[LAYER][1].source))
    (answer,) = answers.answers(
        json.dumps(
            {
                "ask": "pose",
                "where": each.where,
                "by": each.by,
                "asked": each.asked,
                "lines": f"{each.asked} = 0",
            }
        )
    )
    (error,) = json.loads(answer)["report"]["errors"]
    assert (error["line"], error["column"]) == (1, len(each.asked) + 4)
