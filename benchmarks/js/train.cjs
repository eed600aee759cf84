// Builds a model with tf.layers and trains it, as the lines of JSON on stdin ask for; answers each
// with a line of JSON. Usage: node train.cjs FOLDER, where FOLDER holds node_modules.
'use strict';

const fs = require('fs');
const path = require('path');
const readline = require('readline');

// stdout belongs to the answers.
const send = process.stdout.write.bind(process.stdout);
console.log = console.info = console.debug = console.warn = console.error;

const modules = path.join(process.argv[2], 'node_modules', '@tensorflow');
const tf = require(path.join(modules, 'tfjs'));
const wasm = require(path.join(modules, 'tfjs-backend-wasm'));
wasm.setWasmPaths(path.join(modules, 'tfjs-backend-wasm', 'dist') + path.sep);

let model, x, y;

// A float32 array that stands in a file.
function read({file, shape}) {
  const {buffer, byteOffset, byteLength} = fs.readFileSync(file);
  return tf.tensor(new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength)), shape);
}

const operations = {
  async build({backend, layers, weights, optimizer: [name, rate], loss, metric, data}) {
    if (!await tf.setBackend(backend)) throw new Error(`There is no backend ${backend}.`);
    await tf.ready();
    [x, y] = data.map(read);
    model = tf.sequential();
    layers.forEach(([kind, options], i) => {
      model.add(tf.layers[kind](i ? options : {...options, inputShape: x.shape.slice(1)}));
    });
    model.setWeights(weights.map(read));
    model.compile({optimizer: tf.train[name](rate), loss, metrics: [metric]});
    return tf.getBackend();
  },

  // The seconds that model.fit takes, and the last loss.
  async train({epochs, batchSize, shuffle, watched}) {
    let seen;
    const callbacks = watched ? {onEpochEnd: (epoch, logs) => { seen = logs.loss; }} : undefined;
    const start = process.hrtime.bigint();
    const {history} = await model.fit(x, y, {epochs, batchSize, shuffle, callbacks, verbose: 0});
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    return {seconds, loss: seen ?? history.loss.at(-1)};
  },

  weights: () => Promise.all(model.getWeights().map(async weight => Array.from(await weight.data()))),
};

async function answer(line) {
  try {
    const request = JSON.parse(line);
    return {result: await operations[request.op](request)};
  } catch (error) {
    return {error: error.message};
  }
}

(async () => {
  for await (const line of readline.createInterface({input: process.stdin, crlfDelay: Infinity})) {
    send(JSON.stringify(await answer(line)) + '\n');
  }
  process.exit(0);
})();
