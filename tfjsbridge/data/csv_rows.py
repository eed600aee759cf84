"""Rows of a CSV file: their fields as texts, and the value that a field holds.

Follows tfjs-data/src/datasets/csv_dataset.ts (`parseRow`, `makeDataElement`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from tfjsbridge.data.js_values import number_of
from tfjsbridge.errors import did_you_mean, unknown_name

_QUOTE = '"'
#: The options of a column.
COLUMN_OPTIONS = ("required", "dtype", "default", "isLabel")
_DTYPES = ("float32", "int32", "bool", "string")


class _State(Enum):
    OUT = auto()
    FIELD = auto()
    QUOTED = auto()
    AFTER_QUOTE = auto()
    QUOTED_IN_QUOTED = auto()


def fields_of(line: str, delimiter: str, collapse: bool) -> list[str]:
    """The fields of a line, without the quotes around them.

    Args:
      line: the line. A quoted field ends on the line that it begins on, as in tf.js.
      delimiter: the character between fields.
      collapse: whether several delimiters count as one.
    """
    if _QUOTE in line:
        return _fields_with_quotes(line, delimiter, collapse)
    fields = line.split(delimiter)
    # tf.js: delimiters at the end of a line leave an empty field all the same.
    return [field for field in fields[:-1] if field] + fields[-1:] if collapse else fields


def _fields_with_quotes(line: str, delimiter: str, collapse: bool) -> list[str]:
    fields = []
    start = 0
    state = _State.OUT
    for i, letter in enumerate(line):
        if state is _State.OUT:
            if letter == _QUOTE:
                start, state = i + 1, _State.QUOTED
            elif letter == delimiter:
                start = i + 1
                if not collapse:
                    fields.append("")
            else:
                start, state = i, _State.FIELD
        elif state is _State.FIELD:
            if letter == delimiter:
                fields.append(line[start:i])
                start, state = i + 1, _State.OUT
        elif state is _State.QUOTED:
            if letter == _QUOTE:
                state = _State.AFTER_QUOTE
        elif state is _State.AFTER_QUOTE:
            if letter == delimiter:
                fields.append(line[start : i - 1])
                start, state = i + 1, _State.OUT
            else:
                # tf.js: two quotes within quotes stay two.
                state = _State.QUOTED if letter == _QUOTE else _State.QUOTED_IN_QUOTED
        elif letter == _QUOTE:
            state = _State.QUOTED
    fields.append(line[start:-1] if state is _State.AFTER_QUOTE else line[start:])
    return fields


def checked_column(name: str, config: Any) -> Mapping[str, Any] | None:
    """The options of a column, if they are right.

    Raises:
      TypeError: if they are no dict, or one with an unknown option.
      ValueError: for an unknown dtype.
    """
    if config is None:
        return None
    if not isinstance(config, Mapping):
        raise TypeError(
            f"columnConfigs: expected a dict for the column {name}, got {type(config).__name__}."
        )
    for option in config:
        if option not in COLUMN_OPTIONS:
            raise TypeError(
                f"columnConfigs: unknown option {option!r} of the column {name}"
                f"{did_you_mean(option, COLUMN_OPTIONS)}. Options: {', '.join(COLUMN_OPTIONS)}."
            )
    dtype = config.get("dtype")
    if dtype and dtype not in _DTYPES:
        raise unknown_name("dtype", dtype, _DTYPES)
    return config


def value_of(text: str, name: str, config: Mapping[str, Any], line: str) -> Any:
    """What a field holds: a number if it can be read as one, else its text; None for an empty one.

    Args:
      text: the field.
      name: the column's name, for messages.
      config: the column's options; none are {}.
      line: the whole line, for messages.

    Raises:
      ValueError: for an empty field of a column that is required.
    """
    if text == "":
        if config.get("default") is not None:
            return config["default"]
        if config.get("required") or config.get("isLabel"):
            raise ValueError(f"Required column {name} is empty in this line: {line}")
        return None
    number = number_of(text)
    dtype = config.get("dtype")
    if dtype == "bool":
        # tf.js: 1 only as it is written here: "1.0" is 0.
        return int(text == "1" or text.lower() == "true")
    if math.isnan(number):
        return text
    # tf.js: a number is one also in a column of strings.
    return math.floor(number) if dtype == "int32" and math.isfinite(number) else number
