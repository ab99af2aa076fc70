"""What a container is to the commands in it, without Docker: folders in the places that the image has, a read-only file system,
a network of its own, and a user who is not root. Needs root on Linux, and util-linux and iproute2.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gate.tests.installation import lacking

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PASSED_ON = ("HOME", "PIP_", "UV_CACHE_DIR", "SSL_", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
"""How this machine reaches the package index, which is not the image's business."""

LIMIT_S = 120.0
WANTED = ("unshare", "nsenter", "setpriv", "mount", "ip")


def need_root() -> None:
    """Skips the test, or fails it in CI, where no mount can be made."""
    missing = [name for name in WANTED if shutil.which(name, path=SYSTEM_PATH) is None]
    if os.name != "posix" or os.geteuid() != 0 or missing:
        lacking(f"this needs root on Linux with {', '.join(WANTED)}; missing: {', '.join(missing) or 'root'}")
    if subprocess.run(["unshare", "--mount", "--net", "true"], capture_output=True, check=False).returncode:
        lacking("this needs the right to make mounts (CAP_SYS_ADMIN)")


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """What a container's process has: *variables*, in which ``$PATH`` is the system's."""
    found = {"PATH": SYSTEM_PATH, "LD_LIBRARY_PATH": "/usr/local/lib", **variables}
    return {name: value.replace("$PATH", SYSTEM_PATH) for name, value in found.items()}


def _mounts(places: Mapping[str, Path], then: str) -> list[str]:
    """A command that puts folders in their *places*, and the Python that runs this where the base image has it."""
    binds = [f"mount --bind {folder} {place}" for place, folder in {"/usr/local": Path(sys.base_prefix), **places}.items()]
    return ["unshare", "--mount", "--net", "--propagation", "private", "sh", "-ec", "\n".join([*binds, then]), "sh"]


def run(
    places: Mapping[str, Path], cwd: str, variables: Mapping[str, str], words: list[str]
) -> subprocess.CompletedProcess[str]:
    """Runs *words* in the folder *cwd* as a build does: as root, with files that can be written, and this machine's network."""
    command = [word for word in _mounts(places, f'cd {cwd}; exec "$@"') if word != "--net"]
    passed = {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)}
    return subprocess.run(
        [*command, *words],
        env=passed | environment(variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )


@dataclass(frozen=True)
class Container:
    """A place for commands of one container: that of the process *holder*, which does nothing."""

    holder: int
    cwd: str
    user: str
    variables: Mapping[str, str]

    def command(self, words: list[str]) -> list[str]:
        """What runs *words* in the container, as its user and without any privilege."""
        entered = ["nsenter", "--target", str(self.holder), "--mount", "--net"]
        user, _, group = self.user.partition(":")
        drop = ["--clear-groups", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"]
        return [
            *entered,
            "setpriv",
            "--reuid",
            user,
            "--regid",
            group,
            *drop,
            "sh",
            "-c",
            f'cd {self.cwd}; exec "$@"',
            "sh",
            *words,
        ]

    @property
    def environment(self) -> dict[str, str]:
        """Of its processes; one who is in no list of users has the home ``/``."""
        return {"HOME": "/", **environment(self.variables)}

    def run(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        """Runs *words* in it, as ``docker exec`` does."""
        return subprocess.run(
            self.command(words), env=self.environment, capture_output=True, text=True, check=False, timeout=LIMIT_S
        )


@contextmanager
def container(places: Mapping[str, Path], cwd: str, user: str, variables: Mapping[str, str]) -> Iterator[Container]:
    """A container with folders in their *places*, in which nothing can be written."""
    read_only = [f"mount -o remount,bind,ro {place}" for place in ("/usr/local", *places, "/")]
    command = _mounts(places, "\n".join(["ip link set lo up", *read_only, "echo ready", "exec sleep infinity"]))
    holder = subprocess.Popen(command, env=environment({}), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert holder.stdout is not None
        said = holder.stdout.readline()
        assert said == "ready\n", said + holder.stdout.read()
        yield Container(holder.pid, cwd, user, variables)
    finally:
        holder.kill()
        holder.communicate()
