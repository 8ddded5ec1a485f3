"""The reference of the library: of a chapter's functions it shows those that `mathnet` exports; helpers are read in the source."""

from typing import Any

from griffe import Extension, Module

import mathnet


class Exported(Extension):
    """Tells mkdocstrings, as `__all__` would, what of a chapter is public: its types, which signatures name, and the exported functions."""

    def on_package(self, *, pkg: Module, **_: Any) -> None:
        """Take the names of the functions from the one list of them."""
        if pkg.path == "mathnet":
            for chapter, exported in mathnet._CHAPTERS.items():
                members = pkg[chapter].members
                pkg[chapter].exports = [
                    name
                    for name, member in members.items()
                    if name in exported or not (member.is_alias or member.is_function)
                ]
            for method in pkg["dual.Dual"].members.values():  # NumPy calls them, not the reader
                method.docstring = None
