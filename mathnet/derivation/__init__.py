"""LaTeX derivations that run: every line is evaluated and compared with the line before."""
