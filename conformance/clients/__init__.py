"""The rules of clients by name: what `check: {client: …}` in specs/clients/requirements.yaml may say."""

from collections.abc import Mapping

from conformance.clients.answer import DataArray, Identified, JsonText, JsonType, Model, NoError, Objects, Whole
from conformance.clients.asking import AskableIds, Redirect
from conformance.clients.refusal import FinalRefusal, Message
from conformance.clients.retrying import RetryAfter, ShouldRetry
from conformance.clients.rule import Rule

RULES: Mapping[str, Rule] = {
    "json-type": JsonType(),
    "json-text": JsonText(),
    "no-error": NoError(),
    "data": DataArray(),
    "objects": Objects(),
    "ids": Identified(),
    "askable-ids": AskableIds(),
    "whole": Whole(),
    "model": Model(),
    "message": Message(),
    "final-refusal": FinalRefusal(),
    "retry-after": RetryAfter(),
    "should-retry": ShouldRetry(),
    "redirect": Redirect(),
}
