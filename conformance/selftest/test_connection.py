"""How a target is reached: what is refused beforehand, and what goes over real sockets."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from conformance.client import Client, Limits, Unreachable
from conformance.connection import Connection, ConnectionRefused, Field, connection, field
from conformance.message import Exchange, Request
from conformance.run import Run, World
from conformance.selftest import bench
from conformance.selftest.acme import KEY
from conformance.selftest.gateway import Answer, Gateway, WireScript
from specs import Provider

LIST = Request("listModels")
HTTPS = "https://gateway.example/v1"
HTTP = "http://gateway.example/v1"


def reached(url: str = HTTPS, *, key: bool = True, environment: dict[str, str] | None = None, **options: Any) -> Connection:
    """How the target at *url* is reached."""
    return connection(url, environment=environment or {}, key=key, **options)


def refusal(url: str = HTTPS, **options: Any) -> str:
    """Why the target at *url* cannot be reached so."""
    with pytest.raises(ConnectionRefused) as error:
        reached(url, **options)
    assert "\n" not in str(error.value)
    return str(error.value)


def ask(provider: Provider, url: str, by: Connection, request: Request = LIST) -> Exchange:
    """The answer of the gateway at *url*, reached *by* a connection."""
    client = Client(bench.target(provider, url), KEY, limits=Limits(timeout=60.0), connection=by)
    with contextlib.closing(client):
        return client.send(request, request, provider.operations[request.operation])


# fields


def test_a_field_is_a_name_and_a_value() -> None:
    assert field("X-Organization:  acme:1 ") == Field("X-Organization", "acme:1")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("X-Organization", "--header 'X-Organization' is no field; expected one such as"),
        (": acme", "--header '' is no field"),
        ("X Y: acme", "--header 'X Y' is no field"),
        ("`id`: acme", "--header '`id`' is no field"),
        ("X-Y:", "--header X-Y: the value is empty"),
        ("X-Y: a\r\nAuthorization: b", "has a character that no field can have"),
        ("X-Y: ü", "has a character that no field can have"),
        ("authorization: Bearer sk-x", "--header Authorization: the key comes from the environment, see --api-key-env"),
        ("Transfer-Encoding: chunked", "--header Transfer-Encoding is for one connection alone"),
        ("Proxy-Authorization: Basic x", "--header Proxy-Authorization is for one connection alone"),
        ("Host: other.example", "--header Host would change what the suite asks"),
        ("If-None-Match: *", "--header If-None-Match would change what the suite asks"),
        ("X-Api-Key: 1234", "--header X-Api-Key: a secret of less than 6 characters cannot be hidden"),
    ],
)
def test_a_field_that_cannot_be_sent_is_one_sentence(text: str, sentence: str) -> None:
    said = refusal(headers=[text])

    assert sentence in said
    assert "sk-x" not in said


@pytest.mark.parametrize("name", ["X-Api-Key", "x-auth-user", "Cookie", "X-Access-Token", "X-Client-Secret", "My-Password"])
def test_a_value_whose_name_looks_secret_is_shown_nowhere(provider: Provider, name: str) -> None:
    by = reached(headers=[f"{name}: hush-hush"])
    settings = bench.settings(provider, connection=by)

    assert "hush" not in repr(by) + repr(settings) + " ".join((*by.words(), *by.curl_words()))
    assert settings.hidden("it said HUSH-hush to me") == "it said … to me"


def test_a_value_that_is_no_secret_is_shown_in_commands() -> None:
    by = reached(headers=["X-Organization: acme inc", "X-Api-Key: hush-hush"])

    assert by.words() == ("--header 'X-Organization: acme inc'", '--header "X-Api-Key: $X_API_KEY"')
    assert by.curl_words() == ("-H 'X-Organization: acme inc'", '-H "X-Api-Key: $X_API_KEY"')
    assert by.curl_words(["x-organization"]) == ('-H "X-Api-Key: $X_API_KEY"',)


def test_fields_go_with_every_request_and_those_of_a_request_come_first(provider: Provider) -> None:
    by = reached(headers=["X-Organization: acme", "Accept: application/problem+json"])
    with Gateway(lambda _: Answer(content=b"[]")) as gateway:
        ask(provider, gateway.url, by)
        ask(provider, gateway.url, by, LIST.but(headers=(("accept", "text/html"),)))

    assert [asked.header("X-Organization") for asked in gateway.asked] == ["acme", "acme"]
    assert [asked.header("Accept") for asked in gateway.asked] == ["application/problem+json", "text/html"]


# TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """An authority that no system knows."""
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Gateway]:
    """A gateway whose certificate that authority has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with Gateway(lambda _: Answer(content=b"[]"), context) as gateway:
        yield gateway


def test_an_authority_of_ones_own_is_believed(
    provider: Provider, secure: Gateway, authority: trustme.CA, tmp_path: Path
) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))

    assert ask(provider, secure.url, Connection(cacert=tmp_path / "ca.pem")).json == []


def test_an_authority_that_did_not_sign_is_not_believed(provider: Provider, secure: Gateway, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))

    with pytest.raises(Unreachable, match="the TLS connection failed"):
        ask(provider, secure.url, Connection(cacert=tmp_path / "ca.pem"))
    assert secure.asked == []


def test_anybody_is_believed_when_that_is_asked_for(provider: Provider, secure: Gateway) -> None:
    assert ask(provider, secure.url, Connection(insecure=True)).json == []


def test_whoever_believes_anybody_is_warned() -> None:
    by = reached(insecure=True)

    assert by.warnings(HTTPS, key=True) == ("--insecure: nobody vouched for the target, so this may have been another one",)


@pytest.mark.parametrize(("content", "reason"), [(None, "No such file or directory"), ("words", "it holds no certificate")])
def test_a_file_without_certificates_is_one_sentence(content: str | None, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content, encoding="utf-8")

    assert refusal(cacert=path) == f"--cacert {path}: {reason}; expected a file of certificates in PEM"


@pytest.mark.parametrize("options", [{"cacert": Path("ca.pem")}, {"http2": True}, {"insecure": True}])
def test_an_option_of_tls_without_tls_is_refused(options: dict[str, Any]) -> None:
    assert refusal("http://127.0.0.1:8080", **options).endswith("has no effect on http://127.0.0.1:8080, which is not https")


def test_two_answers_to_whom_to_believe_are_refused(tmp_path: Path) -> None:
    assert refusal(cacert=tmp_path, insecure=True) == "--cacert and --insecure contradict each other; give one of them"


# proxies


@pytest.mark.parametrize(
    ("environment", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://proxy.example:3128"}, "http://proxy.example:3128"),
        ({"https_proxy": "proxy.example:3128"}, "http://proxy.example:3128"),
        ({"ALL_PROXY": "http://proxy.example"}, "http://proxy.example"),
        ({"HTTP_PROXY": "http://proxy.example"}, None),
        ({"HTTPS_PROXY": " "}, None),
        *(
            ({"HTTPS_PROXY": "http://proxy.example", "NO_PROXY": direct}, None)
            for direct in ("gateway.example", "other, .example", "*.example", "example", "*", "GATEWAY.example:443")
        ),
        *(
            ({"HTTPS_PROXY": "http://proxy.example", "no_proxy": other}, "http://proxy.example")
            for other in ("way.example", "gateway.example:8443", "gateway.example.org", "10.0.0.0/8", ",", "")
        ),
    ],
)
def test_the_environment_names_the_proxy_and_who_does_without(environment: dict[str, str], proxy: str | None) -> None:
    assert reached("https://gateway.example:443/v1", environment=environment).proxy == proxy


@pytest.mark.parametrize("direct", ["10.0.0.0/8", "10.1.2.3", "10.1.2.3:8443"])
def test_an_address_may_be_direct_by_its_network(direct: str) -> None:
    environment = {"HTTPS_PROXY": "http://proxy.example", "NO_PROXY": direct}

    assert reached("https://10.1.2.3:8443", environment=environment).proxy is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"])
def test_this_machine_is_never_reached_through_a_proxy(url: str) -> None:
    assert reached(url, environment={"HTTP_PROXY": "http://proxy.example", "ALL_PROXY": "http://proxy.example"}).proxy is None


@pytest.mark.parametrize("proxy", ["socks5://proxy.example:1080", "ftp://proxy.example", "http://", "http://x:port"])
def test_a_proxy_that_cannot_be_used_is_one_sentence(proxy: str) -> None:
    said = refusal(environment={"HTTPS_PROXY": proxy})

    assert said == "HTTPS_PROXY names no proxy of http or https; expected http://host:port, or none"


def test_the_key_goes_to_no_proxy_in_clear() -> None:
    said = refusal(HTTP, environment={"HTTP_PROXY": "http://me:hush-hush@proxy.example:3128"})

    assert said == (
        "the key would go to the proxy proxy.example:3128 in clear, as http://gateway.example/v1 is not https;"
        " name gateway.example in NO_PROXY, or give --insecure"
    )


def test_the_key_goes_to_a_proxy_in_clear_when_that_is_asked_for_with_a_warning() -> None:
    by = reached(HTTP, insecure=True, environment={"HTTP_PROXY": "http://me:hush-hush@proxy.example:3128"})

    assert by.warnings(HTTP, key=True) == (
        "the key was sent in clear through the proxy proxy.example:3128, as the target is not https",
    )
    assert "hush" not in repr(by)
    assert by.secrets == ("hush-hush",)


def test_without_a_key_a_proxy_may_see_what_is_asked() -> None:
    by = reached(HTTP, key=False, environment={"HTTP_PROXY": "http://proxy.example"})

    assert (by.proxy, by.warnings(HTTP, key=False)) == ("http://proxy.example", ())


def test_a_key_in_clear_is_told_without_a_proxy_too() -> None:
    assert reached(HTTP).warnings(HTTP, key=True) == ("the key was sent in clear, as the target is not https",)
    assert reached("http://127.0.0.1").warnings("http://127.0.0.1", key=True) == ()


def test_a_proxy_of_an_https_target_sees_neither_key_nor_request(provider: Provider, secure: Gateway) -> None:
    seen: list[bytes] = []

    def tunnel(listener: socket.socket) -> None:
        client, _ = listener.accept()
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(65536)
        seen.append(head)
        client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        target = socket.create_connection(("127.0.0.1", secure.port))
        back = threading.Thread(target=_carry, args=(target, client, seen), daemon=True)
        back.start()
        _carry(client, target, seen)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=tunnel, args=(listener,), daemon=True).start()
        by = Connection(insecure=True, proxy=f"http://me:hush-hush@127.0.0.1:{listener.getsockname()[1]}")
        assert ask(provider, secure.url, by).json == []

    assert seen[0].startswith(f"CONNECT 127.0.0.1:{secure.port} HTTP/1.1".encode())
    assert KEY.encode() not in b"".join(seen)
    assert secure.asked[0].header("Proxy-Authorization") is None


def _carry(source: socket.socket, sink: socket.socket, seen: list[bytes]) -> None:
    with source, sink, contextlib.suppress(OSError):
        while received := source.recv(65536):
            seen.append(received)
            sink.sendall(received)


def test_a_proxy_that_refuses_is_no_answer_of_the_target(provider: Provider) -> None:
    with Gateway(lambda _: Answer(407)) as proxy, pytest.raises(Unreachable, match=rf"proxy {proxy.url[7:]} refused: 407"):
        ask(provider, HTTPS.removesuffix("/v1"), Connection(proxy=proxy.url))

    assert [asked.method for asked in proxy.asked] == ["CONNECT"]
    assert KEY not in repr(proxy.asked)


@pytest.mark.parametrize("root", ["http://gateway.example", "https://gateway.example"])
def test_a_proxy_that_is_not_there_is_named_without_its_password(provider: Provider, root: str) -> None:
    with pytest.raises(Unreachable) as error:
        ask(provider, root, Connection(proxy="http://me:hush-hush@127.0.0.1:1"))

    assert str(error.value).startswith("there is no connection through the proxy 127.0.0.1:1: ")
    assert "hush" not in str(error.value)


def test_an_answer_that_does_not_come_through_a_proxy_names_it(provider: Provider) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        proxy = f"127.0.0.1:{silent.getsockname()[1]}"
        client = Client(bench.target(provider, "http://gateway.example"), KEY, connection=Connection(proxy=f"http://{proxy}"))
        with contextlib.closing(client), pytest.raises(Unreachable, match=rf"within 0\.05 s through the proxy {proxy}$"):
            client.send(LIST, LIST, provider.operations[LIST.operation], within=0.05)


def test_what_the_environment_says_reaches_the_client_only_by_the_connection(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Gateway(lambda _: Answer(content=b'"the proxy"')) as proxy, Gateway(lambda _: Answer(content=b'"it"')) as gateway:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", "socks5://nowhere.invalid:1")
        assert ask(provider, gateway.url, Connection()).json == "it"

    assert proxy.asked == []


# the target's origin


def test_a_redirect_takes_the_key_nowhere(provider: Provider) -> None:
    with Gateway(lambda _: Answer(content=b"[]")) as elsewhere:
        moved: WireScript = lambda _: Answer(307, (("Location", f"{elsewhere.url}/v1/models"),))  # noqa: E731  # its type is stated
        with Gateway(moved) as gateway:
            assert ask(provider, gateway.url, Connection()).response.status == 307

    assert len(gateway.asked) == 1
    assert elsewhere.asked == []


def test_a_target_may_be_an_ipv6_address(provider: Provider) -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")

    def answers(listener: socket.socket) -> None:
        accepted, _ = listener.accept()
        with accepted:
            seen.append(accepted.recv(65536))
            accepted.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")

    seen: list[bytes] = []
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        threading.Thread(target=answers, args=(listener,), daemon=True).start()
        port = listener.getsockname()[1]
        assert ask(provider, f"http://[::1]:{port}", Connection()).json == []

    assert f"Host: [::1]:{port}".encode() in seen[0]


# HTTP/2


def _speaks_http2(listener: socket.socket, context: ssl.SSLContext, status: str) -> None:
    """Answers the first request of one connection with an empty list (RFC 9113)."""
    connections = pytest.importorskip("h2.connection")
    events = pytest.importorskip("h2.events")
    config = pytest.importorskip("h2.config")
    accepted, _ = listener.accept()
    with context.wrap_socket(accepted, server_side=True) as secured, contextlib.suppress(OSError):
        speaker = connections.H2Connection(config.H2Configuration(client_side=False))
        speaker.initiate_connection()
        secured.sendall(speaker.data_to_send())
        while received := secured.recv(65536):
            for event in speaker.receive_data(received):
                if isinstance(event, events.RequestReceived):
                    speaker.send_headers(event.stream_id, [(":status", status), ("content-type", "application/json")])
                    speaker.send_data(event.stream_id, b"[]", end_stream=True)
            secured.sendall(speaker.data_to_send())


@pytest.fixture
def over_http2(provider: Provider, authority: trustme.CA, tmp_path: Path) -> Iterator[Callable[[str], Client]]:
    """A client of a target that speaks HTTP/2, and answers with the status given."""
    pytest.importorskip("h2")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["h2"])
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with contextlib.ExitStack() as ending:

        def client(status: str) -> Client:
            listener = ending.enter_context(socket.create_server(("127.0.0.1", 0)))
            threading.Thread(target=_speaks_http2, args=(listener, context, status), daemon=True).start()
            url = f"https://127.0.0.1:{listener.getsockname()[1]}"
            by = reached(url, http2=True, cacert=tmp_path / "ca.pem")
            made = Client(bench.target(provider, url), KEY, limits=Limits(timeout=60.0), connection=by)
            return ending.enter_context(contextlib.closing(made))

        yield client


def test_http2_is_spoken_with_a_target_that_speaks_it(provider: Provider, over_http2: Callable[[str], Client]) -> None:
    client = over_http2("200")
    found = client.send(LIST, LIST, provider.operations["listModels"])

    assert (found.json, client.protocols) == ([], {"HTTP/2"})


@pytest.mark.parametrize("status", ["abc", "2 0 0", "-"])
def test_a_status_of_http2_that_is_no_number_is_no_answer(
    provider: Provider, over_http2: Callable[[str], Client], status: str
) -> None:
    with pytest.raises(Unreachable, match="what came is no HTTP answer: its status is no number"):
        over_http2(status).send(LIST, LIST, provider.operations["listModels"])


def test_a_target_that_speaks_an_older_http_is_told(provider: Provider, secure: Gateway) -> None:
    pytest.importorskip("h2")
    by = reached(secure.url, http2=True, insecure=True)
    asked = bench.settings(provider, connection=by, timeout=5.0)
    run = Run(bench.target(provider, secure.url), asked, World(), provider.requirements[:1])
    list(run.send())
    run.close()

    assert run.warnings[-1] == "--http2: the target speaks HTTP/1.1 only"


def test_without_the_package_http2_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    assert refusal(http2=True) == "--http2 needs the package h2; pip install 'httpx2[http2]' brings it"
