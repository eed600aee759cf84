"""Layers in a graph where the same ones are called again and again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tfjsbridge.converters.registry import TfjsLayer


class Blocks(list[TfjsLayer]):
    """A list of layers to be written, each known by its number; see TfjsLayer.

    A block is one layer or several that are joined. Where a block is called first, its layers are
    made; from then on they are called again, with the same weights.
    """

    def __init__(self) -> None:
        super().__init__()
        #: The numbers of the first layers of the blocks.
        self._first: dict[str, int] = {}

    def call(self, name: str, block: Sequence[TfjsLayer], *inputs: int) -> int:
        """Call a block.

        Args:
          name: the block's, and what is added to the names of its layers.
          block: the layers, the same in every call; their own `inputs` are -1 for the first of
            `inputs`, -2 for the second.
          inputs: what the block is called on: numbers, or -1 for the Keras layer's first input, ...

        Returns:
          The number of the last of the layers.
        """
        begin = len(self)
        again = name in self._first
        first = self._first.setdefault(name, begin)
        for number, part in enumerate(block):
            fed_by = part.inputs
            if fed_by is None:
                fed_by = (number - 1,) if number else tuple(-1 - i for i in range(len(inputs)))
            self.append(
                replace(
                    part,
                    inputs=tuple(begin + i if i >= 0 else inputs[-1 - i] for i in fed_by),
                    again=first + number if again else None,
                    suffix=f"{name}_{part.suffix}" if number else name,
                )
            )
        return len(self) - 1
