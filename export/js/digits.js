// A model of pictures of digits: a pad to draw one, samples of the data, and the probabilities.

import { bars } from "./bars.js";
import { atMostEvery, freshId, make, number } from "./dom.js";
import { pad } from "./pad.js";
import { argMax, classOf } from "./scores.js";
import { paint, styleOf, toPixels } from "./strokes.js";
import { label, say } from "./words.js";

const REDRAW = 60; // milliseconds between predictions while a stroke is being drawn

const flat = (image) => image.flat(Infinity);
const sizeOf = (image) => Math.round(Math.sqrt(flat(image).length));

/** The first picture of each class. */
function samples(card) {
  const found = new Map();
  card.targets.forEach((target, i) => {
    if (!found.has(classOf(target))) found.set(classOf(target), flat(card.inputs[i]));
  });
  return [...found].sort(([a], [b]) => a - b);
}

function picture(pixels, size) {
  const canvas = make("canvas", { class: "digit", "aria-hidden": "true" });
  paint(canvas, pixels, size);
  return canvas;
}

/** A small picture: a digit of each kind. */
export function preview(card) {
  const size = sizeOf(card.inputs[0]);
  return make(
    "span", { class: "samples-preview", "aria-hidden": "true" },
    ...samples(card).map(([, pixels]) => picture(pixels, size)),
  );
}

export function create(card) {
  const size = sizeOf(card.inputs[0]);
  const style = styleOf(card.inputs.map(flat), size);
  const classes = card.classes.length
    ? card.classes
    : card.predictions[0].map((_, i) => ({ en: String(i), zh: String(i) }));
  const chances = bars(classes);
  const answer = make("p", { class: "answer", role: "status" });
  const seen = make("canvas", { class: "seen", "aria-hidden": "true" });
  paint(seen, null, size);
  const right = make("p", { class: "note" });
  const hint = freshId();

  let model = null;
  let pixels = null;
  const ask = async () => {
    paint(seen, pixels, size);
    if (!pixels) {
      chances.clear();
      say(answer, "");
      return;
    }
    if (!model) return;
    const asked = pixels;
    const outputs = await model.predict([asked]);
    if (!outputs || asked !== pixels) return; // drawn further meanwhile
    const [output] = outputs;
    const best = argMax(output);
    chances.show(output);
    say(answer, "digitAnswer", { kind: classes[best], probability: number(output[best]) });
  };
  const askSoon = atMostEvery(REDRAW, ask);
  const board = pad((strokes) => {
    pixels = strokes.length ? toPixels(strokes, style) : null;
    askSoon();
  }, hint);
  const choose = (image) => {
    board.clear();
    pixels = image;
    askSoon();
  };
  const buttons = samples(card).map(([kind, image]) => {
    const button = make("button", { type: "button", click: () => choose(image) }, picture(image, size));
    return label(button, "sampleDigit", { kind: classes[kind] });
  });
  const clear = say(make("button", { type: "button", click: board.clear }), "clear");

  const element = make(
    "div", {},
    make(
      "div", { class: "side" },
      make("div", {}, board.element, say(make("p", { class: "note", id: hint }), "padHint"), clear),
      make(
        "div", {}, answer, chances.element,
        make("p", { class: "sees" }, say(make("span"), "modelSees", { size }), seen),
      ),
    ),
    say(make("h3"), "samples"),
    make("div", { class: "samples" }, ...buttons),
    right,
  );
  return {
    element,
    async update(current, predictions) {
      model = current;
      const hits = predictions.filter((output, i) => argMax(output) === classOf(card.targets[i]));
      say(right, "rightOf", { right: hits.length, rows: predictions.length });
      if (pixels) await ask();
    },
  };
}
