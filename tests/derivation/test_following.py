r"""The next line of a derivation: the first of the backward pass that is needed and not settled by a line that holds."""

import pytest

from mathnet.derivation import DerivationError, check, following

WHERE = r"""where  H \in \mathbb{R}^{n \times h},  W \in \mathbb{R}^{h \times y},  B \in \mathbb{R}^{1 \times y}
       T \in \mathbb{R}^{n \times y},  f \text{ elementwise},  \mathbf 1 \in \mathbb{R}^n \text{ ones}
       Z = H W + \mathbf 1 B,  Y = f(Z),  J = \tfrac12 \|Y - T\|^2
"""
BY = r"\frac{\partial J}{\partial %s} = "
Y, Z = BY % "Y" + "Y - T", BY % "Z" + r"\frac{\partial J}{\partial Y} \odot f'(Z)"
NEXT_Y = (r"\frac{\partial J}{\partial Y} &= Y - T", r"\text{through } J")
NEXT_Z = (r"\frac{\partial J}{\partial Z} &= \frac{\partial J}{\partial Y} \odot f'(Z)", r"\text{through } Y\text{; Hadamard product}")  # fmt: skip
NEXT_W = (r"\frac{\partial J}{\partial W} &= H^{\mathsf T} \frac{\partial J}{\partial Z}", r"\text{through } Z\text{; matrix product}")  # fmt: skip
BEGUN = [  # lines that stand there, and the line and the reason that are next
    ([BY % "W"], NEXT_Y),
    ([BY % "W_{kl}" + "0"], NEXT_Y),
    ([BY % "Y" + "T - Y"], NEXT_Y),
    ([Y, BY % "W"], NEXT_Z),
    ([Y, BY % "Z" + r"\frac{\partial J}{\partial Y} f'(Z)"], NEXT_Z),
    ([Y, BY % "Z" + r"\frac{\partial J}{\partial Y} \odot \odot f'(Z)"], NEXT_Z),
    ([Y, Z, BY % "W" + r"H \frac{\partial J}{\partial Z}"], NEXT_W),
    ([Y, Z, BY % "W" + r"H^{\mathsf T} \frac{\partial J}{\partial Z} = 0"], NEXT_W),
    ([BY % "Z" + r"(Y - T) \odot f'(Z)", BY % "W" + "0"], NEXT_W),
    ([BY % "W" + r"H^{\mathsf T} \frac{\partial J}{\partial Z}", Y], NEXT_Z),
    ([BY % "W" + r"H^{\mathsf T} \frac{\partial J}{\partial Z}", Z], NEXT_Y),
    ([BY % "W" + BY % "W" + r"H^{\mathsf T} \frac{\partial J}{\partial Z}"], NEXT_Y),
    ([BY % "W" + r"\frac{\partial J}{\partial W}"], NEXT_Y),
    ([Y, Z, BY % "W" + r"\frac{\partial}{\partial W} \tfrac12 \|f(H W + \mathbf 1 B) - T\|^2"], NEXT_W),
    ([Y, Z, BY % "W_{11}" + r"[H^{\mathsf T} \frac{\partial J}{\partial Z}]_{11}"], NEXT_W),
]
SETTLED = [
    [Y, Z, BY % "W" + r"H^{\mathsf T} \frac{\partial J}{\partial Z}"],
    [BY % "W" + r"H^{\mathsf T} ((Y - T) \odot f'(Z))"],
    [BY % "W_{kl}" + r"\sum_i H_{ik} (Y_{il} - T_{il}) f'(Z_{il})"],
]


def report(*lines, where=WHERE):
    return check(where + "\n\n".join(lines))


@pytest.mark.parametrize(("lines", "next"), BEGUN)
def test_the_next_line_is_the_first_that_is_needed(lines, next):
    found = following(report(*lines))
    line, reason = next
    assert (found.line, found.declares, found.refused) == (f"{line}  && {reason}", "", None)
    assert found.hint == rf"{line.partition(' &= ')[0]}\text{{: }}{reason}"


@pytest.mark.parametrize("lines", SETTLED)
def test_nothing_follows_what_is_settled(lines):
    begun = report(*lines)
    assert begun.ok, begun.errors
    assert following(begun).complete


@pytest.mark.parametrize("by", ["H", "W", "B"])
def test_from_nothing_to_the_end_every_line_holds(by):
    lines = []
    while not (next := following(report(*lines), by)).complete:
        lines.append(next.line)
        assert report(*lines).ok
    assert len(lines) == 3


def test_after_a_symbol_in_the_middle_the_gradient_that_was_begun_goes_on_and_then_the_others():
    begun = report(BY % "B" + r"\mathbf 1^{\mathsf T} \frac{\partial J}{\partial Z}", Y, Z)
    assert following(begun).by == "H"
    assert following(report(BY % "B" + "0", Y, Z)).by == "B"


def test_two_lines_that_use_each_other_settle_nothing():
    where = (
        r"where X, A \in \mathbb{R}^{n \times n}, A \text{ invertible}, Z = A X, J = \tfrac12 \|Z\|^2" + "\n"
    )
    lines = [
        BY % "Z" + r"A^{-\mathsf T} \frac{\partial J}{\partial X}",
        BY % "X" + r"A^{\mathsf T} \frac{\partial J}{\partial Z}",
    ]
    begun = report(*lines, where=where)
    assert begun.ok, begun.errors
    assert following(begun).line == r"\frac{\partial J}{\partial Z} &= Z  && \text{through } J"


def test_a_definition_settles_what_it_stands_for():
    where = WHERE.replace(r"J = ", r"D = (Y - T) \odot f'(Z),  J = ")
    begun = report(BY % "W" + r"H^{\mathsf T} D", where=where)
    assert begun.ok, begun.errors
    assert following(begun).complete


@pytest.mark.parametrize(
    ("written", "by"),
    [("W_1", "W_1"), ("W_{1}", "W_1"), ("W_{2, kl}", "W_2"), ("{V}", "V"), ("V_{11}", "V"), ("V_{kl}", "V")],
)
def test_the_symbol_is_read_where_the_line_is_not(written, by):
    where = r"where V, W_1, W_2 \in \mathbb{R}^{n \times n}, J = \tfrac12 \|V W_1 W_2\|^2" + "\n"
    assert following(report(rf"\frac{{\partial J}}{{\partial {written}}} = ??", where=where)).by == by


def test_what_a_line_needs_and_the_where_part_lacks_is_said():
    where = r"where X \in \mathbb{R}^{n \times k}, G \in \mathbb{R}^{n \times k}, P = \operatorname{softmax}(X), J = \langle G, P \rangle"
    begun = report(BY % "P" + "G", where=where + "\n")
    found = following(begun)
    assert found.declares == r"\mathbf 1_{k} \in \mathbb{R}^{k} \text{ ones}"
    assert check(f"{where}, {found.declares}\n{found.line}").ok


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (WHERE + "1 = 1", r"no line says which gradient is wanted: write the left side of one, as in \frac{\partial J}{\partial W} ="),
        (WHERE, r"no line says which gradient is wanted: write the left side of one, as in \frac{\partial J}{\partial W} ="),
        (WHERE.rstrip() + ",  D = Y - T\n" + BY % "W" + "0", "the last definition is D, which is n × y: define the number last that is differentiated"),
        (r"where W \in \mathbb{Q}", check(r"where W \in \mathbb{Q}").errors[0].reason),
    ],
)  # fmt: skip
def test_it_says_what_it_needs(text, reason):
    with pytest.raises(DerivationError) as caught:
        following(check(text))
    assert caught.value.reason == reason


def test_what_no_matrix_says_is_an_entry_in_its_next_line():
    where = (
        r"where A, X \in \mathbb{R}^{n \times n},  J = \sum_{ijpq} X_{ij} A_{ip} A_{iq} A_{pq} A_{pj} A_{qj}"
        + "\n"
    )
    next = following(report(BY % "X" + "0", where=where))
    assert next.line.startswith(r"\frac{\partial J}{\partial X_{kl}} &= \sum_{ijpq} A_{ip}")
    assert following(report(next.line, where=where)).complete


def test_what_cannot_be_derived_says_why():
    where = (
        r"where A \in \mathbb{R}^{n \times n} \text{ symmetric}, x \in \mathbb{R}^n, J = x^{\mathsf T} A x"
        + "\n"
    )
    found = following(report(BY % "A" + "0", where=where))
    assert found.refused.startswith("A is declared symmetric, so its entries do not vary one by one")
    assert not found.complete
