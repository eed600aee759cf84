// The probabilities of classes as bars; the largest is marked.

import { make } from "./dom.js";
import { argMax } from "./scores.js";
import { say } from "./words.js";

/** Bars; `show(probabilities)` sets them. */
export function bars(classes) {
  const rows = classes.map((words) => {
    const bar = make("span", { class: "bar" });
    const value = make("span", { class: "value" });
    const row = make(
      "li", {}, say(make("span", { class: "of" }), words), make("span", { class: "track" }, bar), value,
    );
    return { row, bar, value };
  });
  return {
    element: make("ul", { class: "bars" }, ...rows.map(({ row }) => row)),
    show(probabilities) {
      const best = argMax(probabilities);
      rows.forEach(({ row, bar, value }, i) => {
        bar.style.width = `${(probabilities[i] * 100).toFixed(1)}%`;
        value.textContent = probabilities[i].toFixed(3);
        row.classList.toggle("best", i === best);
      });
    },
    clear() {
      rows.forEach(({ row, bar, value }) => {
        bar.style.width = "0";
        value.textContent = "";
        row.classList.remove("best");
      });
    },
  };
}
