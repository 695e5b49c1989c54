"""The command line of scripts/docs."""

import argparse
import sys
from pathlib import Path
from typing import Final

from bubblehouse_codegen.failure import CodegenError
from bubblehouse_codegen.render import write_reference
from bubblehouse_codegen.versions.gathering import gather

COMMAND: Final = "scripts/docs"

_ROOT: Final = Path(__file__).resolve().parents[3]


def main(arguments: list[str] | None = None) -> int:
    """Build the API reference.

    Args:
        arguments: The command line; `sys.argv` if None.

    Returns:
        The exit code: 0 when the page is written, 1 when it can't be.
    """
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Build the API reference from the contract: one HTML file that needs nothing else. "
        "scripts/regenerate puts the same page into the package, and the mock serves that one at /reference.",
    )
    parser.add_argument(
        "--spec", type=Path, default=_ROOT / "spec/openapi.yaml", help="the contract (default: %(default)s)"
    )
    parser.add_argument(
        "--overlays", type=Path, default=_ROOT / "overlays/spec", help="the folder of overlay documents"
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        default=_ROOT / "reports/reference.html",
        help="where the page is written",
    )
    options = parser.parse_args(arguments)
    output: Path = options.output
    try:
        gathered = gather(options.spec, options.overlays)
        output.parent.mkdir(parents=True, exist_ok=True)
        write_reference(gathered, output)
    except (CodegenError, OSError) as error:
        for line in str(error).splitlines():
            print(f"{COMMAND}: {line}", file=sys.stderr)
        return 1
    print(f"{COMMAND}: the reference is in {output}")
    return 0
