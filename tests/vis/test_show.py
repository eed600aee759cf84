"""tf.vis.show: trainings, models and tensors, against tfjs-vis."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.vis.tfjs_vis import TfjsVis

SHOW = tf.vis.show
SURFACE = {"name": "Training", "tab": "Training"}
HISTORY = {
    "loss": [1.0, 0.5, 0.25],
    "val_loss": [1.5, 0.75, 0.5],
    "acc": [0.5, 0.75, 1.0],
    "val_acc": [0.25, 0.5, 0.75],
}
LOGS = [{name: values[epoch] for name, values in HISTORY.items()} for epoch in range(3)]


def charts(figure: Any) -> list[dict[str, Any]]:
    """The lines of each chart of a history's figure, and the limits of its y axis."""
    found: dict[str, dict[str, Any]] = {}
    for trace in figure.data:
        axis = figure.layout[(trace.yaxis or "y").replace("y", "yaxis", 1)]
        place = found.setdefault(trace.yaxis, {"lines": {}, "range": axis.range, "axis": axis})
        place["lines"][trace.name] = list(trace.y)
    return list(found.values())


@pytest.mark.parametrize(
    "metrics", [["loss", "val_loss"], ["loss", "acc"], ["val_acc", "acc", "loss"], ["loss"]]
)
@pytest.mark.parametrize("form", ["history", "logs", "lists"])
def test_a_history_is_drawn_as_by_tfjs_vis(
    tfjs_vis: TfjsVis, metrics: list[str], form: str
) -> None:
    lists = [[{metric: log[metric]} for log in LOGS] for metric in metrics]
    history = {"history": {"history": HISTORY}, "logs": LOGS, "lists": lists}[form]
    theirs = tfjs_vis.draw("show/history.js", "history", {}, history, metrics)
    figure = SHOW.history(SURFACE, history, metrics)
    assert len(charts(figure)) == len(theirs)
    for ours, chart in zip(charts(figure), theirs, strict=True):
        names = [layer["encoding"]["y"]["field"] for layer in chart["layer"][:-1]]
        rows = chart["data"]["values"]
        assert ours["lines"] == {name: [row[name] for row in rows] for name in names}
        assert ours["axis"].title.text == chart["layer"][0]["encoding"]["y"]["title"] == "Value"
        if all("acc" in name for name in names):
            limits = chart["layer"][0]["encoding"]["y"]["scale"]["domain"]
            assert list(ours["range"]) == limits == [0, 1]
        else:
            assert ours["range"] is None
    assert theirs[0]["encoding"]["x"]["title"] == "Iteration"
    assert {axis.title.text for axis in figure.select_xaxes()} == {"Iteration"}


def test_accuracies_may_be_seen_from_near(tfjs_vis: TfjsVis) -> None:
    options = {"zoomToFitAccuracy": True, "xLabel": "Epoch"}
    history = {"history": HISTORY}
    [theirs] = tfjs_vis.draw("show/history.js", "history", {}, history, ["acc"], options)
    assert theirs["layer"][0]["encoding"]["y"]["scale"] == {"zero": False}
    figure = SHOW.history(SURFACE, history, ["acc"], options)
    assert figure.layout.yaxis.range is None
    assert figure.layout.yaxis.rangemode == "normal"
    assert figure.layout.xaxis.title.text == theirs["encoding"]["x"]["title"] == "Epoch"


def test_what_fit_gives_is_a_history() -> None:
    history = trained(callbacks=None)
    [chart] = charts(SHOW.history(SURFACE, history, ["loss", "val_loss"]))
    assert chart["lines"] == {name: history.history[name] for name in ("loss", "val_loss")}


def test_a_metric_that_a_history_has_not() -> None:
    with pytest.raises(ValueError, match=r"has no 'vall_acc' \(did you mean 'val_acc'\?\)"):
        SHOW.history(SURFACE, {"history": {"val_acc": [1]}}, ["vall_acc"])
    [chart] = charts(SHOW.history(SURFACE, [{"loss": 1}], ["loss", "val_loss"]))
    assert chart["lines"] == {"loss": [1], "val_loss": [None]}  # as in tf.js, a gap
    with pytest.raises(TypeError, match=r"expected what model\.fit gave"):
        SHOW.history(SURFACE, 3, ["loss"])


def trained(callbacks: Any, epochs: int = 3) -> Any:
    """What fit gives, of four batches per epoch."""
    model = tf.sequential(
        layers=[tf.layers.dense(inputShape=[2], units=1, activation="sigmoid")],
    )
    model.compile(optimizer="sgd", loss="binaryCrossentropy", metrics=["accuracy"])
    xs = np.random.default_rng(1).normal(size=(40, 2))
    ys = (xs[:, :1] > 0).astype(float)
    options = {"epochs": epochs, "batchSize": 8, "validationSplit": 0.2, "verbose": 0}
    return model.fit(xs, ys, {**options, "callbacks": callbacks})


def test_callbacks_draw_the_training_as_it_goes() -> None:
    metrics = ["loss", "val_loss", "acc"]
    callbacks = SHOW.fitCallbacks(SURFACE, metrics)
    assert set(callbacks) == {"onEpochEnd", "onBatchEnd", "onTrainEnd"}
    history = trained(callbacks)
    parts = tf.vis.visor().surface(SURFACE).parts
    assert {part.heading for part in parts.values()} == set(parts) == {"onEpochEnd", "onBatchEnd"}
    epochs = charts(parts["onEpochEnd"].figure)
    assert {k: v for chart in epochs for k, v in chart["lines"].items()} == pytest.approx(
        {name: history.history[name] for name in metrics}
    )
    [losses, accuracies] = charts(parts["onBatchEnd"].figure)
    assert list(losses["lines"]) == ["loss"]  # a batch has no validation
    assert len(losses["lines"]["loss"]) == len(accuracies["lines"]["acc"]) == 3 * 4
    first = np.mean(losses["lines"]["loss"][:4])
    assert first == pytest.approx(history.history["loss"][0], rel=1e-5)
    assert parts["onEpochEnd"].figure.layout.xaxis.title.text == "Epoch"
    assert parts["onBatchEnd"].figure.layout.xaxis.title.text == "Batch"


def test_callbacks_accumulate_as_those_of_tfjs_vis(tfjs_vis: TfjsVis) -> None:
    theirs = tfjs_vis.evaluate(
        """const callbacks = load('show/history.js').fitCallbacks({}, ['loss', 'val_loss', 'acc']);
           for (const log of args.logs) {
             for (let batch = 0; batch < 2; ++batch) {
               await callbacks.onBatchEnd(batch, {loss: log.loss + batch, acc: log.acc});
             }
             await callbacks.onEpochEnd(0, log);
           }
           const last = name => drawn.filter(d => d.encoding.x.title === name).slice(-2)
               .map(d => d.data.values);
           return {Epoch: last('Epoch'), Batch: last('Batch'), names: Object.keys(callbacks)};""",
        logs=LOGS,
    )
    callbacks = SHOW.fitCallbacks(SURFACE, ["loss", "val_loss", "acc"])
    for log in LOGS:
        for batch in range(2):
            callbacks["onBatchEnd"](batch, {"loss": log["loss"] + batch, "acc": log["acc"]})
        callbacks["onEpochEnd"](0, log)
    callbacks["onTrainEnd"]({})
    assert set(theirs["names"]) < set(callbacks)
    parts = tf.vis.visor().surface(SURFACE).parts
    for name, part in (("Epoch", "onEpochEnd"), ("Batch", "onBatchEnd")):
        for ours, rows in zip(charts(parts[part].figure), theirs[name], strict=True):
            for metric, values in ours["lines"].items():
                assert values == [row[metric] for row in rows]


def test_drawing_takes_a_small_share_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    from tfjsbridge.vis.show import live

    clock = iter(np.arange(0, 1e6, 0.01).tolist())  # each look at it takes 10 ms
    monkeypatch.setattr(live, "monotonic", lambda: next(clock))
    drawn: list[str] = []
    draw = live._Live.draw
    monkeypatch.setattr(live._Live, "draw", lambda self: (drawn.append(""), draw(self)))
    callbacks = SHOW.fitCallbacks(SURFACE, ["loss"], callbacks=["onEpochEnd"])
    assert set(callbacks) == {"onEpochEnd", "onTrainEnd"}
    for epoch in range(500):  # about five seconds of that clock
        callbacks["onEpochEnd"](epoch, {"loss": 1.0})
    assert 5 <= len(drawn) <= 10
    callbacks["onTrainEnd"]({})
    [chart] = charts(tf.vis.visor().surface(SURFACE).parts["onEpochEnd"].figure)
    assert len(chart["lines"]["loss"]) == 500


def test_callbacks_of_another_name() -> None:
    with pytest.raises(ValueError, match=r"'onEpochend' \(did you mean 'onEpochEnd'\?\)"):
        SHOW.fitCallbacks(SURFACE, ["loss"], callbacks=["onEpochend"])
    with pytest.raises(TypeError, match=r"tf.vis.show.fitCallbacks: unknown option 'callback'"):
        SHOW.fitCallbacks(SURFACE, ["loss"], {"callback": ["onEpochEnd"]})


def test_a_training_that_nobody_ends_is_drawn_at_the_exit() -> None:
    callbacks = SHOW.fitCallbacks(SURFACE, ["loss"])
    from tfjsbridge.vis.show import live

    for epoch in range(3):
        callbacks["onEpochEnd"](epoch, {"loss": 1.0})
    surface = tf.vis.visor().surface(SURFACE)
    assert surface.parts == {}  # it is less than half a second old
    assert live.PAUSE > 0
    tf.vis.visor().finish()
    [chart] = charts(surface.parts["onEpochEnd"].figure)
    assert chart["lines"] == {"loss": [1, 1, 1]}


JS_MODEL = """
const model = tf.sequential({layers: [
  tf.layers.conv2d({inputShape: [null, 8, 3], filters: 4, kernelSize: 3, name: 'conv'}),
  tf.layers.globalAveragePooling2d({name: 'pool'}),
  tf.layers.dense({units: 1200, name: 'dense', trainable: false}),
]});
const names = {conv: 'kernel', dense: 'other'};
"""


def our_model() -> Any:
    return tf.sequential(
        layers=[
            tf.layers.conv2d(inputShape=[None, 8, 3], filters=4, kernelSize=3, name="conv"),
            tf.layers.globalAveragePooling2d(name="pool"),
            tf.layers.dense(units=1200, name="dense", trainable=False),
        ]
    )


def rows_of(surface: str, part: str = "") -> tuple[list[str], list[list[str]]]:
    """The headings and the cells of a table in the visor."""
    html = tf.vis.visor().surface(name=surface).parts[part].html
    body = html.split("<tbody>")[1]
    rows = [re.findall("<td>(.*?)</td>", row) for row in body.split("</tr>") if "<td>" in row]
    return re.findall("<th>(.*?)</th>", html), rows


def test_a_summary_is_the_one_of_tfjs_vis(in_page: Any) -> None:
    theirs = in_page(
        f"""async () => {{ {JS_MODEL}
          const surface = {{name: 'summary', tab: 'models'}};
          await tfvis.show.modelSummary(surface, model);
          const area = tfvis.visor().surface(surface).drawArea;
          const texts = cells => [...cells].map(cell => cell.innerText);
          return [texts(area.querySelectorAll('th')),
                  [...area.querySelectorAll('tbody tr')].map(row => texts(row.children))];
        }}"""
    )
    model = our_model()
    for given in (model, model.keras):
        figure = SHOW.modelSummary("summary", given)
        headings, rows = rows_of("summary")
        assert [headings, rows] == [[text.strip() for text in theirs[0]], theirs[1]]
        assert list(figure.data[0].cells.values[0]) == ["conv", "pool", "dense"]
    assert rows[0][1] == "[batch,,6,4]"
    assert rows[2][2:] == ["6,000", "false"]
    with pytest.raises(TypeError, match=r"expected a tf\.LayersModel"):
        SHOW.modelSummary("summary", "model")


def test_a_layer_is_shown_as_by_tfjs_vis(tfjs_vis: TfjsVis) -> None:
    weights = [[0.5, 0.0, -1.25], [2.0, 0.0, 0.0]]
    [theirs] = tfjs_vis.evaluate(
        """const layer = tf.layers.dense({inputShape: [2], units: 3, name: 'dense'});
           tf.sequential({layers: [layer]});
           layer.setWeights([args.kernel, tf.zeros([3])]);
           await load('show/model.js').layer({}, layer);
           return JSON.parse(JSON.stringify(drawn));""",
        kernel=np.array(weights, np.float32),
    )
    model = tf.sequential(layers=[tf.layers.dense(inputShape=[2], units=3, name="dense")])
    layer = model.getLayer("dense")
    layer.setWeights([tf.tensor2d(weights), tf.zeros([3])])
    figure = SHOW.layer("layer", layer)
    headings, rows = rows_of("layer", "layer-weights-info")
    assert headings == theirs["headers"]
    assert rows == [[str(cell) for cell in row] for row in theirs["values"]]
    kernel, bias = figure.data
    assert (kernel.name, kernel.visible) == (rows[0][0], True)
    assert (bias.name, bias.visible) == (rows[1][0], False)
    assert sum(kernel.y) == 6
    [menu] = figure.layout.updatemenus
    assert [button.label for button in menu.buttons] == [kernel.name, bias.name]
    assert menu.buttons[1].args[0] == {"visible": [False, True]}


def test_layers_without_weights_and_with_nan() -> None:
    model = tf.sequential(
        layers=[tf.layers.flatten(inputShape=[2]), tf.layers.dense(units=1, useBias=False)]
    )
    table = SHOW.layer("none", model.getLayer(None, 0))
    assert rows_of("none", "layer-weights-info")[1] == []
    assert table.data[0].type == "table"
    dense = model.getLayer(None, 1)
    dense.setWeights([tf.tensor2d([[np.nan], [np.inf]])])
    SHOW.layer("special", dense.keras)
    [row] = rows_of("special", "layer-weights-info")[1]
    assert row[1:] == ["[2,1]", "NaN", "NaN", "2", "0", "1", "1"]
    with pytest.raises(TypeError, match="expected a layer"):
        SHOW.layer("wrong", model.getWeights()[0])


def test_the_accuracy_of_classes_is_shown_as_by_tfjs_vis(tfjs_vis: TfjsVis) -> None:
    accuracies = tf.vis.metrics.perClassAccuracy([0, 0, 1, 2, 2, 2], [0, 0, 0, 2, 1, 1])
    names = ["cat", "dog", "mouse"]
    for labels in (names, None):
        [theirs] = tfjs_vis.draw("show/quality.js", "perClassAccuracy", {}, accuracies, labels)
        SHOW.perClassAccuracy("classes", accuracies, labels)
        headings, rows = rows_of("classes")
        assert headings == theirs["headers"]
        assert [row[0] for row in rows] == [row[0] for row in theirs["values"]]
        assert [float(row[1]) for row in rows] == pytest.approx([1, 0, 0.3333])
        assert [int(row[2]) for row in rows] == [row[2] for row in theirs["values"]]
    with pytest.raises(ValueError, match="expected 3 classLabels, got 1"):
        SHOW.perClassAccuracy("classes", accuracies, ["cat"])


def test_the_distribution_of_values() -> None:
    figure = SHOW.valuesDistribution("values", tf.tensor([[0, 0, 0, 0], [2, 3, 4, np.nan]]))
    headings, [row] = rows_of("values", "stats")
    assert headings == ["Num Vals", "Min", "Max", "# Zeros", "# NaNs", "# Infinity"]
    assert row == ["8", "NaN", "NaN", "4 (50%)", "1 (12.5%)", "0"]
    assert sum(figure.data[0].y) == 7
