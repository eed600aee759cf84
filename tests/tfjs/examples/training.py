"""Training: gradients, optimizers: tf.js's own examples."""

# ruff: noqa: E731

import random

import tfjsbridge as tf


# %% tf.customGrad
def f(x, save):
    # Save x to make sure it's available later for the gradient.
    save([x])
    # Override gradient of our custom x ^ 2 op to be dy * abs(x)
    return {
        "value": x.square(),
        # Note `saved.x` which points to the `x` we saved earlier.
        "gradFunc": lambda dy, saved: [dy.mul(saved[0].abs())],
    }


customOp = tf.customGrad(f)

x = tf.tensor1d([-1, -2, 3])
dx = tf.grad(lambda x: customOp(x))

print("f(x):")
customOp(x).print()
print("f'(x):")
dx(x).print()

# %% tf.grad
# f(x) = x ^ 2
f = lambda x: x.square()
# f'(x) = 2x
g = tf.grad(f)

x = tf.tensor1d([2, 3])
g(x).print()

# %% tf.grad 2
# f(x) = x ^ 3
f = lambda x: x.pow(tf.scalar(3, "int32"))
# f'(x) = 3x ^ 2
g = tf.grad(f)
# f''(x) = 6x
gg = tf.grad(g)

x = tf.tensor1d([2, 3])
gg(x).print()

# %% tf.grads
# f(a, b) = a * b
f = lambda a, b: a.mul(b)
# df / da = b, df / db = a
g = tf.grads(f)

a = tf.tensor1d([2, 3])
b = tf.tensor1d([-2, -3])
da, db = g([a, b])
print("da")
da.print()
print("db")
db.print()

# %% tf.train.sgd
# Fit a quadratic function by learning the coefficients a, b, c.
xs = tf.tensor1d([0, 1, 2, 3])
ys = tf.tensor1d([1.1, 5.9, 16.8, 33.9])

a = tf.scalar(random.random()).variable()
b = tf.scalar(random.random()).variable()
c = tf.scalar(random.random()).variable()

# y = a * x^2 + b * x + c.
f = lambda x: a.mul(x.square()).add(b.mul(x)).add(c)
loss = lambda pred, label: pred.sub(label).square().mean()

learningRate = 0.01
optimizer = tf.train.sgd(learningRate)

# Train the model.
for _ in range(10):
    optimizer.minimize(lambda: loss(f(xs), ys))

# Make predictions.
print(f"a: {a.dataSync()[0]}, b: {b.dataSync()[0]}, c: {c.dataSync()[0]}")
preds = f(xs).dataSync()
for i, pred in enumerate(preds):
    print(f"x: {i}, pred: {pred}")

# %% tf.valueAndGrad
# f(x) = x ^ 2
f = lambda x: x.square()
# f'(x) = 2x
g = tf.valueAndGrad(f)

x = tf.tensor1d([2, 3])
result = g(x)

print("value")
result["value"].print()
print("grad")
result["grad"].print()

# %% tf.valueAndGrads
# f(a, b) = a * b
f = lambda a, b: a.mul(b)
# df/da = b, df/db = a
g = tf.valueAndGrads(f)

a = tf.tensor1d([2, 3])
b = tf.tensor1d([-2, -3])
result = g([a, b])

da, db = result["grads"]

print("value")
result["value"].print()

print("da")
da.print()
print("db")
db.print()

# %% tf.variableGrads
a = tf.variable(tf.tensor1d([3, 4]))
b = tf.variable(tf.tensor1d([5, 6]))
x = tf.tensor1d([1, 2])

# f(a, b) = a * x ^ 2 + b * x
f = lambda: a.mul(x.square()).add(b.mul(x)).sum()
# df/da = x ^ 2, df/db = x
result = tf.variableGrads(f)

for varName in result["grads"]:
    result["grads"][varName].print()
