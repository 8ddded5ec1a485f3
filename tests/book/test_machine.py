"""The machine of the book: one hook file, one model, and hardly a pattern over HTML."""

import ast
from collections.abc import Iterator
from pathlib import Path

import yaml
from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[2]

# Every regular expression over HTML in the machine of the site and in what it prints, and why it is one.
PATTERNS = {
    r"<math\b.*?</math>": "math-core has written it, and one formula never stands in another; figures bring theirs as text",
    r'<h([1-6]) id="([^"]+)"[^>]*>(.*?)</h\1>': "the search and the index of the printed book ask below which heading a word stands; MkDocs has written the headings",
    r"<(em|strong)>(.*?)</\1>": "the same: where a chapter explains a word, Markdown has written it in italics or bold",
    "<[^>]*>": "the same: words without their tags",
    "<figcaption.*?</figcaption>": "on paper a caption does not say what JavaScript can do",
    r"\s*[^.<>]*\bJavaScript\b[^.<>]*\.": "the same: the sentence of it",
    "<tspan ([^>]*)font-style: oblique;([^>]*)>([^<]*)</tspan>": "matplotlib has written it: italic letters in the face of the page's formulas",
    "<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->": "matplotlib has written it: what a picture on a page does not need",
}


def _patterns(path: Path) -> Iterator[str]:
    """Yield the texts in the calls of `re` in a file which have an angle bracket that begins or ends a tag."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
            for part in ast.walk(node):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    text = part.value
                    for group in (
                        "(?<!",
                        "(?<=",
                        "(?P<",
                        "(?P=",
                        ">>>",
                    ):  # angle brackets of regular expressions and of doctests
                        text = text.replace(group, "")
                    if "<" in text:
                        yield part.value


def test_html_is_hardly_ever_read_by_a_pattern():
    files = [*(ROOT / "book").glob("*.py"), *(ROOT / "mathnet" / "figures").glob("*.py")]
    found = {pattern for path in files for pattern in _patterns(path)}
    assert found == set(PATTERNS)
    assert len(found) <= 10


def test_a_pattern_over_html_is_found(tmp_path):
    code = tmp_path / "code.py"
    code.write_text(
        "import re\nre.sub('(?P<a>x)', '', t)\nre.compile(r'<p>(?P<a>.*?)</p>')\nre.findall('<a' + name, t)\n"
    )
    assert list(_patterns(code)) == ["<p>(?P<a>.*?)</p>", "<a"]


def test_mkdocs_calls_one_file():
    class Loader(yaml.SafeLoader):
        """Reads the configuration without what only MkDocs knows."""

    Loader.add_constructor("!ENV", lambda loader, node: None)
    configuration = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Loader)
    assert configuration["hooks"] == ["book/hooks.py"]
    calls = [
        path.name
        for path in (ROOT / "book").glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("on_")
    ]
    assert set(calls) == {"hooks.py"}


def test_the_templates_get_data_and_call_nothing_of_ours():
    for path in (ROOT / "book" / "templates").glob("*.html"):
        template = Environment().parse(path.read_text(encoding="utf-8"))
        called = {call.node.name for call in template.find_all(nodes.Call)}
        assert called <= {"link", "loop"}, path.name  # a macro of the template, and Jinja's own
