"""Derivatives with respect to several variables at once, as the tangent of one dual number."""


class Slopes(dict):
    """Derivatives by variable; those that are missing are zero.

    Examples
    --------
    >>> from mathnet.derivation import Dual
    >>> x, y = Dual(3, Slopes(x=1)), Dual(5, Slopes(y=1))
    >>> (x * x * y).tangent
    {'x': 30, 'y': 9}
    """

    __slots__ = ()

    def __add__(self, other):
        if not isinstance(other, Slopes):  # the tangent of a constant, 0
            return self
        found = Slopes(self)
        for variable, number in other.items():
            found[variable] = found[variable] + number if variable in found else number
        return found

    __radd__ = __add__

    def __mul__(self, number):
        return Slopes({variable: slope * number for variable, slope in self.items()})

    __rmul__ = __mul__

    def __neg__(self):
        return Slopes({variable: -slope for variable, slope in self.items()})

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other
