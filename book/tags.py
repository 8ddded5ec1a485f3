"""The number of every displayed equation, given once and for ever.

`docs/assets/equation-tags.txt` has a line for each: the number, then the equation's id. Lines are only added. An equation
that leaves the book keeps its line, with the word `retired`, and with the id that took its place if there is one:

    17 old-id retired new-id

New equations get their numbers from `python -m book.tags`.
"""

import re
import subprocess
from itertools import zip_longest
from pathlib import Path

from book.inventory import DOCS, equations, pages
from book.model import Tag
from mathnet.derivation.read.fences import ID

COMMAND = "uv run python -m book.tags"
_NAME = Path("assets") / "equation-tags.txt"
_LINE = re.compile(
    rf"(?P<number>[1-9]\d*) (?P<id>{ID.pattern})(?: (?P<retired>retired)(?: (?P<heir>{ID.pattern}))?)?"
)


class TagError(ValueError):
    """A file of tags that is not what it must be."""


def read(text: str) -> dict[str, Tag]:
    r"""Return the tags by id: numbers from 1 without a gap, no id twice.

    Examples
    --------
    >>> tags = read("1 one-layer\n2 two-layers retired deep\n3 deep")
    >>> tags["two-layers"].heir, tags["deep"].number
    ('deep', 3)
    >>> read("1 one-layer\n3 deep")
    Traceback (most recent call last):
        ...
    book.tags.TagError: line 2, '3 deep': expected number 2, an id that is new, and perhaps: retired new-id
    """
    found: dict[str, Tag] = {}
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.fullmatch(line)
        if not match or int(match["number"]) != number or match["id"] in found:
            raise TagError(
                f"line {number}, {line!r}: expected number {number}, an id that is new, and perhaps: retired new-id"
            )
        found[match["id"]] = Tag(number, match["id"], bool(match["retired"]), match["heir"] or "")
    return found


def load(docs: Path = DOCS) -> dict[str, Tag]:
    """Return the tags of a book."""
    path = docs / _NAME
    return read(path.read_text(encoding="utf-8")) if path.exists() else {}


def append(ids: list[str], docs: Path = DOCS) -> list[Tag]:
    """Give a number to every id that has none, in this order, and return what is new."""
    tags = load(docs)
    fresh = [id for id in dict.fromkeys(ids) if id not in tags]
    added = [Tag(number, id) for number, id in enumerate(fresh, len(tags) + 1)]
    with (docs / _NAME).open("a", encoding="utf-8") as file:
        file.writelines(f"{tag}\n" for tag in added)
    return added


def hold(root: Path) -> int:
    """Compare the file with every state that it had in git, and return their number.

    A seal in the file itself could be written anew together with the lines; the history cannot.

    Raises
    ------
    TagError
        If a number was changed, given again or removed, or if the history is not there to tell.
    """
    file = (Path("docs") / _NAME).as_posix()

    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, text=True, encoding="utf-8", check=False
        )
        if done.returncode:
            raise TagError(f"nothing says what the numbers were: git {arguments[0]}: {done.stderr.strip()}")
        return done.stdout

    if git("rev-parse", "--is-shallow-repository").strip() == "true":
        raise TagError("nothing says what the numbers were: this clone is shallow; run git fetch --unshallow")
    # of a branch that is merged, only what the merge made of it was ever published
    commits = git("log", "--first-parent", "--format=%h", "--", file).split()
    if not commits:
        raise TagError(f"nothing says what the numbers were: no commit has {file}")
    now = [(tag.number, tag.id) for tag in load(root / "docs").values()]
    for commit in commits:
        then = [(tag.number, tag.id) for tag in read(git("show", f"{commit}:{file}")).values()]
        for number, (old, new) in enumerate(zip_longest(then, now[: len(then)]), 1):
            if old != new:
                raise TagError(
                    f"({number}) was {old[1]} in commit {commit} and is {new[1] if new else 'gone'}: a number is never "
                    "changed; give back the line, with the word retired if the equation has left the book"
                )
    return len(commits)


def main() -> None:
    """Number the new equations of the book, and name those that have gone."""
    ids = [equation.id for equation in equations(pages())]
    for tag in append(ids):
        print(f"({tag.number}) {tag.id}")
    for id, tag in load().items():
        if id not in ids and not tag.retired:
            print(
                f"({tag.number}) {id} is not in the book any more: write {tag} retired, and the new id if there is one"
            )
        if id in ids and tag.retired:
            print(f"({tag.number}) {id} is retired: give the new equation another id")


if __name__ == "__main__":
    main()
