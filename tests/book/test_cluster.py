"""A real cluster of processes, of which one is killed in the middle of a step, trains as one machine does: docs/many-machines.md."""

import os
import signal
import subprocess
import sys
import time
from itertools import pairwise

import numpy as np
import pytest

from mathnet import Network

CUTS = (0, 500, 520, 1100, 1797)  # shards of different sizes: a mean of means would not pass
STEPS, KILLED_IN = 12, 6
pytestmark = [
    # distributed leaves sockets and loops to the garbage collector when a peer vanishes, which is what happens here
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def network():
    return Network([64, 30, 10], loss="cross_entropy")


def step(net, results):
    """Add up the results of all shards, divide once, and return the mean loss before the step."""
    n, J, *bars = map(sum, zip(*results, strict=True))
    for r, (W_bar, B_bar) in enumerate(zip(bars[::2], bars[1::2], strict=True)):
        net.weights[r] = net.weights[r] - 2 * W_bar / n
        net.biases[r] = net.biases[r] - 2 * B_bar / n
    return J / n


def functions():
    """Return `load` and `sums`. They are made in here, so that they travel to the workers as code and not as a name in this file."""

    def load(start, stop):
        from sklearn.datasets import load_digits

        X, labels = load_digits(return_X_y=True)
        return X[start:stop] / 16, np.eye(10)[labels[start:stop]]

    def sums(weights, biases, shard, slow=0.0):
        time.sleep(slow)
        (X, T), net = shard, Network([64, 30, 10], loss="cross_entropy")
        net.weights, net.biases = weights, biases
        n = len(X)
        return n, n * net.loss(X, T), *(n * bar for both in net.gradients(X, T) for bar in both)

    for function in (load, sums):
        function.__module__ = "__main__"
    return load, sums


@pytest.fixture
def cluster():
    """Yield a client of three workers, each a process of its own, and their processes; none of them outlives the test."""
    distributed = pytest.importorskip("distributed")
    scheduler = distributed.LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=50)
    command = f"-m dask worker {scheduler.scheduler_address} --nthreads 1 --no-nanny --no-dashboard"
    with scheduler, distributed.Client(scheduler, timeout=60) as client:
        workers = [
            subprocess.Popen(
                [sys.executable, *command.split()], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            for _ in range(3)
        ]
        try:
            client.wait_for_workers(3, timeout=120)
            yield client, workers
        finally:
            for worker in workers:
                worker.kill()
                worker.wait(timeout=30)


def test_a_worker_is_killed_in_the_middle_and_nothing_is_lost(cluster):
    client, workers = cluster
    load, sums = functions()
    many, one, whole = network(), network(), load(0, CUTS[-1])
    shards = [client.submit(load, start, stop) for start, stop in pairwise(CUTS)]
    client.gather(shards)
    processes = client.run(os.getpid)
    for count in range(1, STEPS + 1):
        slow = 1.0 if count == KILLED_IN else 0.0
        parameters = list(many.weights), list(many.biases)
        results = [client.submit(sums, *parameters, shard, slow) for shard in shards]
        if count == KILLED_IN:
            until = time.monotonic() + 60
            while not (busy := [worker for worker, tasks in client.processing().items() if tasks]):
                assert time.monotonic() < until
                time.sleep(0.01)
            time.sleep(0.2)  # it is asleep within `sums`
            os.kill(processes[busy[0]], signal.SIGKILL)
        J, J_one = (
            step(net, its)
            for net, its in (
                (many, client.gather(results, direct=False)),
                (one, [sums(list(one.weights), list(one.biases), whole)]),
            )
        )
        assert abs(J - J_one) < 1e-12
    assert [worker.poll() for worker in workers].count(-signal.SIGKILL) == 1
    assert len(client.scheduler_info()["workers"]) == 2
    for A, B in zip([*many.weights, *many.biases], [*one.weights, *one.biases], strict=True):
        np.testing.assert_allclose(A, B, rtol=0, atol=1e-12)
    assert J < 2.2  # it has learned: ten classes begin at log 10, 2.3


def test_the_loss_of_a_step_does_not_say_on_how_many_machines_it_was_made():
    load, sums = functions()
    whole, net = load(0, CUTS[-1]), network()
    parameters = list(net.weights), list(net.biases)
    shards = [load(start, stop) for start, stop in pairwise(CUTS)]
    n, J, *bars = map(sum, zip(*(sums(*parameters, shard) for shard in shards), strict=True))
    m, J_one, *bars_one = sums(*parameters, whole)
    assert n == m == len(whole[0])
    assert abs(J - J_one) < 1e-12 * J
    for A, B in zip(bars, bars_one, strict=True):
        np.testing.assert_allclose(A, B, rtol=0, atol=1e-10)
