"""The task graph of a Dask array, drawn from the graph itself: what each part of the data goes through, and where the parts come together."""

import re
from collections.abc import Hashable
from functools import cache
from typing import Any

from mathnet.figures import Drawing
from mathnet.figures.graphs import arrow

_WIDTH, _HEIGHT, _ROOM, _LEVEL = 64, 24, 66, 46
_NAMES = {"getitem": "[…]", "matmul": "@", "add": "+", "sub": "−", "chunk_sum": "sum", "_chunk_sum-aggregate": "sum"}  # fmt: skip
_COLOURS = ("H", "W")


def tasks(array: Any) -> dict[Hashable, set[Hashable]]:
    """Return each task of a Dask array's graph with those whose results it takes.

    Examples
    --------
    >>> import dask.array as da
    >>> import numpy as np
    >>> X = da.from_array(np.arange(4), chunks=2, name="X")
    >>> sorted(len(needs) for needs in tasks(X + 1).values())
    [0, 0, 1, 1]
    """
    from dask._task_spec import convert_legacy_graph  # the one place that knows all kinds of tasks

    graph = convert_legacy_graph(dict(array.__dask_graph__()))
    return {key: set(task.dependencies) for key, task in graph.items()}


def task_graph(array: Any, *data: str, width: float = 316) -> Drawing:
    """Draw the graph of a Dask array: a column for each part of the data, and what belongs to no part or to both in the middle.

    Parameters
    ----------
    array : dask.array.Array
        Whose graph it is.
    data : str
        The names of the arrays whose two chunks are the parts.
    width : float
        Of the drawing.

    Returns
    -------
    drawing : Drawing
        Arrows go downwards, from a result to the task that takes it.
    """
    needs = tasks(array)
    users = {key: {user for user, its in needs.items() if key in its} for key in needs}

    @cache
    def level(key: Hashable) -> int:
        """Count the steps to the result, which is at level 0."""
        return max((level(user) + 1 for user in users[key]), default=0)

    @cache
    def parts(key: Any) -> frozenset[int]:
        own = {max(key[1:])} if _name(key) in data else set()
        return frozenset(own.union(*map(parts, needs[key])))

    def inwards(key: Hashable) -> tuple[int, str]:
        """Sort outside what takes a result from far above, and inside what takes none."""
        far = any(level(needed) > level(key) + 1 for needed in needs[key])
        return (0 if far else 1 if needs[key] else 2), _name(key)

    deepest = max(map(level, needs))
    at = {}
    for depth in range(deepest + 1):
        for part, middle, side in (({0}, width / 4, 1), ({1}, 3 * width / 4, -1), (None, width / 2, 1)):
            here = [key for key in needs if level(key) == depth]
            its = [key for key in here if (parts(key) == part if part else len(parts(key)) != 1)]
            for count, key in enumerate(sorted(its, key=inwards)):
                x = middle + side * _ROOM * (count - (len(its) - 1) / 2)
                at[key] = x, _HEIGHT / 2 + 1 + _LEVEL * (deepest - depth)

    edges, boxes = [], []
    for key, (x, y) in at.items():
        top = y - _HEIGHT / 2
        for needed in sorted(needs[key], key=str):
            a, b = at[needed]
            bottom = b + _HEIGHT / 2
            if level(needed) == level(key) + 1:
                edges.append(arrow(a, bottom, x, top))
                continue
            out = -1 if x < width / 2 else 1  # around what lies between
            start, end, side = a + out * _WIDTH / 2, x + out * _WIDTH / 2, x + out * (_WIDTH / 2 + 22)
            edges.append(
                f'<path class="arrow" d="M{start:g} {b:g}C{side:g} {b:g} {side:g} {y:g} {end + 7 * out:g} {y:g}"/>'
            )
            edges.append(arrow(end + 8 * out, y, end, y))
        colour = _COLOURS[min(parts(key))] if len(parts(key)) == 1 else "other"
        name = _name(key)
        boxes.append(
            f'<g class="matrix var-{colour}"><rect x="{x - _WIDTH / 2:g}" y="{top:g}" width="{_WIDTH}" height="{_HEIGHT}" rx="5"/>'
            f'<text class="shape" x="{x:g}" y="{y + 4.5:g}">{_NAMES.get(name, name)}</text></g>'
        )
    return Drawing("".join([*edges, *boxes]), width, _LEVEL * deepest + _HEIGHT + 2)


def _name(key: Any) -> str:
    """Return the name of a task without the hash that Dask adds."""
    return re.sub(r"-[0-9a-f]{32}$", "", key[0] if isinstance(key, tuple) else key)
