"""How long a reader of the derivation desk waits: for a verdict, for a gradient, first with nothing cached and then with all there.

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
        address = f"http://127.0.0.1:{server.server_port}/desk/"
        print(f"Chromium {browser.version}, {platform.machine()}, {os.cpu_count()} cores")
        waits = [check(browser, address) for _ in range(options.repeat)]
        for name, seconds in zip(("first verdict", "second verdict"), zip(*waits, strict=True), strict=True):
            say(name, seconds)
        rounds = [derive(browser, address) for _ in range(options.repeat)]
        for name in rounds[0]:
            say(name, [found[name] for found in rounds])
        browser.close()
    server.shutdown()


def say(name, seconds):
    spread = f"{min(seconds):.2f} to {max(seconds):.2f}"
    print(f"{name}: {statistics.median(seconds):.2f} s, median of {len(seconds)} ({spread})")


def derive(browser, address):
    """Return the seconds from the press of Derive to the lines, and to their marks: first, with nothing cached, and then for all examples."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}#derive")
    door = page.locator("gradient-desk")
    page.locator("gradient-desk [data-act=derive]:enabled").wait_for()
    found = dict(zip(("first gradient: lines", "first gradient: marks"), press(page, door), strict=True))
    for example in door.locator("#derive-example option").all_inner_texts():
        door.locator("#derive-example").select_option(example)
        door.locator("[data-act=take]").click()
        for style in ("backward", "indices", "differentials"):
            door.locator(f"[value={style}]").check()
            lines, marks = press(page, door)
            found |= {f"{example}, {style}: lines": lines, f"{example}, {style}: marks": marks}
    context.close()
    return found


def press(page, door):
    page.evaluate("delete document.querySelector('gradient-desk').dataset.seconds")
    door.locator("[data-act=derive]").click()
    page.locator("gradient-desk[data-seconds]").wait_for(timeout=120_000)
    return float(door.get_attribute("data-lines")), float(door.get_attribute("data-seconds"))


def check(browser, address):
    """Return the seconds from the press of Check to the verdict, for the first check and for the second."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    button = page.locator("[data-act=check]:enabled")
    button.wait_for()
    waits = []
    for _ in range(2):
        page.evaluate("document.querySelector('.desk-verdict').replaceChildren()")
        start = time.perf_counter()
        button.click()
        page.locator("[data-verdict=right]").wait_for(timeout=120_000)
        waits.append(time.perf_counter() - start)
    context.close()
    return waits


if __name__ == "__main__":
    main()
