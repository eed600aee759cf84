// The page's words in two languages. Elements name their words (data-words), so that a change of
// the language changes every element that stands on the page.

export const LANGUAGES = ["en", "zh"];
const HTML_LANG = { en: "en", zh: "zh-Hans" };
const KEPT = "tfjsbridge-language";

const tables = {};
let current = "en";

/** Load the words, and start with the language asked for, remembered, or the browser's. */
export async function startWords() {
  await Promise.all(LANGUAGES.map(async (language) => {
    const response = await fetch(`words/${language}.json`);
    tables[language] = await response.json();
  }));
  const asked = new URLSearchParams(location.search).get("lang");
  const browsers = (navigator.languages ?? []).find((name) => /^(en|zh)/.test(name));
  const wanted = [asked, remembered(), browsers?.slice(0, 2)];
  setLanguage(wanted.find((name) => LANGUAGES.includes(name)) ?? "en", false);
}

export const language = () => current;

/** Change the language of the whole page. */
export function setLanguage(name, remember = true) {
  current = name;
  if (remember) {
    try {
      localStorage.setItem(KEPT, name);
    } catch { /* a browser that keeps nothing */ }
    const address = new URL(location.href);
    if (address.searchParams.has("lang")) {
      address.searchParams.set("lang", name);
      history.replaceState(null, "", address);
    }
  }
  document.documentElement.lang = HTML_LANG[name];
  document.querySelectorAll("[data-words], [data-label]").forEach(show);
  document.querySelectorAll("[data-language]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.language === name));
  });
  document.dispatchEvent(new CustomEvent("language"));
}

function remembered() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

/**
 * Text in the current language.
 * @param words a key of the tables, or {en, zh}, the words of a card.
 * @param values what stands for {name} in the words: text, numbers, or again {en, zh}.
 */
export function text(words, values = {}) {
  const found = typeof words === "object" ? words[current] ?? words.en : tables[current][words];
  return String(found ?? words).replace(/\{(\w+)\}/g, (whole, name) =>
    name in values ? plain(values[name]) : whole);
}

const plain = (value) => typeof value === "object" && value ? text(value) : String(value);

/** Give an element words, which follow the language from now on. */
export function say(element, words, values) {
  element.dataset.words = JSON.stringify([words, values ?? {}]);
  show(element);
  return element;
}

/** The same for an element's aria-label. */
export function label(element, words, values) {
  element.dataset.label = JSON.stringify([words, values ?? {}]);
  show(element);
  return element;
}

function show(element) {
  // As text, never as HTML: words of cards come from files.
  if (element.dataset.words) element.textContent = text(...parsed(element.dataset.words));
  if (element.dataset.label) element.setAttribute("aria-label", text(...parsed(element.dataset.label)));
}

// In index.html, a bare key stands for its words.
const parsed = (kept) => kept.startsWith("[") ? JSON.parse(kept) : [kept];
