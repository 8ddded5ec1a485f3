r"""A shape as it is written: $\mathbb{R}^{n \times m}$."""

import re
from collections.abc import Collection, Sequence

from lark import Token

from ..errors import DerivationError, Place
from ..meaning.names import Names
from ..meaning.shapes import Shape, stacked, together
from .spelling import Spelling
from .tokens import canonical, group, with_depths

MAX_AXES, MAX_SIZE = 4, 12
SIGNS = {r"\{-1,1\}", r"\{1,-1\}"}
PAIR = ("NUMBER", "COMMA", "NUMBER")


def read_shape(names: Names, spelling: Spelling, tokens: Sequence[Token]) -> Shape:
    r"""Return the shape that a $\mathbb{R}^{n \times m}$ says; its dimensions become known."""
    if tokens and tokens[0].type == "LSET":
        raise DerivationError(
            r"a label is declared as a one-hot vector, y \in \{0, 1\}^K \text{ rows are one-hot}, of which y_k is 1 for the class k",
            spelling.place(tokens[0], tokens[-1]),
        )
    tokens = _equally_wide(names, spelling, tokens)
    if not tokens or tokens[0].type != "REALS":
        place = spelling.place(tokens[0]) if tokens else Place(1, 1, "")
        raise DerivationError(r"expected \mathbb{R}, with the shape as exponent", place)
    if len(tokens) == 1:
        return ()
    if [token.type for token in (*tokens[1:3], tokens[-1])] != ["SUP", "LBRACE", "RBRACE"]:
        raise DerivationError(r"a shape is written \mathbb{R}^{n \times m}", spelling.place(tokens[1]))
    axes: list[list[list[str]]] = [[[]]]  # an axis is a sum of products of numbers and letters: 4h, nm, h+1
    below = closed = False
    if letter := next((token for token in tokens if token in names.steps), None):
        raise DerivationError(
            f"all steps of a sequence have one shape: write sizes without {letter}, as if all layers were equally wide",
            spelling.place(letter),
        )
    for token, outer in list(zip(tokens, outer_kinds(tokens), strict=True))[3:-1]:
        if outer not in {"", "RBRACE"}:  # after the brace that closes the exponent
            raise DerivationError(f"{token} stands after a shape without a comma", spelling.place(token))
        term = axes[-1][-1]
        if token.type == "TIMES":
            axes.append([[]])
            closed = False
        elif closed:
            raise DerivationError(f"{token} in a shape", spelling.place(token))
        elif token.type == "PLUS":
            axes[-1].append([])
        elif token.type == "LPAR" and axes[-1] == [[]]:
            continue
        elif token.type == "RPAR":
            closed = True
        elif token.type in {"SUB", "RBRACE"}:
            below = token.type == "SUB"
            term[-1:] = [part + "_" * below for part in term[-1:]]
        elif token.type in {"NAME", "NUMBER"} and below and term:
            term[-1] += canonical(token)
        elif token.type in {"NAME", "NUMBER"}:
            term.append(canonical(token))
        elif token.type not in {"LBRACE", "CDOT"}:
            raise DerivationError(f"{token} in a shape", spelling.place(token))
    terms = [term for axis in axes for term in axis]
    parts = [part for term in terms for part in term]
    if [] in terms or "0" in parts:
        raise DerivationError("a dimension is missing or zero", spelling.place(tokens[1]))
    if len(parts) > MAX_AXES or any(
        len(part) > 9 or (part.isdigit() and int(part) > MAX_SIZE) for part in parts
    ):
        raise DerivationError(
            f"too large to check: at most {MAX_AXES} axes, of at most {MAX_SIZE}", spelling.place(tokens[1])
        )
    for dimension in parts:
        if not dimension.isdigit() and dimension not in names.dimensions:
            names.dimensions.append(dimension)
    shape = [stacked([together(*term) for term in axis], names.sizes) for axis in axes]
    if len(names.dimensions) > MAX_SIZE:
        raise DerivationError(
            f"too large to check: more than {MAX_SIZE} dimensions", spelling.place(tokens[1])
        )
    if len(shape) == 1:
        shape.append("1")
    return () if shape == ["1", "1"] else tuple(shape)


def widths(tokens: Sequence[Token], steps: Collection[str]) -> set[str]:
    r"""Return the n of $\mathbb{R}^{n_l \times n_{l-1}}$, where l counts layers: the sizes that are one for each of them."""
    found: set[str] = set()
    shapes = [group(tokens, at + 2) for at, token in enumerate(tokens[:-2]) if token.type == "REALS"]
    for shape in shapes:
        for at in shape:
            if at + 1 < shape.stop and tokens[at].type == "NAME" and tokens[at + 1].type in {"SUB", "SUP"}:
                script = group(tokens, at + 2)
                if any(str(tokens[i]) in steps for i in script):
                    found.add(canonical(tokens[at]))
    return found


def _equally_wide(names: Names, spelling: Spelling, tokens: Sequence[Token]) -> Sequence[Token]:
    """Return a shape in which the widths of all layers are one size."""
    kept: list[Token] = []
    at = 0
    while at < len(tokens):
        kept.append(tokens[at])
        at += 1
        if canonical(kept[-1]) in names.widths and at < len(tokens) and tokens[at].type in {"SUB", "SUP"}:
            script = group(tokens, at + 1)
            read = rf"\text{{as if all layers were }} {kept[-1]} \text{{ wide}}"
            names.read_as(spelling.place(kept[-1], tokens[script.stop]), read)
            at = script.stop + 1
    return kept


def read_domain(names: Names, tokens: Sequence[Token], spelling: Spelling) -> tuple[list[Token], list[str]]:
    r"""Return a domain as the reals with its shape, and what else it says: of $\mathbb{R}_+$, $\mathbb Z$, $(0, 1)^n$ and $\{0, 1\}^n$."""
    if tokens and canonical(tokens[0]) in {r"\mathbf{R}", "R"}:
        names.read_as(spelling.place(tokens[0]), r"\mathbb{R}")
        tokens = [Token.new_borrow_pos("REALS", str(tokens[0]), tokens[0]), *tokens[1:]]
    if tokens and canonical(tokens[0]) in {r"\mathbf{S}", r"\mathbb{S}"}:
        return _symmetric(names, tokens, spelling)
    kinds = [token.type for token in tokens]
    first: list[Token] = list(tokens[:1])
    properties: list[str] = []
    rest = list(tokens[1:])
    if kinds[:1] == ["REALS"] and "SUB" in kinds:
        at = kinds.index("SUB")
        sign = group(tokens, at + 1)
        written = "".join(tokens[sign.start : sign.stop])
        if written not in {"+", "++", ">0", r"\ge0", r"\geq0"}:
            return list(tokens), []
        properties = ["positive"]
        rest = [token for place, token in enumerate(tokens) if 0 < place < at or place > sign.stop]
    elif kinds[:1] == ["WHOLES"] and "N" in tokens[0]:
        raise DerivationError(
            rf"{tokens[0]} may begin at 0 or at 1: write \mathbb{{Z}}, and \text{{positive}} for the second",
            spelling.place(tokens[0]),
        )
    elif kinds[:5] == ["LBRACKET", *PAIR, "RBRACKET"]:
        raise DerivationError(
            f"the ends of {''.join(tokens[:5])} are not tried: write ({tokens[1]}, {tokens[3]}) if they do not matter",
            spelling.place(tokens[0]),
        )
    elif kinds[:1] == ["WHOLES"]:
        properties = ["integer"]
    elif "RSET" in kinds and "".join(tokens[: kinds.index("RSET") + 1]).replace("+", "") in SIGNS:
        properties = ["1 or -1"]
        rest = list(tokens[kinds.index("RSET") + 1 :])
    elif kinds[:5] in (["LPAR", *PAIR, "RPAR"], ["LSET", *PAIR, "RSET"]) and "".join(tokens[1:4]) == "0,1":
        properties = ["0 or 1" if kinds[0] == "LSET" else "between 0 and 1"]
        rest = list(tokens[5:])
    else:
        return list(tokens), []
    reals = Token.new_borrow_pos("REALS", r"\mathbb{R}", first[0])
    place = spelling.place(tokens[0], tokens[-1])
    names.read_as(place, r"\text{" + " and ".join(properties) + "}")
    return [reals, *rest], properties


def _symmetric(names: Names, tokens: Sequence[Token], spelling: Spelling) -> tuple[list[Token], list[str]]:
    r"""Return $\mathbf{S}^n$, the symmetric matrices, as reals with a shape; with ++ below they are positive definite."""
    place = spelling.place(tokens[0], tokens[-1])
    written = "".join(tokens[1:]).replace("{", "").replace("}", "")
    found = re.fullmatch(r"(?:_\+\+)?\^(\w)(?:_\+\+)?", written)
    if not found:
        raise DerivationError(
            r"a symmetric matrix is declared as \mathbf{S}^n, a positive definite one as \mathbf{S}_{++}^n; "
            r"one that is only semidefinite is written B^{\mathsf T} B",
            place,
        )
    word = "positive definite" if "++" in written else "symmetric"
    names.read_as(place, rf"\text{{{word}}}")
    at = next(token for token in tokens if token == found[1])
    kinds = (
        ("REALS", r"\mathbb{R}"),
        ("SUP", "^"),
        ("LBRACE", "{"),
        ("NAME", found[1]),
        ("TIMES", r"\times"),
    )
    shape = [Token.new_borrow_pos(kind, value, at) for kind, value in (*kinds, kinds[3], ("RBRACE", "}"))]
    return shape, [word]


def outer_kinds(tokens: Sequence[Token]) -> list[str]:
    """Return the kinds of the tokens, with the empty string for those inside brackets."""
    return ["" if depth else token.type for token, depth in with_depths(tokens)]
