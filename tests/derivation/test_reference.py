"""The page that documents the language: everything that it lists is read."""

import re
from pathlib import Path

import pytest

import mathnet
from mathnet.derivation import Derivation, check

PAGE = Path(__file__).parents[2] / "docs/reference/derivation.md"
WHERE = r"""
where  A, B \in \mathbb{R}^{n \times n},  a, b, p \in \mathbb{R}^{n},  Z \in \mathbb{R}^{n \times k},  t \in \mathbb{R}
       p \text{ positive}
       W \in \mathbb{R}^{n \times n},  f \text{ elementwise}
       \text{tolerance } 10^{-3}
       z = W a
       J = t\, z \cdot z
"""
ITEMS = {  # what an item needs before it
    "Y = f(HW + B)": r"H, W, B \in \mathbb{R}^{n \times n}, f \text{ elementwise}",
    r"Y_{ij} = \frac{e^{Z_{ij}}}{\sum_q e^{Z_{iq}}}": r"Z \in \mathbb{R}^{n \times k}",
    "k = m + n - 1": r"S \in \mathbb{R}^{n \times k}",
    "k = 2 (m - 1) + n": r"S \in \mathbb{R}^{n \times k}",
    r"\bar J = 1": r"t \in \mathbb{R}, J = t",
    r"Y^* \text{ constant}": r"Y^* \in \mathbb{R}^{n}",
}


def listed(first, last):
    """Return the formulas in the first columns of the tables of a part of the page."""
    part = PAGE.read_text(encoding="utf-8").partition(first)[2].partition(last)[0]
    rows = re.findall(r"^\| (`.*?) \| ", part, flags=re.M)
    return [formula for row in rows for formula in re.findall(r"`([^`]+)`", row)]


@pytest.mark.parametrize("item", listed("## The where part", "## The chains"))
def test_an_item_of_the_where_part_is_read(item):
    before = ITEMS.get(item, r"S \in \mathbb{R}^{n \times n}")
    item = f"S {item}" if item.startswith(r"\text{") and "layout" not in item and "tol" not in item else item
    assert Derivation(f"where {before}\n {item}\n2 = 2").report.ok


@pytest.mark.parametrize("relation", listed("## The chains", "### Arrays"))
def test_a_relation_is_read(relation):
    assert Derivation(f"{WHERE}t {relation} t").report.ok


@pytest.mark.parametrize("formula", listed("### Arrays", "### What is read as what"))
def test_a_formula_is_read(formula):
    report = Derivation(f"{WHERE}{formula} = {formula}").check()
    assert report.ok, report.errors


STEPS = r"""where U \in \mathbb{R}^{n \times n}, h_0, x_t \in \mathbb{R}^n, f \text{ elementwise}
  h_t = f(U h_{t-1} + x_t)
  J = \sum_{t=1}^{T} h_t \cdot h_t
"""


@pytest.mark.parametrize("item", listed("The where part, here", "And in the lines"))
def test_a_rule_with_a_letter_is_read(item):
    report = check(f"where U \\in \\mathbb{{R}}^{{n \\times n}}, h_0 \\in \\mathbb{{R}}^n\n {item}\n2 = 2")
    assert report.ok, report.errors
    assert len(report.names.sequences) in {1, 2}


@pytest.mark.parametrize("formula", listed("And in the lines", "## What a check mark means"))
def test_a_formula_with_steps_is_read(formula):
    formula, condition, limit = formula.partition(r" \text{ for }")
    report = check(f"{STEPS}{formula} = {formula}{condition}{limit}")
    assert report.ok, report.errors


READ = r"""
where  A, B, W \in \mathbb{R}^{n \times n},  a, b, p \in \mathbb{R}^{n},  c \in \mathbb{R}^k,  Z \in \mathbb{R}^{n \times k},  t \in \mathbb{R}
       p \text{ positive}
       g = \operatorname{vec}(A)
       z = W a
"""
OTHERS = {  # what else a formula of the table needs
    r"\frac{dJ}{dt}": "       J = t^2\n",
    r"\nabla q(a)": "       q(a) = a^T a\n",
    r"\nabla \nabla q(a)": "       q(a) = a^T a\n",
    r"\sigma^4": "       \\sigma^2 > 0\n",
    "q'(t)": "       q(t) = \\|t a\\|^2\n",
    "V1 a": "       V1 \\in \\mathbb{R}^{n \\times n}\n",
    r"\sum_{i=1}^n x_i^T x_i": "       X \\in \\mathbb{R}^{n \\times k}\n",
}


def read_as(first, last):
    """Return the rows of a table in the part about readings."""
    part = PAGE.read_text(encoding="utf-8").partition(first)[2].partition(last)[0]
    return re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|$", part, flags=re.M)


@pytest.mark.parametrize(("written", "read"), read_as("### What is read as what", "And in the where part"))
def test_what_is_read_as_something_else_is_as_the_table_says(written, read):
    line = written if " = " in written.replace("_{t > 0}", "") else f"{written} = {written}"
    report = check(f"{READ}{OTHERS.get(written, '')}{line}")
    assert report.ok, report.errors
    assert read in [reading.read for reading in report.readings]


@pytest.mark.parametrize(("written", "read"), read_as("And in the where part", "Ambiguous formulas"))
def test_an_item_that_is_read_as_something_else_is_as_the_table_says(written, read):
    report = check(f"where  {written}\n1 = 1")
    assert report.ok, report.errors
    assert read in [reading.read for reading in report.readings]


def test_the_table_holds_every_kind_of_reading():
    table = [
        *read_as("### What is read as what", "And in the where part"),
        *read_as("And in the where part", "Ambiguous"),
    ]
    assert len(table) >= 30
    folder = Path(mathnet.__file__).parent / "derivation/read"
    calls = sum(path.read_text(encoding="utf-8").count("read_as(") for path in folder.glob("*.py"))
    assert calls <= len(table)
