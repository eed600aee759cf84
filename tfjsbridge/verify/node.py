"""TensorFlow.js in a Node.js process that stays open between requests."""

from __future__ import annotations

import contextlib
import json
import subprocess
import tempfile
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np

from tfjsbridge.verify.errors import TfjsCrashed, TfjsError, TfjsTimeout
from tfjsbridge.verify.inputs import Signature
from tfjsbridge.verify.npm import JS, node_executable, tfjs_packages
from tfjsbridge.verify.tensors import decode, decode_tensor, encode, encode_tensor

BACKENDS = ("cpu", "wasm")


class NodeSession:
    """Runs models in real TensorFlow.js in Node. A context manager; starts at the first request.

    No request depends on an earlier one, so a process that crashed or was stopped is simply
    replaced at the next request.

    Every method raises :class:`TfjsError` with tf.js's message when tf.js throws,
    :class:`TfjsCrashed` when the process ends, :class:`TfjsTimeout` after ``timeout`` seconds,
    and at the first request what :func:`tfjs_packages` raises.
    """

    def __init__(self, *, timeout: float = 120.0) -> None:
        self.timeout = timeout
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stderr: IO[bytes] | None = None
        self._stop: weakref.finalize[..., NodeSession] | None = None

    def signature(self, directory: str | Path, backend: str = "cpu") -> Signature:
        """Load the model in ``directory`` and say what its inputs and outputs are."""
        request = {"op": "signature", "directory": _absolute(directory), "backend": backend}
        return Signature.from_json(self._request(request))

    def predict(
        self, directory: str | Path, inputs: Sequence[np.ndarray], backend: str = "cpu"
    ) -> list[np.ndarray]:
        """Load the model in ``directory`` and predict.

        Args:
            directory: where ``model.json`` and its weights are.
            inputs: one array per input, batch first, in the order of :meth:`signature`.
            backend: cpu or wasm.

        Returns:
            One array per output, of dtype float32, int32 or bool.
        """
        request = {
            "op": "predict",
            "directory": _absolute(directory),
            "backend": backend,
            "inputs": [encode_tensor(np.asarray(array)) for array in inputs],
        }
        return [decode_tensor(tensor) for tensor in self._request(request)]

    def evaluate(self, body: str, /, **args: Any) -> Any:
        """Run the body of a JavaScript function on the cpu backend.

        In the body, ``tf`` is TensorFlow.js and ``args`` holds the arguments: arrays are
        tf.Tensors, plain JSON values are themselves. It may ``await``. The answer may be any JSON
        value; tensors in it, at any depth, come back as arrays (string ones of dtype object).
        """
        request = {"op": "evaluate", "backend": "cpu", "body": body, "args": encode(args)}
        return decode(self._request(request))

    def close(self) -> None:
        """End the process, if there is one. The session starts another when it is used again."""
        if self._stop is not None:
            self._stop()
        self._process = self._stderr = self._stop = None

    def __enter__(self) -> NodeSession:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        command = [str(node_executable()), str(JS / "node_runner.cjs"), str(tfjs_packages())]
        # A file, not a pipe: nobody has to empty it while the process runs.
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - _end closes it
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr
        )
        # Also when the session is forgotten and when Python exits.
        self._stop = weakref.finalize(self, _end, self._process, self._stderr)
        return self._process

    def _request(self, request: dict[str, Any]) -> Any:
        line = json.dumps(request).encode("utf-8") + b"\n"
        with self._lock:
            process = self._started()
            assert process.stdin is not None
            assert process.stdout is not None
            expired = threading.Event()

            def expire() -> None:
                expired.set()
                process.kill()  # which ends the readline below

            timer = threading.Timer(self.timeout, expire)
            timer.daemon = True
            timer.start()
            try:
                process.stdin.write(line)
                process.stdin.flush()
                answer = process.stdout.readline()
            except OSError:  # the pipe broke
                answer = b""
            except BaseException:  # Ctrl-C: the answer still to come is not the next request's
                self.close()
                raise
            finally:
                timer.cancel()
            if not answer.endswith(b"\n"):
                raise self._ended(process, expired.is_set())
        return answer_or_error(json.loads(answer))

    def _ended(self, process: subprocess.Popen[bytes], expired: bool) -> TfjsError:
        """Clean up after a process that gave no answer, and say why."""
        status = process.wait()
        assert self._stderr is not None
        self._stderr.seek(0)
        last_lines = self._stderr.read().decode("utf-8", "replace").strip().splitlines()[-15:]
        self.close()
        if expired:
            return TfjsTimeout(
                f"TensorFlow.js in Node gave no answer within {self.timeout:g} s and was stopped. "
                "Use a smaller batch, or a session with a longer timeout."
            )
        said = "\n".join(last_lines) or "(nothing)"
        return TfjsCrashed(
            f"The Node process ended (exit status {status}) before it answered. It said:\n{said}"
        )


def answer_or_error(answer: dict[str, Any], context: str = "") -> Any:
    """The ``result`` of an answer from JavaScript, or its ``error`` raised as a TfjsError."""
    if "error" in answer:
        raise TfjsError(answer["error"] + context, answer.get("stack", ""))
    return answer["result"]


def _absolute(directory: str | Path) -> str:
    return str(Path(directory).absolute())


def _end(process: subprocess.Popen[bytes], stderr: IO[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, stderr):
        if stream is not None:
            with contextlib.suppress(OSError):  # what could not be written stays unwritten
                stream.close()
