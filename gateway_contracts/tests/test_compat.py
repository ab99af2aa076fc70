"""``gateway-contracts compat``: each rule, what a version may be, and how it ends."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import specs
from conformance.selftest import acme
from conformance.selftest.acme import CHECKS, OPENAPI
from gateway_contracts.changes.change import ordered
from gateway_contracts.command import main
from gateway_contracts.compat import versions
from gateway_contracts.compat.comparing import changes
from gateway_contracts.compat.rules import RULES
from gateway_contracts.screen import Screen
from specs import Provider, formats
from specs.contract import RateLimit

CHECKOUT = Path(__file__).parents[2]
SHIPPED = CHECKOUT / "specs/providers"
Check = tuple[str, str, str] | None
Side = tuple[tuple[tuple[str, str], ...], dict[str, Check]]


def side(*edits: tuple[str, str], **checks: Check) -> Side:
    """A version of the contract of Acme: what is written in place of what, and its *checks* that are others, or none."""
    return edits, {name.replace("_", "-"): check for name, check in checks.items()}


AS_IT_IS = side()
GATEWAY = "x-gateway: {title: Acme Models"
TYPES = "        types: {type: string}\n"
LIST = "application/json:\n              schema: {$ref: '#/components/schemas/List'}"
CONTENT = "          content:\n            application/json:\n              schema: {$ref: '#/components/schemas/Model'}\n"
PATH = "in: path, required: true, schema: {type: string}"
FACTS = "      x-items: {at: /data, id: id}\n"
BUSY = "        '429': {description: Too many.}\n"
CAPABLE = "x-capabilities: {one: {says: One can be asked for., operation: retrieveModel, absent: [404]}}"
RENAMED = (
    ("operationId: listModels", "operationId: showModels"),
    ("x-retrieves: {from: listModels", "x-retrieves: {from: showModels"),
)
SEARCH = """\
        - name: model
          in: query
          schema: {type: string}
          x-filter: {field: id, match: contains}
"""


def limited(requests: int, seconds: int) -> Side:
    return side((GATEWAY, f"{GATEWAY}, rate_limit: {{requests: {requests}, window_s: {seconds}, per: key}}"))


def typed(schema: str) -> Side:
    """The contract where "types" of a model is *schema*."""
    return side((TYPES, f"        types: {schema}\n"))


def priced(number: int) -> Side:
    facts = f"prices: {{kinds: {{input: /types}}, currency: {{is: USD}}, unit: {{number: {number}, of: token}}}}"
    return side((FACTS, f"{FACTS}      x-facts: {{{facts}}}\n"))


EXAMPLES: dict[str, tuple[Side, Side]] = {
    "operation-gone": (AS_IT_IS, side(*RENAMED, ("  /v1/models:", "  /v2/models:"))),
    "operation-renamed": (AS_IT_IS, side(*RENAMED)),
    "retrieve-gone": (AS_IT_IS, side(("      x-retrieves: {from: listModels, parameter: model}\n", ""))),
    "request-moved": (AS_IT_IS, side(("  /v1/models:", "  /v2/models:"))),
    "host-gone": (AS_IT_IS, side(("https://acme.example", "https://other.example"))),
    "key-required": (side(("  - bearerAuth: []\npaths", "  - {}\n  - bearerAuth: []\npaths")), AS_IT_IS),
    "key-ignored": (
        side(("  - bearerAuth: []\npaths", "  - {}\n  - bearerAuth: []\npaths")),
        side(("security:\n  - bearerAuth: []\n", "")),
    ),
    "rate-limit-lowered": (AS_IT_IS, limited(60, 60)),
    "rate-limit-changed": (limited(60, 60), limited(30, 20)),
    "parameter-gone": (AS_IT_IS, side((SEARCH, ""))),
    "required-parameter-added": (
        AS_IT_IS,
        side(("        - name: type\n", "        - {name: org, in: query, required: true}\n        - name: type\n")),
    ),
    "parameter-required": (AS_IT_IS, side(("        - name: type\n", "        - name: type\n          required: true\n"))),
    "parameter-moved": (AS_IT_IS, side(("name: features\n          in: query", "name: features\n          in: header"))),
    "filter-gone": (AS_IT_IS, side(("          x-filter: {field: id, match: contains}\n", ""))),
    "filter-changed": (AS_IT_IS, side(("list: all}", "list: any}"))),
    "alias-gone": (AS_IT_IS, side((", aliases: {t2t: chat}", ""))),
    "alias-changed": (AS_IT_IS, side(("t2t: chat", "t2t: image"))),
    "order-gone": (AS_IT_IS, side((", order: {default: true}}", "}"))),
    "order-changed": (AS_IT_IS, side(("{number: /size}", "{number: /created}"))),
    "status-added": (AS_IT_IS, side((BUSY, f"{BUSY}        '500': {{description: Out of order.}}\n"))),
    "success-gone": (AS_IT_IS, side(("        '304': {description: As before.}\n", ""))),
    "media-type-changed": (AS_IT_IS, side((LIST, LIST.replace("/json", "/problem+json")))),
    "body-undocumented": (AS_IT_IS, side((CONTENT, ""))),
    "header-gone": (AS_IT_IS, side(("            ETag: {schema: {type: string}}\n", ""))),
    "header-changed": (AS_IT_IS, side(("max-age=300", "max-age=60"))),
    "items-moved": (AS_IT_IS, side(("{at: /data, id: id}", "{at: /data, id: types}"))),
    "list-gone": (
        side(("      x-retrieves: {from: listModels, parameter: model}\n", "")),
        side(("      x-retrieves: {from: listModels, parameter: model}\n", ""), (FACTS, "")),
    ),
    "unit-changed": (priced(1000), priced(1_000_000)),
    "capability-optional": (AS_IT_IS, side((GATEWAY, f"{CAPABLE}\n{GATEWAY}"))),
    "requirement-dropped": (AS_IT_IS, side(ACM_HARM_01=None)),
    "requirement-weakened": (AS_IT_IS, side(ACM_HARM_01=("SHOULD", "listModels", "{probe: harmless}"))),
    "recommendation-dropped": (AS_IT_IS, side(ACM_HEAD_01=None)),
    "requirement-changed": (AS_IT_IS, side(ACM_KEY_01=("MUST", "listModels", "{probe: missing-key, status: 403}"))),
    "requirement-reworded": (AS_IT_IS, AS_IT_IS),  # its words are no part of what a version is here
    "answer-field-gone": (AS_IT_IS, side((TYPES, ""), ("required: [id, types]", "required: [id]"))),
    "answer-optional-field-gone": (AS_IT_IS, side(("        created: {type: integer, minimum: 0}\n", ""))),
    "answer-field-optional": (AS_IT_IS, side(("required: [id, types]", "required: [id]"))),
    "answer-type-widened": (AS_IT_IS, typed("{type: [string, 'null']}")),
    "answer-type-changed": (AS_IT_IS, typed("{type: array}")),
    "answer-value-added": (typed("{enum: [a]}"), typed("{enum: [a, b]}")),
    "answer-values-open": (typed("{const: a}"), AS_IT_IS),
    "answer-values-changed": (typed("{const: a}"), typed("{const: b}")),
    "answer-bound-loosened": (AS_IT_IS, side(("minLength: 1", "minLength: 0"))),
    "answer-opened": (side(("required: [error]", "required: [error]\n      additionalProperties: false")), AS_IT_IS),
    "answer-rule-changed": (AS_IT_IS, typed("{type: string, not: {const: ''}}")),
    "parameter-type-narrowed": (side((PATH, PATH.replace("string", "[string, integer]"))), AS_IT_IS),
    "parameter-type-changed": (AS_IT_IS, side((PATH, PATH.replace("string", "integer")))),
    "parameter-value-gone": (AS_IT_IS, side(("[chat, image, voice]", "[chat, image]"))),
    "parameter-values-closed": (side((", enum: [chat, image, voice]", "")), AS_IT_IS),
    "parameter-values-changed": (AS_IT_IS, side(("[asc, desc]", "[up, down]"))),
    "parameter-bound-tightened": (AS_IT_IS, side((PATH, PATH.replace("string", "string, minLength: 1")))),
    "parameter-rule-changed": (AS_IT_IS, side((PATH, PATH.replace("string", "string, format: uuid")))),
}


@pytest.fixture
def contract(tmp_path: Path) -> Callable[[Side], Provider]:
    """Writes a version of the contract, and loads it."""

    def loaded(version: Side) -> Provider:
        edits, checks = version
        text = OPENAPI
        for old, new in edits:
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the contract"
            text = text.replace(old, new)
        held = {name: check for name, check in {**CHECKS, **checks}.items() if check is not None}
        if "operationId: showModels" in text:
            held = {name: (level, at.replace("listModels", "showModels"), check) for name, (level, at, check) in held.items()}
        return acme.provider(tmp_path, openapi=text, checks=held)

    return loaded


def found(base: Provider, head: Provider) -> set[str]:
    return {each.rule.id for each in changes(base, head)}


WORDS = "requirement-reworded"


def reworded(provider: Provider) -> Provider:
    first, *others = provider.requirements
    return replace(provider, requirements=(replace(first, says="In other words."), *others))


@pytest.mark.parametrize("rule", [each for each in EXAMPLES if each != WORDS])
def test_what_changes_is_found_and_its_opposite_on_the_way_back(rule: str, contract: Callable[[Side], Provider]) -> None:
    base, head = map(contract, EXAMPLES[rule])

    assert rule in found(base, head)
    assert RULES[rule].opposite in found(head, base)


@pytest.mark.parametrize("rule", EXAMPLES)
def test_all_that_changes_changes_back(rule: str, contract: Callable[[Side], Provider]) -> None:
    base, head = map(contract, EXAMPLES[rule])

    assert ordered(each.mirrored(RULES) for each in changes(base, head)) == ordered(changes(head, base))
    assert list(changes(head, head)) == []


def test_a_requirement_in_other_words_is_information(contract: Callable[[Side], Provider]) -> None:
    provider = contract(AS_IT_IS)

    assert found(provider, reworded(provider)) == {WORDS}


def test_every_rule_has_an_example_or_its_opposite_has() -> None:
    assert {*EXAMPLES} | {RULES[each].opposite for each in EXAMPLES} == {*RULES}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda each: each.id)
def test_a_rule_is_the_opposite_of_its_opposite_and_says_why(rule: Any) -> None:
    assert RULES[rule.opposite].opposite == rule.id
    assert rule.says.endswith(".")
    assert rule.because.endswith(".")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (RateLimit(60, 60), RateLimit(30, 60), "rate-limit-lowered"),
        (RateLimit(60, 60), RateLimit(1, 1), "rate-limit-lowered"),
        (RateLimit(60, 60), RateLimit(60, 30), "rate-limit-raised"),
        (RateLimit(60, 60), RateLimit(120, 120), "rate-limit-raised"),
        (RateLimit(60, 60), None, "rate-limit-raised"),
        (RateLimit(60, 60), RateLimit(70, 90), "rate-limit-changed"),
    ],
)
def test_a_limit_is_lower_when_what_kept_to_the_old_one_may_not_keep_to_it(
    contract: Callable[[Side], Provider], old: RateLimit, new: RateLimit | None, rule: str
) -> None:
    base = replace(contract(AS_IT_IS), rate_limit=old)

    assert found(base, replace(base, rate_limit=new)) == {rule}


@pytest.mark.parametrize("name", specs.provider_ids())
def test_a_shipped_contract_has_not_changed_from_itself(name: str) -> None:
    assert list(changes(specs.load(name, fixtures=None), specs.load(name, fixtures=None))) == []


# The command


def compat(*arguments: object) -> tuple[int, str]:
    out = io.StringIO()
    return main(["compat", *map(str, arguments)], Screen(out, out)), out.getvalue()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A working tree of git with a contract in gateways/acme, whose limit the last revision lowered and a file widened."""
    tree = tmp_path / "tree"

    def git(*words: str) -> None:
        who = ["-c", "user.name=A", "-c", "user.email=a@acme.example", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *words], cwd=tree, check=True, capture_output=True)

    tree.mkdir()
    git("init", "-q", "-b", "main")
    for text in (OPENAPI, OPENAPI.replace(GATEWAY, f"{GATEWAY}, rate_limit: {{requests: 9, window_s: 1, per: key}}")):
        acme.folder(tree / "gateways", openapi=text, checks=CHECKS)
        git("add", "-A")
        git("commit", "-q", "-m", "Acme")
    acme.folder(tree / "gateways", openapi=OPENAPI.replace(TYPES, "        types: {type: [string, 'null']}\n"), checks=CHECKS)
    return tree


def test_two_folders_are_compared(repository: Path, tmp_path: Path) -> None:
    base, head = acme.folder(tmp_path / "base") / "acme", repository / "gateways/providers/acme"

    code, out = compat(base, head)

    assert code == 1
    assert "breaking (2)\n  answer-type-widened: type in listModels 200\n" in out
    assert "    /data/*/types: string → null or string\n" in out
    assert out.endswith("\n2 breaking, 0 risky, 0 information\n")
    assert compat(base, base, "--fail-on", "information")[0] == 0


def test_a_revision_of_git_is_compared(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = "gateways/providers/acme"
    monkeypatch.chdir(repository / "gateways")

    both = [compat("main~1:gateways/providers/acme", f"main:{folder}"), compat("git:main~1", "providers/acme")]

    assert [code for code, _ in both] == [1, 1]
    assert "rate-limit-lowered" in both[0][1]
    assert "answer-type-widened" not in both[0][1]
    assert "rate-limit-lowered" not in both[1][1]
    assert "answer-type-widened" in both[1][1]


def test_json_and_markdown_are_those_of_drift(repository: Path, tmp_path: Path) -> None:
    base, head = acme.folder(tmp_path / "base") / "acme", repository / "gateways/providers/acme"

    value = json.loads(compat(base, head, "--json")[1])

    formats.check(value, "changes", "stdout")
    assert (value["kind"], value["provider"], value["fails"]) == ("compat", "acme", True)
    assert "| breaking | `answer-type-widened` |" in compat(base, head, "--markdown")[1]


def test_what_is_no_version_is_a_sentence_and_4(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    good, bad = "gateways/providers/acme", acme.folder(tmp_path / "bad", openapi="openapi: 3.0.0\n") / "acme"
    for arguments, sentence in {
        (good, "nowhere"): "nowhere: no such folder, expected the folder of a provider, which has openapi.yaml",
        (good, "gateways"): "gateways: no openapi.yaml in it",
        (good, "git:nope"): "git:nope: git has no such folder, and says: fatal: ",
        ("git:main", "git:main~1"): "neither names a folder",
        (good, "main:gateways"): "main:gateways: no openapi.yaml in it",
        ("git:main", "nowhere"): "git:main: nowhere is no folder",
        (good, "git:--output=x"): "git:--output=x: a revision does not begin with a hyphen",
        (good, str(bad)): "found '3.0.0', expected OpenAPI 3.1",
    }.items():
        code, out = compat(*arguments)

        assert (code, out.count("\n")) == (4, 1), out
        assert sentence in out
    assert not (repository / "x").exists()


def test_without_git_it_says_what_to_do_instead(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert (
        "there is no git here; give the folders of both versions instead"
        in compat("git:main", repository / "gateways/providers/acme")[1]
    )


def test_git_that_takes_too_long_or_gives_too_much_is_a_sentence(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = repository / "gateways/providers/acme"
    monkeypatch.setattr(versions, "MOST_BYTES", 10)

    assert "more than 10 bytes; expected the folder of one provider" in compat("git:main", folder)[1]
    monkeypatch.setattr(versions, "SECONDS", 1e-9)
    assert "git took more than 1e-09 s; give the folders of both versions instead" in compat("git:main", folder)[1]


def test_a_link_in_a_revision_leads_nowhere(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = repository / "gateways/providers/acme"
    (folder / "schemas").symlink_to("/etc")
    subprocess.run(["git", "add", "-A"], cwd=repository, check=True)
    tree = subprocess.run(["git", "write-tree"], cwd=repository, capture_output=True, text=True, check=True).stdout.strip()
    monkeypatch.chdir(repository)

    _, held = versions.read(str(folder), f"{tree}:gateways/providers/acme")

    assert held.provider.id == "acme"
