"""What must be true of the project as a whole: its papers, its table of contents, its citations."""

import ast
import json
import pkgutil
import re
import subprocess
import sys
import tomllib
import unicodedata
from datetime import date
from pathlib import Path

import markdown
import pytest
import yaml

import mathnet
from book.bibliography import REFERENCES, works
from book.citation import apa, bibtex, book
from mathnet.derivation import check, find
from mathnet.derivation.doors.command import main

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "mathnet").rglob("*.py"))
README = (ROOT / "README.md").read_text(encoding="utf-8")


def tracked_files() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode:
        pytest.skip("this copy is not a git repository, so nothing says which files belong to it")
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).exists()]


def fences(text: str, language: str) -> list[str]:
    return re.findall(rf"^``` ?{language}\b[^\n]*\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


# The papers


def test_readme_snippet_prints_what_the_readme_shows():
    (snippet,) = fences(README, "python")
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", snippet], capture_output=True, text=True, check=True
    )
    assert run.stdout in fences(README, "text")


def test_readme_derivation_gets_the_verdicts_that_the_readme_shows(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert main(["check", "README.md"]) == 0
    assert capsys.readouterr().out in fences(README, "text")

    (right,) = find(README)
    last_formula = right.source.splitlines()[-1].split("&&")[0].removeprefix("  &= ").strip()
    (swapped,) = re.findall(r"^`(\\left\[.*)`, and the verdict is$", README, flags=re.MULTILINE)
    verdict = check(right.source.replace(last_formula, swapped), right.id).verdict()
    assert verdict + "\n" in fences(README, "text")


def test_ci_runs_the_commands_of_the_readme():
    serve, test = fences(README, "sh")[0].splitlines()
    assert serve == "pip install uv && uv run mkdocs serve"
    ci = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert test in ci
    assert "-m mkdocs build --strict" in ci


def test_ci_has_the_history_where_the_numbers_of_the_equations_are_tested():
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    checkout, *_, run = workflow["jobs"]["all"]["steps"]
    assert run["run"] == "bash .ci/run"
    assert checkout["with"]["fetch-depth"] == 0


def test_ci_tries_the_oldest_versions_that_the_wheel_says_it_works_with():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    oldest, newest, _ = workflow["jobs"]["wheel"]["strategy"]["matrix"]["include"]
    lowest = [re.match(r"([\w-]+)>=([\d.]+)", requirement) for requirement in project["dependencies"]]
    series = {found[1]: found[2] if "." in found[2] else f"{found[2]}.0" for found in lowest}
    assert dict(each.removesuffix(".*").split("==") for each in oldest["beside"].split()) == series
    assert project["requires-python"] == f">={oldest['python']}"
    assert (
        f"Programming Language :: Python :: {newest['python']}"
        == [line for line in project["classifiers"] if re.search(r":: 3\.\d+$", line)][-1]
    )


def test_contributing_is_short():
    assert len((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()) <= 45


def test_an_archive_that_gives_a_doi_is_told_what_the_citation_says():
    archive = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert archive["creators"] == [{"name": author["name"]} for author in citation["authors"]]
    assert archive["description"] == " ".join(citation["abstract"].split())
    for key in ("title", "version", "keywords"):
        assert archive[key] == citation[key]
    assert archive["license"].upper() == citation["preferred-citation"]["license"]


def test_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    versions = {project["version"], citation["version"], citation["preferred-citation"]["version"]}
    assert versions == {mathnet.__version__}
    assert f"## {mathnet.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert citation["license"] == project["license"].split(" AND ")


def test_citation_file_follows_its_format():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] in {"software", "dataset"}
    assert isinstance(citation["date-released"], date)
    assert citation["preferred-citation"]["type"] == "book"
    for work in (citation, citation["preferred-citation"], *citation["references"]):
        assert work["title"]
        assert all(set(author) == {"name"} for author in work["authors"])
    known = "cff-version message type title abstract authors version date-released license keywords"
    assert set(citation) == {*known.split(), "preferred-citation", "references"}


def test_the_year_of_the_citation_is_that_of_the_release():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["preferred-citation"]["year"] == citation["date-released"].year
    assert f"{citation['date-released']:(%Y, %B %-d)}" in apa()


def test_a_citation_has_an_address_only_where_one_is_public(monkeypatch):
    monkeypatch.delenv("SITE_URL", raising=False)
    assert "url" not in book("one-layer/")
    assert apa().endswith(f"(Version {mathnet.__version__}).")
    assert "http" not in bibtex("mathnet")


def test_citation_names_the_version_and_the_page(monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://example.org/mathnet/")
    page = "One layer", "one-layer/"
    for text in (apa(*page), bibtex("mathnet-one-layer", *page)):
        for part in (
            "mathnet contributors",
            "One layer",
            mathnet.__version__,
            "https://example.org/mathnet/one-layer/",
        ):
            assert part in text


# The files


def test_no_lock_file_registry_or_machine_path_is_tracked():
    files = tracked_files()
    assert files
    assert not [path for path in files if path.suffix == ".lock"]
    machine = re.compile(
        rb"(?<![\w.:/-])/(?:work|root|home|Users)/\w|(?:index-url|find-links)\b|files\.pythonhosted\b"
    )
    offending = [path.name for path in files if path != Path(__file__) and machine.search(path.read_bytes())]
    assert offending == []


# The table of contents


def names_by_module() -> dict[str, list[str]]:
    tree = ast.parse((ROOT / "mathnet/__init__.py").read_text(encoding="utf-8"))
    statements = [line for node in tree.body for line in (node.body if isinstance(node, ast.If) else [node])]
    imports = [node for node in statements if isinstance(node, ast.ImportFrom)]
    return {
        node.module: [alias.name for alias in node.names]
        for node in imports
        if node.module.startswith("mathnet.")
    }


def test_the_package_says_the_same_to_python_and_to_the_tools_that_read_it():
    chapters = {f"mathnet.{chapter}": names for chapter, names in mathnet._CHAPTERS.items()}
    assert list(names_by_module().items()) == list(chapters.items())
    for module, names in chapters.items():
        for name in names:
            assert getattr(mathnet, name) is getattr(sys.modules[module], name)


def test_no_public_name_is_a_module():
    assert not set(mathnet.__all__) & {module.name for module in pkgutil.iter_modules(mathnet.__path__)}


def test_every_public_name_is_documented_on_exactly_one_page():
    directives = []
    for page in (ROOT / "docs/reference").glob("*.md"):
        directives += re.findall(r"^::: (mathnet\S*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for module, names in names_by_module().items():
        for name in names:
            places = [target for target in directives if target in {module, f"{module}.{name}"}]
            assert len(places) == 1, f"{name} of {module} is documented on {len(places)} pages"


def python(script: str) -> str:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_derivations_are_checked_without_numpy_and_without_the_rest_of_mathnet():
    loaded = python(
        r"""
import sys
sys.modules["numpy"] = None
import mathnet.derivation
report = mathnet.derivation.check("where A \\in \\mathbb{R}^{n \\times n}\n[A A]_{ij} = \\sum_k A_{ik} A_{kj}")
assert report.ok
print(*(name for name in sys.modules if name.startswith("mathnet")))
"""
    ).split()
    assert [name for name in loaded if not name.startswith("mathnet.derivation")] == [
        "mathnet",
        "mathnet.dual",
    ]


def test_a_chapter_is_imported_when_one_of_its_names_is_asked_for():
    said = python(
        """
import sys, mathnet
assert "numpy" not in sys.modules
assert {*mathnet.__all__, "products", "__version__"} <= set(dir(mathnet))
mathnet.matmul
print("mathnet.products" in sys.modules, "mathnet.tape" in sys.modules, "mpmath" in sys.modules)
assert mathnet.tape.Tape is mathnet.Tape
try:
    mathnet.mystery
except AttributeError as error:
    print(error)
try:
    from mathnet import mystery
except ImportError as error:
    print(str(error).split(" from")[0])
names = {}
exec("from mathnet import *", names)
print(sorted(set(names) - {"__builtins__"}) == sorted(mathnet.__all__))
"""
    )
    assert said.splitlines() == [
        "True False False",
        "module 'mathnet' has no attribute 'mystery'",
        "cannot import name 'mystery'",
        "True",
    ]


def test_a_name_that_was_asked_for_is_kept():
    python(
        """
import mathnet
found = mathnet.matmul, mathnet.tape
def ask(name): raise AssertionError(f"{name} is looked for again")
mathnet.__getattr__ = ask
assert (mathnet.matmul, mathnet.tape) == found
"""
    )


# The bibliography


def slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))


def test_every_work_is_well_formed():
    assert len(works()) >= 30
    for name in ("label", "short"):
        assert len({getattr(work, name) for work in works().values()}) == len(works())
    for key, work in works().items():
        assert re.fullmatch(r"[a-z0-9-]+-\d+", key)
        surname, year = re.split(r",? | and ", work.label)[0], re.findall(r"\d+", work.label)[-1]
        assert key in {f"{slug(surname)}-{year}", "stackexchange-3250718"}
        assert work.reason.endswith(".")
        assert "{" not in work.reference


def test_the_history_is_in_order_of_time():
    years = [int(key.rpartition("-")[2]) for key, work in works().items() if work.group == "history"]
    assert len(years) > 20
    assert years == sorted(years)


def test_every_identifier_of_a_work_has_its_form():
    source = REFERENCES.read_text(encoding="utf-8")
    form = {
        "doi": r"10\.\d{4,}/\S+",
        "eprint": r"\d{4}\.\d{4,5}",
        "url": r"https?://\S+",
        "isbn": r"97[89][\d-]+",
    }
    for name, value in re.findall(r"^  (doi|eprint|url|isbn) *= \{(.*)\},$", source, flags=re.MULTILINE):
        assert re.fullmatch(form[name], value), f"{name} = {value}"


def test_bibliography_page_prints_every_group_once():
    page = (ROOT / "docs/bibliography.md").read_text(encoding="utf-8")
    printed = re.findall(r"^\\bibliography\{(.+)\}$", page, flags=re.MULTILINE)
    assert sorted(printed) == sorted({work.group for work in works().values()})


def cited_in_docstrings() -> list[tuple[str, str]]:
    """Return (where, citation) for every work named in a References section."""
    cited = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                docstring = ast.get_docstring(node) or ""
                section = re.search(
                    r"^References\n-{10}\n(.+?)(?:\n\n|\Z)", docstring, flags=re.MULTILINE | re.DOTALL
                )
                where = f"{path.name}: {getattr(node, 'name', 'module')}"
                if section:
                    cited += [(where, " ".join(item.split())) for item in section[1].rstrip(".").split(";")]
    return cited


def test_every_work_named_in_a_docstring_is_in_the_bibliography():
    labels = tuple(label for work in works().values() for label in (work.label, work.short))
    cited = cited_in_docstrings()
    assert len(cited) > 10
    assert [item for item in cited if not item[1].startswith(labels)] == []


def converted(text: str) -> str:
    return markdown.markdown(text, extensions=["book.bibliography"])


def test_citations_become_links_by_key_and_by_label():
    for citation, shown in (
        ("[@magnus-2019]", "Magnus and Neudecker (2019)"),
        ("Magnus and Neudecker (2019)", "Magnus and Neudecker (2019)"),
        ("Magnus and\nNeudecker (2019)", "Magnus and\nNeudecker (2019)"),
    ):
        link = f'<autoref class="citation" identifier="magnus-2019">{shown}</autoref>'
        assert converted(f"See {citation}, chapter 3.") == f"<p>See {link}, chapter 3.</p>"
    aside = '<autoref class="citation" identifier="magnus-2019">Magnus and Neudecker, 2019</autoref>'
    assert converted("Known ([@magnus-2019]).") == f"<p>Known ({aside}).</p>"
    assert converted("([@magnus-2019], chapter 3)") == f"<p>({aside}, chapter 3)</p>"
    assert "Neudecker (2019)<" in converted("([@magnus-2019] has more)")
    assert 'identifier="bertoin-2021">Bertoin et al. (2021)<' in converted(
        "Bertoin et al. (2021) measure it."
    )


def test_citations_in_code_and_inside_links_are_left_alone():
    assert "autoref" not in converted("`Giles (2008)` and [Giles (2008)](https://example.org)")


def test_unknown_works_and_groups_are_refused():
    with pytest.raises(ValueError, match=re.escape("[@gilles-2008]: no such work in references.bib")):
        converted("See [@gilles-2008].")
    with pytest.raises(
        ValueError, match=re.escape(r"\bibliography{poetry}: no such group in references.bib")
    ):
        converted("\\bibliography{poetry}")


def test_a_faulty_entry_is_refused(tmp_path):
    faulty = tmp_path / "faulty.bib"
    faulty.write_text(
        "@book{nobody-2000, author = {No Body}, title = {Nothing}, year = {2000}}", encoding="utf-8"
    )
    with pytest.raises(ValueError, match=re.escape("faulty.bib: nobody-2000 has no keywords")):
        works(faulty)
    faulty.write_text("@book{nobody-2000, author = {No Body}, title = {Nothing", encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape("faulty.bib, line 1: ")):
        works(faulty)
