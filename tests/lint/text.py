#!/usr/bin/env python3
"""Checks every tracked text file: no blank at a line's end, no tab in sources, a newline at the
end, no conflict marks; JSON files parse and name no member twice."""
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = {".cpp", ".c", ".h", ".hpp", ".py", ".cmake", ".json", ".md", ".txt", ".sh", ""}
# Recordings are kept octet for octet as the vendor wrote them.
VERBATIM = ("recordings", "corpus", "testdata")


def no_repeated_member(pairs):
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"member {name!r} occurs twice")
    return dict(pairs)


def faults(path, data):
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        yield 1, f"is not UTF-8 ({error.reason} at octet {error.start})"
        return
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if line != line.rstrip():
            yield number, "blanks or a carriage return at the end of the line"
        if line.startswith(("<<<<<<< ", ">>>>>>> ")):
            yield number, "a conflict mark"
        if "\t" in line and path.suffix in {".cpp", ".c", ".h", ".hpp", ".py", ".cmake", ".json"}:
            yield number, "a tab"
    if data and not text.endswith("\n"):
        yield len(lines), "no newline at the end of the file"
    if path.suffix == ".json":
        try:
            json.loads(text, object_pairs_hook=no_repeated_member)
        except ValueError as error:
            yield getattr(error, "lineno", 1), f"is not good JSON: {error}"


def main():
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True,
                           text=True).stdout.split("\0")
    count = 0
    for name in filter(None, names):
        path = ROOT / name
        if path.suffix not in SOURCES or set(path.parts) & set(VERBATIM) or not path.is_file():
            continue
        if path.name == "LICENSE":
            continue
        for line, what in faults(path, path.read_bytes()):
            print(f"{name}:{line}: {what}")
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
