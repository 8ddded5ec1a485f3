"""The derivation desk: what a reader types is checked, or derived, by `mathnet.derivation` in the reader's browser.

Each door is a custom element with a script of its own, `desk.js` and `desk-derive.js`. What these load is packed by `book.hands_on.desk.pyodide`.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from typing import NamedTuple

from book import citation
from book.hands_on import custom_element
from book.hands_on.desk import pyodide, temml
from mathnet.derivation import Exercise, Report, check, derive, exercise, find
from mathnet.derivation.verdict.derive import symbols
from mathnet.derivation.verdict.rendering import shown, style_link, where_html
from mathnet.mathml import in_sentence

DOCS = Path(__file__).parents[3] / "docs"

# id of a derivation of the book, what it shows; and for a wrong one, what is replaced by what.
RIGHT = [
    ("one-layer-weights", "The weights of one layer"),
    ("matrix-transpose-of-product", "The transpose of a product"),
    ("batch-bias", "The bias of a batch"),
    ("hidden-delta", "Back through a hidden layer"),
    ("grad-softmax", "Softmax, to 50 digits"),
]
WRONG = [
    ("one-layer-weights", "A transpose is missing", r"\left[H^{\mathsf T} \left(", r"\left[H \left("),
    ("one-layer-weights", "A matrix product instead of ⊙", r"^*) \odot f'(HW + B)\right]_l", r"^*) f'(HW + B)\right]_l"),
    ("matrix-transpose-of-product", "Two indices are swapped", "A_{jr} B_{ri}", "A_{rj} B_{ri}"),
    ("batch-bias", "A sum gets lost", r"&= \sum_i D_{il}", r"&= D_{il}"),
    ("hidden-delta", "The derivative of f is forgotten", r"\, [f'(Z_1)]_i\, \delta_{ik}", r"\, \delta_{ik}"),
    ("grad-softmax", "A sign is wrong", r"(\delta_{lj} - Y_{ij})", r"(\delta_{lj} + Y_{ij})"),
    ("one-layer-output-by-weight", "Braces are missing", r"\sum_j H_j W_{ji} ", r"\sum_j H_j W_ji "),
]  # fmt: skip


DIFFICULTY = {
    "products": "products only",
    "layer": "one layer",
    "softmax": "with softmax",
    "layers": "two layers",
    "attention": "attention",
}
STYLES = {
    "backward": "definition by definition",
    "indices": "in indices",
    "differentials": "by differentials",
}
KINDS = {  # a choice, and the noun of a heading
    "gradient": ("the gradient", "gradient"),
    "hessian": ("the Hessian, its derivative", "Hessian"),
    "hvp": ("the Hessian times a direction", "Hessian times a direction"),
    "jvp": ("the derivative in a direction", "derivative in a direction"),
}
LAYERS = [  # a title, a where part, and the symbol that is chosen at first
    ("The layer of the question", r"""where  H \in \mathbb{R}^{1 \times h},  W \in \mathbb{R}^{h \times y}
       B, Y^* \in \mathbb{R}^{1 \times y},  f \text{ elementwise}
       Z = H W + B
       Y = f(Z)
       J = \tfrac12 \|Y - Y^*\|^2""", "W"),
    ("Logistic regression", r"""where  X \in \mathbb{R}^{n \times d},  w \in \mathbb{R}^{d}
       t \in \mathbb{R}^{n} \text{ 0 or 1}
       z = X w
       J = \sum_i (\log(1 + \exp(z_i)) - t_i z_i)""", "w"),
    ("Two layers", r"""where  X \in \mathbb{R}^{n \times d},  W_1 \in \mathbb{R}^{d \times h},  W_2 \in \mathbb{R}^{h \times k}
       B_1 \in \mathbb{R}^{1 \times h},  B_2 \in \mathbb{R}^{1 \times k}
       T \in \mathbb{R}^{n \times k} \text{ rows are one-hot}
       f \text{ elementwise},  \mathbf 1 \in \mathbb{R}^{n} \text{ ones}
       Z_1 = X W_1 + \mathbf 1 B_1
       H = f(Z_1)
       Z_2 = H W_2 + \mathbf 1 B_2
       J = -\langle T, \log(\operatorname{softmax}(Z_2)) \rangle""", "W_1"),
    ("Attention", r"""where  Q \in \mathbb{R}^{n \times d},  K \in \mathbb{R}^{m \times d}
       V \in \mathbb{R}^{m \times v},  G \in \mathbb{R}^{n \times v}
       S = Q K^{\mathsf T}
       A = \operatorname{softmax}(S)
       O = A V
       J = \langle G, O \rangle""", "Q"),
    ("Layer normalisation", r"""where  x, g \in \mathbb{R}^{n}
       m = \operatorname{mean}(x)
       s = \sqrt{\operatorname{var}(x)}
       y_i = \frac{x_i - m}{s}
       J = g \cdot y""", "x"),
    ("Least squares", r"""where  A \in \mathbb{R}^{m \times n},  x \in \mathbb{R}^{n},  b \in \mathbb{R}^{m}
       J = \tfrac12 \|A x - b\|^2""", "x"),
    ("Your own", r"""where  x \in \mathbb{R}^{n},  A \in \mathbb{R}^{n \times n}
       J = x^{\mathsf T} A x""", "x"),
]  # fmt: skip


class Example(NamedTuple):
    """A derivation to start from, with the checker's report on it."""

    title: str
    page: str
    source: str
    report: Report


def examples() -> tuple[Example, ...]:
    """Return the examples, right ones first; each is what the table says it is, or this raises."""
    pages = sorted(DOCS.rglob("*.md"))
    return _examples(
        tuple(
            (page.relative_to(DOCS).with_suffix("").as_posix(), page.read_text(encoding="utf-8"))
            for page in pages
        )
    )


@lru_cache(maxsize=1)
def _examples(texts: tuple[tuple[str, str], ...]) -> tuple[Example, ...]:
    derivations = {found.id: (page, found.source) for page, text in texts for found in find(text)}
    return tuple(_example(*derivations[id], id, *rest) for id, *rest in RIGHT + WRONG)


def _example(page: str, source: str, id: str, title: str, old: str = "", new: str = "") -> Example:
    if source.count(old) != 1 and old:
        raise ValueError(f"derivation {id} of {page} has changed: {old} is not in it once")
    source = source.replace(old, new)
    report = check(source, id)
    if report.ok == bool(old):
        raise ValueError(
            f"example {title!r} of the desk is {'right' if old else 'wrong'}: {report.verdict()}"
        )
    return Example(title, page, source, report)


def desk() -> str:
    """Return the two doors of the desk, Check and Derive, as tabs; `desk-doors.js` opens one of them."""
    doors = [("check", "Check", derivation_desk()), ("derive", "Derive", gradient_desk())]
    tabs = "".join(
        f'<button type="button" role="tab" id="door-{name}" aria-controls="behind-{name}" '
        f'aria-selected="{str(at == 0).lower()}" tabindex="{-(at > 0)}">{title}</button>'
        for at, (name, title, _) in enumerate(doors)
    )
    panels = "".join(
        f'<div role="tabpanel" id="behind-{name}" aria-labelledby="door-{name}"{" class=open" * (at == 0)}>{door}</div>'
        for at, (name, _, door) in enumerate(doors)
    )
    return custom_element(
        "desk-doors", f'<div role="tablist" aria-label="What to do">{tabs}</div>{panels}', {}
    )


def derivation_desk() -> str:
    """Return the door Check: the editor with its list of examples; `desk.js` brings it to life."""
    choices = "".join(
        f'<optgroup label="{label}">{"".join(_option(at, each.title) for at, each in enumerate(examples()) if (at < len(RIGHT)) == right)}</optgroup>'
        for label, right in (("Right", True), ("Wrong", False))
    )
    form = (
        f'{style_link()}<div class="hands-on desk">'
        '<p class="desk-row"><label for="desk-example">Start from</label>'
        f'<select id="desk-example" disabled>{choices}</select>'
        '<button type="button" data-act="take" disabled>Use this example</button></p>'
        '<label for="desk-text">Your derivation</label>'
        f"{editor('desk', examples()[0].source, 15)}"
        '<p class="desk-row"><button type="button" data-act="check" data-waits disabled>Check</button>'
        '<button type="button" data-act="stop" disabled>Stop</button>'
        '<button type="button" data-act="link" disabled>Copy link</button>'
        '<span id="desk-keys">Ctrl + Enter checks; Tab leaves the editor.</span></p>'
        f"{ANSWER.format(waiting=waiting('Checking', 'checked'))}"
        '<div class="desk-next desk-row" aria-live="polite"></div><div class="desk-shown"></div></div>'
    )
    said = {"verb": "Checking", "act": "check", "press": "Check", "first": "for the first check"}
    return custom_element(
        "derivation-desk",
        form,
        loaded() | said | {"examples": [example.source.strip() for example in examples()]},
    )


def gradient_desk() -> str:
    """Return the door Derive: a where part, a symbol and a style; `desk-derive.js` brings it to life."""
    layers = [
        {"source": source, "by": by, "symbols": [name for names in symbols(source) for name in names]}
        for _, source, by in LAYERS
    ]
    first = layers[0]
    choices = "".join(_option(at, title) for at, (title, _, _) in enumerate(LAYERS))
    by = "".join(
        f'<option value="{escape(name)}"{" selected" * (name == first["by"])}>{escape(name)}</option>'
        for name in first["symbols"]
    )
    kinds = "".join(
        f'<option value="{kind}" data-named="{named}">{words}</option>'
        for kind, (words, named) in KINDS.items()
    )
    styles = "".join(
        f'<label><input type="radio" name="derive-style" value="{style}" disabled{" checked" * (style == "backward")}> {words}</label>'
        for style, words in STYLES.items()
    )
    form = (
        f'{style_link()}<div class="hands-on desk">'
        '<p class="desk-row"><label for="derive-example">Start from</label>'
        f'<select id="derive-example" disabled>{choices}</select>'
        '<button type="button" data-act="take" disabled>Use this example</button></p>'
        '<div class="desk-sides"><div><label for="derive-text">Shapes and definitions</label>'
        f"{editor('derive', first['source'], 11)}</div>"
        '<div class="desk-choices"><label for="derive-kind">What to derive</label>'
        f'<select id="derive-kind" disabled>{kinds}</select>'
        '<label for="derive-by">By what</label>'
        f'<select id="derive-by" disabled>{by}<option value="">each in turn</option></select>'
        f"<fieldset><legend>Steps</legend>{styles}</fieldset></div></div>"
        '<p class="desk-row"><button type="button" data-act="derive" data-waits disabled>Derive</button>'
        '<button type="button" data-act="stop" disabled>Stop</button>'
        '<button type="button" data-act="link" disabled>Copy link</button>'
        '<span id="derive-keys">Ctrl + Enter derives; Tab leaves the editor.</span></p>'
        f"{ANSWER.format(waiting=waiting('Deriving', 'derived'))}"
        '<div class="desk-shown"></div></div>'
    )
    said = {"verb": "Deriving", "act": "derive", "press": "Derive", "first": "for the first answer"}
    cited = {"bibtex": citation.bibtex("mathnet")}
    return custom_element("gradient-desk", form, loaded() | said | cited | {"examples": layers})


def practice_desk() -> str:
    """Return the exercises without end; the first one stands there, `desk-practice.js` makes the others."""
    difficulty, seed = "layer", 1
    first = exercise(difficulty, seed)
    choices = "".join(
        f'<option value="{name}"{" selected" * (name == difficulty)}>{words}</option>'
        for name, words in DIFFICULTY.items()
    )
    form = (
        f'{style_link()}<div class="hands-on desk">'
        f'<p class="desk-row"><label for="practice-difficulty">Difficulty</label><select id="practice-difficulty" disabled>{choices}</select>'
        f'<label for="practice-seed">Number</label><input id="practice-seed" type="number" min="1" max="999999" required value="{seed}" disabled>'
        '<button type="button" data-act="make" data-waits disabled>Make this exercise</button>'
        '<button type="button" data-act="another" data-waits disabled>Another one</button></p>'
        f'<div class="desk-task" aria-live="polite">{task(first)}</div>'
        '<label for="practice-text">Your lines, or only the answer</label>'
        f"{editor('practice', first.asked + ' =', 7)}"
        '<p class="desk-row"><button type="button" data-act="check" data-waits disabled>Check</button>'
        '<button type="button" data-act="stop" disabled>Stop</button>'
        '<button type="button" data-act="link" disabled>Copy link</button>'
        '<span id="practice-keys">Ctrl + Enter checks; Tab leaves the editor.</span></p>'
        f"{ANSWER.format(waiting=waiting('Practising', 'practised'))}"
        '<div class="desk-next desk-row" aria-live="polite"></div><div class="desk-shown"></div></div>'
    )
    said = {"verb": "Practising", "act": "check", "press": "Check", "first": "for the first answer"}
    return custom_element("practice-desk", form, loaded() | said | {"difficulty": difficulty, "seed": seed})


def task(each: Exercise) -> str:
    """Return what an exercise asks for."""
    given = where_html(check(each.where).names.items)
    return f"{given}<p>Derive the gradient by {in_sentence(each.by)}: {in_sentence(each.asked, '.')}</p>"


@cache
def solved(difficulty: str, seed: int) -> str:
    """Return an exercise with its solution, which opens."""
    each = exercise(difficulty, seed)
    (found,) = derive(each.where, [each.by])
    assert found.refused is None, (each, found.refused)
    solution = shown(check(found.fence))._replace(items=()).framed()
    return f'<div class="desk-task">{task(each)}<details class="example"><summary>The lines</summary>{solution}</details></div>'


ANSWER = (
    '<p class="desk-row desk-progress" hidden><progress aria-label="Loading"></progress><span></span></p>'
    '<div class="desk-verdict" role="status"><p>{waiting}</p></div>'
)


def editor(name: str, text: str, rows: int) -> str:
    """Return a text field with numbered lines."""
    return (
        '<div class="desk-editor"><pre class="desk-gutter" aria-hidden="true"></pre>'
        f'<textarea id="{name}-text" rows="{rows}" spellcheck="false" autocomplete="off" autocapitalize="off" '
        f'aria-describedby="{name}-keys">\n{escape(text.strip())}</textarea></div>'
    )


def waiting(verb: str, done: str) -> str:
    """Return what stands where an answer will be, until a script runs."""
    if pyodide.packed():
        return f"{verb} here needs JavaScript and a page that comes from a web server. The command below needs neither."
    return (
        f"This copy of the book was built without Pyodide, so nothing can be {done} here. "
        "Another build, with a network, fetches it from npm."
    )


def loaded() -> dict[str, object]:
    """Return what a door may load: Python with its sizes, and what sets formulas."""
    files = {name: len(content) for name, content in pyodide.packed().items()}
    return {"folder": pyodide.folder(), "files": files, "formulas": temml.name()}


def _option(at: int, title: str) -> str:
    return f'<option value="{at}">{escape(title)}</option>'


def example_list() -> str:
    """Return the examples with the checker's verdicts on them, found during the build."""
    return f'<div class="desk-examples" data-search-exclude>{"".join(map(_shown, examples()))}</div>'


def _shown(example: Example) -> str:
    mark = "✓" if example.report.ok else "✗"
    place = f"../{example.page}/#d-{example.report.id}"
    origin = f'<a href="{place}">{example.report.id}</a>'
    return (
        f'<details class="example"><summary>{mark} {escape(example.title)}</summary>'
        f"<pre><code>{escape(example.source.strip())}</code></pre>"
        f"<pre><code>{escape(chr(10).join(verdict(example.report)))}</code></pre>"
        f"<p>{'It stands in the book' if example.report.ok else 'The book has it right'}: {origin}.</p></details>"
    )


def verdict(report: Report) -> Iterator[str]:
    """Yield what `mathnet check` says about a derivation, without its place in a file."""
    if report.ok:
        yield f"✓ {report.verdict()}, {report.comparisons} comparisons"
    for error in report.errors:
        yield f"✗ line {error.place.line}: {error.reason}"
        yield from error.details()


def size() -> str:
    """Return how much Python and the checker take."""
    return f"{sum(map(len, pyodide.packed().values())) / 1e6:.1f} MB"


def formulas_size() -> str:
    """Return how much the script takes that sets formulas."""
    return f"{sum(map(len, temml.addresses().values())) / 1e6:.1f} MB"
