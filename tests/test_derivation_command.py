"""`mathnet check`: what it finds in files of every kind, what it says, its exit status, its limits."""

import json

import pytest

from mathnet.derivation.command import main
from mathnet.derivation.files import read

PAGE = r"""
> In a quote:
>
> ```derivation in-quote
> where  t \in \mathbb{R}
> (t + 1)^2 &= t^2 + 2t + 1  && \text{binomial} \\
>   &= 1 + t (t + 2)
> ```

- In a list:

  ~~~derivation in-list
  where  A, B \in \mathbb{R}^{n \times n}
  [A B]_{ij} = \sum_k A_{ik} B_{kj}
  ~~~

````markdown
```derivation only-shown
```
````

``` derivation after-them
where  t \in \mathbb{R}
t + t = 2 t
```
"""
PAPER = r"""
\begin{verbatim}
% mathnet: derivation only-shown
\end{verbatim}
  % mathnet: derivation product
  % where  A \in \mathbb{R}^{n \times h},  W \in \mathbb{R}^{h \times y}
  %        Y = A W
  \begin{align*} \label{eq:{product}}
    % a comment, and a line that TeX skips:
    \nonumber
    Y_{ij} &= \sum_k A_{ik} W_{kj} \tag{3} \\[4pt]
    \intertext{which is also}
           &= \sum_l A_{il} W_{lj} \label{eq:end}
  \end{align*}

% mathnet: derivation displayed
% where t \in \mathbb{R}
\[ t + t = 2 t \]

% mathnet: derivation without-where
\begin{equation}
  \tfrac12 + \tfrac12 = 1
\end{equation}
\end{document}
% mathnet: derivation never-read
"""
MODULE = r'''
"""A module.

```derivation module
where  t \\in \\mathbb{R}
t + t = 2 t
```
"""

TEXT = """
```derivation not-a-docstring
```
"""


def f():
    r"""Double.

    ```derivation function
    where  t \in \mathbb{R}
    t + t = 2 t
    ```
    """
'''
NOTEBOOK = json.dumps(
    {"cells": [{"cell_type": "code", "source": ["1"]}, {"cell_type": "markdown", "source": [PAGE]}]}
)
FILES = {"page.md": PAGE, "paper.tex": PAPER, "module.py": MODULE, "notes.ipynb": NOTEBOOK}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return an empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder, capsys):
    """Return a function that writes files, runs the command in their folder, and returns status and output."""

    def run(*arguments, **files):
        for name, content in files.items():
            (folder / name.replace("_", ".")).write_text(content, encoding="utf-8")
        status = main(["check", *arguments])
        return status, capsys.readouterr().out

    return run


@pytest.mark.parametrize(
    ("name", "expected"),
    {
        "page.md": [("in-quote", 5), ("in-list", 13), ("after-them", 23)],
        "paper.tex": [("product", 6), ("displayed", 17), ("without-where", 21)],
        "module.py": [("module", 5), ("function", 20)],
        "notes.ipynb": [("in-quote", 5), ("in-list", 13), ("after-them", 23)],
    }.items(),
)
def test_derivations_are_found_where_they_stand(folder, name, expected):
    (folder / name).write_text(FILES[name], encoding="utf-8")
    found = read(name)
    assert [(each.id, each.line) for each in found] == expected
    assert {each.cell for each in found} == ({2} if name == "notes.ipynb" else {0})
    assert main(["check", name]) == 0


def test_a_right_file_gets_a_line_for_each_derivation(run):
    status, said = run("page.md", page_md=PAGE)
    assert status == 0
    assert said == (
        "✓ page.md:5 in-quote: 2 steps · exact, 6 comparisons\n"
        "✓ page.md:13 in-list: 1 step · exact, 17 comparisons\n"
        "✓ page.md:23 after-them: 1 step · exact, 3 comparisons\n"
        "3 right, 0 wrong\n"
    )


def test_a_wrong_line_is_shown_with_its_place_in_the_file(run):
    status, said = run("page.md", page_md=PAGE.replace("2t", "3t"))
    assert status == 1
    assert said.splitlines()[:4] == [
        "✗ page.md:5 in-quote: wrong",
        r"  page.md:6:16: t^2 + 3t + 1 is not equal to (t + 1)^2: 5 against 4",
        r"      (t + 1)^2 &= t^2 + 3t + 1  && \text{binomial} \\",
        "                   ^",
    ]
    assert said.endswith("2 right, 1 wrong\n")
