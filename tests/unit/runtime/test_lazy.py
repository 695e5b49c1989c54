"""Importing costs nothing."""

import subprocess
import sys

import pytest

import bubblehouse
from bubblehouse.lazy import lazy_exports


def _run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_importing_the_package_loads_none_of_what_it_stands_on() -> None:
    loaded = _run(
        "import sys; before = {*sys.modules}; import bubblehouse_loyalty; print(*{*sys.modules} - before)"
    ).split()
    assert {"bubblehouse", "bubblehouse_loyalty"} <= set(loaded)
    assert not {
        "typing",
        "collections",
        "re",
        "attr",
        "attrs",
        "jwt",
        "httpx2",
        "httpcore2",
        "asyncio",
        "logging",
        "json",
    } & set(loaded)


def test_a_client_loads_the_wire_and_the_signer_when_it_first_calls() -> None:
    loaded = _run(
        "import sys; from bubblehouse import SyncClient, Api\n"
        "class C(SyncClient): _api = Api(base_url='https://x.test', version='v1', versions=('v1',), env_prefix='X')\n"
        "C(shop='s', key_id='k', secret='c2VjcmV0')\n"
        "print(*sys.modules)"
    ).split()
    assert "bubblehouse.client" in loaded
    assert not {"jwt", "httpx2", "httpcore2", "asyncio", "ssl"} & set(loaded)


@pytest.mark.parametrize("name", bubblehouse.__all__)
def test_every_export_is_there_in_a_fresh_process(name: str) -> None:
    assert _run(f"from bubblehouse import {name}; print({name} is not None)") == "True"


def test_all_names_are_listed_and_unknown_ones_refused() -> None:
    assert set(bubblehouse.__all__) <= set(dir(bubblehouse))
    with pytest.raises(AttributeError, match="'bubblehouse' has no attribute 'nonsense'"):
        bubblehouse.nonsense  # type: ignore[attr-defined]  # noqa: B018 - that it isn't there is the point


def test_a_module_can_be_exported_under_its_own_name() -> None:
    load, _ = lazy_exports("bubblehouse", {"retry": ".retry", "pause": ".retry"})
    assert load("retry") is sys.modules["bubblehouse.retry"]
    assert load("pause") is sys.modules["bubblehouse.retry"].pause
