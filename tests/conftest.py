"""The order of the tests that run side by side: what takes longest begins first, so that no core waits at the end for another.

A file of tests runs in one process, since its tests share what they set up. Random losses share nothing: each part goes to the process that is free.
"""

import os

import pytest
from xdist.scheduler import LoadFileScheduling

LOSSES = "tests/derivation/test_fuzz_derive.py"
FIRST = (  # the first of them builds the book, while another process derives
    "tests/book/test_search.py",
    LOSSES,
    "tests/book/test_site.py",
    "tests/book/test_editions.py",
    "tests/book/test_browser.py",
    "tests/book/test_faults.py",
    "tests/book/test_access.py",
    "tests/book/test_numbers.py",
    "tests/derivation/test_turns.py",
    "tests/derivation/test_derive.py",
    "book/hands_on/desk/test_doors.py",
    "book/hands_on/exercise/test_exercise.py",
    "tests/derivation/test_check.py",
    "book/hands_on/stepper/test_stepper.py",
    "tests/book/test_conversion.py",
    "tests/derivation/test_practice.py",
)

# else each of the many programs that the tests start would compile the library and all that it imports anew
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


class Scheduling(LoadFileScheduling):
    """Files of tests as units of work, but for the random losses."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if nodeid.startswith(LOSSES) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    if config.option.dist == "loadfile":
        return Scheduling(config, log)
    return None


def pytest_collection_modifyitems(items):
    place = {name: at for at, name in enumerate(FIRST)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(FIRST)))
