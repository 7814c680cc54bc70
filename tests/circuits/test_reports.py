"""A report is plain data, says the same in text and HTML, and escapes what learners wrote."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import numpy as np
import pytest

from circuits import check
from circuits.exercises import PARTS
from circuits.judging import judge
from circuits.reports.comparison import Comparison, LabelledTable, render_text
from circuits.reports.report import REPORT_MIME, Finding, Report
from circuits.trials import draw_trials
from tests.bank import PART_IDS, right_cases, wrong_cases

SCRIPT = "<script>alert('x')</script>\"&<b>"


class Tags(HTMLParser):
    """Collects tags, text, and what is open at the end."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.open.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


ALLOWED = {
    "div", "p", "strong", "ul", "li", "details", "summary", "table", "caption", "thead", "tbody",
    "tr", "td", "th", "em", "code", "span", "pre",
}  # fmt: skip


def hostile() -> Report:
    table = LabelledTable(
        SCRIPT,
        (SCRIPT, "b"),
        (SCRIPT,),
        ((float("nan"),), (float("-inf"),)),
        frozenset({(0, 0)}),
        0,
    )
    return Report(
        part="ex2c",
        title=SCRIPT,
        status="wrong",
        headline=SCRIPT,
        findings=(Finding(SCRIPT, SCRIPT, False, SCRIPT, 0.0, 1.0),),
        next_step=SCRIPT,
        diagnosis=SCRIPT,
        comparison=Comparison(SCRIPT, (table,)),
        hint=SCRIPT,
    )


@pytest.mark.parametrize("status", ["unattempted", "malformed", "wrong", "right"])
def test_everything_in_a_report_is_escaped(status) -> None:
    from dataclasses import replace

    html = replace(hostile(), status=status)._repr_html_()
    found = Tags(html)
    assert found.tags <= ALLOWED
    assert found.open == []
    assert "alert('x')" in found.text
    assert "nan" not in "".join(value or "" for _, value in found.attributes).replace("nance", "")


@pytest.mark.parametrize("part", PART_IDS)
def test_the_html_of_the_bank_is_well_formed_and_holds_no_markup_of_learners(part: str) -> None:
    for case in (*right_cases(part)[:2], *wrong_cases(part)):
        html = judge(part, case.answers, draw_trials())._repr_html_()
        found = Tags(html)
        assert found.tags <= ALLOWED, case
        assert found.open == [], case


def test_markup_in_an_answer_is_shown_as_text() -> None:
    report = check("w3", SCRIPT, "W_out")
    assert "<script>alert(" in str(report)
    assert "<script" not in report._repr_html_()
    assert "alert(" in Tags(report._repr_html_()).text


def test_markup_in_a_type_or_an_error_is_shown_as_text() -> None:
    def function(d_model, d_head):
        raise type(SCRIPT, (Exception,), {})(SCRIPT)

    for report in (check("w6", function), check("w5", type(SCRIPT, (), {})())):
        assert "alert('x')" in str(report)
        assert "<script" not in report._repr_html_()


def test_control_characters_of_a_learner_do_not_reach_the_terminal() -> None:
    def function(d_model, d_head):
        raise ValueError("\x1b[31mred\x00\ud800\u202e")

    text = str(check("w6", function)) + str(check("w3", "\x1b[31m\ud800", "W_out"))
    assert "\x1b" not in text
    assert "\x00" not in text
    text.encode("utf-8")


def test_a_report_carries_text_html_and_data() -> None:
    report = check("ex2b", *right_cases("ex2b")[0].answers.values())
    bundle = report._repr_mimebundle_(include=None, exclude=None)
    assert set(bundle) == {"text/plain", "text/html", REPORT_MIME}
    data = bundle[REPORT_MIME]
    assert json.loads(json.dumps(data)) == data
    assert data["part"] == "ex2b"
    assert data["status"] == "right"
    assert data["points"] == data["max_points"] == PARTS["ex2b"].points
    assert data["diagnosis"] is None
    assert [finding["property"] for finding in data["findings"]] == ["ranks", "sharp"]


def test_text_and_html_say_the_same_sentences() -> None:
    for part in PART_IDS:
        report = judge(part, wrong_cases(part)[2].answers, draw_trials())
        text, html = str(report), Tags(report._repr_html_()).text
        for sentence in [finding.sentence for finding in report.findings]:
            if report.status == "wrong":
                assert sentence in text
                assert sentence in html
        assert report.next_step is not None
        assert report.next_step in text
        assert report.next_step in html


def test_a_report_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        check("w6", ...).status = "right"


def test_tables_name_every_row_and_column() -> None:
    for part in PART_IDS:
        for case in (right_cases(part)[0], wrong_cases(part)[2]):
            comparison = judge(part, case.answers, draw_trials()).comparison
            for table in comparison.tables if comparison else ():
                assert len(table.rows) == len(table.values)
                assert all(len(row) == len(table.columns) for row in table.values)
                assert all(0 <= i < len(table.rows) for i, _ in table.marked)
                assert all(0 <= j < len(table.columns) for _, j in table.marked)


def test_wide_columns_of_a_text_table_stand_under_their_labels() -> None:
    table = LabelledTable("loss", ("4 words",), ("first half", "join"), ((1234.5, 0.25),))
    _, _, head, row = render_text(Comparison("What is lost.", (table,)))
    assert row.index("1234") + len("1234") == head.index("first half") + len("first half")
    assert row.endswith(" 0.25")
    assert len(row) == len(head)


def test_the_failing_row_is_marked_in_text_and_not_by_colour_alone() -> None:
    answers = {case.name: case.answers for case in wrong_cases("ex2c")}["no turn"]
    report = judge("ex2c", answers, draw_trials())
    assert report.comparison is not None
    rows = {table.failing_row for table in report.comparison.tables}
    assert rows != {None}
    assert "\n> " in str(report)
    assert "▶" in report._repr_html_()


def test_a_wrong_answer_says_what_was_seen_what_was_wanted_and_where() -> None:
    answers = {case.name: case.answers for case in wrong_cases("ex2c")}["no turn"]
    finding = judge("ex2c", answers, draw_trials()).findings[0]
    for word in ("sequence", "position", "attention", "wanted"):
        assert word in finding.sentence


def test_points_are_plain_floats() -> None:
    for part in PART_IDS:
        report = judge(part, right_cases(part)[-1].answers, draw_trials())
        for number in (report.points, report.max_points):
            assert type(number) is float
        assert all(type(finding.passed) is bool for finding in report.findings), part
        assert not any(isinstance(finding.points, np.generic) for finding in report.findings)
