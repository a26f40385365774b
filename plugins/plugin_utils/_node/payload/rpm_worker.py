# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One attempt to install packages with dnf or yum, in a process of its own: it says what it does, line by line.

A process of its own, since a script that hangs has to be ended from outside, and since a library in the middle of a
transaction may take its process along. It goes on to the end of its transaction when nobody listens any more.
"""

import json
import os
import traceback

from . import rpm_repair, rpm_transaction, wanted
from .blocked import Blocked
from .choose import choose
from .refusal import Refusal
from .words import to_text, to_word

MOST_SAID = 3


class Voice(object):
    """The way to the parent."""

    def __init__(self, descriptor):
        self._descriptor = descriptor

    def say(self, kind, **words):
        line = json.dumps(dict(words, kind=kind)) + "\n"
        try:
            os.write(self._descriptor, line.encode("ascii"))
        except OSError:
            return  # the parent was killed: what was begun is brought to its end


class Report(object):
    """What a session reports of its transaction."""

    def __init__(self, voice):
        self._voice = voice
        self._lines = []
        self._current = ""

    def step(self, name, doing, done, total):
        if name != self._current:
            self._lines = []
        self._current = name
        self._voice.say("step", name=name, doing=to_word(doing), done=done, total=total)

    def said(self, text):
        lines = [to_word(line) for line in text.splitlines() if line.strip()]
        self._lines = (self._lines + lines)[-MOST_SAID:]
        self._voice.say("said", lines=lines[-20:])

    def error(self, message, name=""):
        """A script that failed, a file that could not be written, of the package ``name`` or the one it is at."""
        self._voice.say("error", name=name or self._current, message=to_word(message), said=self._lines)


def attempt(session, command, packages, failed, voice, read_packages=None):
    """Choose, download and install; what does not work is told, and the end with its reason.

    With ``read_packages`` what an interrupted transaction left is looked for first. If there is any, removing it is all
    that is done: what the session has read is not true any more.
    """
    session.open(False)
    leftovers = read_packages().list_duplicates(set(session.list_install_only())) if read_packages else []
    if leftovers:
        rpm_repair.repair(leftovers, voice)
        return voice.say("end", reason="")
    blocked = command.get("blocked") or ()
    if blocked:
        session.keep_out(Blocked(blocked, command.get("blocked_shapes") or ()).find)
    objector = rpm_transaction.Objector(session, command.get("pinned") or (), failed)
    voice.say("step", name="", doing="asking the package manager what it would do", done=0, total=len(packages))
    accepted, refused = choose(packages, objector.object_to)
    for key, reason in refused.items():
        voice.say("refused", name=key[0], arch=key[1], reason=to_word(reason))
    if not accepted:
        return voice.say("end", reason="")
    transaction = session.resolve(accepted)
    voice.say("step", name="", doing="downloading", done=0, total=len(transaction.entries))
    distrusted = session.download(lambda text: voice.say("step", name="", doing=text, done=0, total=0))
    for name, reason in distrusted.items():
        voice.say("failed", name=name, reason=to_word(reason))
    if distrusted:
        return voice.say("end", reason="")
    reason = session.run(Report(voice)) or ""
    for name, why in rpm_transaction.find_blamed(reason, transaction.entries).items():
        voice.say("failed", name=name, reason=to_word(why))
    return voice.say("end", reason=to_word(reason))


def work(open_session, command, entries, failed, read_packages, descriptor):
    """The life of the process; never returns."""
    voice = Voice(descriptor)
    status = 0
    try:
        packages = wanted.read_wanted(entries, wanted.RPM)
        session = open_session(command, [], lambda who: voice.say("waiting", holder=who))
        try:
            attempt(session, command, packages, failed, voice, read_packages)
        finally:
            # yum's lock is a file, which would stay
            session.close()
    except Refusal as refusal:
        voice.say("refusal", code=refusal.code, message=refusal.message)
    except BaseException as error:
        traceback.print_exc()
        voice.say("crash", message=to_word(u"%s: %s" % (type(error).__name__, to_text(error))))
        status = 1
    os._exit(status)
