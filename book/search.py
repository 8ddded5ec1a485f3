"""What the search reads of a page: its sentences, with formulas as a line of text, and no displayed mathematics."""

import functools

from book.html import NOTHING, Element, as_it_is, copied
from book.linear import with_linear_formulas


@functools.lru_cache(maxsize=200)  # an edit under `mkdocs serve` changes one page
def readable(html: str) -> str:
    """Return the HTML of a page as the search reads it. The theme's search leaves out less than it is asked to.

    Examples
    --------
    >>> readable('<p>The row <math><msub><mi>H</mi><mi>k</mi></msub></math>.</p><div class="derivation">…</div>')
    '<p>The row H_k.</p>'
    """
    begun = None  # the row of a table of which a cell was read

    def change(element: Element) -> tuple[str, str | None]:
        nonlocal begun
        if "data-search-exclude" in element.attributes or {"derivation", "headerlink"} & element.classes:
            return NOTHING
        start, end = as_it_is(element)
        if element.tag in ("td", "th"):
            # the plugin drops the tags of a table, and mere blanks
            start, begun = " · " * (begun is not None) + start, element
        elif element.tag == "tr":
            end, begun = f"{end}; ", None
        return start, end

    return with_linear_formulas(copied(html, change))
