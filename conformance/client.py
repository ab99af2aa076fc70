"""The one place that talks to a target: bounded in size and time, without redirects, the key for its origin alone."""

from __future__ import annotations

import contextlib
import math
import ssl
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2

from conformance.connection import DIRECT, Connection
from conformance.cutoff import Cutoff
from conformance.message import KEY, Exchange, Request, Response
from conformance.redaction import RUN, Redactor
from conformance.strict_json import MAX_VALUES, values
from conformance.target import Target
from specs import VERSION
from specs.contract import Operation

MAX_BODY_BYTES = 16 * 1024 * 1024
LONGEST_REASON = 200
USER_AGENT = f"gateway-contracts/{VERSION}"


class Unreachable(Exception):
    """No answer came, or none that could be read; ``str()`` says why in a few words."""


class Unusable(Unreachable):
    """An answer came that cannot be read, and would be the same if it were asked for again."""


@dataclass(frozen=True)
class Limits:
    """Bounds of one request: *timeout* seconds for the whole of it, *body* bytes and *values* of JSON after decoding."""

    timeout: float = 30.0
    body: int = MAX_BODY_BYTES
    values: int = MAX_VALUES


class Gzip:
    """A gzip body as it arrives: one member after the other (RFC 1952 section 2.2)."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._begun = False

    @property
    def complete(self) -> bool:
        """Whether what arrived ends where a member ends; nothing at all is complete too."""
        return self._member.eof or not self._begun

    def decoded(self, octets: bytes, most: int) -> bytes:
        """What *octets* add to the body, at most *most* bytes of it. Raises zlib.error."""
        content = b""
        while octets and len(content) < most:
            if self._member.eof:
                self._member = zlib.decompressobj(wbits=31)
            self._begun = True
            content += self._member.decompress(octets, most - len(content))
            octets = self._member.unused_data
        return content


class Client:
    """Sends requests to one target. *clock* counts seconds, *transport* is for tests and proofs in-process.

    *protocols* are the versions of HTTP that the target has spoken.
    """

    def __init__(
        self,
        target: Target,
        key: str | None,
        *,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
        transport: httpx2.BaseTransport | None = None,
        connection: Connection = DIRECT,
    ) -> None:
        self.target = target
        self.protocols: set[str] = set()
        self._fields = connection.fields
        self._proxy = connection.proxy_host
        self._key = key
        self._limits = limits or Limits()
        self._cutoff = Cutoff()
        self._in_process = transport is not None
        self._clock = clock
        # Where nobody speaks TLS, nobody is believed: to read the authorities takes a while.
        secure = transport is None and (target.root.startswith("https:") or connection.proxy is not None)
        self._http = httpx2.Client(
            transport=transport,
            follow_redirects=False,
            timeout=self._limits.timeout,
            # Proxies and authorities are those of *connection*, whoever read them from the environment.
            trust_env=False,
            proxy=connection.proxy,
            verify=connection.tls() if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            http2=connection.http2,
            # A cookie of the answer to one request would be a credential of the next.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        )

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def cut(self) -> None:
        """Ends the exchange that is under way in another thread, and each that would follow, as if the target had gone."""
        self._cutoff.end()

    def send(self, request: Request, planned: Request, operation: Operation, within: float = math.inf) -> Exchange:
        """The exchange for *request*, whose values are all known; *planned* is what it was made from.

        Raises `Unreachable` when no whole answer comes within the limits, or within so many seconds.
        """
        timeout = min(within, self._limits.timeout)
        url = f"{self.target.root}{request.reference(operation)}"
        headers = [("Accept", "application/json"), ("Accept-Encoding", "gzip"), ("User-Agent", USER_AGENT)]
        for more in ([(each.name, each.value) for each in self._fields], request.headers):
            own = {name.lower() for name, _ in more}
            headers = [pair for pair in headers if pair[0].lower() not in own]
            headers += [(name, str(value)) for name, value in more]
        # An entity tag comes back as it came (RFC 9110 section 5.5: the bytes above ASCII are opaque).
        fields = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers]
        begun = self._clock()
        try:
            trace = {"trace": self._cutoff.trace}
            wire = self._http.build_request(request.method, url, headers=fields, timeout=timeout, extensions=trace)
            if request.authorization is not None and not (KEY in request.authorization and self._key is None):
                wire.headers["Authorization"] = request.authorization.replace(KEY, self._key or "")
            response = self._receive(wire, timeout)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            late = isinstance(error, httpx2.TimeoutException) or self._clock() >= begun + timeout
            raise Unreachable(self._late(timeout) if late else self._hidden(_reason(error, self._proxy))) from None
        return Exchange(planned, request, url, response)

    def _receive(self, wire: httpx2.Request, timeout: float) -> Response:
        deadline = self._clock() + timeout
        with contextlib.nullcontext() if self._in_process else self._cutoff.after(timeout):
            try:
                streamed = self._http.send(wire, stream=True)
            except ValueError:  # httpcore2 takes the field :status of RFC 9113 for a number unseen
                raise Unreachable("what came is no HTTP answer: its status is no number") from None
            self.protocols.add(streamed.http_version)
            try:
                content = bytearray()
                for chunk in self._chunks(streamed):
                    content += chunk
                    if self._clock() > deadline:
                        raise Unreachable(self._late(timeout))
            finally:
                streamed.close()
        if values(content) > self._limits.values:
            raise Unusable(f"the answer holds more than {self._limits.values} JSON values")
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in streamed.headers.raw)
        return Response(streamed.status_code, headers, bytes(content), streamed.http_version, streamed.reason_phrase)

    def _chunks(self, streamed: httpx2.Response) -> Iterator[bytes]:
        encoding = streamed.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in ("identity", "", "gzip", "x-gzip"):
            raise Unusable(f"the answer has the Content-Encoding {encoding[:40]!r}, which was not asked for")
        decoder = Gzip() if encoding not in ("identity", "") else None
        received = 0
        for raw in streamed.iter_raw():
            try:
                chunk = decoder.decoded(raw, self._limits.body - received + 1) if decoder else raw
            except zlib.error as error:
                raise Unreachable(f"the answer says it is {encoding} and is not ({error})") from None
            received += len(chunk)
            if received > self._limits.body:
                raise Unusable(f"the answer is larger than {self._limits.body} bytes")
            yield chunk
        if decoder and not decoder.complete:
            raise Unreachable(f"the {encoding} answer ends in the middle")

    def _late(self, timeout: float) -> str:
        through = f" through the proxy {self._proxy}" if self._proxy else ""
        return f"no whole answer came within {timeout:.3g} s{through}"

    def tells_key(self, value: str) -> bool:
        """Whether *value* has the key in it, however it is written; one of a few letters may be part of any word."""
        return len(self._key or "") >= RUN and self._hidden(value) != value

    def _hidden(self, text: str) -> str:
        return Redactor((self._key,)).hidden(text) if self._key else text


def _reason(error: Exception, proxy: str) -> str:
    """What went wrong, in a few words; *proxy* is named where it is at fault, or stands between."""
    text = str(error) or type(error).__name__
    if "CERTIFICATE_VERIFY_FAILED" in text or "SSL" in text.upper():
        return f"the TLS connection failed: {text}"
    if isinstance(error, httpx2.ProxyError):
        return f"the proxy {proxy} refused: {text[:LONGEST_REASON]}"
    if isinstance(error, httpx2.ConnectError) and proxy:
        return f"there is no connection through the proxy {proxy}: {text[:LONGEST_REASON]}"
    if text.startswith(("illegal status line", "illegal request line")):
        return "what came is no HTTP answer: it has no status line"
    if text.startswith("Receive buffer too long"):
        return "a field, or the line of a chunk, goes on for more than 100 kB"
    return text[:LONGEST_REASON]
