"""The scripts, in the order of the notes."""

from __future__ import annotations

import importlib
from types import ModuleType

SCRIPTS = (
    "tensors",
    "matrix_derivative",
    "perceptron_gates",
    "activations",
    "unary_regression",
    "loss_surface",
    "gradient_descent",
    "learning_rates",
    "optimizers",
    "backpropagation",
    "unary_classification",
    "linear",
    "circle",
    "petal",
    "spiral",
    "overfitting",
    "hyperparameters",
    "housing",
    "phishing",
    "iris",
    "mnist",
)


def script(name: str) -> ModuleType:
    """The module of a script: TITLE, IDEA, REACHES and main(), and data() and build() where it
    has a model."""
    return importlib.import_module(f"models.{name}")
