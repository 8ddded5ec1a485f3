"""What machines read of a page: its description, how to cite it, what it teaches."""

import itertools
import json
from html import escape, unescape
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

from book import model
from book.citation import book, released

_LICENCE = "https://creativecommons.org/licenses/by-sa/4.0/"


def head(page: Page, known: model.Page, config: MkDocsConfig) -> str:
    """Return the tags of a page's `<head>`: title, description, neighbours, citation, Open Graph, JSON-LD."""
    work = book()
    title = work["title"] if page.is_homepage else unescape(page.title)
    about = description(known.paragraphs, page.meta.get("description"))
    address = page.canonical_url
    properties = {
        "description": about,
        "citation_title": title,
        "citation_author": work["author"],
        "citation_publication_date": f"{released():%Y/%m/%d}",
        "citation_language": config.theme["language"],
        "citation_public_url": address,
        "og:title": title,
        "og:description": about,
        "og:type": "book" if page.is_homepage else "article",
        "og:url": address,
        "og:site_name": config.site_name,
    }
    if not page.is_homepage:
        properties["citation_inbook_title"] = work["title"]
    section = [page.parent.title] if page.parent else []  # two pages may have one title, in different parts
    name = title if page.is_homepage else " - ".join([title, *section, config.site_name])
    tags = [f"<title>{escape(name)}</title>"]
    for name, value in properties.items():
        kind = "property" if name.startswith("og:") else "name"
        tags.append(f'<meta {kind}="{name}" content="{escape(value)}">')
    tags.append(f'<link rel="canonical" href="{escape(address)}">')
    linked = json.dumps(_linked_data(page, known.goals, config, title, about), ensure_ascii=False).replace(
        "</", r"<\/"
    )
    tags.append(f'<script type="application/ld+json">{linked}</script>')
    return "\n".join(tags)


def description(texts: list[list[str]], written: str | None = None) -> str:
    """Return what a list of search results shows of a page: as written in its front matter, or its first sentences.

    The paragraphs of the page itself come first; they are the last of the texts.

    Examples
    --------
    >>> description([["A docstring."], ["A step sees many samples. Their gradients add up."]])
    'A step sees many samples. Their gradients add up.'
    """
    if written:
        return " ".join(written.split())
    text = ""
    for words in itertools.chain(texts[-1], *texts[:-1]):
        if len(text) < 60 and len(words) > 40 and not words.startswith("You need:"):
            text = f"{text} {words}".strip()
    if len(text) <= 160:
        return text
    sentences = text[:160].rpartition(". ")[0]
    return f"{sentences}." if len(sentences) > 60 else f"{text[:157].rpartition(' ')[0]} …"


def _linked_data(
    page: Page, taught: list[str], config: MkDocsConfig, title: str, about: str
) -> dict[str, Any]:
    """Return the page for schema.org: the book itself, or a part of it with what it teaches."""
    work = book()
    whole = {
        "@type": ["Book", "LearningResource"],
        "@id": config.site_url,
        "name": work["title"],
        "author": {"@type": "Organization", "name": work["author"]},
        "version": work["version"],
        "datePublished": released().isoformat(),
        "inLanguage": config.theme["language"],
        "license": _LICENCE,
        "learningResourceType": "textbook",
        "url": config.site_url,
    }
    if page.is_homepage:
        return {"@context": "https://schema.org", **whole, "description": about}
    return {
        "@context": "https://schema.org",
        "@type": ["Chapter" if taught else "TechArticle", "LearningResource"],
        "name": title,
        "description": about,
        "url": page.canonical_url,
        "inLanguage": config.theme["language"],
        "license": _LICENCE,
        "learningResourceType": "chapter" if taught else "reference",
        **({"teaches": taught} if taught else {}),
        "isPartOf": {key: whole[key] for key in ("@type", "@id", "name", "author", "datePublished")},
    }
