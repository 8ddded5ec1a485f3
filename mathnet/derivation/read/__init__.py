"""Stage 1, reading: from the text of an author to nodes."""
