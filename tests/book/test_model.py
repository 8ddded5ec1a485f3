"""What the Markdown extensions of the book make of a page, and note of it in the model."""

import logging
import re

import pytest
from markdown import Markdown

from book import model, numbering, tags
from book.fences import FenceError
from book.html import CONTENT, NOTHING, as_it_is, copied
from book.onepage import chapter
from book.search import readable
from book.typesetting import TABLE, TABLE_END
from mathnet.derivation import DerivationError

SMALL = "where  A \\in \\mathbb{R}^{n \\times m}\nA + A &= 2 A"


@pytest.fixture
def book():
    """Return a book of two pages, the second of which is being converted: each has an equation, and a third has no number."""
    here, there = model.Page("Here", "parts/here/", ()), model.Page("There", "there/", ())
    equations = {
        id: model.Equation("derivation", id, SMALL, "", page, local)
        for id, page, local in (("here", here, 7), ("there", there, 5), ("new", there, 6))
    }
    numbers = tags.read("1 here\n2 there\n3 gone retired")
    model.build(model.Book({"parts/here.md": here, "there.md": there}, equations, numbers, here))
    yield model.book()
    model.end()


def convert(text, *extensions):
    needed = [
        "pymdownx.superfences",
        "tables",
        "mathnet.derivation.markdown",
        "book.equations",
        "book.numbering",
        *extensions,
    ]
    return Markdown(extensions=needed).convert(text)


def test_an_equation_is_shown_with_its_number_and_noted(book):
    html = convert(f"```derivation here\n{SMALL}\n```")
    assert '<span class="equation-anchor" id="eq-1"></span>' in html
    assert html.count(">(7)</a>") == 1
    assert "\\begin{equation} \\label{eq:here}" in html
    assert book.page.equations == {"here"}


def test_without_a_book_an_equation_has_a_link_instead_of_a_number():
    assert 'title="Link to this equation" data-search-exclude>¶</a>' in convert(
        f"```derivation here\n{SMALL}\n```"
    )


@pytest.mark.parametrize(
    ("reference", "link"),
    [
        ("[](#d-here)", '<a aria-label="Equation (7)" class="equation-reference" href="#eq-1">(7)</a>'),
        (
            "[](#d-there)",
            '<a aria-label="Equation (5) of There" class="equation-reference" href="../../there/#eq-2">(5) of There</a>',
        ),
        (
            "[*so* it is](#d-there)",
            '<a class="equation-reference" href="../../there/#eq-2"><em>so</em> it is</a>',
        ),
    ],
)
def test_a_reference_leads_to_its_equation(book, reference, link):
    assert convert(f"As in {reference}.") == f"<p>As in {link}.</p>"


def test_what_has_no_number_or_leads_nowhere_is_named(book, caplog):
    convert(f"```derivation here\n{SMALL}\n```\n\n[](#d-here), [](#d-there), [](#d-nowhere)")
    book.equations["gone"] = model.Equation("definition", "gone", SMALL, "", book.page)
    with caplog.at_level(logging.ERROR):
        numbering.complain(book)
    assert [record.message for record in caplog.records] == [
        f"derivation new: it has no number yet; run {tags.COMMAND}",
        "definition gone: the id is retired, take another",
        "parts/here.md: reference [](#d-there): no such equation is right and has a number",
        "parts/here.md: reference [](#d-nowhere): no such equation is right and has a number",
    ]


def test_a_wrong_equation_gets_no_number(book):
    with pytest.raises(DerivationError, match="is not equal to"):
        convert(f"```derivation here\n{SMALL.replace('2 A', '3 A')}\n```")
    assert not book.page.equations


# Setting type


def test_a_shape_stays_on_one_line_but_code_is_code():
    html = convert("It is *1 × 3*, 2 × 3, `4 × 3`.\n\n```text\n5 × 3\n```", "book.typesetting")
    assert re.findall(r"\d\s×\s3", html) == ["1\xa0×\xa03", "2\xa0×\xa03", "4 × 3", "5 × 3"]


def test_a_table_has_the_box_in_which_it_scrolls():
    html = convert("before\n\n| a |\n|---|\n| b |\n\nafter", "book.typesetting")
    assert "".join(html.split("\n")).startswith(f"<p>before</p>{TABLE}<thead>")
    assert html.replace("\n", "").endswith(f"</tbody>{TABLE_END}<p>after</p>")


@pytest.mark.parametrize("text", ["A sentence, ```python", 'and `exec="1"` in words'])
def test_a_fence_that_a_reader_would_see_is_refused(text):
    with pytest.raises(FenceError, match=r"^a reader would see .* in .*: a fence that is not closed\?$"):
        convert(text, "book.fences")


# Finished pages


@pytest.mark.parametrize(
    "html",
    [
        '<p class=a>x &amp; y &lt; z<br>&nbsp;<!-- c --><img src="a.png"/></p>',
        "<table><tr><th>a<th>b<tr><td>c<td>d</table>",
        '<svg viewBox="0 0 1 1"><clipPath id="a"><rect x="1"/></clipPath></svg>',
        "<script>if (a < b && c) { '</p>' }</script><math><mi>x</mi></math>",
    ],
)
def test_a_page_is_copied_letter_by_letter(html):
    assert copied(html, as_it_is) == html


def test_what_is_left_out_ends_where_it_ends():
    def change(element):
        return {"drop": NOTHING, "open": CONTENT}.get(element.attributes.get("id"), as_it_is(element))

    assert (
        copied('a<div id="drop"><div>b<br></div>c</div>d<p id="open">e<i>f</i></p>g', change)
        == "ade<i>f</i>g"
    )
    assert copied('<tr><td id="drop">a<td>b</tr><p>c</p>', change) == "<tr></tr><p>c</p>"


def test_the_search_reads_what_is_not_excluded():
    html = '<table><tr><th>a<th>b</tr></table><div data-search-exclude><div>no</div>no</div><a class="headerlink">¶</a> yes'
    assert readable(html).split() == ["<table>", "<tr><th>a", "·", "<th>b</tr>", ";", "</table>", "yes"]


def test_a_chapter_of_the_one_page_book_is_printed():
    html = (
        '<h2 id="a">A<a class="x headerlink" href="#a">¶</a></h2><details class="derivation-mark"><summary>✓</summary><p>how</p></details>'
        '<details><summary>fold</summary></details><a href="../b/#eq-7">7</a><a href="../b/">b</a><a href="../c/">c</a>'
        '<a href="https://example.org/">e</a><my-figure><i style="fill: url(#a)"></i><script>1</script></my-figure><p id="eq-3"></p>'
    )
    text, solutions = chapter(html, "a/", frozenset({"a/", "b/"}))
    assert solutions == ""
    assert text == (
        '<h3 id="a--a">A</h3><span class="derivation-mark">✓</span>'
        '<details open><summary>fold</summary></details><a href="#eq-7">7</a><a href="#b">b</a><a href="../c/">c</a>'
        '<a href="https://example.org/">e</a><div class="my-figure"><i style="fill: url(#a--a)"></i></div><p id="eq-3"></p>'
    )
