"""What the files of one provider say of each other: ids exist, places exist, recordings keep the contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from specs import pointer
from specs.errors import SpecError, excerpt
from specs.provider import Provider
from specs.recording import Recording
from specs.requirement import Lens


def check(provider: Provider) -> None:
    """Raises SpecError for the first thing in which the files of *provider* disagree."""
    _check_requirements(provider)
    _check_contradictions(provider)
    _check_departures(provider)
    _check_keywords(provider)
    _check_facts(provider)
    for recording in provider.recordings:
        if recording.departs:
            file = f"fixtures/{provider.id}/{recording.name}.json"
            expected = "an answer that keeps the contract"
            raise SpecError(
                file, "/departs", found="one that does not", expected=expected, hint="the mock takes it as --recordings"
            )
        check_recording(provider, recording)
    _check_mutants(provider)


def _check_requirements(provider: Provider) -> None:
    file = f"specs/providers/{provider.id}/requirements.yaml"
    _check_once((each.id for each in provider.requirements), file, "/requirements", "requirement id")
    for index, each in enumerate(provider.requirements):
        at = f"/requirements/{index}"
        for operation in each.operations:
            if operation not in provider.operations:
                known = ", ".join(provider.operations)
                raise SpecError(file, f"{at}/operations", found=f"the operation {operation!r}", expected=f"one of {known}")
        for name in (name for name in each.when if name not in provider.capabilities):
            known = ", ".join(provider.capabilities) or "none, as openapi.yaml has no x-capabilities"
            raise SpecError(file, f"{at}/when", found=f"the capability {name!r}", expected=f"one of {known}")
        for place in each.check.places:
            try:
                pointer.resolve(provider.document, place.removesuffix("/required"))
            except LookupError:
                found = f"{place!r}, where nothing is"
                raise SpecError(file, f"{at}/check/schema", found=found, expected="a place in openapi.yaml") from None


def _check_contradictions(provider: Provider) -> None:
    file = f"specs/providers/{provider.id}/contradictions.yaml"
    _check_once((each.id for each in provider.contradictions), file, "/contradictions", "id")
    known = {each.id for each in provider.requirements}
    for index, contradiction in enumerate(provider.contradictions):
        for name in contradiction.requirements:
            if name not in known:
                at = f"/contradictions/{index}/requirements"
                raise SpecError(file, at, found=f"the requirement {name!r}", expected="an id of requirements.yaml")


def _check_departures(provider: Provider) -> None:
    file = f"specs/providers/{provider.id}/departures.yaml"
    known = {each.id: each.operations for each in provider.requirements if each.lens is Lens.CLIENTS}
    for index, departure in enumerate(provider.departures):
        at = f"/departures/{index}"
        if departure.requirement not in known:
            expected = f"one of {', '.join(known)}"
            raise SpecError(file, f"{at}/requirement", found=repr(departure.requirement), expected=expected)
        for name in departure.operations:
            if name not in known[departure.requirement]:
                expected = f"an operation that {departure.requirement} speaks of: {', '.join(known[departure.requirement])}"
                raise SpecError(file, f"{at}/operations", found=repr(name), expected=expected)
    pairs = (f"{each.requirement} of {name}" for each in provider.departures for name in each.operations)
    _check_once(pairs, file, "/departures", "departure from")


def _check_keywords(provider: Provider) -> None:
    for operation in provider.operations.values():
        for response in operation.responses.values():
            if response.schema is not None:
                for _ in provider.schemas.keywords(response.schema):
                    pass  # an unknown keyword raises by being reached


def _check_facts(provider: Provider) -> None:
    """Each pointer of x-facts leads to what the schema of an item speaks of."""
    for operation in provider.operations.values():
        answer, items = operation.responses.get(200), operation.items
        for name, at in operation.facts.pointers():
            spoken = answer and answer.schema and items and provider.schemas.within(answer.schema, f"{items.at}/*{at}")
            if not spoken:
                file = f"specs/providers/{provider.id}/openapi.yaml"
                found = f"{name} at {at!r}, which the schema of an item in {operation.id} does not know"
                raise SpecError(file, "/paths", found=found, expected="x-facts with pointers to documented members")


def check_recording(provider: Provider, recording: Recording) -> None:
    """Raises SpecError where *recording*, one of *provider*, does not keep its contract, or its status has no one default.

    One that says itself where it departs need not keep the contract.
    """
    file = f"fixtures/{provider.id}/{recording.name}.json"
    operation = provider.operations.get(recording.operation)
    if operation is None:
        known = ", ".join(provider.operations)
        raise SpecError(file, "", found=f"the operation {recording.operation!r}", expected=f"one of {known}")
    same = provider.answers(recording.operation, recording.status)
    if len(same) > 1 and sum(each.default for each in same) != 1:
        found = f"{len(same)} recordings of status {recording.status}"
        raise SpecError(file, "/default", found=found, expected="exactly one of them with default: true")
    if not recording.departs:
        for departure in departures(provider, recording):
            raise departure


def departures(provider: Provider, recording: Recording) -> Iterator[SpecError]:
    """Where *recording* does not keep the contract of *provider*, which has its operation."""
    file = f"fixtures/{provider.id}/{recording.name}.json"
    response = provider.operations[recording.operation].responses.get(recording.status)
    if response is None or response.schema is None:
        return
    if not recording.is_json:
        yield SpecError(file, "/text", found="text", expected=f"a body of {response.media_type}")
        return
    for error in provider.schemas.errors(response.schema, recording.json()):
        yield SpecError(
            file,
            f"/body{error.at}",
            found=excerpt(error.actual),
            expected=f"{error.keyword} {excerpt(error.expected)}",
            hint=f"as openapi.yaml asks at {error.place}",
        )


def _check_mutants(provider: Provider) -> None:
    file = f"fixtures/{provider.id}/mutants.json"
    _check_once((each.id for each in provider.mutants), file, "/mutants", "mutant id")
    requirements = {each.id for each in provider.requirements}
    recordings = {each.name for each in provider.recordings}
    served = {each.label for each in provider.recordings if each.status == 200}
    for index, each in enumerate(provider.mutants):
        if each.breaks not in requirements or not each.id.startswith(f"{each.breaks}/"):
            expected = "a requirement, and the first part of the id"
            raise SpecError(file, f"/mutants/{index}/breaks", found=repr(each.breaks), expected=expected)
        if each.serves not in served:
            expected = f"a label of a 200 recording: {', '.join(sorted(served)) or 'there is none yet'}"
            raise SpecError(file, f"/mutants/{index}/serves", found=repr(each.serves), expected=expected)
        _check_once((name for name, _ in each.recordings), file, f"/mutants/{index}/recordings", "recording")
        for name, _ in each.recordings:
            if name not in recordings:
                expected = "a recording, <operationId>/<status>-<label>"
                raise SpecError(file, f"/mutants/{index}/recordings", found=repr(name), expected=expected)


def _check_once(names: Iterable[str], file: str, at: str, kind: str) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise SpecError(file, at, found=f"the {kind} {name!r} {count} times", expected="each once")
