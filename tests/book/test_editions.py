"""The book on one page, as a PDF, and as a zip that opens without a server."""

import copy
import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pikepdf
import pytest
from lxml import etree, html

from book import editions
from book.testing import attend

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def whole(site):
    return html.fromstring((site / "book" / "index.html").read_bytes())


@pytest.fixture(scope="module")
def made(site, tmp_path_factory):
    """Return a copy of the site after the step that makes the PDF and the zip."""
    if not (editions.chromium() and editions.ESBUILD.exists()):
        pytest.skip("no Chromium on the PATH, or no esbuild: npm could not fetch it")
    folder = tmp_path_factory.mktemp("made") / "site"
    shutil.copytree(site, folder)
    _make(folder)
    return folder


def _make(site):
    """Run the command; Playwright allows one of itself in a process, and the tests have theirs."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", "book.editions", site],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    assert [line.split(":")[0] for line in run.stdout.splitlines()] == [
        editions.PDF,
        editions.FIGURES,
        editions.ZIP,
    ]


def _chapters(site):
    pages = [path for path in sorted(site.rglob("index.html")) if path.parent.name != "book"]
    return {path.parent.relative_to(site).as_posix(): html.fromstring(path.read_bytes()) for path in pages}


def _sections(whole):
    """Return the chapters and what stands behind them. XPath takes minutes to join what it finds below so many of them."""
    return [section for section in whole.iter("section") if section.getparent().tag != "section"]


def test_the_page_holds_every_chapter_and_every_equation(site, whole):
    ids = set(whole.xpath("//@id"))
    for address, page in _chapters(site).items():
        chapter = "question" if address == "." else address.replace("/", "-")
        assert chapter in ids
        assert {id for id in page.xpath("//article//@id") if re.fullmatch(r"eq-\d+", id)} <= ids
    assert sum(bool(re.fullmatch(r"eq-\d+", id)) for id in ids) > 200


def test_the_chapters_stand_in_the_order_of_the_contents(whole):
    linked = [href.removeprefix("#") for href in whole.xpath("//nav[@class='book-toc']//@href")]
    assert linked == whole.xpath("//section[@class='book-chapter']/@id")
    assert len(linked) > 40


def test_a_link_to_a_chapter_stays_in_the_book(whole):
    links = (part.get("href", "") for section in _sections(whole) for part in section.iter())
    outside = [href for href in links if href.startswith("../")]
    assert {re.sub(r"#.*", "", href) for href in outside} <= {"../book/", "../equations.json"} | {
        href for href in outside if href.startswith("../assets/")
    }


def test_search_engines_are_sent_to_the_chapters(whole):
    assert whole.xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_nothing_is_folded_away_or_alive(whole):
    opened = [details.get("open") is not None for details in whole.iter("details")]
    assert opened
    assert all(opened)
    parts = {part.tag for section in _sections(whole) for part in section.iter(etree.Element)}
    assert not parts & {"button", "textarea", "script"}
    assert not [tag for tag in parts if "-" in tag]  # a custom element


def test_nothing_is_wider_than_the_paper(browser, base):
    """A4 less the margins of `paper.css` is 166 mm, 627 CSS pixels."""
    page = browser.new_page(viewport={"width": 627, "height": 900})
    page.emulate_media(media="print")
    page.goto(f"{base}book/", wait_until="load")
    wide = page.evaluate(
        """[...document.querySelectorAll('.whole-book :is(p, pre, table, figure, .math-display, .derivation, svg, h1, h2, h3, h4)')]
        .filter((box) => box.checkVisibility() && !box.closest('svg svg') && box.getBoundingClientRect().right > innerWidth + 1)
        .map((box) => `${box.closest('section')?.id} ${box.tagName} ${box.textContent.trim().slice(0, 60)}`)"""
    )
    page.close()
    assert not wide


def test_the_pdf_is_tagged_has_an_outline_and_ends_where_the_book_ends(made, whole):
    with pikepdf.open(made / editions.PDF) as document:
        assert document.Root.MarkInfo.Marked
        assert document.Root.Lang == "en"
        assert 200 < len(document.pages) < 1200
        with document.open_outline() as outline:
            titles = [item.title for part in outline.root for item in part.children]
    headings = [" ".join(heading.text_content().split()) for heading in whole.xpath("//section/h2")]
    assert [title for title in map(str.strip, titles) if title in headings] == headings


def test_contents_and_index_of_the_pdf_name_the_page_of_each_place(made, whole):
    numbers = editions.page_numbers(made / editions.PDF)
    places = set(whole.xpath("//*/@data-page"))
    assert places == places & set(numbers)
    chapters = whole.xpath("//section[@class='book-chapter']/@id")
    pages = [numbers[chapter] for chapter in chapters]
    assert pages == sorted(pages)
    assert 2 < pages[0] < numbers["solutions"] < numbers["index"]


FOOT, TOP = 62, 57  # points; the number of a page stands below, and nothing above
Matrix = tuple[float, float, float, float, float, float]


def _within(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _lowest(page):
    """Return how high the lowest text, line or picture of a page stands, in points."""
    now, kept, path, marks = (1, 0, 0, 1, 0, 0), [], [], []
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "q":
                kept.append(now)
            case "Q":
                now = kept.pop()
            case "cm":
                now = _within(tuple(map(float, operands)), now)
            case "Tm":
                marks.append(_within(tuple(map(float, operands)), now)[5])
            case "Do":
                marks.append(now[5])
            case "m" | "l":
                path.append(float(operands[0]) * now[1] + float(operands[1]) * now[3] + now[5])
            case "S" | "s":
                marks += path
                path = []
            case "f" | "f*" | "n":
                path = []
    return min((mark for mark in marks if mark > FOOT), default=float(page.mediabox[3]) - TOP)


def test_no_page_is_half_empty_but_the_last_of_a_chapter(made, whole):
    """A figure, or three lines with their heading, may be too high for what is left of a page; the share is of the height between head and foot."""
    numbers = editions.page_numbers(made / editions.PDF)
    last = {numbers[chapter] - 1 for chapter in whole.xpath("//section[@class='book-chapter']/@id")}
    with pikepdf.open(made / editions.PDF) as document:
        heights = [float(page.mediabox[3]) - TOP - FOOT for page in document.pages]
        empty = [
            (_lowest(page) - FOOT) / height for page, height in zip(document.pages, heights, strict=True)
        ]
    inside = {
        number: round(share, 2)
        for number, share in enumerate(empty, 1)
        if 1 < number < len(empty) and number not in last
    }
    assert {number: share for number, share in inside.items() if share > 0.42} == {}


def test_every_solution_stands_at_the_back_and_says_of_which_exercise_it_is(site, whole):
    on_pages = sum(
        len(page.xpath("//details[contains(@class, 'success')]")) for page in _chapters(site).values()
    )
    assert on_pages > 30
    solutions = list(whole.get_element_by_id("solutions").iterfind(".//div[@class='book-solution']"))
    exercises = list(whole.iterfind(".//p[@class='book-solved']"))
    assert len(solutions) == len(exercises) == on_pages
    for solution, exercise in zip(solutions, exercises, strict=True):
        assert exercise.xpath("./a/@href") == [f"#{solution.get('id')}"]
        assert solution.xpath("./p[@class='book-solution-title']/a/@href") == [f"#{exercise.get('id')}"]


def test_what_needs_a_script_is_not_promised_on_paper(whole):
    assert not [caption for caption in whole.xpath("//figcaption") if "JavaScript" in caption.text_content()]


def test_the_index_finds_its_terms_in_order(whole):
    terms = [item.text for item in whole.xpath("//ul[@class='book-index']/li")]
    assert terms == sorted(terms, key=str.lower)
    assert {
        "chain rule",
        "dot product",
        "Hadamard product",
        "Kronecker delta",
        "matrix product",
        "outer product",
    } <= set(terms)


def test_the_same_site_gives_the_same_bytes(site, whole, tmp_path):
    """A book of five chapters with formulas, tables and figures: the whole of it takes minutes to print."""
    few = copy.deepcopy(whole)
    for section in few.xpath("//section[@class='book-chapter']")[5:]:
        section.getparent().remove(section)
    digests = []
    for name in ("first", "second"):
        shutil.copytree(site, tmp_path / name)
        (tmp_path / name / "book" / "index.html").write_bytes(html.tostring(few, doctype="<!doctype html>"))
        _make(tmp_path / name)
        digests.append(_digests(tmp_path / name))
        with pikepdf.open(tmp_path / name / editions.PDF) as document:
            assert len(document.pages) > 20
        shutil.rmtree(tmp_path / name)
    assert digests[0] == digests[1]


def _digests(made):
    return {
        name: hashlib.sha256((made / name).read_bytes()).hexdigest() for name in (editions.PDF, editions.ZIP)
    }


def test_cells_are_numbered_alike_wherever_the_browser_began_to_count():
    pdf = b"<< /ID (node%08d) /K 7 >> << /Headers [ (node%08d) (node%08d) ] >> (no node)"
    one, other = pdf % (703, 703, 99_999_998), pdf % (702, 702, 99_999_997)
    assert editions._renumbered(one) == editions._renumbered(other) == pdf % (1, 1, 2)


def test_the_pdf_names_no_file_of_the_machine_that_printed_it(made):
    with pikepdf.open(made / editions.PDF) as document:
        links = {
            str(note.A.URI) for page in document.pages for note in page.get("/Annots", []) if "/A" in note
        }
    assert links
    assert not [link for link in links if not link.startswith(("http://", "https://", "mailto:"))]


def test_the_page_of_downloads_lists_both_and_scholars_find_the_pdf(site, made):
    page = html.fromstring((made / "downloads" / "index.html").read_bytes())
    names = editions.PDF, editions.FIGURES, editions.ZIP
    assert page.xpath("//ul[@id='editions']//@href") == [f"../{name}" for name in names]
    home = html.fromstring((made / "index.html").read_bytes())
    (address,) = home.xpath("//meta[@name='citation_pdf_url']/@content")
    assert address.endswith(f"/{editions.PDF}")
    assert not html.fromstring((site / "index.html").read_bytes()).xpath("//meta[@name='citation_pdf_url']")


def test_without_the_tools_the_command_says_what_is_missing(site, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(editions, "chromium", lambda: None)
    monkeypatch.setattr(editions, "ESBUILD", tmp_path / "none")
    assert editions.main(site) == []
    assert capsys.readouterr().out == (
        "no mathnet.pdf: there is no Chromium on the PATH\nno mathnet-figures.zip: there is no Chromium on the PATH\nno mathnet-offline.zip: esbuild is missing; mkdocs build fetches it from npm\n"
    )
    with pytest.raises(SystemExit, match="holds no built book: run mkdocs build first"):
        editions.main(tmp_path)


@pytest.fixture
def offline(made, tmp_path):
    with zipfile.ZipFile(made / editions.ZIP) as archive:
        archive.extractall(tmp_path)
    return tmp_path / "mathnet"


def test_the_zip_opens_without_a_server(browser, offline, come_near):
    page = browser.new_page()
    wrong = []
    page.on("console", lambda message: message.type in ("error", "warning") and wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "requestfailed", lambda request: request.failure == "net::ERR_ABORTED" or wrong.append(request.url)
    )
    page.on(
        "request",
        lambda request: request.url.startswith(("file:", "data:", "blob:")) or wrong.append(request.url),
    )
    for path in sorted(offline.rglob("index.html")):
        page.goto(path.as_uri())
    page.goto((offline / "index.html").as_uri())
    page.click("nav.book-contents >> text=One layer")
    assert page.url.endswith("/mathnet/one-layer/index.html")
    page.wait_for_function("[...document.fonts].some((font) => font.status === 'loaded')")
    attend(page)
    page.keyboard.press("Control+k")
    page.fill("#search input", "why transpose")
    page.locator("#search li a").first.click()
    page.wait_for_function("location.pathname.endsWith('index.html') && location.hash")
    page.goto((offline / "hidden-layer" / "index.html").as_uri())
    come_near(page)
    stepper = page.locator("backprop-stepper")
    before = stepper.inner_text()
    stepper.get_by_role("button", name="Next").click()
    assert stepper.inner_text() != before
    page.click("#colours")
    page.goto((offline / "products" / "which" / "index.html").as_uri())
    assert page.get_attribute("body", "data-md-color-scheme") == "slate"
    come_near(page)
    page.close()
    assert not wrong


def test_every_link_of_the_zip_names_a_file_in_it(offline):
    for path in offline.rglob("*.html"):
        for href in html.fromstring(path.read_bytes()).xpath("//@href"):
            target = re.sub(r"[#?].*", "", href)
            if target and not re.match(r"[a-z]+:", target):
                assert (path.parent / target).is_file(), f"{path}: {href}"


def test_the_figures_are_whole_without_a_style_sheet(made):
    with zipfile.ZipFile(made / editions.FIGURES) as archive:
        drawings = {name: archive.read(name) for name in archive.namelist()}
    assert len(drawings) > 80
    assert any(name.startswith("mathnet-figures/one-layer-1-") for name in drawings)
    for name, drawing in drawings.items():
        root = etree.fromstring(drawing)
        assert root.tag == "{http://www.w3.org/2000/svg}svg", name
        assert root[0].text, f"{name}: nothing says what it shows"
        assert b"var(" not in drawing
        assert b"color(srgb" not in drawing
        assert not root.xpath("//@class")
        assert root.xpath("//@fill[starts-with(., 'rgb')]"), name
    (page,) = html.fromstring((made / "teach" / "index.html").read_bytes()).xpath("//*[@id='figures-zip']")
    assert page.xpath(".//a/@href") == [f"../{editions.FIGURES}"]
