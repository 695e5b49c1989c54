"""What the figures were measured on."""

import datetime as dt
import os
import platform
import re
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

_CLIENTS = ("httpx", "httpx2", "h11", "attrs", "PyJWT", "pyreqwest", "mypy")
_SERVERS = ("uvicorn", "httptools", "uvloop", "jsonschema-rs")
_BUSY = 0.5


@dataclass(frozen=True, slots=True)
class Machine:
    """What a reader needs to judge the figures.

    Attributes:
        date: The day.
        commit: What was measured, with a plus where there were changes.
        processor: Its name.
        cores: How many of them this process may use.
        system: The operating system's kernel.
        python: The interpreter.
        load: The load average before anything was measured.
        versions: The libraries'.
    """

    date: str
    commit: str
    processor: str
    cores: int
    system: str
    python: str
    load: float
    versions: dict[str, str]

    @property
    def busy(self) -> bool:
        """Whether other work disturbs the figures."""
        return self.load > _BUSY

    def lines(self) -> Iterable[str]:
        """Say it to people."""
        yield f"{self.date}, commit {self.commit}, load {self.load:.1f} before"
        yield f"{self.processor}, {self.cores} cores, {self.system}, {self.python}"
        yield ", ".join(f"{name} {version}" for name, version in self.versions.items())

    def as_dict(self) -> dict[str, object]:
        """Return it for JSON."""
        return asdict(self)


def this() -> Machine:
    """Look around."""
    return Machine(
        date=dt.datetime.now(dt.UTC).date().isoformat(),
        commit=_commit(),
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)),
        system=f"{platform.system()} {platform.release().partition('-')[0]}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        load=os.getloadavg()[0],
        versions=dict(_versions()),
    )


def _commit() -> str:
    describe = ["git", "describe", "--always", "--dirty=+"]
    done = subprocess.run(describe, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _processor() -> str:
    names = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return names[1] if names else platform.machine()


def _versions() -> Iterable[tuple[str, str]]:
    for name in (*_CLIENTS, *_SERVERS):
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            yield name, "not installed"
