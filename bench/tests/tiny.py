"""A server that answers everything alike and counts it: ``python -m bench.tests.tiny PORT BODY [chunked]``."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    body = b""
    chunked = False
    asked = 0

    def do_GET(self) -> None:
        if self.path == "/count":
            self._answer(str(Handler.asked).encode())
            return
        Handler.asked += 1  # only ever by one connection after the other, or by one thread that holds the lock of the loop
        self._answer(self.body)

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        if self.chunked:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
        else:
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


if __name__ == "__main__":
    Handler.body, Handler.chunked = sys.argv[2].encode(), sys.argv[3:] == ["chunked"]
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
