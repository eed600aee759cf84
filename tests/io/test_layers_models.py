"""Layers-models between tf.js and here, as artifacts of handlers; and what each says of damage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.io.node_artifacts import in_node, saved_here, saved_in_node, weights
from tfjsbridge.converters import load
from tfjsbridge.errors import ModelFileError
from tfjsbridge.verify import NodeSession, TfjsError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(8, 4)).astype(np.float32)
Y = X.sum(1, keepdims=True)

MODELS = {
    "sequential": """
        const model = tf.sequential({name: 's', layers: [
            tf.layers.dense({units: 3, inputShape: [4], activation: 'tanh', name: 'a',
                             kernelRegularizer: 'l1l2'}),
            tf.layers.dropout({rate: 0.5, name: 'drop'}),
            tf.layers.dense({units: 2, name: 'b', trainable: false}),
            tf.layers.batchNormalization({name: 'norm'}),
            tf.layers.dense({units: 1, name: 'c'})]});
    """,
    "graph": """
        const x = tf.input({shape: [4], name: 'x'});
        const shared = tf.layers.dense({units: 4, name: 'shared'});
        const inner = tf.sequential({name: 'inner', layers: [
            tf.layers.dense({units: 2, inputShape: [4], name: 'i'})]});
        const joined = tf.layers.concatenate({name: 'join'}).apply(
            [inner.apply(shared.apply(x)), shared.apply(shared.apply(x))]);
        const model = tf.model({
            name: 'm', inputs: x, outputs: tf.layers.dense({units: 1, name: 'o'}).apply(joined)});
    """,
}
OPTIMIZERS = {
    "sgd": "tf.train.sgd(0.05)",
    "momentum": "tf.train.momentum(0.01, 0.8, true)",
    "adam": "tf.train.adam(0.01, 0.8, 0.9)",
    "rmsprop": "tf.train.rmsprop(0.01, 0.9, 0.5, 1e-6, true)",
    "adagrad": "tf.train.adagrad(0.05)",
    "adadelta": "tf.train.adadelta(0.1, 0.9)",
}


def dense_here() -> tf.Sequential:
    return tf.sequential(layers=[tf.layers.dense(units=1, inputShape=[1], name="q")])


def by_name(artifacts: dict[str, Any]) -> list[Any]:
    # tf.js also writes that an optimizer was used 0 times.
    specs = [spec for spec in artifacts["weightSpecs"] if "group" not in spec]
    return sorted((spec["name"], spec["shape"], spec["dtype"]) for spec in specs)


def loaded(artifacts: dict[str, Any], **options: Any) -> tf.LayersModel:
    return tf.loadLayersModel(tf.io.fromMemory(artifacts), options)


@pytest.mark.parametrize("name", MODELS)
def test_what_tfjs_saves_loads_here_and_back(node: NodeSession, name: str) -> None:
    artifacts = saved_in_node(node, MODELS[name])
    predict = "return (await tf.loadLayersModel(tf.io.fromMemory(artifacts))).predict(args.x)"
    expected = in_node(node, artifacts, predict, x=X)
    model = loaded(artifacts)
    np.testing.assert_allclose(model.predict(X), expected, rtol=1e-5, atol=1e-6)
    again = saved_here(model)
    np.testing.assert_allclose(in_node(node, again, predict, x=X), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(loaded(again).predict(X), model.predict(X))


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("saved", [{}, {"includeOptimizer": True}, {"trainableOnly": True}])
def test_artifacts_have_the_keys_and_weights_of_tfjs(
    node: NodeSession, name: str, saved: dict[str, Any]
) -> None:
    compiled = MODELS[name] + "model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});"
    theirs = saved_in_node(node, compiled, saved)
    result = theirs.pop("result")
    model = loaded({**theirs, "trainingConfig": None}, strict=not saved.get("trainableOnly"))
    model.compile(optimizer="sgd", loss="meanSquaredError")
    ours = saved_here(model, **saved)
    assert ours.keys() == theirs.keys()
    assert by_name(ours) == by_name(theirs)
    assert ours["format"] == theirs["format"]
    assert ours["modelTopology"].keys() == theirs["modelTopology"].keys()
    assert len(ours["weightData"]) == len(theirs["weightData"]) - 4 * ("iter" in str(theirs))
    info = tf.io.getModelArtifactsInfoForJSON(theirs)
    their_info = result["modelArtifactsInfo"]
    assert list(info) == list(their_info)
    for key in ("modelTopologyType", "weightSpecsBytes", "weightDataBytes"):
        assert info[key] == their_info[key]


#: Options whose value plays no part any more: of a layer that is built, and has its weights.
GONE = (
    "axis",
    "moving_mean_initializer",
    "moving_variance_initializer",
    "movingMeanInitializer",
    "movingVarianceInitializer",
)


def plain(value: Any) -> Any:
    # tf.js also writes options that nothing was given for.
    if isinstance(value, dict):
        kept = {key: part for key, part in value.items() if key not in GONE}
        return {key: plain(part) for key, part in kept.items() if part is not None}
    return [plain(part) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", MODELS)
def test_to_json_and_get_config_are_those_of_tfjs(node: NodeSession, name: str) -> None:
    body = MODELS[name] + "return [model.toJSON(), model.getConfig(), model.toJSON(null, false)]"
    text, config, topology = node.evaluate(body)
    assert json.loads(text) == topology
    model = tf.models.modelFromJSON(topology)
    assert plain(model.toJSON(None, False)) == plain(topology)
    assert json.loads(model.toJSON()) == model.toJSON(None, False)
    assert plain(model.getConfig()) == plain(config)
    assert not model.keras.compiled


def test_an_empty_model_to_json(node: NodeSession) -> None:
    theirs = node.evaluate("return tf.sequential({name: 'e'}).toJSON()")
    assert tf.sequential(name="e").toJSON() == theirs


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_goes_on_where_tfjs_stopped(node: NodeSession, name: str) -> None:
    program = f"""
        const model = tf.sequential({{layers: [
            tf.layers.dense({{units: 3, inputShape: [4], activation: 'tanh', name: 'a',
                              kernelInitializer: tf.initializers.glorotNormal({{seed: 1}})}}),
            tf.layers.dense({{units: 1, name: 'b',
                              kernelInitializer: tf.initializers.glorotNormal({{seed: 2}})}})]}});
        model.compile({{optimizer: {OPTIMIZERS[name]}, loss: 'meanSquaredError',
                       metrics: ['mae']}});
        const options = {{epochs: 3, batchSize: 4, shuffle: false, verbose: 0}};
        await model.fit(args.x, args.y, options);
    """
    artifacts = saved_in_node(node, program, {"includeOptimizer": True}, x=X, y=Y)
    go_on = """
        const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
        const options = {epochs: 3, batchSize: 4, shuffle: false, verbose: 0};
        return (await model.fit(args.x, args.y, options)).history;
    """
    theirs = in_node(node, artifacts, go_on, x=X, y=Y)
    model = loaded(artifacts)
    options = {"epochs": 3, "batchSize": 4, "shuffle": False, "verbose": 0}
    back = saved_here(model, includeOptimizer=True)
    ours = model.fit(X, Y, options).history
    assert list(ours) == list(theirs)
    for key, values in theirs.items():
        assert np.isfinite(values).all()
        np.testing.assert_allclose(ours[key], values, rtol=1e-4)
    np.testing.assert_allclose(
        in_node(node, back, go_on, x=X, y=Y)["loss"], theirs["loss"], rtol=1e-4
    )


def test_a_state_of_other_weights_is_refused() -> None:
    model = dense_here()
    model.compile(optimizer="adam", loss="meanSquaredError")
    model.fit([[1.0]], [[2.0]], epochs=1, verbose=0)
    artifacts = saved_here(model, includeOptimizer=True)
    specs = [
        {**spec, "shape": [1, 1, 1]} if spec["name"].endswith("/1") else spec
        for spec in artifacts["weightSpecs"]
    ]
    with pytest.raises(ValueError, match=r"optimizer's state .* is not that of this model"):
        loaded({**artifacts, "weightSpecs": specs})


TRAINING = {
    "weighted_metrics": ([], "Loading weighted_metrics is not supported"),
    "loss_weights": ([1], "Loading loss_weights is not supported"),
    "optimizer_config": ({"class_name": "Lion", "config": {}}, "Unknown optimizer 'Lion'"),
    "loss": ("nonsense", "nonsense"),
}


@pytest.mark.parametrize("key", TRAINING)
def test_a_training_that_tfjs_has_not(key: str) -> None:
    value, said = TRAINING[key]
    model = dense_here()
    model.compile(optimizer="sgd", loss="meanSquaredError")
    artifacts = saved_here(model, includeOptimizer=True)
    artifacts["trainingConfig"] |= {key: value}
    with pytest.raises(ValueError, match=said):
        loaded(artifacts)
    artifacts["trainingConfig"] = {"optimizer_config": {"class_name": "SGD", "config": {}}}
    with pytest.raises(ValueError, match="SGD cannot be made"):
        loaded(artifacts)


KERNEL = {"name": "q/kernel", "shape": [1, 1], "dtype": "float32"}
BIAS = {"name": "q/bias", "shape": [1], "dtype": "float32"}
OTHER = {"name": "z", "shape": [1], "dtype": "float32"}

#: Specs, values, and whether it is read with strict true, and false.
WEIGHTS: dict[str, tuple[list[Any], list[float], bool, bool]] = {
    "all": ([KERNEL, BIAS], [2, 3], True, True),
    "another order": ([BIAS, KERNEL], [3, 2], True, True),
    "one missing": ([KERNEL], [2], False, True),
    "one more": ([KERNEL, OTHER, BIAS], [2, 9, 3], False, True),
    "another shape": ([{**KERNEL, "shape": [2, 1]}, BIAS], [2, 2, 3], False, False),
    "too few bytes": ([KERNEL, BIAS], [2], False, False),
    "unknown dtype": ([{**KERNEL, "dtype": "int7"}, BIAS], [2, 3], False, False),
}


@pytest.mark.parametrize("case", WEIGHTS)
@pytest.mark.parametrize("strict", [True, False])
def test_weights_that_do_not_fit(node: NodeSession, case: str, strict: bool) -> None:
    specs, values, *good = WEIGHTS[case]
    topology = dense_here().toJSON(None, False)
    topology["config"]["layers"][0]["config"]["name"] = "q"
    artifacts = {
        "modelTopology": topology,
        "weightSpecs": specs,
        "weightData": weights(*values),
    }
    body = """
        const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts), args.options);
        return model.predict(tf.tensor([[10]]));
    """
    if good[not strict]:
        theirs = in_node(node, artifacts, body, options={"strict": strict})
        np.testing.assert_allclose(loaded(artifacts, strict=strict).predict([[10]]), theirs)
    else:
        with pytest.raises(TfjsError):
            in_node(node, artifacts, body, options={"strict": strict})
        with pytest.raises(ModelFileError):
            loaded(artifacts, strict=strict)


def test_weights_that_no_file_has_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "MAX_NEW_VALUES", 1000)
    topology = dense_here().toJSON(None, False)
    tf.models.modelFromJSON(topology)
    topology["config"]["layers"][0]["config"]["units"] = 501
    with pytest.raises(ModelFileError, match="weights of 1002 values that no file has"):
        tf.models.modelFromJSON(topology)
    with pytest.raises(ModelFileError, match="weights of 1002 values that no file has"):
        loaded({"modelTopology": topology, "weightSpecs": [], "weightData": b""}, strict=False)


def test_a_model_without_weights_gets_new_ones(node: NodeSession) -> None:
    artifacts = {"modelTopology": dense_here().toJSON(None, False)}
    body = "return (await tf.loadLayersModel(tf.io.fromMemory(args.a))).countParams()"
    assert loaded(artifacts).countParams() == node.evaluate(body, a=artifacts) == 2


def test_what_are_no_artifacts() -> None:
    good = saved_here(dense_here())
    with pytest.raises(ValueError, match="weight data, but not weight specs"):
        loaded({**good, "weightSpecs": None})
    with pytest.raises(TypeError, match="give artifacts, a dict"):
        tf.loadLayersModel({"load": lambda: 5})
    with pytest.raises(TypeError, match="no JSON"):
        loaded({**good, "userDefinedMetadata": {"a": object()}})
    with pytest.raises(TypeError, match="as bytes, or as a list"):
        loaded({**good, "weightData": "text"})
    for topology in (None, {}, {"class_name": "Foo", "config": {}}, b"pb", [1]):
        with pytest.raises((ModelFileError, TypeError)):
            tf.loadLayersModel({"load": lambda t=topology: {**good, "modelTopology": t}})


@pytest.mark.parametrize("kind", ["bytes", "pieces", "array", "stream"])
def test_weight_data_comes_in_any_form(kind: str) -> None:
    model = dense_here()
    artifacts = saved_here(model)
    data = artifacts.pop("weightData")
    forms = {
        "bytes": {"weightData": bytearray(data)},
        "pieces": {"weightData": [data[:3], data[3:]]},
        "array": {"weightData": np.frombuffer(data, np.float32)},
        "stream": {"getWeightStream": lambda: iter([data[:5], data[5:]])},
    }
    again = tf.loadLayersModel({"load": lambda: {**artifacts, **forms[kind]}})
    np.testing.assert_array_equal(again.predict([[3]]), model.predict([[3]]))


def test_handlers_are_objects_dicts_and_async() -> None:
    model = dense_here()
    kept: list[Any] = []

    class Own:
        async def save(self, artifacts: Any) -> str:
            kept.append(artifacts)
            return "done"

        async def load(self) -> Any:
            return kept[-1]

    assert model.save(Own()) == "done"
    assert model.save({"save": kept.append}) is None
    for handler in (Own(), {"load": lambda: kept[-1]}):
        again = tf.loadLayersModel(handler)
        np.testing.assert_array_equal(again.predict([[3]]), model.predict([[3]]))
    with pytest.raises(ValueError, match=r"does not have the `load` method implemented"):
        tf.loadLayersModel({})
    with pytest.raises(ValueError, match=r"does not have the `save` attribute defined"):
        model.save({})
    with pytest.raises(ValueError, match="Cannot find any save handlers for URL 'foo://x'"):
        model.save("foo://x")
    with pytest.raises(ValueError, match="Cannot find any load handlers for URL 'foo://x'"):
        tf.loadLayersModel("foo://x")


def test_metadata_goes_along(node: NodeSession, tmp_path: Path) -> None:
    model = dense_here()
    assert model.getUserDefinedMetadata() is None
    for wrong in (5, [1], {"a": object()}):
        with pytest.raises(TypeError, match="expected to be a JSON object, but is not"):
            model.setUserDefinedMetadata(wrong)  # type: ignore[arg-type]
    model.setUserDefinedMetadata({"classes": ["a", "b"]})
    model.save(tmp_path)
    assert tf.loadLayersModel(tmp_path).getUserDefinedMetadata() == {"classes": ["a", "b"]}
    body = """
        const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
        return model.getUserDefinedMetadata();
    """
    assert in_node(node, saved_here(model), body) == {"classes": ["a", "b"]}
    model.setUserDefinedMetadata({"text": "a" * 1024 * 1024})
    with pytest.warns(UserWarning, match="is too large in size"):
        model.save(tmp_path)


def test_folders(tmp_path: Path) -> None:
    model = dense_here()
    for target in (tmp_path / "a", f"file://{tmp_path}/b", tf.io.fileSystem(tmp_path / "c")):
        [info] = model.save(target).values()
        assert info["weightDataBytes"] == 8
        assert info["modelTopologyType"] == "JSON"
    expected = model.predict([[3]])
    sources = [tmp_path / "a", f"file://{tmp_path}/b/model.json", str(tmp_path / "c")]
    for source in (*sources, tf.io.fileSystem(tmp_path / "c")):
        shares: list[float] = []
        again = tf.loadLayersModel(source, onProgress=shares.append)
        np.testing.assert_array_equal(again.predict([[3]]), expected)
        assert shares in ([1.0], [])


def test_weights_in_another_folder(tmp_path: Path) -> None:
    model = dense_here()
    model.save(tmp_path / "m")
    (tmp_path / "w").mkdir()
    for shard in (tmp_path / "m").glob("*.bin"):
        shard.rename(tmp_path / "w" / shard.name)
    source, shares = tmp_path / "m", []
    with pytest.raises(ModelFileError, match="is missing"):
        tf.loadLayersModel(source)
    again = tf.loadLayersModel(source, weightPathPrefix=f"{tmp_path}/w/", onProgress=shares.append)
    np.testing.assert_array_equal(again.predict([[3]]), model.predict([[3]]))
    assert shares == [0.5, 1.0]
    tf.loadLayersModel(source, weightUrlConverter=lambda name: f"{tmp_path}/w/{name}")
    with pytest.raises(ModelFileError, match="cannot be read"):
        tf.loadLayersModel(source, weightPathPrefix=f"{tmp_path}/x/")
    path = source / "model.json"
    description = json.loads(path.read_text())
    description["weightsManifest"][0]["paths"] = ["../w/x.bin"]
    path.write_text(json.dumps(description))
    with pytest.raises(ModelFileError, match="outside of the model's folder"):
        tf.loadLayersModel(source, weightPathPrefix=f"{tmp_path}/w/")


def test_model_from_json_with_weights(tmp_path: Path) -> None:
    model = dense_here()
    model.save(tmp_path)
    description = json.loads((tmp_path / "model.json").read_text())
    config = {
        "modelTopology": description["modelTopology"],
        "weightsManifest": description["weightsManifest"],
        "pathPrefix": str(tmp_path),
    }
    again = tf.models.modelFromJSON(config)
    np.testing.assert_array_equal(again.predict([[3]]), model.predict([[3]]))
    fewer = [{**config["weightsManifest"][0], "weights": [BIAS]}]
    with pytest.raises(ValueError, match="Could not find weights in manifest with names: q/kernel"):
        tf.models.modelFromJSON({**config, "weightsManifest": fewer})
    shaped = [{**config["weightsManifest"][0], "weights": [{**KERNEL, "shape": [1]}, BIAS]}]
    with pytest.raises(ModelFileError, match=r"q/kernel has shape \[1\]"):
        tf.models.modelFromJSON({**config, "weightsManifest": shaped})
    for name in ("../x.bin", "/etc/passwd"):
        outside = [{**config["weightsManifest"][0], "paths": [name]}]
        with pytest.raises(ModelFileError, match="outside of the model's folder"):
            tf.models.modelFromJSON({**config, "weightsManifest": outside})


def test_model_from_json_refuses(node: NodeSession) -> None:
    for wrong in ("{}", '{"class_name": "Foo", "config": {}}'):
        with pytest.raises(TfjsError):
            node.evaluate("await tf.models.modelFromJSON(JSON.parse(args.text))", text=wrong)
        with pytest.raises(ModelFileError):
            tf.models.modelFromJSON(wrong)
    with pytest.raises(TypeError, match="expected a dict, got int"):
        tf.models.modelFromJSON(5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="registerClass"):
        tf.models.modelFromJSON(dense_here().toJSON(), {"A": int})


def test_what_only_a_page_has() -> None:
    model = dense_here()
    for url in ("localstorage://a", "indexeddb://a"):
        with pytest.raises(ValueError, match=r"only a page .* Use a folder, 'file://a'"):
            model.save(url)
        with pytest.raises(ValueError, match=r"only a page"):
            tf.loadLayersModel(url)
    with pytest.raises(NotImplementedError, match="file://folder"):
        tf.io.browserFiles([])
    with pytest.raises(NotImplementedError, match="file://folder"):
        tf.io.browserDownloads("m")


def test_unknown_options() -> None:
    with pytest.raises(TypeError, match="unknown option 'stricter'"):
        tf.loadLayersModel("x", {"stricter": True})
    with pytest.raises(TypeError, match="unknown option 'optimizer'"):
        dense_here().save("x", {"optimizer": True})
