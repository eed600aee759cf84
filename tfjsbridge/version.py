"""The versions of this package and of the TensorFlow.js that it mirrors."""

__version__ = "0.1.0"

#: The TensorFlow.js release whose API, defaults and numbers the mirror follows.
TFJS_VERSION = "4.22.0"
