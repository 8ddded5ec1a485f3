"""The value of every kind of node, in a file of the same name as that of the node; importing this makes them known."""

from . import arrays, calculus, functions, indices, products, steps

__all__ = ["arrays", "calculus", "functions", "indices", "products", "steps"]
