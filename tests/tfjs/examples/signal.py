"""Operations: signal, spectral: tf.js's own examples."""

import tfjsbridge as tf

# %% tf.signal.frame
tf.signal.frame([1, 2, 3], 2, 1).print()

# %% tf.signal.hammingWindow
tf.signal.hammingWindow(10).print()

# %% tf.signal.hannWindow
tf.signal.hannWindow(10).print()

# %% tf.signal.stft
input = tf.tensor1d([1, 1, 1, 1, 1])
tf.signal.stft(input, 3, 1).print()

# %% tf.spectral.fft
real = tf.tensor1d([1, 2, 3])
imag = tf.tensor1d([1, 2, 3])
x = tf.complex(real, imag)

x.fft().print()  # tf.spectral.fft(x).print()

# %% tf.spectral.ifft
real = tf.tensor1d([1, 2, 3])
imag = tf.tensor1d([1, 2, 3])
x = tf.complex(real, imag)

x.ifft().print()  # tf.spectral.ifft(x).print()

# %% tf.spectral.irfft
real = tf.tensor1d([1, 2, 3])
imag = tf.tensor1d([0, 0, 0])
x = tf.complex(real, imag)

x.irfft().print()

# %% tf.spectral.rfft
real = tf.tensor1d([1, 2, 3])

real.rfft().print()
