"""A model's steps over batches of tensors, as they are traced into a TensorFlow function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfjsbridge.runtime import keras, tensorflow

tree = keras.tree
Step = Callable[[Any], Any]


def needs_sizes(model: Any) -> bool:
    """Whether a layer must know how many examples a batch has as it is traced.

    A layer says so by its attribute `needs_batch_size`.
    """
    return any(getattr(layer, "needs_batch_size", False) for layer in model._flatten_layers())


def when(condition: Any, action: Callable[[], object]) -> None:
    """Trace `action` as done where `condition` holds."""

    def done() -> Any:
        action()
        return tensorflow.constant(0)

    tensorflow.cond(condition, done, lambda: tensorflow.constant(0))


def run_batches(
    step: Step,
    data: Any,
    size: Any,
    batch_size: int,
    order: Any,
    begin: Any,
    end: Any,
    *,
    known_lengths: bool = False,
    told: bool = False,
    first: tuple[Any, ...] = (),
) -> tuple[Any, ...]:
    """Trace `step` over the batches from number `begin` until before `end`.

    Args:
      step: takes a batch and returns tensors as in `first`.
      data: a nest of tensors [size, ...].
      size: the number of examples, where the trace is for that number alone, or a scalar of int32.
      batch_size: how many of them make a batch; the last batch may be smaller.
      order: the order in which they are taken, [size], or None for as they stand.
      begin, end: numbers of batches, scalars of int32.
      known_lengths: whether the trace must know each batch's length, as XLA needs it. The step is
        then traced a second time for a smaller last batch.
      told: whether the step must know them too, as `needs_sizes` says. `size` must be a number.
      first: what is returned where there is no batch.

    Returns:
      What `step` returned for the last batch.
    """
    known_lengths = known_lengths or told
    full, rest = divmod(size, batch_size) if isinstance(size, int) else (0, None)
    smaller = known_lengths and rest != 0

    def do(batch: Any) -> tuple[Any, ...]:
        if known_lengths and not told:
            batch = tree.map_structure(_of_any_length, batch)
        return tuple(step(batch))

    if rest == 0:
        batch_of = _equal_batches(data, full, batch_size, order)
    else:

        def batch_of(index: Any) -> Any:
            start = index * batch_size
            # Where the last batch is smaller, the trace knows the length of none, as it is with
            # Keras's datasets: what TensorFlow makes of a known length can differ in the last bit.
            length = batch_size if known_lengths else tensorflow.minimum(batch_size, size - start)
            return take(data, start, length, order)

    def body(index: Any, *_: Any) -> tuple[Any, ...]:
        return index + 1, *do(batch_of(index))

    stop = tensorflow.minimum(end, full) if smaller else end
    result = first
    if full or not smaller:  # XLA compiles no slice that is larger than the data
        result = tensorflow.while_loop(
            lambda index, *_: index < stop, body, (begin, *first), parallel_iterations=1
        )[1:]
    if not smaller:
        return tuple(result)
    zero = tensorflow.constant(0)  # a branch must return something
    return tuple(
        tensorflow.cond(
            tensorflow.logical_and(begin <= full, end > full),
            lambda: (zero, *do(take(data, full * batch_size, rest, order))),
            lambda: (zero, *result),
        )
    )[1:]


def take(data: Any, start: Any, length: Any, order: Any) -> Any:
    """`length` examples of `data` from number `start`, in an order [examples] if one is given."""
    if order is None:
        return tree.map_structure(lambda t: _rows(t, start, length), data)
    rows = _rows(order, start, length)
    return tree.map_structure(lambda t: tensorflow.gather(t, rows), data)


def _equal_batches(data: Any, count: int, size: int, order: Any) -> Callable[[Any], Any]:
    """What takes the batch of a number, where there are `count` of the same size."""

    def parted(tensor: Any) -> Any:
        return tensorflow.reshape(tensor, [count, size, *tensor.shape[1:]])

    if order is None:
        parts = tree.map_structure(parted, data)
        return lambda index: tree.map_structure(lambda t: tensorflow.gather(t, index), parts)
    orders = parted(order)

    def taken(index: Any) -> Any:
        rows = tensorflow.gather(orders, index)
        return tree.map_structure(lambda t: tensorflow.gather(t, rows), data)

    return taken


def _of_any_length(tensor: Any) -> Any:
    """The tensor, whose length XLA knows and Keras does not, as it does not with its datasets.

    Keras counts a batch of unknown length as much as any other in the loss of one of several
    outputs.
    """
    return tensorflow.raw_ops.PlaceholderWithDefault(input=tensor, shape=[None, *tensor.shape[1:]])


def _rows(tensor: Any, start: Any, length: Any) -> Any:
    begin = tensorflow.concat([[start], tensorflow.zeros([tensor.shape.rank - 1], "int32")], 0)
    rows = tensorflow.slice(tensor, begin, [length, *tensor.shape[1:]])
    return tensorflow.ensure_shape(
        rows, [length if isinstance(length, int) else None, *tensor.shape[1:]]
    )
