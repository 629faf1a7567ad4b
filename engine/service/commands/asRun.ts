/** A measurement as a run of a project: it is on disk from its start, and what the command shows comes from there. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CallOptions, Client, EventOf, RequestOf, ResultOf } from '../../results/index.ts';
import { Cancelled, contract, Defect } from '../../results/index.ts';
import { fromRecord } from '../../results/errors.ts';
import type { JobRequest, RunRecord, RunSummary } from '../../results/runs.ts';
import { validate } from '../../results/validate.ts';
import type { Context, Option } from './command.ts';

export const projectOption = {
  project: {
    type: 'string',
    value: 'DIR',
    about: 'keep this as a run of the project in DIR (default: HEADSCOPE_PROJECT, else it is not kept)',
  },
} as const satisfies Record<string, Option>;

type Measurement =
  | 'ablate'
  | 'attribute'
  | 'scores'
  | 'retrieve'
  | 'maskCurve'
  | 'streamingHeads'
  | 'weightScores'
  | 'directLogits'
  | 'importance'
  | 'prunePlan'
  | 'pruneCurve'
  | 'duo'
  | 'duoQuality'
  | 'trainDictionaries'
  | 'measureDictionaries'
  | 'collectFeatures'
  | 'circuit';
interface JobOf<C extends Measurement> {
  readonly call: C;
  readonly request: RequestOf<C>;
}
/** The types of a call by its name can't be followed through a generic, here and below. */
type Calling<C extends Measurement> = (request: RequestOf<C>, options: CallOptions) => Stream<C>;
type Stream<C extends Measurement> = AsyncGenerator<EventOf<C>, ResultOf<C>, void>;

/** The call's stream; as a run, where there is a project. */
export function asRun<C extends Measurement>(context: Context, job: JobOf<C>, options: CallOptions): Stream<C> {
  const { client, project } = context;
  if (project !== null) return recorded(context, job, options);
  return (client[job.call] as Calling<C>)(job.request, options);
}

/** Cancelling it cancels the job, whose rows stay. */
async function* recorded<C extends Measurement>(context: Context, job: JobOf<C>, options: CallOptions): Stream<C> {
  const { client, stderr, project } = context;
  const { run } = await client.start({ job: findable(job) });
  await stderr.write(`run: ${run} in ${project}\n`);
  try {
    const record = yield* events<C>(client, run, options);
    return validate(contract[job.call].result, resultOf(record), 'result') as unknown as ResultOf<C>;
  } catch (error) {
    if (options.signal?.aborted === true) await client.steer({ run, action: 'cancel' });
    throw error;
  }
}

/** The run is gone on with and repeated from other folders than this: a path on disk is written whole. */
function findable<C extends Measurement>({ call, request }: JobOf<C>): JobRequest {
  const { model } = request;
  return { call, request: { ...request, model: existsSync(model) ? resolve(model) : model } } as JobRequest;
}

async function* events<C extends Measurement>(
  client: Client,
  run: string,
  options: CallOptions,
): AsyncGenerator<EventOf<C>, RunRecord, void> {
  let shown: RunSummary['progress'] = null;
  const following = client.follow({ run }, options);
  for (;;) {
    const step = await following.next();
    if (step.done === true) return step.value.record;
    // The rows of a run are events of its own call.
    if (step.value.kind === 'rows') yield* step.value.rows.map(({ event }) => event as EventOf<C>);
    else if (step.value.summary.progress !== null && step.value.summary.progress !== shown) {
      shown = step.value.summary.progress;
      yield shown as EventOf<C>;
    }
  }
}

/** What the run's call returned. Throws what the run failed with. */
export function resultOf({ summary, result }: RunRecord): unknown {
  if (summary.state === 'done') return result;
  if (summary.error !== null) throw fromRecord(summary.error);
  if (summary.state === 'cancelled') throw new Cancelled();
  throw new Defect(`the run is ${summary.state}`);
}
