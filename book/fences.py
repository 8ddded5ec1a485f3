"""No code fence of the book is left to chance: one that should run and would not, stops the build.

markdown-exec shows a block whose options it does not understand instead of running it, and says nothing. This
Markdown extension reads the head of every fence first and knows every option that the book uses.
"""

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

# Fences that are only shown. A `python` fence is always run.
SHOWN = {"text", "bash", "toml", "yaml", "json", "bibtex", "latex", "markdown", "html", "pycon", "console"}
RUN = {"python"}
READ_ELSEWHERE = {"derivation", "derive", "definition", "unchecked", "exercise"}  # by their own extensions
_VALUES = {
    "exec": {"1"},
    "keep": {"1"},  # what the block printed, for the next build: see book/results.py
    "recorded": {"1"},  # what PyTorch, JAX, a cluster or minutes of training printed: see book/recorded.py
    "html": {"1"},
    "source": {"above", "below", "block", "tabbed-left", "tabbed-right", "console"},
    "result": {"text", "pycon", "console"},
    "id": None,
    "idprefix": None,
    "title": None,
    "hl_lines": None,
}
_HEAD = re.compile(r"^(?P<indent>[ \t>]*)(?P<ticks>`{3,}|~{3,})(?P<head>.*)$")
_OPTION = re.compile(r"""\s+(?P<name>[\w-]+)=(?P<quote>["'])(?P<value>.*?)(?P=quote)""")


class FenceError(ValueError):
    """A code fence that would not be treated as its writer means it."""


def check_head(head: str) -> None:
    """Refuse the head of a fence (what follows the backticks) unless every word of it is known.

    Examples
    --------
    >>> check_head('python exec="1" source="above" result="text"')
    >>> check_head('python exce="1"')
    Traceback (most recent call last):
        ...
    book.fences.FenceError: fence 'python exce="1"': unknown option exce
    """
    language, _, rest = head.strip().partition(" ")
    options = {match["name"]: match["value"] for match in _OPTION.finditer(" " + rest)}
    if language in READ_ELSEWHERE:
        return
    if language not in SHOWN | RUN:
        raise FenceError(
            f"fence {head!r}: unknown language {language!r}; known are {', '.join(sorted(SHOWN | RUN))}"
        )
    if left := _OPTION.sub("", " " + rest).strip():
        raise FenceError(f"fence {head!r}: cannot read {left!r}")
    for name, value in options.items():
        if name not in _VALUES:
            raise FenceError(f"fence {head!r}: unknown option {name}")
        if _VALUES[name] and value not in _VALUES[name]:
            raise FenceError(f"fence {head!r}: {name} is one of {', '.join(sorted(_VALUES[name]))}")
    if language == "python" and "exec" not in options:
        raise FenceError(f'fence {head!r}: Python on a page runs; write exec="1", or use the language text')


class _NothingLeft(Treeprocessor):
    """Refuses a fence that superfences left in the text: one that is not closed, or stands at a place where none may."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            for text in (element.text, element.tail):
                for debris in ("```", 'exec="'):
                    if text and debris in text:
                        raise FenceError(
                            f"a reader would see {debris!r} in {' '.join(text.split())[:80]!r}: a fence that is not closed?"
                        )


class _Heads(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        # markdown-exec renders sources and results, which it puts in fences of its own, by a second Markdown object.
        if not hasattr(self.md, "_original_md"):
            opened = None
            for line in lines:
                match = _HEAD.match(line)
                if match and opened is None:
                    opened = match["ticks"]
                    check_head(match["head"])
                elif match and match["ticks"].startswith(opened) and not match["head"].strip():
                    opened = None
        return lines


class FencesExtension(Extension):
    """Checks the heads of all fences before any other extension sees them."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register before superfences (25) and after line ends are normal (30)."""
        md.preprocessors.register(_Heads(md), "mathnet-fences", 28)
        md.treeprocessors.register(_NothingLeft(md), "mathnet-fences", 3)


def makeExtension(**settings: object) -> FencesExtension:
    """Return the extension, as Python-Markdown asks for it."""
    return FencesExtension(**settings)
