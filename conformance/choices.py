"""What Hypothesis chooses: requests that a client may vary. It generates and nothing else.

Values are drawn before anything is sent, always the same for one seed, so that a plan can be shown
beforehand and a failure repeats; nothing is shrunk on the wire.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider
from hypothesis.strategies import SearchStrategy

Value = TypeVar("Value")

BACKEND = "gateway-contracts"


class _SeedAlone(HypothesisProvider):
    """Hypothesis's own way of drawing, but for the constants that it finds in whatever modules happen to be loaded."""

    def _maybe_draw_constant(self, *_: Any, **__: Any) -> None:
        return None


AVAILABLE_PROVIDERS[BACKEND] = _SeedAlone

GENTLE = settings(
    backend=BACKEND,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    verbosity=Verbosity.quiet,
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class Choices:
    """The choices of one run, which depend on nothing but its *seed*."""

    seed: int = 0

    def draw(self, strategy: SearchStrategy[Value], count: int) -> tuple[Value, ...]:
        """Up to *count* different values of *strategy*, in the order in which they were drawn."""
        drawn: list[Value] = []

        @seed(self.seed)
        @settings(GENTLE, max_examples=4 * count)
        @given(strategy)
        def collect(value: Value) -> None:
            if value not in drawn:
                drawn.append(value)

        collect()
        return tuple(drawn[:count])
