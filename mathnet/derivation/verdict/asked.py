"""The `derive` fence: its author writes the where part, and what is read and checked is the derivation that follows from it."""

from functools import lru_cache

from ..errors import WHOLE, DerivationError
from ..read.fences import Asked
from .derive import KINDS, STYLES, Derived, derive


def written_out(source: str, id: str, asked: Asked | None) -> str:
    r"""Return the text of a derivation: its own, or the one that a `derive` fence asks for.

    Raises
    ------
    DerivationError
        If what is asked for cannot be derived.

    Examples
    --------
    >>> print(written_out("where x \\in \\mathbb{R}^{n}, J = x^{\\mathsf T} x", "square", Asked("x")))
    where x \in \mathbb{R}^{n}, J = x^{\mathsf T} x
    \frac{\partial J}{\partial x} &= 2 x  && \text{through } J
    """
    return answered(source, id, asked).fence if asked else source


@lru_cache(maxsize=1000)
def answered(source: str, id: str, asked: Asked) -> Derived:
    """Return what a `derive` fence asks for; it raises what `written_out` does."""
    try:
        for word, said, known in (("style", asked.style, STYLES), ("kind", asked.kind, KINDS)):
            if said not in known:
                raise DerivationError(
                    f"there is no {word} {said}; known: {', '.join(known)}", WHOLE, caret=False
                )
        (found,) = derive(source, [asked.by], id, asked.style, asked.kind)
        if found.refused:
            raise DerivationError(f"{found.by} is refused: {found.refused}", WHOLE, caret=False)
    except DerivationError as error:
        raise error.attach(id, source) from None
    return found
