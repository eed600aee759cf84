// A field for each feature of a model, filled with a row of the card's data to begin with.

import { freshId, make, number } from "./dom.js";
import { say } from "./words.js";

const FEW = 8; // more fields than that are folded away

/** The fields: `row()` is what they hold, null where one has no number. */
export function fields(card) {
  const width = card.inputs[0].length;
  const listeners = [];
  const told = () => listeners.forEach((listener) => listener());

  const cells = Array.from({ length: width }, (_, i) => {
    const values = card.inputs.map((row) => row[i]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const id = freshId();
    // Values between the steps are right too: the data is not made of steps.
    const input = make("input", { type: "number", id, step: "any", inputmode: "decimal", input: told });
    const slider = make("input", {
      type: "range", min: low, max: high, step: (high - low) / 200 || 1, "aria-hidden": "true",
      tabindex: "-1",
      input: () => {
        input.value = number(Number(slider.value));
        told();
      },
    });
    input.addEventListener("input", () => { slider.value = input.value; });
    const name = say(make("label", { for: id }), card.features[i] ?? `x${i + 1}`);
    return { element: make("div", { class: "field" }, name, input, slider), input, slider };
  });

  const chosen = freshId();
  const which = make("input", {
    type: "number", id: chosen, min: 1, max: card.inputs.length, step: 1, value: 1,
    input: () => fill(Number(which.value) - 1),
  });
  const fill = (place) => {
    if (!card.inputs[place]) return;
    cells.forEach(({ input, slider }, i) => {
      input.value = number(card.inputs[place][i], 5);
      slider.value = card.inputs[place][i];
    });
    told();
  };

  const chooser = make(
    "p", { class: "row-choice" },
    say(make("label", { for: chosen }), "rowOf", { rows: card.inputs.length }), which,
  );
  const all = make("div", { class: "fields" }, ...cells.map((cell) => cell.element));
  const folded = make(
    "details", { open: width <= FEW }, say(make("summary"), "inputs", { count: width }), chooser, all,
  );
  fill(0);
  return {
    element: folded,
    row() {
      const values = cells.map(({ input }) => input.valueAsNumber);
      return values.some(Number.isNaN) ? null : values;
    },
    changed: (listener) => listeners.push(listener),
  };
}
