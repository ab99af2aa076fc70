"""Clients as SDKs are, for Locust: ``locust -f bench/locustfile.py --host http://127.0.0.1:8080``.

Each user has a session of its own with one of the gateways that the mock serves, on connections that it keeps. It lists models
and retrieves some of them, sends the ETag that it was given, now and then a key that is wrong, and after a 429 or a 500 comes
back when it is told to, as OpenAI's SDKs do. It needs Locust and the mock's URL, and nothing else of this project, so that it
can be given to other machines as it is: the gateways and what they can do are asked of the mock. A planned 429 or 500 counts as
answered, under a name of its own; everything else that is not as it should be is a failure.
"""

from __future__ import annotations

import itertools
import os
import random
from typing import Any
from urllib.parse import quote, urlsplit

import gevent
from locust import FastHttpUser, between, events, task

RETRIES = 2  # as OpenAI's SDKs have it
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 8.0  # likewise, where the answer does not say how long
MOST_TOLD_S = 60.0  # likewise: an answer that says longer is not believed
PLANNED = (429, 500)
WRONG_KEY = {"Authorization": "Bearer wrong"}
REFUSALS = (401, 403)
_numbers = itertools.count()


@events.init_command_line_parser.add_listener
def add_options(parser: Any, **_: Any) -> None:
    """The options of this file."""
    add = parser.add_argument
    add("--gateway", default="", help="only this one; else each user takes the next of those that are served")
    add("--refused", type=float, default=0.02, help="the share of requests that get 429 (default: %(default)s)")
    add("--broken", type=float, default=0.01, help="the share of requests that get 500 (default: %(default)s)")
    add("--pause", type=float, default=0.1, help="seconds between two requests of a user, on average (default: %(default)s)")
    add("--mock-admin-token", default=os.environ.get("MOCK_ADMIN_TOKEN", ""), is_secret=True, help="for a mock elsewhere")


class Sdk(FastHttpUser):
    """One client with its session."""

    def wait_time(self) -> float:
        """Seconds until its next request."""
        pause = self.environment.parsed_options.pause
        return float(between(0, 2 * pause)(self))

    def on_start(self) -> None:
        """Makes its session, and finds out what its gateway can do."""
        options = self.environment.parsed_options
        number = next(_numbers)
        self.lots = random.Random(number)  # noqa: S311 - which model it asks for is no secret
        self.admin = {"Authorization": f"Bearer {options.mock_admin_token}"} if options.mock_admin_token else {}
        settings = {"seed": number, "limit": False, "chaos": {"rates": {"429": options.refused, "500": options.broken}}}
        with self.client.get("/", headers={"Accept": "application/json"}, name="what is served") as served:
            gateways = {each["id"]: each for each in served.json()["providers"]}
        with self.client.post("/__mock/sessions", json=settings, headers=self.admin, name="session: made") as made:
            session = made.json()
        self.id = session["id"]
        self.key = {"Authorization": f"Bearer {session['api_key']}"}
        gateway = options.gateway or sorted(gateways)[number % len(gateways)]
        self.base = urlsplit(session["base_urls"][gateway]).path
        self.ids: list[str] = []
        self.tags: dict[str, str] = {}
        others = [f"/s/{self.id}{urlsplit(each).path}" for each in gateways[gateway]["other_lists"]]
        for path in (f"{self.base}/models", *others):
            self._get(path, "list", (200,))
        self.retrieves = bool(self.ids) and self._get(self._model(self.ids[0]), "asked whether it retrieves", (200, 404)) == 200
        # Where a gateway asks for no key, a wrong one may be as good as any.
        self.refusal = self._get(f"{self.base}/models", "asked whether it refuses a key", (200, *REFUSALS), WRONG_KEY)

    def on_stop(self) -> None:
        """Ends its session."""
        self.client.delete(f"/__mock/sessions/{self.id}", headers=self.admin, name="session: ended")

    @task(10)
    def list(self) -> None:
        """The list, without saying what it has already."""
        self._get(f"{self.base}/models", "list", (200,))

    @task(3)
    def list_again(self) -> None:
        """A list, if it has changed."""
        if self.tags:
            path, tag = self.lots.choice(sorted(self.tags.items()))
            self._get(path, "list, with If-None-Match", (304,), {"If-None-Match": tag})

    @task(5)
    def retrieve(self) -> None:
        """One model of the list."""
        if self.retrieves:
            self._get(self._model(self.lots.choice(self.ids)), "retrieve", (200,))

    @task(1)
    def mistake(self) -> None:
        """The list, with a key that was mistyped."""
        if self.refusal in REFUSALS:
            self._get(f"{self.base}/models", "list, with a wrong key", (self.refusal,), WRONG_KEY)

    def _model(self, id: str) -> str:
        return f"{self.base}/models/{quote(id, safe='')}"

    def _get(self, path: str, name: str, good: tuple[int, ...], fields: dict[str, str] | None = None) -> int:
        """What *path* is answered in the end, which has to be one of *good*."""
        for tried in range(RETRIES + 1):
            with self.client.get(path, headers={**self.key, **(fields or {})}, name=name, catch_response=True) as answer:
                status = int(answer.status_code)
                if status in PLANNED:
                    answer.request_meta["name"] = f"{name}: {status}"
                    answer.success()
                elif status in good:
                    answer.success()
                    if status == 200:
                        self._learn(path, answer)
                else:
                    answer.failure(f"{status}, expected {' or '.join(map(str, good))}")
            if status not in PLANNED:
                break
            if tried < RETRIES:
                gevent.sleep(self._wait_s(answer.headers.get("Retry-After"), tried))
        return status

    def _learn(self, path: str, answer: Any) -> None:
        """Keeps the tag of *path*, and the ids if it is what an SDK lists."""
        if tag := answer.headers.get("ETag"):
            self.tags[path] = tag
        if path == f"{self.base}/models":
            self.ids = [model["id"] for model in answer.json()["data"]]

    def _wait_s(self, told: str | None, tried: int) -> float:
        """Seconds to wait: what the answer says, else twice as long each time, less up to a quarter by lot."""
        if told is not None and told.isdecimal() and 0 < int(told) <= MOST_TOLD_S:
            return float(told)
        wait: float = min(FIRST_WAIT_S * 2**tried, LONGEST_WAIT_S)
        return wait * (1 - self.lots.random() / 4)
