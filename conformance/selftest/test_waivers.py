from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from conformance.finding import Finding, Group, Outcome
from conformance.waivers import State, Waiver, Waivers, holding, read
from specs import Provider
from specs.errors import SpecError

DAY = date(2026, 11, 21)
ONE, OTHER = "0123456789ab", "ba9876543210"


def waiver(requirement: str | None = None, fingerprint: str | None = None, target: str = "*", expires: date = DAY) -> Waiver:
    """A waiver that holds today, for any target."""
    return Waiver(requirement, fingerprint, target, "known and reported", expires)


def written(folder: Path, text: str) -> Path:
    """A waivers file."""
    path = folder / "waivers.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_read(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "waivers:\n"
        "  - {requirement: ACM-ID-01, target: acme.example, reason: known and reported, expires: '2026-12-31'}\n"
        f"  - {{fingerprint: {ONE!r}, target: '*', reason: known and reported, expires: '2027-01-31'}}\n",
    )

    first, second = read(path)

    assert (first.requirement, first.fingerprint, first.target, first.expires) == (
        "ACM-ID-01",
        None,
        "acme.example",
        date(2026, 12, 31),
    )
    assert (second.requirement, second.fingerprint, second.target) == (None, ONE, "*")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("waivers: [", "waivers.yaml.*found malformed YAML"),
        (
            "waivers:\n  - {requirement: ACM-ID-01, target: '*', reason: known, expires: 2027-01-01}\n",
            "waivers.yaml:2 at /waivers/0/expires",
        ),
        (
            "waivers:\n  - {requirement: A, target: '*', reason: known, expires: '2027-02-30'}\n",
            "waivers.yaml:2 at /waivers/0/expires: found '2027-02-30', expected a day of the calendar",
        ),
        (
            "waivers:\n  - {requirement: A, target: '*', expires: '2027-02-28'}\n",
            "waivers.yaml:2 at /waivers/0: .*the members target, reason, expires",
        ),
        (
            "waivers:\n  - {fingerprint: xyz, target: '*', reason: known, expires: '2027-02-28'}\n",
            "waivers.yaml:2 at /waivers/0/fingerprint",
        ),
        ("[]\n", "waivers.yaml.*expected a JSON object"),
        *(
            (
                f"waivers:\n  - {{requirement: A, target: '{target}', reason: known, expires: '2027-02-28'}}\n",
                f"waivers.yaml:2 at /waivers/0/target: found '{re.escape(target)}', expected a host, with the port where",
            )
            for target in (
                "http://127.0.0.1:8080",
                "127.0.0.1:8080/zenmux",
                "host:",
                "host:port",
                "*.example",
                "a b",
                "me@host",
            )
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        read(written(tmp_path, text))


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"nowhere.yaml"):
        read(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize(
    ("target", "expires", "holds"),
    [
        ("*", DAY, True),
        ("acme.example", DAY, True),
        ("ACME.example", DAY, True),
        ("acme.example", date(2026, 11, 20), False),
        ("acme.example:8443", DAY, False),
        ("other.example", DAY, False),
    ],
)
def test_a_waiver_holds_for_its_target_until_its_day_is_over(target: str, expires: date, holds: bool) -> None:
    one = waiver("ACM-ID-01", target=target, expires=expires)

    assert bool(holding([one], "acme.example", DAY).waivers) is holds


@pytest.mark.parametrize(
    ("named", "target", "missing"),
    [
        ("127.0.0.1", "127.0.0.1:8080", True),
        ("ACME.example:443", "acme.example", True),
        ("[::1]", "[::1]:8080", True),
        ("127.0.0.1:8081", "127.0.0.1:8080", False),
        ("other.example", "acme.example:8080", False),
        ("*", "acme.example:8080", False),
        ("acme.example", "acme.example", False),
    ],
)
def test_a_waiver_for_the_host_with_or_without_its_port_is_missing_the_target(named: str, target: str, missing: bool) -> None:
    one = waiver("ACM-ID-01", target=named)

    assert holding([one], target, DAY).missing == ((one,) if missing else ())


def test_a_requirement_is_waived_whatever_breaks_it(provider: Provider) -> None:
    one = waiver("ACM-ID-01")

    assert Waivers((one,)).matching(provider.requirement("ACM-ID-01"), [ONE, OTHER]) is one
    assert Waivers((one,)).matching(provider.requirement("ACM-ID-02"), [ONE]) is None


def test_fingerprints_waive_when_every_one_is_waived(provider: Provider) -> None:
    requirement = provider.requirement("ACM-ID-01")
    one, other = waiver(fingerprint=ONE), waiver(fingerprint=OTHER)

    assert Waivers((one,)).matching(requirement, [ONE]) is one
    assert Waivers((one,)).matching(requirement, [ONE, OTHER]) is None
    assert Waivers((one, other)).matching(requirement, [ONE, OTHER]) is one
    assert Waivers((one,)).matching(requirement, []) is None


def test_a_fingerprint_with_its_requirement_waives_that_violation_alone(provider: Provider) -> None:
    requirement = provider.requirement("ACM-ID-01")
    one = waiver("ACM-ID-01", ONE)

    assert Waivers((one,)).matching(requirement, [ONE]) is one
    assert Waivers((one,)).matching(requirement, [ONE, OTHER]) is None
    assert one.of == f"ACM-ID-01 {ONE}"


def test_a_waiver_of_a_part_of_what_was_seen_is_no_needless_one(provider: Provider) -> None:
    requirement = provider.requirement("ACM-ID-01")
    seen = Finding(requirement, Outcome.FAIL, groups=(Group(ONE, 1, ()), Group(OTHER, 1, ())))
    part, needless, elsewhere = waiver(fingerprint=ONE), waiver("ACM-ID-02"), waiver("OTH-ID-01")
    old = waiver("ACM-ID-01", expires=date(2026, 11, 20))

    states = Waivers((part, needless, elsewhere), (old,)).states([seen], provider.requirements)

    assert states == {part: State.APPLIED, needless: State.UNOBSERVED, old: State.EXPIRED}
