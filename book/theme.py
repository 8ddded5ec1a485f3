"""What the book takes from its theme: its style sheet. Nothing else of it is sent to a reader."""

import functools
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

STYLE_SHEETS = ("assets/stylesheets/main.*.min.css", "assets/stylesheets/palette.*.min.css")


def leave_out(files: Files) -> None:
    """Leave out the theme's scripts and style sheets; `style_sheet` takes what the book uses."""
    for file in list(files):
        if file.src_uri.startswith(("assets/javascripts/", "assets/stylesheets/")):
            files.remove(file)


def theme(config: MkDocsConfig) -> Path:
    """Return the folder of the theme; the first is that of the book's own templates."""
    return Path(config.theme.dirs[1])


def style_sheet(files: Files, config: MkDocsConfig, more: Iterable[str] = ()) -> str:
    """Join the style sheets of the theme, of the book and `more`; return the address of the file, which holds a hash of it."""
    folder = theme(config)
    texts = [(folder / _only(folder, pattern)).read_text(encoding="utf-8") for pattern in STYLE_SHEETS]
    for path in map(str, [*config.extra_css, *more]):
        file = files.get_file_from_path(path)
        # that of mkdocstrings is no file of the book: the plugin has put it into the site
        texts.append(file.content_string if file else Path(config.site_dir, path).read_text(encoding="utf-8"))
    rules = "\n".join(map(_shrunk, texts))
    address = f"assets/{hashlib.sha256(rules.encode()).hexdigest()[:12]}.css"
    files.append(File.generated(config, address, content=rules))
    return address


def _only(folder: Path, pattern: str) -> str:
    found = [path.relative_to(folder).as_posix() for path in folder.glob(pattern)]
    if len(found) != 1:
        raise PluginError(f"the theme has {len(found)} files {pattern}, not one: has its version changed?")
    return found[0]


@functools.lru_cache(maxsize=50)
def _shrunk(rules: str) -> str:
    rules = re.sub(r'/\*.*?\*/|@charset "[^"]*";', "", rules, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "\n", rules).strip()
