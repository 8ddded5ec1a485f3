"""The names that a where part declares or defines, and what is known of them."""

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import Any, NamedTuple

from ..errors import DerivationError, Place
from .nodes import Node
from .properties import at_odds
from .shapes import Index, Shape, Shifted

HARMLESS = {"nonzero", "invertible", "zero outside"}  # of a definition: the first two warn the reader
ACCENTED = re.compile(
    r"\\(?:bar|dot)\{(\\?\w+(?:\{\w+\})?)\}(.*)"
)  # the name under the accent, and its scripts


@dataclass(frozen=True)
class Declared:
    """A symbol: declared with a shape, defined by a formula, or both.

    Attributes
    ----------
    shape : tuple of str, or None
        Names of the dimensions; () for a scalar; None until it is inferred from the definition.
    definition : Node or None
        What it equals; with `indices`, what its entry with these index letters equals.
    """

    name: str
    latex: str
    place: Place
    shape: Shape | None = None
    properties: frozenset[str] = frozenset()
    definition: Node | None = None
    indices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Function:
    """An elementwise function: generic, or defined by a formula in its parameter."""

    name: str
    latex: str
    place: Place
    parameter: str = ""
    body: Node | None = None
    own: bool = (
        False  # its parameter was declared before, so that without an argument it is that of this symbol
    )


class Reading(NamedTuple):
    """How something was read that cannot be taken word for word.

    Attributes
    ----------
    line : int
        Where it stands, in the text of the derivation.
    written, read : str
        What stands there, and what it was read as, both as LaTeX.
    """

    line: int
    written: str
    read: str

    def __str__(self) -> str:
        return f"{self.written} is read as {self.read}"


@dataclass(frozen=True)
class ArrayFunction:
    """A function of whole arrays: its parameters, and what it is, which is read again for each argument."""

    latex: str
    place: Place
    parameters: tuple[str, ...]
    body: Callable[[Mapping[str, Node]], Node]


@dataclass(frozen=True)
class Sequence:
    r"""What there is one of for each step, such as $h_t$ or $a^{(l)}$; its symbol has the shape of one.

    Attributes
    ----------
    kind : str
        The kind of script that counts the steps.
    brackets : tuple of str
        What stands around the index in that script.
    count : str
        The dimension that says how many steps there are.
    ends : dict
        From the steps that have a name of their own, such as $h_0$, to that name.
    rule : tuple
        From which value of its letter to which the rule of the sequence holds, where that is said.
    shift : int
        How many steps beyond its letter the rule defines: 1 in $h_{t+1} = …$.
    """

    kind: str
    brackets: tuple[str, str]
    count: str
    ends: dict[Index, str] = field(default_factory=dict)
    rule: tuple[Index, Index] | None = None
    shift: int = 0


@dataclass(frozen=True)
class Item:
    """One item of the where part as it was written, for the page."""

    names: tuple[str, ...]
    shape: Shape | None = None
    properties: tuple[str, ...] = ()
    definition: str = ""
    steps: str = ""  # for which it holds: t = 1, …, T


@dataclass
class Names:
    """Everything that a formula may refer to."""

    symbols: dict[str, Declared] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    dimensions: list[str] = field(default_factory=list)
    sizes: dict[str, Shifted] = field(default_factory=dict)  # the dimensions that follow from others
    output: str = ""
    backward: set[str] = field(default_factory=set)  # what is made of cotangents: it has none of its own
    seed: Node | None = None  # the definition of the output's cotangent, if it has one
    items: list[Item] = field(default_factory=list)
    tolerance: Fraction | None = None  # of \approx
    used: set[str] = field(default_factory=set)  # the symbols that definitions have referred to so far
    size: str = ""  # of an I or a \mathbf 1 that is not declared
    layout: str = ""  # of derivatives of columns: numerator or denominator
    shapes: dict[str, Shape] = field(default_factory=dict)  # of the symbols that have been read so far
    words: set[str] = field(default_factory=set)  # the names of several letters
    arrays: dict[str, "ArrayFunction"] = field(default_factory=dict)  # the functions of whole arrays
    readings: list["Reading"] = field(default_factory=list)
    claims: list[Any] = field(default_factory=list)  # chains: what is built in is as the where part says
    samples: dict[str, str] = field(
        default_factory=dict
    )  # from letters that count samples to how many there are
    families: dict[str, str] = field(
        default_factory=dict
    )  # what there is one of for each sample: its kind of script
    labels: set[str] = field(default_factory=set)  # symbols that stand as indices, kept as one-hot rows
    widths: set[str] = field(default_factory=set)  # sizes of which there would be one for each layer
    steps: dict[str, str] = field(default_factory=dict)  # from letters that count steps to how many there are
    sequences: dict[str, Sequence] = field(default_factory=dict)  # what there is one of for each step
    falling: bool = False  # products of matrices over an index run from its last value to its first
    ordered: bool = False  # there are such products
    other_pi: bool = False  # \pi stands for something else than the number, such as a policy
    open_loss: str = ""  # the name of a loss of which nothing is said but what it depends on

    def kept(self) -> dict[str, Any]:
        """Return what is known so far, to be restored."""
        return {each.name: copy.copy(getattr(self, each.name)) for each in fields(self)}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Forget what has become known since."""
        for name, value in kept.items():
            setattr(self, name, value)

    def read_as(self, place: Place, read: str, written: str = "") -> None:
        """Keep how something was read that could not be taken word for word."""
        reading = Reading(place.line, written or place.latex, read)
        if reading not in self.readings:
            self.readings.append(reading)

    def refuse_clashes(self) -> None:
        """Refuse properties that are at odds, and a name that could also be a dimension, or an entry, a power or a derivative of another one."""
        for symbol in self.symbols.values():
            odd, idle = at_odds(symbol.properties), sorted(symbol.properties - HARMLESS)
            if odd:
                raise DerivationError(
                    f"{symbol.latex} is said to be {odd[0]} and {odd[1]}: no random values are drawn for both",
                    symbol.place,
                )
            if symbol.definition is not None and idle:
                raise DerivationError(
                    f"{symbol.latex} has a definition, so it cannot be declared {idle[0]}", symbol.place
                )
            if symbol.name in self.dimensions:
                raise DerivationError(
                    f"{symbol.latex} is a name, but also a dimension: rename one of them", symbol.place
                )
            sequence = self.sequences.get(symbol.name)
            array = self.symbols.get(symbol.name[:-1])
            if sequence and array and not any(sequence.brackets) and self.shapes.get(array.name):
                raise DerivationError(
                    f"{symbol.latex} could be a step of a sequence, but also {array.latex} with an index or a power: rename one of them",
                    symbol.place,
                )
            accented = ACCENTED.fullmatch(symbol.name)
            plain = "".join(accented.groups()) if accented else ""
            if plain in self.symbols and not (plain in self.families and symbol.definition is not None):
                raise DerivationError(
                    f"{symbol.latex} needs no declaration: it is a derivative", symbol.place
                )
            for what, script in (("an entry", r"_[^^]+"), ("a power", r"\^[^*(_]+")):
                base = self.symbols.get(re.sub(script, "", symbol.name), symbol)
                if what == "an entry" and symbol.name.endswith("_0"):
                    continue  # entries count from 1
                if base is not symbol and not (
                    what == "an entry" and self.shapes.get(base.name, base.shape) == ()
                ):
                    entry = f"{base.name}_{''.join(base.indices)}"
                    hint = f"declare the shape of {entry} first" if base.indices else "rename one of them"
                    raise DerivationError(
                        f"{symbol.latex} is a name, but could also be {what} of {base.latex}: {hint}",
                        symbol.place,
                    )
