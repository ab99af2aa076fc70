"""OpenAPI 3.1 into `specs.contract` values: the only file that knows OpenAPI's spelling and our extensions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from specs import formats
from specs.contract import (
    Authentication,
    Filter,
    Items,
    Operation,
    Order,
    Parameter,
    RateLimit,
    Response,
    ResponseHeader,
    Retrieves,
    Sort,
)
from specs.errors import SpecError, excerpt
from specs.pointer import escape, resolve

METHODS = ("get", "head", "options", "post", "put", "patch", "delete")
EXTENSIONS = {
    "x-gateway": "root",
    "x-items": "operation",
    "x-retrieves": "operation",
    "x-filter": "parameter",
    "x-sort": "parameter",
}


class OpenApi:
    """One OpenAPI document, read for what it says of a gateway. Raises SpecError wherever it says too little."""

    def __init__(self, document: Any, file: str, lines: Mapping[str, int] | None = None) -> None:
        self.document = document
        self.file = file
        self.lines = lines or {}
        version = document.get("openapi") if isinstance(document, dict) else None
        if not (isinstance(version, str) and version.startswith("3.1.")):
            raise self.error("/openapi", found=excerpt(version), expected="OpenAPI 3.1, such as 3.1.0")
        self._refuse_unknown_extensions(document, "")

    @property
    def title(self) -> str:
        """The gateway's name."""
        return str(self._gateway["title"])

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts of the documented servers, in lower case."""
        urls = [urlsplit(server.get("url", "")) for server in self.document.get("servers", [])]
        return tuple(dict.fromkeys(url.hostname for url in urls if url.hostname))

    @property
    def rate_limit(self) -> RateLimit | None:
        """The documented limit, if there is one."""
        limit = self._gateway.get("rate_limit")
        return RateLimit(limit["requests"], limit["window_s"]) if limit else None

    @property
    def unmatched(self) -> str | None:
        """The operation whose 404 answers unknown paths."""
        unmatched: str | None = self._gateway.get("unmatched")
        return unmatched

    def operations(self) -> Mapping[str, Operation]:
        """Every operation by its id, in the document's order."""
        operations: dict[str, Operation] = {}
        for path, item in self.document.get("paths", {}).items():
            for method in METHODS:
                if method not in item:
                    continue
                at = f"/paths/{escape(path)}/{method}"
                operation = self._operation(path, item, method, at)
                if operation.id in operations:
                    raise self.error(f"{at}/operationId", found=f"{operation.id!r} again", expected="a unique operationId")
                operations[operation.id] = operation
        if not operations:
            raise self.error("/paths", found="no operation", expected="at least one")
        for operation in operations.values():
            if operation.retrieves and operation.retrieves.operation not in operations:
                found = f"x-retrieves from {operation.retrieves.operation!r}"
                raise self.error("/paths", found=found, expected="an operationId of this file")
        return MappingProxyType(operations)

    def error(self, pointer: str, *, found: str, expected: str, hint: str = "") -> SpecError:
        """A SpecError at *pointer* of this file."""
        return SpecError(self.file, pointer, found=found, expected=expected, hint=hint, line=self.lines.get(pointer))

    @property
    def _gateway(self) -> Any:
        return self._extension(self.document, "x-gateway", "") or {"title": self.document.get("info", {}).get("title", "")}

    def _operation(self, path: str, item: Any, method: str, at: str) -> Operation:
        operation = item[method]
        if "operationId" not in operation:
            raise self.error(at, found="no operationId", expected="one", hint="requirements refer to operations by it")
        parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
        items = self._extension(operation, "x-items", at)
        retrieves = self._extension(operation, "x-retrieves", at)
        return Operation(
            id=operation["operationId"],
            method=method.upper(),
            path=self._server_path(item, operation) + path,
            authentication=self._authentication(operation),
            parameters=tuple(self._parameter(each, f"{at}/parameters") for each in parameters),
            responses=MappingProxyType(dict(self._responses(operation, at))),
            items=Items(items["at"], items["id"]) if items else None,
            retrieves=Retrieves(retrieves["from"], retrieves["parameter"]) if retrieves else None,
        )

    def _server_path(self, item: Any, operation: Any) -> str:
        servers = operation.get("servers") or item.get("servers") or self.document.get("servers") or [{"url": "/"}]
        url: str = servers[0]["url"]
        return urlsplit(url).path.rstrip("/")

    def _authentication(self, operation: Any) -> Authentication:
        security = operation.get("security", self.document.get("security", []))
        if not security:
            return Authentication.NONE
        return Authentication.OPTIONAL if {} in security else Authentication.REQUIRED

    def _parameter(self, parameter: Any, at: str) -> Parameter:
        parameter, at = self._follow(parameter, at)
        values = parameter.get("schema", {}).get("enum", ())
        filter_, sort = self._extension(parameter, "x-filter", at), self._extension(parameter, "x-sort", at)
        return Parameter(
            name=parameter["name"],
            location=parameter["in"],
            values=tuple(values),
            filter=self._filter(filter_) if filter_ else None,
            sort=self._sort(sort) if sort else None,
        )

    @staticmethod
    def _filter(extension: Any) -> Filter:
        aliases = MappingProxyType(dict(extension.get("aliases", {})))
        return Filter(extension["field"], extension["match"], extension.get("list"), aliases)

    @staticmethod
    def _sort(extension: Any) -> Sort:
        orders = {}
        for value, order in extension["orders"].items():
            first = order.get("first")
            orders[value] = Order(
                number=order.get("number"),
                first=(first["field"], first["contains"]) if first else None,
                default=order.get("default", False),
                visible=order.get("visible", first is None),
            )
        return Sort(MappingProxyType(orders), extension.get("direction"), extension.get("descending", False))

    def _responses(self, operation: Any, at: str) -> Iterator[tuple[int, Response]]:
        for code, reference in operation.get("responses", {}).items():
            if not code.isdecimal():
                raise self.error(f"{at}/responses/{code}", found=f"the status {code!r}", expected="a status code such as '200'")
            response, where = self._follow(reference, f"{at}/responses/{code}")
            fields = response.get("headers", {}).items()
            headers = tuple(ResponseHeader(name, field.get("schema", {}).get("const")) for name, field in fields)
            content = response.get("content", {})
            media_type = next(iter(content), None)
            schema = f"{where}/content/{escape(media_type)}/schema" if media_type and "schema" in content[media_type] else None
            yield int(code), Response(int(code), media_type, schema, headers)

    def _follow(self, value: Any, at: str) -> tuple[Any, str]:
        """*value*, or what its ``$ref`` within this document points to, with its pointer."""
        seen = set()
        while isinstance(value, dict) and "$ref" in value:
            ref = value["$ref"]
            if not ref.startswith("#/") or ref in seen:
                raise self.error(at, found=f"$ref {ref!r}", expected="a $ref to a place in this file, without a circle")
            seen.add(ref)
            at = ref[1:]
            try:
                value = resolve(self.document, at)
            except LookupError:
                raise self.error(at, found="nothing", expected=f"what the $ref {ref!r} points to") from None
        return value, at

    def _extension(self, holder: Any, name: str, at: str) -> Any:
        if name not in holder:
            return None
        place = f"{at}/{name}"
        formats.check(holder[name], "extensions", self.file, definition=name, at=place, lines=self.lines)
        return holder[name]

    def _refuse_unknown_extensions(self, value: Any, at: str) -> None:
        if isinstance(value, list):
            for index, item in enumerate(value):
                self._refuse_unknown_extensions(item, f"{at}/{index}")
        elif isinstance(value, dict):
            for name, member in value.items():
                place = f"{at}/{escape(name)}"
                if name.startswith("x-") and not at.endswith(("/properties", "/headers")):
                    if name not in EXTENSIONS:
                        raise self.error(place, found=f"the extension {name!r}", expected=f"one of {', '.join(EXTENSIONS)}")
                    continue
                if name not in ("example", "examples", "const", "enum", "default"):
                    self._refuse_unknown_extensions(member, place)
