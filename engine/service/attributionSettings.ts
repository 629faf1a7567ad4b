/** How estimates are made: what was asked for, checked, with what was left open filled in. */
import type { AttributionSettings, AttributionSite } from '../results/attribution.ts';
import type { RequestOf } from '../results/index.ts';
import { Fault } from '../terms/fault.ts';

type Asked = Omit<RequestOf<'attribute'>, 'model' | 'weights' | 'prompts' | 'seed'>;

/** m of `integrated` where none is given (Hanna et al. 2024, section 3). */
const STEPS = 5;

/** Throws Fault for a setting that the method does not have: it would be dropped without a word. */
export function attributionSettings(asked: Asked): AttributionSettings {
  const { method, steps, qkCorrection = false, gradDrop = false, granularity, metric } = asked;
  if (metric === 'rank') refuse('the rank has no gradient', 'another metric', metric);
  if (steps !== undefined) belongsTo('steps', 'integrated', method);
  if (granularity !== undefined) belongsTo('granularity', 'taylor', method);
  if (qkCorrection) belongsTo('qk-correction', 'atp', method);
  if (gradDrop) belongsTo('grad-drop', 'atp', method);
  const sites = attributionSitesOf(asked);
  if (qkCorrection && !sites.includes('q') && !sites.includes('k'))
    refuse('qk-correction changes queries and keys only', 'q or k among the sites', sites.join(', '));
  return {
    method,
    steps: method === 'integrated' ? (steps ?? STEPS) : null,
    qkCorrection,
    gradDrop,
    granularity: method === 'taylor' ? (granularity ?? 'example') : null,
  };
}

/** z where none are given. Throws Fault for one that comes twice. */
export function attributionSitesOf({ sites = ['z'] }: Pick<Asked, 'sites'>): readonly AttributionSite[] {
  const twice = sites.find((site, i) => sites.indexOf(site) !== i);
  if (twice !== undefined) refuse('a site twice', 'each site once', twice);
  return sites;
}

function belongsTo(setting: string, owner: string, method: string): void {
  if (method !== owner) refuse(`${setting} belongs to method ${owner}`, undefined, method);
}

function refuse(what: string, expected: string | undefined, got: string): never {
  throw new Fault({ what, where: 'attribute', ...(expected === undefined ? {} : { expected }), got });
}
