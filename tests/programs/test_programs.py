"""Well-known programs of tf.js, line for line in Python, give what they give in tf.js."""

from __future__ import annotations

import pytest

from tests.programs import (
    addition_rnn,
    boston_housing,
    date_conversion,
    fashion_mnist_vae,
    iris,
    jena_weather,
    mnist,
    polynomial_regression,
    sentiment,
    transfer_learning,
    website_phishing,
)
from tests.programs.both import Program, assert_same, parameters
from tfjsbridge.verify import NodeSession

PROGRAMS = [
    *iris.PROGRAMS,
    *boston_housing.PROGRAMS,
    *polynomial_regression.PROGRAMS,
    *website_phishing.PROGRAMS,
    *mnist.PROGRAMS,
    *addition_rnn.PROGRAMS,
    *jena_weather.PROGRAMS,
    *date_conversion.PROGRAMS,
    *sentiment.PROGRAMS,
    *fashion_mnist_vae.PROGRAMS,
    *transfer_learning.PROGRAMS,
]


@pytest.mark.parametrize("program", parameters(PROGRAMS))
def test_a_program_gives_what_it_gives_in_tfjs(
    node: NodeSession, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_same(node, program, monkeypatch)
