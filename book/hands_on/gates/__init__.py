"""The gates: a computational graph to go through."""
