/** The look of a printed report. It stands in the page itself: nothing is fetched from anywhere. */
export const reportStyle = `
:root {
  color-scheme: light dark;
  --ink: #16202c; --soft: #566373; --line: #d9dfe6; --paper: #ffffff; --wash: #f4f6f9;
  --good: #17643a; --good-wash: #e2f3e8; --bad: #a3211b; --bad-wash: #fbe6e4;
  --none: #5c5f66; --none-wash: #eceef1; --accent: #1f4e8c;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ink: #e6ebf1; --soft: #9aa7b5; --line: #2f3a46; --paper: #12181f; --wash: #1a222b;
    --good: #7fd6a0; --good-wash: #143323; --bad: #ff9d95; --bad-wash: #43191a;
    --none: #b3bac2; --none-wash: #2a313a; --accent: #8ab8f5;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums;
}
main { max-width: 78rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
header { border-bottom: 3px solid var(--accent); padding-bottom: 1.25rem; }
.kind { margin: 0; color: var(--accent); font-weight: 600; }
h1 { margin: .1rem 0 .3rem; font-size: 2.1rem; line-height: 1.15; letter-spacing: -.01em; }
h2 { margin: 2.75rem 0 .75rem; font-size: 1.25rem; }
p { margin: 0 0 .75rem; max-width: 46rem; }
.soft, caption, small { color: var(--soft); }
small { font-size: .82em; }
.tiles {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr));
  gap: 1px; margin: 1.75rem 0 0; background: var(--line); border: 1px solid var(--line);
}
.tiles div { background: var(--paper); padding: .9rem 1rem; }
.tiles dt { color: var(--soft); font-size: .85rem; }
.tiles dd { margin: 0; font-size: 1.55rem; font-weight: 600; line-height: 1.3; }
.tiles dd small { display: block; font-size: .8rem; font-weight: 400; }
.verdict { margin: 1.5rem 0 0; font-size: 1.1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; }
th, td { padding: .45rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; border-bottom-width: 2px; vertical-align: bottom; }
tbody th { font-weight: 600; min-width: 9rem; }
tbody th small { display: block; font-weight: 400; }
.n { text-align: right; white-space: nowrap; }
.t { white-space: nowrap; }
.words { min-width: 14rem; overflow-wrap: anywhere; }
.mark { display: inline-block; padding: .05rem .5rem; border-radius: .7rem; font-size: .8rem; font-weight: 600; white-space: nowrap; }
.met { color: var(--good); background: var(--good-wash); }
.missed { color: var(--bad); background: var(--bad-wash); }
.none { color: var(--none); background: var(--none-wash); }
svg { display: block; width: 5rem; height: .45rem; margin: .3rem 0 0 auto; }
.rail { fill: var(--line); }
.fill-met { fill: var(--good); }
.fill-missed { fill: var(--bad); }
.about { background: var(--wash); padding: 1rem 1.25rem; }
.about dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: 0; font-size: .88rem; }
.about dt { color: var(--soft); }
.about dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  main { padding: 1.25rem 1rem 3rem; }
  h1 { font-size: 1.6rem; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .tiles dd { font-size: 1.25rem; }
  .about dl { display: block; }
  .about dd { margin-bottom: .5rem; }
}
@page { size: A4; margin: 14mm 13mm 16mm; }
@media print {
  body { font-size: 9.5pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  h1 { font-size: 19pt; }
  h2 { margin-top: 8mm; font-size: 12.5pt; break-after: avoid; }
  .tiles { grid-template-columns: repeat(6, 1fr); }
  .tiles div { padding: 2mm 2.5mm; }
  .tiles dd { font-size: 11pt; }
  .tiles dt, .tiles dd small { font-size: 7.5pt; }
  .wide { overflow: visible; }
  table { font-size: 7.4pt; }
  th, td { padding: 1mm 1.1mm; }
  thead th, thead .n, .t { white-space: normal; }
  tbody th { min-width: 0; }
  .words { min-width: 0; }
  .mark { font-size: 7pt; padding: 0 1.5mm; }
  svg { width: 12mm; }
  thead { display: table-header-group; }
  tr, .tiles div, .about { break-inside: avoid; }
}
`;
