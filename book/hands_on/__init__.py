r"""Figures that a reader can move: custom elements whose rules, numbers and formulas the build computes.

Each is a folder here: `figure.py` makes the element, a script brings it to life, with its style and the tests of both. Inside each element
stands a static figure, which is all that is seen where no script runs, and the data of its script as JSON.

    ```python exec="1" html="1"
    from book.hands_on.explorer.figure import product_explorer

    print(product_explorer())
    ```
"""

import json
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from pathlib import Path


def addresses() -> dict[str, Path]:
    """Return the scripts and styles by their addresses in the site, where they lie side by side: so they import each other."""
    files = sorted(Path(__file__).parent.rglob("*.*"))
    return {f"assets/{file.name}": file for file in files if file.suffix in (".js", ".css")}


def custom_element(name: str, static: str, data: Mapping[str, object]) -> str:
    """Return the HTML of the custom element `name` with its static figure and its data."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    assert "</script" not in text
    # the div, because Python-Markdown would put a paragraph around an element that it does not know
    script = f'<script type="application/json">{text}</script>'
    return f"<div><{name} data-search-exclude>{static}{script}</{name}></div>"


def written(x: float) -> str:
    """Return a number with at most four digits and a real minus sign, as the scripts write it.

    Examples
    --------
    >>> print(written(-1.0625), written(2e5 / 3), written(1e-7 / 3), written(-0.0))
    −1.063 66670 3.333e−8 0
    """
    rounded = Context(prec=4, rounding=ROUND_HALF_UP).create_decimal(Decimal(float(x) + 0.0))
    text = f"{rounded.normalize():{'f' if rounded == 0 or 1e-6 <= abs(rounded) < 1e21 else 'e'}}"
    return text.replace("-", "\N{MINUS SIGN}")
