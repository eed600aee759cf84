"""The derivative of a product of matrices."""

from __future__ import annotations

import numpy as np
import pytest

import tfjsbridge as tf
from models import matrix_derivative
from tfjsbridge.verify import NodeSession


def test_keeps_its_promises(run_script) -> None:
    assert run_script("matrix_derivative").missed == []


def test_the_formula_is_the_jacobian() -> None:
    """Y[i, j] grows with X[k, l] by A[i, k] B[l, j]; summed with G's weights it is AᵀGBᵀ."""
    given = {name: tensor.tensor.numpy() for name, tensor in matrix_derivative.data().items()}
    jacobian = np.einsum("ik,lj->ijkl", given["A"], given["B"])
    expected = np.einsum("ijkl,ij->kl", jacobian, given["G"])
    np.testing.assert_allclose(given["A"].T @ given["G"] @ given["B"].T, expected, rtol=1e-4)
    gradient = tf.grad(lambda x: tf.matMul(given["A"], x).matMul(given["B"]))
    found = gradient(given["X"], given["G"]).tensor.numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_tfjs_gives_the_same_derivative(node: NodeSession) -> None:
    given = {name: tensor.tensor.numpy() for name, tensor in matrix_derivative.data().items()}
    theirs = node.evaluate(
        "return tf.grad(x => tf.matMul(args.a, x).matMul(args.b).sum())(args.x)",
        a=given["a"],
        x=given["X"],
        b=given["b"],
    )
    np.testing.assert_allclose(theirs, given["a"].T @ given["b"].T, rtol=1e-5)


def test_the_finite_difference_by_hand() -> None:
    x = tf.tensor2d([[1, 2], [3, 4]])
    difference = matrix_derivative.finite_difference(
        lambda x: tf.matMul([[1, 2]], x).matMul([[3], [4]]).sum(), x
    )
    assert difference.arraySync() == pytest.approx(np.array([[3, 4], [6, 8]]), abs=1e-4)
