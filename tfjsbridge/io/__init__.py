"""tf.io: models as files, over the web, in memory, or by handlers of one's own.

A handler is an object, or a dict, with `load()`, which gives a model's artifacts, or with
`save(artifacts)`. Artifacts are a dict with tf.js's keys: `modelTopology`, `weightSpecs`,
`weightData` (bytes), and more.
"""

from tfjsbridge.io.artifacts import (
    IOHandler,
    LoadOptions,
    ModelArtifacts,
    concatenateArrayBuffers,
    getModelArtifactsForJSON,
    getModelArtifactsForJSONSync,
    getModelArtifactsInfoForJSON,
    getWeightSpecs,
)
from tfjsbridge.io.file_system import fileSystem
from tfjsbridge.io.handlers import (
    getLoadHandlers,
    getSaveHandlers,
    registerLoadRouter,
    registerSaveRouter,
)
from tfjsbridge.io.http_request import browserHTTPRequest, http, isHTTPScheme
from tfjsbridge.io.model_management import copyModel, listModels, moveModel, removeModel
from tfjsbridge.io.page_only import browserDownloads, browserFiles
from tfjsbridge.io.passthrough import (
    fromMemory,
    fromMemorySync,
    withSaveHandler,
    withSaveHandlerSync,
)
from tfjsbridge.io.weights import (
    decodeWeights,
    decodeWeightsStream,
    encodeWeights,
    loadWeights,
    weightsLoaderFactory,
)

__all__ = [
    "IOHandler",
    "LoadOptions",
    "ModelArtifacts",
    "browserDownloads",
    "browserFiles",
    "browserHTTPRequest",
    "concatenateArrayBuffers",
    "copyModel",
    "decodeWeights",
    "decodeWeightsStream",
    "encodeWeights",
    "fileSystem",
    "fromMemory",
    "fromMemorySync",
    "getLoadHandlers",
    "getModelArtifactsForJSON",
    "getModelArtifactsForJSONSync",
    "getModelArtifactsInfoForJSON",
    "getSaveHandlers",
    "getWeightSpecs",
    "http",
    "isHTTPScheme",
    "listModels",
    "loadWeights",
    "moveModel",
    "registerLoadRouter",
    "registerSaveRouter",
    "removeModel",
    "weightsLoaderFactory",
    "withSaveHandler",
    "withSaveHandlerSync",
]
