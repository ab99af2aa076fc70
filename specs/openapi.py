"""OpenAPI 3.1 into `specs.contract` values: the only file that knows OpenAPI's spelling and our extensions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from specs import formats, walk
from specs.contract import (
    Asked,
    Authentication,
    Capability,
    Facts,
    Filter,
    Items,
    Operation,
    Order,
    Parameter,
    Prices,
    RateLimit,
    Response,
    ResponseHeader,
    Retrieves,
    Sort,
    Unit,
)
from specs.errors import SpecError, excerpt
from specs.pointer import escape, resolve

METHODS = ("get", "head", "options", "post", "put", "patch", "delete")
_BEARER = MappingProxyType({"type": "http", "scheme": "bearer"})
_OPERATION = r"/paths/[^/]+/[a-z]+"
_PARAMETER = r"(/paths/[^/]+(/[a-z]+)?/parameters/[0-9]+|/components/parameters/[^/]+)"
EXTENSIONS = {
    "x-gateway": ("", "the root"),
    "x-capabilities": ("", "the root"),
    "x-items": (_OPERATION, "an operation"),
    "x-facts": (_OPERATION, "an operation"),
    "x-retrieves": (_OPERATION, "an operation"),
    "x-filter": (_PARAMETER, "a parameter"),
    "x-sort": (_PARAMETER, "a parameter"),
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
        formats.check(document, "openapi", file, lines=self.lines)
        self._refuse_unknown_extensions()

    @property
    def title(self) -> str:
        """The gateway's name."""
        return str(self._gateway["title"])

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts of the documented servers, in lower case."""
        urls = [urlsplit(server["url"]) for server in self.document.get("servers", [])]
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

    @property
    def generic(self) -> bool:
        """Whether the contract is that of a whole kind of gateways, and of no one gateway."""
        return bool(self._gateway.get("generic", False))

    def capabilities(self, operations: Mapping[str, Operation]) -> Mapping[str, Capability]:
        """What gateways of this contract may have or not, by name; each is seen at one of *operations*."""
        capabilities = {}
        for name, each in (self._extension(self.document, "x-capabilities", "") or {}).items():
            if each["operation"] not in operations:
                found, expected = f"the operation {each['operation']!r}", f"one of {', '.join(operations)}"
                raise self.error(f"/x-capabilities/{name}/operation", found=found, expected=expected)
            asked = Asked(each.get("asked", Asked.PLAIN.value))
            capabilities[name] = Capability(
                name, each["says"], each["operation"], asked, tuple(each["absent"]), each.get("holds")
            )
        return MappingProxyType(capabilities)

    def operations(self) -> Mapping[str, Operation]:
        """Every operation by its id, in the document's order."""
        operations: dict[str, Operation] = {}
        for path, reference in self.document["paths"].items():
            item, where = self._follow(reference, f"/paths/{escape(path)}")
            for method in METHODS:
                if method not in item:
                    continue
                at = f"{where}/{method}"
                operation = self._operation(path, item, method, where)
                if operation.id in operations:
                    raise self.error(f"{at}/operationId", found=f"{operation.id!r} again", expected="a unique operationId")
                operations[operation.id] = operation
        if not operations:
            raise self.error("/paths", found="no operation", expected="at least one")
        self._check_names(operations)
        return MappingProxyType(operations)

    def error(self, pointer: str, *, found: str, expected: str, hint: str = "") -> SpecError:
        """A SpecError at *pointer* of this file."""
        return SpecError(self.file, pointer, found=found, expected=expected, hint=hint, line=self.lines.get(pointer))

    def _check_names(self, operations: Mapping[str, Operation]) -> None:
        if self.unmatched is not None and self.unmatched not in operations:
            found = f"the operation {self.unmatched!r}"
            raise self.error("/x-gateway/unmatched", found=found, expected=f"one of {', '.join(operations)}")
        for operation in operations.values():
            names = {parameter.name for parameter in operation.parameters}
            for parameter in operation.parameters:
                if parameter.sort and parameter.sort.direction not in {None, *names}:
                    found = f"x-sort of {operation.id} with the direction {parameter.sort.direction!r}"
                    raise self.error("/paths", found=found, expected="a parameter of that operation")
            retrieves = operation.retrieves
            if retrieves is None:
                continue
            if retrieves.operation not in operations or operations[retrieves.operation].items is None:
                found = f"x-retrieves from {retrieves.operation!r}"
                raise self.error("/paths", found=found, expected="the operationId of an operation with x-items")
            if f"{{{retrieves.parameter}}}" not in operation.path or retrieves.parameter not in names:
                found = f"x-retrieves by {retrieves.parameter!r}"
                raise self.error("/paths", found=found, expected=f"a path parameter of {operation.id}")

    @property
    def _gateway(self) -> Any:
        return self._extension(self.document, "x-gateway", "") or {"title": self.document.get("info", {}).get("title", "")}

    def _operation(self, path: str, item: Any, method: str, where: str) -> Operation:
        operation, at = item[method], f"{where}/{method}"
        # An operation's parameter stands in for the path's of the same name (OpenAPI 3.1 section 4.8.10).
        parameters: dict[tuple[str, str], Parameter] = {}
        for holder, place in ((item, where), (operation, at)):
            for index, each in enumerate(holder.get("parameters", [])):
                parameter = self._parameter(each, f"{place}/parameters/{index}")
                parameters[parameter.location, parameter.name] = parameter
        items = self._extension(operation, "x-items", at)
        retrieves = self._extension(operation, "x-retrieves", at)
        facts = self._extension(operation, "x-facts", at)
        if facts and not items:
            raise self.error(f"{at}/x-facts", found="x-facts", expected="it beside x-items, whose items the pointers lead into")
        return Operation(
            id=operation["operationId"],
            method=method.upper(),
            path=self._server_path(item, operation) + path,
            authentication=self._authentication(operation, at),
            parameters=tuple(parameters.values()),
            responses=MappingProxyType(dict(self._responses(operation, at))),
            items=Items(items["at"], items["id"]) if items else None,
            retrieves=Retrieves(retrieves["from"], retrieves["parameter"]) if retrieves else None,
            facts=self._facts(facts) if facts else Facts(),
        )

    def _server_path(self, item: Any, operation: Any) -> str:
        servers = operation.get("servers") or item.get("servers") or self.document.get("servers") or [{"url": "/"}]
        url: str = servers[0]["url"]
        return urlsplit(url).path.rstrip("/")

    def _authentication(self, operation: Any, at: str) -> Authentication:
        security = operation.get("security", self.document.get("security", []))
        schemes = self.document.get("components", {}).get("securitySchemes", {})
        for name in (name for each in security for name in each):
            # A scheme that is named and not declared is taken for a bearer token, so that a mutant can ask for one.
            scheme, _ = self._follow(schemes.get(name, _BEARER), f"/components/securitySchemes/{escape(name)}")
            if (scheme.get("type"), str(scheme.get("scheme")).lower()) != ("http", "bearer"):
                raise self.error(f"{at}/security", found=f"the scheme {name!r}", expected="one of type http and scheme bearer")
        if not security:
            return Authentication.NONE
        return Authentication.OPTIONAL if {} in security else Authentication.REQUIRED

    def _parameter(self, parameter: Any, at: str) -> Parameter:
        parameter, at = self._follow(parameter, at)
        schema = self._schema(parameter, at)
        values = schema.get("enum") or schema.get("items", {}).get("enum", ())
        filter_, sort = self._extension(parameter, "x-filter", at), self._extension(parameter, "x-sort", at)
        return Parameter(
            name=parameter["name"],
            location=parameter["in"],
            values=tuple(values),
            filter=self._filter(filter_) if filter_ else None,
            sort=self._sort(sort) if sort else None,
            required=parameter.get("required", False),
            schema=f"{at}/schema" if "schema" in parameter else None,
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

    def _facts(self, extension: Any) -> Facts:
        lists = {f"{way} modality": at for way, at in extension.get("modalities", {}).items()}
        lists |= {word: extension[words] for word, words in (("feature", "features"), ("type", "types")) if words in extension}
        return Facts(
            **{name: extension.get(name) for name in ("name", "owner", "created", "deprecated")},
            limits=MappingProxyType(dict(extension.get("limits", {}))),
            lists=MappingProxyType(lists),
            flags=MappingProxyType(dict(extension.get("flags", {}))),
            prices=self._prices(extension["prices"]) if "prices" in extension else None,
        )

    @staticmethod
    def _prices(extension: Any) -> Prices:
        unit, currency = extension.get("unit", {}), extension["currency"]
        return Prices(
            kinds=MappingProxyType(dict(extension["kinds"])),
            amount=extension.get("amount", ""),
            currency=currency.get("is"),
            currency_at=currency.get("at"),
            unit=Unit(unit["number"], unit["of"]) if "of" in unit else None,
            unit_at=unit.get("at"),
            units=MappingProxyType({name: Unit(**each) for name, each in unit.get("values", {}).items()}),
            conditions=extension.get("conditions"),
        )

    def _responses(self, operation: Any, at: str) -> Iterator[tuple[int, Response]]:
        for code, reference in operation["responses"].items():
            if not code.isdecimal():
                raise self.error(f"{at}/responses/{code}", found=f"the status {code!r}", expected="a status code such as '200'")
            response, where = self._follow(reference, f"{at}/responses/{code}")
            headers = tuple(self._header(name, field, where) for name, field in response.get("headers", {}).items())
            content = response.get("content", {})
            media_type = next(iter(content), None)
            schema = f"{where}/content/{escape(media_type)}/schema" if media_type and "schema" in content[media_type] else None
            yield int(code), Response(int(code), media_type, schema, headers)

    def _header(self, name: str, reference: Any, response: str) -> ResponseHeader:
        field, where = self._follow(reference, f"{response}/headers/{escape(name)}")
        return ResponseHeader(name, self._schema(field, where).get("const"))

    def _schema(self, holder: Any, at: str) -> Any:
        schema, _ = self._follow(holder.get("schema", {}), f"{at}/schema")
        return schema

    def _follow(self, value: Any, at: str) -> tuple[Any, str]:
        """*value*, or what its ``$ref`` within this document points to, with its pointer."""
        seen = set()
        while isinstance(value, dict) and "$ref" in value:
            ref = value["$ref"]
            if not ref.startswith("#/") or ref in seen:
                raise self.error(at, found=f"$ref {ref!r}", expected="a $ref to a place in this file, without a circle")
            seen.add(ref)
            try:
                value = resolve(self.document, unquote(ref[1:]))
            except LookupError:
                raise self.error(at, found=f"$ref {ref!r}", expected="a place that exists") from None
            at = unquote(ref[1:])
        return value, at

    def _extension(self, holder: Any, name: str, at: str) -> Any:
        if name not in holder:
            return None
        place = f"{at}/{name}"
        formats.check(holder[name], "extensions", self.file, definition=name, at=place, lines=self.lines)
        return holder[name]

    def _refuse_unknown_extensions(self) -> None:
        for place, name, _ in walk.keywords(self.document):
            if not name.startswith("x-"):
                continue
            if name not in EXTENSIONS:
                raise self.error(place, found=f"the extension {name!r}", expected=f"one of {', '.join(EXTENSIONS)}")
            holder, where = EXTENSIONS[name]
            if not re.fullmatch(holder, place.rpartition("/")[0]):
                raise self.error(place, found=f"{name} at another place", expected=f"it at {where}")
