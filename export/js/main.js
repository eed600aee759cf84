// The page: the words, the backends, then the overview, or the model that the address names (#name).

import { startBackends } from "./backend.js";
import { make } from "./dom.js";
import { modelsOf, readModels, readScripts } from "./files.js";
import { overview } from "./overview.js";
import { Study } from "./study.js";
import { say, setLanguage, startWords, text } from "./words.js";

const main = document.getElementById("main");

function message(words, command, details) {
  main.replaceChildren(make(
    "div", { class: "message" }, say(make("p"), words), make("pre", {}, command),
    details ? make("p", { class: "note" }, details) : null,
  ));
}

async function start() {
  await startWords();
  document.querySelectorAll("[data-language]").forEach((button) => {
    button.addEventListener("click", () => setLanguage(button.dataset.language));
  });
  // Not by the address, which names the model.
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
  if (!window.tf?.wasm) {
    message("noTfjs", "python -m models.gallery");
    return;
  }
  let models;
  let scripts;
  try {
    [models, scripts] = await Promise.all([readModels(), readScripts()]);
  } catch (error) {
    message("noIndex", "python -m models.gallery", error.message);
    return;
  }

  let study = null;
  let turn = 0;
  const show = async (first = false) => {
    const mine = ++turn;
    const name = decodeURIComponent(location.hash.slice(1));
    const before = study;
    study = null;
    await before?.close();
    if (mine !== turn) return; // the reader went on meanwhile
    const script = scripts.find((one) => modelsOf(one, [name]).length);
    if (name) {
      study = new Study(name, script);
      const back = say(make("a", { class: "back", href: "#" }), "back");
      main.replaceChildren(make("p", {}, back), study.element);
    } else {
      main.replaceChildren(overview(scripts, models));
    }
    title();
    if (!first) {
      scrollTo(0, 0);
      main.focus({ preventScroll: true });
    }
    await study?.open();
    title();
  };
  const title = () => {
    const words = study?.card?.title ?? study?.name;
    document.title = words ? `${text(words)} · tfjsbridge` : text("title");
  };
  document.addEventListener("language", title);

  const note = document.getElementById("backend-note");
  await startBackends(document.getElementById("backend"), note, {
    before: () => study?.release(), after: () => study?.load(),
  });
  addEventListener("hashchange", () => show());
  await show(true);
  document.documentElement.dataset.ready = "yes";
}

start();
