"""A graph-model that is loaded in Python predicts what Keras and real tf.js predict."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.converters.graph_cases import MODELS, OPERATIONS, build, stack
from tfjsbridge.converters.graph import save_graph_model
from tfjsbridge.errors import ModelFileError
from tfjsbridge.runtime import keras, load_tensorflowjs, tensorflow
from tfjsbridge.verify import InputSpec, NodeSession, Signature, differences, sample_inputs
from tfjsbridge.verify.python_model import predict

layers, ops = keras.layers, keras.ops


def convolutions() -> Any:
    x = keras.Input((8, 8, 3))
    y = layers.Conv2D(4, 3, activation="relu")(x)
    y = layers.BatchNormalization()(layers.Conv2D(4, 1, use_bias=False)(y))
    y = layers.PReLU(shared_axes=[1, 2])(layers.DepthwiseConv2D(3, activation="relu6")(y))
    y = layers.DepthwiseConv2D(2)(layers.LeakyReLU(0.3)(layers.Conv2D(4, 1)(y)))
    return keras.Model(x, layers.Dense(3, "sigmoid")(layers.Flatten()(y)))


def prelu_behind_products() -> Any:
    x = keras.Input((6, 6, 2))
    y = layers.PReLU(shared_axes=[1, 2])(layers.Conv2D(4, 3)(x))
    y = layers.PReLU(shared_axes=[1, 2])(layers.DepthwiseConv2D(3)(y))
    return keras.Model(x, layers.PReLU()(layers.Dense(5)(layers.Flatten()(y))))


def leaky_behind_products() -> Any:
    x = keras.Input((4,))
    y = layers.Dense(5, "elu")(layers.LeakyReLU(0.3)(layers.Dense(6)(x)))
    return keras.Model(x, layers.Dense(700, "tanh")(y))


def prelu_of_one_slope() -> Any:
    x = keras.Input((3, 4))
    return keras.Model(x, layers.PReLU(shared_axes=[1, 2])(x))


OWN = {
    "PReLU of one slope": prelu_of_one_slope,
    "convolutions": convolutions,
    "PReLU behind products": prelu_behind_products,
    "leaky ReLU behind products": leaky_behind_products,
}


def made(name: str) -> Any:
    if name not in OWN:
        return build(name)
    keras.utils.set_random_seed(3)
    model = OWN[name]()
    random = np.random.default_rng(3)
    for weight in model.weights:
        weight.assign(np.abs(weight) * 0.5 + random.uniform(0.05, 0.3, weight.shape))
        if "kernel" in weight.path:
            weight.assign(random.normal(0, 0.4, weight.shape))
    return model


def signature_of(loaded: tf.GraphModel) -> Signature:
    inputs = tuple(
        InputSpec(name, tuple(None if n < 0 else n for n in info.shape or []), info.dtype)
        for name, info in zip(loaded.inputNodes, loaded.inputs, strict=True)
    )
    return Signature(inputs, tuple(loaded.outputNodes))


def as_list(outputs: Any) -> list[np.ndarray]:
    return [each.numpy() for each in (outputs if isinstance(outputs, list) else [outputs])]


@pytest.mark.parametrize("name", [*MODELS, *OPERATIONS, *OWN])
def test_predicts_what_keras_predicts(name: str, tmp_path: Path) -> None:
    model = made(name)
    save_graph_model(model, tmp_path)
    loaded = tf.loadGraphModel(tmp_path)
    signature = signature_of(loaded)
    inputs = sample_inputs(signature)
    got = as_list(loaded.predict(inputs))
    for difference in differences(predict(model, inputs, signature), got, signature.outputs):
        assert difference.within(1e-5), difference


#: Loads a graph-model from its artifacts, and gives what the body makes of it.
IN_TFJS = """
    const data = Uint8Array.from(Buffer.from(args.weights, 'base64')).buffer;
    const {modelTopology, signature, userDefinedMetadata, weightsManifest} = args.description;
    const weightSpecs = weightsManifest.flatMap(group => group.weights);
    const artifacts =
        {modelTopology, signature, userDefinedMetadata, weightSpecs, weightData: data};
    const model = await tf.loadGraphModel(tf.io.fromMemory(artifacts));
"""


def in_tfjs(node: NodeSession, directory: Path, body: str, **args: Any) -> Any:
    import base64

    description = json.loads((directory / "model.json").read_text())
    paths = [name for group in description["weightsManifest"] for name in group["paths"]]
    weights = base64.b64encode(b"".join((directory / p).read_bytes() for p in paths)).decode()
    return node.evaluate(IN_TFJS + body, description=description, weights=weights, **args)


@pytest.mark.parametrize("name", ["transformer", "pictures", "dicts", "integers", *OWN])
def test_every_node_is_what_it_is_in_tfjs(name: str, node: NodeSession, tmp_path: Path) -> None:
    save_graph_model(made(name), tmp_path)
    loaded = tf.loadGraphModel(tmp_path)
    description = json.loads((tmp_path / "model.json").read_text())
    names = [each["name"] for each in description["modelTopology"]["node"]]
    inputs = sample_inputs(signature_of(loaded), batch=3)
    body = "return model.execute(args.inputs, args.names)"
    expected = in_tfjs(node, tmp_path, body, inputs=inputs, names=names)
    got = as_list(loaded.execute(inputs, names))
    for difference in differences(expected, got, names):
        assert difference.within(1e-4), difference


def test_says_of_itself_what_tfjs_says(node: NodeSession, tmp_path: Path) -> None:
    save_graph_model(made("dicts"), tmp_path, metadata={"labels": ["a"]})
    loaded = tf.loadGraphModel(f"file://{tmp_path}")
    properties = ("inputNodes", "outputNodes", "modelVersion", "metadata", "modelSignature")
    body = f"""
        const {{{", ".join(properties)}}} = model;
        const inputs = model.inputs, weights = model.weights;
        return {{{", ".join(properties)}, inputs, weights, keys: model.modelStructuredOutputKeys}};
    """
    there = in_tfjs(node, tmp_path, body)
    for name in properties:
        assert getattr(loaded, name) == there[name], name
    assert [vars(each) for each in loaded.inputs] == there["inputs"]
    assert [each.shape for each in loaded.outputs] == [[-1, 2], [-1, 1]]
    assert loaded.modelStructuredOutputKeys is there["keys"] is None
    assert set(loaded.weights) == set(there["weights"])
    for name, [weight] in loaded.weights.items():
        np.testing.assert_array_equal(weight.numpy(), there["weights"][name][0])


def test_the_official_converters_files(node: NodeSession, tmp_path: Path) -> None:
    model = made("convolutions")
    model.export(tmp_path / "saved", verbose=False)
    load_tensorflowjs()
    from tensorflowjs.converters.tf_saved_model_conversion_v2 import convert_tf_saved_model

    convert_tf_saved_model(str(tmp_path / "saved"), str(tmp_path / "out"))
    written = json.loads((tmp_path / "out" / "model.json").read_text())
    assert nodes_of(written, "_FusedConv2D")
    assert nodes_of(written, "FusedDepthwiseConv2dNative")
    loaded = tf.loadGraphModel(tmp_path / "out")
    inputs = sample_inputs(signature_of(loaded))
    expected = in_tfjs(node, tmp_path / "out", "return model.predict(args.x)", x=inputs)
    got = loaded.predict(inputs)
    got = got if isinstance(got, tf.Tensor) else next(iter(got.values()))
    expected = expected if isinstance(expected, np.ndarray) else next(iter(expected.values()))
    np.testing.assert_allclose(got, expected, atol=1e-5)


def test_inputs_and_outputs_in_every_form(tmp_path: Path) -> None:
    model = made("dicts")
    save_graph_model(model, tmp_path)
    loaded = tf.loadGraphModel(tmp_path / "model.json")
    a, b = np.ones((2, 3), np.float32), np.full((2, 2), 0.5)
    expected = loaded.predict([a, b])
    assert [type(each) for each in expected] == [tf.Tensor, tf.Tensor]
    for given in ({"b": b, "a": a}, {"a:0": tf.tensor(a), "b": b}, (tf.tensor(a), b)):
        for got, one in zip(loaded.predict(given), expected, strict=True):
            np.testing.assert_array_equal(got.numpy(), one.numpy())
    [first, second] = loaded.outputNodes
    for name in (second, f"{second}_output", f"{second}_output:0"):
        np.testing.assert_array_equal(loaded.execute([a, b], name), expected[1])
    # Only what an output depends on must be given.
    np.testing.assert_array_equal(loaded.execute({"b": b}, [second]), expected[1])
    # Nodes inside can be fed, and weights read.
    fed = loaded.execute({f"{first}_output": np.zeros((1, 2), np.float32)}, first)
    assert fed.numpy().tolist() == [[0, 0]]
    name = next(iter(loaded.weights))
    assert loaded.execute({}, name).shape == loaded.weights[name][0].shape


def test_an_input_that_nothing_reads(node: NodeSession, tmp_path: Path) -> None:
    used, unused = keras.Input((2,), name="used"), keras.Input((3,), name="unused")
    model = keras.Model([used, unused], ops.exp(used))
    save_graph_model(model, tmp_path)
    loaded = tf.loadGraphModel(tmp_path)
    inputs = [np.ones((2, 2), np.float32), np.ones((2, 3), np.float32)]
    expected = in_tfjs(node, tmp_path, "return model.predict(args.inputs)", inputs=inputs)
    np.testing.assert_allclose(loaded.predict(inputs), expected, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "uint16", "uint8"])
def test_quantized(dtype: str, node: NodeSession, tmp_path: Path) -> None:
    save_graph_model(made("transformer"), tmp_path, {dtype: "*"})
    loaded = tf.loadGraphModel(tmp_path)
    inputs = sample_inputs(signature_of(loaded))
    [expected] = node.predict(tmp_path, inputs)
    np.testing.assert_allclose(loaded.predict(inputs), expected, atol=1e-5)


X, Y = np.ones((2, 3), np.float32), np.ones((2, 2), np.float32)
WRONG = {
    "number": ([X], None),
    "shape": ([X, X], None),
    "rank": ({"a": X[0], "b": Y}, None),
    "dtype": ([X.astype(np.int32), Y], None),
    "name": ({"a": X, "b": Y, "c": Y}, None),
    "output": ([X, Y], ["dense_9"]),
    "missing": ({"a": X}, None),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_in_tfjss_words(case: str, node: NodeSession, tmp_path: Path) -> None:
    save_graph_model(made("dicts"), tmp_path)
    inputs, outputs = WRONG[case]
    body = """
        try { model.execute(args.inputs, args.outputs ?? undefined); }
        catch (error) { return error.message; }
    """
    said = in_tfjs(node, tmp_path, body, inputs=inputs, outputs=outputs)
    if case == "missing":  # tf.js: which inputs came is the keys of a list there
        said = re.sub(r"inputs \[a(:0)?\]", "inputs [a:0]", said)
    with pytest.raises(ValueError, match=re.escape(said)):
        tf.loadGraphModel(tmp_path).execute(inputs, outputs)


@pytest.mark.parametrize("control_flow_v2", [False, True])
def test_loops_of_the_official_converter(
    control_flow_v2: bool, node: NodeSession, tmp_path: Path
) -> None:
    random = np.random.default_rng(0)
    kernel = tensorflow.constant(random.normal(size=(4, 4)), tensorflow.float32)

    def step(number: Any, x: Any) -> Any:
        return number + 1, tensorflow.nn.relu(tensorflow.nn.bias_add(x @ kernel, [0, 1, 2, 3.0]))

    def steps(x: Any) -> Any:
        return tensorflow.while_loop(lambda n, _: n < 3, step, [tensorflow.constant(0), x])[1]

    model = stack(layers.Lambda(steps, output_shape=(4,)))
    model.export(tmp_path / "saved", verbose=False)
    load_tensorflowjs()
    from tensorflowjs.converters.tf_saved_model_conversion_v2 import convert_tf_saved_model

    saved, out = str(tmp_path / "saved"), str(tmp_path / "out")
    convert_tf_saved_model(saved, out, control_flow_v2=control_flow_v2)
    x = random.normal(size=(2, 4)).astype(np.float32)
    expected = in_tfjs(node, tmp_path / "out", "return await model.executeAsync(args.x)", x=x)
    for _ in range(2):  # a function of the same name is no trouble
        got = tf.loadGraphModel(tmp_path / "out").predict(x)
        np.testing.assert_allclose(got, expected, rtol=1e-5)
    np.testing.assert_allclose(model(x), expected, rtol=1e-5)


def test_what_does_not_go_together_inside(tmp_path: Path) -> None:
    one, other = keras.Input((None,)), keras.Input((None,))
    save_graph_model(keras.Model([one, other], one * ops.exp(other)), tmp_path)
    with pytest.raises(ValueError, match="cannot be run on this"):
        tf.loadGraphModel(tmp_path).predict([X, Y])


def test_dispose(tmp_path: Path) -> None:
    save_graph_model(made("sort"), tmp_path)
    loaded = tf.loadGraphModel(tmp_path)
    loaded.dispose()
    with pytest.raises(ValueError, match="is disposed"):
        loaded.predict(np.ones((1, 4), np.float32))


def test_without_a_signature(node: NodeSession, tmp_path: Path) -> None:
    change(made("leaky ReLU behind products"), tmp_path, lambda d: d.pop("signature"))
    loaded = tf.loadGraphModel(tmp_path)
    body = "return [model.inputNodes, model.outputNodes]"
    assert [loaded.inputNodes, loaded.outputNodes] == in_tfjs(node, tmp_path, body)
    x = np.ones((2, 4), np.float32)
    expected = in_tfjs(node, tmp_path, "return model.predict(args.x)", x=x)
    np.testing.assert_allclose(loaded.predict(x), expected, atol=1e-5)


def test_structured_outputs(node: NodeSession, tmp_path: Path) -> None:
    keys = {"structuredOutputKeys": ["first", "second"]}
    save_graph_model(made("dicts"), tmp_path, metadata=keys)
    loaded = tf.loadGraphModel(tmp_path)
    found = loaded.predict([X, Y])
    expected = in_tfjs(node, tmp_path, "return model.predict([args.x, args.y])", x=X, y=Y)
    assert list(found) == list(expected) == ["first", "second"]
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-5)


def change(model: Any, directory: Path, edit: Any) -> None:
    path = save_graph_model(model, directory)
    description = json.loads(path.read_text())
    edit(description)
    path.write_text(json.dumps(description))


def nodes_of(description: dict[str, Any], op: str) -> list[dict[str, Any]]:
    return [each for each in description["modelTopology"]["node"] if each["op"] == op]


def _first(op: str, /, **changes: Any) -> Any:
    return lambda description: nodes_of(description, op)[0].update(changes)


def _function(op: str) -> Any:
    body = {"signature": {"name": "f"}, "nodeDef": [{"name": "n", "op": op}]}
    return lambda description: description["modelTopology"].update(library={"function": [body]})


DAMAGED: dict[str, tuple[Any, str]] = {
    "reads a file": (_first("Identity", op="ReadFile"), "ReadFile: tf.js has no such operation"),
    "runs Python": (_first("Identity", op="PyFunc"), "PyFunc: tf.js has no such operation"),
    "in a function": (_function("WriteFile"), "WriteFile: tf.js has no such operation"),
    "a function of others": (
        _first("Identity", attr={"body": {"func": {"name": "__inference_1"}}}),
        "has no function '__inference_1'",
    ),
    "a forest": (
        _first("Identity", op="SimpleMLLoadModelFromPathWithHandle"),
        "tables and forests beside the graph are not read",
    ),
    "not of TensorFlow": (_first("Identity", op="Ones"), "Ones: TensorFlow has no such operation"),
    "no graph": (lambda d: d["modelTopology"].update(node=[1]), "is no graph"),
    "no input": (_first("Identity", input=["nowhere"]), "cannot take up its graph"),
    "a circle": (
        lambda d: nodes_of(d, "Identity")[0].update(input=[nodes_of(d, "Identity")[0]["name"]]),
        "cannot take up its graph",
    ),
    "no weight": (
        lambda d: nodes_of(d, "Const")[0].update(name="lost"),
        "those of lost are missing",
    ),
    "a type that is none": (
        lambda d: nodes_of(d, "Placeholder")[0]["attr"].update(dtype={"type": 77}),
        "ca",
    ),
    "signature": (
        lambda d: d["signature"]["outputs"].update(z={"name": "nowhere:0"}),
        "outputs nowhere:0 are not in it",
    ),
    "signature of numbers": (lambda d: d["signature"].update(inputs=[1]), "no tensors with names"),
    "resources": (lambda d: d.update(modelInitializer={"node": [1]}), "lookup tables"),
    "fused": (
        lambda d: nodes_of(d, "_FusedMatMul")[0]["attr"]["fused_ops"]["list"].update(s=["RXhw"]),
        "does not compute 'Exp' along",
    ),
    "fused without a bias": (
        lambda d: nodes_of(d, "_FusedMatMul")[0]["input"].pop(),
        "fewer inputs than it computes with",
    ),
    "shards": (lambda d: d["weightsManifest"][0]["paths"].append("../x"), "outside"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_or_hostile_file_is_refused(case: str, tmp_path: Path) -> None:
    edit, said = DAMAGED[case]
    change(made("leaky ReLU behind products"), tmp_path, edit)
    with pytest.raises(ModelFileError, match=re.escape(said)):
        tf.loadGraphModel(tmp_path)


def test_what_is_no_graph_model(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        tf.loadGraphModel(tmp_path)
    tf.sequential(layers=[tf.layers.dense(units=1, inputShape=[2])]).save(tmp_path)
    with pytest.raises(ModelFileError, match="is a layers-model; load it with tf"):
        tf.loadGraphModel(tmp_path)


def test_types_that_tfjs_has_not(tmp_path: Path) -> None:
    def edit(description: dict[str, Any]) -> None:
        for each in description["modelTopology"]["node"]:
            for key, value in each.get("attr", {}).items():
                if value.get("type") == "DT_FLOAT":
                    each["attr"][key] = {"type": "DT_DOUBLE"}
        for each in nodes_of(description, "Placeholder"):
            each["device"] = "/device:GPU:7"

    model = stack(layers.Dense(3, "gelu"))
    change(model, tmp_path, edit)
    x = np.ones((2, 4), np.float32)
    np.testing.assert_allclose(tf.loadGraphModel(tmp_path).predict(x), model(x), atol=1e-5)
