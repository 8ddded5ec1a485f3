r"""Figures that a reader can move: custom elements whose rules, numbers and formulas the build computes.

Inside each element stands a static figure, which is all that is seen where no script runs, and the data of its script
as JSON. `product_explorer`, `backprop_stepper` and `draw_a_digit` return one each; their scripts are in `docs/assets`.

    ```python exec="1" html="1"
    from book.explorer import product_explorer

    print(product_explorer())
    ```
"""

import json


def custom_element(name: str, static: str, data: dict) -> str:
    """Return the HTML of the custom element `name` with its static figure and its data."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    assert "</script" not in text
    # the div, because Python-Markdown would put a paragraph around an element that it does not know
    script = f'<script type="application/json">{text}</script>'
    return f"<div><{name} data-search-exclude>{static}{script}</{name}></div>"
