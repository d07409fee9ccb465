"""The `tfy` command: unmodified, a process of its own with a home folder of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from wire import Exchange, Wire


@dataclass(frozen=True)
class Ran:
    """What a run of the command came to."""

    code: int
    text: str
    calls: list[Exchange]

    @property
    def asked(self) -> list[str]:
        """The calls it made, as `METHOD /path`."""
        return [exchange.call for exchange in self.calls]

    def says(self, words: str) -> bool:
        """Whether it printed these words, wherever it broke the lines."""
        return squeezed(words) in squeezed(self.text)


def squeezed(text: str) -> str:
    """Without white space and the frames that the command draws."""
    return re.sub(r"[\s│╭╮╰╯─┏┓┗┛┃━]+", "", text)


class Tfy:
    """Runs the command against `host`; whatever it calls is heard by `wire`."""

    def __init__(self, host: str, home: Path, wire: Wire) -> None:
        self.host = host
        self.home = home
        self._wire = wire
        self._files = 0

    @property
    def credentials(self) -> Path:
        return self.home / ".truefoundry" / "credentials.json"

    def run(self, *arguments: str, **environment: str) -> Ran:
        before = self._wire.calls
        done = subprocess.run(
            [str(Path(sys.executable).with_name("tfy")), *arguments],
            cwd=self.home,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.home),
                "COLUMNS": "200",
                "NO_COLOR": "1",
                "TERM": "dumb",
                "PYTHONDONTWRITEBYTECODE": "1",
                **environment,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout + done.stderr, self._wire.exchanges[before:])

    def login(self, token: str) -> Ran:
        return self.run("login", "--host", self.host, "--api-key", token)

    def as_(self, token: str, *arguments: str) -> Ran:
        """Runs with the token in the environment, so that no login is needed."""
        return self.run(*arguments, TFY_HOST=self.host, TFY_API_KEY=token)

    def write(self, *manifests: dict[str, Any]) -> str:
        """A file of these documents."""
        self._files += 1
        path = self.home / f"manifests-{self._files}.yaml"
        path.write_text(yaml.safe_dump_all(manifests, sort_keys=False), encoding="utf-8")
        return str(path)

    def saved(self) -> Any:
        return json.loads(self.credentials.read_text(encoding="utf-8"))
