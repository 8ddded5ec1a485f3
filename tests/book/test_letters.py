"""A letter has one role on a page: it is a size, an index, a function or a value, and never two of them.

A reader takes h for the number of inputs once a page has said so, and stumbles where the next formula has a state h.
"""

import re
from collections import defaultdict
from itertools import chain
from pathlib import Path

import pytest

from book.equations import as_derivation, declarations
from mathnet.derivation import Derivation
from mathnet.derivation.meaning.names import Names
from mathnet.derivation.meaning.nodes import Node
from mathnet.derivation.read.fences import fences

ROOT = Path(__file__).parents[2]
EXPLAINS_THE_CHECKER = {
    "docs/reference/derivation.md",  # shows what is accepted, in the letters of many authors
    "docs/check.md",  # corrects what several authors wrote
}
PAGES = sorted(
    path
    for path in (*ROOT.glob("docs/**/*.md"), *ROOT.glob("mathnet/*.py"))
    if path.relative_to(ROOT).as_posix() not in EXPLAINS_THE_CHECKER
    and re.search(r"^ *```(?:derivation|derive|definition) ", path.read_text(encoding="utf-8"), re.MULTILINE)
)


def roles(text: str) -> dict[str, dict[str, set[str]]]:
    """Return, of each name in the displayed equations of a text, its roles with the ids of the equations."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for fence in fences(text):
        if fence.word not in ("derivation", "derive", "definition"):
            continue
        word, source = as_derivation(fence)
        if word == "definition":
            source = f"{declarations(word, source)}\n\n0 = 0"
        derivation = Derivation(source)
        names, id = derivation.names, fence.rest.split()[0]
        sides = [side for read in derivation.report.chains for side in read.nodes]
        for role, members in (
            ("size", names.dimensions),
            ("value", names.symbols),
            ("function", names.functions),
            ("index", _indices(names, sides)),
        ):
            for name in members:
                found[name][role].add(id)
    return found


def _indices(names: Names, sides: list[Node]) -> set[str]:
    symbols = names.symbols.values()
    nodes = [*sides, *(symbol.definition for symbol in symbols if symbol.definition is not None)]
    scripts = chain(
        names.steps,
        *(symbol.indices for symbol in symbols),
        *(
            getattr(part, script, None) or ()
            for node in nodes
            for part in node.walk()
            for script in ("indices", "letters")
        ),
    )
    return {letter for letter in scripts if isinstance(letter, str) and re.fullmatch(r"\\?[A-Za-z]+", letter)}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_letter_has_one_role_on_a_page(path):
    clashes = [
        f"{name} is {' and '.join(f'a {role} in {min(ids)}' for role, ids in sorted(has.items()))}"
        for name, has in roles(path.read_text(encoding="utf-8")).items()
        if len(has) > 1
    ]
    assert not clashes


def test_each_role_is_found():
    text = "```derivation one\nwhere  H \\in \\mathbb{R}^{n \\times h}\n       f \\text{ elementwise}\n[f(H)]_{ij} = f(H_{ij})\n```\n"
    found = {name: set(has) for name, has in roles(text).items()}
    assert found == {
        "n": {"size"},
        "h": {"size"},
        "H": {"value"},
        "f": {"function"},
        "i": {"index"},
        "j": {"index"},
    }
    assert set(roles(text + text.replace("H", "h").replace("{n \\times h}", "{n \\times m}"))["h"]) == {
        "size",
        "value",
    }
