from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import trustme

from conformance.client import USER_AGENT, Client, Limits, Unreachable
from conformance.message import Exchange, Request
from conformance.selftest import bench
from conformance.selftest.acme import KEY
from conformance.selftest.gateway import Answer, Asked, Gateway, Transport
from specs import Provider

LIST = Request("listModels")


def ask(client: Client, provider: Provider, request: Request = LIST) -> Exchange:
    """The exchange for *request*."""
    return client.send(request, request, provider.operations[request.operation])


def over(url: str, provider: Provider, limits: Limits | None = None) -> Client:
    """A client of the gateway at *url*, over a socket."""
    return Client(bench.target(provider, url), KEY, limits=limits or Limits(timeout=60.0))


def sent(provider: Provider, request: Request = LIST, key: str | None = KEY) -> Asked:
    """What goes over the wire for *request*."""
    transport = Transport(lambda _: Answer())
    ask(Client(bench.target(provider), key, transport=transport), provider, request)
    return transport.asked[0]


def encoded(provider: Provider, content: bytes, encoding: str, limit: int = 1000) -> Exchange:
    """The exchange for an answer that says it has *encoding*."""
    answer = Answer(headers=(("Content-Encoding", encoding),), content=content)
    return ask(bench.client(provider, lambda _: answer, limits=Limits(body=limit)), provider)


def test_a_request_has_our_fields_and_no_others(provider: Provider) -> None:
    fields = dict(sent(provider).headers)

    assert fields == {
        "Host": "127.0.0.1",
        "Connection": "keep-alive",
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "User-Agent": USER_AGENT,
        "Authorization": f"Bearer {KEY}",
    }


def test_fields_of_the_request_take_the_place_of_ours(provider: Provider) -> None:
    own = (("accept", "text/html"), ("User-Agent", "curl/8.5.0"), ("Accept-Encoding", "identity"))
    headers = sent(provider, LIST.but(headers=own)).headers

    assert sorted(value for name, value in headers if name.lower() in ("accept", "user-agent", "accept-encoding")) == sorted(
        value for _, value in own
    )


def test_the_key_is_sent_where_the_request_has_a_place_for_it(provider: Provider) -> None:
    assert sent(provider, LIST.but(authorization="bearer {key}")).header("Authorization") == f"bearer {KEY}"


@pytest.mark.parametrize("authorization", [None, "Basic d3Jvbmc6d3Jvbmc=", "Bearer wrong"])
def test_the_key_is_sent_nowhere_else(provider: Provider, authorization: str | None) -> None:
    asked = sent(provider, LIST.but(authorization=authorization))

    assert asked.header("Authorization") == authorization
    assert KEY not in repr(asked)


def test_without_a_key_no_authorization_is_sent(provider: Provider) -> None:
    assert sent(provider, key=None).header("Authorization") is None


def test_an_exchange_does_not_hold_the_key(provider: Provider) -> None:
    assert KEY not in repr(ask(bench.client(provider, lambda _: Answer()), provider))


def test_a_client_does_not_show_the_key(provider: Provider) -> None:
    assert KEY not in repr(bench.client(provider, lambda _: Answer()))


def test_a_redirect_is_an_answer_and_is_not_followed(provider: Provider) -> None:
    transport = Transport(lambda _: Answer(302, (("Location", "http://elsewhere.example/v1/models"),)))

    found = ask(Client(bench.target(provider), KEY, transport=transport), provider)

    assert found.response.status == 302
    assert len(transport.asked) == 1


def test_cookies_of_one_answer_do_not_reach_the_next_request(provider: Provider) -> None:
    transport = Transport(lambda _: Answer(headers=(("Set-Cookie", "session=good; Path=/"),)))
    client = Client(bench.target(provider), KEY, transport=transport)

    ask(client, provider)
    ask(client, provider, LIST.but(authorization=None))

    assert [asked.header("Cookie") for asked in transport.asked] == [None, None]


def test_fields_above_ascii_come_and_go_as_they_are(provider: Provider) -> None:
    transport = Transport(lambda _: Answer(headers=(("ETag", '"é"'),)))
    client = Client(bench.target(provider), KEY, transport=transport)

    tag = ask(client, provider).response.header("ETag")
    assert tag is not None
    ask(client, provider, LIST.but(headers=(("If-None-Match", tag),)))

    assert transport.asked[1].header("If-None-Match") == '"é"'


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"[1, 2]", mtime=0)),
        ("X-GZIP", gzip.compress(b"[1, 2]", mtime=0)),
        ("identity", b"[1, 2]"),
        ("", b"[1, 2]"),
    ],
)
def test_an_encoding_that_was_asked_for_is_undone(provider: Provider, encoding: str, packed: bytes) -> None:
    assert encoded(provider, packed, encoding).json == [1, 2]


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "nonsense"])
def test_an_encoding_that_was_not_asked_for_is_no_answer(provider: Provider, encoding: str) -> None:
    with pytest.raises(Unreachable, match="which was not asked for"):
        encoded(provider, b"[1, 2]", encoding)


@pytest.mark.parametrize("length", [5, 12, 20])
def test_a_truncated_gzip_body_is_no_answer(provider: Provider, length: int) -> None:
    with pytest.raises(Unreachable, match="the gzip answer ends in the middle"):
        encoded(provider, gzip.compress(b"[1, 2, 3, 4]", mtime=0)[:length], "gzip")


def test_a_body_that_only_says_it_is_gzip_is_no_answer(provider: Provider) -> None:
    with pytest.raises(Unreachable, match="says it is gzip and is not"):
        encoded(provider, b"[1, 2]", "gzip")


def test_an_empty_body_that_says_it_is_gzip_is_empty(provider: Provider) -> None:
    assert encoded(provider, b"", "gzip").response.content == b""


def test_a_body_of_the_allowed_size_is_read(provider: Provider) -> None:
    assert len(encoded(provider, b"x" * 1000, "identity", limit=1000).response.content) == 1000


@pytest.mark.parametrize(("encoding", "content"), [("identity", b"x" * 1001), ("gzip", gzip.compress(b"x" * 1001, mtime=0))])
def test_a_larger_body_is_no_answer(provider: Provider, encoding: str, content: bytes) -> None:
    with pytest.raises(Unreachable, match="the answer is larger than 1000 bytes"):
        encoded(provider, content, encoding, limit=1000)


def test_a_bomb_is_not_unpacked(provider: Provider) -> None:
    bomb = gzip.compress(b"\0" * 100_000_000, mtime=0)
    taken: list[int] = []

    class Counting(httpx2.ByteStream):
        def __iter__(self) -> Iterator[bytes]:
            for start in range(0, len(bomb), 1000):
                taken.append(start)
                yield bomb[start : start + 1000]

    def handle(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"Content-Encoding": "gzip"}, stream=Counting(b""))

    client = Client(bench.target(provider), KEY, limits=Limits(body=2_000_000), transport=httpx2.MockTransport(handle))
    with pytest.raises(Unreachable, match="larger than 2000000 bytes"):
        ask(client, provider)

    assert len(taken) < 5


def test_an_endless_body_is_cut_off(provider: Provider) -> None:
    class Endless(httpx2.ByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield b"x" * 1000

    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, stream=Endless(b"")))
    with pytest.raises(Unreachable, match="larger than 50000 bytes"):
        ask(Client(bench.target(provider), KEY, limits=Limits(body=50_000), transport=transport), provider)


def test_a_byte_at_a_time_ends_with_the_timeout_of_the_whole_answer(provider: Provider) -> None:
    clock = bench.Clock()

    class Dribble(httpx2.ByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                clock.sleep(1.0)
                yield b"x"

    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, stream=Dribble(b"")))
    client = Client(bench.target(provider), KEY, limits=Limits(timeout=30.0), clock=clock, transport=transport)
    with pytest.raises(Unreachable, match="no whole answer came within 30 s"):
        ask(client, provider)

    assert clock.now == 31.0


def test_no_answer_within_the_timeout_is_said_in_words(provider: Provider) -> None:
    def late(_: Asked) -> Answer:
        raise httpx2.ReadTimeout("")

    with pytest.raises(Unreachable, match=r"^no whole answer came within 30 s$"):
        ask(bench.client(provider, late), provider)


def test_the_key_is_cut_out_of_an_error(provider: Provider) -> None:
    def refuses(_: Asked) -> Answer:
        raise httpx2.RemoteProtocolError(f"illegal header b'Bearer {KEY}'")

    with pytest.raises(Unreachable) as error:
        ask(bench.client(provider, refuses), provider)

    assert str(error.value) == "illegal header b'Bearer …'"
    assert error.value.__cause__ is None


def test_an_answer_over_a_socket_is_read(provider: Provider) -> None:
    with Gateway(lambda _: Answer(content=b"[]")) as gateway:
        client = over(gateway.url, provider)
        found = ask(client, provider, LIST.but(query=(("model", "a b"),)))
        client.close()

    assert found.json == []
    assert found.url == f"{gateway.url}/v1/models?model=a+b"
    assert gateway.asked[0].target == "/v1/models?model=a+b"


NONSENSE = {
    "nothing": b"",
    "no-http": b"SSH-2.0-OpenSSH_9.6\r\n",
    "no-status": b"HTTP/1.1\r\n\r\n",
    "word-for-a-status": b"HTTP/1.1 good OK\r\n\r\n",
    "half-a-head": b"HTTP/1.1 200 OK\r\nContent-Ty",
    "short-body": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[]",
    "two-lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n[]",
    "length-in-words": b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n[]",
    "bad-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n0\r\n\r\n",
    "half-a-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n[]",
    "control-characters": b"HTTP/1.1 200 OK\r\nETag: \x00\x1b[2J\r\nContent-Length: 2\r\n\r\n[]",
    "field-without-a-name": b"HTTP/1.1 200 OK\r\n: nothing\r\n\r\n",
    "huge-head": b"HTTP/1.1 200 OK\r\nX-Padding: " + b"x" * 500_000 + b"\r\n\r\n",
    "many-fields": b"HTTP/1.1 200 OK\r\n" + b"X-Padding: xxxxxxxx\r\n" * 50_000 + b"\r\n",
}


@pytest.mark.parametrize("wire", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_on_the_wire_is_no_answer(provider: Provider, wire: bytes) -> None:
    with Gateway(lambda _: wire) as gateway:
        client = over(gateway.url, provider)
        with pytest.raises(Unreachable) as error:
            ask(client, provider)
        client.close()

    assert len(str(error.value)) < 300


def test_several_lines_of_a_field_are_kept_apart(provider: Provider) -> None:
    wire = b"HTTP/1.1 200 OK\r\nVary: Accept\r\nvary: Origin\r\nContent-Length: 2\r\n\r\n[]"
    with Gateway(lambda _: wire) as gateway:
        client = over(gateway.url, provider)
        found = ask(client, provider)
        client.close()

    assert [value for name, value in found.response.headers if name.lower() == "vary"] == ["Accept", "Origin"]


def test_a_gateway_that_says_nothing_ends_with_the_timeout(provider: Provider) -> None:
    release = threading.Event()

    def silent(_: Asked) -> bytes:
        release.wait()
        return b""

    with Gateway(silent) as gateway:
        client = over(gateway.url, provider, Limits(timeout=0.05))
        with pytest.raises(Unreachable, match="no whole answer came within"):
            ask(client, provider)
        client.close()
        release.set()


def test_interim_answers_without_end_are_cut_off(provider: Provider) -> None:
    def interim(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            while True:
                connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=interim, args=(listener,), daemon=True).start()
        client = over(f"http://127.0.0.1:{listener.getsockname()[1]}", provider, Limits(timeout=0.2))
        with pytest.raises(Unreachable, match=r"^no whole answer came within 0[.]2 s$"):
            ask(client, provider)
        client.close()


def test_a_gzip_answer_of_several_members_is_read_whole(provider: Provider) -> None:
    members = gzip.compress(b"[1, ", mtime=0) + gzip.compress(b"2]", mtime=0)

    assert encoded(provider, members, "gzip").response.content == b"[1, 2]"


def test_a_port_where_nobody_listens_is_no_answer(provider: Provider) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        client = over(f"http://127.0.0.1:{taken.getsockname()[1]}", provider)
        with pytest.raises(Unreachable, match=r"(?i)refused"):
            ask(client, provider)
        client.close()


def test_a_host_that_does_not_exist_is_no_answer(provider: Provider) -> None:
    client = over("http://gateway.invalid", provider)
    with pytest.raises(Unreachable, match=r"(?i)name|address|resolution"):
        ask(client, provider)
    client.close()


def test_a_certificate_that_nobody_vouches_for_is_a_failure_of_tls(provider: Provider, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with Gateway(lambda _: Answer(), context) as gateway:
        client = over(gateway.url, provider)
        with pytest.raises(Unreachable, match=r"the TLS connection failed: .*CERTIFICATE_VERIFY_FAILED"):
            ask(client, provider)
        client.close()

    assert gateway.asked == []
