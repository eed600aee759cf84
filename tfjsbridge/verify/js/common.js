// What the Node process and the browser page have in common: tensors as JSON, and one prediction.
'use strict';

(function (common) {
  const views = {float32: Float32Array, int32: Int32Array, bool: Uint8Array, complex64: Float32Array};

  // Buffer is many times faster than atob, but only Node has it.
  const fromBase64 = text => typeof Buffer === 'function' ?
      Uint8Array.from(Buffer.from(text, 'base64')) :
      Uint8Array.from(atob(text), char => char.charCodeAt(0));

  function toBase64(bytes) {
    if (typeof Buffer === 'function') return Buffer.from(bytes).toString('base64');
    let text = '';
    const step = 0x8000;  // more arguments than this overflow the stack
    for (let i = 0; i < bytes.length; i += step) {
      text += String.fromCharCode(...bytes.subarray(i, i + step));
    }
    return btoa(text);
  }

  common.decodeTensor = (tf, {dtype, shape, data}) => {
    if (dtype === 'string') return tf.tensor(data, shape, dtype);
    const values = new views[dtype](fromBase64(data).buffer);
    if (dtype !== 'complex64') return tf.tensor(values, shape, dtype);
    const part = offset => tf.tensor(values.filter((_, i) => i % 2 === offset), shape, 'float32');
    return tf.complex(part(0), part(1));
  };

  common.encodeTensor = async tensor => {
    const {dtype, shape} = tensor;
    const values = await tensor.data();
    if (dtype === 'string') return {dtype, shape, data: values};
    const bytes = new Uint8Array(new views[dtype](values).buffer);
    return {dtype, shape, data: toBase64(bytes)};
  };

  // JSON values with tensors at any depth, and the numbers that JSON lacks.
  common.decode = (tf, value) => {
    if (value === null || typeof value !== 'object') return value;
    if (value.$tensor) return common.decodeTensor(tf, value.$tensor);
    if (value.$number) return Number(value.$number);
    if (Array.isArray(value)) return value.map(item => common.decode(tf, item));
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, common.decode(tf, v)]));
  };

  common.encode = async (tf, value) => {
    if (value instanceof tf.Tensor) return {$tensor: await common.encodeTensor(value)};
    if (typeof value === 'number' && !Number.isFinite(value)) return {$number: String(value)};
    if (value === undefined || typeof value === 'function') return null;
    if (value === null || typeof value !== 'object') return value;
    if (ArrayBuffer.isView(value)) value = Array.from(value);
    if (Array.isArray(value)) return Promise.all(value.map(item => common.encode(tf, item)));
    const pairs = Object.entries(value).map(async ([k, v]) => [k, await common.encode(tf, v)]);
    return Object.fromEntries(await Promise.all(pairs));
  };

  // tf.js quietly keeps another backend when one does not start: that would verify nothing.
  common.useBackend = async (tf, backend) => {
    const started = await tf.setBackend(backend);
    if (!started || tf.getBackend() !== backend) {
      throw new Error(`The backend ${backend} does not start here (${tf.getBackend()} does).`);
    }
  };

  // A model.json says which of the two it is; one of tf.js's own may say nothing.
  common.load = (tf, source, format) =>
      format === 'graph-model' ? tf.loadGraphModel(source) : tf.loadLayersModel(source);

  common.predict = async (tf, source, format, encodedInputs) => {
    const model = await common.load(tf, source, format);
    const inputs = encodedInputs.map(input => common.decodeTensor(tf, input));
    const outputs = [model.predict(inputs)].flat();
    const answer = await Promise.all(outputs.map(common.encodeTensor));
    tf.dispose([inputs, outputs]);
    model.dispose();
    return answer;
  };

  common.failure = error => ({
    error: String(error?.message ?? error),
    stack: String(error?.stack ?? ''),
  });
})(typeof module === 'object' ? module.exports : (globalThis.common = {}));
