"""Figures show the values they are given, mark what they are told to mark, and are the same at every build."""

import re
from pathlib import Path

import numpy as np
import pytest
from lxml import html
from matplotlib.figure import Figure

from mathnet import hadamard, matmul
from mathnet.site.figures import COLOURS, figure, four_products, matrix, row
from mathnet.site.graphs import decisions
from mathnet.site.mathml import FormulaError
from mathnet.site.plots import plot_svg


def _texts(page: str, css_class: str) -> list[str]:
    return html.fromstring(page).xpath(f"//text[@class='{css_class}']/text()")


def _draw(*drawings, caption="A caption."):
    return figure(*drawings, alt="A picture for a test.", caption=caption)


def test_a_matrix_shows_its_values_row_by_row_and_its_shape():
    page = _draw(matrix("W", [[1, -2.5], [1 / 3, 4]]))
    assert _texts(page, "cell") == ["1", "−2.5", "0.333", "4"]
    assert _texts(page, "shape") == ["2 × 2"]


@pytest.mark.parametrize(("values", "shape"), [([1, 2, 3], "(3,)"), ([[1, 2, 3]], "1 × 3"), (7, "scalar")])
def test_the_shape_is_that_of_the_array(values, shape):
    assert _texts(_draw(matrix("x", values)), "shape") == [shape]


@pytest.mark.parametrize(
    ("marks", "chosen"),
    [({"rows": [1]}, "345"), ({"columns": [0]}, "03"), ({"entries": [(0, 2)]}, "2"), ({}, "")],
)
def test_what_is_marked(marks, chosen):
    page = _draw(matrix("A", np.arange(6).reshape(2, 3), **marks))
    assert "".join(_texts(page, "chosen")) == chosen
    assert len(_texts(page, "cell")) == 6 - len(chosen)


def test_a_cotangent_has_the_colour_of_its_variable_and_another_border():
    classes = html.fromstring(_draw(matrix("W_bar", [[1]]))).xpath("//g/@class")
    assert classes == ["matrix cotangent var-W"]
    assert html.fromstring(_draw(matrix("W", [[1]]))).xpath("//g/@class") == ["matrix var-W"]


def test_a_row_is_as_wide_as_its_parts_and_their_gaps():
    A = matrix("A", [[1, 2]])
    assert row(A, A, A, gap=8).width == 3 * A.width + 2 * 8


def test_the_figure_tells_a_reader_who_does_not_see_it():
    page = html.fromstring(
        figure(matrix("A", [[1]]), alt='An "A".', caption=r"It is $A^{\mathsf T}$, 1 < 2.")
    )
    assert page.xpath("//*[@role='img']/@aria-label") == ['An "A".']
    assert all(svg.get("aria-hidden") == "true" for svg in page.xpath("//svg"))
    (caption,) = page.xpath("//figcaption")
    assert caption.xpath(".//math")
    assert caption.text_content() == "It is A𝖳, 1 < 2."


def test_a_bad_formula_in_a_caption_is_an_error():
    with pytest.raises(FormulaError, match="mystery"):
        _draw(matrix("A", [[1]]), caption=r"$\mystery$")


def test_the_four_products_show_computed_results_that_fit_a_phone():
    page = html.fromstring(four_products())
    panels = page.xpath("//svg")
    assert [panel.xpath(".//text[@class='chosen']/text()")[-1] for panel in panels] == ["32", "32", "4", "4"]
    A, B, C = [[1, 2, 3], [0, 1, 2]], [[4, 1], [5, 0], [6, 2]], [[4, 5, 6], [1, 0, 2]]
    for panel, result in (
        (panels[0], matmul(np.array(A), np.array(B))),
        (panels[2], hadamard(np.array(A), np.array(C))),
    ):
        numbers = panel.xpath(".//g[contains(@class, 'matrix')]")[-1].xpath(
            ".//text[@class='cell' or @class='chosen']/text()"
        )
        assert numbers == [str(value) for value in result.ravel()]
    assert max(float(panel.get("width")) for panel in panels) <= 350


def _plot() -> str:
    plot = Figure(figsize=(3, 2), layout="constrained")
    axes = plot.add_subplot()
    axes.plot([1, 2], color=COLOURS["H"], label="train")
    axes.legend()
    return plot_svg(plot, alt="A line that rises.", caption="It rises.")


def test_a_plot_follows_the_theme_and_reaches_nothing_outside_itself():
    page = _plot()
    assert f"var(--var-H, {COLOURS['H']})" in page
    assert "currentColor" in page
    assert "#000000" not in page
    assert "<style" not in page


def test_plots_are_the_same_at_every_build_and_refer_to_their_own_ids():
    page = _plot()
    assert page == _plot()
    ids = html.fromstring(page).xpath("//@id")
    assert ids
    assert all(f"#{name}" in page for name in ids)
    assert page.count("url(#") + page.count('href="#') == sum(page.count(f"#{name}") for name in ids)


def test_questions_stand_above_their_answers():
    page = _draw(decisions([("Shared?", "no", "outer", "a_i b_j", "yes")], ("matrix", "A_ik B_kj")))
    assert _texts(page, "words") == ["Shared?"]
    assert _texts(page, "answer") == ["no", "yes"]
    assert _texts(page, "words chosen") == ["outer", "matrix"]


DOCUMENTED = re.findall(
    r"^(`{3,})(?:yaml|markdown)\n(.*?)^\1$",
    (Path(__file__).parents[1] / "docs" / "reference" / "figures.md").read_text(encoding="utf-8"),
    re.DOTALL | re.MULTILINE,
)


@pytest.mark.parametrize("theme", ["mkdocs", "material"])
def test_another_site_shows_a_figure_and_a_derivation_with_what_the_page_says(
    tmp_path, mkdocs_build, browser, serve, theme
):
    (_, configuration), (_, page) = DOCUMENTED
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text(page, encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(f"{configuration}theme: {theme}\n", encoding="utf-8")
    built = mkdocs_build(tmp_path / "mkdocs.yml", tmp_path / "site", cwd=tmp_path)
    assert built.returncode == 0, built.stdout
    page = browser.new_page()
    page.goto(serve(tmp_path / "site"))
    chosen = page.locator(".figure .var-H rect.chosen").first
    assert chosen.bounding_box()["width"] > 20
    assert chosen.evaluate("box => getComputedStyle(box).stroke") == "rgb(29, 57, 157)"
    assert page.locator("figcaption math").is_visible()
    assert page.locator(".derivation").inner_text().count("✓ 1 step · exact") == 1
    scheme = "data-bs-theme" if theme == "mkdocs" else "data-md-color-scheme"
    page.evaluate(f"document.body.setAttribute('{scheme}', '{'dark' if theme == 'mkdocs' else 'slate'}')")
    assert chosen.evaluate("box => getComputedStyle(box).stroke") == "rgb(86, 123, 248)"
    page.close()
