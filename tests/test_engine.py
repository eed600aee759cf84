"""What an operation leaves behind, and how it fails."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import tensorflow

import tfjsbridge as tf
from tfjsbridge.tfjs_engine import SCOPES, operation, tensors_in


@operation
def fails(x: tf.Tensor) -> tf.Tensor:
    """An operation that TensorFlow refuses."""
    return tf.Tensor(tensorflow.raw_ops.AddV2(x=tf.tensor([1, 2, 3]).tensor, y=x.tensor))


@operation
def several(x: tf.Tensor) -> list[tf.Tensor]:
    """An operation with two results, and one that is made on the way."""
    middle = tf.Tensor(x.tensor + 1)
    return [tf.Tensor(middle.tensor * 2), tf.Tensor(middle.tensor * 3)]


def test_what_is_made_on_the_way_is_disposed_of() -> None:
    x = tf.tensor([1, 2])
    before = tf.memory()["numTensors"]
    results = several(x)
    assert tf.memory()["numTensors"] == before + 2
    assert [t.arraySync() for t in results] == [[4, 6], [6, 9]]
    assert SCOPES.open == []


def test_an_error_of_tensorflows_is_one_line_that_names_the_operation() -> None:
    x = tf.tensor([1, 2])
    before = tf.memory()["numTensors"]
    with pytest.raises(ValueError, match=r"^Error in fails: Incompatible shapes") as caught:
        fails(x)
    assert "\n" not in str(caught.value)
    assert "Op:" not in str(caught.value)
    assert "{{" not in str(caught.value)
    assert tf.memory()["numTensors"] == before
    assert SCOPES.open == []


def test_tensors_in_containers() -> None:
    a, b, c = tf.scalar(1), tf.scalar(2), tf.scalar(3)
    found = tensors_in([a, {"x": (b, [c])}, None, 5, "text"])
    assert len(found) == 3
    assert all(x is y for x, y in zip(found, (a, b, c), strict=True))


def test_the_names_and_documentation_of_an_operation_stay() -> None:
    assert fails.__name__ == "fails"
    assert fails.__doc__ == "An operation that TensorFlow refuses."


def test_scopes_of_threads_do_not_mix() -> None:
    def program(_: int) -> float:
        def sums() -> tf.Tensor:
            x = tf.ones([3])
            for _ in range(50):
                x = several(x)[0].mul(0.5).sub(several(x)[1].mul(0)).sub(1)
            return x

        return float(tf.tidy(sums)[0])

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(program, range(8))) == [1.0] * 8
