"""Weights as bytes and as Tensors.

Follows tfjs-core/src/io/{io_utils,weights_loader}.ts.
"""

from __future__ import annotations

import functools
import math
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from tfjsbridge.converters.download import check_name
from tfjsbridge.io.artifacts import buffers_of
from tfjsbridge.io.fetching import Fetching
from tfjsbridge.promises import resolved
from tfjsbridge.runtime import load_tensorflowjs
from tfjsbridge.tensors import Tensor, tensor_from

_DTYPES = ("float32", "int32", "bool", "string", "complex64")
#: Bytes of a value, also of what weights are quantized to.
_BYTES = {
    "float32": 4,
    "float16": 2,
    "int32": 4,
    "uint16": 2,
    "uint8": 1,
    "bool": 1,
    "complex64": 8,
}


def encodeWeights(tensors: Any, group: str | None = None) -> dict[str, Any]:
    """Tensors as bytes, one behind the other.

    Args:
      tensors: Tensors by name, or a list of dicts of `name` and `tensor`.
      group: the group that the specs say: "model" or "optimizer".

    Returns:
      `data`, the bytes, and `specs`, a dict of `name`, `shape` and `dtype` for each.
    """
    named = (
        list(tensors.items())
        if isinstance(tensors, Mapping)
        else [(entry["name"], entry["tensor"]) for entry in tensors]
    )
    specs, data = [], []
    for name, tensor in named:
        value = tensor_from(tensor)
        if value.dtype not in _DTYPES:
            raise ValueError(f"Unsupported dtype in weight '{name}': {value.dtype}")
        spec = {"name": name, "shape": value.shape, "dtype": value.dtype}
        specs.append(spec if group is None else {**spec, "group": group})
        data.append(_encoded(value))
    return {"data": b"".join(data), "specs": specs}


def decodeWeights(weightData: Any, specs: Iterable[Mapping[str, Any]]) -> dict[str, Tensor]:
    """Tensors of bytes, by name.

    Args:
      weightData: the bytes, or a list of them.
      specs: what stands in them, in order: `name`, `shape`, `dtype`, and `quantization` where
        values are stored smaller.

    Raises:
      ValueError: for another dtype, or too few bytes.
    """
    data = memoryview(b"".join(buffers_of(weightData)))
    found, offset = {}, 0
    for spec in specs:
        size = _size_of(spec, data[offset:])
        found[str(spec["name"])] = _decoded(spec, data[offset : offset + size])
        offset += size
    return found


def decodeWeightsStream(
    weightStream: Iterable[bytes], specs: Iterable[Mapping[str, Any]]
) -> dict[str, Tensor]:
    """`decodeWeights` of bytes that come in pieces.

    Args:
      weightStream: gives the pieces one after the other.
      specs: as of `decodeWeights`.
    """
    return decodeWeights(list(weightStream), specs)


def loadWeights(
    manifest: Sequence[Mapping[str, Any]],
    filePathPrefix: str = "",
    weightNames: Sequence[str] | None = None,
    requestInit: Mapping[str, Any] | None = None,
) -> dict[str, Tensor]:
    """Load the weights of a model.json.

    Args:
      manifest: its `weightsManifest`.
      filePathPrefix: the folder that the weight files are in, a path or an http(s) URL; the
        current one without it.
      weightNames: which weights to load; all without it.
      requestInit: `headers` and `method` of the requests to a server.

    Returns:
      Tensors by name.

    Raises:
      ValueError: for a name that is not in the manifest, or a file that cannot be read, is
        outside of the folder, or of another size.
    """
    prefix = filePathPrefix or "."
    limit = sum(_numeric_size(spec) for group in manifest for spec in group["weights"])
    for group in manifest:
        for name in group["paths"]:
            check_name(prefix, name)
    read = functools.partial(_read, Fetching({"requestInit": requestInit}), limit)
    load = weightsLoaderFactory(lambda urls: [read(url) for url in urls])
    return load(manifest, prefix.removeprefix("file://"), weightNames)


def weightsLoaderFactory(
    fetchWeightsFunction: Callable[[list[str]], Any],
) -> Callable[..., dict[str, Tensor]]:
    """A function that loads weights as `loadWeights`, but fetches them by one's own.

    Args:
      fetchWeightsFunction: gives the bytes of each of a list of URLs. It may be `async`.

    Returns:
      A function of (manifest, filePathPrefix, weightNames) that gives Tensors by name.
    """

    def load(
        manifest: Sequence[Mapping[str, Any]],
        filePathPrefix: str = "",
        weightNames: Sequence[str] | None = None,
    ) -> dict[str, Tensor]:
        there = [str(spec["name"]) for group in manifest for spec in group["weights"]]
        missing = [name for name in weightNames or () if name not in there]
        if missing:
            raise ValueError(
                f"Could not find weights in manifest with names: {', '.join(missing)}. \n"
                f"Manifest JSON has weights with names: {', '.join(there)}."
            )
        wanted = set(there if weightNames is None else weightNames)
        groups = [
            group for group in manifest if any(spec["name"] in wanted for spec in group["weights"])
        ]
        slash = "" if filePathPrefix.endswith("/") else "/"
        urls = [f"{filePathPrefix}{slash}{path}" for group in groups for path in group["paths"]]
        buffers = iter(resolved(fetchWeightsFunction(urls)))
        found = {}
        for group in groups:
            data = memoryview(b"".join(buffers_of([next(buffers) for _ in group["paths"]])))
            offset = 0
            for spec in group["weights"]:
                size = _numeric_size(spec)
                if spec["name"] in wanted:
                    part = data[offset : offset + size]
                    found[str(spec["name"])] = _decoded(spec, part)
                offset += size
        return found

    return load


def _read(fetching: Fetching, limit: int, url: str) -> bytes:
    return b"".join(fetching.chunks(url, limit))


def _encoded(tensor: Tensor) -> bytes:
    values = tensor.numpy()
    if tensor.dtype == "string":
        texts = [str(text).encode() for text in values.reshape(-1)]
        return b"".join(struct.pack("<I", len(text)) + text for text in texts)
    return np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<")).tobytes()


def _size_of(spec: Mapping[str, Any], data: memoryview) -> int:
    """How many of the bytes a weight takes."""
    if spec.get("dtype") != "string" or "quantization" in spec:
        return _numeric_size(spec)
    size = 0
    for _ in range(math.prod(spec["shape"])):
        if len(data) < size + 4:
            raise _too_short(spec, 0)
        size += 4 + int(struct.unpack_from("<I", data, size)[0])
    return size


def _numeric_size(spec: Mapping[str, Any]) -> int:
    dtype = (spec.get("quantization") or spec).get("dtype")
    # Of another dtype, `_decoded` says what is wrong.
    return math.prod(spec["shape"]) * _BYTES.get(str(dtype), 0)


def _decoded(spec: Mapping[str, Any], data: memoryview) -> Tensor:
    """A weight's Tensor, of its bytes."""
    _check_spec(spec)
    shape, item = spec["shape"], _BYTES.get(str((spec.get("quantization") or spec)["dtype"]), 1)
    needed = _size_of(spec, data)
    if len(data) < needed:
        raise _too_short(spec, len(data) // item)
    if spec["dtype"] == "complex64":
        return tensor_from(np.frombuffer(data, np.complex64).reshape(shape), "complex64")
    if spec["dtype"] == "int32" and spec.get("quantization") is not None:
        return tensor_from(_rounded(spec["quantization"], data[:needed]).reshape(shape), "int32")
    load_tensorflowjs()
    from tensorflowjs.read_weights import decode_weights

    [[entry]] = decode_weights([{"weights": [dict(spec)]}], [bytes(data)])
    values = entry["data"]
    if spec["dtype"] == "string":
        values = np.array([text.decode("utf-8", "replace") for text in values.reshape(-1)], object)
        values = values.reshape(shape)
    return tensor_from(values, spec["dtype"])


def _rounded(quantization: Mapping[str, Any], data: memoryview) -> np.ndarray:
    """Whole numbers that were stored smaller, halves rounded up as JavaScript does."""
    stored = np.frombuffer(data, quantization["dtype"]).astype(np.float64)
    return np.floor(stored * quantization["scale"] + quantization["min"] + 0.5)


def _check_spec(spec: Mapping[str, Any]) -> None:
    name, dtype = spec["name"], spec.get("dtype")
    quantization = spec.get("quantization")
    if quantization is None:
        if dtype not in _DTYPES:
            raise ValueError(f"Unsupported dtype in weight '{name}': {dtype}")
        return
    stored = quantization.get("dtype")
    if stored not in ("uint8", "uint16", "float16"):
        raise ValueError(
            f"Weight {name} has unknown quantization dtype {stored}. Supported quantization "
            "dtypes are: 'uint8', 'uint16', and 'float16'."
        )
    if stored == "float16" and dtype != "float32":
        raise ValueError(
            f"Weight {name} is quantized with {stored} which only supports weights of type "
            f"float32 not {dtype}."
        )
    if stored != "float16" and not {"min", "scale"} <= quantization.keys():
        raise ValueError(
            f"Weight {name} with quantization {stored} doesn't have corresponding metadata min "
            "and scale."
        )
    if dtype not in ("float32", "int32"):
        raise ValueError(f"Unsupported dtype in weight '{name}': {dtype}")


def _too_short(spec: Mapping[str, Any], count: int) -> ValueError:
    shape = ",".join(map(str, spec["shape"]))
    return ValueError(
        f"Weight '{spec['name']}': based on the provided shape, [{shape}], the tensor should have "
        f"{math.prod(spec['shape'])} values but has {count}"
    )
