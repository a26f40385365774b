# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the base systems are made of: data only. A change here rebuilds what it concerns."""

from __future__ import annotations

from dataclasses import dataclass

# An ordinary machine's small change, with libraries that see security updates often.
_PACKAGES = (
    "bzip2 ca-certificates curl file gnutls-bin gpgv gzip iproute2 less libxml2-utils lsb-release openssh-client "
    "openssh-server openssl perl-base procps python3 rsync sqlite3 sudo tar unzip wget xz-utils"
)

PASSWORDLESS_USER = "ops"
PASSWORDLESS_UID = 2001
PASSWORD_USER = "opspw"
SUDO_PASSWORD = "estate-sudo"
SSH_PORT = 2222
EDITION = 2
"""To be raised when code, not data, changes what a base system holds."""
MINIMUM_PENDING = 8
"""How many packages of a fresh Debian node have a newer version in the security archive, at least."""


@dataclass(frozen=True)
class DebianRelease:
    """A Debian release as it was published, without its security archive applied."""

    name: str
    codename: str
    packages: str
    deb822: bool = False
    """Its sources are written in the newer format, as that release's installer does."""


RELEASES = {
    release.name: release
    for release in (
        DebianRelease("debian11", "bullseye", _PACKAGES),
        DebianRelease("debian12", "bookworm", _PACKAGES),
        # Named here, or openssh-server would choose the whole of systemd for it.
        DebianRelease("debian13", "trixie", f"{_PACKAGES} systemd-standalone-sysusers", deb822=True),
    )
}

INSTALL = (
    # As released: what the security archive has is left pending.
    "apt-get -q -y --no-install-recommends -o APT::Default-Release=$RELEASE "
    "-o Dpkg::Options::=--force-unsafe-io install $PACKAGES"
)
PREPARE = f"""set -e
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
apt-get -q update
{INSTALL}
update-ca-certificates
rm -f /etc/ssh/ssh_host_*
useradd --create-home --uid {PASSWORDLESS_UID} --shell /bin/bash {PASSWORDLESS_USER}
useradd --create-home --uid 2002 --shell /bin/bash {PASSWORD_USER}
echo '{PASSWORD_USER}:{SUDO_PASSWORD}' | chpasswd
echo '{PASSWORDLESS_USER} ALL=(ALL:ALL) NOPASSWD: ALL' > /etc/sudoers.d/{PASSWORDLESS_USER}
echo '{PASSWORD_USER} ALL=(ALL:ALL) ALL' > /etc/sudoers.d/{PASSWORD_USER}
chmod 440 /etc/sudoers.d/*
install -d -m 700 /root/.ssh
install -d -m 700 -o {PASSWORDLESS_USER} -g {PASSWORDLESS_USER} /home/{PASSWORDLESS_USER}/.ssh
install -d -m 700 -o {PASSWORD_USER} -g {PASSWORD_USER} /home/{PASSWORD_USER}/.ssh
cat > /etc/ssh/sshd_config.d/estate.conf <<'END'
Port {SSH_PORT}
Include /etc/ssh/estate_address
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
UseDNS no
MaxStartups 100:30:200
PrintMotd no
END
"""
