// A model of many features that predicts a number: predicted against true values, and fields to ask
// for other inputs.

import { Chart, range } from "./chart.js";
import { draw, make, number } from "./dom.js";
import { fields } from "./fields.js";
import { numbersTable } from "./table.js";
import { say } from "./words.js";

const numbersOf = (rows) => rows.flat(Infinity);

function ranges(card) {
  const both = range([...numbersOf(card.targets), ...numbersOf(card.predictions)]);
  return { x: both, y: both };
}

const points = (chart, truths, predictions, size) =>
  truths.map((truth, i) => chart.mark(truth, predictions[i], 0, size));

/** A small picture: predicted against true. */
export function preview(card) {
  const chart = new Chart({ ...ranges(card), bare: true });
  const [low, high] = chart.x;
  chart.marks.append(
    ...points(chart, numbersOf(card.targets), numbersOf(card.predictions), 5),
    chart.line([[low, low], [high, high]], "chance"),
  );
  return chart.element;
}

export function create(card) {
  const truths = numbersOf(card.targets);
  const chart = new Chart({
    ...ranges(card), names: ["trueValue", "predictedValue"], label: "regressionLabel",
  });
  const marks = draw("g");
  const here = draw("line", { class: "cursor", x1: chart.box.left, x2: chart.box.right });
  const [low, high] = chart.x;
  chart.marks.append(marks, chart.line([[low, low], [high, high]], "chance"), here);
  const errors = numbersTable({ mae: "meanError", rmse: "rootError", r2: "r2" });
  const inputs = fields(card);
  const answer = make("p", { class: "answer", role: "status" });
  const element = make(
    "div", {}, chart.element, say(make("p", { class: "note" }), "regressionHint"),
    make("div", { class: "side" }, errors.element, make("div", {}, answer)), inputs.element,
  );

  let model = null;
  const ask = async () => {
    const row = inputs.row();
    if (!model || !row) return;
    const outputs = await model.predict([row]);
    if (!outputs) return;
    const [[value]] = outputs;
    here.setAttribute("y1", chart.toY(value));
    here.setAttribute("y2", chart.toY(value));
    say(answer, "regressionAnswer", { value: number(value) });
  };
  inputs.changed(ask);

  return {
    element,
    async update(current, predictions) {
      model = current;
      const values = numbersOf(predictions);
      marks.replaceChildren(...points(chart, truths, values, 3.5));
      const mean = truths.reduce((sum, truth) => sum + truth, 0) / truths.length;
      const sum = (task) => truths.reduce((total, truth, i) => total + task(truth, values[i]), 0);
      const squares = sum((truth, value) => (truth - value) ** 2);
      errors.show({
        mae: number(sum((truth, value) => Math.abs(truth - value)) / truths.length),
        rmse: number(Math.sqrt(squares / truths.length)),
        r2: number(1 - squares / sum((truth) => (truth - mean) ** 2)),
      });
      await ask();
    },
  };
}
