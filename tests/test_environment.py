"""Flags, debug mode, backends, tf.engine(): what tf.js says and refuses."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

import tfjsbridge as tf
from tfjsbridge import backends
from tfjsbridge.tfjs_engine import ENGINE
from tfjsbridge.verify import NodeSession, TfjsError


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    tf.env().reset()
    assert ENGINE.profile is None


#: Of the machine, not of the program.
OF_NODE = {"IS_NODE", "WASM_HAS_SIMD_SUPPORT"}


def test_flags_are_those_of_tfjs(node: NodeSession) -> None:
    body = """
        tf.env().set('TENSORLIKE_CHECK_SHAPE_CONSISTENCY', false);  // other tests have set it
        const values = {};
        for (const name of Object.keys(tf.env().flagRegistry)) {
            try { values[name] = String(await tf.env().getAsync(name)); }
            catch (error) { values[name] = error.message; }
        }
        return values;
    """
    ours = {}
    for name in tf.env()._registry:
        try:
            value = tf.env().getAsync(name)
            ours[name] = "Infinity" if value == float("inf") else str(value)
        except ValueError as error:
            ours[name] = str(error)
    theirs = node.evaluate(body)
    for name, said in theirs.items():
        if name not in OF_NODE:
            assert ours[name].lower() == said.lower(), name
    assert {name for name in ours.keys() - theirs.keys() if "WEBGPU" not in name} == set()


def test_set_get_reset(node: NodeSession) -> None:
    env = tf.env()
    assert env is tf.env()
    env.set("WEBGL_PACK", 5)
    assert env.get("WEBGL_PACK") == env.getNumber("WEBGL_PACK") == env.getBool("WEBGL_PACK") == 5
    assert env.getFlags()["WEBGL_PACK"] == env.features["WEBGL_PACK"] == 5
    assert env.getString("WEBGPU_PRINT_SHADER") == ""
    env.reset()
    assert env.get("WEBGL_PACK") is False
    env.setFlags({"WEBGL_PACK": 7})
    assert env.get("WEBGL_PACK") == 7
    for call in ("get('foo')", "getAsync('foo')", "set('foo', 1)"):
        with pytest.raises(TfjsError) as theirs:
            node.evaluate(f"await tf.env().{call}")
        with pytest.raises(ValueError, match=re.escape(str(theirs.value))):
            eval(f"tf.env().{call}")


def test_an_environment_of_ones_own() -> None:
    environment = tf.Environment(None)
    seen: list[Any] = []

    async def evaluate() -> int:
        return 3

    environment.registerFlag("A", evaluate, seen.append)
    assert environment.getAsync("A") == 3
    environment.set("A", 4)
    assert (environment.get("A"), seen) == (4, [4])


def test_debug_mode_prints_and_checks(capsys: pytest.CaptureFixture[str]) -> None:
    x = tf.tensor([[1.0, 2.0]])
    with pytest.warns(UserWarning, match="Debugging mode is ON"):
        tf.enableDebugMode()
    x.matMul(tf.tensor([[1.0], [2.0]]))
    line = capsys.readouterr().out.splitlines()[-1]
    name, time, shape, size, inputs, _ = line.split("\t")
    assert (len(name), name.strip()) == (25, "MatMul")
    assert re.fullmatch(r"[\d.e-]+ms *", time)
    assert [shape.strip(), size, inputs] == ["2D 1,1", "1", "a: 2D 1,2 b: 2D 2,1 "]
    with pytest.warns(UserWarning, match="Found Infinity in the result of 'Div'"):
        x.div(tf.scalar(0))
    with pytest.warns(UserWarning, match="Found NaN in the result of 'Log'"):
        x.neg().log()
    capsys.readouterr()
    assert tf.profile(lambda: x.add(1))["kernelNames"] == ["Add"]
    assert capsys.readouterr().out.startswith("Add ")
    tf.env().set("CHECK_COMPUTATION_FOR_ERRORS", False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x.div(tf.scalar(0))
    tf.env().set("DEBUG", False)
    capsys.readouterr()
    x.add(1)
    assert capsys.readouterr().out == ""


def test_prod_mode() -> None:
    assert tf.env().getBool("PROD") is False
    tf.enableProdMode()
    assert tf.env().getBool("PROD") is True
    with pytest.raises(ValueError, match="inner shapes"):
        tf.matMul(tf.ones([1, 2]), tf.ones([1, 2]))  # checks stay


def test_dispose_variables() -> None:
    body = """
        const a = tf.variable(tf.scalar(1), true, 'gone');
        tf.disposeVariables();
        return 'gone' in tf.engine().state.registeredVariables;
    """
    a = tf.variable(tf.scalar(1), True, "gone")
    assert tf.engine().state.registeredVariables["gone"] is a
    tf.disposeVariables()
    with NodeSession() as fresh:  # whose models need theirs no more
        assert ("gone" in tf.engine().registeredVariables) == fresh.evaluate(body)
    # tf.js: says no, and fails where it is used.
    assert a.isDisposed
    tf.variable(tf.scalar(1), True, "gone").dispose()


def test_backends(node: NodeSession) -> None:
    assert tf.getBackend() == tf.engine().backendName == "tensorflow"
    for name in ("cpu", "wasm", "webgl", "webgpu", "tensorflow"):
        assert tf.setBackend(name) is True
    assert tf.getBackend() == "tensorflow"
    assert tf.ready() is None
    backend = tf.backend()
    assert backend is tf.engine().backend
    assert (backend.epsilon(), backend.floatPrecision()) == (1e-7, 32)
    assert backend.numDataIds() == tf.memory()["numDataBuffers"]
    assert backend.memory()["unreliable"]
    assert backend.time(lambda: tf.scalar(1))["kernelMs"] > 0
    for call in ("setBackend('foo')", "removeBackend('foo')"):
        with pytest.raises(TfjsError) as theirs:
            node.evaluate(f"await tf.{call}")
        with pytest.raises(ValueError, match=re.escape(str(theirs.value))):
            eval(f"tf.{call}")
    assert tf.findBackend("foo") is None
    assert tf.findBackendFactory("foo") is None
    assert tf.findBackend("tensorflow") is backend
    with pytest.raises(ValueError, match="cannot be removed"):
        tf.removeBackend("tensorflow")


def test_a_backend_of_ones_own() -> None:
    disposed = []

    class Own:
        def dispose(self) -> None:
            disposed.append(self)

    assert tf.registerBackend("own", Own, 5) is True
    with pytest.warns(UserWarning, match="own backend was already registered"):
        assert tf.registerBackend("own", Own) is False
    assert tf.findBackendFactory("own") is Own
    assert "own" in tf.engine().backendNames()
    assert tf.setBackend("own") is True
    assert isinstance(tf.findBackend("own"), Own)
    tf.removeBackend("own")
    assert len(disposed) == 1
    assert "own" not in backends._registry

    def fails() -> Any:
        raise RuntimeError("no GPU")

    tf.registerBackend("own", fails)
    with pytest.warns(UserWarning, match="Initialization of backend own failed: no GPU"):
        assert tf.setBackend("own") is False
    with pytest.warns(UserWarning, match="own failed"):
        assert tf.findBackend("own") is None
    tf.removeBackend("own")


def test_the_engine_keeps_count_and_has_scopes(node: NodeSession) -> None:
    body = """
        const engine = tf.engine(), before = engine.state.numTensors;
        engine.startScope();
        const kept = tf.keep(tf.scalar(1));
        const [a, b] = [tf.scalar(2), tf.scalar(3)];
        const within = engine.state.numTensors - before;
        engine.endScope(a);
        const result = [within, kept.isDisposed, a.isDisposed, b.isDisposed];
        return [...result, engine.state.numTensors - before];
    """
    engine = tf.engine()
    state = engine.state
    before = state.numTensors
    engine.startScope("mine")
    kept = engine.keep(tf.scalar(1))
    a, b = tf.scalar(2), tf.scalar(3)
    within = state.numTensors - before
    engine.endScope(a)
    ours = [within, kept.isDisposed, a.isDisposed, b.isDisposed, state.numTensors - before]
    assert ours == node.evaluate(body)
    memory = engine.memory()
    counts = (state.numBytes, state.numDataBuffers, state.numStringTensors)
    assert counts[:2] == (memory["numBytes"], memory["numDataBuffers"])
    assert counts[2] >= 0
    assert engine.tidy(lambda: tf.scalar(5)).arraySync() == 5
    with pytest.raises(ValueError, match="no scope was begun"):
        engine.endScope()
