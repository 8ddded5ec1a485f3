"""Index letters: where they stand says what they run over.

In H_k, k runs over the axis of H. A Kronecker delta gives its two letters one range.
"""

from .nodes import Sum, shape_text


class Range:
    """What an index letter runs over; two ranges become one when a delta links them."""

    def __init__(self, dimension=None):
        self.same_as, self.dimension, self.where = None, dimension, ""

    def root(self):
        """Return the range that stands for all those linked with this one."""
        return self if self.same_as is None else self.same_as.root()


class Scope:
    """The letters that a formula may use, and takes up, while its type is inferred: a `Range` each.

    The `bound` ones are those that a sum around the formula runs over.
    """

    def __init__(self, dimensions, ranges=(), bound=frozenset()):
        self.dimensions, self.ranges, self.bound = dimensions, dict(ranges), bound

    def infer(self, node):
        """Return the type of a node."""
        self.dimensions.types[node] = found = node.infer(self)
        return found

    def shape(self, symbol):
        """Return the shape of a symbol."""
        if symbol.name not in self.dimensions.shapes:
            raise symbol.error(f"{symbol.name} is used before it is defined")
        return self.dimensions.shapes[symbol.name]

    def inside(self, letters):
        """Return the scope inside a sum over these letters."""
        ranges = self.ranges | {letter: Range() for letter in letters}
        return Scope(self.dimensions, ranges, self.bound | set(letters))

    def leave(self, sum_, inner):
        """Keep what the letters of a sum run over, and take up the letters that it leaves free."""
        self.dimensions.ranges[sum_] = [inner.ranges.pop(letter) for letter in sum_.letters]
        self.ranges |= inner.ranges

    def range(self, letter):
        """Return the range of a letter, a new one if nothing is known of it."""
        return self.ranges.setdefault(letter, Range()).root()

    def fix(self, node, letter, dimension, where):
        """Say what a letter runs over."""
        range_ = self.range(letter)
        if range_.dimension is None:
            range_.dimension, range_.where = dimension, where
        elif range_.dimension != dimension:
            raise node.error(
                f"index {letter} runs over {range_.dimension} (in {range_.where}) but over {dimension} (in {where})"
            )

    def link(self, node, left, right):
        """Give two indices that are compared one range; return the letters among them."""
        letters = [index for index in (left, right) if isinstance(index, str)]
        if len(letters) == 1:
            number = right if left in letters else left
            self.dimensions.numbers[node] = number, self.range(letters[0])
        elif letters:
            self._join(node, left, right)
        return frozenset(letters)

    def _join(self, node, left, right):
        first, second = self.range(left), self.range(right)
        if first.dimension is None:
            first, second = second, first
        if second.dimension not in {None, first.dimension}:
            raise node.error(
                f"{node.latex} compares {left}, which runs over {first.dimension} (in {first.where}), "
                f"with {right}, which runs over {second.dimension} (in {second.where})"
            )
        if second is not first:
            second.same_as = first

    def index(self, node, indices, shape, where):
        """Let indices stand at the axes of a shape; return the letters among them."""
        vector = len(indices) == 1 and len(shape) == 2 and "1" in shape
        axes = [axis for axis in shape if axis != "1"] if vector else shape
        if len(indices) != len(axes):
            raise node.error(
                f"{where} has {len(indices)} {'index' if len(indices) == 1 else 'indices'}, "
                f"but what it is taken from is {shape_text(shape)}"
            )
        smallest = self.dimensions.smallest
        for index, axis in zip(indices, axes, strict=True):
            if isinstance(index, str):
                self.fix(node, index, axis, where)
            elif not index:
                raise node.error(f"an index counts from 1, but {where} has the index 0")
            elif "·" in axis:
                raise node.error(f"{where}: an axis of length {axis} takes index letters, not numbers")
            elif axis.isdigit() and index > int(axis):
                raise node.error(f"index {index} is beyond the {axis} of {where}")
            else:
                smallest[axis] = max(index, smallest.get(axis, 1))
        return frozenset(index for index in indices if isinstance(index, str))

    def resolve(self, letter, node):
        """Return the dimension that a letter runs over."""
        dimension = self.range(letter).dimension
        if dimension is None:
            raise node.error(f"what does index {letter} run over? It stands at no symbol")
        return dimension

    def left_free(self, node, letters):
        """Return the error that nothing sums over these letters."""
        letter = min(letters)
        summed = any(letter in part.letters for part in node.walk() if isinstance(part, Sum))
        hint = "; a sum reaches only to the next + or -, so write \\sum (…)" if summed else ""
        return node.error(
            f"index {letter} is left free (in {self.range(letter).where}): no sum runs over it{hint}"
        )
