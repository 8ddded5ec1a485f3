"""The engine that derives gradients at work on a where part: the graph of a gradient's letters, from its deltas to its matrices."""

from contextlib import suppress
from dataclasses import dataclass, replace

from book.graphs import Layout, draw, layout, said
from mathnet.derivation.algebra.backward import Backward
from mathnet.derivation.algebra.forms import count, transposed
from mathnet.derivation.algebra.indices import ByIndices
from mathnet.derivation.algebra.reduce import Graph, NoMatrixFormError, Picture
from mathnet.derivation.algebra.terms import Letter, Term
from mathnet.derivation.meaning.infer import infer_dimensions
from mathnet.derivation.meaning.names import Names
from mathnet.derivation.read.declare import declare
from mathnet.derivation.read.source import split
from mathnet.derivation.read.tokens import tokenize
from mathnet.figures import figure, panel


@dataclass(frozen=True)
class Route:
    """A gradient on its way: its pictures, first with deltas, and the places of its letters."""

    pictures: list[Picture]
    where: Layout

    @property
    def titles(self) -> list[str]:
        """What has been done in each picture; a step back to matrices has the name that the engine gives it."""
        steps = [f"{picture.step}: {picture.product}" for picture in self.pictures[2:]]
        return ["with deltas", "each delta ends a sum", *steps]


def route(source: str, by: str) -> Route:
    """Let the engine derive a gradient by a matrix, and return what it does with the letters; the gradient must be one term."""
    where, _ = split(source)
    names = Names()
    declare(names, tokenize(where, gaps=False), where, source)
    engine = ByIndices(Backward(names, infer_dimensions(names)))
    engine.chains(by)
    (before,), (after,) = engine.with_deltas.terms, engine.part.terms
    row, column = engine.at
    deltas = _drawn(engine, before, row, column)[0]
    pictures = [_plainly(each) for each in (deltas, *_drawn(engine, after, row, column))]
    letters = list(dict.fromkeys((row, *before.summed, column)))
    return Route(pictures, layout(letters, [row, column], pictures[0]))


def _drawn(engine: ByIndices, term: Term, row: Letter, column: Letter) -> list[Picture]:
    """Return the pictures of a term, up to where no step applies."""
    try:
        return engine.matrices.shortest(term, row, column)[1].pictures
    except NoMatrixFormError:
        graph = Graph()
        with suppress(NoMatrixFormError):
            engine.matrices.reduced(term, graph, row, column)
        return graph.pictures


def _plainly(picture: Picture) -> Picture:
    """Return a picture in which each factor is written with as few transposes as it can be, and an identity as a delta."""
    hanging = {
        letter: tuple(min(form, transposed(form), key=count) for form in vectors)
        for letter, vectors in picture.hanging.items()
    }
    edges = tuple(
        (column, row, transposed(form)) if count(transposed(form)) < count(form) else (row, column, form)
        for row, column, form in picture.edges
    )
    edges = tuple(
        (row, column, replace(form, latex=r"\delta") if form.kind == "identity" else form)
        for row, column, form in edges
    )
    return picture._replace(hanging=hanging, edges=edges)


def reduction(source: str, by: str, caption: str) -> str:
    """Return a figure of what becomes of the letters of a gradient: the deltas, their end, and each step by its name."""
    found = route(source, by)
    pictures, titles = found.pictures, found.titles
    before = [pictures[0], *pictures[1:2], *pictures[1:]]
    panels = [
        panel(title, draw(picture, found.where, earlier))
        for title, picture, earlier in zip(titles, pictures, before, strict=False)
    ]
    words = " ".join(
        f"{title[0].upper()}{title[1:]}: {said(picture)}."
        for title, picture in zip(titles, pictures, strict=True)
    )
    return figure(*panels, alt=f"The letters of the gradient by {by}. {words}", caption=caption)
