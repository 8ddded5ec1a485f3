// Python with the checker and the deriver, in a worker: loaded once for all doors of the desk, when a reader first asks for something.
import { fetched } from "./fetched.js";

const TYPES = { mjs: "text/javascript", wasm: "application/wasm", zip: "application/zip", json: "application/json" };

/** Fetch a file that the build compressed; tell of every piece that arrives. */
function unpacked(address, type, signal, arrived) {
  const counted = new TransformStream({
    transform(piece, controller) {
      arrived(piece.byteLength);
      controller.enqueue(piece);
    },
  });
  const unpack = ({ body }) => {
    const content = body.pipeThrough(counted).pipeThrough(new DecompressionStream("deflate"));
    return new Response(content, { headers: { "Content-Type": type } }).blob();
  };
  return fetched(address, unpack, { signal });
}

/** Its files are fetched once; its worker can be stopped, and the next question starts another. */
class Python {
  constructor({ folder, files }) {
    this.folder = new URL(`${folder}/`, import.meta.url);
    this.sizes = files;
    this.total = Object.values(files).reduce((sum, size) => sum + size, 0);
    this.before = Promise.resolve();
  }

  /** Whether questions are answered without loading anything. */
  get loaded() {
    return Boolean(this.worker);
  }

  /** Answer a question, after those that were asked before; tell what is being done meanwhile. */
  ask(question, tell) {
    const answer = this.before.then(() => this.answer(question, tell));
    this.before = answer.catch(() => {});
    return answer;
  }

  async answer(question, tell) {
    this.stopping = new AbortController();
    this.files ??= await this.fetchAll(tell);
    if (!this.worker) {
      tell("Starting Python …");
      const worker = new Worker(this.script, { type: "module" });
      this.worker = worker;
      await this.send({ files: this.files }).catch((error) => {
        if (error.name !== "AbortError") this.files = undefined; // they come anew, with the next question
        throw error;
      });
    }
    tell("Working …");
    return (await this.send({ question })).answer;
  }

  async fetchAll(tell) {
    let loaded = 0;
    const { signal } = this.stopping;
    const arrived = (size) => tell("Loading Python and the checker", (loaded += size), this.total);
    arrived(0);
    const script = fetched(new URL("desk-worker.js", import.meta.url), (answer) => answer.blob(), { signal });
    const names = Object.keys(this.sizes);
    const blobs = names.map((name) =>
      unpacked(new URL(`${name}.deflate`, this.folder), TYPES[name.split(".").pop()], signal, arrived));
    const [worker, ...files] = await Promise.all([script, ...blobs]);
    this.script = URL.createObjectURL(worker); // so that a second worker needs no network either
    return Object.fromEntries(files.map((file, at) => [names[at], file]));
  }

  send(message) {
    return new Promise((resolve, reject) => {
      this.worker.onmessage = ({ data: answer }) => (answer.failure ? reject(new Error(answer.failure)) : resolve(answer));
      this.worker.onerror = (event) => reject(new Error(event.message));
      this.stopping.signal.addEventListener("abort", () => reject(this.stopping.signal.reason));
      this.worker.postMessage(message);
    });
  }

  stop() {
    this.stopping?.abort();
    this.worker?.terminate();
    this.worker = undefined;
  }
}

let shared;

/** The one Python of a page. */
export const python = (given) => (shared ??= new Python(given));
