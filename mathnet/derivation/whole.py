"""Functions of a whole matrix, such as trace and determinant, on exact or dual numbers."""

from .dual import elementary, reciprocal

VECTOR_OR_SQUARE, SQUARE, ANY = "a vector or a square matrix", "a square matrix", "a matrix or vector"
WHOLE = {  # name in LaTeX: what it is a function of
    r"\operatorname{tr}": SQUARE,
    r"\det": SQUARE,
    r"\operatorname{diag}": VECTOR_OR_SQUARE,
    r"\operatorname{sum}": ANY,
    r"\operatorname{mean}": ANY,
    r"\operatorname{softmax}": ANY,
    r"\|": ANY,
    "^{-1}": SQUARE,
}


def evaluate_whole(function, values, shape):
    """Return the entries of a function of the matrix with these entries, row by row."""
    rows, columns = shape or (1, 1)
    square = [list(values[start : start + columns]) for start in range(0, len(values), columns)]
    match function:
        case r"\operatorname{tr}":
            return (sum(square[i][i] for i in range(rows)),)
        case r"\det":
            return (_eliminated(square)[0],)
        case "^{-1}":
            return tuple(number for row in _eliminated(square)[1] for number in row)
        case r"\operatorname{diag}" if 1 in (rows, columns):
            size = len(values)
            return tuple(values[i] if i == j else 0 for i in range(size) for j in range(size))
        case r"\operatorname{diag}":
            return tuple(square[i][i] for i in range(rows))
        case r"\operatorname{sum}":
            return (sum(values),)
        case r"\operatorname{mean}":
            return (sum(values) * reciprocal(len(values)),)
        case r"\|":
            return (elementary("sqrt", sum(value * value for value in values)),)
    lines = [list(values)] if columns == 1 else square  # softmax of a column is over the column
    powers = [[elementary("exp", value) for value in line] for line in lines]
    return tuple(power * reciprocal(sum(line)) for line in powers for power in line)


def _eliminated(rows):
    """Return determinant and inverse, by elimination; a zero pivot is exchanged or a division by zero."""
    size, determinant = len(rows), 1
    work = [row + [int(i == j) for j in range(size)] for i, row in enumerate(rows)]
    for at in range(size):
        pivot = next((i for i in range(at, size) if work[i][at]), at)
        if pivot != at:
            work[at], work[pivot], determinant = work[pivot], work[at], -determinant
        determinant = determinant * work[at][at]
        inverse = reciprocal(work[at][at])
        work[at] = [number * inverse for number in work[at]]
        for i in range(size):
            if i != at:
                lead = work[i][at]
                work[i] = [a - lead * b for a, b in zip(work[i], work[at], strict=True)]
    return determinant, [row[size:] for row in work]
