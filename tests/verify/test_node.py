from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tfjsbridge.verify import InputSpec, NodeSession, TfjsCrashed, TfjsError, TfjsTimeout

from .models import BIAS, KERNEL, layer, write_dense, write_sequential

X = np.array([[1, 2, 3], [-1, 0, 0.5]], np.float32)


def test_the_signature(node: NodeSession, dense: Path) -> None:
    signature = node.signature(dense)
    assert signature.inputs == (InputSpec("x", (None, 3), "float32"),)
    assert signature.outputs == ("y",)


@pytest.mark.parametrize("backend", ["cpu", "wasm"])
def test_predict(node: NodeSession, dense: Path, backend: str) -> None:
    [y] = node.predict(dense, [X], backend)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, X @ KERNEL + BIAS, rtol=1e-6)


def test_a_model_that_changed_is_read_again(node: NodeSession, tmp_path: Path) -> None:
    [before] = node.predict(write_dense(tmp_path), [X])
    (tmp_path / "weights.bin").write_bytes(np.zeros(8, "<f4").tobytes())
    [after] = node.predict(tmp_path, [X])
    assert before.any()
    assert not after.any()


@pytest.mark.parametrize("way", ["alone", "nested", "in time"])
def test_what_an_embedding_reads_has_a_vocabulary(
    node: NodeSession, tmp_path: Path, way: str
) -> None:
    tokens = layer("InputLayer", name="x", batch_input_shape=[None, 4, 3], dtype="float32")
    embedding = layer("Embedding", name="embedding", input_dim=7, output_dim=2)
    reader = {
        "alone": embedding,
        "nested": layer("Sequential", name="inner", layers=[tokens, embedding]),
        "in time": layer("TimeDistributed", name="embedding", layer=embedding),
    }[way]
    weights = {"embedding/embeddings": np.ones((7, 2), np.float32)}
    write_sequential(tmp_path, [tokens, reader], weights)
    assert node.signature(tmp_path).inputs[0].vocabulary == 7


@pytest.mark.parametrize("dtype", ["float32", "int32", "bool", "complex64", "object"])
@pytest.mark.parametrize("shape", [(2, 3), (), (0, 2)])
def test_every_dtype_there_and_back(node: NodeSession, dtype: str, shape: tuple[int, ...]) -> None:
    array = (np.arange(math.prod(shape)) - 1).reshape(shape).astype(dtype)
    if dtype == "complex64":
        array = np.asarray(array * np.complex64(1 + 2j))
    if dtype == "object":
        array = array.astype(str).astype(object)
    in_tfjs, back = node.evaluate("return [args.x.dtype, args.x]", x=array)
    assert in_tfjs == ("string" if dtype == "object" else dtype)
    assert back.shape == shape
    assert back.dtype == array.dtype
    assert np.array_equal(back, array)


def test_evaluate_takes_and_gives_json_with_tensors_in_it(node: NodeSession) -> None:
    body = """
        const sum = await tf.add(args.list[0], args.number).data();
        return {sum, deep: [{tensor: args.list[0].square()}], inf: -1 / 0, nan: NaN, no: undefined};
    """
    answer = node.evaluate(body, list=[np.float64([1, 2])], number=3)
    assert answer["sum"] == [4, 5]
    assert answer["deep"][0]["tensor"].tolist() == [1, 4]
    assert answer["inf"] == -math.inf
    assert math.isnan(answer["nan"])
    assert answer["no"] is None


def test_evaluate_leaves_no_tensors_behind(node: NodeSession) -> None:
    count = "return tf.memory().numTensors"
    before = node.evaluate(count)
    node.evaluate("tf.variable(tf.ones([2]), true, 'v'); return args.x.square()", x=X)
    with pytest.raises(TfjsError):
        node.evaluate("tf.zeros([2]); throw new Error('late')")
    assert node.evaluate(count) == before


def test_what_the_body_prints_is_no_answer(node: NodeSession) -> None:
    assert node.evaluate("console.log('{}'); process.stdout.write('x\\n'); return 1") == 1


def test_an_error_has_tfjs_message_and_stack(node: NodeSession) -> None:
    with pytest.raises(TfjsError, match=r"^Error in matMul: inner shapes") as caught:
        node.evaluate("return tf.matMul(args.x, args.x)", x=X)
    assert "matMul" in caught.value.stack


def test_a_model_that_tfjs_refuses(node: NodeSession, tmp_path: Path) -> None:
    write_sequential(tmp_path, [layer("Unheard", name="u")], {"u/w": np.zeros(1, np.float32)})
    with pytest.raises(TfjsError, match="Unknown layer: Unheard"):
        node.signature(tmp_path)


def test_weights_outside_of_the_directory_are_not_read(node: NodeSession, tmp_path: Path) -> None:
    directory = write_dense(tmp_path / "model")
    (directory / "weights.bin").rename(tmp_path / "weights.bin")
    json = directory / "model.json"
    json.write_text(json.read_text().replace("weights.bin", "../weights.bin"))
    with pytest.raises(TfjsError, match="outside"):
        node.predict(directory, [X])


def test_an_unknown_backend(node: NodeSession, dense: Path) -> None:
    with pytest.raises(TfjsError, match="nope"):
        node.predict(dense, [X], "nope")


def test_a_process_that_ends_says_its_last_words_and_is_replaced(node: NodeSession) -> None:
    with NodeSession() as session:
        with pytest.raises(TfjsCrashed, match=r"(?s)exit status 3.*my last words"):
            session.evaluate("console.error('my last words'); process.exit(3)")
        with pytest.raises(TfjsCrashed, match="exit status"):
            session.evaluate("process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})")
        assert session.evaluate("return 1") == 1


def test_a_request_that_takes_too_long_is_stopped(node: NodeSession) -> None:
    with NodeSession(timeout=30) as session:
        session.evaluate("return 1")
        session.timeout = 0.3
        with pytest.raises(TfjsTimeout, match=r"within 0\.3 s"):
            session.evaluate("while (true);")
        session.timeout = 30
        assert session.evaluate("return 2") == 2


def test_close_ends_the_process(node: NodeSession) -> None:
    session = NodeSession()
    session.evaluate("return 1")
    process = session._process
    assert process is not None
    session.close()
    assert process.returncode is not None
    session.close()
