r"""Before the grammar: letters that are one name, an italic d, `\partial J / \partial x`, `a \over b` and the label of a brace.

Here the declared names are known, so that `softmax(z)` is told from six letters, and the d of `dx` from a size.
"""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from lark import Token

from ..errors import DerivationError, Place
from ..meaning.names import Names
from .notation import PLAIN
from .tokens import CLOSING, canonical, derivatives, group, span

ZERO = re.compile(r"\\(?:mathbf|boldsymbol|bm|vec)\{0\}")
OPERAND = {"NAME", "ACCENT", "LPAR", "LBRACKET", "LBRACE", "FRAC", "SQRT"}


def rewritten(tokens: Sequence[Token], names: Names, source: str) -> list[Token]:
    """Return the tokens as the grammar takes them."""
    found = _numbered(_zeros(_evaluated(tokens), names), names, source)
    found = _words(found, names, source)
    found = _fractions(_labels(_stacked(found)))
    found = _italic(found, names, source)
    return derivatives(_slashes(found, names, source))


def _token(kind: str, value: str, first: Token, last: Token | None = None) -> Token:
    """Return a token that stands where some others stood."""
    start, end = span(first), span(last or first)
    return Token(
        kind, value, start_pos=start.start_pos, end_pos=end.end_pos, line=start.line, column=start.column
    )


def _empty(kind: str, at: int, near: Token) -> Token:
    return Token(kind, "", start_pos=at, end_pos=at, line=span(near).line, column=span(near).column)


def _place(tokens: Sequence[Token], source: str) -> Place:
    first, last = span(tokens[0]), span(tokens[-1])
    return Place(first.line, first.column, " ".join(source[first.start_pos : last.end_pos].split()))


def known(letter: str, names: Names) -> bool:
    """Say whether a name stands for something."""
    return letter in names.symbols or letter in names.functions or letter in names.dimensions


# Words


def _words(tokens: Sequence[Token], names: Names, source: str) -> list[Token]:
    found: list[Token] = []
    at = below = depth = 0
    while at < len(tokens):
        token = tokens[at]
        depth -= token.type in CLOSING.values()
        below = 0 if depth < below else below
        depth += token.type in CLOSING
        if at and tokens[at - 1].type == "SUB" and not below:
            below = depth
        run = _run(tokens, at)
        if len(run) > 1 and not below:
            found += _read_run(run, tokens[at + len(run) : at + len(run) + 1], names, source)
            at += len(run)
            continue
        if token.type == "TEXT" and canonical(token) in names.symbols | names.arrays:
            token = _token("NAME", canonical(token), token)
        found.append(token)
        at += 1
    return found


def _zeros(tokens: Sequence[Token], names: Names) -> list[Token]:
    r"""Let $\mathbf 0$ and $\vec 0$, which are not declared, be 0."""
    found: list[Token] = []
    for token in tokens:
        if (
            ZERO.fullmatch(canonical(token))
            and token.type == "NAME"
            and canonical(token) not in names.symbols
        ):
            found.append(_token("NUMBER", "0", token))
        else:
            found.append(token)
        if [part.type for part in found[-4:]] == ["ACCENT", "LBRACE", "NUMBER", "RBRACE"] and found[
            -2
        ] == "0":
            found[-4:] = [_token("NUMBER", "0", found[-4], found[-1])]
    return found


def _numbered(tokens: Sequence[Token], names: Names, source: str) -> list[Token]:
    """Let the W1 that is declared so be W_1."""
    found: list[Token] = []
    for token in tokens:
        name = canonical(found[-1]) if found and _is_numbered(found[-1], token) else ""
        if name not in names.symbols and f"{name}_{token}" in names.symbols:
            names.read_as(_place([found[-1], token], source), f"{found[-1]}_{token}")
            found += _below(token)
        else:
            found.append(token)
    return found


def _is_numbered(name: Token, number: Token) -> bool:
    """Say whether a digit stands close behind a letter."""
    close = span(name).end_pos == span(number).start_pos
    return name.type == "NAME" and number.type == "NUMBER" and len(number) == 1 and close


def _below(number: Token) -> list[Token]:
    """Return a number as a subscript."""
    start = span(number).start_pos
    opening = [_empty(kind, start, number) for kind in ("SUB", "LBRACE")]
    return [*opening, number, _empty("RBRACE", span(number).end_pos, number)]


def as_word(tokens: Sequence[Token], names: Names) -> list[Token]:
    """Return the tokens of a name that is declared; letters without a space between them are one name, and W1 is W_1."""
    if len(tokens) == 2 and _is_numbered(*tokens):
        return [tokens[0], *_below(tokens[1])]
    run = _run(tokens, 0)
    word = "".join(run)
    if len(run) < 2:
        first = [_token("NAME", canonical(token), token) for token in tokens[:1] if token.type == "TEXT"]
        return [*first, *tokens[len(first) :]]
    if word in PLAIN:
        return [_token("NAME", PLAIN[word], run[0], run[-1]), *tokens[len(run) :]]
    if all(known(letter, names) for letter in run):
        raise _name_or_product(run, Place(span(run[0]).line, span(run[0]).column, word))
    names.words.add(word)
    return [_token("NAME", rf"\operatorname{{{word}}}", run[0], run[-1]), *tokens[len(run) :]]


def _name_or_product(run: Sequence[Token], place: Place) -> DerivationError:
    word = "".join(run)
    return DerivationError(
        rf"{word} could be a name or the product {' '.join(run)}: write \mathrm{{{word}}} for the name, and the product with spaces",
        place,
    )


def _run(tokens: Sequence[Token], at: int) -> list[Token]:
    """Return the letters that stand there without a space between them."""
    run: list[Token] = []
    for token in tokens[at:]:
        if token.type != "NAME" or len(token) > 1 or (run and span(run[-1]).end_pos != span(token).start_pos):
            break
        run.append(token)
    return run


def _read_run(run: Sequence[Token], after: Sequence[Token], names: Names, source: str) -> list[Token]:
    word = "".join(run)
    applied = bool(after) and after[0].type in {"LPAR", "PRIME"}
    misspelt = [name for name in get_close_matches(word, PLAIN, n=1, cutoff=0.8) if len(name) == len(word)]
    for start in () if misspelt and word not in PLAIN else range(len(run) - 1):
        rest = word[start:]
        if rest in names.words and all(known(letter, names) for letter in rest):
            raise _name_or_product(run[start:], _place(run[start:], source))
        if rest in names.words:
            return [*run[:start], _token("NAME", rf"\operatorname{{{rest}}}", run[start], run[-1])]
        if rest in PLAIN and (start == 0 or (applied and len(rest) > 2)):
            letters = all(known(letter, names) for letter in rest)
            place = _place(run[start:], source)
            if letters and applied:
                product = " ".join(rest)
                raise DerivationError(
                    f"{rest} could be the function {PLAIN[rest]} or the product {product}: write one of them",
                    place,
                )
            if not letters:
                names.read_as(place, PLAIN[rest])
                return [*run[:start], _token("NAME", PLAIN[rest], run[start], run[-1])]
    names_something = [known(letter, names) for letter in run]
    close = get_close_matches(word, [*PLAIN, *names.words], n=1, cutoff=0.75) if len(word) > 3 else []
    if (close and not all(names_something)) or (
        not any(names_something) and not (word[0] == "d" and len(word) == 2)
    ):
        place = _place(run, source)
        hint = "declare or define it in the where part"
        hint = f"did you mean {PLAIN.get(close[0], close[0])}?" if close else hint
        raise DerivationError(f"unknown name {word}; {hint}", place)
    return list(run)


# Braces and bars


def _evaluated(tokens: Sequence[Token]) -> list[Token]:
    r"""Let the bar of $\frac{dJ}{dx} \Big|_{x = 1}$ be the end of what the fraction begins."""
    found = list(tokens)
    for at in range(len(tokens) - 1, -1, -1):
        if tokens[at].type != "BAR":
            continue
        found[at] = _token("RAT", str(tokens[at]), tokens[at])
        below = _opening(found, at - 1)
        above = _opening(found, below - 1) if below > 0 else -1
        if above > 0 and found[above - 1].type == "FRAC":
            found.insert(above - 1, _empty("LAT", span(found[above - 1]).start_pos, found[above - 1]))
    return found


def _labels(tokens: Sequence[Token]) -> list[Token]:
    r"""Drop `\underbrace` and its label."""
    found = list(tokens)
    at = 0
    while at < len(found):
        if found[at].type != "BRACED":
            at += 1
            continue
        braced = group(found, at + 1)
        after = braced.stop + 1
        if after < len(found) and found[after].type in {"SUB", "SUP"}:
            label = group(found, after + 1)
            for token in found[label.start : label.stop]:
                if token.type in {"EQUALS", "COMPARE", "APPROX"}:
                    raise DerivationError(
                        f"the label below {found[at]} holds a relation, which would be shown and not checked",
                        Place(span(token).line, span(token).column, ""),
                    )
            del found[after : label.stop + 1]
        del found[at]
    return found


def _stacked(tokens: Sequence[Token]) -> list[Token]:
    r"""Write `\sum_{\substack{j=1 \\\\ j \ne i}}` as `\sum_{j=1, j \ne i}`."""
    found = list(tokens)
    while any(token.type == "STACKED" for token in found):
        at = next(at for at, token in enumerate(found) if token.type == "STACKED")
        inside = group(found, at + 1)
        rows = [
            _token("COMMA", ",", token) if token.type == "ROW" else token
            for token in found[inside.start : inside.stop]
        ]
        found[at : inside.stop + 1] = rows
    return found


def _fractions(tokens: Sequence[Token]) -> list[Token]:
    r"""Write `{a \over b}` as `\frac{a}{b}`."""
    found = list(tokens)
    while any(token.type == "OVER" for token in found):
        at = next(at for at, token in enumerate(found) if token.type == "OVER")
        over = found[at]
        start = _opening(found, at)
        inside = group(found, start) if start >= 0 else range(0, len(found))
        if start < 0:
            start, stop = 0, len(found)
        else:
            stop = inside.stop
        end = span(found[stop - 1]).end_pos if stop else 0
        new = [
            _token("FRAC", r"\frac", found[inside.start]),
            _empty("LBRACE", span(found[inside.start]).start_pos, found[inside.start]),
            *found[inside.start : at],
            _empty("RBRACE", span(over).start_pos, over),
            _empty("LBRACE", span(over).end_pos, over),
            *found[at + 1 : inside.stop],
            _empty("RBRACE", end, over),
        ]
        found[inside.start : inside.stop] = new
    return found


def _opening(tokens: Sequence[Token], at: int) -> int:
    """Return where the brace around a place opens, or -1."""
    depth = 0
    for before in range(at - 1, -1, -1):
        if tokens[before].type in CLOSING.values():
            depth += 1
        elif tokens[before].type in CLOSING:
            if not depth:
                return before if tokens[before].type == "LBRACE" else -1
            depth -= 1
    return -1


# Derivatives


def _italic(tokens: Sequence[Token], names: Names, source: str) -> list[Token]:
    r"""Let an italic d be the sign of a differential where it is not a name."""
    found = list(tokens)
    declared = known("d", names)
    for at, token in enumerate(found):
        if token.type == "FRAC" and declared:
            above = group(found, at + 1)
            below = group(found, above.stop + 1)
            if len(below) > 1 and all(
                part and found[part.start] == "d" and found[part.start].type == "NAME"
                for part in (above, below)
            ):
                upper = source[span(found[above.start]).end_pos : span(found[above.stop]).start_pos].strip()
                lower = source[span(found[below.start]).end_pos : span(found[below.stop]).start_pos].strip()
                raise DerivationError(
                    rf"d is {'a size' if 'd' in names.dimensions else 'a name'} here, so this could be a quotient or a derivative: "
                    rf"write \frac{{\mathrm d{upper and ' '}{upper}}}{{\mathrm d {lower}}} for the derivative, or rename d",
                    _place(found[at : below.stop + 1], source),
                )
        elif token.type == "NAME" and token == "d" and not _in_subscript(found, at):
            after = found[at + 1] if at + 1 < len(found) else None
            close = (
                after is not None and span(after).start_pos == span(token).end_pos and after.type == "NAME"
            )
            if "d" in names.dimensions and "d" not in names.symbols and close and after in names.symbols:
                raise DerivationError(
                    rf"d is a size here, so d{after} could be a product or a differential: "
                    rf"write \mathrm d {after} for the differential, \bar {after} for a gradient, d\, {after} for the product",
                    _place(found[at : at + 2], source),
                )
            if (
                not declared
                and after is not None
                and (after.type in OPERAND or _operator(found, at) or after.type == "SUP")
            ):
                found[at] = _token("DIFFERENTIAL", r"\mathrm d", token)
    at = 0
    while at < len(found):  # d^2 is one sign
        if (
            found[at].type == "DIFFERENTIAL"
            and at + 4 < len(found)
            and found[at + 1].type == "SUP"
            and found[at] == r"\mathrm d"
        ):
            power = group(found, at + 2)
            if len(power) == 1 and found[power.start].type == "NUMBER":
                found[at : power.stop + 1] = [
                    _token("DIFFERENTIAL", rf"\mathrm d^{found[power.start]}", found[at], found[power.stop])
                ]
        at += 1
    for token in found:
        if token.type == "DIFFERENTIAL" and source[span(token).start_pos] == "d":
            names.read_as(Place(span(token).line, span(token).column, "d"), r"\mathrm d")
            break
    return found


def _operator(tokens: Sequence[Token], at: int) -> bool:
    r"""Say whether the d is all that stands above in $\frac{d}{dx}$."""
    return (
        at > 1
        and tokens[at + 1].type == "RBRACE"
        and tokens[at - 1].type == "LBRACE"
        and tokens[at - 2].type == "FRAC"
    )


def _in_subscript(tokens: Sequence[Token], at: int) -> bool:
    opening = at
    while (opening := _opening(tokens, opening)) > 0:
        if tokens[opening - 1].type == "SUB":
            return True
    return False


def _slashes(tokens: Sequence[Token], names: Names, source: str) -> list[Token]:
    r"""Write `\partial J / \partial x` as a fraction, and let the \partial of `\partial_x J` be a name."""
    found = list(tokens)
    at = 0
    while at < len(found):
        if found[at].type == "PARTIAL" and at + 1 < len(found) and found[at + 1].type == "SUB":
            found[at] = _token("NAME", r"\partial", found[at])
        signs = {"PARTIAL", "DIFFERENTIAL"}
        if found[at].type == "SLASH" and at + 1 < len(found) and found[at + 1].type in signs:
            start = _sign_before(found, at)
            stop = _factor_end(found, at + 2)
            if start is not None and stop > at + 2:
                kinds = [_token("PARTIAL", str(found[i]), found[i]) for i in (start, at + 1)]
                first, last = span(found[start]).start_pos, span(found[stop - 1]).end_pos
                slash = span(found[at])
                new = [
                    _token("FRAC", r"\frac", found[start]),
                    _empty("LBRACE", first, found[start]),
                    kinds[0],
                    *found[start + 1 : at],
                    _empty("RBRACE", slash.start_pos, found[at]),
                    _empty("LBRACE", slash.end_pos, found[at]),
                    kinds[1],
                    *found[at + 2 : stop],
                    _empty("RBRACE", last, found[stop - 1]),
                ]
                found[start:stop] = new
                at = start + len(new)
                continue
        at += 1
    return found


def _sign_before(tokens: Sequence[Token], at: int) -> int | None:
    """Return where the sign of a derivative stands before a slash, with one factor between them."""
    for start in range(at - 2, -1, -1):
        if tokens[start].type in {"PARTIAL", "DIFFERENTIAL"} and _factor_end(tokens, start + 1) == at:
            return start
    return None


def _factor_end(tokens: Sequence[Token], at: int) -> int:
    """Return where the factor that begins there ends: a name, an accent or what is in brackets, with its scripts."""
    if at < len(tokens) and tokens[at].type == "ACCENT":
        at += 1
    if at < len(tokens) and tokens[at].type in CLOSING:
        at = _closing(tokens, at) + 1
    elif at < len(tokens) and tokens[at].type == "NAME":
        at += 1
    else:
        return at
    while at < len(tokens) and tokens[at].type in {"SUB", "SUP", "PRIME"}:
        at = at + 1 if tokens[at].type == "PRIME" else _closing(tokens, at + 1) + 1
    return at


def _closing(tokens: Sequence[Token], at: int) -> int:
    depth = 0
    for place in range(at, len(tokens)):
        depth += (tokens[place].type in CLOSING) - (tokens[place].type in CLOSING.values())
        if not depth:
            return place
    return len(tokens)
