"""Keys with rights: what a key table says, and which recording refuses a key."""

from __future__ import annotations

import json
from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from mockserver.key_file import table
from mockserver.keys import ALL, KeyState, KeyTable, Rights, digest, refusals
from specs.recording import Recording, recording

KEYS = st.from_regex(r"[A-Za-z0-9._~+/-]{8,64}={0,2}", fullmatch=True).filter(lambda key: not key.startswith("sk-mock-"))
RIGHTS = st.builds(Rights, st.sampled_from(KeyState), st.none() | st.lists(st.text(min_size=1)).map(tuple))


def keys(**rights: Rights) -> MappingProxyType[str, Rights]:
    """The *rights* by the digests of their keys."""
    return MappingProxyType({digest(key): each for key, each in rights.items()})


def recorded(status: int, label: str, **more: object) -> Recording:
    """A recording of an error *status*."""
    data = {"provenance": "synthetic", "source": "a test", "date": "2026-11-22", "headers": {}, "text": "", "status": status}
    return recording("listModels", label, {**data, **more})


def test_a_digest_is_the_sha256_of_the_key_in_hexadecimal() -> None:
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_key_that_is_named_has_its_rights_whatever_it_looks_like() -> None:
    rights = Rights(KeyState.EXPIRED, ("gpt-*",))

    assert KeyTable(keys(anything=rights)).rights("anything") == rights


def test_no_key_has_no_rights() -> None:
    assert KeyTable(keys(), "good").rights(None) is None


def test_a_key_that_is_not_named_is_a_wrong_one() -> None:
    assert KeyTable(keys(known=ALL)).rights("sk-1") is None


def test_with_others_good_a_key_that_is_not_named_is_good_by_its_looks() -> None:
    others = KeyTable(keys(known=ALL), "good")

    assert others.rights("sk-1") == ALL
    assert others.rights("pk-1") is None


def test_with_others_good_a_key_that_is_named_has_its_own_rights_only() -> None:
    banned = Rights(KeyState.BANNED)

    assert KeyTable(MappingProxyType({digest("sk-1"): banned}), "good").rights("sk-1") == banned


def test_the_mocks_own_keys_may_do_everything() -> None:
    assert KeyTable(keys()).rights("sk-mock-429") == ALL
    assert KeyTable(keys()).rights("sk-session-0123") == ALL


def test_rights_as_json_leave_out_what_is_as_usual() -> None:
    assert ALL.json() == {}
    assert Rights(KeyState.OUT_OF_QUOTA).json() == {"state": "out-of-quota"}
    assert Rights(models=()).json() == {"models": []}


@given(st.dictionaries(KEYS, RIGHTS, max_size=5), st.sampled_from(["good", "wrong"]))
def test_a_table_reads_what_it_stores(rights: dict[str, Rights], others: str) -> None:
    stored = KeyTable(keys(**rights), "good" if others == "good" else "wrong")

    assert KeyTable.read(json.loads(json.dumps(stored.json()))) == stored


@given(st.lists(KEYS, min_size=1, max_size=5, unique=True), st.sampled_from(KeyState), st.sampled_from(["good", "wrong"]))
def test_a_key_is_nowhere_in_its_table(known: list[str], state: str, others: str) -> None:
    made = table({"others": others, "keys": [{"key": key, "state": str(state)} for key in known]}, "f")

    for key in known:
        assert made.rights(key) == Rights(KeyState(state))
        for shown in (repr(made), str(made), json.dumps(made.json()), repr(vars(made))):
            assert key not in shown


def test_the_recording_with_the_label_of_a_state_refuses_its_keys_whatever_its_status() -> None:
    wrong, expired = recorded(401, "invalid-key", default=True), recorded(402, "expired-key")

    assert refusals([wrong, expired])[KeyState.EXPIRED] == expired


def test_without_a_recording_of_its_label_a_state_has_the_default_one_of_the_usual_status() -> None:
    other, wrong = recorded(401, "missing-key"), recorded(401, "invalid-key", default=True)
    forbidden, limited = recorded(403, "forbidden"), recorded(429, "rate-limited")

    assert refusals([other, wrong, forbidden, limited]) == {
        KeyState.EXPIRED: wrong,
        KeyState.BANNED: forbidden,
        KeyState.OUT_OF_QUOTA: limited,
    }


def test_a_state_that_no_recording_can_refuse_is_absent() -> None:
    assert refusals([recorded(200, "banned-key"), recorded(500, "plain")]) == {}


def test_a_good_key_is_never_refused() -> None:
    assert KeyState.GOOD not in refusals([recorded(401, "good"), recorded(401, "invalid-key", default=True)])
