r"""An equation of the book for a paper: its LaTeX, and how to cite it.

The LaTeX needs amsmath and amssymb. That of a derivation begins with the comments that `mathnet check paper.tex` reads, so it
can be checked again where it was pasted.
"""

from functools import lru_cache

from book.citation import bibtex
from book.equations import declared
from book.model import Equation
from mathnet.derivation.read.blocks import read_block
from mathnet.derivation.read.source import Chain, split


def latex(equation: Equation) -> str:
    """Return an equation environment, below its where part as comments."""
    lines = [rf"\begin{{equation}} \label{{eq:{equation.id}}}", *body(equation), r"\end{equation}"]
    if equation.kind == "derivation":
        lines.insert(0, f"% mathnet: derivation {equation.id}")
    at = equation.kind == "derivation"
    lines[at:at] = [f"% {line}".rstrip() for line in where(equation).splitlines()]
    return "\n".join(lines)


def where(equation: Equation) -> str:
    """Return the where part as it was written, if there is one."""
    return declared(equation.kind, equation.source)


GAP = r"\quad"  # before a side that goes on in another row


@lru_cache(maxsize=1000)
def body(equation: Equation) -> tuple[str, ...]:
    """Return the lines of LaTeX that stand in mathematics: the rows, aligned at their relations."""
    if equation.kind == "unchecked":
        return tuple(f"  {line}" for line in equation.source.strip().splitlines())
    rows = []
    for first, text in split(equation.source)[1]:
        parts = text.splitlines() if equation.kind == "definition" else [text]
        chains = [chain for part in parts for chain in read_block(part, first)]
        rows += [row for chain in chains for row in _rows(chain)]
    rows[:-1] = [rf"{row} \\" for row in rows[:-1]]
    return (r"\begin{aligned}", *(f"  {row}" for row in rows), r"\end{aligned}")


def _rows(chain: Chain) -> list[str]:
    rows = []
    for row in chain.rows:
        reason = f" && {row.reason}" if row.reason else ""
        rows.append(f"{row.left} &{row.relation or GAP} {row.right}{reason}".strip())
    return rows


def citation(equation: Equation, number: int, book: dict[str, str]) -> str:
    """Return the BibTeX entry of an equation; `book` is that of the book."""
    fields = {"chapter": f"{equation.page.title}, tag {number}", **book}
    if "url" in book:
        fields["url"] = f"{book['url']}{equation.page.url}#eq-{number}"
    return bibtex("inbook", f"mathnet-eq-{number}", fields)
