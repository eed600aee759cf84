"""tidy, keep, dispose, memory, time, profile: the counts of tf.js, program by program."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge.verify import NodeSession

Counts = list[tuple[int, int, int]]


class Recorder:
    """The numbers of `tf.memory()` at each step, from where it began."""

    def __init__(self) -> None:
        self.start = self._now()
        self.counts: Counts = []

    def _now(self) -> tuple[int, int, int]:
        memory = tf.memory()
        return memory["numTensors"], memory["numDataBuffers"], memory["numBytes"]

    def __call__(self) -> None:
        now = self._now()
        self.counts.append(tuple(a - b for a, b in zip(now, self.start, strict=True)))  # type: ignore[arg-type]


#: A program in JavaScript with `m()` where the counts are taken, and the same one in Python.
PROGRAMS: dict[str, tuple[str, Callable[[Recorder], Any]]] = {}


def program(javascript: str) -> Callable[[Callable[[Recorder], Any]], None]:
    def register(python: Callable[[Recorder], Any]) -> None:
        PROGRAMS[python.__name__] = (javascript, python)

    return register


@program("""
    const a = tf.tensor([1, 2]); m(); const b = tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32'); m();
    const c = tf.tensor([true]); m(); tf.scalar(1); m(); tf.tensor3d([1], [1, 1, 1]); m();
    a.dispose(); m(); a.dispose(); m(); tf.dispose([b, {c}]); m(); tf.tensor([], [0, 2]); m();
""")
def creation_and_disposal(m: Recorder) -> None:
    a = tf.tensor([1, 2])
    m()
    b = tf.tensor2d([1, 2, 3, 4], [2, 2], "int32")
    m()
    c = tf.tensor([True])
    m()
    tf.scalar(1)
    m()
    tf.tensor3d([1], [1, 1, 1])
    m()
    a.dispose()
    m()
    a.dispose()
    m()
    tf.dispose([b, {"c": c}])
    m()
    tf.tensor([], [0, 2])
    m()


@program("""
    tf.ones([2]); m(); tf.zeros([2, 3], 'bool'); m(); tf.fill([2], 3); m(); tf.range(0, 5); m();
    tf.linspace(0, 1, 3); m(); tf.eye(3); m(); tf.eye(2, 2, [3]); m(); tf.oneHot([0, 1], 3); m();
    const x = tf.tensor([1]); tf.onesLike(x); m(); tf.zerosLike(x); m(); tf.diag(x); m();
    tf.randomUniform([2]); m(); tf.multinomial([1, 2], 3); m(); tf.buffer([2]).toTensor(); m();
    x.bufferSync(); m(); x.dataSync(); m();
""")
def filled(m: Recorder) -> None:
    tf.ones([2])
    m()
    tf.zeros([2, 3], "bool")
    m()
    tf.fill([2], 3)
    m()
    tf.range(0, 5)
    m()
    tf.linspace(0, 1, 3)
    m()
    tf.eye(3)
    m()
    tf.eye(2, 2, [3])
    m()
    tf.oneHot([0, 1], 3)
    m()
    x = tf.tensor([1])
    tf.onesLike(x)
    m()
    tf.zerosLike(x)
    m()
    tf.diag(x)
    m()
    tf.randomUniform([2])
    m()
    tf.multinomial([1, 2], 3)
    m()
    tf.buffer([2]).toTensor()
    m()
    x.bufferSync()
    m()
    x.dataSync()
    m()


@program("""
    const c = tf.complex([1, 2], [3, 4]); m(); const r = tf.real(c); m();
    const d = c.clone(); m();
    c.dispose(); m(); d.dispose(); m(); r.dispose(); m();
    const z = tf.zeros([2], 'complex64'); m();
    tf.zerosLike(z); m(); tf.tidy(() => tf.ones([3], 'complex64')); m();
    tf.ones([3], 'complex64'); m();
""")
def complex_numbers(m: Recorder) -> None:
    c = tf.complex([1, 2], [3, 4])
    m()
    r = tf.real(c)
    m()
    d = c.clone()
    m()
    c.dispose()
    m()
    d.dispose()
    m()
    r.dispose()
    m()
    z = tf.zeros([2], "complex64")
    m()
    tf.zerosLike(z)
    m()
    tf.tidy(lambda: tf.ones([3], "complex64"))
    m()
    tf.ones([3], "complex64")
    m()


@program("""
    const s = tf.tensor(['a', 'bäc']); m(); const t = s.reshape([2, 1]); m();
    const u = s.clone(); m();
    s.dispose(); m(); s.dispose(); m(); t.dispose(); m(); u.dispose(); m();
    tf.fill([2], 'abc'); m();
    tf.scalar('日本'); m(); tf.clone(['xy']); m(); tf.tensor2d(['a', 'b'], [2, 1]); m();
    tf.tidy(() => { tf.tensor(['a']); }); m();
""")
def strings(m: Recorder) -> None:
    s = tf.tensor(["a", "bäc"])
    m()
    t = s.reshape([2, 1])
    m()
    u = s.clone()
    m()
    s.dispose()
    m()
    s.dispose()
    m()
    t.dispose()
    m()
    u.dispose()
    m()
    tf.fill([2], "abc")
    m()
    tf.scalar("日本")
    m()
    tf.clone(["xy"])
    m()
    tf.tensor2d(["a", "b"], [2, 1])
    m()
    tf.tidy(lambda: tf.tensor(["a"]) and None)
    m()


@program("""
    const i = tf.tensor([1, 2]); m(); const v = tf.variable(i); m(); i.dispose(); m();
    const n = tf.tensor([3, 4]); m(); v.assign(n); m(); n.dispose(); m();
    const w = tf.variable(v, true, undefined, 'int32'); m();
    const y = i.isDisposed && v.add(1); m();
    v.dispose(); m(); v.dispose(); m(); w.dispose(); m(); y.variable(false); m();
    tf.tidy(() => { tf.variable(tf.scalar(1)); }); m();
""")
def variables(m: Recorder) -> Any:
    i = tf.tensor([1, 2])
    m()
    v = tf.variable(i)
    m()
    i.dispose()
    m()
    n = tf.tensor([3, 4])
    m()
    v.assign(n)
    m()
    n.dispose()
    m()
    w = tf.variable(v, True, None, "int32")
    m()
    y = v.add(1)
    m()
    v.dispose()
    m()
    v.dispose()
    m()
    w.dispose()
    m()
    y.variable(False)
    m()

    def scope() -> None:
        tf.variable(tf.scalar(1))

    tf.tidy(scope)
    m()


@program("""
    const r = tf.tidy(() => {
        const a = tf.tensor([1, 2]); m();
        const b = tf.tidy('inner', () => { const c = a.add(1); m(); c.mul(2); m(); return c; });
        m();
        tf.keep(b.sub(a)); m();
        return {list: [a.add(b), 3, null, 'text'], same: b};
    }); m();
    tf.dispose(r); m();
    const k = tf.keep(tf.tensor([1])); m(); tf.tidy(() => k); m(); tf.dispose(k); m();
    const outside = tf.tensor([1]); tf.tidy(() => outside); m();
    const clone = tf.tidy(() => { const x = tf.tensor([1, 2]); return x.clone(); }); m();
    tf.dispose(null); tf.dispose(5); tf.dispose({a: 'text'}); m();
""")
def scopes(m: Recorder) -> None:
    def inner(a: Any) -> Any:
        c = a.add(1)
        m()
        c.mul(2)
        m()
        return c

    def outer() -> Any:
        a = tf.tensor([1, 2])
        m()
        b = tf.tidy("inner", lambda: inner(a))
        m()
        tf.keep(b.sub(a))
        m()
        return {"list": [a.add(b), 3, None, "text"], "same": b}

    r = tf.tidy(outer)
    m()
    tf.dispose(r)
    m()
    k = tf.keep(tf.tensor([1]))
    m()
    tf.tidy(lambda: k)
    m()
    tf.dispose(k)
    m()
    outside = tf.tensor([1])
    tf.tidy(lambda: outside)
    m()
    tf.tidy(lambda: tf.tensor([1, 2]).clone())
    m()
    tf.dispose(None)
    tf.dispose(5)
    tf.dispose({"a": "text"})
    m()


@program("""
    const fails = f => { try { tf.tidy(f); } catch (e) { } };
    fails(() => { tf.ones([3]); throw new Error('x'); }); m();
    fails(() => { tf.ones([3]).add(tf.ones([2])); }); m();
    fails(() => { tf.tidy(() => { tf.ones([3]); tf.tensor([1], [2]); }); }); m();
    try { tf.add([1, 2], [1, 2, 3]); } catch (e) { } m();
    const a = tf.tidy(() => { const a = tf.ones([2]); a.dispose(); return a; }); m();
    try { a.add(1); } catch (e) { } m();
""")
def errors(m: Recorder) -> None:
    def fails(function: Callable[[], Any]) -> None:
        with pytest.raises((ValueError, ZeroDivisionError)):
            tf.tidy(function)

    fails(lambda: [tf.ones([3]), 1 / 0])
    m()
    fails(lambda: tf.ones([3]).add(tf.ones([2])))
    m()
    fails(lambda: tf.tidy(lambda: [tf.ones([3]), tf.tensor([1], [2])]))
    m()
    with pytest.raises(ValueError, match="broadcast"):
        tf.add([1, 2], [1, 2, 3])
    m()

    def disposes() -> Any:
        a = tf.ones([2])
        a.dispose()
        return a

    a = tf.tidy(disposes)
    m()
    with pytest.raises(ValueError, match=r"Tensor is disposed\."):
        a.add(1)
    m()


@program("""
    const a = tf.ones([2, 3]); const b = a.reshape([3, 2]); const c = b.clone(); m();
    a.dispose(); m(); b.dispose(); m(); c.dispose(); m();
    const x = tf.tensor([1, 2]); const g = tf.tidy(() => tf.grad(t => t.square().sum())(x)); m();
    g.dispose(); m(); const v = x.variable(); m(); const r = v.reshape([2, 1]); m();
    tf.dispose([x, r]); m(); v.dispose(); m();
    for (const f of [
      () => tf.train.sgd(0.1), () => tf.train.momentum(0.1, 0.9), () => tf.train.adam(0.1),
      () => tf.train.adagrad(0.1), () => tf.train.rmsprop(0.1)]) {
      const w = tf.variable(tf.ones([3])); m(); const o = f(); m();
      o.minimize(() => w.square().sum()); m(); o.minimize(() => w.square().sum()); m();
      o.dispose(); m(); w.dispose(); m();
    }
""")
def what_shares_its_values(m: Recorder) -> None:
    a = tf.ones([2, 3])
    b = a.reshape([3, 2])
    c = b.clone()
    m()
    for each in (a, b, c):
        each.dispose()
        m()
    x = tf.tensor([1, 2])
    g = tf.tidy(lambda: tf.grad(lambda t: t.square().sum())(x))
    m()
    g.dispose()
    m()
    v = x.variable()
    m()
    r = v.reshape([2, 1])
    m()
    tf.dispose([x, r])
    m()
    v.dispose()
    m()
    for optimizer in (
        lambda: tf.train.sgd(0.1),
        lambda: tf.train.momentum(0.1, 0.9),
        lambda: tf.train.adam(0.1),
        lambda: tf.train.adagrad(0.1),
        lambda: tf.train.rmsprop(0.1),
    ):
        w = tf.variable(tf.ones([3]))
        m()
        o = optimizer()
        m()
        for _ in range(2):
            o.minimize(lambda w=w: w.square().sum())
            m()
        o.dispose()
        m()
        w.dispose()
        m()


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_counts_as_in_tfjs(node: NodeSession, name: str) -> None:
    javascript, python = PROGRAMS[name]
    body = f"""
        const now = () => {{
            const memory = tf.memory();
            return [memory.numTensors, memory.numDataBuffers, memory.numBytes];
        }};
        tf.engine().state.numBytes ||= 0;  // NaN, after a tensor of a dtype that there is not
        const start = now(), counts = [];
        const m = () => counts.push(now().map((x, i) => x - start[i]));
        {javascript}
        return counts;
    """
    recorder = Recorder()
    python(recorder)
    assert [list(counts) for counts in recorder.counts] == node.evaluate(body)


def test_the_keys_and_reasons_of_memory(node: NodeSession) -> None:
    body = """
        const numbers = tf.memory();
        const t = tf.tensor(['a']);
        const strings = tf.memory();
        t.dispose();
        return [Object.keys(numbers).sort(), numbers.unreliable, numbers.reasons, strings.reasons];
    """
    keys, unreliable, reasons, with_strings = node.evaluate(body)
    before = tf.memory()
    t = tf.tensor(["a"])
    after = tf.memory()
    t.dispose()
    assert sorted(before) == keys
    assert before["unreliable"] == unreliable
    assert after["reasons"] == with_strings
    assert set(reasons) <= set(before["reasons"])


def test_what_tidy_takes(node: NodeSession) -> None:
    for call in ("tf.tidy()", "tf.tidy('name')", "tf.tidy(5)", "tf.tidy('name', 5)"):
        with pytest.raises(Exception, match="tidy"):
            node.evaluate(f"return {call}")
    for arguments in (("name",), (5,), ("name", 5), (5, lambda: 1)):
        with pytest.raises(TypeError, match="tidy"):
            tf.tidy(*arguments)
    assert tf.tidy("name", lambda: 5) == 5


def test_an_async_function_is_refused_by_tidy() -> None:
    async def function() -> None:
        pass

    with pytest.raises(TypeError, match="async"):
        tf.tidy(function)


def test_a_disposed_tensor_still_says_what_it_was(node: NodeSession) -> None:
    body = """
        const t = tf.tensor([[1, 2]]); t.dispose();
        const said = ['dataSync', 'arraySync', 'toString', 'print', 'clone'].map(name => {
            try { t[name](); return null; } catch (e) { return e.message; }
        });
        return [t.shape, t.dtype, t.rank, t.size, t.isDisposed, said];
    """
    *described, said = node.evaluate(body)
    t = tf.tensor([[1, 2]])
    t.dispose()
    assert [t.shape, t.dtype, t.rank, t.size, t.isDisposed] == described
    names = ["dataSync", "arraySync", "toString", "print", "clone"]
    names += ["data", "array", "bufferSync", "buffer", "bytes", "dataToGPU", "variable", "numpy"]
    for name in names:
        with pytest.raises(ValueError, match=r"^Tensor is disposed\.$"):
            getattr(t, name)()
    assert set(said) == {"Tensor is disposed."}
    assert repr(t) == str(t) == "<disposed Tensor, dtype float32, shape [1, 2]>"


def test_time_says_how_long(node: NodeSession) -> None:
    keys = node.evaluate("return Object.keys(await tf.time(() => tf.ones([2]))).sort()")
    called = []
    times = tf.time(lambda: called.append(1))
    assert sorted(times) == keys
    assert 0 <= times["kernelMs"] <= times["wallMs"] < 1000
    assert called == [1]


PROFILE = """
    tf.engine().state.numBytes ||= 0;  // NaN, after a tensor of a dtype that there is not
    const p = await tf.profile(() => {
        const x = tf.tensor1d([1, 2, 3]);
        let y = x.mul(x); y.dispose();
        y = x.mul(x); y.dispose();
        return x.add([1]);
    });
    const {newBytes, newTensors, kernels, kernelNames, result} = p;
    return {newBytes, newTensors, kernelNames, result, keys: Object.keys(p).sort(),
            kernel: Object.keys(kernels[0]).sort(),
            kernels: kernels.map(k => [k.bytesAdded, k.tensorsAdded, k.inputShapes,
                                       k.outputShapes]),
            peak: p.peakBytes - tf.memory().numBytes};
"""


def test_profile_records_operations(node: NodeSession) -> None:
    theirs = node.evaluate(PROFILE)

    def function() -> Any:
        x = tf.tensor1d([1, 2, 3])
        for _ in range(2):
            x.mul(x).dispose()
        return x.add([1])

    ours = tf.profile(function)
    assert sorted(ours) == theirs["keys"]
    assert sorted(ours["kernels"][0]) == theirs["kernel"]
    assert [ours["newBytes"], ours["newTensors"]] == [theirs["newBytes"], theirs["newTensors"]]
    assert ours["kernelNames"] == ["Mul", "Add"]
    assert theirs["kernelNames"] == ["Multiply", "Add"]
    np.testing.assert_array_equal(ours["result"].numpy(), theirs["result"])
    seen = [
        [k["bytesAdded"], k["tensorsAdded"], k["inputShapes"], k["outputShapes"]]
        for k in ours["kernels"]
    ]
    assert seen[:2] == theirs["kernels"][:2]
    assert seen[2][3] == theirs["kernels"][2][3]
    assert all(k["kernelTimeMs"] >= 0 for k in ours["kernels"])
    assert ours["peakBytes"] >= ours["newBytes"]


def test_profile_of_nothing_and_of_an_error(node: NodeSession) -> None:
    assert tf.profile(lambda: 5)["kernels"] == []
    with pytest.raises(ValueError, match="broadcast"):
        tf.profile(lambda: tf.add([1, 2], [1, 2, 3]))
    assert "Add" not in tf.profile(lambda: tf.ones([1]))["kernelNames"]


def test_next_frame_says_what_to_do() -> None:
    with pytest.raises(NotImplementedError, match=re.escape("asyncio.sleep(0)")):
        tf.nextFrame()
