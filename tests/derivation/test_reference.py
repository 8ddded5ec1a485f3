"""The page that documents the language: everything that it lists is read."""

import re
from pathlib import Path

import pytest

from mathnet.derivation import Derivation

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


@pytest.mark.parametrize("formula", listed("### Arrays", "## What a check mark means"))
def test_a_formula_is_read(formula):
    report = Derivation(f"{WHERE}{formula} = {formula}").check()
    assert report.ok, report.errors
