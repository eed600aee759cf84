// A model of two features: the probability as colour in the plane, computed by the model, the line
// where it is one half, the data, and the answer for the point that the reader asks for.

import { Chart, HEIGHT, legend, range, WIDTH } from "./chart.js";
import { contour } from "./contour.js";
import { draw, freshId, make, number } from "./dom.js";
import { classOf, probability } from "./scores.js";
import { label, say } from "./words.js";

const GRID = 81;
const STEPS = 40; // of the arrow keys, from edge to edge
// As tfjsbridge/report/look.py has it: class 0, undecided, class 1.
const COLOURS = [[0, 114, 178], [255, 255, 255], [213, 94, 0]];

/** The colour of a probability. */
export function colour(value) {
  const [from, to, part] = value < 0.5
    ? [COLOURS[0], COLOURS[1], value * 2]
    : [COLOURS[1], COLOURS[2], value * 2 - 1];
  return from.map((one, i) => Math.round(one + part * (to[i] - one)));
}

/** A small picture of the data. */
export function preview(card) {
  const chart = new Chart({ ...ranges(card), bare: true });
  chart.marks.append(...points(card, chart, 7));
  return chart.element;
}

const ranges = (card) => ({
  x: range(card.inputs.map((row) => row[0])), y: range(card.inputs.map((row) => row[1])),
});

const points = (card, chart, size) =>
  card.inputs.map(([x, y], i) => chart.mark(x, y, classOf(card.targets[i]), size));

export function create(card) {
  const chart = new Chart({ ...ranges(card), names: card.features });
  const surface = make("canvas", { class: "surface", width: GRID, height: GRID, "aria-hidden": "true" });
  place(surface, chart.box);
  const lines = draw("path", { class: "boundary" });
  const cross = draw("g", { class: "cross" });
  chart.marks.append(lines, ...points(card, chart, 4), cross);
  const hint = freshId();
  const plane = make(
    "div",
    { class: "plane", tabindex: "0", role: "application", "aria-describedby": hint },
    surface, chart.element,
  );
  label(plane, "planeLabel");
  const answer = make("p", { class: "answer", role: "status" });
  const element = make(
    "div", {}, plane, legend(card.classes), say(make("p", { class: "note", id: hint }), "planeHint"), answer,
  );

  let model = null;
  let asked = null;
  let cursor = [(chart.x[0] + chart.x[1]) / 2, (chart.y[0] + chart.y[1]) / 2];

  const showCross = () => {
    const [x, y] = [chart.toX(cursor[0]), chart.toY(cursor[1])];
    const ends = (x1, y1, x2, y2) => draw("line", { x1, y1, x2, y2 });
    cross.replaceChildren(
      ends(x - 14, y, x - 5, y), ends(x + 5, y, x + 14, y),
      ends(x, y - 14, x, y - 5), ends(x, y + 5, x, y + 14),
    );
  };
  const ask = async () => {
    if (!model) return;
    const point = asked = [...cursor];
    plane.classList.add("asked");
    const outputs = await model.predict([point]);
    if (!outputs || asked !== point) return; // another was asked for meanwhile
    const one = probability(outputs[0]);
    const called = one > 0.5 ? 1 : 0;
    say(answer, "planeAnswer", {
      x: number(point[0], 3), y: number(point[1], 3), probability: number(one),
      first: card.features[0] ?? "x1", second: card.features[1] ?? "x2",
      kind: card.classes[called] ?? String(called), one: card.classes[1] ?? "1",
    });
  };
  const move = ([x, y]) => {
    const within = (value, [low, high]) => Math.min(high, Math.max(low, value));
    cursor = [within(x, chart.x), within(y, chart.y)];
    showCross();
  };

  plane.addEventListener("click", (event) => {
    move(chart.atPointer(event));
    ask();
  });
  plane.addEventListener("keydown", (event) => {
    const step = {
      ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
    }[event.key];
    if (step) {
      const sizes = [chart.x, chart.y].map(([low, high]) => (high - low) / STEPS);
      move(cursor.map((value, i) => value + step[i] * sizes[i]));
    } else if (event.key === "Enter" || event.key === " ") {
      ask();
    } else {
      return;
    }
    event.preventDefault();
  });

  showCross();
  return {
    element,
    async update(current) {
      model = current;
      const along = ([low, high]) =>
        Array.from({ length: GRID }, (_, i) => low + i / (GRID - 1) * (high - low));
      const [xs, ys] = [along(chart.x), along(chart.y)];
      const outputs = await model.predict(ys.flatMap((y) => xs.map((x) => [x, y])));
      if (!outputs) return;
      const grid = ys.map((_, j) => outputs.slice(j * GRID, (j + 1) * GRID).map(probability));
      paint(surface, grid);
      const at = ([x, y]) => `${chart.toX(x).toFixed(1)} ${chart.toY(y).toFixed(1)}`;
      const segments = contour(grid, xs, ys, 0.5);
      lines.setAttribute("d", segments.map(([from, to]) => `M${at(from)}L${at(to)}`).join(""));
      if (asked) await ask();
    },
  };
}

/** Put the surface where the chart has its box, however large the page shows it. */
function place(surface, box) {
  surface.style.left = `${box.left / WIDTH * 100}%`;
  surface.style.top = `${box.top / HEIGHT * 100}%`;
  surface.style.width = `${(box.right - box.left) / WIDTH * 100}%`;
  surface.style.height = `${(box.bottom - box.top) / HEIGHT * 100}%`;
}

function paint(surface, grid) {
  const context = surface.getContext("2d");
  const image = context.createImageData(GRID, GRID);
  for (let row = 0; row < GRID; row++) {
    for (let i = 0; i < GRID; i++) {
      const value = grid[GRID - 1 - row][i]; // pictures begin at the top
      image.data.set([...colour(value), 255], (row * GRID + i) * 4);
    }
  }
  context.putImageData(image, 0, 0);
}
