from . import (
    browser as browser,
)
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
    data as data,
)
from . import (
    initializers as initializers,
)
from . import (
    io as io,
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
    models as models,
)
from . import (
    regularizers as regularizers,
)
from . import (
    report as report,
)
from . import (
    serialization as serialization,
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
    util as util,
)
from . import (
    verify as verify,
)
from . import (
    vis as vis,
)
from .backends import backend as backend
from .backends import engine as engine
from .backends import findBackend as findBackend
from .backends import findBackendFactory as findBackendFactory
from .backends import getBackend as getBackend
from .backends import ready as ready
from .backends import registerBackend as registerBackend
from .backends import removeBackend as removeBackend
from .backends import setBackend as setBackend
from .buffers import TensorBuffer as TensorBuffer
from .buffers import buffer as buffer
from .callback import Callback as Callback
from .early_stopping import EarlyStopping as EarlyStopping
from .environment import Environment as Environment
from .environment import disposeVariables as disposeVariables
from .environment import enableDebugMode as enableDebugMode
from .environment import enableProdMode as enableProdMode
from .environment import env as env
from .gradients import customGrad as customGrad
from .gradients import grad as grad
from .gradients import grads as grads
from .gradients import valueAndGrad as valueAndGrad
from .gradients import valueAndGrads as valueAndGrads
from .gradients import variableGrads as variableGrads
from .graph_model import GraphModel as GraphModel
from .graph_model import loadGraphModel as loadGraphModel
from .graph_model import loadGraphModelSync as loadGraphModelSync
from .graph_ops import deregisterOp as deregisterOp
from .graph_ops import getRegisteredOp as getRegisteredOp
from .graph_ops import registerOp as registerOp
from .losses import Reduction as Reduction
from .models import LayersModel as LayersModel
from .models import Sequential as Sequential
from .models import input as input
from .models import loadLayersModel as loadLayersModel
from .models import model as model
from .models import sequential as sequential
from .ops import fused as fused
from .ops import image as image
from .ops import (
    linalg as linalg,
)
from .ops import (
    signal as signal,
)
from .ops import (
    sparse as sparse,
)
from .ops import (
    spectral as spectral,
)
from .ops import (
    string as string,
)
from .ops.activations import elu as elu
from .ops.activations import leakyRelu as leakyRelu
from .ops.activations import logSigmoid as logSigmoid
from .ops.activations import prelu as prelu
from .ops.activations import relu as relu
from .ops.activations import relu6 as relu6
from .ops.activations import selu as selu
from .ops.activations import sigmoid as sigmoid
from .ops.activations import softplus as softplus
from .ops.activations import step as step
from .ops.arithmetic import add as add
from .ops.arithmetic import addN as addN
from .ops.arithmetic import div as div
from .ops.arithmetic import divNoNan as divNoNan
from .ops.arithmetic import floorDiv as floorDiv
from .ops.arithmetic import maximum as maximum
from .ops.arithmetic import minimum as minimum
from .ops.arithmetic import mod as mod
from .ops.arithmetic import mul as mul
from .ops.arithmetic import pow as pow
from .ops.arithmetic import squaredDifference as squaredDifference
from .ops.arithmetic import sub as sub
from .ops.basic_math import abs as abs
from .ops.basic_math import acos as acos
from .ops.basic_math import acosh as acosh
from .ops.basic_math import asin as asin
from .ops.basic_math import asinh as asinh
from .ops.basic_math import atan as atan
from .ops.basic_math import atan2 as atan2
from .ops.basic_math import atanh as atanh
from .ops.basic_math import ceil as ceil
from .ops.basic_math import clipByValue as clipByValue
from .ops.basic_math import cos as cos
from .ops.basic_math import cosh as cosh
from .ops.basic_math import erf as erf
from .ops.basic_math import exp as exp
from .ops.basic_math import expm1 as expm1
from .ops.basic_math import floor as floor
from .ops.basic_math import isFinite as isFinite
from .ops.basic_math import isInf as isInf
from .ops.basic_math import isNaN as isNaN
from .ops.basic_math import log as log
from .ops.basic_math import log1p as log1p
from .ops.basic_math import neg as neg
from .ops.basic_math import reciprocal as reciprocal
from .ops.basic_math import round as round
from .ops.basic_math import rsqrt as rsqrt
from .ops.basic_math import sign as sign
from .ops.basic_math import sin as sin
from .ops.basic_math import sinh as sinh
from .ops.basic_math import sqrt as sqrt
from .ops.basic_math import square as square
from .ops.basic_math import tan as tan
from .ops.basic_math import tanh as tanh
from .ops.blocks import batchToSpaceND as batchToSpaceND
from .ops.blocks import depthToSpace as depthToSpace
from .ops.blocks import spaceToBatchND as spaceToBatchND
from .ops.convolution import conv1d as conv1d
from .ops.convolution import conv2d as conv2d
from .ops.convolution import conv2dTranspose as conv2dTranspose
from .ops.convolution import depthwiseConv2d as depthwiseConv2d
from .ops.convolution import dilation2d as dilation2d
from .ops.convolution import separableConv2d as separableConv2d
from .ops.convolution3d import conv3d as conv3d
from .ops.convolution3d import conv3dTranspose as conv3dTranspose
from .ops.counts import bincount as bincount
from .ops.counts import denseBincount as denseBincount
from .ops.creation import clone as clone
from .ops.creation import complex as complex
from .ops.creation import imag as imag
from .ops.creation import print as print
from .ops.creation import real as real
from .ops.creation import scalar as scalar
from .ops.creation import tensor as tensor
from .ops.creation import tensor1d as tensor1d
from .ops.creation import tensor2d as tensor2d
from .ops.creation import tensor3d as tensor3d
from .ops.creation import tensor4d as tensor4d
from .ops.creation import tensor5d as tensor5d
from .ops.creation import tensor6d as tensor6d
from .ops.dropout import dropout as dropout
from .ops.evaluation import inTopKAsync as inTopKAsync
from .ops.evaluation import lowerBound as lowerBound
from .ops.evaluation import searchSorted as searchSorted
from .ops.evaluation import topk as topk
from .ops.evaluation import unique as unique
from .ops.evaluation import upperBound as upperBound
from .ops.filling import diag as diag
from .ops.filling import eye as eye
from .ops.filling import fill as fill
from .ops.filling import linspace as linspace
from .ops.filling import oneHot as oneHot
from .ops.filling import ones as ones
from .ops.filling import onesLike as onesLike
from .ops.filling import range as range
from .ops.filling import zeros as zeros
from .ops.filling import zerosLike as zerosLike
from .ops.joining import concat as concat
from .ops.joining import concat1d as concat1d
from .ops.joining import concat2d as concat2d
from .ops.joining import concat3d as concat3d
from .ops.joining import concat4d as concat4d
from .ops.joining import meshgrid as meshgrid
from .ops.joining import stack as stack
from .ops.logical import bitwiseAnd as bitwiseAnd
from .ops.logical import equal as equal
from .ops.logical import greater as greater
from .ops.logical import greaterEqual as greaterEqual
from .ops.logical import less as less
from .ops.logical import lessEqual as lessEqual
from .ops.logical import logicalAnd as logicalAnd
from .ops.logical import logicalNot as logicalNot
from .ops.logical import logicalOr as logicalOr
from .ops.logical import logicalXor as logicalXor
from .ops.logical import notEqual as notEqual
from .ops.logical import where as where
from .ops.logical import whereAsync as whereAsync
from .ops.matrices import dot as dot
from .ops.matrices import einsum as einsum
from .ops.matrices import euclideanNorm as euclideanNorm
from .ops.matrices import matMul as matMul
from .ops.matrices import norm as norm
from .ops.matrices import outerProduct as outerProduct
from .ops.matrices import transpose as transpose
from .ops.moving_average import movingAverage as movingAverage
from .ops.normalization import batchNorm as batchNorm
from .ops.normalization import batchNorm2d as batchNorm2d
from .ops.normalization import batchNorm3d as batchNorm3d
from .ops.normalization import batchNorm4d as batchNorm4d
from .ops.normalization import localResponseNormalization as localResponseNormalization
from .ops.normalization import logSoftmax as logSoftmax
from .ops.normalization import moments as moments
from .ops.normalization import softmax as softmax
from .ops.padding import mirrorPad as mirrorPad
from .ops.padding import pad as pad
from .ops.padding import pad1d as pad1d
from .ops.padding import pad2d as pad2d
from .ops.padding import pad3d as pad3d
from .ops.padding import pad4d as pad4d
from .ops.pooling import avgPool as avgPool
from .ops.pooling import maxPool as maxPool
from .ops.pooling import maxPoolWithArgmax as maxPoolWithArgmax
from .ops.pooling import pool as pool
from .ops.pooling3d import avgPool3d as avgPool3d
from .ops.pooling3d import maxPool3d as maxPool3d
from .ops.ragged import raggedGather as raggedGather
from .ops.ragged import raggedRange as raggedRange
from .ops.ragged import raggedTensorToTensor as raggedTensorToTensor
from .ops.random import multinomial as multinomial
from .ops.random import rand as rand
from .ops.random import randomGamma as randomGamma
from .ops.random import randomNormal as randomNormal
from .ops.random import randomStandardNormal as randomStandardNormal
from .ops.random import randomUniform as randomUniform
from .ops.random import randomUniformInt as randomUniformInt
from .ops.random import truncatedNormal as truncatedNormal
from .ops.reduction import all as all
from .ops.reduction import any as any
from .ops.reduction import argMax as argMax
from .ops.reduction import argMin as argMin
from .ops.reduction import logSumExp as logSumExp
from .ops.reduction import max as max
from .ops.reduction import mean as mean
from .ops.reduction import min as min
from .ops.reduction import prod as prod
from .ops.reduction import sum as sum
from .ops.rnn import basicLSTMCell as basicLSTMCell
from .ops.rnn import multiRNNCell as multiRNNCell
from .ops.scan import cumprod as cumprod
from .ops.scan import cumsum as cumsum
from .ops.scattering import gatherND as gatherND
from .ops.scattering import scatterND as scatterND
from .ops.scattering import sparseToDense as sparseToDense
from .ops.scattering import tensorScatterUpdate as tensorScatterUpdate
from .ops.segment import unsortedSegmentSum as unsortedSegmentSum
from .ops.slicing import booleanMaskAsync as booleanMaskAsync
from .ops.slicing import gather as gather
from .ops.slicing import reverse as reverse
from .ops.slicing import reverse1d as reverse1d
from .ops.slicing import reverse2d as reverse2d
from .ops.slicing import reverse3d as reverse3d
from .ops.slicing import reverse4d as reverse4d
from .ops.slicing import slice as slice
from .ops.slicing import slice1d as slice1d
from .ops.slicing import slice2d as slice2d
from .ops.slicing import slice3d as slice3d
from .ops.slicing import slice4d as slice4d
from .ops.slicing import split as split
from .ops.slicing import tile as tile
from .ops.slicing import unstack as unstack
from .ops.spectral import fft as fft
from .ops.spectral import ifft as ifft
from .ops.spectral import irfft as irfft
from .ops.spectral import rfft as rfft
from .ops.strided_slice import stridedSlice as stridedSlice
from .ops.transformations import broadcastArgs as broadcastArgs
from .ops.transformations import broadcastTo as broadcastTo
from .ops.transformations import cast as cast
from .ops.transformations import ensureShape as ensureShape
from .ops.transformations import expandDims as expandDims
from .ops.transformations import reshape as reshape
from .ops.transformations import setdiff1dAsync as setdiff1dAsync
from .ops.transformations import squeeze as squeeze
from .optimizers import AdadeltaOptimizer as AdadeltaOptimizer
from .optimizers import AdagradOptimizer as AdagradOptimizer
from .optimizers import AdamaxOptimizer as AdamaxOptimizer
from .optimizers import AdamOptimizer as AdamOptimizer
from .optimizers import MomentumOptimizer as MomentumOptimizer
from .optimizers import Optimizer as Optimizer
from .optimizers import RMSPropOptimizer as RMSPropOptimizer
from .optimizers import SGDOptimizer as SGDOptimizer
from .performance import dispose as dispose
from .performance import keep as keep
from .performance import memory as memory
from .performance import nextFrame as nextFrame
from .performance import profile as profile
from .performance import tidy as tidy
from .performance import time as time
from .runtime import setRandomSeed as setRandomSeed
from .symbolic import SymbolicTensor as SymbolicTensor
from .tensors import Tensor as Tensor
from .variables import Variable as Variable
from .variables import variable as variable
from .version import TFJS_VERSION as TFJS_VERSION
from .version import __version__ as __version__
