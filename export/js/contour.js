// The line along which a function of the plane has a value, by marching squares.

/**
 * Segments [[x, y], [x, y]] of the line where `grid` is `level`.
 * @param grid rows of values; grid[j][i] is the value at (xs[i], ys[j]).
 */
export function contour(grid, xs, ys, level) {
  const segments = [];
  for (let j = 0; j + 1 < ys.length; j++) {
    for (let i = 0; i + 1 < xs.length; i++) {
      const corners = [
        [xs[i], ys[j], grid[j][i]], [xs[i + 1], ys[j], grid[j][i + 1]],
        [xs[i + 1], ys[j + 1], grid[j + 1][i + 1]], [xs[i], ys[j + 1], grid[j + 1][i]],
      ];
      const crossings = [];
      corners.forEach(([x, y, value], c) => {
        const [otherX, otherY, other] = corners[(c + 1) % 4];
        if ((value > level) === (other > level)) return;
        const part = (level - value) / (other - value);
        crossings.push([x + part * (otherX - x), y + part * (otherY - y)]);
      });
      // Four crossings are a saddle, where either way to join them is right.
      for (let c = 0; c + 1 < crossings.length; c += 2) segments.push([crossings[c], crossings[c + 1]]);
    }
  }
  return segments;
}
