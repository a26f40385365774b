# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""zypper's XML, also where it is no XML."""

import unittest

import context
from payload import zypper_xml

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class TestElements(unittest.TestCase):
    def test_elements_with_their_attributes_and_text(self):
        text = u'<a x="1" y=\'two &amp; "three"\'/><b>one &lt; two</b><c><a x="2"/></c>'
        self.assertEqual([{"x": u"1", "y": u'two & "three"'}, {"x": u"2"}], [one.attributes for one in zypper_xml.find(text, "a")])
        self.assertEqual([u"one < two"], [one.text for one in zypper_xml.find(text, "b")])
        self.assertEqual(["a", "b", "c"], [one.name for one in zypper_xml.find(text, "a", "b", "c")])

    def test_a_name_is_the_whole_name(self):
        self.assertEqual([], zypper_xml.find(u"<files size='1'><file-x/></files>", "file"))

    def test_an_answer_that_ends_in_the_middle(self):
        text = u"<stream><message type='info'>all of it</message><message type='error'>only ha"
        self.assertEqual([u"all of it"], [one.text for one in zypper_xml.find(text, "message")])

    def test_what_no_parser_would_take(self):
        text = u"<stream>\x1b[1m & so on <message type='info'>a \x07 script's words</message>"
        self.assertEqual([u"a \x07 script's words"], [one.text for one in zypper_xml.find(text, "message")])

    def test_entities(self):
        self.assertEqual(u"<>&\"' &nbsp; A\xe4?", zypper_xml.unescape(u"&lt;&gt;&amp;&quot;&apos; &nbsp; &#65;&#xe4;&#x1F600;"))
