"""What is copied into a paper: it can be checked there, TeX sets it, and BibTeX and biber print all that its entry says."""

import re
import shutil
import subprocess

import pytest

from book import paper, tags
from book.citation import bibtex, page_bibtex
from book.inventory import equations, pages
from mathnet.derivation import check
from mathnet.derivation.read import files

STYLES = ["plain", "unsrt", "alpha", "abbrv", "ieeetr", "apalike", "plainnat", "abbrvnat", "unsrtnat"]
ADDRESS = "https://example.org/mathnet/"


@pytest.fixture(scope="module")
def shown():
    return {equation.id: equation for equation in equations(pages())}


def needs(*programs):
    missing = [program for program in programs if not shutil.which(program)]
    return pytest.mark.skipif(
        bool(missing), reason=f"{' and '.join(missing)} not found; .ci/latex installs TeX"
    )


def run(folder, *command):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=300)
    return done.stdout + done.stderr


def document(*, preamble, body):
    return "\n".join([r"\documentclass{article}", preamble, r"\begin{document}", body, r"\end{document}", ""])


# The LaTeX


@pytest.mark.parametrize("preamble", ["", "\\renewcommand{\\reason}[1]{}\n"], ids=["reasons", "no reasons"])
def test_the_latex_of_a_derivation_can_be_checked_where_it_is_pasted(shown, tmp_path, preamble):
    derivations = [equation for equation in shown.values() if equation.kind == "derivation"]
    pasted = derivations[::24] + [e for e in derivations if "cases" in e.source or "\n\n" in e.source][:4]
    pasted.append(shown["batch-mean"])  # whose first line begins with [
    path = tmp_path / "paper.tex"
    path.write_text(preamble + "\n\n".join(map(paper.latex, pasted)), encoding="utf-8")
    for found, equation in zip(files.read(str(path)), pasted, strict=True):
        report = check(found.source, found.id)
        assert report.ok, report.errors[0]
        assert (report.id, report.steps) == (equation.id, equation.report.steps)


def test_a_sentence_says_what_the_letters_are_and_a_reason_can_be_left_out(shown):
    sentence, reason, *_ = paper.latex(shown["batch-mean"]).split("\n")
    assert sentence == r"Let $H$ be $n \times h$, $D$ be $n \times y$, and $c$ be a number."
    assert reason == r"\providecommand{\reason}[1]{#1}"
    assert r"&& \reason{\text{matrix product}}" in paper.latex(shown["batch-mean"])


@needs("pdflatex")
@pytest.mark.parametrize("preamble", ["", r"\newcommand{\reason}[1]{}"], ids=["reasons", "no reasons"])
def test_tex_sets_every_equation(shown, tmp_path, preamble):
    text = document(
        preamble=rf"\usepackage{{amsmath,amssymb}}{preamble}",
        body="\n\n".join(map(paper.latex, shown.values())),
    )
    (tmp_path / "all.tex").write_text(text, encoding="utf-8")
    said = run(tmp_path, "pdflatex", "-interaction=nonstopmode", "all.tex")
    assert re.findall(r"^!.*|^(?:LaTeX|Package) .*Warning: (?!Label\(s\) may).*", said, re.M) == []
    assert "Output written on all.pdf" in said


# The entries


@pytest.fixture
def entries(shown, tmp_path, monkeypatch):
    """Write the entries of the book, a page and an equation, as a public site has them."""
    monkeypatch.setenv("SITE_URL", ADDRESS)
    equation = shown["grad-attention"]
    number = tags.load()[equation.id].number
    written = [bibtex("mathnet"), page_bibtex("one-layer/", "One layer"), paper.citation(equation, number)]
    (tmp_path / "works.bib").write_text("\n\n".join(written), encoding="utf-8")
    return number


def test_an_entry_of_an_equation_names_its_section_and_its_tag(entries, tmp_path):
    text = (tmp_path / "works.bib").read_text(encoding="utf-8")
    title = "Gradients of attention: Scaled dot-product attention"
    assert (
        f"title        = {{{{{title} (tag {entries}), in mathnet: the mathematics behind backpropagation}}}}"
        in text
    )
    assert rf"howpublished = {{\url{{{ADDRESS}gradients/attention/\#eq-{entries}}}}}" in text


@needs("bibtex")
@pytest.mark.parametrize("style", STYLES)
def test_bibtex_prints_an_entry_whole(entries, tmp_path, style):
    lines = [r"\citation{*}", rf"\bibstyle{{{style}}}", r"\bibdata{works}", ""]
    (tmp_path / "paper.aux").write_text("\n".join(lines), encoding="utf-8")
    said = run(tmp_path, "bibtex", "-terse", "paper")
    assert said == ""
    printed = " ".join((tmp_path / "paper.bbl").read_text(encoding="utf-8").split())
    for part in (
        "mathnet contributors",
        "One layer, in mathnet",
        "2026",
        "Version 0.1.0",
        rf"attention/\#eq-{entries}",
    ):
        assert part in printed


@needs("pdflatex", "biber")
def test_biber_prints_an_entry_whole(entries, tmp_path):
    preamble = "\\usepackage{biblatex}\n\\usepackage{hyperref}\n\\addbibresource{works.bib}"
    text = document(preamble=preamble, body="\\nocite{*}\n\\printbibliography")
    (tmp_path / "paper.tex").write_text(text, encoding="utf-8")
    run(tmp_path, "pdflatex", "-interaction=nonstopmode", "paper")
    assert re.findall("^(?:WARN|ERROR).*", run(tmp_path, "biber", "paper"), re.M) == []
    for _ in range(2):
        said = run(tmp_path, "pdflatex", "-interaction=nonstopmode", "paper")
    assert re.findall(r"^!.*|^(?:LaTeX|Package) .*Warning.*", said, re.M) == []
    printed = (tmp_path / "paper.bbl").read_text(encoding="utf-8")
    for part in (
        "One layer, in mathnet",
        r"\field{year}{2026}",
        r"\field{month}{11}",
        "Version 0.1.0",
        rf"\#eq-{entries}",
    ):
        assert part in printed
