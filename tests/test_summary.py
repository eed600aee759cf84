"""model.summary(), line by line as tf.js."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import tfjsbridge as tf
from tfjsbridge.verify import NodeSession, TfjsError

dense, conv2d, dropout = tf.layers.dense, tf.layers.conv2d, tf.layers.dropout
flatten, activation, max_pooling = tf.layers.flatten, tf.layers.activation, tf.layers.maxPooling2d


def small() -> Any:
    return tf.sequential(
        layers=[
            dense(units=4, inputShape=[3], name="a"),
            dropout(rate=0.5, name="drop"),
            dense(units=2, useBias=False, name="b"),
        ]
    )


SMALL = """
    tf.sequential({layers: [
        tf.layers.dense({units: 4, inputShape: [3], name: 'a'}),
        tf.layers.dropout({rate: 0.5, name: 'drop'}),
        tf.layers.dense({units: 2, useBias: false, name: 'b'}),
    ]})
"""


def images() -> Any:
    return tf.sequential(
        layers=[
            conv2d(filters=8, kernelSize=3, inputShape=[28, 28, 1], name="c"),
            max_pooling(name="p"),
            flatten(name="f"),
            dense(units=10, activation="softmax", name="d"),
        ]
    )


IMAGES = """
    tf.sequential({layers: [
        tf.layers.conv2d({filters: 8, kernelSize: 3, inputShape: [28, 28, 1], name: 'c'}),
        tf.layers.maxPooling2d({name: 'p'}),
        tf.layers.flatten({name: 'f'}),
        tf.layers.dense({units: 10, activation: 'softmax', name: 'd'}),
    ]})
"""


def explicit_input() -> Any:
    return tf.sequential(
        layers=[
            tf.layers.inputLayer(batchInputShape=[5, 3], name="in"),
            dense(units=2, name="a"),
            activation(activation="relu", name="b"),
        ]
    )


EXPLICIT_INPUT = """
    tf.sequential({layers: [
        tf.layers.inputLayer({batchInputShape: [5, 3], name: 'in'}),
        tf.layers.dense({units: 2, name: 'a'}),
        tf.layers.activation({activation: 'relu', name: 'b'}),
    ]})
"""


def frozen() -> Any:
    return tf.sequential(
        layers=[
            dense(units=4, inputShape=[3], name="a", trainable=False),
            dense(units=2, name="a_name_that_is_longer_than_its_column_is_wide"),
        ]
    )


FROZEN = """
    tf.sequential({layers: [
        tf.layers.dense({units: 4, inputShape: [3], name: 'a', trainable: false}),
        tf.layers.dense({units: 2, name: 'a_name_that_is_longer_than_its_column_is_wide'}),
    ]})
"""


def popped() -> Any:
    model = small()
    model.pop()
    model.add(dense(units=7, name="c"))
    return model


POPPED = f"""
    (() => {{
        const model = {SMALL};
        model.pop();
        model.add(tf.layers.dense({{units: 7, name: 'c'}}));
        return model;
    }})()
"""


def chain() -> Any:
    x = tf.input(shape=[3], name="x")
    y = dense(units=1, name="b").apply(dense(units=2, name="a").apply(x))
    return tf.model(inputs=x, outputs=y)


CHAIN = """
    (() => {
        const x = tf.input({shape: [3], name: 'x'});
        const a = tf.layers.dense({units: 2, name: 'a'});
        const b = tf.layers.dense({units: 1, name: 'b'});
        return tf.model({inputs: x, outputs: b.apply(a.apply(x))});
    })()
"""


def two_outputs() -> Any:
    x = tf.input(shape=[3], name="x")
    a = dense(units=2, name="a").apply(x)
    outputs = [dense(units=1, name="o1").apply(a), dense(units=4, name="o2").apply(a)]
    return tf.model(inputs=x, outputs=outputs)


TWO_OUTPUTS = """
    (() => {
        const x = tf.input({shape: [3], name: 'x'});
        const a = tf.layers.dense({units: 2, name: 'a'}).apply(x);
        const outputs = [tf.layers.dense({units: 1, name: 'o1'}).apply(a),
                         tf.layers.dense({units: 4, name: 'o2'}).apply(a)];
        return tf.model({inputs: x, outputs});
    })()
"""


def shared() -> Any:
    x, z = tf.input(shape=[3], name="x"), tf.input(shape=[3], name="z")
    a, b = dense(units=3, name="a"), dense(units=1, name="b")
    return tf.model(inputs=[x, z], outputs=[b.apply(a.apply(a.apply(x))), a.apply(z)])


SHARED = """
    (() => {
        const x = tf.input({shape: [3], name: 'x'});
        const z = tf.input({shape: [3], name: 'z'});
        const a = tf.layers.dense({units: 3, name: 'a'});
        const b = tf.layers.dense({units: 1, name: 'b'});
        const outputs = [b.apply(a.apply(a.apply(x))), a.apply(z)];
        return tf.model({inputs: [x, z], outputs});
    })()
"""


def shared_in_a_chain() -> Any:
    x, a = tf.input(shape=[3], name="x"), dense(units=3, name="a")
    return tf.model(inputs=x, outputs=a.apply(a.apply(x)))


SHARED_IN_A_CHAIN = """
    (() => {
        const x = tf.input({shape: [3], name: 'x'});
        const a = tf.layers.dense({units: 3, name: 'a'});
        return tf.model({inputs: x, outputs: a.apply(a.apply(x))});
    })()
"""


def called_elsewhere_too() -> Any:
    x, a = tf.input(shape=[3], name="x"), dense(units=3, name="a")
    y = a.apply(x)
    a.apply(tf.input(batchShape=[7, 3]))
    return tf.model(inputs=x, outputs=dense(units=1, name="b").apply(y))


CALLED_ELSEWHERE_TOO = """
    (() => {
        const x = tf.input({shape: [3], name: 'x'});
        const a = tf.layers.dense({units: 3, name: 'a'});
        const y = a.apply(x);
        a.apply(tf.input({batchShape: [7, 3]}));
        return tf.model({inputs: x, outputs: tf.layers.dense({units: 1, name: 'b'}).apply(y)});
    })()
"""


def nested_sequential() -> Any:
    inner = tf.sequential(layers=[dense(units=4, inputShape=[3], name="i")], name="inner")
    return tf.sequential(layers=[inner, dense(units=1, name="last")])


NESTED_SEQUENTIAL = """
    (() => {
        const layers = [tf.layers.dense({units: 4, inputShape: [3], name: 'i'})];
        const inner = tf.sequential({layers, name: 'inner'});
        return tf.sequential({layers: [inner, tf.layers.dense({units: 1, name: 'last'})]});
    })()
"""


def nested_later() -> Any:
    inner = tf.sequential(layers=[dense(units=4, inputShape=[3], name="i")], name="inner")
    return tf.sequential(
        layers=[
            dense(units=3, inputShape=[2], name="first"),
            inner,
            dense(units=1, name="last"),
        ]
    )


NESTED_LATER = """
    (() => {
        const layers = [tf.layers.dense({units: 4, inputShape: [3], name: 'i'})];
        const inner = tf.sequential({layers, name: 'inner'});
        return tf.sequential({layers: [
            tf.layers.dense({units: 3, inputShape: [2], name: 'first'}),
            inner,
            tf.layers.dense({units: 1, name: 'last'}),
        ]});
    })()
"""


def nested_later_with_two_layers() -> Any:
    layers = [dense(units=4, inputShape=[3], name="i"), dense(units=2, name="j")]
    inner = tf.sequential(layers=layers, name="inner")
    return tf.sequential(layers=[dense(units=3, inputShape=[2], name="first"), inner])


NESTED_LATER_WITH_TWO_LAYERS = """
    (() => {
        const layers = [tf.layers.dense({units: 4, inputShape: [3], name: 'i'}),
                        tf.layers.dense({units: 2, name: 'j'})];
        const inner = tf.sequential({layers, name: 'inner'});
        return tf.sequential({layers: [
            tf.layers.dense({units: 3, inputShape: [2], name: 'first'}), inner]});
    })()
"""


def nested_functional() -> Any:
    inner_x = tf.input(shape=[3], name="inner_x")
    inner = tf.model(inputs=inner_x, outputs=dense(units=3, name="i").apply(inner_x), name="inner")
    x, z = tf.input(shape=[3], name="x"), tf.input(shape=[3], name="z")
    y = inner.apply(inner.apply(x))
    return tf.model(inputs=[x, z], outputs=[y, dense(units=1, name="b").apply(inner.apply(z))])


NESTED_FUNCTIONAL = """
    (() => {
        const innerX = tf.input({shape: [3], name: 'inner_x'});
        const i = tf.layers.dense({units: 3, name: 'i'});
        const inner = tf.model({inputs: innerX, outputs: i.apply(innerX), name: 'inner'});
        const x = tf.input({shape: [3], name: 'x'});
        const z = tf.input({shape: [3], name: 'z'});
        const b = tf.layers.dense({units: 1, name: 'b'});
        const y = inner.apply(inner.apply(x));
        return tf.model({inputs: [x, z], outputs: [y, b.apply(inner.apply(z))]});
    })()
"""


def nested_with_two_outputs() -> Any:
    inner_x = tf.input(shape=[3], name="inner_x")
    heads = [dense(units=n, name=f"h{n}").apply(inner_x) for n in (1, 2)]
    inner = tf.model(inputs=inner_x, outputs=heads, name="inner")
    x = tf.input(shape=[3], name="x")
    one, two = inner.apply(x)
    return tf.model(inputs=x, outputs=[dense(units=4, name="b").apply(two), one])


NESTED_WITH_TWO_OUTPUTS = """
    (() => {
        const innerX = tf.input({shape: [3], name: 'inner_x'});
        const heads = [1, 2].map(n =>
            tf.layers.dense({units: n, name: `h${n}`}).apply(innerX));
        const inner = tf.model({inputs: innerX, outputs: heads, name: 'inner'});
        const x = tf.input({shape: [3], name: 'x'});
        const [one, two] = inner.apply(x);
        return tf.model({inputs: x, outputs: [
            tf.layers.dense({units: 4, name: 'b'}).apply(two), one]});
    })()
"""


def masked() -> Any:
    return tf.sequential(
        layers=[
            tf.layers.embedding(inputDim=9, outputDim=4, inputLength=5, maskZero=True, name="e"),
            tf.layers.lstm(units=3, returnSequences=True, name="l"),
            tf.layers.timeDistributed(layer=dense(units=2), name="t"),
        ]
    )


MASKED = """
    tf.sequential({layers: [
        tf.layers.embedding(
            {inputDim: 9, outputDim: 4, inputLength: 5, maskZero: true, name: 'e'}),
        tf.layers.lstm({units: 3, returnSequences: true, name: 'l'}),
        tf.layers.timeDistributed({layer: tf.layers.dense({units: 2}), name: 't'}),
    ]})
"""

MODELS: dict[str, tuple[Callable[[], Any], str]] = {
    "sequential": (small, SMALL),
    "convolutions": (images, IMAGES),
    "explicit input": (explicit_input, EXPLICIT_INPUT),
    "frozen": (frozen, FROZEN),
    "popped": (popped, POPPED),
    "chain": (chain, CHAIN),
    "two outputs": (two_outputs, TWO_OUTPUTS),
    "shared": (shared, SHARED),
    "shared in a chain": (shared_in_a_chain, SHARED_IN_A_CHAIN),
    "called elsewhere too": (called_elsewhere_too, CALLED_ELSEWHERE_TOO),
    "nested sequential": (nested_sequential, NESTED_SEQUENTIAL),
    "nested later": (nested_later, NESTED_LATER),
    "nested later, two layers": (nested_later_with_two_layers, NESTED_LATER_WITH_TWO_LAYERS),
    "nested functional": (nested_functional, NESTED_FUNCTIONAL),
    "nested with two outputs": (nested_with_two_outputs, NESTED_WITH_TWO_OUTPUTS),
    "masked": (masked, MASKED),
}


def lines_in_tfjs(node: NodeSession, source: str, *options: Any) -> list[str]:
    body = f"""
        const model = {source};
        const lines = [];
        const [lineLength, positions] = args.options.map(option => option ?? undefined);
        model.summary(lineLength, positions, line => lines.push(line));
        return lines;
    """
    return node.evaluate(body, options=options)


def lines_here(model: Any, *options: Any) -> list[str]:
    lines: list[str] = []
    given = dict(zip(("lineLength", "positions"), options, strict=False))
    model.summary(printFn=lines.append, **given)
    return lines


@pytest.mark.parametrize("name", MODELS)
def test_the_text_is_tfjss(node: NodeSession, name: str) -> None:
    build, source = MODELS[name]
    assert lines_here(build()) == lines_in_tfjs(node, source)


@pytest.mark.parametrize(
    "options",
    [
        (60,),
        (140,),
        (80, [0.5, 0.7, 0.9, 1]),
        (100, [30, 50, 70, 90]),
        (None, [20, 40, 60, 80]),
        (None, [0.2, 0.5, 0.6, 1]),
        (20,),
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["convolutions", "frozen"])
def test_width_and_columns(node: NodeSession, name: str, options: tuple[Any, ...]) -> None:
    build, source = MODELS[name]
    assert lines_here(build(), *options) == lines_in_tfjs(node, source, *options)


@pytest.mark.parametrize("options", [(80,), (100, [0.3, 0.5, 0.7, 0.8, 1])], ids=str)
def test_width_and_columns_with_connections(node: NodeSession, options: tuple[Any, ...]) -> None:
    build, source = MODELS["shared"]
    assert lines_here(build(), *options) == lines_in_tfjs(node, source, *options)


@pytest.mark.parametrize("trainable", [False, True])
def test_frozen_and_compiled(node: NodeSession, trainable: bool) -> None:
    change = f"model.layers[0].trainable = {str(trainable).lower()};"
    compiling = "model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});"
    source = f"(() => {{ const model = {SMALL}; {change} {compiling} return model; }})()"
    model = small()
    model.layers[0].trainable = trainable
    model.compile(optimizer="sgd", loss="meanSquaredError")
    assert lines_here(model) == lines_in_tfjs(node, source)


def test_it_is_printed(capsys: pytest.CaptureFixture[str], node: NodeSession) -> None:
    small().summary()
    assert capsys.readouterr().out.splitlines() == lines_in_tfjs(node, SMALL)


def test_an_empty_model_has_none(node: NodeSession) -> None:
    with pytest.raises(TfjsError, match="model is empty"):
        lines_in_tfjs(node, "tf.sequential()")
    with pytest.raises(TypeError, match="empty"):
        tf.sequential().summary()
