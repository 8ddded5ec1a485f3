"""The command that measures the site: what of it is no measurement."""

import importlib.util
import urllib.request
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def measure():
    """Return the module, which is a script and not part of the package."""
    path = Path(__file__).parents[2] / "benchmarks" / "site.py"
    spec = importlib.util.spec_from_file_location("benchmark_site", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pages_are_served_compressed_and_fonts_as_they_are(measure, tmp_path):
    (tmp_path / "index.html").write_text("<p>four products</p>" * 100)
    (tmp_path / "font.woff2").write_bytes(bytes(1000))
    sizes = {}
    with measure.served(tmp_path) as base:
        for name in ("", "font.woff2"):
            with urllib.request.urlopen(base + name) as answer:
                sizes[name] = int(answer.headers["Content-Length"])
    assert sizes[""] < 200
    assert sizes["font.woff2"] == 1000


def test_a_goal_that_was_missed_stands_out(measure):
    assert str(measure.Row("time", "≤ 5 s", "4 s", True)) == "| time | ≤ 5 s | 4 s | yes |"
    assert str(measure.Row("time", "≤ 5 s", "6 s", False)) == "| time | ≤ 5 s | 6 s | **no** |"


def test_every_page_that_is_measured_exists(measure, site):
    for page in measure.PAGES.values():
        assert (site / page / "index.html").is_file()


def test_files_that_differ_are_found(measure, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.txt").write_text("x")
    assert measure.contents(tmp_path) == {"a/b.txt": b"x"}
