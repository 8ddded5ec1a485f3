// Answers questions with mathnet.derivation on Pyodide. The page hands over all files, so the network is never asked.

let answer;

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
  answer = python.pyimport("answers").answer;
}

self.onmessage = async ({ data: { files, question } }) => {
  try {
    if (files) await start(files);
    else postMessage({ answer: JSON.parse(answer(JSON.stringify(question))) });
    if (files) postMessage({ ready: true });
  } catch (error) {
    postMessage({ failure: String(error) });
  }
};

self.onunhandledrejection = ({ reason }) => postMessage({ failure: String(reason) }); // from within Pyodide
