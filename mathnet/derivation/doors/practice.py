"""The command `mathnet practice`: an exercise that a difficulty and a number make, the same as on the book's page."""

import random

from ..read.source import split
from ..verdict.derive import derive
from ..verdict.practice import DIFFICULTIES, exercise

HELP = """\
Print an exercise: a where part, and the gradient that is wanted. The same difficulty and number make the same one on every machine."""
MOST = 999_999  # numbers on the page go as far
DEFAULT = next(iter(DIFFICULTIES))


def run(difficulty: str, number: int | None, with_answer: bool) -> int:
    """Print an exercise, with its derivation if that is wanted, and return the exit status."""
    made = exercise(difficulty, random.randint(1, MOST) if number is None else number)
    print(f"{made.where}\n\nDerive {made.asked}: this is {difficulty}, number {made.number}.")
    if with_answer:
        (found,) = derive(made.where, [made.by])
        print("\n" + "\n\n".join([*(text for _, text in split(found.fence)[1]), found.verdict]))
    return 0
