"""The `where` part: which symbols there are, what they are, and how they are defined."""

import re
from dataclasses import replace
from fractions import Fraction

from ..errors import DerivationError, Place
from ..meaning.names import Declared, Function, Item, Names, decorations
from ..meaning.nodes import DERIVATIVES, LAYOUTS, Symbol
from ..meaning.properties import PROPERTIES
from ..meaning.shapes import together
from .formula import Reader
from .parse import parse_tree
from .tokens import canonical, with_depths

MAX_AXES, MAX_SIZE = 4, 12
UNDECLARED = "declared as what? A shape or a property is missing"
MARGIN = "; a chain of equations starts at the left margin, after the where part"


def declare(tokens, source):
    """Return the `Names` of a where part."""
    names = Names()
    reader = Reader(names, source)
    pending = []
    for segment in _segments(tokens):
        place = reader.place(segment[0])
        kinds = _outer_kinds(segment)
        if "IN" in kinds:
            at = kinds.index("IN")
            _declare(reader, [*pending, segment[:at]], segment[at + 1 :])
        elif "EQUALS" in kinds:
            if pending:
                raise DerivationError(UNDECLARED + MARGIN, reader.place(pending[0][0]))
            _define(reader, segment, kinds.index("EQUALS"))
        elif segment[0].type == "TEXT" and segment[0].startswith(r"\text{tolerance"):
            _tolerance(reader, segment)
        elif segment[-1].type == "TEXT" and segment[-1][6:-1] in LAYOUTS and not pending:
            names.layout = segment[-1][6:-1]
            names.items.append(Item((), definition=str(segment[-1])))
        elif segment[-1].type == "TEXT":
            _describe(reader, [*pending, segment[:-1]], segment[-1])
        else:
            pending.append(segment)
            continue
        pending = []
    if pending:
        raise DerivationError(UNDECLARED, place)
    names.refuse_clashes()
    return names


def _segments(tokens):
    """Split at commas and line ends outside brackets."""
    segments, line = [[]], 0
    for token, depth in with_depths(tokens):
        if depth == 0 and token.line != line:
            segments.append([])
        line = token.line
        if depth == 0 and token.type in {"COMMA", "ROW"}:
            segments.append([])
        elif depth or token.type != "ALIGN":
            segments[-1].append(token)
    return [segment for segment in segments if segment]


def _outer_kinds(tokens):
    """Return the kinds of the tokens, with the empty string for those inside brackets."""
    return ["" if depth else token.type for token, depth in with_depths(tokens)]


def _written(reader, tokens):
    """Return the full name that the tokens spell, its LaTeX and its place."""
    if not tokens:
        raise DerivationError("a name is missing", Place(1, 1, ""), caret=False)
    tree = parse_tree(tokens, start="factor")
    atom, *scripts = tree.children
    scripts = reader._scripts(scripts)
    base, inner = reader.spelled(atom)
    scripts = inner + scripts
    if not base or any(s.kind in {"prime", "transpose"} or s.text in {"T", "-1"} for s in scripts):
        raise DerivationError("expected a name", reader.place(tree))
    return base, scripts, reader.place(tree)


def _declare(reader, written, tokens):
    names = reader.names
    texts = [token for token in tokens if token.type == "TEXT"]
    tokens = [token for token in tokens if token.type != "TEXT"]
    shape = _shape(reader, tokens)
    properties = _properties(reader, texts)
    latex = []
    for name_tokens in written:
        base, scripts, place = _written(reader, name_tokens)
        name = base + decorations(scripts)
        _new(names, name, place)
        symbol = Declared(name, place.latex, place, shape, frozenset(properties))
        names.symbols[name] = symbol
        latex.append(place.latex)
    names.items.append(Item(tuple(latex), shape, tuple(properties)))


def _shape(reader, tokens):
    if not tokens or tokens[0].type != "REALS":
        place = reader.place(tokens[0]) if tokens else Place(1, 1, "")
        raise DerivationError(r"expected \mathbb{R}, with the shape as exponent", place)
    if len(tokens) == 1:
        return ()
    inside = tokens[3:-1]
    if [t.type for t in (*tokens[1:3], tokens[-1])] != ["SUP", "LBRACE", "RBRACE"]:
        raise DerivationError(r"a shape is written \mathbb{R}^{n \times m}", reader.place(tokens[1]))
    axes, below = [[]], False  # an axis is a product of numbers and letters: 4h, nm
    for token in inside:
        if token.type == "TIMES":
            axes.append([])
        elif token.type in {"SUB", "RBRACE"}:
            below = token.type == "SUB"
            axes[-1][-1:] = [part + "_" * below for part in axes[-1][-1:]]
        elif token.type in {"NAME", "NUMBER"} and below and axes[-1]:
            axes[-1][-1] += canonical(token)
        elif token.type in {"NAME", "NUMBER"}:
            axes[-1].append(canonical(token))
        elif token.type not in {"LBRACE", "CDOT"}:
            raise DerivationError(f"{token} in a shape", reader.place(token))
    parts = [part for axis in axes for part in axis]
    if [] in axes or "0" in parts:
        raise DerivationError("a dimension is missing or zero", reader.place(tokens[1]))
    if len(parts) > MAX_AXES or any(
        len(part) > 9 or (part.isdigit() and int(part) > MAX_SIZE) for part in parts
    ):
        raise DerivationError(
            f"too large to check: at most {MAX_AXES} axes, of at most {MAX_SIZE}", reader.place(tokens[1])
        )
    for dimension in parts:
        if not dimension.isdigit() and dimension not in reader.names.dimensions:
            reader.names.dimensions.append(dimension)
    shape = [together(*axis) for axis in axes]
    if len(reader.names.dimensions) > MAX_SIZE:
        raise DerivationError(f"too large to check: more than {MAX_SIZE} dimensions", reader.place(tokens[1]))
    if len(shape) == 1:
        shape.append("1")
    return () if shape == ["1", "1"] else tuple(shape)


def _properties(reader, texts):
    found = []
    for token in texts:
        words = re.sub(r"(?<!0) and ", ",", token[token.index("{") + 1 : -1])
        for word in filter(None, (" ".join(part.split()) for part in words.split(","))):
            if word not in PROPERTIES:
                raise DerivationError(
                    f"unknown property “{word}”; known are: {', '.join(PROPERTIES)}", reader.place(token)
                )
            found.append(word)
    return found


def _describe(reader, written, text):
    names = reader.names
    properties = _properties(reader, [text])
    latex = []
    for name_tokens in written:
        base, scripts, place = _written(reader, name_tokens)
        name = base + decorations(scripts)
        if properties == ["elementwise"]:
            _new(names, name, place)
            names.functions[name] = Function(name, place.latex, place)
        elif name in names.symbols and "elementwise" not in properties:
            symbol = names.symbols[name]
            names.symbols[name] = replace(symbol, properties=symbol.properties | set(properties))
        else:
            raise DerivationError(f"{place.latex} needs its shape declared first", place)
        latex.append(place.latex)
    names.items.append(Item(tuple(latex), None, tuple(properties)))


def _tolerance(reader, tokens):
    written = "".join(tokens[1:])
    power = re.fullmatch(r"10\^\{?-(\d{1,2})\}?", written)
    if not power and not re.fullmatch(r"0\.\d+", written):
        raise DerivationError(r"a tolerance is written \text{tolerance } 10^{-3}", reader.place(tokens[0]))
    reader.names.tolerance = Fraction(1, 10 ** int(power[1])) if power else Fraction(written)
    latex = reader.source[tokens[0].start_pos : tokens[-1].end_pos]
    reader.names.items.append(Item((), definition=latex))


def _define(reader, tokens, at):
    names, left, right = reader.names, tokens[:at], tokens[at + 1 :]
    if not left or not right:
        raise DerivationError("an equation needs two sides", reader.place(tokens[0]))
    latex = reader.source[tokens[0].start_pos : tokens[-1].end_pos]
    if [token.type for token in left[-3:]] == ["LPAR", "NAME", "RPAR"] and len(left) > 3:
        base, scripts, place = _written(reader, left[:-3])
        name, parameter = base + decorations(scripts), canonical(left[-2])
        _new(names, name, place)
        scope = replace(names, symbols=names.symbols | {parameter: Declared(parameter, parameter, place, ())})
        body = Reader(scope, reader.source).formula(right)
        for part in body.walk():
            if isinstance(part, DERIVATIVES):
                raise part.error(f"{name} is defined without derivatives; its own derivative is {name}'")
        names.functions[name] = Function(name, place.latex, place, parameter, body)
    else:
        _define_symbol(reader, left, reader.formula(right))
    names.items.append(Item((), definition=latex))


def _define_symbol(reader, left, body):
    names = reader.names
    try:
        base, scripts, place = _written(reader, left)
    except DerivationError as error:
        raise DerivationError(error.reason + MARGIN, error.place) from None
    if base.startswith((r"\bar{", r"\dot{")) and base[5:-1] in {
        s.split("_")[0].split("^")[0] for s in names.symbols
    }:
        name, rest = names.longest(base[5:-1], scripts)
        if base.startswith(r"\dot") or name != names.output or rest:
            raise DerivationError(
                f"{place.latex} cannot be defined: it is a derivative; derive it in a chain instead", place
            )
        names.seed = body
        return
    name, rest = names.longest(base, scripts)
    indices = ()
    if name not in names.symbols:
        labels = [s for s in scripts if s.kind != "subscript" or re.search(r"^\d+$|[-+]", s.text)]
        name, rest = base + decorations(labels), [s for s in scripts if s not in labels]
    if rest:
        if len(rest) > 1 or rest[0].kind != "subscript":
            raise DerivationError("a definition has a name, or an entry of it, on its left", place)
        indices = reader.indices(rest[0].tree)
        if any(isinstance(index, int) for index in indices) or len(set(indices)) < len(indices):
            raise DerivationError("the entry that defines an array has different index letters", place)
    symbol = names.symbols.get(name) or Declared(name, name, place)
    if symbol.definition is not None or name in names.functions:
        hint = f"; if {place.latex} is a name of its own, declare its shape first" if rest else ""
        raise DerivationError(f"{name} is defined twice{hint}", place)
    names.used |= {part.name for part in body.walk() if isinstance(part, Symbol)}
    if name in names.used:
        raise DerivationError(f"{name} is used before it is defined", place)
    names.symbols.pop(name, None)  # the order of the symbols is the order of their definitions
    names.symbols[name] = replace(symbol, definition=body, indices=indices)
    if not names.output or not any(isinstance(part, DERIVATIVES) for part in body.walk()):
        names.output = name


def _new(names, name, place):
    if name in names.symbols or name in names.functions:
        raise DerivationError(f"{place.latex} is declared twice", place)
