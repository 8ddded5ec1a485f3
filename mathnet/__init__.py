"""mathnet."""
