"""What no name, value or file may be."""

from __future__ import annotations

from sizes import TEXT_MAX

NO_STRING = [0, 1.5, True, False, [], ["TEXT"], {}, {"a": "TEXT"}]

BAD_NAMES = [
    "",
    "a",
    "lower_case",
    "Mixed_Case",
    "1A",
    "_A",
    "A-B",
    "A.B",
    "A B",
    " A",
    "A ",
    "A/B",
    "A\n",
    "\nA",
    "A\x00",
    "Á",
    "\u0391",
    "A\u0660",
    "A\u212a",
    "🔑",
    "A" * 256,
]

BAD_VALUES = ["", None, *NO_STRING]

TOO_LONG = [
    "v" * (TEXT_MAX + 1),
    "é" * (TEXT_MAX // 2) + "v",
    "🔑" * (TEXT_MAX // 4) + "v",
    "v" * 200_000,
]

NO_BASE64 = ["no base64!", "a", "abc", "YWJj*", "Y W J j", "é", "=", "YQ=====", "%%%%"]
