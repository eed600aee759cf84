"""The examples of TensorFlow.js's documentation print the same in Python as in JavaScript.

In examples/*.py, every block under `# %% symbol` is the symbol's first example, under
`# %% symbol 2` its second. The JavaScript original is in the record of the API and runs in Node.
"""

from __future__ import annotations

import builtins
import io
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.tfjs.api import SYMBOLS, is_low_level
from tfjsbridge.tensor_format import js_number
from tfjsbridge.tfjs_engine import ENGINE, end_scope, start_scope
from tfjsbridge.verify import NodeSession

FOLDER = Path(__file__).parent / "examples"

#: Examples whose numbers are others at each run: the words, the number of values, the shapes and
#: the dtypes are compared.
VARYING = {
    "tf.LayersModel.evaluate": "random at the start",
    "tf.LayersModel.fit": "random at the start",
    "tf.LayersModel.predict": "random at the start",
    "tf.LayersModel.predictOnBatch": "random at the start",
    "tf.LayersModel.summary": "names with numbers",
    "tf.Sequential": "random at the start",
    "tf.Sequential.add": "random at the start",
    "tf.Sequential.evaluate": "random at the start",
    "tf.Sequential.fit": "random at the start",
    "tf.Sequential.fitDataset": "random at the start",
    "tf.Sequential.predict": "random at the start",
    "tf.Sequential.summary": "names with numbers",
    "tf.data.Dataset.shuffle": "random",
    "tf.dropout": "random",
    "tf.input": "random at the start",
    "tf.model": "random at the start",
    "tf.multinomial": "random",
    "tf.randomGamma": "random",
    "tf.randomNormal": "random",
    "tf.randomStandardNormal": "random",
    "tf.randomUniform": "random",
    "tf.randomUniformInt": "random",
    "tf.truncatedNormal": "random",
    "tf.train.sgd": "random at the start",
    "tf.util.createShuffledIndices": "random",
    "tf.util.shuffle": "random",
    "tf.util.shuffleCombo": "random",
    "tf.time": "seconds",
    "tf.util.now": "milliseconds",
}

#: Examples that cannot run in both, and why.
CANNOT = {
    "tf.tensor 4": "a texture of WebGL, which only a page has",
    "tf.tensor 5": "a buffer of WebGPU, which only a page has",
    "tf.util.fetch": "reads from the network",
}

#: Examples whose last printed digit TensorFlow computes otherwise: numbers are compared as numbers.
LAST_DIGIT = {
    "tf.atanh",
    "tf.cosh",
    "tf.erf",
    "tf.expm1",
    "tf.linalg.gramSchmidt",
    "tf.linalg.qr",
    "tf.softmax 2",
    "tf.spectral.ifft",
    "tf.tan",
}

#: Both write a value that is no text in one way, as Python's and JavaScript's own differ. Nor is
#: counted what other programs of the same process left.
IN_NODE = """
    const AsyncFunction = (async () => {}).constructor;
    const shown = value =>
        value instanceof tf.Tensor ? value.toString() :
        ArrayBuffer.isView(value) || Array.isArray(value) ?
            `[${Array.from(value, shown).join(', ')}]` :
        value !== null && typeof value === 'object' ?
            `{${Object.keys(value).map(key => `${key}: ${shown(value[key])}`).join(', ')}}` :
        String(value);
    const lines = [];
    const [log, print, state] = [console.log, tf.Tensor.prototype.print, tf.engine().state];
    const {numTensors, numBytes} = state;
    console.log = (...values) => { lines.push(values.map(shown).join(' ')); };
    if (args.verbose) tf.Tensor.prototype.print = function() { console.log(this.toString(true)); };
    globalThis.ImageData = class {
      constructor(width, height) {
        Object.assign(this, {width, height, data: new Uint8Array(4 * width * height)});
      }
    };
    try {
      state.numTensors = state.numBytes = 0;
      await new AsyncFunction('tf', args.program)(tf);
    } finally {
      console.log = log;
      tf.Tensor.prototype.print = print;
      state.numTensors += numTensors;
      state.numBytes += numBytes;
    }
    return lines.join('\\n');
"""


@dataclass(frozen=True)
class Example:
    """A block of a file in examples/.

    Attributes:
      name: the symbol's, and which of its examples this is: "tf.add 2".
      head: the file's imports.
    """

    name: str
    head: str
    code: str

    @property
    def symbol(self) -> str:
        """The name in the API."""
        return self.name.split()[0]

    @property
    def javascript(self) -> str:
        """The original."""
        _, _, number = self.name.partition(" ")
        examples: list[str] = SYMBOLS[self.symbol]["examples"]
        return examples[int(number or 1) - 1]


def _read() -> list[Example]:
    examples = []
    for path in sorted(FOLDER.glob("*.py")):
        head, *blocks = path.read_text("utf-8").split("\n# %% ")
        for block in blocks:
            name, _, code = block.partition("\n")
            examples.append(Example(name, head, code))
    return examples


EXAMPLES = _read()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_prints_what_tfjs_prints(
    node: NodeSession, example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    varying = example.name in VARYING
    theirs = node.evaluate(IN_NODE, program=example.javascript, verbose=varying)
    ours = printed(example, varying, monkeypatch)
    if varying:
        assert without_numbers(ours) == without_numbers(theirs)
    elif example.name in LAST_DIGIT:
        assert without_numbers(ours) == without_numbers(theirs)
        np.testing.assert_allclose(numbers(ours), numbers(theirs), rtol=1e-6, atol=2e-7)
    else:
        assert ours == theirs


def test_every_example_is_here_or_cannot_be() -> None:
    names = {
        name if i == 1 else f"{name} {i}"
        for name in SYMBOLS
        if is_low_level(name)
        for i, _ in enumerate(SYMBOLS[name]["examples"], 1)
    }
    written = {example.name for example in EXAMPLES}
    assert len(written) == len(EXAMPLES)
    assert names - written == set(CANNOT)
    assert written >= {*VARYING, *LAST_DIGIT}


def printed(example: Example, verbose: bool, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the Python of an example prints."""
    out = io.StringIO()
    write = builtins.print

    def show(*values: Any) -> None:
        write(*map(shown, values), file=out)

    with monkeypatch.context() as patch:
        patch.setattr(builtins, "print", show)
        patch.setattr(ENGINE, "numTensors", 0)
        patch.setattr(ENGINE, "numBytes", 0)
        if verbose:
            method = tf.Tensor.toString
            patch.setattr(tf.Tensor, "toString", lambda self, verbose=False: method(self, True))
        start_scope()
        try:
            exec(compile(f"{example.head}\n{example.code}", example.name, "exec"), {})
        finally:
            end_scope()
    return out.getvalue().removesuffix("\n")


def shown(value: Any) -> str:
    """A value as IN_NODE writes it."""
    if isinstance(value, (str, tf.Tensor)):
        return str(value)
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, (list, tuple, np.ndarray)):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {shown(part)}' for key, part in value.items())}}}"
    return js_number(float(value)) if math.isfinite(value) else str(value)


NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")


def numbers(text: str) -> list[float]:
    """The numbers of a text."""
    return [float(match[0]) for match in NUMBER.finditer(text)]


def without_numbers(text: str) -> str:
    """The text with # for each number but those of shapes, however wide it was."""
    lines = [
        line if re.match(r" *(dtype|rank|shape):", line) else NUMBER.sub("#", line)
        for line in text.splitlines()
    ]
    return "\n".join(re.sub(r"\s+(?=[],])", "", " ".join(line.split())) for line in lines)
