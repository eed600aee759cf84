// From strokes to a picture as the model was trained with: of its size, its place and its pen.

const FINE = 16; // each pixel of the picture is the mean of so many squared

// Of the runs of ink along rows, the short ones are where the pen goes downwards.
const PEN_QUANTILE = 0.3;

const quantile = (values, part) => values.sort((a, b) => a - b)[Math.floor(values.length * part)];

/**
 * How the data's digits fill their pictures.
 * @param images flat arrays of size × size greys, 0 paper and 1 ink.
 * @returns size, the longer side of the box around a digit, and the pen's width, in pixels.
 */
export function styleOf(images, size) {
  const longer = [];
  const runs = [];
  for (const image of images) {
    const at = (row, column) => image[row * size + column];
    let [top, bottom, left, right] = [size, -1, size, -1];
    for (let row = 0; row < size; row++) {
      let run = 0;
      for (let column = 0; column < size; column++) {
        const ink = at(row, column);
        if (ink > 0.1) {
          [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
          [left, right] = [Math.min(left, column), Math.max(right, column)];
          run += ink;
        } else if (run) {
          runs.push(run);
          run = 0;
        }
      }
      if (run) runs.push(run);
    }
    if (bottom >= 0) longer.push(Math.max(bottom - top, right - left) + 1);
  }
  return { size, longer: quantile(longer, 0.5) ?? size, pen: quantile(runs, PEN_QUANTILE) ?? size / 10 };
}

/**
 * Draw strokes as the data's digits are: scaled so that the longer side is theirs, the centre of
 * their mass in the middle (as far as nothing is cut off), with the data's pen, then averaged down.
 * @param strokes arrays of points [x, y], in any unit.
 * @returns a flat array of size × size greys.
 */
export function toPixels(strokes, { size, longer, pen }) {
  const points = strokes.flat();
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top];
  const scale = Math.min((longer - pen) / Math.max(width, height, 1e-9), longer);
  const box = [width * scale + pen, height * scale + pen];

  // First with the box in the middle, to find the centre of the mass.
  const middle = box.map((side) => (size - side) / 2);
  const centre = centreOfMass(ink(strokes, [left, top], scale, pen, middle, size), size);
  const corner = middle.map((place, i) =>
    // A box as large as the picture stays where it is.
    Math.min(Math.max(place + size / 2 - centre[i], 0), Math.max(size - box[i], 0)));
  return ink(strokes, [left, top], scale, pen, corner, size);
}

function ink(strokes, [left, top], scale, pen, [cornerX, cornerY], size) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * FINE;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.scale(FINE, FINE);
  context.lineWidth = pen;
  context.lineCap = context.lineJoin = "round";
  const place = ([x, y]) =>
    [(x - left) * scale + pen / 2 + cornerX, (y - top) * scale + pen / 2 + cornerY];
  for (const stroke of strokes) {
    context.beginPath();
    stroke.forEach((point) => context.lineTo(...place(point)));
    if (stroke.length === 1) { // a dot; a line needs a second point to be drawn
      const [x, y] = place(stroke[0]);
      context.lineTo(x + 1e-3, y);
    }
    context.stroke();
  }
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const pixels = new Array(size * size).fill(0);
  for (let row = 0; row < canvas.height; row++) {
    for (let column = 0; column < canvas.width; column++) {
      const pixel = Math.floor(row / FINE) * size + Math.floor(column / FINE);
      pixels[pixel] += data[(row * canvas.width + column) * 4 + 3] / 255 / FINE ** 2;
    }
  }
  return pixels;
}

function centreOfMass(pixels, size) {
  let [mass, x, y] = [0, 0, 0];
  pixels.forEach((grey, i) => {
    mass += grey;
    x += grey * (i % size + 0.5);
    y += grey * (Math.floor(i / size) + 0.5);
  });
  return mass ? [x / mass, y / mass] : [size / 2, size / 2];
}

/** Show greys on a canvas of as many pixels, ink dark on white. */
export function paint(canvas, pixels, size) {
  canvas.width = canvas.height = size;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const image = context.createImageData(size, size);
  for (let i = 0; i < size * size; i++) {
    const grey = Math.round(255 * (1 - (pixels ? pixels[i] : 0)));
    image.data.set([grey, grey, grey, 255], i * 4);
  }
  context.putImageData(image, 0, 0);
}
