"""A compiled model goes on training in tf.js where Python stopped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.converters.cases import MODELS, build, sequential
from tfjsbridge.converters import load_keras_model, save_keras_model
from tfjsbridge.converters.topology import topology
from tfjsbridge.runtime import keras
from tfjsbridge.verify import NodeSession

layers, optimizers = keras.layers, keras.optimizers

LOAD = """
    const fs = process.getBuiltinModule('fs');
    const load = async () => tf.io.getModelArtifactsForJSON(
        JSON.parse(fs.readFileSync(args.path)), async manifest => [
          manifest.flatMap(group => group.weights),
          Uint8Array.from(Buffer.concat(manifest.flatMap(group => group.paths).map(
              name => fs.readFileSync(args.folder + '/' + name)))).buffer]);
    const model = await tf.loadLayersModel({load});
"""

FIT = f"""{LOAD}
    const options = {{epochs: args.epochs, batchSize: 10, shuffle: false, verbose: 0}};
    const history = await model.fit(args.x, args.y, options);
    return history.history;
"""

OPTIMIZERS = {
    "sgd": lambda: optimizers.SGD(0.1),
    "momentum": lambda: optimizers.SGD(0.05, momentum=0.9),
    "nesterov": lambda: optimizers.SGD(0.05, momentum=0.8, nesterov=True),
    "rmsprop": lambda: optimizers.RMSprop(0.01),
    "rmsprop with momentum": lambda: optimizers.RMSprop(0.005, rho=0.8, momentum=0.5),
    "adam": lambda: optimizers.Adam(0.02),
    "adam with other betas": lambda: optimizers.Adam(0.02, beta_1=0.8, beta_2=0.99),
    "adagrad": lambda: optimizers.Adagrad(0.1),
}


def data(outputs: int = 1) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    x = random.normal(size=(40, 4)).astype("float32")
    y = np.stack([x[:, i] * x[:, i + 1] > 0 for i in range(outputs)], 1).astype("float32")
    return x, y


def network(activation: str = "sigmoid", units: int = 1) -> Any:
    keras.utils.set_random_seed(1)
    return sequential(
        layers.Dense(5, activation="tanh"), layers.Dense(units, activation=activation)
    )


def in_tfjs(node: NodeSession, path: Path, x: Any, y: Any, epochs: int = 10) -> dict[str, Any]:
    folder = str(path.parent)
    return node.evaluate(FIT, path=str(path), folder=folder, x=x, y=y, epochs=epochs)


def has_state(path: Path) -> bool:
    """Whether the optimizer's state was written, in the one group that tf.js reads rightly."""
    (group,) = json.loads(path.read_text())["weightsManifest"]
    return any(entry.get("group") == "optimizer" for entry in group["weights"])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_next_ten_epochs_are_pythons(name: str, node: NodeSession, tmp_path: Path) -> None:
    x, y = data()
    model = network()
    model.compile(OPTIMIZERS[name](), "binary_crossentropy", metrics=["accuracy"])
    options = {"batch_size": 10, "shuffle": False, "verbose": 0}
    model.fit(x, y, epochs=5, **options)
    path = save_keras_model(model, tmp_path)
    assert has_state(path)
    expected = model.fit(x, y, epochs=10, **options).history
    got = in_tfjs(node, path, x, y)
    np.testing.assert_allclose(got["loss"], expected["loss"], rtol=1e-4)
    np.testing.assert_allclose(got["acc"], expected["accuracy"], atol=1e-6)


def test_without_the_optimizers_state_it_goes_on_otherwise(
    node: NodeSession, tmp_path: Path
) -> None:
    x, y = data()
    model = network()
    model.compile(optimizers.Adam(0.02), "binary_crossentropy")
    options = {"batch_size": 10, "shuffle": False, "verbose": 0}
    model.fit(x, y, epochs=5, **options)
    path = save_keras_model(model, tmp_path, include_optimizer=False)
    assert not has_state(path)
    expected = model.fit(x, y, epochs=10, **options).history
    assert not np.allclose(in_tfjs(node, path, x, y)["loss"], expected["loss"], rtol=1e-3)


@pytest.mark.parametrize(
    ("loss", "activation", "units"),
    [
        ("mean_squared_error", "linear", 1),
        ("mae", "linear", 1),
        (keras.losses.LogCosh(), "linear", 1),
        ("categorical_crossentropy", "softmax", 3),
        (keras.losses.BinaryCrossentropy(), "sigmoid", 2),
    ],
)
def test_losses_go_on(
    loss: Any, activation: str, units: int, node: NodeSession, tmp_path: Path
) -> None:
    x, y = data(units)
    if activation == "softmax":
        y = np.eye(3, dtype="float32")[y.sum(1).astype(int) % 3]
    model = network(activation, units)
    model.compile("sgd", loss)
    options = {"batch_size": 10, "shuffle": False, "verbose": 0}
    model.fit(x, y, epochs=2, **options)
    path = save_keras_model(model, tmp_path)
    expected = model.fit(x, y, epochs=10, **options).history
    np.testing.assert_allclose(in_tfjs(node, path, x, y)["loss"], expected["loss"], rtol=1e-4)


#: What tf.js has not, or cannot train as it has it, in place of which others are written.
REWRITTEN: dict[str, tuple[Any, tuple[int, ...]]] = {
    "Normalization": (lambda: layers.Normalization(mean=[1.0, 2.0], variance=[4.0, 5.0]), (2,)),
    "Rescaling": (lambda: layers.Rescaling([1.0, 0.5], [0.0, 1.0]), (3, 2)),
    "GroupNormalization": (lambda: layers.GroupNormalization(2), (3, 4)),
    "RMSNormalization": (layers.RMSNormalization, (3, 4)),
    "UnitNormalization": (lambda: layers.UnitNormalization(axis=(1, 2)), (3, 4)),
    "LayerNormalization": (lambda: layers.LayerNormalization(axis=1, center=False), (3, 4)),
    "DepthwiseConv1D": (lambda: layers.DepthwiseConv1D(2, dilation_rate=2), (5, 2)),
    "Conv1DTranspose": (lambda: layers.Conv1DTranspose(2, 2, dilation_rate=2), (5, 2)),
    "Conv2DTranspose": (lambda: layers.Conv2DTranspose(2, 3, 2, output_padding=1), (2, 3, 2)),
    "Conv3DTranspose": (lambda: layers.Conv3DTranspose(2, 2, 2), (2, 3, 2, 2)),
    "hard_shrink": (lambda: layers.Activation("hard_shrink"), (5,)),
    "squareplus": (lambda: layers.Activation("squareplus"), (5,)),
    "ReLU": (lambda: layers.ReLU(4.0, 0.1, 0.2), (5,)),
}


@pytest.mark.parametrize("name", REWRITTEN)
def test_what_is_rewritten_trains_as_in_keras(name: str, node: NodeSession, tmp_path: Path) -> None:
    make, shape = REWRITTEN[name]
    keras.utils.set_random_seed(1)
    parts = [layers.Dense(shape[-1]), make(), layers.Flatten(), layers.Dense(1)]
    model = sequential(*parts, shape=shape)
    model.compile(optimizers.SGD(0.02), "mse")
    x, y = (np.asarray(keras.random.normal((20, *each), seed=len(each))) for each in (shape, (1,)))
    path = save_keras_model(model, tmp_path, format="layers")
    options = {"batch_size": 10, "shuffle": False, "verbose": 0}
    expected = model.fit(x, y, epochs=3, **options).history["loss"]
    assert expected[-1] < 0.99 * expected[0]
    got = in_tfjs(node, path, x, y, epochs=3)["loss"]
    np.testing.assert_allclose(got, expected, rtol=1e-4)


@pytest.mark.parametrize(
    ("loss", "metrics", "units", "names"),
    [
        ("binary_crossentropy", ["accuracy"], 1, ["acc"]),
        ("binary_crossentropy", ["binary_accuracy", "mse", "mae"], 2,
         ["binaryAccuracy", "mse", "mae"]),
        ("binary_crossentropy", ["accuracy"], 2, ["categoricalAccuracy"]),
        ("categorical_crossentropy", ["acc", "categorical_crossentropy"], 3,
         ["acc", "categoricalCrossentropy"]),
        ("sparse_categorical_crossentropy", ["sparse_categorical_accuracy"], 3, ["acc"]),
        ("sparse_categorical_crossentropy", ["accuracy"], 3, ["acc"]),
        (keras.losses.MeanSquaredError(), [keras.metrics.MeanAbsoluteError("far")], 1, ["mae"]),
    ],
)  # fmt: skip
def test_metrics_go_on(
    loss: Any, metrics: Any, units: int, names: Any, node: NodeSession, tmp_path: Path
) -> None:
    x, y = data(units)
    if units == 3:
        classes = y.sum(1) % 3
        y = classes if "sparse" in loss else np.eye(3, dtype="float32")[classes.astype(int)]
    model = network("softmax" if units == 3 else "sigmoid", units)
    model.compile("sgd", loss, metrics=metrics)
    options = {"batch_size": 10, "shuffle": False, "verbose": 0}
    model.fit(x, y, epochs=1, **options)
    path = save_keras_model(model, tmp_path)
    assert json.loads(path.read_text())["trainingConfig"]["metrics"] == names
    expected = model.fit(x, y, epochs=10, **options).history
    y = y.astype("float32")
    got = in_tfjs(node, path, x, y[:, None] if y.ndim == 1 else y)
    # Both order their metrics in their own way.
    np.testing.assert_allclose(sorted(got.values()), sorted(expected.values()), rtol=1e-4)


def test_several_outputs_have_their_losses(node: NodeSession, tmp_path: Path) -> None:
    x, y = data(2)
    keras.utils.set_random_seed(2)
    inputs = keras.Input((4,))
    hidden = layers.Dense(4, activation="tanh")(inputs)
    outputs = [layers.Dense(1, activation="sigmoid")(hidden), layers.Dense(1)(hidden)]
    model = keras.Model(inputs, outputs)
    model.compile("adam", ["binary_crossentropy", "mse"])
    options = {"batch_size": 10, "shuffle": False, "verbose": 0}
    targets = [y[:, :1], y[:, 1:]]
    model.fit(x, targets, epochs=2, **options)
    path = save_keras_model(model, tmp_path)
    expected = model.fit(x, targets, epochs=10, **options).history
    np.testing.assert_allclose(in_tfjs(node, path, x, targets)["loss"], expected["loss"], rtol=1e-4)


def _attention() -> Any:
    x = keras.Input((4, 2))
    return keras.Model(x, layers.MultiHeadAttention(2, 3)(x, x))


#: Layers whose weights stand in several of tf.js's.
SPLIT = {
    "GRU": lambda: sequential(
        layers.GRU(4, return_sequences=True), layers.GRU(3, use_bias=False), shape=(4, 2)
    ),
    "GRU both ways": lambda: sequential(
        layers.Bidirectional(layers.GRU(4, recurrent_activation="hard_sigmoid")), shape=(4, 2)
    ),
    "cells": lambda: sequential(layers.RNN([layers.GRUCell(3), layers.GRUCell(2)]), shape=(4, 2)),
    "attention": _attention,
}


@pytest.mark.parametrize("name", SPLIT)
def test_weights_that_are_split_train_as_they_did(
    name: str, node: NodeSession, tmp_path: Path
) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(40, 4, 2)).astype("float32")
    y = (x[:, 0, :1] * x[:, -1, 1:] > 0).astype("float32")
    keras.utils.set_random_seed(1)
    model = SPLIT[name]()
    ends = layers.Dense(1, activation="sigmoid")(layers.Flatten()(model.outputs[0]))
    model = keras.Model(model.inputs[0], ends)
    model.compile(optimizers.Adam(0.01), "binary_crossentropy")
    options = {"batch_size": 10, "shuffle": False, "verbose": 0}
    model.fit(x, y, epochs=5, **options)
    path = save_keras_model(model, tmp_path, format="layers")
    assert has_state(path)
    expected = model.fit(x, y, epochs=10, **options).history
    np.testing.assert_allclose(in_tfjs(node, path, x, y)["loss"], expected["loss"], rtol=1e-4)


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (lambda: layers.GRU(2, dropout=0.1, bias_regularizer="l2", name="g"),
         "the dropout and the regularizers of .*/g"),
        (lambda: layers.GRU(2, recurrent_initializer="zeros"), None),
        (lambda: layers.LSTM(2, recurrent_activation="hard_sigmoid", name="g"),
         "the size of the steps through the hard_sigmoid of .*/g"),
    ],
)  # fmt: skip
def test_what_training_leaves_out_is_said(layer: Any, words: str | None, tmp_path: Path) -> None:
    model = sequential(layer(), shape=(3, 2))
    model.compile("sgd", "mse")
    if words is None:
        save_keras_model(model, tmp_path, format="layers")
        return
    with pytest.warns(UserWarning, match=words):
        save_keras_model(model, tmp_path, format="layers")


def test_a_gru_of_any_length_is_not_trained(tmp_path: Path) -> None:
    model = sequential(layers.GRU(2, name="g"), layers.Dense(1), shape=(None, 2))
    model.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="the training of .*/g"):
        save_keras_model(model, tmp_path, format="layers")
    assert [name.split("/")[0] for name in topology(model).trainable] == [model.layers[-1].name] * 2


@pytest.mark.parametrize(
    ("compiled", "words"),
    [
        ({"optimizer": "adamw", "loss": "mse"}, "the optimizer AdamW"),
        ({"optimizer": optimizers.SGD(clipnorm=1.0), "loss": "mse"}, "clipnorm"),
        ({"optimizer": "sgd", "loss": "huber"}, "the loss"),
        ({"optimizer": "sgd", "loss": keras.losses.BinaryCrossentropy(True)}, "the loss"),
        ({"optimizer": "sgd", "loss": "mse", "metrics": ["mse", "auc"]}, "a metric"),
        ({"optimizer": "sgd", "loss": "mse", "metrics": ["mse", "recall"]}, "a metric"),
    ],
)
def test_what_tfjs_cannot_take_up_is_said(
    compiled: dict[str, Any], words: str, node: NodeSession, tmp_path: Path
) -> None:
    model = network()
    model.compile(**compiled)
    with pytest.warns(UserWarning, match=f"cannot take up .*: .*{words}"):
        path = save_keras_model(model, tmp_path)
    described = json.loads(path.read_text()).get("trainingConfig")
    assert (described is None) == (words != "a metric")
    if described:
        assert described["metrics"] == ["mse"]
    assert np.shape(node.predict(tmp_path, [data()[0]])[0]) == (40, 1)


def test_state_of_weights_that_stand_otherwise_is_left_out(tmp_path: Path) -> None:
    model = sequential(layers.Conv1D(4, 3, groups=2), layers.Flatten(), layers.Dense(1),
                       shape=(6, 2))  # fmt: skip
    model.compile("adam", "mse")
    model.train_on_batch(np.ones((2, 6, 2)), np.ones((2, 1)))
    with pytest.warns(UserWarning, match="for weights that stand otherwise in tf.js"):
        path = save_keras_model(model, tmp_path)
    assert not has_state(path)


def test_constraints_that_would_not_hold_in_tfjs_are_said(tmp_path: Path) -> None:
    model = sequential(layers.Dense(1, kernel_constraint="non_neg", name="d"), shape=(2,))
    model.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="the constraints of .*d/kernel, which tf.js asks for"):
        save_keras_model(model, tmp_path)


def test_a_model_comes_back_compiled(tmp_path: Path) -> None:
    model = network()
    model.compile(
        optimizers.RMSprop(0.03, rho=0.7), "binary_crossentropy", metrics=["accuracy", "mse"]
    )
    x, y = data()
    model.fit(x, y, epochs=1, verbose=0)
    back = load_keras_model(save_keras_model(model, tmp_path))
    assert isinstance(back.optimizer, optimizers.RMSprop)
    assert float(back.optimizer.learning_rate) == pytest.approx(0.03)
    assert back.optimizer.rho == pytest.approx(0.7)
    theirs = model.evaluate(x, y, verbose=0, return_dict=True)
    assert back.evaluate(x, y, verbose=0, return_dict=True) == pytest.approx(theirs)


@pytest.mark.parametrize(
    "config",
    [
        [],
        {"optimizer_config": {"class_name": "Lion", "config": {}}, "loss": "mse"},
        {"optimizer_config": {"class_name": "SGD", "config": {"learning_rate": "os"}}, "loss": "x"},
        {"optimizer_config": {"class_name": "SGD", "config": {}}, "loss": {"a": "b"}},
        {
            "optimizer_config": {"class_name": "Momentum", "config": {"momentum": 5}},
            "loss": "meanSquaredError",
        },
    ],
)
def test_a_training_config_that_keras_has_not_leaves_the_model_uncompiled(
    config: Any, tmp_path: Path
) -> None:
    path = save_keras_model(network(), tmp_path)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"trainingConfig": config}))
    assert not load_keras_model(path).compiled


def test_tfjs_trains_the_weights_in_the_order_in_which_they_are_written(
    node: NodeSession, tmp_path: Path
) -> None:
    order = f"""{LOAD}
        return model.trainableWeights.map(weight => weight.originalName);
    """
    for number, name in enumerate(MODELS):
        model = build(name)
        path = save_keras_model(model, tmp_path / str(number))
        got = node.evaluate(order, path=str(path), folder=str(path.parent))
        assert got == topology(model).trainable, name


def test_what_the_mirror_compiles_arrives(node: NodeSession, tmp_path: Path) -> None:
    import tfjsbridge as tf

    x, y = data()
    model = tf.sequential()
    model.add(tf.layers.dense(inputShape=[4], units=1, activation="sigmoid"))
    metrics = ["accuracy", "precision", "mse", "cosine"]
    model.compile(optimizer="adam", loss="kullbackLeiblerDivergence", metrics=metrics)
    model.fit(x, y, epochs=2, batchSize=10, shuffle=False, verbose=0)
    model.save(tmp_path, includeOptimizer=True)
    path = tmp_path / "model.json"
    expected = model.fit(x, y, epochs=10, batchSize=10, shuffle=False, verbose=0).history
    got = in_tfjs(node, path, x, y)
    assert list(got) == list(expected)
    np.testing.assert_allclose(got["loss"], expected["loss"], rtol=1e-4)
    model.save(tmp_path)
    assert not has_state(path)
