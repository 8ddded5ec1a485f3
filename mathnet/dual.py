r"""Dual numbers: a value together with its derivative in one direction.

A dual number is $a + a'\varepsilon$ with $\varepsilon^2 = 0$, so ordinary arithmetic carries the
derivative along: $(a + a'\varepsilon)(b + b'\varepsilon) = ab + (a'b + ab')\varepsilon$. Values are integers and fractions,
so derivatives of rational functions are exact; the first transcendental function turns them into numbers of
60 digits, of which 50 are trusted.
"""

import operator
from collections.abc import Callable
from fractions import Fraction
from numbers import Rational, Real
from typing import Any, TypeAlias

from mpmath.ctx_mp import MPContext

DIGITS, GUARD = 50, 10  # what is trusted, and what is computed besides
LARGEST_ARGUMENT = 10**6  # mpmath needs memory in proportion to it
LARGEST_ERF = 10  # where more digits than usual are asked for: they take mpmath up to half a second

Number: TypeAlias = Any
"""An int, a Fraction, a number of 60 digits, a `Dual`, or as a tangent `Slopes`: any two of them mix, which no type of Python says."""

# A context of its own: nobody else's precision changes ours, and ours changes nobody else's.
mp = MPContext()
mp.dps = DIGITS + GUARD

if (
    mp.mpf.mpf_convert_rhs(Fraction(1, 2)) is NotImplemented
):  # mpmath 1.3 takes no fraction on the left of - / < <=
    _known = mp.mpf.mpf_convert_rhs
    mp.mpf.mpf_convert_rhs = staticmethod(
        lambda x: high_precision(x)._mpf_ if isinstance(x, Fraction) else _known(x)
    )


class Slopes(dict[Any, Number]):
    """Derivatives with respect to several variables at once, as one tangent; those that are missing are zero.

    Examples
    --------
    >>> x, y = Dual(3, Slopes(x=1)), Dual(5, Slopes(y=1))
    >>> (x * x * y).tangent
    {'x': 30, 'y': 9}
    """

    __slots__ = ()

    def __add__(self, other: Number) -> "Slopes":
        if not isinstance(other, Slopes):  # the tangent of a constant, 0
            return self
        found = Slopes(self)
        for variable, number in other.items():
            found[variable] = found[variable] + number if variable in found else number
        return found

    __radd__ = __add__

    def __mul__(self, number: Number) -> "Slopes":
        return Slopes({variable: slope * number for variable, slope in self.items()})

    __rmul__ = __mul__

    def __neg__(self) -> "Slopes":
        return Slopes({variable: -slope for variable, slope in self.items()})

    def __sub__(self, other: Number) -> "Slopes":
        return self.__add__(-other)

    def __rsub__(self, other: Number) -> "Slopes":
        return self.__neg__().__add__(other)


def exact(number: Any) -> Number:
    """Return the number as int, Fraction or high-precision number, without rounding.

    Examples
    --------
    >>> exact(0.5)
    Fraction(1, 2)
    """
    if isinstance(number, (int, Fraction, mp.mpf, Dual, Slopes)):
        return number
    if hasattr(number, "__index__"):
        return operator.index(number)
    if isinstance(number, Rational):
        return number
    if isinstance(number, Real):
        return Fraction(float(number))
    raise TypeError(f"a dual number cannot be made from {type(number).__name__}")


def high_precision(number: Number) -> Number:
    """Return a plain number as one of 60 digits."""
    return number if isinstance(number, mp.mpf) else mp.mpf(number.numerator) / number.denominator


def entrywise(operation: Callable[["Dual", Any], "Dual"]) -> Callable[["Dual", Any], "Dual"]:
    """Decline an array operand: it then calls the operation back, once per entry."""

    def scalar_operation(self: "Dual", other: Any) -> "Dual":
        several = isinstance(other, Slopes) or hasattr(other, "__array__")
        return NotImplemented if several else operation(self, other)

    return scalar_operation


class Dual:
    """A value and its tangent.

    Parameters
    ----------
    value, tangent : number
        int, float, Fraction or another dual number; taken over exactly.
    tag : int
        Which differentiation the tangent belongs to. Only needed for a derivative of a derivative: the inner
        differentiation takes the larger tag, and tangents with different tags are never mixed.

    Notes
    -----
    Comparisons look at the value alone, as the code under test does. The methods `exp`, `log`, … are the
    names that NumPy's functions call on the entries of an object array.

    Examples
    --------
    >>> x = Dual(3, 1)
    >>> (x * x - 1 / x).tangent
    Fraction(55, 9)
    """

    __slots__ = ("tag", "tangent", "value")

    def __init__(self, value: Any, tangent: Any = 0, tag: int = 0) -> None:
        self.value = exact(value)
        self.tangent = exact(tangent)
        self.tag = tag

    def __repr__(self) -> str:
        return f"Dual({self.value}, {self.tangent})"

    def _parts(self, other: Any) -> tuple[Number, Number, Number, Number, int]:
        """Return values, tangents and tag of both operands, seen from the larger tag."""
        if not isinstance(other, Dual):
            return self.value, self.tangent, exact(other), 0, self.tag
        if self.tag == other.tag:
            return self.value, self.tangent, other.value, other.tangent, self.tag
        if self.tag > other.tag:
            return self.value, self.tangent, other, 0, self.tag
        return self, 0, other.value, other.tangent, other.tag

    @entrywise
    def __add__(self, other: Any) -> "Dual":
        a, a_dot, b, b_dot, tag = self._parts(other)
        return Dual(a + b, a_dot + b_dot, tag)

    @entrywise
    def __sub__(self, other: Any) -> "Dual":
        a, a_dot, b, b_dot, tag = self._parts(other)
        return Dual(a - b, a_dot - b_dot, tag)

    @entrywise
    def __mul__(self, other: Any) -> "Dual":
        a, a_dot, b, b_dot, tag = self._parts(other)
        return Dual(a * b, a_dot * b + a * b_dot, tag)

    @entrywise
    def __truediv__(self, other: Any) -> "Dual":
        a, a_dot, b, b_dot, tag = self._parts(other)
        inverse = reciprocal(b)
        quotient = a * inverse
        return Dual(quotient, (a_dot - quotient * b_dot) * inverse, tag)

    __radd__ = __add__
    __rmul__ = __mul__

    @entrywise
    def __rsub__(self, other: Any) -> Number:
        return -self + other

    @entrywise
    def __rtruediv__(self, other: Any) -> Number:
        return reciprocal(self) * other

    def __neg__(self) -> "Dual":
        return Dual(-self.value, -self.tangent, self.tag)

    def __pos__(self) -> "Dual":
        return self

    def __abs__(self) -> "Dual":
        return -self if self.value < 0 else self

    def __pow__(self, exponent: Any) -> Number:
        whole = exact(exponent)
        if isinstance(whole, Fraction) and whole.denominator == 1:
            whole = whole.numerator
        if not isinstance(whole, int):
            return (self.log() * whole).exp()
        if whole == 0:
            return Dual(1, 0, self.tag)
        below = power(self.value, whole - 1)
        return Dual(below * self.value, whole * below * self.tangent, self.tag)

    def __rpow__(self, base: Any) -> Number:
        return (self * elementary("log", exact(base))).exp()

    def __eq__(self, other: object) -> bool:
        return bool(self.value == _value(other))

    def __lt__(self, other: Any) -> bool:
        return bool(self.value < _value(other))

    def __le__(self, other: Any) -> bool:
        return bool(self.value <= _value(other))

    def __gt__(self, other: Any) -> bool:
        return bool(self.value > _value(other))

    def __ge__(self, other: Any) -> bool:
        return bool(self.value >= _value(other))

    def __bool__(self) -> bool:
        return bool(self.value)

    def conjugate(self) -> "Dual":
        """Return the number itself: it is real."""
        return self

    def exp(self) -> Number:
        """Return the exponential."""
        return elementary("exp", self)

    def expm1(self) -> Number:
        """Return exp(x) - 1."""
        return elementary("expm1", self)

    def log(self) -> Number:
        """Return the natural logarithm."""
        return elementary("log", self)

    def log1p(self) -> Number:
        """Return log(1 + x)."""
        return elementary("log1p", self)

    def sqrt(self) -> Number:
        """Return the square root."""
        return elementary("sqrt", self)

    def sin(self) -> Number:
        """Return the sine."""
        return elementary("sin", self)

    def cos(self) -> Number:
        """Return the cosine."""
        return elementary("cos", self)

    def tanh(self) -> Number:
        """Return the hyperbolic tangent."""
        return elementary("tanh", self)

    def arctan(self) -> Number:
        """Return the inverse tangent."""
        return elementary("arctan", self)

    def erf(self) -> Number:
        """Return the error function."""
        return elementary("erf", self)


ELEMENTARY: dict[
    str, tuple[Callable[[Number], Number], Callable[[Number, Number], Number]]
] = {  # name: the function, and its derivative from argument x and result y
    "exp": (mp.exp, lambda x, y: y),
    "expm1": (mp.expm1, lambda x, y: y + 1),
    "log": (mp.log, lambda x, y: reciprocal(x)),
    "log1p": (mp.log1p, lambda x, y: reciprocal(x + 1)),
    "sqrt": (mp.sqrt, lambda x, y: reciprocal(2 * y)),
    "sin": (mp.sin, lambda x, y: elementary("cos", x)),
    "cos": (mp.cos, lambda x, y: -elementary("sin", x)),
    "tanh": (mp.tanh, lambda x, y: 1 - y * y),
    "arctan": (mp.atan, lambda x, y: reciprocal(1 + x * x)),
    "erf": (mp.erf, lambda x, y: 2 / mp.sqrt(mp.pi) * elementary("exp", -x * x)),
}


def elementary(name: str, x: Number) -> Number:
    """Return one of the functions of `ELEMENTARY` at a plain or dual number."""
    function, derivative = ELEMENTARY[name]
    if isinstance(x, Dual):
        y = elementary(name, x.value)
        return Dual(y, derivative(x.value, y) * x.tangent, x.tag)
    if (name == "log" and x <= 0) or (name == "log1p" and x <= -1) or (name == "sqrt" and x < 0):
        raise ValueError(f"{name} of {x} is not a real number")
    if name in {"exp", "expm1", "sin", "cos", "tanh"} and abs(x) > LARGEST_ARGUMENT:
        raise ValueError(f"{name} of a number beyond {LARGEST_ARGUMENT} is out of reach")
    if name == "erf" and abs(x) > LARGEST_ERF and mp.dps > 2 * (DIGITS + GUARD):
        raise ValueError(f"erf of a number beyond {LARGEST_ERF} is out of reach of {mp.dps} digits")
    return function(high_precision(x))


def reciprocal(x: Number) -> Number:
    """Return 1/x, exactly where x is rational."""
    if isinstance(x, Dual):
        inverse = reciprocal(x.value)
        return Dual(inverse, -inverse * inverse * x.tangent, x.tag)
    if not x:
        raise ZeroDivisionError("division by zero")
    return Fraction(1, x) if isinstance(x, int) else 1 / x


def slope(number: Number, tag: int) -> Number:
    """Return the derivative that a number carries."""
    return number.tangent if isinstance(number, Dual) and number.tag == tag else 0


def bits(number: Number) -> int:
    """Return the length of an exact number; one of 60 digits never grows."""
    if isinstance(number, int):
        return number.bit_length()
    if isinstance(number, Fraction):
        return number.numerator.bit_length() + number.denominator.bit_length()
    if isinstance(number, mp.mpf):
        return 0
    if isinstance(number, Slopes):
        return max(map(bits, number.values()), default=0)
    return max(bits(number.value), bits(number.tangent)) if isinstance(number, Dual) else 0


def power(x: Number, exponent: int) -> Number:
    """Return x to a whole power, exactly where x is rational."""
    return x**exponent if exponent >= 0 else reciprocal(x) ** -exponent


def _value(number: Any) -> Number:
    return number.value if isinstance(number, Dual) else exact(number)
