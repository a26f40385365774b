# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading small files that may be missing, and writing files that must never be half-written."""

import errno
import os

# what an operation leaves on the node, root's alone
STATE_DIRECTORY = "/var/lib/openpatch/patch_manager"


def read_text(path):
    """The text of a file, or None when there is none or it cannot be read."""
    try:
        stream = open(path, "rb")
    except (IOError, OSError):
        return None
    try:
        return stream.read().decode("utf-8", "replace")
    except (IOError, OSError):
        return None
    finally:
        stream.close()


def write_atomically(path, text):
    """Replace a file as a whole: whoever reads it sees the old or the new text, also after a power cut."""
    temporary = path + ".new"
    try:
        write_and_sync(temporary, text.encode("utf-8"))
        os.rename(temporary, path)
    except (IOError, OSError):
        remove(temporary)
        raise


def write_and_sync(path, data):
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        while data:
            data = data[os.write(descriptor, data) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(path):
    """Remove a file that may be missing."""
    try:
        os.unlink(path)
    except OSError:
        return


def make_private_directory(path):
    """Make a directory only its owner can enter; an existing one is made so."""
    try:
        os.makedirs(path, 0o700)
    except OSError as error:
        if error.errno != errno.EEXIST:
            raise
    os.chmod(path, 0o700)
