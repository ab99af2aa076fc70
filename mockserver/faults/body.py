"""Faults of the content, made from the answer at hand and from what the contract says of it."""

from __future__ import annotations

import json
from typing import Any

from mockserver.answer import Answer
from mockserver.faults.fault import Fault, InapplicableError, Kind, Number, Occasion, Subject, Word
from mockserver.model_list import ModelList
from specs.recording import encode

LIST = (Subject.LIST,)
SUCCESS = (Subject.LIST, Subject.MODEL)
HTML = b"<!doctype html>\n<html><head><title>502 Bad Gateway</title></head>\n<body><h1>502 Bad Gateway</h1></body></html>\n"
MARK = "\x00"  # stands in no id, so it can be replaced after the encoding
MAX_SIZE = 50_000_000


def _malformed_json(occasion: Occasion) -> Answer:
    return _spoiled(occasion.answer, occasion.answer.content[:-1] + b",")


def _invalid_utf8(occasion: Occasion) -> Answer:
    content = occasion.answer.content
    at = max(content.rfind(b'"'), 0)  # in front of the quotation mark that ends the last string
    return _spoiled(occasion.answer, content[:at] + b"\xff\xfe" + content[at:])


def _html_error_page(occasion: Occasion) -> Answer:
    status = occasion.answer.status if occasion.subject is Subject.ERROR else 502
    page = Answer.of(status, occasion.answer.fields, HTML)
    return page.replacing({"Content-Type": "text/html", "ETag": None})


def _wrong_content_type(occasion: Occasion) -> Answer:
    return occasion.answer.replacing({"Content-Type": "text/plain; charset=utf-8"})


def _error_in_200(occasion: Occasion) -> Answer:
    error = occasion.answer if occasion.subject is Subject.ERROR else occasion.failure
    spoiled = Answer.of(200, occasion.answer.fields, error.content)
    return spoiled.replacing({"Content-Type": error.field(b"content-type"), "ETag": None})


def _empty_list(occasion: Occasion) -> Answer:
    return _replaced(occasion, [])


def _null_data(occasion: Occasion) -> Answer:
    if occasion.subject is Subject.MODEL:
        return _spoiled(occasion.answer, b"null")
    return _replaced(occasion, None)


def _bare_array(occasion: Occasion) -> Answer:
    return _spoiled(occasion.answer, encode(_models(occasion).items))


def _models_key(occasion: Occasion) -> Answer:
    models = _models(occasion)
    return _spoiled(occasion.answer, encode(models.renamed("data" if models.member == "models" else "models")))


def _duplicate_ids(occasion: Occasion) -> Answer:
    items = _models(occasion, least=1).items
    return _replaced(occasion, [*items, items[0]])


def _shuffle(occasion: Occasion) -> Answer:
    items = _models(occasion, least=2).items
    shuffled = occasion.random.sample(items, len(items))
    return _replaced(occasion, shuffled if shuffled != items else [*items[1:], items[0]])


def _missing_field(occasion: Occasion) -> Answer:
    name = occasion.words["field"] or (occasion.items.id if occasion.items else "id")
    if occasion.subject is Subject.MODEL:
        return _spoiled(occasion.answer, encode(_without(name, [_object(occasion)])[0]))
    return _replaced(occasion, _without(name, _models(occasion, least=1).items))


def _without(name: str, items: list[Any]) -> list[Any]:
    members = {member for each in items if isinstance(each, dict) for member in each}
    if name not in members:
        raise InapplicableError(f"no model has the member {name!r}, expected one of {', '.join(sorted(members))}")
    return [
        {member: value for member, value in each.items() if member != name} if isinstance(each, dict) else each
        for each in items
    ]


def _huge(occasion: Occasion) -> Answer:
    size = int(occasion.numbers["size"])
    if occasion.subject is Subject.MODEL:
        body = _object(occasion)
        room = size - len(encode({**body, "padding": ""}))
        content = encode({**body, "padding": "x" * max(0, room)})
    else:
        content = _grown(_models(occasion, least=1), occasion.items.id if occasion.items else "id", size)
    return _spoiled(occasion.answer, content + b" " * (size - len(content)))  # blanks may end a JSON text


def _grown(models: ModelList, id: str, size: int) -> bytes:
    """The list with copies of its first model, each with an id of its own, as many as fit into *size* octets."""
    first = models.items[0]
    if not isinstance(first, dict):
        raise InapplicableError("the first model is no JSON object")
    copy = encode({**first, id: f"{first.get(id)}-{MARK}"})
    before, _, after = copy.partition(encode(MARK)[1:-1])
    content = encode(models.replaced([*models.items, MARK]))
    mark = encode(MARK)
    count = max(0, size - len(content)) // (len(copy) + len(str(size)))
    copies = b",".join(before + b"%d" % number + after for number in range(count))
    return content.replace(mark, copies) if copies else content.replace(b"," + mark, b"")


def _models(occasion: Occasion, least: int = 0) -> ModelList:
    models = ModelList.of(occasion.answer.content, occasion.items)
    if models is None or len(models.items) < least:
        raise InapplicableError(
            f"the answer has no list of at least {least} models" if least else "the answer has no list of models"
        )
    return models


def _replaced(occasion: Occasion, items: list[Any] | None) -> Answer:
    return _spoiled(occasion.answer, encode(_models(occasion).replaced(items)))


def _object(occasion: Occasion) -> dict[str, Any]:
    try:
        body = json.loads(occasion.answer.content)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise InapplicableError("the answer is no JSON object")
    return body


def _spoiled(answer: Answer, content: bytes) -> Answer:
    """*answer* with other *content*, without the ETag of the right one, so that no cache takes this for that."""
    return Answer.of(answer.status, answer.fields, content).replacing({"ETag": None})


BODY_FAULTS = (
    Fault("MALFORMED_JSON", Kind.BODY, "JSON that ends with a comma instead of its last bracket.", _malformed_json),
    Fault("INVALID_UTF8", Kind.BODY, "Two octets that are not UTF-8 in the last string.", _invalid_utf8),
    Fault(
        "HTML_ERROR_PAGE",
        Kind.BODY,
        "A proxy's HTML page with 502, or with the status of the error asked for.",
        _html_error_page,
    ),
    Fault("WRONG_CONTENT_TYPE", Kind.BODY, "The right content as text/plain.", _wrong_content_type),
    Fault("ERROR_IN_200", Kind.BODY, "The provider's error (500, or the one asked for) with the status 200.", _error_in_200),
    Fault("EMPTY_LIST", Kind.BODY, "The list without models.", _empty_list, LIST),
    Fault("NULL_DATA", Kind.BODY, "null in place of the array of models, or of the model.", _null_data, SUCCESS),
    Fault("BARE_ARRAY", Kind.BODY, "The array of models without the object around it.", _bare_array, LIST),
    Fault("MODELS_KEY", Kind.BODY, 'The models in "models" instead of the documented member.', _models_key, LIST),
    Fault("DUPLICATE_IDS", Kind.BODY, "The first model once more at the end.", _duplicate_ids, LIST),
    Fault(
        "MISSING_FIELD",
        Kind.BODY,
        "Models without a member.",
        _missing_field,
        SUCCESS,
        (Word("field", "the member; by default the id", ""),),
    ),
    Fault("SHUFFLE", Kind.BODY, "The models in another order each time.", _shuffle, LIST),
    Fault(
        "HUGE",
        Kind.BODY,
        "Content of a size to choose: many copies of the first model, or one with padding.",
        _huge,
        SUCCESS,
        (Number("size", "octets", 10_000_000, 1, MAX_SIZE, whole=True),),
    ),
)
