r"""$f$ and $f'$, applied to every entry on its own.

$[f(Z)]_{ij} = f(Z_{ij})$: entry (i, j) of the result depends on entry (i, j) of Z and on no other.
That answers the first half of the [question][backpropagation-is-four-products]: of the sum in
the chain rule one term survives, so every rule of this chapter is a Hadamard product:

```derivation elementwise-rule
where  Z \in \mathbb{R}^{n \times y}
       f \text{ elementwise}
       Y = f(Z)
\bar Z = \bar Y \odot f'(Z)
```

Each rule spells out its own $f'$, by its output where that is cheaper, because no exponential or root is computed again:

| y = f(z) | $f'$ by the input | $f'$ by the output | what is kept |
|---|---|---|---|
| identity | $1$ | $1$ | nothing |
| sigmoid | $\sigma(z)\, (1 - \sigma(z))$ | $y\, (1 - y)$ | Y |
| tanh | $1 - \tanh(z)^2$ | $1 - y^2$ | Y |
| relu | $[z > 0]$ | $[y > 0]$ | Z |
| softplus | $\sigma(z)$ | $1 - e^{-y}$ | Z |
| silu | $\sigma(z)\, (1 + z\, (1 - \sigma(z)))$ | none: two inputs have the same output | Z |
| leaky_relu | $1$ or $\alpha$ | the same, if $\alpha > 0$ | Z |
| elu | $1$ or $\alpha e^z$ | $1$ or $y + \alpha$ | Y |
| mish | $t + z\, (1 - t^2)\, \sigma(z)$ with $t = \tanh(\log(1 + e^z))$ | none | Z |
| hard_sigmoid | $\tfrac16$ or 0 | the same | Z |
| hardswish | 0, $\tfrac13 z + \tfrac12$ or 1 | none | Z |
| gelu_tanh | $s + 2 c z\, s\, (1 - s)\, (1 + 3 a z^2)$ with $s = \sigma(2 c\, (z + a z^3))$ | none | Z |
| exp | $e^z$ | $y$ | Y |
| expm1 | $e^z$ | $y + 1$ | Y |
| log | $1 / z$ | $e^{-y}$ | Z |
| log1p | $1 / (1 + z)$ | $e^{-y}$ | Z |
| sqrt | $1 / (2 \sqrt z)$ | $1 / (2 y)$ | Y |
| square | $2 z$ | none: the sign of z is lost | Z |
| clip | $[a \le z \le b]$ | none: at a limit the input is lost | Z |
| dropout | $M / (1 - r)$, with the mask M | the same | the mask |

At ±∞ every function that is defined there has its limit, and at NaN it is NaN. The cost is one pass over the entries: `sigmoid`, `tanh`,
`softplus`, `silu` and `elu` compute an exponential for each, the rules of `sigmoid`, `tanh` and `elu` none.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from mathnet.arguments import number_from_0_below_1, positive_number, takes_arrays
from mathnet.shapes import Array, check_shapes, mask_of

FAR_OUT = 6e4
"""Here the sigmoid is 0 or 1 in every type of NumPy's floats, of which float16 ends at 65504."""

GELU_C, GELU_A = (2 / math.pi) ** 0.5, 0.044715
"""The two numbers of the tanh form of the GELU."""

GELU_ENDS = 32
"""Here the cubic of that form is beyond ±1000, whose sigmoid is 0 or 1, and does not overflow in float16."""


@takes_arrays
def identity(Z: Array) -> Array:
    r"""$f(z) = z$.

    The activation of a linear layer.

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    Y : (...) array
        A copy of Z.
    """
    return Z.copy()


@takes_arrays
def identity_prime(Z: Array) -> Array:
    """$f'(z) = 1$.

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    (...) array
        Ones in the shape of Z.
    """
    return np.ones_like(Z)


@takes_arrays
def identity_vjp(Y_bar: Array, Y: Array | None, Z: Array | None) -> tuple[Array]:
    r"""$\bar Z = \bar Y$.

    Derivation
    ----------
    ```derivation identity-vjp
    where  Z \in \mathbb{R}^{n \times m}
           Y_{ij} = Z_{ij}
    \bar Z_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, \delta_{pi}\, \delta_{qj}  && Y_{pq} = Z_{pq} \text{, a slope of 1} \\
      &= \bar Y_{ij}  && \text{both sums collapse}
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the output.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array or None
        The input, in the same shape; not needed.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the input.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("identity_vjp(Y_bar[...], Y[...], Z[...])", Y_bar, Y, Z)
    return (Y_bar.copy(),)


@takes_arrays
def identity_jvp(Z_dot: Array, Y: Array | None, Z: Array | None) -> Array:
    r"""$\dot Y = \dot Z$.

    What moves the input moves the output as much.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the input.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array or None
        The input, in the same shape; not needed.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the output.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("identity_jvp(Z_dot[...], Y[...], Z[...])", Z_dot, Y, Z)
    return Z_dot.copy()


@takes_arrays
def sigmoid(Z: Array) -> Array:
    r"""$\sigma(z) = 1 / (1 + e^{-z})$.

    Squeezes every number into (0, 1); the f of the layer that runs through the book.

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    Y : (...) array
        Entries in (0, 1), up to rounding.

    Notes
    -----
    For negative z the equal $e^z / (1 + e^z)$ is evaluated: neither branch overflows, and small
    values keep all their digits.

    Examples
    --------
    >>> sigmoid(np.array([0.0, np.log(3.0)]))
    array([0.5 , 0.75])
    """
    E = np.exp(-np.maximum(Z, -Z))
    Y: Array = np.where(np.greater_equal(Z, 0), 1, E) / (1 + E)
    return Y


@takes_arrays
def sigmoid_prime(Z: Array) -> Array:
    r"""$\sigma'(z) = \sigma(z)\, (1 - \sigma(z))$.

    Derivation
    ----------
    ```derivation sigmoid-prime
    where  z \in \mathbb{R}
           \sigma(x) = \frac{1}{1 + e^{-x}}
    \sigma'(z)
      &= \frac{e^{-z}}{(1 + e^{-z})^2}  && \text{chain rule for } x^{-1} \\
      &= \frac{1}{1 + e^{-z}} \cdot \frac{(1 + e^{-z}) - 1}{1 + e^{-z}}  && \text{split the fraction} \\
      &= \sigma(z)\, (1 - \sigma(z))  && \text{definition of } \sigma
    ```

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    (...) array
        The derivative at every entry, at most 1/4.
    """
    Y = sigmoid(Z)
    return Y * (1 - Y)


@takes_arrays
def sigmoid_vjp(Y_bar: Array, Y: Array, Z: Array | None) -> tuple[Array]:
    r"""$\bar Z_{ij} = \bar Y_{ij}\, Y_{ij}\, (1 - Y_{ij})$.

    The output Y is at hand, so $\sigma'$ costs no exponential.

    Derivation
    ----------
    ```derivation sigmoid-vjp
    where  Z \in \mathbb{R}^{n \times m}
           \sigma(x) = \frac{1}{1 + e^{-x}}
           Y = \sigma(Z)
    \bar Z_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, \sigma'(Z_{pq})\, \delta_{pi}\, \delta_{qj}  && \text{each entry depends on its own entry} \\
      &= \left[\bar Y \odot \sigma'(Z)\right]_{ij}  && \text{both sums collapse: Hadamard product} \\
      &= \bar Y_{ij}\, Y_{ij}\, (1 - Y_{ij})  && \sigma'(Z_{ij}) = Y_{ij}\, (1 - Y_{ij})
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the output.
    Y : (...) array
        The output.
    Z : (...) array or None
        The input, in the same shape; not needed.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the input.

    Raises
    ------
    ShapeError
        If the shapes differ.

    References
    ----------
    Rumelhart, Hinton and Williams (1986).

    Examples
    --------
    >>> Z = np.array([0.0, np.log(3.0)])
    >>> sigmoid_vjp(np.array([-0.5, 0.75]), sigmoid(Z), Z)[0]
    array([-0.125   ,  0.140625])
    """
    check_shapes("sigmoid_vjp(Y_bar[...], Y[...], Z[...])", Y_bar, Y, Z)
    return (Y_bar * Y * (1 - Y),)


@takes_arrays
def sigmoid_jvp(Z_dot: Array, Y: Array, Z: Array | None) -> Array:
    r"""$\dot Y_{ij} = \dot Z_{ij}\, Y_{ij}\, (1 - Y_{ij})$.

    The same slopes as in the rule that goes back: a diagonal Jacobian is its own transpose.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the input.
    Y : (...) array
        The output.
    Z : (...) array or None
        The input, in the same shape; not needed.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the output.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("sigmoid_jvp(Z_dot[...], Y[...], Z[...])", Z_dot, Y, Z)
    return Z_dot * Y * (1 - Y)


@takes_arrays
def tanh(Z: Array) -> Array:
    r"""$\tanh(z) = (e^z - e^{-z}) / (e^z + e^{-z})$.

    Squeezes every number into (-1, 1).

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    Y : (...) array
        Entries in (-1, 1), up to rounding.
    """
    return np.tanh(Z)


@takes_arrays
def tanh_prime(Z: Array) -> Array:
    r"""$\tanh'(z) = 1 - \tanh(z)^2$.

    Derivation
    ----------
    ```derivation tanh-prime
    where  z \in \mathbb{R}
           g(x) = \frac{e^x - e^{-x}}{e^x + e^{-x}}
    g'(z)
      &= \frac{(e^z + e^{-z})(e^z + e^{-z}) - (e^z - e^{-z})(e^z - e^{-z})}{(e^z + e^{-z})^2}  && \text{quotient rule} \\
      &= 1 - \left(\frac{e^z - e^{-z}}{e^z + e^{-z}}\right)^2  && \text{split the fraction} \\
      &= 1 - g(z)^2  && \text{definition of } g(z)
    ```

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    (...) array
        The derivative at every entry, at most 1.
    """
    Y = tanh(Z)
    return 1 - Y * Y


@takes_arrays
def tanh_vjp(Y_bar: Array, Y: Array, Z: Array | None) -> tuple[Array]:
    r"""$\bar Z_{ij} = \bar Y_{ij}\, (1 - Y_{ij}^2)$.

    Derivation
    ----------
    ```derivation tanh-vjp
    where  Z \in \mathbb{R}^{n \times m}
           g(x) = \frac{e^x - e^{-x}}{e^x + e^{-x}}
           Y = g(Z)
    \bar Z_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, g'(Z_{pq})\, \delta_{pi}\, \delta_{qj}  && \text{each entry depends on its own entry} \\
      &= \left[\bar Y \odot g'(Z)\right]_{ij}  && \text{both sums collapse: Hadamard product} \\
      &= \bar Y_{ij}\, (1 - Y_{ij}^2)  && g'(Z_{ij}) = 1 - Y_{ij}^2
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the output.
    Y : (...) array
        The output.
    Z : (...) array or None
        The input, in the same shape; not needed.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the input.

    Raises
    ------
    ShapeError
        If the shapes differ.

    References
    ----------
    LeCun, Bottou, Orr and Müller (1998).
    """
    check_shapes("tanh_vjp(Y_bar[...], Y[...], Z[...])", Y_bar, Y, Z)
    return (Y_bar * (1 - Y * Y),)


@takes_arrays
def tanh_jvp(Z_dot: Array, Y: Array, Z: Array | None) -> Array:
    r"""$\dot Y_{ij} = \dot Z_{ij}\, (1 - Y_{ij}^2)$.

    The slope comes from the output, so it costs no exponential.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the input.
    Y : (...) array
        The output.
    Z : (...) array or None
        The input, in the same shape; not needed.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the output.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("tanh_jvp(Z_dot[...], Y[...], Z[...])", Z_dot, Y, Z)
    return Z_dot * (1 - Y * Y)


@takes_arrays
def relu(Z: Array) -> Array:
    r"""$\operatorname{relu}(z) = \max(0, z)$.

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    Y : (...) array
        Z with its negative entries replaced by 0.
    """
    return np.maximum(Z, 0)


@takes_arrays
def relu_prime(Z: Array) -> Array:
    r"""$\operatorname{relu}'(z) = [z > 0]$: 1 where z is positive, else 0.

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    (...) array
        Zeros and ones.

    Notes
    -----
    At z = 0 there is no derivative. By convention it is 0 here, as in most libraries; Bertoin et al.
    (2021) measure what the choice does. NaN > 0 is false, so NaN counts as not positive.
    """
    return np.where(np.greater(Z, 0), np.ones_like(Z), np.zeros_like(Z))


@takes_arrays
def relu_vjp(Y_bar: Array, Y: Array | None, Z: Array) -> tuple[Array]:
    r"""$\bar Z_{ij} = \bar Y_{ij}\, [Z_{ij} > 0]$.

    The square bracket is 1 if the condition holds and 0 if not: the cotangent passes where the
    input was positive.

    Derivation
    ----------
    Away from the kink at 0:

    ```derivation relu-vjp
    where  Z \in \mathbb{R}^{n \times m} \text{ nonzero}
           Y_{ij} = \max(0, Z_{ij})
    \bar Z_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, [Z_{pq} > 0]\, \delta_{pi}\, \delta_{qj}  && \text{slope 1 above 0, slope 0 below} \\
      &= \bar Y_{ij}\, [Z_{ij} > 0]  && \text{both sums collapse}
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the output.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the input.

    Raises
    ------
    ShapeError
        If the shapes differ.

    References
    ----------
    Bertoin, Bolte, Gerchinovitz and Pauwels (2021).
    """
    check_shapes("relu_vjp(Y_bar[...], Y[...], Z[...])", Y_bar, Y, Z)
    return (np.multiply(Y_bar, np.greater(Z, 0)),)


@takes_arrays
def relu_jvp(Z_dot: Array, Y: Array | None, Z: Array) -> Array:
    r"""$\dot Y_{ij} = \dot Z_{ij}\, [Z_{ij} > 0]$.

    The tangent passes where the input is positive; at 0 the slope is 0, as in `relu_prime`.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the input.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the output.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("relu_jvp(Z_dot[...], Y[...], Z[...])", Z_dot, Y, Z)
    return np.multiply(Z_dot, np.greater(Z, 0))


@takes_arrays
def softplus(Z: Array) -> Array:
    r"""$\operatorname{softplus}(z) = \log(1 + e^z)$.

    A smooth relu.

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    Y : (...) array
        Positive entries.

    Notes
    -----
    Evaluated as $\max(z, 0) + \log(1 + e^{-|z|})$, which neither overflows nor loses small values.
    """
    return np.maximum(Z, 0) + np.log1p(np.exp(-np.maximum(Z, -Z)))


@takes_arrays
def softplus_prime(Z: Array) -> Array:
    r"""$\operatorname{softplus}'(z) = \sigma(z)$.

    Derivation
    ----------
    ```derivation softplus-prime
    where  z \in \mathbb{R}
           s(x) = \log(1 + e^x)
           \sigma(x) = \frac{1}{1 + e^{-x}}
    s'(z)
      &= \frac{e^z}{1 + e^z}  && \text{chain rule for the logarithm} \\
      &= \frac{1}{1 + e^{-z}}  && \text{divide by } e^z \\
      &= \sigma(z)  && \text{definition of } \sigma
    ```

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    (...) array
        The derivative at every entry.
    """
    return sigmoid(Z)


@takes_arrays
def softplus_vjp(Y_bar: Array, Y: Array | None, Z: Array) -> tuple[Array]:
    r"""$\bar Z = \bar Y \odot \sigma(Z)$.

    Derivation
    ----------
    ```derivation softplus-vjp
    where  Z \in \mathbb{R}^{n \times m}
           s(x) = \log(1 + e^x)
           \sigma(x) = \frac{1}{1 + e^{-x}}
           Y = s(Z)
    \bar Z_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, s'(Z_{pq})\, \delta_{pi}\, \delta_{qj}  && \text{each entry depends on its own entry} \\
      &= \left[\bar Y \odot s'(Z)\right]_{ij}  && \text{both sums collapse: Hadamard product} \\
      &= \left[\bar Y \odot \sigma(Z)\right]_{ij}  && s'(Z) = \sigma(Z)
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the output.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the input.

    Raises
    ------
    ShapeError
        If the shapes differ.

    References
    ----------
    Dugas, Bengio, Bélisle, Nadeau and Garcia (2001).
    """
    check_shapes("softplus_vjp(Y_bar[...], Y[...], Z[...])", Y_bar, Y, Z)
    return (Y_bar * sigmoid(Z),)


@takes_arrays
def softplus_jvp(Z_dot: Array, Y: Array | None, Z: Array) -> Array:
    r"""$\dot Y = \dot Z \odot \sigma(Z)$.

    The slope is the sigmoid of the input.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the input.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the output.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("softplus_jvp(Z_dot[...], Y[...], Z[...])", Z_dot, Y, Z)
    return Z_dot * sigmoid(Z)


@takes_arrays
def silu(Z: Array) -> Array:
    r"""$\operatorname{silu}(z) = z\, \sigma(z)$.

    The sigmoid linear unit, also called swish: a smooth relu that dips below 0, to −0.278 near z = −1.278.

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    Y : (...) array
        Entries of at least −0.279.

    Examples
    --------
    >>> silu(np.array([0.0, np.log(3.0)])) / [1.0, np.log(3.0)]
    array([0.  , 0.75])
    """
    # where the factor is replaced, the sigmoid is 0, and −∞ · 0 would be NaN
    Y: Array = np.maximum(Z, -FAR_OUT) * sigmoid(Z)
    return Y


@takes_arrays
def silu_prime(Z: Array) -> Array:
    r"""$\operatorname{silu}'(z) = \sigma(z)\, (1 + z\, (1 - \sigma(z)))$.

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    (...) array
        The derivative at every entry, between −0.1 and 1.1.

    Notes
    -----
    $1 - \sigma(z)$ is evaluated as $\sigma(-z)$, because a difference from 1 loses digits.
    """
    Z = np.minimum(np.maximum(Z, -FAR_OUT), FAR_OUT)
    Y: Array = sigmoid(Z) * (1 + Z * sigmoid(-Z))
    return Y


@takes_arrays
def silu_vjp(Y_bar: Array, Y: Array | None, Z: Array) -> tuple[Array]:
    r"""$\bar Z_{ij} = \bar Y_{ij}\, \sigma(Z_{ij})\, (1 + Z_{ij}\, (1 - \sigma(Z_{ij})))$.

    It needs the input: two entries may have the same result.

    Derivation
    ----------
    ```derivation silu-vjp
    where  Z \in \mathbb{R}^{n \times m}
           \sigma(x) = \frac{1}{1 + e^{-x}}
           Y_{ij} = Z_{ij}\, \sigma(Z_{ij})
    \bar Z_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, (\sigma(Z_{pq}) + Z_{pq}\, \sigma'(Z_{pq}))\, \delta_{pi}\, \delta_{qj}  && \text{product rule} \\
      &= \bar Y_{ij}\, (\sigma(Z_{ij}) + Z_{ij}\, \sigma(Z_{ij})\, (1 - \sigma(Z_{ij})))  && \text{the derivative of the sigmoid} \\
      &= \bar Y_{ij}\, \sigma(Z_{ij})\, (1 + Z_{ij}\, (1 - \sigma(Z_{ij})))  && \text{factor out } \sigma(Z_{ij})
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the output.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the input.

    Raises
    ------
    ShapeError
        If the shapes differ.

    References
    ----------
    Hendrycks and Gimpel (2016).
    """
    check_shapes("silu_vjp(Y_bar[...], Y[...], Z[...])", Y_bar, Y, Z)
    return (Y_bar * silu_prime(Z),)


@takes_arrays
def silu_jvp(Z_dot: Array, Y: Array | None, Z: Array) -> Array:
    r"""$\dot Y_{ij} = \dot Z_{ij}\, \sigma(Z_{ij})\, (1 + Z_{ij}\, (1 - \sigma(Z_{ij})))$.

    The slope is that of `silu_prime`.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the input.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the output.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("silu_jvp(Z_dot[...], Y[...], Z[...])", Z_dot, Y, Z)
    return Z_dot * silu_prime(Z)


@takes_arrays
def leaky_relu(Z: Array, *, alpha: float = 0.01) -> Array:
    r"""$y = z$ where $z > 0$, else $\alpha z$.

    A relu that lets a small part of the negative side through.

    Parameters
    ----------
    Z : (...) array
        Any shape.
    alpha : number
        The slope of the negative side; a constant, which gets no cotangent.

    Returns
    -------
    Y : (...) array
        Z with its negative entries scaled.

    Examples
    --------
    >>> leaky_relu([2.0, -2.0], alpha=0.25)
    array([ 2. , -0.5])
    """
    Y: Array = np.where(np.greater(Z, 0), Z, alpha * Z)
    return Y


@takes_arrays
def leaky_relu_prime(Z: Array, *, alpha: float = 0.01) -> Array:
    r"""$y' = 1$ where $z > 0$, else $\alpha$.

    Parameters
    ----------
    Z : (...) array
        Any shape.
    alpha : number
        The slope of the negative side; a constant, which gets no cotangent.

    Returns
    -------
    (...) array
        Entries of 1 and $\alpha$.

    Notes
    -----
    At z = 0 there is no derivative unless $\alpha = 1$; by convention it is $\alpha$ here. NaN counts as not positive.
    """
    ones = np.ones_like(Z)
    slope: Array = np.where(np.greater(Z, 0), ones, alpha * ones)
    return slope


@takes_arrays
def leaky_relu_vjp(Y_bar: Array, Y: Array | None, Z: Array, *, alpha: float = 0.01) -> tuple[Array]:
    r"""$\bar Z_{ij} = \bar Y_{ij}\, (\alpha + (1 - \alpha)\, [Z_{ij} > 0])$.

    The bracket is 1 if the condition holds and 0 if not: the cotangent passes whole where the input was positive, and scaled elsewhere.

    Derivation
    ----------
    ```derivation leaky-relu-vjp
    where  Z \in \mathbb{R}^{n \times m} \text{ nonzero}
           \alpha \in \mathbb{R} \text{ constant}
           Y_{ij} = \begin{cases} Z_{ij} & \text{if } Z_{ij} > 0 \\ \alpha Z_{ij} & \text{otherwise} \end{cases}
    \bar Z_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, (\alpha + (1 - \alpha)\, [Z_{pq} > 0])\, \delta_{pi}\, \delta_{qj}  && \text{slope 1 above 0, slope } \alpha \text{ below} \\
      &= \bar Y_{ij}\, (\alpha + (1 - \alpha)\, [Z_{ij} > 0])  && \text{both sums collapse}
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the output.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.
    alpha : number
        The slope of the negative side; a constant, which gets no cotangent.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the input.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Notes
    -----
    The derivation holds away from the kink. At 0 the code takes the slope of the negative side.
    """
    check_shapes("leaky_relu_vjp(Y_bar[...], Y[...], Z[...])", Y_bar, Y, Z)
    return (Y_bar * leaky_relu_prime(Z, alpha=alpha),)


@takes_arrays
def leaky_relu_jvp(Z_dot: Array, Y: Array | None, Z: Array, *, alpha: float = 0.01) -> Array:
    r"""$\dot Y_{ij} = \dot Z_{ij}\, (\alpha + (1 - \alpha)\, [Z_{ij} > 0])$.

    The tangent passes whole where the input is positive, and scaled elsewhere.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the input.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.
    alpha : number
        The slope of the negative side; a constant, which gets no cotangent.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the output.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("leaky_relu_jvp(Z_dot[...], Y[...], Z[...])", Z_dot, Y, Z)
    return Z_dot * leaky_relu_prime(Z, alpha=alpha)


@takes_arrays
def elu(Z: Array, *, alpha: float = 1.0) -> Array:
    r"""$y = z$ where $z > 0$, else $\alpha\, (e^z - 1)$.

    A relu whose negative side bends towards $-\alpha$. With $\alpha = 1$ there is no kink at 0.

    Parameters
    ----------
    Z : (...) array
        Any shape.
    alpha : number
        Minus the limit at −∞; positive, a constant, which gets no cotangent.

    Returns
    -------
    Y : (...) array
        Entries of at least $-\alpha$.

    Raises
    ------
    ValueError
        If alpha is not a positive number.

    Notes
    -----
    The exponential is that of −|z|, so it cannot overflow; small ones lose no digits, thanks to `expm1`.

    Examples
    --------
    >>> elu([2.0, -np.log(2.0)], alpha=1.0)
    array([ 2. , -0.5])
    """
    positive_number("elu(Z): alpha", alpha)
    Y: Array = np.where(np.greater(Z, 0), Z, alpha * np.expm1(-np.maximum(Z, -Z)))
    return Y


@takes_arrays
def elu_prime(Z: Array, *, alpha: float = 1.0) -> Array:
    r"""$y' = 1$ where $z > 0$, else $\alpha e^z$.

    Parameters
    ----------
    Z : (...) array
        Any shape.
    alpha : number
        Minus the limit at −∞; positive, a constant, which gets no cotangent.

    Returns
    -------
    (...) array
        The derivative at every entry.

    Raises
    ------
    ValueError
        If alpha is not a positive number.

    Notes
    -----
    At z = 0 it is $\alpha$.
    """
    positive_number("elu_prime(Z): alpha", alpha)
    slope: Array = np.where(np.greater(Z, 0), np.ones_like(Z), alpha * np.exp(-np.maximum(Z, -Z)))
    return slope


@takes_arrays
def elu_vjp(Y_bar: Array, Y: Array, Z: Array | None, *, alpha: float = 1.0) -> tuple[Array]:
    r"""$\bar Z_{ij} = \bar Y_{ij}\, ([Y_{ij} > 0] + (Y_{ij} + \alpha)\, [Y_{ij} < 0])$.

    Y is enough: it is positive exactly where the input was, and elsewhere the slope is the result plus alpha.

    Derivation
    ----------
    ```derivation elu-vjp
    where  Z \in \mathbb{R}^{n \times m} \text{ nonzero}
           \alpha \in \mathbb{R} \text{ positive, constant}
           Y_{ij} = \begin{cases} Z_{ij} & \text{if } Z_{ij} > 0 \\ \alpha (e^{Z_{ij}} - 1) & \text{otherwise} \end{cases}
    \bar Z_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, \begin{cases} 1 & \text{if } Z_{pq} > 0 \\ \alpha e^{Z_{pq}} & \text{otherwise} \end{cases}\, \delta_{pi}\, \delta_{qj}  && \text{each case by itself} \\
      &= \bar Y_{ij} \begin{cases} 1 & \text{if } Z_{ij} > 0 \\ \alpha e^{Z_{ij}} & \text{otherwise} \end{cases}  && \text{both sums collapse} \\
      &= \bar Y_{ij}\, ([Y_{ij} > 0] + (Y_{ij} + \alpha)\, [Y_{ij} < 0])  && Y_{ij} \text{ has the sign of } Z_{ij}
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the output.
    Y : (...) array
        The output.
    Z : (...) array or None
        The input, in the same shape; not needed.
    alpha : number
        Minus the limit at −∞; positive, a constant, which gets no cotangent.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the input.

    Raises
    ------
    ShapeError
        If the shapes differ.
    ValueError
        If alpha is not a positive number.

    Notes
    -----
    At 0 the code takes the slope of the negative side, $\alpha$.
    """
    check_shapes("elu_vjp(Y_bar[...], Y[...], Z[...])", Y_bar, Y, Z)
    positive_number("elu_vjp(Y_bar, Y, Z): alpha", alpha)
    return (Y_bar * np.where(np.greater(Y, 0), 1, Y + alpha),)


@takes_arrays
def elu_jvp(Z_dot: Array, Y: Array, Z: Array | None, *, alpha: float = 1.0) -> Array:
    r"""$\dot Y_{ij} = \dot Z_{ij}\, ([Y_{ij} > 0] + (Y_{ij} + \alpha)\, [Y_{ij} < 0])$.

    The slope comes from the output, so it costs no exponential.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the input.
    Y : (...) array
        The output.
    Z : (...) array or None
        The input, in the same shape; not needed.
    alpha : number
        Minus the limit at −∞; positive, a constant, which gets no cotangent.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the output.

    Raises
    ------
    ShapeError
        If the shapes differ.
    ValueError
        If alpha is not a positive number.
    """
    check_shapes("elu_jvp(Z_dot[...], Y[...], Z[...])", Z_dot, Y, Z)
    positive_number("elu_jvp(Z_dot, Y, Z): alpha", alpha)
    Y_dot: Array = Z_dot * np.where(np.greater(Y, 0), 1, Y + alpha)
    return Y_dot


@takes_arrays
def mish(Z: Array) -> Array:
    r"""$\operatorname{mish}(z) = z \tanh(\log(1 + e^z))$.

    A smooth relu, as [`silu`][mathnet.silu] with another gate: it dips to −0.309 near z = −1.192.

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    Y : (...) array
        Entries of at least −0.309.

    Examples
    --------
    >>> mish(np.array([-1000.0, 0.0, 1000.0]))
    array([  -0.,    0., 1000.])
    """
    # where the factor is replaced, the gate is 0, and −∞ · 0 would be NaN
    Y: Array = np.maximum(Z, -FAR_OUT) * np.tanh(softplus(Z))
    return Y


@takes_arrays
def mish_prime(Z: Array) -> Array:
    r"""$f'(z) = t + z\, (1 - t^2)\, \sigma(z)$ with $t = \tanh(\log(1 + e^z))$.

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    (...) array
        The derivative at every entry.
    """
    Z = np.minimum(np.maximum(Z, -FAR_OUT), FAR_OUT)
    T = np.tanh(softplus(Z))
    Y: Array = T + Z * (1 - T * T) * sigmoid(Z)
    return Y


@takes_arrays
def mish_vjp(Y_bar: Array, Y: Array | None, Z: Array) -> tuple[Array]:
    r"""$\bar Z_{ij} = \bar Y_{ij}\, (T_{ij} + Z_{ij}\, (1 - T_{ij}^2)\, \sigma(Z_{ij}))$.

    $T = \tanh(\operatorname{softplus}(Z))$ is the gate: by the product rule, the gate itself, and the entry times the gate's slope.

    Derivation
    ----------
    ```derivation mish-vjp
    where  Z \in \mathbb{R}^{n \times m}
           \sigma(x) = \frac{1}{1 + e^{-x}}
           T_{ij} = \tanh(\log(1 + e^{Z_{ij}}))
           Y_{ij} = Z_{ij}\, T_{ij}
    \bar Z_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \bar Y_{ij} \left(T_{ij} + Z_{ij}\, \frac{\partial T_{ij}}{\partial Z_{ij}}\right)  && \text{each entry depends on its own entry: product rule} \\
      &= \bar Y_{ij} \left(T_{ij} + Z_{ij}\, (1 - T_{ij}^2)\, \frac{e^{Z_{ij}}}{1 + e^{Z_{ij}}}\right)  && \text{tanh, then softplus} \\
      &= \bar Y_{ij}\, (T_{ij} + Z_{ij}\, (1 - T_{ij}^2)\, \sigma(Z_{ij}))  && \text{definition of } \sigma
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the output.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the input.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Notes
    -----
    Far out, where $1 - T^2$ is 0 or the sigmoid is, the slope is 1 or 0.

    References
    ----------
    Misra (2019).
    """
    check_shapes("mish_vjp(Y_bar[...], Y[...], Z[...])", Y_bar, Y, Z)
    return (Y_bar * mish_prime(Z),)


@takes_arrays
def mish_jvp(Z_dot: Array, Y: Array | None, Z: Array) -> Array:
    r"""$\dot Y_{ij} = \dot Z_{ij}\, (T_{ij} + Z_{ij}\, (1 - T_{ij}^2)\, \sigma(Z_{ij}))$.

    The same slopes: a diagonal Jacobian is its own transpose.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the input.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the output.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("mish_jvp(Z_dot[...], Y[...], Z[...])", Z_dot, Y, Z)
    return Z_dot * mish_prime(Z)


@takes_arrays
def hard_sigmoid(Z: Array) -> Array:
    r"""$y = \max(0, \min(z / 6 + 1/2, 1))$.

    Three straight pieces in place of the sigmoid, without an exponential.

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    Y : (...) array
        Entries from 0 to 1.

    Examples
    --------
    >>> hard_sigmoid([-4.0, 0.0, 1.5, 4.0])
    array([0.  , 0.5 , 0.75, 1.  ])
    """
    Y: Array = np.maximum(np.minimum(Z / 6 + 0.5, 1), 0)
    return Y


@takes_arrays
def hard_sigmoid_prime(Z: Array) -> Array:
    r"""$f'(z) = \tfrac16\, [-3 < z < 3]$.

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    (...) array
        The derivative at every entry.

    Notes
    -----
    At −3 and 3 there is no derivative; the code takes 0.
    """
    return between_the_kinks(Z, np.ones_like(Z)) / 6


@takes_arrays
def hard_sigmoid_vjp(Y_bar: Array, Y: Array | None, Z: Array) -> tuple[Array]:
    r"""$\bar Z_{ij} = \tfrac16\, \bar Y_{ij}\, [Z_{ij} > -3]\, [Z_{ij} < 3]$.

    A sixth of the cotangent passes inside the limits −3 and 3, nothing outside.

    Derivation
    ----------
    ```derivation hard-sigmoid-vjp
    where  Z \in \mathbb{R}^{n \times m}
           Y_{ij} = \max(0, \min(\tfrac16 Z_{ij} + \tfrac12, 1))
    \bar Z_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \tfrac16 \sum_{pq} \bar Y_{pq}\, [Z_{pq} > -3]\, [Z_{pq} < 3]\, \delta_{pi}\, \delta_{qj}  && \text{slope } \tfrac16 \text{ inside, slope 0 outside} \\
      &= \tfrac16\, \bar Y_{ij}\, [Z_{ij} > -3]\, [Z_{ij} < 3]  && \text{both sums collapse}
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the output.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the input.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Notes
    -----
    At −3 and 3 there is no derivative; the code takes 0.

    References
    ----------
    Howard et al. (2019).
    """
    check_shapes("hard_sigmoid_vjp(Y_bar[...], Y[...], Z[...])", Y_bar, Y, Z)
    return (between_the_kinks(Z, Y_bar) / 6,)


@takes_arrays
def hard_sigmoid_jvp(Z_dot: Array, Y: Array | None, Z: Array) -> Array:
    r"""$\dot Y_{ij} = \tfrac16\, \dot Z_{ij}\, [Z_{ij} > -3]\, [Z_{ij} < 3]$.

    A sixth of the tangent, inside the limits.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the input.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the output.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("hard_sigmoid_jvp(Z_dot[...], Y[...], Z[...])", Z_dot, Y, Z)
    return between_the_kinks(Z, Z_dot) / 6


def between_the_kinks(Z: Array, X: Array) -> Array:
    """Return X where Z is between -3 and 3, else 0."""
    return np.where(np.greater(Z, -3) & np.less(Z, 3), X, np.zeros_like(X))


@takes_arrays
def hardswish(Z: Array) -> Array:
    r"""$y = z \max(0, \min(z / 6 + 1/2, 1))$.

    The [`silu`][mathnet.silu] with the [`hard_sigmoid`][mathnet.hard_sigmoid] for its gate: 0 up to −3, a parabola, and z from 3 on.

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    Y : (...) array
        Entries of at least −0.375.

    Examples
    --------
    >>> hardswish([-4.0, -1.5, 0.0, 4.0])
    array([-0.   , -0.375,  0.   ,  4.   ])
    """
    # where the factor is replaced, the gate is 0, and −∞ · 0 would be NaN
    Y: Array = np.maximum(Z, -FAR_OUT) * hard_sigmoid(Z)
    return Y


@takes_arrays
def hardswish_prime(Z: Array) -> Array:
    r"""$f'(z) = \tfrac13 z + \tfrac12$ for $-3 < z < 3$, else that of relu.

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    (...) array
        The derivative at every entry.

    Notes
    -----
    At −3 and 3 there is no derivative; the code takes that from outside, 0 and 1.
    """
    return hard_sigmoid(Z) + between_the_kinks(Z, Z) / 6


@takes_arrays
def hardswish_vjp(Y_bar: Array, Y: Array | None, Z: Array) -> tuple[Array]:
    r"""$\bar Z_{ij} = \bar Y_{ij}\, (S_{ij} + \tfrac16 Z_{ij}\, [Z_{ij} > -3]\, [Z_{ij} < 3])$.

    S is the gate. Its slope counts inside the limits alone.

    Derivation
    ----------
    ```derivation hardswish-vjp
    where  Z \in \mathbb{R}^{n \times m}
           S_{ij} = \max(0, \min(\tfrac16 Z_{ij} + \tfrac12, 1))
           Y_{ij} = Z_{ij}\, S_{ij}
    \bar Z_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \bar Y_{ij} \left(S_{ij} + Z_{ij}\, \frac{\partial S_{ij}}{\partial Z_{ij}}\right)  && \text{each entry depends on its own entry: product rule} \\
      &= \bar Y_{ij}\, (S_{ij} + \tfrac16 Z_{ij}\, [Z_{ij} > -3]\, [Z_{ij} < 3])  && \text{slope } \tfrac16 \text{ inside, slope 0 outside}
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the output.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the input.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Notes
    -----
    At −3 and 3 there is no derivative; the code takes that from outside, 0 and 1.

    References
    ----------
    Howard et al. (2019).
    """
    check_shapes("hardswish_vjp(Y_bar[...], Y[...], Z[...])", Y_bar, Y, Z)
    return (Y_bar * hardswish_prime(Z),)


@takes_arrays
def hardswish_jvp(Z_dot: Array, Y: Array | None, Z: Array) -> Array:
    r"""$\dot Y_{ij} = \dot Z_{ij}\, (S_{ij} + \tfrac16 Z_{ij}\, [Z_{ij} > -3]\, [Z_{ij} < 3])$.

    The same slopes: a diagonal Jacobian is its own transpose.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the input.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the output.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("hardswish_jvp(Z_dot[...], Y[...], Z[...])", Z_dot, Y, Z)
    return Z_dot * hardswish_prime(Z)


@takes_arrays
def gelu_tanh(Z: Array) -> Array:
    r"""$y = \tfrac12 z\, (1 + \tanh(c\, (z + a z^3)))$, with $c = \sqrt{2 / \pi}$ and $a = 0.044715$.

    The usual approximation of the GELU, $z\, \Phi(z)$, in which the normal distribution function Φ is replaced by a tanh.

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    Y : (...) array
        Entries of at least −0.171.

    Notes
    -----
    Evaluated as $z\, \sigma(2 u)$ for the tanh of u, the same number: $1 + \tanh(u)$ would lose its digits where it is small.
    In PyTorch: `F.gelu(Z, approximate="tanh")`.

    Examples
    --------
    >>> gelu_tanh(np.array([-1000.0, 0.0, 1000.0]))
    array([  -0.,    0., 1000.])
    """
    # beyond the ends the gate is 0 or 1: −∞ · 0 would be NaN, and the cubic would overflow
    ended = np.minimum(np.maximum(Z, -GELU_ENDS), GELU_ENDS)
    gate = sigmoid(2 * GELU_C * (ended + GELU_A * ended * ended * ended))
    Y: Array = np.maximum(Z, -GELU_ENDS) * gate
    return Y


@takes_arrays
def gelu_tanh_prime(Z: Array) -> Array:
    r"""$f'(z) = s + 2 c z\, s\, (1 - s)\, (1 + 3 a z^2)$ with $s = \sigma(2 c\, (z + a z^3))$.

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    (...) array
        The derivative at every entry.
    """
    Z = np.minimum(np.maximum(Z, -GELU_ENDS), GELU_ENDS)
    cubic = GELU_C * (Z + GELU_A * Z * Z * Z)
    s = sigmoid(2 * cubic)
    Y: Array = s + 2 * GELU_C * Z * s * sigmoid(-2 * cubic) * (1 + GELU_A * Z * Z * 3)
    return Y


@takes_arrays
def gelu_tanh_vjp(Y_bar: Array, Y: Array | None, Z: Array) -> tuple[Array]:
    r"""$\bar Z_{ij} = \tfrac12\, \bar Y_{ij}\, (1 + U_{ij} + c Z_{ij}\, (1 - U_{ij}^2)\, (1 + 3 a Z_{ij}^2))$.

    U is the tanh: by the product rule its own value, and the entry times its slope. The derivation holds for all a and c.

    Derivation
    ----------
    ```derivation gelu-tanh-vjp
    where  Z \in \mathbb{R}^{n \times m},  a, c \in \mathbb{R} \text{ constant}
           U_{ij} = \tanh(c\, (Z_{ij} + a Z_{ij}^3))
           Y_{ij} = \tfrac12 Z_{ij}\, (1 + U_{ij})
    \bar Z_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \tfrac12\, \bar Y_{ij} \left(1 + U_{ij} + Z_{ij}\, \frac{\partial U_{ij}}{\partial Z_{ij}}\right)  && \text{each entry depends on its own entry: product rule} \\
      &= \tfrac12\, \bar Y_{ij}\, (1 + U_{ij} + c Z_{ij}\, (1 - U_{ij}^2)\, (1 + 3 a Z_{ij}^2))  && \text{tanh, then the cubic}
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the output.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the input.

    Raises
    ------
    ShapeError
        If the shapes differ.

    References
    ----------
    Hendrycks and Gimpel (2016).
    """
    check_shapes("gelu_tanh_vjp(Y_bar[...], Y[...], Z[...])", Y_bar, Y, Z)
    return (Y_bar * gelu_tanh_prime(Z),)


@takes_arrays
def gelu_tanh_jvp(Z_dot: Array, Y: Array | None, Z: Array) -> Array:
    r"""$\dot Y_{ij} = \tfrac12\, \dot Z_{ij}\, (1 + U_{ij} + c Z_{ij}\, (1 - U_{ij}^2)\, (1 + 3 a Z_{ij}^2))$.

    The same slopes: a diagonal Jacobian is its own transpose.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the input.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the output.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("gelu_tanh_jvp(Z_dot[...], Y[...], Z[...])", Z_dot, Y, Z)
    return Z_dot * gelu_tanh_prime(Z)


@takes_arrays
def exp(Z: Array) -> Array:
    """$y = e^z$.

    Its own derivative.

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    Y : (...) array
        Positive entries.

    Notes
    -----
    Beyond z = 709 (in float32, 88) the result is +∞, and NumPy warns of the overflow. A softmax or a log-sum-exp of large entries has its own function, which subtracts the largest first.
    """
    Y: Array = np.exp(Z)
    return Y


@takes_arrays
def exp_vjp(Y_bar: Array, Y: Array, Z: Array | None) -> tuple[Array]:
    r"""$\bar Z_{ij} = \bar Y_{ij}\, Y_{ij}$.

    Derivation
    ----------
    ```derivation exp-vjp
    where  Z \in \mathbb{R}^{n \times m}
           Y_{ij} = e^{Z_{ij}}
    \bar Z_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, e^{Z_{pq}}\, \delta_{pi}\, \delta_{qj}  && \text{its own derivative} \\
      &= \bar Y_{ij}\, Y_{ij}  && \text{both sums collapse}
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the output.
    Y : (...) array
        The output.
    Z : (...) array or None
        The input, in the same shape; not needed.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the input.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("exp_vjp(Y_bar[...], Y[...], Z[...])", Y_bar, Y, Z)
    return (Y_bar * Y,)


@takes_arrays
def exp_jvp(Z_dot: Array, Y: Array, Z: Array | None) -> Array:
    r"""$\dot Y_{ij} = \dot Z_{ij}\, Y_{ij}$.

    The slope is the output.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the input.
    Y : (...) array
        The output.
    Z : (...) array or None
        The input, in the same shape; not needed.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the output.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("exp_jvp(Z_dot[...], Y[...], Z[...])", Z_dot, Y, Z)
    return Z_dot * Y


@takes_arrays
def expm1(Z: Array) -> Array:
    """$y = e^z - 1$.

    Near 0, where $e^z$ − 1 would lose its digits, they are kept.

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    Y : (...) array
        Entries above −1.

    Notes
    -----
    As for [`exp`][mathnet.exp] where the result is too large.

    Examples
    --------
    >>> float(expm1(1e-10)) == 1e-10 + 0.5e-20
    True
    """
    Y: Array = np.expm1(Z)
    return Y


@takes_arrays
def expm1_vjp(Y_bar: Array, Y: Array, Z: Array | None) -> tuple[Array]:
    r"""$\bar Z_{ij} = \bar Y_{ij}\, (Y_{ij} + 1)$.

    Derivation
    ----------
    ```derivation expm1-vjp
    where  Z \in \mathbb{R}^{n \times m}
           Y_{ij} = e^{Z_{ij}} - 1
    \bar Z_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, e^{Z_{pq}}\, \delta_{pi}\, \delta_{qj}  && \text{the 1 is constant} \\
      &= \bar Y_{ij}\, (Y_{ij} + 1)  && e^{Z_{ij}} = Y_{ij} + 1
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the output.
    Y : (...) array
        The output.
    Z : (...) array or None
        The input, in the same shape; not needed.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the input.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("expm1_vjp(Y_bar[...], Y[...], Z[...])", Y_bar, Y, Z)
    return (Y_bar * (Y + 1),)


@takes_arrays
def expm1_jvp(Z_dot: Array, Y: Array, Z: Array | None) -> Array:
    r"""$\dot Y_{ij} = \dot Z_{ij}\, (Y_{ij} + 1)$.

    The slope is the output plus 1.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the input.
    Y : (...) array
        The output.
    Z : (...) array or None
        The input, in the same shape; not needed.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the output.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("expm1_jvp(Z_dot[...], Y[...], Z[...])", Z_dot, Y, Z)
    return Z_dot * (Y + 1)


@takes_arrays
def log(Z: Array) -> Array:
    r"""$y = \log z$.

    The natural logarithm, with base e.

    Parameters
    ----------
    Z : (...) array
        Positive entries.

    Returns
    -------
    Y : (...) array
        The logarithms.

    Notes
    -----
    At 0 the result is −∞ and the slope +∞, below 0 the result is NaN; NumPy warns of both. The logarithm of a probability is safe in [`log_softmax`][mathnet.log_softmax].
    """
    Y: Array = np.log(Z)
    return Y


@takes_arrays
def log_vjp(Y_bar: Array, Y: Array | None, Z: Array) -> tuple[Array]:
    r"""$\bar Z_{ij} = \bar Y_{ij} / Z_{ij}$.

    Derivation
    ----------
    ```derivation log-vjp
    where  Z \in \mathbb{R}^{n \times m} \text{ positive}
           Y_{ij} = \log Z_{ij}
    \bar Z_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, \frac{1}{Z_{pq}}\, \delta_{pi}\, \delta_{qj}  && \text{the derivative of the logarithm} \\
      &= \frac{\bar Y_{ij}}{Z_{ij}}  && \text{both sums collapse}
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the output.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the input.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("log_vjp(Y_bar[...], Y[...], Z[...])", Y_bar, Y, Z)
    return (Y_bar / Z,)


@takes_arrays
def log_jvp(Z_dot: Array, Y: Array | None, Z: Array) -> Array:
    r"""$\dot Y_{ij} = \dot Z_{ij} / Z_{ij}$.

    The relative change of the input.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the input.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the output.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("log_jvp(Z_dot[...], Y[...], Z[...])", Z_dot, Y, Z)
    return Z_dot / Z


@takes_arrays
def log1p(Z: Array) -> Array:
    r"""$y = \log(1 + z)$.

    Near 0, where log(1 + z) would lose its digits, they are kept.

    Parameters
    ----------
    Z : (...) array
        Entries above −1.

    Returns
    -------
    Y : (...) array
        The logarithms.

    Notes
    -----
    At −1 the result is −∞ and the slope +∞, below −1 the result is NaN; NumPy warns of both.

    Examples
    --------
    >>> float(log1p(1e-10)) == 1e-10 - 0.5e-20
    True
    """
    Y: Array = np.log1p(Z)
    return Y


@takes_arrays
def log1p_vjp(Y_bar: Array, Y: Array | None, Z: Array) -> tuple[Array]:
    r"""$\bar Z_{ij} = \bar Y_{ij} / (1 + Z_{ij})$.

    Derivation
    ----------
    ```derivation log1p-vjp
    where  Z \in \mathbb{R}^{n \times m} \text{ positive}
           Y_{ij} = \log(1 + Z_{ij})
    \bar Z_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, \frac{1}{1 + Z_{pq}}\, \delta_{pi}\, \delta_{qj}  && \text{chain rule; the inner derivative is 1} \\
      &= \frac{\bar Y_{ij}}{1 + Z_{ij}}  && \text{both sums collapse}
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the output.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the input.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Notes
    -----
    The derivation is checked at positive entries, where every side is defined.
    """
    check_shapes("log1p_vjp(Y_bar[...], Y[...], Z[...])", Y_bar, Y, Z)
    return (Y_bar / (1 + Z),)


@takes_arrays
def log1p_jvp(Z_dot: Array, Y: Array | None, Z: Array) -> Array:
    r"""$\dot Y_{ij} = \dot Z_{ij} / (1 + Z_{ij})$.

    The relative change of 1 + z.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the input.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the output.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("log1p_jvp(Z_dot[...], Y[...], Z[...])", Z_dot, Y, Z)
    return Z_dot / (1 + Z)


@takes_arrays
def sqrt(Z: Array) -> Array:
    r"""$y = \sqrt z$.

    The square root of every entry.

    Parameters
    ----------
    Z : (...) array
        Entries of at least 0.

    Returns
    -------
    Y : (...) array
        The roots.

    Notes
    -----
    Below 0 the result is NaN, and NumPy warns.
    """
    Y: Array = np.sqrt(Z)
    return Y


@takes_arrays
def sqrt_vjp(Y_bar: Array, Y: Array, Z: Array | None) -> tuple[Array]:
    r"""$\bar Z_{ij} = \bar Y_{ij} / (2\, Y_{ij})$.

    Derivation
    ----------
    ```derivation sqrt-vjp
    where  Z \in \mathbb{R}^{n \times m} \text{ positive}
           Y_{ij} = \sqrt{Z_{ij}}
    \bar Z_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, \tfrac12 Z_{pq}^{-1/2}\, \delta_{pi}\, \delta_{qj}  && \text{power rule} \\
      &= \frac{\bar Y_{ij}}{2\, Y_{ij}}  && \text{from the result}
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the output.
    Y : (...) array
        The output.
    Z : (...) array or None
        The input, in the same shape; not needed.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the input.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Notes
    -----
    At 0 the slope is infinite, and where the cotangent is 0 too, 0 · ∞ is NaN, which soon spoils all weights. By convention the cotangent is 0 there.
    """
    check_shapes("sqrt_vjp(Y_bar[...], Y[...], Z[...])", Y_bar, Y, Z)
    return (Y_bar / (2 * np.where(Y == 0, np.inf, Y)),)


@takes_arrays
def sqrt_jvp(Z_dot: Array, Y: Array, Z: Array | None) -> Array:
    r"""$\dot Y_{ij} = \dot Z_{ij} / (2\, Y_{ij})$.

    The slope comes from the output; at 0 the code takes 0, as `sqrt_vjp` does.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the input.
    Y : (...) array
        The output.
    Z : (...) array or None
        The input, in the same shape; not needed.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the output.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("sqrt_jvp(Z_dot[...], Y[...], Z[...])", Z_dot, Y, Z)
    Y_dot: Array = Z_dot / (2 * np.where(Y == 0, np.inf, Y))
    return Y_dot


@takes_arrays
def square(Z: Array) -> Array:
    """$y = z^2$.

    The square of every entry; that of a matrix, $Z Z$, is [`matmul`][mathnet.matmul].

    Parameters
    ----------
    Z : (...) array
        Any shape.

    Returns
    -------
    Y : (...) array
        Entries of at least 0.
    """
    return Z * Z


@takes_arrays
def square_vjp(Y_bar: Array, Y: Array | None, Z: Array) -> tuple[Array]:
    r"""$\bar Z_{ij} = 2\, \bar Y_{ij}\, Z_{ij}$.

    Derivation
    ----------
    ```derivation square-vjp
    where  Z \in \mathbb{R}^{n \times m}
           Y_{ij} = Z_{ij}^2
    \bar Z_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, 2\, Z_{pq}\, \delta_{pi}\, \delta_{qj}  && \text{power rule} \\
      &= 2\, \bar Y_{ij}\, Z_{ij}  && \text{both sums collapse}
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the output.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the input.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("square_vjp(Y_bar[...], Y[...], Z[...])", Y_bar, Y, Z)
    return (2 * Y_bar * Z,)


@takes_arrays
def square_jvp(Z_dot: Array, Y: Array | None, Z: Array) -> Array:
    r"""$\dot Y_{ij} = 2\, \dot Z_{ij}\, Z_{ij}$.

    The slope is twice the input.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the input.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the output.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("square_jvp(Z_dot[...], Y[...], Z[...])", Z_dot, Y, Z)
    return 2 * Z_dot * Z


@takes_arrays
def clip(Z: Array, *, low: float = -1.0, high: float = 1.0) -> Array:
    r"""$y = \max(a, \min(z, b))$.

    Moves every entry that is outside the limits a and b to the nearer one; in code they are called `low` and `high`. Without settings it is the activation hardtanh; with 0 and 6, relu6.

    Parameters
    ----------
    Z : (...) array
        Any shape.
    low : number
        The lower limit; a constant, which gets no cotangent.
    high : number
        The upper limit; a constant, which gets no cotangent.

    Returns
    -------
    Y : (...) array
        Entries from `low` to `high`.

    Notes
    -----
    If `low` is above `high`, every entry is `low`.

    Examples
    --------
    >>> clip([-3.0, 0.5, 3.0])
    array([-1. ,  0.5,  1. ])
    """
    Y: Array = np.maximum(np.minimum(Z, high), low)
    return Y


@takes_arrays
def clip_vjp(
    Y_bar: Array, Y: Array | None, Z: Array, *, low: float = -1.0, high: float = 1.0
) -> tuple[Array]:
    r"""$\bar Z_{ij} = \bar Y_{ij}\, [Z_{ij} > a]\, [Z_{ij} < b]$.

    The cotangent passes inside the limits, and is dropped outside.

    Derivation
    ----------
    ```derivation clip-vjp
    where  Z \in \mathbb{R}^{n \times m}
           a, b \in \mathbb{R} \text{ constant}
           Y_{ij} = \max(a, \min(Z_{ij}, b))
    \bar Z_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, [Z_{pq} > a]\, [Z_{pq} < b]\, \delta_{pi}\, \delta_{qj}  && \text{slope 1 inside, slope 0 outside} \\
      &= \bar Y_{ij}\, [Z_{ij} > a]\, [Z_{ij} < b]  && \text{both sums collapse}
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the output.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.
    low : number
        The lower limit; a constant, which gets no cotangent.
    high : number
        The upper limit; a constant, which gets no cotangent.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the input.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Notes
    -----
    The derivation holds away from the limits. At a limit there is no derivative; the code passes the cotangent on, so that a parameter at its limit can come back.
    """
    check_shapes("clip_vjp(Y_bar[...], Y[...], Z[...])", Y_bar, Y, Z)
    return (np.multiply(Y_bar, np.greater_equal(Z, low) & np.less_equal(Z, high)),)


@takes_arrays
def clip_jvp(Z_dot: Array, Y: Array | None, Z: Array, *, low: float = -1.0, high: float = 1.0) -> Array:
    r"""$\dot Y_{ij} = \dot Z_{ij}\, [Z_{ij} > a]\, [Z_{ij} < b]$.

    The tangent passes inside the limits, and at them, as in `clip_vjp`.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the input.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array
        The input, in the same shape.
    low : number
        The lower limit; a constant, which gets no cotangent.
    high : number
        The upper limit; a constant, which gets no cotangent.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the output.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("clip_jvp(Z_dot[...], Y[...], Z[...])", Z_dot, Y, Z)
    return np.multiply(Z_dot, np.greater_equal(Z, low) & np.less_equal(Z, high))


@takes_arrays
def dropout(Z: Array, *, mask: ArrayLike | None = None, rate: float = 0.5) -> Array:
    r"""$y = z / (1 - r)$ where the mask is true, else 0.

    Drops entries with probability r, the rate, and scales the others so that the mean stays. The caller draws the mask, and gives the same one to the rule:
    `mask = rng.random(Z.shape) >= rate`.

    Parameters
    ----------
    Z : (...) array
        Any shape.
    mask : array of bools, optional
        True where an entry stays. A mask with size 1 along an axis, such as the pixels of a channel, drops all of it at once. Without a mask nothing is dropped or scaled, as in use.
    rate : number
        The probability with which the mask is false: at least 0, below 1.

    Returns
    -------
    Y : (...) array
        Of the shape of Z.

    Raises
    ------
    ShapeError
        If the mask does not broadcast to the shape of Z.
    ValueError
        If the mask does not hold bools, or the rate is not a number from 0 to below 1.

    Examples
    --------
    >>> dropout([1.0, 2.0, 3.0], mask=[True, False, True], rate=0.5)
    array([2., 0., 6.])
    """
    return dropped("dropout(Z)", Z, mask, rate)


@takes_arrays
def dropout_vjp(
    Y_bar: Array, Y: Array | None, Z: Array | None, *, mask: ArrayLike | None = None, rate: float = 0.5
) -> tuple[Array]:
    r"""$\bar Z_{ij} = \bar Y_{ij}\, M_{ij} / (1 - r)$.

    What was dropped gets 0, and the rest is scaled as before; M is 1 where the mask is true, else 0.

    Derivation
    ----------
    ```derivation dropout-vjp
    where  Z \in \mathbb{R}^{n \times m},  M \in \mathbb{R}^{n \times m} \text{ 0 or 1, constant}
           r \in \mathbb{R} \text{ between 0 and 1, constant}
           Y_{ij} = \frac{Z_{ij} M_{ij}}{1 - r}
    \bar Z_{ij}
      &= \sum_{kl} \bar Y_{kl}\, \frac{\partial Y_{kl}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{kl} \bar Y_{kl}\, \frac{M_{kl}}{1 - r}\, \delta_{ki}\, \delta_{lj}  && Y \text{ is linear in } Z \\
      &= \frac{\bar Y_{ij} M_{ij}}{1 - r}  && \text{both sums collapse}
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the output.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array or None
        The input, in the same shape; not needed.
    mask : array of bools, optional
        The mask of the forward pass.
    rate : number
        The probability with which the mask is false.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the input.

    Raises
    ------
    ShapeError
        If the shapes differ, or the mask does not broadcast to them.
    ValueError
        As for [`dropout`][mathnet.dropout].

    References
    ----------
    Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov (2014).
    """
    signature = "dropout_vjp(Y_bar[...], Y[...], Z[...])"
    check_shapes(signature, Y_bar, Y, Z)
    return (dropped(signature, Y_bar, mask, rate),)


@takes_arrays
def dropout_jvp(
    Z_dot: Array, Y: Array | None, Z: Array | None, *, mask: ArrayLike | None = None, rate: float = 0.5
) -> Array:
    r"""$\dot Y_{ij} = \dot Z_{ij}\, M_{ij} / (1 - r)$.

    The tangent goes through the same mask.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the input.
    Y : (...) array or None
        The output; not needed.
    Z : (...) array or None
        The input, in the same shape; not needed.
    mask : array of bools, optional
        The mask of the forward pass.
    rate : number
        The probability with which the mask is false.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the output.

    Raises
    ------
    ShapeError
        If the shapes differ, or the mask does not broadcast to them.
    ValueError
        As for [`dropout`][mathnet.dropout].
    """
    signature = "dropout_jvp(Z_dot[...], Y[...], Z[...])"
    check_shapes(signature, Z_dot, Y, Z)
    return dropped(signature, Z_dot, mask, rate)


def dropped(signature: str, Z: Array, mask: ArrayLike | None, rate: float) -> Array:
    """Return Z / (1 - rate) where the mask is true, else 0; a copy of Z without a mask."""
    number_from_0_below_1(f"{signature}: rate", rate)
    if mask is None:
        return Z.copy()
    stays = mask_of(signature, mask, np.shape(Z), "an entry stays")
    Y: Array = np.where(stays, Z / (1 - rate), 0)
    return Y
