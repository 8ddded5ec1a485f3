"""The fence on a page: in plain Markdown, and on a MkDocs site that is not this book."""

import os
import re
import subprocess
import sys

import markdown
import pytest

from mathnet.derivation import DerivationError, find
from mathnet.derivation.meaning.properties import PROPERTIES
from mathnet.derivation.verdict.rendering import PHRASES, how_checked
from mathnet.derivation.verdict.report import Report

PAGE = r"""
!!! note

    ```derivation inside
    where  t \in \mathbb{R}
    (t + 1)^2 &= t^2 + 2t + 1  && \text{since } 1 \cdot t = t
    ```

> ```derivation in-quote
> where  t \in \mathbb{R}
> t + t = 2 t
> ```

````markdown
```derivation only-shown
```
````
"""


def convert(page):
    return markdown.markdown(
        page, extensions=["admonition", "pymdownx.superfences", "mathnet.derivation.markdown"]
    )


def test_fences_are_found_where_they_are_fences():
    assert [(fence.id, fence.line) for fence in find(PAGE)] == [("inside", 5), ("in-quote", 10)]


def test_page_shows_the_derivation_and_its_verdict():
    html = convert(PAGE)
    assert 'id="d-inside"' in html
    assert "✓ 1 step · proved" in html
    assert "since " in html
    assert html.count("<math") == 9
    assert 'id="d-only-shown"' not in html
    assert re.search(r'<blockquote>\s*<div class="derivation" id="d-in-quote">', html)


def test_the_style_sheet_comes_along_once_and_needs_no_file():
    html = convert(PAGE)
    assert (
        len(re.findall(r'<link rel="stylesheet" href="data:text/css,[^"]*\.derivation-row[^"]*">', html)) == 1
    )
    assert "stylesheet" not in convert("No derivation.")


def test_the_where_part_reads_as_a_sentence():
    fence = "```derivation numbers\nwhere  %s\na = a\n```"
    for where, said in {
        r"a, b \in \mathbb{R} \text{ nonzero}": "Let a and b be nonzero numbers.",
        r"a \in \mathbb{R} \text{ between 0 and 1, constant}": "Let a be a constant number between 0 and 1.",
        r"a \in \mathbb{R}^{n} \text{ positive, constant}": "Let a be n×1, positive in every entry and constant.",
        r"a \in \mathbb{R}^{n},  f \text{ elementwise},  b = f(a)": "Let a be n×1 and f act on every entry, and let b=f(a).",
        r"a, b \in \mathbb{R}^{n} \text{ constant},  f \text{ elementwise}": "Let a and b be n×1 and constant, and f act on every entry.",
        r"a \in \mathbb{R}^{n},  b \in \mathbb{R}^{m},  f \text{ elementwise}": "Let a be n×1, b be m×1, and f act on every entry.",
        r"a \in \mathbb{R}^{n \times k} \text{ rows sum to one}": "Let a be n×k with rows that sum to one.",
        r"a \in \mathbb{R}^{n},  \text{numerator layout},  J = \sum_i a_i": "Let a be n×1, and let J=∑iai. Derivatives are in numerator layout.",
    }.items():
        html = re.search(r'<p class="derivation-where">(.*?)</p>', convert(fence % where))[1]
        assert re.sub(r"<[^>]*>", "", html) == said


@pytest.mark.parametrize(
    ("equation", "said"),
    [
        (r"[A C]_{ij} = \sum_k A_{ik} C_{kj}", "definition"),
        (r"[A \odot B]_{ij} = A_{ij} B_{ij}", "definition"),
        (r"\langle A, B \rangle = \sum_{ij} A_{ij} B_{ij}", "definition"),
        (r"\bar Y = \frac{\partial J}{\partial Y}", "definition"),
        (r"J = \sum_{ij} Y_{ij}^2", "definition"),
        (r"[A C]_{ij} = \sum_k C_{kj} A_{ik}", "✓ 1 step · proved"),
        (r"[A C]_{ij} = [A C + 0 A C]_{ij}", "✓ 1 step · proved"),
        (r"\frac{\partial J}{\partial Y} = 2 Y", "✓ 1 step · proved"),
        (r"\bar Y = \frac{\partial J}{\partial Y} = 2 Y", "✓ 2 steps · proved"),
    ],
)
def test_what_only_says_what_a_sign_means_is_a_definition(equation, said):
    where = "where  A, B, Y \\in \\mathbb{R}^{n \\times m},  C \\in \\mathbb{R}^{m \\times k}\n       J = \\sum_{ij} Y_{ij}^2\n       \\bar J = 1"
    html = convert(f"```derivation said\n{where}\n{equation}\n```")
    assert re.search("<summary>(.*?)</summary>", html)[1] == said


def test_every_property_and_case_has_a_rendering():
    assert set(PHRASES) == set(PROPERTIES)
    html = convert(
        r"""
```derivation cases
where  z \in \mathbb{R},  I \in \mathbb{R}^{n \times n} \text{ identity}
       r(x) = \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}
r'(z) = [z > 0]

\mathrm d(I + I) = 0 I
```
"""
    )
    assert "<mtable" in html
    assert "the identity" in html


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("2t", "3t", "derivation inside, line 2: t^2 + 3t + 1 is not equal to"),
        ("in-quote", "inside", "derivation inside: the id is already used at line 5"),
        ("derivation inside", "derivation", "derivation : it has no id"),
        ("inside", "In_side", "the id In_side is not made of"),
    ],
)
def test_what_is_wrong_stops_plain_markdown(right, wrong, message):
    with pytest.raises(DerivationError, match=re.escape(message)):
        convert(PAGE.replace(right, wrong))


DERIVE = r"""
```derive square by=w
where w \in \mathbb{R}^{n}
      J = \tfrac12 \|w\|^2
```
"""


def test_what_is_asked_for_is_derived_and_shown_as_any_derivation():
    html = convert(DERIVE)
    assert 'id="d-square"' in html
    assert "✓ 1 step · proved" in html
    assert "through " in html
    assert html.count('<link rel="stylesheet"') == 1


def test_where_there_is_no_derivative_is_said_below_the_lines():
    where = r"where w \in \mathbb{R}^n,  J = \|w\|"
    shown = convert(f"```derive norm by=w\n{where}\n```\n\n```derive square by=w\n{where}^2\n```\n")
    (note,) = re.findall('<p class="derivation-note">(.*?)</p>', shown)
    assert note.startswith('There is no derivative where <span class="math"><math>')
    assert "<mi>w</mi><mo>=</mo><mn>0</mn>" in note


def test_what_cannot_be_derived_stops_plain_markdown():
    with pytest.raises(DerivationError, match="derivation square: Q is not declared; known are: w, J"):
        convert(DERIVE.replace("by=w", "by=Q"))


def test_another_text_may_use_the_id_again():
    md = markdown.Markdown(extensions=["mathnet.derivation.markdown"])
    assert md.convert(PAGE) == md.reset().convert(PAGE)
    md.reset().convert("```derivation inside\nwhere t \\in \\mathbb{R}\nt = t\n```")


# On any site of MkDocs, with two lines of configuration

CONFIGURATION = "site_name: Notes\nmarkdown_extensions:\n  - mathnet.derivation.markdown\n"
NOTES = "---\ntitle: Front matter is not part of the text\n---\n# Notes\n" + PAGE


@pytest.fixture
def build(tmp_path):
    """Return a function that builds a site of the given pages with the default theme: status, output, pages."""

    def build(*options, **pages):
        (tmp_path / "docs").mkdir(exist_ok=True)
        (tmp_path / "mkdocs.yml").write_text(CONFIGURATION, encoding="utf-8")
        for name, text in pages.items():
            (tmp_path / f"docs/{name}.md").write_text(text, encoding="utf-8")
        run = subprocess.run(
            [sys.executable, "-W", "error::RuntimeWarning", "-m", "mkdocs", "build", *options],
            cwd=tmp_path,
            env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return run.returncode, run.stdout, (tmp_path / "site/index.html").read_text(encoding="utf-8")

    return build


def test_a_right_derivation_is_shown_on_any_site(build):
    code, said, page = build("--strict", index=NOTES)
    assert code == 0, said
    assert "✓ 1 step · proved" in page
    assert "stylesheet" in page.split("d-inside")[1]


def test_what_is_wrong_fails_the_strict_build_and_is_shown_by_the_other(build):
    pages = {
        "index": NOTES.replace("2t", "3t"),
        "other": "```derivation in-quote\nwhere t \\in \\mathbb{R}\nt = t\n```\n"
        + DERIVE.replace("by=w", "by=Q"),
    }
    code, said, page = build(**pages)
    assert code == 0, said
    assert "✗ derivation inside, line 2: t^2 + 3t + 1 is not equal to (t + 1)^2: 5 against 4" in page
    assert "✓ 1 step · proved" in page  # the other derivation of the page
    for message in (
        "ERROR   -  index.md:8: derivation inside, line 2: t^2 + 3t + 1 is not equal to",
        "ERROR   -  other.md:1: derivation in-quote: the id is already used in index.md",
        "ERROR   -  other.md:6: derivation square: Q is not declared; known are: w, J",
    ):
        assert message in said
    assert build("--strict")[0] == 1


def test_without_math_core_the_message_says_what_to_install():
    script = "import sys; sys.modules['math_core'] = None\nimport markdown\n"
    script += "markdown.markdown('', extensions=['mathnet.derivation.markdown'])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: to show a formula on a page, mathnet needs math-core: pip install math-core"
    )


def test_the_mark_says_how_it_was_checked():
    report = Report("an-id", "t = t", comparisons=12, draws=3, sizes=[{"n": 2, "h": 3}, {"n": 3, "h": 2}])
    said = re.sub(r"<[^>]*>", "", how_checked(report)).replace("&nbsp;", " ")
    assert "12 comparisons at 3 random points, in exact fractions, without any tolerance." in said
    assert "The sizes tried: h = 3, n = 2 and h = 2, n = 3." in said
    report.exact, report.bound = False, 2.5e-17
    said = how_checked(report)
    assert "to 50 digits, with mpmath" in said
    assert "pass with probability at most 10−16." in re.sub(r"<[^>]*>", "", said)
