"""wrk, which makes calls over many connections as fast as they are answered."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.processes import MissingError, ProgramError
from tests.benchmarks.redeem import BODY, FIRST, TOKEN, Target

_SCRIPT: Final = Path(__file__).with_name("redeem.lua")
_OPTIONS: Final = ("-t2", "-c32", "--timeout", "10s")


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it.

    Attributes:
        rate: Answers a second.
        p99: Seconds within which 99 of 100 answers came.
    """

    rate: float
    p99: float


def load(target: Target, seconds: int = 2) -> Load:
    """Call for a while, over two groups of 16 connections.

    Args:
        target: What is called.
        seconds: For how long.

    Raises:
        MissingError: wrk is not installed.
        ProgramError: It failed, or a connection did, or an answer was another than 200.
    """
    program = shutil.which("wrk")
    if program is None:
        raise MissingError("wrk is not installed; on Debian: apt-get install wrk")
    arguments = (TOKEN.get(), str(FIRST), str(target.last), BODY)
    command = (program, *_OPTIONS, f"-d{seconds}s", "-s", str(_SCRIPT), target.url, "--", *arguments)
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise ProgramError(f"wrk failed: {done.stdout.strip()}")
    return read(done.stdout, target.url)


def read(printed: str, url: str) -> Load:
    """Return what `redeem.lua` found.

    Args:
        printed: All that wrk printed.
        url: What was called.

    Raises:
        ProgramError: A connection failed, or an answer was another than 200.
    """
    found: dict[str, float] = json.loads(printed.strip().rpartition("\n")[2])
    if found["others"]:
        raise ProgramError(f"{url} gave {found['others']} answers with another status than 200, as {found['status']}")
    if found["broken"] or found["late"] or not found["answers"]:
        raise ProgramError(
            f"{url} gave {found['answers']} answers, {found['late']} too late, and broke {found['broken']} connections"
        )
    return Load(found["answers"] / found["seconds"], found["p99"])
