/**
 * Features of a dictionary as one page that needs nothing else: no network, no script but the search box's own. Every text in it
 * is escaped, for tokens, labels and names are anybody's.
 */
import type { DictionaryCard } from '../../engine/results/dictionaries.ts';
import type { DashboardFeature, DashboardFeatures, DashboardRequest } from './dashboardFeatures.ts';
import { dashboardFeatures } from './dashboardFeatures.ts';
import { dashboardStyle } from './dashboardStyle.ts';

type Context = DashboardFeature['contexts'][number];

/** The whole page. Throws Fault as `dashboardFeatures` does. */
export async function dashboardHtml(folder: string, request: DashboardRequest): Promise<string> {
  const found = await dashboardFeatures(folder, request);
  const title = `Features of ${found.card.name}`;
  return [
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">`,
    `<title>${escaped(title)}</title><style>${dashboardStyle}</style></head><body>\n`,
    headerHtml(found),
    `<main>\n${found.features.map((feature) => featureHtml(feature, found.card)).join('\n')}\n</main>\n`,
    `<script>${searchScript}</script>\n</body></html>\n`,
  ].join('');
}

/** Shows the features whose text holds what is typed. */
const searchScript = `
const box = document.querySelector('input');
const features = [...document.querySelectorAll('article')].map((element) => [element, element.textContent.toLowerCase()]);
const count = document.querySelector('[data-count]');
const show = () => {
  const wanted = box.value.trim().toLowerCase();
  let shown = 0;
  for (const [element, text] of features) {
    element.hidden = !text.includes(wanted);
    if (!element.hidden) shown++;
  }
  count.textContent = shown === features.length ? '' : shown + ' of ' + features.length;
};
box.addEventListener('input', show);
show();
`;

function headerHtml({ card, collected, alive, features }: DashboardFeatures): string {
  const { text } = collected;
  const facts = [
    `${card.by} on ${card.reads} of ${card.model?.name ?? collected.model.name}`,
    `${whole(card.features)} features, ${whole(alive)} of them active on ${whole(text.rows)} rows of ${text.source}`,
    `${whole(features.length)} shown, the most active first`,
  ];
  return [
    `<header><h1>${escaped(card.name)}</h1>`,
    ...facts.map((fact) => `<p>${escaped(fact)}</p>`),
    '<p data-count aria-live="polite"></p>',
    '<input type="search" placeholder="Token, label, number" aria-label="Search features"></header>\n',
  ].join('');
}

function featureHtml(feature: DashboardFeature, { place }: Pick<DictionaryCard, 'place'>): string {
  const { activity, label } = feature;
  const share = (100 * activity.active) / Math.max(1, activity.rows);
  return [
    `<article id="f${feature.feature}"><div class="top">`,
    `<h2><a href="#f${feature.feature}">Feature ${feature.feature}</a></h2>`,
    label === null ? '' : `<span class="label">${escaped(label)}</span>`,
    `<span>active on ${share.toPrecision(3)} % of rows (${whole(activity.active)})</span>`,
    `<span>mean ${activity.mean.toPrecision(3)} where active, largest ${activity.largest.toPrecision(4)}</span></div>`,
    `<div class="body"><div>${contextsHtml(feature)}</div>`,
    `<div>${histogramHtml(activity)}${logitsHtml(feature)}${headsHtml(feature, place.layer)}</div></div></article>`,
  ].join('');
}

const titles: Readonly<Record<Context['group'], string>> = {
  strongest: 'Strongest',
  '75 to 100 %': '75 to 100 % of the largest',
  '50 to 75 %': '50 to 75 %',
  '25 to 50 %': '25 to 50 %',
  '0 to 25 %': '0 to 25 %',
};

function contextsHtml({ contexts, activity }: DashboardFeature): string {
  return (Object.keys(titles) as Context['group'][])
    .map((group) => {
      const own = contexts.filter((context) => context.group === group);
      const items = own.map((context) => contextHtml(context, activity.largest));
      return own.length === 0 ? '' : `<h3>${titles[group]}</h3><ol>${items.join('')}</ol>`;
    })
    .join('');
}

function contextHtml({ tokens, values, at, source }: Context, largest: number): string {
  const text = tokens.map((token, i) => tokenHtml(token, values[i] as number, i === at, largest)).join('');
  return `<li class="context"><span>${text}</span><span>${(values[at] ?? 0).toFixed(2)} &middot; ${escaped(source)}</span></li>`;
}

function tokenHtml(token: string, value: number, isAt: boolean, largest: number): string {
  if (value === 0 && !isAt) return escaped(token);
  const heat = Math.max(0, Math.min(1, value / Math.max(largest, 1e-30)));
  const mark = isAt ? ' class="at"' : '';
  return `<mark${mark} style="--heat-of:${heat.toFixed(2)}" title="${value.toPrecision(4)}">${escaped(token)}</mark>`;
}

/** Heights are square roots of counts, so that rare large activations can be seen. */
function histogramHtml({ histogram: { edges, counts } }: DashboardFeature['activity']): string {
  const most = Math.sqrt(Math.max(1, ...counts));
  const width = 100 / Math.max(1, counts.length);
  const bars = counts.map((count, bin) => {
    const height = (100 * Math.sqrt(count)) / most;
    const title = `${number(edges[bin])} to ${number(edges[bin + 1])}: ${whole(count)}`;
    const [x, y] = [(bin * width).toFixed(2), (100 - height).toFixed(2)];
    return `<rect x="${x}" y="${y}" width="${(width * 0.92).toFixed(2)}" height="${height.toFixed(2)}"><title>${title}</title></rect>`;
  });
  return [
    '<h3>Activations, rows by value (heights as square roots)</h3>',
    `<svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label="Histogram of activations">${bars.join('')}</svg>`,
    `<div class="axis"><span>${number(edges[0])}</span><span>${number(edges.at(-1))}</span></div>`,
  ].join('');
}

function logitsHtml({ logits }: DashboardFeature): string {
  if (logits === null) return '';
  const list = (side: 'up' | 'down') => {
    const rows = logits[side].map(
      ({ text, value }) => `<tr><td class="token">${escaped(text)}</td><td>${signed(value)}</td></tr>`,
    );
    return `<table class="${side}">${rows.join('')}</table>`;
  };
  return `<h3>Logits of one unit</h3><div class="two">${list('up')}${list('down')}</div><p class="note">${escaped(logits.note)}</p>`;
}

function headsHtml({ heads }: DashboardFeature, layer: number | null): string {
  if (heads === null) return '';
  const rows = heads.map(
    ({ head, share }) =>
      `<div class="share"><span>L${layer}H${head}</span><i style="width:${(100 * share).toFixed(1)}%"></i><span>${(100 * share).toFixed(1)} %</span></div>`,
  );
  return `<h3>Heads, share of its decoder row</h3>${rows.join('')}`;
}

function signed(value: number): string {
  return `${value < 0 ? '&minus;' : '+'}${Math.abs(value).toFixed(3)}`;
}

function number(value: number | undefined): string {
  return value === undefined ? '' : String(Number(value.toPrecision(4)));
}

/** Digits in groups of three. */
function whole(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

const characters: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and for attributes in quotes; line breaks and other controls are shown as signs, so that a token stays one. */
function escaped(text: string): string {
  return text
    .replace(/\n/g, '\u21b5')
    .replace(/\t/g, '\u21e5')
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => characters[character] ?? character);
}
