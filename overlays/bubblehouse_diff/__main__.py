"""`python -m bubblehouse_diff` is scripts/diff."""

import sys

from bubblehouse_diff.cli import main

sys.exit(main())
