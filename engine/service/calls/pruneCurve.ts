/** Loss, divergence and task metric against how many units are gone. */
import { Samples } from '../../prune/calibration/samples.ts';
import { headsOfUnits } from '../../prune/plan/planUnit.ts';
import { removedSizes } from '../../prune/plan/removedSizes.ts';
import type { CurveEvent, CurveRequest } from '../../prune/curve/pruneCurve.ts';
import { curveDraws, pruneCurve } from '../../prune/curve/pruneCurve.ts';
import { TaskScene } from '../../prune/curve/taskChange.ts';
import { TextScene } from '../../prune/curve/textChange.ts';
import type { PruneCurveHeader } from '../../results/pruneCurve.ts';
import type { RequestOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import type { ModelSource } from '../openModels.ts';
import { calibrationOf, windowsOf } from './calibration.ts';
import { numbersOf, requireFinite } from './finite.ts';
import { identityOf } from './identity.ts';
import type { Measured } from './measuredPrompts.ts';
import { measuredPrompts } from './measuredPrompts.ts';
import type { PlainWindows } from './plainWindows.ts';
import { textFactsOf } from './textFacts.ts';

type Request = RequestOf<'pruneCurve'>;

export function pruneCurveCall(models: ModelSource): Service['pruneCurve'] {
  const scenes = new LatestScenes();
  return async function* curve(request, { signal }) {
    const started = performance.now();
    const { model, release } = await models.lease(request, signal);
    try {
      const text = calibrationOf(model, request.texts, request.seed);
      const windows = windowsOf(text, request.texts);
      const samples = new Samples(text, request.seed);
      const task = taskOf(model, request);
      const asked = askedOf(request, signal);
      yield { kind: 'start', header: headerOf(model, request, asked, { windows, samples, task }) };
      const scene = { ...scenes.of(model, { windows, samples, task }), samples };
      for await (const event of pruneCurve(model, scene, asked)) {
        await requireFinite(model, 'loss of a pruned model', numbersOf(summariesOf(event)), signal);
        yield event.kind === 'progress' ? { ...event, of: 'points' } : event;
      }
      const warnings = windows.note === null ? [] : [windows.note];
      return { seconds: (performance.now() - started) / 1000, warnings };
    } finally {
      release();
    }
  };
}

interface Measuring {
  readonly windows: PlainWindows;
  readonly samples: Samples;
  readonly task: Measured | null;
}

interface Scene {
  readonly key: string;
  readonly text: TextScene;
  readonly task: TaskScene | null;
}

/** The full model's predictions on the latest text and task: a slider asks for one point after the other. */
class LatestScenes {
  readonly #latest = new WeakMap<Model, Scene>();

  of(model: Model, { windows, task }: Measuring): Scene {
    const key = JSON.stringify([windows.tokenIdsSha256, task?.metric, task?.prompts]);
    const latest = this.#latest.get(model);
    if (latest?.key === key) return latest;
    const text = new TextScene(model, windows.rows);
    const scene = { key, text, task: task === null ? null : new TaskScene(model, task) };
    this.#latest.set(model, scene);
    return scene;
  }
}

function askedOf(
  { unit, order, points, draws, kept = [], seed, done = 0 }: Request,
  signal: AbortSignal,
): CurveRequest {
  return { unit, order, points: [...new Set(points)].toSorted((a, b) => a - b), draws, kept, seed, done, signal };
}

function taskOf(model: Model, { task, metric }: Request): Measured | null {
  if (task === undefined) return null;
  return measuredPrompts(model, { prompts: task, ...(metric === undefined ? {} : { metric }) });
}

function headerOf(
  model: Model,
  request: Request,
  asked: CurveRequest,
  { windows, samples, task }: Measuring,
): PruneCurveHeader {
  const { unit, order, points, seed } = asked;
  const { shape } = model.family;
  const sizeAt = (units: number) => {
    const none = { heads: 0, parameters: 0, kvBytes: 0 };
    return { units, ...(units === 0 ? none : removedSizes(model, headsOfUnits(shape, unit, order.slice(0, units)))) };
  };
  return {
    ...{ model: identityOf(model), shape, unit, order, points, seed },
    random: curveDraws(model, asked).map(({ order: drawn, shared }) => ({ order: drawn, shared })),
    sizes: points.map(sizeAt),
    texts: textFactsOf(windows, samples, request.texts.length),
    task: task === null ? null : { name: task.dataset, n: task.prompts.length, metricId: task.metric },
  };
}

function summariesOf(event: CurveEvent) {
  if (event.kind === 'progress') return [];
  const ofText = event.kind === 'full' ? [event.loss] : [event.loss, event.change, event.kl];
  return event.metric === null ? ofText : [...ofText, event.metric];
}
