// Go on training the exported model: same optimizer with its state, same loss and metrics, on the
// card's data.

import { Chart, range } from "./chart.js";
import { draw, freshId, make, number } from "./dom.js";
import { say } from "./words.js";

const EPOCHS = 50;
const REDRAW = 150; // milliseconds between pictures
const REDRAW_CALM = 2000; // for those who do not want motion

/**
 * The panel.
 * @param card the model's card.
 * @param actions what the page does: `update()` shows the model as it is now, `reset()` loads the
 *   exported weights again, `startOver()` gives it new random ones.
 */
export function training(card, { update, reset, startOver }) {
  const button = (words, click, kind = "") =>
    say(make("button", { type: "button", class: kind, click }), words);
  const start = button("train", begun, "first");
  const stop = button("stop", () => halt());
  const again = button("reset", () => instead(reset));
  const fresh = button("startOver", () => instead(startOver));
  const [epochsId, shuffleId] = [freshId(), freshId()];
  const epochs = make("input", { type: "number", id: epochsId, min: 1, max: 100000, step: 1, value: EPOCHS });
  const shuffle = make("input", { type: "checkbox", id: shuffleId, checked: true });
  const how = make("p", { class: "note" });
  const state = make("p", { class: "logs" });
  const told = make("p", { class: "answer", role: "status" });
  const chart = new Chart({
    x: [0, EPOCHS], y: [0, 1], names: ["epochs", "loss"], label: "lossLabel", height: 240,
  });
  const curve = draw("g");
  chart.marks.append(curve);
  const element = make(
    "section", { class: "training" }, say(make("h3"), "trainingHeading"), how,
    make(
      "p", { class: "options" },
      make("span", {}, say(make("label", { for: epochsId }), "epochs"), epochs),
      make("span", {}, shuffle, say(make("label", { for: shuffleId }), "shuffle")),
    ),
    make("p", { class: "buttons" }, start, stop, again, fresh),
    state, told, chart.element,
  );

  let model = null;
  let points = [];
  let running = null; // the promise of the training that runs

  const enable = () => {
    const ready = Boolean(model?.trains);
    start.disabled = !ready || Boolean(running);
    stop.disabled = !running;
    again.disabled = fresh.disabled = !ready;
  };
  const show = () => {
    const losses = points.map(([, loss]) => loss);
    chart.setRanges([0, Math.max(points.at(-1)?.[0] ?? 0, 10)], range(losses));
    const last = points.at(-1);
    const here = draw("circle", { class: "spot", cx: chart.toX(last[0]), cy: chart.toY(last[1]), r: 6 });
    curve.replaceChildren(chart.line(points, "thick"), Number.isFinite(last[1]) ? here : "");
  };
  const showLogs = (epoch, logs) => {
    const metrics = model.layers.metricsNames.map((name) => `${name} ${number(logs[name])}`).join(", ");
    say(state, "epochLogs", { epoch, metrics });
  };

  function begun() {
    if (!epochs.reportValidity()) return;
    running = run().finally(() => {
      running = null;
      enable();
    });
    enable();
  }

  /** Train, until all epochs are done or somebody stops it. */
  async function run() {
    const [first, firstLoss] = points.at(-1);
    const { layers } = model;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let pictureAt = 0;
    const onEpochEnd = async (epoch, logs) => {
      points.push([first + epoch + 1, logs.loss]);
      if (!Number.isFinite(logs.loss)) layers.stopTraining = true;
      if (performance.now() - pictureAt < (calm ? REDRAW_CALM : REDRAW)) return;
      showLogs(first + epoch + 1, logs);
      show();
      await update();
      pictureAt = performance.now();
    };
    say(told, "trainingRuns");
    const [xs, ys] = tensors(model, card);
    try {
      const { history } = await layers.fit(xs, ys, {
        epochs: epochs.valueAsNumber, batchSize: card.batchSize, shuffle: shuffle.checked, verbose: 0,
        callbacks: { onEpochEnd },
      });
      const logs = Object.fromEntries(
        Object.entries(history).map(([name, values]) => [name, values.at(-1)]));
      const [epoch] = points.at(-1);
      showLogs(epoch, logs);
      show();
      await update();
      const words = Number.isFinite(logs.loss) ? "trainingDone" : "trainingDiverged";
      say(told, words, { epochs: epoch - first, from: number(firstLoss), to: number(logs.loss) });
    } catch (error) {
      say(told, "trainingFailed", { why: error.message, backend: tf.getBackend() });
    } finally {
      tf.dispose([xs, ys]);
    }
  }

  /** Stop, and wait until it has stopped. */
  async function halt() {
    if (!running) return;
    model.layers.stopTraining = true;
    await running;
  }

  async function instead(action) {
    await halt();
    say(told, "");
    start.disabled = again.disabled = fresh.disabled = true;
    try {
      await action();
    } catch (error) {
      say(told, "trainingFailed", { why: error.message, backend: tf.getBackend() });
      enable();
    }
  }

  enable();
  return {
    element,
    stop: halt,
    /** Begin with a model as exported, or anew: its loss and metrics are those of epoch 0. */
    async begin(loaded, { anew = false } = {}) {
      model = loaded;
      points = [];
      if (!model.trains) {
        say(how, "notCompiled");
        element.classList.add("without");
        return;
      }
      say(how, anew ? "trainingAnew" : "trainingHow", {
        optimizer: model.layers.optimizer.getClassName(), loss: lossName(model.layers.loss),
        rows: card.inputs.length, batchSize: card.batchSize,
      });
      const logs = await evaluate(model, card);
      points.push([0, logs.loss]);
      showLogs(0, logs);
      show();
      enable();
    },
  };
}

const lossName = (loss) => typeof loss === "string" ? loss : [loss].flat().map(String).join(", ");

/** The loss and metrics of the card's data, by name. */
async function evaluate(model, card) {
  const [xs, ys] = tensors(model, card);
  const scalars = [model.layers.evaluate(xs, ys)].flat();
  const values = await Promise.all(scalars.map((scalar) => scalar.data()));
  tf.dispose([xs, ys, scalars]);
  return Object.fromEntries(model.layers.metricsNames.map((name, i) => [name, values[i][0]]));
}

const tensors = (model, card) => [
  model.tensor(card.inputs), tf.tensor(card.targets.map((target) => [target].flat(Infinity))),
];
