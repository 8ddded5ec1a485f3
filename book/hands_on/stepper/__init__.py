"""The backprop stepper."""
