"""What Schemathesis says is wrong with one answer, as a value."""

from __future__ import annotations

from dataclasses import dataclass

MOST_TOLD = 500  # characters of a message, which may hold a whole schema


@dataclass(frozen=True)
class Failure:
    """A failure of any of *checks* at *operation* of *provider*, such as ``GET /v1/models``, seen when *url* was asked for."""

    provider: str
    operation: str
    checks: tuple[str, ...]
    title: str
    message: str
    url: str

    @property
    def kind(self) -> tuple[str, str, str, str]:
        """What failures have in common that are told once: the first line of a message names the status found."""
        return self.provider, self.operation, self.title, self.message.partition("\n")[0]

    def __str__(self) -> str:
        told = "; ".join(filter(None, map(str.strip, self.message.splitlines())))[:MOST_TOLD]
        return f"{self.operation}: {self.title}: {told} ({self.url})"
