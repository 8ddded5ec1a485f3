"""Optimisers: every step is that of the formulas, computed anew in fractions; settings that make no sense are refused by name."""

import re
import tracemalloc
from fractions import Fraction
from functools import partial
from itertools import pairwise
from math import cos, inf, nan, pi

import mpmath
import numpy as np
import pytest

from mathnet import Network, adam, clipped, cosine, sgd, warmup
from mathnet.optimisers import rate_of_step
from mathnet.training import parameter_blocks, weight_parts

WEIGHTS = [slice(0, 2)]  # of the three parameters below; the third is a bias
START = [0.5, -0.25, 1.0]
GRADIENTS = [[1.0, -0.5, 0.25], [-0.5, 0.75, 2.0], [0.125, 1.5, -1.0], [3.0, 0.5, 0.0]]
RATES = [0.5, 0.25, 1.0, 0.125]


def steps(optimiser, start=START, gradients=GRADIENTS, rates=RATES, weights=WEIGHTS, dtype=np.float64):
    """Return the parameters after each step."""
    parameters, gradient = np.array(start, dtype), np.zeros(len(start), dtype)
    update, seen = optimiser(parameters, gradient, weights), []
    for its, rate in zip(gradients, rates, strict=True):
        gradient[...] = its
        update(rate)
        seen.append(parameters.copy())
    return seen


def exactly(number, start=START, gradients=GRADIENTS, rates=RATES):
    """Return start, gradients and rates as numbers of another kind."""
    convert = partial(map, number)
    return list(convert(start)), [list(convert(its)) for its in gradients], list(convert(rates))


@pytest.mark.parametrize("momentum", [0, 0.5, 0.75])
@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("decay", [0, 0.25])
def test_sgd_is_its_formula_in_fractions(momentum, nesterov, decay):
    """All numbers are halves, quarters and so on, so floats hold them without rounding."""
    if nesterov and not momentum:
        return
    W, gradients, rates = exactly(Fraction)
    mu, wd, V = Fraction(momentum), Fraction(decay), [Fraction(0)] * 3
    found = steps(sgd(momentum=momentum, nesterov=nesterov, weight_decay=decay))
    for seen, its, rate in zip(found, gradients, rates, strict=True):
        G = [g + wd * w if place < 2 else g for place, (g, w) in enumerate(zip(its, W, strict=True))]
        V = [mu * v + g for v, g in zip(V, G, strict=True)]
        moves = [g + mu * v if nesterov else v for g, v in zip(G, V, strict=True)]
        W = [w - rate * move for w, move in zip(W, moves, strict=True)]
        assert [Fraction(x) for x in seen.tolist()] == W


@pytest.mark.parametrize("decoupled", [False, True])
@pytest.mark.parametrize("decay", [0, 0.25])
@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.5, 0.75), (0, 0.5), (0.5, 0)])
def test_adam_is_its_formula_to_50_digits(betas, decay, decoupled):
    found = steps(adam(betas=betas, eps=1e-3, weight_decay=decay, decoupled=decoupled))
    with mpmath.workdps(50):
        W, gradients, rates = exactly(mpmath.mpf)
        M, S, (b1, b2), eps = [0] * 3, [0] * 3, map(mpmath.mpf, betas), mpmath.mpf(1e-3)
        for t, (seen, its, rate) in enumerate(zip(found, gradients, rates, strict=True), start=1):
            for place in range(3):
                g, wd = its[place], decay if place < 2 else 0
                if decoupled:
                    W[place] *= 1 - rate * wd
                else:
                    g += wd * W[place]
                M[place] = b1 * M[place] + (1 - b1) * g
                S[place] = b2 * S[place] + (1 - b2) * g**2
                m, s = M[place] / (1 - b1**t), S[place] / (1 - b2**t)
                W[place] -= rate * m / (mpmath.sqrt(s) + eps)
            np.testing.assert_allclose(seen, [float(w) for w in W], rtol=1e-13, atol=1e-15)


def test_numbers_computed_on_paper():
    """Gradients 1 and -1, rate 1. Momentum ½: V is 1, then -½. Adam with β₁ = β₂ = ½: M̂ is 1, then -⅓, Ŝ is 1 both times."""
    two = {"start": [0.0], "gradients": [[1.0], [-1.0]], "rates": [1, 1], "weights": []}
    assert np.ravel(steps(sgd(), **two)).tolist() == [-1, 0]
    assert np.ravel(steps(sgd(momentum=0.5), **two)).tolist() == [-1, -0.5]
    assert np.ravel(steps(sgd(momentum=0.5, nesterov=True), **two)).tolist() == [-1.5, -0.25]
    np.testing.assert_allclose(
        np.ravel(steps(adam(betas=(0.5, 0.5), eps=1e-30), **two)), [-1, -2 / 3], rtol=1e-15
    )


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_the_first_step_of_adam_is_the_rate_against_the_sign_whatever_the_gradient(scale):
    gradient = np.array([3.0, -0.01, 7.0, -500.0]) * scale
    (seen,) = steps(adam(eps=1e-30), np.zeros(4), [gradient], [0.1], [])
    np.testing.assert_allclose(seen, -0.1 * np.sign(gradient), rtol=1e-13)


def test_adam_where_every_gradient_is_0_stays():
    assert steps(adam(), START, [[0, 0, 0]] * 3, [1, 1, 1])[-1].tolist() == START


def test_l2_is_decay_for_plain_steps_and_not_for_adam():
    """On the way of one weight with gradients of 1 and of 100: decay is λ times the weight for one of the two only."""
    sides = {}
    for name, decoupled in (("decoupled", True), ("l2", False)):
        with_decay = steps(
            adam(eps=1e-30, weight_decay=0.5, decoupled=decoupled),
            [2.0, 2.0],
            [[1, 100]],
            [0.1],
            [slice(0, 2)],
        )
        without = steps(adam(eps=1e-30), [2.0, 2.0], [[1, 100]], [0.1], [])
        sides[name] = without[0] - with_decay[0]
    np.testing.assert_allclose(sides["decoupled"], 0.1 * 0.5 * 2.0, rtol=1e-13)
    np.testing.assert_allclose(sides["l2"], 0, atol=1e-13)
    (plain,) = steps(sgd(weight_decay=0.5), [2.0, 2.0], [[1, 100]], [0.1], [slice(0, 2)])
    np.testing.assert_allclose(plain, np.array([2.0, 2.0]) * (1 - 0.1 * 0.5) - 0.1 * np.array([1, 100]))


def test_nesterov_sees_the_gradient_at_the_place_ahead():
    """On J = ½ a w², against the look-ahead form: W + μV is what the optimiser holds."""
    a, mu, rate = 3.0, 0.8, 0.1
    held, gradient = np.array([1.0]), np.zeros(1)
    update = sgd(momentum=mu, nesterov=True)(held, gradient, [])
    W, V = 1.0, 0.0
    for _ in range(20):
        gradient[...] = a * held
        update(rate)
        V = mu * V - rate * a * (W + mu * V)
        W += V
        assert held[0] == pytest.approx(W + mu * V, rel=1e-13)


# Clipping


def test_a_clipped_gradient_has_the_norm_and_its_direction():
    gradient = np.array([3.0, -4.0, 12.0])
    (seen,) = steps(clipped(sgd(), norm=2), np.zeros(3), [gradient], [1], [])
    np.testing.assert_allclose(seen, -gradient * 2 / 13, rtol=1e-15)
    (unchanged,) = steps(clipped(sgd(), norm=13.1), np.zeros(3), [gradient], [1], [])
    assert unchanged.tolist() == (-gradient).tolist()
    assert steps(clipped(sgd(), norm=1), np.zeros(3), [np.zeros(3)], [1], [])[0].tolist() == [0, 0, 0]


@pytest.mark.filterwarnings("ignore:overflow encountered")
def test_a_gradient_whose_squares_overflow_is_clipped_all_the_same():
    (seen,) = steps(clipped(sgd(), norm=1), np.zeros(2), [[3e25, -4e25]], [1], [], np.float32)
    assert seen.dtype == np.float32
    np.testing.assert_allclose(seen, [-0.6, 0.8], rtol=1e-6)


def test_the_gradient_is_clipped_before_the_decay_is_added():
    (seen,) = steps(clipped(sgd(weight_decay=0.5), norm=1), [2.0], [[10.0]], [1], [slice(0, 1)])
    assert seen[0] == 2 - (1 + 0.5 * 2)


# Schedules


def test_cosine_is_half_a_wave():
    schedule = cosine(0.3, final=0.1)
    assert [schedule(step, 10) for step in range(10)] == pytest.approx(
        [0.2 + 0.1 * cos(pi * step / 10) for step in range(10)]
    )
    assert schedule(10, 10) == pytest.approx(0.1)


def test_a_warm_up_rises_evenly_and_hands_on_to_the_start_of_the_schedule():
    schedule, alone = warmup(cosine(0.8), steps=4), cosine(0.8)
    assert [schedule(step, 14) for step in range(4)] == pytest.approx([0.2, 0.4, 0.6, 0.8])
    assert [schedule(step, 14) for step in range(4, 14)] == [alone(step, 10) for step in range(10)]
    assert [warmup(1.0, steps=4)(step, 2) for step in range(2)] == [0.25, 0.5]  # longer than the training


# In a network


def data(n=40, sizes=(3, 5, 2), dtype=np.float64):
    rng = np.random.default_rng(1)
    X = rng.standard_normal((n, sizes[0])).astype(dtype)
    return X, np.eye(sizes[-1], dtype=dtype)[rng.integers(sizes[-1], size=n)]


def flat(net):
    return np.concatenate(
        [part.ravel() for layer in zip(net.weights, net.biases, strict=True) for part in layer]
    )


def test_fit_with_an_optimiser_is_a_loop_over_batches_and_layers():
    """The same training with `gradients`, momentum and decay written out for each matrix; the last batch is a short one."""
    (X, T), batch, mu, decay = data(11), 4, 0.9, 0.1
    net, slow = (Network([3, 5, 2], "tanh", "cross_entropy", seed=3) for _ in range(2))
    schedule = warmup(cosine(0.2), steps=2)
    net.fit(X, T, 3, batch, schedule, optimiser=sgd(momentum=mu, weight_decay=decay))

    order_of = np.random.default_rng(3)
    for W in slow.weights:
        order_of.standard_normal(W.shape)
    V_W, V_B = [0 * W for W in slow.weights], [0 * B for B in slow.biases]
    step = 0
    for _ in range(3):
        order = order_of.permutation(11)
        for start in range(0, 11, batch):
            rows, rate = order[start : start + batch], schedule(step, 9)
            for r, (W_bar, B_bar) in enumerate(slow.gradients(X[rows], T[rows])):
                V_W[r] = mu * V_W[r] + W_bar + decay * slow.weights[r]
                V_B[r] = mu * V_B[r] + B_bar
                slow.weights[r] = slow.weights[r] - rate * V_W[r]
                slow.biases[r] = slow.biases[r] - rate * V_B[r]
            step += 1
    np.testing.assert_allclose(flat(net), flat(slow), rtol=1e-12, atol=1e-14)


def test_the_weights_of_each_layer_decay_and_the_biases_stay():
    sizes = (3, 5, 2)
    parameters = np.arange(32.0)
    found = [parameters[part] for part in weight_parts(sizes)]
    blocks = parameter_blocks(parameters, sizes)
    assert [part.tolist() for part in found] == [block[:-1].ravel().tolist() for block in blocks]

    net = Network(sizes, "identity")
    net.biases = [np.ones((1, outputs)) for _, outputs in pairwise(sizes)]
    weights, biases = [np.array(W) for W in net.weights], [np.array(B) for B in net.biases]
    X = np.zeros((1, 3))
    T = net.forward(X)  # right already: no gradient, so only the decay moves
    net.fit(X, T, 1, 1, 0.5, optimiser=adam(weight_decay=0.25))
    for W, before in zip(net.weights, weights, strict=True):
        np.testing.assert_allclose(W, before * (1 - 0.5 * 0.25), rtol=1e-14)
    for B, before in zip(net.biases, biases, strict=True):
        np.testing.assert_array_equal(B, before)


def test_sgd_without_a_setting_is_the_plain_step():
    X, T = data()
    plain, named, scheduled = (Network([3, 5, 2]) for _ in range(3))
    plain.fit(X, T, 5, 8, 0.5)
    named.fit(X, T, 5, 8, 0.5, optimiser=sgd())
    scheduled.fit(X, T, 5, 8, lambda step, steps: 0.5)
    np.testing.assert_allclose(flat(named), flat(plain), rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(flat(named), flat(scheduled))


def test_a_schedule_gets_each_step_of_the_call_and_their_number():
    (X, T), seen = data(10), []

    def schedule(step, steps):
        seen.append((step, steps))
        return 0.1

    net = Network([3, 5, 2])
    net.fit(X, T, 3, 4, schedule)
    assert seen == [(step, 9) for step in range(9)]
    net.fit(X, T, 1, 4, schedule)
    assert seen[9:] == [(step, 3) for step in range(3)]


OPTIMISERS = {
    "sgd": sgd(),
    "momentum": sgd(momentum=0.9, weight_decay=0.01),
    "nesterov": sgd(momentum=0.9, nesterov=True),
    "adam": adam(),
    "adamw": adam(weight_decay=0.1),
    "l2": adam(weight_decay=0.1, decoupled=False),
    "clipped": clipped(adam(), norm=0.1),
}


@pytest.mark.parametrize("optimiser", OPTIMISERS.values(), ids=OPTIMISERS)
def test_the_same_training_twice_with_one_optimiser_is_the_same_and_float32_stays(optimiser):
    (X, T), nets = data(dtype=np.float32), [Network([3, 5, 2], dtype=np.float32) for _ in range(2)]
    histories = [net.fit(X, T, 4, 8, cosine(0.05), optimiser=optimiser) for net in nets]
    assert histories[0] == histories[1]
    assert histories[0][-1] < histories[0][0]
    np.testing.assert_array_equal(flat(nets[0]), flat(nets[1]))
    assert flat(nets[0]).dtype == np.float32


def test_what_an_optimiser_remembers_ends_with_the_call():
    X, T = data()
    once, twice, plain, plain_twice = (Network([3, 5, 2]) for _ in range(4))
    once.fit(X, T, 6, 8, 0.1, optimiser=sgd(momentum=0.9))
    plain.fit(X, T, 6, 8, 0.1, optimiser=sgd())
    for _ in range(2):
        twice.fit(X, T, 3, 8, 0.1, optimiser=sgd(momentum=0.9))
        plain_twice.fit(X, T, 3, 8, 0.1, optimiser=sgd())
    np.testing.assert_array_equal(flat(plain), flat(plain_twice))
    assert np.abs(flat(once) - flat(twice)).max() > 1e-3


def test_an_interrupt_leaves_what_the_complete_epochs_made():
    (X, T), calls = data(), iter(range(100))

    def interrupted(step, steps):
        if next(calls) == 13:  # in the third epoch of five steps
            raise KeyboardInterrupt
        return 0.1

    net, other = Network([3, 5, 2]), Network([3, 5, 2])
    with pytest.raises(KeyboardInterrupt):
        net.fit(X, T, 9, 8, interrupted, optimiser=adam())
    assert net.history == other.fit(X, T, 2, 8, 0.1, optimiser=adam())
    np.testing.assert_array_equal(flat(net), flat(other))
    assert net.fit(X, T, 1, 8, 0.1) == other.fit(X, T, 1, 8, 0.1)


def test_no_step_allocates_arrays():
    parameters, gradient = np.ones(200_000, np.float32), np.ones(200_000, np.float32)
    for name, optimiser in OPTIMISERS.items():
        update = optimiser(parameters, gradient, [slice(0, 1000)])
        update(0.001)
        tracemalloc.start()
        update(0.001)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 10_000, name


# What is refused

REFUSED = [
    (
        lambda: sgd(momentum=1),
        "sgd: momentum must be a number, at least 0 and below 1; got 1",
    ),
    (lambda: sgd(momentum="much"), "sgd: momentum must be a number, at least 0 and below 1; got 'much'"),
    (lambda: sgd(weight_decay=-0.1), "sgd: weight_decay must be a number, 0 or more; got -0.1"),
    (lambda: sgd(nesterov=True), "sgd: nesterov needs a momentum above 0"),
    (lambda: adam(betas=0.9), "adam: betas must be two numbers, got 0.9"),
    (lambda: adam(betas=(0.9, 0.99, 0.999)), "adam: betas must be two numbers, got (0.9, 0.99, 0.999)"),
    (lambda: adam(betas=(0.9, 1.0)), "adam: each of betas must be a number, at least 0 and below 1; got 1.0"),
    (lambda: adam(eps=0), "adam: eps must be a positive number, got 0"),
    (lambda: adam(weight_decay=nan), "adam: weight_decay must be a number, 0 or more; got nan"),
    (lambda: clipped(adam(), norm=0), "clipped: norm must be a positive number, got 0"),
    (lambda: clipped(adam, norm=1), "clipped: the optimiser is what adam(...) returns, not adam itself"),
    (
        lambda: clipped("adam", norm=1),
        "clipped: optimiser must be one such as sgd(momentum=0.9) or adam(), got 'adam'",
    ),
    (lambda: cosine(inf), "cosine: learning_rate must be a positive number, got inf"),
    (lambda: cosine(0.1, final=-1), "cosine: final must be a number, 0 or more; got -1"),
    (lambda: warmup(0, steps=3), "warmup: learning_rate must be a positive number, got 0"),
    (lambda: warmup(0.1, steps=0), "warmup: steps must be a whole number, 1 or more; got 0"),
    (
        lambda: Network([3, 2]).fit(*data(sizes=(3, 2)), 1, 8, 0.1, optimiser=sgd),
        "fit: the optimiser is what sgd(...) returns, not sgd itself",
    ),
    (
        lambda: Network([3, 2]).fit(*data(sizes=(3, 2)), 1, 8, 0.1, optimiser="adam"),
        "fit: optimiser must be one such as sgd(momentum=0.9) or adam(), got 'adam'",
    ),
    (
        lambda: Network([3, 2]).fit(*data(sizes=(3, 2)), 1, 8, 0, optimiser=adam()),
        "learning_rate must be a positive number, got 0",
    ),
    (
        lambda: rate_of_step(lambda step, steps: -0.1, 3, 10),
        "learning_rate(3, 10) must be a number, 0 or more; got -0.1",
    ),
    (
        lambda: Network([3, 2]).fit(*data(sizes=(3, 2)), 1, 8, lambda step, steps: None),
        "learning_rate(0, 5) must be a number, 0 or more; got None",
    ),
]


@pytest.mark.parametrize(("call", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_what_makes_no_sense_is_refused_by_name(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()


def test_a_schedule_that_fails_at_its_first_step_changes_nothing():
    X, T = data()
    net = Network([3, 5, 2])
    before, state = flat(net), net._random.bit_generator.state
    with pytest.raises(
        ValueError, match=re.escape("learning_rate(0, 5) must be a number, 0 or more; got nan")
    ):
        net.fit(X, T, 1, 8, lambda step, steps: nan)
    np.testing.assert_array_equal(flat(net), before)
    assert net._random.bit_generator.state == state


def test_training_that_diverges_with_a_schedule_says_what_to_try():
    X, T = data()
    net = Network([3, 5, 2], "relu", dtype=np.float32)
    before = flat(net)
    message = (
        r"^training diverged in epoch \d+: the loss or a parameter is no longer finite\. The parameters are "
        r"again those from before fit; try a smaller learning_rate$"
    )
    with pytest.raises(FloatingPointError, match=message):
        net.fit(X, T, 50, 8, cosine(1e30), optimiser=sgd(momentum=0.9))
    np.testing.assert_array_equal(flat(net), before)
