// A model of several classes: fields for its features, bars of the probabilities, and the confusion
// matrix of the card's data.

import { bars } from "./bars.js";
import { draw, make, number } from "./dom.js";
import { fields } from "./fields.js";
import { argMax, classOf, confusion } from "./scores.js";
import { confusionTable } from "./table.js";
import { say } from "./words.js";

/** A small picture: the confusion matrix. */
export function preview(card) {
  return matrixPicture(counted(card, card.predictions));
}

/** The confusion matrix of predictions of the card's data. */
export const counted = (card, predictions) =>
  confusion(card.targets.map(classOf), predictions.map(argMax), predictions[0].length);

/** A confusion matrix without words. */
export function matrixPicture(counts) {
  const most = Math.max(1, ...counts.flat());
  const size = 380 / counts.length;
  return draw(
    "svg", { class: "chart", viewBox: "0 0 480 400", "aria-hidden": "true" },
    ...counts.flatMap((row, i) => row.map((count, j) => draw("rect", {
      class: i === j ? "cell right" : "cell wrong", x: 50 + j * size, y: 10 + i * size,
      width: size - 3, height: size - 3, "fill-opacity": (0.06 + 0.94 * count / most).toFixed(2),
    }))),
  );
}

export function create(card) {
  const inputs = fields(card);
  const chances = bars(card.classes);
  const matrix = confusionTable(card.classes);
  const answer = make("p", { class: "answer", role: "status" });
  const right = make("p", { class: "note" });
  const element = make(
    "div", {},
    make("div", { class: "side" }, inputs.element, make("div", {}, answer, chances.element)),
    matrix.element, right,
  );

  let model = null;
  const ask = async () => {
    const row = inputs.row();
    if (!model || !row) return;
    const outputs = await model.predict([row]);
    if (!outputs) return;
    const [output] = outputs;
    const best = argMax(output);
    chances.show(output);
    say(answer, "multiclassAnswer", { kind: card.classes[best], probability: number(output[best]) });
  };
  inputs.changed(ask);

  return {
    element,
    async update(current, predictions) {
      model = current;
      const counts = counted(card, predictions);
      matrix.show(counts);
      const hits = counts.reduce((sum, row, i) => sum + row[i], 0);
      say(right, "rightOf", { right: hits, rows: predictions.length });
      await ask();
    },
  };
}
