"""compare_quantizations: how much smaller weights change what a model predicts."""

from __future__ import annotations

import io
import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tfjsbridge.converters.files import is_graph_model, read_json
from tfjsbridge.converters.graph.load import load_graph_model
from tfjsbridge.converters.load import load_keras_model
from tfjsbridge.converters.save import Format, save_keras_model
from tfjsbridge.errors import unknown_name
from tfjsbridge.runtime import keras
from tfjsbridge.verify.inputs import InputSpec, Signature, as_inputs, sample_inputs
from tfjsbridge.verify.python_model import predict

if TYPE_CHECKING:
    from rich.table import Table

    from tfjsbridge.verify import NodeSession

DTYPES = ("float16", "uint16", "uint8")
WHOLE = "float32"
#: As many examples are predicted at once.
_BATCH = 256

#: Gives a model's outputs for a list of arrays, one per input.
Predict = Callable[[list[np.ndarray]], list[np.ndarray]]
Metric = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class QuantizationRow:
    """A model with its weights in one dtype.

    Attributes:
      dtype: float32 is the model as it is.
      bytes: of all its weight files.
      ratio: to the bytes of float32.
      largest: the largest absolute change of a prediction; infinite where only one is finite.
      mean: the mean absolute change of the predictions.
      metric: of the predictions and the targets, where both were given.
    """

    dtype: str
    bytes: int
    ratio: float
    largest: float
    mean: float
    metric: float | None = None


@dataclass(frozen=True)
class QuantizationReport:
    """A row per dtype, float32 first; `print(report)` shows a table, so does `rich.print`.

    Attributes:
      rows: the dtypes.
      examples: how many examples were predicted.
      is_random: whether they are random numbers, for want of data.
    """

    rows: tuple[QuantizationRow, ...]
    examples: int
    is_random: bool

    def __getitem__(self, dtype: str) -> QuantizationRow:
        """The row of a dtype."""
        for row in self.rows:
            if row.dtype == dtype:
                return row
        raise unknown_name("dtype", dtype, [row.dtype for row in self.rows])

    def to_dict(self) -> dict[str, Any]:
        """The report as values for JSON; what is not finite is None."""
        rows = [
            {
                key: None if isinstance(value, float) and not np.isfinite(value) else value
                for key, value in asdict(row).items()
            }
            for row in self.rows
        ]
        return {"examples": self.examples, "is_random": self.is_random, "rows": rows}

    def table(self) -> Table:
        """The rows as a rich table."""
        from rich import box
        from rich.table import Table

        kind = "random examples" if self.is_random else "examples"
        title = f"Changes of the predictions of {self.examples:,} {kind} by quantized weights"
        table = Table("weights", title=title, box=box.SIMPLE)
        has_metric = any(row.metric is not None for row in self.rows)
        headings = ("bytes", "of float32", "largest", "mean", *(["metric"] if has_metric else []))
        for heading in headings:
            table.add_column(heading, justify="right")
        for row in self.rows:
            metric = [] if row.metric is None else [f"{row.metric:.4f}"]
            changes = (f"{row.largest:.1e}", f"{row.mean:.1e}")
            table.add_row(row.dtype, f"{row.bytes:,}", f"{row.ratio:.1%}", *changes, *metric)
        return table

    def __rich__(self) -> Table:
        return self.table()

    def __str__(self) -> str:
        from rich.console import Console

        text = io.StringIO()
        Console(file=text, width=100, color_system=None).print(self.table())
        return "\n".join(line.rstrip() for line in text.getvalue().splitlines()).strip("\n")


def compare_quantizations(
    model: Any,
    data: Any = None,
    dtypes: Sequence[str] = DTYPES,
    metric: str | Metric | None = None,
    targets: Any = None,
    *,
    format: Format = "auto",
    session: NodeSession | None = None,
) -> QuantizationReport:
    """Write a model with its weights in several dtypes, to nowhere, and compare the predictions.

    Args:
      model: a built `keras.Model`.
      data: what to predict: an array, a list of them, or a dict by the inputs' names; random
        numbers without it, which say less of what the model will be given.
      dtypes: of "float16", "uint16" and "uint8".
      metric: a function of the targets and the predictions, or a name that tf.js compiles with, as
        "accuracy"; for models of several outputs a function, which is given lists.
      targets: what the predictions should be, for the metric.
      format: as of `save_keras_model`.
      session: where to run the files in real tf.js; TensorFlow runs them without it.

    Returns:
      A row per dtype and one of the model as it is.

    Raises:
      ConversionError: where tf.js cannot express the model.
      ValueError: for an unknown dtype or metric, or data that are not the model's.
    """
    for dtype in dtypes:
        if dtype not in DTYPES:
            raise unknown_name("dtype", dtype, DTYPES)
    if (metric is None) != (targets is None) or (metric is not None and data is None):
        raise ValueError("A metric needs data and targets, and targets a metric.")
    rows: list[QuantizationRow] = []
    whole: list[np.ndarray] = []
    with tempfile.TemporaryDirectory() as root:
        for dtype in (WHOLE, *dict.fromkeys(dtypes)):
            folder = Path(root, dtype)
            run, signature = _written(model, folder, dtype, format, session)
            if not rows:
                inputs = _inputs(model, signature, data)
            outputs = _in_batches(run, inputs, signature)
            whole = whole or outputs
            size = sum(shard.stat().st_size for shard in folder.glob("*.bin"))
            rows.append(
                QuantizationRow(
                    dtype,
                    size,
                    size / rows[0].bytes if rows and rows[0].bytes else 1.0,
                    *_changes(whole, outputs),
                    None if metric is None else _value(metric, targets, outputs),
                )
            )
    return QuantizationReport(tuple(rows), len(inputs[0]), data is None)


def _written(
    model: Any, folder: Path, dtype: str, format: Format, session: NodeSession | None
) -> tuple[Predict, Signature]:
    """Write a model, and what runs it."""
    quantization = None if dtype == WHOLE else {dtype: "*"}
    with warnings.catch_warnings():
        # That it is a graph; and in numbers that float16 cannot hold, which the report shows.
        warnings.simplefilter("ignore")
        save_keras_model(model, folder, quantization, format=format, include_optimizer=False)
    run, signature = (_of_graph if is_graph_model(read_json(folder)) else _of_layers)(folder)
    if session is not None:
        node = session
        return lambda inputs: node.predict(folder, inputs), signature
    return run, signature


def _of_layers(folder: Path) -> tuple[Predict, Signature]:
    """A layers-model, back in Keras."""
    loaded = load_keras_model(folder)
    specs = [
        InputSpec(tensor._keras_history.operation.name, tuple(tensor.shape), str(tensor.dtype))
        for tensor in loaded.inputs
    ]
    # A Sequential has no names of outputs.
    names = getattr(loaded, "output_names", None) or [str(n) for n in range(len(loaded.outputs))]
    signature = Signature(tuple(specs), tuple(names))
    return lambda inputs: predict(loaded, inputs, signature), signature


def _of_graph(folder: Path) -> tuple[Predict, Signature]:
    """A graph-model in TensorFlow."""
    loaded = load_graph_model(folder)
    specs = []
    for name, inner in loaded.inputs.items():
        tensor = loaded.tensor(inner)
        specs.append(InputSpec(name, tuple(tensor.shape), tensor.dtype.name))

    def run(inputs: list[np.ndarray]) -> list[np.ndarray]:
        tensors = map(keras.ops.convert_to_tensor, inputs)
        feeds = dict(zip(loaded.inputs.values(), tensors, strict=True))
        return [np.asarray(value) for value in loaded.run(feeds, list(loaded.outputs.values()))]

    return run, Signature(tuple(specs), tuple(loaded.outputs))


def _inputs(model: Any, signature: Signature, data: Any) -> list[np.ndarray]:
    """The data as the model takes it, or random numbers."""
    if data is not None:
        arrays = as_inputs(data, signature)
        sizes = {len(array) for array in arrays}
        if len(sizes) != 1:
            raise ValueError(f"The inputs have {sorted(sizes)} examples; expected as many of each.")
        return arrays
    specs = [
        InputSpec(spec.name, spec.shape, spec.dtype, rows)
        for spec, rows in zip(signature.inputs, _vocabularies(model, signature), strict=True)
    ]
    return sample_inputs(Signature(tuple(specs), signature.outputs), batch=32)


def _vocabularies(model: Any, signature: Signature) -> list[int | None]:
    """The number of rows of the Embedding that reads each input, as tf.js runs are sampled."""
    found: list[int | None] = [None] * len(signature.inputs)
    inputs = list(getattr(model, "inputs", None) or [])
    for layer in model._flatten_layers():
        if not isinstance(layer, keras.layers.Embedding):
            continue
        read = {id(tensor) for node in layer._inbound_nodes for tensor in node.input_tensors}
        for number, tensor in enumerate(inputs[: len(found)]):
            if id(tensor) in read:
                found[number] = int(layer.input_dim)
    return found


def _in_batches(run: Predict, inputs: list[np.ndarray], signature: Signature) -> list[np.ndarray]:
    """The outputs for all examples, some at a time unless the model says how many."""
    count = len(inputs[0])
    if count <= _BATCH or any(spec.shape[:1] != (None,) for spec in signature.inputs):
        return run(inputs)
    parts = [
        run([array[start : start + _BATCH] for array in inputs])
        for start in range(0, count, _BATCH)
    ]
    return [np.concatenate(outputs) for outputs in zip(*parts, strict=True)]


def _changes(whole: list[np.ndarray], outputs: list[np.ndarray]) -> tuple[float, float]:
    """The largest and the mean absolute change."""
    a, b = (np.concatenate([o.astype(np.float64).ravel() for o in x]) for x in (whole, outputs))
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(invalid="ignore"):
        distance = np.where(same, 0.0, np.abs(a - b))
    distance = np.where(np.isnan(distance), np.inf, distance)
    return float(distance.max(initial=0.0)), float(distance.mean()) if distance.size else 0.0


def _value(metric: str | Metric, targets: Any, outputs: list[np.ndarray]) -> float:
    """A metric of the predictions, the mean where it gives a number for each example."""
    if callable(metric):
        found = metric(targets, outputs[0] if len(outputs) == 1 else outputs)
        return float(np.mean(np.asarray(found)))
    if len(outputs) != 1:
        raise ValueError(
            f"The model has {len(outputs)} outputs: give a function of targets and predictions, "
            f"both lists, in place of the metric {metric!r}."
        )
    from tfjsbridge import compiling  # which is the mirror's, and has tf.js's names

    true, predicted = np.asarray(targets), outputs[0]
    is_class_number = true.ndim < predicted.ndim or true.shape[-1] == 1 < predicted.shape[-1]
    loss = keras.losses.SparseCategoricalCrossentropy() if is_class_number else None
    if predicted.shape[-1] == 1:
        true = true.reshape(predicted.shape)
    measure = compiling.get(metric, predicted.shape[-1], loss)
    measure.update_state(true, predicted)
    return float(measure.result())
