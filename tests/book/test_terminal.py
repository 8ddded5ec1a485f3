"""A command on a page says what the text around it says, or there is no page."""

import re
from pathlib import Path

import pytest

from book.terminal import SessionError, session

ROOT = Path(__file__).parents[2]
RIGHT = {"notes.md": "```derivation sum\nwhere a, b \\in \\mathbb{R}\na + b = b + a\n```"}
UNREADABLE = {"notes.md": RIGHT["notes.md"].replace("= b", "= c")}


def test_a_session_shows_files_command_output_and_status():
    said = session("mathnet check notes.md", UNREADABLE, status=1, says=["unknown symbol c"])
    assert said.startswith("`notes.md`:\n\n````markdown\n```derivation sum\n")
    assert "$ mathnet check notes.md\n✗ notes.md:2 sum: wrong\n" in said
    assert said.endswith("0 right, 1 wrong\n$ echo $?\n1\n````\n")
    alone = session("mathnet check notes.md", UNREADABLE, status=1, says=["unknown symbol c"], show=False)
    assert alone == said[said.index("````text") :]


def test_another_status_or_another_verdict_than_the_page_states_is_refused():
    with pytest.raises(SessionError) as refused:
        session("mathnet check notes.md", RIGHT, status=1, says=["unknown symbol"])
    assert str(refused.value) == (
        "$ mathnet check notes.md\nexpected status 1 and the words ['unknown symbol'], got status 0, "
        "without ['unknown symbol']:\n✓ notes.md:2 sum: 1 step · proved, 3 comparisons\n1 right, 0 wrong"
    )
    with pytest.raises(
        SessionError, match=re.escape("expected status 1 and the words ['✓'], got status 0:\n")
    ):
        session("mathnet check notes.md", RIGHT, status=1, says=["✓"])
    with pytest.raises(SessionError, match=re.escape("got status 1, without ['shapes']:\n")):
        session("mathnet check notes.md", UNREADABLE, status=1, says=["unknown symbol c", "shapes"])


def test_a_session_must_state_its_verdict():
    with pytest.raises(ValueError, match=re.escape("$ mathnet check notes.md: says is empty")):
        session("mathnet check notes.md", RIGHT, status=0, says=[])
    with pytest.raises(TypeError, match="missing 2 required keyword-only arguments: 'status' and 'says'"):
        session("mathnet check notes.md", RIGHT)
    with pytest.raises(ValueError, match="rm is not run for a page, only mathnet"):
        session("rm notes.md", {}, status=0, says=["gone"])


def test_the_page_about_checking_states_what_each_of_its_sessions_says():
    page = (ROOT / "docs/check.md").read_text(encoding="utf-8")
    blocks = re.findall(
        r"^( *)````python exec=\"1\"[^\n]*\n(.*?)^\1````$", page, flags=re.MULTILINE | re.DOTALL
    )
    assert len(blocks) == page.count("print(session(") == 13
    for indent, block in blocks:
        exec(re.sub(rf"^{indent}", "", block, flags=re.MULTILINE), {})
