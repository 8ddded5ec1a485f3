r"""The notation of the language: every sign, macro and named function, each in one table.

A synonym is one word more in a table. Syntax that is new is a kind of token here, a line of `grammar.lark`, and the
method of `formula.py` that has the name of that line's rule. What is one thing written in several tokens is put together in
`rewrite.py`, before the grammar; what only the shapes can tell is in `fitting.py`.
"""

from ..meaning import nodes
from ..meaning.relations import NOT_EQUAL, ORDER
from ..meaning.whole import WHOLE

GREEK = (
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|vartheta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|"
    "tau|upsilon|phi|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Phi|Psi|Omega|ell|infty"
)
NABLA, PARTIAL = r"\nabla", r"\partial"
FONT = "mathbf|boldsymbol|mathcal|mathrm|mathit|mathsf|mathscr|mathfrak|mathbb|mathds|pmb|bm"
ACCENTS = {  # how an accent is written: the one name that it has
    r"\dot": r"\dot",
    r"\bar": r"\bar",
    r"\overline": r"\bar",
    r"\hat": r"\hat",
    r"\widehat": r"\hat",
    r"\tilde": r"\tilde",
    r"\widetilde": r"\tilde",
    r"\vec": r"\vec",
}
FUNCTIONS = {  # how a function is written: its name; for \operatorname{…} \mathrm{…} and \text{…} may stand, too
    **{name: name for name in WHOLE if name.startswith((r"\det", r"\operatorname"))},
    r"\operatorname{Tr}": r"\operatorname{tr}",
    r"\operatorname{trace}": r"\operatorname{tr}",
    r"\operatorname{Diag}": r"\operatorname{diag}",
    r"\operatorname{Softmax}": r"\operatorname{softmax}",
    r"\operatorname{Var}": r"\operatorname{var}",
    r"\operatorname{Vec}": r"\operatorname{vec}",
    r"\operatorname{exp}": "exp",
    r"\operatorname{log}": "log",
    r"\operatorname{ln}": "log",
    r"\operatorname{tanh}": "tanh",
    r"\operatorname{arctan}": "arctan",
    r"\operatorname{erf}": "erf",
    r"\operatorname{sin}": "sin",
    r"\operatorname{cos}": "cos",
    r"\operatorname{max}": "max",
    r"\operatorname{min}": "min",
    r"\operatorname{det}": r"\det",
    r"\operatorname{kron}": "kron",
    r"\operatorname{abs}": "abs",
    r"\operatorname{relu}": "relu",
    r"\operatorname{ReLU}": "relu",
    r"\operatorname{sign}": "sign",
    r"\operatorname{sgn}": "sign",
    r"\exp": "exp",
    r"\log": "log",
    r"\ln": "log",
    r"\tanh": "tanh",
    r"\arctan": "arctan",
    r"\sin": "sin",
    r"\cos": "cos",
    r"\max": "max",
    r"\min": "min",
}
INDICATORS = {rf"\{font}{{{sign}}}" for font in ("mathbb", "mathds", "mathbf") for sign in "1I"}
OPEN_LOSSES = {  # that need not be declared: of such a loss it is only known what it depends on
    "L", "J", "E", "C", r"\ell", *(rf"\{font}{{{letter}}}" for font in ("mathcal", "mathscr") for letter in "LJEC"),
}  # fmt: skip
DEFINING = {":=", r"\coloneqq", r"\triangleq"}  # signs that may give a name in the middle of a derivation
SUMS = {  # what index letters below are taken together by
    r"\sum": nodes.Sum,
    r"\prod": nodes.Prod,
    r"\max": nodes.Most,
    r"\min": nodes.Least,
}

# How the kinds of tokens are spelled, with spaces between the spellings. A bracket may have a size before it.
BRACKETS = {
    "NORM": r"|| \| \Vert \lVert \rVert",
    "ABS": r"| \vert \lvert \rvert",
    "LANGLE": r"\langle",
    "RANGLE": r"\rangle",
    "LPAR": "(",
    "RPAR": ")",
    "LBRACKET": "[",
    "RBRACKET": "]",
    "LSET": r"\{ \lbrace",
    "RSET": r"\} \rbrace",
}
WORDS = {
    "QUAD": r"\quad \qquad",
    "IMPLIES": r"\implies \Rightarrow \Longrightarrow \iff \Leftrightarrow \Longleftrightarrow \therefore",
    "LAYOUT": r"~ \, \; \: \! \displaystyle \textstyle \limits \nonumber \notag \relax \boxed",
    "LCASES": r"\begin{cases}",
    "RCASES": r"\end{cases}",
    "BRACED": r"\underbrace \overbrace",
    "STACKED": r"\substack",
    "OVER": r"\over",
    "DOTS": r"\ldots \dots \cdots",
    "REASON": "&&",
    "ALIGN": "&",
    "TRANSPOSE": r"\top \intercal",
    "ACCENT": " ".join(ACCENTS),
    "FRAC": r"\frac \tfrac \dfrac \cfrac",
    "SQRT": r"\sqrt",
    "SUM": " ".join(name for name in SUMS if name not in FUNCTIONS),
    "PARTIAL": r"\partial",
    "HADAMARD": r"\odot",
    "CIRC": r"\circ",
    "OTIMES": r"\otimes",
    "CDOT": r"\cdot",
    "TIMES": r"\times",
    "IN": r"\in",
    "COMPARE": " ".join([*ORDER, *NOT_EQUAL]),
    "STAR": r"* \ast \star",
    "EQUALS": r"= := \coloneqq \equiv \triangleq",
    "APPROX": r"\approx",
    "COLON": ":",
    "STOP": ". ;",
    "PLUS": "+",
    "MINUS": "-",
    "SLASH": "/",
    "COMMA": ",",
    "SUB": "_",
    "SUP": "^",
    "LBRACE": "{",
    "RBRACE": "}",
    **BRACKETS,
}
HINTS = {  # what is often written, and what to write instead
    r"\oslash": r"the entrywise quotient is written by entries, with \frac",
    r"\begin": "of the environments that stand inside a formula, only cases and matrices are",
    r"\propto": "write = with the factor",
    r"\arg": r"the place of the largest entry is written as a one-hot vector that the where part declares",
    r"\argmax": r"the place of the largest entry is written as a one-hot vector that the where part declares",
    r"\argmin": r"the place of the smallest entry is written as a one-hot vector that the where part declares",
    r"\rightarrow": r"between two sides stands a relation: write =, or \implies between two equations",
    r"\to": r"between two sides stands a relation: write =, or \implies between two equations",
    r"\mapsto": r"a function is defined in the where part, as f(x) = …",
    r"\sim": "what is drawn at random is written out: a sum with weights",
    r"\lim": "derivatives are written with \\partial, without a limit",
    r"\int": "write sums",
    r"\vdots": "write a matrix by its entries",
    r"\ddots": "write a matrix by its entries",
    r"\forall": r"write \text{for all } i as a reason",
}
IDENTITY, ONES = r"I \in \mathbb{R}^{n \times n} \text{ identity}", r"1 \in \mathbb{R}^n \text{ ones}"
SIZELESS = (IDENTITY, ONES)  # how a message ends that asks for a declaration of which only the size is open
MEANT = {  # names that are not declared, and what to write instead
    r"\mathbb{E}": r"an expectation is written out: as a mean, or as a sum with weights",
    "E": r"an expectation is written out, as a mean or a sum with weights; anything else is declared in the where part",
    "P": r"a probability is declared in the where part",
    r"\infty": "limits are not read",
    "I": f"declare it as {IDENTITY}",
    r"\mathbf{I}": rf"declare it as \mathbf {IDENTITY}",
    r"\mathbf{1}": rf"declare it as \mathbf {ONES}",
    r"\mathbb{1}": rf"declare it as \mathbb {ONES}",
}
STANDARD = {  # functions of one number that everybody knows, each as a formula in x
    r"\operatorname{sigmoid}": r"\frac{1}{1 + e^{-x}}",
    r"\operatorname{logistic}": r"\frac{1}{1 + e^{-x}}",
    r"\operatorname{softplus}": r"\log(1 + e^{x})",
    r"\operatorname{silu}": r"\frac{x}{1 + e^{-x}}",
    r"\operatorname{gelu}": r"\frac{x}{2} (1 + \operatorname{erf}(\frac{x}{\sqrt{2}}))",
    r"\operatorname{mish}": r"x \tanh(\log(1 + e^{x}))",
    r"\sinh": r"\frac{e^{x} - e^{-x}}{2}",
    r"\cosh": r"\frac{e^{x} + e^{-x}}{2}",
    r"\tan": r"\frac{\sin(x)}{\cos(x)}",
    r"\operatorname{sech}": r"\frac{2}{e^{x} + e^{-x}}",
}
FUNCTIONS |= {name: name for name in STANDARD}
FUNCTIONS |= {
    r"\operatorname{GELU}": r"\operatorname{gelu}",
    r"\operatorname{SiLU}": r"\operatorname{silu}",
    r"\operatorname{swish}": r"\operatorname{silu}",
    r"\operatorname{Swish}": r"\operatorname{silu}",
    r"\operatorname{Mish}": r"\operatorname{mish}",
}
PLAIN = {  # how a function is written without a backslash: how with one
    **{name[14:-1]: name for name in FUNCTIONS if name.startswith(r"\operatorname")},
    **{name[1:]: name for name in FUNCTIONS if not name.startswith(r"\operatorname")},
}
