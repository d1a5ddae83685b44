"""``python -m ftcore``: the command line."""

import sys

from ftcore.cli.main import main

sys.exit(main())
