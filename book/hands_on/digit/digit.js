// <draw-a-digit>: the network that the page trains reads what the reader draws. Its parameters, one byte each, are from the build.
import { bitmap, count } from "./bitmap.js";
import { data, element, keepRoom, mark, matrix } from "./grids.js";
import { format } from "./numbers.js";
import { compute, range, rows } from "./products.js";

/** A matrix from the bytes that the build wrote. */
export function unpack({ shape, step, bytes }) {
  const steps = new Int8Array(Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0)).buffer);
  return rows([...steps].map((k) => k * step), shape[1]);
}

/** What the network makes of a picture, and the gradient of the loss with respect to the pixels. */
export function read({ W1, B1, W2, B2 }, X, T) {
  const Z1 = compute("affine", X, W1, B1);
  const H = compute("sigmoid", Z1);
  const Z2 = compute("affine", H, W2, B2);
  const Y = compute("sigmoid", Z2);
  const E = compute("subtract", Y, T);
  const D2 = compute("hadamard", E, compute("sigmoid_prime", Z2));
  const H_bar = compute("matmul", D2, compute("transpose", W2));
  const D1 = compute("hadamard", H_bar, compute("sigmoid_prime", Z1));
  return { X, H, Y, J: compute("half_dot", E, E)[0][0], X_bar: compute("matmul", D1, compute("transpose", W1)) };
}

/** The pixels after a step against their gradient, of which the largest entry moves its pixel by a tenth. */
export function against(pixels, X_bar) {
  const largest = Math.max(...X_bar.map(Math.abs)) || 1;
  return pixels.map((x, k) => Math.min(1, Math.max(0, x - (0.1 * X_bar[k]) / largest)));
}

class DrawADigit extends HTMLElement {
  connectedCallback() {
    if (this.data) return;
    this.data = data(this);
    this.network = Object.fromEntries(Object.entries(this.data.parameters).map(([name, packed]) => [name, unpack(packed)]));
    this.examples = this.data.examples.map((digits) => [...digits].map((digit) => parseInt(digit, 17) / 16));
    const digits = range(10).map((k) => `<option>${k}</option>`).join("");
    this.replaceChildren(element(`<div class="hands-on">
      <p class="controls"><button type="button" name="clear">Clear</button>
        <label>Test digit <select name="example"><option value="">none</option>${digits}</select></label>
        <label>Target <select name="target"><option value="">as read</option>${digits}</select></label>
        <button type="button" name="step">Step against ∂J/∂X</button></p>
      <p class="sum" role="status"></p>
      <div class="pictures"><div><span class="name">draw here</span><canvas width="320" height="320" role="img" aria-label="Place to draw"></canvas>
          <span class="shape">finger, pen or mouse</span></div>
        <div class="Y"></div><div class="X"></div><div class="H"></div><div class="W1"></div><div class="X_bar"></div></div></div>`));
    const { red, blue } = this.data.colours;
    this.firstElementChild.style.cssText = `--red: ${red}; --blue: ${blue}`;
    this.canvas = this.querySelector("canvas");
    this.querySelector("[name=clear]").addEventListener("click", () => this.clear());
    this.querySelector("[name=step]").addEventListener("click", () => this.descend());
    this.querySelector("[name=example]").addEventListener("change", ({ target }) => target.value && this.take(Number(target.value)));
    this.querySelector("[name=target]").addEventListener("change", () => this.show());
    for (const type of ["pointerdown", "pointermove"]) this.canvas.addEventListener(type, (event) => this.draw(event));
    const small = 0.000001234; // takes most room when written
    keepRoom(this.querySelector(".sum"), [this.reading(0, small, small, 0, this.words("X_bar", 0, -small))]);
    this.unit = 0;
    this.build();
    this.take(3);
  }

  // The grids are made once; `show` changes their shades.
  build() {
    const place = (name, variable, [height, width], shape) => {
      const { math, words } = this.data.symbols[name];
      const zeros = range(height).map(() => range(width).map(() => 0));
      const point = (i, j) => {
        const k = i * width + j;
        if (name === "H") this.unit = k;
        if (name === "H") this.column();
        else if (name !== "Y") for (const box of ["X", "X_bar", "W1"]) mark(this.boxes[box], [[i, j]]);
        this.pointed = () => this.words(name, k, name === "W1" ? this.network.W1[k][this.unit] : this.values[name][0][k]);
        this.tell();
      };
      const symbol = { math: `${math} <span>${words}</span>`, words, variable, cotangent: name === "X_bar" };
      const box = matrix(symbol, zeros, { shape, point });
      box.classList.add("pixels");
      this.querySelector(`.${name}`).replaceChildren(box);
      return box;
    };
    this.boxes = {
      X: place("X", "X", [8, 8], [1, 64]),
      X_bar: place("X_bar", "X", [8, 8], [1, 64]),
      Y: place("Y", "Y", [10, 1], [1, 10]),
      H: place("H", "H", [6, 5], [1, 30]),
      W1: place("W1", "W", [8, 8], [64, 1]),
    };
    this.column();
    const table = this.boxes.X.querySelector("table");
    table.addEventListener("click", ({ target }) => target.matches("td") && this.ink(target));
    table.addEventListener("keydown", (event) => {
      if (![" ", "Enter"].includes(event.key) && !(event.shiftKey && event.key.startsWith("Arrow"))) return;
      event.preventDefault();
      this.ink(document.activeElement, event.shiftKey);
    });
  }

  /** Show the weights of one hidden value: a column of W1, laid out as the pixels are. */
  column() {
    const weights = this.network.W1.map((row) => row[this.unit]);
    const words = this.data.symbols.W1.words.replace("{}", this.unit + 1);
    this.boxes.W1.querySelector(".name > span").textContent = words;
    this.boxes.W1.querySelector("table").setAttribute("aria-label", `W1, ${words}`);
    mark(this.boxes.H, [[Math.floor(this.unit / 5), this.unit % 5]]);
    this.colour("W1", weights);
  }

  words(name, k, x) {
    const pixel = `row ${Math.floor(k / 8) + 1}, column ${(k % 8) + 1}`;
    if (name === "X") return `The pixel in ${pixel} is ${format(x)}.`;
    if (name === "X_bar") return `A little more ink in ${pixel} ${x < 0 ? "lowers" : "raises"} J: the gradient is ${format(x)}.`;
    if (name === "W1") return `Ink in ${pixel} ${x < 0 ? "lowers" : "raises"} hidden value ${this.unit + 1}: the weight is ${format(x)}.`;
    return name === "Y" ? `The output for ${k} is ${format(x)}.` : `Hidden value ${k + 1} is ${format(x)}. Its weights are column ${k + 1} of W1.`;
  }

  /** Change a pixel between blank and ink, or fill it with ink. */
  ink(cell, full = false) {
    const k = cell.parentElement.rowIndex * 8 + cell.cellIndex;
    this.forget();
    this.pixels[k] = full || this.pixels[k] === 0 ? 1 : 0;
    this.show();
  }

  draw(event) {
    if (!(event.buttons & 1)) return;
    event.preventDefault();
    const { left, top, width } = this.canvas.getBoundingClientRect();
    const point = [(32 * (event.clientX - left)) / width, (32 * (event.clientY - top)) / width];
    if (event.type === "pointerdown") {
      this.canvas.setPointerCapture(event.pointerId);
      if (!this.strokes.length && this.pixels.some((x) => x > 0)) this.unask();
      this.strokes.push([point]);
    }
    const stroke = this.strokes.at(-1);
    if (!stroke || Math.hypot(stroke.at(-1)[0] - point[0], stroke.at(-1)[1] - point[1]) > 0.6) stroke?.push(point);
    this.pending ??= requestAnimationFrame(() => this.look());
  }

  /** Draw the strokes, and turn them into the 64 numbers that the network sees. */
  look() {
    this.pending = undefined;
    if (!this.strokes.length) return;
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, 320, 320);
    Object.assign(pen, { lineWidth: 22, lineCap: "round", lineJoin: "round", strokeStyle: getComputedStyle(this.canvas).color });
    for (const stroke of this.strokes) {
      pen.beginPath();
      for (const [x, y] of [stroke[0], ...stroke]) pen.lineTo(10 * x, 10 * y);
      pen.stroke();
    }
    this.bits = bitmap(this.strokes, this.data.ink);
    this.pixels = count(this.bits);
    this.show();
  }

  /** Forget the strokes and the example, not the pixels. */
  forget() {
    this.strokes = [];
    this.canvas.getContext("2d").clearRect(0, 0, 320, 320);
    this.querySelector("[name=example]").value = "";
  }

  /** What comes next is not the example, and was not asked for: the target is what is read, until the reader says what was meant. */
  unask() {
    this.forget();
    this.querySelector("[name=target]").value = "";
  }

  clear() {
    this.unask();
    this.pixels = range(64).map(() => 0);
    this.show();
  }

  descend() {
    this.forget();
    this.pixels = against(this.pixels, this.values.X_bar[0]);
    this.show();
  }

  /** Take a digit of the test part, and its class as the target. */
  take(digit) {
    this.forget();
    this.pixels = [...this.examples[digit]];
    for (const name of ["example", "target"]) this.querySelector(`[name=${name}]`).value = digit;
    this.show();
  }

  show() {
    const [X, chosen] = [[this.pixels], this.querySelector("[name=target]").value];
    const [Y] = read(this.network, X, [range(10).map(() => 0)]).Y;
    this.digit = this.pixels.some((x) => x > 0) ? Y.indexOf(Math.max(...Y)) : undefined; // a blank sheet is no digit
    this.target = chosen === "" ? this.digit : Number(chosen);
    // without a target the outputs are taken as they are: nothing is wrong, and no pixel ought to change
    this.values = read(this.network, X, [this.target === undefined ? Y : range(10).map((k) => Number(k === this.target))]);
    const { H, X_bar } = this.values;
    this.shade("X", X[0], (x) => x);
    this.shade("H", H[0], (x) => x);
    this.shade("Y", Y, (x) => x, (x, k) => `${k}: ${x.toFixed(2)}`);
    this.colour("X_bar", X_bar[0]);
    mark(this.boxes.Y, this.digit === undefined ? [] : [[this.digit, 0]]);
    this.querySelector("[name=step]").disabled = this.target === undefined;
    this.tell();
  }

  /** Red with a plus where a number is above 0, blue with a minus where it is below. */
  colour(name, values) {
    const largest = Math.max(...values.map(Math.abs)) || 1;
    this.shade(name, values, (x) => Math.abs(x) / largest, (x) => (Math.abs(x) < largest / 8 ? "" : x < 0 ? "−" : "+"));
  }

  shade(name, values, share, text = () => "") {
    for (const [k, cell] of [...this.boxes[name].querySelectorAll("td")].entries()) {
      cell.style.setProperty("--share", share(values[k]).toFixed(3));
      cell.classList.toggle("negative", values[k] < 0);
      cell.textContent = text(values[k], k);
      if (name !== "Y") cell.setAttribute("aria-label", format(values[k]));
    }
  }

  tell() {
    const { Y, J } = this.values;
    this.querySelector(".sum").textContent = this.reading(this.digit, Y[0][this.digit], J, this.target, this.pointed?.());
  }

  reading(digit, output, J, target, pointed = "") {
    const read = digit === undefined ? "Nothing is drawn." : `The network reads ${digit}, with the output ${format(output)}.`;
    const loss = target === undefined ? "" : ` J = ${format(J)} for the target ${target}.`;
    return `${read}${loss} ${pointed}`;
  }
}

customElements.define("draw-a-digit", DrawADigit);
