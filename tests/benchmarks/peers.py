"""Other SDKs, in an environment of their own, which is made when they are asked for and kept."""

import hashlib
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from sysconfig import get_path
from typing import Final

from tests.benchmarks.clients import Client

_HERE: Final = Path(__file__).parent
_ROOT: Final = _HERE.parents[1]
_ENVIRONMENT: Final = _ROOT / ".venv" / "peers"
_REQUIREMENTS: Final = _HERE / "peers.txt"
_CONTRACT: Final = _ROOT / "generated" / "bubblehouse_loyalty" / "openapi.json"


def _sdk(name: str, module: str, imports: str, script: str) -> Client:
    return Client(name, module, imports=imports, script=script, optional=True, peer=True)


PEERS: Final = (
    _sdk(
        "openai",
        "with_openai",
        "openai",
        "from openai import OpenAI\nclient = OpenAI()\nprint(client.models.retrieve('m').created)\n",
    ),
    _sdk(
        "anthropic",
        "with_anthropic",
        "anthropic",
        "from anthropic import Anthropic\nclient = Anthropic()\nprint(client.models.retrieve('m').created_at)\n",
    ),
    _sdk(
        "stripe",
        "with_stripe",
        "stripe",
        "from stripe import StripeClient\nv1 = StripeClient('k').v1\nprint(v1.customers.retrieve('c').balance)\n",
    ),
    _sdk(
        "githubkit",
        "with_githubkit",
        "githubkit",
        "from githubkit import GitHub\ngithub = GitHub('k')\nprint(github.rest.meta.root().parsed_data.emojis_url)\n",
    ),
    _sdk(
        "Fern (square)",
        "with_square",
        "square",
        "from square import Square\nclient = Square()\nprint(client.customers.get('c').customer)\n",
    ),
    _sdk(
        "Speakeasy (mistralai)",
        "with_mistralai",
        "mistralai.client",
        "from mistralai.client import Mistral\nfiles = Mistral().files\nprint(files.retrieve(file_id='f').id)\n",
    ),
    _sdk(
        "stock openapi-python-client",
        "with_stock",
        "stock_client, stock_client.api.loyalty.customer_balance_3",
        "from stock_client import AuthenticatedClient as Client\n"
        "from stock_client.api.loyalty import customer_balance_3_get as balance\n"
        "print(balance.sync('shop', client=Client('https://shop.test', token='t')))\n",
    ),
)

DECODERS: Final = (
    PEERS[-1],
    Client("pydantic", "with_pydantic", optional=True, peer=True),
    Client("msgspec", "with_msgspec", optional=True, peer=True),
)


class PeersError(Exception):
    """The environment can't be made; what was printed says why."""


def interpreter(say: Callable[[str], None]) -> Path:
    """Return the interpreter of the peers' environment, which is made if it isn't there or has changed.

    Args:
        say: Told what takes long.

    Raises:
        PeersError: A package can't be had.
    """
    base = {"base": str(_ENVIRONMENT), "platbase": str(_ENVIRONMENT)}
    scripts, packages = (Path(get_path(kind, "venv", base)) for kind in ("scripts", "purelib"))
    python = scripts / Path(sys.executable).name
    stamp, expected = _ENVIRONMENT / "bench.stamp", _digest()
    if not stamp.exists() or stamp.read_text(encoding="ascii") != expected:
        say("installing other SDKs into .venv/peers (a minute or two, once)")
        shutil.rmtree(_ENVIRONMENT, ignore_errors=True)
        venv.create(_ENVIRONMENT, symlinks=True, with_pip=True)
        for command in _commands(python, scripts, packages):
            _run(command)
        stamp.write_text(expected, encoding="ascii")
    return python


def _digest() -> str:
    return hashlib.sha256(
        b"".join(file.read_bytes() for file in (_REQUIREMENTS, _CONTRACT, Path(__file__)))
    ).hexdigest()


def _commands(python: Path, scripts: Path, packages: Path) -> Iterator[Sequence[str | Path]]:
    yield python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", _REQUIREMENTS
    generate = (Path(sys.executable).parent / "openapi-python-client", "generate", "--meta", "none")
    yield *generate, "--path", _CONTRACT, "--output-path", packages / "stock_client"
    for module, kind in (("pydantic_models", "pydantic_v2.BaseModel"), ("msgspec_models", "msgspec.Struct")):
        output = packages / f"{module}.py"
        yield (
            *(scripts / "datamodel-codegen", "--input", _CONTRACT, "--input-file-type", "openapi", "--output", output),
            *("--output-model-type", kind, "--use-annotated", "--formatters", "builtin"),
        )
    # py.typed, so that the stock client is judged by what its types are, and compiled, as an installed package is.
    yield python, "-c", f"open({str(packages / 'stock_client' / 'py.typed')!r}, 'w').close()"
    yield python, "-m", "compileall", "-q", packages


def _run(command: Sequence[str | Path]) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise PeersError(f"{Path(command[0]).name} failed:\n{done.stdout.strip()}")
