"""The unmodified `prime` command, run in a home of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).with_name("prime")


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """What `--output json` printed."""
        assert self.status == 0, self
        return json.loads(self.out)

    def told(self, *texts: str) -> Done:
        """It said all of these, however it ended."""
        for text in texts:
            assert text in self.out, (text, self)
        return self

    def said(self, *texts: str) -> Done:
        """It succeeded and said all of these."""
        assert self.status == 0, self
        return self.told(*texts)

    def failed(self, *texts: str) -> Done:
        """It failed as the client fails: status 1, its words on standard output, no traceback."""
        assert self.status == 1, self
        assert "Traceback" not in self.out + self.err, self
        return self.told(*texts)


class Prime:
    """Somebody's shell: a home, a token and, if set, a team."""

    def __init__(self, home: Path, base_url: str, token: str | None) -> None:
        self.home = home
        self.base_url = base_url
        self.folder = home / "work"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._settings = {
            "HOME": str(home),
            # Nothing but the command and its Python, so that no other tool of the machine takes part.
            "PATH": str(COMMAND.parent),
            "COLUMNS": "400",
            "LC_ALL": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PRIME_API_BASE_URL": base_url,
            "PRIME_FRONTEND_URL": base_url,
            "PRIME_DISABLE_VERSION_CHECK": "1",
            **({} if token is None else {"PRIME_API_KEY": token}),
        }

    def __call__(
        self, *arguments: str, answers: Sequence[str] = (), **settings: str | None
    ) -> Done:
        """Runs one command; `answers` are typed at its prompts, a setting of `None` is taken away."""
        environment = {**self._settings, **settings}
        done = subprocess.run(
            [COMMAND, *arguments],
            input="".join(f"{answer}\n" for answer in answers),
            env={name: value for name, value in environment.items() if value is not None},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            # Without a terminal, a hidden prompt reads standard input like any other.
            start_new_session=True,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def data(self, *arguments: str, **settings: str | None) -> Any:
        """Runs one command with `--output json` and gives what it printed."""
        return self(*arguments, "--output", "json", **settings).json()

    @property
    def config(self) -> dict[str, Any]:
        """What the CLI keeps between commands."""
        return json.loads((self.home / ".prime" / "config.json").read_text(encoding="utf-8"))
