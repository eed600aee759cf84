"""Performance: memory, timing, profile: tf.js's own examples."""

import tfjsbridge as tf


# %% tf.keep
def f():
    global b
    one = tf.scalar(1)
    a = tf.scalar(2)

    # b will not be cleaned up by the tidy. a and one will be cleaned up
    # when the tidy ends.
    b = tf.keep(a.square())

    print("numTensors (in tidy):", tf.memory()["numTensors"])

    # The value returned inside the tidy function will return
    # through the tidy, in this case to the variable y.
    return b.add(one)


y = tf.tidy(f)

print("numTensors (outside tidy):", tf.memory()["numTensors"])
print("y:")
y.print()
print("b:")
b.print()


# %% tf.profile
def f():
    x = tf.tensor1d([1, 2, 3])
    x2 = x.square()
    x2.dispose()
    x2 = x.square()
    x2.dispose()
    return x


profile = tf.profile(f)

print(f"newBytes: {profile['newBytes']}")
print(f"newTensors: {profile['newTensors']}")
kernels = ",".join(str(k["totalBytesSnapshot"]) for k in profile["kernels"])
print(f"byte usage over all kernels: {kernels}")


# %% tf.tidy
def f():
    # a, b, and one will be cleaned up when the tidy ends.
    one = tf.scalar(1)
    a = tf.scalar(2)
    b = a.square()

    print("numTensors (in tidy):", tf.memory()["numTensors"])

    # The value returned inside the tidy function will return
    # through the tidy, in this case to the variable y.
    return b.add(one)


# y = 2 ^ 2 + 1
y = tf.tidy(f)

print("numTensors (outside tidy):", tf.memory()["numTensors"])
y.print()

# %% tf.time
x = tf.randomNormal([20, 20])
time = tf.time(lambda: x.matMul(x))

print(f"kernelMs: {time['kernelMs']}, wallTimeMs: {time['wallMs']}")
