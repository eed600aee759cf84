// The browser's half of browser.py: loads /model/model.json over HTTP, as a web page would.
'use strict';

tf.wasm.setWasmPaths('/packages/@tensorflow/tfjs-backend-wasm/dist/');

globalThis.predict = async ({backend, inputs}) => {
  try {
    await common.useBackend(tf, backend);
    const {format} = await (await fetch('/model/model.json')).json();
    return {result: await common.predict(tf, '/model/model.json', format, inputs)};
  } catch (error) {
    return common.failure(error);
  }
};
