#!/usr/bin/env python3
"""Arrows point inward only: reads every #include and every CMake link of the house and fails on
one that the tables below do not allow.

    tests/arrows/check.py [ROOT]

Prints each violation as `file:line: what, and what is allowed`; exit status 1 when there is one.
"""
import pathlib
import re
import sys

# --- The house (docs/architecture.md) ------------------------------------------------------------

CORE = ("sdk", "model", "cose", "access", "site", "store", "host", "kit", "links", "api",
        "process", "gateway", "hub", "cli")

# room -> rooms it may include besides itself
ALLOWED = {
    "sdk": set(),
    "model": set(),
    "cose": {"model"},
    "access": {"cose", "model"},
    "site": {"access", "cose", "model"},
    "store": {"site", "access", "cose", "model"},
    "host": {"site", "access", "cose", "model", "sdk"},
    "kit": {"host", "cose", "model", "sdk"},
    "links": {"site", "access", "cose", "model"},
    "api": {"site", "access", "cose", "model"},
    "process": {"model"},
    "gateway": set(CORE) - {"hub"},
    "hub": set(CORE) - {"gateway"},
    "cli": set(CORE),
    "plugins": {"sdk"},
    "devices": {"links", "process", "model", "sdk"},
}

# What of the outside enters the house by which doors: include prefix, CMake link prefix, doors.
DEPENDENCIES = {
    "nlohmann-json": (r"nlohmann/", r"nlohmann_json", {"model", "plugins"}),
    "OpenSSL": (r"openssl/", r"OpenSSL::", {"cose"}),
    "SQLite": (r"sqlite3|SQLiteCpp/", r"(sqlite3|SQLite|SQLiteCpp)\b", {"store"}),
    "Paho": (r"mqtt/|MQTT(Async|Client|Properties|ReasonCodes)", r"(PahoMqttCpp|eclipse-paho|paho)", {"links"}),
    "Poco": (r"Poco/", r"Poco::", {"api"}),
    "valijson": (r"valijson/", r"(ValiJSON|valijson)", {"host"}),
    "spdlog": (r"(spdlog|fmt)/", r"(spdlog|fmt)::", {"process"}),
    "CLI11": (r"CLI/", r"CLI11", {"process"}),
    "libseccomp": (r"seccomp\.h", r"(seccomp|PkgConfig::SECCOMP)", {"host"}),
}

# Names that say nothing.
FORBIDDEN_NAMES = {"utils", "util", "manager", "common", "helpers", "helper", "misc"}

# --- The check -----------------------------------------------------------------------------------

INCLUDE = re.compile(r'^\s*#\s*include(?:_next)?\s*([<"])([^>"]+)[>"]')
LINK_CALL = re.compile(r"\b(target_link_libraries|xiaogate_room|xiaogate_test)\s*\(([^)]*)\)", re.S)
KEYWORDS = {"PUBLIC", "PRIVATE", "INTERFACE", "LINKS", "LABELS", "SOURCES", "TIMEOUT", "ARGS"}
SOURCES = {".h", ".hpp", ".cpp", ".c", ".cc"}


def rooms(root):
    """Yields (room, folder): core/<room>, and plugins/ and devices/ as one room each."""
    for folder in sorted((root / "core").glob("*/")):
        yield folder.name, folder
    for name in ("plugins", "devices"):
        if (root / name).is_dir():
            yield name, root / name


def describe(room):
    return ", ".join(sorted(ALLOWED[room])) or "nothing of ours"


def inward(room, target):
    return target == room or target in ALLOWED[room]


def door_fault(room, text, column):
    """A library that enters by another room: the sentence, or None."""
    for name, row in DEPENDENCIES.items():
        if re.match(row[column], text) and room not in row[2]:
            return f"{name} stops in {' and '.join(sorted(row[2]))}"
    return None


def include_fault(root, room, folder, path, quote, target):
    if fault := door_fault(room, target, 0):
        return fault
    head = target.split("/")[0]
    if head == "xiaogate":
        named = "sdk"
    elif head in CORE and "/" in target:
        named = head
    elif head == "core" or target.startswith("../") or head in ("plugins", "devices"):
        if room in ("plugins", "devices") and (path.parent / target).resolve().is_relative_to(folder):
            return None
        return "an include names the room and the file, as in \"model/result.h\""
    else:
        return None
    if not inward(room, named):
        return f"{room} may include {describe(room)}"
    return None


def check_source(root, room, folder, path):
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        if match := INCLUDE.match(line):
            quote, target = match.groups()
            if fault := include_fault(root, room, folder, path, quote, target):
                yield number, f"includes {target}: {fault}"


def check_links(room, path):
    text = re.sub(r"#[^\n]*", "", path.read_text())
    for call in LINK_CALL.finditer(text):
        line = text.count("\n", 0, call.start()) + 1
        words = call.group(2).split()
        if call.group(1) == "target_link_libraries":
            linked = words[1:]
        else:  # LINKS a b c, up to the next keyword
            linked, inside = [], False
            for word in words:
                if word in KEYWORDS:
                    inside = word == "LINKS"
                elif inside:
                    linked.append(word)
        for word in linked:
            if word in KEYWORDS:
                continue
            if fault := door_fault(room, word, 1):
                yield line, f"links {word}: {fault}"
            elif word in CORE and not inward(room, word):
                yield line, f"links {word}: {room} may link {describe(room)}"


def check_names(root):
    for top in ("core", "plugins", "devices", "tests"):
        for path in sorted((root / top).rglob("*")):
            for word in re.split(r"[_.\-]", path.name):
                if word.lower() in FORBIDDEN_NAMES:
                    yield path, f"'{word}' says nothing: name it after what it holds"
                    break


def violations(root):
    for room, folder in rooms(root):
        if room not in ALLOWED:
            yield folder, 1, f"is no room of the house; those are {', '.join(CORE)}"
            continue
        for path in sorted(folder.rglob("*")):
            if path.suffix in SOURCES:
                found = check_source(root, room, folder, path)
            elif path.name == "CMakeLists.txt":
                found = check_links(room, path)
            else:
                continue
            for line, what in found:
                yield path, line, what
    for path, what in check_names(root):
        yield path, 1, what


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else
                        pathlib.Path(__file__).resolve().parents[2]).resolve()
    count = 0
    for path, line, what in violations(root):
        print(f"{path.relative_to(root)}:{line}: {what}")
        count += 1
    if count:
        print(f"{count} arrows point the wrong way" if count > 1 else "1 arrow points the wrong way")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
