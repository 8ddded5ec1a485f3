"""What a training step costs, as it was measured: the picture, the tables and the words of docs/cost.md.

`benchmarks/training_step.py --json` writes `book/measured.json`, where a machine has nothing else to do. Nothing in the words below depends on
which figures it found.
"""

import json
from datetime import date
from itertools import pairwise
from math import log10
from pathlib import Path
from typing import Any

from book.typesetting import TABLE, TABLE_END
from mathnet.figures.plots import CURVES, SMALL, plot_axes, plot_svg

FILE = Path(__file__).with_suffix(".json")
NAMES = {
    "mathnet": "this library",
    "mathnet fit": "its fit",
    "textbook": "plain NumPy",
    "no NumPy": "no NumPy",
    "one at a time": "one by one",
    "JAX scan": "JAX scan",
    "JAX jit": "JAX jit",
    "torch": "PyTorch",
    "autograd": "autograd",
    "scikit-learn": "scikit-learn",
}


def measured(dtype: str) -> list[dict[str, Any]]:
    """Return the networks with their times, in the order of the file."""
    return [step for step in _read()["steps"] if step["dtype"] == dtype]


def _read() -> dict[str, Any]:
    return json.loads(FILE.read_text(encoding="utf-8"))


def multiplications(sizes: list[int], samples: int) -> int:
    """Return those of the matrix products of a step: three for each layer, two for the first.

    Examples
    --------
    >>> multiplications([3, 2], 2), multiplications([3, 2, 1], 2)
    (24, 36)
    """
    weights = [a * b for a, b in pairwise(sizes)]
    return samples * (3 * sum(weights) - weights[0])


def name(step: dict[str, Any]) -> str:
    """Return the sizes of a network and its samples."""
    return f"{'-'.join(map(str, step['sizes']))}, {step['samples']}"


def conditions() -> str:
    """Say where, when and with what the figures were measured."""
    machine = _read()["machine"]
    versions = {"numpy": "NumPy", "torch": "PyTorch", "jax": "JAX"} | {
        library: library for library in ("scikit-learn", "autograd")
    }
    libraries = ", ".join(
        f"{shown} {machine['versions'][key]}" for key, shown in versions.items() if key in machine["versions"]
    )
    others = machine["load"]
    busy = "nothing else" if others < 0.3 else f"other work (a load of {others:g} before the first figure)"
    return (
        f"Measured on {date.fromisoformat(machine['day']):%-d %B %Y}, in CPU time: one thread of {machine['cores']} cores of {machine['processor']} that had {busy} to do, "
        f"Python {machine['python']}, {libraries}, matrix kernel {machine['kernel']}."
    )


def microseconds(seconds: float) -> str:
    """Return a time in three digits.

    Examples
    --------
    >>> microseconds(2.1e-6), microseconds(8.84e-3)
    ('2.1 µs', '8.84 ms')
    """
    return f"{1e6 * seconds:.3g} µs" if seconds < 1e-3 else f"{1e3 * seconds:.3g} ms"


def table(dtype: str) -> str:
    """Return the HTML of the times as multiples of the bare products, for each network from the fastest to the slowest."""
    rows = []
    for step in measured(dtype):
        each = 1e9 * step["limit"] / multiplications(step["sizes"], step["samples"])
        ranks = sorted(step["ratios"].items(), key=lambda item: item[1])
        listed = ", ".join(_strong(f"{NAMES[key]} {ratio:.3g}", key == "mathnet") for key, ratio in ranks)
        rows.append(
            f"<tr><td>{name(step)}</td><td>{microseconds(step['limit'])}; {float(f'{each:.2g}'):g} ns for each multiplication</td>"
            f"<td>{listed}</td></tr>"
        )
    head = "".join(
        f"<th>{words}</th>" for words in ("network, samples", "products alone", "a step, in multiples of it")
    )
    return f'<div class="stacked">{TABLE}<thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody>{TABLE_END}</div>'


def calls() -> str:
    """Say what one product of the smallest network takes."""
    step = measured("float32")[0]
    products = 3 * (len(step["sizes"]) - 1) - 1
    return (
        f"<p>The {products} products of {'-'.join(map(str, step['sizes']))} take {microseconds(step['limit'])} together, "
        f"{microseconds(step['limit'] / products)} each, with {multiplications(step['sizes'], step['samples'])} multiplications in all of them.</p>"
    )


def _strong(text: str, is_ours: bool) -> str:
    return f"<strong>{text}</strong>" if is_ours else text


def picture() -> str:
    """Draw the times as multiples of the bare products, a line for each contender."""
    steps = measured("float32")
    plot, axes = plot_axes("network, samples", "times the bare products", size=(4.5, 3.6))
    ends = {}
    for key, words in NAMES.items():
        places = [(x, step["ratios"][key]) for x, step in enumerate(steps) if key in step["ratios"]]
        if not places or key == "mathnet fit":
            continue
        colour = CURVES["blue" if key == "mathnet" else "vermilion"]
        style = ":" if key == "textbook" else "-"
        axes.semilogy(
            *zip(*places, strict=True),
            style,
            color=colour,
            marker="o",
            markersize=3,
            linewidth=2 if key == "mathnet" else 1.1,
        )
        ends[key] = (*places[0], words, colour)
    lowest = min(min(step["ratios"].values()) for step in steps)
    axes.axhline(1, color="black", linewidth=0.8)
    gap, at = 0.17, log10(lowest) - 1
    for x, y, words, colour in sorted(
        (end for end in ends.values() if end[0] == 0), key=lambda end: end[1]
    ):  # the words stand apart, in the order of their lines
        at = max(log10(y), at + gap)
        axes.annotate(words, (x - 0.12, 10**at), ha="right", va="center", color=colour, fontsize=SMALL)
    for x, y, words, colour in (end for end in ends.values() if end[0] > 0):
        axes.annotate(words, (x, y), xytext=(4, 5), textcoords="offset points", color=colour, fontsize=SMALL)
    axes.annotate(
        "1: the products alone",
        (5, 1),
        xytext=(0, -10),
        textcoords="offset points",
        ha="right",
        fontsize=SMALL,
    )
    axes.set(xlim=(-1.75, 5.2), ylim=(min(0.55, 0.7 * lowest), 900), yticks=[1, 10, 100])
    axes.set_yticks([1, 10, 100], ["1", "10", "100"])
    labels = [
        "-".join(map(str, step["sizes"])).replace("512-512", "512-\n512") + f"\n{step['samples']}"
        for step in steps
    ]
    axes.set_xticks(range(len(steps)), labels, fontsize=6.5)
    first, last = steps[0], steps[-1]
    return plot_svg(
        plot,
        alt="Lines over six networks, from 2-3-1 with one sample to 784-512-512-10 with 256, on a logarithmic axis of time as a multiple of the bare matrix products. "
        f"All lines fall to the right, but that of JAX scan, which starts below 1. This library goes from {first['ratios']['mathnet']:.2g} to {last['ratios']['mathnet']:.2g}, PyTorch from {first['ratios'].get('torch', 0):.3g} to {last['ratios'].get('torch', 0):.2g}.",
        caption=f"Time of one training step as a multiple of its matrix products alone, in float32. {conditions()} On the left the calls cost more than the arithmetic; on the right the arithmetic is all, and the lines come together, but for that which takes the samples one by one.",
    )
