r"""The macros that an author defines are expanded, and lines stay where they are."""

import pytest

from mathnet.derivation import check
from mathnet.derivation.doors.command import main
from mathnet.derivation.read import files
from mathnet.derivation.read.macros import expanded, macros

PAPER = r"""\documentclass{article}
\newcommand{\R}{\mathbb{R}}
\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}
\def\vx{\mathbf{x}}
\renewcommand\vec[1]{\mathbf{#1}}
\DeclareMathOperator{\relu}{ReLU}
% \newcommand{\never}{1}
\begin{document}
% mathnet: derivation gradient
% where  \vx, \vec{y} \in \R^n
%   J = \vx^T \vec y
\begin{align}
\pd{J}{\vx} &= \vec{y} \\
&= \pd{J}
 {\vx}
\end{align}

% mathnet: derivation operator
% where t \in \R
\[ \relu(t) = t \]

% mathnet: derivation comment
% where t \in \R
\[ \never t = t \]
\end{document}
"""


def test_a_paper_is_read_with_its_own_macros(tmp_path):
    path = tmp_path / "paper.tex"
    path.write_text(PAPER, encoding="utf-8")
    gradient, operator, comment = files.read(str(path))
    assert check(gradient.source).ok
    (error,) = check(operator.source).errors
    assert error.reason.startswith(r"t is not equal to \operatorname{ReLU}(t)")
    (error,) = check(comment.source).errors
    assert error.reason.startswith(r"unknown macro \never")


def test_a_note_in_markdown_may_define_macros_too(tmp_path):
    path = tmp_path / "note.md"
    fence = "```derivation squares\nwhere a, b \\in \\RR\n\\sq{a + b} = \\sq a + 2 a b + \\sq{b}\n```\n"
    path.write_text("$$\\def\\sq#1{(#1)^2} \\newcommand\\RR{\\mathbb R}$$\n" + fence, encoding="utf-8")
    (found,) = files.read(str(path))
    assert check(found.source).ok


def test_what_is_provided_counts_where_nothing_else_is_defined():
    text = (
        r"\providecommand{\one}{1} \providecommand{\two}{2} \renewcommand{\two}{II} \providecommand{\two}{2}"
    )
    assert {name: macro.body for name, macro in macros(text).items()} == {"one": "1", "two": "II"}


LINES = {
    r"\one": r"\newcommand{\one}{1}",
    r"a \two b": r"\def\two{\odot}",
    r"\three{a}{b}": r"\newcommand{\three}[2]{#2 + #1}",
}


@pytest.mark.parametrize("line", LINES)
def test_a_line_stays_a_line(line):
    known = macros("\n".join(LINES.values()))
    source = f"{line}\n{line}\n  {line}"
    assert expanded(source, known).text.count("\n") == 2
    assert "\\" not in expanded(source, known).text.replace(r"\odot", "")


def test_macros_without_end_are_refused(tmp_path):
    path = tmp_path / "note.md"
    text = "\\newcommand{\\again}{\\again + 1}\n```derivation endless\nwhere a \\in \\mathbb{R}\n\\again = a\n```\n"
    path.write_text(text, encoding="utf-8")
    (found,) = files.read(str(path))
    assert found.problem == "the macros that the file defines do not come to an end"


CARETS = {  # a line, and what stands under the caret
    r"\sq{a} + \mistaken = 1": r"\mistaken",
    r"\sq{a + b} = \sq{a} + 2 a c": "c",
    r"\sq{\sq{a} + c} = 1": "c",
    r"\sq{a} = \sq{b}": r"\sq{b}",
    r"\sum_i \sq{a} = \sq{ a  +  b } \sq c": "c",
    r"\bad = a": r"\bad",
    r"a = \swap{b + 1}{c}": "c",
}


@pytest.mark.parametrize("line", CARETS)
@pytest.mark.parametrize("margin", ["", "  "])
def test_the_caret_stands_under_what_the_author_wrote(line, margin, tmp_path, capsys):
    path = tmp_path / "note.md"
    known = r"\newcommand{\sq}[1]{\left(#1\right)^2} \newcommand{\bad}{1 + \nonsense} \newcommand{\swap}[2]{#2 + #1}"
    text = (
        f"$${known}$$\n\n```derivation squares\nwhere a, b \\in \\mathbb{{R}}\na = a\n\n{margin}{line}\n```\n"
    )
    path.write_text(text, encoding="utf-8")
    assert main(["check", str(path)]) == 1
    said = capsys.readouterr().out.split("\n")
    shown = next(at for at, words in enumerate(said) if words.strip() == line)
    caret = said[shown + 1].index("^")
    assert said[shown][caret:].startswith(CARETS[line])
    assert f"note.md:7:{caret - 5}:" in said[shown - 1].split("wrong")[-1]
