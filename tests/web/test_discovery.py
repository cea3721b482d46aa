"""How others find a congress: catalogue, site map, canonical addresses, pictures; and what is kept out of them."""

import re
import struct
import warnings
from collections.abc import Iterator
from html import unescape
from xml.etree import ElementTree

import pytest
from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, URIRef
from sqlmodel import Session, select

from motion.exports.preview import HEIGHT, WIDTH, Preview, preview_png
from motion.web.open_data import LICENCE_URL
from storage.models import Congress
from tests.web.open_world import ADDRESSES, FORBIDDEN, Open, opened

PAGES = ("/ormeline", "/ormeline/motions", "/ormeline/motions/M1", "/ormeline/registre", "/ormeline/donnees")
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    with opened(tmp_path_factory.mktemp("discovery")) as world:
        yield world


@pytest.fixture(scope="module")
def graph(world: Open) -> Graph:
    """The catalogue, as a portal reads it."""
    answer = world.hall.client.get("/ormeline/catalogue.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "ConjunctiveGraph is deprecated", DeprecationWarning)  # rdflib's own affair
        return Graph().parse(data=answer.text, format="json-ld")


class TestCatalogue:
    """DCAT-AP 3.0: mandatory and recommended properties."""

    def test_the_catalogue_says_what_it_must(self, graph: Graph) -> None:
        """Title, description, publisher with a name; its datasets and its service."""
        (catalogue,) = graph.subjects(RDF.type, DCAT.Catalog)
        for name in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.license, DCTERMS.spatial):
            assert graph.value(catalogue, name) is not None, name
        publisher = graph.value(catalogue, DCTERMS.publisher)
        assert (publisher, RDF.type, FOAF.Agent) in graph and graph.value(publisher, FOAF.name)
        assert len(list(graph.objects(catalogue, DCAT.dataset))) == 6
        (service,) = graph.objects(catalogue, DCAT.service)
        for name in (DCTERMS.title, DCAT.endpointURL, DCAT.endpointDescription):
            assert graph.value(service, name) is not None, name
        assert set(graph.objects(service, DCAT.servesDataset)) == set(graph.objects(catalogue, DCAT.dataset))

    def test_each_dataset_is_placed_dated_and_named(self, graph: Graph) -> None:
        """And says how often it changes."""
        for dataset in graph.subjects(RDF.type, DCAT.Dataset):
            for name in (
                DCTERMS.title,
                DCTERMS.description,
                DCTERMS.publisher,
                DCTERMS.spatial,
                DCTERMS.accrualPeriodicity,
                DCTERMS.language,
                DCAT.theme,
                DCAT.keyword,
                DCAT.landingPage,
            ):
                assert graph.value(dataset, name) is not None, (dataset, name)
            period = graph.value(dataset, DCTERMS.temporal)
            assert str(graph.value(period, DCAT.startDate)) == "2031-11-14"
            assert str(graph.value(period, DCAT.endDate)) == "2031-11-16"

    def test_each_file_can_be_had_under_its_licence(self, world: Open, graph: Graph) -> None:
        """Its address answers, with the media type that is said."""
        found = list(graph.subjects(RDF.type, DCAT.Distribution))
        assert len(found) > 20
        for file in found:
            assert graph.value(file, DCTERMS.license) == URIRef(LICENCE_URL)
            address = str(graph.value(file, DCAT.accessURL))
            said = str(graph.value(file, DCAT.mediaType)).removeprefix("https://www.iana.org/assignments/media-types/")
            if address.endswith((".pdf", ".odt", ".epub")):
                continue  # slow to make, and have their own tests
            answer = world.hall.client.get(address)
            assert answer.status_code == 200, address
            got = answer.headers["content-type"].partition(";")[0]
            assert got == said or (got, said) == ("application/akn+xml", "application/xml")

    def test_a_closed_congress_does_not_change_any_more(self, world: Open) -> None:
        """Nor is its description asked for in vain."""

        def phase(db: Session, name: str) -> None:
            congress = db.exec(select(Congress)).one()
            congress.phase = name
            db.add(congress)

        world.hall.service.store.write_now(phase, "closed")
        try:
            assert "frequency/NEVER" in world.hall.client.get("/ormeline/catalogue.jsonld").text
        finally:
            world.hall.service.store.write_now(phase, "drafting")


class TestSearchEngines:
    """Sitemap, canonical addresses, robots."""

    def test_the_site_map_leads_to_pages_that_exist(self, world: Open) -> None:
        """Each address once."""
        root = ElementTree.fromstring(world.hall.client.get("/sitemap.xml").content)
        addresses = [one.text for one in root.iter(f"{SITEMAP}loc")]
        assert "http://testserver/ormeline/motions/M2" in addresses
        assert len(addresses) == len(set(addresses))
        for address in addresses:
            assert address is not None and world.hall.client.get(address).status_code == 200

    @pytest.mark.parametrize("path", PAGES)
    def test_a_page_has_one_address_in_each_language(self, world: Open, path: str) -> None:
        """Filters are left out; the other language has its own."""
        plain = canonical(world, path)
        assert plain == canonical(world, f"{path}?lang=fr&avant=3") == f"http://testserver{path}"
        world.hall.client.cookies.clear()
        assert canonical(world, f"{path}?lang=en") == f"http://testserver{path}?lang=en"
        world.hall.client.cookies.clear()

    def test_robots_are_told_where_to_look(self, world: Open) -> None:
        """And what is for nobody."""
        text = world.hall.client.get("/robots.txt").text
        assert "Sitemap: http://testserver/sitemap.xml\n" in text
        assert "Disallow: /*/secretariat\n" in text

    @pytest.mark.parametrize("field", ["is_demonstration", "rehearsal_of"])
    def test_demonstrations_and_rehearsals_are_in_no_list(self, world: Open, field: str) -> None:
        """Nor indexed; and a real congress is."""

        def change(db: Session, value: int | bool | None) -> None:
            congress = db.exec(select(Congress)).one()
            setattr(congress, field, value)
            db.add(congress)

        noindex = '<meta name="robots" content="noindex">'
        assert noindex not in world.hall.client.get("/ormeline").text
        world.hall.service.store.write_now(change, True if field == "is_demonstration" else 1)
        try:
            assert "ormeline" not in world.hall.client.get("/sitemap.xml").text
            assert noindex in world.hall.client.get("/ormeline").text
        finally:
            world.hall.service.store.write_now(change, False if field == "is_demonstration" else None)


def canonical(world: Open, path: str) -> str:
    """The canonical address that a page names."""
    (found,) = re.findall(r'<link rel="canonical" href="([^"]*)">', world.hall.client.get(path).text)
    return unescape(found)


class TestPictures:
    """What other sites show beside a link."""

    @pytest.mark.parametrize(
        ("page", "picture"),
        [
            ("/ormeline", "/ormeline/apercu.png"),
            ("/ormeline/registre", "/ormeline/apercu.png"),
            ("/ormeline/motions/M1", "/ormeline/motions/M1/apercu.png"),
        ],
    )
    def test_a_page_says_its_title_and_picture(self, world: Open, page: str, picture: str) -> None:
        """Of this service alone; the picture is one, of the size that is promised."""
        html = world.hall.client.get(page).text
        said = {name: unescape(value) for name, value in re.findall(r'property="og:(\w+)" content="([^"]*)"', html)}
        assert said["image"] == f"http://testserver{picture}" and said["url"] == f"http://testserver{page}"
        assert said["title"] and len(said["description"]) > 10
        answer = world.hall.client.get(said["image"])
        assert answer.headers["content-type"] == "image/png"
        assert answer.content.startswith(b"\x89PNG") and size_of(answer.content) == (WIDTH, HEIGHT)
        assert len(answer.content) < 300_000

    def test_the_same_picture_is_drawn_once(self, world: Open) -> None:
        """And another in another language."""
        path = "/ormeline/motions/M2/apercu.png"
        first, again = world.hall.client.get(path), world.hall.client.get(path)
        assert first.content == again.content and first.headers["etag"] == again.headers["etag"]
        assert world.hall.client.get(f"{path}?lang=en").headers["etag"] != first.headers["etag"]

    @pytest.mark.parametrize("words", ["", '#import "x"; $x$ *gras* <a>', "long " * 60, "\U0001f600 ÉÀ\u202e"])
    def test_no_title_breaks_it(self, words: str) -> None:
        """Words are never commands; a long title is set smaller."""
        assert size_of(preview_png(Preview(words, words, words, words, words))) == (WIDTH, HEIGHT)

    def test_what_does_not_exist_has_none(self, world: Open) -> None:
        """Neither congress nor motion."""
        for path in ("/nulle-part/apercu.png", "/ormeline/motions/M99/apercu.png"):
            assert world.hall.client.get(path).status_code == 404


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG picture, in pixels."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_the_page_of_open_data_lists_what_works(world: Open) -> None:
    """Each address on it answers, in both languages; its examples too, and nothing private."""
    for lang in ("fr", "en"):
        html = world.hall.client.get("/ormeline/donnees", headers={"accept-language": lang}).text
        main = html.partition("<main")[2].partition("</main")[0]
        assert not any(word in main for word in (*ADDRESSES, FORBIDDEN))
        examples = re.findall(r"(http://testserver[^\s'<]+)", unescape(main))
        assert len(examples) >= 4
        local = [unescape(one) for one in re.findall(r'href="(/[^"]+)"', main)]
        for address in [*examples, *(one for one in local if not one.endswith((".pdf", ".odt", ".epub")))]:
            assert world.hall.client.get(address).status_code == 200, address
