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
        <label>A digit of the test part <select name="example"><option value="">none</option>${digits}</select></label>
        <label>Target <select name="target">${digits}</select></label>
        <button type="button" name="step">One step against the gradient</button></p>
      <p class="sum" role="status"></p>
      <div class="pictures"><div><span class="name">draw here</span><canvas width="320" height="320" role="img" aria-label="Place to draw"></canvas></div>
        <div class="X"></div><div class="X_bar"></div><div class="Y"></div><div class="H"></div></div></div>`));
    this.canvas = this.querySelector("canvas");
    this.querySelector("[name=clear]").addEventListener("click", () => this.clear());
    this.querySelector("[name=step]").addEventListener("click", () => this.descend());
    this.querySelector("[name=example]").addEventListener("change", ({ target }) => target.value && this.take(Number(target.value)));
    this.querySelector("[name=target]").addEventListener("change", () => this.show());
    for (const type of ["pointerdown", "pointermove"]) this.canvas.addEventListener(type, (event) => this.draw(event));
    const small = 0.000001234; // takes most room when written
    keepRoom(this.querySelector(".sum"), [this.reading(0, small, small, this.words("X_bar", 0, -small))]);
    this.build();
    this.take(3);
  }

  // The grids are made once; `show` changes their shades.
  build() {
    const place = (name, variable, [height, width], size) => {
      const { math, words } = this.data.symbols[name];
      const zeros = range(height).map(() => range(width).map(() => 0));
      const point = (i, j) => {
        if (name !== "Y") for (const box of name === "H" ? ["H"] : ["X", "X_bar"]) mark(this.boxes[box], [[i, j]]);
        this.pointed = () => this.words(name, i * width + j, this.values[name][0][i * width + j]);
        this.tell();
      };
      const symbol = { math: `${math} ${words}`, words, variable, cotangent: name === "X_bar" };
      const box = matrix(symbol, zeros, { shape: [1, size], point });
      box.classList.add("pixels");
      this.querySelector(`.${name}`).replaceChildren(box);
      return box;
    };
    this.boxes = {
      X: place("X", "X", [8, 8], 64),
      X_bar: place("X_bar", "X", [8, 8], 64),
      Y: place("Y", "Y", [10, 1], 10),
      H: place("H", "H", [5, 6], 30),
    };
    const table = this.boxes.X.querySelector("table");
    table.addEventListener("click", ({ target }) => target.matches("td") && this.ink(target));
    table.addEventListener("keydown", (event) => {
      if (![" ", "Enter"].includes(event.key) && !(event.shiftKey && event.key.startsWith("Arrow"))) return;
      event.preventDefault();
      this.ink(document.activeElement, event.shiftKey);
    });
  }

  words(name, k, x) {
    const pixel = `row ${Math.floor(k / 8) + 1}, column ${(k % 8) + 1}`;
    if (name === "X") return `The pixel in ${pixel} is ${format(x)}.`;
    if (name === "X_bar") return `A little more ink in ${pixel} ${x < 0 ? "lowers" : "raises"} J: the gradient is ${format(x)}.`;
    return name === "Y" ? `The output for ${k} is ${format(x)}.` : `Hidden value ${k + 1} is ${format(x)}.`;
  }

  /** Change a pixel between white and black, or make it black. */
  ink(cell, black = false) {
    const k = cell.parentElement.rowIndex * 8 + cell.cellIndex;
    this.forget();
    this.pixels[k] = black || this.pixels[k] === 0 ? 1 : 0;
    this.show();
  }

  draw(event) {
    if (!(event.buttons & 1)) return;
    event.preventDefault();
    const { left, top, width } = this.canvas.getBoundingClientRect();
    const point = [(32 * (event.clientX - left)) / width, (32 * (event.clientY - top)) / width];
    if (event.type === "pointerdown") {
      this.canvas.setPointerCapture(event.pointerId);
      if (!this.strokes.length) this.forget();
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

  clear() {
    this.forget();
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
    this.querySelector("[name=example]").value = this.querySelector("[name=target]").value = digit;
    this.show();
  }

  show() {
    const target = Number(this.querySelector("[name=target]").value);
    this.values = read(this.network, [this.pixels], [range(10).map((k) => Number(k === target))]);
    const { X, H, Y, X_bar } = this.values;
    const largest = Math.max(...X_bar[0].map(Math.abs)) || 1;
    this.shade("X", X[0], (x) => x);
    this.shade("H", H[0], (x) => x);
    this.shade("Y", Y[0], (x) => x, (x, k) => `${k}: ${x.toFixed(2)}`);
    this.shade("X_bar", X_bar[0], (x) => Math.abs(x) / largest, (x) => (Math.abs(x) < largest / 8 ? "" : x < 0 ? "−" : "+"));
    mark(this.boxes.Y, [[Y[0].indexOf(Math.max(...Y[0])), 0]]);
    this.tell();
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
    const [Y] = this.values.Y;
    const digit = Y.indexOf(Math.max(...Y));
    this.querySelector(".sum").textContent = this.reading(digit, Y[digit], this.values.J, this.pointed?.());
  }

  reading(digit, output, J, pointed = "") {
    return `The network reads ${digit}, with the output ${format(output)}. J = ${format(J)}. ${pointed}`;
  }
}

customElements.define("draw-a-digit", DrawADigit);
