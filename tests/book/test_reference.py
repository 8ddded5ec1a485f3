"""The reference shows what the library exports, and no helper."""

from lxml import html

import mathnet


def test_of_the_functions_of_a_chapter_the_exported_ones_are_shown(site):
    shown = {
        name.removeprefix("mathnet.")
        for path in (site / "reference").glob("*/index.html")
        for name in html.parse(path).xpath("//h2[starts-with(@id, 'mathnet.')]/@id")
    }
    exported = {f"{chapter}.{name}" for chapter, names in mathnet._CHAPTERS.items() for name in names}
    assert exported - shown == set()
    chapters = {name for name in shown if name.partition(".")[0] in mathnet._CHAPTERS}
    assert [name for name in sorted(chapters - exported) if _is_function(name)] == []


def _is_function(name):
    chapter, _, member = name.partition(".")
    return type(getattr(getattr(mathnet, chapter), member)).__name__ == "function"
