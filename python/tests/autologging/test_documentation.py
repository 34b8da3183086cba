"""The Python blocks of docs/autologging.md run, in the order in which they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

DOCUMENT = Path(__file__).parents[3] / "docs" / "autologging.md"


def test_the_examples_of_the_document_run(tmp_path):
    blocks = re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 4
    # Each block ends with assertions of what it says.
    assert all("assert " in block for block in blocks)
    (tmp_path / "document.py").write_text("\n".join(blocks))
    done = subprocess.run(
        [sys.executable, "document.py"], capture_output=True, text=True, cwd=tmp_path, env=os.environ, timeout=300
    )
    assert done.returncode == 0, done.stderr
