"""Variable, against tf.js."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import tensorflow

import tfjsbridge as tf
from tfjsbridge.verify import NodeSession, TfjsError


def test_a_variable_is_a_tensor_with_a_name(node: NodeSession) -> None:
    body = """
        const make = (v) => [v.dtype, v.shape, v.rank, v.size, v.trainable, v.name, v];
        const i = tf.tensor([1.5, -2.7]);
        return [make(tf.variable(i, true, 'a')), make(tf.variable(i, false, 'b', 'int32')),
                make(i.variable(false, 'c', 'bool'))];
    """
    i = tf.tensor([1.5, -2.7])
    ours = [
        tf.variable(i, True, "a"),
        tf.variable(i, False, "b", "int32"),
        i.variable(False, "c", "bool"),
    ]
    for v, (*described, values) in zip(ours, node.evaluate(body), strict=True):
        assert isinstance(v, tf.Variable)
        assert isinstance(v, tf.Tensor)
        assert [v.dtype, v.shape, v.rank, v.size, v.trainable, v.name] == described
        np.testing.assert_array_equal(v.numpy(), values)
        v.dispose()


def test_assign(node: NodeSession) -> None:
    body = """
        const v = tf.variable(tf.tensor([1, 2]));
        const doubled = v.mul(2);
        v.assign(tf.tensor([3, 4]));
        return [v, doubled, v.mul(2)];
    """
    v = tf.variable(tf.tensor([1, 2]))
    doubled = v.mul(2)
    v.assign(tf.tensor([3, 4]))
    for ours, theirs in zip([v, doubled, v.mul(2)], node.evaluate(body), strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs)
    v.assign([5, 6])
    assert v.arraySync() == [5, 6]
    assert v.variable.numpy().tolist() == [5, 6]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("tf.tensor([1], [1], 'int32')", r"dtype of the new value \(int32\)"),
        ("tf.tensor([1, 2])", r"shape of the new value \(\[2\]\)"),
    ],
)
def test_what_assign_refuses(node: NodeSession, value: str, words: str) -> None:
    with pytest.raises(TfjsError, match="of the new value"):
        node.evaluate(f"tf.variable(tf.tensor([1])).assign({value})")
    v = tf.variable(tf.tensor([1]))
    with pytest.raises(ValueError, match=words):
        v.assign(eval(value))
    assert v.arraySync() == [1]


def test_a_name_is_taken_until_its_variable_is_disposed_of(node: NodeSession) -> None:
    with pytest.raises(TfjsError, match="already registered"):
        node.evaluate("[1, 2].map(i => tf.variable(tf.scalar(i), true, 'x'))")
    node.evaluate("[1, 2].forEach(i => tf.variable(tf.scalar(i), true, 'x').dispose())")
    v = tf.variable(tf.scalar(1), name="x")
    with pytest.raises(ValueError, match="Variable with name x was already registered"):
        tf.variable(tf.scalar(1), name="x")
    v.dispose()
    tf.variable(tf.scalar(2), name="x").dispose()


def test_a_disposed_variable() -> None:
    v = tf.variable(tf.tensor([1, 2]))
    v.dispose()
    assert v.isDisposed
    assert [v.shape, v.dtype] == [[2], "float32"]
    with pytest.raises(ValueError, match=r"^Tensor is disposed\.$"):
        v.add(1)
    with pytest.raises(ValueError, match="disposed"):
        v.assign(tf.tensor([1, 2]))


def test_copies_are_variables_of_their_own() -> None:
    v = tf.variable(tf.tensor([1, 2]), False, "copied", "int32")
    for other in (copy.copy(v), copy.deepcopy(v), pickle.loads(pickle.dumps(v))):
        assert isinstance(other, tf.Variable)
        assert [other.dtype, other.trainable] == ["int32", False]
        assert other.name != "copied"
        other.assign(tf.tensor([5, 6], dtype="int32"))
        assert v.arraySync() == [1, 2]
    data = pickle.dumps(v)
    v.dispose()
    assert pickle.loads(data).name == "copied"


def test_values_at_each_moment_in_a_traced_function() -> None:
    v = tf.variable(tf.tensor([1, 2]))
    function = tensorflow.function(lambda x: v.mul(x).tensor, autograph=False)
    assert function(tensorflow.constant(2.0)).numpy().tolist() == [2, 4]
    v.assign(tf.tensor([3, 4]))
    assert function(tensorflow.constant(2.0)).numpy().tolist() == [6, 8]


def test_python_and_numpy() -> None:
    v = tf.variable(tf.tensor([[1, 2], [3, 4]]))
    assert v[1].arraySync() == [3, 4]
    assert np.asarray(v).tolist() == [[1, 2], [3, 4]]
    assert (np.float32([1, 1]) + v).arraySync() == [[2, 3], [4, 5]]
    assert [row.arraySync() for row in v] == [[1, 2], [3, 4]]
    assert 3 in v
    assert tensorflow.reduce_sum(v).numpy() == 10
    assert str(v) == str(tf.tensor([[1, 2], [3, 4]]))
    assert v.clone().arraySync() == [[1, 2], [3, 4]]
    with tensorflow.GradientTape() as tape:
        y = v.mul(v)
    assert tape.gradient(y.tensor, v.variable).numpy().tolist() == [[2, 4], [6, 8]]


def test_the_dtype_is_cast_as_by_cast(node: NodeSession) -> None:
    x = np.array([3.4e38, 2.9, -2.9, np.nan, 3e9], np.float32)
    theirs = node.evaluate("return tf.variable(args.x, true, null, 'int32')", x=x)
    np.testing.assert_array_equal(tf.variable(tf.tensor(x), True, None, "int32").numpy(), theirs)
