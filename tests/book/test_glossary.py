"""The glossary: its entries are in order and lead to where the term is explained, pages link to it once, and other projects can."""

import re
from urllib.parse import urldefrag, urljoin

import pytest
from lxml import html
from mkdocstrings import Inventory

from book import glossary
from book.testing import ROOT

TERMS = glossary.terms()
PAGE = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")


def test_every_entry_is_read_and_stands_in_alphabetical_order():
    assert len(TERMS) == PAGE.split("## Symbols")[0].count("\n:   ") > 60
    names = [term.name.lower() for term in TERMS]
    assert names == sorted(names)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.id)
def test_an_entry_names_a_page_that_has_the_term(term):
    assert term.explained
    said = " ".join((ROOT / "docs" / page).read_text(encoding="utf-8").lower() for page in term.explained)
    assert [word for word in re.split(r"[\s-]+", term.name.lower()) if word not in said] == []


def links(site):
    for path in site.rglob("index.html"):
        if path.parent.name != "book":
            address = path.parent.relative_to(site).as_posix()
            found = html.fromstring(path.read_bytes()).xpath("//a[@class='term']")
            yield f"{address}/".removeprefix("./"), found


def test_a_page_links_to_a_term_once_and_only_to_what_it_does_not_explain(site):
    linked = {term.id: term for term in TERMS if term.linked}
    used = set()
    for address, found in links(site):
        targets = [urldefrag(urljoin(f"/{address}", link.get("href"))) for link in found]
        ids = [target.fragment for target in targets]
        assert {target.url for target in targets} <= {"/glossary/"}
        assert len(ids) == len(set(ids)), address
        assert set(ids) <= set(linked)
        assert not [id for id in ids if f"{address.rstrip('/') or 'index'}.md" in linked[id].explained]
        for link, id in zip(found, ids, strict=True):
            assert link.text.lower().removesuffix("s") == linked[id].name.lower().removesuffix("s")
            assert not link.xpath(
                "ancestor::h1|ancestor::h2|ancestor::h3|ancestor::code|ancestor::figure|ancestor::a"
            )
        used |= set(ids)
    assert used == set(linked)


def test_other_projects_find_terms_and_equations_in_the_inventory(site):
    with (site / "objects.inv").open("rb") as file:
        items = Inventory.parse_sphinx(file, domain_filter=["std"])
    assert {term.name.lower() for term in TERMS} <= set(items)
    assert sum(name.startswith("mathnet-eq-") for name in items) > 300
    pages = {}
    for item in items.values():
        address, anchor = urldefrag(item.uri)
        if address not in pages:
            pages[address] = set(html.fromstring((site / address / "index.html").read_bytes()).xpath("//@id"))
        assert anchor in pages[address], item.uri
