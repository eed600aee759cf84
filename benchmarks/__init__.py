"""The fit engine against Keras, tf.js and a hand-written loop: python benchmarks/fit.py."""
