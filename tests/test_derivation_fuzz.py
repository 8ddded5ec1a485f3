"""Random mutations of valid derivations: the checker answers, and with nothing but its own kind of error."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mathnet.derivation import DerivationError, check, find

ROOT = Path(__file__).parents[1]
SOURCES = [
    fence.source
    for path in [ROOT / "README.md", *sorted((ROOT / "mathnet").rglob("*.py"))]
    for fence in find(path.read_text(encoding="utf-8"))
]
PIECES = [
    r"\sum_i ", r"\prod_k ", r"_", r"^", r"{", r"}", r"(", r")", r"[", r"]", r"=", r"&", r"&&", r"\\", r"'", r"\odot ", r"\cdot ", r"\delta_{ij}", r"i", r"k", r"0", r"1", r"2", r"-", r"+", r"/", r",", r">", r"<", r"\bar ", r"\dot ", r"\frac", r"\partial ", r"^{\mathsf T}", r"^{-1}", r"^2", r"T", r"f", r"e^", r"\exp", r"\log ", r"\max(0, ", r"\mathrm d", r"\det", r"\operatorname{tr}", r"\operatorname{diag}", r"\operatorname{softmax}", r"\sqrt", r"\langle ", r"\rangle ", r"\in", r"\mathbb{R}", r"\text{positive}", r"\text{constant}", "\n", "\n\n", r" where ", r"%", r"|", r"\|"
]  # fmt: skip
changes = st.lists(
    st.tuples(st.integers(0, 2000), st.integers(0, 8), st.sampled_from(PIECES)), min_size=1, max_size=4
)


@settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)
@given(st.sampled_from(SOURCES), changes)
def test_mutations_get_an_answer(source, changes):
    for at, length, piece in changes:
        at %= len(source)
        source = source[:at] + piece + source[at + length :]
    report = check(source, "mutated")
    assert all(isinstance(error, DerivationError) and str(error) for error in report.errors)
