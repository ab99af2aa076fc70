"""Operators: functions from a provider, its contract and its recordings, to mutants of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from proof.generated import Generated
from proof.operators.authorization import authorization
from proof.operators.behaviour import behaviour
from proof.operators.caching import caching
from proof.operators.clients import clients
from proof.operators.drift import drift
from proof.operators.error_body import error_body
from proof.operators.http import http
from proof.operators.methods import methods
from proof.operators.payload import payload
from proof.operators.placed import placed
from proof.operators.selecting import selecting
from specs.provider import Provider

OPERATORS: Mapping[str, Callable[[Provider], Iterator[Generated]]] = {
    "placed": placed,
    "clients": clients,
    "payload": payload,
    "drift": drift,
    "http": http,
    "methods": methods,
    "caching": caching,
    "authorization": authorization,
    "selecting": selecting,
    "behaviour": behaviour,
    "error-body": error_body,
}
"""By name, in the order in which they are reported."""


def generate(provider: Provider) -> dict[str, Generated]:
    """Every mutant of *provider* by its id."""
    return {each.id: each for operator in OPERATORS.values() for each in operator(provider)}
