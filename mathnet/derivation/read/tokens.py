r"""LaTeX source to tokens: the words of the language, and nothing that is only layout.

Arguments without braces get them here, as TeX would add them: `\tfrac12` becomes `\tfrac{1}{2}`, `x_i^2`
becomes `x_{i}^{2}`, so that the grammar sees one spelling.
"""

import re
from difflib import get_close_matches

from lark import Token

from ..errors import DerivationError, Place
from ..meaning.whole import WHOLE

MAX_SOURCE, MAX_TOKENS, MAX_DEPTH, MAX_DIGITS = 20_000, 4_000, 40, 30

GREEK = (
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|vartheta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|"
    "tau|upsilon|phi|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Phi|Psi|Omega|ell"
)
NABLA = r"\nabla"
BUILT_IN = {
    r"\exp": "exp",
    r"\log": "log",
    r"\ln": "log",
    r"\tanh": "tanh",
    r"\sin": "sin",
    r"\cos": "cos",
    r"\max": "max",
    r"\min": "min",
    r"\operatorname{abs}": "abs",
    r"\operatorname{relu}": "relu",
    r"\operatorname{ReLU}": "relu",
    r"\operatorname{sign}": "sign",
    r"\operatorname{sgn}": "sign",
    r"\operatorname{kron}": "kron",
}
WORDS = (
    "Tr|"
    + "|".join(name[14:-1] for name in [*WHOLE, *BUILT_IN] if name.startswith(r"\operatorname"))
    + "|det"
)
FONT = "mathbf|boldsymbol|mathcal|mathrm|mathit|bm"
SIZE = r"(?:\\(?:left|right|[bB]igg?[lr]?)\s*)?"  # of a bracket
ORDER = r"(?:\s*\^\s*(?:\{\s*[+\d]\s*\}|[+\d]))?"  # of a derivative
LETTER = rf"[A-Za-z]|\\nabla(?![A-Za-z])|\\(?:{GREEK})(?![A-Za-z])"

TOKENS = {
    "LAYOUT": r"\s+|%[^\n]*|~|\\[,;:! ]|\\q?quad(?![A-Za-z])|"
    r"\\(?:mathbb|mathbf|mathds)\s*(?:1|\{\s*1\s*\})\s*(?=(?:\\left\s*)?\[[^\[\]]*(?:[<>]|\\[lg][et])[^\[\]]*\])|"
    r"\\(?:displaystyle|textstyle|limits|nonumber|notag|boxed)(?![A-Za-z])|\\(?:phantom|hphantom|hspace|tag|label)\*?\{[^{}]*\}|\\(?:begin|end)\{(?:aligned|align|equation|split|gather|gathered|multline)\*?\}",
    "LCASES": r"\\begin\{cases\}",
    "RCASES": r"\\end\{cases\}",
    "ROW": r"\\\\(?:\[[\d.]+[a-z]+\])?",
    "REASON": r"&&",
    "ALIGN": r"&",
    "TRANSPOSE": r"\\(?:mathsf|mathrm|mathbf|text|textsf)\s*(?:\{\s*T\s*\}|T\b)|\\(?:top|intercal)(?![A-Za-z])",
    "REALS": r"\\mathbb\s*(?:\{\s*R\s*\}|R\b)",
    "WORD": rf"\\math(?:rm|sf|bf)\s*\{{\s*(?:{WORDS})\s*\}}|\\text\w*\s*\{{\s*(?:{WORDS})\s*\}}(?=\s*{SIZE}\()",
    "TEXT": r"\\(?:text|textrm|mbox)\s*\{[^{}]*\}",
    "DIFFERENTIAL": r"\\(?:mathrm|operatorname)\s*(?:\{\s*d\s*\}|d)" + ORDER,
    "NAME": rf"\\(?:{FONT})\s*(?:\{{\s*(?:{LETTER}|\d)\s*\}}|(?:{LETTER}|\d))|"
    rf"\\operatorname\*?\s*\{{\s*[A-Za-z]+\s*\}}|\\(?:exp|log|ln|tanh|sin|cos|det|(?:max|min)(?!(?:\\limits|\s)*_))(?![A-Za-z])|{LETTER}",
    "NUMBER": r"\d+(?:\.\d+)?",
    "ACCENT": r"\\(?:dot|bar|hat|tilde|overline|widehat|widetilde)(?![A-Za-z])",
    "FRAC": r"\\[dt]?frac(?![A-Za-z])",
    "SQRT": r"\\sqrt(?![A-Za-z])",
    "SUM": r"\\(?:sum|prod)(?![A-Za-z])|\\(?:max|min)(?=(?:\\limits|\s)*_)",
    "PARTIAL": r"\\partial(?![A-Za-z])" + ORDER,
    "HADAMARD": r"\\odot(?![A-Za-z])",
    "OTIMES": r"\\otimes(?![A-Za-z])",
    "CDOT": r"\\cdot(?![A-Za-z])",
    "TIMES": r"\\times(?![A-Za-z])",
    "LANGLE": rf"{SIZE}\\langle(?![A-Za-z])",
    "RANGLE": rf"{SIZE}\\rangle(?![A-Za-z])",
    "IN": r"\\in(?![A-Za-z])",
    "COMPARE": r"<|>|\\(?:le|leq|ge|geq|lt|gt|ne|neq)(?![A-Za-z])",
    "PRIME": r"'+",
    "STAR": r"\*|\\ast(?![A-Za-z])|\\star(?![A-Za-z])",
    "EQUALS": r":?=|\\(?:coloneqq|equiv|triangleq)(?![A-Za-z])",
    "APPROX": r"\\approx(?![A-Za-z])",
    "COLON": r":",
    "STOP": r"[.;]",
    "PLUS": r"\+",
    "MINUS": r"-",
    "SLASH": r"/",
    "COMMA": r",",
    "SUB": r"_",
    "SUP": r"\^",
    "LBRACE": r"\{",
    "RBRACE": r"\}",
    "NORM": rf"{SIZE}\\(?:\||[lr]?Vert(?![A-Za-z]))",
    "ABS": rf"{SIZE}(?:\||\\[lr]?vert(?![A-Za-z]))",
    "LPAR": rf"{SIZE}\(",
    "RPAR": rf"{SIZE}\)",
    "LBRACKET": rf"{SIZE}\[",
    "RBRACKET": rf"{SIZE}\]",
}
SCANNER = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in TOKENS.items()))
ARGUMENTS = {"SUB": 1, "SUP": 1, "ACCENT": 1, "SQRT": 1, "FRAC": 2}
BRACKETS = {
    "LCASES": "RCASES",
    "LNORM": "RNORM",
    "LABS": "RABS",
    "LBRACE": "RBRACE",
    "LPAR": "RPAR",
    "LBRACKET": "RBRACKET",
    "LANGLE": "RANGLE",
}
HINTS = {
    r"\circ": r"the Hadamard product is written \odot",
    r"\star": r"the Hadamard product is written \odot",
    r"\left.": r"write the brackets out",
    r"\cdots": "write the sum out, or with \\sum",
    r"\ldots": "write the sum out, or with \\sum",
    r"\oslash": r"the entrywise quotient is written by entries, with \frac",
    r"\begin": "of the environments that stand inside a formula, only cases is; a matrix is a symbol",
    r"\underbrace": "write the formula without it, and what it says as a reason",
    r"\overbrace": "write the formula without it, and what it says as a reason",
}
OTHER_MACROS = (
    "sum|partial|odot|otimes|cdot|times|langle|rangle|in|frac|tfrac|dfrac|sqrt|dot|bar|hat|tilde|mathsf|mathbb|text|"
    "operatorname|top|left|right|quad|le|ge|ne|nabla|approx"
)
KNOWN_MACROS = [*BUILT_IN, *(rf"\{name}" for name in f"{GREEK}|{FONT}|{OTHER_MACROS}".split("|"))]


def tokenize(source, first_line=1):
    """Return the tokens of the source; `first_line` is the number of its first line."""
    tokens, opened = [], []
    wanted = [0]  # how many arguments the last command still waits for, one entry per open brace
    for kind, value, place, start in _scan(source, first_line):

        def add(kind, value, start, place=place):
            end = start + len(value)
            tokens.append(
                Token(kind, value, start_pos=start, end_pos=end, line=place.line, column=place.column)
            )

        while value and wanted[-1] and kind != "LBRACE":
            if kind not in {"NAME", "NUMBER", "TRANSPOSE", "STAR"} or value.startswith("."):
                raise DerivationError(f"expected an argument, in braces, before {value}", place)
            argument = value[0] if kind == "NUMBER" else value  # TeX takes one digit
            add("LBRACE", "", start)
            add(kind, argument, start)
            start, value = start + len(argument), value[len(argument) :]
            add("RBRACE", "", start)
            wanted[-1] -= 1
        if not value:
            continue
        if kind in {"NORM", "ABS"}:  # one sign opens and closes
            kind = f"{'R' if opened and opened[-1][0] == f'L{kind}' else 'L'}{kind}"
        add(kind, value, start)
        if kind == "LBRACE":
            wanted[-1] = max(0, wanted[-1] - 1)
            wanted.append(0)
        elif kind == "RBRACE" and len(wanted) > 1:
            wanted.pop()
        elif kind in ARGUMENTS:
            wanted[-1] = ARGUMENTS[kind]
        if kind in BRACKETS:
            opened.append((kind, value, place))
        elif kind in BRACKETS.values():
            opening, bracket, _ = opened.pop() if opened else ("", "anything", place)
            if BRACKETS.get(opening) != kind:
                raise DerivationError(f"{tidy(value)} does not close {tidy(bracket)}", place)
        if len(opened) > MAX_DEPTH or len(tokens) > MAX_TOKENS:
            limit = f"{MAX_DEPTH} brackets deep" if len(opened) > MAX_DEPTH else f"{MAX_TOKENS} symbols"
            raise DerivationError(f"too large to check: the limit is {limit}", place)
    if opened:
        _, value, place = opened[-1]
        raise DerivationError(f"{tidy(value)} is never closed", place)
    return _derivatives(tokens)


def _derivatives(tokens):
    r"""Let the `\mathrm d` of \frac{\mathrm d y}{\mathrm d x} be the sign of a derivative, not a differential."""
    for at, token in enumerate(tokens):
        if token.type == "FRAC":
            above = _argument(tokens, at + 1)
            below = _argument(tokens, above.stop + 1)
            if all(part and tokens[part.start].type == "DIFFERENTIAL" for part in (above, below)):
                for i in (above.start, *below):
                    if tokens[i].type == "DIFFERENTIAL":
                        tokens[i].type = "PARTIAL"
    return tokens


def _argument(tokens, start):
    """Return the range of the tokens between the brace that opens there, if one does, and the one that closes it."""
    if start >= len(tokens) or tokens[start].type != "LBRACE":
        return range(start, start)
    depths = with_depths(tokens[start:])
    next(depths)
    return range(start + 1, start + next(i for i, (_, depth) in enumerate(depths, 1) if depth == 0))


def _scan(source, line):
    """Yield kind, text, place and position of every token that is not layout."""
    if len(source) > MAX_SOURCE:
        place = Place(line, 1, "")
        raise DerivationError(
            f"too large to check: {len(source)} characters, the limit is {MAX_SOURCE}", place, caret=False
        )
    position = line_start = 0
    while position < len(source):
        match = SCANNER.match(source, position)
        place = Place(line, position - line_start + 1, "")
        if not match:
            raise DerivationError(_unknown(source, position), place)
        kind, text = match.lastgroup, match.group()
        if kind == "NUMBER" and len(text) > MAX_DIGITS:
            raise DerivationError(f"a number of more than {MAX_DIGITS} digits", place)
        if kind != "LAYOUT":
            yield "NAME" if kind == "WORD" else kind, text, place, position
        if "\n" in text:
            line += text.count("\n")
            line_start = position + text.rindex("\n") + 1
        position += len(text)


def _unknown(source, position):
    """Say what the scanner does not know at this position, and what may have been meant."""
    macro = re.match(r"\\(?:[A-Za-z]+\.?|.)?", source[position:], re.S)
    word = macro.group() if macro else source[position]
    if word in HINTS:
        return f"{word} is not part of the language: {HINTS[word]}"
    if word in KNOWN_MACROS:  # what stands after it is not known
        return f"a name is one letter, perhaps in {word}, or \\operatorname{{…}}"
    close = get_close_matches(word, KNOWN_MACROS, n=1, cutoff=0.75) if macro else []
    return f"unknown {'macro' if macro else 'character'} {word}" + (
        f"; did you mean {close[0]}?" if close else ""
    )


def with_depths(tokens):
    """Yield every token with the number of brackets around it."""
    depth = 0
    for token in tokens:
        depth -= token.type in BRACKETS.values()
        yield token, depth
        depth += token.type in BRACKETS


def canonical(name):
    r"""Return one spelling of a name: `\mathbf 1` and `\mathbf{ 1 }` are the same."""
    word = re.fullmatch(r"\\(?:math|text)\w*\s*\{\s*(\w\w+)\s*\}", name)
    if word:
        name = r"\det" if word[1] == "det" else rf"\operatorname{{{word[1]}}}"
    if name == r"\operatorname{Tr}":
        return r"\operatorname{tr}"
    font = re.match(rf"\\(?:{FONT}|operatorname\*?)(?![A-Za-z])", name)
    return f"{font.group()}{{{name[font.end() :].strip(' {}')}}}" if font else str(name)


def tidy(latex):
    r"""Return LaTeX for a message: without `\left`, `\right` and extra space."""
    sized = re.sub(r"\\(?:left|[bB]igg?l?)(?![A-Za-z])\s*|\s*\\(?:right|[bB]igg?r)(?![A-Za-z])\s*", "", latex)
    return " ".join(re.sub(r"\\[,;:!]", " ", sized).split())
