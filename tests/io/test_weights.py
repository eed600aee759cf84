"""Weights as bytes, and artifacts of a model.json: what tf.js gives, and its errors."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.io.node_artifacts import weights
from tfjsbridge.errors import ModelFileError
from tfjsbridge.verify import NodeSession, TfjsError


def test_encode_weights(node: NodeSession) -> None:
    body = """
        const tensors = {
            s: tf.tensor1d(['ab', 'cé']), b: tf.tensor1d([true, false], 'bool'),
            c: tf.complex([1, 2], [3, 4]), i: tf.scalar(-3, 'int32'), f: tf.tensor2d([[1.5]])};
        const {data, specs} = await tf.io.encodeWeights(tensors, 'optimizer');
        return [Buffer.from(data).toString('base64'), specs];
    """
    tensors = {
        "s": tf.tensor1d(["ab", "cé"]),
        "b": tf.tensor1d([True, False], "bool"),
        "c": tf.complex([1, 2], [3, 4]),
        "i": tf.scalar(-3, "int32"),
        "f": tf.tensor2d([[1.5]]),
    }
    ours = tf.io.encodeWeights(tensors, "optimizer")
    theirs = node.evaluate(body)
    assert [base64.b64encode(ours["data"]).decode(), ours["specs"]] == theirs
    again = tf.io.decodeWeights(ours["data"], ours["specs"])
    for name, tensor in tensors.items():
        assert again[name].dtype == tensor.dtype
        assert again[name].shape == tensor.shape
        np.testing.assert_array_equal(again[name].numpy(), tensor.numpy())
    [named] = tf.io.encodeWeights([{"name": "x", "tensor": tensors["f"]}])["specs"]
    assert named == {"name": "x", "shape": [1, 1], "dtype": "float32"}
    stream = tf.io.decodeWeightsStream(iter([ours["data"][:7], ours["data"][7:]]), ours["specs"])
    assert stream["f"].arraySync() == [[1.5]]


def spec(**more: Any) -> dict[str, Any]:
    return {"name": "a", "shape": [2], "dtype": "float32", **more}


UINT8 = {"dtype": "uint8", "min": -1.5, "scale": 0.25}
DECODED: dict[str, Any] = {
    "float32": spec(),
    "int32": spec(dtype="int32"),
    "bool": spec(dtype="bool"),
    "scalar": spec(shape=[]),
    "uint8": spec(quantization=UINT8),
    "uint8 of int32": spec(dtype="int32", quantization=UINT8),
    "uint16": spec(quantization={**UINT8, "dtype": "uint16"}),
    "float16": spec(quantization={"dtype": "float16"}),
    "no min": spec(quantization={"dtype": "uint8"}),
    "int8": spec(quantization={"dtype": "int8"}),
    "float16 of int32": spec(dtype="int32", quantization={"dtype": "float16"}),
    "uint8 of bool": spec(dtype="bool", quantization=UINT8),
    "int64": spec(dtype="int64"),
    "too few": spec(shape=[9]),
}


@pytest.mark.parametrize("case", DECODED)
def test_decode_weights(node: NodeSession, case: str) -> None:
    data = bytes([1, 0, 60, 65, 2, 0, 0, 0])
    body = """
        const data = new Uint8Array(args.data).buffer;
        const tensor = tf.io.decodeWeights(data.slice(0, args.size), [args.spec]).a;
        return [tensor.dtype, tensor];
    """
    given = DECODED[case]
    quantized = given.get("quantization", given)["dtype"]
    # tf.js takes the rest of the buffer where there is more than the shape says.
    sizes = {"float32": 8, "int32": 8, "uint16": 4, "float16": 4, "uint8": 2, "bool": 2}
    size = 4 if given["shape"] == [] else sizes.get(quantized, 8)
    try:
        dtype, values = node.evaluate(body, data=list(data), spec=given, size=size)
    except TfjsError as error:
        with pytest.raises(ValueError, match=re.escape(str(error)[1:])):
            tf.io.decodeWeights(data[:size], [given])
    else:
        ours = tf.io.decodeWeights([data[:1], data[1:size]], [given])["a"]
        assert ours.dtype == dtype
        np.testing.assert_array_equal(ours.numpy(), values)


def test_strings_that_are_cut_off() -> None:
    for data in (b"", b"\3\0\0", b"\3\0\0\0ab"):
        with pytest.raises(ValueError, match="should have 1 values but has"):
            tf.io.decodeWeights(data, [spec(dtype="string", shape=[1])])


def test_concatenate_array_buffers() -> None:
    assert tf.io.concatenateArrayBuffers([b"ab", bytearray(b"c"), np.uint8([100])]) == b"abcd"
    assert tf.io.concatenateArrayBuffers([]) == b""
    with pytest.raises(TypeError, match="got int"):
        tf.io.concatenateArrayBuffers(5)


MANIFEST = [
    {"paths": ["a", "b"], "weights": [spec(name="w", shape=[1]), spec(name="v")]},
    {"paths": ["c"], "weights": [spec(name="u", shape=[1])]},
]


@pytest.mark.parametrize("names", [None, ["v"], ["u", "w"], ["x", "w", "y"]], ids=str)
@pytest.mark.parametrize("prefix", ["p", "p/", ""])
def test_weights_loader_factory(node: NodeSession, names: list[str] | None, prefix: str) -> None:
    body = """
        const values = {a: [1, 2], b: [3], c: [4]};
        let urls;
        const load = tf.io.weightsLoaderFactory(async asked => {
            urls = asked;
            return asked.map(url => new Float32Array(values[url.at(-1)]).buffer);
        });
        const tensors = await load(args.manifest, args.prefix, args.names ?? undefined);
        return [urls, tensors];
    """
    values = {"a": weights(1, 2), "b": weights(3), "c": weights(4)}
    urls: list[str] = []

    async def fetch(asked: list[str]) -> list[bytes]:
        urls.extend(asked)
        return [values[url[-1]] for url in asked]

    load = tf.io.weightsLoaderFactory(fetch)
    try:
        theirs = node.evaluate(body, manifest=MANIFEST, prefix=prefix, names=names)
    except TfjsError as error:
        with pytest.raises(ValueError, match=re.escape(str(error))):
            load(MANIFEST, prefix, names)
    else:
        tensors = load(MANIFEST, prefix, names)
        assert urls == theirs[0]
        assert {name: t.arraySync() for name, t in tensors.items()} == {
            name: array.tolist() for name, array in theirs[1].items()
        }


def test_load_weights_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, values in {"a": (1, 2), "b": (3,), "c": (4,)}.items():
        (tmp_path / name).write_bytes(weights(*values))
    found = tf.io.loadWeights(MANIFEST, str(tmp_path))
    assert {name: t.arraySync() for name, t in found.items()} == {"w": [1], "v": [2, 3], "u": [4]}
    assert list(tf.io.loadWeights(MANIFEST, f"file://{tmp_path}", ["v"])) == ["v"]
    monkeypatch.chdir(tmp_path)
    assert len(tf.io.loadWeights(MANIFEST)) == 3
    for name in ("../a", "/etc/passwd", "x/../../a", "%2e%2e/a", "c:\\a"):
        with pytest.raises(ModelFileError, match="outside of the model's folder"):
            tf.io.loadWeights([{**MANIFEST[0], "paths": [name]}], str(tmp_path))
    (tmp_path / "c").write_bytes(bytes(1000))
    with pytest.raises(ModelFileError, match="longer than the 16 bytes"):
        tf.io.loadWeights(MANIFEST, str(tmp_path))
    with pytest.raises(ModelFileError, match="cannot be read"):
        tf.io.loadWeights(MANIFEST, str(tmp_path / "none"))


JSONS: dict[str, list[Any]] = {
    "whole": [{"modelTopology": {"a": 1}, "format": "x", "userDefinedMetadata": {"b": [2]}}],
    "more": [{"modelTopology": {}, "signature": {"c": 1}, "trainingConfig": {}, "other": 5}],
    "no specs": [{"modelTopology": {}, "weightsManifest": []}],
    "no data": [{"modelTopology": {}, "weightsManifest": []}, [spec()]],
}


@pytest.mark.parametrize("case", JSONS)
def test_artifacts_of_json(node: NodeSession, case: str) -> None:
    body = "return tf.io.getModelArtifactsForJSONSync(...args.given)"
    try:
        theirs = node.evaluate(body, given=JSONS[case])
    except TfjsError as error:
        with pytest.raises(ValueError, match=str(error)):
            tf.io.getModelArtifactsForJSONSync(*JSONS[case])
    else:
        ours = tf.io.getModelArtifactsForJSONSync(*JSONS[case])
        assert {key: value for key, value in ours.items() if value is not None} == {
            key: value for key, value in theirs.items() if value is not None
        }


def test_artifacts_of_json_with_weights() -> None:
    async def load(manifest: Any) -> Any:
        return tf.io.getWeightSpecs(manifest), b"data"

    found = tf.io.getModelArtifactsForJSON({"modelTopology": {}, "weightsManifest": MANIFEST}, load)
    assert found["weightData"] == b"data"
    assert [each["name"] for each in found["weightSpecs"]] == ["w", "v", "u"]


def test_info_of_artifacts(node: NodeSession) -> None:
    artifacts = {"modelTopology": {"é": [1, 2.5, None, "x"]}, "weightSpecs": [spec()]}
    theirs = node.evaluate("return tf.io.getModelArtifactsInfoForJSON(args.a)", a=artifacts)
    ours = tf.io.getModelArtifactsInfoForJSON(artifacts)
    assert {**ours, "dateSaved": {}} == {**theirs, "dateSaved": {}}
    with pytest.raises(ValueError, match="Expected JSON model topology, received ArrayBuffer"):
        tf.io.getModelArtifactsInfoForJSON({"modelTopology": b""})


def test_from_memory_as_long_ago() -> None:
    model = tf.sequential(layers=[tf.layers.dense(units=1, inputShape=[1], name="q")])
    topology = model.toJSON(None, False)
    specs = [spec(name="q/kernel", shape=[1, 1]), spec(name="q/bias", shape=[1])]
    with pytest.warns(DeprecationWarning, match="with only one argument"):
        handler = tf.io.fromMemory(topology, specs, weights(2, 3))
    assert tf.loadLayersModel(handler).predict([[10]]).arraySync() == [[23]]
    with pytest.warns(DeprecationWarning, match="with only one argument"):
        handler = tf.io.fromMemorySync(topology)
    assert tf.loadLayersModel(handler).countParams() == 2


def test_with_save_handler_sync() -> None:
    assert tf.io.withSaveHandlerSync(len).save({"a": 1}) == 1
