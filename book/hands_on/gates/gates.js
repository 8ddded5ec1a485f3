// <gate-graph>: go through a computational graph gate by gate, backward from J or forward from one input.
// The drawing comes from the build; this script computes the numbers for the reader's inputs and shows them as far as one has gone.
import { data, element } from "./grids.js";
import { format } from "./numbers.js";

export const operations = {
  multiply: { value: (a, b) => a * b, slopes: (a, b) => [b, a] },
  add: { value: (a, b) => a + b, slopes: () => [1, 1] },
  subtract: { value: (a, b) => a - b, slopes: () => [1, -1] },
  square: { value: (a) => a * a, slopes: (a) => [2 * a] },
  relu: { value: (a) => Math.max(0, a), slopes: (a) => [Number(a > 0)] },
};

const from = ({ inputs }, values) => inputs.map((name) => values[name]);
const zeros = (values) => Object.fromEntries(Object.keys(values).map((name) => [name, 0]));

/** The value of every input and gate. */
export function forward(gates, inputs) {
  const values = { ...inputs };
  for (const gate of gates) values[gate.name] = operations[gate.operation].value(...from(gate, values));
  return values;
}

/** The edges in the order of the computation: where each comes from, the gate it leads to, and the slope on it. */
export const edges = (gates, values) =>
  gates.flatMap((gate) => {
    const slopes = operations[gate.operation].slopes(...from(gate, values));
    return gate.inputs.map((name, k) => ({ name, gate: gate.name, slope: slopes[k], written: gate.slopes[k] }));
  });

/** Backward: the derivative of J by every value, and each edge with the share that goes along it. */
export function cotangents(gates, values) {
  const flow = { ...zeros(values), J: 1 };
  const shares = edges(gates, values).reverse().map((edge) => {
    const share = flow[edge.gate] * edge.slope;
    flow[edge.name] += share;
    return { ...edge, share };
  });
  return { flow, shares: shares.reverse() };
}

/** Forward: how fast every value moves with the input called start, and each edge with the share that comes along it. */
export function tangents(gates, values, start) {
  const flow = { ...zeros(values), [start]: 1 };
  const shares = edges(gates, values).map((edge) => {
    const share = edge.slope * flow[edge.name];
    flow[edge.gate] += share;
    return { ...edge, share };
  });
  return { flow, shares };
}

const factor = (x) => (x < 0 ? `(${format(x)})` : format(x));
const list = (numbers) => numbers.map((x, k) => (k ? factor(x) : format(x)));
const BACKWARD = "J";

class GateGraph extends HTMLElement {
  connectedCallback() {
    if (this.gates) return;
    const { gates, inputs } = data(this);
    [this.gates, this.inputs] = [gates, inputs];
    const starts = Object.keys(inputs).map((name) => `<option value="${name}">forward, from ${name}</option>`);
    const sliders = Object.entries(inputs).map(([name, x]) => `<label>${name} <input type="range" name="${name}" min="-5" max="5" value="${x}">
      <output name="${name}-is"></output></label>`);
    this.append(element(`<div class="hands-on gate-graph">
      <p class="controls"><label>Go <select name="direction"><option value="${BACKWARD}">backward, from J</option>${starts.join("")}</select></label>
        <label>to <select name="place"></select></label>
        <span><button type="button" name="back">Back</button> <button type="button" name="next">Next gate</button>
        <button type="button" name="all">All gates</button></span></p>
      <p class="controls inputs">${sliders.join("")}</p>
      <div class="drawing"></div>
      <p class="said" role="status"></p>
      <div class="shares-room"><table class="shares"><thead></thead><tbody></tbody></table></div>
      <p class="count"></p></div>`));
    const figure = this.querySelector("figure.figure");
    this.querySelector(".drawing").append(figure.querySelector("svg"));
    figure.remove();
    this.control = (name) => this.querySelector(`[name=${name}]`);
    this.control("direction").addEventListener("input", () => this.begin());
    this.control("place").addEventListener("input", ({ target }) => this.go(target.value));
    this.querySelector(".inputs").addEventListener("input", ({ target }) => {
      this.inputs[target.name] = target.valueAsNumber;
      this.go(this.place);
    });
    for (const [name, to] of [["back", () => this.at - 1], ["next", () => this.at + 1], ["all", () => this.order.length - 1]]) {
      this.control(name).addEventListener("click", () => this.go(this.order[Math.max(0, Math.min(to(), this.order.length - 1))]));
    }
    this.querySelector(".drawing").addEventListener("click", ({ target }) => {
      const node = target.closest("[data-node]");
      if (node) this.go(node.dataset.node);
    });
    this.begin();
  }

  get backward() {
    return this.control("direction").value === BACKWARD;
  }

  /** Begin in a direction: the places in the order in which their numbers become known. */
  begin() {
    const start = this.control("direction").value;
    const [inputs, gates] = [Object.keys(this.inputs), this.gates.map(({ name }) => name)];
    this.order = this.backward ? [...gates.toReversed(), ...inputs] : [start, ...inputs.filter((name) => name !== start), ...gates];
    this.control("place").innerHTML = this.order.map((name) => `<option>${name}</option>`).join("");
    this.go(start);
  }

  /** Go to a place: what has been computed on the way there is shown, and what happens there is said. */
  go(place) {
    this.place = place;
    this.at = this.order.indexOf(place);
    const values = forward(this.gates, this.inputs);
    const { flow, shares } = this.backward ? cotangents(this.gates, values) : tangents(this.gates, values, this.control("direction").value);
    const known = new Set(this.order.slice(0, this.at + 1));
    const here = shares.filter(({ name, gate }) => (this.backward ? name : gate) === place); // what arrives
    const onwards = this.backward ? shares.filter(({ gate }) => gate === place) : [];
    for (const name of Object.keys(this.inputs)) this.control(`${name}-is`).value = format(this.inputs[name]);
    this.control("place").value = place;
    this.control("back").disabled = this.at === 0;
    this.control("next").disabled = this.control("all").disabled = this.at === this.order.length - 1;
    for (const node of this.querySelectorAll("[data-node]")) {
      const name = node.dataset.node;
      node.classList.toggle("chosen", name === place);
      node.querySelector(".value").textContent = format(values[name]);
      node.querySelector(".flow").textContent = known.has(name) ? format(flow[name]) : "";
    }
    const seen = new Map([...here, ...onwards].map(({ name, gate, share }) => [`${name} ${gate}`, share]));
    for (const edge of this.querySelectorAll("[data-edge]")) {
      const share = seen.get(edge.dataset.edge);
      edge.classList.toggle("seen", share !== undefined);
      if (edge.localName === "text") edge.textContent = share === undefined ? "" : format(share);
    }
    this.querySelector(".said").textContent = this.said(place, values, flow, here);
    this.table(this.backward ? onwards : here, flow);
    const done = shares.filter(({ gate }) => known.has(gate)).length;
    const result = this.backward ? `for the derivatives by all ${Object.keys(this.inputs).length} inputs` : "for the derivative by this one input";
    this.querySelector(".count").textContent = `Multiplications so far: ${done} of ${shares.length}, ${result}.`;
  }

  /** What happens at a place, in a sentence. */
  said(place, values, flow, here) {
    const gate = this.gates.find(({ name }) => name === place);
    const is = `${place} = ${gate ? `${gate.formula} = ` : ""}${format(values[place])}`;
    const parts = list(here.map(({ share }) => share)).join(" + ");
    const sum = here.length > 1 ? `${parts} = ${format(flow[place])}` : format(flow[place]);
    if (!this.backward) {
      const start = this.control("direction").value;
      if (!gate) return place === start ? `${is}. It moves with speed 1.` : `${is}. It does not move: speed 0.`;
      return `${is}. Along its edges arrive ${here.map(({ share }) => format(share)).join(" and ")}, so ∂${place}/∂${start} = ${sum}.`;
    }
    if (place === "J") return `${is}. Here we begin: ∂J/∂J = 1.`;
    const arrives = here.length > 1 ? `is used ${here.length} times, so ${here.length} shares arrive, and are added` : "gets one share";
    return `${is}. It ${arrives}: ∂J/∂${place} = ${sum}.`;
  }

  /** The multiplications at a place. */
  table(shares, flow) {
    const [head, body] = [this.querySelector("thead"), this.querySelector("tbody")];
    const columns = this.backward ? ["passed on to", "slope of the gate", "times what arrived"] : ["comes from", "slope of the gate", "times its speed"];
    head.innerHTML = `<tr>${columns.map((column) => `<th scope="col">${column}</th>`).join("")}</tr>`;
    const line = ({ name, gate, slope, written, share }) => {
      const arrived = flow[this.backward ? gate : name];
      const value = format(slope) === written ? written : `${written} = ${format(slope)}`;
      return `<tr><td>${name}</td><td>∂${gate}/∂${name} = ${value}</td><td>${format(slope)} · ${factor(arrived)} = ${format(share)}</td></tr>`;
    };
    body.innerHTML = shares.map(line).join("") || `<tr><td colspan="3">An input: nothing is ${this.backward ? "passed on" : "computed"}.</td></tr>`;
  }
}

customElements.define("gate-graph", GateGraph);
