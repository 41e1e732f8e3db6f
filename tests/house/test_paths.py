"""A reader who follows a path named in a document, a comment or a docstring finds what it names."""

import re

from tests.house.test_citations import ROOT, said_in, texts

TOPS = "|".join(sorted(path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] not in "._"))
A_PATH = re.compile(rf"(?<![\w/.:<>(-])((?:{TOPS})/[\w/.<>*-]+)")  # not the target of a Markdown link
MADE_HERE = ("instance/", "screenshots/", "translations/compiled")
PLACES = (ROOT, ROOT / "templates")  # views name templates from their folder


def lost_in(path: str, text: str) -> list[str]:
    """The paths that a text names and nobody has; `<room>` stands for any name."""
    found = []
    for named in sorted({match.rstrip(".-/") for match in A_PATH.findall(said_in(path, text))}):
        pattern = re.sub(r"<\w+>", "*", named)
        if not named.startswith(MADE_HERE) and not any(any(place.glob(pattern)) for place in PLACES):
            found.append(f"{path}: {named}")
    return found


def test_a_reader_finds_every_path_that_a_text_names():
    lost = [missing for path, text in texts().items() for missing in lost_in(path, text)]
    assert not lost, "\n".join(lost)


def test_a_path_that_leads_nowhere_is_told():
    text = "`models/base/db.py`, `templates/mail/<room>/<notice>/body.txt`; `models/@where.py`, `tests/<room>/@.py`."
    assert lost_in("README.md", text.replace("@", "no")) == [
        "README.md: models/nowhere.py",
        "README.md: tests/<room>/no.py",
    ]
