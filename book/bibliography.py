r"""The bibliography: one BibTeX file, printed at build, linked from wherever a work is cited.

A page cites with `[@giles-2008]`; in brackets of its own, `([@giles-2008])` reads (Giles, 2008). Pages and docstrings may also call a work by its label, as in
Giles (2008), which reads well in a terminal; both become links to the work's place on the
bibliography page, which is shown while the pointer or the focus is on the link. There, `\bibliography{matrix calculus}` on a line of its own prints a group.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

import bibtexparser
from bibtexparser.middlewares import SeparateCoAuthors, SplitNameParts
from bibtexparser.model import Entry
from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

REFERENCES = Path(__file__).parents[1] / "docs" / "assets" / "references.bib"
THESES = {"phdthesis": "PhD thesis", "mastersthesis": "Master’s thesis"}
PUBLISHERS = ("publisher", "school", "institution", "organization")


@dataclass(frozen=True)
class Work:
    """A cited work, as the book prints it; `short` is its label with one name, as in Laue et al. (2018)."""

    key: str
    label: str
    short: str
    group: str
    reference: str
    reason: str


def works(path: Path = REFERENCES) -> dict[str, Work]:
    """Read the works of a BibTeX file, in the order of the file."""
    return _works(path.read_text(encoding="utf-8"), path)


@lru_cache(maxsize=1)
def _works(text: str, path: Path) -> dict[str, Work]:
    library = bibtexparser.parse_string(text, append_middleware=[SeparateCoAuthors(), SplitNameParts()])
    for block in library.failed_blocks:
        raise ValueError(f"{path.name}, line {block.start_line + 1}: {block.error}")
    return {entry.key: _work(entry, path) for entry in library.entries}


def _work(entry: Entry, path: Path) -> Work:
    fields = {field.key: field.value for field in entry.fields}
    for name in ("author", "title", "year", "keywords", "annotation"):
        if not fields.get(name):
            raise ValueError(f"{path.name}: {entry.key} has no {name}")
    names = [_surname(person) for person in fields["author"]]
    label, short = (
        fields.get("shorthand") or f"{_listed(names, most)} ({fields['year']})" for most in (5, 2)
    )
    reference = _reference(entry.entry_type, fields)
    return Work(entry.key, label, short, fields["keywords"], reference, fields["annotation"])


def _surname(person) -> str:
    return " ".join([*person.von, *person.last]).strip("{}")


def _listed(names: list[str], most: int) -> str:
    if len(names) > most or names[-1] == "others":
        return f"{names[0]} et al."
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def _reference(kind: str, fields: dict) -> str:
    """Everything that finds the work, as one line of Markdown."""
    people = [" ".join([*person.first, _surname(person)]) for person in fields["author"]]
    part = kind in {"article", "incollection", "inproceedings"}
    title = f"“{fields['title']}”" if part else f"*{fields['title']}*"
    number = fields.get("volume", "") + (f"({fields['number']})" if "number" in fields else "")
    where = [
        f"*{fields['journal']}* {number}" if "journal" in fields else "",
        f"In *{fields['booktitle']}*" if "booktitle" in fields else "",
        f"{fields['series']} {number}" if "series" in fields else "",
        f"{fields['edition']} edition" if "edition" in fields else "",
        fields.get("pages", "").replace("--", "–"),
        THESES.get(kind, ""),
        next((fields[name] for name in PUBLISHERS if name in fields), ""),
        fields["year"],
    ]
    sentences = [
        _listed(people, most=len(people)),
        title,
        ", ".join(item.strip() for item in where if item),
        fields.get("note", ""),
        ", ".join(_links(fields)),
    ]
    return ". ".join(sentence.rstrip(".") for sentence in sentences if sentence) + "."


def _links(fields: dict) -> list[str]:
    links = []
    if "doi" in fields:
        links.append(f"[doi:{fields['doi']}](https://doi.org/{fields['doi']})")
    if "eprint" in fields:
        links.append(f"[arXiv:{fields['eprint']}](https://arxiv.org/abs/{fields['eprint']})")
    if "url" in fields:
        links.append(f"[{fields['url'].split('//')[1].rstrip('/')}]({fields['url']})")
    return links


class _Citation(InlineProcessor):
    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self, md: Markdown) -> None:
        self.by_label = {label: work for work in works().values() for label in (work.label, work.short)}
        labels = "|".join(re.escape(label).replace(r"\ ", r"\s+") for label in self.by_label)
        key = r"\[@(?P<{}>[^\]\s]+)\]"
        aside = rf"(?<=\(){key.format('aside')}(?=[),])"  # in brackets, where another pair would be too many
        super().__init__(rf"{aside}|{key.format('key')}|\b(?P<label>{labels})", md)

    def handleMatch(self, m: re.Match, data: str):
        key = m["aside"] or m["key"]
        if key and key not in works():
            raise ValueError(f"[@{key}]: no such work in {REFERENCES.name}")
        work = works()[key] if key else self.by_label[" ".join(m["label"].split())]
        link = ElementTree.Element("autoref", {"class": "citation", "identifier": work.key})
        aside = re.sub(r" \((\d{4})\)$", r", \1", work.label)
        link.text = AtomicString(aside if m["aside"] else m["label"] or work.label)
        return link, m.start(0), m.end(0)


class _Group(BlockProcessor):
    command = re.compile(r"\\bibliography\{(.+)\}")

    def test(self, parent: ElementTree.Element, block: str) -> bool:
        return self.command.fullmatch(block.strip()) is not None

    def run(self, parent: ElementTree.Element, blocks: list[str]) -> None:
        group = self.command.fullmatch(blocks.pop(0).strip())[1]
        members = [work for work in works().values() if work.group == group]
        if not members:
            raise ValueError(rf"\bibliography{{{group}}}: no such group in {REFERENCES.name}")
        listing = ElementTree.SubElement(parent, "ul", {"class": "references"})
        for work in members:
            item = ElementTree.SubElement(listing, "li")
            anchor = ElementTree.SubElement(item, "a", {"id": work.key, "href": f"#{work.key}"})
            anchor.text, anchor.tail = work.label, f". {work.reference}"
            reason = ElementTree.SubElement(item, "div", {"class": "reference-reason"})
            reason.text = f"Read it for {work.reason}"


class BibliographyExtension(Extension):
    """Link citations, print the bibliography; an unknown key or group stops the build."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register the two processors."""
        md.inlinePatterns.register(_Citation(md), "mathnet-citation", 115)  # after the links, not inside them
        md.parser.blockprocessors.register(_Group(md.parser), "mathnet-bibliography", 75)


def makeExtension(**settings) -> BibliographyExtension:
    """Return the extension, as Python-Markdown asks for it."""
    return BibliographyExtension(**settings)
