"""`python -m bubblehouse_docs` is scripts/check-docs."""

import sys

from bubblehouse_docs.cli import main

sys.exit(main())
