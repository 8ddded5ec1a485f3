"""The `derivation` fence on a page: checked while the page is built, and shown line by line with its reasons.

Enable it in `mkdocs.yml` as a Markdown extension, `mathnet.derivation.markdown`, with the style sheet
`derivation.css`. It needs `math-core`, for MathML. A derivation that fails stops the build.
"""

import html
import re
from functools import lru_cache

from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from ..site.mathml import to_mathml
from .declare import Item
from .dual import DIGITS
from .fences import find
from .verdict import check

PHRASES = {  # a property, for one name and for several
    "elementwise": ("acts on every entry", "act on every entry"),
    "constant": ("is constant", "are constant"),
    "ones": ("all ones", "all ones"),
    "nonzero": ("no entry is zero", "no entry is zero"),
    "positive": ("all entries are positive", "all entries are positive"),
    "between 0 and 1": ("all entries are between 0 and 1", "all entries are between 0 and 1"),
    "identity": ("the identity", "identities"),
    "symmetric": ("is symmetric", "are symmetric"),
    "rows sum to one": ("every row sums to one", "every row sums to one"),
}


def render(source, id):
    """Return the HTML of a derivation, or raise the first error that the checker finds."""
    report = _checked(source, id)
    if not report.ok:
        raise report.errors[0]
    anchor = f"d-{id}"
    body = "".join(_chain(chain) for chain in report.chains)
    link = f'<a class="headerlink" href="#{anchor}" title="Link to this derivation">¶</a>'
    return (
        f'<div class="derivation" id="{anchor}">{_where(report.names.items)}{body}'
        f'<div class="derivation-foot">{_mark(report)}{link}</div></div>'
    )


@lru_cache(maxsize=1000)
def _checked(source, id):
    return check(source, id)


def _math(latex):
    return f'<span class="math">{to_mathml(latex)}</span>'


def _where(items):
    if not items:
        return ""
    phrases = "; ".join(_item(item) for item in items)
    return f'<p class="derivation-where">where {phrases}</p>'


def _item(item: Item):
    if item.definition:
        return _math(item.definition)
    *first, last = map(_math, item.names)
    names = f"{', '.join(first)} and {last}" if first else last
    words = [PHRASES[name][bool(first)] for name in item.properties]
    if item.shape is not None:
        verb = "are" if first else "is"
        shape = _math(r" \times ".join(item.shape)) if item.shape else "numbers" if first else "a number"
        words.insert(0, f"{verb} {shape}")
    return f"{names} {', '.join(words)}"


def _chain(chain):
    rows = []
    for row in chain.rows:
        left = to_mathml(rf"\displaystyle {row.left}") if row.left else ""
        right = to_mathml(rf"\displaystyle {{}} = {row.right}") if row.right else ""
        rows.append(
            '<div class="derivation-row">'
            f'<span class="derivation-left" data-search-exclude>{left}</span>'
            f'<span class="derivation-right" data-search-exclude>{right}</span>'
            f'<span class="derivation-reason">{_reason(row.reason)}</span></div>'
        )
    return f'<div class="derivation-chain math-display">{"".join(rows)}</div>'


def _reason(latex):
    r"""Return a reason as words with formulas in them: `\text{…}` is words, the rest is mathematics."""
    parts = re.split(r"\\text\{([^{}]*)\}", latex)
    shown = []
    for at, part in enumerate(parts):
        if at % 2:
            shown.append(html.escape(part))
        elif part.strip():
            shown.append(_math(part))
    return "".join(shown)


def _mark(report):
    sizes = " and ".join(
        ", ".join(f"{_math(name)} = {size}" for name, size in sorted(sizes.items())) for sizes in report.sizes
    )
    arithmetic = (
        "in exact fractions, without any tolerance" if report.exact else f"to {DIGITS} digits, with mpmath"
    )
    tried = f" The sizes tried: {sizes}." if any(report.sizes) else ""
    return (
        f'<details class="derivation-mark"><summary>✓ {html.escape(report.verdict())}</summary>'
        f"<p>While this page was built, every side was evaluated and compared with the one before: "
        f"{report.comparisons} comparisons on {report.draws} sets of random numbers, {arithmetic}.{tried} "
        "Derivatives and bars are differentiations of their own, by dual numbers through the definitions.</p>"
        f"<pre data-search-exclude><code>{html.escape(report.source.strip())}</code></pre></details>"
    )


class _Fences(Preprocessor):
    def run(self, lines):
        shift = 0
        for fence in find("\n".join(lines)):
            first, last = fence.line - 2 + shift, fence.line - 1 + fence.height + shift
            indent = re.match(r"\s*", lines[first]).group()
            stored = self.md.htmlStash.store(render(fence.source, fence.id))
            lines[first : last + 1] = ["", indent + stored, ""]
            shift += 3 - (last + 1 - first)
        return lines


class DerivationExtension(Extension):
    """Checks and shows derivations."""

    def extendMarkdown(self, md):
        """Register before superfences (25), which would show the fence as code."""
        md.preprocessors.register(_Fences(md), "mathnet-derivations", 27)


def makeExtension(**settings):
    """Return the extension, as Python-Markdown asks for it."""
    return DerivationExtension(**settings)
