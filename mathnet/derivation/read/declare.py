"""The `where` part: which symbols there are, what they are, and how they are defined."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

from lark import Token

from ..errors import DerivationError, Place
from ..meaning import nodes
from ..meaning.dependence import reach
from ..meaning.infer import free_letters, shape_of
from ..meaning.names import ArrayFunction, Declared, Function, Item, Names
from ..meaning.nodes import DERIVATIVES, LAYOUTS, Node, Symbol
from ..meaning.properties import ALSO, CIRCLE, PI, PROPERTIES
from ..meaning.relations import NOT_EQUAL
from ..meaning.whole import WHOLE
from .blocks import below
from .formula import Reader, plain
from .labels import classes
from .notation import (
    ACCENTS,
    DEFINING,
    FUNCTIONS,
    INDICATORS,
    MEANT,
    NABLA,
    OPEN_LOSSES,
    PARTIAL,
    PLAIN,
    STANDARD,
)
from .parse import parse_tree
from .rewrite import as_word
from .sequences import declare_step, define_step, settle
from .sizes import outer_kinds, read_domain, read_shape, widths
from .source import Chain, Side
from .spelling import LABEL, SIGNS, Script, Written, decorated, kept, longest, trees
from .steps import Range, count_steps, new_sequence, step_at, take_ranges
from .tokens import canonical, source_of, span, tokenize, with_depths

SUMMED = re.compile(
    r"\\sum(?:\\limits)?\s*_\s*\{?\s*([a-z])(?![A-Za-z])\s*(?:=\s*1\s*\}\s*\^\s*\{?\s*([A-Za-z]|\\tau)(?![A-Za-z]))?"
)
OTHER_PI = re.compile(
    r"\\pi\s*(?:[_(=']|(?:,[^()=\n]*)?\\in\b|\^\s*(?!\{?\s*\d))"
)  # a policy, or what is declared
UNDECLARED = "declared as what? A shape or a property is missing"
SEVERAL = re.compile(
    r"\\sum(?:\\limits)?\s*_\s*\{\s*([a-z])\s*(?:,\s*|<\s*|\\ne[q]?(?![A-Za-z])\s*)([a-z])\s*\}"
)
WRITTEN = {  # by which words a derivation mentions a standard function
    name: re.compile(
        rf"(?<![A-Za-z])(?:{'|'.join(word for word, meant in PLAIN.items() if FUNCTIONS[meant] == name)})(?![A-Za-z])"
    )
    for name in STANDARD
}
Tokens = list[Token]
MARGIN = "; a chain of equations starts at the left margin, after the where part"


def declare(names: Names, tokens: Tokens, source: str, derivation: str = "") -> None:
    """Read a where part into `names`; of the standard functions it knows those that the derivation mentions."""
    reader = Reader(names, source)
    for letter, bound in summed_letters(source, derivation or source):
        names.samples[letter] = bound or names.samples.get(letter, "") or f"N_{letter}"
    for name, body in STANDARD.items():
        if WRITTEN[name].search(derivation or source):
            place = Place(1, 1, name)
            names.functions[name] = Function(
                name, name, place, "x", _body(names, body, place, "x", tokenize(body))
            )
    if re.search(r"\\pi(?![A-Za-z])|(?<![A-Za-z])(?:erf|gelu|GELU)(?![A-Za-z])", derivation):
        names.symbols[PI] = Declared(PI, r"\pi", Place(1, 1, r"\pi"), (), frozenset({CIRCLE}))
        names.shapes[PI] = ()
        names.other_pi = bool(OTHER_PI.search(derivation))
    tokens, ranges = take_ranges(tokens, names.dimensions)
    count_steps(names, ranges, source, derivation or source, SUMMED.findall(derivation or source))
    segments = _segments(tokens)
    names.widths |= widths(tokens, names.steps)
    if names.steps:
        _find_sequences(reader, segments)
    waiting: list[tuple[list[Tokens], DerivationError]] = []
    for item in _items(reader, segments):
        _take(reader, item, ranges, waiting)
    while waiting:
        before, waiting = waiting, []
        for item, _ in before:
            _take(reader, item, ranges, waiting)
        if len(waiting) == len(before):
            raise waiting[0][1]
    settle(names)
    names.refuse_clashes()


def _items(reader: Reader, segments: Iterable[Tokens]) -> Iterator[list[Tokens]]:
    """Yield the segments that say one thing together: names, and behind the last of them what they are."""
    pending: list[Tokens] = []
    for segment in segments:
        kinds = outer_kinds(segment)
        pending.append(segment)
        if {"IN", "COMPARE", "EQUALS"} & {*kinds} or {"TEXT", "STEPS"} & {segment[0].type, segment[-1].type}:
            yield pending
            pending = []
    if pending:
        raise DerivationError(UNDECLARED, reader.place(pending[-1][0]))


def _take(
    reader: Reader,
    item: list[Tokens],
    ranges: Mapping[int, Range],
    waiting: list[tuple[list[Tokens], DerivationError]],
) -> None:
    """Take up what an item says; one that is made of a name that only comes later has to wait."""
    before = reader.names.kept()
    try:
        _read_item(reader, item, ranges)
    except DerivationError as error:
        if not error.reason.startswith("unknown symbol"):
            raise waiting[0][1] if waiting else error from None
        reader.names.restore(before)
        waiting.append((item, error))


def _read_item(reader: Reader, item: list[Tokens], ranges: Mapping[int, Range]) -> None:
    names, (*pending, segment) = reader.names, item
    range_ = ranges[span(segment[-1]).start_pos] if segment[-1].type == "STEPS" else None
    if range_ is not None and len(segment) == 1:
        names.items.append(Item((), definition=reader.place(segment[-1]).latex))
        return
    steps = "" if range_ is None else reader.place(segment[-1]).latex
    segment = segment if range_ is None else segment[:-1]
    kinds = outer_kinds(segment)
    if "IN" in kinds:
        at = kinds.index("IN")
        _declare(reader, [*pending, segment[:at]], segment[at + 1 :])
    elif "COMPARE" in kinds:
        _bound(reader, [*pending, segment])
    elif segment[0].type == "SUM" and "EQUALS" in kinds and not pending:
        _sum_to_one(reader, segment)
    elif "EQUALS" in kinds:
        if pending:
            raise DerivationError(UNDECLARED + MARGIN, reader.place(pending[0][0]))
        _define(reader, segment, kinds.index("EQUALS"), range_)
    elif segment[0].type == "TEXT" and segment[0].startswith(r"\text{tolerance"):
        _tolerance(reader, segment)
    elif len(segment) == 1 and segment[0][6:-1] in LAYOUTS and not pending:
        names.layout = segment[0][6:-1]
        names.items.append(Item((), definition=str(segment[0])))
    elif segment[-1].type == "TEXT":
        _describe(reader, [*pending, segment[:-1]], segment[-1])
    else:
        raise DerivationError(UNDECLARED, reader.place(segment[0]))
    if steps:
        names.items[-1] = replace(names.items[-1], steps=steps)


def summed_letters(where: str, derivation: str) -> Iterator[tuple[str, str]]:
    r"""Yield the letters over which sums run, with how far if that is said; and the i of $z_i$, of which sums are made with another letter, $z_k$."""
    yield from SUMMED.findall(derivation)
    for first, second in SEVERAL.findall(derivation):
        yield first, ""
        yield second, ""
    counted = dict(sorted(SUMMED.findall(derivation), key=lambda found: found[1]))
    for base, letter in re.findall(
        r"(?<![A-Za-z\\])([a-z])_\{?([a-z])\}?\s*(?:,[^=\n]*?)?\\in(?![A-Za-z])", where
    ):
        others = {
            *re.findall(rf"(?<![A-Za-z\\]){base}_\{{?([a-z])(?![A-Za-z0-9])", derivation)
        } & counted.keys()
        declared = {
            each
            for each in others
            if re.search(rf"(?<![A-Za-z\\]){base}_\{{?{each}\}}?\s*(?:,[^=\n]*?)?\\in(?![A-Za-z])", where)
        }
        if letter not in counted and others and not declared:
            other = min(others)
            yield letter, counted[other] or f"N_{other}"


def _segments(tokens: Tokens) -> list[Tokens]:
    """Split at commas and line ends outside brackets."""
    segments: list[Tokens] = [[]]
    line = 0
    for token, depth in with_depths(tokens):
        if depth == 0 and span(token).line != line:
            segments.append([])
        line = span(token).line
        if depth == 0 and token.type in {"COMMA", "ROW"}:
            segments.append([])
        elif depth or token.type != "ALIGN":
            segments[-1].append(token)
    return [segment for segment in segments if segment]


def _written(reader: Reader, tokens: Tokens) -> Written:
    if not tokens:
        raise DerivationError("a name is missing", Place(1, 1, ""), caret=False)
    tokens = as_word(tokens, reader.names)
    tree = parse_tree(tokens, start="factor")
    atom, *parts = trees(tree)
    base, inner = reader.spelling.name(atom)
    scripts = inner + reader.spelling.scripts(parts)
    if not base or any(
        script.kind not in SIGNS or (script.kind == "power" and script.text in {"T", "-1"})
        for script in scripts
    ):
        primed = any(script.kind == "prime" for script in scripts)
        hint = "; a new value has an accent in place of the prime, as \\tilde v" if primed else ""
        raise DerivationError(f"expected a name{hint}", reader.place(tree))
    return Written(base, scripts, reader.place(atom).latex, reader.place(tree))


def _declare(reader: Reader, written: Iterable[Tokens], tokens: Tokens) -> None:
    names = reader.names
    texts = [token for token in tokens if token.type == "TEXT"]
    if (counted := classes(tokens)) and not {*counted} & names.symbols.keys():
        for name_tokens in written:
            _declare_label(reader, _written(reader, name_tokens), *counted)
        return
    tokens, said = read_domain(names, [token for token in tokens if token.type != "TEXT"], reader.spelling)
    shape = read_shape(names, reader.spelling, [token for token in tokens if token.type != "TEXT"])
    properties = [*said, *_properties(reader, texts)]
    latex = []
    for name_tokens in written:
        found = _written(reader, name_tokens)
        if at := step_at(names, found.base, found.scripts):
            declare_step(names, found, at, shape, properties)
            latex.append(found.place.latex)
            continue
        if letter := _counting(names, found):
            latex.append(_one_for_each(reader, found, letter, shape, properties))
            continue
        if (letters := _pair(names, found)) and not shape:
            latex.append(_one_for_each_pair(reader, found, letters, properties))
            continue
        own = shape
        if not shape and (vector := _counted_entry(names, found)):
            found, own = vector
            kind, axes = (r"vector of }", own[0]) if own[1] == "1" else ("matrix, }", r" \times ".join(own))
            names.read_as(found.place, rf"\text{{the entries of a {kind} {axes}")
        _new(names, found)
        names.shapes[found.name] = own
        names.symbols[found.name] = Declared(
            found.name,
            found.text if own != shape else found.place.latex,
            found.place,
            own,
            frozenset(properties),
        )
        latex.append(found.place.latex)
    names.items.append(Item(tuple(latex), shape, tuple(properties)))


def _declare_label(reader: Reader, written: Written, kinds: str, count: str) -> None:
    """Declare a label, or one for each sample, by the number of classes and of samples; it is kept as one-hot rows."""
    names, place = reader.names, written.place
    letter = "" if count else _counting(names, written)
    if letter:
        names.families[written.base] = written.scripts[0].kind
        count, written = names.samples[letter], written._replace(scripts=[])
    _new(names, written)
    names.dimensions += [size for size in (count, kinds) if size and size not in names.dimensions]
    if count:
        names.families.setdefault(written.name, "subscript")
    names.shapes[written.name] = (count, kinds) if count else (kinds, "1")
    names.symbols[written.name] = Declared(
        written.name, place.latex, place, names.shapes[written.name], frozenset({"rows are one-hot"})
    )
    names.labels.add(written.name)
    names.read_as(place, rf"\text{{a label, one of }} {kinds}")
    names.items.append(
        Item(
            (place.latex,),
            definition=rf"{place.latex} \in \{{1, \ldots, {kinds}\}}" + f"^{count}" * bool(count),
        )
    )


def _bound(reader: Reader, segments: list[Tokens]) -> None:
    r"""Take $\lambda > 0$, $t \ne 0$ or $0 < p < 1$ for what it says; a name that is new is one number."""
    names, last = reader.names, segments[-1]
    parts, signs = [list[Token]()], list[str]()
    for token, depth in with_depths(last):
        if token.type == "COMPARE" and not depth:
            signs.append(str(token))
            parts.append([])
        else:
            parts[-1].append(token)
    written = ["".join(part) for part in parts]
    below = {"<", r"\lt"}
    if len(signs) == 2 and {*signs} <= below and (written[0], written[2]) == ("0", "1"):
        word, name_tokens = "between 0 and 1", parts[1]
    elif len(signs) == 1 and signs[0] in {">", r"\gt"} and written[1] == "0":
        word, name_tokens = "positive", parts[0]
    elif len(signs) == 1 and signs[0] in NOT_EQUAL and written[1] == "0":
        word, name_tokens = "nonzero", parts[0]
    else:
        raise DerivationError(
            r"of what is declared it can be said that it is > 0, \ne 0 or between 0 and 1: 0 < p < 1",
            reader.place(last[0], last[-1]),
        )
    names.read_as(reader.place(last[0], last[-1]), rf"\text{{{word}}}")
    latex = []
    for tokens in (*segments[:-1], name_tokens):
        found = _written(reader, tokens)
        known = names.symbols.get(found.name)
        if _find_sequence(names, found) and (step := step_at(names, found.base, found.scripts)):
            declare_step(names, found, step, names.shapes.get(step.key, ()), [word])
            latex.append(found.place.latex)
            continue
        if known is None and (whole := _all_entries(names, found)):
            known = names.symbols[whole]
            found = found._replace(base=whole, scripts=[])
        if known is None and (letter := _counting(names, found)):
            latex.append(_one_for_each(reader, found, letter, (), [word]))
            continue
        if known is None:
            _new(names, found)
            names.shapes[found.name] = ()
            known = Declared(found.name, found.place.latex, found.place, ())
        names.symbols[found.name] = replace(known, properties=known.properties | {word})
        latex.append(found.place.latex)
    names.items.append(Item(tuple(latex), None, (word,)))


def _all_entries(names: Names, written: Written) -> str:
    r"""Return the array of which p_i, or w_{ij}, is an entry for all values of its letters: what is said of it holds for the whole."""
    shape = names.shapes.get(written.base, ())
    letters = written.scripts[0].text if len(written.scripts) == 1 else ""
    each = re.fullmatch("[a-z]{1,2}", letters) and written.scripts[0].kind == "subscript"
    axes = [axis for axis in shape if axis != "1"]
    return written.base if each and written.base in names.symbols and len(letters) == len(axes) else ""


def _sum_to_one(reader: Reader, tokens: Tokens) -> None:
    r"""Take $\sum_j y_j = 1$ for what it says."""
    names, place = reader.names, reader.place(tokens[0], tokens[-1])
    match [part for part in reader.formula(tokens[: outer_kinds(tokens).index("EQUALS")]).walk()]:
        case [nodes.Sum(letters=letters), nodes.Entry(indices=indices), Symbol(name=name)] if (
            indices[-1:] == letters and str(tokens[-1]) == "1" and names.shapes.get(name)
        ):
            symbol, word = names.symbols[name], "rows sum to one"
        case _:
            raise DerivationError(
                r"of a sum it can be said that it is 1, over the last index of what is declared: \sum_j y_j = 1",
                place,
            )
    names.read_as(place, rf"\text{{{word}}}")
    if "rows are probabilities" not in symbol.properties:
        names.symbols[name] = replace(symbol, properties=symbol.properties | {word})
    names.items.append(Item((symbol.latex,), None, (word,)))


def _counting(names: Names, written: Written) -> str:
    """Return the letter of x_i or x^{(i)} if it counts samples: if a sum runs over it."""
    if len(written.scripts) != 1 or _pair(names, written):
        return ""
    (script,) = written.scripts
    letter = script.text.strip("()") if script.kind == "power" else script.text
    bracketed = script.kind == "subscript" or re.fullmatch(r"\(\w\)", script.text)
    return letter if bracketed and letter in names.samples else ""


def _counted_entry(names: Names, written: Written) -> tuple[Written, tuple[str, ...]] | None:
    """Return the vector of which a^L_j is an entry, or the matrix of w^l_{jk}, if a sum runs over a letter, and its shape."""
    below = [script for script in written.scripts if script.kind == "subscript"]
    others = [script for script in written.scripts if script.kind != "subscript"]
    letters = below[0].text if len(below) == 1 and others else ""
    if (
        not re.fullmatch("[a-z]{1,2}", letters)
        or not {*letters} & {*names.samples}
        or letters[0] == letters[1:]
    ):
        return None
    axes = [names.samples.setdefault(letter, f"N_{letter}") for letter in letters]
    names.dimensions += [axis for axis in axes if axis not in names.dimensions]
    text = written.text + "".join(script.written for script in others)
    return written._replace(scripts=others, text=text), (axes[0], axes[1] if axes[1:] else "1")


def _one_for_each(
    reader: Reader, written: Written, letter: str, shape: tuple[str, ...], properties: Iterable[str]
) -> str:
    """Declare the array of all samples, of which each x_i is a row, or a number."""
    names, place, count = reader.names, written.place, reader.names.samples[letter]
    if len(shape) > 1 and shape[1] != "1":
        raise DerivationError(
            f"{place.latex} is a matrix for each {letter}: declare one array with three axes", place
        )
    whole = written._replace(scripts=[])
    _new(names, whole)
    if count not in names.dimensions:
        names.dimensions.append(count)
    names.shapes[whole.base] = (count, *(shape[:1] or ("1",)))
    names.symbols[whole.base] = Declared(
        whole.base, written.text, place, names.shapes[whole.base], frozenset(properties)
    )
    names.families[whole.base] = written.scripts[0].kind
    names.read_as(place, rf"\text{{one for each }} {letter} = 1, \ldots, {count}")
    return place.latex


def _pair(names: Names, written: Written) -> str:
    """Return the letters of w_{ji} if a sum runs over one of them."""
    letters = written.scripts[0].text if len(written.scripts) == 1 else ""
    counted = re.fullmatch("[a-z]{2}", letters) and letters[0] != letters[1] and {*letters} & {*names.samples}
    return letters if counted and written.scripts[0].kind == "subscript" else ""


def _one_for_each_pair(reader: Reader, written: Written, letters: str, properties: Iterable[str]) -> str:
    """Declare the matrix of which w_{ji} is an entry."""
    names, place = reader.names, written.place
    if written.base in names.symbols:
        raise DerivationError(
            f"{written.base} is declared already, and {place.latex} would be an entry of it: "
            f"give another matrix another name, as in {written.base}^{{(2)}}_{{{letters}}}",
            place,
        )
    axes = [names.samples.setdefault(letter, f"N_{letter}") for letter in letters]
    names.dimensions += [axis for axis in axes if axis not in names.dimensions]
    whole = written._replace(scripts=[])
    _new(names, whole)
    names.shapes[whole.base] = tuple(axes)
    names.symbols[whole.base] = Declared(whole.base, written.text, place, tuple(axes), frozenset(properties))
    names.read_as(place, rf"\text{{the entries of a matrix, }} {axes[0]} \times {axes[1]}")
    return place.latex


def _properties(reader: Reader, texts: Tokens) -> list[str]:
    found: list[str] = []
    for token in texts:
        words = re.sub(r"(?<!0) and ", ",", token[token.index("{") + 1 : -1])
        for word in filter(None, (" ".join(part.split()) for part in words.split(","))):
            if word in ALSO:
                reader.names.read_as(reader.place(token), rf"\text{{{ALSO[word]}}}")
            word = ALSO.get(word, word)
            if word not in PROPERTIES:
                raise DerivationError(
                    f"unknown property “{word}”; known are: {', '.join(PROPERTIES)}", reader.place(token)
                )
            found.append(word)
    return found


def _describe(reader: Reader, written: Iterable[Tokens], text: Token) -> None:
    names = reader.names
    properties = _properties(reader, [text])
    latex = []
    for name_tokens in written:
        found = _written(reader, name_tokens)
        name, place = found.name, found.place
        if step := step_at(names, found.base, found.scripts):
            if "elementwise" in properties:
                raise DerivationError(f"a function has no steps: {found.base} is one for all of them", place)
            name = names.sequences[step.key].ends.get(step.index, step.key)
        if properties == ["elementwise"]:
            _new(names, found)
            names.functions[name] = Function(name, place.latex, place)
        elif name in names.symbols and "elementwise" not in properties:
            symbol = names.symbols[name]
            names.symbols[name] = replace(symbol, properties=symbol.properties | set(properties))
        else:
            raise DerivationError(f"{place.latex} needs its shape declared first", place)
        latex.append(place.latex)
    names.items.append(Item(tuple(latex), None, tuple(properties)))


def _tolerance(reader: Reader, tokens: Tokens) -> None:
    written = "".join(tokens[1:])
    power = re.fullmatch(r"10\^\{?-(\d{1,2})\}?", written)
    if not power and not re.fullmatch(r"0\.\d+", written):
        raise DerivationError(r"a tolerance is written \text{tolerance } 10^{-3}", reader.place(tokens[0]))
    reader.names.tolerance = Fraction(1, 10 ** int(power[1])) if power else Fraction(written)
    latex = source_of(reader.spelling.source, tokens)
    reader.names.items.append(Item((), definition=latex))


def _define(reader: Reader, tokens: Tokens, at: int, range_: Range | None) -> None:
    names, left, right = reader.names, tokens[:at], tokens[at + 1 :]
    if not left or not right:
        raise DerivationError("an equation needs two sides", reader.place(tokens[0]))
    latex = source_of(reader.spelling.source, tokens)
    kinds = outer_kinds(left)
    reader = Reader(names, reader.spelling.source, indices=below(left) | below(right), kept=below(left))
    if (size := canonical("".join(left).replace("{", "").replace("}", ""))) in names.dimensions:
        _define_size(reader, size, left, right)
    elif left[-1].type == "RPAR" and kinds.count("LPAR") == 1 and kinds.index("LPAR"):
        opening = kinds.index("LPAR")
        function = _written(reader, left[:opening])
        parameters = _listed(reader, left[opening + 1 : -1])
        if function.base in FUNCTIONS:
            _refuse_another_meaning(reader, function, parameters, tokens, at)
        else:
            _define_function(reader, function, parameters, right)
    else:
        left = as_word(left, names)
        try:
            written = _written(reader, left)
        except DerivationError as error:
            raise DerivationError(error.reason + MARGIN, error.place) from None
        if step := step_at(names, written.base, written.scripts):
            define_step(names, written, step, lambda: reader.formula(right), range_)
        else:
            _define_symbol(reader, written, reader.formula(right))
    names.items.append(Item((), definition=latex))


def _define_size(reader: Reader, size: str, left: Tokens, right: Tokens) -> None:
    """Let a dimension follow from others, as in $n = m + k - 1$."""
    names, place = reader.names, reader.place(left[0], left[-1])
    counted = reader.spelling.shifted(parse_tree(right))
    if not counted.names or (known := counted.names.intersection(names.symbols)):
        other = names.symbols[min(known)].latex if counted.names else counted.text
        raise DerivationError(
            f"{size} is a size already, and a size is counted with sizes, which {other} is not: give one of the two another letter",
            place,
        )
    names.dimensions += sorted(counted.names.difference(names.dimensions))
    used = {name for other in names.sizes.values() for name in other.names}
    if size in names.sizes or size in used | counted.names:
        raise DerivationError(f"{size} follows from itself: say once how the sizes belong together", place)
    names.sizes[size] = counted


def _listed(reader: Reader, tokens: Tokens) -> list[Written]:
    """Return the parameters between the parentheses of a definition."""
    parts: list[Tokens] = [[]]
    for token, depth in with_depths(tokens):
        if token.type == "COMMA" and not depth:
            parts.append([])
        else:
            parts[-1].append(token)
    return [_written(reader, part) for part in parts]


def _body(names: Names, source: str, place: Place, parameter: str, tokens: Tokens) -> Node:
    """Return what a function of one number is."""
    symbols = names.symbols | {parameter: Declared(parameter, parameter, place, ())}
    scope = replace(names, symbols=symbols, shapes=names.shapes | {parameter: ()})
    return Reader(scope, source).formula(tokens)


def _define_function(reader: Reader, written: Written, parameters: list[Written], right: Tokens) -> None:
    """Define a function of each entry; or of whole arrays, if it is made with one, as in w - mean(w)."""
    names, name, place = reader.names, written.name, written.place
    _new(names, written)
    source, given = reader.spelling.source, [parameter.name for parameter in parameters]
    arrays = [parameter for parameter in given if names.shapes.get(parameter)]
    body = None
    if len(given) == 1 and not (given[0] in names.families and arrays):
        kept_readings = list(names.readings)
        try:
            body = _body(names, source, place, given[0], right)
        except DerivationError:
            if not arrays and given[0] in names.symbols:
                raise
        if body is not None and not _of_whole_arrays(names, body, given[0], bool(arrays)):
            for part in body.walk():
                if isinstance(part, DERIVATIVES):
                    raise part.error(
                        f"{place.latex} is defined without derivatives; its own derivative is {place.latex}'"
                    )
            own = given[0] in names.symbols
            names.functions[name] = Function(name, place.latex, place, given[0], body, own)
            return
        names.readings[:] = kept_readings
    if not {*given} & {*names.symbols, *names.words} and (formula := _without_parameters(reader, right)):
        _define_symbol(reader, written, formula)
        names.arrays[name] = ArrayFunction(
            place.latex, place, tuple(given), _read_again(names, source, right)
        )
        words = ", ".join(parameter.place.latex for parameter in parameters)
        names.read_as(place, rf"\text{{a name; that it depends on }} {words} \text{{ is only said}}")
        return
    if all(parameter in names.symbols and parameter not in names.families for parameter in given):
        whole = written._replace(base=written.name, scripts=[], text=place.latex)
        _define_symbol(reader, whole, reader.formula(right))
    names.arrays[name] = ArrayFunction(place.latex, place, tuple(given), _read_again(names, source, right))
    words = " and ".join(parameter.place.latex for parameter in parameters)
    names.read_as(place, rf"\text{{a function of the whole of }} {words}")


def _without_parameters(reader: Reader, tokens: Tokens) -> Node | None:
    """Return the body of a function if it can be read without its parameters, since it is made of what is declared."""
    readings = list(reader.names.readings)
    try:
        return reader.formula(tokens)
    except DerivationError:
        reader.names.readings[:] = readings
        return None


def _with(names: Names, bound: Mapping[str, Node]) -> Names:
    """Return names to which the parameters of a function belong."""
    symbols = {name: Declared(name, name, node.place, ()) for name, node in bound.items()}
    return replace(names, symbols=names.symbols | symbols)


def _read_again(names: Names, source: str, tokens: Tokens) -> Callable[[Mapping[str, Node]], Node]:
    """Return what reads the body of a function of arrays for its arguments."""
    return lambda bound: Reader(_with(names, bound), source, bound).formula(tokens)


def _of_whole_arrays(names: Names, body: Node, parameter: str, array: bool) -> bool:
    """Say whether a formula is made with a whole array: with a mean, a transpose, an entry or a matrix product."""
    for part in body.walk():
        if isinstance(
            part, nodes.Whole | nodes.Entry | nodes.Transpose | nodes.Inner | nodes.Kronecker | nodes.Sum
        ):
            within = any(isinstance(inner, Symbol) and inner.name == parameter for inner in part.walk())
            if within and not (isinstance(part, nodes.Sum) or (isinstance(part, nodes.Dot) and not array)):
                return True
        if (
            isinstance(part, Symbol)
            and part.name != parameter
            and ((array and names.shapes.get(part.name)) or parameter in reach(part, names, {}))
        ):
            return True
    return False


def _refuse_another_meaning(
    reader: Reader, function: Written, parameters: list[Written], tokens: Tokens, at: int
) -> None:
    """Let a definition of what is built in be checked, like a line."""
    names, source, built_in = reader.names, reader.spelling.source, FUNCTIONS[function.base]
    if (
        len(parameters) != 1
        or built_in in {"max", "min", "kron"}
        or (built_in in WHOLE and built_in not in names.functions)
        or function.scripts
    ):
        raise DerivationError(
            f"{function.place.latex} is built in: leave its definition out, or give yours another name",
            function.place,
        )
    parameter = parameters[0]
    hidden = f"{parameter.name}?"
    names.symbols[hidden] = Declared(hidden, parameter.place.latex, parameter.place, ())
    names.shapes[hidden] = ()
    argument = Symbol(parameter.place, hidden)
    body = Reader(_with(names, {parameter.name: argument}), source, {parameter.name: argument}).formula(
        tokens[at + 1 :]
    )
    left = nodes.Apply(reader.place(tokens[0], tokens[at - 1]), built_in, 0, (argument,))
    sides = [Side(part, source, span(part[0]).line) for part in (tokens[:at], tokens[at + 1 :])]
    names.claims.append(
        Chain(
            sides[0].line,
            sides=sides,
            relations=[tokens[at]],
            said=True,
            about=f"{function.place.latex} is built in",
            nodes=[left, body],
        )
    )


def _define_symbol(reader: Reader, written: Written, body: Node) -> None:
    names = reader.names
    base, scripts, text, place = written
    indices: tuple[str, ...] = ()
    if _is_mean(names, written, body):
        names.read_as(place, r"\text{a name, not a derivative}")
    elif base.startswith((r"\bar{", r"\dot{")) and base[5:-1] in {
        name.split("_")[0].split("^")[0] for name in names.symbols
    }:
        name, rest = longest(names, base[5:-1], scripts)
        if base.startswith(r"\dot") or name != names.output or rest:
            raise DerivationError(
                f"{place.latex} cannot be defined: it is a derivative; derive it in a chain instead, or give what is no derivative another accent, \\hat or \\tilde",
                place,
            )
        names.seed = body
        return
    name, rest = longest(names, base, scripts)
    if name not in names.symbols and scripts and scripts[0].kind == "power" and _counting(names, written):
        names.families[base] = "power"
        letter = scripts[0].text.strip("()")
        name, rest, indices = base, [], (letter,)
    elif name not in names.symbols:
        labels = [
            s
            for s in scripts
            if s.kind != "subscript"
            or re.search(r"\d|[-+]", s.text)
            or LABEL.search(s.written)
            or re.fullmatch("[A-Z]{2,}", s.text)  # of D_{KL}
            or _is_label(names, s.text, body)
        ]
        name, rest = decorated(base, labels), [s for s in scripts if s not in labels]
    indices = _defined_entry(reader, rest, place) if rest else indices
    symbol = names.symbols.get(name) or Declared(name, kept(text, scripts, rest), place)
    if symbol.definition is not None or name in names.functions:
        hint = f"; if {place.latex} is a name of its own, declare its shape first" if rest else ""
        raise DerivationError(f"{symbol.latex} is defined twice{hint}", place)
    within = {part.name for part in body.walk() if isinstance(part, Symbol)}
    if name in within and indices:
        raise DerivationError(
            f"{symbol.latex} is defined by itself: a sequence is defined with its steps, {symbol.latex}_t = … \\text{{ for }} t = 1, \\ldots, T",
            place,
        )
    names.used |= within
    if name in names.used:
        raise DerivationError(f"{symbol.latex} is used before it is defined", place)
    names.symbols.pop(name, None)  # the order of the symbols is the order of their definitions
    names.symbols[name] = replace(symbol, definition=body, indices=indices)
    if symbol.shape is None and (shape := shape_of(names, body, indices)) is not None:
        names.shapes[name] = shape
    if any(isinstance(part, nodes.Cotangent) for part in body.walk()) or within & names.backward:
        names.backward.add(name)
    if not names.output or not (
        name in names.backward or any(isinstance(part, DERIVATIVES) for part in body.walk())
    ):
        names.output = name


def _find_sequences(reader: Reader, segments: Iterable[Tokens]) -> None:
    """Take note of what there is one of for each step, before anything is made of it."""
    for segment in segments:
        kinds = outer_kinds(segment)
        stops = [kinds.index(kind) for kind in ("IN", "EQUALS", "TEXT", "STEPS") if kind in kinds]
        with suppress(DerivationError):  # what is no name is refused where it is read
            _find_sequence(reader.names, _written(reader, segment[: min(stops, default=len(segment))]))


def _find_sequence(names: Names, written: Written) -> bool:
    """Take note of the sequence that a name begins, and say whether it begins one."""
    found = new_sequence(names, written.base, written.scripts)
    if found is None:
        return False
    key, sequence = found
    if key not in names.sequences:
        names.sequences[key] = sequence
        names.symbols[key] = Declared(key, written.place.latex, written.place)
    return True


def _is_mean(names: Names, written: Written, body: Node) -> bool:
    r"""Say whether \bar x is made from samples x_i and has the shape of one, so that it cannot be the derivative by all of them."""
    family = written.base[5:-1] if written.base.startswith(r"\bar{") and not written.scripts else ""
    shape = shape_of(names, body) if family in names.families else None
    return shape is not None and shape != names.shapes[family]


def _is_label(names: Names, letter: str, body: Node) -> bool:
    """Say whether a letter is no index: nothing on the right has it, and it is a capital, or part of other names, as of x_t or h_{t-1}."""
    named = any(re.search(rf"_{re.escape(letter)}(?:[-+]\d)?$", name) for name in names.symbols)
    capital = re.fullmatch(r"[A-Z]|\\mathcal[A-Z]", letter)
    return bool(named or capital or letter in names.symbols) and letter not in free_letters(names, body)


def _defined_entry(reader: Reader, rest: list[Script], place: Place) -> tuple[str, ...]:
    """Return the index letters of the entry that a definition has on its left."""
    if len(rest) > 1 or rest[0].kind != "subscript":
        raise DerivationError("a definition has a name, or an entry of it, on its left", place)
    indices = reader.spelling.indices(rest[0].tree)
    letters = tuple(index for index in indices if isinstance(index, str))
    if len(set(letters)) < len(indices):
        raise DerivationError("the entry that defines an array has different index letters", place)
    return letters


def _new(names: Names, written: Written) -> None:
    if new_sequence(names, written.base, written.scripts):
        raise DerivationError(
            f"{written.place.latex} has a letter that counts steps: it cannot be one name", written.place
        )
    if written.name in {*names.symbols, *names.functions, *names.arrays}:
        raise DerivationError(f"{written.place.latex} is declared twice", written.place)


def _is_new(names: Names, base: str) -> bool:
    """Say whether a name is a letter that is like none that is known, so that it is not a slip."""
    accented = any(base.startswith(f"{accent}{{") for accent in ACCENTS.values())
    known = {*names.symbols, *names.functions, *names.arrays, *names.dimensions, *names.families, *FUNCTIONS}
    reserved = {NABLA, PARTIAL, "d", "e", *INDICATORS, *MEANT, *OPEN_LOSSES}
    word = base.startswith(r"\operatorname")
    alike = any(plain(name) == plain(base) or name.startswith((f"{base}_", f"{base}^")) for name in known)
    return not (accented or word or base in reserved or alike)


def _newly_written(names: Names, reader: Reader, chain: Chain, unsaid: bool) -> Written | None:
    """Return the name that a chain begins with, if it is not known; where nothing says that it is new, it must be like none that is known."""
    try:
        written = _written(reader, chain.sides[0].tokens)
    except DerivationError:
        return None
    known = {*names.symbols, *names.functions, *names.arrays}
    if written.base in known or longest(names, written.base, written.scripts)[0] in known:
        return None
    return written if not unsaid or _is_new(names, written.base) else None


def define_in_chain(names: Names, chain: Chain) -> Declared | None:
    r"""Let a chain that begins with `\delta := ` define the name; return it, or None if it defines nothing new.

    So does a new name before `=` if more sides follow, as in $H = \nabla \nabla E = X^T X$: those are compared.
    """
    reader = Reader(names, chain.sides[0].text)
    said = str(chain.relations[0]) in DEFINING
    unsaid = not said and chain.relations[0].type == "EQUALS" and len(chain.sides) > 2
    if not (said or unsaid) or chain.said:
        return None
    words, readings = set(names.words), list(names.readings)
    written = _newly_written(names, reader, chain, unsaid)
    if written is None:
        names.words.intersection_update(words)
        names.readings[:] = readings
        return None
    before = set(names.symbols)
    if unsaid:
        names.read_as(
            written.place, rf"\text{{a new name, }} {written.place.latex} := {chain.sides[1].latex}"
        )
    right = chain.sides[1].tokens
    if _find_sequence(names, written):
        step = step_at(names, written.base, written.scripts)
        assert step is not None
        define_step(names, written, step, lambda: reader.formula(right), None)
        settle(names)
        return names.symbols[step.key]
    output = names.output
    _define_symbol(reader, written, reader.formula(right))
    names.output = output or names.output
    (name,) = names.symbols.keys() - before
    return names.symbols[name]
