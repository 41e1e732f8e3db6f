"""Every view and act of permissions.py has a name on the page of rights; nothing is named that is gone."""

from admin_views.frame.permissions import RIGHTS
from admin_views.organisation import access_words


def test_every_view_and_act_has_its_words_on_the_page_of_rights():
    assert [view for view in RIGHTS if access_words.title_of(view) == view] == []
    assert {act for acts in RIGHTS.values() for act in acts} - set(access_words.ACTS) == set()


def test_the_page_of_rights_names_no_view_that_is_gone():
    assert set(access_words.ROW_RULES) - set(RIGHTS) == set()
