"""The transformer of docs/transformer.md: it is trained once, by `python -m book.transformer`, and the page shows what was found.

The command writes `book/transformer.json`. Beside the results are the hashes of the program and of the text, and the settings; where one of
them is another by now, the build stops. The same command finds the same numbers again on the same machine; another processor rounds
differently, and thousands of steps later the digits differ.
"""

import ast
import contextlib
import hashlib
import importlib.util
import json
import platform
import textwrap
import time
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from functools import cache
from itertools import pairwise
from math import log2
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from book.typesetting import TABLE, TABLE_END
from mathnet.derivation.read.fences import fences
from mathnet.figures.plots import CURVES, SMALL, plot_axes, plot_svg
from mathnet.shapes import Array

FILE = Path(__file__).with_suffix(".json")
DOCS = Path(__file__).parents[1] / "docs"
PROGRAM, TEXT = DOCS / "assets" / "transformer.py", DOCS / "assets" / "opticks.txt"
COMMAND = "python -m book.transformer"
SETTINGS = {
    "width": 64,
    "hidden": 160,
    "layers": 3,
    "heads": 4,
    "texts": 16,
    "tokens": 64,
    "rate": 0.003,
    "steps": 2400,
    "seed": 0,
}
SAMPLED = (0, 200, SETTINGS["steps"])  # after so many steps
EVERY = 200  # steps from one look at the other text to the next
LETTERS = 300  # in a sample
BEGINNING = "The Rays of "


def program() -> ModuleType:
    """Return the program as a module."""
    spec = importlib.util.spec_from_file_location("transformer", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def split() -> tuple[list[str], Array, Array]:
    """Return the characters of the text, and their numbers: nine tenths to train with, and the rest."""
    text = TEXT.read_text(encoding="utf-8")
    characters = sorted(set(text))
    data = np.array([characters.index(letter) for letter in text])
    cut = len(data) * 9 // 10
    return characters, data[:cut], data[cut:]


def by_counting(known: list[int], new: list[int], before: int, characters: int) -> float:
    """Return the bits for each character of a text, guessed from how often it came after the same `before` characters of another.

    A context with n characters after it, u of them different, is believed n times and the shorter context u times, as Witten and Bell do.

    Examples
    --------
    >>> by_counting([0, 1, 0, 1], [0, 1], 0, 2)
    1.0
    >>> by_counting([0, 1, 0, 1], [0, 1], 1, 2) < 1
    True
    """
    after: dict[tuple[int, ...], Counter[int]] = defaultdict(Counter)
    for at, letter in enumerate(known):
        for length in range(min(before, at) + 1):
            after[tuple(known[at - length : at])][letter] += 1
    total = 0.0
    for at, letter in enumerate(new):
        p = 1 / characters
        for length in range(min(before, at) + 1):
            if seen := after.get(tuple(new[at - length : at])):
                p = (seen[letter] + len(seen) * p) / (seen.total() + len(seen))
        total -= log2(p)
    return total / len(new)


def hashes() -> dict[str, str]:
    """Return those of the program and of the text."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (PROGRAM, TEXT)}


def run() -> dict[str, Any]:
    """Train, and return all that the page shows."""
    model, (characters, known, new) = program(), split()
    rng = np.random.default_rng(SETTINGS["seed"])
    sizes = (SETTINGS[name] for name in ("width", "hidden", "layers"))
    P = model.start(len(characters), *sizes, rng)
    P = {name: W.astype(np.float32) for name, W in P.items()}
    names = ("steps", "texts", "tokens", "heads", "rate")
    steps = model.train(P, known, *(SETTINGS[name] for name in names), rng)

    losses: list[float] = []
    others: list[tuple[int, float]] = []
    samples: list[tuple[int, str]] = []
    used = 0.0  # seconds of the training alone

    def look(step: int) -> None:
        if step % EVERY == 0:
            others.append((step, model.bits(P, new, SETTINGS["tokens"], SETTINGS["heads"])))
            print(step, losses[-1] / np.log(2) if losses else "", others[-1][1], flush=True)
        if step in SAMPLED:
            ids = [characters.index(letter) for letter in BEGINNING]
            chance = np.random.default_rng(SETTINGS["seed"])
            ids = model.sample(P, ids, LETTERS, SETTINGS["tokens"], SETTINGS["heads"], chance)
            samples.append((step, "".join(characters[i] for i in ids)))

    look(0)
    for _ in range(SETTINGS["steps"]):
        began = time.process_time()
        step, J = next(steps)
        used += time.process_time() - began
        losses.append(float(J))
        look(step)
    means = [(b, float(np.mean(losses[a:b]) / np.log(2))) for a, b in pairwise(range(0, len(losses) + 1, 50))]
    counted = [by_counting(known.tolist(), new.tolist(), m, len(characters)) for m in range(9)]
    return {
        "settings": SETTINGS,
        "hashes": hashes(),
        "day": datetime.now(UTC).date().isoformat(),
        "versions": f"Python {platform.python_version()}, NumPy {np.__version__}",
        "seconds": round(used),
        "parameters": sum(W.size for W in P.values()),
        "characters": [len(characters), len(known), len(new)],
        "first_step": losses[0] / float(np.log(2)),
        "training": means,
        "other_text": others,
        "known_text": model.bits(P, known[-len(new) :], SETTINGS["tokens"], SETTINGS["heads"]),
        "by_counting": counted,
        "samples": samples,
    }


# What the page shows


@cache
def results() -> dict[str, Any]:
    """Return what the command found.

    Raises
    ------
    ValueError
        If the program, the text or the settings are others by now.
    """
    found = json.loads(FILE.read_text(encoding="utf-8"))
    now = {"settings": SETTINGS, "hashes": hashes()}
    for part, value in now.items():
        if found[part] != value:
            raise ValueError(f"{FILE.name} was made with other {part}: run `{COMMAND}` again")
    return found


@cache
def step_of_the_page() -> dict[str, Any]:
    """Run the step that docs/transformer.md shows with all its numbers, and return them by name."""
    page = (DOCS / "transformer.md").read_text(encoding="utf-8")
    (code,) = (fence.source for fence in fences(page) if 'show("E", E_bar' in fence.source)
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(None):
        exec(code, names)
    return names


def shown(*names: str) -> str:
    """Return functions of the program as a block that is to be read: alone, it does not run, and has no button to copy it."""
    source = PROGRAM.read_text(encoding="utf-8")
    parts = {
        node.name: ast.get_source_segment(source, node)
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
    }
    code = "\n\n\n".join(str(parts[name]) for name in names)
    return f"``` {{ .python .excerpt }}\n{code}\n```"


def gap() -> tuple[int, float]:
    """Return how many parameters a small model has, and how far a gradient is from the complex step, entry by entry."""
    model, rng = program(), np.random.default_rng(0)
    P = model.start(5, 4, 3, 2, rng)
    P = {name: W + 0.1 * rng.normal(size=W.shape) for name, W in P.items()}  # the scales are not all 1
    ids, labels = rng.integers(0, 5, size=(2, 2, 4))
    _, G = model.loss_and_gradients(P, ids, labels, 2)
    worst = 0.0
    for name, W in P.items():
        for at in np.ndindex(W.shape):
            moved = {**P, name: W.astype(complex)}
            moved[name][at] += 1e-30j
            Z, _ = model.forward(moved, ids, 2)
            J, _ = model.cross_entropy(Z, labels.ravel())
            worst = max(worst, abs(J.imag / 1e-30 - G[name][at]))
    return sum(W.size for W in P.values()), worst


def compared() -> str:
    """Say how the gradients of a small model compare with the complex step."""
    count, worst = gap()
    bound = next(f"10<sup>−{digits}</sup>" for digits in (14, 12, 10, 8, 0) if worst < 10.0**-digits)
    return (
        f"<p>Computed while this page was built: two layers, two heads, two texts of four characters, {count} parameters. Each entry of each gradient is "
        f"within {bound} of the complex step.</p>"
    )


def told() -> str:
    """Say what was trained on what, and for how long."""
    found = results()
    settings, (characters, known, new) = found["settings"], found["characters"]
    return (
        f"<p>{settings['layers']} layers of width {settings['width']} with {settings['heads']} heads, {settings['hidden']} hidden units in the gate, {characters} characters: "
        f"{found['parameters']:,} parameters in float32. {settings['steps']:,} steps of {settings['texts']} pieces of {settings['tokens']} characters, "
        f"{found['seconds']} seconds on one core ({date.fromisoformat(found['day']):%-d %B %Y}, {found['versions']}), "
        f"on the first {known:,} characters of the text. The last {new:,} are the <em>other text</em>, which the model has never read.</p>"
    )


def picture() -> str:
    """Draw the bits for each character, as training went on."""
    found = results()
    counted = min(found["by_counting"])
    plot, axes = plot_axes("step", "bits for each character")
    axes.plot(*zip(*found["training"], strict=True), color=CURVES["blue"], linewidth=1.1)
    axes.plot(
        *zip(*found["other_text"][1:], strict=True),
        "o-",
        color=CURVES["vermilion"],
        linewidth=1.1,
        markersize=2.5,
    )
    axes.axhline(counted, color="black", linewidth=0.8, linestyle=":")
    end = found["settings"]["steps"]
    for y, words, colour in (
        (counted + 0.05, "counting", "black"),
        (found["other_text"][-1][1] - 0.23, "other text", CURVES["vermilion"]),
        (found["training"][-1][1] - 0.26, "training", CURVES["blue"]),
    ):
        axes.annotate(words, (end, y), ha="right", va="bottom", color=colour, fontsize=SMALL)
    axes.set(xlim=(0, end), ylim=(1, 4))
    (_, last), (_, other) = found["training"][-1], found["other_text"][-1]
    return plot_svg(
        plot,
        alt=f"Bits for each character against the training step. On the training text the curve falls quickly at first and ends at {last:.2f}. On the other text it "
        f"ends at {other:.2f}, below the dotted line of counting at {counted:.2f}.",
        caption=f"One run, whose generator of random numbers started with {found['settings']['seed']}. Blue: the batches of training, means of 50 steps. Red: the other text, every {EVERY} steps. Dotted: the best of the counts below.",
    )


def table() -> str:
    """Return the bits on the other text as a table, from guessing evenly to the transformer."""
    found = results()
    counted = found["by_counting"]
    best = counted.index(min(counted))
    rows = [
        ("all characters alike", log2(found["characters"][0])),
        ("counting characters", counted[0]),
        ("counting after 1 character", counted[1]),
        ("counting after 2 characters", counted[2]),
        (f"counting after {best} characters, the best of 0 to {len(counted) - 1}", counted[best]),
        (f"the transformer after {SETTINGS['steps']:,} steps", found["other_text"][-1][1]),
    ]
    lines = "".join(f"<tr><td>{words}</td><td>{bits:.2f}</td></tr>" for words, bits in rows)
    head = "<tr><th>model</th><th>bits for each character of the other text</th></tr>"
    return f"{TABLE}<thead>{head}</thead><tbody>{lines}</tbody>{TABLE_END}"


def limits() -> str:
    """Say what the model cannot do."""
    return (
        "<p><strong>What it cannot do.</strong> It writes words of the <em>Opticks</em>, some that do not exist, and commas in likely places, but it says nothing about light. "
        f"It reads {SETTINGS['tokens']} characters and knows nothing of what came before. On the last part of the text that it was trained on it needs {results()['known_text']:.2f} bits for a character, "
        f"on the other text {results()['other_text'][-1][1]:.2f}: it has learned part of the former by heart. It is one run.</p>"
    )


def samples() -> str:
    """Return what the model wrote, as blocks of text."""
    blocks = []
    for step, text in results()["samples"]:
        lines = (textwrap.fill(line, 68) for line in text.splitlines())
        after = "Before training:" if step == 0 else f"After {step:,} steps:"
        blocks.append(f"{after}\n\n```text\n" + "\n".join(lines) + "\n```")
    return "\n\n".join(blocks)


if __name__ == "__main__":
    with threadpool_limits(1):
        FILE.write_text(json.dumps(run(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"written to {FILE.name}")
