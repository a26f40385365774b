# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands a node obeys. Each takes a JSON object and answers one.

``collect``, ``plan`` and ``install`` take ``sources``, ``[{"name", "configuration"}]``: repositories to use in place of
the node's own, and to forget.

::

    {"command": "identify"}                                                 -> {"facts": {its system, its boot}}
    {"command": "collect", "refresh": true, "lock_timeout": 300}            -> {"facts": {...}}
    {"command": "plan", "packages": [...], "blocked": [...], ...}           -> {"transaction": [RESULT...], ...}
    {"command": "install", "operation_id": "...", "packages": [...], ...}   -> the operation, started
    {"command": "poll", "operation_id": "...", "wait": 0}                   -> the operation as it stands
    {"command": "preflight", "endpoints": [[host, port]...]}                -> {"observations": {...}}
    {"command": "reboot", "boot_id": "..."}                                 -> {"boot_id", "command": [WORD...]}
"""

import os
import sys
import traceback

from . import clock, envelope, managers, node, os_identity
from .files import STATE_DIRECTORY, read_text
from .refusal import Refusal


def obey(command):
    """Do one command and give its answer."""
    handlers = {
        "identify": identify,
        "collect": collect,
        "plan": plan,
        "install": install,
        "poll": poll,
        "preflight": preflight,
        "reboot": reboot,
    }
    name = command.get("command")
    if name not in handlers:
        raise Refusal("unknown_command", "Failed to obey command '%s': this node program does not know it" % name)
    return handlers[name](command)


def identify(_command):
    facts = {"schema": 1, "os": os_identity.identify(read_text)}
    facts.update(node.describe_boot())
    return {"facts": facts}


def collect(command):
    facts = managers.find_manager().collect(command)
    facts.update(node.describe_boot())
    facts.update(hostname=node.hostname(), collected_at=clock.now())
    if os.path.isdir(STATE_DIRECTORY):
        add_last_operation(facts)
    return {"facts": facts}


def add_last_operation(facts):
    from . import operation

    last = operation.describe_last()
    if last:
        facts["last_operation"] = last
        # first: a list of others may be long
        facts["warnings"] = operation.warn_of(last) + facts.get("warnings", [])


def plan(command):
    return managers.find_manager().plan(command)


def install(command):
    from . import operation

    manager = managers.find_manager()
    manager.check(command)
    return operation.start(command, manager.install)


def poll(command):
    from . import operation

    return operation.poll(command.get("operation_id"), command.get("wait", 0))


def preflight(command):
    from . import preflight as observer

    return {"observations": observer.observe(command)}


def reboot(command):
    from . import power

    return power.reboot(command)


def run(command, nonce):
    """Obey and send the answer; whatever goes wrong is an answer too."""
    try:
        answer = {"ok": True, "result": obey(command)}
    except Refusal as refusal:
        answer = {"ok": False, "error": {"code": refusal.code, "message": refusal.message, "details": refusal.details}}
    except Exception:
        answer = {"ok": False, "error": describe_crash()}
        traceback.print_exc()
    answer["schema"] = 1
    envelope.send(answer, nonce)


def describe_crash():
    """Type, message and innermost place of the exception being handled."""
    kind, value, trace = sys.exc_info()
    path, line, function = traceback.extract_tb(trace)[-1][:3]
    return {
        "code": "crash",
        "type": kind.__name__,
        "message": "%s" % (value,),
        "place": "%s:%d in %s" % (os.path.basename(path), line, function),
    }
