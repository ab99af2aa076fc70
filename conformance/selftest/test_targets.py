from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

import specs
from conformance.finding import Finding, Outcome
from conformance.rerun import rerun
from conformance.selftest import acme
from conformance.selftest.acme import KEY, Acme, answer
from conformance.selftest.conftest import Suite
from conformance.selftest.gateway import Answer, Asked, Gateway
from conformance.selftest.test_capabilities import CAPABILITIES, CHECKS
from conformance.settings import Settings
from conformance.target import TargetError
from conformance.targets import read
from specs import Provider
from specs.errors import SpecError

pytest_plugins = ["pytester"]

OTHER_KEY = "sk-another-key-of-a-neighbour"


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Acme's contract, which has capabilities."""
    openapi = acme.OPENAPI.replace("x-gateway: {title: Acme Models}\n", CAPABILITIES)
    return acme.folder(tmp_path_factory.mktemp("contracts"), openapi=openapi, checks=CHECKS)


@pytest.fixture(scope="module")
def providers(contracts: Path) -> Mapping[str, Provider]:
    return specs.load_all(contracts, None)


def written(folder: Path, *targets: str) -> Path:
    """A targets file with *targets*, each the inside of a flow mapping."""
    file = folder / "targets.yaml"
    file.write_text("targets:\n" + "".join(f"  - {{{each}}}\n" for each in targets), encoding="utf-8")
    return file


def test_a_target_has_a_name_a_root_a_provider_a_variable_and_capabilities(
    tmp_path: Path, providers: Mapping[str, Provider]
) -> None:
    file = written(tmp_path, "name: a, url: 'http://h/v1', provider: acme, api_key_env: A_KEY, capabilities: {retrieve: false}")

    (found,) = read(file, providers)

    assert (found.name, found.root, found.provider.id, found.key_env) == ("a", "http://h", "acme", "A_KEY")
    assert found.capabilities == {"retrieve": False}


@pytest.mark.parametrize(
    "text",
    [
        f"targets:\n  - {{name: a, url: 'http://h/v1', api_key_env: {KEY}}}\n",
        f"targets:\n  - {KEY}\n",
        f"targets: {KEY}\n",
        f"{KEY}\n",
        f"targets:\n  - {{name: a, url: 'http://h/v1', capabilities: {KEY}}}\n",
    ],
)
def test_a_key_in_the_wrong_place_is_refused_and_not_repeated(
    tmp_path: Path, providers: Mapping[str, Provider], text: str
) -> None:
    file = tmp_path / "targets.yaml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(SpecError) as refused:
        read(file, providers)

    assert KEY not in str(refused.value)


def test_the_host_tells_the_provider_as_it_does_on_the_command_line(tmp_path: Path, providers: Mapping[str, Provider]) -> None:
    (found,) = read(written(tmp_path, "name: a, url: 'https://acme.example/v1'"), providers)

    assert found.provider.id == "acme"


@pytest.mark.parametrize(
    ("targets", "sentence"),
    [
        (
            ["name: a, url: 'http://h', provider: nobody"],
            ":2 at /targets/0: provider 'nobody' is unknown; expected one of acme$",
        ),
        (["name: a, url: 'http://h'"], "does not tell which provider's contract applies; add provider with one of acme$"),
        (["name: a, url: h"], "url 'h' is not a URL"),
        (["name: a, url: 'http://u:p@h', provider: acme"], "url must not have a query, a fragment or credentials"),
        (
            ["name: a, url: 'http://h', provider: acme, capabilities: {fly: true}"],
            "found the capability 'fly', expected one of r",
        ),
        (["name: a, url: 'http://h', provider: all"], "/targets/0/provider: found 'all'"),
        (["name: a, url: 'http://h', key: sk-1"], "/targets/0: found the unknown member 'key', expected only"),
        (
            ["name: a, url: 'http://h', provider: acme"] * 2,
            "/targets/1/name: found the name 'a' again, expected a name of its own",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(
    tmp_path: Path, providers: Mapping[str, Provider], targets: list[str], sentence: str
) -> None:
    with pytest.raises((SpecError, TargetError), match=sentence):
        read(written(tmp_path, *targets), providers)


def test_every_target_is_judged_with_its_own_key(suite: Suite, tmp_path: Path, contracts: Path) -> None:
    with Gateway(Acme()) as one, Gateway(Acme(key=OTHER_KEY)) as other:
        entries = (
            f"name: one, url: '{one.url}', provider: acme",
            f"name: other, url: '{other.url}', provider: acme, api_key_env: OTHER_KEY",
        )
        found = suite("--targets", str(written(tmp_path, *entries)), "--providers", str(contracts), "-v", OTHER_KEY=OTHER_KEY)
        sent = [{each.header("Authorization") for each in gateway.asked} for gateway in (one, other)]

    assert found.code == 0
    assert "other/ACM-GET-01 PASSED" in found.output
    assert f"one: Acme Models at {one.url}" in found.output
    assert OTHER_KEY not in found.output
    assert (f"Bearer {OTHER_KEY}" in sent[0], f"Bearer {KEY}" in sent[1]) == (False, False)


def test_one_target_of_a_file_is_judged_alone(suite: Suite, tmp_path: Path, contracts: Path) -> None:
    with Gateway(Acme()) as one, Gateway(Acme()) as other:
        entries = (f"name: one, url: '{one.url}', provider: acme", f"name: one-more, url: '{other.url}', provider: acme")
        options = ("--targets", str(written(tmp_path, *entries)), "--providers", str(contracts))
        found = suite(*options, "--only", "one")
        asked = (bool(one.asked), bool(other.asked))
        missing = suite(*options, "--only", "three")

    assert (found.code, asked) == (0, (True, False))
    assert missing.code == 4
    assert missing.error.endswith("found no target of the name 'three', expected one of one, one-more")


def test_only_wants_a_targets_file(suite: Suite) -> None:
    found = suite("--target", "http://127.0.0.1:1", "--only", "one")

    assert (found.code, found.error) == (4, "--only names a gateway of a targets file; give the file with --targets")


def test_a_key_that_is_named_and_not_there_is_one_sentence(suite: Suite, tmp_path: Path, contracts: Path) -> None:
    file = written(tmp_path, "name: staging, url: 'http://gateway.test/v1', provider: acme, api_key_env: STAGING_KEY")
    options = ("--targets", str(file), "--providers", str(contracts))
    found, planned = suite(*options), suite(*options, "--plan")

    assert found.code == 4
    assert found.error == (
        f"{file}: the key of staging is to be in STAGING_KEY, which is not set; set it, or leave out api_key_env where the"
        " gateway wants no key"
    )
    assert planned.code == 0


def test_a_variable_that_is_named_for_all_and_not_there_is_one_sentence(suite: Suite, tmp_path: Path, contracts: Path) -> None:
    file = written(tmp_path, "name: staging, url: 'http://gateway.test/v1', provider: acme")
    found = suite("--targets", str(file), "--providers", str(contracts), "--api-key-env", "NOBODY_SET_THIS", key=None)

    assert (found.code, found.asked) == (4, ())
    assert found.error.startswith("--api-key-env names a variable that is not set, or is empty; set it, or leave out ")


def test_a_declared_capability_that_is_not_there_fails_the_run(suite: Suite, tmp_path: Path, contracts: Path) -> None:
    def list_only(asked: Asked) -> Answer:
        return Acme()(asked) if asked.path == "/v1/models" else answer({"error": "nothing there"}, 404)

    with Gateway(list_only) as gateway:
        runs = {
            said: suite(
                "--targets",
                str(written(tmp_path, f"name: a, url: '{gateway.url}', provider: acme{said}")),
                "--providers",
                str(contracts),
            )
            for said in ("", ", capabilities: {retrieve: true}")
        }

    assert [each.code for each in runs.values()] == [0, 1]
    assert [line for line in runs[""].output.splitlines() if "capable" in line] == [
        "  capable   retrieve: absent, authentication: found, error-text: found"
    ]


@pytest.mark.parametrize("option", [("--target", "http://127.0.0.1:1"), ("--provider", "acme")])
def test_a_targets_file_stands_alone(suite: Suite, tmp_path: Path, option: tuple[str, str]) -> None:
    found = suite("--targets", str(written(tmp_path, "name: a, url: 'http://h', provider: acme")), *option)

    assert (found.code, found.error) == (4, "--targets has its own URLs and providers; leave out --target and --provider")


def test_a_targets_file_that_is_not_there_is_one_line(suite: Suite, tmp_path: Path) -> None:
    found = suite("--targets", str(tmp_path / "none.yaml"))

    assert found.code == 4
    assert "none.yaml" in found.error


def test_a_finding_is_judged_again_with_the_same_file(tmp_path: Path, providers: Mapping[str, Provider]) -> None:
    file = written(tmp_path, "name: a, url: 'http://h', provider: acme, api_key_env: A_KEY")
    (target,) = read(file, providers)
    finding = Finding(target.provider.requirement("ACM-ID-01"), Outcome.FAIL)

    assert rerun(finding, target, "A_KEY") == f"pytest conformance --targets {file} -k a/ACM-ID-01"


def test_the_settings_of_a_target_show_no_key_of_another(tmp_path: Path, providers: Mapping[str, Provider]) -> None:
    file = written(tmp_path, "name: a, url: 'http://h', provider: acme, api_key_env: A_KEY")
    targets = read(file, providers)

    settings = Settings(targets=targets, key=KEY, keys={"A_KEY": OTHER_KEY}).of(targets[0])

    assert (settings.key, settings.key_env) == (OTHER_KEY, "A_KEY")
    assert OTHER_KEY not in repr(settings)
