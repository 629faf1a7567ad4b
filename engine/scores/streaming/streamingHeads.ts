/**
 * Which KV heads look far back, and so need their whole cache: RazorAttention's echo and induction heads (Tang et al. 2024, arXiv
 * 2407.15891), and a prior from positions alone. Behaviour, not importance. A group stands for its strongest query head.
 */
import type { Model } from '../../run/index.ts';
import type { Summary } from '../../terms/summary.ts';
import { duplicateToken } from '../duplicateToken.ts';
import type { ScorePrompt } from '../headScore.ts';
import { headScores } from '../headScores.ts';
import { induction } from '../induction.ts';
import { positionPrior } from './positionPrior.ts';

export interface StreamingHeadsRequest {
  /** Tokens that come several times. */
  readonly prompts: readonly ScorePrompt[];
  /** For the prior; null: none is read. */
  readonly prior: { readonly texts: readonly (readonly number[])[]; readonly length: number } | null;
  /** Of the bootstrap. */
  readonly seed: number;
  readonly signal: AbortSignal;
}

export interface StreamingGroup {
  readonly layer: number;
  readonly kvGroup: number;
  /** Attention to earlier occurrences of the query's token, and to what followed them: of the query head with most of it. */
  readonly echo: Summary;
  readonly induction: Summary;
  readonly echoHead: number;
  readonly inductionHead: number;
  /** Mean over the group's query heads, as kvpress takes it. */
  readonly prior: number | null;
}

export type StreamingHeadsEvent =
  | ({ readonly kind: 'group' } & StreamingGroup)
  | { readonly kind: 'progress'; readonly done: number; readonly total: number };

/** The groups in order. Throws Fault as `positionPrior` does. */
export async function* streamingHeads(
  model: Model,
  { prompts, prior, seed, signal }: StreamingHeadsRequest,
): AsyncGenerator<StreamingHeadsEvent> {
  const { heads, kvHeads } = model.family.shape;
  const priors = prior === null ? null : await positionPrior(model, { ...prior, signal });
  const size = heads / kvHeads;
  let group: ReadHead[] = [];
  for await (const event of headScores(model, { prompts, scores: [duplicateToken, induction], seed, signal })) {
    if (event.kind === 'progress') yield event;
    if (event.kind !== 'head') continue;
    group.push(readHead(event));
    if (group.length < size) continue;
    yield { kind: 'group', ...groupOf(group, size, priors) };
    group = [];
  }
}

interface ReadHead {
  readonly layer: number;
  readonly head: number;
  readonly echo: Summary;
  readonly induction: Summary;
}

function readHead({
  layer,
  head,
  values,
}: {
  readonly layer: number;
  readonly head: number;
  readonly values: Readonly<Record<string, Summary>>;
}): ReadHead {
  const [echo, follows] = [values[duplicateToken.id], values[induction.id]];
  if (echo === undefined || follows === undefined) throw new RangeError('a head without its scores');
  return { layer, head, echo, induction: follows };
}

function groupOf(group: readonly ReadHead[], size: number, priors: readonly Float64Array[] | null): StreamingGroup {
  const [echo, follows] = [strongest(group, 'echo'), strongest(group, 'induction')];
  const { layer } = echo;
  const own = priors?.[layer];
  return {
    ...{ layer, kvGroup: Math.floor(echo.head / size), echo: echo.echo, induction: follows.induction },
    ...{ echoHead: echo.head, inductionHead: follows.head },
    prior: own === undefined ? null : group.reduce((sum, { head }) => sum + (own[head] ?? NaN), 0) / size,
  };
}

/** The first of equals. */
function strongest(group: readonly ReadHead[], score: 'echo' | 'induction'): ReadHead {
  return group.reduce((best, head) => (head[score].mean > best[score].mean ? head : best));
}
