# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the node program raises when it will not or cannot do what was asked; everything else is a crash."""


class Refusal(Exception):
    """A clear no: ``code`` is for programs, the message for people, ``details`` is JSON-able."""

    def __init__(self, code, message, **details):
        Exception.__init__(self, message)
        self.code = code
        self.message = message
        self.details = details
