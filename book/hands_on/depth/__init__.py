"""Depth and scale: how large values and gradients are in each layer of a deep network at its start."""
