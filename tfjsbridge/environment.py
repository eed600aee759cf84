"""The environment of the tf.js API: flags, debug and production mode.

Follows tfjs-core/src/{environment,flags,globals}.ts and the flags_*.ts of the backends. Flags that
choose between ways of computing in a page can be set and read, but nothing here asks for them:
TensorFlow computes. `DEBUG`, `CHECK_COMPUTATION_FOR_ERRORS` and `KEEP_INTERMEDIATE_TENSORS` do here
what they do in tf.js.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from tfjsbridge.promises import resolved
from tfjsbridge.tfjs_engine import ENGINE
from tfjsbridge.variables import dispose_variables

__all__ = [
    "Environment",
    "disposeVariables",
    "enableDebugMode",
    "enableProdMode",
    "env",
]


class Environment:
    """Flags by name; `tf.env()` is the one that counts."""

    def __init__(self, global_: Any = None):
        """An environment without flags.

        Args:
          global_: in tf.js the page's global object; has no effect.
        """
        self.flags: dict[str, Any] = {}
        self._registry: dict[str, tuple[Callable[[], Any], Callable[[Any], object] | None]] = {}

    def registerFlag(
        self,
        flagName: str,
        evaluationFn: Callable[[], Any],
        setHook: Callable[[Any], object] | None = None,
    ) -> None:
        """Have a flag of a name.

        Args:
          flagName: the name.
          evaluationFn: gives the value that the flag has until it is set; it may be `async`.
          setHook: is called with each value that is set.
        """
        self._registry[flagName] = evaluationFn, setHook

    def get(self, flagName: str) -> Any:
        """The value of a flag.

        Raises:
          ValueError: for a flag that there is not.
        """
        if flagName not in self.flags:
            if flagName not in self._registry:
                raise ValueError(
                    f"Cannot evaluate flag '{flagName}': no evaluation function found."
                )
            self.flags[flagName] = resolved(self._registry[flagName][0]())
        return self.flags[flagName]

    def getAsync(self, flagName: str) -> Any:
        """`get`: here nothing has to be waited for."""
        return self.get(flagName)

    def getNumber(self, flagName: str) -> Any:
        """`get`, of a flag that is a number."""
        return self.get(flagName)

    def getBool(self, flagName: str) -> Any:
        """`get`, of a flag that is true or false."""
        return self.get(flagName)

    def getString(self, flagName: str) -> Any:
        """`get`, of a flag that is a text."""
        return self.get(flagName)

    def getFlags(self) -> dict[str, Any]:
        """The flags that have been set or read, by name."""
        return self.flags

    @property
    def features(self) -> dict[str, Any]:
        """An older name of `getFlags()`."""
        return self.flags

    def set(self, flagName: str, value: Any) -> None:
        """Set a flag.

        Raises:
          ValueError: for a flag that there is not.
        """
        if flagName not in self._registry:
            raise ValueError(f"Cannot set flag {flagName} as it has not been registered.")
        self.flags[flagName] = value
        hook = self._registry[flagName][1]
        if hook is not None:
            hook(value)
        _take_up(self)

    def setFlags(self, flags: dict[str, Any]) -> None:
        """Set flags, and forget what the others were set to."""
        self.flags = dict(flags)
        _take_up(self)

    def reset(self) -> None:
        """Forget what all flags were set to."""
        self.flags = {}
        _take_up(self)


def _take_up(environment: Environment) -> None:
    """Let the engine know what the flags say, which it does not look up at each operation."""
    if environment is ENV:
        debug = bool(environment.flags.get("DEBUG", False))
        check = bool(environment.flags.get("CHECK_COMPUTATION_FOR_ERRORS", debug))
        ENGINE.watch(debug, check)


def _warn_of_debugging(value: Any) -> None:
    if value:
        warnings.warn(
            "Debugging mode is ON. The output of every math call will be downloaded to CPU and "
            "checked for NaNs. This significantly impacts performance.",
            stacklevel=4,
        )


def _no_webgl() -> Any:
    raise ValueError("Cannot get WebGL rendering context, WebGL is disabled.")


#: Flags that nothing here asks for, with what tf.js says where there is no page.
_OTHERS: dict[str, Any] = {
    "IS_BROWSER": False,
    "IS_NODE": False,
    "IS_CHROME": False,
    "IS_SAFARI": False,
    "PROD": False,
    "DEPRECATION_WARNINGS_ENABLED": True,
    "IS_TEST": False,
    "WRAP_TO_IMAGEBITMAP": False,
    "CANVAS2D_WILL_READ_FREQUENTLY_FOR_GPU": False,
    "USE_SETTIMEOUTCUSTOM": False,
    "TOPOLOGICAL_SORT_CACHE_MAX_ENTRIES": 100,
    "KEEP_INTERMEDIATE_TENSORS": False,
    "HAS_WEBGL": False,
    "WEBGL_VERSION": 0,
    "WEBGL_CHECK_NUMERICAL_PROBLEMS": False,
    "WEBGL_BUFFER_SUPPORTED": False,
    "WEBGL_CPU_FORWARD": True,
    "WEBGL_FORCE_F16_TEXTURES": False,
    "WEBGL_PACK": False,
    "WEBGL_PACK_NORMALIZATION": False,
    "WEBGL_PACK_CLIP": False,
    "WEBGL_PACK_DEPTHWISECONV": False,
    "WEBGL_PACK_BINARY_OPERATIONS": False,
    "WEBGL_PACK_UNARY_OPERATIONS": False,
    "WEBGL_PACK_ARRAY_OPERATIONS": False,
    "WEBGL_PACK_IMAGE_OPERATIONS": False,
    "WEBGL_PACK_REDUCE": False,
    "WEBGL_LAZILY_UNPACK": False,
    "WEBGL_CONV_IM2COL": False,
    "WEBGL_PACK_CONV2DTRANSPOSE": False,
    "WEBGL_DISJOINT_QUERY_TIMER_EXTENSION_VERSION": 0,
    "WEBGL_DISJOINT_QUERY_TIMER_EXTENSION_RELIABLE": False,
    "WEBGL_RENDER_FLOAT32_CAPABLE": False,
    "WEBGL_RENDER_FLOAT32_ENABLED": False,
    "WEBGL_DOWNLOAD_FLOAT_ENABLED": False,
    "WEBGL_FENCE_API_ENABLED": False,
    "WEBGL_SIZE_UPLOAD_UNIFORM": 0,
    "WEBGL_DELETE_TEXTURE_THRESHOLD": -1,
    "WEBGL_FLUSH_THRESHOLD": -1,
    "CPU_HANDOFF_SIZE_THRESHOLD": 128,
    "WEBGL_USE_SHAPES_UNIFORMS": False,
    "TOPK_LAST_DIM_CPU_HANDOFF_SIZE_THRESHOLD": 100000,
    "TOPK_K_CPU_HANDOFF_THRESHOLD": 128,
    "WEBGL_EXP_CONV": False,
    "SOFTWARE_WEBGL_ENABLED": False,
    "WEBGL_MAX_SIZE_FOR_NARROW_TEXTURE": float("inf"),
    "WEBGL_AUTO_SQUARIFY_NARROW_TEXTURE_SHAPE": False,
    "WEBGL2_ISNAN_CUSTOM": False,
    "ENGINE_COMPILE_ONLY": False,
    "WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE": 15,
    "WEBGPU_CPU_FORWARD": True,
    "WEBGPU_MATMUL_PROGRAM_TYPE": -1,
    "WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE": True,
    "WEBGPU_USE_LOW_POWER_GPU": False,
    "WEBGPU_CPU_HANDOFF_SIZE_THRESHOLD": 1000,
    "WEBGPU_USE_PROFILE_TOOL": False,
    "WEBGPU_IMPORT_EXTERNAL_TEXTURE": True,
    "WEBGPU_USE_NAIVE_CONV2D_DEBUG": False,
    "WEBGPU_THRESHOLD_TO_INCREASE_WORKGROUPS_FOR_MATMUL": -1,
    "WEBGPU_CONV_SEPARATE_IM2COL_SHADER": False,
    "WEBGPU_PRINT_SHADER": "",
    "WEBGPU_ENGINE_COMPILE_ONLY": False,
    "WASM_HAS_SIMD_SUPPORT": False,
    "WASM_HAS_MULTITHREAD_SUPPORT": False,
}


def _with_flags() -> Environment:
    environment = Environment()
    environment.registerFlag("DEBUG", lambda: False, _warn_of_debugging)
    for name in ("TENSORLIKE_CHECK_SHAPE_CONSISTENCY", "CHECK_COMPUTATION_FOR_ERRORS"):
        environment.registerFlag(name, lambda: environment.get("DEBUG"))
    for name in ("WEBGL_MAX_TEXTURE_SIZE", "WEBGL_MAX_TEXTURES_IN_SHADER"):
        environment.registerFlag(name, _no_webgl)
    for name, value in _OTHERS.items():
        environment.registerFlag(name, lambda value=value: value)  # type: ignore[misc]
    return environment


ENV = _with_flags()


def env() -> Environment:
    """The environment: `tf.env().set("DEBUG", True)`."""
    return ENV


def enableProdMode() -> None:
    """Set the flag PROD, for which tf.js leaves checks out; here they all stay."""
    ENV.set("PROD", True)


def enableDebugMode() -> None:
    """Print each operation: its time, and the shapes of what goes in and comes out.

    A result with NaN or an infinity is warned of. `tf.env().set("DEBUG", False)` ends it. What is
    computed in one piece, as the training of a model, is not seen.
    """
    ENV.set("DEBUG", True)


def disposeVariables() -> None:
    """Dispose of all variables of `tf.variable`.

    The weights of models stay, which are variables of TensorFlow's here; in tf.js they go too, and
    the models cannot be used any more.
    """
    dispose_variables()
