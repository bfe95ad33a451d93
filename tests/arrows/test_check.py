#!/usr/bin/env python3
"""Proves the arrow check: a right tree passes, and each kind of wrong arrow is found, by name and
line. Every case is the right tree plus one fault."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).with_name("check.py")

RIGHT = {
    "core/sdk/include/xiaogate/plugin.h": "#include <stdint.h>\n",
    "core/sdk/CMakeLists.txt": "add_library(sdk INTERFACE)\n",
    "core/model/json.h": "#include <nlohmann/json.hpp>\n",
    "core/model/json_test.cpp": '#include <gtest/gtest.h>\n#include "model/json.h"\n',
    "core/model/CMakeLists.txt": "xiaogate_room(model LINKS nlohmann_json::nlohmann_json)\n",
    "core/cose/key.cpp": '#include <openssl/evp.h>\n#include "model/json.h"\n',
    "core/access/decide.cpp": '#include "cose/key.h"\n',
    "core/site/site.h": '#include "access/decide.h"\n',
    "core/site/CMakeLists.txt": "xiaogate_room(site LINKS model cose access)\n",
    "core/store/store.cpp": '#include <SQLiteCpp/SQLiteCpp.h>\n#include "site/ports.h"\n',
    "core/host/host.cpp": '#include <valijson/schema.hpp>\n#include <xiaogate/plugin.h>\n',
    "core/links/link.cpp": "#include <mqtt/async_client.h>\n",
    "core/api/server.cpp": "#include <Poco/Net/HTTPServer.h>\n",
    "core/process/log.cpp": '#include <spdlog/spdlog.h>\n#include <CLI/CLI.hpp>\n',
    "core/gateway/loop.cpp": '#include "links/link.h"\n#include "store/store.h"\n',
    "core/hub/hub.cpp": '#include "links/link.h"\n#include "store/store.h"\n',
    "core/cli/cli.cpp": '#include "hub/hub.h"\n#include "gateway/loop.h"\n',
    "plugins/shelly/shelly.cpp": '#include <nlohmann/json.hpp>\n#include <xiaogate/plugin.h>\n#include "codec.h"\n',
    "plugins/shelly/CMakeLists.txt": "target_link_libraries(shelly PRIVATE sdk nlohmann_json::nlohmann_json)\n",
    "devices/shelly/simulator_main.cpp": '#include "links/link.h"\n#include "process/log.h"\n',
    "tests/fault/kill_test.cpp": '#include "gateway/loop.h"\n',
}

# (what it shows, file, text, expected in the output)
WRONG = [
    ("an inner room includes an outer one", "core/model/id.cpp", '#include "cose/key.h"\n',
     "core/model/id.cpp:1: includes cose/key.h: model may include nothing of ours"),
    ("the site includes a port's implementation", "core/site/turn.cpp",
     '#include <map>\n\n#include "store/store.h"\n',
     "core/site/turn.cpp:3: includes store/store.h: site may include access, cose, model"),
    ("two ports know each other", "core/links/device.cpp", '#include "store/store.h"\n',
     "core/links/device.cpp:1: includes store/store.h"),
    ("angle brackets do not hide it", "core/access/x.cpp", "#include <site/site.h>\n",
     "core/access/x.cpp:1: includes site/site.h"),
    ("a blank after the hash does not hide it", "core/access/x.cpp", '#  include "site/site.h"\n',
     "core/access/x.cpp:1: includes site/site.h"),
    ("a test in a room obeys as well", "core/cose/key_test.cpp", '#include "access/decide.h"\n',
     "core/cose/key_test.cpp:1: includes access/decide.h"),
    ("the gateway includes the hub", "core/gateway/x.cpp", '#include "hub/hub.h"\n',
     "core/gateway/x.cpp:1: includes hub/hub.h"),
    ("the hub includes the gateway", "core/hub/x.cpp", '#include "gateway/loop.h"\n',
     "core/hub/x.cpp:1: includes gateway/loop.h"),
    ("the process room sees more than the model", "core/process/x.cpp", '#include "site/site.h"\n',
     "core/process/x.cpp:1: includes site/site.h: process may include model"),
    ("a plugin includes the core", "plugins/shelly/x.cpp", '#include "model/json.h"\n',
     "plugins/shelly/x.cpp:1: includes model/json.h: plugins may include sdk"),
    ("a plugin reaches out of its folder", "plugins/shelly/x.cpp", '#include "../../core/model/json.h"\n',
     "plugins/shelly/x.cpp:1: includes ../../core/model/json.h"),
    ("a device simulator includes the site", "devices/shelly/x.cpp", '#include "site/site.h"\n',
     "devices/shelly/x.cpp:1: includes site/site.h"),
    ("a path round the rooms", "core/site/x.cpp", '#include "../store/store.h"\n',
     "core/site/x.cpp:1: includes ../store/store.h"),
    ("nlohmann-json by another door", "core/site/x.cpp", "#include <nlohmann/json.hpp>\n",
     "core/site/x.cpp:1: includes nlohmann/json.hpp: nlohmann-json stops in model and plugins"),
    ("OpenSSL by another door", "core/site/x.cpp", "#include <openssl/sha.h>\n", "OpenSSL stops in cose"),
    ("SQLite by another door", "core/hub/x.cpp", "#include <sqlite3.h>\n", "SQLite stops in store"),
    ("SQLiteCpp by another door", "core/hub/x.cpp", "#include <SQLiteCpp/Database.h>\n", "SQLite stops in store"),
    ("Paho C++ by another door", "devices/shelly/x.cpp", "#include <mqtt/client.h>\n", "Paho stops in links"),
    ("Paho C by another door", "core/gateway/x.cpp", "#include <MQTTAsync.h>\n", "Paho stops in links"),
    ("Poco by another door", "core/hub/x.cpp", "#include <Poco/Net/Socket.h>\n", "Poco stops in api"),
    ("valijson by another door", "core/model/x.cpp", "#include <valijson/schema.hpp>\n", "valijson stops in host"),
    ("spdlog by another door", "core/gateway/x.cpp", "#include <spdlog/spdlog.h>\n", "spdlog stops in process"),
    ("CLI11 by another door", "core/cli/x.cpp", "#include <CLI/CLI.hpp>\n", "CLI11 stops in process"),
    ("libseccomp by another door", "core/gateway/x.cpp", "#include <seccomp.h>\n", "libseccomp stops in host"),
    ("a room links an outer one", "core/cose/CMakeLists.txt",
     "find_package(OpenSSL REQUIRED)\nxiaogate_room(cose LINKS model\n  store OpenSSL::Crypto)\n",
     "core/cose/CMakeLists.txt:2: links store: cose may link model"),
    ("a link written out", "core/model/CMakeLists.txt", "target_link_libraries(model PUBLIC site)\n",
     "core/model/CMakeLists.txt:1: links site"),
    ("a library linked by another room", "core/store/CMakeLists.txt",
     "xiaogate_room(store LINKS site Poco::Net)\n", "core/store/CMakeLists.txt:1: links Poco::Net: Poco stops in api"),
    ("a plugin links the core", "plugins/shelly/CMakeLists.txt",
     "target_link_libraries(shelly PRIVATE sdk model)\n", "plugins/shelly/CMakeLists.txt:1: links model"),
    ("a room nobody planned", "core/things/x.h", "", "core/things:1: is no room of the house"),
    ("a file that says nothing", "core/site/string_utils.h", "", "core/site/string_utils.h:1: 'utils' says nothing"),
    ("a folder that says nothing", "tests/common/x.cpp", "", "tests/common:1: 'common' says nothing"),
    ("a manager", "core/host/plugin_manager.h", "", "core/host/plugin_manager.h:1: 'manager' says nothing"),
    ("helpers", "plugins/helpers/x.h", "", "plugins/helpers:1: 'helpers' says nothing"),
]


def run(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return subprocess.run([sys.executable, CHECK, root], capture_output=True, text=True)


class ArrowCheck(unittest.TestCase):
    def test_a_right_tree_passes_in_silence(self):
        result = run(RIGHT)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def test_each_wrong_arrow_is_found_and_nothing_else(self):
        for what, name, text, expected in WRONG:
            with self.subTest(what):
                result = run({**RIGHT, name: text})
                self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
                self.assertIn(expected, result.stdout)
                self.assertIn("1 arrow points the wrong way", result.stdout)

    def test_every_fault_is_told_at_once(self):
        faults = {"core/model/a.cpp": '#include "site/site.h"\n#include "store/store.h"\n',
                  "core/site/b.cpp": "#include <sqlite3.h>\n"}
        result = run({**RIGHT, **faults})
        self.assertIn("3 arrows point the wrong way", result.stdout)


if __name__ == "__main__":
    unittest.main()
