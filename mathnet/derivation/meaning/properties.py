"""The words that a where part may say of a symbol, and which of them no array can have together."""

from collections.abc import Set

POSITIVE = {"positive", "between 0 and 1", "rows are probabilities"}
PARTLY = POSITIVE | {"positive definite", "full column rank"}  # of which some numbers are drawn positive
CIRCLE = "the number of the circle"  # of PI, as which a \pi is read that is not declared
PI = r"\pi?"
FIXED = {
    "constant",
    "ones",
    "identity",
    "rows are one-hot",
    "integer",
    "0 or 1",
    "1 or -1",
    CIRCLE,
}  # with no direction to go
SAMPLED = {  # with few choices, of which random ones are tried
    "rows are one-hot", "orthogonal", "orthonormal columns", "integer", "0 or 1", "1 or -1",
}  # fmt: skip
SQUARE = {"symmetric", "identity", "invertible", "orthogonal", "positive definite", "diagonal"}
TALL = {"full column rank", "orthonormal columns"}  # with at least as many rows as columns
PROPERTIES = (
    "elementwise", "constant", "ones", "nonzero", "positive", "between 0 and 1", "integer", "0 or 1", "1 or -1", "symmetric",
    "positive definite", "diagonal", "identity", "invertible", "orthogonal", "full column rank", "orthonormal columns",
    "rows sum to one", "rows are probabilities", "rows are one-hot", "zero outside",
)  # fmt: skip
ALSO = {  # other words for one of them
    "symmetric positive definite": "positive definite", "of full column rank": "full column rank",
    "linearly independent columns": "full column rank", "orthogonal columns": "orthonormal columns",
}  # fmt: skip
SHAPING = (
    "ones", "identity", "integer", "0 or 1", "1 or -1", "symmetric", "positive definite", "diagonal", "orthogonal",
    "full column rank", "orthonormal columns", "rows sum to one", "rows are probabilities", "rows are one-hot",
)  # fmt: skip
IMPLIED = {  # what goes without saying
    "0 or 1": {"integer"}, "1 or -1": {"integer"}, "rows are one-hot": {"integer", "0 or 1"}, "positive definite": {"symmetric"},
    "diagonal": {"symmetric"}, "orthogonal": TALL, "orthonormal columns": {"full column rank"},
}  # fmt: skip
SIGNED = (  # their signs are settled
    "ones", "identity", "0 or 1", "1 or -1", "positive definite", "diagonal", "orthogonal", *sorted(TALL), "rows are one-hot",
)  # fmt: skip
TOGETHER = {"positive definite", "diagonal"}


def at_odds(properties: Set[str]) -> list[str]:
    """Return two of the properties that no array is drawn with, or nothing."""
    implied = {word for said in properties for word in IMPLIED.get(said, ())}
    shaping = [word for word in SHAPING if word in properties and word not in implied]
    signs = [word for word in ("positive", "between 0 and 1") if word in properties]
    settled = [word for word in SIGNED if word in properties]
    if {"integer", "between 0 and 1"} <= properties:
        return ["integer", "between 0 and 1"]
    if shaping[1:] and set(shaping) != TOGETHER:
        return shaping[:2]
    return settled[:1] + signs[:1] if settled and signs else []
