"""Converting models: this package's layers and graphs against tensorflowjs's own two ways.

python benchmarks/convert.py --check

For each model, in turns: how long the conversion takes in a running Python, how large the files
are, and whether tf.js in Node loads them and predicts what Keras predicts.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import click
import numpy as np
from rich.console import Console

from benchmarks.claims import Claim
from benchmarks.machine import machine
from benchmarks.report import Grid, failures
from tfjsbridge.converters import save_keras_model
from tfjsbridge.runtime import keras, load_tensorflowjs, quiet_streams
from tfjsbridge.verify import NodeSession, TfjsError

layers = keras.layers

#: At most so many seconds, by layers.
SECONDS = {"small": 0.05, "MobileNetV2": 1.0}

#: A small recurrent layers-model is at most this share of a graph-model's size.
RECURRENT = 0.1

OURS_LAYERS, OURS_GRAPH = "layers", "graph"
OFFICIAL_LAYERS, OFFICIAL_GRAPH = "official layers", "official graph"


def small() -> Any:
    """Three dense layers."""
    sizes = [layers.Dense(10, "relu"), layers.Dense(10, "relu"), layers.Dense(1, "sigmoid")]
    return keras.Sequential([layers.Input((2,)), *sizes])


def lstm() -> Any:
    """A recurrent layer over 50 steps."""
    return keras.Sequential([layers.Input((50, 8)), layers.LSTM(16), layers.Dense(1)])


def gru() -> Any:
    """Keras's own GRU over 50 steps, which tf.js has not."""
    return keras.Sequential([layers.Input((50, 8)), layers.GRU(16), layers.Dense(1)])


def cnn() -> Any:
    """Two convolutions, of MNIST's shape."""
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )


def mobile_net() -> Any:
    """3.5 million weights."""
    return keras.applications.MobileNetV2(weights=None)


MODELS: dict[str, Callable[[], Any]] = {
    "small": small,
    "CNN": cnn,
    "LSTM": lstm,
    "GRU": gru,
    "MobileNetV2": mobile_net,
}


def _official_layers(model: Any, folder: Path) -> None:
    load_tensorflowjs().converters.save_keras_model(model, str(folder))


def _official_graph(model: Any, folder: Path) -> None:
    converters = load_tensorflowjs().converters
    saved = folder.with_name(f"{folder.name}-saved")
    try:
        model.export(saved, verbose=False)
        converters.convert_tf_saved_model(str(saved), str(folder))
    finally:
        shutil.rmtree(saved, ignore_errors=True)


WAYS: dict[str, Callable[[Any, Path], Any]] = {
    OURS_LAYERS: lambda model, folder: save_keras_model(model, folder, format="layers"),
    OURS_GRAPH: lambda model, folder: save_keras_model(model, folder, format="graph"),
    OFFICIAL_LAYERS: _official_layers,
    OFFICIAL_GRAPH: _official_graph,
}


def converted(way: str, model: Any, folder: Path) -> float:
    """Convert by a way; the seconds that it took."""
    with quiet_streams(), contextlib.redirect_stdout(io.StringIO()):
        begin = time.perf_counter()
        WAYS[way](model, folder)
        return time.perf_counter() - begin


def outcome(node: NodeSession, model: Any, folder: Path) -> str:
    """ok, or why not."""
    shape = (2, *model.input_shape[1:])
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    try:
        [got] = node.predict(folder, [x])
    except TfjsError as error:
        return f"fails: {str(error).splitlines()[0][:24]} ..."
    difference = np.abs(got - np.asarray(model(x, training=False))).max()
    return "ok" if difference < 1e-4 else f"differs by {difference:.1e}"


@click.command()
@click.option("--repeats", default=5, show_default=True, type=click.IntRange(1))
@click.option("--model", "names", multiple=True, type=click.Choice(list(MODELS)), help="Only this.")
@click.option("--check", is_flag=True, help="Fail where a claim does not hold.")
def main(repeats: int, names: tuple[str, ...], check: bool) -> None:
    """Convert models in four ways."""
    rows, claims = [], []
    with NodeSession() as node, tempfile.TemporaryDirectory() as root:
        for name in names or MODELS:
            model = MODELS[name]()
            folders = {way: Path(root, f"{name}-{way}".replace(" ", "-")) for way in WAYS}
            taken = {way: [converted(way, model, folder)] for way, folder in folders.items()}
            for _ in range(repeats):  # after a first time, which imports and traces
                for way, folder in folders.items():
                    taken[way].append(converted(way, model, folder))
            seconds = {way: median(times[1:]) for way, times in taken.items()}
            sizes = {
                way: sum(file.stat().st_size for file in folder.rglob("*"))
                for way, folder in folders.items()
            }
            found = {way: outcome(node, model, folder) for way, folder in folders.items()}
            rows += [
                [name, way, f"{1000 * seconds[way]:.0f}", f"{sizes[way]:,}", found[way]]
                for way in WAYS
            ]
            claims += _claims(name, seconds, sizes, found)
    console = Console()
    console.print(Grid("Conversions", ["model", "way", "ms", "bytes", "in tf.js"], rows).drawn())
    console.print(f"Medians of {repeats}, after a first time. {machine()}.", highlight=False)
    failed = failures(claims)
    if check and failed:
        sys.exit("These claims do not hold:\n" + "\n".join(failed))


def _claims(
    name: str, seconds: dict[str, float], sizes: dict[str, int], found: dict[str, str]
) -> list[Claim]:
    claims = [
        Claim(f"{name}, {way}: {found[way]}", found[way] == "ok")
        for way in (OURS_LAYERS, OURS_GRAPH)
    ]
    for ours, theirs in ((OURS_LAYERS, OFFICIAL_LAYERS), (OURS_GRAPH, OFFICIAL_GRAPH)):
        said = f"{name}, {ours}: {seconds[ours]:.3f} s, the official way {seconds[theirs]:.3f} s"
        claims.append(Claim(said, seconds[ours] <= seconds[theirs]))
    if name in SECONDS:
        said = f"{name} takes {seconds[OURS_LAYERS]:.3f} s, allowed {SECONDS[name]}"
        claims.append(Claim(said, seconds[OURS_LAYERS] < SECONDS[name]))
    if name in ("LSTM", "GRU"):
        share = sizes[OURS_LAYERS] / sizes[OURS_GRAPH]
        claims.append(Claim(f"{name}: layers are {share:.2f} of a graph", share <= RECURRENT))
    return claims


if __name__ == "__main__":
    main()
