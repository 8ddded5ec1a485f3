r"""The dense layer's affine map: the one operation of a layer that holds parameters.

$Z = HW + B$ is a matrix product and a sum. With one sample (n = 1) it is the formula of the
[question][backpropagation-is-four-products] to the letter. With a batch, every row of H is a sample and every row of Z receives the same B.
"""

import numpy as np

from mathnet.arguments import takes_arrays
from mathnet.shapes import Array, check_shapes


@takes_arrays
def affine(H: Array, W: Array, B: Array) -> Array:
    r"""$[HW + B]_{ij} = \sum_k H_{ik} W_{kj} + B_{1j}$.

    The matrix product of the inputs and the weights, plus the bias row for every sample. This is the
    one place where mathnet adds a row to every row of a matrix, and the signature says so.

    Parameters
    ----------
    H : (n, h) array
        Inputs, one sample per row.
    W : (h, y) array
        Weights, inputs × outputs.
    B : (1, y) array
        Bias, one row.

    Returns
    -------
    Z : (n, y) array
        One row per sample. In NumPy: `H @ W + B`.

    Raises
    ------
    ShapeError
        If the shapes do not fit together; a bias of shape (y,) does not.

    Notes
    -----
    n · h · y multiplications.

    Examples
    --------
    >>> H, W, B = np.array([[1.0, 2.0]]), np.eye(2), np.array([[10.0, 20.0]])
    >>> affine(H, W, B)
    array([[11., 22.]])
    """
    check_shapes("affine(H[n h], W[h y], B[1 y])", H, W, B)
    Z: Array = np.matmul(H, W) + B
    return Z


@takes_arrays
def affine_vjp(
    Z_bar: Array, Z: Array | None, H: Array, W: Array, B: Array | None
) -> tuple[Array, Array, Array]:
    r"""$\bar H = \bar Z W^{\mathsf T}$, $\bar W = H^{\mathsf T} \bar Z$, $\bar B = \mathbf 1^{\mathsf T} \bar Z$.

    This answers the second half of the [question][backpropagation-is-four-products]. $\bar W$ is a matrix product of $H^{\mathsf T}$ (h × n)
    and $\bar Z$ (n × y): for one sample the outer product of the input and the cotangent, for a
    batch the sum of those outer products. $\bar B$ sums the rows of $\bar Z$, because one B served
    every row.

    Derivation
    ----------
    The column $\mathbf 1$ of n ones writes "the same row for every sample" as a matrix product:

    ```derivation affine-vjp
    where  H \in \mathbb{R}^{n \times h},  W \in \mathbb{R}^{h \times y},  B \in \mathbb{R}^{1 \times y}
           \mathbf 1 \in \mathbb{R}^{n \times 1} \text{ ones}
           Z = HW + \mathbf 1 B
    \bar H_{kl}
      &= \sum_{ij} \bar Z_{ij}\, \frac{\partial Z_{ij}}{\partial H_{kl}}  && \text{chain rule over all entries of } Z \\
      &= \sum_{ij} \bar Z_{ij}\, \delta_{ik}\, W_{lj}  && H_{kl} \text{ stands in row } k \text{ of } Z \text{, with factor } W_{lj} \\
      &= \sum_j \bar Z_{kj} W_{lj}  && \delta_{ik} \text{ keeps } i = k \\
      &= \left[\bar Z W^{\mathsf T}\right]_{kl}  && \text{matrix product}

    \bar W_{kl}
      &= \sum_{ij} \bar Z_{ij}\, \frac{\partial Z_{ij}}{\partial W_{kl}}  && \text{chain rule over all entries of } Z \\
      &= \sum_{ij} \bar Z_{ij}\, H_{ik}\, \delta_{jl}  && W_{kl} \text{ stands in column } l \text{ of } Z \text{, with factor } H_{ik} \\
      &= \sum_i H_{ik}\, \bar Z_{il}  && \delta_{jl} \text{ keeps } j = l \\
      &= \left[H^{\mathsf T} \bar Z\right]_{kl}  && \text{matrix product: the sum runs over the samples}

    \bar B_l
      &= \sum_{ij} \bar Z_{ij}\, \frac{\partial Z_{ij}}{\partial B_l}  && \text{chain rule over all entries of } Z \\
      &= \sum_{ij} \bar Z_{ij}\, \delta_{jl}  && B_l \text{ is added in column } l \text{ of every row} \\
      &= \sum_i \bar Z_{il}  && \delta_{jl} \text{ keeps } j = l \\
      &= \left[\mathbf 1^{\mathsf T} \bar Z\right]_l  && \text{sum of the rows, as a matrix product}
    ```

    Parameters
    ----------
    Z_bar : (n, y) array
        Cotangent of the result.
    Z : (n, y) array or None
        The result; not needed.
    H : (n, h) array
        Inputs.
    W : (h, y) array
        Weights.
    B : (1, y) array or None
        Bias; not needed.

    Returns
    -------
    H_bar : (n, h) array
        Cotangent of the inputs: what the layer below receives.
    W_bar : (h, y) array
        Cotangent of the weights.
    B_bar : (1, y) array
        Cotangent of the bias.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    Notes
    -----
    Two matrix products and a sum, so twice the cost of the layer itself. H and W must be kept from the forward pass.

    References
    ----------
    Mathematics Stack Exchange 3250718; Rumelhart, Hinton and Williams (1986); Giles (2008).

    Examples
    --------
    >>> Z_bar, H = np.array([[0.5, -1.0]]), np.array([[1.0, 2.0, 3.0]])
    >>> H_bar, W_bar, B_bar = affine_vjp(Z_bar, Z_bar, H, np.ones((3, 2)), np.ones((1, 2)))
    >>> W_bar
    array([[ 0.5, -1. ],
           [ 1. , -2. ],
           [ 1.5, -3. ]])
    """
    check_shapes("affine_vjp(Z_bar[n y], Z[n y], H[n h], W[h y], B[1 y])", Z_bar, Z, H, W, B)
    H_bar = Z_bar @ np.transpose(W)
    W_bar = np.transpose(H) @ Z_bar
    B_bar = np.sum(Z_bar, axis=0, keepdims=True)
    return H_bar, W_bar, B_bar
