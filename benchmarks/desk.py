"""How long a reader of the derivation desk waits: the first verdict with nothing cached, and the next one.

    python benchmarks/desk.py SITE [--repeat 5]

SITE is a built book, with Pyodide. Each repetition is a new browser profile; the server is on the same machine.
"""

import argparse
import functools
import http.server
import os
import platform
import statistics
import threading
import time

from playwright.sync_api import sync_playwright

from book.editions import chromium


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("site")
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    handler = functools.partial(_Quiet, directory=options.site)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        waits = [
            measure(browser, f"http://127.0.0.1:{server.server_port}/desk/") for _ in range(options.repeat)
        ]
        print(f"Chromium {browser.version}, {platform.machine()}, {os.cpu_count()} cores")
        browser.close()
    server.shutdown()
    for name, seconds in zip(("first", "second"), zip(*waits, strict=True), strict=True):
        spread = f"{min(seconds):.2f} to {max(seconds):.2f}"
        print(f"{name} verdict: {statistics.median(seconds):.2f} s, median of {len(seconds)} ({spread})")


def measure(browser, address):
    """Return the seconds from the press of Check to the verdict, for the first check and for the second."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    check = page.locator("[data-act=check]:enabled")
    check.wait_for()
    waits = []
    for _ in range(2):
        page.evaluate("document.querySelector('.desk-verdict').replaceChildren()")
        start = time.perf_counter()
        check.click()
        page.locator("[data-verdict=right]").wait_for(timeout=120_000)
        waits.append(time.perf_counter() - start)
    context.close()
    return waits


if __name__ == "__main__":
    main()
