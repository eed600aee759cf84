// Answers requests, one JSON per line on stdin, with one JSON per line on stdout.
// Usage: node node_runner.cjs FOLDER, where FOLDER holds node_modules.
'use strict';

const fs = require('fs');
const path = require('path');
const readline = require('readline');

// stdout belongs to the answers: what tf.js or an evaluated body prints goes to stderr.
const send = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);
console.log = console.info = console.debug = console.warn = console.error;

const common = require('./common.js');
const modules = path.join(process.argv[2], 'node_modules', '@tensorflow');
const tf = require(path.join(modules, 'tfjs'));
const wasm = require(path.join(modules, 'tfjs-backend-wasm'));
wasm.setWasmPaths(path.join(modules, 'tfjs-backend-wasm', 'dist') + path.sep);
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);  // worker threads would outlive a request

// An IOHandler that reads a model from its directory and from nowhere else.
function files(directory) {
  const inside = name => {
    const file = path.resolve(directory, name);
    if (path.relative(directory, file).startsWith('..')) {
      throw new Error(`The weights file ${name} is outside of the model's directory.`);
    }
    return file;
  };
  const loadWeights = async manifest => {
    const shards = manifest.flatMap(group => group.paths).map(name => fs.readFileSync(inside(name)));
    const weights = Uint8Array.from(Buffer.concat(shards)).buffer;
    return [manifest.flatMap(group => group.weights), weights];
  };
  const description = JSON.parse(fs.readFileSync(inside('model.json'), 'utf8'));
  const load = () => tf.io.getModelArtifactsForJSON(description, loadWeights);
  return [{load}, description.format];
}

function signatureOfGraph(model) {
  const {inputs, outputs} = model.modelSignature;
  const shape = size => size < 0 ? null : size;
  return {
    inputs: model.inputs.map((input, i) => ({
      name: Object.keys(inputs)[i],
      shape: input.shape.map(shape),
      dtype: input.dtype,
      vocabulary: null,
    })),
    outputs: Object.keys(outputs),
  };
}

// How many rows has the Embedding that reads a model's input? null when none does. An input's
// dtype does not tell: Keras feeds tokens as float32 too.
function vocabulary(model, input) {
  for (const layer of model.layers) {
    for (const node of layer.inboundNodes) {
      const index = node.inputTensors.indexOf(input);
      if (index < 0 || node.outboundLayer !== layer) continue;
      const reader = layer.getClassName() === 'TimeDistributed' ? layer.layer : layer;
      if (reader.getClassName() === 'Embedding') return reader.inputDim;
      const found = layer.layers && layer !== model && layer.inputs?.[index] ?
          vocabulary(layer, layer.inputs[index]) : null;
      if (found !== null) return found;
    }
  }
  return null;
}

const operations = {
  async signature({directory}) {
    const [source, format] = files(directory);
    const model = await common.load(tf, source, format);
    if (format === 'graph-model') {
      const answer = signatureOfGraph(model);
      model.dispose();
      return answer;
    }
    if (!model.built) model.build();  // a Sequential has no names before
    const inputs = model.inputs.map((input, i) => ({
      name: model.inputNames[i],
      shape: input.shape,
      dtype: input.dtype,
      vocabulary: vocabulary(model, input),
    }));
    const outputs = model.outputNames;
    model.dispose();
    return {inputs, outputs};
  },

  predict: ({directory, inputs}) => common.predict(tf, ...files(directory), inputs),

  // Tensors that the body leaves behind go with the scope, variables by name.
  async evaluate({body, args}) {
    const AsyncFunction = (async () => {}).constructor;
    tf.engine().startScope();
    try {
      const run = new AsyncFunction('tf', 'args', body);
      return await common.encode(tf, await run(tf, common.decode(tf, args)));
    } finally {
      tf.engine().endScope();
      tf.disposeVariables();
    }
  },
};

async function answer(line) {
  try {
    const request = JSON.parse(line);
    await common.useBackend(tf, request.backend);
    return {result: await operations[request.op](request)};
  } catch (error) {
    return common.failure(error);
  }
}

(async () => {
  for await (const line of readline.createInterface({input: process.stdin, crlfDelay: Infinity})) {
    send(JSON.stringify(await answer(line)) + '\n');
  }
  process.exit(0);
})();
