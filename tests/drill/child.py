"""Runs commands of the copy, one after another in one process: most of what one takes is its start."""

import importlib
import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout


def main() -> None:
    for line in sys.stdin:
        package, *arguments = json.loads(line)
        with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as complaints:
            code = importlib.import_module(f"{package}.cli").main(arguments)
        sys.stdout.write(f"{json.dumps([code, out.getvalue(), complaints.getvalue()])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
