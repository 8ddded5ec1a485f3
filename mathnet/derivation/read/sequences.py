"""What the where part says of sequences: what one step is, the rule for all of them, and steps with a name of their own."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from ..errors import DerivationError
from ..meaning.infer import shape_of
from ..meaning.names import Declared, Names
from ..meaning.nodes import Node
from ..meaning.shapes import Shape, Shifted, shape_text
from .fitting import Fitting, is_zero
from .spelling import Written
from .steps import At, Range, letters


def declare_step(names: Names, written: Written, at: At, shape: Shape, properties: Iterable[str]) -> None:
    """Declare what each step of a sequence is, or one step that has a name of its own, such as h_0."""
    place, symbol = written.place, names.symbols[at.key]
    if at.entries or any(script.kind == "subscript" for script in at.rest):
        raise DerivationError(
            f"{place.latex} is an entry: declare the shape of all of it, at one step", place
        )
    _shape(names, at, written, shape)
    symbol = names.symbols[at.key]
    if letters(at.index) & names.steps.keys():
        names.symbols[at.key] = replace(
            symbol, latex=place.latex, properties=symbol.properties | set(properties)
        )
        return
    own = _own(names, written, at)
    names.shapes[own] = shape
    names.symbols[own] = Declared(own, place.latex, place, shape, frozenset(properties))


def define_step(
    names: Names, written: Written, at: At, body: Callable[[], Node], range_: Range | None
) -> None:
    """Define all steps of a sequence by a rule, or one step that has a name of its own; `body` reads the formula, whenever more is known."""
    place, sequence, symbol = written.place, names.sequences[at.key], names.symbols[at.key]
    entries = _entries(at)
    counting = letters(at.index) & names.steps.keys()
    if not counting:
        if range_ is not None:
            raise DerivationError(
                f"{place.latex} is one step: its definition holds for no others", range_.place
            )
        own, found = _own(names, written, at), body()
        shape = names.shapes.get(at.key) or shape_of(names, found, entries)
        if shape is not None and not is_zero(found):
            _shape(names, at, written, shape)
            names.shapes[own] = shape
        names.symbols[own] = Declared(own, place.latex, place, None, frozenset(), found, entries)
        return
    if symbol.definition is not None:
        raise DerivationError(f"{place.latex} is defined twice", place)
    letter, shift = _left(at, written)
    if range_ is not None and range_.letter != letter:
        raise DerivationError(f"{place.latex} has no {range_.letter}, which is said to run", range_.place)
    if range_ is not None and not range_.whole:
        sequence = replace(sequence, rule=(range_.first, range_.last))
    names.sequences[at.key] = replace(sequence, shift=shift)
    found = _fitted(names, at.key, body, entries)
    symbol = names.symbols.pop(at.key)  # the order of the symbols is the order of their definitions
    names.symbols[at.key] = replace(symbol, definition=found, indices=(letter, *entries))


def settle(names: Names) -> None:
    """Let the 0 that a step is defined as have the shape of the others, and refuse a sequence of which nothing is known."""
    for name, sequence in names.sequences.items():
        symbol = names.symbols[name]
        if symbol.definition is None and name not in names.shapes:
            raise DerivationError(
                f"{symbol.latex} is declared as what? A shape or a property is missing", symbol.place
            )
        for own in sequence.ends.values():
            end = names.symbols[own]
            if end.definition is not None and is_zero(end.definition) and (shape := names.shapes.get(name)):
                names.symbols[own] = replace(end, definition=Fitting(names).zero(end.definition, shape))
                names.shapes[own] = shape


def _entries(at: At) -> tuple[str, ...]:
    """Return the index letters of the entry that a definition has on its left."""
    written = [*at.entries, *(letter for script in at.rest for letter in script.text)]
    return tuple(index for index in written if isinstance(index, str))


def _left(at: At, written: Written) -> tuple[str, int]:
    """Return the letter of the step that a rule defines, and what is added to it."""
    if isinstance(at.index, str):
        return at.index, 0
    assert isinstance(at.index, Shifted)
    counted = {names: number for number, names in at.index.terms}
    shift = counted.pop((), 0)
    if list(counted.values()) != [1]:
        raise DerivationError(
            f"a rule defines the step of a letter, or one beside it: h_t or h_{{t+1}}, not {written.place.latex}",
            written.place,
        )
    ((letter,),) = counted
    return letter, shift


def _own(names: Names, written: Written, at: At) -> str:
    """Take note of a step that has a name of its own."""
    ends = names.sequences[at.key].ends
    if written.name in names.symbols or str(at.index) in map(str, ends):
        raise DerivationError(f"{written.place.latex} is declared twice", written.place)
    ends[at.index] = written.name
    return written.name


def _shape(names: Names, at: At, written: Written, shape: Shape) -> None:
    """Take note of the shape of all steps."""
    symbol = names.symbols[at.key]
    known = names.shapes.setdefault(at.key, shape)
    if known != shape:
        raise DerivationError(
            f"{written.place.latex} is {shape_text(shape)}, but {symbol.latex} is {shape_text(known)}: all steps of a sequence have one shape",
            written.place,
        )
    names.symbols[at.key] = replace(symbol, shape=shape)


def _fitted(names: Names, key: str, body: Callable[[], Node], entries: tuple[str, ...]) -> Node:
    """Return the rule of a sequence; if its shape is not known, the one shape is sought at which the rule gives that shape again."""
    found = body()
    if key in names.shapes:
        return found
    shape = shape_of(names, found, entries)
    if shape is None:
        fitting = []
        for tried in dict.fromkeys([*names.shapes.values(), ()]):
            names.shapes[key] = tried
            if shape_of(names, body(), entries) == tried:
                fitting.append(tried)
            del names.shapes[key]
        if len(fitting) != 1:
            symbol = names.symbols[key]
            raise DerivationError(
                f"what shape is {symbol.latex}? Declare it before its rule, as in {symbol.latex} \\in \\mathbb{{R}}^{{n}}",
                symbol.place,
            )
        (shape,) = fitting
    names.shapes[key] = shape
    names.symbols[key] = replace(names.symbols[key], shape=shape)
    return body()
