/** A copied token in the Attention place: the run's prompt with what was made so far, the head, the query and the key. */
import type { Client, RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import type { RetrievedRun } from '../../../engine/results/retrieve.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import { Fault } from '../../../engine/terms/fault.ts';
import type { Workbench } from '../../api/workbench.ts';
import { headName } from '../../state/headNames.ts';
import type { HeadCopy } from './headCopies.ts';

type Request = RequestOf<'retrieve'>;

/** Throws a Fault where the run's prompt can't be built once more. */
export async function openCopy(
  workbench: Workbench,
  run: string,
  head: HeadRef,
  copy: HeadCopy,
  row: RetrievedRun,
): Promise<void> {
  const { client, workspace, selection } = workbench;
  const request = await requestOf(client, run);
  const prompt = await promptIds(client, request, copy);
  const ids = [...prompt, ...(await idsMade(client, request, prompt, copy, row))];
  const name = `${copy.run.id}, step ${copy.step + 1}, ${headName(head)}.jsonl`;
  workspace.set({ prompts: { kind: 'file', file: { name, text: `${JSON.stringify(promptRow(ids, copy.key))}\n` } } });
  selection.setPrimary(head);
  selection.setTokens({ query: ids.length - 1, key: copy.key });
  workspace.goTo('attention');
}

/** The answer is the token that was copied; the wrong one, which metrics of a file need, is the last other one before it. */
export function promptRow(ids: readonly number[], key: number) {
  const answerId = ids[key];
  const wrongId = ids.slice(0, key).findLast((id) => id !== answerId);
  return { ids, ...(answerId === undefined || wrongId === undefined ? {} : { answerId, wrongId }) };
}

async function requestOf(client: Client, run: string): Promise<Request> {
  const { record } = await (client.record({ run }) as Promise<ResultOf<'record'>>);
  if (record.job.call === 'retrieve') return record.job.request;
  throw new Fault({ what: 'no run of retrieval', where: run, expected: 'retrieve', got: record.job.call });
}

async function promptIds(client: Client, request: Request, { index, run }: HeadCopy): Promise<readonly number[]> {
  const { model, weights, runs, mode, seed } = request;
  const asked = { model, runs, mode, seed, shown: index, estimate: false };
  const { ids } = await (client.needlePreview(weights === undefined ? asked : { ...asked, weights }) as Promise<
    ResultOf<'needlePreview'>
  >);
  if (ids.length === run.tokens) return ids;
  throw new Fault({
    what: 'another prompt than then',
    where: run.id,
    expected: `${run.tokens} tokens`,
    got: String(ids.length),
  });
}

/** What stands between the prompt and the step: the query is the last of it. */
async function idsMade(
  client: Client,
  { model, weights }: Request,
  prompt: readonly number[],
  { step, run }: HeadCopy,
  { generated, pieces }: RetrievedRun,
): Promise<readonly number[]> {
  if (step === 0 || generated.length >= step) return generated.slice(0, step);
  // A given answer is told by its pieces: its tokens are among those of the span.
  const input = { ids: prompt.slice(...run.span) };
  const asked = weights === undefined ? { model, input } : { model, weights, input };
  const { tokens } = await (client.tokens(asked) as Promise<ResultOf<'tokens'>>);
  return (pieces ?? []).slice(0, step).map((piece) => idOf(piece, tokens, run.id));
}

function idOf(piece: string, tokens: ResultOf<'tokens'>['tokens'], where: string): number {
  const found = tokens.find(({ text }) => text === piece);
  if (found !== undefined) return found.id;
  throw new Fault({
    what: 'a token of the answer is not in the needle',
    where,
    expected: 'one of its tokens',
    got: piece,
  });
}
