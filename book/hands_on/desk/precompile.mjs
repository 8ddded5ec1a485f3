// Compiles Python modules for the derivation desk: node precompile.mjs PYODIDE SOURCES.zip COMPILED.zip library|checker
// Reading them compiled, a browser starts the checker in a third of the time. The same sources give the same bytes.
// Of the library, which holds Python's own modules, those are kept that the checker imports; of the checker, all.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, sources, compiled, kind] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide.mjs")));
const python = await loadPyodide(kind === "library" ? { stdLibURL: sources } : {});
python.FS.writeFile("/sources.zip", readFileSync(sources));
python.globals.set("kind", kind);
python.runPython(`
import _imp
import importlib._bootstrap_external as external
import sys
import zipfile

sources = zipfile.ZipFile("/sources.zip")  # the checker's modules come in an archive, too
if kind == "library":
    import ast, dataclasses, difflib, fractions, html, json, lark, mpmath, pathlib, random, textwrap, time, traceback, typing, urllib.parse, xml.etree.ElementTree  # what the checker imports

    try:
        raise ValueError
    except ValueError as error:
        "".join(traceback.format_exception(error))  # imports what an error needs to be shown
    LIBRARY = next(path for path in sys.path if path.endswith(".zip"))
    origins = {getattr(module.__spec__, "origin", None) for module in sys.modules.values() if hasattr(module, "__spec__")}
    imported, optimize = {name for name in sources.namelist() if f"{LIBRARY}/{name}" in origins}, 2
else:
    LIBRARY, imported, optimize = "checker", {*sources.namelist()}, 0  # its asserts and docstrings stay
with sources, zipfile.ZipFile("/compiled.zip", "w") as compiled:
    for name in sources.namelist():
        content = sources.read(name)
        if name.endswith(".py"):
            if name not in imported:
                continue
            code = compile(content, f"{LIBRARY}/{name}", "exec", dont_inherit=True, optimize=optimize)
            digest = _imp.source_hash(_imp.pyc_magic_number_token, content)
            name, content = name + "c", bytes(external._code_to_hash_pyc(code, digest, checked=False))
        compiled.writestr(zipfile.ZipInfo(name), content)
`);
writeFileSync(compiled, python.FS.readFile("/compiled.zip"));
