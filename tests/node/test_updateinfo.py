# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Update notices of all vendors: own cases, and the recorded ones where the folder of raw data is present."""

import gzip
import io
import os
import unittest
from xml.etree import ElementTree

import context
from payload.updateinfo import Notices, parse_moment

KEY = ("a", "x86_64", "0", "2", "1")
PACKAGE = u'<package name="a" arch="x86_64" epoch="0" version="2" release="1">%s</package>'


class Everything(object):
    """All names there are."""

    def __contains__(self, name):
        return True


def read(text, names=("a",)):
    notices = Notices(names)
    return notices, notices.read(text.encode("utf-8"))


def update(inside=u"", package=u"", kind=u"security", identity=u"N-1"):
    words = (kind, identity, inside, PACKAGE % package)
    return u'<update type="%s"><id>%s</id>%s<pkglist><collection>%s</collection></pkglist></update>' % words


def read_one(inside=u"", package=u"", **words):
    notices, fault = read(u"<updates>%s</updates>" % update(inside, package, **words))
    assert fault is None
    return notices.notices["N-1"]


def raw(name):
    path = os.path.join(context.DATA, "updateinfo", name)
    if not os.path.exists(path):
        return None
    stream = gzip.open(path) if name.endswith(".gz") else io.open(path, "rb")
    try:
        return stream.read()
    finally:
        stream.close()


class TestOwn(unittest.TestCase):
    def test_nothing_said_is_nothing_known(self):
        self.assertEqual({"type": "security"}, read_one())
        self.assertEqual({}, read_one(u'<severity/><title/><issued date=""/><references/>', kind=u""))

    def test_fields(self):
        inside = (
            u"<title>t\xe4st</title><severity>Important</severity><release>8</release>"
            u'<issued date="2024-01-02"/><updated date="1700000000"/><references><reference type="cve" id="CVE-2024-0001"/>'
            u'<reference type="bugzilla" id="12"/><reference type="self" id="N-1"/><reference type="cve" id="CVE-2024-0001"/>'
            u'<reference id="CVE-2024-0002" title="x"/></references>'
        )
        self.assertEqual(
            {
                "type": "security",
                "title": u"t\xe4st",
                "severity": "Important",
                "issued": "2024-01-02T00:00:00Z",
                "updated": "2023-11-14T22:13:20Z",
                "cve_ids": ["CVE-2024-0001", "CVE-2024-0002"],
                "bugzilla_ids": ["12"],
            },
            read_one(inside),
        )

    def test_only_a_true_word_suggests_a_reboot(self):
        for text, expected in ((u"True", True), (u" 1 ", True), (u"", None), (u"False", None)):
            element = u"<reboot_suggested>%s</reboot_suggested>" % text
            self.assertEqual(expected, read_one(package=element).get("reboot_suggested"), text)
            self.assertEqual(expected, read_one(inside=element).get("reboot_suggested"), text)
        self.assertEqual(None, read_one(package=u"<reboot_suggested/>").get("reboot_suggested"))

    def test_a_package_in_several_notices_has_them_all_and_a_notice_twice_once(self):
        text = update() + update(identity=u"N-2") + update()
        self.assertEqual(["N-1", "N-2"], read(u"<updates>%s</updates>" % text)[0].ids[KEY])

    def test_packages_that_are_not_there_are_left_out_with_their_notices(self):
        notices = read(u"<updates>%s</updates>" % update(), names=("b",))[0]
        self.assertEqual(({}, {}), (notices.notices, notices.ids))

    def test_an_epoch_that_is_not_said_is_zero_and_a_namespace_no_matter(self):
        text = u'<updates xmlns="http://x.example/y">%s</updates>' % update().replace(u' epoch="0"', u"")
        self.assertEqual(["N-1"], read(text)[0].ids[KEY])

    def test_streams_of_modules(self):
        module = u'<collection><module name="m" stream="s" version="1" context="c" arch="x86_64"/>'
        text = u"<updates>%s</updates>" % update().replace(u"<collection>", module)
        self.assertEqual({KEY: ("m", "s")}, read(text)[0].streams)

    def test_broken_xml_is_told_and_what_was_before_it_kept(self):
        for text in (u"<updates>%s<update" % update(), u"<updates>%s</update>" % update(), u"<updates>%s&x;" % update()):
            notices, fault = read(text)
            self.assertTrue(fault.startswith("its update notices cannot be read: "), fault)
            self.assertEqual(["N-1"], notices.ids[KEY])
        self.assertTrue(read(u"")[1])
        self.assertTrue(read(u"not XML")[1])

    def test_moments(self):
        for text, expected in (
            ("2018-01-29 17:58", "2018-01-29T17:58:00Z"),
            ("2018-01-29T17:58:01Z", "2018-01-29T17:58:01Z"),
            ("2018-01-29 17:58:01.5 UTC", "2018-01-29T17:58:01Z"),
            ("2018-01-29", "2018-01-29T00:00:00Z"),
            ("1213630432", "2008-06-16T15:33:52Z"),
            ("2018-02-30", None),
            ("2018-01-29 25:00", None),
            ("Mon 29 Jan", None),
            ("2018", None),
            ("", None),
        ):
            self.assertEqual(expected, parse_moment(text), text)


class TestRecorded(unittest.TestCase):
    def recorded(self, name):
        data = raw(name)
        if data is None:
            raise unittest.SkipTest("the raw data are not here")
        notices = Notices(Everything())
        self.assertEqual(None, notices.read(data))
        return notices.notices

    def count(self, notices, key, value=None):
        return len([one for one in notices.values() if (one.get(key) == value if value else key in one)])

    def test_a_whole_fedora(self):
        notices = self.recorded("fedora19.updateinfo.xml.gz")
        # asked in another way: 2494 elements, of which 81 say the same as one before them
        elements = ElementTree.fromstring(raw("fedora19.updateinfo.xml.gz")).findall("update")
        said = dict((element.find("id").text, element.get("type")) for element in elements)
        self.assertEqual((2494, 2413), (len(elements), len(notices)))
        self.assertEqual(said, dict((identity, one["type"]) for identity, one in notices.items()))
        self.assertEqual(2413, self.count(notices, "issued"))
        self.assertEqual(0, self.count(notices, "severity"))
        self.assertTrue(0 < self.count(notices, "reboot_suggested") <= 133)
        self.assertEqual(["991637", "989123", "871489"], notices["FEDORA-2013-14429"]["bugzilla_ids"])

    def test_a_whole_opensuse(self):
        notices = self.recorded("opensuse-11.0.updateinfo.xml.gz")
        # 164 updates: these days an id was used again for the next update of the same package, and the first one counts
        self.assertEqual(132, len(notices))
        self.assertEqual("2008-06-16T15:33:52Z", notices["xorg-x11-Xvnc"]["issued"])
        self.assertTrue(self.count(notices, "reboot_suggested") > 0)

    def test_centos_6_and_7_of_the_announcements(self):
        notices = self.recorded("centos6-7.cefs.updateinfo.xml.gz")
        self.assertEqual((427, 304, 123), (len(notices), self.count(notices, "severity", "Important"), self.count(notices, "severity", "Critical")))
        self.assertEqual("2016-03-01T16:09:29Z", notices["CESA_2016__0301"]["issued"])

    def test_amazon_linux_2(self):
        notices = self.recorded("amazon-linux-2.updateinfo.xml")
        self.assertEqual(["ALAS2-2018-939", "ALAS2-2018-942", "ALAS2-2018-949", "ALAS2KERNEL-5.15-2022-001"], sorted(notices))
        self.assertEqual("2018-02-08T21:46:00Z", notices["ALAS2-2018-942"]["updated"])
        self.assertEqual(["CVE-2017-5715"], notices["ALAS2-2018-942"]["cve_ids"])

    def test_every_recorded_file_is_read_without_fault(self):
        directory = os.path.join(context.DATA, "updateinfo")
        names = os.listdir(directory) if os.path.isdir(directory) else []
        for name in names:
            if "updateinfo.xml" in name:
                # those two have no packages in their notices
                empty = name in ("fedora29-modular.updateinfo.xml", "fedora38-modular.updateinfo.xml")
                self.assertEqual(not empty, len(self.recorded(name)) > 0, name)
