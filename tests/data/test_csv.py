"""tf.data.csv, row by row against tf.js on the same file."""

from __future__ import annotations

import random
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

import tfjsbridge as tf
from tests.data.parity import assert_same, in_tfjs
from tfjsbridge.data.csv_rows import fields_of
from tfjsbridge.verify import NodeSession, TfjsError

READ = """
    const {default: fallback, ...config} = args.config;
    const dataset = tf.data.csv('file://' + args.path, config);
    return [await dataset.columnNames(), await dataset.toArray()];
"""
PEOPLE = "name,age,member,score\nAda,36,true,1.5\nBob,,false,\nCy,7.9,1,-2e3\n"

CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "plain": (PEOPLE, {}),
    "no line end": (PEOPLE.rstrip("\n"), {}),
    "lines of Windows": (PEOPLE.replace("\n", "\r\n"), {}),
    "header alone": ("a,b\n", {}),
    "label": (PEOPLE, {"columnConfigs": {"member": {"isLabel": True}}}),
    "labels": (
        "a,b,c\n1,2,3\n4,5,6\n",
        {"columnConfigs": {"c": {"isLabel": True}, "a": {"isLabel": True}}},
    ),
    "all are labels": ("a\n1\n2\n", {"columnConfigs": {"a": {"isLabel": True}}}),
    "configured": (
        PEOPLE,
        {"columnConfigs": {"score": {}, "name": {}}, "configuredColumnsOnly": True},
    ),
    "configured with a label": (
        PEOPLE,
        {
            "columnConfigs": {"name": {}, "member": {"isLabel": True, "dtype": "bool"}},
            "configuredColumnsOnly": True,
        },
    ),
    "a column without options": ("a,b\n1,2\n", {"columnConfigs": {"a": None}}),
    "defaults": (
        "a,b,c\n,,\n1,2,x\n",
        {"columnConfigs": {"a": {"default": 7}, "b": {"default": 0}, "c": {"default": "none"}}},
    ),
    "default of a required one": (
        "a,b\n,1\n",
        {"columnConfigs": {"a": {"default": -1, "required": True}}},
    ),
    "required": ("a,b\n1,\n2,3\n", {"columnConfigs": {"a": {"required": True}}}),
    "int32": (
        "a\n1\n1.9\n-1.1\n1e3\nx\nInfinity\n",
        {"columnConfigs": {"a": {"dtype": "int32"}}},
    ),
    "bool": (
        "a\n1\n0\ntrue\nTRUE\nfalse\nyes\n1.0\n2\n\n",
        {"columnConfigs": {"a": {"dtype": "bool"}}},
    ),
    "float32": ("a\n1\n1.9\nx\n", {"columnConfigs": {"a": {"dtype": "float32"}}}),
    "string": ("a\n1\n1.9\nx\n", {"columnConfigs": {"a": {"dtype": "string"}}}),
    "numbers": (
        "a\n1\n-1.5\n+2\n.5\n5.\n1e3\n1E-2\n0x1F\n0b11\n0o17\n 7 \n\t8\nInfinity\n-Infinity\n",
        {},
    ),
    "no numbers": ("a\nNaN\n1_000\n1 2\n1.2.3\n-0x1\ninf\nnan\n1e\n--1\n٣\n", {}),
    "nothing but spaces": ("a,b\n  ,1\n", {}),
    "quotes": ('a,b\n"x, y",1\n"",2\n"say ""hi""",3\nz"q"z,4\n"5",5\n', {}),
    "more quotes": ('a,b\n"x"y"z",1\n" ""a, b"" ",4\n"a""b",""\n', {}),
    "an open quote": ('a\n"x\n"\n', {}),
    "quoted header": ('"a","b, c"\n1,2\n', {}),
    "no header": ("1,2\n3,4\n", {"hasHeader": False, "columnNames": ["a", "b"]}),
    "other names": ("x,y\n1,2\n", {"columnNames": ["a", "b"]}),
    "semicolons": ('a;b\n1,5;"2;3"\n', {"delimiter": ";"}),
    "tabs": ("a\tb\n1\tx y\n", {"delimiter": "\t"}),
    "an empty delimiter": ("a,b\n1,2\n", {"delimiter": ""}),
    "spaces": ("a b c\n1  2 3\n  4 5   6\n", {"delimWhitespace": True}),
    "quotes between spaces": ('a b\n"x y"   2\n1 "z"\n', {"delimWhitespace": True}),
    "single spaces": ("a b\n1 2\n 4\n", {"delimiter": " "}),
    "other letters": ("größe,名前\n1,日本\n2,😀\n", {}),
    "an empty column": ("a,b\n1,\n,2\n,\n", {}),
    "empty lines of one column": ("a\n1\n\n2\n\n", {}),
}


def written(folder: Path, text: str) -> Path:
    path = folder / "data.csv"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("kind", CASES)
def test_rows_are_those_of_tfjs(node: NodeSession, tmp_path: Path, kind: str) -> None:
    text, config = CASES[kind]
    path = written(tmp_path, text)
    names, rows = in_tfjs(node, READ, path=str(path), config=config)
    dataset = tf.data.csv(path, config)
    assert dataset.columnNames() == names
    assert_same(dataset.toArray(), rows)
    assert_same(list(tf.data.csv(f"file://{path}", **config)), rows)
    assert dataset.size is None


def test_rows_make_batches_as_in_tfjs(node: NodeSession, tmp_path: Path) -> None:
    path = written(tmp_path, PEOPLE)
    config = {"columnConfigs": {"score": {"isLabel": True, "default": 0}}}
    body = """
        return await tf.data.csv('file://' + args.path, args.config)
            .map(({xs, ys}) => ({xs: Object.values(xs).slice(1), ys})).batch(2).toArray();
    """
    theirs = in_tfjs(node, body, path=str(path), config=config)
    rows = tf.data.csv(path, config).map(lambda r: {"xs": [*r["xs"].values()][1:], "ys": r["ys"]})
    assert_same(rows.batch(2).toArray(), theirs)


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "a short row": (
        "a,b\n1\n",
        {},
        "Invalid row in csv file. Should have 2 elements in a row, but got 1",
    ),
    "a long row": ("a,b\n1,2,3\n", {}, "Should have 2 elements in a row, but got 1,2,3"),
    "an empty line": ("a,b\n1,2\n\n", {}, "Should have 2 elements in a row, but got "),
    "an empty file": ("", {}, "No data was found for CSV parsing."),
    "no names": (
        "1,2\n",
        {"hasHeader": False},
        "Column names must be provided if there is no header line.",
    ),
    "a number of names": (
        "a,b\n1,2\n",
        {"columnNames": ["x"]},
        "The length of provided columnNames (1) does not match the length of the header line read "
        "from file (2).",
    ),
    "equal names": ("a,b,a,b,c\n", {}, "Duplicate column names found: a,b"),
    "an unknown column": (
        "a,b\n1,2\n",
        {"columnConfigs": {"A": {}}},
        'The key "A" provided in columnConfigs does not match any of the column names (a,b)',
    ),
    "an empty required one": (
        "a,b\n1,2\n,3\n",
        {"columnConfigs": {"a": {"required": True}}},
        "Required column a is empty in this line: ,3",
    ),
    "an empty label": (
        "a,b\n1,2\n1,\n",
        {"columnConfigs": {"b": {"isLabel": True}}},
        "Required column b is empty in this line: 1,",
    ),
    "both delimiters": (
        "a b\n1 2\n",
        {"delimWhitespace": True, "delimiter": ","},
        "Delimiter should not be provided when delimWhitespace is true.",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_tfjs_refuses_is_refused(node: NodeSession, tmp_path: Path, kind: str) -> None:
    text, config, said = REFUSED[kind]
    path = written(tmp_path, text)
    with pytest.raises(TfjsError) as error:
        in_tfjs(node, READ, path=str(path), config=config)
    assert said.strip() in str(error.value)
    with pytest.raises(ValueError) as raised:  # noqa: PT011
        tf.data.csv(path, config).toArray()
    assert said in str(raised.value)


def test_the_line_of_an_invalid_row_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1,2\n3,4\n5\n")
    iterator = tf.data.csv(path).iterator()
    assert [next(iterator), next(iterator)] == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]
    with pytest.raises(ValueError, match=r"but got 5 \(line 4\)"):
        next(iterator)


def test_wrong_options_are_told_at_once() -> None:
    csv: Any = tf.data.csv
    with pytest.raises(TypeError, match=r"unknown option 'header' \(did you mean 'hasHeader'"):
        csv("x.csv", header=True)
    with pytest.raises(TypeError, match=r"unknown option 'label' of the column a.*'isLabel'"):
        csv("x.csv", columnConfigs={"a": {"label": True}})
    with pytest.raises(TypeError, match="expected a dict for the column a, got str"):
        csv("x.csv", columnConfigs={"a": "int32"})
    with pytest.raises(TypeError, match=r"columnConfigs: expected a dict.*got list"):
        csv("x.csv", columnConfigs=["a"])
    with pytest.raises(TypeError, match="columnNames: expected a list of texts"):
        csv("x.csv", columnNames="ab")
    with pytest.raises(ValueError, match=r"Unknown dtype 'int' \(did you mean 'int32'\?\)"):
        csv("x.csv", columnConfigs={"a": {"dtype": "int"}})
    with pytest.raises(ValueError, match="delimiter must be a single character, got '::'"):
        csv("x.csv", delimiter="::")
    with pytest.raises(ValueError, match="there is no columnConfigs"):
        csv("x.csv", configuredColumnsOnly=True)
    with pytest.raises(TypeError, match="unknown option 'x'"):
        tf.data.CSVDataset(tf.data.FileDataSource(b""), {"x": 1})
    with pytest.raises(FileNotFoundError, match=r"no\.csv"):
        csv("no.csv").columnNames()


def test_a_csv_dataset_reads_any_source() -> None:
    source = tf.data.FileDataSource(b"\xef\xbb\xbfa,b\n1,x\n", {"chunkSize": 1})
    dataset = tf.data.CSVDataset(source, {"columnConfigs": {"b": {"isLabel": True}}})
    assert dataset.toArray() == [{"xs": {"a": 1}, "ys": {"b": "x"}}]
    assert dataset.toArray() == [{"xs": {"a": 1}, "ys": {"b": "x"}}]
    assert tf.data.CSVDataset(tf.data.FileDataSource(b"a\n1\n")).toArray() == [{"a": 1}]


def test_random_lines_are_split_as_tfjs_splits_them(node: NodeSession, tmp_path: Path) -> None:
    letters = random.Random(3)
    lines = ["".join(letters.choices('",; ab', k=letters.randint(0, 9))) for _ in range(400)]
    path = written(tmp_path, "a\n")
    body = """
        const found = [];
        for (const config of [{}, {delimiter: ';'}, {delimiter: ' '}, {delimWhitespace: true}]) {
            const dataset = tf.data.csv('file://' + args.path, config);
            found.push(args.lines.map(line => dataset.parseRow(line, false)));
        }
        return found;
    """
    theirs = in_tfjs(node, body, path=str(path), lines=lines)
    for expected, (delimiter, collapse) in zip(
        theirs, [(",", False), (";", False), (" ", False), (" ", True)], strict=True
    ):
        assert [fields_of(line, delimiter, collapse) for line in lines] == expected


def test_a_long_file_is_read_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    row = ",".join(f"{i / 7:.6f}" for i in range(10))
    header = ",".join("abcdefghij")
    path.write_text("\n".join([header, *[row] * 100_000, ""]))
    tracemalloc.start()
    first = next(tf.data.csv(path).iterator())
    assert first["b"] == pytest.approx(1 / 7, abs=1e-6)
    count = sum(1 for _ in tf.data.csv(path).skip(10).take(10_000))
    assert count == 10_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert path.stat().st_size > 8_000_000
    assert peak < 8_000_000
