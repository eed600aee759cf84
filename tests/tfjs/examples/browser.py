"""Browser: tf.js's own examples."""

import numpy as np

import tfjsbridge as tf

# %% tf.browser.fromPixels
image = np.zeros((1, 1, 4), np.uint8)
image[0, 0, 0] = 100
image[0, 0, 1] = 150
image[0, 0, 2] = 200
image[0, 0, 3] = 255

tf.browser.fromPixels(image).print()

# %% tf.browser.fromPixelsAsync
image = np.zeros((1, 1, 4), np.uint8)
image[0, 0, 0] = 100
image[0, 0, 1] = 150
image[0, 0, 2] = 200
image[0, 0, 3] = 255

tf.browser.fromPixelsAsync(image).print()
