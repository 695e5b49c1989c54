"""`python -m bubblehouse_mock` is the command `bubblehouse-mock`."""

import sys

from bubblehouse_mock.cli import main

if __name__ == "__main__":
    sys.exit(main())
