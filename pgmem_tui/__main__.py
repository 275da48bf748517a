"""Run the program as `python -m pgmem_tui`."""

import sys

from pgmem_tui.cli import main

if __name__ == "__main__":
    sys.exit(main())
