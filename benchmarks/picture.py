"""docs/benchmarks.svg: how many times as fast as Keras's fit, on a logarithmic axis."""

from __future__ import annotations

import base64
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from benchmarks.measured import Measured
from benchmarks.names import ENGINE, KERAS, KERAS_WHOLE, NUMPY
from benchmarks.report import TIMES
from tfjsbridge.verify.browser import chromium_executable

WIDTH = 800

#: Colours that the colour-blind tell apart (Okabe and Ito), in the order of the legend.
_BARS = {
    ENGINE: ("#0072b2", "this engine, first call"),
    NUMPY: ("#009e73", "NumPy, written by hand"),
    "tf.js": ("#e69f00", "tf.js in Node, its best backend"),
    KERAS_WHOLE: ("#999999", "Keras fit, steps_per_execution=epoch"),
}


def figure(results: Sequence[Measured]) -> Any:
    """The picture, as a plotly figure."""
    import plotly.graph_objects as plotly

    picture = plotly.Figure()
    labels = [f"{result.name}<br>{result.epochs:,} epochs" for result in results]
    for name, (color, said) in _BARS.items():
        ratios = [_ratio(result, name) for result in results]
        picture.add_bar(
            y=labels,
            x=[ratio - 1 if ratio else None for ratio in ratios],
            base=1,
            text=[f"{ratio:.3g} {TIMES}" if ratio else None for ratio in ratios],
            textposition="outside",
            cliponaxis=False,
            orientation="h",
            name=said,
            marker_color=color,
        )
    found = [ratio for result in results for name in _BARS if (ratio := _ratio(result, name))]
    picture.update_layout(
        title={"text": "Training speed, times that of Keras fit", "x": 0.02},
        template="plotly_white",
        font={"family": "Helvetica, Arial, sans-serif", "size": 13},
        width=WIDTH,
        height=150 + 78 * len(results),
        bargap=0.25,
        legend={"orientation": "h", "y": -55 / (78 * len(results)), "x": 0, "yanchor": "top"},
        margin={"l": 130, "r": 45, "t": 50, "b": 100},
    )
    picture.update_xaxes(
        type="log",
        title="times as fast as Keras fit (logarithmic)",
        range=_powers(min(found, default=1), max(found, default=1)),
        dtick=1,
        minor={"dtick": "D1", "showgrid": True, "gridcolor": "#f2f2f2"},
    )
    picture.update_yaxes(autorange="reversed")
    picture.add_vline(x=1, line_color="#333333")
    return picture


def draw(results: Sequence[Measured], path: Path) -> None:
    """Write the picture, which a browser draws.

    Raises:
      BrowserNotFound: TFJSBRIDGE_CHROMIUM is not a program.
    """
    from playwright.sync_api import sync_playwright

    script = """async ([width, height]) => Plotly.toImage(
        document.querySelector('.plotly-graph-div'), {format: 'svg', width, height})"""
    picture = figure(results)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder, "picture.html")
        picture.write_html(page_file)
        executable = chromium_executable()
        browser = playwright.chromium.launch(executable_path=executable)
        page = browser.new_page()
        page.goto(page_file.as_uri())
        url = page.evaluate(script, [WIDTH, picture.layout.height])
        browser.close()
    path.write_bytes(_content(url))


def _ratio(result: Measured, name: str) -> float | None:
    chosen = result.best_tfjs() if name == "tf.js" else name
    theirs = None if chosen is None else result.median(chosen)
    base = result.median(KERAS)
    return base / theirs if base and theirs else None


def _powers(low: float, high: float) -> list[float]:
    """The axis in powers of ten, with room for the numbers at the bars' ends."""
    return [math.log10(min(low, 1)) - 0.45, math.log10(max(high, 1)) + 0.25]


def _content(url: str) -> bytes:
    header, _, data = url.partition(",")
    return base64.b64decode(data) if header.endswith("base64") else unquote_to_bytes(data)
