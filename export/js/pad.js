// A pad to draw on: with the mouse, a pen, a finger, or the keys.

import { make } from "./dom.js";
import { label } from "./words.js";

const SIZE = 280; // units of the drawing, and pixels of the canvas
const PEN = 20;
const KEY_STEP = 10;

/**
 * A pad.
 * @param drawn called with the strokes, arrays of points, after each change; without when cleared.
 */
export function pad(drawn, hint) {
  const canvas = make("canvas", {
    class: "pad", width: SIZE, height: SIZE, tabindex: "0", role: "application",
    "aria-describedby": hint,
  });
  label(canvas, "padLabel");
  const context = canvas.getContext("2d");
  let strokes = [];
  let drawing = false; // a pointer is down
  let penDown = false; // the keys' pen is
  let pen = [SIZE / 2, SIZE / 4];

  const show = () => {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, SIZE, SIZE);
    context.lineWidth = PEN;
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = "#111";
    for (const stroke of strokes) {
      context.beginPath();
      stroke.forEach((point) => context.lineTo(...point));
      if (stroke.length === 1) context.lineTo(stroke[0][0] + 0.1, stroke[0][1]);
      context.stroke();
    }
    if (document.activeElement === canvas) { // where the keys' pen is
      context.beginPath();
      context.arc(...pen, PEN / 2, 0, 2 * Math.PI);
      context.lineWidth = 2;
      context.strokeStyle = penDown ? "#d55e00" : "#0072b2";
      context.stroke();
    }
  };
  const changed = () => {
    show();
    drawn(strokes);
  };
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [
      (event.clientX - box.left) * SIZE / box.width, (event.clientY - box.top) * SIZE / box.height,
    ];
  };
  const clear = () => {
    strokes = [];
    drawing = penDown = false;
    changed();
  };

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    drawing = true;
    penDown = false;
    strokes.push([pen = place(event)]);
    changed();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    strokes.at(-1).push(pen = place(event));
    changed();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => { drawing = false; });
  }
  canvas.addEventListener("focus", show);
  canvas.addEventListener("blur", () => {
    penDown = false;
    show();
  });
  canvas.addEventListener("keydown", (event) => {
    const step = {
      ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
    }[event.key];
    if (step) {
      pen = pen.map((value, i) => Math.min(SIZE, Math.max(0, value + step[i] * KEY_STEP)));
      if (penDown) strokes.at(-1).push(pen);
      penDown ? changed() : show();
    } else if (event.key === " " || event.key === "Enter") {
      penDown = !penDown;
      if (penDown) strokes.push([pen]);
      changed();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      clear();
    } else {
      return;
    }
    event.preventDefault();
  });

  show();
  return { element: canvas, clear };
}
