// What is on the server: the models' names, their cards, and the scripts with their pictures.

/** Read a JSON file; an error says which file, and what was wrong. */
async function read(path) {
  let response;
  try {
    response = await fetch(path, { cache: "no-cache" });
  } catch {
    throw new Error(`${path}: no answer from the server`);
  }
  if (!response.ok) throw new Error(`${path}: ${response.status} ${response.statusText}`.trim());
  try {
    return await response.json();
  } catch {
    throw new Error(`${path}: not JSON`);
  }
}

/** The names of the exported models. */
export const readModels = () => read("models/index.json");

/** The scripts, in the order of the notes: [{name, title, idea, models, page, picture}]. */
export const readScripts = () => read("pictures/index.json");

/** A model's card (models/exported.py says what is in it). */
export async function readCard(name) {
  const card = await read(`models/${encodeURIComponent(name)}/card.json`);
  for (const part of ["kind", "title", "inputs", "targets", "predictions"]) {
    if (!(part in card)) throw new Error(`models/${name}/card.json: no "${part}"`);
  }
  return card;
}

/** Where a model's model.json is. */
export const modelUrl = (name) => `models/${encodeURIComponent(name)}/model.json`;

/** The models that a script has exported: NAME, NAME_something, and those that it names. */
export const modelsOf = (script, models) => models
  .filter((name) =>
    name === script.name || name.startsWith(`${script.name}_`) || script.models?.includes(name))
  .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
