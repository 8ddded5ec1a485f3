r"""The notation of the language: every sign, macro and named function, each in one table.

A synonym is one word more in a table. Syntax that is new is a kind of token here, a line of `grammar.lark`, and the
method of `formula.py` that has the name of that line's rule.
"""

from ..meaning import nodes
from ..meaning.relations import NOT_EQUAL, ORDER
from ..meaning.whole import WHOLE

GREEK = (
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|vartheta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|"
    "tau|upsilon|phi|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Phi|Psi|Omega|ell"
)
NABLA = r"\nabla"
FONT = "mathbf|boldsymbol|mathcal|mathrm|mathit|bm"
ACCENTS = {  # how an accent is written: the one name that it has
    r"\dot": r"\dot",
    r"\bar": r"\bar",
    r"\overline": r"\bar",
    r"\hat": r"\hat",
    r"\widehat": r"\hat",
    r"\tilde": r"\tilde",
    r"\widetilde": r"\tilde",
}
FUNCTIONS = {  # how a function is written: its name; for \operatorname{…} \mathrm{…} and \text{…} may stand, too
    **{name: name for name in WHOLE if name.startswith((r"\det", r"\operatorname"))},
    r"\operatorname{Tr}": r"\operatorname{tr}",
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
    r"\sin": "sin",
    r"\cos": "cos",
    r"\max": "max",
    r"\min": "min",
}
SUMS = {  # what index letters below are taken together by
    r"\sum": nodes.Sum,
    r"\prod": nodes.Prod,
    r"\max": nodes.Most,
    r"\min": nodes.Least,
}

# How the kinds of tokens are spelled, with spaces between the spellings. A bracket may have a size before it.
BRACKETS = {
    "NORM": r"\| \Vert \lVert \rVert",
    "ABS": r"| \vert \lvert \rvert",
    "LANGLE": r"\langle",
    "RANGLE": r"\rangle",
    "LPAR": "(",
    "RPAR": ")",
    "LBRACKET": "[",
    "RBRACKET": "]",
}
WORDS = {
    "QUAD": r"\quad \qquad",
    "IMPLIES": r"\implies \Rightarrow \Longrightarrow \iff \Leftrightarrow \Longleftrightarrow \therefore",
    "LAYOUT": r"~ \, \; \: \! \displaystyle \textstyle \limits \nonumber \notag \boxed",
    "LCASES": r"\begin{cases}",
    "RCASES": r"\end{cases}",
    "REASON": "&&",
    "ALIGN": "&",
    "TRANSPOSE": r"\top \intercal",
    "ACCENT": " ".join(ACCENTS),
    "FRAC": r"\frac \tfrac \dfrac",
    "SQRT": r"\sqrt",
    "SUM": " ".join(name for name in SUMS if name not in FUNCTIONS),
    "PARTIAL": r"\partial",
    "HADAMARD": r"\odot",
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
    r"\circ": r"the Hadamard product is written \odot",
    r"\left.": "write the brackets out",
    r"\cdots": r"write the sum out, or with \sum",
    r"\ldots": r"write the sum out, or with \sum",
    r"\oslash": r"the entrywise quotient is written by entries, with \frac",
    r"\begin": "of the environments that stand inside a formula, only cases is; a matrix is a symbol",
    r"\underbrace": "write the formula without it, and what it says as a reason",
    r"\overbrace": "write the formula without it, and what it says as a reason",
}
