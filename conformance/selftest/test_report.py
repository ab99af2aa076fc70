from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance import report, summary
from conformance.reports.reading import VERSION
from conformance.selftest import bench
from conformance.selftest.acme import KEY, Acme, answer, changed
from conformance.selftest.gateway import Answer, Asked, Script
from specs import Provider, formats


def broken(asked: Asked, found: Answer) -> Answer:
    """The list has ids of two bad kinds."""
    if asked.path != "/v1/models" or found.status != 200:
        return found
    return answer({"data": [{"id": 7, "types": "chat", "extra": 1}, {"id": "", "types": KEY}, {"id": 8}]})


SCRIPTS: dict[str, Script] = {
    "conforming": Acme(),
    "empty": Acme(models=()),
    "broken": changed(broken),
    "refused": lambda _: Answer(401),
    "down": lambda _: Answer(500),
    "half": changed(lambda asked, found: Answer(429) if asked.query else found),
    "nonsense": lambda _: Answer(content=b"\xff\x00nonsense"),
}


def reported(provider: Provider, name: str, **changes: Any) -> Any:
    """The report of a run over one of the scripts, as it is read from its file."""
    value = report.report([bench.run(provider, SCRIPTS[name], **changes)])
    formats.check(value, "report", "report.json")
    return value["runs"][0]


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("strict", [False, True])
def test_a_report_is_of_its_format(provider: Provider, name: str, strict: bool) -> None:
    reported(provider, name, strict=strict)


@pytest.mark.parametrize(
    ("name", "verdict", "complete"),
    [
        ("conforming", "kept", True),
        ("empty", "kept", True),
        ("broken", "broken", True),
        ("refused", "inconclusive", False),
        ("down", "inconclusive", False),
        ("half", "inconclusive", True),
        ("nonsense", "broken", True),
    ],
)
def test_a_report_has_the_verdict_and_whether_it_is_whole(provider: Provider, name: str, verdict: str, complete: bool) -> None:
    run = reported(provider, name)

    assert (run["verdict"], run["complete"]) == (verdict, complete)


def test_a_refusal_is_one_sentence(provider: Provider) -> None:
    assert reported(provider, "refused")["refusal"] == (
        "GET http://127.0.0.1/v1/models answered 401: the key in GATEWAY_API_KEY was refused"
    )


def test_violations_are_grouped_with_their_places(provider: Provider) -> None:
    (finding,) = [each for each in reported(provider, "broken")["findings"] if each["requirement"] == "ACM-ID-01"]

    assert [(each["kind"], each["count"], each["at"]) for each in finding["violations"]] == [
        ("type", 2, ["/data/0/id", "/data/2/id"]),
        ("minLength", 1, ["/data/1/id"]),
    ]
    assert finding["confirmed"] == {"shown": 3, "tried": 3}


def test_a_report_does_not_hold_the_key_even_if_the_gateway_shows_it(provider: Provider) -> None:
    assert KEY not in json.dumps(reported(provider, "broken"))


@pytest.mark.parametrize("key", ["sk/with/slashes", 'sk"quoted', "sk+and%20=", "sk-ok"])
def test_a_key_is_hidden_in_every_way_of_writing_it(provider: Provider, key: str) -> None:
    shown = [key, json.dumps({"k": key}), json.dumps(key).replace("/", "\\/"), bench.client(provider, Acme()).target.root]
    settings = bench.settings(provider, key=key)

    hidden = [settings.hidden(each) for each in shown]

    assert all(key not in each and json.dumps(key)[1:-1] not in each for each in hidden)
    assert hidden[0] == "…"
    assert hidden[-1] == shown[-1]


def test_without_a_key_nothing_is_hidden(provider: Provider) -> None:
    assert bench.settings(provider, key=None).hidden("as it is") == "as it is"


def test_settings_do_not_show_the_key(provider: Provider) -> None:
    assert KEY not in repr(bench.settings(provider))
    assert KEY not in repr(bench.run(provider, Acme(), ["ACM-ANSWER-01"]))


def test_a_file_is_written_whole_and_leaves_nothing_beside_it(provider: Provider, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old", encoding="utf-8")

    report.write(path, [bench.run(provider, Acme())])

    assert json.loads(path.read_bytes())["version"] == VERSION
    assert list(tmp_path.iterdir()) == [path]


def test_half_of_a_surrogate_pair_can_be_reported(provider: Provider, tmp_path: Path) -> None:
    script = changed(lambda _, found: Answer(found.status, found.headers, rb'{"data": ["\ud800"]}'))
    path = tmp_path / "report.json"

    report.write(path, [bench.run(provider, script)])

    assert "\ud800" in json.dumps(json.loads(path.read_bytes()), ensure_ascii=False)


def test_a_report_says_what_was_planned_and_what_came_of_each_request(provider: Provider) -> None:
    run = reported(provider, "half")

    plain, *_ = run["planned"]
    assert (plain["method"], plain["path"], plain["differs"]) == ("GET", "/v1/models", [])
    assert "ACM-ID-01" in plain["serves"]
    first, *others = run["sent"]
    assert (first["url"], first["status"], first["tries"]) == ("http://127.0.0.1/v1/models", 200, 1)
    assert first["bytes"] > 100
    assert first["seconds"] is not None
    (refused, *_) = (each for each in others if each["reason"])
    assert (refused["status"], refused["tries"], refused["bytes"]) == (None, 3, None)
    assert refused["reason"] == "the target answered 429, too many requests"
    assert sum(each["tries"] for each in run["sent"]) == run["requests"]["sent"]


def test_only_so_many_requests_are_listed(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "MOST_SENT", 3)

    run = reported(provider, "conforming")

    assert len(run["sent"]) == 3
    assert run["sent_cut"] == run["requests"]["sent"] - 3


def test_a_finding_has_its_citations_in_parts_and_the_line_of_its_requirement(provider: Provider) -> None:
    (finding,) = (each for each in reported(provider, "conforming")["findings"] if each["requirement"] == "ACM-LIST-01")

    assert finding["citations"] == [
        {"kind": "page", "file": "models.txt", "url": None, "first": 12, "last": 12, "quote": "as it is written"}
    ]
    source = Path(finding["source"]["file"])
    line = source.read_text(encoding="utf-8").splitlines()[finding["source"]["line"] - 1]
    assert line.startswith("  - {id: ACM-LIST-01, ")


def test_a_report_names_what_was_left_when_the_run_was_cut_short(provider: Provider) -> None:
    run = bench.run(provider, Acme())
    last = run.findings.pop()

    value = report.report([run])

    formats.check(value, "report", "report.json")
    assert [each["requirement"] for each in value["runs"][0]["unjudged"]] == [last.requirement.id]
    assert (value["complete"], value["exit_code"], value["runs"][0]["exit_code"]) == (False, 2, 2)


def test_a_report_of_several_runs_has_the_exit_code_of_the_worst(provider: Provider) -> None:
    value = report.report([bench.run(provider, SCRIPTS[name]) for name in ("conforming", "down", "broken")])

    assert value["exit_code"] == 1
    assert [each["exit_code"] for each in value["runs"]] == [0, 6, 1]
    assert value["complete"] is False


def test_a_report_of_nothing_is_not_complete() -> None:
    value = report.report([])

    formats.check(value, "report", "report.json")
    assert (value["complete"], value["exit_code"]) == (False, 5)


def test_what_one_target_says_does_not_show_the_key_of_another(provider: Provider) -> None:
    other = bench.run(provider, Acme(key="sk-of-another-gateway"), key="sk-of-another-gateway")
    telling = changed(lambda _, found: answer({"data": [{"id": 7, "types": "sk-of-another-gateway"}]}))

    value = report.report([bench.run(provider, telling), other])

    assert "sk-of-another-gateway" not in json.dumps(value)


# the summary


def lines(provider: Provider, name: str, **changes: Any) -> list[str]:
    """The summary of a run over one of the scripts."""
    return list(summary.lines(bench.run(provider, SCRIPTS[name], **changes)))


def test_a_summary_has_verdict_counts_requests_and_what_nothing_showed(provider: Provider) -> None:
    found = lines(provider, "conforming")

    assert found[0] == "Acme Models at http://127.0.0.1"
    assert found[1] == "  verdict   kept: every MUST that could be judged is kept"
    assert found[2] == "  outcomes  18 pass, 1 not applicable"
    assert found[3].startswith("  requests  22 sent of at most 40, ")
    assert "  unshown   ACM-POST-01: it needs a POST; give --allow-methods POST to judge it" in found


def test_a_summary_names_what_is_broken_and_what_could_not_be_judged(provider: Provider) -> None:
    assert any(line.startswith("  broken    ") and "ACM-ID-01" in line for line in lines(provider, "broken"))
    assert any(line.startswith("  unjudged  ACM-FILTER-01: ") for line in lines(provider, "half"))


def test_a_summary_says_once_what_many_requirements_could_not_be_judged_for(provider: Provider) -> None:
    found = list(summary.lines(bench.run(provider, lambda _: Answer(302, (("Location", "/login"),)))))

    (line,) = (each for each in found if each.startswith("  unjudged"))
    assert line.startswith("  unjudged  ACM-JSON-01, ACM-LIST-01, ACM-MODEL-01 and 14 more: GET http://127.0.0.1/v1/models ")
    assert line.endswith("answered 302, a redirect to /login; redirects are not followed, name the new target")
    assert "  broken    ACM-ANSWER-01" in found


def test_a_refusal_is_the_whole_summary(provider: Provider) -> None:
    assert lines(provider, "refused") == [
        "Acme Models at http://127.0.0.1",
        "  verdict   inconclusive: GET http://127.0.0.1/v1/models answered 401: the key in GATEWAY_API_KEY was refused",
        "  requests  1 sent",
    ]


def test_unknown_members_are_listed_and_all_of_them_when_closed(provider: Provider) -> None:
    extra = {f"x{number}": number for number in range(9)}
    script = Acme(({"id": "a", "types": "chat", "features": "", "size": 1, **extra},))

    (cut,) = [line for line in summary.lines(bench.run(provider, script)) if line.startswith("  unknown ")]
    (whole,) = [line for line in summary.lines(bench.run(provider, script, closed=True)) if line.startswith("  unknown ")]

    assert "more" in cut
    assert "more" not in whole
    assert "/data/*/x8" in whole


def test_a_key_that_was_not_set_is_told(provider: Provider) -> None:
    run = bench.run(provider, Acme(key="sk-loopback"), key=None)

    assert any("none in GATEWAY_API_KEY; sk-loopback was sent" in line for line in summary.lines(run))


def test_a_summary_says_which_key_was_sent(provider: Provider) -> None:
    assert "  key       that in GATEWAY_API_KEY" in list(summary.lines(bench.run(provider, Acme())))


def test_a_summary_says_that_no_key_was_sent(provider: Provider) -> None:
    elsewhere = bench.target(provider, "http://gateway.test")
    run = bench.run(provider, lambda _: answer({"data": []}), key=None, targets=(elsewhere,))

    assert "  key       none in GATEWAY_API_KEY, so none was sent" in list(summary.lines(run))


def test_a_warning_has_the_text_of_a_failure(provider: Provider) -> None:
    script = changed(
        lambda _, found: Answer(found.status, found.headers, found.content.replace(b'"created": 17', b'"created": 1'))
    )

    (warning,) = summary.warnings(bench.run(provider, script, ["ACM-TIME-01"]))

    assert warning.startswith("ACM-TIME-01 SHOULD  What ACM-TIME-01 asks for.\n  at        /data/0/created of GET /v1/models")


def test_a_summary_shows_plain_letters_only(provider: Provider) -> None:
    script = changed(lambda _, found: Answer(302, (("Location", "http://x/\x9b2J"),)))

    assert all(line.isprintable() for line in summary.lines(bench.run(provider, script)))
