# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operating systems: their own words and the API's."""

import unittest

from context import data
from payload import os_identity

# (files, id, version, codename, operating_system, product); an os-release is written in short
SYSTEMS = (
    ("debian 12 bookworm", "debian", "12", "bookworm", "DEBIAN", "Debian12"),
    ("debian 7 wheezy", "debian", "7", "wheezy", None, None),
    ("debian 13 trixie", "debian", "13", "trixie", "DEBIAN", "Debian13"),
    ("ubuntu 14.04 trusty", "ubuntu", "14.04", "trusty", "UBUNTU", "Ubuntu14.04"),
    ("ubuntu 12.04 precise", "ubuntu", "12.04", "precise", None, None),
    ("ubuntu 24.10 oracular", "ubuntu", "24.10", "oracular", "UBUNTU", "Ubuntu24.10"),
    ("raspbian 11 bullseye", "raspbian", "11", "bullseye", "RASPBIAN", "Raspbian11"),
    ("rhel 8.10", "rhel", "8.10", None, "REDHAT_ENTERPRISE_LINUX", "RedhatEnterpriseLinux8.10"),
    ("rhel 6.4", "rhel", "6.4", None, None, None),
    ("rhel 10.0", "rhel", "10.0", None, "REDHAT_ENTERPRISE_LINUX", "RedhatEnterpriseLinux10.0"),
    ("almalinux 9.4", "almalinux", "9.4", None, "ALMA_LINUX", "AlmaLinux9.4"),
    ("rocky 8.9", "rocky", "8.9", None, "ROCKY_LINUX", "RockyLinux8.9"),
    ("ol 7.4", "ol", "7.4", None, None, None),
    ("ol 8.9", "ol", "8.9", None, "ORACLE_LINUX", "OracleLinux8.9"),
    ("amzn 2", "amzn", "2", None, "AMAZON_LINUX_2", "AmazonLinux2"),
    ("amzn 2018.03", "amzn", "2018.03", None, "AMAZON_LINUX", "AmazonLinux2018.03"),
    ("amzn 2023", "amzn", "2023", None, "AMAZON_LINUX_2023", "AmazonLinux2023"),
    ("sles 15.5", "sles", "15.5", None, "SUSE", "Suse15.5"),
    ("sles 12", "sles", "12", None, "SUSE", "Suse12.0"),
    ("sles_sap 12.0.1", "sles_sap", "12.0.1", None, "SUSE", "Suse12.0"),
    ("sles 11.4", "sles", "11.4", None, None, None),
    ("gentoo 2.15", "gentoo", "2.15", None, None, None),
    ("linuxmint 21.3 virginia", "linuxmint", "21.3", "virginia", None, None),
)


def write_os_release(words):
    fields = dict(zip(("ID", "VERSION_ID", "VERSION_CODENAME"), words.split()))
    return "".join('%s="%s"\n' % item for item in sorted(fields.items()))


def identify(files):
    return os_identity.identify(files.get)


class TestIdentity(unittest.TestCase):
    def test_known_systems(self):
        for words, system_id, version, codename, operating_system, product in SYSTEMS:
            system = identify({"/etc/os-release": write_os_release(words)})
            found = tuple(system.get(key) for key in ("id", "version", "codename", "operating_system", "product"))
            self.assertEqual((system_id, version, codename, operating_system, product), found)

    def test_unknown_facts_are_absent(self):
        self.assertEqual({}, identify({}))
        self.assertEqual({"id": "arch"}, identify({"/etc/os-release": "ID=arch\n"}))

    def test_system_without_os_release_is_known_by_its_release_file(self):
        cases = (
            ("/etc/redhat-release", "CentOS release 6.7 (Final)", "centos", "6.7", "CentOS6.7"),
            ("/etc/redhat-release", "Red Hat Enterprise Linux Server release 6.7 (Santiago)", "rhel", "6.7", "RedhatEnterpriseLinux6.7"),
            ("/etc/system-release", "Amazon Linux AMI release 2016.03", "amzn", "2016.03", "AmazonLinux2016.03"),
            ("/etc/system-release", "Amazon Linux release 2 (Karoo)", "amzn", "2", "AmazonLinux2"),
            ("/etc/rocky-release", "Rocky Linux release 8.4 (Green Obsidian)", "rocky", "8.4", "RockyLinux8.4"),
            ("/etc/debian_version", "8.11", "debian", "8", "Debian8"),
        )
        for path, content, system_id, version, product in cases:
            system = identify({path: content + "\n"})
            self.assertEqual((system_id, version, product), (system["id"], system["version"], system["product"]))

    def test_minor_version_of_centos_comes_from_its_release_file(self):
        files = {"/etc/os-release": 'ID="centos"\nVERSION_ID="7"\n', "/etc/centos-release": "CentOS Linux release 7.9.2009 (Core)\n"}
        self.assertEqual("CentOS7.9", identify(files)["product"])
        files["/etc/centos-release"] = "CentOS Stream release 9\n"
        self.assertEqual("CentOS7", identify(files)["product"])

    def test_testing_release_without_version_is_not_supported(self):
        files = {"/etc/os-release": "ID=debian\nVERSION_CODENAME=forky\n", "/etc/debian_version": "forky/sid\n"}
        self.assertEqual({"id": "debian", "codename": "forky"}, identify(files))

    def test_macos(self):
        plist = "<dict><key>ProductVersion</key>\n\t<string>%s</string></dict>"
        for version, product in (("13.7.1", "Ventura13.7.1"), ("11.3.1", "BigSur11.3.1"), ("11.2", None), ("10.15.7", None)):
            system = identify({os_identity.MACOS_VERSION_FILE: plist % version})
            self.assertEqual(product, system.get("product"))

    def test_quotes_and_escapes_of_os_release(self):
        content = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="a \\"quoted\\" \\$name"\n# ID=no\n'
        self.assertEqual('a "quoted" $name', identify({"/etc/os-release": content})["name"])


class TestRecordedSystems(unittest.TestCase):
    def test_every_recorded_supported_system_has_a_product(self):
        systems = data("os-release/os-release.json")
        if systems is None:
            return
        words = {
            "almalinux": "AlmaLinux", "amazon": "AmazonLinux", "debian": "Debian", "oracle": "OracleLinux", "rhel": "RedhatEnterpriseLinux",
            "rocky": "RockyLinux", "sles": "Suse", "sles_sap": "Suse", "ubuntu": "Ubuntu", "raspbian": "Raspbian",
        }
        too_old = ("debian-7", "raspbian-7", "ubuntu-12.04", "sles-11.4", "rhel-5", "amazon-2014", "oracle-7.4")
        for name, system in sorted(systems.items()):
            family = name.partition("-")[0]
            found = identify(system["files"])
            if name in too_old and name != "amazon-2014":
                self.assertFalse("product" in found, name)
            elif family in words:
                self.assertTrue(found.get("product", "").startswith(words[family]), (name, found))

    def test_code_names_of_old_releases_are_read_from_their_version(self):
        systems = data("os-release/os-release.json")
        if systems is None:
            return
        for name, codename in (("debian-8", "jessie"), ("ubuntu-14.04", "trusty"), ("ubuntu-16.04", "xenial"), ("raspbian-8", "jessie")):
            self.assertEqual(codename, identify(systems[name]["files"])["codename"])
