"""
Explanations as a professional reads them, compared whole.

After a change that is meant, write them anew with ``KETAPROGRAM_GOLDEN=write``, and read the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tests.making import determination

from ketaprogram import explain

HERE = Path(__file__).parent / "explanations"


@pytest.mark.parametrize("style", ["text", "markdown"])
@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("candidate-clinic-depression", "clinic"),
        ("stale-blood-pressure", "home"),
        ("emergency-beside-a-refusal", "clinic"),
        ("home-refused-opioids", "home"),
        ("deferred-recent-infarction", "clinic"),
    ],
)
def test_an_explanation_reads_as_it_did(name, setting, style):
    # The digest changes with every word of a rulebook; what a person reads does not.
    printed = re.sub(r"sha256:[0-9a-f]+", "sha256:...", explain(determination(name, setting), style=style)) + "\n"
    file = HERE / f"{name}.{'md' if style == 'markdown' else 'txt'}"
    if os.environ.get("KETAPROGRAM_GOLDEN") == "write":
        file.write_text(printed, "utf-8")
    assert printed == file.read_text("utf-8")
