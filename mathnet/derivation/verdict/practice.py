r"""Exercises without end: a layer or an expression that a number makes, for a reader who derives one of its gradients.

The same difficulty and the same number always make the same exercise, so a teacher can hand one out as two words.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from .check import check
from .following import Following, following
from .report import Report


@dataclass(frozen=True)
class Exercise:
    r"""One exercise: derive the gradient of the last definition by one symbol.

    Attributes
    ----------
    where : str
        The where part: shapes and definitions.
    by : str
        The symbol whose gradient is wanted.
    asked : str
        That gradient, or any entry of it, as LaTeX.
    difficulty : str
        One of `DIFFICULTIES`; empty if no number made it.
    number : int
        What it was made from.
    """

    where: str
    by: str
    asked: str
    difficulty: str = ""
    number: int = 0

    def source(self, lines: str) -> str:
        """Return the text of a derivation with a reader's lines; a formula alone is the answer."""
        written = lines.strip()
        if written and not any(sign in written for sign in ("=", r"\approx")):
            written = f"{self.asked} = {written}"
        return f"{self.where}\n{written}"

    def judged(self, lines: str) -> "Judged":
        """Return what the checker says of a reader's lines, and what comes next."""
        report = check(self.source(lines))
        return Judged(report, following(report, self.by))


@dataclass(frozen=True)
class Judged:
    """A reader's lines, judged.

    Attributes
    ----------
    report : Report
        The checker's verdict on every line.
    next : Following
        The first line that is missing.
    """

    report: Report
    next: Following

    @property
    def solved(self) -> bool:
        """Whether every line is right and none is missing."""
        return self.report.ok and self.next.complete


def exercise(difficulty: str, number: int) -> Exercise:
    """Make an exercise.

    Parameters
    ----------
    difficulty : str
        One of `DIFFICULTIES`: products, layer, softmax, layers or attention.
    number : int
        Any whole number.

    Raises
    ------
    ValueError
        For another difficulty.

    Examples
    --------
    >>> exercise("attention", 7) == exercise("attention", 7)
    True
    >>> exercise("layer", 3).judged("").solved
    False
    """
    if difficulty not in DIFFICULTIES:
        raise ValueError(f"no exercises are called {difficulty!r}; there are {', '.join(DIFFICULTIES)}")
    made = _Made(random.Random(f"{difficulty} {number}"))
    DIFFICULTIES[difficulty](made)
    by = made.draw.choice(made.wanted)
    return Exercise(made.where(), by, rf"\frac{{\partial J}}{{\partial {by}}}", difficulty, number)


class _Made:
    """An exercise that is being made: what is drawn, declared, defined and may be wanted."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.declared: list[str] = []
        self.defined: list[str] = []
        self.wanted: list[str] = []
        self.named: dict[str, str] = {}  # from a size to its vector of ones
        self.free = [name for name in "ndhkmpq"]
        draw.shuffle(self.free)

    def where(self) -> str:
        """Return the where part: declarations in the first lines, then one definition a line."""
        pairs = [self.declared[at : at + 2] for at in range(0, len(self.declared), 2)]
        return "where  " + "\n       ".join([*map(",  ".join, pairs), *self.defined])

    def sizes(self, count: int) -> list[str]:
        """Return letters of sizes that have not been used."""
        taken, self.free = self.free[:count], self.free[count:]
        return taken

    def array(self, name: str, *shape: str, said: str = "", wanted: bool = True) -> str:
        """Declare an array, and return its name."""
        words = rf" \text{{ {said}}}" if said else ""
        size = r" \times ".join(shape)
        self.declared.append(rf"{name} \in \mathbb{{R}}^{{{size}}}{words}")
        self.wanted += [name] if wanted else []
        return name

    def define(self, name: str, formula: str) -> str:
        """Define a symbol, and return its name."""
        self.defined.append(f"{name} = {formula}")
        return name

    def factor(self, name: str, rows: str, columns: str) -> str:
        """Return a factor of a product, declared as it stands or transposed."""
        if self.draw.random() < 0.3:
            return self.array(name, columns, rows) + r"^{\mathsf T}"
        return self.array(name, rows, columns)

    def ones(self, size: str) -> str:
        """Return the vector of ones of a size, declared once."""
        if size not in self.named:
            name = rf"\mathbf {'1eu'[len(self.named)]}"
            self.named[size] = self.array(name, size, said="ones", wanted=False)
        return self.named[size]

    def function(self, rows: str, columns: str) -> str:
        """Return an elementwise function, one of its own or one that is known; the slope of tanh needs ones."""
        name = self.draw.choice(["f", "f", r"\tanh", r"\exp"])
        if name == "f":
            self.declared.append(r"f \text{ elementwise}")
        if name == r"\tanh":
            self.ones(rows), self.ones(columns)
        return name

    def loss(self, result: str, rows: str, columns: str) -> None:
        """Define J, a number, from a matrix of results."""
        if self.draw.random() < 0.3:
            self.define("J", rf"\langle {self.array('G', rows, columns, wanted=False)}, {result} \rangle")
        else:
            target = self.array("T", rows, columns, wanted=False)
            self.define("J", rf"\tfrac12 \|{result} - {target}\|^2")

    def layer(self, at: str, inputs: str, rows: str, columns: str, width: str) -> str:
        """Define an affine layer whose weights and values carry a number, or none, and return its value."""
        weights = self.array(f"W{at}", columns, width)
        product = rf"{inputs} {weights}"
        if self.draw.random() < 0.6:
            bias = self.array(f"B{at}", "1", width)
            product += f" + {self.ones(rows)} {bias}"
        return self.define(f"Z{at}", product)


def _products(made: _Made) -> None:
    rows, *inner, columns = made.sizes(made.draw.choice([3, 3, 4]))
    names = made.draw.sample(["A", "B", "C", "X", "W", "V"], len(inner) + 1)
    sizes = [rows, *inner, columns]
    factors = [made.factor(name, sizes[at], sizes[at + 1]) for at, name in enumerate(names)]
    result = made.define("Y", " ".join(factors))
    if made.draw.random() < 0.5:
        mask = made.array("M", rows, columns, wanted=made.draw.random() < 0.3)
        result = made.define("P", rf"{mask} \odot {result}")
    made.loss(result, rows, columns)


def _layer(made: _Made) -> None:
    rows, columns, width = made.sizes(3)
    inputs = made.array(made.draw.choice("HX"), rows, columns)
    value = made.layer("", inputs, rows, columns, width)
    result = made.define("Y", f"{made.function(rows, width)}({value})")
    made.loss(result, rows, width)


def _softmax(made: _Made) -> None:
    rows, columns, width = made.sizes(3)
    inputs = made.array(made.draw.choice("HX"), rows, columns)
    value = made.layer("", inputs, rows, columns, width)
    _classes(made, value, rows, width)


def _classes(made: _Made, value: str, rows: str, width: str) -> None:
    """Define probabilities, and the cross-entropy or another number made of them."""
    result = made.define("P", rf"\operatorname{{softmax}}({value})")
    made.ones(width)  # for the sums of rows
    if made.draw.random() < 0.7:
        target = made.array("T", rows, width, said="rows are one-hot", wanted=False)
        made.define("J", rf"-\langle {target}, \log({result}) \rangle")
    else:
        made.loss(result, rows, width)


def _layers(made: _Made) -> None:
    rows, columns, hidden, width = made.sizes(4)
    inputs = made.array("X", rows, columns)
    first = made.layer("_1", inputs, rows, columns, hidden)
    middle = made.define("H", f"{made.function(rows, hidden)}({first})")
    value = made.layer("_2", middle, rows, hidden, width)
    if made.draw.random() < 0.5:
        _classes(made, value, rows, width)
    else:
        made.loss(value, rows, width)


def _attention(made: _Made) -> None:
    queries, keys, width, values = made.sizes(4)
    query, key, value = (
        _projected(made, name, rows, columns)
        for name, rows, columns in (("Q", queries, width), ("K", keys, width), ("V", keys, values))
    )
    made.ones(keys)  # for the sums of rows
    scale = ""
    if made.draw.random() < 0.5:
        made.declared.append(r"c \in \mathbb{R}")
        scale = "c "
    scores = made.define("S", rf"{scale}{query} {key}^{{\mathsf T}}")
    weights = made.define("A", rf"\operatorname{{softmax}}({scores})")
    made.loss(made.define("O", f"{weights} {value}"), queries, values)


def _projected(made: _Made, name: str, rows: str, columns: str) -> str:
    """Return queries, keys or values: given, or one of them the product of an input and its weights."""
    if made.free and not made.defined and made.draw.random() < 0.25:
        (depth,) = made.sizes(1)
        return made.define(name, f"{made.array('X', rows, depth)} {made.array(f'W_{name}', depth, columns)}")
    return made.array(name, rows, columns)


DIFFICULTIES: dict[str, Callable[[_Made], None]] = {
    "products": _products,
    "layer": _layer,
    "softmax": _softmax,
    "layers": _layers,
    "attention": _attention,
}
