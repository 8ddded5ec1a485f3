"""The words that a where part may say of a symbol, and which of them no array can have together."""

from collections.abc import Set

POSITIVE = {"positive", "between 0 and 1", "rows are probabilities"}
FIXED = {"constant", "ones", "identity", "rows are one-hot", "integer"}  # with no direction to go
SAMPLED = {"rows are one-hot", "orthogonal", "integer"}  # with few choices, of which random ones are tried
SQUARE = {"symmetric", "identity", "invertible", "orthogonal"}
PROPERTIES = (
    "elementwise", "constant", "ones", "nonzero", "positive", "between 0 and 1", "integer", "symmetric", "identity",
    "invertible", "orthogonal", "rows sum to one", "rows are probabilities", "rows are one-hot", "zero outside",
)  # fmt: skip
SHAPING = (
    "ones", "identity", "integer", "symmetric", "orthogonal", "rows sum to one", "rows are probabilities", "rows are one-hot",
)  # fmt: skip
SIGNED = ("ones", "identity", "orthogonal", "rows are one-hot")  # their signs are settled


def at_odds(properties: Set[str]) -> list[str]:
    """Return two of the properties that no array is drawn with, or nothing."""
    shaping = [word for word in SHAPING if word in properties]
    signs = [word for word in ("positive", "between 0 and 1") if word in properties]
    settled = [word for word in SIGNED if word in properties]
    if {"integer", "between 0 and 1"} <= properties:
        return ["integer", "between 0 and 1"]
    return shaping[:2] if shaping[1:] else settled[:1] + signs[:1] if settled and signs else []
