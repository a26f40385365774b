# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which operating system this is: in its own words, and in those of Patch Manager's API where it supports it."""

import re

RELEASE_FILES = ("/etc/oracle-release", "/etc/rocky-release", "/etc/almalinux-release", "/etc/centos-release",
                 "/etc/redhat-release", "/etc/system-release", "/etc/SuSE-release")
# first words of a release file -> id of os-release
RELEASE_NAMES = (
    ("Red Hat Enterprise Linux", "rhel"),
    ("CentOS", "centos"),
    ("Oracle Linux", "ol"),
    ("Rocky Linux", "rocky"),
    ("AlmaLinux", "almalinux"),
    ("Amazon Linux", "amzn"),
    ("SUSE Linux Enterprise Server", "sles"),
)
_RELEASE = re.compile(r".+? (?:Linux )?release ([\d.]+)")
# SUSE Linux Enterprise Server 11 (x86_64); the service pack is a line of its own
_SUSE_RELEASE = re.compile(r".+? ([\d.]+) \(\w+\)(?:.*^PATCHLEVEL = ([1-9]\d*)$)?", re.MULTILINE | re.DOTALL)

# id -> (OperatingSystem of the API, product word, oldest supported version, parts of the version in the product word).
# The oldest version is that of the published list of supported systems (patch-manager-prerequisites, January 2025);
# newer ones than it names are let through, so that a new release is not unknown on the day it comes.
FAMILIES = {
    "almalinux": ("ALMA_LINUX", "AlmaLinux", (8,), 2),
    "centos": ("CENTOS", "CentOS", (6, 5), 2),
    "debian": ("DEBIAN", "Debian", (8,), 1),
    "ol": ("ORACLE_LINUX", "OracleLinux", (7, 5), 2),
    "raspbian": ("RASPBIAN", "Raspbian", (9,), 1),
    "rhel": ("REDHAT_ENTERPRISE_LINUX", "RedhatEnterpriseLinux", (6, 5), 2),
    "rocky": ("ROCKY_LINUX", "RockyLinux", (8,), 2),
    "sles": ("SUSE", "Suse", (12,), 2),
    "sles_sap": ("SUSE", "Suse", (12,), 2),
    "ubuntu": ("UBUNTU", "Ubuntu", (14, 4), 2),
}
# by the first number of the version: a release file tells more of it than os-release (2023.6.20241010, 2.0)
AMAZON_VERSIONS = {
    "2": ("AMAZON_LINUX_2", "AmazonLinux2"),
    "2022": ("AMAZON_LINUX_2022", "AmazonLinux2022"),
    "2023": ("AMAZON_LINUX_2023", "AmazonLinux2023"),
}


def identify(read):
    """The ``os`` part of the facts, without arch and kernel. ``read(path)`` gives a file's text or None."""
    system = read_os_release(read) or read_release_file(read) or read_debian_version(read) or {}
    if "version" in system and system["id"] in ("centos", "rhel", "rocky", "almalinux", "ol"):
        add_minor_version(system, read)
    words = name_in_api(system.get("id"), system.get("version"))
    if words:
        system["operating_system"], system["product"] = words
    return system


def name_in_api(system_id, version):
    """(OperatingSystem, product) of the API, or None when Patch Manager does not support the system."""
    numbers = to_numbers(version or "")
    if not numbers:
        return None
    if system_id == "amzn":
        if numbers[0] in range(2012, 2019) and len(numbers) == 2:
            return "AMAZON_LINUX", "AmazonLinux" + version
        return AMAZON_VERSIONS.get(version.partition(".")[0])
    if system_id not in FAMILIES:
        return None
    operating_system, word, oldest, parts = FAMILIES[system_id]
    if numbers < oldest:
        return None
    shown = version.split(".")[:parts]
    if word == "Suse" and len(shown) == 1:
        shown.append("0")
    return operating_system, word + ".".join(shown)


def to_numbers(version):
    """``22.04`` -> (22, 4); anything else than numbers and dots gives ()."""
    if not re.match(r"\d+(\.\d+)*$", version):
        return ()
    return tuple(int(part) for part in version.split("."))


def read_os_release(read):
    content = read("/etc/os-release") or read("/usr/lib/os-release")
    if not content:
        return None
    values = {}
    for line in content.splitlines():
        match = re.match(r"\s*([A-Za-z0-9_]+)=(.*)$", line)
        if match:
            values[match.group(1)] = unquote(match.group(2).strip())
    if not values.get("ID"):
        return None
    system = {"id": values["ID"].lower()}
    if values.get("VERSION_ID"):
        system["version"] = values["VERSION_ID"]
    if values.get("PRETTY_NAME") or values.get("NAME"):
        system["name"] = values.get("PRETTY_NAME") or values["NAME"]
    codename = values.get("VERSION_CODENAME") or values.get("UBUNTU_CODENAME") or find_codename(values)
    if codename:
        system["codename"] = codename
    return system


def unquote(value):
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    return re.sub(r"\\(.)", r"\1", value)


def find_codename(values):
    """The code name of releases older than the field: ``8 (jessie)``, ``14.04.6 LTS, Trusty Tahr``."""
    match = re.match(r"[\d.]+(?: LTS)?(?: \(([a-z]+)\)$|, ([A-Z][a-z]+) [A-Z][a-z]+$)", values.get("VERSION", ""))
    return (match.group(1) or match.group(2).lower()) if match else None


def read_release_file(read):
    for path in RELEASE_FILES:
        content = (read(path) or "").strip()
        match = _RELEASE.match(content) or _SUSE_RELEASE.match(content)
        for name, system_id in RELEASE_NAMES:
            if match and content.startswith(name):
                version = ".".join(part for part in match.groups() if part)
                return {"id": system_id, "version": version, "name": content.splitlines()[0]}
    return None


def add_minor_version(system, read):
    """CentOS leaves the minor version out of os-release; its release file has it."""
    released = read_release_file(read)
    if released and released["id"] == system["id"] and released["version"].startswith(system["version"] + "."):
        system["version"] = ".".join(released["version"].split(".")[:2])


def read_debian_version(read):
    content = (read("/etc/debian_version") or "").strip()
    if not content:
        return None
    system = {"id": "debian", "name": "Debian " + content}
    if to_numbers(content):
        system["version"] = content.split(".")[0]
    return system
