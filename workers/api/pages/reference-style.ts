/** The look of the reference page. It stands in the page itself: nothing is fetched from anywhere. */
export const referenceStyle = `
:root {
  color-scheme: light dark;
  --ink: #16202c; --soft: #566373; --line: #d9dfe6; --paper: #ffffff; --wash: #f4f6f9; --accent: #1f4e8c;
  --get: #17643a; --post: #1f4e8c; --put: #8a5a00; --patch: #6b3fa0; --delete: #a3211b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6ebf1; --soft: #9aa7b5; --line: #2f3a46; --paper: #12181f; --wash: #1a222b; --accent: #8ab8f5;
    --get: #7fd6a0; --post: #8ab8f5; --put: #e9bd6a; --patch: #c4a3ef; --delete: #ff9d95;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0; background: var(--paper); color: var(--ink); display: grid; grid-template-columns: 19rem minmax(0, 1fr);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif;
}
code, pre { font: .87em/1.5 ui-monospace, "Liberation Mono", Menlo, monospace; }
code { overflow-wrap: anywhere; }
a { color: var(--accent); text-decoration: none; }
a:hover, a:focus-visible { text-decoration: underline; }
nav {
  position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1rem 2rem 1.5rem;
  border-right: 1px solid var(--line); background: var(--wash); font-size: .86rem;
}
nav b { display: block; margin: 1.1rem 0 .25rem; text-transform: capitalize; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: flex; gap: .5rem; padding: .12rem 0; color: var(--ink); align-items: baseline; }
nav .method { flex: none; width: 3.1rem; font-size: .68rem; }
main { padding: 2.25rem 2.5rem 5rem; max-width: 68rem; }
h1 { margin: 0 0 .4rem; font-size: 2rem; line-height: 1.15; letter-spacing: -.01em; }
h2 { margin: 3.25rem 0 .2rem; font-size: 1.45rem; text-transform: capitalize; border-bottom: 3px solid var(--accent); padding-bottom: .35rem; }
h3 { margin: 0 0 .35rem; font-size: 1.05rem; }
h4 { margin: 1.1rem 0 .3rem; font-size: .8rem; color: var(--soft); text-transform: uppercase; letter-spacing: .05em; }
p { margin: 0 0 .6rem; max-width: 46rem; }
.soft, small { color: var(--soft); }
small { font-size: .82em; font-weight: 400; }
article { padding: 1.5rem 0; border-bottom: 1px solid var(--line); }
.route { margin: 0 0 .6rem; max-width: none; padding: .45rem .7rem; background: var(--wash); border: 1px solid var(--line); border-radius: .35rem; }
.method { font: 700 .8rem/1.5 ui-monospace, "Liberation Mono", Menlo, monospace; margin-right: .5rem; }
.get { color: var(--get); } .post { color: var(--post); } .put { color: var(--put); }
.patch { color: var(--patch); } .delete { color: var(--delete); }
pre { margin: 0 0 .6rem; padding: .6rem .8rem; overflow-x: auto; background: var(--wash); border: 1px solid var(--line); border-radius: .35rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
tr:last-child > th, tr:last-child > td { border-bottom: 0; }
th { width: 14rem; font-weight: 600; }
th small { display: block; }
td p { margin: .1rem 0 0; color: var(--soft); }
.fields .fields { margin: .3rem 0 .2rem; padding-left: .8rem; border-left: 2px solid var(--line); display: block; }
.fields .fields th { width: 10rem; }
.status { width: 4rem; }
@media (max-width: 56rem) {
  body { display: block; }
  nav { position: static; height: auto; max-height: 16rem; border-right: 0; border-bottom: 1px solid var(--line); }
  main { padding: 1.5rem 1rem 4rem; }
  th { width: 9rem; }
}
@media print { nav { display: none; } body { display: block; } article { break-inside: avoid; } }
`;
