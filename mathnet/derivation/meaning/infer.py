"""Shapes before values: every product is defined, and every index runs over one range."""

from collections.abc import Collection, Mapping, Sequence

from ..errors import DerivationError
from .names import Declared, Function, Names
from .nodes import Node, Size, Sum
from .properties import SQUARE, TALL
from .scope import Dimensions, Range, Scope
from .shapes import Shape, Type, shape_text


def infer_dimensions(names: Names) -> Dimensions:
    """Return the shapes of all that a where part declares and defines."""
    shapes = {name: symbol.shape for name, symbol in names.symbols.items() if symbol.shape is not None}
    written = {name: symbol.latex for name, symbol in names.symbols.items()}
    dimensions = Dimensions(
        names.dimensions, names.output, shapes, written, follows=names.sizes, steps=names.steps
    )
    for symbol in names.symbols.values():
        shape = symbol.shape or ("", "1")
        if symbol.properties & SQUARE and shape[0] != shape[-1]:
            raise DerivationError(
                f"{symbol.latex} is {shape_text(symbol.shape or ())}: not square", symbol.place
            )
        if symbol.properties & TALL:
            _require_tall(names, dimensions, symbol, symbol.shape or ())
    for function in names.functions.values():
        if function.body is not None:
            _infer_function(dimensions, function, function.body)
    for symbol in names.symbols.values():
        if symbol.definition is not None:
            infer_symbol(dimensions, symbol, symbol.definition, names)
    if names.seed is not None:
        found, _ = Scope(dimensions).infer(names.seed)
        _require_declared(names.seed, found, dimensions.shapes[names.output])
        resolve_sums(dimensions, names.seed)
    return dimensions


def _require_tall(names: Names, dimensions: Dimensions, symbol: Declared, shape: Shape) -> None:
    """Take note that a matrix has at least as many rows as columns."""
    if len(shape) != 2:
        raise DerivationError(f"{symbol.latex} is {shape_text(shape)}: it has no columns", symbol.place)
    rows, columns = shape
    if rows.isdigit() and columns.isdigit() and int(rows) < int(columns):
        raise DerivationError(
            f"{symbol.latex} is {shape_text(shape)}: so many columns are never independent", symbol.place
        )
    if columns.isdigit() and not rows.isdigit():
        for part in filter(str.isalpha, rows.split("·")):
            dimensions.smallest[part] = max(int(columns), dimensions.smallest.get(part, 1))
    dimensions.tall.append((rows, columns))
    if rows != columns and columns != "1":
        names.read_as(symbol.place, rf"\text{{of a size at which }} {rows} \ge {columns}".replace("·", " "))


def shape_of(names: Names, node: Node, indices: Sequence[str] = ()) -> Shape | None:
    """Return the shape of a formula that has been read, as far as it can be told from what stands before it; with `indices`, that of an array from its entry."""
    scope = _throwaway(names, {index: Range() for index in indices})
    try:
        shape = scope.infer(node).shape
        if indices:
            shape = tuple(scope.resolve(index, node) for index in indices)
            return (*shape, "1") if len(shape) == 1 else shape
    except DerivationError:
        return None
    return shape


def free_letters(names: Names, node: Node) -> frozenset[str]:
    """Return the index letters that a formula leaves free."""
    try:
        return _throwaway(names).infer(node).free
    except DerivationError:
        letters = (getattr(part, "indices", None) or () for part in node.walk())
        return frozenset(letter for indices in letters for letter in indices if isinstance(letter, str))


def _throwaway(names: Names, ranges: Mapping[str, Range] | None = None) -> Scope:
    """Return a scope of what is known so far, of which nothing is kept."""
    written = {name: symbol.latex for name, symbol in names.symbols.items()}
    known = Dimensions(
        names.dimensions, names.output, names.shapes, written, follows=names.sizes, steps=names.steps
    )
    return Scope(known, ranges)


def resolve_sums(dimensions: Dimensions, node: Node, free: Collection[str] = ()) -> None:
    """Refuse sums of which nothing says how far they run, and letters that are both index and size."""
    _refuse_sizes(node, frozenset(free))
    for part in node.walk():
        if isinstance(part, Sum) and part in dimensions.ranges:
            scope = Scope(dimensions, dict(zip(part.letters, dimensions.ranges[part], strict=True)))
            for letter in part.letters:
                scope.resolve(letter, part)
        number, range_ = dimensions.numbers.get(part, (1, Range()))
        if (axis := range_.root().dimension) is not None:
            Scope(dimensions).index(part, (number,), (axis,), part.latex)


def left_free(scope: Scope, node: Node, letters: Collection[str]) -> DerivationError:
    """Return the error that nothing sums over these letters."""
    letter = min(letters)
    summed = any(letter in part.letters for part in node.walk() if isinstance(part, Sum))
    hint = "; a sum reaches only to the next + or -, so write \\sum (…)" if summed else ""
    for part in node.walk():
        if isinstance(part, Sum) and part.besides == letter:
            hint = rf"; for a sum over both write \sum_{letter} \sum_{{{part.letters[0]} \ne {letter}}}"
    if letter in scope.dimensions.shapes:
        hint = rf"; for the entry at a label, let {letter} be one-hot and write a sum: \sum_k {letter}_k …"
    where = scope.range(letter).where
    return node.error(
        f"index {letter} is left free{f' (in {where})' if where else ''}: no sum runs over it{hint}"
    )


def _infer_function(dimensions: Dimensions, function: Function, body: Node) -> None:
    shapes = dimensions.shapes
    dimensions.shapes = shapes | {function.parameter: ()}
    found = Scope(dimensions).infer(body)
    resolve_sums(dimensions, body)
    dimensions.shapes = shapes
    if found != Type(()):
        raise body.error(f"{function.latex} must give one number for one number")


def infer_symbol(dimensions: Dimensions, symbol: Declared, node: Node, names: Names) -> None:
    """Find out the shape of a symbol that is defined by a formula."""
    dimensions.written.setdefault(symbol.name, symbol.latex)
    ranges = {index: Range() for index in symbol.indices}
    indices = symbol.indices
    if symbol.name in names.sequences:  # the first letter counts the steps
        step, *entries = indices
        indices = tuple(entries)
        ranges[step] = Range(names.sequences[symbol.name].count)
    scope = Scope(dimensions, ranges, settled=True)
    declared = dimensions.shapes.get(symbol.name)
    entry = f"{symbol.latex}_{{{''.join(indices)}}}"
    if declared is not None and indices:
        scope.index(node, indices, declared, entry)
        for index in indices:
            scope.range(index).said = True
    shape, free = scope.infer(node)
    if free - set(symbol.indices):
        raise left_free(scope, node, free - set(symbol.indices))
    if indices:
        if shape:
            raise node.error(
                f"{entry} = … defines the entries of {symbol.latex}, but "
                f"{node.latex} is {shape_text(shape)}: for a name of its own, declare its shape first"
            )
        shape = tuple(_defined_axis(scope, symbol, index, node) for index in indices)
        shape = (*shape, "1") if len(shape) == 1 else shape
    elif declared is not None:
        _require_declared(node, shape, declared)
    resolve_sums(dimensions, node, symbol.indices)
    dimensions.shapes.setdefault(symbol.name, shape)


def _defined_axis(scope: Scope, symbol: Declared, index: str, node: Node) -> str:
    """Return what an index runs over by which the entries of a symbol are defined."""
    try:
        return scope.resolve(index, node)
    except DerivationError as error:
        axes = r" \times ".join("abcd"[: len(symbol.indices)])
        counted = ", and how the sizes belong together, as in n = a + k - 1" * bool(scope.range(index).where)
        raise node.error(
            f"{error.reason.partition(':')[0]}: declare the shape of {symbol.latex} before, as in "
            rf"{symbol.latex} \in \mathbb{{R}}^{{{axes}}}{counted}"
        ) from None


def _require_declared(node: Node, found: Shape, declared: Shape) -> None:
    if found != declared:
        raise node.error(f"declared as {shape_text(declared)}, but {node.latex} is {shape_text(found)}")


def _refuse_sizes(node: Node, letters: frozenset[str]) -> None:
    if isinstance(node, Size) and node.name in letters:
        raise node.error(
            f"{node.name} is an index letter here, and also a size: use another letter for the index"
        )
    below = letters.union(node.letters) if isinstance(node, Sum) else letters
    for part in node.parts():
        _refuse_sizes(part, below)
