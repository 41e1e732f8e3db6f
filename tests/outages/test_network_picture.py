"""The picture of the network is drawn on the server and says every state in words."""

import xml.etree.ElementTree as ET

from documents.outages.network_picture import BOX, DrawnNode, draw_tree
from models.outages.topology import Topology

UPLINKS = {1: None, 2: 1, 3: 1, 4: 2, 5: 2}
STATES = {1: "up", 2: "down", 3: "planned", 4: "affected", 5: "unknown"}
NAMES = {1: "Router inti", 2: "Sakelar FTI", 3: "AP Rektorat", 4: "AP Lab", 5: "<script>alert(1)</script>"}
NODES = {
    key: DrawnNode(key, NAMES[key], STATES[key], f"keadaan {STATES[key]}", "sakelar", f"/admin/node/details/?id={key}")
    for key in UPLINKS
}
SVG = "{http://www.w3.org/2000/svg}"


def drawn(uplinks=UPLINKS, **more):
    return ET.fromstring(draw_tree({key: NODES[key] for key in uplinks}, Topology(uplinks), "Pohon jaringan", **more))


def test_every_node_stands_there_once_with_its_state_in_words_and_a_way_to_it():
    for tall in (False, True):
        picture = drawn(tall=tall)
        titles = [group.find(f"{SVG}title").text for group in picture.iter(f"{SVG}g")]
        assert sorted(titles) == sorted(f"{NAMES[key]}: sakelar · keadaan {STATES[key]}" for key in UPLINKS)
        assert sorted(link.get("href") for link in picture.iter(f"{SVG}a")) == [
            f"/admin/node/details/?id={key}" for key in UPLINKS
        ]
        assert picture.get("aria-label") == "Pohon jaringan"


def test_each_state_has_its_own_shape_and_class():
    picture = drawn()
    groups = {
        group.get("class").split("--")[-1]: group.find(f"{SVG}path").get("d") for group in picture.iter(f"{SVG}g")
    }
    assert set(groups) == set(STATES.values())
    assert len(set(groups.values())) == 5


def test_lines_lead_from_uplink_to_node_and_are_broken_where_the_node_is_not_reached():
    lines = [path for path in drawn().iter(f"{SVG}path") if path.get("class").startswith("pk-net__line")]
    assert sorted(line.get("class") for line in lines).count("pk-net__line pk-net__line--down") == 2
    assert len(lines) == 4


def test_boxes_do_not_overlap_and_lie_inside_the_picture():
    for tall in (False, True):
        picture = drawn(tall=tall)
        width, height = (int(part) for part in picture.get("viewBox").split()[2:])
        spots = [tuple(map(int, group.get("transform")[10:-1].split())) for group in picture.iter(f"{SVG}g")]
        assert all(x + BOX <= width and y + 36 <= height for x, y in spots)
        assert all(
            abs(y1 - y2) >= 36 or abs(x1 - x2) >= BOX for x1, y1 in spots for x2, y2 in spots if (x1, y1) != (x2, y2)
        )


def test_tall_picture_fits_a_phone():
    assert int(drawn(tall=True).get("width")) <= 330


def test_long_name_is_shortened_in_the_box_and_whole_in_its_title():
    node = DrawnNode(1, "Sakelar gedung rektorat lantai tiga sayap timur", "up", "menjawab", hidden=7)
    picture = ET.fromstring(draw_tree({1: node}, Topology({1: None}), "Pohon"))
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert texts == ["Sakelar gedung rektorat lan…", "menjawab · +7"]
    assert next(picture.iter(f"{SVG}g")).find(f"{SVG}title").text.startswith(node.name)


def test_loop_in_the_rows_is_drawn_without_hanging_and_empty_network_is_an_empty_picture():
    drawn({1: None, 2: 3, 3: 2})
    assert list(drawn({}).iter(f"{SVG}g")) == []
