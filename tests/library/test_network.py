"""The network: its gradients are exact, its fast step is its slow step, and bad input changes nothing."""

import copy
import io
import json
import pickle
import re
import signal
import tracemalloc
from fractions import Fraction
from itertools import product
from operator import delitem, setitem

import numpy as np
import pytest

from mathnet.dual import Dual
from mathnet.network import ACTIVATIONS, LOSSES, Network
from mathnet.products import dot
from mathnet.shapes import ShapeError
from mathnet.training import loss_and_gradient, parameter_blocks

DEPTHS = {"one layer": (3, 2), "the tutorial's": (2, 3, 2), "deep": (3, 2, 4, 2, 2)}
KINDS = list(product(ACTIVATIONS, LOSSES))
NAN, INF = float("nan"), float("inf")


def batch(sizes, n, seed=0, dtype=np.float64):
    """Random inputs and one-hot targets."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, sizes[0])).astype(dtype)
    return X, np.eye(sizes[-1], dtype=dtype)[rng.integers(sizes[-1], size=n)]


def network(sizes, activation, loss, dtype=np.float64, seed=1):
    """A network whose biases are not zero, so that a lost bias cannot go unnoticed."""
    net = Network(sizes, activation, loss, seed=seed, dtype=dtype)
    rng = np.random.default_rng(seed + 1)
    net.biases = [rng.standard_normal(B.shape).astype(dtype) for B in net.biases]
    return net


def parameters(net):
    return [np.array(part) for layer in zip(net.weights, net.biases, strict=True) for part in layer]


@pytest.mark.parametrize("sizes", DEPTHS.values(), ids=DEPTHS)
@pytest.mark.parametrize(("activation", "loss"), KINDS)
def test_gradients_are_exact(activation, loss, sizes):
    """Run the library's own code on dual numbers: every entry of every gradient, to 40 digits."""
    rng = np.random.default_rng(5)
    net = Network(sizes, activation, loss, dtype=object)

    def random(shape):
        return np.array([Dual(Fraction(int(k), 16)) for k in rng.integers(-24, 24, np.prod(shape))]).reshape(
            shape
        )

    net.weights = [random(W.shape) for W in net.weights]
    net.biases = [random(B.shape) for B in net.biases]
    X = random((3, sizes[0]))
    T = np.array([[Dual(number) for number in row] for row in np.eye(sizes[-1], dtype=int)[[0, 1, 0]]])

    gradients = net.gradients(X, T)
    for layer, (W_bar, B_bar) in enumerate(gradients):
        for part, part_bar in ((net.weights[layer], W_bar), (net.biases[layer], B_bar)):
            assert part_bar.shape == part.shape
            for place in np.ndindex(part.shape):
                part[place] = Dual(part[place].value, 1)
                slope = net.loss(X, T).tangent
                part[place] = Dual(part[place].value)
                assert abs(part_bar[place].value - slope) <= Fraction(1, 10**40)


@pytest.mark.parametrize("n", [1, 5])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("sizes", DEPTHS.values(), ids=DEPTHS)
@pytest.mark.parametrize(("activation", "loss"), KINDS)
def test_training_step_follows_gradients(activation, loss, sizes, dtype, n):
    net, (X, T) = network(sizes, activation, loss, dtype), batch(sizes, n, dtype=dtype)
    rate = 0.3
    expected_loss = net.loss(X, T)
    expected = [
        part - rate * bar for part, bar in zip(parameters(net), sum(net.gradients(X, T), ()), strict=True)
    ]
    history = net.fit(X, T, epochs=1, batch_size=n, learning_rate=rate)
    tolerance = 40 * np.finfo(dtype).eps
    np.testing.assert_allclose(history, [expected_loss], rtol=tolerance, atol=tolerance)
    for part, part_expected in zip(parameters(net), expected, strict=True):
        assert part.dtype == dtype
        np.testing.assert_allclose(part, part_expected, rtol=tolerance, atol=tolerance)


def test_fit_is_gradient_descent_over_shuffled_batches():
    """The same training, written with `gradients` alone; the last batch of an epoch is a short one."""
    sizes, n, batch_size, rate = (3, 4, 2), 11, 4, 0.2
    X, T = batch(sizes, n)
    net, slow = (Network(sizes, "tanh", seed=3) for _ in range(2))
    history = net.fit(X, T, epochs=3, batch_size=batch_size, learning_rate=rate)

    order_of = np.random.default_rng(3)
    for W in slow.weights:
        order_of.standard_normal(W.shape)  # the starting weights came out of the same generator
    expected_history = []
    for _ in range(3):
        order, total = order_of.permutation(n), 0.0
        for start in range(0, n, batch_size):
            rows = order[start : start + batch_size]
            total += slow.loss(X[rows], T[rows]) * len(rows)
            for layer, (W_bar, B_bar) in enumerate(slow.gradients(X[rows], T[rows])):
                slow.weights[layer] -= rate * W_bar
                slow.biases[layer] -= rate * B_bar
        expected_history.append(total / n)
    np.testing.assert_allclose(history, expected_history, rtol=1e-13)
    for part, expected in zip(parameters(net), parameters(slow), strict=True):
        np.testing.assert_allclose(part, expected, rtol=0, atol=1e-14)


def test_forward_by_loops():
    net, (X, _) = network((2, 3, 2), "sigmoid", "half_squared_error"), batch((2, 3, 2), 4)
    rows = []
    for sample in X:
        H = sample
        for W, B in zip(net.weights, net.biases, strict=True):
            Z = [sum(H[k] * W[k, j] for k in range(len(H))) + B[0, j] for j in range(W.shape[1])]
            H = [1 / (1 + np.exp(-z)) for z in Z]
        rows.append(H)
    np.testing.assert_allclose(net.forward(X), rows, rtol=1e-13)


def test_with_cross_entropy_forward_gives_logits():
    squared, entropy = (network((2, 2), "sigmoid", loss) for loss in LOSSES)
    X, _ = batch((2, 2), 3)
    logits = entropy.forward(X)
    np.testing.assert_allclose(squared.forward(X), 1 / (1 + np.exp(-logits)), rtol=1e-13)


def test_one_over_n_stands_in_the_loss():
    net, (X, T) = network((2, 3, 2), "tanh", "half_squared_error"), batch((2, 3, 2), 4)
    E = net.forward(X) - T
    assert net.loss(X, T) == pytest.approx(0.5 * dot(E.ravel(), E.ravel()) / 4, rel=1e-14)


@pytest.mark.parametrize("magnitude", [1e3, 1e6])
@pytest.mark.parametrize(("activation", "loss"), KINDS)
def test_large_inputs_raise_no_warning(activation, loss, magnitude):
    """Warnings are errors in this test suite; saturated units must pass through both paths."""
    net, (X, T) = network((3, 2, 2), activation, loss), batch((3, 2, 2), 5)
    J = net.loss(magnitude * X, T)
    net.gradients(magnitude * X, T)
    assert net.fit(magnitude * X, T, 1, 5, 1e-30)[0] == pytest.approx(J, rel=1e-12)


def test_xor_is_learned():
    X, T = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
    for seed in range(5):
        net = Network([2, 4, 1], activation="tanh", seed=seed)
        history = net.fit(X, T, epochs=2000, batch_size=4, learning_rate=0.5)
        assert history[-1] < 0.01 < history[0]
        assert net.score(X, T) == 1.0
        assert net.predict(X).tolist() == [0, 1, 1, 0]


def test_predict_is_the_column_of_the_largest_output():
    net = Network([3, 3], activation="identity")
    net.weights[0] = np.eye(3)
    X = [[0.1, 0.7, 0.2], [5, -1, 3], [0, 0, 1]]
    assert net.predict(X).tolist() == [1, 0, 2]
    assert net.score(X, np.eye(3)[[1, 0, 0]]) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("T", "needs", "wrong"),
    [
        ([[0, 1], [0.5, 0.5]], "1 in the column of the class and 0 elsewhere", "row 1 is [0.5, 0.5]"),
        ([[0, 0], [0, 1]], "1 in the column of the class and 0 elsewhere", "row 0 is [0.0, 0.0]"),
        ([[0], [3.2]], "0 or 1, the class", "row 1 is [3.2]"),
    ],
)
def test_score_is_of_classes_only(T, needs, wrong):
    message = (
        f"score counts right classes, so each row of T must be {needs}, but {wrong}; of a regression, loss(X, T) "
        "is the measure"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Network([2, len(T[0])]).score(np.ones((2, 2)), T)


def test_same_seed_same_training():
    X, T = batch((3, 4, 2), 20)
    first, second, other = (Network((3, 4, 2), seed=seed) for seed in (7, 7, 8))
    histories = [net.fit(X, T, 3, 6, 0.5) for net in (first, second, other)]
    assert histories[0] == histories[1] != histories[2]
    for part, same in zip(parameters(first), parameters(second), strict=True):
        np.testing.assert_array_equal(part, same)


def test_fit_goes_on_where_it_stopped_and_leaves_data_and_old_arrays_alone():
    X, T = batch((3, 2), 8)
    X_before, T_before = X.copy(), T.copy()
    net = Network([3, 2])
    start = net.weights[0]
    start_before = start.copy()
    first = net.fit(X, T, 20, 8, 0.5)
    second = net.fit(X, T, 20, 8, 0.5)
    assert second[0] < first[-1] < first[0]
    np.testing.assert_array_equal(X, X_before)
    np.testing.assert_array_equal(T, T_before)
    np.testing.assert_array_equal(start, start_before)


def test_replaced_parameters_are_used():
    net = Network([2, 2], activation="identity", dtype=np.float32)
    net.weights[0], net.biases[0] = [[1, 2], [3, 4]], np.array([[10, 20]])
    assert net.forward([[1, 1]]).tolist() == [[14, 26]]
    net.fit([[1, 1]], [[14, 26]], epochs=3, batch_size=1, learning_rate=0.1)
    assert net.weights[0].tolist() == [[1, 2], [3, 4]]
    assert net.weights[0].dtype == np.float32


REFUSED_PARAMETERS = [
    (
        lambda net: setitem(net.weights, 0, np.ones((3, 2))),
        "weights(W_1[2 3]): axis 0 of W_1 must be 2, but is 3; got W_1 (3, 2)",
    ),
    (
        lambda net: setitem(net.biases, -1, np.ones(1)),
        "biases(B_2[1 1]): B_2 needs 2 axes, but has 1; got B_2 (1,)",
    ),
    (
        lambda net: setitem(net.weights, slice(None), [np.ones((2, 3)), np.ones((1, 3))]),
        "weights(W_2[3 1]): axis 0 of W_2 must be 3, but is 1; got W_2 (1, 3)",
    ),
    (
        lambda net: setitem(net.weights, slice(1), []),
        "weights needs 2 arrays, one per layer, but got 1",
    ),
    (
        lambda net: setattr(net, "biases", [np.ones((1, 3))]),
        "biases needs 2 arrays, one per layer, but got 1",
    ),
    (
        lambda net: setattr(net, "weights", [np.ones((2, 3)), [[0], [0], [INF]]]),
        "weights: the entries of W_2 must be finite, but W_2[2, 0] is inf",
    ),
    (
        lambda net: setitem(net.weights, 0, np.ones((2, 3)) * 1j),
        "weights: the entries of W_1 must be real numbers (they are complex)",
    ),
    (
        lambda net: setitem(net.weights, 1, [[0], [NAN], [0]]),
        "weights: the entries of W_2 must be finite, but W_2[1, 0] is nan",
    ),
]


@pytest.mark.parametrize(("spoil", "message"), REFUSED_PARAMETERS)
def test_parameters_that_do_not_fit_are_refused_when_they_are_assigned(spoil, message):
    net = Network([2, 3, 1])
    before = parameters(net)
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        spoil(net)
    for part, part_before in zip(parameters(net), before, strict=True):
        np.testing.assert_array_equal(part, part_before)


@pytest.mark.parametrize("spoil", [lambda net: net.weights.pop(), lambda net: delitem(net.biases, 0)])
def test_a_network_keeps_its_number_of_layers(spoil):
    with pytest.raises((AttributeError, TypeError), match=r"pop|__delitem__"):
        spoil(Network([2, 3, 1]))


def test_assigned_parameters_are_copies_and_the_others_stay_the_same_arrays():
    net, other = Network([2, 2, 2]), Network([2, 2, 2])
    mine, second = np.ones((2, 2)), net.weights[1]
    net.weights[0] = mine
    other.weights = net.weights
    mine += 1
    net.weights[0][0, 0] = 7
    assert net.weights[0].tolist() == [[7, 1], [1, 1]]
    assert other.weights[0].tolist() == [[1, 1], [1, 1]]
    assert net.weights[1] is second
    second -= 1  # so that an array that was taken out can be written into
    np.testing.assert_array_equal(net.weights[1], second)


def test_a_parameter_that_is_written_into_is_checked_when_it_is_used():
    net = Network([2, 1])
    net.weights[0][1, 0] = INF
    message = r"^weights: the entries of W_1 must be finite, but W_1\[1, 0\] is inf$"
    for use in (lambda: net.forward([[0, 1]]), lambda: net.fit([[0, 1]], [[1]], 1, 1, 0.1)):
        with pytest.raises(ValueError, match=message):
            use()


def test_data_in_any_memory_layout_that_nobody_may_write_to():
    X, T = batch((3, 2), 7)
    frozen = [np.asfortranarray(np.repeat(M, 2, axis=0))[::2] for M in (X, T)]
    for M in frozen:
        M.flags.writeable = False
    plain, strided = Network([3, 2]), Network([3, 2])
    assert plain.fit(X, T, 3, 2, 0.5) == strided.fit(*frozen, 3, 2, 0.5)


def test_a_batch_larger_than_the_data_is_the_data():
    X, T = batch((3, 2), 7)
    small, large = Network([3, 2]), Network([3, 2])
    assert small.fit(X, T, 3, 7, 0.5) == large.fit(X, T, 3, 1000, 0.5)


def test_layer_values():
    net, (X, _) = network((3, 2, 4, 2), "tanh", "cross_entropy"), batch((3, 2, 4, 2), 5)
    H_0, H_1, H_2, Y = net.layer_values(X)
    np.testing.assert_array_equal(H_0, X)
    np.testing.assert_array_equal(H_1, np.tanh(X @ net.weights[0] + net.biases[0]))
    np.testing.assert_array_equal(H_2, np.tanh(H_1 @ net.weights[1] + net.biases[1]))
    np.testing.assert_array_equal(Y, net.forward(X))


def test_integers_and_lists_are_converted():
    net = Network([2, 1], dtype=np.float32)
    assert net.forward([[0, 1]]).dtype == np.float32
    assert net.fit([[True, False]], [[1]], np.int64(2), 1, 1)[1] > 0
    np.testing.assert_array_equal(net.forward(np.ones((1, 2), int)), net.forward(np.ones((1, 2), np.float64)))


GOOD = {
    "X": [[0, 1], [1, 0], [1, 1]],
    "T": [[0, 1], [1, 0], [1, 0]],
    "epochs": 2,
    "batch_size": 2,
    "learning_rate": 0.1,
}
BAD_FIT = [
    ({"X": [[0], [1], [1]]}, "fit(X[n 2], T[n 2]): axis 1 of X must be 2, but is 1; got X (3, 1), T (3, 2)"),
    ({"X": [0, 1]}, "fit(X[n 2], T[n 2]): X needs 2 axes, but has 1; got X (2,), T (3, 2)"),
    ({"T": [[0], [1], [1]]}, "fit(X[n 2], T[n 2]): axis 1 of T must be 2, but is 1; got X (3, 2), T (3, 1)"),
    ({"T": [0, 1, 1]}, "fit(X[n 2], T[n 2]): T needs 2 axes, but has 1; got X (3, 2), T (3,)"),
    ({"T": [[0, 1]]}, "fit(X[n 2], T[n 2]): axis n is 3 in X but 1 in T; got X (3, 2), T (1, 2)"),
    ({"X": [[0, 1], [NAN, 0], [1, 1]]}, "fit: the entries of X must be finite, but X[1, 0] is nan"),
    ({"T": [[0, 1], [1, 0], [1, -INF]]}, "fit: the entries of T must be finite, but T[2, 1] is -inf"),
    ({"X": [[0, 1], [1e300, 0], [1, 1]]}, "fit: the entries of X must be finite, but X[1, 0] is inf"),
    ({"X": np.ones((0, 2))}, "fit: X is empty, its shape is (0, 2)"),
    ({"X": [[0, 1j]]}, "fit: the entries of X must be real numbers (they are complex)"),
    ({"X": [["a", "b"]]}, "fit: X holds strings such as 'a', not numbers; write np.asarray(X, dtype=float)"),
    ({"T": [[0, 1], [1, 1], [1, 0]]}, "fit: each row of T must sum to 1, but row 1 sums to 2"),
    ({"epochs": 0}, "epochs must be a whole number, 1 or more; got 0"),
    ({"epochs": 2.5}, "epochs must be a whole number, 1 or more; got 2.5"),
    ({"batch_size": -1}, "batch_size must be a whole number, 1 or more; got -1"),
    ({"learning_rate": 0}, "learning_rate must be a positive number, got 0"),
    ({"learning_rate": NAN}, "learning_rate must be a positive number, got nan"),
    ({"learning_rate": "fast"}, "learning_rate must be a positive number, got 'fast'"),
    ({"learning_rate": 0.1j}, "learning_rate must be a positive number, got 0.1j"),
    ({"progress": "bar"}, "progress must be True, False, None or a callable, got 'bar'"),
]


@pytest.mark.parametrize(("change", "message"), BAD_FIT)
def test_bad_input_trains_nothing(change, message):
    net = Network([2, 3, 2], loss="cross_entropy", dtype=np.float32)
    before, state = parameters(net), net._random.bit_generator.state
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        net.fit(**(GOOD | change))
    for part, part_before in zip(parameters(net), before, strict=True):
        np.testing.assert_array_equal(part, part_before)
    assert net._random.bit_generator.state == state


@pytest.mark.parametrize("method", ["loss", "gradients", "score"])
def test_every_method_checks_its_input(method):
    net = Network([2, 2])
    with pytest.raises(
        ShapeError, match=re.escape(f"{method}(X[n 2], T[n 2]): axis 1 of T must be 2, but is 3")
    ):
        getattr(net, method)(np.ones((4, 2)), np.ones((4, 3)))
    with pytest.raises(
        ValueError, match=re.escape(f"{method}: the entries of X must be finite, but X[0, 0] is nan")
    ):
        getattr(net, method)([[NAN, 1]], [[0, 1]])


@pytest.mark.parametrize("method", ["forward", "predict", "layer_values"])
def test_inputs_of_the_wrong_width(method):
    with pytest.raises(
        ShapeError, match=re.escape(f"{method}(X[n 2]): axis 1 of X must be 2, but is 3; got X (4, 3)")
    ):
        getattr(Network([2, 1]), method)(np.ones((4, 3)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sizes": [5]}, "sizes needs at least inputs and outputs, such as [64, 10]; got [5]"),
        ({"sizes": []}, "sizes needs at least inputs and outputs, such as [64, 10]; got []"),
        ({"sizes": [2, 0, 1]}, "every size must be a whole number, 1 or more; got 0"),
        ({"sizes": [2, 3.0]}, "every size must be a whole number, 1 or more; got 3.0"),
        ({"seed": None}, "seed must be a whole number, 0 or more; got None"),
        (
            {"activation": "swish"},
            "unknown activation 'swish'; known are identity, sigmoid, tanh, relu, softplus",
        ),
        ({"loss": "mse"}, "unknown loss 'mse'; known are half_squared_error, cross_entropy"),
        (
            {"sizes": [2, 1], "loss": "cross_entropy"},
            "cross_entropy needs at least 2 outputs: softmax of a single logit is always 1",
        ),
        ({"dtype": int}, "dtype must be float32, float64, complex128 or object; got int64"),
    ],
)
def test_bad_networks(arguments, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Network(**({"sizes": [2, 2]} | arguments))


def test_fit_needs_floats():
    with pytest.raises(ValueError, match=r"^fit needs a network of floats, but its dtype is object$"):
        Network([2, 1], dtype=object).fit([[0, 1]], [[1]], 1, 1, 0.1)


@pytest.mark.parametrize("loss", LOSSES)
def test_divergence_stops_and_restores(loss):
    X, T = batch((3, 2), 10)
    net, same = (Network((3, 4, 2), activation="relu", loss=loss, dtype=np.float32) for _ in range(2))
    before = parameters(net)
    message = (
        r"^training diverged in epoch \d+: the loss or a parameter is no longer finite\. The parameters are "
        r"again those from before fit; try a learning_rate below 1e\+30$"
    )
    with pytest.raises(FloatingPointError, match=message):
        net.fit(X, T, epochs=50, batch_size=5, learning_rate=1e30)
    for part, part_before in zip(parameters(net), before, strict=True):
        np.testing.assert_array_equal(part, part_before)
    assert net.history == []
    assert net.fit(X, T, 2, 5, 0.1) == same.fit(
        X, T, 2, 5, 0.1
    )  # the random numbers are those of before, too


def test_progress(capsys):
    net, seen = Network([2, 1]), []
    history = net.fit(
        [[0, 1]],
        [[1]],
        3,
        1,
        0.1,
        progress=lambda epoch, J: seen.append((epoch, J, net.loss([[0, 1]], [[1]]))),
    )
    assert [(epoch, J) for epoch, J, _ in seen] == list(zip([1, 2, 3], history, strict=True))
    assert seen[0][2] == pytest.approx(history[1])  # the callable sees the network as it is at that moment
    net.fit([[0, 1]], [[1]], 3, 1, 0.1, progress=None)
    assert capsys.readouterr() == ("", "")
    net.fit([[0, 1]], [[1]], 3, 1, 0.1, progress=True)
    bar = capsys.readouterr().err
    assert "3/3" in bar
    assert "loss=" in bar


def test_the_bar_is_that_of_notebooks_in_a_notebook(monkeypatch):
    shown = []

    class Bar:
        def __init__(self, **arguments):
            shown.append(arguments)

        set_postfix = update = close = lambda self, **_: None

    monkeypatch.setattr("tqdm.auto.tqdm", Bar)
    Network([2, 1]).fit([[0, 1]], [[1]], 3, 1, 0.1, progress=True)
    assert shown == [{"total": 3, "unit": "epoch"}]


class EnoughError(Exception):
    """What a reader's own progress raises."""


def same_network(net, other):
    """Parameters, losses and random numbers to come."""
    return (
        all(np.array_equal(*pair) for pair in zip(parameters(net), parameters(other), strict=True))
        and net.history == other.history
        and net._random.bit_generator.state == other._random.bit_generator.state
    )


@pytest.mark.parametrize("error", [EnoughError, KeyboardInterrupt])
def test_progress_that_raises_ends_the_training_after_its_epoch(error):
    def until_the_third(epoch, J):
        if epoch == 3:
            raise error

    X, T = batch((3, 4, 2), 11)
    net, other = Network((3, 4, 2)), Network((3, 4, 2))
    before = net.fit(X, T, 2, 4, 0.5)
    with pytest.raises(error):
        net.fit(X, T, 100, 4, 0.5, progress=until_the_third)
    other.fit(X, T, 5, 4, 0.5)
    assert net.history[:2] == before
    assert same_network(net, other)
    assert net.fit(X, T, 5, 4, 0.5) == other.fit(X, T, 5, 4, 0.5)
    assert same_network(net, other)


def test_an_interrupt_at_any_time_undoes_the_incomplete_epoch():
    def interrupt(*_):
        raise KeyboardInterrupt

    X, T = batch((3, 4, 2), 60)
    net, other = Network((3, 4, 2)), Network((3, 4, 2))
    previous = signal.signal(signal.SIGALRM, interrupt)
    try:
        for turn in range(20):
            signal.setitimer(signal.ITIMER_REAL, 0.005 + 0.0007 * turn)
            with pytest.raises(KeyboardInterrupt):
                net.fit(X, T, 10**9, 1, 0.01)
    finally:
        signal.signal(signal.SIGALRM, previous)
    other.fit(X, T, len(net.history), 1, 0.01)
    assert same_network(net, other)


def test_an_interrupt_within_an_epoch(monkeypatch):
    """The same where nothing is left to chance: the third epoch is interrupted after a step of its own."""
    X, T = batch((3, 4, 2), 6)
    net, other = Network((3, 4, 2)), Network((3, 4, 2))
    steps = iter(range(5))

    def interrupted(*arguments):
        X_batch, T_batch, step = loss_and_gradient(*arguments)

        def counted():
            if next(steps) == 4:
                raise KeyboardInterrupt
            return step()

        return X_batch, T_batch, counted

    with monkeypatch.context() as patched:
        patched.setattr("mathnet.training.loss_and_gradient", interrupted)
        with pytest.raises(KeyboardInterrupt):
            net.fit(X, T, 10, 3, 0.5)
    assert net.history == other.fit(X, T, 2, 3, 0.5)
    assert same_network(net, other)


def test_progress_may_change_the_parameters():
    X, T = batch((3, 2), 6)
    nets = [Network((3, 2)) for _ in range(3)]

    def assign(epoch, J):
        nets[0].weights[0] = nets[0].weights[0] / 2

    def write(epoch, J):
        nets[1].weights[0][...] /= 2

    nets[0].fit(X, T, 4, 3, 0.5, progress=assign)
    nets[1].fit(X, T, 4, 3, 0.5, progress=write)
    for _ in range(4):
        nets[2].fit(X, T, 1, 3, 0.5)
        nets[2].weights[0] /= 2
    assert same_network(nets[0], nets[2])
    assert same_network(nets[1], nets[2])


@pytest.mark.parametrize(
    "duplicate",
    [copy.copy, copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))],
    ids=["copy", "deepcopy", "pickle"],
)
def test_a_copy_goes_on_as_the_network_would_and_shares_nothing(duplicate):
    X, T = batch((3, 4, 2), 8)
    net = Network((3, 4, 2), "tanh", "cross_entropy", seed=2)
    net.fit(X, T, 2, 3, 0.5)
    twin, kept = duplicate(net), duplicate(net)
    assert repr(twin) == repr(net)
    assert twin.fit(X, T, 3, 3, 0.5) == net.fit(X, T, 3, 3, 0.5)
    assert same_network(twin, net)
    twin.weights[0][...] = 0
    twin.history.clear()
    assert net.history
    assert np.any(net.weights[0])
    assert kept.fit(X, T, 3, 3, 0.5) == net.history[2:]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_save_and_load(tmp_path, dtype):
    net, (X, T) = network((3, 4, 2), "tanh", "cross_entropy", dtype), batch((3, 4, 2), 6, dtype=dtype)
    net.fit(X, T, 2, 3, 0.1)
    path = tmp_path / "net.anything"
    net.save(path)
    loaded = Network.load(path)
    assert repr(loaded) == repr(net)
    for part, part_loaded in zip(parameters(net), parameters(loaded), strict=True):
        assert part_loaded.dtype == dtype
        np.testing.assert_array_equal(part, part_loaded)
    assert loaded.fit(X, T, 1, 3, 0.1)


def archive(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def settings(**change):
    complete = {
        "sizes": [2, 1],
        "activation": "tanh",
        "loss": "half_squared_error",
        "seed": 0,
        "dtype": "float64",
    }
    return json.dumps(complete | change)


COMPLETE = {"format": 1, "settings": settings(), "W1": np.ones((2, 1)), "B1": np.ones((1, 1))}
FOREIGN = [
    (b"", "it is not a NumPy archive"),
    (b"not an archive", "it is not a NumPy archive"),
    (archive(**COMPLETE)[:-40], "File is not a zip file"),
    (archive(W1=np.ones((2, 2))), "it has no format number, so Network.save did not write it"),
    (
        archive(**(COMPLETE | {"format": 2})),
        "it has format 2, but this version of mathnet reads format 1; load it with the version that saved it",
    ),
    (archive(**(COMPLETE | {"B1": np.ones(1)})), "B1 should be float64 (1, 1), but is float64 (1,)"),
    (
        archive(**(COMPLETE | {"W1": np.ones((2, 1), int)})),
        "W1 should be float64 (2, 1), but is int64 (2, 1)",
    ),
    (
        archive(**(COMPLETE | {"W1": np.array([[1.0], [NAN]])})),
        "weights: the entries of W_1 must be finite, but W_1[1, 0] is nan",
    ),
    (archive(**(COMPLETE | {"W1": np.array([[object()], [1]])})), "Object arrays cannot be loaded"),
    (
        archive(**(COMPLETE | {"settings": settings(activation="swish")})),
        "unknown activation 'swish'; known are identity, sigmoid, tanh, relu, softplus",
    ),
    (archive(**(COMPLETE | {"settings": settings(depth=3)})), "unexpected keyword argument 'depth'"),
    (archive(**COMPLETE, W2=np.ones((3, 1))), "W2 should be absent, but is float64 (3, 1)"),
    (
        archive(**(COMPLETE | {"settings": settings(sizes=[2, 1, 10**9])})),
        "B2 should be float64 (1, 1000000000), but is absent",
    ),
]


@pytest.mark.parametrize(("content", "reason"), FOREIGN, ids=range(len(FOREIGN)))
def test_load_refuses_what_save_did_not_write(tmp_path, content, reason):
    path = tmp_path / "some.npz"
    path.write_bytes(content)
    with pytest.raises(
        ValueError, match=f"^{re.escape(f'cannot read {path} as a network: ')}.*{re.escape(reason)}"
    ):
        Network.load(path)


def test_load_reads_a_damaged_file_as_it_was_saved_or_not_at_all(tmp_path):
    net, path = Network([2, 3, 1], seed=2**70), tmp_path / "net.npz"
    net.save(path)
    whole = path.read_bytes()
    assert repr(Network.load(path)) == repr(net)
    refused, read = [], 0
    for place in range(0, len(whole), 11):
        for damaged in (whole[:place], whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]):
            path.write_bytes(damaged)
            try:
                loaded = Network.load(path)
            except ValueError as error:
                refused.append(str(error))
            else:
                read += 1  # a time stamp was changed, or the like
                assert same_network(loaded, net)
    assert all(message.startswith(f"cannot read {path} as a network: ") for message in refused)
    assert len(refused) > read


def test_what_the_system_refuses_is_not_called_a_damaged_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        Network.load(tmp_path / "missing.npz")
    with pytest.raises(IsADirectoryError):
        Network.load(tmp_path)
    with pytest.raises(IsADirectoryError):
        Network([2, 1]).save(tmp_path)
    with pytest.raises(FileNotFoundError):
        Network([2, 1]).save(tmp_path / "missing" / "net.npz")


@pytest.mark.parametrize("fault", ["os.fsync", "os.replace", "shutil.copymode"])
def test_a_save_that_fails_leaves_the_older_file_and_nothing_else(tmp_path, monkeypatch, fault):
    path = tmp_path / "net.npz"
    Network([2, 1], seed=1).save(path)

    def fails(*_):
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(fault, fails)
        with pytest.raises(OSError, match="no space left"):
            Network([2, 1], seed=2).save(path)
    assert Network.load(path).seed == 1
    assert list(tmp_path.iterdir()) == [path]


def test_save_keeps_the_rights_of_the_older_file_and_the_link_to_it(tmp_path):
    path, link = tmp_path / "net.npz", tmp_path / "link.npz"
    Network([2, 1], seed=1).save(path)
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    assert path.stat().st_mode == ordinary.stat().st_mode
    path.chmod(0o640)
    link.symlink_to(path)
    Network([2, 1], seed=2).save(link)
    assert link.is_symlink()
    assert Network.load(path).seed == 2
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_training_step_allocates_nothing():
    sizes, n = (784, 128, 10), 32
    flat = np.zeros(sum((inputs + 1) * outputs for inputs, outputs in ((784, 128), (128, 10))), np.float32)
    assert sum(block.size for block in parameter_blocks(flat, sizes)) == flat.size
    _, T, step = loss_and_gradient(flat, np.zeros_like(flat), sizes, "sigmoid", "cross_entropy", n, -0.1)
    T[...] = np.eye(10)[np.arange(n) % 10]
    step()
    tracemalloc.start()
    for _ in range(3):
        step()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000
