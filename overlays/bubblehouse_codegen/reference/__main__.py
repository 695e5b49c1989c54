"""`python -m bubblehouse_codegen.reference` is what scripts/docs runs."""

import sys

from bubblehouse_codegen.reference.cli import main

if __name__ == "__main__":
    sys.exit(main())
