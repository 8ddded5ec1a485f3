"""The notebooks and the scripts of the pages: what is in them, and that they run as they are."""

import os
import re
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest
from lxml import html

from book import recorded
from book.downloads import WHEEL

DEBRIS = re.compile(r'exec="|source="|\[@|\]\(#|^ *(?:!!!|\?\?\?)|¶|\.md[)#]|\]\[mathnet|\{ #', re.MULTILINE)


@pytest.fixture(scope="module")
def pages(site):
    """Return the pages that offer downloads, each with its document and its notebook."""
    found = {}
    for path in sorted(site.rglob("index.html")):
        document = html.fromstring(path.read_bytes())
        if links := document.xpath("//p[@class='book-downloads']/a/@href"):
            notebook, script = (path.parent / link for link in links)
            found[script] = (path, document, nbformat.read(notebook, as_version=4))
    return found


def test_every_page_with_code_has_both_and_no_other_page(site, pages):
    with_code = {
        path
        for path in site.rglob("index.html")
        if path.parent.name != "book"
        for block in html.fromstring(path.read_bytes()).xpath(
            "//article//div[@class='language-python highlight'][not(ancestor::details[@class='mkdocstrings-source'])]"
        )
        if block.xpath("not(ancestor::div[contains(@class, 'doc')])")
    }
    assert {path for path, _, _ in pages.values()} == with_code
    assert len(with_code) > 15
    assert len(list(site.rglob("*.ipynb"))) == len(pages)


def test_a_notebook_is_valid_and_holds_the_blocks_of_its_page_in_order(pages):
    for path, _, notebook in pages.values():
        nbformat.validate(notebook)
        document = html.fromstring(path.read_bytes())
        shown = document.xpath(
            "//div[@class='language-python highlight'][not(ancestor::details[@class='mkdocstrings-source'])]"
        )
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert [cell.source for cell in cells] == [block.text_content().strip("\n") for block in shown], path
        after = [block.getnext() for block in shown]
        outputs = [
            block.text_content().strip("\n")
            if block is not None and block.get("class") == "language-text highlight"
            else ""
            for block in after
        ]
        assert ["".join(part.text for part in cell.outputs).strip("\n") for cell in cells] == outputs, path


def test_no_markup_of_the_site_is_left_in_the_text(pages):
    for path, _, notebook in pages.values():
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                prose = re.sub(r"(`+).*?\1", "", cell.source, flags=re.DOTALL)
                assert not DEBRIS.search(prose), f"{path}: {DEBRIS.search(prose)}\n{prose}"
                assert not cell.source.startswith("    ")


def test_every_link_of_a_notebook_leads_to_a_place_on_the_site(site, pages):
    base = "http://127.0.0.1:8000/"
    anchors = {}
    for path, _, notebook in pages.values():
        text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
        targets = re.findall(r"\]\((\S+?)\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
        assert targets
        for target in targets:
            assert re.match(r"https?:|doi:", target), f"{path}: {target}"
            if target.startswith(base):
                place, _, anchor = target.removeprefix(base).partition("#")
                file = site / place
                file = file / "index.html" if file.is_dir() else file
                assert file.exists(), f"{path}: {target}"
                if file not in anchors:
                    anchors[file] = set(re.findall(r'\bid="([^"]+)"', file.read_text(encoding="utf-8")))
                assert not anchor or anchor in anchors[file], f"{path}: {target}"


def test_every_equation_of_a_page_is_in_its_notebook_with_its_number(pages):
    for path, document, notebook in pages.values():
        text = "\n".join(cell.source for cell in notebook.cells)
        numbers = document.xpath("//article//a[contains(@class, 'equation-number')]/text()")
        assert re.findall(r"\\tag\{(\d+)\}", text) == [number.strip("()") for number in numbers], path


def _run(script: Path, folder: Path) -> tuple[Path, str, int]:
    copy = folder / script.name
    copy.write_bytes(script.read_bytes())
    run = subprocess.run(
        [sys.executable, "-W", "error", copy.name],
        cwd=folder,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    return script, run.stdout + run.stderr, run.returncode


def test_every_script_runs_as_it_is_and_prints_what_its_notebook_shows(pages, tmp_path):
    """Script and notebook hold the same code in the same order, so what one run shows is true of both."""
    installed = [
        script
        for script in pages
        if all(map(find_spec, recorded.imported(script.read_text(encoding="utf-8"))))
    ]
    assert {script.parent.name for script in pages.keys() - set(installed)} <= {
        "frameworks",
        "optimisers",
        "transformer",
        "check-backward",
    }
    with ThreadPoolExecutor(2) as pool:
        for script, output, status in pool.map(lambda script: _run(script, tmp_path), installed):
            assert status == 0, f"{script}:\n{output}"
            cells = [cell for cell in pages[script][2].cells if cell.cell_type == "code"]
            shown = "".join(part.text for cell in cells for part in cell.outputs)
            assert output.split() == shown.split(), script
            code = [
                re.sub(r"\s", "", cell)
                for cell in script.read_text(encoding="utf-8").split("# %%\n")[1:]
                for cell in cell.split("# %% [markdown]")[:1]
            ]
            assert code == [re.sub(r"\s", "", cell.source) for cell in cells], script


def test_the_wheel_on_the_site_is_the_library(site):
    with zipfile.ZipFile(site / WHEEL) as wheel:
        names = wheel.namelist()
        assert (
            wheel.read("mathnet/products.py")
            == (Path(__file__).parents[2] / "mathnet" / "products.py").read_bytes()
        )
    assert "mathnet/derivation/read/grammar.lark" in names
    assert not [name for name in names if "__pycache__" in name]
