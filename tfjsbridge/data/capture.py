"""What only a page has: its camera and its microphone.

Follows tfjs-data/src/readers.ts and iterators/{webcam,microphone}_iterator.ts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from tfjsbridge.options import options


@options
def webcam(
    webcamVideoElement: Any = None,
    *,
    facingMode: str | None = None,
    deviceId: str | None = None,
    resizeWidth: int | None = None,
    resizeHeight: int | None = None,
    centerCrop: bool | None = None,
) -> NoReturn:
    """Pictures of the camera, which only a page has.

    Raises:
      NotImplementedError: always, saying what to do here.
    """
    raise NotImplementedError(
        "tf.data.webcam() needs a page's <video> element and the user's leave. In Python, read "
        "pictures with a package such as OpenCV and give them to tf.data.generator: a generator "
        "that yields tf.browser.fromPixels(frame) for each."
    )


@options
def microphone(
    *,
    sampleRateHz: int | None = None,
    fftSize: int | None = None,
    columnTruncateLength: int | None = None,
    numFramesPerSpectrogram: int | None = None,
    audioTrackConstraints: Mapping[str, Any] | None = None,
    smoothingTimeConstant: float | None = None,
    includeSpectrogram: bool | None = None,
    includeWaveform: bool | None = None,
) -> NoReturn:
    """Spectrograms of the microphone, which only a page has.

    Raises:
      NotImplementedError: always, saying what to do here.
    """
    raise NotImplementedError(
        "tf.data.microphone() needs a page's audio and the user's leave. In Python, record with a "
        "package such as sounddevice and give tf.data.generator a generator that yields "
        "tf.signal.stft(waveform, frameLength, frameStep) for each piece."
    )
