"""The loss as a function of one and of two parameters, and the descent on it."""

from __future__ import annotations

import numpy as np
import pytest

from models import loss_surface
from tfjsbridge.verify import NodeSession


def test_keeps_its_promises(run_script) -> None:
    assert run_script("loss_surface").missed == []


@pytest.mark.parametrize("useBias", [False, True])
def test_the_path_is_gradient_descent(useBias: bool) -> None:
    xs, ys = loss_surface.data()
    columns = np.hstack([xs, np.ones_like(xs)])[:, : 1 + useBias]
    expected = [np.array(loss_surface.START)[: 1 + useBias]]
    for _ in range(loss_surface.EPOCHS):
        error = columns @ expected[-1] - ys[:, 0]
        expected.append(expected[-1] - 0.3 * 2 * columns.T @ error / len(xs))
    _, path, losses = loss_surface.descend(loss_surface.build(useBias), xs, ys, verbose=0)
    np.testing.assert_allclose(path, expected, atol=1e-5)
    assert (np.diff(losses) < 1e-7).all()


def test_tfjs_goes_the_same_way(node: NodeSession) -> None:
    xs, ys = loss_surface.data()
    _, path, _ = loss_surface.descend(loss_surface.build(useBias=True), xs, ys, verbose=0)
    body = """
        const model = tf.sequential({layers: [tf.layers.dense({
            inputShape: [1], units: 1,
            weights: [tf.tensor2d([[args.start[0]]]), tf.tensor1d([args.start[1]])]})]});
        model.compile({optimizer: tf.train.sgd(0.3), loss: 'meanSquaredError'});
        const path = [];
        await model.fit(tf.tensor2d(args.xs), tf.tensor2d(args.ys), {
            epochs: 10, batchSize: args.xs.length, verbose: 0, callbacks: {
                onEpochEnd: () => path.push(model.getWeights().map(w => w.dataSync()[0]))}});
        return path;
    """
    found = node.evaluate(body, start=loss_surface.START, xs=xs.tolist(), ys=ys.tolist())
    np.testing.assert_allclose(found, path[1:11], atol=1e-5)


def test_curve_contour_and_surface_are_drawn_with_the_path(run_script) -> None:
    html = run_script("loss_surface").page.read_text("utf-8")
    for kind in ("contour", "surface", "scatter3d"):
        assert f'"type":"{kind}"' in html
    assert html.count('"name":"descent"') >= 3
