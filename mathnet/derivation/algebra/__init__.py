"""Formulas as sums of products of entries: differentiated, compared, and written as matrices again."""
