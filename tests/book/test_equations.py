r"""Every displayed equation is checked, a definition, or marked as not checked: nothing else gets onto a page."""

import inspect
import re

import pytest
from markdown import Markdown

from book import tags
from book.equations import EquationError, declarations
from book.inventory import claims, equations, pages
from mathnet import RULES
from mathnet.derivation import DerivationError, check, find


def convert(text):
    extensions = [
        "pymdownx.arithmatex",
        "pymdownx.superfences",
        "mathnet.derivation.markdown",
        "book.equations",
    ]
    return Markdown(
        extensions=[*extensions, "book.mathml"],
        extension_configs={"pymdownx.arithmatex": {"generic": True}},
    ).convert(text)


def fence(head, body):
    return f"```{head}\n{body}\n```\n"


@pytest.mark.parametrize(
    "text", ["$$\nY = HW\n$$", "\\[\nY = HW\n\\]", "\\begin{align}\nY = HW\n\\end{align}"]
)
def test_a_displayed_equation_of_no_kind_is_refused(text):
    with pytest.raises(EquationError, match=re.escape("put it into a fence, ```derivation id (checked)")):
        convert(text)


def test_a_formula_in_a_sentence_is_not_a_displayed_equation():
    assert "<math" in convert("The layer is $Y = HW$.")


def test_a_bracket_and_a_comma_stay_on_the_line_of_their_formula():
    html = convert("A table ($n$), *bold ($m$)* and $f$, ($g$ and (as said) $h$).")
    parts = re.findall(r'<span class="math">(.*?)<math>(.*?)</math>(.*?)</span>', html)
    assert [(before, after) for before, _, after in parts] == [
        ("(", "),"),
        ("(", ")"),
        ("", ","),
        ("(", ""),
        ("", ")."),
    ]
    assert re.sub(r"<.*?>", "", html) == "A table (n), bold (m) and f, (g and (as said) h)."


def test_a_definition_is_marked_as_one_and_shows_its_shape():
    html = convert(
        fence(
            "definition layer",
            "where H \\in \\mathbb{R}^{n \\times h}, W \\in \\mathbb{R}^{h \\times y}\nZ = H W",
        )
    )
    assert 'id="d-layer"' in html
    assert "<summary>definition</summary>" in html
    assert html.count(">×<") == 3  # of H, of W, and of Z as the reason of its line


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("where H \\in \\mathbb{R}^{n \\times h}\nZ = H H", "matrix product: left factor H is n × h"),
        ("where H \\in \\mathbb{R}^{n \\times h}\nZ = H W", "unknown symbol W"),
        ("where t \\in \\mathbb{R}\na = t = t", "a definition has one = on its line"),
        ("where t \\in \\mathbb{R}", "nothing is defined"),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(body, message):
    with pytest.raises(DerivationError, match=re.escape(message)):
        convert(fence("definition nonsense", body))


def test_what_is_not_checked_says_why():
    html = convert(fence('unchecked picture "shapes, no values"', "(n \\times k)"))
    assert "not checked: shapes, no values" in html


@pytest.mark.parametrize(
    "head", ["unchecked picture", 'definition layer "why"', "definition", "definition Layer"]
)
def test_the_head_of_a_fence_says_what_it_must(head):
    with pytest.raises(EquationError, match="an id has small letters, digits and dashes"):
        convert(fence(head, "where t \\in \\mathbb{R}\na = t"))


def test_an_id_is_used_once(tmp_path):
    (tmp_path / "mkdocs.yml").write_text("nav: [one.md, two.md]")
    (tmp_path / "docs").mkdir()
    for name in ("one", "two"):
        (tmp_path / "docs" / f"{name}.md").write_text(
            f"# Page {name}\n\n" + fence('unchecked same "why"', "x")
        )
    with pytest.raises(EquationError, match="unchecked same: already on the page 'Page one'"):
        equations(pages(tmp_path / "docs"))


def test_equations_in_sentences_are_compared_with_the_letters_of_their_page(tmp_path):
    (tmp_path / "mkdocs.yml").write_text("nav: [one.md]")
    (tmp_path / "docs").mkdir()
    page = fence("derivation square", "where t \\in \\mathbb{R}\nt^2 = t t")
    page += "It is $t^2 = t \\cdot t$. For $t = 3$ it is nine; $q = 1$ is another letter.\n"
    (tmp_path / "docs/one.md").write_text(page)
    (one,) = book = pages(tmp_path / "docs")
    assert claims(one, equations(book)) == {"t^2 = t \\cdot t": True, "t = 3": False, "q = 1": None}


def test_what_is_asked_for_is_listed_as_the_derivation_that_is_shown(tmp_path):
    (tmp_path / "mkdocs.yml").write_text("nav: [one.md]")
    (tmp_path / "docs").mkdir()
    where = "where w \\in \\mathbb{R}^{n}, J = \\tfrac12 \\|w\\|^2"
    (tmp_path / "docs/one.md").write_text(
        fence("derive square by=w", where) + fence("derive bad by=Q", where)
    )
    right, wrong = equations(pages(tmp_path / "docs"))
    assert (right.kind, right.id) == ("derivation", "square")
    assert right.source == where + "\n\\frac{\\partial J}{\\partial w} &= w  && \\text{through } J"
    assert right.report.ok
    assert not wrong.report.ok
    (tmp_path / "docs/one.md").write_text(fence("derive bad", where))
    with pytest.raises(EquationError, match="fence derive bad: it does not say by which symbol"):
        equations(pages(tmp_path / "docs"))


def test_the_book_lists_every_equation_that_its_pages_show(site):
    shown = {
        anchor
        for page in site.rglob("*.html")
        for anchor in re.findall(r' id="d-([a-z0-9-]+)"', page.read_text("utf-8"))
    }
    inherited = {tag.id for tag in tags.load().values() if tag.heir}  # an old link leads to the heir
    assert shown == {equation.id for equation in equations(pages())} | inherited


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_formula_of_a_rule_holds_with_the_letters_of_its_derivation(rule):
    (fence,) = find(inspect.getdoc(rule.vjp))
    letters = declarations("derivation", fence.source)
    formulas = re.findall(r"\$(.+?)\$", rule.formula)
    assert formulas
    for formula in formulas:
        report = check(f"{letters}\n{formula}", rule.name)
        assert report.ok, report


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_formula_of_a_jvp_is_the_differential_of_what_its_rule_derives(rule):
    formula, *names = re.findall(
        r"\$(.+?)\$", inspect.getdoc(rule.jvp).partition("\n")[0]
    )  # "…, $P = …$" defines P
    (fence,) = find(inspect.getdoc(rule.vjp))
    letters = "\n".join([declarations("derivation", fence.source), *(f"    {name}" for name in names)])
    report = check(f"{letters}\n{formula}", rule.jvp.__name__)
    assert formula.startswith(r"\dot ")
    assert report.ok, report
