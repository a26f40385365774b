# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m tests.aws: Systems Manager and Quick Setup on a port of this machine."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

_HOST = "127.0.0.1"


def main() -> None:
    """Serve until interrupted; the first line on stdout is the address."""
    parser = argparse.ArgumentParser(prog="python -m tests.aws", description=__doc__)
    parser.add_argument("--port", type=int, default=4566, help="0: a free one (default: %(default)s)")
    port = parser.parse_args().port
    # moto reads it when it is imported. It knows 1,300 images, which every region of every test would make anew.
    os.environ["MOTO_AMIS_PATH"] = str(Path(__file__).with_name("images.json"))
    from .server import serve

    server = serve(_HOST, port)
    print(f"http://{_HOST}:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


if __name__ == "__main__":
    main()
