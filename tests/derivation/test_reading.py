"""Reading: each notation stands in one place, nothing that is written is skipped, and messages quote what the author wrote."""

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import mathnet
from mathnet.derivation import check
from mathnet.derivation.read import formula, notation

PACKAGE = Path(mathnet.__file__).parent
READ = PACKAGE / "derivation/read"
PAGE = Path(__file__).parents[2] / "docs/reference/derivation.md"
WHERE = r"""where  A, B \in \mathbb{R}^{n \times n},  x \in \mathbb{R}^{n},  t, s \in \mathbb{R},  Y^* \in \mathbb{R}^{n}
       \mathbf w, \widehat z \in \mathbb{R}^{n},  h_{1} \in \mathbb{R}^{n},  g \text{ elementwise}
"""

# Messages


QUOTES = {  # a refused side: what it is told
    # functions and their arguments, in every spelling that they have
    r"\mathrm{tr}_i(A)": r"\mathrm{tr} is a function: write its argument before other scripts",
    r"\ln_2(t)": r"\ln is a function: write its argument before other scripts",
    r"\ln^{-1}(t)": r"\ln^{-1} could be an inverse function or a quotient: write \frac{1}{\ln(…)} for the quotient",
    r"g^2(t)": "g^2 could be a power or a function of a function: write g(…)^2 or g(g(…))",
    r"\operatorname{relu} x y": r"where does the argument of \operatorname{relu} end? Use parentheses",
    r"\operatorname{Tr} A B": r"where does the argument of \operatorname{Tr} end? Use parentheses",
    r"\frac{\partial t}{\partial \operatorname{ReLU}}": r"\operatorname{ReLU} is a function",
    r"g' x": "g' is a function: write g'(…)",
    r"\operatorname{kron} A": r"\operatorname{kron} is a function: write \operatorname{kron}(…)",
    r"\mathrm{kron}(A)": r"the Kronecker product is written \operatorname{kron}(A, B)",
    r"\operatorname{Tr}(A)_i": r"\operatorname{Tr}(A)_i has 1 index, but what it is taken from is a scalar",
    r"g(x)_{ijk}": "g(x)_{ijk} has 3 indices, but what it is taken from is n × 1",
    r"g(x)^{(2)}": "g(x)^{(2)} is not declared; a power has no parentheses",
    r"\log{\left( x \right)} + A": r"sum of different shapes: \log{( x)} is n × 1, A is n × n",
    r"A + t": r"t beside a square matrix could stand in its diagonal or in every entry: write t I with I \text{ identity}, "
    r"or t \mathbf 1 with \mathbf 1 \text{ ones} of that shape",
    # names
    r"\mathbf w A": r"matrix product: left factor \mathbf w is n × 1, right factor A is n × n: inner sizes 1 and n differ",
    r"\widehat z A": r"matrix product: left factor \widehat z is n × 1, right factor A is n × n: inner sizes 1 and n differ",
    r"h_{1} A": "matrix product: left factor h_{1} is n × 1, right factor A is n × n: inner sizes 1 and n differ",
    r"\widehat y": r"unknown symbol \widehat y; did you mean \widehat z?",
    r"\overline Q": r"unknown symbol \overline Q; declare or define it in the where part",
    r"Q^{ \ast }": r"unknown symbol Q^{ \ast }; did you mean Y^*?",
    r"\bar x^{(2)}": r"\bar x^{(2)} is not declared; a power has no parentheses",
    r"\bar{x^{(2)}}": r"\bar{x^{(2)}} is not declared; a power has no parentheses",
    r"h_{1}^{(3)}": "h_{1}^{(3)} is not declared; a power has no parentheses",
    r"x^{\star}": r"x^{\star} is not declared",
    r"(t s)'": "(t s)' is not declared",
    r"(A B)^2_{ij}": "the power of an entry, or an entry of a power? Write ((A B)_{ij})^2 or [(A B)^2]_{ij}",
    r"A^{\top}_{ijk}": r"A^{\top}_{ijk} has 3 indices, but what it is taken from is n × n",
    r"x_{i + 1}": r"what does index i run over? x_{i + 1} does not say: write its sum with limits, as in \sum_{i=1}^{m}, or declare the shape of what it counts",
    # factors in brackets
    r"(A + B) x x": "matrix product: left factor (A + B) x is n × 1, right factor x is n × 1: inner sizes 1 and n differ; "
    r"equal shapes: the Hadamard product is written \odot",
    r"2 [A + B] \odot x": "Hadamard product: 2 [A + B] is n × n, x is n × 1: the shapes must be equal",
    r"\left( A + B \right) x \odot A": r"( A + B) x \odot A is ambiguous: write (( A + B) x) \odot …, "
    r"or put the parentheses around the \odot",
    # operators and sums
    r"x \ast x": r"\ast is not a product here: write \odot for the Hadamard product, A B for the matrix product",
    r"x \star x": r"\star is not a product here: write \odot for the Hadamard product, A B for the matrix product",
    r"x \circ A": r"\circ is not a product here: write \odot for the Hadamard product, A B for the matrix product",
    r"A * B": r"* between two square matrices could be either product: write A \odot B for the Hadamard product, A B for the matrix product",
    r"A \oslash B": r"\oslash is not part of the language: the entrywise quotient is written by entries, with \frac",
    r"\prod_i^* x_i": r"over what does \prod run? Write \prod_i, \prod_{ij} or \prod_{i=1}^{n}",
    r"\max_{i=2} x_i": r"\max starts at 1 and ends at a size",
    r"\min_{ii} A_{ii}": r"\min runs over different index letters",
}


@pytest.mark.parametrize("side", QUOTES)
def test_a_message_quotes_what_the_author_wrote(side):
    (error,) = check(f"{WHERE}{side} = t").errors
    assert error.reason == QUOTES[side]


ADVICE = re.compile(r"[Ww]rite |is written |did you mean |declare ")


@pytest.mark.parametrize("side", QUOTES)
def test_what_is_not_advice_stands_in_the_source(side):
    (error,) = check(f"{WHERE}{side} = t").errors
    quoted = re.findall(r"\\[A-Za-z]+", ADVICE.split(error.reason)[0])
    assert [macro for macro in quoted if macro not in side] == []


DEFINITIONS = {
    r"\mathbf v = x, \mathbf v = x": r"\mathbf v is defined twice",
    r"y = \mathbf v A, \mathbf u = x": r"unknown symbol \mathbf v; did you mean \mathbf w?",
    r"f(u) = u, f = x": "f is defined twice",
    r"\overline f(u) = u x": r"\overline f must give one number for one number",
    r"\widehat p_{i} = x": r"\widehat p_{i} = … defines the entries of \widehat p, but x is n × 1",
    r"\overline f(u) = \mathrm d u": r"\overline f is defined without derivatives; its own derivative is \overline f'",
}


@pytest.mark.parametrize("item", DEFINITIONS)
def test_a_message_quotes_what_is_defined(item):
    errors = check(f"{WHERE}       {item}\nt = t").errors
    assert [error.reason[: len(DEFINITIONS[item])] for error in errors] == [DEFINITIONS[item]]


MEANINGS = {  # a side: the beginning of what it is told, or the likely cause
    r"\frac{\partial x}{\partial \mathbf w}": r"the derivative of x (n × 1) with respect to \mathbf w (n × 1) has two layouts: "
    r"write \partial \mathbf w^{\mathsf T}",
    r"\frac{\partial \tanh t}{\partial t} = \tanh t": r"\tanh' belongs here, not \tanh t",
    r"\frac{\partial \operatorname{ReLU}(t)}{\partial t} = \operatorname{ReLU}(t)": r"\operatorname{ReLU}' belongs here, "
    r"not \operatorname{ReLU}(t)",
}


@pytest.mark.parametrize("side", MEANINGS)
def test_a_shape_and_a_cause_are_told_in_the_words_of_the_author(side):
    (error,) = check(f"{WHERE}{side if '=' in side else f'{side} = t'}").errors
    assert (error.cause or error.reason).startswith(MEANINGS[side])


# Nothing is skipped


SKIPPED = {  # a side with something in it that no reading accounts for
    r"\sum_i x_{i0.5}": "i0.5 is not an index",
    r"\sum_{\bar{i'}} x_{\bar i}": r"\bar{i'} is not an index",
    r"\sum_{i=1}^{n\mathsf T} x_i": r"over what does \sum run? Write \sum_i, \sum_{ij} or \sum_{i=1}^{n}",
    r"\mathrm d^+ t": r"the immediate derivative is written \frac{\partial^+ h}{\partial x}",
    r"\frac{\partial t}{\partial^2 t}": r"\partial^2 t: what repeats is written \partial x^2",
    r"\frac{\mathrm d t}{\mathrm d^2 t}": r"\mathrm d^2 t: what repeats is written \partial x^2",
    r"\frac{\partial t}{\partial t^{1.5}}": "a derivative is taken with respect to a symbol or an entry of it",
}


@pytest.mark.parametrize("side", SKIPPED)
def test_what_is_not_understood_is_refused(side):
    (error,) = check(f"{WHERE}{side} = {side}").errors
    assert error.reason == SKIPPED[side]


SKIPPED_ITEMS = {
    r"C \in \mathbb{R}^{n}{m}": "{ stands after a shape without a comma",
    r"C \in \mathbb{R}^{n} b_{1}": "b stands after a shape without a comma",
    r"A \text{numerator layout}": "unknown property “numerator layout”",
    r"A^{\odot 2} \in \mathbb{R}": "expected a name",
}


TWO_READINGS = {  # an item of a where part, and a line
    (
        r"k \in \mathbb{N}",
        "k = k",
    ): r"\mathbb{N} may begin at 0 or at 1: write \mathbb{Z}, and \text{positive} for the second",
    (r"k \in [0, 1]", "k = k"): "the ends of [0,1] are not tried: write (0, 1) if they do not matter",
    (
        "ts = t",
        "t = t",
    ): r"ts could be a name or the product t s: write \mathrm{ts} for the name, and the product with spaces",
    (
        "MSE = t, M, S, E \\in \\mathbb{R}",
        "MSE = t",
    ): r"MSE could be a name or the product M S E: write \mathrm{MSE} for the name, "
    "and the product with spaces",
    (
        "u = g(x)",
        "u' = 0",
    ): r"u' could be a transpose or a derivative: write u^{\mathsf T} for the transpose, a prime at the function for the derivative",
    (
        r"d \in \mathbb{R}^{k}, v \in \mathbb{R}^{d}, J = t^2",
        r"\frac{dJ}{dt} = t",
    ): "d is a name, but also a dimension: rename one of them",
    (
        r"v \in \mathbb{R}^{d}, J = t^2",
        r"\frac{dJ}{dt} = t",
    ): "d is a size here, so this could be a quotient or a derivative: "
    r"write \frac{\mathrm d J}{\mathrm d t} for the derivative, or rename d",
    (r"v \in \mathbb{R}^{d}", "dt = t"): r"d is a size here, so dt could be a product or a differential: "
    r"write \mathrm d t for the differential, \bar t for a gradient, d\, t for the product",
    (
        r"i \in \mathbb{R}",
        "sin(t) = t",
    ): r"sin could be the function \sin or the product s i n: write one of them",
    (
        r"\mathbf 1 \in \mathbb{R}^{n} \text{ ones}",
        r"\mathbf 1 [t > 0] = x",
    ): r"\mathbf 1 is declared, so \mathbf 1 [t > 0] could be a product or an indicator: "
    r"write [t > 0] \mathbf 1 for the product, [t > 0] for the indicator",
    (
        "",
        r"\frac{A}{B} = A",
    ): r"division by the square matrix B could be its inverse, or entry by entry: write B^{-1}, or entries",
    (
        "",
        r"\|A\|_1 = t",
    ): r"\|…\|_1 of a matrix could be that of its entries or of the map: write \sum_{ij} |A_{ij}|, or with \max",
    ("", "(t > 0) = t"): "a comparison is a number in square brackets: write [t > 0]",
    (
        "u = t",
        r"\frac{\partial x}{\partial u} = x",
    ): "x is not made of u, which has a definition: their derivative would be 0. "
    "Define x through u, or differentiate with respect to what u is made of",
    (
        r"q(u) = \sum_i u_i^2",
        "q(x_i x) = t",
    ): "q sums over i, which is also an index of its argument: rename one of them",
    (
        r"q(u) = u^T u",
        "q'(x) = x",
    ): r"q is a function of a whole array: write its derivatives with \partial, and other scripts after its argument",
    (
        "",
        r"\underbrace{t}_{= s} = t",
    ): r"the label below \underbrace holds a relation, which would be shown and not checked",
    ("", r"sotfmax(x) = t"): r"unknown name sotfmax; did you mean \operatorname{softmax}?",
    ("", r"x = t"): "x is n × 1, but t is a scalar",
}


@pytest.mark.parametrize(("item", "line"), TWO_READINGS)
def test_what_has_two_readings_is_refused_with_both(item, line):
    (error, *_) = check(f"{WHERE}{'       ' if item else ''}{item}{chr(10) if item else ''}{line}").errors
    assert error.reason == TWO_READINGS[item, line]


@pytest.mark.parametrize("item", SKIPPED_ITEMS)
def test_an_item_that_is_not_understood_is_refused(item):
    (error,) = check(f"{WHERE}       {item}\nt = t").errors
    assert error.reason.startswith(SKIPPED_ITEMS[item])


def test_a_name_that_is_built_in_cannot_be_given_another_meaning():
    where = r"where  \operatorname{mean}(x) = 2 x,  t \in \mathbb{R}"
    (error,) = check(f"{where}\n2 t = 2 t").errors
    assert (
        error.reason
        == r"\operatorname{mean} is built in: leave its definition out, or give yours another name"
    )


# Each notation in one place


def test_every_rule_of_the_grammar_is_read():
    grammar = re.sub(r"//.*", "", (READ / "grammar.lark").read_text(encoding="utf-8"))
    rules = {*re.findall(r"^(\w+):", grammar, flags=re.M), *re.findall(r"-> (\w+)", grammar)}
    code = "".join((READ / f"{name}.py").read_text(encoding="utf-8") for name in ("formula", "spelling"))
    methods = {name.removeprefix("read_") for name in vars(formula.Reader) if name.startswith("read_")}
    groups = {
        "row",
        "_index",
        "_listed",
        "exponent",
        "superscript",
        "letter",
        "variables",
        "case",
    }  # whose parts have rules of their own
    assert rules - methods - formula.SIMPLE.keys() - {*re.findall(r'"(\w+)"', code)} == groups
    assert methods | formula.SIMPLE.keys() <= rules


def test_no_spelling_stands_in_two_tables():
    names = [*notation.FUNCTIONS, *notation.ACCENTS, *(rf"\{name}" for name in notation.GREEK.split("|"))]
    words = [word for kind, words in notation.WORDS.items() if kind != "ACCENT" for word in words.split()]
    assert [word for word, times in Counter(names + words).items() if times > 1] == []


SYNONYMS = {  # the line of notation.py where a synonym is added: with it, and what can be written then
    r'    r"\ln": "log",': (r'    r"\ln": "log", r"\lg": "log",', r"\lg(p) = \log(p)"),
    r'    r"\operatorname{relu}": "relu",': (
        r'    r"\operatorname{relu}": "relu", r"\operatorname{ramp}": "relu",',
        r"\operatorname{ramp}(x) = \operatorname{relu}(x) = \text{ramp}(x)",
    ),
    r'    r"\overline": r"\bar",': (r'    r"\overline": r"\bar", r"\breve": r"\bar",', r"\breve x = \bar x"),
    r'    r"\max": nodes.Most,': (
        r'    r"\max": nodes.Most, r"\sup": nodes.Most,',
        r"\sup_i x_i = \max_i x_i",
    ),
    r'    "HADAMARD": r"\odot",': (r'    "HADAMARD": r"\odot \circledast",', r"x \circledast p = p \odot x"),
    r'    "LANGLE": r"\langle",': (r'    "LANGLE": r"\langle \lAngle",', r"\lAngle x, p \rangle = x \cdot p"),
    r'    "EQUALS": r"= := \coloneqq \equiv \triangleq",': (
        r'    "EQUALS": r"= := \coloneqq \equiv \triangleq \doteq",',
        r"x \doteq x",
    ),
}


def test_a_synonym_is_one_word_in_one_table(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "mathnet", ignore=shutil.ignore_patterns("__pycache__"))
    table = tmp_path / "mathnet/derivation/read/notation.py"
    text, lines = table.read_text(encoding="utf-8"), [line for _, line in SYNONYMS.values()]
    where = r"where  x \in \mathbb{R}^{n},  p \in \mathbb{R}^{n} \text{ positive},  J = x \cdot x" + "\n"
    assert [line for line in lines if check(where + line).ok] == []
    for before, (after, _) in SYNONYMS.items():
        assert text.count(f"{before}\n") == 1
        text = text.replace(f"{before}\n", f"{after}\n")
    table.write_text(text, encoding="utf-8")
    program = (
        f"from mathnet.derivation import check\nfor line in {lines!r}: print(check({where!r} + line).errors)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines() == ["[]"] * len(lines)


def test_the_reference_lists_every_spelling():
    page = PAGE.read_text(encoding="utf-8")
    layout = {"LAYOUT", "QUAD", "LMATRIX", "RMATRIX", "LCASES", "RCASES", "REASON", "ALIGN", "STOP"}
    words = [word for kind, words in notation.WORDS.items() if kind not in layout for word in words.split()]
    words += [*notation.FUNCTIONS, *notation.SUMS]
    ends = {word: re.escape(word) + r"(?![A-Za-z])" * word[-1].isalpha() for word in words}
    assert [word for word in words if not re.search(ends[word], page)] == []


@pytest.mark.parametrize(
    "name",
    [
        r"\operatorname{gelu}",
        r"\mathrm{GELU}",
        r"\text{GELU}",
        "gelu",
        r"\text{swish}",
        "SiLU",
        r"\operatorname{mish}",
    ],
)
def test_the_activations_of_today_are_known_by_their_usual_names(name):
    slope = {
        "g": r"\frac{1}{2} (1 + \operatorname{erf}(\frac{x}{\sqrt 2})) + \frac{x}{\sqrt{2 \pi}} e^{-x^2/2}",
        "s": r"\frac{1}{1 + e^{-x}} + \frac{x e^{-x}}{(1 + e^{-x})^2}",
        "m": r"\tanh(s) + \frac{x (1 - \tanh(s)^2)}{1 + e^{-x}}",
    }[name.partition("{")[2][:1].lower() or name[0].lower()]
    where = r"where x \in \mathbb{R}, s = \log(1 + e^x)"
    report = check(f"{where}\n\\frac{{d}}{{dx}} {name}(x) = {slope}")
    assert report.ok, report.errors


def test_a_function_in_words_that_is_not_known_is_named_in_a_where_part_too():
    where = r"where x \in \mathbb{R}^n, y = \text{NAME}(x)" + "\nx = x"
    (error,) = check(where.replace("NAME", "gellu")).errors
    assert error.reason == r"\text{gellu} is no function that is known; did you mean \operatorname{gelu}?"
    (error,) = check(where.replace("NAME", "Foo")).errors
    assert error.reason == (
        r"\text{Foo} is no function that is known; a function is declared in the where part, as in \operatorname{Foo} \text{ elementwise}"
    )
