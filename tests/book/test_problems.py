"""What a teacher hands out: all exercises of the chapters, without a word of their solutions, and all solutions."""

import re

import pytest
from lxml import html

from book.testing import ROOT

DOCS = ROOT / "docs"
CHAPTERS = [
    path for path in sorted(DOCS.rglob("*.md")) if "\n## Exercises\n" in path.read_text(encoding="utf-8")
]


@pytest.fixture(scope="module")
def sheets(site):
    return {
        name: html.fromstring((site / "book" / f"{name}.html").read_bytes())
        for name in ("problems", "solutions")
    }


def test_every_chapter_with_exercises_has_its_problems_and_its_solutions(sheets):
    names = {path.relative_to(DOCS).with_suffix("").as_posix().replace("/", "-") for path in CHAPTERS}
    for sheet in sheets.values():
        assert set(sheet.xpath("//section/@id")) == names
    for path in CHAPTERS:
        chapter = path.relative_to(DOCS).with_suffix("").as_posix().replace("/", "-")
        exercises = path.read_text(encoding="utf-8").split("\n## Exercises\n")[1]
        (problems,) = sheets["problems"].xpath(f"//section[@id='{chapter}']")
        (solutions,) = sheets["solutions"].xpath(f"//section[@id='{chapter}']")
        assert len(re.findall("★+", problems.text_content())) == len(re.findall("★+", exercises)) >= 4
        assert len(solutions.find_class("book-solution")) == exercises.count('??? success "Solution"')


def test_a_problem_has_neither_hint_nor_solution(sheets):
    text = sheets["problems"].text_content()
    assert not re.search(r"\bHint\b", text)
    assert not re.search(r"\bSolution\b", text)
    assert not list(sheets["problems"].iter("details"))


def test_an_id_is_used_once_and_a_link_leads_somewhere(site, sheets):
    book = set(html.fromstring((site / "book" / "index.html").read_bytes()).xpath("//@id"))
    for sheet in sheets.values():
        ids = sheet.xpath("//@id")
        assert len(ids) == len(set(ids))
        for link in sheet.xpath("//a/@href"):
            if link.startswith("#"):
                assert link[1:] in ids
            elif link.startswith("./#"):
                assert link.removeprefix("./#") in book
