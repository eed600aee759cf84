"""Graph-models predict in real tf.js what Keras predicts."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.converters import test_save
from tests.converters.cases import MODELS as LAYERS_MODELS
from tests.converters.cases import build as build_layers
from tests.converters.cases import sequential
from tests.converters.graph_cases import MODELS, OPERATIONS, build, stack
from tfjsbridge.converters import load_keras_model, save_keras_model
from tfjsbridge.converters.graph import save_graph_model
from tfjsbridge.converters.graph.rewrite import REWRITERS
from tfjsbridge.converters.graph.trace import traced
from tfjsbridge.errors import ConversionError, ModelFileError
from tfjsbridge.runtime import keras
from tfjsbridge.verify import BrowserSession, NodeSession, differences, sample_inputs
from tfjsbridge.verify.python_model import predict

layers, ops = keras.layers, keras.ops
TOLERANCE = 1e-4
BACKENDS = ("cpu", "wasm")


def assert_same(
    model: Any, directory: Path, node: NodeSession, backends: tuple[str, ...] = BACKENDS
) -> None:
    signature = node.signature(directory)
    inputs = sample_inputs(signature, batch=8)
    expected = predict(model, inputs, signature)
    for backend in backends:
        got = node.predict(directory, inputs, backend)
        for difference in differences(expected, got, signature.outputs):
            assert difference.within(TOLERANCE), (backend, difference)


@pytest.mark.parametrize("name", [*MODELS, *OPERATIONS])
def test_predicts_the_same(name: str, node: NodeSession, tmp_path: Path) -> None:
    model = build(name)
    path = save_graph_model(model, tmp_path)
    assert json.loads(path.read_text())["format"] == "graph-model"
    assert_same(model, tmp_path, node)


@pytest.mark.parametrize("name", MODELS)
def test_predicts_the_same_as_what_it_is_written(
    name: str, node: NodeSession, tmp_path: Path
) -> None:
    model = build(name)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*is written as a graph-model")
        save_keras_model(model, tmp_path)
    assert_same(model, tmp_path, node)


#: Models of layers that are no graphs, and why.
NO_GRAPHS = {
    **dict.fromkeys(
        [
            "recurrent: SimpleRNN of any length",
            "mask: LSTM of any length",
            "GRU, any length",
            "GRUs of whole numbers, any length",
            "GRU backwards, any length",
            "GRU with states, any length",
            "GRU both ways, any length",
            "GRU both ways, apart, any length",
            "cells, any length",
            "GRU with sigmoid, any length",
            "translation",
            "ConvLSTM1D of any length",
        ],
        "the number of steps must be known",
    ),
    **dict.fromkeys(
        ["aspect: padded", "aspect: padded, channels first"],
        "no operation whose steps or results depend on values",
    ),
}


#: Every second one, of all kinds: what layers can say is seldom wanted as a graph.
AS_GRAPHS = [name for i, name in enumerate(LAYERS_MODELS) if i % 2 or name in NO_GRAPHS]


@pytest.mark.slow
@pytest.mark.parametrize("name", AS_GRAPHS)
def test_what_layers_can_say_predicts_the_same_as_a_graph(
    name: str, node: NodeSession, tmp_path: Path
) -> None:
    model = build_layers(name)
    if name in NO_GRAPHS:
        with pytest.raises(ConversionError, match=NO_GRAPHS[name]):
            save_graph_model(model, tmp_path)
    else:
        save_graph_model(model, tmp_path)
        assert_same(model, tmp_path, node)


@pytest.mark.filterwarnings("ignore:You passed `rms_scaling=True`")  # which is what is tested
@pytest.mark.parametrize("name", [*test_save.REFUSED, *test_save.REFUSED_OPERATIONS])
def test_what_layers_cannot_say_is_written_as_a_graph(
    name: str, node: NodeSession, tmp_path: Path
) -> None:
    if name in test_save.REFUSED_OPERATIONS:
        model = test_save._of(test_save.REFUSED_OPERATIONS[name][0])
    else:
        make, shape, _ = test_save.REFUSED[name]
        batch = {"batch_size": 2} if name == "stateful" else {}
        model = sequential(make(), shape=shape, **batch)
    if name == "stateful":
        with pytest.raises(ConversionError, match="keeps a state between predictions"):
            save_keras_model(model, tmp_path)
        return
    with pytest.warns(UserWarning, match="is written as a graph-model: load it with"):
        save_keras_model(model, tmp_path)
    assert_same(model, tmp_path, node)


IN_THE_BROWSER = ["transformer", "masked encoder", "pictures", "Conv3D and pooling", "one_hot"]


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["webgl", "wasm", "webgpu"])
@pytest.mark.parametrize("name", IN_THE_BROWSER)
def test_predicts_the_same_in_the_browser(
    name: str, backend: str, browser: BrowserSession, node: NodeSession, tmp_path: Path
) -> None:
    model = build(name)
    save_graph_model(model, tmp_path)
    signature = node.signature(tmp_path)
    inputs = sample_inputs(signature, batch=4)
    got = browser.predict(tmp_path, inputs, backend)
    for difference in differences(predict(model, inputs, signature), got, signature.outputs):
        assert difference.within(1e-3), difference


def test_inputs_and_outputs_keep_their_order_and_names(node: NodeSession, tmp_path: Path) -> None:
    save_graph_model(build("outputs in their order"), tmp_path / "outputs")
    assert node.signature(tmp_path / "outputs").outputs == ("z", "q", "a", "m")
    z, a = keras.Input((2,), name="z"), keras.Input((3,), name="a")
    save_graph_model(keras.Model([z, a], ops.exp(layers.Concatenate()([z, a]))), tmp_path / "in")
    signature = node.signature(tmp_path / "in")
    assert [(each.name, each.shape) for each in signature.inputs] == [
        ("z", (None, 2)),
        ("a", (None, 3)),
    ]


def test_half_precision_is_computed_in_float32(node: NodeSession, tmp_path: Path) -> None:
    for policy in ("mixed_float16", "mixed_bfloat16", "float64"):
        half = stack(
            layers.Dense(3, "gelu", dtype=policy), layers.Dense(2, dtype="float32"), shape=(6,)
        )
        single = stack(layers.Dense(3, "gelu"), layers.Dense(2), shape=(6,))
        single.set_weights(half.get_weights())
        save_graph_model(half, tmp_path)
        assert_same(single, tmp_path, node)


@pytest.mark.parametrize("dtype", ["float16", "uint16", "uint8"])
def test_quantized_weights(dtype: str, node: NodeSession, tmp_path: Path) -> None:
    model = build("transformer")
    whole = save_graph_model(model, tmp_path / "whole")
    small = save_graph_model(model, tmp_path / "small", quantization_dtype_map={dtype: "*"})
    sizes = [sum(f.stat().st_size for f in p.parent.glob("*.bin")) for p in (small, whole)]
    assert sizes[0] < 0.6 * sizes[1]
    inputs = sample_inputs(node.signature(small.parent))
    [got], [expected] = (node.predict(path.parent, inputs) for path in (small, whole))
    np.testing.assert_allclose(got, expected, atol=0.1 if dtype == "uint8" else 1e-2)


def test_options_reach_the_files(tmp_path: Path) -> None:
    model = stack(layers.Dense(300, "gelu"), shape=(400,))
    path = save_keras_model(
        model,
        tmp_path,
        format="graph",
        weight_shard_size_bytes=100_000,
        metadata={"labels": ["a", "b"]},
    )
    description = json.loads(path.read_text())
    assert description["userDefinedMetadata"] == {"labels": ["a", "b"]}
    assert len(description["weightsManifest"][0]["paths"]) == 5


def test_layers_are_as_before(tmp_path: Path) -> None:
    lstm = layers.LSTM(3, dropout=0.5, name="a name: x")
    save_graph_model(stack(lstm, shape=(4, 2)), tmp_path)
    assert (lstm.unroll, lstm.name) == (False, "a name: x")


def test_the_format_is_chosen(tmp_path: Path) -> None:
    simple, other = stack(layers.Dense(2)), stack(layers.Dense(2, "exponential"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        formats = [
            json.loads(save_keras_model(simple, tmp_path, **given).read_text())["format"]
            for given in ({}, {"format": "layers"}, {"format": "graph"})
        ]
        save_keras_model(other, tmp_path, format="graph")
    assert formats == ["layers-model", "layers-model", "graph-model"]
    with pytest.raises(ConversionError, match="exponential"):
        save_keras_model(other, tmp_path, format="layers")
    with pytest.warns(UserWarning, match="whose layers cannot say\n.*exponential"):
        save_keras_model(other, tmp_path)
    with pytest.raises(ValueError, match="'auto', 'layers', 'graph', got 'tfjs'"):
        save_keras_model(simple, tmp_path, format="tfjs")  # type: ignore[arg-type]


def test_what_neither_can_say_has_all_reasons(tmp_path: Path) -> None:
    x = keras.Input((4,))
    square = ops.matmul(x[:, :, None], x[:, None, :])
    model = keras.Model(x, [ops.det(square), layers.Hashing(3)(ops.cast(x, "int32"))])
    with pytest.raises(ConversionError) as caught:
        save_keras_model(model, tmp_path / "out")
    problems = "\n".join(caught.value.problems)
    assert "of layers: " in problems
    assert "(MatrixDeterminant): tf.js has no such operation" in problems
    assert "(AsString): tf.js has no such operation" in problems
    assert not (tmp_path / "out").exists()


def test_an_integer_of_more_than_32_bits_is_refused(tmp_path: Path) -> None:
    x = keras.Input((4,), dtype="int64")
    for number, fits in ((2**31 - 1, True), (2**31, False), (-(2**31), True), (-(2**40), False)):
        model = keras.Model(x, ops.minimum(x, ops.full((4,), number, dtype="int64")))
        if fits:
            save_graph_model(model, tmp_path)
        else:
            with pytest.raises(ConversionError, match=f"the integer {number} is too large"):
                save_graph_model(model, tmp_path)


def test_what_the_optimizer_mistakes_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Without the rewrite that keeps it from being mistaken for a leaky ReLU.
    monkeypatch.delitem(REWRITERS, "Maximum")
    with pytest.raises(ConversionError, match="takes it for a leaky ReLU"):
        save_graph_model(build("maximum of x and 2 x"), tmp_path)


def test_a_lookup_of_strings_is_refused(tmp_path: Path) -> None:
    model = stack(layers.StringLookup(vocabulary=["a", "b"]), shape=(1,), dtype="string")
    with pytest.raises(ConversionError, match="a lookup table, or another resource"):
        save_graph_model(model, tmp_path)


def test_a_layer_that_changes_a_variable_is_refused(tmp_path: Path) -> None:
    class Counting(layers.Layer):
        def build(self, shape: Any) -> None:
            self.calls = self.add_weight(shape=(), trainable=False)

        def call(self, x: Any) -> Any:
            self.calls.assign_add(1.0)
            return x * self.calls

    with pytest.raises(ConversionError, match="changes a variable when it is called"):
        save_graph_model(stack(Counting()), tmp_path)


def test_a_layer_that_tensorflow_cannot_trace_is_refused(tmp_path: Path) -> None:
    def shown(x: Any) -> Any:
        return x if isinstance(x, keras.KerasTensor) else x * float(x.numpy().sum())

    with pytest.raises(ConversionError, match="numpy"):
        save_graph_model(stack(layers.Lambda(shown, output_shape=(4,))), tmp_path)


def test_models_that_are_not_built(tmp_path: Path) -> None:
    for model in (keras.Sequential([layers.Dense(2)]), keras.Model()):
        with pytest.raises(ConversionError, match="Call the model on data once"):
            save_graph_model(model, tmp_path)


def test_a_graph_is_not_read_back_into_keras(tmp_path: Path) -> None:
    save_graph_model(build("sort"), tmp_path)
    with pytest.raises(ModelFileError, match="is a graph-model; only layers-models"):
        load_keras_model(tmp_path)


def test_the_steps_of_a_recurrent_layer_bear_its_name(tmp_path: Path) -> None:
    model = keras.Sequential([layers.Input((5, 2)), layers.LSTM(3, name="memory")])
    nodes = json.loads(save_graph_model(model, tmp_path).read_text())["modelTopology"]["node"]
    products = [node["name"] for node in nodes if "MatMul" in node["op"]]
    assert len(products) == 2 * 5
    assert all("/memory" in name for name in products)


class Counting(layers.SimpleRNNCell):
    """Each step of which is multiplied by its number."""

    steps = 0

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        self.steps += 1
        output, _ = super().call(inputs, states)
        return output * self.steps, [output]


def test_every_step_of_a_cell_of_ones_own_is_traced(node: NodeSession, tmp_path: Path) -> None:
    cell = Counting(3)
    model = keras.Sequential([layers.Input((4, 2)), layers.RNN(cell, return_sequences=True)])
    cell.steps = 0
    save_graph_model(model, tmp_path)
    assert cell.steps == 4
    x = np.ones((1, 4, 2), np.float32)
    cell.steps = 0
    model.layers[0].unroll = True
    [got] = node.predict(tmp_path, [x])
    np.testing.assert_allclose(got, model(x), rtol=1e-5)


def test_weights_that_the_model_does_not_use_are_left_out(tmp_path: Path) -> None:
    graph = traced(stack(layers.Dropout(0.5), layers.Dense(2)))
    assert {op.type for op in graph.graph.get_operations()} >= {"MatMul"}
    assert not any("seed" in op.name for op in graph.graph.get_operations())


FIVE = np.array(5, "int32")
REFUSED_IN_A_GRAPH = {
    "bits": (lambda x: ops.bitwise_and(ops.cast(x, "int32"), FIVE), "no such operation"),
    "sizes that depend on values": (lambda x: ops.repeat(x, [1, 2, 1, 1], 1), "depend on values"),
    "a diagonal": (lambda x: ops.einsum("bii->bi", ops.stack([x, x, x, x], 1)), "a diagonal"),
}


@pytest.mark.parametrize("name", REFUSED_IN_A_GRAPH)
def test_what_predict_cannot_run_is_refused(name: str, tmp_path: Path) -> None:
    function, words = REFUSED_IN_A_GRAPH[name]
    x = keras.Input((4,))
    with pytest.raises(ConversionError, match=words):
        save_graph_model(keras.Model(x, function(x)), tmp_path)
    assert not list(tmp_path.iterdir())
