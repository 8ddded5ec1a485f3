"""How to cite the book: BibTeX and APA, made from CITATION.cff when the site is built."""

import functools
import os
from datetime import date
from pathlib import Path

import yaml

CITATION = Path(__file__).parents[1] / "CITATION.cff"


def _record() -> dict:
    return _parsed(CITATION.read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=1)
def _parsed(text: str) -> dict:
    return yaml.safe_load(text)


def released() -> date:
    """Return the date of this version."""
    return _record()["date-released"]


def book(path: str = "") -> dict[str, str]:
    """Return what identifies the book, or the page of it at `path`, as BibTeX fields; its address only where one is public."""
    work = _record()["preferred-citation"]
    fields = {
        "author": " and ".join(author["name"] for author in work["authors"]),
        "title": work["title"],
        "year": str(work["year"]),
        "version": str(work["version"]),
    }
    public = os.environ.get("SITE_URL")
    return {**fields, "url": public + path} if public else fields


def bibtex(kind: str, key: str, fields: dict[str, str]) -> str:
    """Format fields as a BibTeX entry; double braces keep titles and the author as they are."""
    width = max(map(len, fields))
    lines = [
        f"  {name:<{width}} = " + (f"{{{value}}}," if name == "url" else f"{{{{{value}}}}},")
        for name, value in fields.items()
    ]
    return "\n".join([f"@{kind}{{{key},", *lines, "}"])


def page_bibtex(path: str, chapter: str) -> str:
    """Return the entry of the page at `path`, below the book's title; of the book itself for its first page."""
    if not path:
        return bibtex("book", "mathnet", book())
    key = "-".join(["mathnet", *path.strip("/").split("/")])
    return bibtex("inbook", key, {"chapter": chapter, **book(path)})


def apa(fields: dict[str, str]) -> str:
    """Format fields in the style of the American Psychological Association, as Markdown."""
    part = f"{fields['chapter']}. In " if "chapter" in fields else ""
    where = f" {fields['url']}" if "url" in fields else ""
    return (
        f"{fields['author']}. ({released():%Y, %B} {released().day}). {part}*{fields['title']}* "
        f"(Version {fields['version']}).{where}"
    )
