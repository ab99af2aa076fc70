from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pytest

import specs
from conformance.target import TargetError, resolve
from specs import Provider

TWO_PATHS = "aihubmix"
"""The shipped gateway whose operations lie below two paths."""


@pytest.fixture(scope="module")
def providers() -> Mapping[str, Provider]:
    """The providers that are shipped: hosts and paths are theirs."""
    return specs.load_all()


@pytest.fixture
def acme(provider: Provider) -> Mapping[str, Provider]:
    """Acme alone."""
    return {"acme": provider}


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("https://acme.example", "https://acme.example"),
        ("https://acme.example/", "https://acme.example"),
        ("https://acme.example/v1", "https://acme.example"),
        ("https://acme.example/v1/", "https://acme.example"),
        ("https://ACME.example/v1", "https://ACME.example"),
        ("https://acme.example:8443/v1", "https://acme.example:8443"),
        ("https://acme.example/behind/a/proxy/v1", "https://acme.example/behind/a/proxy"),
        ("https://acme.example/v2", "https://acme.example/v2"),
    ],
)
def test_a_host_that_the_contract_names_is_its_provider(acme: Mapping[str, Provider], url: str, root: str) -> None:
    (found,) = resolve(url, None, acme)

    assert (found.root, found.provider.id) == (root, "acme")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/acme", "http://mock/acme/v1", "http://mock/some/acme/"])
def test_another_host_is_told_by_its_last_segment(acme: Mapping[str, Provider], url: str) -> None:
    (found,) = resolve(url, None, acme)

    assert found.root.endswith("/acme")


def test_every_shipped_provider_is_found_by_its_host_and_by_its_prefix(providers: Mapping[str, Provider]) -> None:
    for name, each in providers.items():
        for path in {operation.sdk_path for operation in each.operations.values()}:
            for host in each.hosts:
                assert resolve(f"https://{host}{path}", None, providers)[0].provider is each
            assert resolve(f"http://127.0.0.1:8080/{name}{path}", None, providers)[0].root == f"http://127.0.0.1:8080/{name}"


def test_the_host_comes_before_the_last_segment(providers: Mapping[str, Provider]) -> None:
    hosted = [each for each in providers.values() if each.hosts]

    assert resolve(f"https://{hosted[-1].hosts[0]}/{hosted[0].id}", None, providers)[0].provider is hosted[-1]


def test_on_this_machine_the_last_segment_comes_before_the_host(providers: Mapping[str, Provider]) -> None:
    first, second, *_ = providers
    served = {**providers, first: dataclasses.replace(providers[first], hosts=("127.0.0.1",))}

    assert resolve(f"http://127.0.0.1:8080/{second}", None, served)[0].provider.id == second
    assert resolve("http://127.0.0.1:8080/v1", None, served)[0].provider.id == first


@pytest.mark.parametrize("named", [None, "acme"])
def test_of_contracts_that_are_read_on_demand_only_the_one_that_is_meant_is_read(
    acme: Mapping[str, Provider], named: str | None
) -> None:
    class OnDemand(dict[str, Provider]):
        def __getitem__(self, id: str) -> Provider:
            assert id == "acme"
            return acme[id]

    served = OnDemand({"another": acme["acme"], "acme": acme["acme"]})

    assert resolve("http://127.0.0.1:8080/acme/v1", named, served)[0].provider.id == "acme"


def test_the_longest_documented_path_is_taken_off(providers: Mapping[str, Provider]) -> None:
    assert resolve("http://mock/api/v1", TWO_PATHS, providers)[0].root == "http://mock"
    assert resolve("http://mock/v1", TWO_PATHS, providers)[0].root == "http://mock"


def test_a_host_that_is_called_like_a_path_stays(acme: Mapping[str, Provider]) -> None:
    assert resolve("http://v1", "acme", acme)[0].root == "http://v1"


def test_all_means_every_provider_below_the_target(providers: Mapping[str, Provider]) -> None:
    found = resolve("http://127.0.0.1:8080/", "all", providers)

    assert [each.root for each in found] == [f"http://127.0.0.1:8080/{name}" for name in providers]


def test_an_unknown_provider_is_answered_with_the_known_ones(acme: Mapping[str, Provider]) -> None:
    with pytest.raises(TargetError, match="--provider 'nobody' is unknown; expected one of acme, or all"):
        resolve("https://acme.example", "nobody", acme)


def test_a_target_that_does_not_tell_asks_for_a_provider(acme: Mapping[str, Provider]) -> None:
    with pytest.raises(TargetError, match="does not tell which provider's contract applies; add --provider with one of acme"):
        resolve("http://127.0.0.1:8080", None, acme)


def test_a_target_that_does_not_tell_is_offered_the_contract_for_any_gateway(acme: Mapping[str, Provider]) -> None:
    known = {"acme": acme["acme"], "any": dataclasses.replace(acme["acme"], id="any", title="such gateway", generic=True)}

    with pytest.raises(TargetError, match=r"one of acme, any, or all; --provider any is for any such gateway$"):
        resolve("http://127.0.0.1:8080", None, known)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "acme",
        "acme.example/v1",
        "ftp://acme.example",
        "http://",
        "http:///v1",
        "https://[::1",
        "https://acme.example:99999",
        "https://acme.example:port",
        "https://acme.example/v 1",
        "https://acme.example/\x1b[2J",
    ],
)
def test_what_is_no_url_is_one_sentence(acme: Mapping[str, Provider], url: str) -> None:
    with pytest.raises(
        TargetError, match=r"is not a URL of http or https; expected one such as https://gateway.example/v1"
    ) as error:
        resolve(url, "acme", acme)

    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    "url",
    [
        "https://user:hidden@acme.example",
        "https://:hidden@acme.example",
        "https://hidden@acme.example",
        "ftp://user:hidden@acme.example",
        "https://acme.example/v1?key=hidden",
        "https://acme.example/v1?",
        "https://acme.example/v1#hidden",
    ],
)
def test_credentials_a_query_and_a_fragment_are_refused_without_repeating_them(acme: Mapping[str, Provider], url: str) -> None:
    with pytest.raises(TargetError, match="the key comes from the environment") as error:
        resolve(url, "acme", acme)

    assert "hidden" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:8080", True),
        ("http://localhost:8080", True),
        ("http://localhost.example", False),
        ("http://10.0.0.1", False),
        ("https://acme.example", False),
    ],
)
def test_a_target_on_this_machine_is_told_from_others(acme: Mapping[str, Provider], url: str, loopback: bool) -> None:
    assert resolve(url, "acme", acme)[0].is_loopback is loopback


def test_the_host_of_a_target_is_as_waivers_name_it(acme: Mapping[str, Provider]) -> None:
    assert resolve("https://ACME.example:8443/v1", None, acme)[0].host == "acme.example:8443"
