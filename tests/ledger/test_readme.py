# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import pathlib
import re
from typing import Any

import pytest

import ledger

README = pathlib.Path(ledger.__file__).parent / "README.md"


def test_the_example_in_the_readme_prints_ninety(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    monkeypatch.chdir(tmp_path)

    exec(compile(example, str(README), "exec"), names)  # noqa: S102 - the example is ours.
    names["engine"].dispose()

    assert capsys.readouterr().out == "90\n"
    assert (tmp_path / "books.db").exists()


def test_the_front_door_lists_what_is_there() -> None:
    missing = [name for name in ledger.__all__ if not hasattr(ledger, name)]

    assert missing == []
    assert sorted(set(ledger.__all__)) == sorted(ledger.__all__)
