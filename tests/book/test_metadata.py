"""What machines read of the built book: search engines, Google Scholar, reference managers."""

import json
import os
import re
from collections import Counter
from urllib.parse import urljoin

import bibtexparser
import pytest
import yaml
from lxml import etree, html
from markdown import Markdown

from book import model
from book.citation import CITATION, apa, bibtex, book, released
from book.metadata import description

BASE = os.environ.get("SITE_URL", "http://127.0.0.1:8000/")
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def pages(site):
    """Return the pages by address; the book on one page asks not to be listed."""
    return {
        urljoin(BASE, path.parent.relative_to(site).as_posix() + "/").replace("/./", "/"): html.fromstring(
            path.read_bytes()
        )
        for path in sorted(site.rglob("index.html"))
        if path.parent.name != "book"
    }


def meta(page, name):
    return page.xpath(f"//head/meta[@name='{name}' or @property='{name}']/@content")


def linked(page):
    (text,) = page.xpath("//script[@type='application/ld+json']/text()")
    return json.loads(text)


def test_every_page_has_a_title_a_description_and_an_address_of_its_own(pages):
    assert len(pages) > 40
    titles = Counter(page.findtext(".//title") for page in pages.values())
    descriptions = Counter(text for page in pages.values() for text in meta(page, "description"))
    assert titles.most_common(1)[0][1] == descriptions.most_common(1)[0][1] == 1
    assert len(titles) == len(descriptions) == len(pages)
    for address, page in pages.items():
        assert page.xpath("//link[@rel='canonical']/@href") == [address]
        assert len(page.xpath("//h1")) == 1, address
        (about,) = meta(page, "description")
        assert 50 <= len(about) <= 160, f"{address}: {len(about)}: {about}"
        assert not re.search(r"\\[a-z]|[\u2061-\u2064<>$]|¶|You need:", about), f"{address}: {about}"


def test_a_link_that_is_shared_shows_what_the_page_is(pages):
    for address, page in pages.items():
        assert meta(page, "og:url") == [address]
        assert meta(page, "og:description") == meta(page, "description")
        assert meta(page, "og:title") == meta(page, "citation_title")
        assert meta(page, "og:type") == ["book" if address == BASE else "article"]


def test_google_scholar_finds_its_tags(pages):
    """Title, author and date are what Scholar asks of every work, one tag for each author."""
    for address, page in pages.items():
        (title,) = meta(page, "citation_title")
        assert meta(page, "citation_author") == [book()["author"]]
        assert re.fullmatch(r"20\d\d/\d\d/\d\d", *meta(page, "citation_publication_date"))
        assert meta(page, "citation_public_url") == [address]
        inbook = meta(page, "citation_inbook_title")
        assert (title, inbook) == ((book()["title"], []) if address == BASE else (title, [book()["title"]]))


def test_linked_data_name_the_book_and_what_its_chapters_teach(pages):
    whole = linked(pages[BASE])
    assert whole["@type"] == ["Book", "LearningResource"]
    assert (whole["name"], whole["url"]) == (book()["title"], BASE)
    for address, page in pages.items():
        data = linked(page)
        assert data["@context"] == "https://schema.org"
        assert "LearningResource" in data["@type"]
        assert data["url"] == address
        if address != BASE:
            assert data["isPartOf"]["@id"] == whole["@id"]
            goals = page.xpath("//div[contains(@class, 'admonition abstract')]//li")
            assert len(data.get("teaches", [])) == len(goals)
            assert ("Chapter" in data["@type"]) == bool(goals)
    assert len([page for page in pages.values() if linked(page).get("teaches")]) >= 12
    assert "say where the transpose of H comes from" in linked(pages[f"{BASE}one-layer/"])["teaches"][2]


def test_the_sitemap_lists_every_page_and_robots_names_it(site, pages):
    sitemap = etree.parse(site / "sitemap.xml")
    assert {place.text for place in sitemap.iter(f"{SITEMAP}loc")} == set(pages)
    assert f"Sitemap: {BASE}sitemap.xml" in (site / "robots.txt").read_text().splitlines()


def test_how_to_cite_says_what_citation_cff_says(pages):
    page = pages[f"{BASE}cite/"]
    blocks = page.xpath("//div[contains(@class, 'language-bibtex')]")
    library = bibtexparser.parse_string("\n".join(block.text_content() for block in blocks))
    assert not library.failed_blocks
    entries = library.entries_dict
    record = yaml.safe_load(CITATION.read_text(encoding="utf-8"))["preferred-citation"]
    expected = {
        "author": record["authors"][0]["name"],
        "title": record["title"],
        "year": str(record["year"]),
        "month": f"{released():%b}".lower(),
        "note": f"Version {record['version']}",
    }
    fields = {field.key: field.value.strip("{}") for field in entries["mathnet"].fields}
    assert fields == expected
    page_fields = {field.key: field.value.strip("{}") for field in entries["mathnet-one-layer"].fields}
    assert page_fields == {**expected, "title": f"One layer, in {record['title']}"}
    text = " ".join(page.find(".//article").text_content().split())
    assert apa().replace("*", "") in text
    assert blocks[0].text_content().strip() == bibtex("mathnet")
    assert "127.0.0.1" not in text


def test_at_the_foot_of_every_page_stands_its_entry(pages):
    keys = set()
    for address, page in pages.items():
        (foot,) = page.xpath("//details[@class='book-cite']")
        library = bibtexparser.parse_string(foot.find(".//code").text)
        (entry,) = library.entries
        fields = {field.key: field.value.strip("{}") for field in entry.fields}
        assert not library.failed_blocks
        heading = page.find(".//h1").text_content().replace("¶", "").strip()
        whole = book()["title"]
        assert fields["title"] == (whole if address == BASE else f"{heading}, in {whole}")
        assert ("howpublished" in fields) == ("url" in book())
        keys.add(entry.key)
    assert len(keys) == len(pages)
    assert {"mathnet", "mathnet-one-layer", "mathnet-gradients-losses"} < keys


def test_a_description_is_made_of_the_first_sentences():
    need = "You need: the chain rule for functions of one variable, and patience."
    first = "A formula such as H_k is written in a line."
    long = "One more sentence follows here. " * 10
    docstring = "What a docstring says comes after what the page itself says."
    assert description([[docstring], [need, first, long]]).startswith(f"{first} One")
    assert description([[docstring], ["Short."]]) == docstring
    assert len(description([[long]])) <= 160


def test_what_a_page_says_of_itself_is_noted_while_it_is_converted():
    page = model.Page("A page", "a-page/", ())
    model.build(model.Book({}, {}, {}, page))
    text = """# A page

!!! abstract "After this page you can"
    - add $H_k$ *up*;
    - stop.

The row $H_k$ says `H & "k"`.

!!! note "Aside"
    Not this.
"""
    extensions = ["admonition", "smarty", "pymdownx.arithmatex", "book.mathml", "book.gist"]
    settings = {"pymdownx.arithmatex": {"generic": True}}
    try:
        Markdown(extensions=extensions, extension_configs=settings).convert(text)
    finally:
        model.end()
    assert page.paragraphs == [['The row H_k says H & "k".']]
    assert page.goals == ["add H_k up", "stop"]
