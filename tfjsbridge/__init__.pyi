from . import (
    callbacks as callbacks,
)
from . import (
    constraints as constraints,
)
from . import (
    converters as converters,
)
from . import (
    initializers as initializers,
)
from . import (
    layers as layers,
)
from . import (
    losses as losses,
)
from . import (
    math as math,
)
from . import (
    metrics as metrics,
)
from . import (
    regularizers as regularizers,
)
from . import (
    report as report,
)
from . import (
    sklearn as sklearn,
)
from . import (
    train as train,
)
from . import (
    training as training,
)
from . import (
    verify as verify,
)
from .graph_model import GraphModel as GraphModel
from .graph_model import loadGraphModel as loadGraphModel
from .models import LayersModel as LayersModel
from .models import Sequential as Sequential
from .models import input as input
from .models import loadLayersModel as loadLayersModel
from .models import model as model
from .models import sequential as sequential
from .ops.arithmetic import abs as abs
from .ops.arithmetic import add as add
from .ops.arithmetic import div as div
from .ops.arithmetic import floorDiv as floorDiv
from .ops.arithmetic import mod as mod
from .ops.arithmetic import mul as mul
from .ops.arithmetic import neg as neg
from .ops.arithmetic import pow as pow
from .ops.arithmetic import sub as sub
from .ops.creation import oneHot as oneHot
from .ops.creation import scalar as scalar
from .ops.creation import tensor as tensor
from .ops.creation import tensor1d as tensor1d
from .ops.creation import tensor2d as tensor2d
from .ops.creation import tensor3d as tensor3d
from .ops.creation import tensor4d as tensor4d
from .ops.creation import tensor5d as tensor5d
from .ops.creation import tensor6d as tensor6d
from .ops.logical import equal as equal
from .ops.logical import greater as greater
from .ops.logical import greaterEqual as greaterEqual
from .ops.logical import less as less
from .ops.logical import lessEqual as lessEqual
from .ops.logical import notEqual as notEqual
from .ops.matrices import matMul as matMul
from .performance import dispose as dispose
from .performance import keep as keep
from .performance import memory as memory
from .performance import tidy as tidy
from .runtime import setRandomSeed as setRandomSeed
from .symbolic import SymbolicTensor as SymbolicTensor
from .tensors import Tensor as Tensor
from .variables import Variable as Variable
from .variables import variable as variable
from .version import TFJS_VERSION as TFJS_VERSION
from .version import __version__ as __version__
