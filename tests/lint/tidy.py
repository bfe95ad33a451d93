#!/usr/bin/env python3
"""Runs clang-tidy over the sources that ship, by a build's compile_commands.json. Tests are left
out: they run under the sanitizers, and would double the time.

    tests/lint/tidy.py [--build DIR] [--jobs N] [FILE ...]

A file that passed is not looked at again until it, a project header it includes (taken from
ninja's own dependency log), its compile command, .clang-tidy or clang-tidy itself changes.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TIDY = "clang-tidy-19"


def tracked_sources():
    names = subprocess.run(["git", "ls-files", "-z", "*.cpp", "*.c", ":!core/kit/template"], cwd=ROOT, check=True,
                           capture_output=True, text=True).stdout.split("\0")
    return {str(ROOT / name) for name in names
            if name and not name.startswith("tests/") and not name.endswith("_test.cpp")}


def header_dependencies(build):
    """object file -> project headers it was last compiled from."""
    text = subprocess.run(["ninja", "-C", build, "-t", "deps"], check=True,
                          capture_output=True, text=True).stdout
    found, current = {}, None
    for line in text.splitlines():
        if line.startswith("    "):
            path = os.path.normpath(os.path.join(build, line.strip()))
            if path.startswith(f"{ROOT}/") and not path.startswith(f"{ROOT}/build/"):
                found[current].append(path)
        elif ": #deps" in line:
            current = line.split(": #deps")[0]
            found[current] = []
    return found


def fingerprint(entry, headers, base):
    """None when the file has not been compiled yet, so its headers are unknown."""
    output = entry.get("output") or output_of(entry["command"])
    if output not in headers:
        return None
    digest = hashlib.sha256(base)
    digest.update(entry["command"].encode())
    for path in sorted(set(headers[output] + [entry["file"]])):
        try:
            digest.update(path.encode() + pathlib.Path(path).read_bytes())
        except OSError:
            return None
    return digest.hexdigest()


def output_of(command):
    words = shlex.split(command)
    return words[words.index("-o") + 1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()

    build = str((ROOT / options.build).resolve())
    wanted = {str(pathlib.Path(f).resolve()) for f in options.files} or tracked_sources()
    entries = {e["file"]: e for e in json.loads((pathlib.Path(build) / "compile_commands.json").read_text())
               if e["file"] in wanted}
    version = subprocess.run([TIDY, "--version"], check=True, capture_output=True).stdout
    base = version + (ROOT / ".clang-tidy").read_bytes()
    stamps = ROOT / "build" / "lint"
    stamps.mkdir(parents=True, exist_ok=True)
    headers = header_dependencies(build)

    def check(entry):
        key = fingerprint(entry, headers, base)
        if key and (stamps / key).exists():
            return None
        run = subprocess.run([TIDY, "-p", build, "--quiet", entry["file"]], cwd=ROOT,
                             capture_output=True, text=True)
        if run.returncode == 0:
            if key:
                (stamps / key).touch()
            return True
        name = os.path.relpath(entry["file"], ROOT)
        print(f"{name}:\n{run.stdout.strip() or run.stderr.strip()}\n", flush=True)
        return False

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(check, entries.values()))
    looked_at = sum(r is not None for r in results)
    failed = sum(r is False for r in results)
    print(f"clang-tidy: {len(results)} files, {looked_at} looked at, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
