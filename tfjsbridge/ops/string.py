"""Operations / String of the tf.js API, `tf.string`.

Follows tfjs-core/src/ops/string/*.ts and the cpu kernels.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.js_regex import replacer
from tfjsbridge.ops.shapes import whole, whole_list
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import operation


@operation
def staticRegexReplace(
    input: Any, pattern: str, rewrite: str, replaceGlobal: bool = True
) -> Tensor:
    """Strings with what matches a regular expression replaced.

    Args:
      input: strings, of any shape.
      pattern: a regular expression as JavaScript has them.
      rewrite: what to put in its place: $1 is the first group, $& the whole match, $$ a dollar.
      replaceGlobal: whether to replace every match in a string, not only the first.

    Raises:
      ValueError: for what is no regular expression.
    """
    value = convert(input, "input", "staticRegexReplace", "string")
    texts = {"pattern": pattern, "rewrite": rewrite}
    for argument, text in texts.items():
        _check_text(text, argument, "staticRegexReplace")
    replaced = replacer(pattern, rewrite, replaceGlobal)
    raw = tensorflow.numpy_function(replaced, [value.tensor], tensorflow.string)
    return Tensor(tensorflow.ensure_shape(raw, value.tensor.shape))


def _check_text(value: Any, argument: str, function: str) -> None:
    if not isinstance(value, str):
        raise TypeError(
            f"Argument '{argument}' passed to '{function}' must be a string, "
            f"but got {type(value).__name__} {str(value)[:60]}"
        )


@operation
def stringNGrams(
    data: Any,
    dataSplits: Any,
    separator: str,
    nGramWidths: Any,
    leftPad: str,
    rightPad: str,
    padWidth: int,
    preserveShortSequences: bool,
) -> dict[str, Tensor]:
    """The n-grams of rows of strings: strings that follow each other, joined.

    Args:
      data: the strings of all rows, a vector.
      dataSplits: where rows begin and end in `data`, an int32 Tensor (a list is float32).
      separator: what to put between the strings of an n-gram.
      nGramWidths: how many strings there are in an n-gram; a list, for n-grams of several widths.
      leftPad: what to put before the strings of a row.
      rightPad: what to put after them.
      padWidth: how often to do that; never more than one less than the n-gram has, which -1 means.
      preserveShortSequences: whether a row that is too short for an n-gram becomes one as a whole.

    Returns:
      nGrams: the n-grams of all rows, a vector.
      nGramsSplits: where rows begin and end in it, int32.
    """
    name = "stringNGrams"
    strings = convert(data, "data", name, "string")
    if strings.rank != 1:
        raise ValueError(f"Error in {name}: Data must be a vector, saw: {strings.shape}")
    splits = convert(dataSplits, "dataSplits", name)
    if splits.dtype != "int32":
        raise ValueError(
            f"Error in {name}: Data splits must be of datatype int32, but got {splits.dtype}"
        )
    texts = {"separator": separator, "leftPad": leftPad, "rightPad": rightPad}
    for argument, text in texts.items():
        _check_text(text, argument, name)
    (width,) = whole_list([padWidth], "padWidth", name)
    ngrams, rows = tensorflow.raw_ops.StringNGrams(
        data=strings.tensor,
        data_splits=splits.tensor,
        separator=separator,
        ngram_widths=whole_list(nGramWidths, "nGramWidths", name),
        left_pad=leftPad,
        right_pad=rightPad,
        pad_width=width,
        preserve_short_sequences=bool(preserveShortSequences),
    )
    return {"nGrams": Tensor(ngrams), "nGramsSplits": Tensor(rows)}


@operation
def stringSplit(input: Any, delimiter: Any, skipEmpty: bool = True) -> dict[str, Tensor]:
    """Strings cut at delimiters, as a sparse tensor.

    Args:
      input: the strings, a vector.
      delimiter: a string each of whose bytes is a delimiter; "" to cut between all bytes.
      skipEmpty: whether to leave out parts that are empty.

    Returns:
      indices: which string and which part of it each part is, int32 [number, 2].
      values: the parts, strings [number].
      shape: the dense shape, int32 [2].
    """
    value = convert(input, "input", "stringSplit", "string")
    cut = convert(delimiter, "delimiter", "stringSplit", "string")
    if value.rank != 1:
        raise ValueError(
            f"Error in stringSplit: Input should be Tensor1D but received shape {value.shape}"
        )
    if cut.rank != 0:
        raise ValueError(
            f"Error in stringSplit: Delimiter should be a scalar but received shape {cut.shape}"
        )
    places, parts, shape = tensorflow.raw_ops.StringSplit(
        input=value.tensor, delimiter=cut.tensor, skip_empty=bool(skipEmpty)
    )
    return {
        "indices": Tensor(tensorflow.cast(places, "int32")),
        "values": Tensor(parts),
        "shape": Tensor(tensorflow.cast(shape, "int32")),
    }


@operation
def stringToHashBucketFast(input: Any, numBuckets: int) -> Tensor:
    """Strings as numbers, their hashes (FarmHash Fingerprint64) modulo a number.

    Args:
      input: strings, of any shape.
      numBuckets: the number of different results, at least 1.

    Returns:
      An int32 Tensor of the shape of `input`.
    """
    value = convert(input, "input", "stringToHashBucketFast", "string")
    count = whole(numBuckets)
    if count is None or count <= 0:
        raise ValueError(
            f"Error in stringToHashBucketFast: Number of buckets must be at least 1, "
            f"got {numBuckets}"
        )
    hashed = tensorflow.raw_ops.StringToHashBucketFast(input=value.tensor, num_buckets=count)
    return Tensor(tensorflow.cast(hashed, "int32"))
