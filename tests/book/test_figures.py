"""Figures show the values they are given, mark what they are told to mark, and are the same at every build."""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from lxml import html
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from book.mathml import FormulaError
from mathnet import Network, dot, hadamard, matmul, outer
from mathnet.figures import (
    COLOURS,
    STYLE_SHEET,
    figure,
    letters,
    matrix,
    network_graph,
    product,
    row,
    stack,
    two_passes,
)
from mathnet.figures.drawing import number
from mathnet.figures.plots import CURVES, SIGNS, plot_axes, plot_svg, signed


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


A, B, C = [[1, 2, 3], [0, 1, 2]], [[4, 1], [5, 0], [6, 2]], [[4, 5, 6], [1, 0, 2]]


@pytest.mark.parametrize(
    ("left", "right", "sign"), [([[1], [2]], [[3, 4]], "@"), ([1, 2], [3, 4], "⊗"), ([[1, 2]], [[3, 4]], "⊗")]
)
def test_a_column_times_a_row_has_the_sign_of_the_matrix_product(left, right, sign):
    panel = product("outer", ("a", left), ("b", right), "c")
    assert _texts(_draw(panel), "operator") == [sign, "="]


@pytest.mark.parametrize(
    ("kind", "left", "right", "entry", "result", "marked", "words"),
    [
        ("matrix", A, B, (1, 0), matmul(A, B), ["0", "1", "2", "4", "5", "6", "17"], "0·4 + 1·5 + 2·6 = 17"),
        (
            "dot",
            A[0],
            B[1] + [1],
            (0, 0),
            dot(A[0], B[1] + [1]),
            [*"123", *"501", "8"],
            "1·5 + 2·0 + 3·1 = 8",
        ),
        ("Hadamard", A, C, (1, 2), hadamard(A, C), ["2", "2", "4"], "2·2 = 4"),
        ("outer", B[2], A[0], (0, 1), outer(B[2], A[0]), ["6", "2", "12"], "6·2 = 12"),
    ],
)
def test_a_product_shows_its_result_what_meets_in_an_entry_and_their_sum(
    kind, left, right, entry, result, marked, words
):
    panel = product(kind, ("a", left), ("b", right), "c", entry)
    page = _draw(panel)
    assert panel.words == words
    assert _texts(page, "chosen") == marked
    last = html.fromstring(page).xpath("//g[contains(@class, 'matrix')]")[-1]
    numbers = last.xpath(".//text[@class='cell' or @class='chosen']/text()")
    assert numbers == [f"{value:g}" for value in np.ravel(result)]


def test_the_graph_shows_what_the_network_computes():
    net, X = Network([2, 2, 2], loss="cross_entropy"), [[1.0, 2.0]]
    shown = _texts(_draw(network_graph(net, X)), "cell")
    assert shown[-2:] == [f"{logit:.3g}".replace("-", "−") for logit in net.forward(X)[0]]


MESSAGES = {
    "a grid of shape 1 × 2 has no name; colour alone tells nobody which it is": lambda: matrix("", [[1, 2]]),
    "A is 1 × 1 × 2, but a grid has only rows and columns: draw A[0], A[1], … as grids of their own": lambda: (
        matrix("A", [[[1, 2]]])
    ),
    "A is 0 × 2: there is no entry to draw": lambda: matrix("A", np.ones((0, 2))),
    "no variable has the colour 'Q'; there are X, H, W, B, Z, Y, T, each also with _bar, and other": lambda: (
        matrix("A", [[1]], colour="Q")
    ),
    "A is 1 × 2 and has no entry (0, 2); rows and columns count from 0": lambda: matrix(
        "A", [[1, 2]], columns=[2]
    ),
    "row() has nothing to put side by side: give it drawings, and operators between them": row,
    "stack() has nothing to put one below the other: give it drawings or lines of words": stack,
    "a figure needs at least one drawing": _draw,
    "a figure needs a text alternative: say in `alt` what a reader who does not see it misses": lambda: (
        figure(matrix("A", [[1]]), alt=" ", caption="A.")
    ),
    "a figure needs a caption: say in `caption` what to see in it": lambda: figure(
        matrix("A", [[1]]), alt="A.", caption=""
    ),
    "there is no product 'cross'; there are matrix, dot, Hadamard, outer": lambda: product(
        "cross", ("a", [1]), ("b", [1]), "c"
    ),
    "the graph shows one sample of the network, X of shape (1, 2); got X (2, 2)": lambda: network_graph(
        Network([2, 1]), np.ones((2, 2))
    ),
    "D has shape (1, 1), but X has (1, 2)": lambda: two_passes([("X", [[1, 2]], "D", [[1]])], []),
    "between 1 levels there are 0 steps, each forward and backward; got 1": lambda: two_passes(
        [("X", [[1]], "D", [[1]])], [("f", "g")]
    ),
}


@pytest.mark.parametrize("message", MESSAGES)
def test_what_cannot_be_drawn_is_told(message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        MESSAGES[message]()


# Machado, Oliveira, Fernandes 2009, table 1 at severity 1: what a reader without one kind of cones sees of linear RGB.
VISIONS = {
    "all cones": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def _linear(colour: str) -> np.ndarray:
    c = np.array(to_rgb(colour))
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def _lab(linear: np.ndarray) -> np.ndarray:
    xyz = XYZ @ linear / XYZ.sum(axis=1)
    x, y, z = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def _palette(scheme: str, kind: str) -> dict[str, str]:
    colours = {"var": COLOURS, "curve": CURVES}[kind]
    rules = re.findall(rf"--{kind}-(\w+): (#\w{{6}})", STYLE_SHEET.read_text(encoding="utf-8"))
    light, dark = dict(rules[: len(colours)]), dict(rules[len(colours) :])
    assert light == colours
    assert light.keys() == dark.keys()
    return {"light": light, "dark": dark}[scheme]


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["var", "curve"])
def test_the_colours_differ_for_every_kind_of_colour_vision(kind, scheme, vision):
    seen = [_lab(np.clip(VISIONS[vision] @ _linear(c), 0, 1)) for c in _palette(scheme, kind).values()]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) >= 15


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["var", "curve"])
def test_the_lines_stand_out_from_the_ground(kind, scheme):
    style = (Path(__file__).parents[2] / "docs" / "assets" / "book.css").read_text(encoding="utf-8")
    light, dark = re.findall(r"--md-default-bg-color: (#\w{6})", style)
    ground = {"light": light, "dark": dark}[scheme]
    luminance = {c: XYZ[1] @ _linear(c) for c in [ground, *_palette(scheme, kind).values()]}
    for colour in _palette(scheme, kind).values():
        darker, lighter = sorted([luminance[ground], luminance[colour]])
        assert (lighter + 0.05) / (darker + 0.05) >= 3  # WCAG 2.2, 1.4.11


def _plot() -> str:
    plot = Figure(figsize=(3, 2), layout="constrained")
    axes = plot.add_subplot()
    axes.plot([1, 2], color=COLOURS["H"], label="train")
    axes.plot([2, 1], color=CURVES["blue"])
    axes.imshow([[0, 1]], gid="paper")
    axes.legend()
    return plot_svg(plot, alt="A line that rises.", caption="It rises.")


def test_a_plot_follows_the_theme_and_reaches_nothing_outside_itself():
    page = _plot()
    assert f"var(--var-H, {COLOURS['H']})" in page
    assert f"var(--curve-blue, {CURVES['blue']})" in page
    assert 'class="paper"' in page
    assert "currentColor" in page
    assert "#000000" not in page
    assert "<style" not in page


def test_a_plot_has_the_look_of_the_book():
    plot, axes = plot_axes("epoch", "$J$")
    axes.semilogy([3, 30])
    svg = html.fromstring(plot_svg(plot, alt="A line that rises.", caption="It rises."))
    lines = [path for path in svg.xpath("//path") if "stroke-linecap: square" in path.get("style", "")]
    assert len([path for path in lines if "stroke-width: 0.6" in path.get("style")]) == 2, "one for each axis"
    (letter,) = svg.xpath("//tspan[text()='𝐽']")
    assert "var(--book-math" in letter.get("style")
    faces = set(re.findall(r"font-family: ([^;\"]+)", html.tostring(svg, encoding="unicode")))
    assert faces == {"var(--book-sans, sans-serif)", "var(--book-math, math), serif"}
    numbers = ["".join(text.itertext()).split() for text in svg.xpath("//text")]
    assert ["2", "×", "1", "0", "0"] not in numbers, "a number at each power of ten is enough"


def test_every_letter_of_a_formula_in_a_plot_is_set_in_italics():
    plot, axes = plot_axes("$h$", "$Y$")
    axes.set_title("$azAZ$", loc="right")
    svg = plot_svg(plot, alt="Nothing.", caption="Nothing.")
    assert set(re.findall(r"<tspan[^>]*book-math[^>]*>(.)<", svg)) == set("ℎ𝑌𝑎𝑧𝐴𝑍")


def test_red_is_above_nought_and_blue_below_on_any_ground():
    shown = signed(np.array([[2.0, -1.0, 0.0, 9.0]]), 4)
    assert shown[0, 0].tolist() == [*to_rgb(SIGNS["red"]), 0.5]
    assert shown[0, 1].tolist() == [*to_rgb(SIGNS["blue"]), 0.25]
    assert shown[0, 2:, 3].tolist() == [0, 1]
    style = (Path(__file__).parents[2] / "docs" / "assets" / "book.css").read_text(encoding="utf-8")
    for ground in re.findall(r"--md-default-bg-color: (#\w{6})", style):
        for colour in SIGNS.values():
            darker, lighter = sorted([XYZ[1] @ _linear(ground), XYZ[1] @ _linear(colour)])
            assert (lighter + 0.05) / (darker + 0.05) >= 3  # WCAG 2.2, 1.4.11


def test_plots_are_the_same_at_every_build_and_refer_to_their_own_ids():
    page = _plot()
    assert page == _plot()
    ids = html.fromstring(page).xpath("//@id")
    assert ids
    assert all(f"#{name}" in page for name in ids)
    assert page.count("url(#") + page.count('href="#') == sum(page.count(f"#{name}") for name in ids)


@pytest.mark.parametrize(
    ("formula", "order", "fates"),
    [
        ("ik,kj->ij", "ikj", ["kept", "summed", "kept"]),
        ("ij,ij->ij", "ij", ["kept", "kept"]),
        ("i,j->ij", "ij", ["kept", "kept"]),
        ("i,i->", "i", ["summed"]),
        ("ij,j->ij", "ij", ["kept", "kept"]),
        ("ik,il->ikl", "kil", ["kept", "kept", "kept"]),
        ("ij,ij->i", "ij", ["kept", "summed"]),
        ("ki,k->i", "ik", ["kept", "summed"]),
    ],
)
def test_the_letters_of_a_product_and_what_becomes_of_them(formula, order, fates):
    page = html.fromstring(_draw(letters(formula)))
    names = ["".join(text.itertext()) for text in page.xpath("//text[@class='name']")]
    plain = {chr(0x1D44E + k): chr(ord("a") + k) for k in range(26)} | {"𝐴": "A", "𝐵": "B", "ℎ": "h"}
    assert [plain[name] for name in names] == ["A", "B", *order]
    assert page.xpath("//text[@class='shape']/text()") == fates
    assert len(page.xpath("//circle[@stroke-dasharray]")) == fates.count("summed")
    assert len(page.xpath("//path[@class='edge']")) == 2


def test_letters_that_no_factor_has_are_refused():
    with pytest.raises(ValueError, match=r"^i,j->k keeps k, which no factor has; it can keep i, j$"):
        letters("i,j->k")


DOCUMENTED = re.findall(
    r"^(`{3,})(?:yaml|markdown)\n(.*?)^\1$",
    (Path(__file__).parents[2] / "docs" / "reference" / "figures.md").read_text(encoding="utf-8"),
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
    assert page.locator(".derivation").inner_text().count("✓ 1 step · proved") == 1
    scheme = "data-bs-theme" if theme == "mkdocs" else "data-md-color-scheme"
    page.evaluate(f"document.body.setAttribute('{scheme}', '{'dark' if theme == 'mkdocs' else 'slate'}')")
    assert chosen.evaluate("box => getComputedStyle(box).stroke") == "rgb(86, 123, 248)"
    page.close()


def test_zero_is_written_without_a_sign():
    assert [number(value) for value in (0, 0.0, -0.0, np.float32(-0.0), -1.5)] == ["0", "0", "0", "0", "−1.5"]
