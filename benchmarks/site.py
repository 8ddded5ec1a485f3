"""What the book costs: to load for a reader, to build for a writer. Prints the README's table.

    uv run npm install --no-save lighthouse@12
    uv run python benchmarks/site.py

It builds the last commit in a clone, twice, and serves it for edits, which takes some five minutes. Pages are served compressed, as static hosts
serve them. Lighthouse plays a slow telephone: its network and its processor are simulated. It is not installed for the tests, since
it brings two hundred packages along. Nothing here runs in CI: what is not a time or a size is held by tests there.
"""

import argparse
import contextlib
import functools
import gzip
import http.server
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from datetime import date
from pathlib import Path
from typing import NamedTuple

from book.editions import chromium

ROOT = Path(__file__).parents[1]
PAGES = {"home page": "", "long chapter": "hidden-layer/", "API reference": "reference/elementwise/"}
SCORES = {"performance": 99, "accessibility": 100, "best-practices": 100, "seo": 100}
COMPRESSED = {".html", ".css", ".js", ".json", ".svg", ".xml", ".txt"}
BUILD = ["-W", "error::RuntimeWarning", "-m", "mkdocs", "build", "--strict"]


class Row(NamedTuple):
    """A line of the table: what was measured, what it should be at least or at most, and what it is."""

    what: str
    goal: str
    measured: str
    met: bool

    def __str__(self) -> str:
        return f"| {self.what} | {self.goal} | {self.measured} | {'yes' if self.met else '**no**'} |"


class Compressing(http.server.SimpleHTTPRequestHandler):
    """Serve files as static hosts do: text compressed, and kept by the browser for ten minutes."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with a file."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        content = path.read_bytes()
        self.send_response(200)
        if path.suffix in COMPRESSED:
            content = gzip.compress(content, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def served(site: Path):
    """Serve a folder and yield its address."""
    handler = functools.partial(Compressing, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def lighthouse(address: str) -> dict:
    """Return the report on one page."""
    run = subprocess.run(
        [
            "npx",
            "--no-install",
            "lighthouse",
            address,
            "--quiet",
            "--output=json",
            "--chrome-flags=--headless=new --no-sandbox",
        ],
        cwd=ROOT,
        env=os.environ | {"CHROME_PATH": chromium()},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(run.stdout)


def loading(site: Path, repeat: int) -> tuple[list[Row], str]:
    """Return the rows of what a reader waits for, and the version of Lighthouse."""
    rows = []
    with served(site) as base:
        for name, page in PAGES.items():
            reports = [lighthouse(base + page) for _ in range(repeat)]
            scores = {
                category: statistics.median(
                    round(100 * report["categories"][category]["score"]) for report in reports
                )
                for category in SCORES
            }
            rows.append(
                Row(
                    f"Lighthouse, {name}: performance, accessibility, best practices, SEO",
                    " · ".join(f"≥ {goal}" if goal < 100 else "100" for goal in SCORES.values()),
                    " · ".join(f"{score:.0f}" for score in scores.values()),
                    all(scores[category] >= goal for category, goal in SCORES.items()),
                )
            )
            audits = [report["audits"] for report in reports]
            size = max(audit["total-byte-weight"]["numericValue"] for audit in audits) / 1000
            shift = max(audit["cumulative-layout-shift"]["numericValue"] for audit in audits)
            rows.append(Row(f"bytes of a first visit, {name}", "≤ 300 kB", f"{size:.0f} kB", size <= 300))
            rows.append(Row(f"layout shift, {name}", "0", f"{shift:.3g}", shift == 0))
            elsewhere = {
                item["url"]
                for audit in audits
                for item in audit["network-requests"]["details"]["items"]
                if not item["url"].startswith((base, "data:"))
            }
            rows.append(Row(f"requests to other hosts, {name}", "0", str(len(elsewhere)), not elsewhere))
    return rows, reports[0]["lighthouseVersion"]


def built(project: Path, site: Path, **environment: str) -> float:
    """Build the book into a folder, and return the seconds."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, *BUILD, "--site-dir", site],
        cwd=project,
        env=os.environ | environment,
        capture_output=True,
        check=True,
    )
    return time.perf_counter() - start


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by their path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def edited(project: Path, repeat: int) -> list[float]:
    """Return the seconds from saving a page under `mkdocs serve` until the server shows it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    serve = subprocess.Popen(
        [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", place],
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    page, seconds = project / "docs" / "one-layer.md", []
    try:
        _wait_for(f"http://{place}/one-layer/", "One layer")
        for number in range(repeat):
            sentence = f"Edit {number} of the benchmark."
            page.write_text(f"{page.read_text(encoding='utf-8')}\n{sentence}\n", encoding="utf-8")
            start = time.perf_counter()
            _wait_for(f"http://{place}/one-layer/", sentence)
            seconds.append(time.perf_counter() - start)
            time.sleep(3)
    finally:
        serve.terminate()
        serve.wait()
    return seconds


def _wait_for(address: str, text: str, timeout: float = 300) -> None:
    until = time.monotonic() + timeout
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            if text in urllib.request.urlopen(address, timeout=timeout).read().decode():
                return
        time.sleep(0.05)
    raise TimeoutError(f"{address} does not show {text!r} after {timeout} s")


def building(project: Path, repeat: int) -> tuple[list[Row], Path]:
    """Return the rows of what a writer waits for, and the folder of the built site."""
    first, second = (project.parent / name for name in ("first", "second"))
    cold = built(project, first, PYTHONHASHSEED="1")
    shutil.rmtree(project / ".cache", ignore_errors=True)
    built(project, second, PYTHONHASHSEED="2", TZ="Pacific/Auckland")
    one, other = contents(first), contents(second)
    different = [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]
    waits = edited(project, repeat)
    edit = statistics.median(waits)
    return [
        Row("whole site from cold", "≤ 120 s", f"{cold:.0f} s", cold <= 120),
        Row(
            "an edit of one page, until `mkdocs serve` shows it",
            "≤ 5 s",
            f"{edit:.1f} s, median of {len(waits)} ({min(waits):.1f} to {max(waits):.1f})",
            edit <= 5,
        ),
        Row("files that differ between two builds", "0", f"{len(different)} of {len(one)}", not different),
    ], first


def machine() -> str:
    """Return the class of this machine."""
    processor = platform.machine()
    with contextlib.suppress(OSError):
        names = [
            line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")
        ]
        processor = names[0].partition(":")[2].strip() if names else processor
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores of {processor}, {memory:.0f} GiB"


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, of which the median counts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder, "project")
        subprocess.run(["git", "clone", "--quiet", ROOT, project], check=True)
        if (ROOT / "node_modules").exists():
            (project / "node_modules").symlink_to(ROOT / "node_modules")
        build_rows, site = building(project, options.repeat)
        load_rows, version = loading(site, options.repeat)
    browser = subprocess.run(
        [chromium(), "--version"], capture_output=True, text=True, check=True
    ).stdout.split()[1]
    print("| what | goal | measured | met |\n|---|---|---|---|")
    print(*load_rows, *build_rows, sep="\n")
    print(
        f"\n{date.today().isoformat()}, {machine()}, Python {platform.python_version()}, Chromium {browser}, Lighthouse {version}; "
        f"median of {options.repeat} runs."
    )


if __name__ == "__main__":
    main()
