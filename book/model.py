"""The book as data: its pages, and of each what it displays. Everything that is made of the book but the pages themselves reads this.

What stands in the sources is known before the first page is converted: titles, addresses, equations, their numbers. The Markdown extensions
add the rest to the page that is being converted, `page()`: the equations and the blocks of code as they are shown, the references, the
first sentences, the goals. Where no book is being built, as in most tests, there is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from book.equations import declared_items, define
from mathnet.derivation import Report
from mathnet.derivation.doors.markdown import checked
from mathnet.derivation.meaning.names import Item
from mathnet.rules import RULES, Rule


class Block(NamedTuple):
    """A block of Python on a page, and what stands below it as its output, if anything does."""

    code: str
    output: str


@dataclass(eq=False)
class Page:
    """A page: its title, its address from the top of the site, its texts (docstrings, if it shows any), and what it shows.

    The paragraphs are plain text, in a list for each text that was converted; the text of the page itself is the last of them.
    It is settled if no block of it reads what may change while all sources but other pages stay as they are.
    """

    title: str
    url: str
    texts: tuple[str, ...]
    equations: set[str] = field(default_factory=set)
    references: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    paragraphs: list[list[str]] = field(default_factory=list)
    goals: list[str] = field(default_factory=list)
    terms: set[str] = field(default_factory=set)
    settled: bool = True


IN_SOURCES = ("title", "url", "texts")  # what is known of a page before it is converted


class Equation(NamedTuple):
    """A displayed equation; `report` says how a derivation was checked, `reason` why an unchecked one was not.

    `local` is its number on its page; `section` is the heading above it, unless there is none in words below the page's title;
    `above` has the ids of those that its reader has seen before it in the same section.
    """

    kind: str
    id: str
    source: str
    reason: str
    page: Page
    local: int = 0
    section: str = ""
    above: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Its permanent address, from the top of the site."""
        return f"{self.page.url}#d-{self.id}"

    @property
    def report(self) -> Report:
        """What the checker found: the same report that its own page was made from."""
        report: Report = checked(self.source, self.id)
        return report

    @property
    def items(self) -> Sequence[Item]:
        """Its where part, item by item."""
        if self.kind == "unchecked":
            return ()
        return (
            self.report.names.items
            if self.kind == "derivation"
            else declared_items(*define(self.source, self.id))
        )

    @property
    def rule(self) -> Rule | None:
        """The rule whose code the tests compare with the last line, if there is one."""
        return next((rule for rule in RULES if rule.vjp.__name__.replace("_", "-") == self.id), None)


class Tag(NamedTuple):
    """The number of an equation; `heir` is the id of the equation that took the place of a retired one."""

    number: int
    id: str
    retired: bool = False
    heir: str = ""

    def __str__(self) -> str:
        """Return its line."""
        return " ".join(filter(None, [str(self.number), self.id, "retired" * self.retired, self.heir]))


@dataclass
class Book:
    """The pages by the names of their files, the equations and their permanent numbers by id, the page that is being converted.

    `shared` stands for all that a page may show besides its own text.
    """

    pages: dict[str, Page]
    equations: dict[str, Equation]
    numbers: dict[str, Tag]
    page: Page | None = None
    shared: str = ""

    def numbered(self, id: str) -> tuple[Equation, int] | None:
        """Return an equation with its number, if it is in the book and has one."""
        if id in self.equations and id in self.numbers:
            return self.equations[id], self.numbers[id].number
        return None


_current: list[Book] = []


def build(book: Book) -> None:
    """Begin to build a book, or to build it anew."""
    _current[:] = [book]


def end() -> None:
    """Forget the book."""
    _current.clear()


def book() -> Book:
    """Return the book that is being built."""
    return _current[0]


def page() -> Page | None:
    """Return the page that is being converted, if a book is being built."""
    return _current[0].page if _current else None
