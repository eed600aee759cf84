"""What stands in tf.js for operations that it has not, or reads wrongly."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfjsbridge.converters.graph.rewrite import CannotRewrite, computed, copied, rewrites
from tfjsbridge.runtime import tensorflow as tf


@rewrites("Erfc")
def erfc(operation: Any, x: Any) -> Any:
    return 1.0 - tf.math.erf(x)


@rewrites("Softsign")
def softsign(operation: Any, x: Any) -> Any:
    return x / (1.0 + tf.abs(x))


@rewrites("Maximum")
def maximum(operation: Any, x: Any, y: Any) -> Any:
    """Of x and a multiple of it, as a choice: TensorFlow's optimizer takes it for a leaky ReLU.

    Which it is not where the factor is above 1.
    """
    first, second = _itself(x), _itself(y)
    made_of = [_itself(tensor).name for tensor in (*first.op.inputs, *second.op.inputs)]
    if first.name in made_of or second.name in made_of:
        return tf.where(x > y, x, y)
    return None


def _itself(tensor: Any) -> Any:
    """The tensor that others only pass on."""
    while tensor.op.type == "Identity":
        tensor = tensor.op.inputs[0]
    return tensor


@rewrites("MatrixBandPart")
def matrix_band_part(operation: Any, x: Any, lower: Any, upper: Any) -> Any:
    """tf.js reads the two numbers wrongly, and leaves a causal mask without effect."""
    rows, columns = (tf.range(tf.shape(x)[axis]) for axis in (-2, -1))
    below = rows[:, None] - columns[None, :]
    lower, upper = (tf.cast(number, tf.int32) for number in (lower, upper))
    in_band = ((lower < 0) | (below <= lower)) & ((upper < 0) | (-below <= upper))
    if x.dtype == tf.bool:
        return tf.logical_and(x, in_band)
    return tf.where(in_band, x, tf.zeros_like(x))


@rewrites("Bitcast")
def bitcast(operation: Any, x: Any) -> Any:
    """The sign of a float, which Keras's argmax looks at to tell -0 from 0: here they are equal."""
    signs = [consumer for output in operation.outputs for consumer in output.consumers()]
    if x.dtype != tf.float32 or any(each.type != "BitwiseAnd" for each in signs):
        raise CannotRewrite("tf.js cannot read the bits of a number")
    return tf.where(x < 0, tf.constant(np.iinfo(np.int32).min), tf.constant(0))


@rewrites("BitwiseAnd")
def bitwise_and(operation: Any, x: Any, y: Any) -> Any:
    """Of the sign of a float and the mask of that bit, see `bitcast`, and of weights of four bits.

    tf.js loses an operand of it.
    """
    if operation.inputs[0].op.type == "Bitcast":
        return x
    return computed(operation)


@rewrites("ImageProjectiveTransformV3")
def projective_transform(operation: Any, *_: Any) -> Any:
    raise CannotRewrite("tf.js cannot read its options; use keras.layers.Resizing or a convolution")


@rewrites("MaxPool")
def max_pool(operation: Any, x: Any) -> Any:
    """tf.js's wasm has none of integers."""
    if x.dtype.is_floating:
        return None
    ours = tf.cast(x, tf.float32)
    options = ("ksize", "strides", "padding", "data_format")
    given = {name: operation.get_attr(name) for name in options}
    padding, data_format = given["padding"].decode(), given["data_format"].decode()
    pooled = tf.nn.max_pool2d(ours, given["ksize"], given["strides"], padding, data_format)
    return tf.cast(pooled, x.dtype)


@rewrites("Relu", "Relu6")
def relu(operation: Any, x: Any) -> Any:
    """tf.js's wasm reads integers as floats."""
    if x.dtype.is_floating:
        return None
    above = tf.maximum(x, 0)
    return above if operation.type == "Relu" else tf.minimum(above, 6)


@rewrites("Cast")
def cast(operation: Any, x: Any) -> Any:
    """To booleans, tf.js's wasm copies the bits."""
    wanted = operation.get_attr("DstT")
    if wanted == tf.bool and x.dtype != tf.bool:
        return tf.not_equal(x, tf.constant(0, x.dtype))
    bits = _SMALL.get(wanted.name)
    if bits and x.dtype != tf.bool:
        return _wrapped(tf.cast(x, tf.int32), *bits)
    return None


#: The integers that begin anew beyond their ends: how many there are, and the smallest.
_SMALL = {
    "uint8": (256, 0),
    "int8": (256, -128),
    "uint16": (65536, 0),
    "int16": (65536, -32768),
}


def _wrapped(x: Any, count: int, smallest: int) -> Any:
    """Integers of tf.js's 32 bits as if they had fewer."""
    return tf.math.floormod(x - smallest, count) + smallest


@rewrites("Add", "AddV2", "Sub", "Mul", "Neg")
def small_integers(operation: Any, *operands: Any) -> Any:
    bits = _SMALL.get(operation.outputs[0].dtype.name)
    return _wrapped(copied(operation, list(operands))[0], *bits) if bits else None


@rewrites("Cumsum", "Cumprod")
def cumulative(operation: Any, x: Any, axis: Any) -> Any:
    """tf.js gives an axis counted from the end the wrong shape."""
    number = tf.get_static_value(axis)
    if number is None:
        raise CannotRewrite("the axis must be a constant")
    return copied(operation, [x, tf.constant(int(number) % len(x.shape))])


@rewrites("OneHot")
def one_hot(operation: Any, indices: Any, depth: Any, on: Any, off: Any) -> Any:
    """tf.js's kernel in wasm gives other numbers than that in JavaScript."""
    axis = operation.get_attr("axis")
    axis = len(indices.shape) if axis == -1 else axis
    places = tf.range(depth)
    shape = [1] * (len(indices.shape) + 1)
    shape[axis] = -1
    same = tf.equal(tf.expand_dims(tf.cast(indices, tf.int32), axis), tf.reshape(places, shape))
    return tf.where(same, on, off)


@rewrites("FloorDiv")
def floor_div(operation: Any, x: Any, y: Any) -> Any:
    """tf.js gives integers for floats."""
    return tf.floor(x / y) if x.dtype.is_floating else None


@rewrites("BatchMatMulV3")
def integer_product(operation: Any, x: Any, y: Any) -> Any:
    """Of the integers that Keras quantizes to: tf.js multiplies floats."""
    first, second = operation.get_attr("adj_x"), operation.get_attr("adj_y")
    x, y = tf.cast(x, tf.float32), tf.cast(y, tf.float32)
    product = tf.matmul(x, y, transpose_a=first, transpose_b=second)
    return product if operation.outputs[0].dtype.is_floating else tf.cast(product, tf.int32)


@rewrites("ReverseV2")
def reverse(operation: Any, x: Any, axis: Any) -> Any:
    """tf.js's wasm reads booleans as if they were larger, beyond their end."""
    if x.dtype != tf.bool:
        return None
    return tf.not_equal(tf.reverse(tf.cast(x, tf.int32), axis), 0)


@rewrites("Roll")
def roll(operation: Any, x: Any, shift: Any, axis: Any) -> Any:
    shifts, axes = (np.atleast_1d(tf.get_static_value(v)) for v in (shift, axis))
    for by, along in zip(shifts.tolist(), axes.tolist(), strict=True):
        size = x.shape[along]
        if by is None or along is None or size is None:
            raise CannotRewrite("the shift, the axis and its size must be constants")
        by %= size
        if by:
            x = tf.concat(tf.split(x, [size - by, by], along)[::-1], along)
    return tf.identity(x)


@rewrites("Bucketize")
def bucketize(operation: Any, x: Any) -> Any:
    """How many of the boundaries a number reaches."""
    boundaries = tf.constant(operation.get_attr("boundaries"), tf.float32)
    reached = tf.cast(x, tf.float32)[..., None] >= boundaries
    return tf.reduce_sum(tf.cast(reached, tf.int32), -1)


@rewrites("MatrixDiagPartV3")
def matrix_diag_part(operation: Any, x: Any, k: Any, padding: Any) -> Any:
    size = min(x.shape[-2] or 0, x.shape[-1] or 0)
    if tf.get_static_value(k) != 0 or not size:
        raise CannotRewrite("only the main diagonal of matrices of a known size can be taken")
    eye = tf.constant(np.eye(size, dtype=x.dtype.as_numpy_dtype))
    return tf.reduce_sum(x[..., :size, :size] * eye, -1)


@rewrites("Einsum")
def einsum(operation: Any, *operands: Any) -> Any:
    """A product of two tensors as one of matrices, which all backends have."""
    equation = _without_ellipsis(operation.get_attr("equation").decode(), operands)
    result = equation.split("->")[1]
    terms = equation.split("->")[0].split(",")
    if any(len(set(term)) < len(term) for term in terms):
        raise CannotRewrite(f"the equation {equation!r} takes a diagonal, which tf.js cannot")
    if len(operands) == 1:
        [term] = terms
        left_out = [axis for axis, c in enumerate(term) if c not in result]
        summed_up = tf.reduce_sum(operands[0], left_out) if left_out else operands[0]
        kept = [c for c in term if c in result]
        return tf.transpose(summed_up, [kept.index(c) for c in result])
    if len(operands) != 2:
        return None
    left, right = terms
    batch = [c for c in left if c in right and c in result]
    summed = [c for c in left if c in right and c not in result]
    own = [[c for c in left if c not in right], [c for c in right if c not in left]]
    if not set(own[0] + own[1]) <= set(result):
        return None  # a sum of one of them alone
    sizes = {
        c: operand.shape[axis] if operand.shape[axis] is not None else tf.shape(operand)[axis]
        for labels, operand in ((left, operands[0]), (right, operands[1]))
        for axis, c in enumerate(labels)
    }

    def arranged(operand: Any, labels: str, order: list[list[str]]) -> Any:
        flat = [c for group in order for c in group]
        turned = tf.transpose(operand, [labels.index(c) for c in flat])
        return tf.reshape(turned, _shape([[sizes[c] for c in group] for group in order]))

    each = [[c] for c in batch]
    product = tf.matmul(
        arranged(operands[0], left, [*each, own[0], summed]),
        arranged(operands[1], right, [*each, summed, own[1]]),
    )
    labels = [*batch, *own[0], *own[1]]
    apart = tf.reshape(product, _shape([[sizes[c]] for c in labels]))
    return tf.transpose(apart, [labels.index(c) for c in result])


def _without_ellipsis(equation: str, operands: tuple[Any, ...]) -> str:
    """The equation with letters in the place of "...", as many as there are axes for."""
    if "." not in equation:
        return equation
    free = [c for c in "ABCDEFGHIJKLMNOP" if c not in equation]
    parts = []
    ranks = [
        len(operand.shape) - len(part.replace("...", ""))
        for part, operand in zip(equation.split("->")[0].split(","), operands, strict=True)
    ]
    longest = max(ranks)
    for part, rank in zip(equation.split("->")[0].split(","), ranks, strict=True):
        # Of several, the last axes are the same.
        parts.append(part.replace("...", "".join(free[longest - rank : longest])))
    result = equation.split("->")[1].replace("...", "".join(free[:longest]))
    return f"{','.join(parts)}->{result}"


def _shape(groups: list[list[Any]]) -> Any:
    """A shape whose sizes are the products of these, one of them -1 where it is not known."""
    known = [all(isinstance(size, int) for size in group) for group in groups]
    if known.count(False) <= 1:
        return [
            int(np.prod(group, dtype=int)) if is_known else -1
            for group, is_known in zip(groups, known, strict=True)
        ]
    return tf.stack([tf.reduce_prod(tf.stack([1, *group])) for group in groups])


@rewrites("GatherV2")
def gather(operation: Any, x: Any, indices: Any, axis: Any) -> Any:
    """Of each example by its own indices, as of all at once: tf.js's wasm reads too far."""
    batch = operation.get_attr("batch_dims")
    if not batch:
        return None
    if tf.get_static_value(axis) != batch or x.shape[batch] is None:
        raise CannotRewrite("only the axis behind those of the examples can be gathered along")
    sizes, size = tf.shape(x), x.shape[batch]
    count = tf.reduce_prod(sizes[:batch])
    table = tf.reshape(x, tf.concat([[-1], sizes[batch + 1 :]], 0))
    own = tf.shape(indices)
    begins = tf.reshape(size * tf.range(count), [-1, 1])
    flat = tf.reshape(indices, tf.stack([count, -1])) + begins
    picked = tf.gather(table, tf.reshape(flat, [-1]))
    return tf.reshape(picked, tf.concat([own, sizes[batch + 1 :]], 0))


@rewrites("SoftmaxCrossEntropyWithLogits")
def cross_entropy(operation: Any, logits: Any, labels: Any) -> Any:
    """The loss, and what it gives to the logits, which nothing needs here."""
    loss = -tf.reduce_sum(labels * tf.nn.log_softmax(logits), -1)
    return loss, tf.nn.softmax(logits) - labels


@rewrites("SparseSoftmaxCrossEntropyWithLogits")
def sparse_cross_entropy(operation: Any, logits: Any, labels: Any) -> Any:
    places = tf.equal(labels[..., None], tf.range(tf.shape(logits)[-1]))
    return cross_entropy(operation, logits, tf.cast(places, tf.float32))


@rewrites("Cross")
def cross(operation: Any, x: Any, y: Any) -> Any:
    """The cross product of vectors [..., 3]."""
    (a, b, c), (d, e, f) = ([tensor[..., axis] for axis in range(3)] for tensor in (x, y))
    return tf.stack([b * f - c * e, c * d - a * f, a * e - b * d], -1)


@rewrites("Placeholder")
def placeholder(operation: Any) -> Any:
    """Not one of the model's inputs, which are made before."""
    raise CannotRewrite("a lookup table, or another resource that tf.js cannot be given")
