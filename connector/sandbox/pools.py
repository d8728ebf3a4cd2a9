"""What the demo world is made of: invented names, real places and trades, telephone ranges set aside for fiction.

Read by ``firms`` and ``people``. Nobody here exists; names are common ones thrown together.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A city as Lusha describes it; ``language`` picks the names of those who live there, ``phones`` their numbers."""

    city: str
    state: str | None
    state_code: str | None
    country: str
    iso2: str
    continent: str
    longitude: float
    latitude: float
    eu: bool
    language: str
    phones: str


_US = ("United States", "US", "North America")
_GB = ("United Kingdom", "GB", "Europe")
_DE = ("Germany", "DE", "Europe")

PLACES: tuple[Place, ...] = (
    Place("Boston", "Massachusetts", "MA", *_US, -71.06, 42.36, False, "en", "US"),
    Place("Austin", "Texas", "TX", *_US, -97.74, 30.27, False, "en", "US"),
    Place("Chicago", "Illinois", "IL", *_US, -87.63, 41.88, False, "en", "US"),
    Place("San Francisco", "California", "CA", *_US, -122.42, 37.77, False, "es", "US"),
    Place("Seattle", "Washington", "WA", *_US, -122.33, 47.61, False, "zh", "US"),
    Place("Toronto", "Ontario", "ON", "Canada", "CA", "North America", -79.38, 43.65, False, "en", "US"),
    Place("Montréal", "Quebec", "QC", "Canada", "CA", "North America", -73.57, 45.5, False, "fr", "US"),
    Place("London", "England", None, *_GB, -0.13, 51.51, False, "en", "GB"),
    Place("Manchester", "England", None, *_GB, -2.24, 53.48, False, "en", "GB"),
    Place("Dublin", None, None, "Ireland", "IE", "Europe", -6.26, 53.35, True, "en", "IE"),
    Place("Berlin", "Berlin", "BE", *_DE, 13.4, 52.52, True, "de", "DE"),
    Place("München", "Bavaria", "BY", *_DE, 11.58, 48.14, True, "de", "DE"),
    Place("Paris", "Île-de-France", None, "France", "FR", "Europe", 2.35, 48.86, True, "fr", "FR"),
    Place("Stockholm", None, None, "Sweden", "SE", "Europe", 18.07, 59.33, True, "sv", "SE"),
    Place("Madrid", "Community of Madrid", None, "Spain", "ES", "Europe", -3.7, 40.42, True, "es", "GB"),
    Place("Kraków", None, None, "Poland", "PL", "Europe", 19.94, 50.06, True, "pl", "DE"),
    Place("Shanghai", None, None, "China", "CN", "Asia", 121.47, 31.23, False, "zh", "US"),
    Place("Sydney", "New South Wales", "NSW", "Australia", "AU", "Oceania", 151.21, -33.87, False, "en", "AU"),
)

FIRST_NAMES: dict[str, str] = {
    "en": "Olivia Liam Emma Noah Ava Ethan Sophia Mason Grace Lucas Chloe Henry Zoe Jack Ruby Owen Bob Priya",
    "de": "Jürgen Anna Björn Käthe Lukas Sören Heike Matthias Jörg Sabine Günther Leonie Felix Ursula",
    "fr": "Zoé François Élodie Jérôme Chloé Benoît Amélie Gaël Inès Théo Margaux Cédric Noémie Loïc",
    "es": "José Lucía Andrés Sofía Íñigo María Raúl Begoña Martín Inés Álvaro Núria Joaquín Pilar",
    "sv": "Åsa Lars Björn Märta Göran Elin Håkan Sigrid Nils Maja Östen Freja Axel Linnéa",
    "pl": "Łukasz Agnieszka Paweł Małgorzata Wojciech Zofia Michał Katarzyna Stanisław Żaneta",
    "zh": "伟 芳 娜 敏 静 强 磊 军 洋 勇 艳 杰 涛 明",
}
LAST_NAMES: dict[str, str] = {
    "en": "Carter Bennett Hughes Foster O'Brien Reed Patel Cole Whitfield Marsh Okafor Sinclair Doyle Lane Hart "
    "Smith-Jones McAllister",
    "de": "Müller Schäfer Köhler Groß Weiß Jäger Böhm Krüger Voß Lindner Brandt Hübner Vogt Straßer",
    "fr": "Lefèvre Dubois Gauthier Béranger Mercier Rousseau Le-Gall Fabre Chevalier Perrin Garçon Besson",
    "es": "García Núñez Muñoz Peña Ibáñez Ortega Castaño Romero Gálvez Domínguez Vélez Montoya",
    "sv": "Åkerström Lindqvist Bergström Sjöberg Nyström Hägg Ekdahl Forsgren Öberg Wallin Dahl",
    "pl": "Wójcik Kowalska Zieliński Dąbrowska Szymański Woźniak Król Wiśniewska Jabłoński Pawłowska",
    "zh": "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙",
}
FULL_FORMS: dict[str, str] = {"Bob": "Robert", "Jack": "John"}
"""Names that people go by, and how Lusha has them."""

_PINYIN = {
    "伟": "Wei", "芳": "Fang", "娜": "Na", "敏": "Min", "静": "Jing", "强": "Qiang", "磊": "Lei", "军": "Jun",
    "洋": "Yang", "勇": "Yong", "艳": "Yan", "杰": "Jie", "涛": "Tao", "明": "Ming", "王": "Wang", "李": "Li",
    "张": "Zhang", "刘": "Liu", "陈": "Chen", "杨": "Yang", "赵": "Zhao", "黄": "Huang", "周": "Zhou", "吴": "Wu",
    "徐": "Xu", "孙": "Sun",
}  # fmt: skip
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "Ł": "L", "æ": "ae", "đ": "d", **_PINYIN})


def latin(text: str) -> str:
    """The text in plain ASCII letters, as an e-mail address or a URL would spell it.

    >>> latin("Łukasz Groß"), latin("伟")
    ('Lukasz Gross', 'Wei')
    """
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(letter for letter in plain if letter.isascii())


TITLES: tuple[tuple[str, str, str], ...] = (
    ("Chief Executive Officer", "General Management", "C-Suite"),
    ("Chief Financial Officer", "Finance", "C-Suite"),
    ("Chief Technology Officer", "Engineering & Technical", "C-Suite"),
    ("Vice President of Sales", "Sales", "Vice President"),
    ("Vice President of Marketing", "Marketing", "Vice President"),
    ("Vice President, Customer Success", "Customer Service", "Vice President"),
    ("Director of Engineering", "Engineering & Technical", "Director"),
    ("Director of Operations", "Operations", "Director"),
    ("Director, Procurement", "Operations", "Director"),
    ("Sales Manager", "Sales", "Manager"),
    ("Product Manager", "Product", "Manager"),
    ("Marketing Manager", "Marketing", "Manager"),
    ("Human Resources Manager", "Human Resources", "Manager"),
    ("Regional Account Manager", "Business Development", "Manager"),
    ("Senior Software Engineer", "Engineering & Technical", "Senior"),
    ("Senior Data Analyst", "Research & Analytics", "Senior"),
    ("Senior Legal Counsel", "Legal", "Senior"),
    ("Account Executive", "Sales", "Entry"),
    ("IT Support Specialist", "Information Technology", "Entry"),
    ("Marketing Coordinator", "Marketing", "Entry"),
)
RARE_TITLES: tuple[tuple[str, str, str], ...] = (
    ("Founder", "General Management", "Founder"),
    ("Managing Partner", "General Management", "Partner"),
    ("Design Intern", "Product", "Intern"),
)
"""Seniorities that the demo orgs' picklists do not offer."""

LONG_TITLE = (
    "Senior Vice President and General Manager, Global Strategic Partnerships, Alliances, Channel Development "
    "and Go-to-Market Operations for Europe, the Middle East and Africa"
)
"""Longer than the 128 characters that Salesforce keeps for a title."""

INDUSTRIES: tuple[tuple[str, str, int, str, int, str], ...] = (
    ("Technology, Information & Media", "Software Development", 7371,
     "Custom computer programming services", 541511, "Custom Computer Programming Services"),
    ("Manufacturing", "Machinery Manufacturing", 3559,
     "Special industry machinery", 333249, "Other Industrial Machinery Manufacturing"),
    ("Financial Services", "Insurance", 6411,
     "Insurance agents, brokers, and service", 524210, "Insurance Agencies and Brokerages"),
    ("Hospitals & Healthcare", "Medical Practices", 8011,
     "Offices and clinics of doctors of medicine", 621111, "Offices of Physicians"),
    ("Transportation, Logistics & Storage", "Freight & Package Transportation", 4731,
     "Arrangement of transportation of freight and cargo", 488510, "Freight Transportation Arrangement"),
    ("Retail", "Retail Groceries", 5411, "Grocery stores", 445110, "Supermarkets and Other Grocery Stores"),
    ("Professional Services", "Business Consulting & Services", 8742,
     "Management consulting services", 541611, "Administrative Management Consulting Services"),
    ("Construction", "Building Construction", 1542,
     "General contractors, nonresidential buildings", 236220, "Commercial Building Construction"),
    ("Education", "Higher Education", 8221, "Colleges and universities", 611310, "Colleges and Universities"),
    ("Real Estate & Equipment Rental Services", "Real Estate", 6531,
     "Real estate agents and managers", 531210, "Offices of Real Estate Agents and Brokers"),
)  # fmt: skip
RARE_INDUSTRY = ("Holding Companies", "Holding Companies", 6719,
                 "Offices of holding companies", 551112, "Offices of Other Holding Companies")  # fmt: skip
"""An industry for which CRMs have no option of their own."""

FIRM_NAMES: tuple[str, ...] = (
    "Kestrel", "Bluewater", "Northlight", "Cedarbrook", "Ironbridge", "Larkspur", "Silverpine", "Redstone",
    "Fairhaven", "Oakmere", "Brightwell", "Stonegate", "Maplewood", "Harborline", "Westmark", "Clearfield",
    "Rivercrest", "Summitview", "Windmere", "Ashgrove", "Nordlicht", "Rheintal", "Étoile", "Søgaard", "Almazora",
    "Wawel", "Lindenhof", "Valcour", "Greyfriars", "Tallgrass",
)  # fmt: skip
FIRM_TRADES: tuple[str, ...] = (
    "Analytics", "Logistics", "Systems", "Health", "Capital", "Foods", "Robotics", "Partners", "Builders", "Learning",
    "Estates",
)  # fmt: skip
LEGAL_FORMS: dict[str, str] = {
    "US": "Inc.", "CA": "Inc.", "GB": "Ltd", "IE": "Limited", "DE": "GmbH", "FR": "SAS", "SE": "AB", "ES": "S.L.",
    "PL": "Sp. z o.o.", "CN": "Co., Ltd.", "AU": "Pty Ltd",
}  # fmt: skip
TECHNOLOGIES: tuple[str, ...] = (
    "amazon web services", "google analytics", "react", "salesforce", "hubspot", "kubernetes", "shopify", "sap",
    "wordpress", "cloudflare", "snowflake", "stripe",
)  # fmt: skip
DEPARTMENTS: tuple[str, ...] = tuple(sorted({department for _, department, _ in TITLES}))
