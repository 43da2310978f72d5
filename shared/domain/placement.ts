import type { LocationHint } from "./monitor.ts";

/** Continents by two letters. */
export type Continent = "AF" | "AN" | "AS" | "EU" | "NA" | "OC" | "SA";

/** Countries (ISO 3166-1 alpha-2) by continent, after the regions of UN M49. */
const countries: Readonly<Record<Continent, string>> = {
  AF: "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW",
  AN: "AQ BV GS HM TF",
  AS: "AE AF AM AZ BD BH BN BT CN CY GE HK ID IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE",
  EU: "AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK",
  NA: "AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV SX TC TT US VC VG VI",
  OC: "AS AU CC CK CX FJ FM GU KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS",
  SA: "AR BO BR CL CO EC FK GF GY PE PY SR UY VE",
};

const continentOfCountry: ReadonlyMap<string, Continent> = new Map(
  (Object.keys(countries) as Continent[]).flatMap((continent) =>
    countries[continent].split(" ").map((country) => [country, continent] as const),
  ),
);

/** Where an object may be that a hint asked for. The Middle East is served from Europe, too. */
const continentsOfHint: Readonly<Record<LocationHint, readonly Continent[]>> = {
  wnam: ["NA"],
  enam: ["NA"],
  sam: ["SA"],
  weur: ["EU"],
  eeur: ["EU"],
  apac: ["AS", "OC"],
  "apac-ne": ["AS"],
  "apac-se": ["AS", "OC"],
  oc: ["OC"],
  afr: ["AF"],
  me: ["AS", "EU"],
};

/** Whether an object is where its region was asked to be, as far as is known. */
export type Placement = "as-asked" | "elsewhere" | "not-known";

/**
 * Holds where an object runs against its region's location hint. Hints are best effort: what
 * matters is the continent, for beyond it the region measures another way to the target.
 *
 * @param country two letters (ISO 3166-1), or null where it is not known
 */
export function placementOf(hint: LocationHint, country: string | null): Placement {
  const continent = country === null ? undefined : continentOfCountry.get(country);
  if (continent === undefined) return "not-known";
  return continentsOfHint[hint].includes(continent) ? "as-asked" : "elsewhere";
}
