"""Every page is valid HTML, by the checker of the W3C's validator, vnu."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

VNU = Path(__file__).parents[2] / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"

# What vnu says although it is right as it stands, and why.
FALSE = {
    # MathML Core, section 2.1.3: displaystyle and scriptlevel are attributes of every element; vnu knows the older MathML 3
    r"Attribute “(?:displaystyle|scriptlevel)” not allowed on element “(?:mrow|mfrac|mtable)” at this point\.",
}


def _faults(*places: Path) -> list[str]:
    """Return what vnu says against pages, less what is known to be right."""
    run = subprocess.run(
        ["java", "-Xss8m", "-jar", VNU, "--format", "json", "--skip-non-html", *places],
        capture_output=True,
        text=True,
        check=False,
    )
    return [
        f"{message.get('url', '').rpartition('file:')[2]}:{message.get('lastLine')}: {message['message']} {message.get('extract', '').strip()[:120]}"
        for message in json.loads(run.stderr)["messages"]
        if not any(re.fullmatch(known, message["message"]) for known in FALSE)
    ]


@pytest.fixture(autouse=True)
def _tools():
    if not (shutil.which("java") and VNU.exists()):
        pytest.skip("no Java on the PATH, or no vnu: npm could not fetch it")


def test_every_page_is_valid(site):
    faults = _faults(site)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<p><div></div></p>", "No “p” element in scope but a “p” end tag seen."),
        ("<img src='x.png'>", "An “img” element must have an “alt” attribute"),
        ("<p id='a'></p><p id='a'></p>", "Duplicate ID “a”."),
        (
            "<math><mi displaystyle='true'>x</mi></math>",
            "Attribute “displaystyle” not allowed on element “mi”",
        ),
    ],
)
def test_a_fault_is_found(tmp_path, body, fault):
    page = tmp_path / "page.html"
    page.write_text(f"<!doctype html><html lang='en'><title>x</title>{body}", encoding="utf-8")
    assert any(fault in found for found in _faults(page))
