"""Found as ``mlflow`` by the worker processes of a program run with ``python -m trainyard``; gives way to trainyard.

The folder above is on ``sys.path`` of such a program, which ``multiprocessing`` and ``joblib`` hand to their workers.
"""

import sys

import trainyard
from trainyard import alias

del sys.modules["mlflow"]
alias.install()
# The import system takes the module from here once this one has run.
sys.modules["mlflow"] = trainyard
