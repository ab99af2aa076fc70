"""The official OpenAI SDK with nothing but a base URL and a key, over a socket."""

from __future__ import annotations

from collections.abc import Callable

import openai
import pytest

import specs

LISTS = {
    f"{provider.id}{operation.sdk_path}": operation.items.id
    for provider in specs.load_all().values()
    for operation in provider.operations.values()
    if operation.items
}
OPENAI_SHAPED = [path for path, name in LISTS.items() if name == "id"]
ERRORS = {
    "401": openai.AuthenticationError,
    "403": openai.PermissionDeniedError,
    "429": openai.RateLimitError,
    "500": openai.InternalServerError,
}


def client(url: str, path: str, key: str = "sk-any") -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{url}/{path}", api_key=key, max_retries=0)


def test_it_lists_the_models_of_every_openai_shaped_provider(mock: Callable[..., str]) -> None:
    url = mock()

    for path in OPENAI_SHAPED:
        with client(url, path) as sdk:
            models = list(sdk.models.list())
        assert models, path
        assert all(model.id and model.object == "model" for model in models), path


def test_it_retrieves_every_model_that_the_list_has_also_with_slashes(mock: Callable[..., str]) -> None:
    url = mock("--example", "catalogue")

    with client(url, "aihubmix/v1") as sdk:
        listed = [model.id for model in sdk.models.list()]
        retrieved = [sdk.models.retrieve(name).id for name in listed]

    assert retrieved == listed
    assert any("/" in name for name in listed)


def test_it_says_not_found_for_a_model_that_the_list_does_not_have(mock: Callable[..., str]) -> None:
    with client(mock(), "aihubmix/v1") as sdk, pytest.raises(openai.NotFoundError):
        sdk.models.retrieve("no-such-model")


@pytest.mark.parametrize(("status", "error"), ERRORS.items())
def test_a_magic_key_raises_the_error_of_its_status(
    mock: Callable[..., str], status: str, error: type[openai.APIStatusError]
) -> None:
    url = mock()

    for path in OPENAI_SHAPED:
        with client(url, path, f"sk-mock-{status}") as sdk, pytest.raises(error):
            sdk.models.list()


def test_a_key_that_is_no_key_raises_an_authentication_error(mock: Callable[..., str]) -> None:
    with client(mock(), "dimilinks/v1", "wrong") as sdk, pytest.raises(openai.AuthenticationError):
        sdk.models.list()
