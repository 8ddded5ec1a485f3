"""Every page with code as a notebook and as a script, beside the page: they run as they are, once mathnet is installed.

Both are written by jupytext. The text is the page's source, which a notebook shows better than the finished page: there a
formula is still LaTeX. The code and its outputs are those that the page shows. A wheel of the library lies at the root of the site.
"""

import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import jupytext
from hatchling.builders.wheel import WheelBuilder
from mkdocs.exceptions import PluginError
from mkdocs.structure.pages import Page
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from book import inventory, model, paper
from book.bibliography import works
from book.equations import KINDS
from mathnet import __version__
from mathnet.derivation.read.fences import Fence, fences
from mathnet.derivation.verdict.rendering import where_words

WHEEL = f"mathnet_book-{__version__}-py3-none-any.whl"
_PACKAGES = {"sklearn": "scikit-learn"}  # whose name is not that of the module

_BOX = re.compile(
    r'^(?P<indent> *)(?:!!!|\?\?\?\+?) [\w ]+?"(?P<title>[^"\n]*)"\n(?P<inside>(?:(?:(?P=indent) {4}.*| *)\n)+)',
    re.MULTILINE,
)
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_HEADING_ID = re.compile(r"^(#+ .*?) \{[^{}\n]*\}$", re.MULTILINE)
_LINK = re.compile(r"\[(?P<words>[^\[\]]*)\](?:\((?P<target>[^()\s]*)\)|\[(?P<name>mathnet[\w.]*)\])")
_HREF = re.compile(r'href="(?P<target>[^"]*)"')
_CITATION = re.compile(r"\[@(?P<key>[\w-]+)\]")


class Notebook:
    """The notebook of one page of the book; `shown` is what it shows."""

    def __init__(self, page: Page, shown: model.Page, book: model.Book, base: str) -> None:
        self.page, self.base, self.address = page, base, base + page.url
        self.equations, self.known = book.equations, book.numbers
        self.shown = iter(shown.blocks)
        self.cells: list[NotebookNode] = []
        self.text = ""
        self._read(_unboxed(_HEADING_ID.sub(r"\1", _FRONT_MATTER.sub("", page.file.content_string))))
        self._end_text()

    def _read(self, source: str) -> None:
        lines, at = source.split("\n"), 0
        for fence in fences(source):
            self.text += self._linked("\n".join(lines[at : fence.line - 2])) + "\n\n"
            at = fence.line + fence.height
            self._add(fence)
        self.text += self._linked("\n".join(lines[at:]))

    def _add(self, fence: Fence) -> None:
        if fence.word == "exercise":  # only a page can check what is written there
            return
        if fence.word in KINDS:
            self.text += f"{self._equation(fence)}\n\n"
        elif 'exec="1"' not in fence.rest:
            self.text += f"```{fence.word}\n{fence.source}\n```\n\n"
        elif "source=" not in fence.rest:
            self.text += f"*Here [the page]({self.address}) shows a figure or a table.*\n\n"
        else:
            self._end_text()
            block = next((block for block in self.shown if block.code == fence.source.strip("\n")), None)
            if block is None:
                raise PluginError(
                    f"{self.page.file.src_uri}: the page does not show this block:\n{fence.source}"
                )
            output = [new_output("stream", name="stdout", text=f"{block.output}\n")] if block.output else []
            self._append(new_code_cell(block.code, outputs=output))

    def _end_text(self) -> None:
        # what followed a block in a list is no longer in the list
        if text := re.sub(r"\n{3,}", "\n\n", textwrap.dedent(self.text)).strip():
            self._append(new_markdown_cell(text))
        self.text = ""

    def _append(self, cell: NotebookNode) -> None:
        cell["id"] = f"cell-{len(self.cells) + 1}"
        self.cells.append(cell)

    def _equation(self, fence: Fence) -> str:
        equation = self.equations[fence.rest.split()[0]]
        items = equation.items
        where = f"{where_words(items, lambda latex: f'${latex}$')}\n\n" if items else ""
        lines = "\n".join([*paper.body(equation), rf"\tag{{{equation.local}}}"])
        return f"{where}$$\n{lines}\n$$"

    def _linked(self, text: str) -> str:
        """Return Markdown whose links and citations lead to the site, as a file of its own needs it."""
        text = _HREF.sub(lambda found: f'href="{urljoin(self.address, found["target"])}"', text)
        return _CITATION.sub(self._citation, _LINK.sub(self._link, text))

    def _citation(self, found: re.Match) -> str:
        return f"[{works()[found['key']].label}]({self.base}bibliography/#{found['key']})"

    def _link(self, found: re.Match) -> str:
        words, target = found["words"], found["target"]
        if target is None:  # a name of the library
            return words or f"`{found['name']}`"
        if target.startswith("#d-"):
            id = target.removeprefix("#d-")
            equation, number = self.equations[id], self.known[id].number
            return f"[{words or f'({equation.local})'}]({self.base}{equation.page.url}#eq-{number})"
        path, hash, anchor = target.partition("#")
        if path.endswith(".md"):
            path = urljoin(self.page.file.src_uri, path).removesuffix("index.md")
            target = self.base + re.sub(r"\.md$", "/", path) + hash + anchor
        return f"[{words}]({urljoin(self.address, target)})"

    def finished(self) -> NotebookNode:
        """Return the notebook with what it needs to run said on top, and nothing that depends on the machine."""
        needs = " ".join(sorted(self._packages()))
        title = "the home page" if self.page.is_homepage else f"the page *{self.page.title}*"
        head = (
            f"This is [{title}]({self.address}) of mathnet, without its figures. "
            f"To run it: Python 3.11 or newer, and\n\n```sh\npip install {self.base}{WHEEL} {needs}".rstrip()
            + "\n```\n\nText CC BY-SA 4.0, code MIT, mathnet contributors."
        )
        first = new_markdown_cell(head)
        first["id"] = "about"
        about = {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        }
        return new_notebook(cells=[first, *self.cells], metadata=about)

    def _packages(self) -> Iterator[str]:
        code = "\n".join(cell.source for cell in self.cells if cell.cell_type == "code")
        for module in set(re.findall(r"^(?:import|from) (\w+)", code, re.MULTILINE)):
            if module not in {"mathnet", "numpy", *sys.stdlib_module_names}:
                yield _PACKAGES.get(module, module)


def _unboxed(source: str) -> str:
    """Return Markdown in which a box is a paragraph with its title, and then what stands in it."""

    def opened(box: re.Match) -> str:
        inside = re.sub(rf"^{box['indent']} {{4}}", "", box["inside"], flags=re.MULTILINE)
        return f"**{box['title']}**\n\n{_unboxed(inside)}\n"

    return _BOX.sub(opened, source if source.endswith("\n") else f"{source}\n")


def offered(page: Page, shown: model.Page, book: model.Book, base: str) -> dict[str, str]:
    """Return both files of a page by their addresses; a page that shows no code has none."""
    if not shown.blocks:
        return {}
    notebook = Notebook(page, shown, book, base).finished()
    script = notebook.copy()
    script.metadata = {
        "jupytext": dict.fromkeys(("notebook_metadata_filter", "cell_metadata_filter"), "-all")
    }
    place = address(page)
    return {
        f"{place}.ipynb": jupytext.writes(notebook, "ipynb"),
        f"{place}.py": jupytext.writes(script, "py:percent"),
    }


def address(page: Page) -> str:
    """Return where the two files of a page are, without their suffixes; no module can have this name."""
    return f"{page.url}mathnet-{Path(page.url).name or 'question'}"


def wheel() -> str:
    """Build the wheel of the library, and return where it is."""
    folder = inventory.ROOT / ".cache" / "wheel"
    (path,) = WheelBuilder(str(inventory.ROOT)).build(directory=str(folder), versions=["standard"])
    return path
