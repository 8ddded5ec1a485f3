"""The code of a rule of the library, as a page shows it: from its source, so that there is no second copy.

A block of a page says `print(source("mish"))`; that also says which rule computes the row.
"""

import ast
import inspect
import sys
from collections.abc import Callable, Iterator
from typing import Any

import mathnet
from mathnet import RULES

_KNOWN = {rule.name for rule in RULES}


def source(name: str) -> str:
    """Return a fold with the function, its backward pass and what both call; checks of arguments are left out, as their calls say enough.

    Raises
    ------
    ValueError
        If the library has no such rule.
    """
    if name not in _KNOWN:
        raise ValueError(f"there is no rule {name}; known are {', '.join(sorted(_KNOWN))}")
    functions = [inspect.unwrap(getattr(mathnet, end)) for end in (name, f"{name}_vjp")]
    helpers = [helper for function in functions for helper in _called(function)]
    code = "\n\n".join(map(code_of, dict.fromkeys([*functions, *helpers])))
    indented = "\n".join(
        f"    {line}".rstrip() for line in f"``` {{ .python .excerpt }}\n{code}```".split("\n")
    )
    links = f"[`{name}`][mathnet.{name}], [`{name}_vjp`][mathnet.{name}_vjp]"
    return f'??? note "The code of the library"\n    {links}\n\n{indented}\n'


def code_of(function: Callable[..., Any]) -> str:
    """Return the source of a function without its decorators and its docstring."""
    lines = inspect.getsource(function).splitlines(keepends=True)
    (tree,) = ast.parse("".join(lines)).body
    assert isinstance(tree, ast.FunctionDef)
    docstring = tree.body[0]
    return "".join(lines[tree.lineno - 1 : docstring.lineno - 1] + lines[docstring.end_lineno :])


def _called(function: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """Yield what a function calls of the library, and what that calls; but no rule, and nothing that checks arguments."""
    module = sys.modules[function.__module__]
    for node in ast.walk(ast.parse(inspect.getsource(function))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found = inspect.unwrap(getattr(module, node.func.id, len))
            if inspect.isfunction(found) and not _is_known(found):
                yield found
                yield from _called(found)


def _is_known(function: Callable[..., Any]) -> bool:
    """Say whether a function is a rule, or checks arguments, so that its name says enough."""
    name = function.__name__
    return (
        name in _KNOWN
        or name.startswith(("check_", "mask_of"))
        or function.__module__ in ("mathnet.arguments", "mathnet.rules")
    )
