"""Run `python -m mathnet.derivation check FILE…`."""

import sys

from .command import main

sys.exit(main())
