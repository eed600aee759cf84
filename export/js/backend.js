// The backends of tf.js: which are there, the reason why one is not, and the change to another.

import { make } from "./dom.js";
import { say, text } from "./words.js";

export const BACKENDS = ["webgl", "wasm", "webgpu", "cpu"];
const KEPT = "tfjsbridge-backend";

/** Why a backend is not there, as a key of the words; null if it is. */
async function missing(name) {
  if (name === "webgl") {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("webgl2") ?? canvas.getContext("webgl");
    // Browsers give out few contexts.
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return context ? null : "noWebgl";
  }
  if (name === "wasm") return typeof WebAssembly === "object" ? null : "noWasm";
  if (name === "webgpu") {
    if (!isSecureContext) return "insecureWebgpu";
    if (!navigator.gpu) return "noWebgpu";
    const adapter = await navigator.gpu.requestAdapter().catch(() => null);
    return adapter ? null : "noAdapter";
  }
  return null;
}

/**
 * Fill the choice of backends, and start the first that works: the one asked for by ?backend=, the
 * one remembered, or the first of the list.
 * @param hooks `before()` is called when the reader has chosen another, `after()` when it runs.
 */
export async function startBackends(select, note, hooks) {
  tf.wasm.setWasmPaths("vendor/");
  const reasons = {};
  for (const name of BACKENDS) reasons[name] = await missing(name);
  select.replaceChildren(...BACKENDS.map((name) => make("option", { value: name }, name)));
  const showReasons = () => {
    for (const option of select.options) {
      const reason = reasons[option.value];
      option.disabled = reason !== null;
      option.textContent = reason ? `${option.value} (${text(reason)})` : option.value;
    }
  };
  showReasons();
  document.addEventListener("language", showReasons);

  const start = async (name) => {
    try {
      if (await tf.setBackend(name)) {
        await tf.ready();
        return true;
      }
      reasons[name] = "noStart";
    } catch (error) {
      reasons[name] = "noStart";
      console.info(`${name}: ${error.message}`);
    }
    showReasons();
    return false;
  };

  const asked = new URLSearchParams(location.search).get("backend");
  const order = [asked, remembered(), ...BACKENDS].filter((name) => BACKENDS.includes(name));
  for (const name of order) {
    if (reasons[name] === null && await start(name)) break;
  }
  select.value = tf.getBackend();

  select.addEventListener("change", async () => {
    const before = tf.getBackend();
    const wanted = select.value;
    select.disabled = true;
    await hooks.before();
    const works = await start(wanted);
    if (!works) await tf.setBackend(before);
    select.disabled = false;
    select.value = tf.getBackend();
    if (works) remember(wanted);
    say(note, works ? "" : "backendFailed", { backend: wanted });
    await hooks.after();
  });
}

function remembered() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function remember(name) {
  try {
    localStorage.setItem(KEPT, name);
  } catch { /* a browser that keeps nothing */ }
}

/**
 * The median time of a task in milliseconds, after two runs to warm up: of nine runs, or of those
 * (at least three) that fit into some patience.
 */
export async function medianTime(task, { runs = 9, patience = 300 } = {}) {
  await task();
  await task();
  const times = [];
  let spent = 0;
  while (times.length < 3 || (times.length < runs && spent < patience)) {
    const began = performance.now();
    await task();
    times.push(performance.now() - began);
    spent += times.at(-1);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}
