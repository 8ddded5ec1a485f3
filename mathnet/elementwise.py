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

Each rule spells out its own $f'$, by its output Y where that is cheaper.

At ±∞ every function here has its limit, and at NaN it is NaN. The cost is one pass over the entries: `sigmoid`, `tanh`
and `softplus` compute an exponential for each, the rules of `sigmoid` and `tanh` none.
"""

import numpy as np

from mathnet.arguments import takes_arrays
from mathnet.shapes import Array, check_shapes


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
