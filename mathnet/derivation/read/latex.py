r"""Find the derivations of a LaTeX file: equation environments below a comment that marks them.

    % mathnet: derivation my-id
    % where  A \in \mathbb{R}^{n \times k},  B \in \mathbb{R}^{k \times m}
    %        Y = A B
    \begin{align*}
      \bar A_{ij} &= …
    \end{align*}

What LaTeX would not print as mathematics is blanked out in place, so that lines and columns stay those of the file.
"""

import re
from collections.abc import Iterator

from .fences import Found, left_of

EVENT = re.compile(
    r"\\(?P<edge>begin|end)\{(?P<name>verbatim\*?|lstlisting|minted|comment|document)\}"
    r"|mathnet:[ \t]*(?P<word>\S*)(?P<rest>.*)(?:\n|\Z)"
)
COMMENT = re.compile(r"[ \t]*%(?!%*[ \t]*mathnet:).*(?:\n|\Z)")
BEGIN = re.compile(
    r"[ \t]*(?:\\begin\{(?P<name>[A-Za-z]+\*?)\}(?:\{\d+\}|\[[^\]\n]*\])?|(?P<open>\\\[|\$\$))"
)
ENVIRONMENTS = ("align", "equation", "alignat", "flalign", "gather", "multline", "eqnarray", "displaymath")
LONGEST = 30_000
GROUP = r"\s*\{(?:[^{}]++|\{(?:[^{}]++|\{[^{}]*+\})*+\})*+\}"
UNPRINTED = re.compile(
    r"(?<!\\)%.*"
    rf"|\\label{GROUP}"
    r"|\\(?:nonumber|notag|qedhere|allowdisplaybreaks|displaybreak)(?![A-Za-z])"
    r"|(?<=\\\\)(?:\*?\[[^\]\n]*\]|\*)"
)


def find_latex(text: str) -> Iterator[Found]:
    """Yield the derivations of a LaTeX text."""
    text, verbatim, line, counted = text + "\n", "", 1, 0
    for event in EVENT.finditer(text):
        margin = left_of(text, event.start())
        if event["edge"] is None:
            if not verbatim and "%" in margin and not margin.strip(" \t%"):
                line += text.count("\n", counted, event.end())
                counted = event.end()
                yield _derivation(text, event, line)
        elif event["name"] == "document":
            if event["edge"] == "end" and "%" not in margin and not verbatim:
                return
        elif event["edge"] == "begin":
            verbatim = verbatim or event["name"]
        elif verbatim == event["name"]:
            verbatim = ""


def _derivation(text: str, event: re.Match[str], line: int) -> Found:
    id, start = event["rest"].strip(), event.end()
    at = start
    while (comment := COMMENT.match(text, at)) and at - start < LONGEST:
        at = comment.end()
    where = text[start:at]

    def problem(reason: str) -> Found:
        return Found(id, "", line, problem=reason)

    if event["word"] != "derivation":
        return problem("after mathnet: stands the word derivation, then the id")
    if where.strip() and not re.match(r"[ \t]*%+[ \t]*where\b", where):
        return problem("the comment lines below the mark are the where part: they begin with where")
    while text[at : at + 1].isspace():
        at += 1
    line_start = text.rfind("\n", 0, at) + 1
    begin = BEGIN.match(text, line_start)
    name = begin and (begin["name"] or "")
    if not begin or (name and name.rstrip("*") not in ENVIRONMENTS):
        known = rf"\begin{{…}} of {', '.join(ENVIRONMENTS)}, \[ or $$"
        return problem(f"no equation follows the mark; expected {known}")
    end = rf"\end{{{name}}}" if name else {r"\[": r"\]", "$$": "$$"}[begin["open"]]
    stop = text.find(end, begin.end(), begin.end() + LONGEST)
    if stop < 0:
        return problem(f"{begin.group().strip()} is not followed by {end} within {LONGEST} characters")
    # "~" is a space in LaTeX: with it at the margin a line neither is blank nor goes on with the where part
    shown = "~" + " " * (begin.end() - line_start - 1) + _printed(text[begin.end() : stop])
    source = re.sub(r"%", " ", where) + text[start + len(where) : line_start] + shown
    return Found(id, source, line, source.count("\n") + 1)


def _printed(body: str) -> str:
    body = UNPRINTED.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), body)
    return re.sub(r"^[ \t]*$", "~", body, flags=re.M)
