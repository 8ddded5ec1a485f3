"""The English of the book: its own list of phrases with better ones, British spelling, and proselint.

A phrase is sometimes the right word, so most have a number of times that a page may say it.
"""

import ast
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from proselint.checks import __register__ as checks_of_proselint
from proselint.config import DEFAULT
from proselint.registry import CheckRegistry
from proselint.tools import LintFile

ROOT = Path(__file__).parents[2]
PAGES = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
# The reference prints the docstrings of these.
MODULES = [*ROOT.glob("mathnet/*.py"), *ROOT.glob("mathnet/figures/*.py")]
TEXTS = sorted(path.relative_to(ROOT).as_posix() for path in (*PAGES, *MODULES))


class Phrase(NamedTuple):
    pattern: str
    instead: str
    allowed: int  # on one page
    example: str


PHRASES = (
    Phrase(r"\b(?:simply|obviously|clearly|of course)\b", "leave it out, or give the step", 0, "It is simply D."),
    Phrase(r"\bjust\b", "only, or leave it out", 0, "This is just a sum."),
    Phrase(r"\bvery\b", "leave it out, or say how much", 0, "It is very small."),
    Phrase(r"(?:(?<=[.:!?] )|^[ >*-]*)(?-i:So)\b(?! far)", "leave it out, or: Therefore, That is why", 3, "So the sum goes."),
    Phrase(r"\b(?:and|but|is|(?<!there )are) none\b", "but it is not one; and there are none", 0, "It is called one, and is none."),
    Phrase(r"(?<!there )(?<!it )\bis no\b(?! longer| more)", "is not a", 0, "A table is no proof."),
    Phrase(r"\b(?:stands?|stood)\b(?! for)", "is, is written, comes, contains", 3, "A sum stands here."),
    Phrase(r"\b(?:meets?|met)\b", "is multiplied by, is paired with, depends on", 3, "H meets D."),
    Phrase(r"\bkeeps?\b", "stays, has still; name what happens", 3, "The sum keeps its letter."),
    Phrase(r"\bthe way back\b", "the backward pass; or name the gradient", 1, "On the way back it is lost."),
    Phrase(r"\bcollects?\b", "adds up, gathers", 1, "It collects both."),
    Phrase(r"\bnothing is added up\b", "there is nothing to add; one term is left", 1, "Here nothing is added up."),
    Phrase(r"\bby hand\b", "on paper, yourself", 2, "Do it by hand."),
    Phrase(r"\b(?:feels?|felt)\b", "depends on, seems", 0, "Which entries feel it?"),
    Phrase(r"\bwithout a word\b", "silently", 0, "NumPy does it without a word."),
    Phrase(r"\b(?:the|this) seed(?:'s)?\b(?! of)(?= |\.|,|'|$)", "the question; a generator has a random seed", 0, "The seed question asks why."),
    Phrase(r"\bmistakes? people make here\b", "a title that names the mistake", 0, "The mistake people make here"),
    Phrase(r"\b(?:two|of|in|have|has) (?:\w+ )?one (?:shape|length|size)\b", "the same", 0, "Two arrays of one shape."),
    Phrase(r"\balso (?:if|where|when|without|with|in|whole)\b", "even, and", 0, "It falls, also with the wrong one."),
    Phrase(r"\bbesides\b", "also, as well; in addition", 0, "It needs SciPy besides."),
    Phrase(r"\brightly\b", "correctly", 0, "It reads rightly."),
    Phrase(r"\bfor money\b", "commercially", 0, "Also for money."),
    Phrase(r"\b(?:is|are) too much\b", "there is one too many", 0, "A factor of 2 is too much."),
    Phrase(r"\b(?:hand(?:ed|s)? over|handed)\b", "passed", 0, "It is handed over."),
    Phrase(r"\b(?:eats?|eaten|ate)\b", "removes", 0, "A delta eats the sum."),
    Phrase(r"\bturn(?:ed|s)? round\b|\border round\b", "reversed", 0, "Turn the order round."),
)  # fmt: skip

SPELLING = (
    (r"\b(?!(?:re|over|under|\w+_)?siz|priz|seiz)\w+iz(?:e[sdr]?|ing|ations?)\b", "-ise, -isation"),
    (r"\b(?:behavior|color|favor|flavor|labor|neighbor)\w*", "-our"),
    (r"\b(?:analyz|catalyz|paralyz)\w+", "-yse"),
    (r"\b(?:label|model|cancel|travel|channel)(?:ed|ing|er)\b", "a double l"),
    (r"\b(?:center|fiber|meter)(?:s|ed)?\b", "-re"),
    (r"\bgray\w*", "grey"),
    (r"\bfulfills?\b", "fulfil"),
)
AMERICAN = "It normalizes colors, analyzes labeled centers, and is gray: we fulfill it."

FENCE = re.compile(
    r"^(?P<margin>[ >]*)(?P<ticks>`{3,}|~{3,})[^`\n]*\n(?:.*\n)*?(?P=margin)(?P=ticks)[ ]*$", re.MULTILINE
)
NOT_PROSE = re.compile(
    r"^ *>>> .*(?:\n.*\S.*)*"  # a doctest with its output
    r"|^::: .*(?:\n    .*)*|^[ ]*(?:!!!|\?\?\?\+?) \w+"  # what mkdocstrings fills in; the kind of a box
    r"|`[^`\n]+`|\$\$[^$]+\$\$|\$[^$]+\$|</?[a-z][^>\n]*>|\{ ?[#.:][^}\n]+\}"  # code, formulas, tags, ids
    r"|(?<=\])\([^)\n]*\)|(?<=\])\[[^]\n]*\]|@[\w-]+|\bhttps?://\S+"  # where links lead, works
    r"|[“\"][^”\"\n]*[”\"]",  # the title of a box, and what somebody else says
    re.MULTILINE,
)

CheckRegistry().register_many(checks_of_proselint)
NOT_ASKED = {
    "typography": False,  # takes the signs of Markdown for those of print
    "weasel_words.very": False,  # in the list above, with other advice
}
CONFIG = {**DEFAULT, "checks": NOT_ASKED | {**DEFAULT["checks"], **NOT_ASKED}}


def prose(text: str) -> str:
    """Return the words of a text in their lines and columns: a formula is one word, a block of code is blank."""
    text = FENCE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    return NOT_PROSE.sub(lambda found: re.sub(r"[^\n]", "·", found[0]), text)


def faults(text: str) -> list[tuple[int, str]]:
    """Return each phrase that is said too often, each American spelling, and what proselint reports, with its line."""
    words = prose(text)
    found = []
    for phrase in PHRASES:
        places = list(re.finditer(phrase.pattern, words, re.MULTILINE | re.IGNORECASE))
        if len(places) > phrase.allowed:
            often = f" {len(places)} times, where {phrase.allowed} are allowed" if phrase.allowed else ""
            found += [(place.start(), f"“{place[0].strip()}”{often}: {phrase.instead}") for place in places]
    for pattern, british in SPELLING:
        found += [
            (place.start(), f"“{place[0]}” is American: {british}")
            for place in re.finditer(pattern, words, re.IGNORECASE)
        ]
    for result in (lint.check_result for lint in LintFile("", f"{words}\n").lint(CONFIG)):
        start, end = (at - 1 for at in result.span)  # proselint puts a line before the text
        if "\n\n" not in words[start:end]:  # not a heading and a paragraph that begins with its words
            found.append((start, f"proselint, {result.check_path}: {result.message}"))
    return sorted((words.count("\n", 0, start) + 1, said) for start, said in found)


def read(path: Path) -> str:
    """Return the text of a page, or the docstrings of a module, each on its lines."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return text
    lines, shown = text.splitlines(), {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            docstring = node.body[0]
            shown |= {
                number: lines[number - 1] for number in range(docstring.lineno, docstring.end_lineno + 1)
            }
    return "\n".join(shown.get(number, "") for number in range(1, len(lines) + 1)).replace('"""', "   ")


@pytest.mark.parametrize("text", TEXTS)
def test_no_text_says_a_phrase_too_often(text):
    found = faults(read(ROOT / text))
    report = "\n".join(f"{text}:{line}: {said}" for line, said in found)
    assert not found, report


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase.instead)
def test_each_phrase_is_found_once_it_is_said_too_often(phrase):
    said = f"{phrase.example}\n"
    assert phrase.instead not in str(faults(said * phrase.allowed))
    found = [fault for fault in faults(said * (phrase.allowed + 1)) if fault[1].endswith(phrase.instead)]
    assert [line for line, _ in found] == list(range(1, phrase.allowed + 2))


def test_each_american_spelling_is_found():
    found = "; ".join(said for _, said in faults(AMERICAN))
    assert all(british in found for _, british in SPELLING)
    assert (
        faults(
            "It normalises the colours of resized, sized and labelled prizes at the centre: they fulfil it."
        )
        == []
    )


def test_a_fault_names_its_line_the_phrase_and_a_better_one():
    assert faults("A sum.\n\nA table\nis no proof, and NumPy does it silently.") == [(4, "“is no”: is not a")]
    assert (
        faults("It collects. It collects.")
        == [(1, "“collects” 2 times, where 1 are allowed: adds up, gathers")] * 2
    )


def test_only_prose_is_read():
    assert (
        faults(
            """# The sum { #simply }

A sum, `simply` $simply$, of [a name](simply.md) and [another][simply] ([@simply-2020]).

!!! simply "Simply"
    ~~~
    simply
    ~~~

````markdown
simply
```
simply
````

>>> simply()
simply

::: mathnet.simply
    options: simply
"""
        )
        == []
    )
    assert [line for line, _ in faults("```\nsimply\n```\n\n??? tip\n    Simply.\n")] == [6]


def test_of_a_module_the_docstrings_are_read(tmp_path):
    path = tmp_path / "sums.py"
    path.write_text(
        '''"""Sums, simply."""\n\nsimply = 1\n\n\ndef f():\n    r"""Simply."""\n    # simply\n''', "utf-8"
    )
    assert [line for line, _ in faults(read(path))] == [1, 7]


def test_proselint_is_asked():
    (found,) = faults("It goes.\n\nThis is the the sum.")
    assert found == (
        3,
        "proselint, lexical_illusions: There's a lexical illusion in 'the the' - a phrase is repeated.",
    )
    assert faults("## The sum\n\nThe sum is one number.") == []
