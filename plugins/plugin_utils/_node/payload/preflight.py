# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a node has and lacks before it is scanned or patched: observations, no verdict.

Whatever cannot be observed is told in ``problems``, by the name of the observation; nothing stops the others. Addresses
lose their passwords here, before they leave the node.
"""

import os
import pwd
import sys
import time

from . import endpoints, lock_state, managers, node, ntp, operation, os_identity, proxies, space, toolbox
from .files import read_text
from .refusal import Refusal
from .words import to_text, to_word

_FROM_FACTS = ("repositories", "warnings", "unfinished", "reboot_required")


def observe(command):
    """Observations by name. ``command`` may have ``endpoints``, ``[[host, port]]`` to be tried."""
    seen = {"problems": {}, "clock": {"started": time.time()}}
    system = os_identity.identify(read_text)
    module = managers.name_manager(system.get("operating_system"))
    manager = module and module.rpartition("_")[0]
    seen["os"] = system
    seen["user"] = {"uid": os.geteuid(), "name": name_user()}
    observers = (
        ("python", describe_python),
        ("boot", node.describe_boot),
        # the locks come before our own commands take them
        ("locks", lambda: lock_state.observe(manager)),
        ("operation", observe_operation),
        ("space", space.observe_space),
        ("memory", lambda: space.observe_memory(read_text)),
        ("proxies", lambda: proxies.find_proxies(manager)),
        ("reboot", toolbox.find_reboot),
        ("interrupted", lambda: toolbox.find_interrupted(manager)),
        ("facts", collect),
        # collecting may have loaded them already
        ("tools", lambda: toolbox.observe(manager)),
        ("endpoints", lambda: endpoints.try_all(command.get("endpoints") or (), manager)),
    )
    for name, observer in observers:
        try:
            seen[name] = observer()
        except Exception as error:
            seen["problems"][name] = "%s: %s" % (type(error).__name__, to_word(to_text(error)))
    seen["manager"] = manager
    seen["clock"]["synchronized"] = ntp.is_synchronized()
    # the last thing: whoever hears it compares it with his own clock
    seen["clock"]["ended"] = time.time()
    return seen


def collect():
    """What a scan would find of the repositories, or why it would fail."""
    try:
        facts = managers.find_manager().collect({"refresh": True, "lock_timeout": 0, "skip_unavailable": True})
    except Refusal as refusal:
        return {"error": {"code": refusal.code, "message": proxies.hide_secrets(refusal.message)}}
    except Exception as error:
        message = "%s: %s" % (type(error).__name__, to_word(to_text(error)))
        return {"error": {"code": "crash", "message": proxies.hide_secrets(message)}}
    found = dict((name, facts[name]) for name in _FROM_FACTS if name in facts)
    for repository in found.get("repositories", ()):
        for key in ("id", "name"):
            repository[key] = proxies.hide_secrets(repository[key])
    for warning in found.get("warnings", ()):
        warning["message"] = proxies.hide_secrets(warning["message"])
    return found


def describe_python():
    return {"path": sys.executable or "", "version": list(sys.version_info[:3])}


def name_user():
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return ""


def observe_operation():
    """The last install, where it may be read."""
    last = operation.describe_last()
    return last and dict((key, last.get(key)) for key in ("id", "state", "started_at", "pid"))
