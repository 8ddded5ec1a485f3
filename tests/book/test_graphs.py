"""The graphs of letters in the chapters: they show what the engine does, step by step, and each letter has its place."""

import re
from itertools import combinations

import pytest

from book.graphs import draw, lines, said, text
from book.hands_on.letters.figure import EXAMPLES, places, read
from book.hands_on.letters.figure import reduction as of_sum
from book.machine import reduction, route

LAYER = r"""where  H \in \mathbb{R}^{1 \times h},  W \in \mathbb{R}^{h \times y},  T \in \mathbb{R}^{1 \times y},  f \text{ elementwise}
       Z = H W,  Y = f(Z),  J = \tfrac12 \|Y - T\|^2"""
BATCH = LAYER.replace(r"1 \times", r"n \times")
BRIDGE = r"""where  A, B, C, X \in \mathbb{R}^{n \times n}
       J = \sum_{ijpq} X_{ij} A_{ip} B_{iq} C_{pq} A_{pj} B_{qj}"""


def test_the_layer_of_one_sample_ends_in_an_outer_product():
    found = route(LAYER, "W")
    assert found.titles == [
        "with deltas",
        "each delta ends a sum",
        "side by side: Hadamard product",
        "ends: outer product",
    ]
    assert [said(picture) for picture in found.pictures[:3]] == [
        "δ joins i and k; δ joins j and l; Y − T and f′(Z) hang on j; H hangs on i",
        "Y − T and f′(Z) hang on l; H hangs on k",
        "(Y − T) ⊙ f′(Z) hangs on l; H hangs on k",
    ]


def test_the_layer_of_a_batch_ends_in_a_matrix_product():
    found = route(BATCH, "W")
    assert found.titles[2:] == ["side by side: Hadamard product", "two edges: matrix product"]
    (last,) = found.pictures[-1].edges
    assert (last[0].name, last[1].name) == ("k", "l")
    assert "".join(piece for piece, _ in text(last[2].latex)) == "𝐻𝖳 ((𝑌 − 𝑇) ⊙ 𝑓′(𝑍))"


def test_where_no_step_applies_the_pictures_end():
    found = route(BRIDGE, "X")
    assert found.titles == ["with deltas", "each delta ends a sum"]
    assert len(found.pictures[-1].edges) == 5


def test_a_figure_tells_its_steps_to_a_reader_who_does_not_see_them():
    html = reduction(BATCH, "W", "A caption.")
    (alt,) = re.findall(r'aria-label="([^"]*)"', html)
    assert alt.startswith("The letters of the gradient by W. With deltas: Y − T joins i and j;")
    assert "Two edges: matrix product: Hᵀ ((Y − T) ⊙ f′(Z)) joins k and l." in alt
    assert html.count("<svg") == 4


@pytest.mark.parametrize("typed", EXAMPLES)
def test_no_two_letters_have_the_same_place_and_all_are_in_the_picture(typed):
    where = places(of_sum(read(typed)))
    for (x, y), (a, b) in combinations(where.at.values(), 2):
        assert (x - a) ** 2 + (y - b) ** 2 > 60**2
    assert all(0 < x < where.width and 0 < y < where.height for x, y in where.at.values())


@pytest.mark.parametrize("typed", EXAMPLES)
def test_what_a_step_has_made_is_marked(typed):
    found = of_sum(read(typed))
    where = places(found)
    assert 'new"' not in draw(found.pictures[0], where).svg
    for before, picture in zip(found.pictures, found.pictures[1:], strict=False):
        old = [line.latex for line in lines(before, where)]
        fresh = [line.latex for line in lines(picture, where) if line.latex not in old]
        assert draw(picture, where, before).svg.count('class="factor new"') == len(fresh)
        assert fresh or picture.step == "ends"


def test_a_formula_is_written_in_letters_signs_and_scripts():
    assert text(r"W_1^{\mathsf T} \odot \frac{\partial J}{\partial Y^*}") == [
        ("𝑊", 0), ("1", -1), ("𝖳", 1), (" ⊙ ∂𝐽/∂𝑌∗", 0),
    ]  # fmt: skip
    assert text(r"\langle A, B \rangle") == [("⟨𝐴, 𝐵⟩", 0)]
    assert text(r"\mathbf 1_{n}^{\mathsf T} h") == [("𝟏", 0), ("𝖳", 1), (" ℎ", 0)]
