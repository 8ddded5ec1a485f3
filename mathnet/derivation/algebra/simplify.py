"""Deltas, sizes, powers and like terms: what has to be tidied after a differentiation."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from itertools import product as cartesian
from math import gcd, lcm

from .canonical import Keys, collected, expanded, is_product_of_sums, outline
from .terms import (
    ONE,
    Applied,
    Bracket,
    Counted,
    Delta,
    Entry,
    Expression,
    Extreme,
    Factor,
    Index,
    Letter,
    Nested,
    NotNegative,
    Places,
    Power,
    Size,
    Softmax,
    Term,
    apart,
    between,
    changed,
    constant,
    counted,
    expression,
    factors_of,
    fresh,
    last_of,
    number,
    plus,
    power,
    product,
    renamed,
    scaled,
    total,
)

STEADY = {  # functions that are nowhere flat
    "exp", "log", "sin", "cos", "tanh", "arctan", "erf", "abs", r"\operatorname{sigmoid}", r"\operatorname{softplus}", r"\sinh", r"\cosh", r"\tan",
}  # fmt: skip
MOST_ROUNDS = 4  # of multiplying out


def simplified(part: Expression, keys: Keys) -> Expression:
    """Return an expression without deltas of summed letters, with powers and like terms taken together.

    What is simple already is returned itself, and is not looked at again.
    """
    if id(part) not in keys.simple:
        found = collected(plus(*(_term(term, keys) for term in part.terms)), keys)
        keys.simple[id(part)] = part, part if found == part else found
    return keys.simple[id(part)][1]


def normal(part: Expression, keys: Keys) -> Expression:
    """Return the normal form that decides equality: everything that can be is multiplied out."""
    part = simplified(_inside(simplified(part, keys), lambda inner: normal(inner, keys)), keys)
    for _ in range(MOST_ROUNDS):
        if not any(map(is_product_of_sums, part.terms)):
            break
        part = simplified(expanded(part, keys), keys)
    return part


def _inside(part: Expression, change: Callable[[Expression], Expression]) -> Expression:
    return Expression(
        tuple(
            replace(term, factors=tuple(changed(factor, change) for factor in term.factors))
            for term in part.terms
        )
    )


def _term(term: Term, keys: Keys) -> Expression:
    term = _flat(term, keys)
    if not term.coefficient:
        return Expression()
    term = _in_range(without_deltas(term), keys)
    if not term.coefficient:
        return Expression()
    parts = [_parts(factor) for factor in term.factors]
    outlines = [
        (len(base.terms), *(outline(f) for first in base.terms[:1] for f in first.factors))
        for base, _ in parts
    ]
    powers: dict[object, tuple[Expression, Expression]] = {}
    kept: list[Factor] = []
    coefficient = term.coefficient
    for factor, (base, exponent), seen in zip(term.factors, parts, outlines, strict=True):
        at = keys.key(base) if outlines.count(seen) > 1 else factor
        known = powers.get(at)
        if known is not None and not (base.free and _whole(known[1]) and _whole(exponent)):
            powers[at] = base, collected(plus(known[1], exponent), keys)
        elif known is not None:
            kept.append(factor)
        else:
            powers[at] = base, exponent
    for base, exponent in powers.values():
        found = power(base, exponent)
        if found.terms and (value := constant(found)) is not None:
            coefficient *= value
        elif len(found.terms) == 1 and not found.terms[0].summed:
            coefficient *= found.terms[0].coefficient
            kept += found.terms[0].factors
        else:
            kept.append(Nested(found))
    kept = _without_brackets(kept, keys)
    found_term = _without_ones(_cancelled(Term(coefficient, tuple(kept), term.summed), keys), keys)
    if any(_vanishes(letter, found_term, keys) for letter in found_term.summed):
        return Expression()
    return Expression((_counted(found_term, keys),))


def _whole(exponent: Expression) -> bool:
    value = constant(exponent)
    return value is not None and value > 0


def _parts(factor: Factor) -> tuple[Expression, Expression]:
    match factor:
        case Nested():
            return factor.body, ONE
        case Power():
            return factor.base, factor.exponent
    return expression(factor), ONE


def _flat(term: Term, keys: Keys) -> Term:
    """Return a term with simplified blocks, in which no block is a sum of one term."""
    found = Term(term.coefficient, (), term.summed)
    for factor in term.factors:
        single = _single(changed(factor, lambda inner: simplified(inner, keys)), keys)
        if not single.terms:
            return replace(term, coefficient=Fraction(0))
        inner = fresh(single.terms[0])
        found = Term(
            found.coefficient * inner.coefficient,
            (*found.factors, *inner.factors),
            (*found.summed, *inner.summed),
        )
    return found


def _single(factor: Factor, keys: Keys) -> Expression:
    """Return a factor as an expression of at most one term."""
    match factor:
        case Nested(body=body) if len(body.terms) < 2:
            return body
        case Nested(body=body) if (common := leading(body)) != 1:
            return product(number(common), expression(Nested(scaled(body, 1 / common))))
        case Power(base=base, exponent=exponent):
            return _power(base, exponent)
        case Places():
            return places(factor, keys)
        case Applied(function="log", order=0, arguments=(inner,)) if constant(inner) == 1:
            return Expression()
        case Applied(function="exp", order=0, arguments=(inner,)) if not inner.terms:
            return ONE
    return expression(factor)


def _power(base: Expression, exponent: Expression) -> Expression:
    """Return a power in which powers of powers, and of products, are written out where that is right for all numbers."""
    whole = constant(exponent)
    if whole is not None and whole.denominator == 1 and len(base.terms) == 1:
        (term,) = map(_sums_together, base.terms)
        if (
            term.factors
            and not term.summed
            and (
                term.coefficient != 1 or len(term.factors) > 1 or isinstance(term.factors[0], Power | Nested)
            )
        ):
            parts = []
            for factor in term.factors:
                inner, own = _parts(factor)
                parts.append(power(inner, product(own, exponent)))
            return product(number(term.coefficient ** int(whole)), *parts)
    if (
        whole is not None
        and len(base.terms) > 1
        and whole.denominator == 1
        and (common := leading(base)) != 1
    ):
        return product(number(common ** int(whole)), power(scaled(base, 1 / common), exponent))
    return power(base, exponent)


def _sums_together(term: Term) -> Term:
    """Return a term whose sums, with what they are of, are one factor in parentheses beside the others."""
    summed = frozenset(term.summed)
    within = tuple(factor for factor in term.factors if not summed.isdisjoint(factor.free))
    others = tuple(factor for factor in term.factors if factor not in within)
    if not within or not expression(*others).names:
        return term
    return Term(term.coefficient, (*others, Nested(expression(*within, summed=term.summed))))


def leading(body: Expression) -> Fraction:
    """Return the number that can be taken out of a sum: what all coefficients have in common, negative if all are."""
    numbers = [term.coefficient for term in body.terms]
    common = Fraction(
        reduce(gcd, (abs(value.numerator) for value in numbers)),
        reduce(lcm, (value.denominator for value in numbers)),
    )
    return -common if all(value < 0 for value in numbers) else common


def without_deltas(term: Term) -> Term:
    """Return a term in which every delta with a summed letter has done its work: the letter is the other index."""
    while True:
        for delta in term.factors:
            if isinstance(delta, Delta) and (found := _collapse(term, delta)) is not None:
                term = found
                break
        else:
            return term


def _without_brackets(factors: Sequence[Factor], keys: Keys) -> list[Factor]:
    r"""Return factors without the brackets that another one makes superfluous: $[u > 0] \max(0, u)$ is $\max(0, u)$."""
    brackets = [factor for factor in factors if isinstance(factor, Bracket)]
    if not brackets:
        return [*factors]
    rectified = {keys.key(part) for factor in factors for part in _rectified(factor)}
    seen = set[str]()
    found = []
    for factor in factors:
        if isinstance(factor, Bracket):
            key = keys.key(expression(factor))
            above = plus(factor.left, scaled(factor.right, -1))
            if key in seen or (factor.relation == ">" and keys.key(simplified(above, keys)) in rectified):
                continue
            seen.add(key)
        found.append(factor)
    return found


def _rectified(factor: Factor) -> Iterator[Expression]:
    """Yield u of a factor that is a power of max(0, u)."""
    match factor:
        case Power(
            base=Expression((Term(coefficient=1, factors=(inner,), summed=()),)), exponent=exponent
        ) if _whole(exponent):
            yield from _rectified(inner)
        case Applied(function="max", order=0, arguments=(left, right)):
            yield from (b for a, b in ((left, right), (right, left)) if not a.terms)
        case Applied(order=0, arguments=(inner,), rule="relu"):
            yield inner


def _cancelled(term: Term, keys: Keys) -> Term:
    """Return a term in which no sum is a factor of what is divided by the same sum."""
    for below in term.factors:
        match below:
            case Power(base=Expression((Term(summed=(_, *_)) as divisor,)) as base, exponent=exponent) if (
                value := constant(exponent)
            ) is not None and value <= -1:
                others = tuple(factor for factor in term.factors if factor is not below)
                for letters in _connected(others, frozenset(term.summed) - below.free):
                    inside = tuple(factor for factor in others if not letters.isdisjoint(factor.free))
                    same = len(letters) == len(divisor.summed) and len(inside) == len(divisor.factors)
                    if same and keys.key(expression(*inside, summed=letters)) == keys.key(base):
                        rest = tuple(factor for factor in others if factor not in inside)
                        above = power(base, value + 1)
                        left = expression(*rest, summed=[each for each in term.summed if each not in letters])
                        (found,) = product(number(term.coefficient), left, above).terms
                        return _cancelled(found, keys)
    return term


def _connected(factors: Sequence[Factor], letters: frozenset[Letter]) -> list[frozenset[Letter]]:
    """Return letters in groups of which no two meet in a factor."""
    groups = [frozenset({letter}) for letter in letters]
    for factor in factors:
        near = [group for group in groups if not group.isdisjoint(factor.free)]
        if len(near) > 1:
            groups = [group for group in groups if group not in near] + [frozenset().union(*near)]
    return groups


def _without_ones(term: Term, keys: Keys) -> Term:
    """Return a term without the sums that are one: of a softmax, or of a row that is said to sum to one."""
    for letter in term.summed:
        found = [factor for factor in term.factors if letter in factor.free]
        first = found[0] if found else None
        match first:
            case Softmax(body=body, at=at) if at is letter and letter not in body.free:
                is_one = len(found) == 1
            case Entry(name=name, at=(*before, last)) if last is letter and name in keys.sum_to_one:
                is_one = len(found) == 1 and letter not in before
            case _:
                is_one = False
        if is_one:
            factors = tuple(factor for factor in term.factors if factor is not first)
            summed = tuple(other for other in term.summed if other is not letter)
            return _without_ones(Term(term.coefficient, factors, summed), keys)
    return term


def places(found: Places, keys: Keys) -> Expression:
    """Return in how many places a largest number is: in one, or in as many as reach it."""
    if _differ(found.body, found.over, keys):
        return ONE
    others = [Letter(letter.size) for letter in found.over]
    own = renamed(found.body, dict(zip(found.over, others, strict=True)))
    return total(expression(Extreme(found.function, found.body, found.over).reached(own)), others)


def _differ(body: Expression, over: tuple[Letter, ...], keys: Keys) -> bool:
    r"""Say whether no two of the numbers of which the largest is taken are always equal.

    They are not if an entry that has all the letters, and stands nowhere else, is multiplied by entries alone, as in
    $\sum_j A_{ij} x_j + t$: each number can be changed without the others. Nor are functions of such numbers, if they are nowhere flat.
    """
    for term in body.terms:
        entries = [factor for factor in term.factors if isinstance(factor, Entry)]
        rest = [factor for factor in term.factors if not isinstance(factor, Entry | Size)]
        if any(entry.name not in keys.varied for entry in entries):
            continue
        if not rest:
            others = Expression(tuple(other for other in body.terms if other is not term)).names
            names = [entry.name for entry in entries]
            if any(
                entry.free.issuperset(over) and names.count(entry.name) == 1 and entry.name not in others
                for entry in entries
            ):
                return True
        elif len(body.terms) == len(rest) == 1 and not term.summed:
            inner = _steady(rest[0])
            alone = all(entry.free.isdisjoint(over) for entry in entries)
            return inner is not None and alone and _differ(inner, over, keys)
    return False


def _steady(factor: Factor) -> Expression | None:
    """Return of what a factor is a function that is nowhere flat."""
    match factor:
        case Nested(body=body):
            return body
        case Power(base=base, exponent=exponent) if constant(exponent):
            return base
        case Applied(order=0, arguments=(inner,), rule=rule) if rule in STEADY:
            return inner
    return None


def _vanishes(letter: Letter, term: Term, keys: Keys) -> bool:
    """Say whether a sum over a letter is one of x less its mean."""
    match [factor for factor in term.factors if letter in factor.free]:
        case [Nested(body=body)] if any(letter not in part.free for part in body.terms):
            return not simplified(total(body, [letter]), keys).terms
    return False


def _collapse(term: Term, delta: Delta) -> Term | None:
    """Return a term in which a delta has done its work, or None if it has a letter that is not summed."""
    others = tuple(factor for factor in term.factors if factor is not delta)
    ahead = counted((1, delta.left), (-1, delta.right))
    if ahead == 0:
        return replace(term, factors=others)
    if any(end is not None and sign * end > 0 for sign, end in zip((1, -1), _bounds(ahead), strict=True)):
        return replace(term, factors=others, coefficient=Fraction(0))
    often, _ = apart(ahead)
    for index in (delta.left, delta.right):
        for letter in term.summed:
            sign = often.get(letter, 0)
            if abs(sign) == 1 and letter in apart(index)[0]:
                other = counted((1, letter), (-sign, ahead))
                summed = tuple(each for each in term.summed if each is not letter)
                factors = (*renamed(others, {letter: other}), *_range(letter, other))
                return Term(term.coefficient, factors, summed)
    return None


def _range(letter: Letter, other: Index) -> tuple[NotNegative, ...]:
    """Return what says that an index is one of those that a letter runs over, if that is not clear."""
    inside = other > 0 if isinstance(other, int) else isinstance(other, Letter) and other.size == letter.size
    if inside or not letter.size:
        return ()
    return between(other, 1, last_of(letter.size))


def _in_range(term: Term, keys: Keys) -> Term:
    """Return a term without the conditions on its indices that always hold, or follow from others; without any, if one never holds."""
    conditions = [factor for factor in term.factors if isinstance(factor, NotNegative)]
    if not conditions:
        return term
    kept: list[NotNegative] = []
    for condition in dict.fromkeys(conditions):
        _, most = _bounds(condition.index)
        if most is not None and most < 0:
            return replace(term, coefficient=Fraction(0))
        if not never_negative(condition.index) and not _is_zero_else(condition, term, keys):
            kept.append(condition)
    strict = [
        one
        for one in kept
        if not any(
            other is not one
            and isinstance(more := counted((1, one.index), (-1, other.index)), int)
            and more > 0
            for other in kept
        )
    ]
    return replace(term, factors=(*(f for f in term.factors if not isinstance(f, NotNegative)), *strict))


def _is_zero_else(condition: NotNegative, term: Term, keys: Keys) -> bool:
    """Say whether a condition only says that an entry exists which is 0 where it does not."""
    for factor in term.factors:
        if isinstance(factor, Entry) and factor.name in keys.zero_outside:
            for index in factor.at:
                size, number = apart(counted((1, condition.index), (1, index)))
                is_last = not number and all(isinstance(name, str) for name in size)
                if is_last or counted((1, condition.index), (-1, index), (1, 1)) == 0:
                    return True
    return False


def never_negative(index: Index) -> bool:
    """Say whether an index is 0 or more whatever the sizes are, and wherever its letters stand."""
    least, _ = _bounds(index)
    return least is not None and least >= 0


def _bounds(index: Index) -> tuple[int | None, int | None]:
    """Return the least and the largest number that an index can be, whatever the sizes are; None for what has no bound."""
    found = []
    for sign in (1, -1):
        often, least = apart(counted((sign, index)))
        sizes: list[tuple[int, Index]] = []
        for name, count in often.items():
            if isinstance(name, str):
                sizes.append((count, last_of(name)))
            elif not name.size:
                sizes.append((-1, Counted(frozenset({("", 1)}))))
            else:
                sizes.append((count, 1 if count > 0 else last_of(name.size)))
        rest, more = apart(counted(*sizes))
        bounded = all(count > 0 for count in rest.values())
        found.append(sign * (least + more + sum(rest.values())) if bounded else None)
    return found[0], found[1]


def _counted(term: Term, keys: Keys) -> Term:
    """Return a term in which a sum over a letter that stands nowhere is a factor: how many summands there are."""
    used = frozenset(letter for factor in term.factors for letter in factor.free)
    idle = [letter for letter in term.summed if letter not in used]
    if not idle:
        return term
    coefficient, factors = term.coefficient, list(term.factors)
    for letter in idle:
        if letter.size.isdigit():
            coefficient *= int(letter.size)
        else:
            factors.append(Size(letter.size))
    rest = Term(coefficient, tuple(factors), tuple(letter for letter in term.summed if letter in used))
    again = _term(rest, keys).terms
    return again[0] if again else rest


def spread_out(part: Expression, keys: Keys) -> Expression:
    """Return an expression in which those sums are multiplied out that are no matrix, or the identity less ones.

    A sum whose terms have more than two letters together is no matrix, but each of its terms may lead to one; and
    (I - 11ᵀ/n) c is written c less its mean.
    """
    while True:
        found = plus(*(_spread(_spread_inside(term, keys)) for term in part.terms))
        if found == part:
            return part
        part = simplified(found, keys)


def _spread_inside(term: Term, keys: Keys) -> Term:
    if not any(isinstance(factor, Nested) for factor in term.factors):
        return term
    factors = (
        Nested(spread_out(factor.body, keys)) if isinstance(factor, Nested) else factor
        for factor in term.factors
    )
    return replace(term, factors=tuple(factors))


def _spread(term: Term) -> Expression:
    for place, factor in enumerate(term.factors):
        if isinstance(factor, Nested) and (len(factor.free) > 2 or _only_identity(factor.body, term)):
            rest = (*term.factors[:place], *term.factors[place + 1 :])
            return plus(
                *(
                    total(
                        product(Expression((Term(term.coefficient, rest),)), Expression((inner,))),
                        term.summed,
                    )
                    for inner in factor.body.terms
                )
            )
    return Expression((term,))


def _only_identity(body: Expression, term: Term) -> bool:
    """Say whether a sum has the identity in it and no other matrix, and is multiplied by something."""
    deltas = [factor for part in body.terms for factor in part.factors if isinstance(factor, Delta)]
    if len(deltas) != 1 or deltas[0].free.isdisjoint(term.summed):
        return False
    ends = deltas[0].free
    return not any(
        len(factor.free & ends) == 2 or (factor.free & ends and factor.free & frozenset(part.summed))
        for part in body.terms
        if ends <= part.free
        for factor in part.factors
        if factor is not deltas[0]
    )


def spread_deltas(part: Expression, at: frozenset[Letter]) -> Expression:
    """Return an expression in which every sum in parentheses that has a delta of the result's letters in it is multiplied out."""
    terms: list[Term] = []
    for term in part.terms:
        choices = [
            spread_deltas(factor.body, at).terms
            if isinstance(factor, Nested)
            and any(isinstance(inner, Delta) and inner.free & at for inner in factors_of(factor.body))
            else expression(factor).terms
            for factor in term.factors
        ]
        for picks in cartesian(*choices):
            found = product(
                expression(coefficient=term.coefficient), *(Expression((pick,)) for pick in picks)
            )
            terms += [
                Term(each.coefficient, each.factors, (*term.summed, *each.summed)) for each in found.terms
            ]
    return Expression(tuple(terms))
