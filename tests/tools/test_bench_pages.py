"""The bench of pages, when Chromium gives Lighthouse nothing to measure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools.bench import pages
from tools.bench.pages import CATEGORIES, MOST_TRIES, TIMES, NoTraceError, measure_page

FAULT = {"code": "NO_NAVSTART", "message": "No navigationStart event found (NO_NAVSTART)"}
GOOD = {
    "categories": {name: {"score": 1} for name in CATEGORIES},
    "audits": {name: {"numericValue": 1} for name in TIMES},
}


class Lighthouse:
    """Writes reports as Lighthouse does: also where it could measure nothing, and then it fails."""

    def __init__(self, *reports: dict[str, Any]) -> None:
        self.reports = list(reports)

    def run(self, command: list[str], **options: Any) -> pages.subprocess.CompletedProcess[str]:
        (path,) = (word.split("=", 1)[1] for word in command if word.startswith("--output-path="))
        report = self.reports.pop(0)
        Path(path).write_text(json.dumps({"requestedUrl": command[2], **report}))
        return pages.subprocess.CompletedProcess(command, int("runtimeError" in report))


def measure(monkeypatch: pytest.MonkeyPatch, *reports: dict[str, Any]) -> Lighthouse:
    lighthouse = Lighthouse(*reports)
    monkeypatch.setattr(pages, "node_environment", dict)
    monkeypatch.setattr(pages.subprocess, "run", lighthouse.run)
    assert measure_page("http://x/page.html", "chromium").scores["seo"] == 100
    return lighthouse


def test_a_run_without_a_trace_is_tried_again_and_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lighthouse = measure(monkeypatch, {"runtimeError": FAULT}, GOOD, GOOD)
    assert len(lighthouse.reports) == 1
    assert capsys.readouterr().out.count("no trace of http://x/page.html (NO_NAVSTART)") == 1


def test_tries_end_and_what_is_not_for_want_of_a_trace_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(NoTraceError, match="could not measure"):
        measure(monkeypatch, *[{"runtimeError": FAULT}] * MOST_TRIES)
    refused = {"code": "ERRORED_DOCUMENT_REQUEST", "message": "Status code: 404"}
    with pytest.raises(ValueError, match="404"):
        measure(monkeypatch, {"runtimeError": refused})
