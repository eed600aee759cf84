"""tf.vis has tfjs-vis's names, with its parameters and options."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import tfjsbridge as tf

#: Where tfjs-vis has a function, in its dist folder, and the type of its options in types.ts.
FUNCTIONS = {
    "render.barchart": ("render/barchart", "BarChartOpts"),
    "render.confusionMatrix": ("render/confusion_matrix", "ConfusionMatrixOptions"),
    "render.heatmap": ("render/heatmap", "HeatmapOptions"),
    "render.histogram": ("render/histogram", "HistogramOpts"),
    "render.linechart": ("render/linechart", "XYPlotOptions"),
    "render.scatterplot": ("render/scatterplot", "XYPlotOptions"),
    "render.table": ("render/table", None),
    "show.history": ("show/history", "XYPlotOptions"),
    "show.fitCallbacks": ("show/history", "XYPlotOptions"),
    "show.layer": ("show/model", None),
    "show.modelSummary": ("show/model", None),
    "show.perClassAccuracy": ("show/quality", None),
    "show.valuesDistribution": ("show/tensor", None),
    "metrics.accuracy": ("util/math", None),
    "metrics.confusionMatrix": ("util/math", None),
    "metrics.perClassAccuracy": ("util/math", None),
}
#: Options that stand elsewhere than in types.ts.
MORE = {
    "render.table": {"fontSize"},
    "show.history": {"zoomToFitAccuracy"},
    "show.fitCallbacks": {"zoomToFitAccuracy", "callbacks"},
}


def test_there_are_all_names_of_tfjs_vis(in_page: Any) -> None:
    names = set(in_page("Object.keys(tfvis)")) - {"isSurface", "isSurfaceInfo"}  # of its types
    assert names <= set(tf.vis.__all__)
    assert tf.vis.version_vis == in_page("tfvis.version_vis")
    for namespace in ("render", "show", "metrics"):
        theirs = in_page(f"Object.keys(tfvis.{namespace})")
        assert sorted(getattr(tf.vis, namespace).__all__) == sorted(theirs)
        assert {f"{namespace}.{name}" for name in theirs} <= set(FUNCTIONS)
    methods = in_page("Object.getOwnPropertyNames(Object.getPrototypeOf(tfvis.visor()))")
    missing = [name for name in methods if not hasattr(tf.vis.Visor, name)]
    assert missing == ["constructor"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_the_parameters_of_tfjs_vis(folder: Path, name: str) -> None:
    module, kind = FUNCTIONS[name]
    namespace, last = name.split(".")
    source = (folder / "dist" / f"{module}.js").read_text("utf-8")
    code = re.sub(r"^//.*\n", "", source, flags=re.MULTILINE)
    found = re.search(rf"^function {last}\((.*?)\) \{{", code, re.MULTILINE | re.DOTALL)
    assert found
    theirs = [part.split("=")[0].strip() for part in found[1].split(",")]
    signature = inspect.signature(getattr(getattr(tf.vis, namespace), last))
    parameters = signature.parameters.values()
    ours = [each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
    assert ours == [part for part in theirs if part != "opts"]
    options = {each.name for each in parameters if each.kind is each.KEYWORD_ONLY}
    assert options == MORE.get(name, set()) | (_options(folder, kind) if kind else set())
    assert ("opts" in theirs) == bool(options)


def _options(folder: Path, kind: str) -> set[str]:
    """The names of an interface of tfjs-vis's types, with those that it extends."""
    types = (folder / "src" / "types.ts").read_text("utf-8")
    found = re.search(rf"interface {kind}(?: extends (\w+))? \{{(.*?)\n\}}", types, re.DOTALL)
    assert found
    own = set(re.findall(r"^  (\w+)\?", found[2], re.MULTILINE))
    return own | (_options(folder, found[1]) if found[1] else set())
