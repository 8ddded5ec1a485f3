"""What other processes work out is what the one that converts the pages would: reports, verdicts on sentences, results of blocks."""

import os
import signal
import subprocess
import sys
import time

import pytest
from markdown_exec import ExecutionError

from book import ahead, inventory, model, results
from book.testing import ROOT
from mathnet.derivation.doors import markdown
from mathnet.derivation.verdict.check import check

PAGE = r"""# One page

```derivation ahead-right
where  x \in \mathbb{R}^n
\sum_i 2 x_i &= \sum_i (x_i + x_i)  && \text{twice} \\
  &= 2 \sum_i x_i
```

```derivation ahead-wrong
where  x \in \mathbb{R}^n
\sum_i 2 x_i = 3 \sum_i x_i
```

It is $2 t = t + t$, and $x_i = 3$ for one $i$.

```python exec="1" source="above" result="text"
import os
print(os.getpid())
```

```python exec="1" source="above" result="text"
print(6 * 7)
```

```python exec="1" source="above" result="text"
print(1 / 0)
```
"""


@pytest.fixture
def book(tmp_path, monkeypatch):
    """Return a book of one page that nobody has looked at, and wait for what other processes know of it."""
    monkeypatch.setattr(markdown, "_reports", {})
    monkeypatch.setattr(inventory, "ahead", {})
    monkeypatch.setattr(results, "ahead", {})
    monkeypatch.setattr(ahead.os, "cpu_count", lambda: 2)
    path = tmp_path / "one.md"
    path.write_text(PAGE)
    page = inventory.read(path, path.relative_to(tmp_path))
    book = model.Book({"one.md": page}, {each.id: each for each in inventory.equations([page])}, {})
    pool = ahead.begin(book, least=1)
    pool.shutdown()
    return book


def test_they_find_what_this_process_finds_and_leave_it_what_is_wrong(book):
    right, wrong = book.equations["ahead-right"], book.equations["ahead-wrong"]
    other, own = markdown._reports[right.source, right.id], check(right.source, right.id)
    assert [line.left + line.right for line in other.lines] == [line.left + line.right for line in own.lines]
    assert (other.proved, other.bound, other.work) == (own.proved, own.bound, own.work)
    assert right.report is other
    assert (wrong.source, wrong.id) not in markdown._reports
    assert not wrong.report.ok

    assert {claim: verdict.result() for (claim, _), verdict in inventory.ahead.items()} == {
        claim: inventory.holds(claim, known)
        for claim, known in inventory.claimed(book.pages["one.md"], list(book.equations.values()))
    }
    assert {claim for claim, _ in inventory.ahead} == {"2 t = t + t", "x_i = 3"}


def test_a_block_that_fails_is_run_where_its_error_belongs_and_one_that_may_change_only_there(book):
    assert {code: done.result() for code, done in results.ahead.items()} == {
        "print(6 * 7)": "42\n",
        "print(1 / 0)": None,
    }
    with pytest.raises(ExecutionError, match="ZeroDivisionError"):
        results.run("print(1 / 0)")


@pytest.mark.parametrize(("cores", "least"), [(1, 1), (2, 3)])
def test_one_core_or_a_small_book_gets_no_processes(book, monkeypatch, cores, least):
    monkeypatch.setattr(ahead.os, "cpu_count", lambda: cores)
    assert ahead.begin(book, least) is None


KILLED = """
import sys, time
from book import ahead
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
if __name__ == "__main__":
    pool = ProcessPoolExecutor(1, get_context("spawn"), ahead._end_with_parent)
    print(pool.submit(ahead.printed, "import os; print(os.getpid())", False).result(), flush=True)
    pool.submit(time.sleep, 600)
    time.sleep(600)
"""


def test_they_end_when_the_build_is_killed(tmp_path):
    script = tmp_path / "build.py"
    script.write_text(KILLED)
    build = subprocess.Popen(
        [sys.executable, script],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    worker = int(build.stdout.readline())
    build.send_signal(signal.SIGKILL)
    build.wait()
    build.stdout.close()
    for _ in range(600):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.kill(worker, signal.SIGKILL)
    pytest.fail("the process outlives the build")
