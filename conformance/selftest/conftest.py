"""What most tests need: the provider Acme, and ways to put questions to a scripted gateway in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpcore2  # noqa: F401  # httpx2 imports it late; a run in this process would have one of its own, with other exceptions
import pytest
from hypothesis import settings

from conformance.selftest import acme
from conformance.selftest.acme import KEY
from conformance.selftest.gateway import Gateway, Script
from conformance.selftest.test_command import CHECKOUT, Judged
from specs import Provider

# A machine may have much else to do: no example is timed.
settings.register_profile("untimed", settings.default, deadline=None)
settings.load_profile("untimed")

Suite = Callable[..., Judged]


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Provider:
    """The contract of Acme."""
    return acme.provider(tmp_path_factory.mktemp("acme"))


@pytest.fixture
def contract(tmp_path: Path) -> Callable[..., Provider]:
    """Loads the contract of Acme with parts of its openapi.yaml replaced, given as pairs."""

    def loaded(*changes: tuple[str, str], checks: dict[str, tuple[str, str, str]] | None = None) -> Provider:
        text = acme.OPENAPI
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the contract"
            text = text.replace(old, new)
        return acme.provider(tmp_path, openapi=text, checks=checks)

    return loaded


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """Runs the suite with a key in the environment."""

    def run(*arguments: str, key: str | None = KEY, **more: str) -> Judged:
        monkeypatch.delenv("GATEWAY_API_KEY", raising=False)
        for name, value in (more if key is None else {"GATEWAY_API_KEY": key} | more).items():
            monkeypatch.setenv(name, value)
        own = [str(CHECKOUT / "conformance"), "-c", str(CHECKOUT / "pyproject.toml"), "-p", "no:cacheprovider"]
        found = pytester.runpytest_inprocess(*own, *arguments)
        output = "\n".join([*found.outlines, *found.errlines])
        assert KEY not in output
        return Judged(int(found.ret), output)

    return run


@pytest.fixture(scope="session")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of contracts that has Acme's."""
    return acme.folder(tmp_path_factory.mktemp("contracts"))


@pytest.fixture
def judge(suite: Suite, contracts: Path) -> Suite:
    """Judges a scripted gateway by the contract of Acme."""

    def judged(script: Script, *arguments: str, **more: str | None) -> Judged:
        with Gateway(script) as gateway:
            found = suite("--providers", str(contracts), "--provider", "acme", "--target", gateway.url, *arguments, **more)
            return replace(found, asked=tuple(gateway.asked))

    return judged
