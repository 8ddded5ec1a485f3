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
    """Return author, title, year and version of the book; where it is public, also the address of the page at `path`."""
    work = _record()["preferred-citation"]
    fields = {
        "author": " and ".join(author["name"] for author in work["authors"]),
        "title": work["title"],
        "year": str(work["year"]),
        "version": str(work["version"]),
    }
    public = os.environ.get("SITE_URL")
    return {**fields, "url": public + path} if public else fields


def bibtex(key: str, part: str = "", path: str = "") -> str:
    r"""Return the BibTeX entry of the book, or of the part of it that stands at `path`.

    All that it says is printed, without a warning, by BibTeX in its usual styles and by biber: of an `@inbook`, plain and its
    relatives print neither address nor version. Double braces keep author and title as they are; `\url` is that of hyperref.

    Examples
    --------
    >>> print(bibtex("mathnet-batches", "Batches"))
    @misc{mathnet-batches,
      author       = {{mathnet contributors}},
      title        = {{Batches, in mathnet: the mathematics behind backpropagation}},
      year         = {2026},
      month        = nov,
      note         = {Version 0.1.0},
    }
    """
    work = book(path)
    title = f"{part}, in {work['title']}" if part else work["title"]
    address = work.get("url", "").replace("#", r"\#")  # biblatex takes a bare one for a parameter
    fields = {
        "author": f"{{{{{work['author']}}}}}",
        "title": f"{{{{{title}}}}}",
        "year": f"{{{work['year']}}}",
        "month": f"{released():%b}".lower(),
        "howpublished": rf"{{\url{{{address}}}}}" if address else "",
        "note": f"{{Version {work['version']}}}",
    }
    lines = [f"  {name:<12} = {value}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{key},", *lines, "}"])


def page_bibtex(path: str, title: str) -> str:
    """Return the entry of the page at `path`; of the book itself for its first page."""
    if not path:
        return bibtex("mathnet")
    return bibtex("-".join(["mathnet", *path.strip("/").split("/")]), title, path)


def apa(part: str = "", path: str = "") -> str:
    """Return the book, or the part of it at `path`, in the style of the American Psychological Association, as Markdown."""
    work = book(path)
    within = f"{part}. In " if part else ""
    where = f" {work['url']}" if "url" in work else ""
    return (
        f"{work['author']}. ({released():%Y, %B} {released().day}). {within}*{work['title']}* "
        f"(Version {work['version']}).{where}"
    )
