"""What a training step costs: mathnet against the bare matrix products and against others.

    python benchmarks/training_step.py [--seconds 0.3] [--only 64-30-10] [--json book/measured.json]

One thread, all contenders take turns within one process, medians over the turns. The clock is the CPU time
of the process, which stands still while another process has the core. Absolute times belong to this
machine and this minute; ratios to the matrix products travel better. Libraries that are not installed
are left out. Where OPENBLAS_CORETYPE is set, unset it for this command.

The picture of docs/cost.md is drawn from book/measured.json. To measure it anew, on a machine that does nothing else:

    uv run --with torch --with jax --with autograd python benchmarks/training_step.py --seconds 1 --json book/measured.json
"""

import argparse
import datetime
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
import tracemalloc
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import peers
from threadpoolctl import threadpool_info, threadpool_limits
from tqdm import tqdm

from mathnet import Network
from mathnet.training import loss_and_gradient

CASES = [
    ((2, 3, 1), 1, "sigmoid", "half_squared_error"),
    ((64, 30, 10), 1, "sigmoid", "half_squared_error"),
    ((64, 64, 10), 32, "sigmoid", "cross_entropy"),
    ((784, 30, 10), 10, "sigmoid", "half_squared_error"),
    ((784, 128, 10), 32, "sigmoid", "cross_entropy"),
    ((784, 512, 512, 10), 256, "relu", "cross_entropy"),
]
BATCHES_PER_FIT = 50
LIBRARIES = ("numpy", "scikit-learn", "torch", "jax", "autograd")


def step_of_network(problem):
    """The step that `Network.fit` runs for every batch."""
    layers = zip(problem.weights, problem.biases, strict=True)
    parameters = np.concatenate([part.ravel() for layer in layers for part in layer])
    steps = np.zeros_like(parameters)
    X, T, both_passes = loss_and_gradient(
        parameters, steps, problem.sizes, problem.activation, problem.loss, problem.n, -peers.LEARNING_RATE
    )
    X[:, :-1], T[...] = problem.X, problem.T

    def step():
        J = both_passes()
        np.add(parameters, steps, parameters)
        return J / problem.n

    return step


def fit_of_network(problem):
    """`Network.fit` as a user calls it: checks, memory, shuffling and all, for 50 batches."""
    net = Network(problem.sizes, problem.activation, problem.loss, dtype=problem.dtype)
    X, T = np.tile(problem.X, (BATCHES_PER_FIT, 1)), np.tile(problem.T, (BATCHES_PER_FIT, 1))
    return lambda: net.fit(X, T, 1, problem.n, peers.LEARNING_RATE) and None


CONTENDERS = {
    "limit": peers.matrix_products,
    "mathnet": step_of_network,
    "mathnet fit": fit_of_network,
    "textbook": peers.textbook,
    "one at a time": peers.one_at_a_time,
    "scikit-learn": peers.sklearn,
    "torch": peers.torch,
    "JAX jit": peers.jax,
    "JAX scan": peers.jax_scan,
    "autograd": peers.autograd,
    "no NumPy": peers.pure_python,
}


def steps_per_call(name):
    return {"mathnet fit": BATCHES_PER_FIT, "JAX scan": peers.STEPS_PER_SCAN}.get(name, 1)


def prepare(problem):
    """Return the contenders that are installed, after comparing their losses."""
    contenders, losses = {}, {}
    for name, make in CONTENDERS.items():
        try:
            step = make(problem)
        except ImportError:
            continue
        if step is not None:
            contenders[name], losses[name] = step, step()
    for name, loss in losses.items():
        if loss is not None and not np.isclose(loss, losses["mathnet"], rtol=1e-3):
            raise SystemExit(
                f"{problem.name}: {name} has loss {loss}, mathnet {losses['mathnet']}: not the same step"
            )
    return contenders


def seconds_per_step(contenders, seconds):
    """Return each contender's median time per step, and the median of its ratio to the limit."""
    repeat = {}
    for name, step in contenders.items():
        start = time.perf_counter()
        step()
        repeat[name] = max(1, int(0.003 / (time.perf_counter() - start)))
    turns = {name: [] for name in contenders}
    stop = time.perf_counter() + seconds * len(contenders)
    while time.perf_counter() < stop or len(turns["limit"]) < 7:
        for name, step in contenders.items():
            start = time.process_time()
            for _ in range(repeat[name]):
                step()
            turns[name].append((time.process_time() - start) / repeat[name] / steps_per_call(name))
    limit = turns["limit"]
    ratios = {
        name: statistics.median(t / t_limit for t, t_limit in zip(times, limit, strict=True))
        for name, times in turns.items()
    }
    return statistics.median(limit), ratios


def allocated(step):
    """Return the peak of memory that one step asks Python and NumPy for, in bytes."""
    tracemalloc.start()
    step()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def import_seconds(rounds=15):
    """Return the least CPU time of `import numpy` and `import mathnet` in a new interpreter."""
    times = {"numpy": [], "mathnet": []}
    for _ in range(rounds):
        for module, seconds in times.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return {module: min(seconds) for module, seconds in times.items()}


def processor():
    """Return the name of the processor."""
    model = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as file:
            model = next(
                (line.split(":")[1].strip() for line in file if line.startswith("model name")), model
            )
    return model


def kernels():
    """Return the names of the matrix kernels that NumPy's BLAS has chosen."""
    found = sorted({pool["architecture"] for pool in threadpool_info() if pool["user_api"] == "blas"})
    return ", ".join(found) + (" (forced by OPENBLAS_CORETYPE)" if "OPENBLAS_CORETYPE" in os.environ else "")


def versions():
    """Return the versions of what is compared, as far as it is installed."""
    found = {}
    for library in LIBRARIES:
        try:
            found[library] = version(library).partition("+")[0]
        except PackageNotFoundError:
            continue
    return found


def machine():
    """Return where, when and with what the figures were measured; the load is that of the minute before the first of them."""
    return {
        "day": datetime.date.today().isoformat(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "versions": versions(),
        "kernel": kernels(),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=0.3, help="time for each contender in each case")
    parser.add_argument("--only", default="", help="only cases whose sizes contain this")
    parser.add_argument("--json", type=Path, help="write what was measured to this file, too")
    arguments = parser.parse_args()
    where = machine()
    problems = [
        peers.Problem(*case, dtype)
        for dtype in (np.float32, np.float64)
        for case in CASES
        if arguments.only in "-".join(map(str, case[0]))
    ]
    rows = []
    with threadpool_limits(1):
        for problem in tqdm(problems, unit="case"):
            contenders = prepare(problem)
            memory = {name: allocated(contenders[name]) for name in ("mathnet", "textbook")}
            rows.append((problem, *seconds_per_step(contenders, arguments.seconds), memory))

    names = [name for name in CONTENDERS if name != "limit" and any(name in row[2] for row in rows)]
    print(", ".join(f"{name} {said}" for name, said in where.items()))
    print("\nTime of the bare matrix products, and every other time as a multiple of it\n")
    print("| case | dtype | limit | " + " | ".join(names) + " |")
    print("|---|---|---|" + "---|" * len(names))
    for problem, limit, ratios, _ in rows:
        cells = [f"{ratios[name]:.2f}" if name in ratios else "" for name in names]
        print(
            f"| {problem.name} | {np.dtype(problem.dtype).name} | {limit * 1e6:.1f} µs | "
            + " | ".join(cells)
            + " |"
        )
    print("\nMemory that one step allocates, kB at most\n")
    for problem, _, _, memory in rows:
        kilobytes = ", ".join(f"{name} {peak / 1000:.1f}" for name, peak in memory.items())
        print(f"- {problem.name}, {np.dtype(problem.dtype).name}: {kilobytes}")
    if arguments.json:
        steps = [
            {
                "sizes": problem.sizes,
                "samples": problem.n,
                "dtype": np.dtype(problem.dtype).name,
                "limit": float(f"{limit:.3g}"),
                "ratios": {name: round(ratio, 2) for name, ratio in ratios.items() if name != "limit"},
                "allocated": memory,
            }
            for problem, limit, ratios, memory in rows
        ]
        arguments.json.write_text(json.dumps({"machine": where, "steps": steps}, indent=1) + "\n", "utf-8")
    imports = import_seconds()
    ratio = imports["mathnet"] / imports["numpy"]
    print(f"\nimport numpy {imports['numpy'] * 1e3:.0f} ms of CPU, import mathnet {ratio:.2f} times that")


if __name__ == "__main__":
    main()
