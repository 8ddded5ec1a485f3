"""What machines read of a page: its description, how to cite it, what it teaches."""

import json
import re
from html import escape, unescape

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

from book.citation import book, released
from book.search import readable

_LICENCE = "https://creativecommons.org/licenses/by-sa/4.0/"


def head(page: Page, config: MkDocsConfig) -> str:
    """Return the tags of a page's `<head>`: title, description, neighbours, citation, Open Graph, JSON-LD."""
    work = book()
    title = work["title"] if page.is_homepage else unescape(page.title)
    about = description(page.content, page.meta.get("description"))
    address = page.canonical_url
    properties = {
        "description": about,
        "citation_title": title,
        "citation_author": work["author"],
        "citation_publication_date": released().replace("-", "/"),
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
    linked = json.dumps(_linked_data(page, config, title, about), ensure_ascii=False).replace("</", r"<\/")
    tags.append(f'<script type="application/ld+json">{linked}</script>')
    return "\n".join(tags)


def description(content: str, written: str | None = None) -> str:
    """Return what a list of search results shows of a page: as written in its front matter, or its first sentences.

    Examples
    --------
    >>> description("<h1>Batches</h1><p>A step sees many samples. Their gradients add up.</p>")
    'A step sees many samples. Their gradients add up.'
    """
    if written:
        return " ".join(written.split())
    content = readable(content)
    content = re.sub(r'<div class="admonition.*?</div>|<figure.*?</figure>', "", content, flags=re.DOTALL)
    paragraphs = map(_plain, re.findall(r"<p>(.*?)</p>", content, flags=re.DOTALL))
    text = ""
    for words in paragraphs:
        if len(text) < 60 and len(words) > 40 and not words.startswith("You need:"):
            text = f"{text} {words}".strip()
    text = text or _plain(content)
    if len(text) <= 160:
        return text
    sentences = text[:160].rpartition(". ")[0]
    return f"{sentences}." if len(sentences) > 60 else f"{text[:157].rpartition(' ')[0]} …"


def _plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def _linked_data(page: Page, config: MkDocsConfig, title: str, about: str) -> dict:
    """Return the page for schema.org: the book itself, or a part of it with what it teaches."""
    work = book()
    whole = {
        "@type": ["Book", "LearningResource"],
        "@id": config.site_url,
        "name": work["title"],
        "author": {"@type": "Organization", "name": work["author"]},
        "version": work["version"],
        "datePublished": released(),
        "inLanguage": config.theme["language"],
        "license": _LICENCE,
        "learningResourceType": "textbook",
        "url": config.site_url,
    }
    if page.is_homepage:
        return {"@context": "https://schema.org", **whole, "description": about}
    goals = re.search(r'<div class="admonition abstract">.*?</ul>', readable(page.content), flags=re.DOTALL)
    taught = [
        _plain(item).rstrip(";.")
        for item in re.findall(r"<li>(.*?)</li>", goals[0] if goals else "", flags=re.DOTALL)
    ]
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
