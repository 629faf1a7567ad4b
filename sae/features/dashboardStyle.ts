/** The style sheet of a dashboard's page: the colours of the workbench, light and dark as the system asks. */
export const dashboardStyle = `
:root { color-scheme: light dark; --paper: #fcfcfb; --pane: #fff; --sunken: #f4f4f1; --line: #e2e2dc; --ink: #1b1c1e;
  --ink-2: #55575c; --accent: #1769aa; --heat: 226, 145, 61; --down: #0b4f8a; --up: #a65200; }
@media (prefers-color-scheme: dark) { :root { --paper: #131416; --pane: #191b1e; --sunken: #101113; --line: #2a2d31; --ink: #e9e9e6;
  --ink-2: #a9acb2; --accent: #6ab0ec; --heat: 197, 122, 38; --down: #9fd0ff; --up: #ffc078; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 13px/1.5 Inter, system-ui, sans-serif; }
header { position: sticky; top: 0; z-index: 1; padding: 12px 24px; background: var(--pane); border-bottom: 1px solid var(--line);
  display: flex; gap: 8px 24px; align-items: baseline; flex-wrap: wrap; }
h1 { font-size: 16px; margin: 0; } h2 { font-size: 13px; margin: 0; } h3 { font-size: 11px; font-weight: 600; color: var(--ink-2); margin: 12px 0 4px; }
header p { margin: 0; color: var(--ink-2); }
input { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 3px; padding: 4px 8px; width: 260px; margin-left: auto; }
input:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
main { padding: 16px 24px; display: grid; gap: 16px; max-width: 1400px; margin: 0 auto; }
article { background: var(--pane); border: 1px solid var(--line); border-radius: 3px; padding: 12px 16px; content-visibility: auto;
  contain-intrinsic-size: auto 520px; scroll-margin-top: 72px; }
article[hidden] { display: none; }
.top { display: flex; gap: 16px; align-items: baseline; flex-wrap: wrap; color: var(--ink-2); }
.top h2 { color: var(--ink); } .top h2 a { color: inherit; text-decoration: none; }
.label { color: var(--accent); font-weight: 600; }
.body { display: grid; grid-template-columns: minmax(0, 1fr) 280px; gap: 24px; }
@media (max-width: 900px) { .body { grid-template-columns: minmax(0, 1fr); } }
ol { list-style: none; margin: 0; padding: 0; }
li.context { font: 12px/1.6 'JetBrains Mono', ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; padding: 2px 0;
  border-bottom: 1px solid var(--line); display: flex; gap: 12px; }
li.context > span:first-child { flex: 1; }
li.context > span:last-child { color: var(--ink-2); font: 11px/1.9 Inter, system-ui, sans-serif; white-space: nowrap; }
mark { color: inherit; border-radius: 2px; background: rgba(var(--heat), var(--heat-of, 0)); }
mark.at { outline: 1px solid var(--ink-2); }
svg { display: block; width: 100%; height: 80px; } svg rect { fill: var(--accent); }
.axis { display: flex; justify-content: space-between; color: var(--ink-2); font-size: 11px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
td { padding: 1px 0; } td:last-child { text-align: right; color: var(--ink-2); }
td.token { font: 12px 'JetBrains Mono', ui-monospace, monospace; white-space: pre; overflow: hidden; text-overflow: ellipsis; max-width: 160px; }
.up td:last-child { color: var(--up); } .down td:last-child { color: var(--down); }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; }
.share { display: grid; grid-template-columns: 48px 1fr 40px; gap: 8px; align-items: center; font-size: 11px; }
.share i { height: 8px; background: var(--accent); border-radius: 2px; min-width: 1px; }
.note { color: var(--ink-2); font-size: 11px; margin: 4px 0 0; }
`;
