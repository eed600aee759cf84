"""Data: tf.js's own examples."""

import json

import tfjsbridge as tf


def stringify(value):
    """JSON.stringify, which writes whole numbers without a point and no spaces."""
    return json.dumps(value, separators=(",", ":"))


# %% tf.data.array
a = tf.data.array([{"item": 1}, {"item": 2}, {"item": 3}])
a.forEachAsync(lambda e: print(e))

# %% tf.data.array 2
a = tf.data.array([4, 5, 6])
a.forEachAsync(lambda e: print(e))


# %% tf.data.generator
def make_iterator():
    num_elements = 10
    index = 0

    class Iterator:
        def next(self):
            nonlocal index
            if index < num_elements:
                result = {"value": index, "done": False}
                index += 1
                return result
            return {"value": index, "done": True}

    return Iterator()


ds = tf.data.generator(make_iterator)
ds.forEachAsync(lambda e: print(e))


# %% tf.data.generator 2
def data_generator():
    num_elements = 10
    index = 0
    while index < num_elements:
        x = index
        index += 1
        yield x


ds = tf.data.generator(data_generator)
ds.forEachAsync(lambda e: print(e))

# %% tf.data.zip
print("Zip two datasets of objects:")
ds1 = tf.data.array([{"a": 1}, {"a": 2}, {"a": 3}])
ds2 = tf.data.array([{"b": 4}, {"b": 5}, {"b": 6}])
ds3 = tf.data.zip([ds1, ds2])
ds3.forEachAsync(lambda e: print(stringify(e)))

# If the goal is to merge the dicts in order to produce elements like
# {a: ..., b: ...}, this requires a second step such as:
print("Merge the objects:")
ds4 = ds3.map(lambda x: {"a": x[0]["a"], "b": x[1]["b"]})
ds4.forEachAsync(lambda e: print(e))

# %% tf.data.zip 2
a = tf.data.array([{"a": 1}, {"a": 2}, {"a": 3}])
b = tf.data.array([{"b": 4}, {"b": 5}, {"b": 6}])
c = tf.data.zip({"c": a, "d": b})
c.forEachAsync(lambda e: print(stringify(e)))

# %% tf.data.Dataset.batch
a = tf.data.array([1, 2, 3, 4, 5, 6, 7, 8]).batch(4)
a.forEachAsync(lambda e: e.print())

# %% tf.data.Dataset.batch 2
b = tf.data.array([[1], [2], [3], [4], [5], [6], [7], [8]]).batch(4)
b.forEachAsync(lambda e: e.print())

# %% tf.data.Dataset.batch 3
c = tf.data.array(
    [
        {"a": 1, "b": 11},
        {"a": 2, "b": 12},
        {"a": 3, "b": 13},
        {"a": 4, "b": 14},
        {"a": 5, "b": 15},
        {"a": 6, "b": 16},
        {"a": 7, "b": 17},
        {"a": 8, "b": 18},
    ]
).batch(4)


def show(e):
    print("{")
    for key in e:
        print(key + ":")
        e[key].print()
    print("}")


c.forEachAsync(show)

# %% tf.data.Dataset.concatenate
a = tf.data.array([1, 2, 3])
b = tf.data.array([4, 5, 6])
c = a.concatenate(b)
c.forEachAsync(lambda e: print(e))

# %% tf.data.Dataset.filter
a = tf.data.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).filter(lambda x: x % 2 == 0)
a.forEachAsync(lambda e: print(e))

# %% tf.data.Dataset.forEachAsync
a = tf.data.array([1, 2, 3])
a.forEachAsync(lambda e: print(e))

# %% tf.data.Dataset.map
a = tf.data.array([1, 2, 3]).map(lambda x: x * x)
a.forEachAsync(lambda e: print(e))


# %% tf.data.Dataset.mapAsync
async def square(x):
    return x * x


a = tf.data.array([1, 2, 3]).mapAsync(square)
print(a.toArray())

# %% tf.data.Dataset.repeat
a = tf.data.array([1, 2, 3]).repeat(3)
a.forEachAsync(lambda e: print(e))

# %% tf.data.Dataset.shuffle
a = tf.data.array([1, 2, 3, 4, 5, 6]).shuffle(3)
a.forEachAsync(lambda e: print(e))

# %% tf.data.Dataset.skip
a = tf.data.array([1, 2, 3, 4, 5, 6]).skip(3)
a.forEachAsync(lambda e: print(e))

# %% tf.data.Dataset.take
a = tf.data.array([1, 2, 3, 4, 5, 6]).take(3)
a.forEachAsync(lambda e: print(e))

# %% tf.data.Dataset.toArray
a = tf.data.array([1, 2, 3, 4, 5, 6])
print(a.toArray())

# %% tf.Sequential.fitDataset
x_array = [
    [1, 1, 1, 1, 1, 1, 1, 1, 1],
    [1, 1, 1, 1, 1, 1, 1, 1, 1],
    [1, 1, 1, 1, 1, 1, 1, 1, 1],
    [1, 1, 1, 1, 1, 1, 1, 1, 1],
]
y_array = [1, 1, 1, 1]
# Create a dataset from the list.
x_dataset = tf.data.array(x_array)
y_dataset = tf.data.array(y_array)
# Zip combines the `x` and `y` Datasets into a single Dataset, the iterator of which will return an
# object containing of two tensors, corresponding to `x` and `y`.  The call to `batch(4)` will
# bundle four such samples into a single object, with the same keys now pointing to tensors that
# hold 4 examples, organized along the batch dimension.  The call to `shuffle(4)` causes each
# iteration through the dataset to happen in a different order.  The size of the shuffle window
# is 4.
xy_dataset = tf.data.zip({"xs": x_dataset, "ys": y_dataset}).batch(4).shuffle(4)
model = tf.sequential(layers=[tf.layers.dense(units=1, inputShape=[9])])
model.compile(optimizer="sgd", loss="meanSquaredError")
history = model.fitDataset(
    xy_dataset,
    epochs=4,
    verbose=0,
    callbacks={"onEpochEnd": lambda epoch, logs: print(logs["loss"])},
)
