"""The classes of optimizers: what tf.train makes.

Follows tfjs-core/src/optimizers/*.ts. A Keras optimizer with tf.js's formula holds the settings and
the state, so that `minimize` and a model's `fit` go on with the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tfjsbridge import keras_optimizers
from tfjsbridge.gradients import variableGrads
from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.shapes import number
from tfjsbridge.performance import dispose, keep
from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.tensors import Tensor, tensor_from
from tfjsbridge.tfjs_engine import track
from tfjsbridge.variable_names import names_of, tensorflow_variable, variable_named
from tfjsbridge.variables import changed_in_place

#: tf.js's own epsilon.
EPSILON = 1e-7


class Slot(Tensor):
    """What an optimizer remembers of a variable; it is counted as tf.js counts it."""

    __slots__ = ("stored",)

    def __init__(self, variable: Any):
        self.stored = variable
        self.isDisposed = False
        self.kept = True
        track(self, variable)

    @property
    def tensor(self) -> Any:
        """The values as they are now, a TensorFlow tensor."""
        if self.isDisposed:
            raise ValueError("Tensor is disposed.")
        return tensorflow.convert_to_tensor(self.stored)

    def _described(self) -> Any:
        return self._remains if self.isDisposed else self.stored

    def _release(self) -> None:
        del self.stored


class Optimizer:
    """An optimizer; `keras` is the Keras optimizer itself, which holds everything."""

    __slots__ = ("_constants", "_given", "_pending", "_rate", "_slots", "keras")

    #: tf.js's name of the class.
    className = "Optimizer"
    #: What it remembers of each variable: tf.js's name of it and Keras's attribute.
    _state: tuple[tuple[str, str], ...] = ()
    #: The tensors besides that tf.js makes for it, and counts.
    _count = 0

    def __init__(self, keras_optimizer: Any, **given: Any):
        for name, value in given.items():
            if name != "learningRate" and value is not None:  # that one has been checked
                number(value, name, self.className)
        self.keras = keras_optimizer
        self._given = given
        self._rate = given.get("learningRate")
        self._constants = [keep(Tensor(tensorflow.zeros([]))) for _ in range(self._count)]
        #: By attribute, the slots of the variables in their order.
        self._slots: dict[str, list[Slot]] = {}
        #: The state that `setWeights` gave and that no variable has taken up.
        self._pending: dict[str, list[Tensor]] = {}

    @property
    def learningRate(self) -> float:
        """The learning rate; it may be set between and during trainings."""
        now = float(self.keras.learning_rate)
        given = self._rate
        # Keras holds it as float32.
        return given if given is not None and float(np.float32(given)) == now else now

    @learningRate.setter
    def learningRate(self, value: float) -> None:
        self._rate = value
        self.keras.learning_rate = value

    def setLearningRate(self, learningRate: float) -> None:
        """Set the learning rate."""
        self.learningRate = learningRate

    @property
    def iterations(self) -> int:
        """How often gradients have been applied."""
        return int(self.keras.iterations)

    def minimize(
        self,
        f: Callable[[], Tensor],
        returnCost: bool = False,
        varList: Sequence[Any] | None = None,
    ) -> Tensor | None:
        """Change variables one step towards a smaller f().

        Args:
          f: takes nothing and gives a scalar, the cost.
          returnCost: whether to return the cost.
          varList: the variables; without it, all trainable ones that f uses (`tf.variableGrads`).

        Raises:
          ValueError: as `tf.variableGrads`.
        """
        result = self.computeGradients(f, varList)
        value, gradients = result["value"], result["grads"]
        if varList is None:
            self.applyGradients(gradients)
        else:
            names = names_of([tensorflow_variable(variable) for variable in varList])
            self.applyGradients([{"name": n, "tensor": gradients.get(n)} for n in names])
        dispose(gradients)
        if returnCost:
            return value
        value.dispose()
        return None

    def computeGradients(
        self, f: Callable[[], Tensor], varList: Sequence[Any] | None = None
    ) -> dict[str, Any]:
        """`tf.variableGrads`: {"value": f(), "grads": the gradients by the variables' names}."""
        return variableGrads(f, varList)

    def applyGradients(
        self, variableGradients: Mapping[str, Tensor | None] | Sequence[Mapping[str, Any]]
    ) -> None:
        """Change variables by their gradients.

        Args:
          variableGradients: gradients by the variables' names, as `computeGradients` gives them, or
            a list of {"name": name, "tensor": gradient}. A variable whose gradient is None stays.

        Raises:
          ValueError: for a name that no variable has, or a gradient of another shape.
        """
        if any(constant.isDisposed for constant in self._constants):
            raise ValueError("Tensor is disposed.")
        if isinstance(variableGradients, Mapping):
            pairs = list(variableGradients.items())
        else:
            pairs = _named_tensors(variableGradients, "variableGradients", "applyGradients")
        variables = [_existing(name) for name, _ in pairs]
        self._remember(variables)
        rate = self.keras.learning_rate
        for (name, gradient), variable in zip(pairs, variables, strict=True):
            if gradient is None:
                continue
            value = convert(gradient, f"variableGradients[{name!r}]", "applyGradients").tensor
            if not value.shape.is_compatible_with(variable.shape):
                raise ValueError(
                    f"applyGradients: the gradient of variable {name!r} has shape "
                    f"{value.shape.as_list()}, but the variable has {variable.shape.as_list()}"
                )
            self.keras.update_step(value, variable, rate)
            changed_in_place(name)
        self.keras.iterations.assign_add(1)

    def _remember(self, variables: list[Any]) -> None:
        """Have a state for each variable; Keras wants all of them at once, tf.js does not."""
        optimizer = self.keras
        if not optimizer.built:
            optimizer.build(variables)
        known = optimizer._trainable_variables_indices
        for variable in variables:
            if optimizer._var_key(variable) not in known:
                known[optimizer._var_key(variable)] = len(known)
                optimizer._trainable_variables.append(variable)
                for name, attribute in self._state:
                    slot = optimizer.add_variable_from_reference(variable, name, self._initial())
                    getattr(optimizer, attribute).append(slot)
        for attribute, values in self._pending.items():
            for slot, value in zip(getattr(optimizer, attribute), values, strict=False):
                slot.assign(value.tensor)
        self._pending.clear()
        self._track_slots()

    def _initial(self) -> Any:
        return "zeros"

    def _track_slots(self) -> None:
        for _, attribute in self._state:
            slots = self._slots.setdefault(attribute, [])
            made = getattr(self.keras, attribute) if self.keras.built else []
            slots.extend(Slot(variable.value) for variable in made[len(slots) :])

    def saveIterations(self) -> dict[str, Any]:
        """The first of `getWeights`: {"name": "iter", "tensor": `iterations` as int32}."""
        return {"name": "iter", "tensor": tensor_from(self.iterations, "int32")}

    def getWeights(self) -> list[dict[str, Any]]:
        """The state: {"name": "iter", ...}, and a {"name", "tensor"} of each variable's state."""
        self._track_slots()
        weights = [self.saveIterations()]
        variables = self.keras._trainable_variables if self.keras.built else []
        names = names_of([tensorflow_variable(variable) for variable in variables])
        for name, attribute in self._state:
            tensors: Sequence[Tensor] = self._pending.get(attribute) or self._slots[attribute]
            for i, tensor in enumerate(tensors):
                owner = names[i] if i < len(names) else str(i)
                weights.append({"name": f"{owner}/{name}", "tensor": tensor})
        return weights

    def setWeights(self, weightValues: Sequence[Mapping[str, Any]]) -> None:
        """Set the state to what `getWeights` gave, for the same variables in the same order.

        Raises:
          ValueError: for more or less than this optimizer remembers.
        """
        pairs = _named_tensors(weightValues, "weightValues", "setWeights")
        if not pairs:
            raise ValueError("setWeights: the number of steps must come first, but got no weights.")
        first, *rest = (tensor for _, tensor in pairs)
        if not self._state and rest:
            raise ValueError(f"{self.className} optimizer does not have settable weights.")
        if self._state and len(rest) % len(self._state):
            raise ValueError(
                f"{self.className} optimizer has {len(self._state)} weights for each variable, "
                f"got {len(rest)}."
            )
        self.keras.iterations.assign(int(np.asarray(first).item()))
        count = len(rest) // max(1, len(self._state))
        for i, (_, attribute) in enumerate(self._state):
            part = rest[i * count : (i + 1) * count]
            self._pending[attribute] = [keep(Tensor(tensor_from(each).tensor)) for each in part]
        if self.keras.built:
            self._remember([])

    def getConfig(self) -> dict[str, Any]:
        """The options, as tf.js names them."""
        return {**self._given, "learningRate": self.learningRate}

    @classmethod
    def fromConfig(cls, config: Mapping[str, Any]) -> Optimizer:
        """An optimizer of this class with the options that `getConfig` gave."""
        return cls(**config)

    def getClassName(self) -> str:
        """tf.js's name of the class: SGD, Adam, ..."""
        return self.className

    def dispose(self) -> None:
        """Dispose of what it remembers; it cannot be used afterwards."""
        dispose([self._constants, list(self._slots.values())])

    def __repr__(self) -> str:
        return f"<{self.getClassName()} learningRate={self.learningRate:g}>"


class SGDOptimizer(Optimizer):
    """Stochastic gradient descent; see `tf.train.sgd`."""

    __slots__ = ()
    className = "SGD"
    _count = 1

    def __init__(self, learningRate: float):
        super().__init__(keras.optimizers.SGD(_number(learningRate)), learningRate=learningRate)


class MomentumOptimizer(Optimizer):
    """Gradient descent with momentum; see `tf.train.momentum`."""

    __slots__ = ()
    className = "Momentum"
    _state = (("momentum", "momentums"),)
    _count = 2

    def __init__(self, learningRate: float, momentum: float, useNesterov: bool = False):
        rate = _number(learningRate)
        factor = number(momentum, "momentum", "train.momentum")
        optimizer = keras_optimizers.Momentum(rate, factor, bool(useNesterov))
        super().__init__(
            optimizer, learningRate=learningRate, momentum=momentum, useNesterov=useNesterov
        )

    def setMomentum(self, momentum: float) -> None:
        """Set what `getConfig` gives. tf.js: it goes on with the momentum that it was made with."""
        self._given["momentum"] = momentum

    def dispose(self) -> None:
        """Dispose of what it remembers; it cannot be used afterwards."""
        # tf.js: the scalar with the learning rate stays.
        dispose([self._constants[1:], list(self._slots.values())])


class RMSPropOptimizer(Optimizer):
    """RMSProp; see `tf.train.rmsprop`."""

    __slots__ = ()
    className = "RMSProp"

    def __init__(
        self,
        learningRate: float,
        decay: float = 0.9,
        momentum: float = 0.0,
        epsilon: float | None = None,
        centered: bool = False,
    ):
        epsilon = EPSILON if epsilon is None else epsilon
        optimizer = keras_optimizers.RMSprop(
            _number(learningRate), decay, momentum, epsilon, centered
        )
        super().__init__(
            optimizer,
            learningRate=learningRate,
            decay=decay,
            momentum=momentum,
            epsilon=epsilon,
            centered=centered,
        )

    @property
    def _state(self) -> tuple[tuple[str, str], ...]:  # type: ignore[override]
        state = (("rms", "_velocities"), ("momentum", "_momentums"))
        return (*state, ("mg", "_average_gradients")) if self.keras.centered else state


class AdamOptimizer(Optimizer):
    """Adam; see `tf.train.adam`."""

    __slots__ = ()
    className = "Adam"
    _state = (("m", "_momentums"), ("v", "_velocities"))
    _count = 2

    def __init__(
        self, learningRate: float, beta1: float, beta2: float, epsilon: float | None = None
    ):
        epsilon = EPSILON if epsilon is None else epsilon
        optimizer = keras_optimizers.Adam(_number(learningRate), beta1, beta2, epsilon)
        super().__init__(
            optimizer, learningRate=learningRate, beta1=beta1, beta2=beta2, epsilon=epsilon
        )


class AdagradOptimizer(Optimizer):
    """Adagrad; see `tf.train.adagrad`."""

    __slots__ = ()
    className = "Adagrad"
    _state = (("accumulator", "_accumulators"),)

    def __init__(self, learningRate: float, initialAccumulatorValue: float = 0.1):
        start = initialAccumulatorValue
        super().__init__(
            keras_optimizers.Adagrad(_number(learningRate), start, EPSILON),
            learningRate=learningRate,
            initialAccumulatorValue=start,
        )

    def _initial(self) -> Any:
        return keras.initializers.Constant(self._given["initialAccumulatorValue"])


class AdadeltaOptimizer(Optimizer):
    """Adadelta; see `tf.train.adadelta`."""

    __slots__ = ()
    className = "Adadelta"
    _state = (("accum_grad", "_accumulated_grads"), ("accum_var", "_accumulated_delta_vars"))

    def __init__(self, learningRate: float, rho: float, epsilon: float | None = None):
        epsilon = EPSILON if epsilon is None else epsilon
        super().__init__(
            keras_optimizers.Adadelta(_number(learningRate), rho, epsilon),
            learningRate=learningRate,
            rho=rho,
            epsilon=epsilon,
        )


class AdamaxOptimizer(Optimizer):
    """Adamax; see `tf.train.adamax`."""

    __slots__ = ()
    className = "Adamax"
    _state = (("m", "_m"), ("v", "_u"))
    _count = 2

    def __init__(
        self,
        learningRate: float,
        beta1: float,
        beta2: float,
        epsilon: float | None = None,
        decay: float = 0.0,
    ):
        epsilon = EPSILON if epsilon is None else epsilon
        super().__init__(
            keras_optimizers.Adamax(_number(learningRate), beta1, beta2, epsilon, decay=decay),
            learningRate=learningRate,
            beta1=beta1,
            beta2=beta2,
            epsilon=epsilon,
            decay=decay,
        )

    def getWeights(self) -> list[dict[str, Any]]:
        """tf.js cannot give the state of this optimizer.

        Raises:
          NotImplementedError: always.
        """
        raise NotImplementedError("getWeights() is not implemented for Adamax yet.")

    def setWeights(self, weightValues: Sequence[Mapping[str, Any]]) -> None:
        """tf.js cannot set the state of this optimizer.

        Raises:
          NotImplementedError: always.
        """
        raise NotImplementedError("setWeights() is not implemented for Adamax yet.")


def _named_tensors(values: Any, argument: str, function: str) -> list[tuple[str, Any]]:
    """The names and tensors of a list of {"name": ..., "tensor": ...}."""
    if not isinstance(values, (list, tuple)) or not all(
        isinstance(each, Mapping) and {"name", "tensor"} <= set(each) for each in values
    ):
        raise TypeError(
            f"Argument '{argument}' passed to '{function}' must be a list of "
            '{"name": ..., "tensor": ...}, '
            f"but got {type(values).__name__} {str(values)[:60]}"
        )
    return [(each["name"], each["tensor"]) for each in values]


def _existing(name: str) -> Any:
    variable = variable_named(name)
    if variable is None:
        raise ValueError(f"applyGradients: there is no variable of the name {name!r}")
    return variable


def _number(value: float) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    raise TypeError(
        "learningRate must be a number, as tf.train.sgd(0.1); "
        f"got {type(value).__name__} {value!r}."
    )
