# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure the inventory of 10,000 nodes, half of them in EC2, beside amazon.aws.aws_ec2 on that half.

``python -m benchmarks.inventory [--nodes 10000] [--rounds 3]`` in the environment of ``make bench``. AWS is the
emulator of tests/aws on this machine, whose own time is part of the seconds and not of the processor time. Each way is
one call of ``ansible-inventory --host``, which reads everything to print one host; they take turns. Exits with 1 if
more calls are made than the budget allows.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.aws.conftest import Aws

ROOT = Path(__file__).resolve().parent.parent
REGION = "us-east-1"
PER_CALL, TAGS_PER_CALL = 50, 100
TAGS = {"Patch Group": "group-{n}", "Name": "node-{n}", "Stage": "production", "Owner": "somebody"}
OURS, HALF, THEIRS = "patch_groups, all nodes", "patch_groups, EC2 only", "aws_ec2, EC2 only"
FILES: dict[str, tuple[str, dict[str, Any]]] = {
    OURS: ("all.patch_groups.yml", {"plugin": "openpatch.patch_manager.patch_groups"}),
    HALF: ("half.patch_groups.yml", {"plugin": "openpatch.patch_manager.patch_groups", "sources": ["ec2"]}),
    THEIRS: ("aws_ec2.yml", {"plugin": "amazon.aws.aws_ec2", "hostnames": ["instance-id"]}),
}


@dataclass(frozen=True)
class Round:
    """One call of ansible-inventory."""

    seconds: float
    processor: float
    megabytes: float
    calls: Mapping[str, int]


@contextmanager
def emulator() -> Iterator[Aws]:
    requirements = str(ROOT / "requirements-aws.txt")
    pip = [sys.executable, "-m", "pip", "-qq", "--no-input", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "-r", requirements], check=True)
    from tests.aws.conftest import Aws

    with subprocess.Popen(
        [sys.executable, "-m", "tests.aws", "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            address = process.stdout.readline().strip() if process.stdout else ""
            if not address:
                raise SystemExit("Failed to start the emulator of tests/aws")
            yield Aws(address)
        finally:
            process.terminate()


def measure(aws: Aws, folder: Path, way: str, host: str) -> Round:
    name, options = FILES[way]
    (folder / name).write_text(json.dumps({**options, "regions": [REGION], "endpoint_url": aws.url}))
    aws.control(reset_counts=True)
    program = Path(sys.executable).with_name("ansible-inventory")
    keys = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "none"}
    begun = time.monotonic()
    with (folder / "output").open("w+", encoding="utf-8") as output:
        process = subprocess.Popen(
            [str(program), "-i", str(folder / name), "--host", host],
            cwd=folder,
            env={**os.environ, **keys},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        if process.returncode or host not in output.read():
            output.seek(0)
            raise SystemExit(f"Failed to read the inventory by {way}: {output.read()}")
    megabytes = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    return Round(seconds, usage.ru_utime + usage.ru_stime, megabytes, aws.status()["calls"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    half = arguments.nodes // 2
    with emulator() as aws, tempfile.TemporaryDirectory() as folder:
        instances = aws.seed(region=REGION, count=half, template={"kind": "ec2", "Tags": TAGS})
        aws.seed(region=REGION, count=half, template={"Tags": TAGS})
        rounds: dict[str, list[Round]] = {way: [] for way in FILES}
        for _number in range(arguments.rounds):
            for way, done in rounds.items():
                done.append(measure(aws, Path(folder), way, instances[0]))
    print(f"{2 * half} nodes, half of them in EC2; medians of {arguments.rounds}")
    for way, done in rounds.items():
        seconds, processor, megabytes = (
            statistics.median(getattr(one, name) for one in done) for name in ("seconds", "processor", "megabytes")
        )
        calls = done[0].calls
        print(
            f"{way:24} {seconds:6.1f} s, {processor:5.1f} s of the processor, {megabytes:5.0f} MB, "
            f"{sum(calls.values()):4} calls: {', '.join(f'{name} {count}' for name, count in sorted(calls.items()))}"
        )
    allowed = 2 * half / PER_CALL + 2 * half / TAGS_PER_CALL
    made = max(sum(one.calls.values()) for one in rounds[OURS])
    print(f"budget {allowed:.0f} calls, made {made}")
    return 0 if made <= allowed else 1


if __name__ == "__main__":
    sys.exit(main())
