"""What forward and reverse mode cost on networks, in time and memory, beside one forward pass: the table of docs/graphs.md.

    python benchmarks/graph.py [--seconds 1]

One thread, float64, medians over turns that all contenders take within one process, in CPU time. Reverse mode gives the derivatives by all
parameters; forward mode gives the change of J in one direction. Memory is the peak that `tracemalloc` sees above the arguments.
"""

import argparse
import datetime
import platform
import statistics
import time
import tracemalloc
from functools import partial
from itertools import pairwise

import numpy as np
from threadpoolctl import threadpool_limits

from mathnet import relu, relu_prime

CASES = (((64, 30, 10), 256), ((784, 512, 512, 512, 10), 256), ((512,) * 11, 256))


def forward(X, T, weights, keep=False):
    """J, and what reverse mode needs if it is to be kept: the input of every layer, and Z."""
    kept = []
    for W in weights:
        Z = X @ W
        if keep:
            kept.append((X, Z))
        X = relu(Z)
    return 0.5 * np.sum((X - T) ** 2), X, kept


def reverse_mode(X, T, weights):
    """The derivatives of J by all weights."""
    _, Y, kept = forward(X, T, weights, keep=True)
    gradients, H_bar = [], Y - T
    for k, W in reversed(list(enumerate(weights))):
        H, Z = kept.pop()
        D = H_bar * relu_prime(Z)
        gradients.append(H.T @ D)
        if k:
            H_bar = D @ W.T
    return gradients[::-1]


def forward_mode(X, T, weights, directions):
    """How fast J changes when all weights move in one direction."""
    X_dot = None
    for W, W_dot in zip(weights, directions, strict=True):
        Z, Z_dot = X @ W, X @ W_dot
        if X_dot is not None:
            Z_dot += X_dot @ W
        X, X_dot = relu(Z), Z_dot * relu_prime(Z)
    return np.sum((X - T) * X_dot)


def median(calls, seconds):
    """The median time of each call; they take turns."""
    times = [[] for _ in calls]
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times[0]) < 5:
        for call, its in zip(calls, times, strict=True):
            start = time.process_time()
            call()
            its.append(time.process_time() - start)
    return list(map(statistics.median, times))


def peak(call):
    """The largest memory that a call takes above what there is."""
    tracemalloc.start()
    call()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


def main():
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=3)
    seconds = parser.parse_args().seconds
    print(f"{datetime.date.today()}, Python {platform.python_version()}, NumPy {np.__version__}")
    print("network, parameters: forward pass ms and MB; reverse and forward mode in forward passes, and MB")
    for sizes, n in CASES:
        rng = np.random.default_rng(0)
        weights = [rng.normal(size=(a, b)) * np.sqrt(2 / a) for a, b in pairwise(sizes)]
        directions = [rng.normal(size=W.shape) for W in weights]
        X, T = rng.normal(size=(n, sizes[0])), rng.normal(size=(n, sizes[-1]))
        along = forward_mode(X, T, weights, directions)
        inner = sum(np.sum(G * V) for G, V in zip(reverse_mode(X, T, weights), directions, strict=True))
        assert np.isclose(along, inner)
        calls = [
            partial(forward, X, T, weights),
            partial(reverse_mode, X, T, weights),
            partial(forward_mode, X, T, weights, directions),
        ]
        with threadpool_limits(1):
            times = median(calls, seconds)
        memory = [peak(call) / 1e6 for call in calls]
        parameters = sum(W.size for W in weights)
        print(
            f"{'-'.join(map(str, sizes[:4]))}{'-…' * (len(sizes) > 4)} {parameters:,}: {1e3 * times[0]:.2f} ms {memory[0]:.1f} MB;"
            f" reverse {times[1] / times[0]:.2f} {memory[1]:.1f} MB; forward {times[2] / times[0]:.2f} {memory[2]:.1f} MB"
        )


if __name__ == "__main__":
    main()
