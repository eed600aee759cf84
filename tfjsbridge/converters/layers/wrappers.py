"""Conversions of the layers that hold another layer."""

from __future__ import annotations

from typing import Any

from tfjsbridge.converters import keras_recurrent
from tfjsbridge.converters.layers.common import read_base
from tfjsbridge.converters.layers.recurrent import resets_after, write_both_ways
from tfjsbridge.converters.registry import (
    READERS,
    CannotConvertLayer,
    TfjsLayer,
    reads,
    write_layer,
    writes,
)
from tfjsbridge.runtime import keras

layers = keras.layers

_RECURRENT = (
    layers.SimpleRNN,
    layers.LSTM,
    layers.GRU,
    keras_recurrent.SimpleRNN,
    keras_recurrent.LSTM,
    keras_recurrent.GRU,
)


def _single(layer: Any) -> TfjsLayer:
    """The layer inside, which must be one in tf.js too."""
    if isinstance(layer, keras.Model):
        raise CannotConvertLayer("it holds a model; give it a layer")
    written = write_layer(layer)
    if len(written) > 1:
        names = ", ".join(part.class_name for part in written)
        raise CannotConvertLayer(
            f"the {type(layer).__name__} in it becomes several layers in tf.js ({names})"
        )
    return written[0]


def _entry(layer: Any, written: TfjsLayer, name: str) -> dict[str, Any]:
    config = {"name": name, "trainable": layer.trainable, "dtype": "float32", **written.config}
    return {"class_name": written.class_name, "config": config}


@writes(layers.TimeDistributed)
def write_time_distributed(layer: Any) -> list[TfjsLayer]:
    """One, or one for each of the layers that the layer in it becomes."""
    inner = layer.layer
    if isinstance(inner, keras.Model):
        raise CannotConvertLayer("it holds a model; give it a layer")
    written = write_layer(inner)
    if any(part.inputs for part in written):
        raise CannotConvertLayer(
            f"the {type(inner).__name__} in it becomes several layers in tf.js that are joined"
        )
    return [
        TfjsLayer(
            "TimeDistributed",
            {"layer": _entry(inner, part, f"{inner.name}_{part.suffix}".rstrip("_"))}
            | ({} if part.config.get("trainable", True) else {"trainable": False}),
            part.weights,
            suffix=part.suffix,
            untrained=part.untrained,
        )
        for part in written
    ]


@reads("TimeDistributed")
def read_time_distributed(config: dict[str, Any]) -> Any:
    return layers.TimeDistributed(_inner(config["layer"]), **read_base(config))


@writes(layers.Bidirectional, keras_recurrent.Bidirectional)
def write_bidirectional(layer: Any) -> TfjsLayer | list[TfjsLayer]:
    forward, backward = layer.forward_layer, layer.backward_layer
    if all(resets_after(way) for way in (forward, backward)):
        return write_both_ways(layer)
    if type(forward) not in _RECURRENT or type(backward) is not type(forward):
        raise CannotConvertLayer("tf.js runs one kind of SimpleRNN, LSTM or GRU both ways only")
    mirrored = dict(forward.get_config(), go_backwards=not forward.go_backwards)
    theirs = backward.get_config()
    differing = [k for k in theirs if k not in ("name", "trainable") and theirs[k] != mirrored[k]]
    if differing:
        raise CannotConvertLayer(
            f"tf.js ignores a backward_layer of its own, but it differs in {', '.join(differing)}"
        )
    # tf.js puts "forward_" and "backward_" in front of the name itself.
    name = forward.name.removeprefix("forward_")
    written, back = _single(forward), _single(backward)
    weights = {f"forward_{name}/{key}": value for key, value in written.weights.items()}
    weights |= {f"backward_{name}/{key}": value for key, value in back.weights.items()}
    config = {"merge_mode": layer.merge_mode, "layer": _entry(forward, written, name)}
    return TfjsLayer("Bidirectional", config, weights, untrained=written.untrained)


@reads("Bidirectional")
def read_bidirectional(config: dict[str, Any]) -> Any:
    return keras_recurrent.Bidirectional(
        _inner(config["layer"]), merge_mode=config.get("merge_mode"), **read_base(config)
    )


def _inner(entry: dict[str, Any]) -> Any:
    return READERS[entry["class_name"]](entry["config"])
