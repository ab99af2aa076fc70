from __future__ import annotations

import pytest

import specs
from conformance.explain import UnknownRequirement, explain, find
from specs import Provider
from specs.requirement import Lens, Requirement

SHIPPED = specs.load_all()


def explained(provider: Provider, id: str) -> list[str]:
    """The lines about one requirement."""
    return list(explain(provider, provider.requirement(id)))


def test_a_requirement_of_the_schema_is_explained(provider: Provider) -> None:
    assert explained(provider, "ACM-ID-01") == [
        "ACM-ID-01 MUST  What ACM-ID-01 asks for.",
        "  of        Acme Models, listModels: GET /v1/models",
        "  cites     models.txt:12 «as it is written»",
        "  check     Every answer is held against the schema at",
        "            /components/schemas/Model/properties/id (type string, minLength 1)",
        "  quick     1 request",
        "            GET /v1/models",
        "  standard  1 request, as before",
        "  deep      1 request, as before",
    ]


def test_a_probe_is_explained_with_its_parameters_and_requests(provider: Provider) -> None:
    found = explained(provider, "ACM-KEY-02")

    assert any(line.startswith("  check     Judged by requests of its own (probe wrong-key): A request with") for line in found)
    assert "            status: 401" in found
    assert "            GET /v1/models  [Authorization: Bearer gateway-contracts-wrong-key]" in found


def test_what_is_only_asked_when_it_is_allowed_says_so(provider: Provider) -> None:
    assert "  asked     only with --allow-methods POST" in explained(provider, "ACM-POST-01")


@pytest.mark.parametrize(
    ("provider", "requirement"),
    [(provider, each) for provider in SHIPPED.values() for each in provider.requirements[::90]],
    ids=lambda value: value.id,
)
def test_every_kind_of_requirement_is_explained_with_its_mutants(provider: Provider, requirement: Requirement) -> None:
    text = "\n".join(explain(provider, requirement))

    assert all(len(line) <= 120 or "/" in line for line in text.splitlines())
    assert all(f"{each.id}: " in text for each in provider.mutants if each.breaks == requirement.id)
    assert all(f"{each.id}: " in text for each in provider.contradictions if requirement.id in each.requirements)
    assert "make mock ARGS='--mutant " in text


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ACM-ID-1", "no contract has the requirement 'ACM-ID-1'; did you mean ACM-ID-01 or ACM-ID-02 or ACM-TIME-01"),
        ("\x1b[2J", r"no contract has the requirement '\\x1b\[2J'; ids are such as ACM-JSON-01"),
    ],
)
def test_an_unknown_id_is_one_sentence_with_near_ones(provider: Provider, name: str, message: str) -> None:
    with pytest.raises(UnknownRequirement, match=message):
        find(name, {"acme": provider})


@pytest.mark.parametrize(
    "requirement", [each for each in next(iter(SHIPPED.values())).requirements if each.lens is Lens.CLIENTS]
)
def test_what_clients_need_is_explained_for_a_gateway(requirement: Requirement) -> None:
    text = "\n".join(explain(*find(requirement.id, SHIPPED)))

    assert "the same for every gateway" in text
    assert f"client {requirement.check.name}): " in text


def test_an_id_is_found_in_any_case(provider: Provider) -> None:
    assert find("acm-id-01", {"acme": provider})[1].id == "ACM-ID-01"
