"""The mutants that break what official SDKs need, from ``specs/clients/mutants.json``: the same for every provider."""

from __future__ import annotations

from collections.abc import Iterator

from proof.generated import Generated
from specs.provider import Provider
from specs.requirement import Lens


def clients(provider: Provider) -> Iterator[Generated]:
    """The mutants of *provider* that break a requirement of the clients.

    They may break the document too, whose requirements come first; it is enough that their own is among the accused.
    """
    for mutant in provider.mutants:
        if provider.requirement(mutant.breaks).lens is Lens.CLIENTS:
            yield Generated(provider.id, "clients", mutant)
