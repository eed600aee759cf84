// Times single operations, as the lines of JSON on stdin ask for; answers each with a line of JSON.
// Usage: node ops.cjs FOLDER, where FOLDER holds node_modules.
'use strict';

const path = require('path');
const readline = require('readline');

// stdout belongs to the answers.
const send = process.stdout.write.bind(process.stdout);
console.log = console.info = console.debug = console.warn = console.error;

const modules = path.join(process.argv[2], 'node_modules', '@tensorflow');
const tf = require(path.join(modules, 'tfjs'));
const wasm = require(path.join(modules, 'tfjs-backend-wasm'));
wasm.setWasmPaths(path.join(modules, 'tfjs-backend-wasm', 'dist') + path.sep);

// What the operations take on each backend.
const tensors = {};
let inputs;

const made = (shape, value, dtype = 'float32') => {
  const size = shape.reduce((a, b) => a * b, 1);
  const array = dtype === 'int32' ? new Int32Array(size) : new Float32Array(size);
  return tf.tensor(array.map((_, i) => value(i)), shape, dtype);
};
const floats = shape => made(shape, i => (i % 97 + 50) / 97);

async function use(backend) {
  if (tf.getBackend() !== backend && !await tf.setBackend(backend)) {
    throw new Error(`There is no backend ${backend}.`);
  }
  await tf.ready();
}

const operations = {
  // The same inputs as those of benchmarks/operations.py, from their shapes.
  async inputs({backend, shapes}) {
    await use(backend);
    tf.dispose(tensors[backend] ?? {});
    const n = shapes.a[0];
    tensors[backend] = {
      ...Object.fromEntries(['a', 'b', 'm', 'x', 'k'].map(name => [name, floats(shapes[name])])),
      i: made(shapes.i, i => i * 7 % n, 'int32'),
      d: made(shapes.d, i => i % 10, 'int32'),
      c: tf.tidy(() => tf.equal(tf.mod(made(shapes.c, i => i, 'int32'), 2), 0)),
    };
    return tf.getBackend();
  },

  // The seconds of so many calls.
  async time({backend, expression, calls}) {
    await use(backend);
    const names = Object.keys(tensors[backend]);
    const call = new Function('tf', ...names, `return ${expression};`);
    const values = names.map(name => tensors[backend][name]);
    const start = process.hrtime.bigint();
    for (let i = 0; i < calls; i++) call(tf, ...values).dispose();
    return Number(process.hrtime.bigint() - start) / 1e9;
  },

  // What an operation gives.
  async value({backend, expression}) {
    await use(backend);
    const names = Object.keys(tensors[backend]);
    const call = new Function('tf', ...names, `return ${expression};`);
    const result = call(tf, ...names.map(name => tensors[backend][name]));
    const answer = {shape: result.shape, values: Array.from(result.dataSync())};
    result.dispose();
    return answer;
  },
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
