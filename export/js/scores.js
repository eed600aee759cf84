// What is counted of predictions: confusion matrices, rates, the ROC. A score above the threshold
// counts as positive, as in tf.js's binaryAccuracy and in tfjsbridge.report.

/** The number of the largest value. */
export const argMax = (values) => values.reduce((best, value, i) => value > values[best] ? i : best, 0);

/** counts[truth][prediction] of classes given as numbers. */
export function confusion(truths, called, classes) {
  const counts = Array.from({ length: classes }, () => new Array(classes).fill(0));
  truths.forEach((truth, i) => counts[truth][called[i]]++);
  return counts;
}

/** The rates of a confusion matrix of two classes; null where there is nothing to divide by. */
export function rates([[trueNegatives, falsePositives], [falseNegatives, truePositives]]) {
  const part = (some, others) => some + others ? some / (some + others) : null;
  return {
    accuracy: part(trueNegatives + truePositives, falsePositives + falseNegatives),
    precision: part(truePositives, falsePositives),
    recall: part(truePositives, falseNegatives),
    falsePositiveRate: part(falsePositives, trueNegatives),
  };
}

/** The points [false positive rate, recall] of the ROC, from (0, 0) to (1, 1), and its area. */
export function roc(truths, scores) {
  const order = scores.map((_, i) => i).sort((a, b) => scores[b] - scores[a]);
  const positives = truths.reduce((sum, truth) => sum + truth, 0);
  const negatives = truths.length - positives;
  const points = [[0, 0]];
  let [hits, alarms, area] = [0, 0, 0];
  order.forEach((i, place) => {
    if (truths[i]) hits++;
    else alarms++;
    const next = order[place + 1];
    if (next !== undefined && scores[next] === scores[i]) return; // equal scores are one step
    const point = [negatives ? alarms / negatives : 0, positives ? hits / positives : 0];
    const [x, y] = points.at(-1);
    area += (point[0] - x) * (point[1] + y) / 2;
    points.push(point);
  });
  return { points, area };
}

/** The class of a target: its number, or where a one-hot vector has its one. */
export const classOf = (target) => {
  const values = [target].flat(Infinity);
  return values.length > 1 ? argMax(values) : Math.round(values[0]);
};

/** The probability of class 1 of an output: its only number, or the second of two. */
export const probability = (output) => output.length > 1 ? output[1] : output[0];
