"""The `tfjsbridge` command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from tests.converters.cases import build, layers, sequential
from tfjsbridge.cli import main
from tfjsbridge.cli_convert import GRAPH, LAYERS
from tfjsbridge.runtime import keras
from tfjsbridge.verify import NodeSession, sample_inputs


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "model.keras"
    build("convolutional network").save(path)
    return path


@pytest.mark.filterwarnings("ignore::UserWarning")  # Keras calls .h5 a legacy format
@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
def test_convert_then_verify(name: str, tmp_path: Path, node: NodeSession) -> None:
    build("convolutional network").save(tmp_path / name)
    done = run("convert", tmp_path / name, tmp_path / "out")
    assert done.exit_code == 0, done.output
    size = sum(path.stat().st_size for path in (tmp_path / "out").iterdir())
    assert f"model.json: 2 files, {size:,} bytes" in done.output
    done = run("verify", tmp_path / "out", "--model", tmp_path / name, "--backend", "wasm")
    assert done.exit_code == 0, done.output
    assert "node/wasm" in done.output
    assert "ok" in done.output


def test_convert_and_verify_at_once(saved: Path, tmp_path: Path, node: NodeSession) -> None:
    done = run("convert", saved, tmp_path / "out", "--verify")
    assert done.exit_code == 0, done.output
    assert "TensorFlow.js and Python predict the same" in done.output


def test_verify_fails_on_another_model(saved: Path, tmp_path: Path, node: NodeSession) -> None:
    run("convert", saved, tmp_path / "out")
    other = keras.saving.load_model(saved)
    other.set_weights([weight + 1 for weight in other.get_weights()])
    other.save(tmp_path / "other.keras")
    done = run("verify", tmp_path / "out", "--model", tmp_path / "other.keras", "--json")
    assert done.exit_code == 1
    report = json.loads(done.stdout)
    assert report["ok"] is False
    assert report["rows"][0]["where"] == "node/cpu"


def test_what_cannot_be_converted_is_said_and_nothing_written(tmp_path: Path) -> None:
    sequential(
        layers.Dense(4, activation="exponential"), layers.Dense(2, activation="exponential")
    ).save(tmp_path / "m.keras")
    layers_alone = ("--output_format", "tfjs_layers_model")
    done = run("convert", tmp_path / "m.keras", tmp_path / "out", *layers_alone)
    assert done.exit_code == 1
    assert "cannot be written for TensorFlow.js; 2 problems:" in done.output
    assert "Traceback" not in done.output
    assert not (tmp_path / "out").exists()


def test_what_layers_cannot_say_becomes_a_graph(tmp_path: Path, node: NodeSession) -> None:
    sequential(
        layers.Dense(4, activation="exponential"), layers.RepeatVector(2), layers.GRU(2)
    ).save(tmp_path / "m.keras")
    done = run("convert", tmp_path / "m.keras", tmp_path / "out", "--verify")
    assert done.exit_code == 0, done.output
    assert "is written as a graph-model: load it with tf.loadGraphModel" in done.stderr
    assert "no conversion is known for the activation 'exponential'" in done.stderr
    assert "TensorFlow.js and Python predict the same" in done.stdout


def description(path: Path) -> dict[str, Any]:
    return json.loads((path / "model.json").read_text())


def test_the_flags_of_tensorflowjs_converter(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "labels.json").write_text('["a", "b"]')
    done = run(
        *("convert", "--input_format", "keras", "--output_format=tfjs_graph_model"),
        *("--quantize_float16=*kernel*,*Conv*", "--weight_shard_size_bytes", 300),
        *(f"--metadata=labels:{tmp_path / 'labels.json'}", "--skip_op_check"),
        *("--strip_debug_ops", "True", "--control_flow_v2=True", saved, tmp_path / "out"),
    )
    assert done.exit_code == 0, done.output
    for name in ("skip_op_check", "strip_debug_ops", "control_flow_v2"):
        assert f"--{name} has no effect here" in done.stderr
    written = description(tmp_path / "out")
    assert written["format"] == "graph-model"
    assert written["userDefinedMetadata"] == {"labels": ["a", "b"]}
    assert len(written["weightsManifest"][0]["paths"]) > 1
    done = run("convert", saved, tmp_path / "small", "--quantize_uint8")
    [group] = description(tmp_path / "small")["weightsManifest"]
    assert all(weight["quantization"]["dtype"] == "uint8" for weight in group["weights"])


def test_a_saved_model(tmp_path: Path, node: NodeSession) -> None:
    x = keras.Input((4,), name="x")
    outputs = {n: layers.Dense(k, "gelu", name=n)(x) for k, n in enumerate("zab", 1)}
    model = keras.Model(x, outputs)
    model.export(tmp_path / "saved", verbose=False)
    done = run("convert", tmp_path / "saved", tmp_path / "out")
    assert done.exit_code == 0, done.output
    signature = node.signature(tmp_path / "out")
    assert signature.outputs == ("a", "b", "z")
    data = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    for got, name in zip(node.predict(tmp_path / "out", [data]), "abz", strict=True):
        np.testing.assert_allclose(got, model(data)[name], atol=1e-5)
    done = run("convert", tmp_path / "saved", tmp_path / "no", "--signature_name", "servin")
    assert "Unknown signature 'servin'" in done.output
    done = run("convert", tmp_path / "saved", tmp_path / "no", "--output_format", LAYERS)
    assert "A SavedModel is a graph without layers" in done.output
    (tmp_path / "saved" / "saved_model.pb").write_bytes(b"damaged")
    done = run("convert", tmp_path / "saved", tmp_path / "no")
    assert "TensorFlow cannot load the SavedModel" in done.output
    assert not (tmp_path / "no").exists()


def test_a_compiled_model_arrives_compiled(tmp_path: Path) -> None:
    model = sequential(layers.Dense(2))
    model.compile("adam", "mean_squared_error", metrics=["mae"])
    model.fit(np.ones((4, 4)), np.ones((4, 2)), verbose=0)
    model.save(tmp_path / "m.keras")
    groups = []
    for flags in ([], ["--include_optimizer"]):
        done = run("convert", tmp_path / "m.keras", tmp_path / "out", *flags)
        assert done.exit_code == 0, done.output
        written = description(tmp_path / "out")
        assert written["trainingConfig"]["loss"] == "meanSquaredError"
        weights = written["weightsManifest"][0]["weights"]
        groups.append(sum(entry.get("group") == "optimizer" for entry in weights))
    assert groups == [0, 5]  # the steps, and two moments of each weight

    def own_loss(true: Any, pred: Any) -> Any:
        return true - pred

    model.compile("adam", own_loss)
    model.save(tmp_path / "own.keras")
    done = run("convert", tmp_path / "own.keras", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "trainingConfig" not in description(tmp_path / "out")


@pytest.mark.filterwarnings("ignore::UserWarning")  # Keras calls .h5 a legacy format
@pytest.mark.parametrize("name", ["back.keras", "back.h5"])
def test_back_to_keras(name: str, saved: Path, tmp_path: Path) -> None:
    run("convert", saved, tmp_path / "out")
    done = run("convert", tmp_path / "out", tmp_path / "new" / name)
    assert done.exit_code == 0, done.output
    assert [path.name for path in (tmp_path / "new").iterdir()] == [name]
    models = [keras.saving.load_model(path) for path in (saved, tmp_path / "new" / name)]
    for weight, other in zip(*(model.get_weights() for model in models), strict=True):
        np.testing.assert_array_equal(weight, other)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{saved}", "{out}", "--output_format", "keras"], "A Keras file is made of"),
        (["{tfjs}", "{out}"], "OUTPUT must be a .keras or .h5 file"),
        (["{tfjs}", "{out}", "--output_format", GRAPH], "A tf.js model becomes a Keras file"),
        (["{graph}", "{out}.keras"], "A graph-model has no layers"),
        (["{graph}", "{out}", "--output_format", LAYERS], "A graph-model has no layers"),
        (["{saved}", "{out}", "--input_format", "tf_hub"], "There is no saved_model.pb"),
        (["{saved}", "{out}", "--metadata", "labels"], "--metadata expects KEY:PATH"),
        (["{saved}", "{out}", "--metadata", "x:{saved}.txt"], "No such file"),
        (["{folder}", "{out}"], "no folder with a saved_model.pb"),
        (["{folder}", "{out}", "--input_format", "tf_saved_model"], "There is no saved_model.pb"),
    ],
    ids=range(10),
)
def test_what_does_not_go_together(
    arguments: list[str], said: str, saved: Path, tmp_path: Path
) -> None:
    run("convert", saved, tmp_path / "tfjs")
    (tmp_path / "folder").mkdir()
    if "{graph}" in arguments:
        run("convert", saved, tmp_path / "graph", "--output_format", GRAPH)
    places = {
        "graph": tmp_path / "graph",
        "saved": saved,
        "tfjs": tmp_path / "tfjs",
        "folder": tmp_path / "folder",
        "out": tmp_path / "out",
    }
    done = run("convert", *(argument.format(**places) for argument in arguments))
    assert done.exit_code == 1
    assert said in done.output
    assert "Traceback" not in done.output
    assert not (tmp_path / "out").exists()


def test_wrong_files(tmp_path: Path, saved: Path) -> None:
    done = run("convert", tmp_path / "none.keras", tmp_path / "out")
    assert done.exit_code == 1
    assert "There is no file" in done.output
    (tmp_path / "damaged.keras").write_bytes(saved.read_bytes()[:1000])
    done = run("convert", tmp_path / "damaged.keras", tmp_path / "out")
    assert done.exit_code == 1
    assert "Keras cannot load" in done.output
    done = run("convert", tmp_path / "model.txt", tmp_path / "out")
    assert done.exit_code == 1
    done = run("verify", tmp_path)
    assert done.exit_code == 1
    assert "There is no model.json in the folder" in done.output
    done = run("verify", tmp_path / "nowhere")
    assert done.exit_code == 1
    assert "There is no file or folder" in done.output
    assert not (tmp_path / "out").exists()


def test_a_lambda_with_code_is_not_run(tmp_path: Path) -> None:
    sequential(layers.Lambda(lambda x: x)).save(tmp_path / "lambda.keras")
    done = run("convert", tmp_path / "lambda.keras", tmp_path / "out")
    assert done.exit_code == 1
    assert "Keras cannot load" in done.output
    assert "safe_mode" in done.output


def test_a_backend_of_the_browser_needs_the_browser(tmp_path: Path) -> None:
    done = run("verify", tmp_path, "--backend", "webgl")
    assert done.exit_code == 2
    assert "add --browser" in done.output


def test_help_and_version() -> None:
    assert "convert" in run("--help").output
    assert "--browser" in run("verify", "-h").output
    assert "TensorFlow.js 4.22.0" in run("--version").output


def weight_bytes(path: Path) -> int:
    return sum(shard.stat().st_size for shard in path.glob("*.bin"))


def test_a_graph_model_is_written_again(saved: Path, tmp_path: Path, node: NodeSession) -> None:
    graph, small, out = (tmp_path / name for name in ("graph", "small", "out"))
    (tmp_path / "labels.json").write_text("[1]")
    run("convert", saved, graph, "--output_format", GRAPH)
    done = run("convert", graph, small, "--quantize_uint8", f"--metadata=x:{tmp_path}/labels.json")
    assert done.exit_code == 0, done.output
    assert weight_bytes(small) < 0.5 * weight_bytes(graph)
    assert description(small)["userDefinedMetadata"] == {"x": [1]}
    # Without a flag the weights stay as they are, in shards of another size.
    flags = ("--weight_shard_size_bytes", 100, "--input_format", GRAPH, "--output_format", GRAPH)
    done = run("convert", small / "model.json", out, *flags)
    assert done.exit_code == 0, done.output
    assert weight_bytes(out) == weight_bytes(small)
    assert max(shard.stat().st_size for shard in out.glob("*.bin")) == 100
    [data] = sample_inputs(node.signature(graph))
    expected, near, same = (node.predict(path, [data])[0] for path in (graph, small, out))
    np.testing.assert_array_equal(same, near)
    np.testing.assert_allclose(near, expected, atol=0.3)
    # In its own place, and what it was is gone.
    done = run("convert", out, out, "--quantize_float16")
    assert done.exit_code == 0, done.output
    assert len(list(out.glob("*.bin"))) == 1
    np.testing.assert_allclose(node.predict(out, [data])[0], near, atol=0.02)


def test_a_damaged_graph_model_is_not_written_again(saved: Path, tmp_path: Path) -> None:
    run("convert", saved, tmp_path / "graph", "--output_format", GRAPH)
    [shard] = (tmp_path / "graph").glob("*.bin")
    shard.write_bytes(b"short")
    done = run("convert", tmp_path / "graph", tmp_path / "out")
    assert done.exit_code == 1
    assert "probably truncated" in done.output
    assert not (tmp_path / "out").exists()


def test_a_layers_model_of_a_server_that_is_not_there(tmp_path: Path) -> None:
    done = run("convert", "http://127.0.0.1:9/model.json", tmp_path / "out.keras")
    assert done.exit_code == 1
    assert "http://127.0.0.1:9/model.json" in done.output
    assert "Traceback" not in done.output
    assert not (tmp_path / "out.keras").exists()


def test_a_model_of_tensorflow_hub(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, node: NodeSession
) -> None:
    sequential(layers.Dense(2, "gelu")).export(tmp_path / "saved", verbose=False)
    hub = ("--input_format", "tf_hub")
    done = run("convert", tmp_path / "saved", tmp_path / "out", *hub)
    assert done.exit_code == 0, done.output
    assert node.signature(tmp_path / "out").outputs

    import tensorflow_hub

    handle = "https://tfhub.dev/someone/something/1"
    asked = []
    monkeypatch.setattr(
        tensorflow_hub, "resolve", lambda h: asked.append(h) or str(tmp_path / "saved")
    )
    done = run("convert", handle, tmp_path / "other", *hub)
    assert done.exit_code == 0, done.output
    assert asked == [handle]

    def no_network(handle: str) -> str:
        raise OSError("no route to host")

    monkeypatch.setattr(tensorflow_hub, "resolve", no_network)
    done = run("convert", handle, tmp_path / "third", *hub)
    assert done.exit_code == 1
    assert f"{handle} cannot be fetched: OSError: no route to host" in done.output
    assert "give the folder as INPUT" in done.output
    assert not (tmp_path / "third").exists()


def test_quantize(tmp_path: Path) -> None:
    model = sequential(layers.Dense(50), layers.Dense(1, "sigmoid"))
    model.save(tmp_path / "m.keras")
    done = run("quantize", tmp_path / "m.keras")
    assert done.exit_code == 0, done.output
    assert "25.0%" in done.output
    assert "random examples" in done.output
    x = np.random.default_rng(0).normal(size=(30, *model.input_shape[1:])).astype(np.float32)
    np.savez(tmp_path / "data.npz", x=x, y=np.ones(len(model(x)), np.float32))
    run("convert", tmp_path / "m.keras", tmp_path / "tfjs")
    flags = ("--data", tmp_path / "data.npz", "--metric", "accuracy", "--json")
    done = run("quantize", tmp_path / "tfjs", *flags)
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert report["examples"] == 30
    assert [row["dtype"] for row in report["rows"]] == ["float32", "float16", "uint16", "uint8"]
    assert all(0 <= row["metric"] <= 1 for row in report["rows"])


def test_what_quantize_cannot_read(tmp_path: Path) -> None:
    sequential(layers.Dense(1)).save(tmp_path / "m.keras")
    np.savez(tmp_path / "objects.npz", x=np.array([{}], dtype=object))
    np.savez(tmp_path / "targets.npz", y=np.zeros(2))
    np.save(tmp_path / "array.npy", np.zeros(2))
    (tmp_path / "damaged.npz").write_bytes(b"PK\3\4 nothing")
    for name, said in (
        ("objects.npz", "is no .npz file of plain arrays"),
        ("array.npy", "is no .npz file of plain arrays"),
        ("damaged.npz", "is no .npz file of plain arrays"),
        ("targets.npz", "has no array but the targets y"),
        ("none.npz", "No such file"),
    ):
        done = run("quantize", tmp_path / "m.keras", "--data", tmp_path / name)
        assert done.exit_code == 1, name
        assert said in done.output
        assert "Traceback" not in done.output
