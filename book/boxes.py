"""The boxes of code on the pages of gradients: each has a forward pass `f`, a backward pass `f_back`, and an example `Y, kept = f(X, …)`.

The backward pass takes the cotangent of Y and what was kept, `f_back(Y_bar, *kept)`, and returns the cotangents of the first
arguments, in their order. Several results are a tuple, and so are their cotangents.

What the backward pass takes as constant although it is computed, the forward pass takes as `held`, returns as the last of what it
keeps, and computes itself where it is not given. The cotangent of a complex number holds those of its two parts.
"""

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from book.inventory import DOCS

BOX = re.compile(r'^```python exec="1" source="above" result="text"\n(.*?)^```', re.MULTILINE | re.DOTALL)


class Pass(NamedTuple):
    """A forward and a backward pass of a box, with the arguments of its example."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]
    args: list[Any]
    settings: dict[str, Any]


def boxes() -> dict[str, str]:
    """Return the boxes that have a backward pass, by the names of their page and of their functions."""
    found = {}
    for page in sorted((DOCS / "gradients").glob("*.md")):
        for code in BOX.findall(page.read_text(encoding="utf-8")):
            if backs := re.findall(r"^def (\w+)_back\(", code, re.MULTILINE):
                found[f"{page.stem}: {', '.join(backs)}"] = code
    return found


def passes(code: str) -> Iterator[Pass]:
    """Run a box and yield what it defines."""
    tree, names = ast.parse(code), {"__name__": "box"}
    exec(compile(tree, "<box>", "exec"), names)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}

    def value(node: ast.expr) -> Any:
        return eval(ast.unparse(node), names)

    for back in sorted(name for name in functions if name.endswith("_back")):
        name = back.removesuffix("_back")
        if name not in functions:
            raise ValueError(f"{back} has no {name}")
        calls = [
            node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and ast.unparse(node.value.func) == name
        ]
        if not calls:
            others = (ast.unparse(node) for other, node in functions.items() if other != name)
            if re.search(rf"\b{name}\(", "".join(others)):
                continue  # a part of another pass
            raise ValueError(f"no example of {name}")
        settings: dict[str, Any] = {}
        for keyword in calls[0].keywords:
            settings |= {keyword.arg: value(keyword.value)} if keyword.arg else value(keyword.value)
        yield Pass(names[name], names[back], [value(arg) for arg in calls[0].args], settings)  # type: ignore[arg-type]


def several(result: Any) -> tuple[Any, ...]:
    """Return one result as a tuple of one."""
    return result if isinstance(result, tuple) else (result,)
