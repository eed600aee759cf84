"""Graph-models by handlers, and operations of one's own, against tf.js."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.io.node_artifacts import in_node
from tfjsbridge.converters.graph import save_graph_model
from tfjsbridge.converters.graph.load import load_graph_model
from tfjsbridge.errors import ModelFileError
from tfjsbridge.runtime import keras
from tfjsbridge.verify import NodeSession, TfjsError

X = np.random.default_rng(0).normal(size=(2, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    x = keras.layers.Input((3,), name="x")
    y = keras.layers.Dense(400, "tanh")(x)
    path: Path = tmp_path_factory.mktemp("graph")
    save_graph_model(keras.Model(x, keras.layers.Dense(2)(y)), path, metadata={"mine": 1})
    return path


@pytest.fixture
def artifacts(folder: Path) -> dict[str, Any]:
    return tf.io.fileSystem(folder).load()


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    tf.env().reset()
    for name in ("Tanh", "MatMul", "Mine"):
        tf.deregisterOp(name)


def test_save_to_a_handler_and_load(
    node: NodeSession, folder: Path, artifacts: dict[str, Any], tmp_path: Path
) -> None:
    model = tf.loadGraphModel(f"file://{folder}")
    expected = model.predict(X)
    found: list[dict[str, Any]] = []
    assert model.save(tf.io.withSaveHandler(lambda given: found.append(given) or "saved"))
    assert found[0].keys() == artifacts.keys()
    assert found[0]["userDefinedMetadata"]["mine"] == 1
    body = """
        const model = await tf.loadGraphModel(tf.io.fromMemory(artifacts));
        return model.predict(args.x);
    """
    np.testing.assert_allclose(in_node(node, found[0], body, x=X), expected, rtol=1e-5, atol=1e-6)
    for target in (tmp_path / "a", f"file://{tmp_path}/b", "memory://graph"):
        [info] = model.save(target).values()
        assert info["weightDataBytes"] == len(found[0]["weightData"])
        np.testing.assert_array_equal(tf.loadGraphModel(target).predict(X), expected)
    tf.io.removeModel("memory://graph")
    with pytest.raises(ValueError, match="Cannot find any save handlers for URL 'foo://x'"):
        model.save("foo://x")
    with pytest.raises(ValueError, match=r"GraphModel.save\(\) cannot proceed"):
        model.save({})


def test_the_ways_to_load(folder: Path, artifacts: dict[str, Any]) -> None:
    expected = tf.loadGraphModel(folder).predict(X)
    description = json.loads((folder / "model.json").read_text())
    models = [
        tf.loadGraphModel(tf.io.fromMemory(artifacts)),
        tf.loadGraphModel({"load": lambda: artifacts}, {}),
        tf.loadGraphModelSync(artifacts),
        tf.loadGraphModelSync(tf.io.fromMemorySync(artifacts)),
        tf.loadGraphModelSync([description, artifacts["weightData"]]),
    ]
    unloaded = tf.GraphModel(folder)
    assert unloaded.load() is True
    synchronous = tf.GraphModel("nowhere")
    assert synchronous.loadSync(artifacts) is True
    for model in (*models, unloaded, synchronous):
        np.testing.assert_array_equal(model.predict(X), expected)
        np.testing.assert_array_equal(model.predictAsync(X, {"batchSize": 1}), expected)
        np.testing.assert_array_equal(model.executeAsync(X), expected)

    class Io:
        @staticmethod
        def getLoadHandlers(url: str, options: Any) -> list[Any]:
            assert (url, options["strict"]) == ("shelf://a", True)
            return [{"load": lambda: artifacts}]

    shelved = tf.loadGraphModel("shelf://a", {"strict": True}, Io)  # type: ignore[arg-type]
    np.testing.assert_array_equal(shelved.predict(X), expected)


REFUSED: dict[str, tuple[str, list[Any]]] = {
    "null": ("loadGraphModel", [None]),
    "sync null": ("loadGraphModelSync", [None]),
    "sync empty list": ("loadGraphModelSync", [[]]),
    "sync no weights": ("loadGraphModelSync", [[{}]]),
    "sync nothing": ("loadGraphModelSync", [{}]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(node: NodeSession, case: str) -> None:
    name, given = REFUSED[case]
    with pytest.raises(TfjsError) as theirs:
        node.evaluate(f"await tf.{name}(...args.given)", given=given)
    with pytest.raises(ValueError, match=r"\S") as ours:
        getattr(tf, name)(*given)
    assert str(ours.value) == str(theirs.value)


def test_refused_too(artifacts: dict[str, Any]) -> None:
    for description, said in ({}, "modelTopology"), ({"modelTopology": {}}, "weightsManifest"):
        with pytest.raises(ValueError, match=f"Model JSON is missing '{said}'"):
            tf.loadGraphModelSync([description, b"123"])
    with pytest.raises(ModelFileError, match="is a layers-model"):
        tf.loadGraphModelSync({**artifacts, "modelTopology": {}, "format": "layers-model"})
    with pytest.raises(ModelFileError, match=r"The model .*truncated"):
        tf.loadGraphModelSync({**artifacts, "weightData": b"1"})
    with pytest.raises(ModelFileError, match="is a graph-model"):
        tf.loadLayersModel(tf.io.fromMemory(artifacts))


def test_intermediate_tensors(node: NodeSession, artifacts: dict[str, Any]) -> None:
    model = tf.loadGraphModel(tf.io.fromMemory(artifacts))
    model.predict(X)
    assert model.getIntermediateTensors() is None
    before = tf.memory()["numTensors"]
    tf.env().set("KEEP_INTERMEDIATE_TENSORS", True)
    model.predict(X).dispose()
    found = model.getIntermediateTensors()
    assert found is not None
    body = """
        tf.env().set('KEEP_INTERMEDIATE_TENSORS', true);
        const model = await tf.loadGraphModel(tf.io.fromMemory(artifacts));
        model.predict(args.x);
        const found = {...model.getIntermediateTensors()};
        tf.env().set('KEEP_INTERMEDIATE_TENSORS', false);
        return found;
    """
    theirs = in_node(node, artifacts, body, x=X)
    shared = theirs.keys() & found.keys()
    # What is several operations in TensorFlow is one in tf.js.
    assert shared == theirs.keys()
    assert len(shared) >= 4
    for name in shared:
        for mine, other in zip(found[name], theirs[name], strict=True):
            np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-6)
    model.disposeIntermediateTensors()
    assert model.getIntermediateTensors() is None
    assert tf.memory()["numTensors"] == before
    model.disposeIntermediateTensors()


def node_of(name: str, op: str, inputs: list[str], /, **attr: Any) -> dict[str, Any]:
    return {"name": name, "op": op, "input": inputs, "attr": attr}


FLOAT = {"type": "DT_FLOAT"}
SHAPE = {"shape": {"dim": [{"size": "-1"}, {"size": "3"}]}}


def own_graph(*nodes: dict[str, Any]) -> dict[str, Any]:
    """A graph with operations of one's own, of x and a constant c."""
    topology = {
        "node": [
            node_of("x", "Placeholder", [], dtype=FLOAT, shape=SHAPE),
            node_of("c", "Const", [], dtype=FLOAT, value={"tensor": {"dtype": "DT_FLOAT"}}),
            *nodes,
        ],
        "versions": {"producer": 27},
    }
    specs = [{"name": "c", "shape": [3], "dtype": "float32"}]
    data = np.float32([10, 20, 30]).tobytes()
    return {
        "modelTopology": topology,
        "format": "graph-model",
        "weightSpecs": specs,
        "weightData": data,
    }


MINE = {
    "name": {"s": base64.b64encode(b"hi").decode()},
    "count": {"i": "3"},
    "share": {"f": 0.5},
    "yes": {"b": True},
    "T": FLOAT,
    "sizes": {"list": {"i": ["1", "2"]}},
}
OWN = own_graph(
    node_of("a", "Mine", ["x", "c"], **MINE),
    node_of("t", "Tanh", ["a"], T=FLOAT),
    node_of("b", "Mine", ["t", "a:1"], **MINE),
    node_of("out", "AddV2", ["b", "a:1"], T=FLOAT),
)


def test_operations_of_ones_own(node: NodeSession) -> None:
    body = """
        const seen = [];
        tf.registerOp('Mine', node => {
            seen.push(node.attrs);
            const [a, b] = node.inputs;
            return [a.mul(b), a.sub(b)];
        });
        const model = await tf.loadGraphModel(tf.io.fromMemory(artifacts));
        const result = [model.execute({x: args.x}, 'out'), model.execute({x: args.x}, ['t', 'b'])];
        tf.deregisterOp('Mine');
        return [result, seen[0], model.inputNodes, model.outputNodes];
    """
    theirs, attributes, inputs, outputs = in_node(node, OWN, body, x=X)
    seen: list[Any] = []

    def compute(node: Any) -> Any:
        seen.append(node.attrs)
        a, b = node.inputs
        return [a.mul(b), a.sub(b)]

    tf.registerOp("Mine", compute)
    model = tf.loadGraphModel(tf.io.fromMemory(OWN))
    ours = [model.execute({"x": X}, "out"), model.execute({"x": X}, ["t", "b"])]
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-5)
    for mine, other in zip(ours[1], theirs[1], strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-5)
    assert [model.inputNodes, model.outputNodes] == [inputs, outputs]
    assert seen[0] == attributes
    # The nodes that a call needs, once each.
    assert len(seen) == 4
    np.testing.assert_allclose(model.predict(X), theirs[0], rtol=1e-5)
    np.testing.assert_allclose(model.execute({"x": X}, "a:1"), X - np.float32([10, 20, 30]))
    with pytest.raises(ValueError, match=r"Missing the following inputs: \[x\]"):
        model.execute({}, "out")
    tf.deregisterOp("Mine")
    with pytest.raises(ValueError, match="Custom op Mine is not registered"):
        model.predict(X)
    with pytest.raises(ModelFileError, match=r"Mine: tf.js has no such operation"):
        tf.loadGraphModel(tf.io.fromMemory(OWN))


def test_an_operation_is_overridden(node: NodeSession) -> None:
    graph = own_graph(node_of("t", "Tanh", ["x"], T=FLOAT))
    body = """
        tf.registerOp('Tanh', node => node.inputs[0].mul(2));
        const model = await tf.loadGraphModel(tf.io.fromMemory(artifacts));
        const result = model.execute({x: args.x}, 't');
        tf.deregisterOp('Tanh');
        return result;
    """
    tf.registerOp("Tanh", lambda node: node.inputs[0].mul(2))
    model = tf.loadGraphModel(tf.io.fromMemory(graph))
    np.testing.assert_allclose(model.execute({"x": X}, "t"), in_node(node, graph, body, x=X))
    entry = tf.getRegisteredOp("Tanh")
    assert entry is not None
    assert entry["tfOpName"] == "Tanh"
    tf.deregisterOp("Tanh")
    assert tf.getRegisteredOp("Tanh") is None
    model = tf.loadGraphModel(tf.io.fromMemory(graph))
    np.testing.assert_allclose(model.execute({"x": X}, "t"), np.tanh(X), rtol=1e-5)


def test_an_own_operation_that_gives_too_little() -> None:
    tf.registerOp("Mine", lambda node: node.inputs[0])
    model = tf.loadGraphModel(tf.io.fromMemory(OWN))
    with pytest.raises(ValueError, match=r"a \(Mine\) must give 2 tensors, but gave 1"):
        model.predict(X)


def test_a_plain_graph_has_nothing_of_ones_own(folder: Path) -> None:
    assert load_graph_model(folder).own == {}
