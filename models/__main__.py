"""Train, check and export every model: python -m models."""

from __future__ import annotations

import sys

from models import circle, iris, unary_regression
from models.result import Result, print_table

MODELS = (unary_regression, circle, iris)


def main() -> None:
    """Run each model, saying which, and print the table of their results."""
    results: list[Result] = []
    for number, module in enumerate(MODELS, start=1):
        summary = (module.__doc__ or "").splitlines()[0]
        print(f"\n[{number}/{len(MODELS)}] {summary}", file=sys.stderr, flush=True)
        results.append(module.main())
    print_table(results)


if __name__ == "__main__":
    main()
