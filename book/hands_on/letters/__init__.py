"""The letters: a sum of products of entries that a reader types, taken back to matrices step by step."""
