// Answers questions with mathnet.derivation on Pyodide. The page hands over all files, so the network is never asked.

let answers;

async function start({ "pyodide.asm.wasm": compiled, "checker.zip": checker, ...files }) {
  const addresses = new Map(Object.entries(files).map(([name, blob]) => [name, URL.createObjectURL(blob)]));
  const { fetch } = self;
  self.fetch = async (address) => {
    const name = String(address).split("/").pop();
    if (name === "pyodide.asm.wasm") return new Response(); // its module is there already
    const blob = addresses.get(name);
    if (!blob) throw new TypeError(`${address} is not among the files of the desk`);
    return fetch(blob);
  };
  WebAssembly.instantiateStreaming = async (_, imports) => ({ module: compiled, instance: await WebAssembly.instantiate(compiled, imports) });
  const { loadPyodide } = await import(addresses.get("pyodide.mjs"));
  const { default: createPyodideModule } = await import(addresses.get("pyodide.asm.mjs"));
  const python = await loadPyodide({
    createPyodideModule,
    indexURL: "https://desk.invalid/", // any address: `fetch` looks at the name after it
  });
  python.unpackArchive(await checker.arrayBuffer(), "zip");
  answers = python.pyimport("answers").answers;
}

self.onmessage = async ({ data: { files, question } }) => {
  try {
    if (files) await start(files);
    else for (const answer of answers(JSON.stringify(question))) postMessage({ answer: JSON.parse(answer) });
    postMessage({ done: true });
  } catch (error) {
    postMessage({ failure: String(error) });
  }
};

self.onunhandledrejection = ({ reason }) => postMessage({ failure: String(reason) }); // from within Pyodide
