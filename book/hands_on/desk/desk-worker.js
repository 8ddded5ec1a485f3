// Checks derivations with mathnet.derivation on Pyodide. The page hands over all files, so the network is never asked.

const PROGRAM = `
import json

from mathnet.derivation import check, find
from mathnet.derivation.doors.document import document


def judge(text):
    """Check the derivation fences of a text, or the whole text where it has none."""
    found = [(fence.id, fence.source, fence.line, fence.column) for fence in find(text)]
    return json.dumps([report(*each) for each in found or [("", text, 1, 0)]])


def report(id, source, line, column):
    checked = check(source, id)
    result = document(checked, line, column) | {"verdict": checked.verdict()}
    for shown, error in zip(result["errors"], checked.errors, strict=True):
        shown |= {"caret": error.caret, "details": error.details()}
    return result
`;

let judge;

async function start(files) {
  const addresses = new Map(Object.entries(files).map(([name, blob]) => [name, URL.createObjectURL(blob)]));
  const { fetch } = self;
  self.fetch = async (address) => {
    const blob = addresses.get(String(address).split("/").pop());
    if (!blob) throw new TypeError(`${address} is not among the files of the desk`);
    return fetch(blob);
  };
  const { loadPyodide } = await import(addresses.get("pyodide.mjs"));
  const { default: createPyodideModule } = await import(addresses.get("pyodide.asm.mjs"));
  const python = await loadPyodide({
    createPyodideModule,
    indexURL: "https://desk.invalid/", // any address: `fetch` looks at the name after it
  });
  python.unpackArchive(await files["checker.zip"].arrayBuffer(), "zip");
  python.runPython(PROGRAM);
  judge = python.globals.get("judge");
}

self.onmessage = async ({ data: { files, text } }) => {
  try {
    if (files) await start(files);
    else postMessage({ reports: JSON.parse(judge(text)) });
    if (files) postMessage({ ready: true });
  } catch (error) {
    postMessage({ failure: String(error) });
  }
};

self.onunhandledrejection = ({ reason }) => postMessage({ failure: String(reason) }); // from within Pyodide
