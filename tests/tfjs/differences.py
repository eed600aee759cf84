"""Where results are not those of TensorFlow.js, and why.

Every entry is named by the test that fails when it has gone; the docs list them.
"""

from __future__ import annotations

#: In the low-level API: where tf.js's own result makes sense, and ours is another one.
DIFFERENCES = {
    "subnormal results": "TensorFlow flushes them to 0: 1e-30 / 1e10 is 0 here, 1e-40 in tf.js.",
    "powers of one": "1 to the power of NaN, and 1 or -1 to that of an infinity, are 1 in C and in "
    "NumPy, and NaN in JavaScript.",
    "values that would be changed": "Strings among numbers, None among strings and integers "
    "beyond int32 are refused. tf.js takes them as NaN, as the string null and modulo 2**32.",
    "the order of what is not sorted": "topk with sorted=False leaves its order open, and differs "
    "in it; the values are the same.",
    "gradients of int32 and bool": "TensorFlow records floating-point tensors only. tf.js "
    "differentiates by int32 and bool tensors and through casts to them; the error says to cast.",
    "infinite filters over padding": "With padding in numbers, 0 times an infinite value of a "
    "convolution's filter is NaN here; tf.js leaves padding out, as both do with same.",
    "the slope of a fused leakyrelu": "Left out it is 0.2, as in tf.leakyRelu. tf.js's fused "
    "convolutions give NaN then, but take 0.2 within tf.grad.",
}

#: Where tf.js's result is no sensible one: memory that was never written, a shape with holes, other
#: values than its own documentation or its own other functions say. Here it is right, or refused.
FAULTS = {
    "add of a complex64 scalar": "tf.js reads beyond its end, and gives NaN; so in sub and mul, "
    "and for every tensor that lacks axes of the other one.",
    "abs and square of int32": "tf.js's cpu kernels compute them in float32, so that they are "
    "rounded beyond 2**24; mul of the same numbers is exact.",
    "gradients of maximum, minimum and squaredDifference": "tf.js forgets to sum over the axes "
    "that were broadcast, and fails.",
    "gradient of prelu": "tf.js forgets to sum that of x over the axes in which x was broadcast, "
    "and fails.",
    "where that is broadcast to no values": "tf.js forgets to broadcast a and b, and gives values "
    "in another shape.",
    "gradient of acosh below 1": "tf.js gives one of a value that is NaN.",
    "gradient of divNoNan": "tf.js fails: it computes it by an operation that has no gradient.",
    "depthwiseConv2d of NCHW": "tf.js's cpu kernel computes it as NHWC, its webgl kernel as NCHW.",
    "conv2dTranspose to a shape that does not fit": "tf.js reads beside x in memory.",
    "topk of infinities": "tf.js compares by the difference, which is NaN of two infinities, and "
    "gives other values than the largest.",
    "matMul of two broadcast batches": "tf.js computes as many matrices as the larger one has, or "
    "fails.",
    "transpose by an axis twice": "tf.js makes zeros, with some of the values.",
    "einsum": "tf.js leaves axes in the result that only one of two tensors has and that are to be "
    "summed over, takes tensors of another rank than the equation says, and stores products in the "
    "dtype of the last tensor, so that those of float32 and int32 are truncated.",
    "raggedTensorToTensor": "Of values with more than one axis tf.js takes a size for an axis; of "
    "values that the row splits name but that are not there it reads undefined ones.",
    "an axis that is named twice": "tf.js reduces other axes than the ones named, or divides a mean"
    " by too much.",
    "denseBincount of weights in another shape": "tf.js counts NaN, though it says that the shapes "
    "must be equal.",
    "axes of cumsum and cumprod": "For a negative axis tf.js gives a shape with holes, for one out "
    "of range sums that go on from row to row, and its gradient of cumsum is transposed.",
    "stridedSlice of an axis that falls away beside a stride": "tf.js forgets that axis when it "
    "steps through the others, and reads values at other places.",
    "losses of bool": "tf.js stores false - true in a byte, as 255.",
    "huberLoss of complex64": "tf.js compares real parts and multiplies complex numbers, where its "
    "other losses that compare refuse them; it is refused here.",
    "second derivatives of losses": "tf.js has none through comparisons and of what customGrad has "
    "saved, and takes the saved result of exp for a constant.",
    "oneHot of a depth that is no whole number": "tf.js makes a tensor of the shape [1, 2.5].",
    "a buffer's value at a place outside": "tf.js sets another value.",
    "truncatedNormal of no spread": "tf.js searches without end where no value can be right.",
    "lengths that are no whole numbers": "Of a fraction tf.signal.frame makes the shape [3, 2.5], "
    "and tf.js's windows are those of a whole number; they are refused here.",
    "frames of what is no vector": "tf.js cuts the rows of a matrix of one column, where padEnd is "
    "off, and refuses other ones; all are refused here.",
    "transform of several images": "tf.js's cpu kernel stops after the first and leaves the others "
    "at the fill value, and of no images it forgets outputShape. Here it is as on wasm.",
    "gradient of resizeBilinear": "tf.js's cpu kernel exchanges width and height in its shape, so "
    "that images must be square. Here it is as on wasm.",
    "gradient of resizeNearestNeighbor": "Of all images but the first tf.js's cpu kernel reads it "
    "as if the result had the size of the image. Here it is as on wasm.",
    "gradients of operations on images": "tf.js has none of cropAndResize, flipLeftRight, "
    "rgbToGrayscale, rotateWithOffset and transform, and fails.",
    "a center of rotateWithOffset that is not [x, y]": "Of one number tf.js takes NaN for the "
    "other, so that nothing of the image is seen; it is refused here.",
    "nonMaxSuppressionAsync of complex64": "Where tf.js gives a Promise it takes real and "
    "imaginary parts for boxes and scores of their own; they are refused here as without one.",
    "sizes that are no whole numbers": "tf.js makes tensors of the shape [2.5] in bincount, and of "
    "resized images; they are refused here.",
}

#: In the layers API: the same.
LAYER_DIFFERENCES = {
    "averages over padding": "The gradient of a mean over padding is divided by how many values it "
    "has; in tf.js by the size of the window.",
    "data that ends within an epoch": "With batchesPerEpoch the next epoch begins it anew, with a "
    "warning; in tf.js all further epochs are empty.",
}

#: Functions of the layers API with other parameters.
SIGNATURES = {
    "tf.LayersModel.fit": "has validationFreq of Keras, and jit and backupDir of the fit engine.",
    "tf.LayersModel.getLayer": "takes a name or an index alone, as the two other declarations say.",
    "tf.Sequential.fit": "has validationFreq of Keras, and jit and backupDir of the fit engine.",
    "tf.layers.convLstm2d": "has the options that tf.js's declaration inherits by Omit<...>, too.",
    "tf.layers.convLstm2dCell": "has the options that tf.js's declaration inherits by Omit<...>.",
    "tf.layers.gru": "has resetAfter, as its cell has.",
    "tf.layers.spatialDropout1d": "has inputShape and the like, as tf.js's code; its declaration "
    "says input_shape.",
    "tf.metrics.binaryAccuracy": "has a threshold.",
}

#: In the layers API: where tf.js fails, or gives no sensible result. Here it works.
LAYER_FAULTS = {
    "gradients that tf.js has not": "Of convolutions with dilation, of conv3dTranspose, with an "
    "activityRegularizer, and of what goes into thresholdedReLU it fails in training.",
    "gradient of upSampling2d": "tf.js's cpu backend has a wrong one for several images, or "
    "images that are not square.",
    "normalization without a weight": "With scale or center off tf.js fails in training: its "
    "optimizers want the weight that is not there.",
    "preprocessing in models": "resizing, centerCrop and categoryEncoding fail in tf.js's models; "
    "models with them are saved as layers that tf.js can compute.",
    "evaluation of several outputs": "tf.js has one value too many while it validates, so that its "
    "names are off by one.",
}
