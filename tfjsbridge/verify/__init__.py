"""Run an exported model in real TensorFlow.js, in Node and in Chromium, and compare.

>>> report = verify(model, "exported/", browser=True)
>>> print(report)
>>> report.raise_for_difference()
"""

from __future__ import annotations

from tfjsbridge.verify.browser import BrowserSession
from tfjsbridge.verify.compare import Difference, differences
from tfjsbridge.verify.errors import (
    BrowserNotFound,
    NodeNotFound,
    NpmInstallFailed,
    TfjsCrashed,
    TfjsError,
    TfjsTimeout,
    VerificationFailed,
    VerifyError,
)
from tfjsbridge.verify.inputs import InputSpec, Signature, sample_inputs
from tfjsbridge.verify.node import NodeSession
from tfjsbridge.verify.npm import node_executable, tfjs_packages
from tfjsbridge.verify.report import Report, Row
from tfjsbridge.verify.run import verify

__all__ = [
    "BrowserNotFound",
    "BrowserSession",
    "Difference",
    "InputSpec",
    "NodeNotFound",
    "NodeSession",
    "NpmInstallFailed",
    "Report",
    "Row",
    "Signature",
    "TfjsCrashed",
    "TfjsError",
    "TfjsTimeout",
    "VerificationFailed",
    "VerifyError",
    "differences",
    "node_executable",
    "sample_inputs",
    "tfjs_packages",
    "verify",
]
