"""The mutants that were placed by hand, in ``fixtures/*/mutants.json``: one at least for each requirement."""

from __future__ import annotations

from collections.abc import Iterator

from proof.generated import Generated
from specs.provider import Provider
from specs.requirement import Lens

NAME = "placed"


def placed(provider: Provider) -> Iterator[Generated]:
    """The mutants of *provider* that its fixtures hold."""
    for mutant in provider.mutants:
        if provider.requirement(mutant.breaks).lens is Lens.DOCUMENT:
            yield Generated(provider.id, NAME, mutant)
