"""tfjsbridge: TensorFlow.js's API over TensorFlow and Keras 3, and the bridge to the browser.

`import tfjsbridge as tf`. What stands here is listed in `__init__.pyi`; each name is loaded at its
first use, so that the import itself loads no TensorFlow.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)

del _lazy
