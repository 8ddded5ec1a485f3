"""The `where` part: which symbols there are, what they are, and how they are defined."""

import re
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from lark import Token

from ..errors import DerivationError, Place
from ..meaning.names import Declared, Function, Item, Names
from ..meaning.nodes import DERIVATIVES, LAYOUTS, Node, Symbol
from ..meaning.properties import PROPERTIES
from ..meaning.shapes import together
from .formula import Reader
from .parse import parse_tree
from .spelling import SIGNS, Script, decorated, kept, longest, trees
from .tokens import canonical, source_of, span, with_depths

MAX_AXES, MAX_SIZE = 4, 12
UNDECLARED = "declared as what? A shape or a property is missing"
Tokens = list[Token]
MARGIN = "; a chain of equations starts at the left margin, after the where part"


class Written(NamedTuple):
    """A name as it was written in a where part: what it spells, and its text without the scripts."""

    base: str
    scripts: list[Script]
    text: str
    place: Place

    @property
    def name(self) -> str:
        """The name with all its scripts."""
        return decorated(self.base, self.scripts)


def declare(tokens: Tokens, source: str) -> Names:
    """Return the `Names` of a where part."""
    names = Names()
    reader = Reader(names, source)
    pending: list[Tokens] = []
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
        elif len(segment) == 1 and segment[0][6:-1] in LAYOUTS and not pending:
            names.layout = segment[0][6:-1]
            names.items.append(Item((), definition=str(segment[0])))
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


def _outer_kinds(tokens: Tokens) -> list[str]:
    """Return the kinds of the tokens, with the empty string for those inside brackets."""
    return ["" if depth else token.type for token, depth in with_depths(tokens)]


def _written(reader: Reader, tokens: Tokens) -> Written:
    if not tokens:
        raise DerivationError("a name is missing", Place(1, 1, ""), caret=False)
    tree = parse_tree(tokens, start="factor")
    atom, *parts = trees(tree)
    base, inner = reader.spelling.name(atom)
    scripts = inner + reader.spelling.scripts(parts)
    if not base or any(script.kind not in SIGNS or script.text in {"T", "-1"} for script in scripts):
        raise DerivationError("expected a name", reader.place(tree))
    return Written(base, scripts, reader.place(atom).latex, reader.place(tree))


def _declare(reader: Reader, written: Iterable[Tokens], tokens: Tokens) -> None:
    names = reader.names
    texts = [token for token in tokens if token.type == "TEXT"]
    shape = _shape(reader, [token for token in tokens if token.type != "TEXT"])
    properties = _properties(reader, texts)
    latex = []
    for name_tokens in written:
        found = _written(reader, name_tokens)
        _new(names, found)
        names.symbols[found.name] = Declared(
            found.name, found.place.latex, found.place, shape, frozenset(properties)
        )
        latex.append(found.place.latex)
    names.items.append(Item(tuple(latex), shape, tuple(properties)))


def _shape(reader: Reader, tokens: Tokens) -> tuple[str, ...]:
    if not tokens or tokens[0].type != "REALS":
        place = reader.place(tokens[0]) if tokens else Place(1, 1, "")
        raise DerivationError(r"expected \mathbb{R}, with the shape as exponent", place)
    if len(tokens) == 1:
        return ()
    if [token.type for token in (*tokens[1:3], tokens[-1])] != ["SUP", "LBRACE", "RBRACE"]:
        raise DerivationError(r"a shape is written \mathbb{R}^{n \times m}", reader.place(tokens[1]))
    axes: list[list[str]] = [[]]  # an axis is a product of numbers and letters: 4h, nm
    below = False
    for token, outer in list(zip(tokens, _outer_kinds(tokens), strict=True))[3:-1]:
        if outer not in {"", "RBRACE"}:  # after the brace that closes the exponent
            raise DerivationError(f"{token} stands after a shape without a comma", reader.place(token))
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


def _properties(reader: Reader, texts: Tokens) -> list[str]:
    found: list[str] = []
    for token in texts:
        words = re.sub(r"(?<!0) and ", ",", token[token.index("{") + 1 : -1])
        for word in filter(None, (" ".join(part.split()) for part in words.split(","))):
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


def _define(reader: Reader, tokens: Tokens, at: int) -> None:
    names, left, right = reader.names, tokens[:at], tokens[at + 1 :]
    if not left or not right:
        raise DerivationError("an equation needs two sides", reader.place(tokens[0]))
    latex = source_of(reader.spelling.source, tokens)
    if [token.type for token in left[-3:]] == ["LPAR", "NAME", "RPAR"] and len(left) > 3:
        _define_function(reader, _written(reader, left[:-3]), canonical(left[-2]), right)
    else:
        _define_symbol(reader, left, reader.formula(right))
    names.items.append(Item((), definition=latex))


def _define_function(reader: Reader, written: Written, parameter: str, right: Tokens) -> None:
    names, name, place = reader.names, written.name, written.place
    _new(names, written)
    scope = replace(names, symbols=names.symbols | {parameter: Declared(parameter, parameter, place, ())})
    body = Reader(scope, reader.spelling.source).formula(right)
    for part in body.walk():
        if isinstance(part, DERIVATIVES):
            raise part.error(
                f"{place.latex} is defined without derivatives; its own derivative is {place.latex}'"
            )
    names.functions[name] = Function(name, place.latex, place, parameter, body)


def _define_symbol(reader: Reader, left: Tokens, body: Node) -> None:
    names = reader.names
    try:
        base, scripts, text, place = _written(reader, left)
    except DerivationError as error:
        raise DerivationError(error.reason + MARGIN, error.place) from None
    if base.startswith((r"\bar{", r"\dot{")) and base[5:-1] in {
        name.split("_")[0].split("^")[0] for name in names.symbols
    }:
        name, rest = longest(names, base[5:-1], scripts)
        if base.startswith(r"\dot") or name != names.output or rest:
            raise DerivationError(
                f"{place.latex} cannot be defined: it is a derivative; derive it in a chain instead", place
            )
        names.seed = body
        return
    name, rest = longest(names, base, scripts)
    if name not in names.symbols:
        labels = [s for s in scripts if s.kind != "subscript" or re.search(r"^\d+$|[-+]", s.text)]
        name, rest = decorated(base, labels), [s for s in scripts if s not in labels]
    indices = _defined_entry(reader, rest, place) if rest else ()
    symbol = names.symbols.get(name) or Declared(name, kept(text, scripts, rest), place)
    if symbol.definition is not None or name in names.functions:
        hint = f"; if {place.latex} is a name of its own, declare its shape first" if rest else ""
        raise DerivationError(f"{symbol.latex} is defined twice{hint}", place)
    names.used |= {part.name for part in body.walk() if isinstance(part, Symbol)}
    if name in names.used:
        raise DerivationError(f"{symbol.latex} is used before it is defined", place)
    names.symbols.pop(name, None)  # the order of the symbols is the order of their definitions
    names.symbols[name] = replace(symbol, definition=body, indices=indices)
    if not names.output or not any(isinstance(part, DERIVATIVES) for part in body.walk()):
        names.output = name


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
    if written.name in names.symbols or written.name in names.functions:
        raise DerivationError(f"{written.place.latex} is declared twice", written.place)
