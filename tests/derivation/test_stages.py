"""The stages of a derivation import in one direction: a stage knows those before it, and none that comes after."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from mathnet.derivation.meaning import nodes
from mathnet.derivation.meaning.whole import WHOLE
from mathnet.derivation.numbers.evaluate import VALUATIONS
from mathnet.derivation.numbers.whole import ENTRIES

ROOT = Path(__file__).parents[2]
PACKAGE = "mathnet.derivation"
MAY_IMPORT = {  # what each stage knows, besides itself
    "dual": set(),
    "mathml": set(),
    "errors": set(),
    "meaning": {"errors"},
    "read": {"errors", "meaning"},
    "numbers": {"errors", "meaning", "read", "dual"},
    "algebra": {"errors", "meaning"},
    "verdict": {"errors", "meaning", "read", "numbers", "algebra", "dual", "mathml"},
    "doors": {"errors", "meaning", "read", "numbers", "algebra", "verdict", "dual", "mathml", "version"},
    "package": {"errors", "read", "verdict", "doors", "dual"},  # __init__ and the names that authors write
}


def modules():
    """Return the source of every module of the checker, by its full name."""
    files = [*(ROOT / "mathnet" / "derivation").rglob("*.py")]
    files += [ROOT / "mathnet" / name for name in ("dual.py", "mathml.py")]
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file.read_text(
            encoding="utf-8"
        )
        for file in files
    }


def packages(names):
    return {name for name in names if any(other.startswith(f"{name}.") for other in names)}


def imports(name, source, names):
    """Yield every import of a module, wherever it stands: the module that it names, and the name that it takes."""
    above = name.split(".") if name in packages(names) else name.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = above[: len(above) - node.level + 1] if node.level else []
            base = ".".join([*start, *(node.module or "").split(".")]).strip(".")
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                yield (whole, "") if whole in names else (base, alias.name)


def stage(module):
    """Return the stage of a module of mathnet."""
    if module == "mathnet":
        return "version"
    if not module.startswith(f"{PACKAGE}."):
        return "package" if module == PACKAGE else module.split(".")[1]
    first = module.removeprefix(f"{PACKAGE}.").split(".")[0]
    return "package" if first in {"__main__", "markdown", "pytest_plugin"} else first


def faults(sources):
    """Return what is wrong with the imports of these modules."""
    found, graph = [], {}
    for name, source in sources.items():
        for module, taken in imports(name, source, sources):
            if module.split(".")[0] != "mathnet":
                continue
            here, there = stage(name), stage(module)
            if here != there and there not in MAY_IMPORT[here]:
                found.append(f"{name} imports {module}: {here} knows nothing of {there}")
            if taken.startswith("_") and not taken.endswith("__"):
                found.append(f"{name} imports {taken} from {module}, which is private there")
            if here == there:
                graph.setdefault(name, set()).add(module)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found.append(" imports ".join(reversed(error.args[1])))
    return found


def test_each_stage_imports_only_those_before_it():
    assert faults(modules()) == []


def test_each_folder_is_a_stage():
    folders = {path.name for path in (ROOT / "mathnet" / "derivation").iterdir() if path.is_dir()}
    assert folders - {"__pycache__"} == MAY_IMPORT.keys() - {"dual", "mathml", "errors", "package"}


@pytest.mark.parametrize(
    ("module", "line", "fault"),
    [
        ("meaning.scope", "from ..numbers.data import Data", "meaning knows nothing of numbers"),
        ("meaning.nodes.node", "def f():\n    from ...read import source", "meaning knows nothing of read"),
        ("meaning.whole", "from mathnet.dual import Dual", "meaning knows nothing of dual"),
        ("read.source", "import mathnet.dual", "read knows nothing of dual"),
        ("read.source", "if TYPE_CHECKING:\n    from ..numbers.data import Data", "read knows nothing of numbers"),
        ("numbers.bound", "from .. import verdict", "numbers knows nothing of verdict"),
        ("numbers", "from ..doors.command import main", "numbers knows nothing of doors"),
        ("verdict.check", "from mathnet import derivation", "verdict knows nothing of package"),
        ("verdict.check", "from ..numbers.evaluate import _private", "which is private there"),
        ("meaning.shapes", "from .nodes import Sum", "meaning.shapes imports mathnet.derivation.meaning.nodes "),
    ],
)  # fmt: skip
def test_a_wrong_import_is_found(module, line, fault):
    sources = modules()
    sources[f"{PACKAGE}.{module}"] += f"\n{line}\n"
    (found,) = faults(sources)
    assert fault in found


def kinds(node):
    """Return a class and all its subclasses."""
    return {node}.union(*map(kinds, node.__subclasses__()))


def test_every_kind_of_node_has_a_value():
    assert VALUATIONS.keys() == kinds(nodes.Node) - {nodes.Node}


def test_every_function_of_a_whole_matrix_has_its_entries():
    assert ENTRIES.keys() == WHOLE.keys()
