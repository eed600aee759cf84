// A chart: axes with ticks and names, in SVG, that marks are put into.

import { draw } from "./dom.js";
import { say } from "./words.js";

export const WIDTH = 480;
export const HEIGHT = 400;
const MARGIN = { left: 70, right: 20, top: 30, bottom: 46 };
const MOST_TICKS = 6;

/** Ticks at round numbers between two values. */
export function ticks(low, high, most = MOST_TICKS) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => Number(((first + i) * step).toPrecision(6)));
}

/** The range of values, wider by a part of it on each side; never empty. */
export function range(values, wider = 0.06) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const margin = (high - low || Math.abs(high) || 1) * wider;
  return [low - margin, high + margin];
}

/** A tick's number, short enough to stand beside the axis. */
const tickText = (value) =>
  value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)
    ? value.toExponential().replace("e+", "e")
    : String(value);

export class Chart {
  /**
   * @param options.x, options.y the ranges [low, high].
   * @param options.names the names of the axes: words, or {en, zh}.
   * @param options.label what the chart shows, for those who do not see it.
   * @param options.height of the drawing, whose width is WIDTH.
   * @param options.bare without axes: for a small preview.
   */
  constructor({ x, y, names = [], label, height = HEIGHT, bare = false }) {
    this.height = height;
    this.box = bare
      ? { left: 6, right: WIDTH - 6, top: 6, bottom: height - 6 }
      : {
        left: MARGIN.left, right: WIDTH - MARGIN.right,
        top: MARGIN.top, bottom: height - MARGIN.bottom,
      };
    this.names = names;
    this.bare = bare;
    this.axes = draw("g", { class: "axes" });
    this.under = draw("g");
    this.marks = draw("g");
    this.element = draw("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${height}` });
    if (label) {
      this.element.setAttribute("role", "img");
      this.element.append(say(draw("title"), ...[label].flat()));
    } else {
      this.element.setAttribute("aria-hidden", "true");
    }
    this.element.append(this.under, this.axes, this.marks);
    this.setRanges(x, y);
  }

  /** Change the ranges, and draw the axes again; marks are to be drawn anew. */
  setRanges(x, y) {
    [this.x, this.y] = [x, y];
    this.axes.replaceChildren();
    const { left, right, top, bottom } = this.box;
    if (this.bare) return;
    this.axes.append(draw("rect", {
      class: "frame", x: left, y: top, width: right - left, height: bottom - top,
    }));
    for (const value of ticks(...x)) {
      const at = this.toX(value);
      this.axes.append(
        draw("line", { class: "grid", x1: at, x2: at, y1: top, y2: bottom }),
        draw("text", { x: at, y: bottom + 18, "text-anchor": "middle" }, tickText(value)),
      );
    }
    for (const value of ticks(...y, this.height > 250 ? MOST_TICKS : 4)) {
      const at = this.toY(value);
      this.axes.append(
        draw("line", { class: "grid", x1: left, x2: right, y1: at, y2: at }),
        draw("text", { x: left - 6, y: at + 4.5, "text-anchor": "end" }, tickText(value)),
      );
    }
    const [xName, yName] = this.names;
    if (xName) {
      const place = { class: "name", x: (left + right) / 2, y: this.height - 8, "text-anchor": "middle" };
      this.axes.append(say(draw("text", place), ...[xName].flat()));
    }
    if (yName) {
      // Above the axis, not turned along it: there it stays clear of the ticks, in any language.
      this.axes.append(say(draw("text", { class: "name", x: 6, y: top - 12 }), ...[yName].flat()));
    }
  }

  toX(value) {
    const [low, high] = this.x;
    return this.box.left + (value - low) / (high - low) * (this.box.right - this.box.left);
  }

  toY(value) {
    const [low, high] = this.y;
    return this.box.bottom - (value - low) / (high - low) * (this.box.bottom - this.box.top);
  }

  /** The values at a place of the drawing. */
  at(placeX, placeY) {
    const { left, right, top, bottom } = this.box;
    const [x, y] = [this.x, this.y];
    return [
      x[0] + (placeX - left) / (right - left) * (x[1] - x[0]),
      y[0] + (bottom - placeY) / (bottom - top) * (y[1] - y[0]),
    ];
  }

  /** The values at a pointer's place. */
  atPointer(event) {
    const place = this.element.getBoundingClientRect();
    const scale = WIDTH / place.width;
    return this.at((event.clientX - place.left) * scale, (event.clientY - place.top) * scale);
  }

  /** A line through points [[x, y], ...]; where a value is not a number, it is broken. */
  line(points, kind) {
    let path = "";
    let drawing = false;
    for (const [x, y] of points) {
      if (Number.isFinite(x) && Number.isFinite(y)) {
        path += `${drawing ? "L" : "M"}${this.toX(x).toFixed(1)} ${this.toY(y).toFixed(1)}`;
        drawing = true;
      } else {
        drawing = false;
      }
    }
    return draw("path", { class: `line ${kind}`, d: path });
  }

  /** A mark of a class, told apart by its shape too: a disk, a triangle, a square, a diamond, ... */
  mark(x, y, kind = 0, size = 4.5) {
    return symbol(this.toX(x), this.toY(y), kind, size);
  }
}

const SHAPES = [
  null,
  [[0, -1.25], [1.15, 0.85], [-1.15, 0.85]],
  [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
  [[0, -1.3], [1.1, 0], [0, 1.3], [-1.1, 0]],
  [[0, 1.25], [1.15, -0.85], [-1.15, -0.85]],
];

/** The symbol of a class: its number says its colour and shape. */
export function symbol(x, y, kind, size) {
  const shape = SHAPES[kind % SHAPES.length];
  const look = `mark class${kind % 8}`;
  if (!shape) return draw("circle", { class: look, cx: x.toFixed(1), cy: y.toFixed(1), r: size });
  const points = shape.map(([dx, dy]) => `${(x + dx * size).toFixed(1)},${(y + dy * size).toFixed(1)}`);
  return draw("polygon", { class: look, points: points.join(" ") });
}

/** The classes with their symbols, as a list. */
export function legend(classes) {
  const list = document.createElement("ul");
  list.className = "legend";
  classes.forEach((words, kind) => {
    const picture = draw("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, symbol(8, 8, kind, 5.5));
    const item = document.createElement("li");
    item.append(picture, say(document.createElement("span"), words));
    list.append(item);
  });
  return list;
}
