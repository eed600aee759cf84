"""Everything that can go wrong while a model is verified in real TensorFlow.js."""

from __future__ import annotations


class VerifyError(RuntimeError):
    """The base of every error of :mod:`tfjsbridge.verify`."""


class NodeNotFound(VerifyError):
    """There is no Node.js 18 or newer (or no npm) on this machine."""


class NpmInstallFailed(VerifyError):
    """npm could not install the TensorFlow.js packages."""


class BrowserNotFound(VerifyError):
    """There is no Chromium, or it does not start, or playwright is not installed."""


class TfjsError(VerifyError):
    """TensorFlow.js did not give an answer; ``stack`` is where in JavaScript, if known."""

    def __init__(self, message: str, stack: str = "") -> None:
        super().__init__(message)
        self.stack = stack


class TfjsCrashed(TfjsError):
    """The process that ran TensorFlow.js ended before it answered."""


class TfjsTimeout(TfjsError):
    """TensorFlow.js took longer than the session's timeout and was stopped."""


class VerificationFailed(VerifyError):
    """An exported model does not predict what the Python model predicts."""
