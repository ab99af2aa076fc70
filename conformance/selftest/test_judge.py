from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from conformance.finding import Finding, Outcome
from conformance.run import Run, World
from conformance.selftest import bench
from conformance.selftest.acme import CHECKS, MODELS, Acme, answer, changed
from conformance.selftest.gateway import Answer, Asked, Script, Transport
from conformance.waivers import Waiver
from specs import Provider

LIST = "/v1/models"


def finding(provider: Provider, script: Script, id: str, **changes: Any) -> Finding:
    """What *script* shows about the requirement *id*, when it is judged alone."""
    (found,) = bench.run(provider, script, [id], **changes).findings
    return found


def whole(provider: Provider, script: Script, **changes: Any) -> dict[str, Finding]:
    """What *script* shows about every requirement."""
    return bench.findings(bench.run(provider, script, **changes))


def accused(found: dict[str, Finding]) -> list[str]:
    """The ids of what failed or warned."""
    return [name for name, each in found.items() if each.outcome in (Outcome.FAIL, Outcome.WARN)]


def showing(*models: object) -> Script:
    """A gateway whose list, whatever is asked, holds *models*."""
    return changed(lambda asked, found: answer({"data": models}) if asked.path == LIST and found.status == 200 else found)


def waiver(**members: Any) -> Waiver:
    """A waiver that holds."""
    usual = Waiver("ACM-ID-01", None, "*", "known and reported", date(2026, 12, 31))
    return replace(usual, **members)


def test_a_conforming_gateway_passes_with_evidence_for_everything(provider: Provider) -> None:
    found = whole(provider, Acme())
    outcomes = {name: each.outcome for name, each in found.items()}

    assert outcomes.pop("ACM-POST-01") is Outcome.NOT_APPLICABLE
    assert set(outcomes.values()) == {Outcome.PASS}
    assert all(found[name].judged for name in outcomes)


def test_a_broken_must_fails_with_its_place(provider: Provider) -> None:
    found = finding(provider, showing({"id": 7, "types": "chat"}), "ACM-ID-01")

    assert found.outcome is Outcome.FAIL
    assert [each.first[0].at for each in found.groups] == ["/data/0/id"]
    assert found.reason == "/data/0/id: expected a JSON string, found 7"


def test_one_thing_that_is_broken_accuses_its_requirement_alone(provider: Provider) -> None:
    script = changed(lambda asked, found: replace(found, content=found.content.replace(b'"types": "', b'"types": "x,')))

    assert accused(whole(provider, showing({"id": "", "types": "chat"}), seed=1))[0] == "ACM-ID-01"
    assert "ACM-ID-01" not in accused(whole(provider, script))


def test_a_broken_should_warns_and_fails_when_strict(provider: Provider) -> None:
    script = showing({"id": "a", "types": "chat", "created": 1})

    assert finding(provider, script, "ACM-TIME-01").outcome is Outcome.WARN
    assert finding(provider, script, "ACM-TIME-01", strict=True).outcome is Outcome.FAIL


def test_a_waived_requirement_is_waived_and_says_why(provider: Provider) -> None:
    found = finding(provider, showing({"id": 7}), "ACM-ID-01", waivers=(waiver(),))

    assert found.outcome is Outcome.WAIVED
    assert found.reason == "waived until 2026-12-31: known and reported"
    assert found.groups


@pytest.mark.parametrize(
    "members", [{"expires": date(2026, 11, 20)}, {"target": "other.example"}, {"requirement": "ACM-ID-02"}]
)
def test_a_waiver_that_does_not_hold_lets_it_fail(provider: Provider, members: dict[str, Any]) -> None:
    assert finding(provider, showing({"id": 7}), "ACM-ID-01", waivers=(waiver(**members),)).outcome is Outcome.FAIL


def test_a_fingerprint_waives_its_violation_and_no_other(provider: Provider) -> None:
    known = finding(provider, showing({"id": 7}), "ACM-ID-01").groups[0].fingerprint
    waivers = (waiver(requirement=None, fingerprint=known),)

    assert finding(provider, showing({"id": 8}, {"id": 9}), "ACM-ID-01", waivers=waivers).outcome is Outcome.WAIVED
    assert finding(provider, showing({"id": ""}), "ACM-ID-01", waivers=waivers).outcome is Outcome.FAIL
    assert finding(provider, showing({"id": 8}, {"id": ""}), "ACM-ID-01", waivers=waivers).outcome is Outcome.FAIL


def test_a_waiver_for_what_is_kept_changes_nothing(provider: Provider) -> None:
    assert finding(provider, Acme(), "ACM-ID-01", waivers=(waiver(),)).outcome is Outcome.PASS


def test_two_hundred_bad_models_are_one_group(provider: Provider) -> None:
    (group,) = finding(provider, showing(*({"id": number} for number in range(200))), "ACM-ID-01").groups

    assert (group.count, len(group.first)) == (200, 3)


def test_a_failure_is_tried_twice_again(provider: Provider) -> None:
    assert finding(provider, showing({"id": 7}), "ACM-ID-01").confirmed == (3, 3)


def test_a_failure_that_does_not_always_show_fails_all_the_same(provider: Provider) -> None:
    bodies = iter([{"data": [{"id": 7}]}, {"data": [{"id": "a"}]}, {"data": [{"id": 7}]}])

    found = finding(provider, lambda _: answer(next(bodies)), "ACM-ID-01")

    assert (found.outcome, found.confirmed) == (Outcome.FAIL, (2, 3))


def test_a_failure_of_a_probe_is_tried_again_too(provider: Provider) -> None:
    turn = iter(range(100))
    script = changed(lambda asked, found: Answer(403) if found.status == 401 and next(turn) == 0 else found)

    found = finding(provider, script, "ACM-KEY-01")

    assert (found.outcome, found.confirmed) == (Outcome.FAIL, (1, 3))


def test_a_failure_that_no_budget_is_left_for_is_not_tried_again(provider: Provider) -> None:
    found = finding(provider, showing({"id": 7}), "ACM-ID-01", requests=1)

    assert (found.outcome, found.confirmed) == (Outcome.FAIL, None)


# inconclusive


@pytest.mark.parametrize("answered", [Answer(429), Answer(503)])
def test_what_is_throttled_or_down_is_never_passed_and_never_failed(provider: Provider, answered: Answer) -> None:
    outcomes = {each.outcome for each in whole(provider, lambda _: answered).values()}

    assert outcomes == {Outcome.INCONCLUSIVE}


def test_a_429_leaves_what_depends_on_it_inconclusive_and_nothing_else(provider: Provider) -> None:
    script = changed(lambda asked, found: Answer(429) if "type" in asked.query else found)
    found = whole(provider, script)

    assert found["ACM-FILTER-01"].outcome is Outcome.INCONCLUSIVE
    assert "429" in found["ACM-FILTER-01"].reason
    assert found["ACM-SORT-01"].outcome is Outcome.PASS


def test_a_breach_that_was_seen_outweighs_a_429(provider: Provider) -> None:
    def change(asked: Asked, found: Answer) -> Answer:
        if asked.query.get("type") == "chat":
            return answer({"data": []})
        return Answer(429) if "type" in asked.query else found

    assert finding(provider, changed(change), "ACM-FILTER-01").outcome is Outcome.FAIL


def test_what_the_budget_leaves_out_is_inconclusive(provider: Provider) -> None:
    found = whole(provider, Acme(), requests=4)

    left = [each for each in found.values() if each.outcome is Outcome.INCONCLUSIVE]
    assert left
    assert all("the budget left no request for it" in each.reason for each in left)
    assert not accused(found)


# 5xx


def failing(condition: Callable[[Asked], bool], status: int = 500) -> Script:
    """Acme, but *status* where *condition* holds."""
    return changed(lambda asked, found: Answer(status) if condition(asked) else found)


def test_a_5xx_that_stays_is_the_failure_of_who_asked(provider: Provider) -> None:
    found = whole(provider, failing(lambda asked: asked.query.get("type") == "chat"))

    assert accused(found)[0] == "ACM-FILTER-01"
    assert found["ACM-FILTER-01"].groups[0].first[0].kind == "server-error"


def test_one_5xx_accuses_one_requirement(contract: Callable[..., Provider]) -> None:
    twice = {"ACM-FILTER-01": CHECKS["ACM-FILTER-01"], "ACM-FILTER-02": CHECKS["ACM-FILTER-01"]}
    found = whole(contract(checks=twice), failing(lambda asked: "type" in asked.query))

    assert accused(found) == ["ACM-FILTER-01"]
    assert found["ACM-FILTER-02"].reason == "the answer is 500, see ACM-FILTER-01"


def test_a_5xx_that_passes_is_no_failure(provider: Provider) -> None:
    turn = iter(range(1000))
    found = whole(provider, failing(lambda asked: "type" in asked.query and next(turn) == 0))

    assert not accused(found)


def test_a_target_that_goes_down_on_the_way_is_inconclusive(provider: Provider) -> None:
    turn = iter(range(1000))
    found = whole(provider, failing(lambda _: next(turn) > 0, 502))

    assert not accused(found)
    assert found["ACM-FILTER-01"].outcome is Outcome.INCONCLUSIVE
    assert found["ACM-ID-01"].outcome is Outcome.PASS


def test_a_501_to_head_is_no_failure(provider: Provider) -> None:
    assert finding(provider, failing(lambda asked: asked.method == "HEAD", 501), "ACM-HEAD-01").outcome is Outcome.PASS


# not applicable


def test_an_empty_catalogue_passes_and_rules_about_items_do_not_apply(provider: Provider) -> None:
    run = bench.run(provider, Acme(models=()))
    found = bench.findings(run)

    assert not accused(found)
    assert run.verdict == 0
    for name in ("ACM-ID-01", "ACM-ID-02", "ACM-MODEL-01", "ACM-TIME-01", "ACM-GET-01"):
        assert found[name].outcome is Outcome.NOT_APPLICABLE, name
    assert found["ACM-LIST-01"].outcome is Outcome.PASS


def test_what_no_answer_shows_is_not_applicable_and_says_why(provider: Provider) -> None:
    models = tuple({name: value for name, value in each.items() if name != "created"} for each in MODELS)

    found = finding(provider, Acme(models), "ACM-TIME-01")

    assert (found.outcome, found.reason) == (Outcome.NOT_APPLICABLE, "no number stands at /data/*/created")


def test_what_needs_a_permission_says_which(provider: Provider) -> None:
    assert finding(provider, Acme(), "ACM-POST-01").reason == "it needs a POST; give --allow-methods POST to judge it"


def test_a_body_that_is_not_json_is_one_failure(provider: Provider) -> None:
    script = changed(
        lambda asked, found: replace(found, content=found.content[:-2]) if asked.path == LIST and found.status == 200 else found
    )

    assert accused(whole(provider, script)) == ["ACM-JSON-01"]


def test_nothing_is_judged_of_a_gateway_that_is_refused(provider: Provider) -> None:
    run = bench.run(provider, lambda _: Answer(401))
    transport = run.world.transport
    assert isinstance(transport, Transport)

    assert run.verdict == 6
    assert len(transport.asked) == 1
    assert {each.outcome for each in run.findings} == {Outcome.INCONCLUSIVE}


def test_an_answer_that_is_given_twice_is_judged_once(provider: Provider) -> None:
    run = bench.run(provider, showing({"id": 7, "types": "chat"}))

    assert bench.findings(run)["ACM-ID-01"].groups[0].count == 1


def test_a_run_that_was_ended_early_has_no_verdict(provider: Provider) -> None:
    run = bench.run(provider, Acme())
    run.findings.pop()

    assert run.verdict == 2


def test_a_run_that_was_ended_early_is_broken_by_what_it_saw(provider: Provider) -> None:
    run = bench.run(provider, showing({"id": 7}))
    run.findings.pop()

    assert run.verdict == 1


@pytest.mark.parametrize("calls", range(1, 12))
def test_a_model_that_goes_away_during_the_run_accuses_nobody(provider: Provider, calls: int) -> None:
    asked_so_far = iter(range(1000))

    def script(asked: Asked) -> Answer:
        return Acme(MODELS if next(asked_so_far) < calls else MODELS[1:])(asked)

    found = finding(provider, script, "ACM-FILTER-01", depth="deep")

    assert found.outcome in (Outcome.PASS, Outcome.INCONCLUSIVE)


def test_a_filter_that_is_deaf_is_accused_although_the_list_changes(provider: Provider) -> None:
    asked_so_far = iter(range(1000))

    def script(asked: Asked) -> Answer:
        models = MODELS if next(asked_so_far) < 2 else MODELS[1:]
        return Acme(models)(replace(asked, target=LIST))

    assert finding(provider, script, "ACM-FILTER-01").outcome is Outcome.FAIL


def since(calls: int, before: tuple[dict[str, Any], ...], after: tuple[dict[str, Any], ...]) -> Script:
    """Acme with the models *before* for so many *calls*, and *after* from then on."""
    asked_so_far = iter(range(1000))

    def script(asked: Asked) -> Answer:
        return Acme(before if next(asked_so_far) < calls else after)(asked)

    return script


@pytest.mark.parametrize("calls", range(1, 4))
def test_a_list_that_changed_once_between_two_calls_is_judged_and_passes(provider: Provider, calls: int) -> None:
    assert finding(provider, since(calls, MODELS, MODELS[1:]), "ACM-REPEAT-01").outcome is Outcome.PASS
    assert finding(provider, since(calls, MODELS[1:], MODELS), "ACM-REPEAT-01").outcome is Outcome.PASS


def test_a_list_that_changes_at_every_call_is_accused(provider: Provider) -> None:
    asked_so_far = iter(range(1000))

    def script(asked: Asked) -> Answer:
        return Acme(MODELS[next(asked_so_far) % 2 :])(asked)

    assert finding(provider, script, "ACM-REPEAT-01").outcome is Outcome.WARN


@pytest.mark.parametrize("calls", range(1, 5))
def test_a_model_that_was_taken_away_before_it_could_be_retrieved_accuses_nobody(provider: Provider, calls: int) -> None:
    assert finding(provider, since(calls, MODELS, MODELS[1:-1]), "ACM-GET-01").outcome is Outcome.PASS


def test_a_filter_is_judged_by_the_list_as_it_is_now(provider: Provider) -> None:
    assert finding(provider, since(1, MODELS, MODELS[1:]), "ACM-FILTER-01").outcome is Outcome.PASS


def test_what_the_time_leaves_unjudged_is_inconclusive(provider: Provider) -> None:
    clock = bench.Clock()
    asked = bench.settings(provider, seconds=10.0, timeout=5.0)
    run = Run(asked.targets[0], asked, World(clock, lambda: bench.NOW, clock.sleep, Transport(Acme())), provider.requirements)
    list(run.send())
    assert run.find(provider.requirements[0]).outcome is Outcome.PASS
    clock.now += 16.0

    found = [run.find(each) for each in provider.requirements[1:] if each.id != "ACM-POST-01"]

    assert {(each.outcome, each.reason) for each in found} == {
        (Outcome.INCONCLUSIVE, "the time of 10 s was over before it was judged")
    }


def test_the_time_that_other_targets_take_is_not_that_of_a_run(provider: Provider) -> None:
    clock = bench.Clock()
    asked = bench.settings(provider, seconds=10.0, timeout=5.0)
    run = Run(asked.targets[0], asked, World(clock, lambda: bench.NOW, clock.sleep, Transport(Acme())), provider.requirements)
    list(run.send())
    clock.now += 1000.0

    found = [run.find(each).outcome for each in provider.requirements]

    assert Outcome.INCONCLUSIVE not in found
