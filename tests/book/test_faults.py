"""A fault anywhere stops the build: each is planted in a small book of its own, built with the real configuration."""

import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from book import tags

ROOT = Path(__file__).parents[2]
LAYER = (ROOT / "docs/one-layer.md").read_text(encoding="utf-8")
RULES = (ROOT / "docs/rules.md").read_text(encoding="utf-8").split("```")[1].removeprefix("python")
RIGHT = r"""
# A page

$\frac12$ is right, and so is

```derivation small
where  A \in \mathbb{R}^{n \times m}
A^{\mathsf T} + A^{\mathsf T} &= 2 A^{\mathsf T}
```

```python exec="1" source="above" result="text"
print(6 * 7)
```
"""


@pytest.fixture
def build(
    tmp_path: Path, mkdocs_build: Callable[..., CompletedProcess[str]]
) -> Callable[..., tuple[int, str]]:
    """Return a function that builds a book of one page and returns the exit code and what was said."""
    return partial(_build, mkdocs_build, tmp_path)


def _build(mkdocs_build, folder, page, patched=None, numbered=True):
    """Copy library and configuration, change one place of the library if asked, and build."""
    for package in ("mathnet", "book"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "docs/assets", folder / "docs/assets")
    shutil.copy(ROOT / "CITATION.cff", folder)
    if patched:
        file, old, new = patched
        text = (folder / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file} has changed: {old!r} is not in it once"
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    configuration = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    without_nav, count = re.subn(r"^nav:\n(?: .*\n)+", "", configuration, flags=re.MULTILINE)
    assert count == 1
    (folder / "mkdocs.yml").write_text(without_nav, encoding="utf-8")
    (folder / "docs/index.md").write_text(page, encoding="utf-8")
    if numbered:
        tags.append(
            re.findall(r"^```(?:derivation|definition|unchecked) ([a-z0-9-]+)", page, re.M), folder / "docs"
        )
    done = mkdocs_build(folder / "mkdocs.yml", folder / "site", PYTHONPATH=str(folder), cwd=folder)
    return done.returncode, done.stdout


def broken(text: str, old: str, new: str) -> str:
    assert old in text, f"the page has changed: {old!r} is not in it"
    return text.replace(old, new, 1)


def test_without_a_fault_the_small_book_is_built(build, tmp_path):
    code, said = build(RIGHT)
    assert code == 0, said
    assert (tmp_path / "site/index.html").exists()


FAULTS = {  # name: (page with the fault, what the build must say)
    "derivation": (broken(RIGHT, "&= 2 A", "&= 3 A"), r"derivation small, line 2: .*3 A.* is not equal to"),
    "derivation, syntax": (broken(RIGHT, "&= 2 A", r"&= \mystery A"), r"derivation small, line 2: .*mystery"),
    "formula": (broken(RIGHT, r"$\frac12$", r"$\frac{1}$"), r"\\frac\{1\}"),
    "formula that math-core would misprint": (
        broken(
            RIGHT, r"$\frac12$", "$a$\n\n$$\n\\begin{aligned} a \\\\[4pt] b \\end{aligned}\n$$\n\nAfter it"
        ),
        r"\[4pt\]",
    ),
    "formula that a snippet prints": (
        broken(RIGHT, 'source="above" result="text"\nprint(6 * 7)', "\nprint('$\\\\frac{1}$')"),
        r"the output of a block cannot be shown: formula .*frac\{1\}",
    ),
    "snippet that raises": (broken(RIGHT, "6 * 7", "1 / 0"), "ZeroDivisionError"),
    "snippet that warns": (
        broken(RIGHT, "print(6 * 7)", "import numpy as np\nprint(np.log(np.zeros(1)))"),
        "RuntimeWarning: divide by zero",
    ),
    "snippet that leaves": (broken(RIGHT, "print(6 * 7)", "import sys\nsys.exit(0)"), r"sys\.exit\(0\)"),
    "misspelt exec": (broken(RIGHT, "exec=", "exce="), "unknown option exce"),
    "misspelt language": (broken(RIGHT, "```python exec", "```python3 exec"), "unknown language 'python3'"),
    "misspelt value": (broken(RIGHT, 'source="above"', 'source="abov"'), "source is one of"),
    "keep what reads a clock": (
        broken(
            broken(RIGHT, 'result="text"', 'result="text" keep="1"'),
            "print(6 * 7)",
            "import time\nprint(time.time())",
        ),
        'keep="1", but line 1 imports time',
    ),
    "a fence that is none": (
        broken(RIGHT, "# A page", '# A page\n\nA sentence, then ```python exec="1"'),
        r"a reader would see '```' in",
    ),
    "link to nowhere": (RIGHT + "\n[there](nowhere.md)\n", "nowhere.md"),
    "anchor to nowhere": (RIGHT + "\n[there](#nowhere)\n", "#nowhere"),
    "reference to nowhere": (RIGHT + "\nAs in [](#d-nowhere).\n", r"reference \[\]\(#d-nowhere\)"),
    "unknown citation": (RIGHT + "\nAs in [@nobody-1900].\n", "nobody-1900"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_on_a_page_stops_the_build(build, fault):
    page, message = FAULTS[fault]
    code, said = build(page)
    assert code != 0, said
    assert re.search(message, said), said


def test_an_equation_without_a_number_stops_the_build(build):
    code, said = build(RIGHT, numbered=False)
    assert code != 0, said
    assert f"derivation small: it has no number yet; run {tags.COMMAND}" in said


SEED = {  # the seed's own derivations, on the page itself: (what stands there, the fault, what the build must say)
    "(...)H for H^T(...)": (
        r"\left[H^{\mathsf T} \left((Y - Y^*) \odot f'(HW + B)\right)\right]_{kl}",
        r"\left[\left((Y - Y^*) \odot f'(HW + B)\right) H\right]_{kl}",
        r"derivation one-layer-weights, line \d+: matrix product",
    ),
    "f' dropped": (
        r"\left[H^{\mathsf T} \left((Y - Y^*) \odot f'(HW + B)\right)\right]_{kl}",
        r"\left[H^{\mathsf T} (Y - Y^*)\right]_{kl}",
        r"derivation one-layer-weights, line \d+: .* is not equal to",
    ),
    "delta_ik for delta_il": (
        r"H_k\, \delta_{il}",
        r"H_k\, \delta_{ik}",
        r"derivation one-layer-[\w-]+, line \d+: .*\\delta_\{ik\}",
    ),
}


@pytest.mark.parametrize("fault", SEED)
def test_a_fault_in_the_seeds_derivation_stops_the_build(build, fault):
    right, wrong, message = SEED[fault]
    fences = "\n\n".join(re.findall(r"^```derivation.*?^```", LAYER, flags=re.DOTALL | re.MULTILINE))
    code, said = build(broken(fences, right, wrong))
    assert code != 0, said
    assert re.search(message, said), said


def test_a_fault_in_the_derivation_of_a_rule_stops_the_build(build):
    fault = ("mathnet/dense.py", r"\left[H^{\mathsf T} \bar Z\right]_{kl}", r"\left[H \bar Z\right]_{kl}")
    code, said = build("# Rule\n\n::: mathnet.dense\n", fault)
    assert code != 0, said
    assert "derivation affine-vjp, line" in said


def test_a_fault_in_the_code_of_a_rule_stops_the_build(build):
    fault = (
        "mathnet/dense.py",
        "W_bar = np.transpose(H) @ Z_bar",
        "W_bar = 1.0000001 * np.transpose(H) @ Z_bar",
    )
    code, said = build("# Rules\n\n::: mathnet.dense\n\n```python" + RULES + "```\n", fault)
    assert code != 0, said
    assert "affine_vjp is wrong" in said
