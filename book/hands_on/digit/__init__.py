"""Draw a digit."""
