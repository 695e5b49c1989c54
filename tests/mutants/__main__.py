"""`python -m tests.mutants`; `scripts/mutate` does that."""

import sys

from tests.mutants.cli import main

if __name__ == "__main__":
    sys.exit(main())
