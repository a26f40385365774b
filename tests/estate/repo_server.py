# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The estate's web server: python3 repo_server.py ROOT ADDRESS PORT. Runs until it is killed.

ROOT/modes.json says, per repository, how to misbehave; it is read anew for every request.
"""

from __future__ import annotations

import functools
import http.server
import json
import sys
import time
from http import HTTPStatus
from pathlib import Path

_DAMAGED = (".deb", "InRelease", ".rpm", "repomd.xml")


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the tree, or breaks in the way the repository's mode says."""

    protocol_version = "HTTP/1.1"
    root = Path()

    def do_GET(self) -> None:
        """Answer, refuse, hang or lie."""
        mode = self._mode()
        if mode == "missing":
            self.send_error(HTTPStatus.NOT_FOUND)
        elif mode == "error":
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)
        elif mode == "drop":
            self.close_connection = True
        elif mode == "hang":
            time.sleep(3600)
        elif mode == "corrupt" and self.path.endswith(_DAMAGED):
            self._send_damaged()
        else:
            super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """One line per request in the estate's log."""
        sys.stderr.write(f"{self.log_date_time_string()} {format % args}\n")

    def _mode(self) -> str:
        modes = self.root / "modes.json"
        chosen: dict[str, str] = json.loads(modes.read_text()) if modes.exists() else {}
        return chosen.get(self.path.split("/")[1], "ok")

    def _send_damaged(self) -> None:
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        data = bytearray(path.read_bytes())
        # In the middle of an XML file a bit may make no difference.
        data[0 if path.suffix == ".xml" else len(data) // 2] ^= 1
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def main() -> None:
    """Serve until killed."""
    Handler.root = Path(sys.argv[1])
    handler = functools.partial(Handler, directory=sys.argv[1])
    http.server.ThreadingHTTPServer((sys.argv[2], int(sys.argv[3])), handler).serve_forever()


if __name__ == "__main__":
    main()
