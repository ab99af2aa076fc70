"""``python -m mockserver.health``: whether a mock is well, for what watches over containers. Imports nothing that is slow."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from http.client import HTTPException
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

HERE = "http://127.0.0.1:8080"
WITHIN_S = 3.0
USAGE = f"usage: python -m mockserver.health [URL]; a mock's URL, such as {HERE}"


def main(arguments: Sequence[str]) -> int:
    """Gives 0 where the mock at the URL in *arguments* answers that it is well; else 1, with a sentence; 2 for another use."""
    url = arguments[0] if arguments else HERE
    if len(arguments) > 1 or not url.startswith(("http://", "https://")):
        return _fail(USAGE, 2)
    asked = f"{url.rstrip('/')}/__mock/health"
    try:
        # A proxy would answer for itself.
        with build_opener(ProxyHandler({})).open(asked, timeout=WITHIN_S) as answer:
            found = json.load(answer)
    except URLError as error:
        return _fail(f"{asked}: {error.reason}", 1)
    except (OSError, HTTPException, ValueError) as error:
        return _fail(f"{asked}: {error}", 1)
    if not isinstance(found, dict) or found.get("status") != "ok":
        return _fail(f"{asked}: this is not the answer of a mock", 1)
    return 0


def _fail(sentence: str, code: int) -> int:
    sys.stderr.write(f"mockserver.health: {sentence}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
