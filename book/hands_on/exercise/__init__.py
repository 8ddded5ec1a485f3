"""A derivation exercise that is written and checked in the page."""
