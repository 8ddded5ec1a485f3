// Python with the checker and the deriver, in a worker: loaded once for all doors of the desk, when a reader first asks for something.
import { fetched } from "./fetched.js";

const TYPES = { mjs: "text/javascript", wasm: "application/wasm", zip: "application/zip", json: "application/json" };

/** Fetch a file that the build compressed; tell of every piece that arrives. WebAssembly is compiled while it comes. */
function unpacked(address, kind, signal, arrived) {
  const counted = new TransformStream({
    transform(piece, controller) {
      arrived(piece.byteLength);
      controller.enqueue(piece);
    },
  });
  const unpack = ({ body }) => {
    const content = body.pipeThrough(counted).pipeThrough(new DecompressionStream("deflate"));
    const whole = new Response(content, { headers: { "Content-Type": TYPES[kind] } });
    return kind === "wasm" ? WebAssembly.compileStreaming(whole) : whole.blob();
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
    this.stopping = new AbortController();
    this.told = new Set();
  }

  /** Whether it is loaded, or on its way. */
  get coming() {
    return Boolean(this.state);
  }

  /** Load and start what answers will need, before anything is asked; what fails here is said at the first question. */
  warm() {
    const { signal } = this.stopping;
    this.before = this.before.then(() => this.ready(signal)).catch(() => {});
    return this.before;
  }

  /** Answer a question, after those that were asked before; tell what is being done meanwhile, and hand over every answer, of which the last is whole. */
  ask(question, tell, early = () => {}) {
    const { signal } = this.stopping;
    this.told.add(tell);
    if (this.state) tell(...this.state);
    const answer = this.before.then(() => this.answer(question, early, signal)).finally(() => this.told.delete(tell));
    this.before = answer.catch(() => {});
    return answer;
  }

  async answer(question, early, signal) {
    await this.ready(signal);
    this.say("Working …");
    return this.send({ question }, signal, early);
  }

  say(...state) {
    this.state = state;
    for (const tell of this.told) tell(...state);
  }

  async ready(signal) {
    signal.throwIfAborted();
    this.files ??= await this.fetchAll(signal);
    if (this.worker) return;
    this.say("Starting Python …");
    this.worker = new Worker(this.script, { type: "module" });
    await this.send({ files: this.files }, signal).catch((error) => {
      if (error.name !== "AbortError") {
        this.stop();
        this.files = undefined; // they come anew, with the next question
      }
      throw error;
    });
  }

  async fetchAll(signal) {
    let loaded = 0;
    const arrived = (size) => this.say("Loading Python and the checker", (loaded += size), this.total);
    arrived(0);
    const script = fetched(new URL("desk-worker.js", import.meta.url), (answer) => answer.blob(), { signal });
    const names = Object.keys(this.sizes);
    const contents = names.map((name) => unpacked(new URL(`${name}.deflate`, this.folder), name.split(".").pop(), signal, arrived));
    const [worker, ...files] = await Promise.all([script, ...contents]);
    this.script = URL.createObjectURL(worker); // so that a second worker needs no network either
    return Object.fromEntries(files.map((file, at) => [names[at], file]));
  }

  send(message, signal, early) {
    return new Promise((resolve, reject) => {
      let last;
      this.worker.onmessage = ({ data: { failure, done, answer } }) => {
        if (failure) reject(new Error(failure));
        else if (done) resolve(last);
        else early((last = answer));
      };
      this.worker.onerror = (event) => reject(new Error(event.message));
      signal.addEventListener("abort", () => reject(signal.reason));
      this.worker.postMessage(message);
    });
  }

  /** Give up what is being done, and what was asked to be done after it. */
  stop() {
    this.stopping.abort();
    this.stopping = new AbortController();
    this.worker?.terminate();
    this.worker = this.state = undefined;
  }
}

let shared;

/** The one Python of a page. */
export const python = (given) => (shared ??= new Python(given));
