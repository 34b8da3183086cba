"""Checks an installed wheel from inside an environment that holds nothing else: `make wheel` runs it.

What is asked of the wheel: one file for every CPython from 3.10 on, cloudpickle as the only thing it brings along, and
a package that records runs without NumPy, pandas or a framework.
"""

import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

INSTALLERS = {"pip", "setuptools", "wheel"}


def main():
    """Check what is installed and record a run with it."""
    installed = {distribution.metadata["Name"] for distribution in metadata.distributions()} - INSTALLERS
    expect(installed == {"trainyard", "cloudpickle"}, f"trainyard and cloudpickle alone are installed, not {installed}")
    tags = [
        line for line in metadata.distribution("trainyard").read_text("WHEEL").splitlines() if line.startswith("Tag")
    ]
    expect(all("-abi3-" in tag for tag in tags), f"the wheel is for the stable ABI, its tags are {tags}")

    folder = Path(tempfile.mkdtemp(prefix="trainyard-wheel-"))
    uri = f"sqlite:///{folder}/yard.db"
    (folder / "train.py").write_text(
        "import sys\nimport mlflow\nfrom mlflow import MlflowClient\n"
        "mlflow.set_tracking_uri(sys.argv[1])\n"
        "with mlflow.start_run() as run:\n"
        "    mlflow.log_param('lr', 0.1)\n"
        "    mlflow.log_metrics({'loss': 0.5}, step=1)\n"
        "    mlflow.log_text('words', 'notes.txt')\n"
        "run = MlflowClient().get_run(run.info.run_id)\n"
        "assert run.data.params == {'lr': '0.1'} and run.data.metrics == {'loss': 0.5}, run.data\n"
        "assert mlflow.artifacts.load_text(f'runs:/{run.info.run_id}/notes.txt') == 'words'\n"
        "print(run.info.run_id)\n"
    )
    run_id = output(sys.executable, "-m", "trainyard", "train.py", uri, folder=folder)
    command = Path(sys.executable).with_name("trainyard")
    listed = output(command, "runs", "list", "--tracking-uri", uri, folder=folder)
    expect(run_id[:8] in listed, f"the command lists the run {run_id}, but printed:\n{listed}")
    print(f"{tags[0]}, with {', '.join(sorted(installed))}: recorded the run {run_id}")


def output(*command, folder):
    """Return what a command prints, or end with what it says went wrong."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd=folder)
    expect(done.returncode == 0, f"{' '.join(map(str, command))} succeeds, but it said:\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def expect(holds, what):
    """End with a message unless something holds."""
    if not holds:
        sys.exit(f"expected that {what}")


main()
