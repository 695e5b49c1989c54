"""The wheel: what is in it, and that it works with the source out of reach."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_it_holds_the_packages_with_their_data_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"bubblehouse", "bubblehouse_loyalty", "bubblehouse_mock", "bubblehouse_pytest"}
    page = [f"bubblehouse_mock/page/{name}" for name in ("index.html", "page.css", "main.js")]
    for name in ("bubblehouse_loyalty/openapi.json", "bubblehouse_mock/demo.yaml", *page):
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
