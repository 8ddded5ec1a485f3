r"""Nothing in a block is skipped: every character belongs to a side, a relation, a reason or a separator.

`MATHNET_FUZZ=10000 pytest tests/derivation/test_blocks.py` writes more blocks at random.
"""

import os
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mathnet.derivation import DerivationError, check
from mathnet.derivation.read import files
from mathnet.derivation.read.blocks import Block
from mathnet.derivation.read.source import split

ROOT = Path(__file__).parents[2]
EXAMPLES = int(os.environ.get("MATHNET_FUZZ", "300"))
WHERE = "where x, y \\in \\mathbb{R}, v \\in \\mathbb{R}^n, A \\in \\mathbb{R}^{n \\times n}, z = v\n"
LAYOUT = re.compile(
    r"(?:\s|%[^\n]*\n?|&|~|[,.;]|\\\\(?:\[[^\]]*\])?|\\[,;:! ]|\\q?quad|\\(?:implies|iff|Rightarrow|notag|nonumber|relax|displaystyle)"
    r"|\\(?:phantom|label|tag|hspace)\{[^{}]*\}|\\(?:begin|end)\{\w+\*?\})*"
)


def chains(text):
    """Return the sides of every chain of a block, joined by the relations."""
    return [
        " ".join(
            part
            for side, relation in zip(chain.sides, [*chain.relations, ""], strict=True)
            for part in (" ".join(side.latex.replace("&", " ").split()), str(relation))
        ).strip()
        for chain in Block(text, 1).chains
    ]


SEPARATE = {  # a block: its chains
    r"x &= x && = 2 x": ["x = x = 2 x"],
    r"x &= x &&= x": ["x = x = x"],
    r"x = y \text{ and } y = x": ["x = y", "y = x"],
    r"x = y, \quad y = x": ["x = y", "y = x"],
    r"x = y \qquad y = x": ["x = y", "y = x"],
    r"x = y \quad + 1": [r"x = y \quad + 1"],
    r"x &= y & y &= x": ["x = y", "y = x"],
    r"x &= y && y &= x": ["x = y", "y = x"],
    r"x &= y, && y = x": ["x = y", "y = x"],
    r"x &=& y \\ y &=& x": ["x = y", "y = x"],
    r"x &= y \\ &= x": ["x = y = x"],
    r"x &= y \\ y &= x": ["x = y", "y = x"],
    r"x = y \\ y = x": ["x = y", "y = x"],
    r"x &= y \\ -y &= -x": ["x = y", "-y = -x"],
    r"x &= y \\ &\quad + 1 \\ &= 2": [r"x = y \\ \quad + 1 = 2"],
    r"x = \\ y": ["x = y"],
    r"& x = y \\ & y = x": ["x = y", "y = x"],
    r"x = y \implies y = x": ["x = y", "y = x"],
    r"x = y \text{ (first)} = x": ["x = y = x"],
    r"x \text{ (first)} = y": ["x = y"],
    r"\intertext{First} x &= y \\ \intertext{then} y &= x": ["x = y", "y = x"],
    "\\begin{gather}\nx = y \\\\\ny = x\n\\end{gather}": ["x = y", "y = x"],
    "x = y \\begin{gather} y = x \\end{gather}": ["x = y", "y = x"],
    r"x &= y && \text{since } y = x": ["x = y", "y = x"],
    r"x &= y && \text{since } y = x \text{, and } x = x, y = y": ["x = y", "y = x", "x = x", "y = y"],
    r"x &= y && \text{by the rule for } x \\ &= x": [r"x = y = x"],
    r"x = y \text{ by } (3)": ["x = y"],
    r"x = y \tag{1} \\ y = x. \tag{2}": ["x = y", "y = x"],
    r"x = \text{sum}(v) \text{ (sum)}": [r"x = \text{sum}(v)"],
}


@pytest.mark.parametrize("text", SEPARATE)
def test_equations_of_their_own_are_chains_of_their_own(text):
    assert chains(text) == SEPARATE[text]


REFUSED = {  # a block: what it is told
    r"x = y \quad - y = x": "- y could go on with y, or begin an equation of its own: write both in one row without a gap, or leave a blank line between them",
    "x = y\ny = x": "y could go on with y, or begin an equation of its own: write both in one row without a gap, or leave a blank line between them",
    r"x &= y \\ & x = y": "x could go on with y, or begin an equation of its own: write both in one row without a gap, or leave a blank line between them",
    r"x = y, x": "after a comma comes an equation, or words: x is neither",
    r"x &= y & x": "x stands in a column of its own; a reason stands after &&",
    r"x = \text{foo} y": "words stand after =, where a formula belongs",
    r"A v = A v \text{rank}(A)": r"\text{rank} is no function that is known; a function is declared in the where part, as in "
    r"\operatorname{rank} \text{ elementwise}",
    r"x = x \text{ so that $y = 0$}": r"\text{ so that $y = 0$} holds a relation, which would be shown and not checked: end the words before it",
    r"x = y \implies = x": "an equation needs a left side",
    r"x = y \text{ and } y": "y is not equal to x",
    r"x \\ y = x": "an equation needs two sides",
    r"x = x && \text{by } (y = 0)": "= stands in brackets in a reason, where it would be shown and not checked: write the equation without them",
    r"x = x \text{ by } {y = 0}": "= stands in brackets in a reason, where it would be shown and not checked: write the equation without them",
    r"x = y \text{ if } x > y": "y is not equal to x",
    r"x = y \text{ if } x = y": r"x = y: random numbers are never equal, so only <, > and their like can be tested, or what is declared \text{integer}",
    r"x = y \text{ if } x > x + 1": "x > x + 1 never holds, so this says nothing",
    r"x = x = \\": "nothing stands after =",
    r"v_i &= v_i && \text{if } i = j \\ &= 2 v_j && \text{if } i \ne j": "a condition holds for one equation: write each equation "
    "with its condition, and a blank line between them",
    r"v_i = 2 v_i \text{ for } i \ne j \text{ if } i = j": "the same indices are compared twice in the conditions of an equation",
    r"v_i = 2 v_i \text{ for } i \ne i": "the same indices are compared twice in the conditions of an equation",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_could_be_read_in_two_ways_is_refused(text):
    (error, *_) = check(WHERE + text).errors
    assert error.reason.startswith(REFUSED[text])


def test_a_condition_on_indices_limits_an_equation():
    line = r"\frac{\partial z_i}{\partial v_j} = "
    for right in (r"1 \text{ if } i = j", r"0 \quad \text{for } i \ne j"):
        assert check(WHERE + line + right).ok
    for wrong in (r"0 \text{ if } i = j", r"1 \quad \text{for } i \ne j", r"1 \text{ for all } i, j"):
        assert not check(WHERE + line + wrong).ok


def test_a_range_of_an_index_is_no_condition():
    for range_ in (
        r"&& \text{for } i = 1, \ldots, n",
        r"\text{ for all } i = 1, \dots, n",
        r", \quad i = 1, \ldots, n",
    ):
        assert check(f"{WHERE}v_i &= z_i {range_}").ok
        assert not check(f"{WHERE}v_i &= v_1 {range_}").ok
    for wrong in (
        r"\text{ unless } i = 1",
        r"\text{ for } i = 1, 2",
        r"&& \text{for } i = 1, 2",
        r"&& \text{if } i = 1 \text{ or } i = 2",
    ):
        assert not check(f"{WHERE}v_i &= v_1 {wrong}").ok


def test_what_a_reason_says_of_indices_does_not_limit_its_equation():
    line = r"\frac{\partial z_i}{\partial v_j} "
    for reason in (
        r"v_i \text{ is } v_j \text{ only for } i = j",
        r"\text{one way is left, for } i = j",
        r"\text{only if } i = j",
    ):
        assert not check(f"{WHERE}{line} &= 1 && {reason}").ok
        assert not check(f"{WHERE}{line} &= 1 && {reason} \\\\ &= 1").ok
        assert check(f"{WHERE}{line} &= \\delta_{{ij}} && {reason}").ok


def test_a_reason_about_indices_is_words_and_any_other_is_checked():
    line = r"\sum_i \delta_{ij} v_i &= v_j && \delta_{ij} \text{ keeps } "
    assert check(WHERE + line + "i = j").ok
    (error,) = check(WHERE + line + r"i = j, v_i = 1").errors
    assert error.reason.startswith("a relation in a reason is checked: 1 is not equal to v_i")
    (error,) = check(WHERE + line + r"q = 1").errors  # no index of this block
    assert (
        error.reason
        == "a relation in a reason is checked: unknown symbol q; declare or define it in the where part"
    )


def test_a_line_end_is_a_gap_and_no_piece():
    text = "x &= 1 && \\text{if } i \\ne j \\text{ and } x &= 1 + x\nx + 1 &= 2"
    assert "".join(piece.text for piece in Block(text, 1).pieces) == text


def blocks():
    """Yield every block of the book and of the corpus."""
    for folder in ("docs", "README.md", "mathnet", "tests/derivation/corpus"):
        for path in files.paths(str(ROOT / folder)):
            for found in files.read(path):
                for line, text in split(found.source)[1]:
                    yield text, line


def accounted_for(text, line=1):
    """Assert that the pieces are the text, that separators are layout, and that formulas are in chains or reasons."""
    block = Block(text, line)
    assert "".join(piece.text for piece in block.pieces) == text
    assert [
        piece.text for piece in block.pieces if piece.kind == "separator" and not LAYOUT.fullmatch(piece.text)
    ] == []
    everything = [*block.chains, *(condition for chain in block.chains for condition in chain.conditions)]
    found = Counter(
        token.start_pos for chain in everything for side in chain.sides for token in side.tokens if token
    )
    assert set(found.values()) <= {1}
    sides = sum(piece.kind == "side" for piece in block.pieces)
    relations = sum(piece.kind == "relation" for piece in block.pieces)
    assert relations == sum(len(chain.relations) for chain in everything)
    assert sides >= sum(len(chain.sides) for chain in everything) > relations
    reasons = "".join(row.reason for chain in block.chains for row in chain.rows)
    for piece in block.pieces:
        assert piece.kind != "reason" or piece.text in reasons


def test_the_pieces_of_every_block_of_the_book_are_its_text():
    for text, line in blocks():
        accounted_for(text, line)


RIGHT = [
    "x + 1 &= 1 + x",
    "x y = y x",
    "2 x &= x + x &= x + x",
    "v_i + x = x + v_i",
    r"\frac{x}{2} &= 0.5 x",
    "[A v]_i = [A v]_i",
]
WRONG = ["y &= 0", "x = y", "2 x + 1 &= x + 1", "v_i + 1 = 1", "x + y = x - y = x - y"]
SEPARATORS = [
    "\\\\ ", "\\\\\n", "\\\\[2pt]\n  ", "\n\n", "\n", ", ", ". ", "; ", r"\quad ", r", \qquad ", " & ", " && ", r" &\quad& ", " &&& ",
    r"\text{ and }", r"\text{, hence } ", r" \quad\text{so that}\quad ", r" && \text{since } ", r" && \text{by the rule, } ", r" \text{ if } ",
    r" \text{ for } ", r"\implies ", r" \iff ", "\\tag{1} \\\\\n", "\\label{a} \\\\\n", "\\notag \\\\ &", "\\\\\n\\intertext{and}\n", " % and\n",
    "\\begin{gather}\n", "\\end{gather}\n", r"~", r"\,", r" \phantom{=} ", " &= ", " = ", r" \text{ (rule) } = ", " + ", "-", r"\\ &\quad + ", r" \\ &= ",
    "{", "}", r"\left. ", r"\text{", r"\text{y} ", r"\mathrm{and} ", r"\text{ReLU}", "", " ", r" \big| ", r"\\ \text{Hence, } ",
    r" && \text{for } i = 1, \ldots, n \\ ", r" \text{ if } i = j, ", r" && \text{if } i \ne j \text{ and } ", r" && v_i \text{ is } v_j \text{ only for } i = j \\ ", r" && (", r" && [", r" \text{ or } ", r" \text{ unless } ",
]  # fmt: skip
COUNTS = Counter()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    database=None,
)
@given(
    st.lists(
        st.tuples(st.sampled_from(RIGHT), st.sampled_from(SEPARATORS), st.sampled_from(SEPARATORS)),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from(WRONG),
    st.integers(0, 3),
    st.booleans(),
)
def test_a_wrong_equation_among_separators_is_never_passed(parts, wrong, place, spoiled):
    equations = [[equation, first, second] for equation, first, second in parts]
    if spoiled:
        equations[place % len(equations)][0] = wrong
    text = equations[0][0]
    for (_, first, _), (equation, _, second) in zip(equations, [*equations[1:], ["", "", ""]], strict=True):
        text += first + (second if place % 2 else "") + equation
    for _, part in split(WHERE + text)[1]:
        try:
            accounted_for(part)
        except DerivationError:
            COUNTS["refused at reading"] += 1
    ok = check(WHERE + text).ok
    COUNTS[f"{'wrong' if spoiled else 'right'}, {'passed' if ok else 'refused'}"] += 1
    assert not (spoiled and ok), text


def test_what_the_fuzzer_wrote_is_not_all_refused():
    if not COUNTS:
        pytest.skip("the test before this one did not run")
    print(dict(COUNTS))
    assert COUNTS["right, passed"] > EXAMPLES / 10
    assert COUNTS["wrong, refused"] > EXAMPLES / 4
    assert COUNTS["wrong, passed"] == 0
