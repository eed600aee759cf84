// A model of two classes with many features: the threshold that the reader moves, with the confusion
// matrix, the rates and the point on the ROC, all counted here from the model's predictions.

import { Chart } from "./chart.js";
import { draw, freshId, make, number } from "./dom.js";
import { fields } from "./fields.js";
import { classOf, confusion, probability, rates, roc } from "./scores.js";
import { confusionTable, numbersTable } from "./table.js";
import { say } from "./words.js";

const RATES = {
  accuracy: "accuracy", precision: "precision", recall: "recall", falsePositiveRate: "falsePositiveRate",
  area: "area",
};

/** A small picture: the ROC. */
export function preview(card) {
  const chart = new Chart({ x: [0, 1], y: [0, 1], bare: true });
  const { points } = roc(card.targets.map(classOf), card.predictions.map(probability));
  chart.marks.append(chart.line([[0, 0], [1, 1]], "chance"), chart.line(points, "thick"));
  return chart.element;
}

export function create(card) {
  const truths = card.targets.map(classOf);
  const chart = new Chart({
    x: [0, 1], y: [0, 1], names: ["falsePositiveRate", "recall"], label: "rocLabel",
  });
  const curve = draw("g");
  const spot = draw("circle", { class: "spot", r: 7 });
  chart.marks.append(chart.line([[0, 0], [1, 1]], "chance"), curve, spot);
  const matrix = confusionTable(card.classes);
  const numbers = numbersTable(RATES);
  const id = freshId();
  const slider = make("input", { type: "range", id, min: 0, max: 1, step: 0.01, value: 0.5 });
  const shown = make("output", { for: id });
  const inputs = fields(card);
  const answer = make("p", { class: "answer", role: "status" });
  const live = make("p", { class: "unseen", role: "status" });
  const element = make(
    "div", {},
    make("p", { class: "slider" }, say(make("label", { for: id }), "threshold"), slider, shown),
    make("div", { class: "side" }, chart.element, make("div", {}, matrix.element, numbers.element)),
    say(make("p", { class: "note" }), "thresholdHint", { one: card.classes[1] }),
    answer,
    inputs.element,
    live,
  );

  let model = null;
  let scores = null;
  let area = NaN;
  const show = () => {
    const threshold = Number(slider.value);
    shown.textContent = threshold.toFixed(2);
    if (!scores) return;
    const counts = confusion(truths, scores.map((score) => score > threshold ? 1 : 0), 2);
    const found = rates(counts);
    matrix.show(counts);
    const said = (value) => value === null ? "–" : value.toFixed(4);
    numbers.show({
      ...Object.fromEntries(Object.entries(found).map(([name, value]) => [name, said(value)])),
      area: said(area),
    });
    spot.setAttribute("cx", chart.toX(found.falsePositiveRate ?? 0));
    spot.setAttribute("cy", chart.toY(found.recall ?? 0));
  };
  const ask = async () => {
    const row = inputs.row();
    if (!model || !row) return;
    const outputs = await model.predict([row]);
    if (!outputs) return;
    const one = probability(outputs[0]);
    const kind = card.classes[one > Number(slider.value) ? 1 : 0];
    say(answer, "binaryAnswer", { kind, one: card.classes[1], probability: number(one) });
  };
  slider.addEventListener("input", () => {
    show();
    ask();
  });
  // Said once the slider rests, not at each of its steps.
  slider.addEventListener("change", () => {
    const values = Object.fromEntries(Object.keys(RATES).map((name) =>
      [name, element.querySelector(`[data-value=${name}]`).textContent]));
    say(live, "thresholdSaid", { threshold: slider.value, ...values });
  });
  inputs.changed(ask);

  return {
    element,
    async update(current, predictions) {
      model = current;
      scores = predictions.map(probability);
      const found = roc(truths, scores);
      area = found.area;
      curve.replaceChildren(chart.line(found.points, "thick"));
      show();
      await ask();
    },
  };
}
