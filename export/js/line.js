// A model of one feature: the data, the model's function, and its value where the reader asks.

import { Chart, legend, range } from "./chart.js";
import { draw, freshId, make, number } from "./dom.js";
import { classOf } from "./scores.js";
import { label, say } from "./words.js";

const POINTS = 201;
const STEPS = 40; // of the arrow keys, from edge to edge

const first = (row) => [row].flat(Infinity)[0];

function ranges(card) {
  return {
    x: range(card.inputs.map(first)),
    y: range([...card.targets, ...card.predictions].map(first)),
  };
}

// Two classes have their colours and shapes; numbers have one.
const points = (card, chart, size) => card.inputs.map((row, i) => {
  const kind = card.classes.length ? classOf(card.targets[i]) : 0;
  return chart.mark(first(row), first(card.targets[i]), kind, size);
});

/** A small picture of the data with the function. */
export function preview(card) {
  const chart = new Chart({ ...ranges(card), bare: true });
  const order = card.inputs.map((row, i) => [first(row), first(card.predictions[i])])
    .sort((a, b) => a[0] - b[0]);
  chart.marks.append(...points(card, chart, 5), chart.line(order, "thick"));
  return chart.element;
}

export function create(card) {
  const outputName = card.classes.length
    ? ["probabilityOf", { one: card.classes[1] }]
    : "y";
  const chart = new Chart({ ...ranges(card), names: [card.features[0] ?? "x", outputName] });
  const curve = draw("g");
  const cursor = draw("line", { class: "cursor", y1: chart.box.top, y2: chart.box.bottom });
  const spot = draw("circle", { class: "spot", r: 6, visibility: "hidden" });
  chart.marks.append(...points(card, chart, 3.5), curve, cursor, spot);
  const hint = freshId();
  const plane = make(
    "div", { class: "plane", tabindex: "0", role: "application", "aria-describedby": hint }, chart.element,
  );
  label(plane, "lineLabel");
  const answer = make("p", { class: "answer", role: "status" });
  const element = make(
    "div", {}, plane, card.classes.length ? legend(card.classes) : null,
    say(make("p", { class: "note", id: hint }), "lineHint"), answer,
  );

  let model = null;
  let asked = null;
  let x = (chart.x[0] + chart.x[1]) / 2;

  const ask = async () => {
    if (!model) return;
    const place = asked = { x };
    plane.classList.add("asked");
    const outputs = await model.predict([[place.x]]);
    if (!outputs || asked !== place) return; // another was asked for meanwhile
    const [[y]] = outputs;
    spot.setAttribute("cx", chart.toX(place.x));
    spot.setAttribute("cy", chart.toY(y));
    spot.setAttribute("visibility", "visible");
    const names = { input: card.features[0] ?? "x", x: number(place.x, 3), y: number(y) };
    if (card.classes.length) {
      const kind = card.classes[y > 0.5 ? 1 : 0];
      say(answer, "classAnswer", { ...names, one: card.classes[1], kind });
    } else {
      say(answer, "lineAnswer", names);
    }
  };
  const move = (wanted) => {
    x = Math.min(chart.x[1], Math.max(chart.x[0], wanted));
    cursor.setAttribute("x1", chart.toX(x));
    cursor.setAttribute("x2", chart.toX(x));
  };

  plane.addEventListener("click", (event) => {
    move(chart.atPointer(event)[0]);
    ask();
  });
  plane.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) move(x + step * (chart.x[1] - chart.x[0]) / STEPS);
    else if (event.key === "Enter" || event.key === " ") ask();
    else return;
    event.preventDefault();
  });

  move(x);
  return {
    element,
    async update(current) {
      model = current;
      const [low, high] = chart.x;
      const xs = Array.from({ length: POINTS }, (_, i) => low + i / (POINTS - 1) * (high - low));
      const outputs = await model.predict(xs.map((one) => [one]));
      if (!outputs) return;
      curve.replaceChildren(chart.line(xs.map((one, i) => [one, outputs[i][0]]), "thick"));
      if (asked) await ask();
    },
  };
}
