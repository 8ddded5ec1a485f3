r"""Optimisers: what a training step makes of the gradient, how long the step is, and how it is kept from being too long.

[`Network.fit`][mathnet.network.Network.fit] walks against the gradient, $W \leftarrow W - \eta\, \bar W$, unless it is told otherwise:

>>> import numpy as np
>>> from mathnet import Network, adam, clipped, cosine, warmup
>>> X, T = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0], [1], [1], [0]])
>>> net = Network([2, 4, 1], "tanh")
>>> rate = warmup(cosine(0.1), steps=10)
>>> history = net.fit(X, T, 200, 4, rate, optimiser=clipped(adam(weight_decay=0.001), norm=1))
>>> net.predict(X)
array([0, 1, 1, 0])

`sgd` and `adam` choose the direction of a step, `cosine` its length; `clipped` changes an optimiser, `warmup` a schedule. [The chapter][optimisers] compares them.

In the formulas, $W$ is the row of all weights and biases of the network, and $\bar W$ its gradient, of the same shape: every operation goes entry by entry.
What an optimiser remembers lasts for one call of `fit`, and the next call begins anew; one optimiser serves any number of networks.
Weight decay makes weights smaller, not biases: a bias moves a unit's $z$ without making the unit more sensitive to its inputs.
"""

from collections.abc import Callable
from math import cos, pi, sqrt

import numpy as np
from numpy import add, divide, dot, multiply

from mathnet.arguments import number_from_0, number_from_0_below_1, positive_number, whole_number
from mathnet.shapes import Array

Update = Callable[[float], object]
Optimiser = Callable[[Array, Array, list[slice]], Update]
"""Gets all parameters and their gradient, as two flat arrays, and where the weights lie in them. Sets up its memory, and returns `update(rate)`, which makes
one step: it changes the parameters in place, and may use the gradient as scratch paper."""
Schedule = Callable[[int, int], float]
"""Gets the number of a step, counted from 0, and the number of all steps; returns the learning rate of this step."""


def sgd(*, momentum: float = 0.0, nesterov: bool = False, weight_decay: float = 0.0) -> Optimiser:
    r"""$V \leftarrow \mu V + \bar W$, then $W \leftarrow W - \eta V$: a step that remembers the steps before it.

    $V$, the velocity, is 0 before the first step. With $\mu = 0$ this is the plain step. Where all gradients agree, the steps grow
    to $1/(1 - \mu)$ times the plain one, ten times with $\mu = 0.9$; where they change their sign from step to step, they cancel.

    `nesterov` takes the gradient where the velocity is about to lead. `weight_decay` adds $\lambda W$ to the gradient of the weights: that is
    the gradient of $\tfrac\lambda2 \sum W^2$.

    Derivation
    ----------
    Nesterov: $G$ is the gradient at the point $U = W + \mu V$ that lies ahead, and the velocity $V$ includes the learning rate here. Written for $U$, the step needs the gradient
    at $U$ itself, as every network computes it: $U$ is what the network holds.

    ```derivation nesterov-ahead
    where  W, V, G \in \mathbb{R}^{p},  \mu, \eta \in \mathbb{R}
           U = W + \mu V
           A = \mu V - \eta G
           P = W + A
    P + \mu A
      &= W + A + \mu A                    && \text{the new } U \text{, from the new } W \text{ and } V \\
      &= U - \mu V + A + \mu A            && W = U - \mu V \\
      &= U - \eta G + \mu A               && A = \mu V - \eta G
    ```

    With $V = -\eta$ times the velocity of the code, this is its step, $W \leftarrow W - \eta\, (\bar W + \mu V)$ with the new $V$.

    Parameters
    ----------
    momentum : float
        μ, at least 0 and below 1; 0.9 is common.
    nesterov : bool
        Whether to look ahead. Needs a momentum.
    weight_decay : float
        λ, 0 or more.

    Returns
    -------
    optimiser : callable
        For `Network.fit(..., optimiser=...)`.

    Raises
    ------
    ValueError
        For a setting that is out of range.

    Notes
    -----
    Memory: a gradient of the size of the parameters, a second such array if there is a momentum, and one of the size of the weights if they decay. The velocity is that of
    PyTorch: the learning rate is not in it, so a schedule acts at once on what was gathered before.

    References
    ----------
    Polyak (1964) for momentum; Nesterov (1983) for the look-ahead; Sutskever et al. (2013) for both in networks.

    Examples
    --------
    Two steps of length 1 along a gradient of 1, with momentum ½: 1, then 1½.

    >>> W, W_bar = np.array([0.0]), np.array([1.0])
    >>> update = sgd(momentum=0.5)(W, W_bar, [])
    >>> for step in range(2):
    ...     W_bar[...] = 1
    ...     update(1.0)
    ...     print(W)
    [-1.]
    [-2.5]
    """
    momentum = number_from_0_below_1("sgd: momentum", momentum)
    weight_decay = number_from_0("sgd: weight_decay", weight_decay)
    if nesterov and momentum == 0:
        raise ValueError("sgd: nesterov needs a momentum above 0")

    def start(parameters: Array, gradient: Array, weights: list[slice]) -> Update:
        V = np.zeros_like(parameters) if momentum else gradient
        add_decay = _l2(parameters, gradient, weights, weight_decay)

        def move(direction: Array, factor: float) -> None:
            multiply(direction, factor, gradient)  # the next gradient is written over it
            add(parameters, gradient, parameters)

        def update(rate: float) -> None:
            add_decay()
            if momentum:
                multiply(V, momentum, V)
                add(V, gradient, V)
            if nesterov:
                move(gradient, -rate)
                move(V, -rate * momentum)
            else:
                move(V, -rate)

        return update

    return start


def adam(
    *,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    decoupled: bool = True,
) -> Optimiser:
    r"""$W \leftarrow W - \eta\, \hat M / (\sqrt{\hat S} + \varepsilon)$: each entry has a step length of its own.

    $M$ is a running mean of the gradients and $S$ one of their squares:
    $M \leftarrow \beta_1 M + (1 - \beta_1)\, \bar W$ and $S \leftarrow \beta_2 S + (1 - \beta_2)\, \bar W \odot \bar W$.
    Both are 0 at first, so they are too small in the first steps. In step $t = 1, 2, \dots$ a division corrects that:
    $\hat M = M / (1 - \beta_1^t)$ and $\hat S = S / (1 - \beta_2^t)$.

    The size of the gradient cancels. In the first step $\hat M = \bar W$ and $\hat S = \bar W \odot \bar W$, so every entry moves by η,
    in the direction of minus its sign.

    With `weight_decay` this is AdamW: weights are first multiplied by $1 - \eta \lambda$, whatever their gradients. With
    `decoupled=False` the decay is a part of the gradient, $\bar W + \lambda W$, as in `sgd`. Then it is divided by $\sqrt{\hat S}$, too, and
    is no longer in proportion to the weight.

    Derivation
    ----------
    One entry $m_t$ of $M$, for gradients that are all the same number $g$. After $N$ steps it is too small by the factor $1 - \beta^N$. Random gradients with the mean $g$
    give an $m_N$ with the same mean, because $m_N$ is linear in them. For $S$ put the squares in place of the gradients.

    ```derivation adam-bias
    where  \beta, g \in \mathbb{R}
           m_0 = 0
           m_t = \beta m_{t-1} + (1 - \beta)\, g \text{ for } t = 1, \ldots, N
    m_N
      &= (1 - \beta) \sum_{t=1}^{N} \beta^{N-t} g                                       && \text{each step multiplies what was there by } \beta \\
      &= \left(\sum_{t=1}^{N} \beta^{N-t} - \sum_{t=1}^{N} \beta^{N-t+1}\right) g         && \text{multiplied out} \\
      &= (1 - \beta^N)\, g                                                              && \text{the same terms, but the first and the last}
    ```

    Parameters
    ----------
    betas : pair of float
        β₁ and β₂, each at least 0 and below 1.
    eps : float
        ε, a positive number: it bounds the step where gradients have been 0.
    weight_decay : float
        λ, 0 or more.
    decoupled : bool
        Whether the decay acts on the weights directly (AdamW) or on their gradient.

    Returns
    -------
    optimiser : callable
        For `Network.fit(..., optimiser=...)`.

    Raises
    ------
    ValueError
        For a setting that is out of range.

    Notes
    -----
    Memory: a gradient of the size of the parameters, and two more such arrays. In float32 the square of a gradient below about 10⁻²¹ is lost in $S$, and its entry moves as far
    as ε says.

    RMSProp, of Tieleman and Hinton (2012), is Adam without $M$ and without the corrections.

    References
    ----------
    Kingma and Ba (2015); Loshchilov and Hutter (2019) for the decoupled decay.

    Examples
    --------
    Gradients of any size: a first step of the learning rate, against the sign.

    >>> W, W_bar = np.zeros(3), np.array([1000, 0.001, -7])
    >>> adam()(W, W_bar, [])(0.1)
    >>> W.round(5)
    array([-0.1, -0.1,  0.1])
    """
    try:
        beta_1, beta_2 = betas
    except (TypeError, ValueError):
        raise ValueError(f"adam: betas must be two numbers, got {betas!r}") from None
    beta_1, beta_2 = (number_from_0_below_1("adam: each of betas", beta) for beta in (beta_1, beta_2))
    eps = positive_number("adam: eps", eps)
    weight_decay = number_from_0("adam: weight_decay", weight_decay)

    def start(parameters: Array, gradient: Array, weights: list[slice]) -> Update:
        M, S, t = np.zeros_like(parameters), np.zeros_like(parameters), 0
        add_decay = _l2(parameters, gradient, weights, 0.0 if decoupled else weight_decay)
        decaying = [parameters[part] for part in weights] if decoupled and weight_decay else []

        def update(rate: float) -> None:
            nonlocal t
            t += 1
            add_decay()
            for W in decaying:
                multiply(W, 1 - rate * weight_decay, W)
            step = gradient  # what is no longer needed of it makes room, so nothing is allocated
            multiply(M, beta_1, M)
            multiply(S, beta_2, S)
            multiply(gradient, 1 - beta_1, step)
            add(M, step, M)
            divide(step, 1 - beta_1, gradient)
            multiply(gradient, gradient, step)
            multiply(step, 1 - beta_2, step)
            add(S, step, S)
            divide(S, 1 - beta_2**t, step)
            np.sqrt(step, step)
            add(step, eps, step)
            divide(M, step, step)
            multiply(step, -rate / (1 - beta_1**t), step)
            add(parameters, step, parameters)

        return update

    return start


def clipped(optimiser: Optimiser, *, norm: float) -> Optimiser:
    r"""$\bar W \leftarrow \bar W \cdot \min(1, c / \lVert \bar W \rVert)$ before the step: no gradient is longer than $c$.

    The length is that of the gradient of the whole network, the root of the sum of all its squared entries. The gradient keeps its direction, unlike one
    whose entries are cut off one by one.

    Parameters
    ----------
    optimiser : callable
        What makes the step: `sgd()`, `adam()`, or one of your own.
    norm : float
        c, a positive number.

    Returns
    -------
    optimiser : callable
        For `Network.fit(..., optimiser=...)`.

    Raises
    ------
    ValueError
        If the optimiser cannot be called, or c is not a positive number.

    References
    ----------
    Pascanu, Mikolov and Bengio (2013).

    Examples
    --------
    A gradient of length 5 becomes one of length 1.

    >>> W, W_bar = np.zeros(2), np.array([3.0, -4.0])
    >>> clipped(sgd(), norm=1)(W, W_bar, [])(1.0)
    >>> W
    array([-0.6,  0.8])
    """
    optimiser = check_optimiser("clipped", optimiser)
    norm = positive_number("clipped: norm", norm)

    def start(parameters: Array, gradient: Array, weights: list[slice]) -> Update:
        update = optimiser(parameters, gradient, weights)

        def clip_and_update(rate: float) -> None:
            length = sqrt(dot(gradient, gradient))
            if length == np.inf:  # the squares overflow, the entries perhaps not
                largest = max(gradient.max(), -gradient.min())
                divide(gradient, largest, gradient)
                length = sqrt(dot(gradient, gradient))
                multiply(gradient, norm / length, gradient)
            elif length > norm:
                multiply(gradient, norm / length, gradient)
            update(rate)

        return clip_and_update

    return start


def cosine(learning_rate: float, *, final: float = 0.0) -> Schedule:
    r"""$\eta_t = \eta_{\text{final}} + (\eta - \eta_{\text{final}}) \cdot \tfrac12 (1 + \cos(\pi t / N))$: half a wave down, over $N$ steps.

    Parameters
    ----------
    learning_rate : float
        η, of the first step: a positive number.
    final : float
        What the rates fall to, 0 or more. The last step is one short of it.

    Returns
    -------
    schedule : callable
        `schedule(step, steps)`, the rate of a step, counted from 0. Give it to `Network.fit` for the learning rate.

    Raises
    ------
    ValueError
        For a rate that is out of range.

    References
    ----------
    Loshchilov and Hutter (2017), there with restarts.

    Examples
    --------
    >>> schedule = cosine(0.1)
    >>> [round(schedule(step, 4), 3) for step in range(4)]
    [0.1, 0.085, 0.05, 0.015]
    """
    learning_rate = positive_number("cosine: learning_rate", learning_rate)
    final = number_from_0("cosine: final", final)

    def rate(step: int, steps: int) -> float:
        return final + (learning_rate - final) * (1 + cos(pi * step / steps)) / 2

    return rate


def warmup(learning_rate: float | Schedule, *, steps: int) -> Schedule:
    r"""$\eta_t = \eta_0 \cdot (t + 1)/s$ for the first $s$ steps, then the schedule from its start.

    Parameters
    ----------
    learning_rate : float or callable
        A number, or a schedule such as `cosine(0.1)`.
    steps : int
        s, how many steps the rise takes.

    Returns
    -------
    schedule : callable
        As `cosine` returns one.

    Raises
    ------
    ValueError
        For a rate that is not a positive number, or steps that are not a whole number above 0.

    References
    ----------
    Goyal et al. (2017).

    Examples
    --------
    >>> schedule = warmup(1.0, steps=4)
    >>> [schedule(step, 6) for step in range(6)]
    [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]
    """
    rises = whole_number("warmup: steps", steps)
    after = schedule_of(learning_rate, where="warmup: ")

    def rate(step: int, steps: int) -> float:
        left = max(1, steps - rises)
        return after(step - rises, left) if step >= rises else after(0, left) * (step + 1) / rises

    return rate


def schedule_of(learning_rate: float | Schedule, where: str = "") -> Schedule:
    """Return a schedule as it is, and for a number the schedule that always says it."""
    if callable(learning_rate):
        return learning_rate
    number = positive_number(f"{where}learning_rate", learning_rate)
    return lambda step, steps: number


def check_optimiser(where: str, optimiser: object) -> Optimiser:
    """Return the optimiser, or raise ValueError."""
    if optimiser in (sgd, adam, clipped):
        name = getattr(optimiser, "__name__", "")
        raise ValueError(f"{where}: the optimiser is what {name}(...) returns, not {name} itself")
    if not callable(optimiser):
        raise ValueError(
            f"{where}: optimiser must be one such as sgd(momentum=0.9) or adam(), got {optimiser!r}"
        )
    return optimiser


def rate_of_step(schedule: Schedule, step: int, steps: int) -> float:
    """Return what a schedule says, or raise ValueError unless it is a number, 0 or more."""
    return number_from_0(f"learning_rate({step}, {steps})", schedule(step, steps))


def _l2(parameters: Array, gradient: Array, weights: list[slice], weight_decay: float) -> Callable[[], None]:
    """Return a function that adds weight_decay times each weight to its gradient."""
    pairs = [(parameters[part], gradient[part]) for part in weights] if weight_decay else []
    scratch = [np.empty_like(W) for W, _ in pairs]

    def add_decay() -> None:
        for (W, W_bar), decay in zip(pairs, scratch, strict=True):
            multiply(W, weight_decay, decay)
            add(W_bar, decay, W_bar)

    return add_decay
