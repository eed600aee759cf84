// Tables: the confusion matrix, coloured by its counts, and rows of names and numbers.

import { make } from "./dom.js";
import { say } from "./words.js";

/** A confusion matrix: a table whose `show(counts)` fills it. */
export function confusionTable(classes) {
  const cells = classes.map(() => classes.map(() => make("td")));
  const heading = (words, scope) => say(make("th", { scope }), words);
  const table = make(
    "table", { class: "confusion" },
    say(make("caption"), "confusionCaption"),
    make("thead", {}, make("tr", {}, make("td"), ...classes.map((words) => heading(words, "col")))),
    make("tbody", {}, ...classes.map((words, i) =>
      make("tr", {}, heading(words, "row"), ...cells[i]))),
  );
  return {
    element: make("div", { class: "wide" }, table),
    show(counts) {
      const most = Math.max(1, ...counts.flat());
      counts.forEach((row, i) => row.forEach((count, j) => {
        const cell = cells[i][j];
        cell.textContent = count;
        cell.className = i === j ? "right" : "wrong";
        const strength = count / most;
        // Colour by the stylesheet's variable, so that light and dark pages have their own.
        cell.style.setProperty("--strength", count ? `${Math.round(12 + 88 * strength)}%` : "0%");
        cell.classList.toggle("strong", strength > 0.85);
      }));
    },
  };
}

/** A table of numbers with names; `show({key: text})` fills it. */
export function numbersTable(names) {
  const cells = {};
  const rows = Object.entries(names).map(([key, words]) => {
    cells[key] = make("td", { "data-value": key });
    return make("tr", {}, say(make("th", { scope: "row" }), ...[words].flat()), cells[key]);
  });
  return {
    element: make("table", { class: "numbers" }, make("tbody", {}, ...rows)),
    show(values) {
      for (const [key, value] of Object.entries(values)) cells[key].textContent = value;
    },
  };
}
