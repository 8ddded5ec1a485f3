"""How symbols and functions are called in a program."""

import keyword
import re

from ..meaning.names import Names


def identifier(name: str) -> str:
    r"""Return a Python name for a symbol or a function: `W1` for $W_1$, `Y_star` for $Y^*$, `f_prime` for $f'$."""
    name = re.sub(r"\\(?:operatorname|mathrm|mathbf|mathsf|text|boldsymbol|mathcal)\s*", "", name)
    name = name.replace("'", "_prime").replace("*", "_star")
    name = re.sub(r"\\(?:hat|tilde|vec|bar)\{(\w+)\}", r"\1_hat", name)
    name = re.sub(r"[^0-9A-Za-z_]", "", name.replace("\\", ""))
    name = re.sub(r"(?<=[A-Za-z])_(?=\d)", "", name).strip("_")
    name = name if re.match(r"[A-Za-z]", name) else f"x{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def called_sequence(name: str, names: Names) -> str:
    """Return how a program calls a sequence; the sum L of all L_t may have the plain name, or a size."""
    plain = identifier(name)
    others = {identifier(other) for other in (*names.symbols, *names.dimensions) if other != name}
    return f"{plain}_steps" if plain in others else plain


NUMPY = {
    "exp": "np.exp", "log": "np.log", "sin": "np.sin", "cos": "np.cos", "tanh": "np.tanh", "arctan": "np.arctan", "erf": "erf", "abs": "np.abs", "sign": "np.sign",
    "max": "np.maximum", "min": "np.minimum", r"\sinh": "np.sinh", r"\cosh": "np.cosh", r"\tan": "np.tan",
}  # fmt: skip


def called(function: str) -> str:
    """Return how a function of numbers is called: NumPy's, or one that the program defines."""
    return NUMPY.get(function) or identifier(function)
