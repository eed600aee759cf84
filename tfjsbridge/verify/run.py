"""The verification itself: one model, the same inputs, in Python and in every place asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tfjsbridge.verify import browser as chromium
from tfjsbridge.verify import node, python_model
from tfjsbridge.verify.browser import BrowserSession
from tfjsbridge.verify.compare import Difference, differences
from tfjsbridge.verify.errors import TfjsError
from tfjsbridge.verify.inputs import as_inputs, sample_inputs
from tfjsbridge.verify.node import NodeSession
from tfjsbridge.verify.report import Report, Row


def verify(
    model: Any,
    directory: str | Path,
    *,
    inputs: Any = None,
    backends: Sequence[str] = ("cpu",),
    browser: bool | Sequence[str] = False,
    tolerance: float = 1e-4,
    batch: int = 8,
    seed: int = 0,
) -> Report:
    """Compare what an exported model predicts in real TensorFlow.js with the Python model.

    Args:
        model: the Python model: a keras.Model, or anything with its ``predict``.
        directory: the exported model: ``model.json`` and its weights.
        inputs: one array per input, batch first (a single array for a single input), or a mapping
            from tf.js's input names; None makes up random ones, see :func:`sample_inputs`.
        backends: where to run in Node: any of cpu, wasm.
        browser: where to run in headless Chromium: any of cpu, webgl, wasm, webgpu; True for all.
        tolerance: how large the absolute or the relative difference may be at most, see
            :meth:`Difference.within`.
        batch: the number of made-up samples.
        seed: the seed of the made-up inputs.

    Returns:
        A row per output and place. A place that cannot load or run the model is a row with its
        error.

    Raises:
        FileNotFoundError: there is no exported model in ``directory``.
        ValueError: an unknown backend, none at all, or inputs that are not the model's.
        NodeNotFound, NpmInstallFailed, BrowserNotFound: say what to install.
    """
    in_node = _known(backends, node.BACKENDS, "backends")
    if browser is True:
        browser = chromium.BACKENDS
    in_chromium = _known(browser or (), chromium.BACKENDS, "browser")
    if not in_node and not in_chromium:
        raise ValueError("There is nowhere to run the model: name at least one backend.")
    directory = exported(directory)

    places = [f"node/{name}" for name in in_node] + [f"chromium/{name}" for name in in_chromium]
    with contextlib.ExitStack() as stack:
        node_session = stack.enter_context(NodeSession())
        try:
            signature = node_session.signature(directory)
        except TfjsError as error:  # the layers are the same code everywhere: it loads nowhere
            failed = Difference.failed("(model)", f"tf.js cannot load the model: {error}")
            return Report(tuple(Row(place, failed) for place in places), tolerance)

        arrays = (
            sample_inputs(signature, batch, seed)
            if inputs is None
            else as_inputs(inputs, signature)
        )
        expected = python_model.predict(model, arrays, signature)

        def rows(
            where: str, predict: Callable[..., list[np.ndarray]], names: Iterable[str]
        ) -> Iterable[Row]:
            for name in names:
                try:
                    got = predict(directory, arrays, backend=name)
                    found = differences(expected, got, signature.outputs)
                except TfjsError as error:
                    found = [Difference.failed("(model)", str(error))]
                yield from (Row(f"{where}/{name}", one) for one in found)

        found = [*rows("node", node_session.predict, in_node)]
        if in_chromium:
            session = stack.enter_context(BrowserSession())
            found += rows("chromium", session.predict, in_chromium)
    return Report(tuple(found), tolerance)


def exported(directory: str | Path) -> Path:
    """The directory, after a look at whether there is a whole exported model in it.

    Raises:
        FileNotFoundError: there is no directory or no ``model.json``; also what
            ``check_artifacts`` raises about the weights.
    """
    from tfjsbridge.converters.files import check_artifacts

    directory = Path(directory)
    if not directory.is_dir():
        raise FileNotFoundError(
            f"There is no directory {directory}. Pass the one that the model was exported to."
        )
    if not (directory / "model.json").is_file():
        names = sorted(file.name for file in directory.iterdir())[:10]
        raise FileNotFoundError(
            f"There is no model.json in {directory} (but: {', '.join(names) or 'nothing'}). "
            "Pass the directory that the model was exported to."
        )
    check_artifacts(directory)
    return directory


def _known(names: Sequence[str], known: Sequence[str], argument: str) -> list[str]:
    chosen = [names] if isinstance(names, str) else list(names)
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise ValueError(f"{argument}={unknown}: expected any of {', '.join(known)}.")
    return chosen
