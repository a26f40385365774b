# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors as yum 3 has them: texts in ``value``, which may be a list."""


class YumBaseError(Exception):
    def __init__(self, value=None):
        Exception.__init__(self)
        self.value = value

    def __str__(self):
        return "%s" % (self.value,)


class YumRPMTransError(YumBaseError):
    def __init__(self, msg, errors):
        YumBaseError.__init__(self, errors)
        self.msg = msg
        self.errors = errors

    def __str__(self):
        return "%s" % (self.msg,)


class LockError(YumBaseError):
    def __init__(self, errno, msg, pid=0):
        YumBaseError.__init__(self, msg)
        self.errno = errno
        self.msg = msg
        self.pid = pid


class RepoError(YumBaseError):
    pass


class YumTestTransactionError(YumBaseError):
    pass


class YumRPMCheckError(YumBaseError):
    pass
