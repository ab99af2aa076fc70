"""The suite as a plugin of pytest, in this process: options, collection, outcomes, exit codes, reports."""

from __future__ import annotations

import json
import logging
import re
import shutil
import ssl
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import trustme

from conformance.invariants.identity import Unique
from conformance.message import Exchange
from conformance.selftest import acme
from conformance.selftest.acme import KEY, MODELS, Acme, answer, changed
from conformance.selftest.conftest import Suite
from conformance.selftest.gateway import Answer, Asked, Gateway, Script
from conformance.selftest.test_command import numbers_for_ids
from specs import formats

pytest_plugins = ["pytester"]


def milliseconds(asked: Asked, found: Answer) -> Answer:
    """Times are in milliseconds: a broken SHOULD."""
    return replace(found, content=re.sub(rb'("created": [0-9]+)', rb"\g<1>000", found.content))


def test_an_unknown_provider_is_one_line(suite: Suite) -> None:
    found = suite("--target", "https://gateway.example", "--provider", "nobody")

    assert found.code == 4
    assert found.error.startswith("--provider 'nobody' is unknown; expected one of ")


def test_a_target_that_is_no_url_is_one_line(suite: Suite) -> None:
    found = suite("--target", "https://[::1", "--provider", "all")

    assert found.code == 4
    assert found.error.startswith("--target 'https://[::1' is not a URL")


def test_a_key_in_the_url_is_refused_and_not_repeated(suite: Suite) -> None:
    found = suite("--target", f"https://gateway.example/v1?key={KEY}")

    assert found.code == 4
    assert "the key comes from the environment" in found.error


def test_a_key_that_no_field_can_hold_is_refused_and_not_repeated(suite: Suite, contracts: Path) -> None:
    found = suite("--providers", str(contracts), "--target", "https://acme.example", key=f"{KEY}\n{KEY}")

    assert found.code == 4
    assert found.error.startswith("the key in GATEWAY_API_KEY has a character that no bearer token can have")


def test_a_key_that_is_part_of_other_words_is_refused_and_not_repeated(suite: Suite, contracts: Path) -> None:
    found = suite("--providers", str(contracts), "--target", "https://acme.example", key="modal")

    assert found.code == 4
    assert found.error.startswith("the key in GATEWAY_API_KEY has less than 6 characters, and cannot be kept out")


def test_a_folder_of_contracts_that_does_not_exist_is_one_line(suite: Suite, tmp_path: Path) -> None:
    found = suite("--target", "https://acme.example", "--providers", str(tmp_path / "nowhere"))

    assert found.code == 4
    assert "is no folder" in found.error


def test_an_option_without_sense_is_one_line(suite: Suite) -> None:
    found = suite("--target", "https://acme.example", "--rps", "0")

    assert found.code == 4
    assert "argument --rps: found '0', expected a number above 0" in found.output


def test_a_key_with_white_space_around_it_is_the_key(judge: Suite) -> None:
    assert judge(Acme(), "-k", "ACM-ANSWER", key=f" {KEY}\r\n").code == 0


def test_the_key_may_stand_in_another_variable(judge: Suite) -> None:
    assert judge(Acme(), "-k", "ACM-ANSWER", "--api-key-env", "ACME_KEY", key=None, ACME_KEY=KEY).code == 0


def test_a_variable_that_was_named_and_is_not_set_is_refused(suite: Suite, contracts: Path) -> None:
    acme_elsewhere = ("--providers", str(contracts), "--target", "https://acme.example", "--api-key-env", "NOBODY_SET_THIS")
    found, planned = suite(*acme_elsewhere), suite(*acme_elsewhere, "--plan")

    assert found.code == 4
    assert found.error == (
        "--api-key-env names a variable that is not set, or is empty; set it, or leave out --api-key-env where the gateway"
        " wants no key"
    )
    assert planned.code == 0


def test_on_this_machine_a_variable_that_was_named_need_not_be_set(judge: Suite) -> None:
    found = judge(Acme(key="sk-loopback"), "-k", "ACM-ANSWER", "--api-key-env", "NOBODY_SET_THIS", key=None)

    assert found.code == 0
    assert "  key       none in NOBODY_SET_THIS; sk-loopback was sent, as the target is on this machine" in found.output


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (
            lambda _: Answer(200, (("Content-Type", "text/html"),), b"<!DOCTYPE html><p>Log in"),
            "answered 200 with an HTML page",
        ),
        (lambda _: Answer(403, (("Content-Type", "text/html"),), b"<html>Are you human?"), "answered 403 with an HTML page"),
        (Acme(key="sk-another"), "answered 401: the key in GATEWAY_API_KEY was refused"),
        (lambda _: answer({"error": "slow down"}, 429), "the target answered 429, too many requests"),
        (lambda _: Answer(503), "answered 503 three times: the gateway is out of order"),
    ],
    ids=["page", "challenge", "wrong-key", "429", "503"],
)
def test_a_gateway_that_cannot_be_judged_is_one_sentence(judge: Suite, script: Script, sentence: str) -> None:
    found = judge(script)

    assert found.code == 6
    assert sentence in found.verdict
    assert len(found.asked) <= 3
    assert "passed" not in found.output


def test_a_broken_should_warns_and_its_text_is_shown(judge: Suite) -> None:
    found = judge(changed(milliseconds), "-k", "ACM-TIME-01")

    assert found.code == 0
    assert "1 warned" in found.output
    assert "ACM-TIME-01 SHOULD  What ACM-TIME-01 asks for." in found.output


def test_a_broken_should_fails_when_strict(judge: Suite) -> None:
    assert judge(changed(milliseconds), "-k", "ACM-TIME-01", "--strict").code == 1


def test_a_selection_asks_only_for_what_it_needs(judge: Suite) -> None:
    found = judge(Acme(), "-k", "ACM-ANSWER-01")

    assert found.code == 0
    assert [asked.target for asked in found.asked] == ["/v1/models"]


def test_a_selection_of_nothing_ends_with_5(judge: Suite) -> None:
    found = judge(Acme(), "-k", "NOBODY")

    assert found.code == 5
    assert found.asked == ()


def test_a_plan_is_printed_and_nothing_is_sent(judge: Suite) -> None:
    found = judge(Acme(), "--plan")

    assert found.code == 0
    assert found.asked == ()
    assert re.search(r"^   1  GET /v1/models\n      ACM-JSON-01, ", found.output, re.MULTILINE)
    assert "[no Authorization]" in found.output
    assert re.search(r"^[0-9]+ requests, at most 40 allowed", found.output, re.MULTILINE)


def test_what_is_planned_is_what_is_sent(judge: Suite) -> None:
    planned = re.findall(r"^ +[0-9]+  ([A-Z]+) (\S+)", judge(Acme(), "--plan", "--seed", "7").output, re.MULTILINE)
    sent = [(asked.method, asked.target) for asked in judge(Acme(), "--seed", "7").asked]

    assert len(planned) == len(sent)
    assert [each for each in planned if "{" not in each[1]] == [each for each in sent if each[1].count("/") == 2]


def test_reports_are_written_and_hold_no_key(judge: Suite, tmp_path: Path) -> None:
    def echoes(asked: Asked, found: Answer) -> Answer:
        key = (asked.header("Authorization") or "").encode()
        broken = found.content.replace(b'"types": "chat"', b'"types": ["' + key + b'"]')
        return Answer(found.status, (*found.headers, ("X-Echo", key.decode())), broken)

    json_report, junit = tmp_path / "report.json", tmp_path / "junit.xml"
    found = judge(changed(echoes), "-vv", "--report-json", str(json_report), "--junitxml", str(junit))

    assert found.code == 1
    written = json_report.read_text(encoding="utf-8")
    assert KEY not in written + junit.read_text(encoding="utf-8")
    assert "Bearer …" in written
    formats.check(json.loads(written), "report", "report.json")
    suite_ = ElementTree.parse(junit).getroot()[0]
    assert int(suite_.get("tests", "0")) == len(json.loads(written)["runs"][0]["findings"]) > len(acme.CHECKS)
    assert int(suite_.get("failures", "0")) >= 1


def test_a_log_of_everything_does_not_hold_the_key_even_if_the_gateway_shows_it(judge: Suite, tmp_path: Path) -> None:
    def echoes(asked: Asked, found: Answer) -> Answer:
        return replace(numbers_for_ids(asked, found), headers=(*found.headers, ("X-Echo", asked.header("Authorization") or "")))

    log, junit = tmp_path / "log.txt", tmp_path / "junit.xml"
    logging_ = ["--log-level=DEBUG", "--log-cli-level=DEBUG", f"--log-file={log}", "--log-file-level=DEBUG"]
    found = judge(changed(echoes), *logging_, "-o", "junit_logging=all", "--junitxml", str(junit))

    assert found.code == 1
    assert KEY not in log.read_text(encoding="utf-8") + junit.read_text(encoding="utf-8")
    assert logging.getLogger("httpcore2").level == logging.NOTSET


def test_a_key_in_the_place_of_the_variables_name_is_not_repeated(suite: Suite) -> None:
    found = suite("--target", "http://127.0.0.1:9", "--provider", "zenmux", "--api-key-env", KEY)

    assert found.code == 4
    assert "--api-key-env wants the name of an environment variable" in found.error


def test_a_report_into_no_folder_is_one_line_and_nothing_is_sent(judge: Suite, tmp_path: Path) -> None:
    found = judge(Acme(), "--report-json", str(tmp_path / "nowhere" / "report.json"))

    assert found.code == 4
    assert "there is no such folder" in found.error
    assert found.asked == ()


def test_a_hostile_answer_is_judged_and_shown_in_plain_letters(judge: Suite, tmp_path: Path) -> None:
    def hostile(asked: Asked, found: Answer) -> Answer:
        if asked.path != "/v1/models" or found.status != 200:
            return found
        bad = {"id": "\x1b]0;owned\x07\u202e\x9b2J", "types": "chat", "size": 10**300, "created": -(10**300)}
        return replace(found, content=json.dumps({"data": [bad, {"id": "\ud800", "types": "chat"}, *MODELS]}).encode())

    report = tmp_path / "report.json"
    found = judge(changed(hostile), "--strict", "--report-json", str(report))

    assert found.code == 1
    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(found.output)
    formats.check(json.loads(report.read_bytes()), "report", "report.json")


def test_an_error_of_ours_ends_with_3_and_does_not_show_the_key(judge: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: Unique, exchange: Exchange, now: float) -> None:
        raise RuntimeError(f"a bug of ours, with the key {KEY}")

    monkeypatch.setattr(Unique, "violations", fails)
    found = judge(Acme(), "-vv", "--showlocals", "--tb=long", "-k", "ACM-ID-02")

    assert found.code == 3
    assert "a bug of ours, with the key …" in found.output
    assert found.verdict == "no verdict: the suite itself failed"


def test_every_provider_below_one_target_is_judged(suite: Suite, contracts: Path) -> None:
    with Gateway(lambda asked: Acme()(replace(asked, target=asked.target.removeprefix("/acme")))) as gateway:
        found = suite("--providers", str(contracts), "--provider", "all", "--target", gateway.url)

    assert found.code == 0
    assert {asked.target.split("/")[1] for asked in gateway.asked} == {"acme"}


def test_a_waiver_turns_a_failure_into_a_remark(judge: Suite, tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    one = "{requirement: ACM-ID-01, target: '*', reason: known and reported, expires: '2099-12-31'}"
    path.write_text(f"waivers: [{one}]\n", encoding="utf-8")

    found = judge(changed(numbers_for_ids), "-k", "ACM-ID-01", "--waivers", str(path))

    assert found.code == 0
    assert "  waived    ACM-ID-01: waived until 2099-12-31: known and reported" in found.output
    assert "1 waived" in found.output


def test_another_contract_that_cannot_be_read_is_one_line_where_waivers_are_looked_up_in_all(
    judge: Suite, contracts: Path, tmp_path: Path
) -> None:
    shutil.copytree(contracts, tmp_path / "contracts")
    (tmp_path / "contracts" / "zz").mkdir()
    (tmp_path / "contracts" / "zz" / "openapi.yaml").write_text("[", encoding="utf-8")
    one = "{requirement: ACM-ID-01, target: '*', reason: known and reported, expires: '2099-12-31'}"
    (tmp_path / "waivers.yaml").write_text(f"waivers: [{one}]\n", encoding="utf-8")
    own = "--providers", str(tmp_path / "contracts")

    assert judge(Acme(), *own).code == 0
    found = judge(Acme(), *own, "--waivers", str(tmp_path / "waivers.yaml"))
    assert found.code == 4
    assert "malformed YAML" in found.error


def test_a_waiver_of_a_requirement_that_no_contract_has_is_one_line(judge: Suite, tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    one = "{requirement: NOPE-ID-01, target: '*', reason: known and reported, expires: '2099-12-31'}"
    path.write_text(f"waivers: [{one}]\n", encoding="utf-8")

    found = judge(Acme(), "--waivers", str(path))

    assert found.code == 4
    assert found.error == "--waivers: no contract has the requirement 'NOPE-ID-01'"


@pytest.mark.parametrize(
    ("expires", "says"),
    [
        ("2020-01-01", "  expired   the waiver of ACM-ID-01, on 2020-01-01: known and reported"),
        ("2099-12-31", "  unneeded  the waiver of ACM-ID-01: nothing that it waives was seen"),
    ],
)
def test_a_waiver_that_does_nothing_is_listed(judge: Suite, tmp_path: Path, expires: str, says: str) -> None:
    path = tmp_path / "waivers.yaml"
    one = f"{{requirement: ACM-ID-01, target: '*', reason: known and reported, expires: '{expires}'}}"
    path.write_text(f"waivers: [{one}]\n", encoding="utf-8")

    assert says in judge(Acme(), "-k", "ACM-ID-01", "--waivers", str(path)).output


def test_a_waiver_without_the_port_of_the_target_is_listed(judge: Suite, tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    one = "{requirement: ACM-ID-01, target: 127.0.0.1, reason: known and reported, expires: '2099-12-31'}"
    path.write_text(f"waivers: [{one}]\n", encoding="utf-8")

    found = judge(Acme(), "-k", "ACM-ID-01", "--waivers", str(path))

    listed = r"^  unmatched the waiver of ACM-ID-01: it is for 127\.0\.0\.1, and this gateway is at 127\.0\.0\.1:[0-9]+$"
    assert re.search(listed, found.output, re.MULTILINE)


def test_a_run_is_not_spread_over_processes(judge: Suite) -> None:
    found = judge(Acme(), "-n", "2")

    assert found.code == 4
    assert "one run sends its requests one after another; leave out -n" in found.output
    assert found.asked == ()


def test_a_report_that_would_be_a_folder_is_one_line_before_anything_is_sent(judge: Suite, tmp_path: Path) -> None:
    found = judge(Acme(), "--report-json", str(tmp_path))

    assert found.code == 4
    assert found.error == f"--report-json {tmp_path}: that is a folder, expected the name of a file"
    assert found.asked == ()


def test_listing_the_items_gives_no_verdict_and_no_report(judge: Suite, tmp_path: Path) -> None:
    report = tmp_path / "report.json"

    found = judge(Acme(), "--collect-only", "-q", "--report-json", str(report))

    assert "verdict" not in found.output
    assert not report.exists()


def test_waivers_that_cannot_be_read_are_one_line(judge: Suite, tmp_path: Path) -> None:
    found = judge(Acme(), "--waivers", str(tmp_path / "nowhere.yaml"))

    assert found.code == 4
    assert "nowhere.yaml" in found.error


def test_the_items_can_be_listed_without_sending_anything(judge: Suite) -> None:
    found = judge(Acme(), "--collect-only", "-q")

    assert found.code == 0
    assert "ACM-ID-01" in found.output
    assert found.asked == ()


def test_a_post_is_sent_when_it_is_allowed(judge: Suite) -> None:
    found = judge(Acme(), "--allow-methods", "post", "-k", "ACM-POST-01")

    assert found.code == 0
    assert "POST" in {asked.method for asked in found.asked}


@pytest.mark.parametrize("methods", ["FOO", "delete", "POST,FOO", "DELETE, GET"])
def test_a_method_that_no_check_sends_is_refused(judge: Suite, methods: str) -> None:
    found = judge(Acme(), "--allow-methods", methods)

    refused = "FOO" if "FOO" in methods else "DELETE"
    assert (found.code, found.asked) == (4, ())
    assert found.error == (
        f"--allow-methods {refused} has no effect: beside GET, HEAD, OPTIONS, which are always allowed, checks send POST alone"
    )


def test_a_contract_whose_check_cannot_be_made_is_one_line(suite: Suite, tmp_path: Path) -> None:
    checks = {"ACM-FILTER-01": ("MUST", "listModels", "{probe: filter, parameter: colour}")}
    found = suite("--target", "https://acme.example", "--providers", str(acme.folder(tmp_path, checks=checks)), "--plan")

    assert found.code == 4
    assert "at ACM-FILTER-01: found a check whose parameters do not fit" in found.error


def test_an_empty_folder_of_contracts_is_one_line(suite: Suite, tmp_path: Path) -> None:
    found = suite("--target", "https://acme.example", "--providers", str(tmp_path))

    assert found.code == 4
    assert "holds no contract" in found.error


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "many", "²"])
def test_a_number_of_requests_is_a_whole_number_above_0(suite: Suite, value: str) -> None:
    found = suite("--target", "https://acme.example", "--max-requests", value)

    assert found.code == 4
    assert f"argument --max-requests: found {value!r}, expected a whole number above 0" in found.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--header", "Authorization: Bearer sk-x"], "--header Authorization: the key comes from the environment"),
        (["--header", "nonsense"], "--header 'nonsense' is no field"),
        (["--cacert", "nowhere.pem"], "--cacert nowhere.pem: No such file or directory"),
        (["--cacert", "nowhere.pem", "--insecure"], "--cacert and --insecure contradict each other"),
    ],
)
def test_a_connection_that_cannot_be_is_one_line(suite: Suite, contracts: Path, arguments: list[str], sentence: str) -> None:
    found = suite("--providers", str(contracts), "--target", "https://acme.example", *arguments)

    assert found.code == 4
    assert found.error.startswith(sentence)


def test_the_key_is_not_sent_to_a_proxy_in_clear(suite: Suite, contracts: Path) -> None:
    with Gateway(Acme()) as proxy:
        found = suite("--providers", str(contracts), "--target", "http://acme.example", HTTP_PROXY=proxy.url)

    assert found.code == 4
    assert "in clear" in found.error
    assert proxy.asked == []


def test_a_field_of_ones_own_goes_along_and_a_secret_one_is_shown_nowhere(judge: Suite, tmp_path: Path) -> None:
    def echoes(asked: Asked, found: Answer) -> Answer:
        return answer({"data": [{"id": 7, "types": asked.header("X-Api-Token")}]}) if found.status == 200 else found

    report = tmp_path / "report.json"
    own = ("--header", "X-Organization: acme inc", "--header", "X-Api-Token: hush-hush")
    found = judge(changed(echoes), "-k", "ACM-ID-01", "-vv", "--report-json", str(report), *own)

    assert found.code == 1
    assert {(asked.header("X-Organization"), asked.header("X-Api-Token")) for asked in found.asked} == {
        ("acme inc", "hush-hush")
    }
    assert "hush" not in found.output + report.read_text(encoding="utf-8")
    line = next(line for line in found.output.splitlines() if line.startswith("  curl "))
    assert """-H 'X-Organization: acme inc' -H "X-Api-Token: $X_API_TOKEN" """ in line
    assert """--header 'X-Organization: acme inc' --header "X-Api-Token: $X_API_TOKEN" -k ACM-ID-01""" in found.output


def test_a_certificate_that_nobody_vouched_for_is_told_in_summary_and_report(
    suite: Suite, contracts: Path, tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    path = tmp_path / "report.json"
    with Gateway(Acme(), context) as gateway:
        own = ("--provider", "acme", "--insecure", "--report-json", str(path), "-k", "ACM-ANSWER-01")
        found = suite("--providers", str(contracts), "--target", gateway.url, *own)

    assert found.code == 0
    sentence = "--insecure: nobody vouched for the target, so this may have been another one"
    assert f"  warning   {sentence}" in found.output
    written = json.loads(path.read_bytes())
    assert written["runs"][0]["warnings"] == [sentence]
    formats.check(written, "report", "report.json")


def test_an_authority_of_ones_own_lets_a_target_be_judged(suite: Suite, contracts: Path, tmp_path: Path) -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with Gateway(Acme(), context) as gateway:
        own = ("--provider", "acme", "--cacert", str(tmp_path / "ca.pem"), "-k", "ACM-ANSWER-01")
        found = suite("--providers", str(contracts), "--target", gateway.url, *own)

    assert found.code == 0
    assert "warning   " not in found.output


@pytest.mark.parametrize("option", ["--cacert=FILE", "--insecure", "--http2", "--header='N: V'"])
def test_the_ways_to_reach_a_target_are_in_the_help(suite: Suite, option: str) -> None:
    assert re.search(rf"^  {re.escape(option)}\s", suite("--help").output, re.MULTILINE)


def test_a_run_is_recorded_and_judged_again_without_target_key_or_request(
    judge: Suite, suite: Suite, contracts: Path, tmp_path: Path
) -> None:
    transcript, first, second = (tmp_path / name for name in ("transcript.json", "first.json", "second.json"))
    options = ("--depth", "quick", "--seed", "4", "--header", "X-Organization: acme", "--record", str(transcript))
    run = judge(changed(numbers_for_ids), *options, "--report-json", str(first))

    again = suite("--providers", str(contracts), "--replay", str(transcript), "--report-json", str(second), key=None)

    assert (run.code, again.code) == (1, 1)
    assert f"  replayed  {transcript}, recorded 20" in again.output
    reports = [json.loads(each.read_bytes()) for each in (first, second)]
    for each in reports:
        formats.check(each, "report", "report.json")
    assert [each["runs"][0].pop("replayed") is None for each in reports] == [True, False]
    assert reports[0] == reports[1]


def test_of_a_recorded_run_some_requirements_can_be_judged_again(
    judge: Suite, suite: Suite, contracts: Path, tmp_path: Path
) -> None:
    transcript = tmp_path / "transcript.json"
    judge(Acme(), "-k", "ACM-ID or ACM-KEY-01", "--record", str(transcript))

    everything = suite("--providers", str(contracts), "--replay", str(transcript))
    one = suite("--providers", str(contracts), "--replay", str(transcript), "-k", "ACM-KEY-01")

    assert (everything.code, one.code) == (0, 0)
    assert "3 pass" in everything.output
    assert "1 pass" in one.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--record", "{}/t.json", "--plan"], "--record and --plan contradict each other, as --plan sends nothing"),
        (["--record", "{}/t.json", "--replay", "{}/u.json"], "--record and --replay contradict each other"),
        (["--record", "{}/t.json", "--report-json", "{}/t.json"], "--record and --report-json name one file"),
        (["--record", "{}/no/t.json"], "--record {}/no/t.json: there is no such folder to write it to"),
        (["--record", "{}"], "--record {}: that is a folder, expected the name of a file"),
        (["--replay", "{}/t.json"], "--target is taken from the transcript; leave it out with --replay"),
        (["--waivers-update"], "--waivers-update needs the file that it is to write: --waivers FILE"),
        (["--waivers-update", "--waivers", "{}/w.yaml", "--plan"], "--waivers-update and --plan contradict each other"),
        (["--waivers-update", "--waivers", "{}/no/w.yaml"], "--waivers {}/no/w.yaml: there is no such folder"),
        (["--waivers-days", "7"], "--waivers-days has no effect without --waivers-update"),
    ],
)
def test_files_that_make_no_sense_are_one_line_and_nothing_is_sent(
    judge: Suite, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    found = judge(Acme(), *(each.format(tmp_path) for each in arguments))

    assert found.code == 4
    assert found.error.startswith(sentence.format(tmp_path))
    assert found.asked == ()


@pytest.mark.parametrize("option", [["--depth", "quick"], ["--seed", "1"], ["--header", "X: y"], ["--probe-rate-limit"]])
def test_what_a_transcript_says_cannot_be_said_anew(suite: Suite, option: list[str]) -> None:
    found = suite("--replay", "transcript.json", *option)

    assert found.code == 4
    assert found.error == f"{option[0]} is taken from the transcript; leave it out with --replay"


def test_a_transcript_that_cannot_be_used_is_one_line(suite: Suite, tmp_path: Path) -> None:
    found = suite("--replay", str(tmp_path / "nowhere.json"))

    assert found.code == 4
    assert found.error == f"{tmp_path}/nowhere.json: found no such file, expected one that --record wrote"


def test_waivers_are_written_and_taken_out_again(suite: Suite, contracts: Path, tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    states: list[Script] = [changed(numbers_for_ids), changed(numbers_for_ids), Acme()]
    with Gateway(Acme()) as gateway:
        options = ("--providers", str(contracts), "--provider", "acme", "--target", gateway.url, "-k", "ACM-ID-01")
        found = []
        for script, update in zip(states, (["--waivers-update", "--waivers-days", "3"], [], ["--waivers-update"]), strict=True):
            gateway.serve(script)
            found.append(suite(*options, "--waivers", str(path), *update))

    assert [each.code for each in found] == [1, 0, 0]
    assert f"{path}: waivers added: 1, removed: 0; the next run is judged by them" in found[0].output
    assert f"{path}: waivers added: 0, removed: 1; the next run is judged by them" in found[2].output
    assert path.read_text(encoding="utf-8").endswith("waivers: []\n")


def test_waivers_that_cannot_be_changed_are_one_sentence_and_an_error(judge: Suite, tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text("{waivers: []}\n", encoding="utf-8")

    found = judge(changed(numbers_for_ids), "-k", "ACM-ID-01", "--waivers", str(path), "--waivers-update")

    assert found.code == 3
    assert "found YAML that cannot be changed safely, expected a plain list" in found.output


def test_a_replay_is_not_spread_over_processes(suite: Suite) -> None:
    found = suite("--replay", "transcript.json", "-n", "2")

    assert found.code == 4
    assert "leave out -n" in found.output


def test_the_targets_of_a_file_are_judged_again_by_their_names(suite: Suite, contracts: Path, tmp_path: Path) -> None:
    targets, transcript = tmp_path / "targets.yaml", tmp_path / "transcript.json"
    with Gateway(Acme()) as one, Gateway(changed(numbers_for_ids)) as other:
        lines = [f"  - {{name: n{at}, url: '{each.url}', provider: acme}}" for at, each in enumerate((one, other))]
        targets.write_text("\n".join(["targets:", *lines]) + "\n", encoding="utf-8")
        options = ("--providers", str(contracts), "-k", "ACM-ID-01")
        run = suite(*options, "--targets", str(targets), "--record", str(transcript))
    targets.unlink()

    again = suite("--providers", str(contracts), "--replay", str(transcript))

    assert (run.code, again.code) == (1, 1)
    for found in (run, again):
        assert f"rerun     pytest conformance --targets {targets}" in found.output
        assert "n0: Acme Models at " in found.output
        assert "n1: Acme Models at " in found.output
