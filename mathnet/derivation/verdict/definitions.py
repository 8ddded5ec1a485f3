"""Which right derivations have nothing to prove: their one equation says what its left side means."""

from ..meaning.names import Names
from ..meaning.nodes import Node
from ..meaning.nodes.arrays import Entry, Symbol, Transpose
from ..meaning.nodes.calculus import Cotangent, Partial
from ..meaning.nodes.indices import Sum
from ..meaning.nodes.products import Hadamard, Inner, Product
from .report import Report


def defines(report: Report) -> bool:
    r"""Return whether a right derivation is one equation that defines its left side.

    That is a product by its entries, $[AB]_{ij} = \sum_q A_{iq} B_{qj}$; a derivative under another name, $\bar W = \frac{\partial J}{\partial W}$;
    and what the where part defines in the same words.

    Examples
    --------
    >>> from mathnet.derivation import check
    >>> vectors = "where a, b \\in \\mathbb{R}^n\n"
    >>> defines(check(vectors + r"a \cdot b = \sum_i a_i b_i"))
    True
    >>> defines(check(vectors + r"a \cdot b = b \cdot a"))
    False
    """
    if not report.ok or report.steps != 1 or len(report.chains) != 1:
        return False
    (chain,) = report.chains
    left, right = chain.nodes
    return chain.relations[0].type == "EQUALS" and (
        _is_a_product(left, right)
        or _is_a_derivative(left, right)
        or _is_as_declared(left, right, report.names)
    )


def _is_a_product(left: Node, right: Node) -> bool:
    whole = left.body if isinstance(left, Entry) else left
    match whole:
        case Product(factors=factors) if whole is not left:
            pass
        case Hadamard(operands=operands) if whole is not left:
            factors = tuple(factor for operand in operands for factor in operand)
        case Inner(left=one, right=other):
            factors = (one, other)
        case _:
            return False
    entries = right.body if type(right) is Sum else right
    if not isinstance(entries, Product) or not all(isinstance(factor, Entry) for factor in entries.factors):
        return False
    names = [_name(factor) for factor in factors]
    return "" not in names and names == [_name(factor) for factor in entries.factors]


def _name(factor: Node) -> str:
    while isinstance(factor, Entry | Transpose):
        factor = factor.body
    return factor.name if isinstance(factor, Symbol) else ""


def _is_a_derivative(left: Node, right: Node) -> bool:
    if not isinstance(right, Partial):
        return False
    match left:
        case Cotangent(name=name):
            return name == right.variable and right.indices is None
        case Entry(body=Partial() as whole, indices=indices):
            return whole.variable == right.variable and indices == right.indices
    return False


def _is_as_declared(left: Node, right: Node, names: Names) -> bool:
    symbol = names.symbols.get(_name(left))
    if symbol is None or symbol.definition is None or isinstance(left, Transpose):
        return False
    entry = left.indices if isinstance(left, Entry) else ()
    return entry == symbol.indices and symbol.definition.latex == right.latex
