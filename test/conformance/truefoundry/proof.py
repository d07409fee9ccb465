"""Which case proves which line of the contract."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

CONTRACT = Path(__file__).with_name("contract.md")

_LINE = re.compile(r"^\| *(?P<id>[A-Z]-\d+\.\d+) *\| *(?P<text>.+?) *\|$")


def proves(*lines: str) -> pytest.MarkDecorator:
    """Says that a case proves these lines of contract.md."""
    return pytest.mark.proves(*lines)


def contract_lines() -> dict[str, str]:
    """Every line of the contract by its id, in the order of the document."""
    lines: dict[str, str] = {}
    for row in CONTRACT.read_text(encoding="utf-8").splitlines():
        if found := _LINE.match(row):
            if found["id"] in lines:
                raise ValueError(f"contract.md has {found['id']} twice")
            lines[found["id"]] = found["text"]
    return lines


class Traceability:
    """Counts, for every line of the contract, the cases that proved it in this run."""

    def __init__(self) -> None:
        self.lines = contract_lines()
        self.cases: dict[str, set[str]] = defaultdict(set)
        self.runs: dict[str, int] = defaultdict(int)
        self.passed: dict[str, int] = defaultdict(int)

    def collect(self, item: pytest.Item) -> None:
        self.runs[_case(item.nodeid)] += 1
        for mark in item.iter_markers("proves"):
            for line in mark.args:
                self.cases[line].add(_case(item.nodeid))

    def record(self, nodeid: str, passed: bool) -> None:
        self.passed[_case(nodeid)] += passed

    def told(self) -> dict[str, Any]:
        """All that a process of its own came to know, to be sent to another."""
        cases = {line: sorted(cases) for line, cases in self.cases.items()}
        return {"cases": cases, "runs": dict(self.runs), "passed": dict(self.passed)}

    def add(self, told: dict[str, Any]) -> None:
        """What one of several processes told: each collects every case and runs some of them."""
        for line, cases in told["cases"].items():
            self.cases[line].update(cases)
        self.runs.update(told["runs"])
        for case, count in told["passed"].items():
            self.passed[case] += count

    def unknown(self) -> list[str]:
        """Ids that a case names and the contract does not have."""
        return sorted(set(self.cases) - set(self.lines))

    def aimless(self) -> list[str]:
        """Cases that name no line."""
        return sorted(set(self.runs) - {case for cases in self.cases.values() for case in cases})

    def unproven(self) -> list[str]:
        """Lines of the contract that no case proved by passing."""
        return [
            line for line in self.lines if not any(self.passed[case] for case in self.cases[line])
        ]

    def table(self) -> str:
        rows = [
            f"| {line} | {text} | {'<br>'.join(self._told(case) for case in sorted(self.cases[line]))} |"
            for line, text in self.lines.items()
        ]
        return "\n".join(
            [
                "# TrueFoundry: which case proves which line",
                "",
                "Written by a full run (`pytest --traceability traceability.md`); not edited by hand.",
                f"{len(self.lines)} lines, {len(self.runs)} cases,"
                f" {sum(self.runs.values())} runs of them with their parameters (in brackets).",
                "",
                "| line | promise | proven by |",
                "|---|---|---|",
                *rows,
                "",
            ]
        )

    def _told(self, case: str) -> str:
        return f"{case} ({self.runs[case]})" if self.runs[case] != 1 else case


def _case(nodeid: str) -> str:
    """The case without its parameters, as `file::name`."""
    return nodeid.split("[", 1)[0].rsplit("/", 1)[-1]
