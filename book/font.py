"""The maths font: STIX Two Math, cut down to the characters a book uses and compressed."""

import functools
import hashlib
import importlib.util
import io
import os
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset

from book.linear import FORMULA
from mathnet.mathml import tree

# Invisible operators and variation selectors need no glyph.
_INVISIBLE = {0x2061, 0x2062, 0x2063, 0x2064, *range(0xFE00, 0xFE10)}

# Always there, so that a new formula seldom changes the file: ASCII, Greek, operators, the italic, bold and sans letters.
_BASIC = [(0x304, 0x304), (0x307, 0x307), (0x1D5B3, 0x1D5B3), (0x20, 0x7E), (0xA0, 0xFF), (0x391, 0x3F5), (0x2016, 0x2044), (0x210E, 0x210E), (0x2190, 0x2194), (0x2200, 0x222B),
          (0x2248, 0x2265), (0x2297, 0x2299), (0x22C4, 0x22C6), (0x22EE, 0x22F1), (0x27E8, 0x27E9), (0x1D434, 0x1D467),
          (0x1D6FC, 0x1D71B)]  # fmt: skip


def source() -> Path:
    """Return the full font's file, which comes with the PyPI package `ziamath`."""
    package = importlib.util.find_spec("ziamath").submodule_search_locations[0]
    return Path(package, "fonts", "STIXTwoMath-Regular.ttf")


def characters(html: str) -> set[str]:
    """Return the characters of the formulas in HTML, those in the data of a script among them."""
    text = "".join(map(_text, set(FORMULA.findall(html))))
    return {character for character in text if not character.isspace()}


@functools.cache
def _text(formula: str) -> str:
    return "".join(tree(formula.replace('\\"', '"')).itertext())  # in JSON, quotation marks are escaped


def subset_font(needed: Iterable[str], cache: Path) -> bytes:
    """Return the WOFF2 file with the basic characters and those needed; the same input gives the same bytes.

    Raises
    ------
    ValueError
        If the font lacks a needed character.
    """
    needed = {ord(character) for character in needed}
    wanted = needed | {code for first, last in _BASIC for code in range(first, last + 1)}
    name = hashlib.sha256(
        repr((sorted(wanted), subset.__file__, source().stat().st_size)).encode()
    ).hexdigest()
    kept = cache / f"{name[:16]}.woff2"
    if kept.exists():
        return kept.read_bytes()

    options = subset.Options(
        flavor="woff2", layout_features=["math", "ssty", "dtls", "flac"], notdef_outline=True
    )
    font = subset.load_font(source(), options)
    missing = needed - font.getBestCmap().keys() - _INVISIBLE
    if missing:
        raise ValueError(
            f"{source().name} has no glyph for {', '.join(f'U+{code:04X}' for code in sorted(missing))}"
        )
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    buffer = io.BytesIO()
    subset.save_font(font, buffer, options)
    cache.mkdir(parents=True, exist_ok=True)
    unfinished = kept.with_suffix(f".{os.getpid()}")  # two builds may run side by side
    unfinished.write_bytes(buffer.getvalue())
    unfinished.replace(kept)
    return buffer.getvalue()
