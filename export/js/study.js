// One model, opened: its words, the view of its kind, how it compares with Python, and training.

import * as digits from "./digits.js";
import { make, number } from "./dom.js";
import { readCard } from "./files.js";
import * as line from "./line.js";
import { Model } from "./model.js";
import * as multiclass from "./multiclass.js";
import * as plane from "./plane.js";
import * as regression from "./regression.js";
import { numbersTable } from "./table.js";
import * as binary from "./threshold.js";
import { training } from "./training.js";
import { say } from "./words.js";

/** A view for each kind of card. */
export const VIEWS = { plane, line, binary, multiclass, regression, digits };

const SAME = 1e-4; // what differences float32 makes on all backends

export class Study {
  /** @param name the model's; @param script the script that made it, with its page of pictures. */
  constructor(name, script) {
    this.name = name;
    this.script = script;
    this.closed = false;
    this.model = null;
    this.message = make("div", { role: "alert" });
    this.body = make("div", { class: "study" });
    this.element = make("article", {}, this.message, this.body);
    this.element.dataset.state = "loading";
  }

  /** Read the card, show its words and view, and load the model. */
  async open() {
    let card;
    try {
      card = await readCard(this.name);
      if (!VIEWS[card.kind]) throw new Error(`card.json: kind "${card.kind}"`);
    } catch (error) {
      this.fail(error);
      return;
    }
    if (this.closed) return;
    this.card = card;
    this.view = VIEWS[card.kind].create(card);
    this.facts = numbersTable({
      same: "sameAsPython", parameters: "parameters",
      one: "timeOne", all: ["timeAll", { rows: card.inputs.length }],
    });
    this.verdict = make("p", { class: "answer", role: "status" });
    this.training = training(card, {
      update: () => this.update(),
      reset: () => this.load(),
      startOver: () => this.startOver(),
    });
    this.body.replaceChildren(
      make(
        "div", { class: "words" }, say(make("h2"), card.title),
        card.idea ? say(make("p"), card.idea) : null, this.links(),
      ),
      make("section", { class: "view" }, this.view.element),
      make(
        "div", { class: "panels" }, this.training.element,
        make(
          "section", { class: "facts" }, say(make("h3"), "factsHeading"), this.verdict, this.facts.element,
        ),
      ),
    );
    await this.load();
  }

  links() {
    if (!this.script?.page) return null;
    return make("p", {}, say(make("a", { href: `pictures/${this.script.name}.html` }), "pictures"));
  }

  /** Load the exported model, also again: after a training, or on another backend. */
  load() {
    if (!this.card) return null;
    this.loading = Promise.resolve(this.loading).then(() => this.reload());
    return this.loading;
  }

  async reload() {
    if (this.closed) return;
    this.element.dataset.state = "loading";
    try {
      await this.training.stop();
      this.drop();
      const loaded = await Model.load(this.card);
      if (this.closed) {
        loaded.dispose();
        return;
      }
      this.model = loaded;
      this.message.replaceChildren();
      this.body.classList.remove("failed");
      await this.training.begin(this.model);
      await this.update();
      await this.compare();
      this.element.dataset.state = "ready";
    } catch (error) {
      if (!this.closed) this.fail(error);
    }
  }

  /** The same model with new random weights. */
  async startOver() {
    await this.model.startOver();
    await this.training.begin(this.model, { anew: true });
    await this.update();
  }

  /** Show the model as it is now. */
  async update() {
    if (this.closed || !this.model) return;
    const { model } = this;
    const predictions = await model.predict(this.card.inputs);
    if (predictions) await this.view.update(model, predictions);
  }

  /** How far the predictions are from Python's, and how long they take. */
  async compare() {
    const { model } = this;
    const predictions = await model.predict(this.card.inputs);
    if (!predictions) return;
    const difference = model.difference(predictions);
    say(this.verdict, difference <= SAME ? "same" : "notSame", { difference: number(difference) });
    this.facts.show({
      same: number(difference), parameters: model.layers.countParams(), one: "…", all: "…",
    });
    const { one, all } = await model.times();
    if (model.disposed) return;
    this.facts.show({ one: `${one.toFixed(2)} ms`, all: `${all.toFixed(2)} ms` });
  }

  fail(error) {
    this.element.dataset.state = "failed";
    this.body.classList.add("failed");
    this.message.replaceChildren(
      make(
        "div", { class: "message" },
        say(make("p"), "cannotLoad", { name: this.name }),
        make("pre", {}, error.message),
        say(make("p"), "cannotLoadHelp"),
        make("pre", {}, this.script ? `python models/${this.script.name}.py` : "python -m models"),
      ),
    );
  }

  drop() {
    this.model?.dispose();
    this.model = null;
  }

  /** Let go of the model, before the backend that holds its weights changes. */
  async release() {
    await this.loading;
    await this.training?.stop();
    this.drop();
  }

  /** Stop what runs, and free the memory. */
  async close() {
    this.closed = true;
    await this.training?.stop();
    this.drop();
  }
}
