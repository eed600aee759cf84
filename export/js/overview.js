// All scripts in the order of the notes, each with its models and its page of pictures.

import { make } from "./dom.js";
import { modelsOf, readCard } from "./files.js";
import { VIEWS } from "./study.js";
import { label, say } from "./words.js";

/** The list; the models' small pictures come in as their cards are read. */
export function overview(scripts, models) {
  const element = make("div", {}, say(make("p", { class: "lead" }), "lead"));
  if (!models.length) {
    element.append(make(
      "div", { class: "message" }, say(make("p"), "noModels"), make("pre", {}, "python -m models"),
      say(make("p"), "noModelsOne"), make("pre", {}, "python models/circle.py"),
    ));
  }
  const claimed = new Set(scripts.flatMap((script) => modelsOf(script, models)));
  const others = models.filter((name) => !claimed.has(name))
    .map((name) => ({ name, title: { en: name, zh: name } }));
  element.append(make(
    "ol", { class: "cards" },
    ...[...scripts, ...others].map((script) => entry(script, modelsOf(script, models))),
  ));
  return element;
}

function entry(script, models) {
  const pictures = make("div", { class: "previews" });
  const links = make("p", { class: "links" });
  const heading = say(make("h2"), script.title);
  const idea = script.idea ? say(make("p"), script.idea) : make("p");
  for (const name of models) {
    const link = make("a", { class: "preview", href: `#${name}`, tabindex: "-1", "aria-hidden": "true" });
    const open = make("a", { class: "open", href: `#${name}` });
    say(open, "open", { name });
    label(open, "openLabel", { name, title: script.title });
    pictures.append(link);
    links.append(open);
    fill(link, open, name, script.idea ? null : { heading, idea });
  }
  if (script.page) {
    const address = `pictures/${encodeURIComponent(script.name)}.html`;
    const link = say(make("a", { href: address }), "pictures");
    links.append(label(link, "picturesLabel", { title: script.title }));
    if (!models.length && script.picture) {
      const source = `pictures/${encodeURIComponent(script.name)}.png`;
      pictures.append(make(
        "a", { class: "preview", href: address, tabindex: "-1", "aria-hidden": "true" },
        make("img", { src: source, alt: "", loading: "lazy" }),
      ));
    }
  }
  const command = script.page || models.length ? null : make(
    "p", { class: "note" }, say(make("span"), "notRun"), " ",
    make("code", {}, `python models/${script.name}.py`),
  );
  return make(
    "li", { class: "card" }, pictures,
    make(
      "div", { class: "about" }, heading,
      idea, command, links,
    ),
  );
}

/** Put a model's picture into its link, or say that the card cannot be read. */
async function fill(link, open, name, unnamed) {
  try {
    const card = await readCard(name);
    say(open, "open", { name: card.title });
    if (unnamed) {
      say(unnamed.heading, card.title);
      say(unnamed.idea, card.idea ?? "");
    }
    link.append(VIEWS[card.kind].preview(card));
  } catch {
    // Opening it says what is wrong; here it is marked.
    link.remove();
    open.classList.add("faulty");
    say(open, "openFaulty", { name });
  }
}
