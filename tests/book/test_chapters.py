"""What a chapter owes its reader: goals, what it builds on, exercises with hints and checked solutions, a summary."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
CHAPTERS = sorted(
    path for path in DOCS.rglob("*.md") if "\n## Exercises\n" in path.read_text(encoding="utf-8")
)
BOX = re.compile(r'^( *)\?\?\? (tip|success) "(?:Hint|Solution)"\n((?:\1    .*\n|\n)+)', re.MULTILINE)


PARTS = ("First steps", "The four products", "Backpropagation")
IN_NUMBERS = re.compile(
    r"\$[^$\n]*\d\)? (?:\\cdot|\+|-) [^$=\n]*\d\)?[^$=\n]* = [^$\n]*\d[^$\n]*\$"
)  # $1 \cdot 2 + 3 = 5$
MISTAKE = re.compile(
    r"^##+ [^\n]*\b(?:mistakes?|wrong|traps?|pitfalls?|bugs?)\b[^\n]*\n([\s\S]*?)(?=^## |\Z)",
    re.MULTILINE | re.IGNORECASE,
)


def test_every_page_of_the_two_parts_is_a_chapter():
    nav = re.search(
        r"^nav:\n((?: .*\n)+)", (DOCS.parent / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE
    )
    parts = dict(re.findall(r"^  - (.+):\n((?:      - .+\n)+)", nav[1], re.MULTILINE))
    pages = {DOCS / page for part in PARTS for page in re.findall(r"[\w/-]+\.md", parts[part])}
    assert len(pages) >= 11
    assert pages <= set(CHAPTERS)


def test_both_gradients_are_derived_within_3000_words_from_home():
    """As the asker reads: Home, the chain rule, one layer; a formula counts as one word, and code as none."""
    home, chain, layer = (
        (DOCS / page).read_text(encoding="utf-8") for page in ("index.md", "chain-rule.md", "one-layer.md")
    )
    until, end, _ = layer.partition("You have now derived both gradients.")
    assert end
    text = re.sub(r"^( *)```[\s\S]*?^\1```", "", home + chain + until, flags=re.MULTILINE)
    text = re.sub(r"\$[^$]+\$", "formula", re.sub(r"\]\([^)]*\)", "]", text))
    assert 1500 < len(re.findall(r"[^\W\d_][\w'’-]*", text)) < 3000


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_computes_in_numbers_and_shows_a_mistake_with_its_output(path):
    text = path.read_text(encoding="utf-8")
    before = text.split("\n## Exercises\n")[0]
    assert IN_NUMBERS.search(re.sub(r"^ *```[\s\S]*?^ *```", "", before, flags=re.MULTILINE)), (
        "no numbers are calculated in the text"
    )
    shown = [
        re.search(r'^`{3,}python exec="1"', section, re.MULTILINE) for section in MISTAKE.findall(before)
    ]
    assert any(shown), "no section about a mistake runs it"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_begins_with_its_goals_and_ends_with_a_summary(path):
    text = path.read_text(encoding="utf-8")
    assert re.match(
        r'(?:---\n(?:.*\n)+?---\n\n)?# .+\n\n(?:For .+\n\n)?!!! abstract "After this page you can"\n(?:    .+\n)+\nYou need: .*\[.+\]\(.+\)',
        text,
    )
    (card,) = re.findall(r'^!!! summary "In short"\n((?:    .+\n)+)\nNext: .*\[', text, re.MULTILINE)
    lines = card.splitlines()
    assert len(lines) <= 8


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_exercise_has_a_hint_and_a_solution_that_is_run_or_checked(path):
    exercises = path.read_text(encoding="utf-8").split("\n## Exercises\n")[1]
    boxes = BOX.findall(exercises)
    assert [kind for _, kind, _ in boxes] == ["tip", "success"] * (len(boxes) // 2)
    assert len(boxes) >= 8
    numbers = re.findall(r"^(?:\*\*\d\.\*\*|\d\. )", exercises, re.MULTILINE)
    assert len(numbers) - len(boxes) // 2 in (0, 1), "only a last, open exercise may go without a solution"
    for _, kind, body in boxes:
        assert kind == "tip" or re.search(r'```(?:python exec="1"|derivation |derive )', body), body
