r"""No displayed equation of the book is merely shown: it is checked, a definition, or marked as not checked.

A page and a docstring may hold four kinds of displayed equations, each in a fence with an id of its own:

- `derivation`: an identity or a derivation, every side compared with the one before (`mathnet.derivation`);
- `derive`: the where part of a derivation that is derived by machine; everywhere but in the source it is a derivation;
- `definition`: says what symbols mean. It has a where part like a derivation, then one definition on each line. There
  is nothing to prove; but every symbol must be declared, the shapes must fit and the values must exist;
- `unchecked`: LaTeX that the checker cannot read, with the reason in quotation marks after the id.

Anything else, `$$ … $$` or `\[ … \]`, stops the build. Formulas inside a sentence are not displayed equations.
"""

import html
import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from mathnet.derivation import Derivation, DerivationError
from mathnet.derivation.doors.markdown import claim, refuse
from mathnet.derivation.errors import Place
from mathnet.derivation.meaning.names import Item
from mathnet.derivation.read.blocks import read_block
from mathnet.derivation.read.fences import ID, Fence, asks, fences
from mathnet.derivation.read.source import Chain, split
from mathnet.derivation.verdict.asked import written_out
from mathnet.derivation.verdict.rendering import Shown, chains_html, style_link
from mathnet.mathml import to_mathml

KINDS = ("derivation", "derive", "definition", "unchecked")
_HEAD = re.compile(rf'(?P<id>{ID.pattern})(?:\s+"(?P<reason>[^"]+)")?')


class EquationError(ValueError):
    """A displayed equation of which nobody has said whether it is checked."""


def read_head(word: str, rest: str) -> tuple[str, str]:
    """Return the id and the reason, if there is one, that stand in the head of a fence.

    Examples
    --------
    >>> read_head("unchecked", 'shapes "no values"')
    ('shapes', 'no values')
    """
    if word == "derive":
        id, _, problem = asks(rest)
        if problem:
            raise EquationError(f"fence {word} {rest}: {problem}")
        return read_head("derivation", id)
    head = _HEAD.fullmatch(rest)
    if not head or bool(head["reason"]) != (word == "unchecked"):
        form = 'an id and the reason, as in my-id "the reason"' if word == "unchecked" else "one id"
        raise EquationError(f"fence {word} {rest}: write {form}; an id has small letters, digits and dashes")
    return head["id"], head["reason"] or ""


def as_derivation(fence: Fence) -> tuple[str, str]:
    """Return the kind and the source of a displayed equation: one that is derived is a derivation of which every line is known."""
    if fence.word != "derive":
        return fence.word, fence.source
    id, asked, _ = asks(fence.rest)
    try:
        return "derivation", written_out(fence.source, id, asked)
    except DerivationError:  # its own page says what is wrong, and where
        return "derivation", fence.source


def declared(word: str, source: str) -> str:
    """Return the where part as it was written, if there is one."""
    if word == "unchecked":
        return ""
    first = next((line for line, _ in split(source)[1]), 1)
    return "\n".join(source.splitlines()[: first - 1]).strip()


def declarations(word: str, source: str) -> str:
    r"""Return the where part of a derivation; for a definition, with the lines that define.

    Examples
    --------
    >>> print(declarations("definition", "where a \\in \\mathbb{R}\nb &= a^2"))
    where a \in \mathbb{R}
        b  = a^2
    """
    lines = source.splitlines()
    for first, text in split(source)[1]:
        if word == "derivation":
            return "\n".join(lines[: first - 1])
        for at in range(first - 1, first - 1 + text.count("\n") + 1):
            lines[at] = "    " + re.sub(r"(&&.*)?(\\\\\s*)?$", "", lines[at]).replace("&", " ")
    if not source.lstrip().startswith("where"):
        lines[0] = f"where {lines[0]}"
    return "\n".join(lines)


def define(source: str, id: str) -> tuple[Derivation, Chain]:
    r"""Read a definition: check that its symbols are declared, its shapes fit and its values exist.

    Returns
    -------
    derivation : Derivation
        The definitions as the checker read them.
    rows : Chain
        The lines as written; the shape is the reason of a line that has none.

    Examples
    --------
    >>> derivation, rows = define("where H \\in \\mathbb{R}^{n \\times h}\nG = H^{\\mathsf T}", "transposed")
    >>> rows.rows[0].reason
    'h \\times n'
    """
    shown = Chain(line=1)
    for first, block in split(source)[1]:
        for number, text in enumerate(block.splitlines(), first):
            (*more, line) = read_block(text, number)
            if more or len(line.sides) != 2:
                raise _refused("a definition has one = on its line", number, id, source)
            shown.rows += line.rows
    if not shown.rows:
        raise _refused("nothing is defined", 1, id, source)
    known = declarations("definition", source)
    names = Derivation(f"{known}\n0 = 0", id).names
    defined = {name: symbol for name, symbol in names.symbols.items() if symbol.definition is not None}
    values = [f"{symbol.place.latex} = {symbol.place.latex}" for symbol in defined.values()]
    derivation = Derivation("\n\n".join([known, *(values or ["0 = 0"])]), id)
    if derivation.report.ok:
        derivation.check()
    if not derivation.report.ok:
        raise derivation.report.errors[0]
    for name, symbol in defined.items():
        for row in shown.rows:
            if row.line == symbol.definition.place.line and not row.reason:
                row.reason = r" \times ".join(derivation.dimensions.shapes[name]) or r"\text{a number}"
    return derivation, shown


def declared_items(derivation: Derivation, shown: Chain) -> Sequence[Item]:
    """Return the items of the where part of what `define` returned."""
    return derivation.names.items[: -len(shown.rows)]


def _refused(reason: str, line: int, id: str, source: str) -> DerivationError:
    return DerivationError(reason, Place(line, 1, ""), caret=False).attach(id, source)


def definition(source: str, id: str) -> Shown:
    """Return a definition as it is displayed, or raise the first error in it."""
    derivation, shown = define(source, id)
    words = (
        "<p>This says what symbols mean, so there is nothing to prove. While this page was built, every symbol in it "
        "was found to be declared, the shapes to fit, and the values to exist.</p>"
    )
    return Shown(
        id, declared_items(derivation, shown), chains_html([shown]), "definition", words, source, "definition"
    )


def unchecked(source: str, id: str, reason: str) -> Shown:
    """Return an equation that the checker cannot read as it is displayed, with the reason."""
    formula = to_mathml(source.strip(), display=True)
    body = f'<div class="math-display scrolls" data-search-exclude>{formula}</div>'
    return Shown(id, (), body, f"not checked: {html.escape(reason)}", "", source, "unchecked")


class _Fences(Preprocessor):
    frame = staticmethod(Shown.framed)

    def run(self, lines: list[str]) -> list[str]:
        found = list(fences("\n".join(lines)))
        style = "" if any(fence.word in KINDS[:2] for fence in found) else style_link()
        for fence in reversed([fence for fence in found if fence.word in KINDS[2:]]):
            stored = self.md.htmlStash.store(self._shown(fence, style))
            lines[fence.line - 2 : fence.line + fence.height] = ["", fence.prefix + stored, ""]
        return lines

    def _shown(self, fence: Fence, style: str) -> str:
        id, reason = read_head(fence.word, fence.rest)
        try:
            claim(self.md, id, fence.source)
            shown = unchecked(fence.source, id, reason) if reason else definition(fence.source, id)
            return self.frame(shown, style)
        except DerivationError as error:
            return refuse(self.md, id, fence.source, [error]).replace(">", f">{style}", 1)


class _NoPlainDisplay(Treeprocessor):
    def run(self, root: Element) -> None:
        for element in root.iter("div"):
            if element.get("class") == "arithmatex":
                raise EquationError(
                    f"displayed equation {html.unescape(element.text.strip())[2:-2].strip()!r}: put it into a fence, "
                    '```derivation id (checked), ```definition id, or ```unchecked id "why it cannot be checked"'
                )


class EquationsExtension(Extension):
    """Shows definitions and unchecked equations, and refuses every other displayed equation."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register before superfences (25), which would show the fences as code, and before formulas are drawn (15)."""
        md.preprocessors.register(_Fences(md), "mathnet-equations", 26.5)
        md.treeprocessors.register(_NoPlainDisplay(md), "mathnet-plain-display", 16)


def makeExtension(**settings: object) -> EquationsExtension:
    """Return the extension, as Python-Markdown asks for it."""
    return EquationsExtension(**settings)
