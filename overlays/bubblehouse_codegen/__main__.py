"""`python -m bubblehouse_codegen` is scripts/regenerate."""

import sys

from bubblehouse_codegen.cli import main

sys.exit(main())
