"""What a benchmark ran on."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from pathlib import Path

import numpy as np

from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.verify.npm import node_executable, tfjs_version


def machine() -> str:
    """The processor and the versions, in a sentence."""
    node = subprocess.run(
        [str(node_executable()), "--version"], capture_output=True, encoding="utf-8"
    ).stdout.strip()
    return (
        f"{os.cpu_count()} cores of {_processor()}, {platform.system()}, "
        f"Python {platform.python_version()}, TensorFlow {tensorflow.__version__}, "
        f"Keras {keras.__version__}, NumPy {np.__version__}, tf.js {tfjs_version()}, "
        f"Node {node.lstrip('v')}"
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", info.read_text()) if info.exists() else None
    return found[1].strip() if found else platform.processor() or platform.machine()
