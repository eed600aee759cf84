// An exported model with its card's data as tensors.

import { modelUrl } from "./files.js";
import { medianTime } from "./backend.js";

/** A model that was loaded; `dispose` it when it is no longer shown. */
export class Model {
  /** @param card the card; @param layers the tf.LayersModel. */
  constructor(card, layers) {
    this.card = card;
    this.layers = layers;
    this.shape = layers.inputs[0].shape.slice(1);
    this.disposed = false;
  }

  /** Load the exported model, compiled as it was exported, with its optimizer's state. */
  static async load(card) {
    return new Model(card, await tf.loadLayersModel(modelUrl(card.name)));
  }

  /**
   * Predict.
   * @param rows the inputs, one array per example, flat or as deep as the model's input.
   * @returns an array of outputs per example; null when the model is no longer shown.
   */
  async predict(rows) {
    if (this.disposed) return null;
    const output = tf.tidy(() => this.layers.predict(this.tensor(rows)));
    try {
      const [count, width] = [output.shape[0], output.size / output.shape[0]];
      const values = await output.data();
      return Array.from({ length: count }, (_, i) =>
        Array.from(values.subarray(i * width, (i + 1) * width)));
    } finally {
      output.dispose();
    }
  }

  /** Rows as one tensor of the model's input. */
  tensor(rows) {
    const flat = Float32Array.from(rows.flat(Infinity));
    return tf.tensor(flat, [rows.length, ...this.shape]);
  }

  /** The largest difference between these predictions of the card's data and Python's. */
  difference(predictions) {
    const [ours, pythons] = [predictions.flat(), this.card.predictions.flat()];
    // Not Math.max, for which a NaN that is not the last one is found, but an absent value is not.
    return ours.reduce((most, value, i) => {
      const difference = Math.abs(value - pythons[i]);
      return difference <= most ? most : difference;
    }, 0);
  }

  /** The times, in milliseconds, of predictions for one row and for all rows of the card. */
  async times() {
    const timed = async (rows) => {
      const input = this.tensor(rows);
      const time = await medianTime(async () => {
        if (this.disposed) return;
        const output = tf.tidy(() => this.layers.predict(input));
        await output.data();
        output.dispose();
      });
      input.dispose();
      return time;
    };
    return { one: await timed(this.card.inputs.slice(0, 1)), all: await timed(this.card.inputs) };
  }

  /** Whether the model was exported with its optimizer, loss and metrics. */
  get trains() {
    return Boolean(this.layers.optimizer);
  }

  /** New random weights, and an optimizer that begins anew, as before all training. */
  async startOver() {
    const response = await fetch(modelUrl(this.card.name));
    const { modelTopology } = await response.json();
    const fresh = await tf.models.modelFromJSON(modelTopology);
    this.layers.setWeights(fresh.getWeights());
    fresh.dispose();
    const { optimizer, loss, metrics } = this.layers;
    const kind = optimizer.constructor;
    this.layers.compile({ optimizer: kind.fromConfig(kind, optimizer.getConfig()), loss, metrics });
    optimizer.dispose();
  }

  dispose() {
    this.disposed = true;
    if (this.trains) this.layers.optimizer.dispose();
    this.layers.dispose();
  }
}
