"""Real gateways are judged as the table in docs/gateways.md says, which was checked by hand against their answers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from proof.conftest import CHECKOUT
from proof.gateways import contract, gateways
from proof.gateways.judging import judged
from proof.gateways.serving import serving
from proof.gateways.table import rows, table

REQUIREMENTS = [each.id for each in contract().requirements]


@pytest.mark.parametrize("name", gateways())
def test_a_real_gateway_is_judged_as_the_table_says(name: str, tmp_path: Path) -> None:
    gateway = gateways()[name]
    if gateway.lacking:
        assert "CI" not in os.environ, gateway.lacking
        pytest.skip(gateway.lacking)

    with serving(gateway, tmp_path) as url:
        found = judged(url)

    expected = {each: gateway.deviations[each].outcome if each in gateway.deviations else "pass" for each in REQUIREMENTS}
    assert found.refusal == ""
    assert found.capabilities == gateway.capabilities
    assert found.outcomes == expected


def test_the_table_speaks_of_requirements_that_exist() -> None:
    named = {requirement for gateway in gateways().values() for requirement in gateway.deviations}

    assert named <= set(REQUIREMENTS)
    assert len(rows()) == len(REQUIREMENTS)


def test_the_guide_shows_the_table() -> None:
    assert table() in (CHECKOUT / "docs/gateways.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", gateways())
def test_the_version_is_the_one_that_is_installed(name: str) -> None:
    gateway = gateways()[name]
    folder = CHECKOUT / "proof/gateways" / name
    locked = "".join(path.read_text(encoding="utf-8") for path in (*folder.glob("*.lock"), *folder.glob("package.json")))

    assert f"=={gateway.version} " in locked or f': "{gateway.version}"' in locked
