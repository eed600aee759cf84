"""Models: tf.js's own examples."""

import json

import tfjsbridge as tf

# %% tf.LayersModel.evaluate
model = tf.sequential({"layers": [tf.layers.dense({"units": 1, "inputShape": [10]})]})
model.compile({"optimizer": "sgd", "loss": "meanSquaredError"})
result = model.evaluate(tf.ones([8, 10]), tf.ones([8, 1]), {"batchSize": 4})
result.print()

# %% tf.LayersModel.fit
model = tf.sequential({"layers": [tf.layers.dense({"units": 1, "inputShape": [10]})]})
model.compile({"optimizer": "sgd", "loss": "meanSquaredError"})
for i in range(1, 5):
    h = model.fit(tf.ones([8, 10]), tf.ones([8, 1]), {"batchSize": 4, "epochs": 3})
    print(f"Loss after Epoch {i} : {h.history['loss'][0]}")

# %% tf.LayersModel.predict
model = tf.sequential({"layers": [tf.layers.dense({"units": 1, "inputShape": [10]})]})
model.predict(tf.ones([8, 10]), {"batchSize": 4}).print()

# %% tf.LayersModel.predictOnBatch
model = tf.sequential({"layers": [tf.layers.dense({"units": 1, "inputShape": [10]})]})
model.predictOnBatch(tf.ones([8, 10])).print()

# %% tf.LayersModel.summary
input1 = tf.input({"shape": [10]})
input2 = tf.input({"shape": [20]})
dense1 = tf.layers.dense({"units": 4}).apply(input1)
dense2 = tf.layers.dense({"units": 8}).apply(input2)
concat = tf.layers.concatenate().apply([dense1, dense2])
output = tf.layers.dense({"units": 3, "activation": "softmax"}).apply(concat)

model = tf.model({"inputs": [input1, input2], "outputs": output})
model.summary(printFn=print)

# %% tf.Sequential
# Define a model for linear regression.
model = tf.sequential()
model.add(tf.layers.dense({"units": 1, "inputShape": [1]}))

# Prepare the model for training: Specify the loss and the optimizer.
model.compile({"loss": "meanSquaredError", "optimizer": "sgd"})

# Generate some synthetic data for training.
xs = tf.tensor2d([1, 2, 3, 4], [4, 1])
ys = tf.tensor2d([1, 3, 5, 7], [4, 1])

# Train the model using the data then do inference on a data point the
# model hasn't seen:
model.fit(xs, ys)
model.predict(tf.tensor2d([5], [1, 1])).print()

# %% tf.Sequential.add
model = tf.sequential()
model.add(tf.layers.dense({"units": 8, "inputShape": [1]}))
model.add(tf.layers.dense({"units": 4, "activation": "relu6"}))
model.add(tf.layers.dense({"units": 1, "activation": "relu6"}))
# Note that the untrained model is random at this point.
model.predict(tf.randomNormal([10, 1])).print()

# %% tf.Sequential.evaluate
model = tf.sequential({"layers": [tf.layers.dense({"units": 1, "inputShape": [10]})]})
model.compile({"optimizer": "sgd", "loss": "meanSquaredError"})
result = model.evaluate(tf.ones([8, 10]), tf.ones([8, 1]), {"batchSize": 4})
result.print()

# %% tf.Sequential.fit
model = tf.sequential({"layers": [tf.layers.dense({"units": 1, "inputShape": [10]})]})
model.compile({"optimizer": "sgd", "loss": "meanSquaredError"})
history = model.fit(tf.ones([8, 10]), tf.ones([8, 1]), {"batchSize": 4, "epochs": 3})
print(history.history["loss"][0])

# %% tf.Sequential.predict
model = tf.sequential({"layers": [tf.layers.dense({"units": 1, "inputShape": [10]})]})
model.predict(tf.ones([2, 10])).print()

# %% tf.Sequential.summary
model = tf.sequential()
model.add(tf.layers.dense({"units": 100, "inputShape": [10], "activation": "relu"}))
model.add(tf.layers.dense({"units": 1, "activation": "sigmoid"}))

model.summary(printFn=print)

# %% tf.input
# Defines a simple logistic regression model with 32 dimensional input
# and 3 dimensional output.
x = tf.input({"shape": [32]})
y = tf.layers.dense({"units": 3, "activation": "softmax"}).apply(x)
model = tf.model({"inputs": x, "outputs": y})
model.predict(tf.ones([2, 32])).print()

# %% tf.model
# Define input, which has a size of 5 (not including batch dimension).
input = tf.input({"shape": [5]})

# First dense layer uses relu activation.
denseLayer1 = tf.layers.dense({"units": 10, "activation": "relu"})
# Second dense layer uses softmax activation.
denseLayer2 = tf.layers.dense({"units": 4, "activation": "softmax"})

# Obtain the output symbolic tensor by applying the layers on the input.
output = denseLayer2.apply(denseLayer1.apply(input))

# Create the model based on the inputs.
model = tf.model({"inputs": input, "outputs": output})

# The model can be used for training, evaluation and prediction.
# For example, the following line runs prediction with the model on
# some fake data.
model.predict(tf.ones([2, 5])).print()

# %% tf.sequential
model = tf.sequential()

# First layer must have an input shape defined.
model.add(tf.layers.dense({"units": 32, "inputShape": [50]}))
# Afterwards, TF.js does automatic shape inference.
model.add(tf.layers.dense({"units": 4}))

# Inspect the inferred shape of the model's output, which equals
# `[null, 4]`. The 1st dimension is the undetermined batch dimension; the
# 2nd is the output size of the model's last layer.
print(json.dumps(model.outputs[0].shape, separators=(",", ":")))

# %% tf.sequential 2
model = tf.sequential()

# First layer must have a defined input shape
model.add(tf.layers.dense({"units": 32, "batchInputShape": [None, 50]}))
# Afterwards, TF.js does automatic shape inference.
model.add(tf.layers.dense({"units": 4}))

# Inspect the inferred shape of the model's output.
print(json.dumps(model.outputs[0].shape, separators=(",", ":")))

# %% tf.sequential 3
model = tf.sequential(
    {
        "layers": [
            tf.layers.dense({"units": 32, "inputShape": [50]}),
            tf.layers.dense({"units": 4}),
        ]
    }
)
print(json.dumps(model.outputs[0].shape, separators=(",", ":")))
