"""`mathnet check`: what it finds in files of every kind, what it says, its exit status, its limits."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mathnet.derivation.doors.command import main
from mathnet.derivation.read.files import MAX_BYTES, MAX_DERIVATIONS, MAX_PYTHON, read

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
        "✓ page.md:5 in-quote: 2 steps · proved, 6 comparisons\n"
        "✓ page.md:13 in-list: 1 step · proved, 59 comparisons\n"
        "✓ page.md:23 after-them: 1 step · proved, 3 comparisons\n"
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


@pytest.mark.parametrize(("line", "status"), [("= n", 0), ("= n + 1", 1)])
def test_what_was_not_taken_word_for_word_is_shown_once_for_each_notation(folder, capsys, line, status):
    path = folder / "read.md"
    source = f"where a \\in \\{{0, 1\\}}^n, b \\in \\{{0, 1\\}}^n\n\\sum_i (a_i b_i + a_i (1 - b_i)) + \\sum_i (1 - a_i) {line}"
    path.write_text(f"```derivation read\n{source}\n```\n", encoding="utf-8")
    assert main(["check", str(path)]) == status
    said = capsys.readouterr().out
    assert said.count(r"\{0, 1\}^n is read as \text{0 or 1}") == 1
    assert f"  {path}:2: \\{{0, 1\\}}^n is read" in said


def test_a_wrong_line_of_a_paper_is_shown_where_the_paper_has_it(run):
    status, said = run("paper.tex", paper_tex=PAPER.replace("W_{lj}", "W_{jl}"))
    assert status == 1
    assert said.startswith(
        "✗ paper.tex:6 product: wrong\n  paper.tex:13:29: index j runs over y (in Y_{ij}) but over h (in W_{jl})\n"
    )
    assert "Likely cause: the indices of W_{jl} are swapped" in said


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "begin{equation}",
            "begin{gather}",
            r"paper.tex:20: \begin{gather} is not followed by \end{gather} within",
        ),
        ("begin{equation}", "begin{theorem}", "paper.tex:20: no equation follows the mark; expected"),
        ("\\]", "", "paper.tex:16: \\[ is not followed by \\] within"),
        ("% where t", "% with t", "paper.tex:16: the comment lines below the mark are the where part"),
        ("mathnet: derivation displayed", "mathnet: displayed", "after mathnet: stands the word derivation"),
        (r"\tfrac12 +", r"\input{/etc/passwd} +", r"paper.tex:22:3: unknown macro \input"),
        ("displayed", "product", "paper.tex:16: the id is already used at line 6"),
    ],
)
def test_what_cannot_be_read_in_a_paper_is_refused(run, old, new, message):
    assert PAPER.count(old) >= 1
    status, said = run("paper.tex", paper_tex=PAPER.replace(old, new, 1))
    assert status == 1
    assert message in said


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("```derivation\nwhere t \\in \\mathbb{R}\nt = t\n```", "page.md:1: it has no id"),
        ("```derivation A b\nwhere t \\in \\mathbb{R}\nt = t\n```", "page.md:1: the id A b is not made of"),
        (PAGE.replace("in-list", "in-quote"), "page.md:12: the id is already used at line 5"),
        ("```derivation a\nwhere t \\in \\mathbb{R}\nt = t\n", "page.md:1: the fence is never closed"),
        ("```derivation a\n```", "page.md:2: there is no equation to check"),
        ("```derivation a\n" + "x" * 300 + r" = \mystery", "x = \\mystery\n" + " " * 86 + "^"),
    ],
)
def test_a_derivation_that_cannot_count_is_wrong(run, content, message):
    status, said = run("page.md", page_md=content)
    assert status == 1
    assert message in said


def test_a_docstring_whose_backslashes_are_escapes_is_refused(run):
    status, said = run("module.py", module_py=MODULE.replace('r"""', '"""'))
    assert status == 1
    assert 'module.py:19: a backslash in it starts an escape: write the docstring as r"""…"""' in said
    assert "1 right, 1 wrong" in said


def test_a_folder_stands_for_all_its_files(run, folder):
    (folder / "deep/.hidden").mkdir(parents=True)
    (folder / "deep/.hidden/page.md").write_text(PAGE, encoding="utf-8")
    (folder / "deep/empty.md").write_text("Nothing.", encoding="utf-8")
    (folder / "deep/paper.tex").write_text(PAPER, encoding="utf-8")
    status, said = run(".", page_md=PAGE)
    assert status == 0
    assert [line.split()[1] for line in said.splitlines()[:-1]] == [
        *("./page.md:5", "./page.md:13", "./page.md:23"),
        *("./deep/paper.tex:6", "./deep/paper.tex:17", "./deep/paper.tex:21"),
    ]


@pytest.mark.parametrize("content", [PAGE, PAPER])
def test_the_standard_input_is_markdown_or_latex(run, monkeypatch, content):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
    status, said = run("-")
    assert status == 0
    assert said.startswith("✓ -:")
    assert said.endswith("3 right, 0 wrong\n")


UNREADABLE = {
    "page.md": ("Nothing to check.", "no derivation found"),
    "missing.md": (None, "No such file or directory"),
    "latin.md": ("é".encode("latin-1"), "not text in UTF-8: byte 0xe9 at position 0"),
    "wide.md": (PAGE.encode("utf-16"), "not text in UTF-8: byte 0xff at position 0"),
    "binary.md": (b"```derivation a\n\0\n```", "not text: it holds NUL characters"),
    "module.py": (b'"""\n```derivation a\n```\n"""\ndef', "not Python: invalid syntax"),
    "notes.ipynb": (b"{}", "not a notebook: KeyError 'cells'"),
    "folder": (None, "no derivation found"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_checked_has_an_exit_status_of_its_own(run, folder, name):
    content, message = UNREADABLE[name]
    if name == "folder":
        (folder / name).mkdir()
    elif content:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "wrong.md").write_text(PAGE.replace("2t", "3t"), encoding="utf-8")
    status, said = run("wrong.md", name)
    assert status == 2
    assert said.endswith(f"✗ {name}: {message}\n2 right, 1 wrong, 1 file not checked\n")


def test_line_ends_and_marks_of_other_systems_are_read(run, folder):
    (folder / "page.md").write_bytes(PAGE.replace("\n", "\r\n").encode("utf-8-sig"))
    assert run("page.md") == (0, run("page.md", page_md=PAGE)[1])


def test_nothing_in_a_file_can_command_the_terminal(run):
    status, said = run("page.md", page_md=PAGE.replace("t + t", "\x1b[2J\u202e t \x07"))
    assert status == 1
    assert all(letter.isprintable() or letter == "\n" for letter in said)


def test_json_says_what_the_text_says_and_more(run):
    status, said = run("--format", "json", "page.md", "missing.md", page_md=PAGE.replace("2t", "3t"))
    document = json.loads(said)
    assert status == document["status"] == 2
    assert document["version"] == 1
    page, missing = document["files"]
    assert missing == {"path": "missing.md", "error": "No such file or directory", "derivations": []}
    wrong, right, _ = page["derivations"]
    assert {key: wrong[key] for key in ("line", "cell", "id", "ok", "steps", "bound")} == {
        **{"line": 5, "cell": None, "id": "in-quote", "ok": False, "steps": 2, "bound": None}
    }
    assert wrong["lines"][0] == {
        **{
            "line": 6,
            "left": "(t + 1)^2",
            "relation": "=",
            "right": "t^2 + 3t + 1",
            "ok": False,
            "proved": False,
        },
        **{"reason": r"\text{binomial}", "error": wrong["errors"][0]["reason"]},
    }
    assert (wrong["lines"][1]["ok"], wrong["lines"][1]["right"]) == (None, "1 + t (t + 2)")
    (error,) = wrong["errors"]
    assert (error["line"], error["column"], error["cause"]) == (6, 16, None)
    assert error["difference"]["sides"] == ["(t + 1)^2", "t^2 + 3t + 1"]
    assert all(value in error["reason"] for value in error["difference"]["values"])
    assert (right["ok"], right["exact"], right["steps"], right["errors"]) == (True, True, 1, [])
    assert right["comparisons"] > 0
    assert 0 < right["bound"] < 1e-9
    assert {*right["sizes"][0]} == {"n"}
    assert right["lines"][0]["ok"] is right["lines"][0]["proved"] is True
    assert (right["proved"], wrong["proved"]) == (1, 0)


def test_json_says_where_two_sides_differ(run):
    status, said = run("--format", "json", "page.md", page_md=PAGE.replace("B_{kj}", "B_{jk}"))
    assert status == 1
    (error,) = json.loads(said)["files"][0]["derivations"][1]["errors"]
    assert error["difference"]["index"].keys() == {"i", "j"}
    assert error["cause"] == "the indices of B_{jk} are swapped"
    assert (error["line"], error["column"]) == (14, 16)


def test_the_version_is_that_of_mathnet(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out == "mathnet 0.1.0\n"


def test_without_files_or_with_a_strange_format_the_usage_is_shown(capsys):
    for arguments in (["check"], ["check", "--format", "xml", "page.md"], []):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == 2
        assert "usage: mathnet" in capsys.readouterr().err


# Other people's files, some of which are hostile: an answer within seconds, in bounded memory, and nothing is run

MILLIONS = 9_999_900
HOSTILE = {  # name: (content, exit status, what is said)
    "text.md": ("a line of text with `code`\n" * (MILLIONS // 27), 2, "no derivation found"),
    "over.md": ("x" * (MAX_BYTES + 1), 2, "too large to check: the limit is 10000000 bytes"),
    "long.md": ("```derivation a\n" + "x + " * (MILLIONS // 4 - 9), 1, "the limit is 20000"),
    "fences.md": ("```derivation a\n" * (MILLIONS // 16), 1, "the fence is never closed"),
    "many.md": ("```derivation a\n\n```\n" * 99_999, 2, f"the limit is {MAX_DERIVATIONS} derivations"),
    "margin.md": ("> - " * (MILLIONS // 4) + "```derivation", 2, "no derivation found"),
    "spaces.md": ("```" + " " * (MILLIONS // 2) + "`" + " " * (MILLIONS // 2), 2, "no derivation found"),
    "marks.tex": ("% mathnet: derivation a\n" * (MILLIONS // 24), 2, f"limit is {MAX_DERIVATIONS}"),
    "verbatim.tex": (r"\begin{verbatim}" * (MILLIONS // 16), 2, "no derivation found"),
    "labels.tex": ("% mathnet: derivation a\n\\[" + r"\label{" * 4_000 + r"\]", 1, "the limit is 20000"),
    "list.py": ('"""\n```derivation a\n"""\n[' + "1," * (MAX_PYTHON // 2 - 20) + "]", 1, "never closed"),
    "deep.py": (
        '"""\n```derivation a\n"""\nx' + ".x" * (MAX_PYTHON // 2 - 20),
        2,
        "not Python: maximum recursion",
    ),
    "deep.ipynb": ("[" * MILLIONS, 2, "not a notebook: RecursionError"),
}


# A process of its own stands between: Linux counts to a new process the memory of the one that starts it, here all of pytest.
MEASURED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stderr=subprocess.STDOUT)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(done.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)
"""


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="how much memory a process took is known on Unix only")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_get_an_answer_in_bounded_time_and_memory(folder, name):
    content, status, message = HOSTILE[name]
    (folder / name).write_text(content, encoding="utf-8")
    command = [sys.executable, "-m", "mathnet.derivation", "check", name]
    run = subprocess.run(
        [sys.executable, "-c", MEASURED, *command], capture_output=True, text=True, check=True
    )
    said, (code, seconds, memory) = run.stdout, map(float, run.stderr.split())
    assert (code, message in said) == (status, True), said[-2000:]
    assert "Traceback" not in said
    assert seconds < 10
    assert memory < 400_000 * (1024 if sys.platform == "darwin" else 1)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name on this system")
def test_a_pipe_in_a_folder_is_named_and_nobody_waits_for_it(run, folder):
    (folder / "notes").mkdir()
    os.mkfifo(folder / "notes" / "pipe.md")
    status, said = run("notes")
    assert status == 2
    assert said.startswith("✗ notes/pipe.md: a pipe, not a file: give it as the standard input, and name -\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk to write to")
@pytest.mark.parametrize("format", ["text", "json"])
def test_a_result_that_cannot_be_written_ends_in_a_message(folder, format):
    (folder / "page.md").write_text(PAGE, encoding="utf-8")
    script = "import sys; from mathnet.derivation.doors.command import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", script, "check", "page.md", "--format", format]
    with Path("/dev/full").open("w") as full:
        found = subprocess.run(
            command, cwd=folder, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert found.returncode == 2
    assert found.stderr == "mathnet: the result cannot be written: No space left on device\n"
