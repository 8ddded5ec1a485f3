r"""An equation of the book for a paper: its LaTeX, and how to cite it.

The LaTeX needs amsmath and amssymb. A sentence says what the letters are; the comments of a derivation are those that
`mathnet check paper.tex` reads, so it can be checked again where it was pasted. After `\renewcommand{\reason}[1]{}` no reason is printed.
"""

from functools import lru_cache

from book.citation import bibtex
from book.equations import declared
from book.model import Equation
from mathnet.derivation.read.blocks import read_block
from mathnet.derivation.read.source import Chain, split
from mathnet.derivation.verdict.rendering import where_words


def latex(equation: Equation) -> str:
    """Return what the letters are, and below it an equation environment with its where part as comments."""
    rows = body(equation)
    lines = [where_words(equation.items, "${}$".format)] if equation.items else []
    if any(REASON in row for row in rows):
        lines.append(rf"\providecommand{{{REASON}}}[1]{{#1}}")
    if equation.kind == "derivation":
        lines.append(f"% mathnet: derivation {equation.id}")
    lines += [f"% {line}".rstrip() for line in where(equation).splitlines()]
    return "\n".join([*lines, rf"\begin{{equation}} \label{{eq:{equation.id}}}", *rows, r"\end{equation}"])


def where(equation: Equation) -> str:
    """Return the where part as it was written, if there is one."""
    return declared(equation.kind, equation.source)


GAP = r"\quad"  # before a side that goes on in another row
REASON = r"\reason"


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
    if rows[0].startswith("["):
        rows[0] = rf"\relax {rows[0]}"  # or it would be an option of aligned
    return (r"\begin{aligned}", *(f"  {row}" for row in rows), r"\end{aligned}")


def _rows(chain: Chain) -> list[str]:
    rows = []
    for row in chain.rows:
        reason = rf" && {REASON}{{{row.reason}}}" if row.reason else ""
        rows.append(f"{row.left} &{row.relation or GAP} {row.right}{reason}".strip())
    return rows


def citation(equation: Equation, number: int) -> str:
    """Return the BibTeX entry of an equation, which says in which section of which page it stands."""
    section = f"{equation.page.title}: {equation.section}" if equation.section else equation.page.title
    return bibtex(f"mathnet-eq-{number}", f"{section} (tag {number})", f"{equation.page.url}#eq-{number}")
