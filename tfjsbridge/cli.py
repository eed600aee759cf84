"""The `tfjsbridge` command."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from tfjsbridge import cli_convert
from tfjsbridge.version import TFJS_VERSION, __version__

MODEL_JSON = "model.json"
NODE_BACKENDS = ("cpu", "wasm")
BROWSER_BACKENDS = ("cpu", "webgl", "wasm", "webgpu")


@contextmanager
def _as_click_errors() -> Iterator[None]:
    """Errors about the user's files and machine as one message, without a stack."""
    try:
        yield
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        raise click.ClickException(str(error)) from error


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(
    __version__, message=f"tfjsbridge {__version__} (TensorFlow.js {TFJS_VERSION})"
)
def main() -> None:
    """Keras 3 models to TensorFlow.js, checked in real TensorFlow.js."""


@main.command()
@click.argument("source", metavar="INPUT")  # a path, or a handle with two slashes
@click.argument("target", metavar="OUTPUT", type=click.Path(path_type=Path))
@click.option("--verify/--no-verify", "check", help="Run the result in TensorFlow.js and compare.")
@cli_convert.options
def convert(source: str, target: Path, check: bool, **given: Any) -> None:
    """Convert a model, INPUT, to a folder that TensorFlow.js loads, OUTPUT.

    INPUT is a .keras or .h5 file of Keras 3, or the folder of a SavedModel, which is a program:
    convert only one that you trust. All files of OUTPUT are written or none.

    A tf.js layers-model as INPUT is converted back, to the .keras or .h5 file OUTPUT. A graph-model
    is written again, with smaller weights or in other shards. With --input_format tf_hub, INPUT may
    be the handle of a model of TensorFlow Hub, which is a program too.
    """
    for name in cli_convert.WITHOUT_EFFECT:
        if given.pop(name):
            click.echo(f"--{name} has no effect here.", err=True)
    with _as_click_errors():
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always", UserWarning)
            model, path = cli_convert.run(source, target, given)
        for warning in said:
            if "graph-model" in str(warning.message):
                click.echo(str(warning.message), err=True)
        files = _files(path)
        size = sum(file.stat().st_size for file in files)
        click.echo(f"{path}: {len(files)} file{'s' * (len(files) > 1)}, {size:,} bytes")
        if not check:
            return
        if model is None or path.name != MODEL_JSON:
            raise ValueError("--verify compares a tf.js model with the Keras model it is of.")
        if not _report(model, target, NODE_BACKENDS[:1], (), as_json=False, tolerance=1e-4):
            from tfjsbridge.converters.save import save_part
            from tfjsbridge.converters.verified import first_difference

            click.echo(f"{first_difference(model, save_part)}.")
            raise click.exceptions.Exit(1)


@main.command()
@click.argument("source", metavar="MODEL", type=click.Path(path_type=Path))
@click.option(
    "--data",
    "data_file",
    metavar="FILE.npz",
    type=click.Path(path_type=Path),
    help="Arrays to predict, by the inputs' names (of any name for a single input), and the "
    "targets as y. Default: random numbers.",
)
@click.option("--metric", help="Of predictions and targets, by tf.js's name, as accuracy.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def quantize(source: Path, data_file: Path | None, metric: str | None, as_json: bool) -> None:
    """Show what smaller weights cost a model: bytes, changes of its predictions, and a metric.

    MODEL is a .keras or .h5 file, or a tf.js layers-model. Nothing is written; `convert` takes the
    dtype that is chosen, as --quantize_uint8.
    """
    with _as_click_errors():
        from tfjsbridge.converters.quantization import compare_quantizations

        data, targets = cli_convert.load_arrays(data_file) if data_file else (None, None)
        if metric is None:
            targets = None
        model = cli_convert.load_model(source)
        report = compare_quantizations(model, data, metric=metric, targets=targets)
        if as_json:
            click.echo(json.dumps(report.to_dict(), indent=2))
        else:
            click.echo(str(report))


@main.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--browser", is_flag=True, help="Also run it in headless Chromium, on all backends.")
@click.option(
    "--backend",
    "backends",
    multiple=True,
    type=click.Choice(list(dict.fromkeys([*NODE_BACKENDS, *BROWSER_BACKENDS]))),
    help="Only this backend (may be repeated). Default: cpu in Node, all in the browser.",
)
@click.option(
    "--model",
    "model_file",
    type=click.Path(path_type=Path),
    help="The .keras or .h5 file to compare with. Default: DIR itself, read back into Keras.",
)
@click.option(
    "--tolerance", default=1e-4, show_default=True, help="The largest difference allowed."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def verify(
    directory: Path,
    browser: bool,
    backends: tuple[str, ...],
    model_file: Path | None,
    tolerance: float,
    as_json: bool,
) -> None:
    """Run the exported model in DIR in real TensorFlow.js and compare it with Python.

    Exits with 1 if a prediction differs by more than the tolerance.
    """
    in_node = tuple(name for name in backends if name in NODE_BACKENDS) if backends else ("cpu",)
    in_browser = tuple(name for name in backends or BROWSER_BACKENDS if name in BROWSER_BACKENDS)
    if not browser:
        in_browser = ()
        if not in_node:
            raise click.UsageError(f"{', '.join(backends)} runs in a browser only: add --browser.")
    with _as_click_errors():
        if model_file is not None:
            model = cli_convert.load_keras_file(model_file)
        else:
            from tfjsbridge.converters import load_keras_model

            model = load_keras_model(directory)
        if not _report(model, directory, in_node, in_browser, as_json=as_json, tolerance=tolerance):
            raise click.exceptions.Exit(1)


def _report(
    model: Any,
    directory: Path,
    backends: tuple[str, ...],
    browser: tuple[str, ...],
    *,
    as_json: bool,
    tolerance: float,
) -> bool:
    """Compare, and show what was found; whether they predict the same."""
    from tfjsbridge.verify import verify as run

    report = run(model, directory, backends=backends, browser=browser, tolerance=tolerance)
    if as_json:
        click.echo(json.dumps(report.to_dict(), indent=2))
    else:
        from rich.console import Console

        Console().print(report)
    return bool(report.ok)


def _files(model_json: Path) -> list[Path]:
    """The model.json and its shards, or the file itself if it is no model.json."""
    if model_json.name != MODEL_JSON:
        return [model_json]
    groups = json.loads(model_json.read_text())["weightsManifest"]
    return [model_json, *(model_json.parent / name for g in groups for name in g["paths"])]
