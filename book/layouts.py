r"""The choice of a layout of derivatives, which a reader makes once for all pages.

It stands in a box with three versions; `docs/assets/layouts.js` shows the chosen one. Without a script, all are shown.

    !!! layouts "The same in your layout"
        ```python exec="1" html="1"
        from book.layouts import layout_choice

        print(layout_choice())
        ```

        !!! numerator "Numerator layout"
            …

        !!! denominator "Denominator layout"
            …

        !!! book "This book's layout"
            …
"""

LAYOUTS = {"book": "this book’s", "numerator": "numerator", "denominator": "denominator"}


def layout_choice() -> str:
    """Return the HTML of the radio buttons. A form for each box, so that each has a group of its own."""
    buttons = "".join(
        f'<label><input type="radio" name="layout" value="{name}"> {words}</label>'
        for name, words in LAYOUTS.items()
    )
    return (
        '<form class="layout-choice needs-script" autocomplete="off" data-search-exclude>'
        f"<fieldset><legend>Layout</legend>{buttons}</fieldset></form>"
    )
