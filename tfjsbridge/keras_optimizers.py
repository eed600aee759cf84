"""Keras optimizers with tf.js's formulas, where Keras computes otherwise.

Follows `applyGradients` of tfjs-core/src/optimizers/*.ts. Keras's SGD without momentum is
tf.js's, and its Adagrad and Adamax but for the gradients of embeddings.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.runtime import keras, tensorflow


def _cast(value: Any, variable: Any) -> Any:
    return tensorflow.cast(value, variable.dtype)


def _dense(gradient: Any, variable: Any) -> Any:
    """The gradient of all values of a variable.

    TensorFlow's gradient of an embedding is of the rows that were read. tf.js: all rows have one,
    so that also what is remembered of the others fades.
    """
    if not isinstance(gradient, tensorflow.IndexedSlices):
        return gradient
    return tensorflow.math.unsorted_segment_sum(
        gradient.values, gradient.indices, variable.shape[0]
    )


@keras.saving.register_keras_serializable("tfjsbridge")
class Momentum(keras.optimizers.SGD):
    """Gradient descent with momentum."""

    momentums: Any

    def build(self, variables: Any) -> None:
        """Make the running sums of gradients, also for a momentum of 0."""
        if not self.built:
            super().build(variables)
            if not self.momentums:
                self.momentums = self.add_optimizer_variables(variables, "momentum")

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Change a variable by its gradient.

        tf.js: the running sum is without the learning rate, which may change in between.
        """
        gradient = _dense(gradient, variable)
        momentum = self.momentums[self._get_variable_index(variable)]
        total = momentum.value * self.momentum + gradient
        self.assign(momentum, total)
        step = gradient + total * self.momentum if self.nesterov else total
        self.assign_sub(variable, step * _cast(learning_rate, variable))


@keras.saving.register_keras_serializable("tfjsbridge")
class RMSprop(keras.optimizers.RMSprop):
    """The gradient divided by the root of its mean square."""

    _momentums: Any

    def build(self, var_list: Any) -> None:
        """Make the running means, and the moments also for a momentum of 0."""
        if not self.built:
            super().build(var_list)
            if not self._momentums:
                self._momentums = self.add_optimizer_variables(var_list, "momentum")

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Change a variable by its gradient."""
        gradient = _dense(gradient, variable)
        index = self._get_variable_index(variable)
        velocity, momentum = self._velocities[index], self._momentums[index]
        rest = 1.0 - self.rho
        mean_square = velocity.value * self.rho + tensorflow.square(gradient) * rest
        self.assign(velocity, mean_square)
        if self.centered:
            average = self._average_gradients[index]
            mean = average.value * self.rho + gradient * rest
            self.assign(average, mean)
            # tf.js: epsilon is subtracted, too
            square = mean_square - (tensorflow.square(mean) + self.epsilon)
        else:
            square = mean_square + self.epsilon
        step = gradient * _cast(learning_rate, variable) / tensorflow.sqrt(square)
        moment = momentum.value * self.momentum + step
        self.assign(momentum, moment)
        self.assign_sub(variable, moment)


@keras.saving.register_keras_serializable("tfjsbridge")
class Adam(keras.optimizers.Adam):
    """Running means of the gradient and of its square."""

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Change a variable by its gradient.

        tf.js: epsilon is added to the root after the bias is corrected.
        """
        gradient = _dense(gradient, variable)
        index = self._get_variable_index(variable)
        step = _cast(self.iterations.value + 1, variable)
        means = []
        for slot, beta, value in (
            (self._momentums[index], self.beta_1, gradient),
            (self._velocities[index], self.beta_2, tensorflow.square(gradient)),
        ):
            mean = slot.value * beta + value * (1.0 - beta)
            self.assign(slot, mean)
            means.append(mean / (1.0 - tensorflow.pow(_cast(beta, variable), step)))
        direction = means[0] / (tensorflow.sqrt(means[1]) + self.epsilon)
        self.assign_sub(variable, direction * _cast(learning_rate, variable))


@keras.saving.register_keras_serializable("tfjsbridge")
class Adagrad(keras.optimizers.Adagrad):
    """The gradient divided by the root of the sum of its squares."""

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Change a variable by its gradient."""
        super().update_step(_dense(gradient, variable), variable, learning_rate)


@keras.saving.register_keras_serializable("tfjsbridge")
class Adadelta(keras.optimizers.Adadelta):
    """Adagrad over a fading window."""

    def update_step(self, grad: Any, variable: Any, learning_rate: Any) -> None:
        """Change a variable by its gradient.

        tf.js: divides by the window as it was before this gradient came in, so that the first steps
        are as long as the gradients themselves.
        """
        grad = _dense(grad, variable)
        index = self._get_variable_index(variable)
        squares, updates = self._accumulated_grads[index], self._accumulated_delta_vars[index]
        before, updated = squares.value, updates.value
        ratio = tensorflow.sqrt(updated + self.epsilon) / tensorflow.sqrt(before + self.epsilon)
        update = ratio * grad
        rest = 1.0 - self.rho
        self.assign(squares, before * self.rho + tensorflow.square(grad) * rest)
        self.assign(updates, updated * self.rho + tensorflow.square(update) * rest)
        self.assign_sub(variable, update * _cast(learning_rate, variable))


@keras.saving.register_keras_serializable("tfjsbridge")
class Adamax(keras.optimizers.Adamax):
    """Adam with the largest gradient in place of the root of the mean square.

    Args:
      decay: the learning rate of step i is learning_rate / (1 + decay · i).
    """

    def __init__(self, *args: Any, decay: float = 0.0, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.decay = decay

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Change a variable by its gradient."""
        rate = _cast(learning_rate, variable)
        if self.decay:
            rate = rate / (_cast(self.iterations.value, variable) * self.decay + 1.0)
        super().update_step(_dense(gradient, variable), variable, rate)

    def get_config(self) -> dict[str, Any]:
        """What makes the same optimizer."""
        return {**super().get_config(), "decay": self.decay}
