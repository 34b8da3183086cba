"""The ``trainyard`` command of the wheel: the same program as the binary."""

import signal
import sys

from trainyard import _core


def main(argv=None):
    """Run the command line and return its exit code.

    Parameters
    ----------
    argv
        Program name and arguments; those of the process when left out.
    """
    # Python's handler only sets a flag that nobody would look at while the Rust side runs.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    argv = sys.argv if argv is None else argv
    return _core.main(["trainyard", *argv[1:]])
