"""Catalogues at will: lists of any size in the style of a recorded one, and any document that the contract allows."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from typing import Any

from mockserver.catalogue.constraint import constraints, keep
from mockserver.catalogue.document import Drawing, Said, UngenerableError
from mockserver.catalogue.naming import Naming, NoNameError
from mockserver.catalogue.variation import fits, templates
from mockserver.model_list import STEP, ModelList
from mockserver.preferences import PreferenceError
from specs import Provider
from specs.contract import Operation
from specs.recording import encode
from specs.requirement import Check

TRIES = 20  # drawings until one is valid in everything, as not every keyword is kept by the drawing itself
KEPT_IN_STYLE = frozenset({"equal", "unique"})  # the invariants that a variation might break


class Catalogue:
    """Makes lists and models of *provider*; equal seeds make equal ones."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._known: dict[tuple[str, ...], Said] = {}  # as large as the contract at most

    def grown(
        self, operation: Operation, holder: ModelList | None, recorded: ModelList | None, size: int, seed: int
    ) -> ModelList:
        """The body of *holder* with *size* models: those of *recorded* in another order, then variations of them.

        Raises PreferenceError where there is nothing to vary.
        """
        found = templates(self._provider, operation, recorded) if recorded else ()
        if recorded is None or holder is None or not found:
            raise PreferenceError(f"No recording of {operation.id} has a model to make others from.", ("dynamic=true",))
        lots = random.Random(f"{seed}:{operation.id}")  # noqa: S311 - lots that can be repeated, no secrets
        naming = Naming(lots, fits(self._provider, operation, recorded))
        for each in found:
            naming.take(each.name.id)
        models: list[Any] = []
        try:
            while len(models) < size:
                order = lots.sample(found, min(len(found), size - len(models)))
                models += [each.varied(naming, lots) if models else each.model for each in order]
        except NoNameError as error:
            sentence = f"The contract of {operation.id} allows no more than {len(models)} ids like {error}."
            raise PreferenceError(sentence, (f"size={len(models)}",)) from None
        # The ids differ already; what else has to is changed in a copy, as models share what they have in common.
        checks = [
            each
            for each in constraints(self._provider, operation)
            if each.name in KEPT_IN_STYLE and not _is_id(each, operation)
        ]
        if checks:
            steps = (models[start : start + STEP] for start in range(0, len(models), STEP))
            models = [each for step in steps for each in json.loads(encode(step))]
        body = holder.replaced(models)
        keep(body, checks, lots)
        return ModelList(body, holder.at, models)

    def document(self, operation: Operation, seed: int, size: int | None) -> ModelList:
        """Any body of a 200 answer that lists, with exactly *size* models if that is not None.

        Raises PreferenceError where none can be made.
        """
        lengths = {} if size is None or operation.items is None else {operation.items.at: size}
        body = self._drawn(operation, f"{seed}:{operation.id}", lengths)
        models = ModelList.within(body, operation.items)
        if models is None:
            raise PreferenceError(f"The contract of {operation.id} does not say where its models are.", ("dynamic=false",))
        return models

    def model(self, operation: Operation, listing: Operation, id: str, seed: int, listed: Any) -> Any:
        """Any body of a 200 answer that retrieves the model *id*: *listed*, where that is one, else one of its own."""
        name = listing.items.id if listing.items else "id"
        if listed is not None and self._is_valid(operation, listed):
            return listed

        def called(body: Any) -> None:
            if isinstance(body, dict):
                body[name] = id

        return self._drawn(operation, f"{seed}:{operation.id}:{id}", {}, called)

    def _drawn(
        self,
        operation: Operation,
        seed: str,
        lengths: Mapping[str, int],
        change: Callable[[Any], None] = lambda _: None,
    ) -> Any:
        response = operation.responses.get(200)
        if response is None or response.schema is None:
            raise PreferenceError(f"The contract has no schema for the answer 200 of {operation.id}.", ("dynamic=false",))
        lots = random.Random(seed)  # noqa: S311 - likewise
        checks = constraints(self._provider, operation)
        for _ in range(TRIES):
            try:
                body = Drawing(self._provider.schemas, lots, lengths, self._known).value([response.schema])
            except UngenerableError as error:
                sentence = f"No document of {operation.id} can be made up, as it has {error}."
                raise PreferenceError(sentence, ("dynamic=false",)) from None
            change(body)
            keep(body, checks, lots)
            if self._is_valid(operation, body):
                return body
        raise PreferenceError(f"No valid document of {operation.id} was found in {TRIES} tries; try another seed.", ("seed=1",))

    def _is_valid(self, operation: Operation, body: Any) -> bool:
        response = operation.responses.get(200)
        if response is None or response.schema is None:
            return True
        return next(self._provider.schemas.errors(response.schema, body), None) is None


def _is_id(check: Check, operation: Operation) -> bool:
    """Whether *check* is of nothing but the ids of the models."""
    return operation.items is not None and check.parameters["at"] == f"{operation.items.at}/*/{operation.items.id}"
