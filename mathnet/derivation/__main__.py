"""Run `python -m mathnet.derivation check FILE…`."""

import sys

from .doors.command import main

sys.exit(main())
