"""Results of blocks are kept from one build to the next, and only those that cannot have changed."""

import logging

import pytest

from book import results

PURE = "from mathnet import Network\nprint(Network([2, 1]).sizes)"


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """Return a list of the blocks that really ran; no file of the project is touched."""
    monkeypatch.setattr(results, "FOLDER", tmp_path / "results")
    monkeypatch.setattr(results, "_library", lambda: "one library")
    return []


def _formatter(runs, complaint=None):
    def run(*, code, md, **options):
        runs.append(code)
        if complaint:
            logging.getLogger("mkdocs.plugins.some").warning(complaint)
        return f"run {len(runs)}"

    return results.keeping(run)


def test_a_result_is_kept_for_the_next_build(runs):
    assert [_formatter(runs)(code=PURE, md=None, html=True) for _ in range(2)] == ["run 1", "run 1"]


@pytest.mark.parametrize(
    "other", [{"code": PURE + " "}, {"html": False}, {"extra": {"title": "x"}}], ids=["code", "html", "extra"]
)
def test_another_block_is_run(runs, other):
    block = {"code": PURE, "md": None, "html": True}
    assert _formatter(runs)(**block) == "run 1"
    assert _formatter(runs)(**block | other) == "run 2"


def test_a_changed_library_runs_everything_and_forgets_what_the_old_one_gave(runs, monkeypatch):
    _formatter(runs)(code=PURE, md=None)
    old = list(results.FOLDER.rglob("*.html"))
    monkeypatch.setattr(results, "_library", lambda: "another library")
    assert _formatter(runs)(code=PURE, md=None) == "run 2"
    assert len(old) == 1
    assert not old[0].exists()


def test_nothing_is_kept_while_the_library_on_disk_is_not_the_one_that_runs(runs, monkeypatch):
    formatter = _formatter(runs)
    monkeypatch.setattr(results, "_library", lambda: "edited under mkdocs serve")
    assert [formatter(code=PURE, md=None) for _ in range(2)] == ["run 1", "run 2"]


def test_a_complaint_is_not_kept(runs):
    assert [_formatter(runs, "fails")(code=PURE, md=None) for _ in range(2)] == ["run 1", "run 2"]


def test_a_result_with_headings_is_not_kept(runs):
    def run(*, code, md):
        runs.append(code)
        return "<h3>An entry of the table of contents</h3>"

    formatter = results.keeping(run)
    for _ in range(2):
        formatter(code=PURE, md=None)
    assert len(runs) == 2


def test_nothing_is_kept_where_complaints_are_not_heard(runs):
    log = logging.getLogger("mkdocs")
    level = log.level
    log.setLevel(logging.ERROR)  # what --quiet does
    try:
        assert [_formatter(runs, "fails")(code=PURE, md=None) for _ in range(2)] == ["run 1", "run 2"]
    finally:
        log.setLevel(level)


@pytest.mark.parametrize(
    "code",
    [
        "from book import tags",
        "import book.inventory",
        "from book.reading import path",
        "from pathlib import Path",
        "print(open('docs/index.md').read())",
        "def late():\n    import os",
        "from . import x",
        "1 +",
    ],
)
def test_a_block_that_may_read_the_book_runs_in_every_build(runs, code):
    assert [_formatter(runs)(code=code, md=None) for _ in range(2)] == ["run 1", "run 2"]


def test_the_library_is_every_file_of_the_package(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "ROOT", tmp_path)
    (tmp_path / "mathnet" / "derivation").mkdir(parents=True)
    seen = set()
    for name, text in [("a.py", "1"), ("a.py", "2"), ("derivation/grammar.lark", "1"), ("b.py", "1")]:
        (tmp_path / "mathnet" / name).write_text(text)
        seen.add(results._library())
    assert len(seen) == 4
    assert results._library() in seen
