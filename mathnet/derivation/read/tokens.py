r"""LaTeX source to tokens: the words of the language, and nothing that is only layout.

Arguments without braces get them here, as TeX would add them: `\tfrac12` becomes `\tfrac{1}{2}`, `x_i^2`
becomes `x_{i}^{2}`, so that the grammar sees one spelling.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import NamedTuple, cast

from lark import Token, Tree
from lark.tree import Meta

from ..errors import DerivationError, Place
from .notation import ACCENTS, BRACKETS, FONT, FUNCTIONS, GREEK, HINTS, SUMS, WORDS

MAX_SOURCE, MAX_TOKENS, MAX_DEPTH, MAX_DIGITS = 20_000, 4_000, 40, 30


def _any_of(words: Iterable[str]) -> str:
    """Return the pattern of any of the words; the longest counts, and a macro ends where its letters end."""
    escaped = (re.escape(word) for word in sorted(words, key=len, reverse=True))
    return f"(?:{'|'.join(word + r'(?![A-Za-z])' * word[-1].isalpha() for word in escaped)})"


MACROS = [name for name in FUNCTIONS if not name.startswith(r"\operatorname")]
NAMED = "|".join(name[14:-1] for name in FUNCTIONS if name.startswith(r"\operatorname"))
SIZE = r"(?:\\(?:left|right|[bB]igg?[lr]?)\s*)?"  # of a bracket
ORDER = r"(?:\s*\^\s*(?:\{\s*[+\d]\s*\}|[+\d]))?"  # of a derivative
LETTER = rf"[A-Za-z]|\\nabla(?![A-Za-z])|\\(?:{GREEK})(?![A-Za-z])"
PATTERNS = {  # what is more than a word of `WORDS`; the first that fits counts, and `WORDS` come after
    "LAYOUT": r"\s+|%[^\n]*|\\[ ]|\\(?:color|textcolor|colorbox)\s*\{[^{}]*\}|"
    r"\\(?:phantom|hphantom|label)\*?\{[^{}]*\}|\\hspace\*?\{\s*-[^{}]*\}|\\tag\*?\{[^{}=<>\\]*\}",
    "QUAD": r"\\hspace\*?\{[^{}]*\}",
    "ENV": r"\\(?:begin|end)\{(?:aligned|align|equation|split|gather|gathered|multline)\*?\}",
    "ROW": r"\\\\(?:\[[\d.]+[a-z]+\])?|\\cr(?![A-Za-z])",
    "LAT": r"\\left\s*\.",
    "LMATRIX": r"\\begin\{[bp]?matrix\}",
    "RMATRIX": r"\\end\{[bp]?matrix\}",
    "EQUALS": r"\\(?:overset|stackrel)\s*\{(?:[^{}=<>]|\{[^{}=<>]*\})*\}\s*(?:\{\s*=\s*\}|=)",
    "TRANSPOSE": r"\\(?:mathsf|mathrm|mathbf|text|textsf)\s*(?:\{\s*T\s*\}|T\b)",
    "REALS": r"\\mathbb\s*(?:\{\s*R\s*\}|R\b)|\\(?:R|Reals|RR)(?![A-Za-z])",
    "WHOLES": r"\\mathbb\s*(?:\{\s*[ZN]\s*\}|[ZN]\b)|\\[ZN](?![A-Za-z])",
    "WORD": rf"\\math(?:rm|sf|bf)\s*\{{\s*(?:{NAMED})\s*\}}|\\text\w*\s*\{{\s*(?:{NAMED})\s*\}}",
    "TEXT": r"\\(?:text|textrm|mbox|intertext|shortintertext)\s*\{[^{}]*\}",
    "DIFFERENTIAL": r"\\(?:mathrm|mathsf|operatorname)\s*(?:\{\s*d\s*\}|d)" + ORDER,
    "PARTIAL": _any_of([WORDS["PARTIAL"]]) + ORDER,
    "SUM": _any_of(name for name in SUMS if name in FUNCTIONS) + r"(?=(?:\\limits|\s)*_)",
    "ACCENTED": rf"\\(?:{FONT})\s*\{{\s*(?:{_any_of(ACCENTS)})\s*(?:\{{\s*(?:{LETTER})\s*\}}|(?:{LETTER}))\s*\}}",
    "BOLD": rf"\\(?:mathbf|boldsymbol|bm)\s*\{{\s*(?:{LETTER})(?:\s*(?:{LETTER}))+\s*\}}",
    "NAME": rf"\\(?:{FONT})\s*(?:\{{\s*(?:{LETTER}|\d)\s*\}}|(?:{LETTER}|\d))|"
    rf"\\(?:operatorname\*?|mathrm|mathit|mathsf)\s*\{{\s*[A-Za-z]+\s*\}}|{_any_of(MACROS)}|{LETTER}",
    "NUMBER": r"\d+(?:\.\d+)?|(?<![A-Za-z\d.})\]])\.\d+",
    "PRIME": r"'+|\^\s*(?:\\prime(?![A-Za-z])|\{\s*(?:(?:\\prime(?![A-Za-z])|')\s*)+\})",
}


def _scanner() -> re.Pattern[str]:
    patterns = {kind: [pattern] for kind, pattern in PATTERNS.items()}
    for kind, words in WORDS.items():
        patterns.setdefault(kind, []).append(SIZE * (kind in BRACKETS) + _any_of(words.split()))
    return re.compile("|".join(f"(?P<{kind}>{'|'.join(parts)})" for kind, parts in patterns.items()))


SCANNER = _scanner()
ARGUMENTS = {"SUB": 1, "SUP": 1, "ACCENT": 1, "SQRT": 1, "FRAC": 2, "BRACED": 1}
CLOSING = {
    "LCASES": "RCASES",
    "LMATRIX": "RMATRIX",
    "LSET": "RSET",
    "LAT": "RAT",
    "LNORM": "RNORM",
    "LABS": "RABS",
    "LBRACE": "RBRACE",
    "LPAR": "RPAR",
    "LBRACKET": "RBRACKET",
    "LANGLE": "RANGLE",
}
ENDS = {"NAME", "NUMBER", "PRIME", "TRANSPOSE", *CLOSING.values()}  # of an operand
KNOWN_MACROS = [
    *(name for name in FUNCTIONS),
    *(rf"\{name}" for name in f"{GREEK}|{FONT}|nabla|mathsf|mathbb|text|operatorname|left|right".split("|")),
    *(word for words in WORDS.values() for word in words.split() if re.fullmatch(r"\\[A-Za-z]+", word)),
]


class _Scanned(NamedTuple):
    """What the scanner found: kind, text, place and position."""

    kind: str
    text: str
    place: Place
    start: int


def tokenize(source: str, first_line: int = 1, gaps: bool = True) -> list[Token]:
    r"""Return the tokens of the source; `first_line` is the number of its first line. Without `gaps` a `\quad` is layout."""
    tokens: list[Token] = []
    opened: list[_Scanned] = []
    wanted = [0]  # how many arguments the last command still waits for, one entry per open brace
    for found in _scan(source, first_line):
        kind, value, place, start = found

        def add(kind: str, value: str, start: int, length: int | None = None, place: Place = place) -> None:
            end = start + (len(value) if length is None else length)
            tokens.append(
                Token(kind, value, start_pos=start, end_pos=end, line=place.line, column=place.column)
            )

        if kind in {"ACCENTED", "BOLD"}:  # the font is that of each letter, and stands under the accent
            font, *parts = re.findall(rf"\\[A-Za-z]+|{LETTER}", value)
            group_it = kind == "ACCENTED" or bool(wanted[-1])
            if kind == "ACCENTED":
                add("ACCENT", parts.pop(0), start, 0)
            if group_it:
                add("LBRACE", "", start)
            for at, part in enumerate(parts):
                first, last = (value.rindex(part) if at else 0), (at == len(parts) - 1)
                add(
                    "NAME",
                    f"{font}{{{part}}}",
                    start + first,
                    len(value) - first if last else len(part) + len(font) + 1,
                )
            if group_it:
                add("RBRACE", "", start + len(value))
            wanted[-1] = max(0, wanted[-1] - (kind == "BOLD" or bool(wanted[-1])))
            continue
        while value and wanted[-1] and kind != "LBRACE":
            takes = {"NAME", "NUMBER", "TRANSPOSE", "STAR", *(["PLUS"] if tokens[-1].type == "SUB" else [])}
            if kind not in takes or value.startswith("."):
                raise DerivationError(f"expected an argument, in braces, before {value}", place)
            argument = value[0] if kind == "NUMBER" else value  # TeX takes one digit
            add("LBRACE", "", start)
            add(kind, argument, start)
            start, value = start + len(argument), value[len(argument) :]
            add("RBRACE", "", start)
            wanted[-1] -= 1
        if not value:
            continue
        if kind in {"QUAD", "ENV"} and (opened or (kind == "QUAD" and not gaps)):
            continue
        if kind == "PRIME" and value[0] == "^":
            add(kind, "'" * (value.count("'") + value.count("prime")), start, len(value))
            continue
        if kind == "NORM" and value.endswith("||") and not _is_norm(source[start + len(value) :], opened):
            side = "RABS" if opened and opened[-1].kind == "LABS" and tokens[-1].type in ENDS else "LABS"
            add(side, "|", start, len(value) - 1)
            if side == "RABS":
                opened.pop()
            else:
                opened.append(_Scanned(side, "|", place, start))
            kind, value, start = "ABS", "|", start + len(value) - 1
            found = _Scanned(kind, value, place, start)
        bar = kind == "ABS" and "|" in value and tokens and tokens[-1].type == "RBRACE"
        if (
            bar
            and not (opened and opened[-1].kind in {"LABS", "LAT"})
            and re.match(r"\s*_", source[start + len(value) :])
        ):
            add("BAR", value, start)
            continue
        if kind in {"NORM", "ABS"}:  # one sign opens and closes
            side = _side(kind, value, opened, tokens)
            kind = side if side == "RAT" else f"{side}{kind}"
        add(kind, value, start)
        if kind == "LBRACE":
            wanted[-1] = max(0, wanted[-1] - 1)
            wanted.append(0)
        elif kind == "RBRACE" and len(wanted) > 1:
            wanted.pop()
        elif kind in ARGUMENTS:
            wanted[-1] = ARGUMENTS[kind]
        if kind in CLOSING:
            opened.append(found._replace(kind=kind))
        elif kind in CLOSING.values():
            bracket = opened.pop() if opened else _Scanned("", "anything", place, start)
            if CLOSING.get(bracket.kind) != kind:
                raise DerivationError(f"{tidy(value)} does not close {tidy(bracket.text)}", place)
        if len(opened) > MAX_DEPTH or len(tokens) > MAX_TOKENS:
            limit = f"{MAX_DEPTH} brackets deep" if len(opened) > MAX_DEPTH else f"{MAX_TOKENS} symbols"
            raise DerivationError(f"too large to check: the limit is {limit}", place)
    if opened:
        raise DerivationError(f"{tidy(opened[-1].text)} is never closed", opened[-1].place)
    return derivatives(tokens)


def _is_norm(after: str, opened: Sequence[_Scanned]) -> bool:
    """Say whether || is the sign of a norm, and not two bars."""
    inside = bool(opened) and opened[-1].kind == "LNORM"
    return inside or ("||" in after and not (opened and opened[-1].kind == "LABS"))


def _side(kind: str, text: str, opened: Sequence[_Scanned], before: Sequence[Token]) -> str:
    """Say whether a bar opens or closes."""
    if text.startswith(r"\right") and opened and opened[-1].kind == "LAT":
        return "RAT"
    for side, word in (("L", r"\\(?:left|[bB]igg?l|l[vV]ert)"), ("R", r"\\(?:right|[bB]igg?r|r[vV]ert)")):
        if re.match(word + r"(?![a-z])", text) or re.search(r"\\" + side.lower() + r"[vV]ert$", text):
            return side
    ends = bool(before) and before[-1].type in ENDS
    return "R" if opened and opened[-1].kind == f"L{kind}" and (ends or kind == "NORM") else "L"


def derivatives(tokens: list[Token]) -> list[Token]:
    r"""Let the `\mathrm d` of \frac{\mathrm d y}{\mathrm d x} be the sign of a derivative, not a differential."""
    for at, token in enumerate(tokens):
        if token.type == "FRAC":
            above = group(tokens, at + 1)
            below = group(tokens, above.stop + 1)
            if all(part and tokens[part.start].type == "DIFFERENTIAL" for part in (above, below)):
                for i in (above.start, *below):
                    if tokens[i].type == "DIFFERENTIAL":
                        tokens[i].type = "PARTIAL"
    return tokens


def group(tokens: Sequence[Token], start: int) -> range:
    """Return the range of the tokens between the brace that opens there, if one does, and the one that closes it."""
    if start >= len(tokens) or tokens[start].type != "LBRACE":
        return range(start, start)
    depths = with_depths(tokens[start:])
    next(depths)
    return range(start + 1, start + next(i for i, (_, depth) in enumerate(depths, 1) if depth == 0))


def _scan(source: str, line: int) -> Iterator[_Scanned]:
    """Yield every token that is not layout."""
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
        kind, text = str(match.lastgroup), match.group()
        if kind == "NUMBER" and len(text) > MAX_DIGITS:
            raise DerivationError(f"a number of more than {MAX_DIGITS} digits", place)
        if kind != "LAYOUT":
            yield _Scanned("NAME" if kind == "WORD" else kind, text, place, position)
        if "\n" in text:
            line += text.count("\n")
            line_start = position + text.rindex("\n") + 1
        position += len(text)


def _unknown(source: str, position: int) -> str:
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


def with_depths(tokens: Iterable[Token]) -> Iterator[tuple[Token, int]]:
    """Yield every token with the number of brackets around it."""
    depth = 0
    for token in tokens:
        depth -= token.type in CLOSING.values()
        yield token, depth
        depth += token.type in CLOSING


def span(part: Token | Tree[Token]) -> Meta:
    """Return where a token or a tree begins and ends."""
    return part.meta if isinstance(part, Tree) else cast(Meta, part)  # a token has the same attributes


def source_of(source: str, tokens: Sequence[Token]) -> str:
    """Return the text from the first of the tokens to the last, as it was written."""
    return source[span(tokens[0]).start_pos : span(tokens[-1]).end_pos]


def canonical(name: str) -> str:
    r"""Return one spelling of a name: `\mathbf 1` and `\mathbf{ 1 }` are the same."""
    word = re.fullmatch(r"\\(?:math|text)\w*\s*\{\s*(\w\w+)\s*\}", name)
    if word:
        return rf"\operatorname{{{word[1]}}}"
    font = re.match(rf"\\(?:{FONT}|operatorname\*?)(?![A-Za-z])", name)
    return f"{font.group()}{{{name[font.end() :].strip(' {}')}}}" if font else str(name)


def tidy(latex: str) -> str:
    r"""Return LaTeX for a message: without `\left`, `\right`, comments and extra space."""
    latex = re.sub(r"(?<!\\)%.*", "", latex)
    sized = re.sub(r"\\(?:left|[bB]igg?l?)(?![A-Za-z])\s*|\s*\\(?:right|[bB]igg?r)(?![A-Za-z])\s*", "", latex)
    return " ".join(re.sub(r"\\[,;:!]", " ", sized).split())
