"""Every displayed equation has a number that never changes, a place, LaTeX that can be checked, and an entry in one file."""

import json
import subprocess
from pathlib import Path

import pytest
from lxml import html

from book import model, numbering, paper, tags
from book.inventory import equations, pages, read
from mathnet import RULES
from mathnet.derivation.verdict import rendering

ROOT = Path(__file__).parents[2]
FILE = "docs/assets/equation-tags.txt"


@pytest.fixture(scope="module")
def book():
    return {equation.id: equation for equation in equations(pages())}


# The numbers


def test_every_equation_has_a_number_and_every_number_is_used_or_retired(book):
    known = tags.load()
    assert len(book) > 200
    assert {id for id, tag in known.items() if not tag.retired} == set(book), f"run {tags.COMMAND}"
    assert {tag.heir for tag in known.values() if tag.heir} <= set(book)


def test_no_number_was_ever_changed_reused_or_removed():
    assert tags.hold(ROOT) >= 3


def git(folder, *arguments):
    author = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *author, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    """Return a repository of three commits with two numbers, then three, and a file that is no concern of theirs."""
    folder = tmp_path / "repository"
    (folder / "docs/assets").mkdir(parents=True)
    git(folder, "init", "-b", "main")
    for name, text in ((FILE, "1 a\n2 b\n"), (FILE, "1 a\n2 b\n3 c\n"), ("README", "")):
        (folder / name).write_text(text)
        git(folder, "add", "-A")
        git(folder, "commit", "-m", name)
    return folder


def test_numbers_that_are_added_or_retired_hold(repository):
    assert tags.hold(repository) == 2
    (repository / FILE).write_text("1 a\n2 b retired d\n3 c\n4 d\n")
    assert tags.hold(repository) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 b\n2 a\n3 c\n", r"\(1\) was a in commit [0-9a-f]+ and is b: a number is never changed"),
        ("1 a\n2 b\n3 d\n", r"\(3\) was c in commit [0-9a-f]+ and is d: "),
        ("1 a\n2 b\n", r"\(3\) was c in commit [0-9a-f]+ and is gone: "),
    ],
)
@pytest.mark.parametrize("committed", [False, True])
def test_numbers_that_are_swapped_reused_or_removed_are_refused(repository, text, message, committed):
    (repository / FILE).write_text(text)
    if committed:
        git(repository, "commit", "-am", "a mistake")
    with pytest.raises(tags.TagError, match=message):
        tags.hold(repository)


def test_what_a_merge_made_of_a_branch_counts_and_not_the_branch(repository):
    git(repository, "checkout", "-b", "branch")
    (repository / FILE).write_text("1 a\n2 b\n3 c\n4 e\n")
    git(repository, "commit", "-am", "4 is e on the branch")
    git(repository, "checkout", "main")
    (repository / FILE).write_text("1 a\n2 b\n3 c\n4 d\n")
    git(repository, "commit", "-am", "4 is d")
    git(repository, "merge", "-s", "ours", "--no-commit", "branch")
    (repository / FILE).write_text("1 a\n2 b\n3 c\n4 d\n5 e\n")
    git(repository, "commit", "-am", "merge")
    assert tags.hold(repository) == 4
    (repository / FILE).write_text("1 a\n2 b\n3 c\n4 e\n5 d\n")
    with pytest.raises(tags.TagError, match=r"\(4\) was d"):
        tags.hold(repository)


def test_without_the_history_the_guard_fails_and_says_how_to_get_it(repository, tmp_path):
    git(tmp_path, "clone", "--depth=1", repository.as_uri(), "shallow")
    shallow = tmp_path / "shallow"
    (shallow / FILE).write_text("1 b\n2 a\n3 c\n")
    with pytest.raises(tags.TagError, match=r"this clone is shallow; run git fetch --unshallow$"):
        tags.hold(shallow)
    git(shallow, "fetch", "--unshallow")
    with pytest.raises(tags.TagError, match=r"\(1\) was a"):
        tags.hold(shallow)
    with pytest.raises(tags.TagError, match="git rev-parse: fatal: not a git repository"):
        tags.hold(tmp_path)
    git(tmp_path, "init")
    git(tmp_path, "commit", "--allow-empty", "-m", "nothing")
    with pytest.raises(tags.TagError, match=f"no commit has {FILE}$"):
        tags.hold(tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [
        "2 a",
        "1 a\n1 b",
        "1 a\n2 a",
        "1 a\n3 b",
        "1 a\n\n2 b",
        "1 A",
        "1",
        "1 a gone",
        "1 a retired b c",
        "01 a",
    ],
)
def test_a_file_of_numbers_with_a_mistake_is_refused(wrong):
    assert len(tags.read("1 b\n2 a retired\n3 c retired b")) == 3
    with pytest.raises(tags.TagError):
        tags.read(wrong)


def test_new_equations_are_numbered_after_all_others(tmp_path):
    (tmp_path / "assets").mkdir()
    tags.append(["b", "a"], tmp_path)
    before = tags.load(tmp_path)
    assert [str(tag) for tag in tags.append(["c", "a", "b"], tmp_path)] == ["3 c"]
    assert tags.load(tmp_path) == before | {"c": tags.Tag(3, "c")}


def test_an_equation_that_took_the_place_of_others_has_their_anchors(book):
    equation = book["one-layer-weights"]
    known = tags.read("1 older retired one-layer-weights\n2 gone retired\n3 one-layer-weights")
    model.build(model.Book({}, book, known, equation.page))
    try:
        shown = html.fromstring(numbering.numbered(rendering.shown(equation.report)))
    finally:
        model.end()
    anchors = shown.xpath("//*[@id='d-one-layer-weights']/span/@id")
    assert anchors == ["eq-3", "eq-1", "d-older"]
    assert equation.id in equation.page.equations
    assert shown.xpath("//a[contains(@class, 'equation-number')]/text()") == [f"({equation.local})"]
    assert "Tag 3 is" in shown.text_content()


def where(book, id):
    equation = book[id]
    model.build(model.Book({}, book, tags.load(), equation.page))
    try:
        shown = html.fromstring(numbering.numbered(rendering.shown(equation.report)))
    finally:
        model.end()
    return [part.text_content() for part in shown.xpath("//p[@class='derivation-where']")]


def page(tmp_path, text):
    (tmp_path / "page.md").write_text(text)
    return {equation.id: equation for equation in equations([read(tmp_path / "page.md", Path("page.md"))])}


FENCE = "{0}```derivation {1}\n{0}where  a, b \\in \\mathbb{{R}}{2}\n{0}a b = b a\n{0}```\n\n"


def test_equations_are_counted_by_page_and_a_letter_is_introduced_once_in_a_section(tmp_path, monkeypatch):
    plain, more = FENCE.format("", "ID", ""), FENCE.format("", "more", ", c = a")
    text = f"# Page\n\n{plain.replace('ID', 'one')}{plain.replace('ID', 'two')}{more}## Next\n\n{plain.replace('ID', 'three')}"
    book = page(tmp_path, text)
    monkeypatch.setattr(tags, "load", lambda: {id: tags.Tag(100 + e.local, id) for id, e in book.items()})
    assert [equation.local for equation in book.values()] == [1, 2, 3, 4]
    everything = "Let a and b be numbers."
    assert where(book, "one") == [everything]
    assert where(book, "two") == [everything]  # behind the mark
    assert where(book, "more") == ["Let c=a.", "Let a and b be numbers, and let c=a."]
    assert where(book, "three") == [everything]


def test_what_stands_in_a_folded_box_introduces_nothing_outside_of_it(tmp_path):
    inside = FENCE.format("    ", "ID", "")
    text = (
        '# Page\n\n??? success "One"\n\n'
        + inside.replace("ID", "one")
        + inside.replace("ID", "two")
        + '??? success "Two"\n\n'
        + inside.replace("ID", "three")
        + FENCE.format("", "four", "")
    )
    above = {id: equation.above for id, equation in page(tmp_path, text).items()}
    assert above == {"one": (), "two": ("one",), "three": (), "four": ()}


# The site


@pytest.fixture(scope="module")
def listing(site):
    return json.loads((site / "equations.json").read_text(encoding="utf-8"))["equations"]


def test_the_list_of_equations_is_that_of_the_book_in_the_order_of_the_numbers(listing, book):
    assert [(entry["tag"], entry["id"]) for entry in listing] == [
        (tag.number, tag.id) for tag in tags.load().values()
    ]
    for entry in listing:
        if entry["kind"] == "retired":
            continue
        equation = book[entry["id"]]
        assert (entry["kind"], entry["where"]) == (equation.kind, paper.where(equation))
        if equation.kind == "derivation":
            assert entry["verdict"] in ("definition", equation.report.verdict())
            assert (entry["digits"] is None) == entry["exact"]
            assert entry["bound"] is None or 0 < entry["bound"] < 1e-9
    assert sum(entry.get("code") is not None for entry in listing) == len(RULES)


def test_every_equation_stands_where_the_list_says(site, listing, book):
    trees = {
        path.parent.relative_to(site).as_posix(): html.fromstring(path.read_bytes())
        for path in site.rglob("index.html")
    }
    for entry in listing:
        if entry["kind"] == "retired":
            continue
        page, _, anchor = entry["url"].partition("#")
        (equation,) = trees[page.rstrip("/") or "."].xpath(f"//span[@id='{anchor}']/..")
        assert equation.get("id") == f"d-{entry['id']}"
        (number,) = equation.xpath(".//a[contains(@class, 'equation-number')]")
        assert (number.text, number.get("href")) == (f"({book[entry['id']].local})", f"#{anchor}")
        latex, bibtex = (block.text_content() for block in equation.xpath(".//details//pre"))
        assert latex == entry["latex"]
        assert f"(tag {entry['tag']}), in " in bibtex
