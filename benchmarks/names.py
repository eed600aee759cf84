"""What the contestants are called."""

KERAS = "Keras fit"
KERAS_WHOLE = "Keras fit, an epoch per execution"
ENGINE = "engine"
ENGINE_EXACT = "engine, jit=False"
ENGINE_JIT = "engine, jit=True"

#: By backend, those that Node has.
TFJS = {backend: f"tf.js {backend}" for backend in ("cpu", "wasm")}

NUMPY = "NumPy by hand"
