"""Operations: basic math: tf.js's own examples."""

import math

import tfjsbridge as tf

# %% tf.abs
x = tf.tensor1d([-1, 2, -3, 4])

x.abs().print()  # or tf.abs(x)

# %% tf.acos
x = tf.tensor1d([0, 1, -1, 0.7])

x.acos().print()  # or tf.acos(x)

# %% tf.acosh
x = tf.tensor1d([10, 1, 3, 5.7])

x.acosh().print()  # or tf.acosh(x)

# %% tf.asin
x = tf.tensor1d([0, 1, -1, 0.7])

x.asin().print()  # or tf.asin(x)

# %% tf.asinh
x = tf.tensor1d([0, 1, -1, 0.7])

x.asinh().print()  # or tf.asinh(x)

# %% tf.atan
x = tf.tensor1d([0, 1, -1, 0.7])

x.atan().print()  # or tf.atan(x)

# %% tf.atan2
a = tf.tensor1d([1.0, 1.0, -1.0, 0.7])
b = tf.tensor1d([2.0, 13.0, 3.5, 0.21])

tf.atan2(a, b).print()

# %% tf.atanh
x = tf.tensor1d([0, 0.1, -0.1, 0.7])

x.atanh().print()  # or tf.atanh(x)

# %% tf.ceil
x = tf.tensor1d([0.6, 1.1, -3.3])

x.ceil().print()  # or tf.ceil(x)

# %% tf.clipByValue
x = tf.tensor1d([-1, 2, -3, 4])

x.clipByValue(-2, 3).print()  # or tf.clipByValue(x, -2, 3)

# %% tf.cos
x = tf.tensor1d([0, math.pi / 2, math.pi * 3 / 4])

x.cos().print()  # or tf.cos(x)

# %% tf.cosh
x = tf.tensor1d([0, 1, -1, 0.7])

x.cosh().print()  # or tf.cosh(x)

# %% tf.elu
x = tf.tensor1d([-1, 1, -3, 2])

x.elu().print()  # or tf.elu(x)

# %% tf.erf
x = tf.tensor1d([0, 0.1, -0.1, 0.7])

x.erf().print()  # or tf.erf(x)

# %% tf.exp
x = tf.tensor1d([1, 2, -3])

x.exp().print()  # or tf.exp(x)

# %% tf.expm1
x = tf.tensor1d([1, 2, -3])

x.expm1().print()  # or tf.expm1(x)

# %% tf.floor
x = tf.tensor1d([0.6, 1.1, -3.3])

x.floor().print()  # or tf.floor(x)

# %% tf.isFinite
x = tf.tensor1d([math.nan, math.inf, -math.inf, 0, 1])

x.isFinite().print()  # or tf.isNaN(x)

# %% tf.isInf
x = tf.tensor1d([math.nan, math.inf, -math.inf, 0, 1])

x.isInf().print()  # or tf.isNaN(x)

# %% tf.isNaN
x = tf.tensor1d([math.nan, math.inf, -math.inf, 0, 1])

x.isNaN().print()  # or tf.isNaN(x)

# %% tf.leakyRelu
x = tf.tensor1d([-1, 2, -3, 4])

x.leakyRelu(0.1).print()  # or tf.leakyRelu(x, 0.1)

# %% tf.log
x = tf.tensor1d([1, 2, math.e])

x.log().print()  # or tf.log(x)

# %% tf.log1p
x = tf.tensor1d([1, 2, math.e - 1])

x.log1p().print()  # or tf.log1p(x)

# %% tf.logSigmoid
x = tf.tensor1d([0, 1, -1, 0.7])

x.logSigmoid().print()  # or tf.logSigmoid(x)

# %% tf.neg
x = tf.tensor2d([1, 2, -2, 0], [2, 2])

x.neg().print()  # or tf.neg(x)

# %% tf.prelu
x = tf.tensor1d([-1, 2, -3, 4])
alpha = tf.scalar(0.1)

x.prelu(alpha).print()  # or tf.prelu(x, alpha)

# %% tf.reciprocal
x = tf.tensor1d([0, 1, 2])

x.reciprocal().print()  # or tf.reciprocal(x)

# %% tf.relu
x = tf.tensor1d([-1, 2, -3, 4])

x.relu().print()  # or tf.relu(x)

# %% tf.relu6
x = tf.tensor1d([-1, 2, -3, 8])

x.relu6().print()  # or tf.relu6(x)

# %% tf.round
x = tf.tensor1d([0.6, 1.1, -3.3])

x.round().print()  # or tf.round(x)

# %% tf.rsqrt
x = tf.tensor1d([1, 2, 4, -1])

x.rsqrt().print()  # or tf.rsqrt(x)

# %% tf.selu
x = tf.tensor1d([-1, 2, -3, 4])

x.selu().print()  # or tf.selu(x)

# %% tf.sigmoid
x = tf.tensor1d([0, -1, 2, -3])

x.sigmoid().print()  # or tf.sigmoid(x)

# %% tf.sign
x = tf.tensor1d([0.6, 1.1, -3.3, math.nan, 0])

x.sign().print()  # or tf.sign(x)

# %% tf.sin
x = tf.tensor1d([0, math.pi / 2, math.pi * 3 / 4])

x.sin().print()  # or tf.sin(x)

# %% tf.sinh
x = tf.tensor1d([0, 1, -1, 0.7])

x.sinh().print()  # or tf.sinh(x)

# %% tf.softplus
x = tf.tensor1d([0, 1, -1, 0.7])

x.softplus().print()  # or tf.softplus(x)

# %% tf.sqrt
x = tf.tensor1d([1, 2, 4, -1])

x.sqrt().print()  # or tf.sqrt(x)

# %% tf.square
x = tf.tensor1d([1, 2, math.sqrt(2), -1])

x.square().print()  # or tf.square(x)

# %% tf.step
x = tf.tensor1d([0, 2, -1, -3])

x.step(0.5).print()  # or tf.step(x, .5)

# %% tf.tan
x = tf.tensor1d([0, math.pi / 2, math.pi * 3 / 4])

x.tan().print()  # or tf.tan(x)

# %% tf.tanh
x = tf.tensor1d([0, 1, -1, 70])

x.tanh().print()  # or tf.tanh(x)
