"""The pages of public agencies that `/about` draws on for what it says of kratom itself."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AgencyPage:
    """A page of a public body: its short and full name, and the title and address of the page."""

    agency: str
    publisher: str
    title: str
    url: str


AGENCY_PAGES: Mapping[str, AgencyPage] = {
    "fda": AgencyPage(
        "FDA",
        "U.S. Food and Drug Administration",
        "FDA and Kratom",
        "https://www.fda.gov/news-events/public-health-focus/fda-and-kratom",
    ),
    "fda_7oh": AgencyPage(
        "FDA",
        "U.S. Food and Drug Administration",
        "Hiding in Plain Sight: 7-OH Products",
        "https://www.fda.gov/news-events/public-health-focus/hiding-plain-sight-7-oh-products",
    ),
    "fda_2025": AgencyPage(
        "FDA, July 2025",
        "U.S. Food and Drug Administration",
        "FDA Takes Steps to Restrict 7-OH Opioid Products Threatening American Consumers",
        "https://www.fda.gov/news-events/press-announcements/"
        "fda-takes-steps-restrict-7-oh-opioid-products-threatening-american-consumers",
    ),
    "fda_metals": AgencyPage(
        "FDA, 2019",
        "U.S. Food and Drug Administration",
        "Laboratory Analysis of Kratom Products for Heavy Metals",
        "https://www.fda.gov/news-events/public-health-focus/"
        "laboratory-analysis-kratom-products-heavy-metals",
    ),
    "cdc": AgencyPage(
        "CDC, 2018",
        "U.S. Centers for Disease Control and Prevention",
        "Multistate Outbreak of Salmonella Infections Linked to Kratom",
        "https://www.cdc.gov/salmonella/kratom-02-18/index.html",
    ),
    "nida": AgencyPage(
        "NIDA",
        "U.S. National Institute on Drug Abuse",
        "Kratom",
        "https://nida.nih.gov/research-topics/kratom",
    ),
    "dea": AgencyPage(
        "DEA",
        "U.S. Drug Enforcement Administration",
        "Drug fact sheet: Kratom",
        "https://www.dea.gov/factsheets/kratom",
    ),
    "who": AgencyPage(
        "WHO, 2021",
        "World Health Organization",
        "WHO Expert Committee on Drug Dependence: forty-fourth report",
        "https://www.who.int/publications/i/item/9789240042834",
    ),
    "emcdda": AgencyPage(
        "EMCDDA",
        "European Monitoring Centre for Drugs and Drug Addiction (now EUDA)",
        "Kratom (Mitragyna speciosa) drug profile",
        "https://www.emcdda.europa.eu/publications/drug-profiles/kratom_en",
    ),
    "poison": AgencyPage(
        "HRSA",
        "U.S. Health Resources and Services Administration",
        "Poison Help",
        "https://poisonhelp.hrsa.gov/",
    ),
}
"""By a short key; the names and titles are the agencies' own, in English."""
