from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from specs.contract import (
    Asked,
    Authentication,
    Capability,
    Facts,
    Filter,
    Items,
    Operation,
    Order,
    Prices,
    RateLimit,
    ResponseHeader,
    Retrieves,
    Unit,
)
from specs.errors import SpecError
from specs.openapi import OpenApi

BEARER = {"securitySchemes": {"bearerAuth": {"type": "http", "scheme": "Bearer"}}}


def document(operation: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    """An OpenAPI document with the operation listModels at GET /models, which has the members of *operation*."""
    get = {"operationId": "listModels", "responses": {"200": {"description": "The list."}}, **(operation or {})}
    return {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/models": {"get": get}}, **members}


def read(openapi: dict[str, Any]) -> Operation:
    return OpenApi(openapi, "openapi.yaml").operations()["listModels"]


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://a.example/api/v1", "/api/v1/models"),
        ("https://a.example/v1/", "/v1/models"),
        ("https://a.example", "/models"),
        ("/", "/models"),
        ("/v1", "/v1/models"),
    ],
)
def test_the_path_of_an_operation_begins_with_the_path_of_the_server(url: str, path: str) -> None:
    assert read(document(servers=[{"url": url}])).path == path


def test_without_servers_the_path_stands_alone() -> None:
    assert read(document()).path == "/models"


def test_the_servers_of_an_operation_come_before_those_of_its_path_and_of_the_document() -> None:
    openapi = document({"servers": [{"url": "/operation"}]}, servers=[{"url": "/document"}])
    openapi["paths"]["/models"]["servers"] = [{"url": "/path"}]
    assert read(openapi).path == "/operation/models"
    del openapi["paths"]["/models"]["get"]["servers"]
    assert read(openapi).path == "/path/models"


def test_hosts_are_those_of_all_servers_once_and_in_lower_case() -> None:
    servers = [{"url": "https://B.example/v1"}, {"url": "https://a.example:8443"}, {"url": "http://b.example"}, {"url": "/v1"}]
    assert OpenApi(document(servers=servers), "openapi.yaml").hosts == ("b.example", "a.example")


def test_the_sdk_path_is_what_a_base_url_has_behind_the_host() -> None:
    openapi = document(servers=[{"url": "https://a.example/api/v1"}])
    openapi["paths"]["/models/{model}"] = {"get": {"operationId": "retrieveModel", "responses": {}}}
    operations = OpenApi(openapi, "openapi.yaml").operations()
    assert [operation.sdk_path for operation in operations.values()] == ["/api/v1", "/api/v1"]


@pytest.mark.parametrize(
    ("security", "authentication"),
    [
        ([{"bearerAuth": []}], Authentication.REQUIRED),
        ([{}, {"bearerAuth": []}], Authentication.OPTIONAL),
        ([], Authentication.NONE),
    ],
)
def test_security_says_whether_a_key_is_wanted(security: Any, authentication: Authentication) -> None:
    assert read(document(security=security, components=BEARER)).authentication is authentication
    assert read(document({"security": security}, security=[{"x": []}], components=BEARER)).authentication is authentication


def test_without_security_no_key_is_wanted() -> None:
    assert read(document()).authentication is Authentication.NONE


def test_a_scheme_that_is_not_declared_is_taken_for_a_bearer_token() -> None:
    assert read(document(security=[{"bearerAuth": []}])).authentication is Authentication.REQUIRED


@pytest.mark.parametrize("scheme", [{"type": "apiKey", "in": "header", "name": "X-Key"}, {"type": "http", "scheme": "basic"}])
def test_authentication_by_anything_but_a_bearer_token_is_refused(scheme: Any) -> None:
    openapi = document(security=[{"key": []}], components={"securitySchemes": {"key": scheme}})
    with pytest.raises(SpecError, match="the scheme 'key', expected one of type http and scheme bearer"):
        read(openapi)


@pytest.mark.parametrize("version", ["3.0.3", "2.0", "3.10.0", 3.1, None])
def test_another_version_of_openapi_is_refused(version: Any) -> None:
    with pytest.raises(SpecError, match=r"at /openapi: .*expected OpenAPI 3.1, such as 3.1.0"):
        OpenApi(document(openapi=version), "openapi.yaml")


def test_a_document_that_is_no_object_is_refused() -> None:
    with pytest.raises(SpecError, match=r"expected OpenAPI 3.1"):
        OpenApi(["openapi"], "openapi.yaml")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"paths": None}, "/paths"),
        ({"paths": {"models": {}}}, "/paths"),
        ({"paths": {"/models": {"get": []}}}, "/paths/~1models/get"),
        ({"servers": [{}]}, "/servers/0"),
        ({"servers": [{"url": "https://{region}.example"}]}, "/servers/0/url"),
        ({"components": {"parameters": {"p": {"name": "p"}}}}, "/components/parameters/p"),
    ],
)
def test_a_document_of_another_shape_is_refused_at_its_place(change: Any, pointer: str) -> None:
    with pytest.raises(SpecError) as caught:
        OpenApi(document(**change), "openapi.yaml")
    assert caught.value.pointer == pointer


def test_an_error_names_the_line() -> None:
    with pytest.raises(SpecError, match=r"^openapi.yaml:3 at /x-other"):
        OpenApi({**document(), "x-other": 1}, "openapi.yaml", {"/x-other": 3})


def test_an_operation_without_an_operation_id_is_refused() -> None:
    openapi = document()
    del openapi["paths"]["/models"]["get"]["operationId"]
    with pytest.raises(SpecError, match="at /paths/~1models/get: found no member operationId, expected"):
        read(openapi)


def test_an_operation_id_that_stands_twice_is_refused() -> None:
    openapi = document()
    openapi["paths"]["/other"] = deepcopy(openapi["paths"]["/models"])
    with pytest.raises(SpecError, match="at /paths/~1other/get/operationId: found 'listModels' again"):
        read(openapi)


def test_a_document_without_operations_is_refused() -> None:
    with pytest.raises(SpecError, match="at /paths: found no operation"):
        OpenApi(document(paths={}), "openapi.yaml").operations()


def test_operations_keep_the_order_of_the_document() -> None:
    openapi = document()
    openapi["paths"]["/a"] = {"post": {"operationId": "b", "responses": {}}, "get": {"operationId": "a", "responses": {}}}
    operations = OpenApi(openapi, "openapi.yaml").operations()
    assert [(each.id, each.method) for each in operations.values()] == [("listModels", "GET"), ("a", "GET"), ("b", "POST")]


def test_a_status_that_is_no_number_is_refused() -> None:
    with pytest.raises(SpecError, match="the status '4XX', expected a status code such as '200'"):
        read(document({"responses": {"4XX": {"description": "Any."}}}))


# Extensions


def test_an_unknown_extension_is_refused() -> None:
    with pytest.raises(
        SpecError, match="at /paths/~1models/get/x-cache: found the extension 'x-cache', expected one of x-gateway"
    ):
        read(document({"x-cache": True}))


@pytest.mark.parametrize("change", [{"x-items": {"at": "/data", "id": "id"}}, {"info": {"x-gateway": {"title": "T"}}}])
def test_an_extension_at_another_place_is_refused(change: Any) -> None:
    with pytest.raises(SpecError, match="at another place, expected it at"):
        OpenApi(document(**change), "openapi.yaml")


def test_a_field_or_a_property_whose_name_begins_with_x_is_no_extension() -> None:
    field = {"x-request-id": {"schema": {"type": "string"}}}
    schema = {"type": "object", "properties": {"x-other": {"type": "string"}}}
    content = {"application/json": {"schema": schema}}
    operation = read(document({"responses": {"200": {"description": "", "headers": field, "content": content}}}))
    assert operation.responses[200].header("X-Request-ID") == ResponseHeader("x-request-id", None)


def test_an_extension_of_another_format_is_refused_at_its_place() -> None:
    with pytest.raises(SpecError, match=r"at /paths/~1models/get/x-items: .*expected the members at, id"):
        read(document({"x-items": {"at": "/data"}}))


def test_the_gateway_has_a_title_a_limit_and_an_operation_for_unknown_paths() -> None:
    gateway = {"title": "Gate", "rate_limit": {"requests": 60, "window_s": 30, "per": "key"}, "unmatched": "listModels"}
    openapi = OpenApi(document(**{"x-gateway": gateway}), "openapi.yaml")
    assert (openapi.title, openapi.rate_limit, openapi.unmatched) == ("Gate", RateLimit(60, 30), "listModels")


def test_without_a_gateway_the_title_is_that_of_the_document() -> None:
    openapi = OpenApi(document(), "openapi.yaml")
    assert (openapi.title, openapi.rate_limit, openapi.unmatched) == ("T", None, None)


def test_an_unknown_operation_for_unknown_paths_is_refused() -> None:
    with pytest.raises(SpecError, match="at /x-gateway/unmatched: found the operation 'nope', expected one of listModels"):
        read(document(**{"x-gateway": {"title": "T", "unmatched": "nope"}}))


def test_a_contract_is_that_of_one_gateway_unless_it_says_otherwise() -> None:
    assert not OpenApi(document(), "openapi.yaml").generic
    assert OpenApi(document(**{"x-gateway": {"title": "T", "generic": True}}), "openapi.yaml").generic


def test_a_capability_says_what_shows_it() -> None:
    keys = {"says": "The list wants a key.", "operation": "listModels", "asked": "anonymous", "absent": [200], "holds": "/e"}
    openapi = OpenApi(document(**{"x-capabilities": {"keys": keys}}), "openapi.yaml")

    assert openapi.capabilities(openapi.operations()) == {
        "keys": Capability("keys", "The list wants a key.", "listModels", Asked.ANONYMOUS, (200,), "/e")
    }


def test_a_capability_of_an_unknown_operation_is_refused() -> None:
    capability = {"says": "It can do it.", "operation": "nope", "absent": [404]}
    openapi = OpenApi(document(**{"x-capabilities": {"it": capability}}), "openapi.yaml")

    with pytest.raises(SpecError, match="at /x-capabilities/it/operation: found the operation 'nope', expected one of listM"):
        openapi.capabilities(openapi.operations())


def test_a_list_says_where_its_items_are() -> None:
    assert read(document({"x-items": {"at": "/data", "id": "id"}})).items == Items("/data", "id")


def retrieving(**change: Any) -> dict[str, Any]:
    """A document with a list and an operation that retrieves from it, with the members of *change*."""
    parameters = [{"name": "model", "in": "path", "required": True}]
    retrieves = {"from": "listModels", "parameter": "model"}
    operation = {"operationId": "retrieve", "x-retrieves": retrieves, "parameters": parameters, "responses": {}, **change}
    openapi = document({"x-items": {"at": "/data", "id": "id"}})
    openapi["paths"]["/models/{model}"] = {"get": operation}
    return openapi


def test_an_operation_retrieves_from_a_list() -> None:
    operation = OpenApi(retrieving(), "openapi.yaml").operations()["retrieve"]
    assert operation.retrieves == Retrieves("listModels", "model")
    assert operation.query_parameters == ()


@pytest.mark.parametrize("source", ["nope", "retrieve"])
def test_retrieving_from_what_is_no_list_is_refused(source: str) -> None:
    with pytest.raises(SpecError, match=f"x-retrieves from '{source}', expected the operationId of an operation with x-items"):
        OpenApi(retrieving(**{"x-retrieves": {"from": source, "parameter": "model"}}), "openapi.yaml").operations()


@pytest.mark.parametrize("change", [{"x-retrieves": {"from": "listModels", "parameter": "id"}}, {"parameters": []}])
def test_retrieving_by_what_is_no_parameter_of_the_path_is_refused(change: Any) -> None:
    with pytest.raises(SpecError, match="expected a path parameter of retrieve"):
        OpenApi(retrieving(**change), "openapi.yaml").operations()


# Parameters


def parameter(**members: Any) -> dict[str, Any]:
    return {"name": "p", "in": "query", **members}


def test_a_parameter_has_a_closed_list_of_values() -> None:
    operation = read(document({"parameters": [parameter(schema={"enum": ["a", "b"]})]}))
    assert operation.parameter("p").values == ("a", "b")
    assert operation.query_parameters == operation.parameters


def test_the_closed_list_of_a_parameter_can_stand_elsewhere() -> None:
    openapi = document({"parameters": [parameter(schema={"$ref": "#/components/schemas/P"})]})
    openapi["components"] = {"schemas": {"P": {"enum": ["a"]}}}
    assert read(openapi).parameter("p").values == ("a",)


def test_a_parameter_can_stand_elsewhere() -> None:
    openapi = document({"parameters": [{"$ref": "#/components/parameters/P"}]})
    openapi["components"] = {"parameters": {"P": parameter(**{"x-filter": {"field": "f", "match": "member"}})}}
    assert read(openapi).parameter("p").filter is not None


def test_an_unknown_parameter_raises_key_error() -> None:
    with pytest.raises(KeyError):
        read(document({"parameters": [parameter()]})).parameter("q")


def test_a_parameter_is_found_behind_others() -> None:
    operation = read(document({"parameters": [parameter(), {"name": "q", "in": "query"}]}))
    assert operation.parameter("q").name == "q"


def test_the_parameters_of_a_path_hold_for_its_operations_unless_they_have_their_own() -> None:
    openapi = document({"parameters": [parameter(schema={"enum": ["own"]})]})
    openapi["paths"]["/models"]["parameters"] = [parameter(schema={"enum": ["path"]}), {"name": "q", "in": "query"}]
    assert [(each.name, each.values) for each in read(openapi).parameters] == [("p", ("own",)), ("q", ())]


def test_a_filter_is_read() -> None:
    extension = {"field": "types", "match": "member", "list": "all", "aliases": {"old": "new"}}
    parsed = read(document({"parameters": [parameter(**{"x-filter": extension})]})).parameter("p").filter
    assert parsed == Filter("types", "member", "all", {"old": "new"})


def test_a_sort_is_read() -> None:
    orders = {
        "price": {"number": "/pricing/input"},
        "age": {"number": "/created", "visible": False},
        "hot": {"first": {"field": "tags", "contains": "hot"}},
        "none": {"default": True},
    }
    extension = {"orders": orders, "direction": "dir", "descending": True}
    parameters = [parameter(**{"x-sort": extension}), {"name": "dir", "in": "query"}]
    sort = read(document({"parameters": parameters})).parameter("p").sort
    assert sort is not None
    assert (sort.direction, sort.descending) == ("dir", True)
    assert sort.orders == {
        "price": Order(number="/pricing/input"),
        "age": Order(number="/created", visible=False),
        "hot": Order(first=("tags", "hot"), visible=False),
        "none": Order(default=True),
    }


def test_a_direction_that_is_no_parameter_is_refused() -> None:
    extension = {"orders": {"none": {"default": True}}, "direction": "dir"}
    with pytest.raises(SpecError, match="x-sort of listModels with the direction 'dir', expected a parameter"):
        read(document({"parameters": [parameter(**{"x-sort": extension})]}))


def test_an_error_in_a_parameter_names_its_place() -> None:
    parameters = [{"name": "q", "in": "query"}, parameter(**{"x-filter": {"field": "f", "match": "nearly"}})]
    with pytest.raises(SpecError, match="at /paths/~1models/get/parameters/1/x-filter/match: "):
        read(document({"parameters": parameters}))


# Answers


def test_an_answer_has_a_schema_a_media_type_and_fields() -> None:
    fields = {"ETag": {"schema": {"type": "string"}}, "Cache-Control": {"schema": {"const": "no-cache"}}}
    content = {"application/json": {"schema": {"type": "object"}}}
    response = read(document({"responses": {"200": {"headers": fields, "content": content}}})).responses[200]
    assert response.media_type == "application/json"
    assert response.schema == "/paths/~1models/get/responses/200/content/application~1json/schema"
    assert response.header("etag") == ResponseHeader("ETag", None)
    assert response.header("cache-control") == ResponseHeader("Cache-Control", "no-cache")
    assert response.header("age") is None


def test_an_answer_without_a_body_has_neither_schema_nor_media_type() -> None:
    response = read(document({"responses": {"304": {"description": "As it was."}}})).responses[304]
    assert (response.status, response.schema, response.media_type) == (304, None, None)


def test_a_body_without_a_schema_has_a_media_type_only() -> None:
    response = read(document({"responses": {"200": {"content": {"text/html": {}}}}})).responses[200]
    assert (response.schema, response.media_type) == (None, "text/html")


def test_an_answer_and_its_fields_can_stand_elsewhere() -> None:
    openapi = document({"responses": {"401": {"$ref": "#/components/responses/No~1Key"}}})
    answer = {
        "headers": {"ETag": {"$ref": "#/components/headers/Tag"}},
        "content": {"application/json": {"schema": {}}},
    }
    openapi["components"] = {"responses": {"No/Key": answer}, "headers": {"Tag": {"schema": {"const": "x"}}}}
    response = read(openapi).responses[401]
    assert response.schema == "/components/responses/No~1Key/content/application~1json/schema"
    assert response.header("etag") == ResponseHeader("ETag", "x")


def test_a_path_can_stand_elsewhere() -> None:
    openapi = document()
    openapi["components"] = {"pathItems": {"Models": openapi["paths"].pop("/models")}}
    openapi["paths"]["/other"] = {"$ref": "#/components/pathItems/Models"}
    assert read(openapi).path == "/other"


def test_a_ref_is_read_with_its_percent_encoding() -> None:
    openapi = document({"responses": {"401": {"$ref": "#/components/responses/No%20Key"}}})
    openapi["components"] = {"responses": {"No Key": {"content": {"text/plain": {}}}}}
    assert read(openapi).responses[401].media_type == "text/plain"


def test_a_circle_of_refs_is_refused() -> None:
    openapi = document({"responses": {"401": {"$ref": "#/components/responses/A"}}})
    openapi["components"] = {
        "responses": {"A": {"$ref": "#/components/responses/B"}, "B": {"$ref": "#/components/responses/A"}},
    }
    with pytest.raises(SpecError, match="expected a \\$ref to a place in this file, without a circle"):
        read(openapi)


def test_a_ref_out_of_the_file_is_refused() -> None:
    with pytest.raises(SpecError, match=r"'other.yaml#/x', expected a \$ref to a place in this file"):
        read(document({"responses": {"401": {"$ref": "other.yaml#/x"}}}))


def test_a_ref_to_nothing_is_refused_where_it_stands() -> None:
    with pytest.raises(
        SpecError, match="at /paths/~1models/get/responses/401: found \\$ref '#/nope', expected a place that exists"
    ):
        read(document({"responses": {"401": {"$ref": "#/nope"}}}))


def test_a_list_says_where_its_items_say_what_clients_choose_models_by() -> None:
    price = {"kinds": {"input": "/in"}, "amount": "/v", "currency": {"at": "/c"}, "conditions": "/when"}
    unit = {"at": "/u", "values": {"perMTokens": {"number": 1000000, "of": "token"}}}
    extension = {
        "name": "/n",
        "owner": "/o",
        "created": "/t",
        "deprecated": "/d",
        "features": "/f",
        "types": "/k",
        "limits": {"context": "/l"},
        "modalities": {"input": "/i"},
        "flags": {"reasoning": "/r"},
        "prices": {**price, "unit": unit},
    }
    prices = Prices({"input": "/in"}, "/v", None, "/c", None, "/u", {"perMTokens": Unit(1000000, "token")}, "/when")
    lists = {"input modality": "/i", "feature": "/f", "type": "/k"}
    expected = Facts("/n", "/o", "/t", "/d", {"context": "/l"}, lists, {"reasoning": "/r"}, prices)

    assert read(document({"x-items": {"at": "/data", "id": "id"}, "x-facts": extension})).facts == expected


def test_prices_may_have_one_currency_and_one_unit() -> None:
    prices = {"kinds": {"input": "/in"}, "currency": {"is": "USD"}, "unit": {"number": 1000, "of": "token"}}

    operation = read(document({"x-items": {"at": "/data", "id": "id"}, "x-facts": {"prices": prices}}))

    assert operation.facts.prices == Prices({"input": "/in"}, currency="USD", unit=Unit(1000, "token"))


def test_facts_of_what_lists_nothing_are_refused() -> None:
    with pytest.raises(SpecError, match="at /paths/~1models/get/x-facts: found x-facts, expected it beside x-items"):
        read(document({"x-facts": {"owner": "/o"}}))
