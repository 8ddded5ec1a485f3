"""The plugin for pytest: every derivation of the configured files is a test."""

import re
import subprocess
import sys

import pytest

CONFIGURATION = """
[pytest]
addopts = -p mathnet.derivation.pytest_plugin -p no:cacheprovider
derivations = README.md notes/**/*.md
"""
RIGHT = "```derivation right\nwhere t \\in \\mathbb{R}\nt + t = 2 t\n```\n"
WRONG = "\n```derivation wrong\nwhere t \\in \\mathbb{R}\nt + t = 3 t\n```\n"


@pytest.fixture
def run(tmp_path):
    """Return a function that writes files and runs pytest on them: status and output."""

    def run(*arguments, **files):
        (tmp_path / "pytest.ini").write_text(CONFIGURATION, encoding="utf-8")
        (tmp_path / "notes/deeper").mkdir(parents=True)
        for name, text in files.items():
            (tmp_path / f"{name.replace('__', '/')}.md").write_text(text, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    return run


def test_every_derivation_of_the_files_is_an_item(run):
    status, said = run(
        "--collect-only",
        README=RIGHT,
        notes__one=RIGHT + WRONG,
        notes__deeper__two=RIGHT,
        notes__none="Nothing to check.",
        ignored=RIGHT,
    )
    assert status == 0
    assert sorted(re.findall(r"^.*::.*$", said, flags=re.M)) == [
        "README.md::right",
        "notes/deeper/two.md::right",
        "notes/one.md::right",
        "notes/one.md::wrong",
    ]


def test_a_wrong_line_fails_with_the_words_of_the_checker(run):
    status, said = run("notes/one.md", notes__one=RIGHT + WRONG)
    assert status == 1
    assert "1 failed, 1 passed" in said
    report = said.split("derivation wrong")[1]
    assert "  notes/one.md:8:9: 3 t is not equal to t + t: " in report
    assert "      t + t = 3 t\n              ^\n" in report
    assert "Traceback" not in said
    assert "runtest" not in said


def test_an_id_that_is_used_twice_fails(run):
    status, said = run("README.md", README=RIGHT + "\n" + RIGHT)
    assert status == 1
    assert "README.md:6: the id is already used at line 2" in said


def test_a_file_that_cannot_be_read_is_an_error(run, tmp_path):
    (tmp_path / "README.md").write_bytes(b"\xff\xfe")
    status, said = run("README.md")
    assert status == 2
    assert "README.md: not text in UTF-8" in said
