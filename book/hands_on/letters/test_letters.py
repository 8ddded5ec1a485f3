"""The letters: both halves take the same steps, the results are right, and it is used by mouse, finger and keyboard."""

import random

import numpy as np
import pytest
from playwright.sync_api import expect

from book.graphs import lines, text
from book.hands_on.letters.figure import EXAMPLES, FormulaError, places, read, reduction

BOTH = """async (sums) => {
    const { layout, lines, read, reduction } = await import(new URL("../assets/letters.js", location.href));
    return sums.map(([typed, order]) => {
        const formula = read(typed);
        const { pictures, form } = reduction(formula, order);
        const where = layout(formula, pictures[0]);
        return {
            form: form?.latex ?? null,
            steps: pictures.map(({ step, product, gone }) => [step, product, gone.join("")]),
            lines: pictures.map((picture) => lines(picture, where, formula.kept)),
            at: Object.fromEntries(where.at),
            size: [where.width, where.height],
        };
    });
}"""
SAID = """async (texts) => {
    const { read } = await import(new URL("../assets/letters.js", location.href));
    return texts.map((text) => { try { read(text); return ""; } catch (error) { return error.message; } });
}"""
TEXTS = """async (formulas) => {
    const { text } = await import(new URL("../assets/letters.js", location.href));
    return formulas.map(text);
}"""


def _sums(count):
    """Yield random sums with an order of their summed letters, or the order that is shortest."""
    chance = random.Random(0)
    for _ in range(count):
        letters = "ijklmn"[: chance.randint(1, 6)]
        factors = []
        for name in "ABCDEF"[: chance.randint(1, 6)]:
            at = "".join(chance.choice(letters) for _ in range(chance.choice([0, 1, 1, 2, 2, 2, 2])))
            factors.append(f"{name if len(at) == 2 else name.lower()}_{at}" if at else name)
        used = "".join(dict.fromkeys("".join(factor.partition("_")[2] for factor in factors)))
        kept = "".join(chance.sample(used, min(len(used), chance.choice([0, 1, 2, 2, 2, 3]))))
        summed = [letter for letter in used if letter not in kept]
        chance.shuffle(summed)
        typed = f"G_{kept} = " + " ".join(factors) if kept else "g = " + " ".join(factors)
        yield typed, chance.choice(["", "".join(summed)])


def test_both_halves_take_the_same_steps_and_draw_the_same(open_figure):
    sums = [(formula, "") for formula in EXAMPLES] + list(_sums(1500))
    forms = 0
    for (typed, order), seen in zip(sums, open_figure("letter-graph").evaluate(BOTH, sums), strict=True):
        found = reduction(read(typed), order)
        where = places(found)
        forms += found.form is not None
        assert seen["form"] == (found.form and found.form.latex), (typed, order)
        steps = [
            [each.step, each.product, "".join(letter.name for letter in each.gone)] for each in found.pictures
        ]
        assert seen["steps"] == steps, (typed, order)
        assert seen["size"] == [where.width, where.height]
        assert {name: tuple(at) for name, at in seen["at"].items()} == {
            letter.name: at for letter, at in where.at.items()
        }
        for theirs, picture in zip(seen["lines"], found.pictures, strict=True):
            ours = lines(picture, where)
            assert [(line["latex"], line["path"]) for line in theirs] == [
                (line.latex, line.path) for line in ours
            ]
            assert np.allclose(
                [[line["x"], line["y"]] for line in theirs],
                np.reshape([[line.x, line.y] for line in ours], (-1, 2)),
            )
    assert 500 < forms < len(sums) - 100


def test_the_result_is_the_sum():
    chance = np.random.default_rng(0)
    sizes = {letter: 2 + place % 6 for place, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
    checked = 0
    for typed, order in [(formula, "") for formula in EXAMPLES] + list(_sums(1500)):
        formula = read(typed)
        form = reduction(formula, order).form
        if form is None:
            continue
        values = {name: chance.normal(size=[sizes[letter] for letter in at]) for name, at in formula.factors}
        expected = np.einsum(
            f"{','.join(at for _, at in formula.factors)}->{formula.kept}",
            *(values[name] for name, _ in formula.factors),
        )
        found = eval(form.code, {"np": np, **sizes, **values})
        assert np.shape(found) == np.shape(expected), (typed, form.code)
        assert np.allclose(found, expected), (typed, form.code)
        checked += 1
    assert checked > 500


@pytest.mark.parametrize(
    ("typed", "message"),
    {
        "A_ik B_kj": "There is one = in a formula.",
        "C = A = B": "There is one = in a formula.",
        "C_ij = ": "One side is empty.",
        "C_ij D = A_ij": "On the left there is one entry, such as C_ij.",
        "C_ij = Σ_k A_ik B_kj": "“Σ_k A_ik B_k” cannot be read.",
        "C_ij = 2 A_ij": "“2 A_ij” cannot be read.",
        "C_ii = A_ij": "C_ii has a letter twice on the left, where each is written once.",
        "C_ij = A_ijk b_k": "A_ijk has 3 letters; a matrix has two, a vector one.",
        "C_ij = A_ij A_k": "A has 2 letters and 1 letter; give one of them another name.",
        "C_ij = A_ik": "j is on the left, but no factor has it.",
        "c = a_i b_j c_k d_l e_m f_n g_o": "There are 7 factors; the picture has room for 6.",
        "c = A_ij B_kl C_mn D_oi": "There are 7 letters; the picture has room for 6.",
    }.items(),
)
def test_what_cannot_be_read_says_why(open_figure, typed, message):
    with pytest.raises(FormulaError) as error:
        read(typed)
    assert str(error.value).startswith(message)
    page = open_figure("letter-graph")
    assert page.evaluate(SAID, [typed]) == [str(error.value)]
    page.get_by_role("textbox", name="Sum").fill(typed)
    expect(page.locator(".said")).to_have_text(f"{error.value} The picture still shows the sum before.")
    assert page.get_by_role("textbox", name="Sum").get_attribute("aria-invalid") == "true"


def test_both_halves_read_and_refuse_alike(open_figure):
    chance = random.Random(1)
    typed = [formula for formula, _ in _sums(100)]
    for formula in list(typed) * 3:
        at = chance.randrange(len(formula))
        typed.append(formula[:at] + chance.choice("_{}= ijAb·2*ΣK") + formula[at + chance.randint(0, 1) :])
    expected = []
    for formula in typed:
        try:
            read(formula)
            expected.append("")
        except FormulaError as error:
            expected.append(str(error))
    assert open_figure("letter-graph").evaluate(SAID, typed) == expected
    assert 100 < expected.count("") < len(typed) - 50


def test_both_halves_write_a_form_alike(open_figure):
    found = [reduction(read(typed), order) for typed, order in _sums(400)]
    formulas = sorted({each.form.latex for each in found if each.form})
    seen = open_figure("letter-graph").evaluate(TEXTS, formulas)
    assert [[tuple(piece) for piece in pieces] for pieces in seen] == [text(latex) for latex in formulas]


def test_the_letters_by_mouse_and_buttons(open_figure):
    page = open_figure("letter-graph")
    said, steps = page.locator(".said"), page.locator(".steps li")
    expect(said).to_contain_text("Summed: b.")
    page.get_by_role("button", name="Next step").click()
    expect(steps).to_have_text(["Hadamard product 𝐸 ⊙ 𝐹: 𝐸 and 𝐹 are side by side."])
    page.get_by_role("button", name="Next step").click()
    expect(steps.nth(1)).to_have_text("matrix product 𝑋𝖳 (𝐸 ⊙ 𝐹): b is summed, and lies between 𝑋 and 𝐸 ⊙ 𝐹.")
    expect(said).to_have_text("The result: 𝐺 = 𝑋𝖳 (𝐸 ⊙ 𝐹).")
    assert page.get_by_role("button", name="Next step").get_attribute("aria-disabled") == "true"
    page.get_by_role("button", name="Back").click()
    expect(steps).to_have_count(1)
    page.get_by_label("or an example").select_option("C_ij = a_i b_j")
    page.get_by_role("button", name="To the end").click()
    expect(steps).to_have_text(["outer product 𝑎 𝑏𝖳: no edge joins i and j."])


def test_a_letter_is_taken_by_keyboard_or_says_why_it_stays(open_figure):
    page = open_figure("letter-graph")
    page.get_by_role("textbox", name="Sum").fill("c = a_i A_ij b_j")
    first = page.locator("[data-letter='i']")
    first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".steps li")).to_have_text(
        ["matrix product 𝐴𝖳 𝑎: i is summed; it has one edge, 𝐴, and 𝑎."]
    )
    assert page.evaluate("document.activeElement.dataset.letter") == "j"
    page.keyboard.press("Space")
    expect(page.locator(".steps li")).to_have_count(2)
    page.get_by_role("textbox", name="Sum").fill("G_ij = A_ip B_iq C_pq D_pj E_qj")
    page.locator("[data-letter='p']").click()
    expect(page.locator(".said")).to_have_text(
        "p cannot go yet: it is in 3 factors with two letters, and a step needs two or fewer."
    )
    expect(page.locator(".steps li")).to_have_count(0)


def test_where_no_matrix_says_it_the_sum_is_an_einsum(open_figure):
    page = open_figure("letter-graph")
    page.get_by_role("textbox", name="Sum").fill("G_ij = A_ip B_iq C_pq D_pj E_qj")
    expect(page.locator(".said")).to_have_text(
        'No step applies: each of p and q is in 3 factors. No product of matrices says this sum; it is np.einsum("ip,iq,pq,pj,qj->ij", A, B, C, D, E).'
    )
    page.get_by_role("textbox", name="Sum").fill("T_ikl = H_ik D_il")
    expect(page.locator(".said")).to_have_text(
        '3 letters are kept, and a matrix has two. The sum is np.einsum("ik,il->ikl", H, D).'
    )


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_moves_from_step_to_step(open_figure, width):
    page = open_figure("letter-graph", width=width)
    for formula in ("G_kl = X_bk E_bl F_bl", "c = A_ij B_jk C_ki"):
        page.get_by_role("textbox", name="Sum").fill(formula)
        heights = set()
        for _ in range(3):
            heights.add(
                tuple(
                    round(page.locator(part).bounding_box()["height"]) for part in (".drawing", ".hands-on")
                )
            )
            page.locator("[name=next]").dispatch_event("click")  # at the end it does nothing
        assert len(heights) == 1, heights
    assert page.evaluate("document.documentElement.scrollWidth") == width
