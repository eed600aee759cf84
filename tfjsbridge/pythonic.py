"""Configurations as tf.js has them in a program (camel case) and in a file (snake case).

Follows tfjs-layers/src/utils/serialization_utils.ts and generic_utils.ts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from tfjsbridge.errors import unknown_name
from tfjsbridge.naming import snake_case

#: What names layers: these stay as they are.
_NAMES = ("name", "className", "inboundNodes", "inputLayers", "outputLayers")


def camel_case(text: str) -> str:
    """`fan_in` as `fanIn`."""
    if len(text) <= 1 or "_" not in text:
        return text
    return re.sub(r"_+(\w|$)", lambda found: found[1].upper(), text)


def from_pythonic(config: Any, key: str = "") -> Any:
    """The configuration of a file as that of a program (`convertPythonicToTs`)."""
    if isinstance(config, str):
        return config if key in _NAMES else camel_case(config)
    if isinstance(config, (list, tuple)):
        return [from_pythonic(each, key) for each in config]
    if isinstance(config, Mapping):
        named = ((camel_case(name), value) for name, value in config.items())
        return {name: from_pythonic(value, name) for name, value in named}
    return config


def to_pythonic(config: Any, key: str = "") -> Any:
    """The configuration of a program as that of a file (`convertTsToPythonic`)."""
    if isinstance(config, str):
        return config if key in _NAMES else snake_case(config)
    if isinstance(config, (list, tuple)):
        return [to_pythonic(each, key) for each in config]
    if isinstance(config, Mapping):
        return {snake_case(name): to_pythonic(value, name) for name, value in config.items()}
    return config


def pythonic_entry(kind: str, entry: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    """{"className": ..., "config": ...} of a program as the entry of a file.

    Args:
      kind: what it is, for the message.
      entry: what `layer.getConfig()` says of an initializer, a regularizer or a constraint.
      known: the class names that there are.

    Raises:
      ValueError: for another one.
    """
    name = entry.get("className")
    if name not in known:
        raise unknown_name(kind, name, known)
    return {"class_name": name, "config": to_pythonic(entry.get("config") or {})}
