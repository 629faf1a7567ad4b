/** Trains the gates of DuoAttention. */
import type { DuoHeader, DuoStep, PerKvHead } from '../../results/duo.ts';
import type { RequestOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import { Fault } from '../../terms/fault.ts';
import { requireLengths, trainingText } from '../../train/duo/duoTexts.ts';
import { requireRoom } from '../../train/duo/gateMemory.ts';
import type { GateState } from '../../train/duo/gateState.ts';
import { startGates } from '../../train/duo/gateState.ts';
import type { GateStepTaken } from '../../train/duo/trainGates.ts';
import { meanOf, requireGateable, trainGates } from '../../train/duo/trainGates.ts';
import type { ModelSource } from '../openModels.ts';
import { identityOf } from './identity.ts';
import { forTasks } from './prompts.ts';

type Request = RequestOf<'duo'>;

export function duoCall(models: ModelSource): Service['duo'] {
  return async function* trainDuo(request, { signal }) {
    const started = performance.now();
    const { model, release } = await models.lease(request, signal);
    try {
      const from = stateOf(model, request);
      requireGateable(model.family);
      requireLengths(request.lengths, model.family.shape.context);
      requireRoom(model.family, request.lengths.to);
      const tokenizer = forTasks(model.tokenizer);
      yield { kind: 'start', header: headerOf(model, request) };
      const { steps, sink, recent, learningRate, regularisation } = request;
      const textAt = (step: number) => trainingText(tokenizer, request, step);
      const training = { steps, sink, recent, learningRate, regularisation, textAt, from, signal };
      let last = from;
      for await (const taken of trainGates(model, training)) {
        last = taken.state;
        yield toEvent(taken);
        yield { kind: 'progress', of: 'steps', done: last.step, total: steps };
      }
      const seconds = (performance.now() - started) / 1000;
      return { gates: byLayer(last.gates, model), steps, seconds, warnings: warningsOf(last.gates) };
    } finally {
      release();
    }
  };
}

/** What the request goes on from. Throws Fault where that is no state of this model's gates. */
function stateOf({ family }: Model, { from, steps }: Request): GateState {
  const count = family.shape.layers * family.shape.kvHeads;
  if (from === undefined) return startGates(count);
  const { step, gates, first, second } = from;
  const bad = [gates, first, second].find((values) => values.length !== count);
  if (bad !== undefined) {
    throw new Fault({ what: 'gates of another model', expected: `${count} KV heads`, got: String(bad.length) });
  }
  if (step > steps) throw new Fault({ what: 'steps taken before', expected: `at most ${steps}`, got: String(step) });
  const [a, b, c] = [gates, first, second].map((values) => Float32Array.from(values)) as [Values, Values, Values];
  return { step, gates: a, first: b, second: c };
}

type Values = Float32Array<ArrayBuffer>;

function headerOf(model: Model, { steps, sink, recent, lengths, passkeys, ...request }: Request): DuoHeader {
  const { learningRate, regularisation, seed } = request;
  return {
    model: identityOf(model),
    shape: model.family.shape,
    settings: { steps, sink, recent, lengths, passkeys, learningRate, regularisation, seed },
    compared: model.family.lacks.finalNorm === undefined ? 'finalNorm' : 'residPost',
    notes: [
      'The filler is made-up sentences of our own instead of BookSum; a length is that of the whole text.',
      ...(passkeys === null ? ['Passkeys are scaled to the text: one per 128 tokens, a word per 100 tokens.'] : []),
      ...(steps < 2000 ? [`${steps} steps instead of the 2,000 of the paper.`] : []),
    ],
  };
}

function toEvent({ state, ...taken }: GateStepTaken): DuoStep {
  const { step, gates, first, second } = state;
  const lists = { gates: [...gates], first: [...first], second: [...second] };
  return { kind: 'step', step, ...lists, ...taken, meanGate: meanOf(gates) };
}

function byLayer(gates: Float32Array, { family }: Model): PerKvHead {
  const { layers, kvHeads } = family.shape;
  return Array.from({ length: layers }, (_, layer) => [...gates.subarray(layer * kvHeads, (layer + 1) * kvHeads)]);
}

function warningsOf(gates: Float32Array): string[] {
  if (new Set(gates).size > 1) return [];
  return ['Every gate is the same: the training was too short to tell heads apart.'];
}
