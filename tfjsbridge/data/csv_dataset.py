"""CSVDataset: the rows of a CSV file as dicts, which `csv` opens.

Follows tfjs-data/src/datasets/csv_dataset.ts and readers.ts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tfjsbridge.data.csv_rows import checked_column, fields_of, value_of
from tfjsbridge.data.dataset import Dataset
from tfjsbridge.data.iterators import LazyIterator, lazy
from tfjsbridge.data.sources import DataSource, TextLineDataset, URLDataSource
from tfjsbridge.errors import did_you_mean
from tfjsbridge.options import options

_OPTIONS = (
    "hasHeader",
    "columnNames",
    "columnConfigs",
    "configuredColumnsOnly",
    "delimiter",
    "delimWhitespace",
)


class CSVDataset(Dataset):
    """The rows of a CSV file, each a dict by column name.

    Where a column is a label, a row is {"xs": features, "ys": labels}, each a dict. The text is
    read in pieces as the rows are asked for, anew by each iterator.
    """

    def __init__(self, input: DataSource, csvConfig: Mapping[str, Any] | None = None):
        """Of a `FileDataSource`, a `URLDataSource`, or what else has `iterator()`.

        Args:
          input: where the text comes from.
          csvConfig: the options of `tf.data.csv`, which see.
        """
        config = dict(csvConfig or {})
        for key in config:
            if key not in _OPTIONS:
                raise TypeError(
                    f"CSVDataset: unknown option {key!r}{did_you_mean(key, _OPTIONS)}. "
                    f"Options: {', '.join(_OPTIONS)}."
                )
        self.input = input
        self._lines = TextLineDataset(input)
        self._has_header = config.get("hasHeader") is not False
        self._names = _checked_names(config.get("columnNames"))
        self._checked = False
        self._configs = _checked_configs(config.get("columnConfigs"))
        self._configured_only = bool(config.get("configuredColumnsOnly"))
        if self._configured_only and self._configs is None:
            # tf.js: has rows without columns then.
            raise ValueError(
                "configuredColumnsOnly leaves out all columns that columnConfigs does not name, "
                "but there is no columnConfigs."
            )
        self._collapse = bool(config.get("delimWhitespace"))
        self._delimiter = _checked_delimiter(config.get("delimiter"), self._collapse)

    def columnNames(self) -> list[str]:
        """The names of the columns, of those in columnConfigs alone if only they are read.

        Raises:
          ValueError: where they do not fit columnNames or columnConfigs, are not all different, or
            there are none.
        """
        names = self._all_names()
        return list(self._configs or {}) if self._configured_only else list(names)

    def iterator(self) -> LazyIterator:
        """A new iterator over all rows.

        Raises:
          ValueError: as of `columnNames`; and later, for a row with another number of fields, or
            an empty field of a column that is required.
        """
        return lazy(self._rows(self._all_names()))

    def _rows(self, names: Sequence[str]) -> Iterator[Any]:
        configs = self._configs or {}
        columns = [
            (i, name, configs.get(name) or {})
            for i, name in enumerate(names)
            if not self._configured_only or configs.get(name) is not None
        ]
        for number, line in enumerate(self._lines, 1):
            if number == 1 and self._has_header:
                continue
            fields = fields_of(line, self._delimiter, self._collapse)
            if len(fields) != len(names):
                raise ValueError(
                    f"Invalid row in csv file. Should have {len(names)} elements in a row, but got "
                    f"{','.join(fields)} (line {number})"
                )
            features: dict[str, Any] = {}
            labels: dict[str, Any] = {}
            for i, name, config in columns:
                part = labels if config.get("isLabel") else features
                part[name] = value_of(fields[i], name, config, line)
            yield {"xs": features, "ys": labels} if labels else features

    def _all_names(self) -> list[str]:
        """The names of all columns, which are read and checked at the first call."""
        if not self._checked:
            self._names = self._found_names()
            self._checked = True
        assert self._names is not None
        return self._names

    def _found_names(self) -> list[str]:
        names = self._names
        if self._has_header:
            first = next(self._lines.iterator(), None)
            if first is None:
                raise ValueError("No data was found for CSV parsing.")
            header = fields_of(first, self._delimiter, self._collapse)
            if names is not None and len(header) != len(names):
                raise ValueError(
                    f"The length of provided columnNames ({len(names)}) does not match the length "
                    f"of the header line read from file ({len(header)})."
                )
            names = header if names is None else names
        if names is None:
            raise ValueError("Column names must be provided if there is no header line.")
        twice = list(dict.fromkeys(name for name in names if names.count(name) > 1))
        if twice:
            raise ValueError(f"Duplicate column names found: {','.join(twice)}")
        for key in self._configs or {}:
            if key not in names:
                raise ValueError(
                    f'The key "{key}" provided in columnConfigs does not match any of the column '
                    f"names ({','.join(names)}){did_you_mean(key, names)}."
                )
        return names


@options
def csv(
    source: str | Path,
    *,
    hasHeader: bool = True,
    columnNames: Sequence[str] | None = None,
    columnConfigs: Mapping[str, Mapping[str, Any] | None] | None = None,
    configuredColumnsOnly: bool = False,
    delimiter: str | None = None,
    delimWhitespace: bool = False,
) -> CSVDataset:
    """A Dataset of the rows of a CSV file, each a dict by column name.

    A field that can be read as a number is a float, every other one a text, and an empty one None,
    which is NaN in a batch of numbers. With a label, a row is {"xs": {...}, "ys": {...}}. As in
    tf.js, a quoted field cannot hold a line's end, and two quotes in one stay two.

    Args:
      source: an http(s) URL, or a file, as `file://path` or a path. What is compressed with gzip is
        decompressed.
      hasHeader: whether the first line has the columns' names.
      columnNames: the names of all columns, in place of those of the first line.
      columnConfigs: by column name a dict with `isLabel`, whether it is a label; `dtype`,
        "float32", "int32" (rounded down), "bool" (1 for 1 and true, 0 for all else) or "string"
        (which leaves numbers numbers); `default`, for empty fields; `required`, whether these are
        an error, as they are in labels.
      configuredColumnsOnly: whether to leave out the columns that are not in `columnConfigs`.
      delimiter: the character between fields; a comma without it.
      delimWhitespace: whether fields stand between any number of spaces.

    Raises:
      ValueError: for options that contradict each other.
      TypeError: for an unknown option. What is wrong in the file, or that there is none, is told
        when it is read: by `columnNames()` and iterators.
    """
    config = {
        "hasHeader": hasHeader,
        "columnNames": columnNames,
        "columnConfigs": columnConfigs,
        "configuredColumnsOnly": configuredColumnsOnly,
        "delimiter": delimiter,
        "delimWhitespace": delimWhitespace,
    }
    return CSVDataset(URLDataSource(source), config)


def _checked_names(names: Any) -> list[str] | None:
    if names is None:
        return None
    if isinstance(names, str) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"columnNames: expected a list of texts, got {names!r:.60}.")
    return list(names)


def _checked_configs(configs: Any) -> dict[str, Mapping[str, Any] | None] | None:
    if configs is None:
        return None
    if not isinstance(configs, Mapping):
        raise TypeError(
            "columnConfigs: expected a dict of the columns' options by name, got "
            f"{type(configs).__name__}."
        )
    return {name: checked_column(name, config) for name, config in configs.items()}


def _checked_delimiter(delimiter: Any, whitespace: bool) -> str:
    if whitespace:
        if delimiter is not None:
            raise ValueError("Delimiter should not be provided when delimWhitespace is true.")
        return " "
    if delimiter is None or delimiter == "":
        return ","
    # tf.js: finds no longer one anywhere.
    if not isinstance(delimiter, str) or len(delimiter) != 1:
        raise ValueError(f"delimiter must be a single character, got {delimiter!r}.")
    return delimiter
