"""What the contestants are called."""

KERAS = "Keras fit"
KERAS_FIRST = "Keras fit, first call"
KERAS_WHOLE = "Keras fit, an epoch per execution"
ENGINE = "engine"
ENGINE_AGAIN = "engine, later call"
ENGINE_NEXT = "engine, next model"
ENGINE_EXACT = "engine, jit=False"
ENGINE_JIT = "engine, jit=True"

#: By backend, those that Node has.
TFJS = {backend: f"tf.js {backend}" for backend in ("cpu", "wasm")}

NUMPY = "NumPy by hand"
