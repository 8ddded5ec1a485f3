"""Temml, which sets LaTeX as MathML in a browser: the script that the desk loads once a reader's formulas are to be shown.

It is the npm package of that name, which `book.npm` fetches. Where it is missing, the desk shows formulas as LaTeX.
"""

from pathlib import Path

from book import npm

FOLDER = Path(__file__).parents[3] / "node_modules" / "temml"


def version() -> str:
    """Return the version of Temml, empty if it is not installed."""
    return npm.version(FOLDER)


def name() -> str:
    """Return the name of the script. The version is in it, so that no cache mixes two of them."""
    return f"temml-{version()}.js" if version() else ""


def addresses() -> dict[str, bytes]:
    """Return the script by its address in the site: a module, below its licence."""
    if not version():
        return {}
    licence = (FOLDER / "LICENSE").read_text(encoding="utf-8").strip()
    script = (FOLDER / "dist" / "temml.min.js").read_text(encoding="utf-8")
    return {
        f"assets/{name()}": f"/*! Temml {version()}\n{licence}\n*/\n{script}\nexport default temml;\n".encode()
    }
