"""What Hypothesis chooses: requests that a client may vary. It generates and nothing else.

Values are drawn before anything is sent, always the same for one seed, so that a plan can be shown
beforehand and a failure repeats; nothing is shrunk on the wire.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider
from hypothesis.strategies import SearchStrategy

Value = TypeVar("Value")


class BySeedAlone(HypothesisProvider):
    """Draws as Hypothesis does, but for constants that it reads in the source files of whoever is loaded.

    With those a seed would choose otherwise on another machine, and their words would be sent to a target. Hypothesis
    also keeps what it read in a folder of its own where it is run, which is the user's.
    """

    def _maybe_draw_constant(self, *_: Any, **__: Any) -> None:
        """No constant at all, not even one of Hypothesis's own: those are for finding bugs in arithmetic."""


AVAILABLE_PROVIDERS["gateway-contracts"] = f"{__name__}.{BySeedAlone.__name__}"

GENTLE = settings(
    backend="gateway-contracts",
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
        """Up to *count* different values of *strategy*, in the order in which they were drawn.

        Hypothesis begins with the simplest one, whatever the seed: that comes last.
        """
        drawn: list[Value] = []

        @seed(self.seed)
        @settings(GENTLE, max_examples=4 * (count + 1))
        @given(strategy)
        def collect(value: Value) -> None:
            if value not in drawn:
                drawn.append(value)

        collect()
        return (*drawn[1:], *drawn[:1])[:count]


def word(letters: str, *, least: int, most: int) -> SearchStrategy[str]:
    """Texts of *least* to *most* of *letters*. For texts of its own Hypothesis writes down what it knows of Unicode."""
    return st.lists(st.sampled_from(letters), min_size=least, max_size=most).map("".join)
