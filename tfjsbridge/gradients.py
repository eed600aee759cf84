"""Training / Gradients of the tf.js API: functions that give the gradients of functions.

Follows tfjs-core/src/gradients.ts, and `gradients` and `customGrad` of engine.ts. TensorFlow's tape
takes the place of tf.js's, so that gradients may be nested to any order, and be taken within a
`tensorflow.function` too.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tfjsbridge.foreign_errors import one_line
from tfjsbridge.ops.convert import STRING_OR_NUMERIC, convert
from tfjsbridge.performance import tidy
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import end_scope, start_scope
from tfjsbridge.variable_names import names_of, tensorflow_variable, trainable_among
from tfjsbridge.variables import Variable, _registered

Function = Callable[..., Tensor]

NOT_CONNECTED = (
    "Cannot compute gradient of y=f(x) with respect to x. Make sure that the f you passed "
    "encloses all operations that lead from x to y."
)

#: The tapes that record, the innermost last.
_tapes: list[Any] = []


def grad(f: Function) -> Callable[..., Tensor]:
    """A function g(x, dy=None) that gives the gradient of f(x) with respect to x.

    Args:
      f: takes a Tensor and gives one, of any shape.

    Returns:
      g. Of `y = f(x)` with several values it gives the gradient of their sum, or, with `dy` of the
      shape of y, that of the sum of y · dy.

    Raises:
      ValueError: by g, where y does not come from x, `dy` has another shape or dtype than y, or x
        is not float32.
    """
    _check_function(f, "grad")

    def gradient(x: Any, dy: Any = None) -> Tensor:
        source = convert(x, "x", "tf.grad", STRING_OR_NUMERIC)
        factor = None if dy is None else convert(dy, "dy", "tf.grad")
        call = "grad(f)(x, dy) must match the shape returned by f(x)"
        return tidy(lambda: _all(_gradients(lambda: f(source), [source], factor, call)[1])[0])

    return gradient


def grads(f: Function) -> Callable[..., list[Tensor]]:
    """A function g(args, dy=None) that gives the gradients of f(*args), one for each argument.

    Args:
      f: takes Tensors and gives one.

    Returns:
      g, which takes a list of Tensors, and `dy` as `tf.grad` has it.

    Raises:
      ValueError: by g, as of `tf.grad`.
    """
    _check_function(f, "grads")

    def gradients(args: Sequence[Any], dy: Any = None) -> list[Tensor]:
        if not isinstance(args, (list, tuple)):
            raise TypeError(
                "The args passed in grads(f)(args) must be an array of `Tensor`s or "
                f"`TensorLike`s, got {type(args).__name__}"
            )
        sources = [
            convert(arg, f"args[{i}]", "tf.grads", STRING_OR_NUMERIC) for i, arg in enumerate(args)
        ]
        factor = None if dy is None else convert(dy, "dy", "tf.grads")
        call = "grads(f)([x1,...], dy) must match the shape returned by f([x1,...])"
        return tidy(lambda: _all(_gradients(lambda: f(*sources), sources, factor, call)[1]))

    return gradients


def valueAndGrad(f: Function) -> Callable[..., dict[str, Tensor]]:
    """As `tf.grad`, but g(x, dy=None), of a Tensor, gives {"value": f(x), "grad": its gradient}."""
    _check_function(f, "valueAndGrad")

    def value_and_gradient(x: Tensor, dy: Tensor | None = None) -> dict[str, Tensor]:
        if not isinstance(x, Tensor):
            raise TypeError(
                "The x passed in valueAndGrad(f)(x) must be a tensor, "
                f"got {type(x).__name__} {str(x)[:60]}"
            )
        _check_dy(dy, "valueAndGrad(f)(x, dy)")
        call = "valueAndGrad(f)(x, dy) must match the shape returned by f(x)"
        value, found = _gradients(lambda: f(x), [x], dy, call)
        return {"grad": _all(found)[0], "value": value}

    return value_and_gradient


def valueAndGrads(f: Function) -> Callable[..., dict[str, Any]]:
    """As `tf.grads`, but g(args, dy=None) gives {"value": f(*args), "grads": the gradients}."""
    _check_function(f, "valueAndGrads")

    def value_and_gradients(args: Sequence[Tensor], dy: Tensor | None = None) -> dict[str, Any]:
        if not isinstance(args, (list, tuple)) or not all(isinstance(x, Tensor) for x in args):
            raise TypeError(
                "The args passed in valueAndGrads(f)(args) must be array of tensors, "
                f"got {type(args).__name__} {str(args)[:60]}"
            )
        _check_dy(dy, "valueAndGrads(f)(args, dy)")
        call = "valueAndGrads(f)([x1,...], dy) must match the shape returned by f([x1,...])"
        value, found = _gradients(lambda: f(*args), list(args), dy, call)
        return {"value": value, "grads": _all(found)}

    return value_and_gradients


def variableGrads(f: Callable[[], Tensor], varList: Sequence[Any] | None = None) -> dict[str, Any]:
    """The value of f() and its gradients with respect to variables.

    Args:
      f: takes nothing and gives a scalar; a loss.
      varList: variables; without it, all trainable ones that f uses: of `tf.variable`, of
        TensorFlow, and the weights of layers and models that f applies.

    Returns:
      {"value": the scalar, "grads": the gradients by the variables' names}; a variable in `varList`
      that is not trainable has None there.

    Raises:
      ValueError: where no variable is trainable, f uses none of them, or gives no scalar.
      TypeError: where f is no function, or `varList` holds something else than variables.
    """
    _check_function(f, "variableGrads")
    listed = None if varList is None else _variables(varList)
    trainable = None if listed is None else trainable_among(listed)
    if trainable is not None and listed is not None and not trainable:
        raise _none_trainable(len(listed))
    with tensorflow.GradientTape(watch_accessed_variables=trainable is None) as tape:
        for variable in trainable or ():
            tape.watch(variable)
        value, target = _forward(f, tape)
    if trainable is None:
        trainable = trainable_among(tape.watched_variables())
        if not trainable and not any(v.trainable for v in list(_registered.values())):
            raise _none_trainable(len(_registered))
    found = _backward(tape, target, trainable, None)
    if all(gradient is None for gradient in found):
        raise ValueError(
            "Cannot find a connection between any variable and the result of the loss function "
            "y=f(x). Please make sure the operations that use variables are inside the function f "
            "passed to minimize()."
        )
    if value.rank != 0:
        raise ValueError(
            "The f passed in variableGrads(f) must return a scalar, but it returned a "
            f"rank-{value.rank} tensor"
        )
    by_name = {
        name: gradient
        for name, gradient in zip(names_of(trainable), found, strict=True)
        if gradient is not None
    }
    frozen = [v for v in listed or () if not any(v is other for other in trainable)]
    return {"value": value, "grads": {**by_name, **dict.fromkeys(names_of(frozen))}}


def customGrad(f: Callable[..., Any]) -> Callable[..., Tensor]:
    """A function of Tensors whose gradient is given by f in place of being derived.

    Args:
      f: takes (*inputs, save) and gives {"value": Tensor, "gradFunc": function}, or an object with
        these attributes. `save([tensor, ...])` keeps Tensors for gradFunc(dy, saved), which gives
        the gradient with respect to each input, a list (or, of one input, the Tensor alone). Both
        functions may leave out the last parameter.

    Returns:
      g(*inputs), which gives the value.

    Raises:
      TypeError: by g, where f or gradFunc gives something else.
      ValueError: by g's gradient, where gradFunc gives another number of gradients, or one of
        another shape or dtype than its input's.
    """
    if not callable(f):
        raise TypeError("The f passed in customGrad(f) must be a function.")

    def custom(*inputs: Tensor) -> Tensor:
        if not all(isinstance(each, Tensor) for each in inputs):
            raise TypeError("The args passed in customGrad(f)(x1, x2,...) must all be tensors")

        given = _raw(inputs)

        @tensorflow.custom_gradient
        def forward(*_: Any) -> tuple[Any, Callable[..., Any]]:
            saved: list[Any] = []
            start_scope()
            try:
                # tf.js: what f computes is not on the tape; for second gradients it is constant.
                with _unrecorded():
                    result = _call(f, *inputs, lambda tensors: saved.extend(_raw(tensors)))
                value, function = _value_and_function(result)
                raw = value.tensor
            finally:
                end_scope()

            def backward(dy: Any, variables: Sequence[Any] = ()) -> Any:
                found = _custom_gradients(function, dy, saved, given)
                return (found, [None] * len(variables)) if variables else found

            return raw, backward

        return Tensor(forward(*given))

    return custom


def _value_and_function(result: Any) -> tuple[Tensor, Callable[..., Any]]:
    get = result.get if isinstance(result, Mapping) else lambda name: getattr(result, name, None)
    value, function = get("value"), get("gradFunc")
    must = "The function f passed in customGrad(f) must return an object where"
    if not isinstance(value, Tensor):
        raise TypeError(f"{must} `obj.value` is a tensor, got {type(value).__name__}")
    if not callable(function):
        raise TypeError(f"{must} `obj.gradFunc` is a function, got {type(function).__name__}")
    return value, function


def _custom_gradients(
    function: Callable[..., Any], dy: Any, saved: Sequence[Any], inputs: Sequence[Any]
) -> list[Any]:
    """What gradFunc gives, of and as TensorFlow tensors."""
    must = (
        "The function f passed in customGrad(f) must return an object where `obj.gradFunc` is a "
        "function that returns"
    )
    start_scope()
    try:
        found = _call(function, Tensor(dy), [Tensor(each) for each in saved])
        found = list(found) if isinstance(found, (list, tuple)) else [found]
        if len(found) != len(inputs):
            raise ValueError(
                f"{must} the same number of tensors as inputs passed to f(...); "
                f"got {len(found)} for {len(inputs)}."
            )
        if not all(isinstance(each, Tensor) for each in found):
            raise TypeError(f"{must} a list of only tensors.")
        for i, (each, given) in enumerate(zip(found, inputs, strict=True)):
            problem = "Error in gradient for op customGrad. The gradient of input"
            if each.dtype != "float32":
                raise ValueError(f"{problem} {i} must have 'float32' dtype, but has '{each.dtype}'")
            if not each.tensor.shape.is_compatible_with(given.shape):
                raise ValueError(
                    f"{problem} '{i}' has shape '{each.shape}', which does not match the shape "
                    f"of the input '{given.shape.as_list()}'"
                )
        return [
            each.tensor if given.dtype.is_floating else None
            for each, given in zip(found, inputs, strict=True)
        ]
    finally:
        end_scope()


def _raw(tensors: Sequence[Tensor]) -> list[Any]:
    return [each.tensor for each in tensors]


def _call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function, without the last argument where it takes one less, as JavaScript does."""
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError:
        return function(*arguments[:-1])
    except ValueError:  # of no known signature
        pass
    return function(*arguments)


def _gradients(
    f: Callable[[], Tensor], xs: list[Tensor], dy: Tensor | None, call: str
) -> tuple[Tensor, list[Tensor | None]]:
    """The value of f() and its gradients with respect to `xs`, None where there is none."""
    if not xs:
        raise ValueError("gradients() received an empty list of xs.")
    if dy is not None and dy.dtype != "float32":
        raise ValueError(f"dy must have 'float32' dtype, but has '{dy.dtype}'")
    for x in xs:
        if x.dtype != "float32":
            # tf.js: gives the gradient of an int32 or bool tensor too.
            raise ValueError(
                f"Cannot compute gradient of y=f(x) with respect to x, which is {x.dtype}: "
                "TensorFlow takes gradients with respect to float32 tensors only. Pass "
                "x.cast('float32')."
            )
    sources = [x.variable if isinstance(x, Variable) else x.tensor for x in xs]
    with tensorflow.GradientTape(watch_accessed_variables=False) as tape:
        for source in sources:
            tape.watch(source)
        y, target = _forward(f, tape)
    if any(y is x for x in xs):  # tf.js: there is no operation between them
        raise ValueError(NOT_CONNECTED)
    if dy is not None and not dy.tensor.shape.is_compatible_with(target.shape):
        raise ValueError(
            f"The shape of dy passed in {call}. Shapes {y.shape} and {dy.shape} must match"
        )
    return y, _backward(tape, target, sources, None if dy is None else dy.tensor)


def _forward(f: Callable[[], Tensor], tape: Any) -> tuple[Tensor, Any]:
    """f() and its TensorFlow tensor; what it made on the way is disposed of."""
    y: Any = None
    _tapes.append(tape)
    start_scope()
    try:
        y = f()
    finally:
        end_scope(y)
        _tapes.remove(tape)
    if tensorflow.is_tensor(y):
        y = Tensor(y)
    if not isinstance(y, Tensor):
        raise TypeError(
            f"The result y returned by f() must be a tensor, got {type(y).__name__} {str(y)[:60]}"
        )
    return y, y.tensor


def _backward(tape: Any, target: Any, sources: list[Any], dy: Any) -> list[Tensor | None]:
    if not target.dtype.is_floating and not target.dtype.is_complex:
        return [None] * len(sources)
    try:
        found = tape.gradient(target, sources, output_gradients=dy)
    except LookupError as error:  # an operation that TensorFlow cannot differentiate
        raise ValueError(f"Cannot compute gradient: {error}") from None
    except tensorflow.errors.OpError as error:
        raise ValueError(f"Cannot compute gradient: {one_line(error)}") from None
    # Of a lookup in a table TensorFlow gives the rows alone (IndexedSlices).
    return [None if g is None else Tensor(tensorflow.convert_to_tensor(g)) for g in found]


@contextlib.contextmanager
def _unrecorded() -> Iterator[None]:
    """Have no tape of this module record, for a while."""
    stopped = _tapes[:]
    _tapes.clear()
    try:
        with contextlib.ExitStack() as stack:
            for tape in stopped:
                stack.enter_context(tape.stop_recording())
            yield
    finally:
        _tapes[:] = stopped


def _all(found: list[Tensor | None]) -> list[Tensor]:
    gradients = [gradient for gradient in found if gradient is not None]
    if len(gradients) < len(found):
        raise ValueError(NOT_CONNECTED)
    return gradients


def _variables(varList: Any) -> list[Any]:
    """The TensorFlow variables of a list of variables."""
    several = isinstance(varList, (list, tuple))
    found = [tensorflow_variable(each) for each in varList] if several else [None]
    if any(variable is None for variable in found):
        raise TypeError(
            "The varList passed in variableGrads(f, varList) must be an array of variables, "
            f"got {type(varList).__name__} {str(varList)[:60]}"
        )
    return found


def _none_trainable(count: int) -> ValueError:
    return ValueError(
        "variableGrads() expects at least one of the input variables to be trainable, but none of "
        f"the {count} variables is trainable."
    )


def _check_function(f: Any, name: str) -> None:
    if not callable(f):
        raise TypeError(
            f"The f passed in {name}(f) must be a function, got {type(f).__name__} {str(f)[:60]}"
        )


def _check_dy(dy: Any, call: str) -> None:
    if dy is not None and not isinstance(dy, Tensor):
        raise TypeError(f"The dy passed in {call} must be a tensor, got {type(dy).__name__}")
