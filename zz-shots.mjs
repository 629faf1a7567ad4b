import { chromium } from 'playwright-core';
import { readFileSync } from 'node:fs';
const [name, mode] = process.argv.slice(2);
const url = readFileSync(`/tmp/wm/${name}.log`, 'utf8').trim().split('\n')[0];
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium.off', args: ['--no-sandbox'] });
const n = name === 'smol' ? 16 : 32;
const axe = readFileSync('/work/w-measures/node_modules/axe-core/axe.min.js','utf8');
async function open(w, h, theme, panes='heads') {
  const ctx = await browser.newContext({ viewport: { width: w, height: h }, colorScheme: theme });
  const page = await ctx.newPage();
  page.setDefaultTimeout(20000);
  page.on('pageerror', (e) => console.log('PAGEERROR', e.message));
  page.on('console', (m) => { if (m.type() === 'error') console.log('CONSOLE', m.text()); });
  await page.goto(`${url}&v=1&panes=${panes}&task=ioi&n=${n}&seed=0`);
  await page.getByRole('banner').getByText(/\d+\/\d+ right/).waitFor();
  return page;
}
const isQuiet = (page) => page.getByRole('contentinfo').getByRole('progressbar').waitFor({ state: 'detached' });
const heads = (page) => page.getByRole('main').getByRole('region', { name: 'Heads', exact: true }).first();
async function run(page, re) {
  await heads(page).getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('menuitem', { name: re }).click();
  await page.waitForTimeout(700);
  await page.waitForFunction(() => document.querySelectorAll('footer [role=progressbar], [role=contentinfo] [role=progressbar]').length === 0);
  await page.waitForTimeout(300);
}
async function pick(page, label, re, typed='') {
  await heads(page).getByRole('combobox', { name: label, exact: true }).click();
  if (typed) await page.keyboard.type(typed);
  await page.getByRole('option', { name: re }).first().click();
}
async function check(page, where) {
  await page.evaluate(axe);
  const r = await page.evaluate(() => globalThis.axe.run());
  for (const v of r.violations) if (['serious','critical'].includes(v.impact)) console.log('AXE', where, v.id, v.nodes.map((x) => x.html.slice(0,120)).join(' | '));
}
const shot = (page, id) => page.screenshot({ path: `/tmp/wm/${name}-${id}.png` });
const M = await import(`/tmp/wm/${mode}.mjs`);
await M.default({ open, run, pick, check, shot, heads, browser, name, isQuiet });
await browser.close();
