"""What is released: what is in it, that it is the same to the byte whoever builds it, and works without the source."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from tests.packaging.building import Built, build, clone
from tests.packaging.extras import combinations, lowest


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("built")
    return build(clone(folder), folder)


@pytest.fixture(scope="module")
def wheel(built: Built) -> Path:
    return built.wheel


def test_another_clone_in_another_place_is_built_to_the_same_bytes(built: Built, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere" / "deeper"
    folder.mkdir(parents=True)
    before = os.umask(0o077)
    try:
        again = build(clone(folder), folder)
    finally:
        os.umask(before)
    assert again.digests() == built.digests()


def test_the_archive_holds_what_is_committed(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    source = built.sdist.parent / "source"
    listed = subprocess.run(["git", "ls-files"], cwd=source, capture_output=True, text=True, check=True)  # noqa: S607
    assert names == {*listed.stdout.split("\n"), "PKG-INFO"} - {""}


def test_it_holds_the_packages_with_their_data_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"bubblehouse", "bubblehouse_loyalty", "bubblehouse_mock", "bubblehouse_pytest"}
    page = [f"bubblehouse_mock/page/{name}" for name in ("index.html", "page.css", "main.js")]
    contract = [f"bubblehouse_loyalty/{name}" for name in ("openapi.json", "reference.html")]
    for name in (*contract, "bubblehouse_mock/demo.yaml", *page):
        assert name in names
    for package in tops:
        assert f"{package}/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_installed_client_answers_without_the_source(wheel: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", tmp_path, wheel],
        check=True,
        capture_output=True,
    )
    program = (
        "import sys; sys.path[:] = [p for p in sys.path if 'overlays' not in p and 'generated' not in p]\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "import bubblehouse, bubblehouse_loyalty as package\n"
        "from bubblehouse_mock import BubblehouseMock\n"
        "mock = BubblehouseMock(strict=True)\n"
        "key = mock.keys[0]\n"
        "keyed = {'shop': mock.shop, 'key_id': key.key_id, 'secret': key.secret}\n"
        "client = package.LoyaltyClient(**keyed, transport=mock.transport())\n"
        "balance = client.for_customer('1001').customer_balance_3()\n"
        "print(package.__file__, bubblehouse.__file__, balance.pts_earned)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)
    package, runtime, earned = done.stdout.split()
    assert Path(package).is_relative_to(tmp_path)
    assert Path(runtime).is_relative_to(tmp_path)
    assert int(earned) > 0


def test_extras_are_tried_alone_and_together() -> None:
    assert combinations(["mock", "fast"]) == [(), ("fast",), ("mock",), ("fast", "mock")]


def test_the_lowest_versions_are_those_that_are_allowed() -> None:
    needed = ["httpx2>=2.16", "pyreqwest>=0.15.1,<0.16", "uvloop>=0.21; sys_platform != 'win32'"]
    assert [*lowest(needed)] == ["httpx2==2.16", "pyreqwest==0.15.1", "uvloop==0.21; sys_platform != 'win32'"]
    with pytest.raises(ValueError, match="'httpx2' has no lower bound"):
        list(lowest(["httpx2"]))
    with pytest.raises(ValueError, match="'httpx2<3' has no lower bound"):
        list(lowest(["httpx2<3"]))


def test_the_mock_without_its_extra_says_what_to_install(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel)
    subprocess.run(pip, check=True, capture_output=True)
    for command in (["-c", "import bubblehouse_mock; bubblehouse_mock.running"], ["-m", "bubblehouse_mock"]):
        done = subprocess.run([python, "-I", *command], capture_output=True, text=True, check=False)
        assert done.returncode != 0
        assert "pip install 'bubblehouse-loyalty[mock]'" in done.stderr.splitlines()[-1]
