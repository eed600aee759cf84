// Elements of HTML and SVG in one call.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element with attributes (functions are listeners) and children. */
export function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function draw(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

let made = 0;

/** A name for an element's id, new each time. */
export const freshId = () => `made-${++made}`;

/** A number as people read it: four digits. */
export function number(value, digits = 4) {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(1);
  return String(Number(value.toPrecision(digits)));
}

/** Call a function at most once in so many milliseconds, and always after the last change. */
export function atMostEvery(milliseconds, task) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      task();
    }, milliseconds);
  };
}
