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
    ("debian 8 jessie", "debian", "8", "jessie", "DEBIAN", "Debian8"),
    ("debian 9 stretch", "debian", "9", "stretch", "DEBIAN", "Debian9"),
    ("debian 10 buster", "debian", "10", "buster", "DEBIAN", "Debian10"),
    ("debian 11 bullseye", "debian", "11", "bullseye", "DEBIAN", "Debian11"),
    ("ubuntu 16.04 xenial", "ubuntu", "16.04", "xenial", "UBUNTU", "Ubuntu16.04"),
    ("ubuntu 18.04 bionic", "ubuntu", "18.04", "bionic", "UBUNTU", "Ubuntu18.04"),
    ("ubuntu 20.04 focal", "ubuntu", "20.04", "focal", "UBUNTU", "Ubuntu20.04"),
    ("ubuntu 20.10 groovy", "ubuntu", "20.10", "groovy", "UBUNTU", "Ubuntu20.10"),
    ("ubuntu 22.04 jammy", "ubuntu", "22.04", "jammy", "UBUNTU", "Ubuntu22.04"),
    ("ubuntu 23.04 lunar", "ubuntu", "23.04", "lunar", "UBUNTU", "Ubuntu23.04"),
    ("ubuntu 23.10 mantic", "ubuntu", "23.10", "mantic", "UBUNTU", "Ubuntu23.10"),
    ("ubuntu 24.04 noble", "ubuntu", "24.04", "noble", "UBUNTU", "Ubuntu24.04"),
    ("ubuntu 25.04 plucky", "ubuntu", "25.04", "plucky", "UBUNTU", "Ubuntu25.04"),
    ("raspbian 8 jessie", "raspbian", "8", "jessie", None, None),
    ("raspbian 9 stretch", "raspbian", "9", "stretch", "RASPBIAN", "Raspbian9"),
    ("rhel 6.5", "rhel", "6.5", None, "REDHAT_ENTERPRISE_LINUX", "RedhatEnterpriseLinux6.5"),
    ("rhel 7.0", "rhel", "7.0", None, "REDHAT_ENTERPRISE_LINUX", "RedhatEnterpriseLinux7.0"),
    ("rhel 9.6", "rhel", "9.6", None, "REDHAT_ENTERPRISE_LINUX", "RedhatEnterpriseLinux9.6"),
    ("centos 8", "centos", "8", None, "CENTOS", "CentOS8"),
    ("centos 9", "centos", "9", None, "CENTOS", "CentOS9"),
    ("almalinux 8.10", "almalinux", "8.10", None, "ALMA_LINUX", "AlmaLinux8.10"),
    ("rocky 9.5", "rocky", "9.5", None, "ROCKY_LINUX", "RockyLinux9.5"),
    ("ol 6.10", "ol", "6.10", None, None, None),
    ("ol 7.5", "ol", "7.5", None, "ORACLE_LINUX", "OracleLinux7.5"),
    ("ol 9.5", "ol", "9.5", None, "ORACLE_LINUX", "OracleLinux9.5"),
    ("amzn 2.0", "amzn", "2.0", None, "AMAZON_LINUX_2", "AmazonLinux2"),
    ("amzn 2012.03", "amzn", "2012.03", None, "AMAZON_LINUX", "AmazonLinux2012.03"),
    ("amzn 2011.09", "amzn", "2011.09", None, None, None),
    ("amzn 2022", "amzn", "2022", None, "AMAZON_LINUX_2022", "AmazonLinux2022"),
    ("sles 12.5", "sles", "12.5", None, "SUSE", "Suse12.5"),
    ("sles 15", "sles", "15", None, "SUSE", "Suse15.0"),
    ("sles 15.7", "sles", "15.7", None, "SUSE", "Suse15.7"),
    ("sles_sap 12.1.0.1", "sles_sap", "12.1.0.1", None, "SUSE", "Suse12.1"),
    ("sles_sap 15.4", "sles_sap", "15.4", None, "SUSE", "Suse15.4"),
    ("sled 15.5", "sled", "15.5", None, None, None),
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
            ("/etc/redhat-release", "Red Hat Enterprise Linux Workstation release 6.10 (Santiago)", "rhel", "6.10", "RedhatEnterpriseLinux6.10"),
            ("/etc/redhat-release", "Red Hat Enterprise Linux release 8.0 (Ootpa)", "rhel", "8.0", "RedhatEnterpriseLinux8.0"),
            ("/etc/centos-release", "CentOS Linux release 7.9.2009 (Core)", "centos", "7.9.2009", "CentOS7.9"),
            ("/etc/centos-release", "CentOS Stream release 8", "centos", "8", "CentOS8"),
            ("/etc/oracle-release", "Oracle Linux Server release 6.10", "ol", "6.10", None),
            ("/etc/oracle-release", "Oracle Linux Server release 7.9", "ol", "7.9", "OracleLinux7.9"),
            ("/etc/almalinux-release", "AlmaLinux release 8.3 Beta (Purple Manul)", "almalinux", "8.3", "AlmaLinux8.3"),
            ("/etc/system-release", "Amazon Linux AMI release 2012.03", "amzn", "2012.03", "AmazonLinux2012.03"),
            ("/etc/system-release", "Amazon Linux release 2.0 (2017.12) LTS Release Candidate", "amzn", "2.0", "AmazonLinux2"),
            ("/etc/system-release", "Amazon Linux release 2022 (Amazon Linux)", "amzn", "2022", "AmazonLinux2022"),
            ("/etc/system-release", "Amazon Linux release 2023.6.20241010 (Amazon Linux)", "amzn", "2023.6.20241010", "AmazonLinux2023"),
            ("/etc/SuSE-release", "SUSE Linux Enterprise Server 12 (x86_64)\nVERSION = 12\nPATCHLEVEL = 4\n# gone", "sles", "12.4", "Suse12.4"),
            ("/etc/SuSE-release", "SUSE Linux Enterprise Server 12 (x86_64)\nVERSION = 12\nPATCHLEVEL = 0", "sles", "12", "Suse12.0"),
            ("/etc/SuSE-release", "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 3", "sles", "11.3", None),
        )
        for path, content, system_id, version, product in cases:
            system = identify({path: content + "\n"})
            self.assertEqual((system_id, version, product), (system["id"], system["version"], system.get("product")))

    def test_oracle_and_centos_are_not_taken_for_red_hat(self):
        red_hat = "Red Hat Enterprise Linux Server release 6.10 (Santiago)\n"
        for path, content, system_id in (
            ("/etc/oracle-release", "Oracle Linux Server release 6.10\n", "ol"),
            ("/etc/centos-release", "CentOS release 6.10 (Final)\n", "centos"),
        ):
            self.assertEqual(system_id, identify({path: content, "/etc/redhat-release": red_hat})["id"])

    def test_minor_version_of_centos_comes_from_its_release_file(self):
        files = {"/etc/os-release": 'ID="centos"\nVERSION_ID="7"\n', "/etc/centos-release": "CentOS Linux release 7.9.2009 (Core)\n"}
        self.assertEqual("CentOS7.9", identify(files)["product"])
        files["/etc/centos-release"] = "CentOS Stream release 9\n"
        self.assertEqual("CentOS7", identify(files)["product"])

    def test_testing_release_without_version_is_not_supported(self):
        files = {"/etc/os-release": "ID=debian\nVERSION_CODENAME=forky\n", "/etc/debian_version": "forky/sid\n"}
        self.assertEqual({"id": "debian", "codename": "forky"}, identify(files))

    def test_quotes_and_escapes_of_os_release(self):
        content = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="a \\"quoted\\" \\$name"\n# ID=no\n'
        self.assertEqual('a "quoted" $name', identify({"/etc/os-release": content})["name"])


WORDS = {
    "almalinux": "AlmaLinux", "amazon": "AmazonLinux", "centos": "CentOS", "debian": "Debian", "oracle": "OracleLinux",
    "raspbian": "Raspbian", "rhel": "RedhatEnterpriseLinux", "rocky": "RockyLinux", "sles": "Suse", "sles_sap": "Suse", "ubuntu": "Ubuntu",
}
# not on the list of supported systems
NOT_SUPPORTED = ("centos-5", "debian-7", "raspbian-7", "raspbian-8", "rhel-5", "oracle-7.4", "sles-11.4", "ubuntu-12.04")
# recorded under a name that does not tell the whole version
MINOR = {
    "amazon-2014": "2014.03", "amazon-2016": "2016.03", "amazon-2018": "2018.03", "centos-7": "7.1", "oracle-7": "7.9", "oracle-8": "8.7",
    "oracle-9": "9.1", "rhel-10": "10.0", "rhel-6": "6.5", "rhel-7": "7.5", "rhel-9": "9.6", "rocky-10": "10.0", "rocky-8": "8.4",
    "rocky-9": "9.3", "sles-12": "12.5", "sles-15": "15.7", "sles_sap-12.0.1": "12.0", "sles_sap-12.1.0.1": "12.1",
}
RECORDED_BY_OTHERS = {
    "almalinux_8_3_beta": "AlmaLinux8.3", "amazon_linux_2": "AmazonLinux2", "amazon_linux_2016.03": "AmazonLinux2016.03",
    "amazon_linux_2018.03": "AmazonLinux2018.03", "amazon_linux_2_karoo": "AmazonLinux2", "amazon_linux_release_2": "AmazonLinux2",
    "centos_6.7": "CentOS6.7", "centos_8_1": "CentOS8.1", "centos_stream_8": "CentOS8", "debian_10": "Debian10", "debian_7.9": None,
    "opensuse_leap_15.1": None, "redhat_6.7": "RedhatEnterpriseLinux6.7", "redhat_7.2": "RedhatEnterpriseLinux7.2",
    "redhat_7.7": "RedhatEnterpriseLinux7.7", "rockylinux_8_3": "RockyLinux8.3", "sl-micro": None, "sles_11.3": None, "sles_11.4": None,
    "sles_12_sp0": "Suse12.0", "sles_12_sp1": "Suse12.1", "ubuntu_12.04": None, "ubuntu_14.04": "Ubuntu14.04", "ubuntu_16.04": "Ubuntu16.04",
}


def expect_product(name):
    family, _dash, version = name.partition("-")
    if family not in WORDS or name in NOT_SUPPORTED:
        return None
    # CentOS leaves its minor version out of os-release, and is recorded by two hands
    version = MINOR.get(name, version.replace("stream-", "").replace("-chef", ""))
    return WORDS[family] + version


class TestRecordedSystems(unittest.TestCase):
    def test_every_recorded_supported_system_has_a_product(self):
        systems = data("os-release/os-release.json")
        if systems is None:
            return
        for name, system in sorted(systems.items()):
            if not name.startswith("ansible:"):
                found = identify(system["files"])
                self.assertEqual(expect_product(name), found.get("product"), name)
                self.assertEqual(found.get("product") is None, found.get("operating_system") is None, name)

    def test_systems_recorded_by_others_are_what_they_say(self):
        systems = data("os-release/os-release.json")
        if systems is None:
            return
        for name, product in sorted(RECORDED_BY_OTHERS.items()):
            self.assertEqual(product, identify(systems["ansible:" + name]["files"]).get("product"), name)

    def test_code_names_of_old_releases_are_read_from_their_version(self):
        systems = data("os-release/os-release.json")
        if systems is None:
            return
        for name, codename in (("debian-8", "jessie"), ("ubuntu-14.04", "trusty"), ("ubuntu-16.04", "xenial"), ("raspbian-8", "jessie")):
            self.assertEqual(codename, identify(systems[name]["files"])["codename"])
