"""Under-fitted, right and over-fitted; and dropout, L2 and early stopping against the last.

Run it: python models/overfitting.py
"""

from __future__ import annotations

from typing import Any

import numpy as np

import tfjsbridge as tf
from models.outcome import Outcome, at_least, at_most
from models.page import Page
from models.running import run
from models.words import Words
from tfjsbridge.report import look

SEED = 2
TITLE = Words("Over-fitting", "过拟合")
IDEA = Words(
    "A model that is too simple misses the curve; one that is too large learns even the noise of "
    "the few points that it sees, and does worse on others, as validation data show. Dropout, L2 "
    "regularization and early stopping hold a large model back.",
    "模型太简单，就抓不住曲线的形状（欠拟合）；模型太复杂，就会把少量训练点中的噪声也学进去，"
    "在没见过的数据上反而更差（过拟合）。用验证集可以发现过拟合；"
    "Dropout、L2 正则化和提前停止都能约束大模型。",
)
REACHES = {
    "training loss, under-fitted": at_least(0.3),
    "validation loss, right": at_most(0.15),
    "validation - training loss, right": at_most(0.06),
    "training loss, over-fitted": at_most(0.04),
    "validation - training loss, over-fitted": at_least(0.12),
    "validation loss, dropout / over-fitted": at_most(0.9),
    "validation loss, L2 / over-fitted": at_most(0.75),
    "validation loss, early stopping / over-fitted": at_most(0.85),
}

NOISE = 0.3
EPOCHS = 1000

Data = tuple[np.ndarray, np.ndarray]


def curve(x: np.ndarray) -> np.ndarray:
    """What the points lie around."""
    return np.sin(3.5 * x)


def data() -> tuple[Data, Data]:
    """20 points to train on and 200 to validate with, [n, 1] each: sin(3.5 x) + noise."""
    random = np.random.default_rng(SEED)

    def points(count: int) -> Data:
        x = random.uniform(-1, 1, size=(count, 1))
        return x, curve(x) + random.normal(scale=NOISE, size=x.shape)

    return points(20), points(200)


def build(
    hidden: list[int], activation: str = "relu", dropout: float = 0, l2: float = 0
) -> tf.Sequential:
    """A network of one input and one output.

    Args:
      hidden: the neurons of each hidden layer.
      activation: of the hidden layers.
      dropout: which share of a layer's outputs is left out at each step of the training.
      l2: what the loss counts of the sum of the squared weights.
    """
    model = tf.sequential()
    model.add(tf.layers.inputLayer(inputShape=[1]))
    for units in hidden:
        regularizer = tf.regularizers.l2({"l2": l2}) if l2 else None
        model.add(
            tf.layers.dense(units=units, activation=activation, kernelRegularizer=regularizer)
        )
        if dropout:
            model.add(tf.layers.dropout(rate=dropout))
    model.add(tf.layers.dense(units=1))
    # The loss has the regularizer's part in it; the metric has not.
    model.compile(optimizer=tf.train.adam(0.005), loss="meanSquaredError", metrics=["mse"])
    return model


LARGE = [64, 64, 64]
MODELS: dict[str, dict[str, Any]] = {
    "under-fitted": {"hidden": []},
    "right": {"hidden": [16], "activation": "tanh"},
    "over-fitted": {"hidden": LARGE},
    "dropout": {"hidden": LARGE, "dropout": 0.3},
    "L2": {"hidden": LARGE, "l2": 0.01},
    "early stopping": {"hidden": LARGE},
}


def train(name: str, verbose: int = 0) -> tuple[tf.Sequential, dict[str, list[float]]]:
    """One of MODELS, trained, and its losses: "mse" and "val_mse", a number for each epoch."""
    (xs, ys), validation = data()
    model = build(**MODELS[name])
    patience = tf.callbacks.earlyStopping(monitor="val_loss", patience=50)
    history = model.fit(
        xs,
        ys,
        epochs=EPOCHS,
        batchSize=20,
        validationData=list(validation),
        callbacks=[patience] if name == "early stopping" else [],
        verbose=verbose,
    )
    return model, history.history


def losses(histories: dict[str, dict[str, list[float]]]) -> Any:
    """A figure of each training's two losses over the epochs."""
    from plotly.subplots import make_subplots

    figure = make_subplots(
        3, 2, subplot_titles=list(histories), vertical_spacing=0.09, horizontal_spacing=0.12
    )
    for i, history in enumerate(histories.values()):
        for label, key, dash in (("training", "mse", "solid"), ("validation", "val_mse", "dash")):
            values = np.array(history[key])
            epochs = np.unique(np.geomspace(1, len(values), 150).astype(int))
            figure.add_scatter(
                x=epochs, y=values[epochs - 1].round(5), mode="lines", name=label,
                legendgroup=label, showlegend=i == 0,
                line={"dash": dash, "color": look.COLOURS[dash == "dash"]},
                row=i // 2 + 1, col=i % 2 + 1,
            )  # fmt: skip
    look.style(figure, "Losses", height=800)
    figure.update_layout(margin_t=90, legend={"orientation": "h", "y": -0.1})
    figure.update_xaxes(type="log", dtick=1, range=[0, np.log10(EPOCHS)])
    figure.update_xaxes(title_text="epoch", row=3)
    figure.update_yaxes(type="log", range=[-2, 0.2], tickvals=[0.01, 0.03, 0.1, 0.3, 1])
    figure.update_yaxes(title_text="squared error", col=1)
    return figure


def fits(models: dict[str, tf.Sequential]) -> Any:
    """A figure of each model's function among the points that it was trained on."""
    from plotly.subplots import make_subplots

    (xs, ys), _ = data()
    line = np.linspace(-1, 1, 201)
    figure = make_subplots(
        3, 2, subplot_titles=list(models), vertical_spacing=0.09, horizontal_spacing=0.12
    )
    for i, model in enumerate(models.values()):
        at = {"row": i // 2 + 1, "col": i % 2 + 1, "showlegend": i == 0}
        figure.add_scatter(
            x=line, y=curve(line).round(4), mode="lines", name="without noise",
            legendgroup="curve", line={"color": look.GREY, "dash": "dot"}, **at,
        )  # fmt: skip
        figure.add_scatter(
            x=xs[:, 0], y=ys[:, 0], mode="markers", name="training points",
            legendgroup="points", marker={"color": look.COLOURS[0], "size": 6}, **at,
        )  # fmt: skip
        predictions = np.asarray(model.predict(line[:, np.newaxis]))[:, 0]
        figure.add_scatter(
            x=line, y=predictions.round(4), mode="lines", name="model",
            legendgroup="model", line={"color": look.COLOURS[1]}, **at,
        )  # fmt: skip
    look.style(figure, "What each model has learnt", height=800)
    figure.update_layout(margin_t=90, legend={"orientation": "h", "y": -0.1})
    figure.update_xaxes(title_text="x", row=3)
    figure.update_yaxes(range=[-2, 2])
    figure.update_yaxes(title_text="y", col=1)
    return figure


def main(verbose: int = 1) -> Outcome:
    """Train every model, compare their losses, and draw them."""
    tf.setRandomSeed(SEED)
    models, histories = {}, {}
    for name in MODELS:
        if verbose:
            print(name)
        models[name], histories[name] = train(name, verbose)
    training = {name: history["mse"][-1] for name, history in histories.items()}
    validation = {name: history["val_mse"][-1] for name, history in histories.items()}

    page = Page("overfitting", TITLE, IDEA)
    page.figure(
        fits(models),
        "A line is too simple. Three layers of 64 neurons go through the noise; with dropout, with "
        "L2 or stopped early, the same layers come nearer to the curve.",
    )
    page.figure(
        losses(histories),
        "Over-fitted: the training loss goes on falling while the validation loss rises. The noise "
        f"alone makes {NOISE**2:.2g}, so less than that on the training points is learnt by heart.",
    )
    page.table(
        ["model", "epochs", "training", "validation", "difference"],
        [
            (
                name,
                len(histories[name]["mse"]),
                training[name],
                validation[name],
                validation[name] - training[name],
            )
            for name in MODELS
        ],
    )
    over = validation["over-fitted"]
    figures = {
        "training loss, under-fitted": training["under-fitted"],
        "validation loss, right": validation["right"],
        "validation - training loss, right": validation["right"] - training["right"],
        "training loss, over-fitted": training["over-fitted"],
        "validation - training loss, over-fitted": over - training["over-fitted"],
        **{
            f"validation loss, {name} / over-fitted": validation[name] / over
            for name in ("dropout", "L2", "early stopping")
        },
    }
    return Outcome("overfitting", figures, REACHES, page.write())


if __name__ == "__main__":
    run(main, __doc__)
