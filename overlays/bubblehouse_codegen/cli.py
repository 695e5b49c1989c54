"""The command line of scripts/regenerate."""

import argparse
import sys
import tomllib
from pathlib import Path

from bubblehouse_codegen import tree
from bubblehouse_codegen.failure import CodegenError
from bubblehouse_codegen.render import COMMAND, PACKAGE, render
from bubblehouse_codegen.versions.gathering import gather

_ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> int:
    """Regenerate the client, or check that it is what regeneration would write.

    Args:
        arguments: The command line; `sys.argv` if None.

    Returns:
        The exit code: 0 when the tree is as it should be, 1 when it differs or can't be generated.
    """
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Generate the package bubblehouse_loyalty from the contract. The old package stays until the new "
        "one is complete; a failure leaves it as it was.",
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 and list the files that would change"
    )
    parser.add_argument(
        "--spec", type=Path, default=_ROOT / "spec/openapi.yaml", help="the contract (default: %(default)s)"
    )
    parser.add_argument(
        "--overlays", type=Path, default=_ROOT / "overlays/spec", help="the folder of overlay documents"
    )
    parser.add_argument("--templates", type=Path, default=_ROOT / "overlays/templates", help="the folder of templates")
    parser.add_argument("--output", type=Path, default=_ROOT / "generated", help=f"where {PACKAGE}/ is written")
    options = parser.parse_args(arguments)
    try:
        return _run(options.spec, options.overlays, options.templates, options.output, check=options.check)
    except (CodegenError, OSError) as error:
        for line in str(error).splitlines():
            print(f"{COMMAND}: {line}", file=sys.stderr)
        return 1


def _run(spec: Path, overlays: Path, templates: Path, output: Path, *, check: bool) -> int:
    gathered = gather(spec, overlays)
    present = output / PACKAGE
    if present.exists() and not present.is_dir():
        raise CodegenError(f"{present} is not a folder; move it away")
    with tree.workshop(None if check else output) as workshop:
        made = workshop / PACKAGE
        render(gathered, templates, made, user_agent=_user_agent())
        changed = tree.differing_files(present, made)
        if check and changed:
            print(f"{COMMAND} --check: these files are not what the contract says; run {COMMAND}", file=sys.stderr)
            print(*changed, sep="\n")
            return 1
        if changed:
            tree.replace(present, made)
    print(f"{PACKAGE}: {f'{len(changed)} files changed' if changed else 'up to date'}")
    return 0


def _user_agent() -> str:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return f"{project['name']}/{project['version']}"
