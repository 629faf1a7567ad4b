/** What all methods on codes share: rows of a few prompts make a dictionary, all prompts get codes, and those are counted. */
import type { CircuitScene, NodeScores, RankOptions } from '../../engine/circuits/method.ts';
import { numberedRandom } from '../../engine/tensor/random.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { SettingValue, ValuesOf } from '../../engine/terms/settings.ts';
import type { Dictionary } from '../dictionary.ts';
import type { Rows } from '../rows.ts';
import { CodeProgram } from './codeProgram.ts';
import type { CodeStatistic } from './codeStatistics.ts';
import { jensenShannon, mutualInformation, ownCodes, ownShare } from './codeStatistics.ts';
import type { CountedWrites } from './countedWrites.ts';
import type { HeadCodes } from './headCodes.ts';
import { headCodes } from './headCodes.ts';
import { drawnWrites, drawOf, labellingCount, rankedHeads } from './headRanking.ts';
import type { LabelScorer } from './labelScorer.ts';
import { normalisationSettings } from './normalised.ts';
import { Pace } from './pace.ts';
import { preparationSettings, preparedWrites } from './preparedWrites.ts';
import { promptSettings } from './promptChoice.ts';

/** Of every method on codes, whatever they are counted by. */
export const codeSettings = {
  features: {
    kind: 'number',
    title: 'codes',
    about: 'how many there are: features of the dictionary',
    default: 200,
    range: [2, 16_384],
    whole: true,
  },
  trainedPrompts: {
    kind: 'number',
    title: 'prompts trained on',
    about: 'of both classes together, drawn by the seed',
    default: 10,
    range: [1, 100_000],
    whole: true,
  },
  ...promptSettings,
  ...preparationSettings,
  inactive: {
    kind: 'flag',
    title: 'a code for none',
    about: 'where no feature is active the code is one of its own, and not that of the first feature, as published',
    default: false,
  },
  ...normalisationSettings,
} as const;

/** How codes are counted for the score of a single head. */
export const statisticSettings = {
  statistic: {
    kind: 'choice',
    title: 'statistic',
    about:
      'ownCodes: codes that positive prompts alone have, as published. ownShare: divided by all codes of the head. ' +
      'mutualInformation, jensenShannon: of code and class, counting how often each code occurs',
    default: 'ownCodes',
    choices: ['ownCodes', 'ownShare', 'mutualInformation', 'jensenShannon'],
  },
} as const;

type StatisticName = ValuesOf<typeof statisticSettings>['statistic'];

export const statistics: Readonly<Record<StatisticName, CodeStatistic>> = {
  ownCodes,
  ownShare,
  mutualInformation,
  jensenShannon,
};

/** How the rows of a few prompts become a dictionary. */
export interface CodeSource {
  /** What it is, with every setting that it reads besides `codeSettings`: sources of the same key and seed give the same codes. */
  readonly key: readonly SettingValue[];
  /** Pieces of work that it tells. */
  readonly steps: number;
  readonly dictionary: (rows: Rows, seed: number, pace: Pace) => Promise<Dictionary>;
}

type Settings = ValuesOf<typeof codeSettings>;

interface MadeCodes {
  readonly codes: HeadCodes;
  /** That making them took. */
  readonly seconds: number;
}

/** Of a scene, by source, settings and seed: scores that differ only in how codes are counted share them. */
const known = new WeakMap<CircuitScene, Map<string, Promise<MadeCodes>>>();

/** Throws Fault where prompts have no negatives or are too few, and for writes that are not finite. */
export async function rankByCodes(
  scene: CircuitScene,
  settings: Settings,
  options: RankOptions,
  source: CodeSource,
  scorerOf: (codes: HeadCodes) => LabelScorer,
): Promise<NodeScores> {
  const writes = await drawnWrites(scene, settings, options);
  const encoding = source.steps + writes.prompts;
  const pace = new Pace(scene.signal, options.onProgress, encoding + labellingCount(settings, options));
  const key = keyOf(settings, options, source);
  const found = known.get(scene)?.get(key);
  const { codes, seconds } = await (found ?? remembered(scene, key, encoded(writes, settings, options, source, pace)));
  if (found !== undefined) await pace.advance(encoding);
  const ranked = await rankedHeads(scene, writes, settings, options, scorerOf(codes), pace);
  return found === undefined ? ranked : { ...ranked, sharedSeconds: seconds };
}

function keyOf(settings: Settings, { seed }: RankOptions, { key }: CodeSource): string {
  const names = Object.keys(codeSettings).filter((name) => !(name in normalisationSettings)) as (keyof Settings)[];
  return JSON.stringify([...key, seed, ...names.map((name) => settings[name])]);
}

function remembered(scene: CircuitScene, key: string, made: Promise<MadeCodes>): Promise<MadeCodes> {
  const ofScene = known.get(scene) ?? new Map<string, Promise<MadeCodes>>();
  known.set(scene, ofScene.set(key, made));
  made.catch(() => ofScene.delete(key));
  return made;
}

async function encoded(
  writes: CountedWrites,
  settings: Settings,
  { seed }: RankOptions,
  { dictionary }: CodeSource,
  pace: Pace,
): Promise<MadeCodes> {
  const started = performance.now();
  const rows = preparedWrites(writes, settings);
  const trainedOn = drawnPrompts(writes, settings.trainedPrompts, seed);
  const program = await CodeProgram.create(await dictionary(rows(trainedOn), seed, pace), settings.inactive);
  try {
    const codes = await headCodes(writes, rows, program, pace);
    return { codes, seconds: (performance.now() - started) / 1000 };
  } finally {
    await program.release();
  }
}

/** Of both classes together, as it comes. */
function drawnPrompts({ prompts }: CountedWrites, wanted: number, seed: number): readonly number[] {
  if (wanted > prompts)
    throw new Fault({
      what: 'prompts trained on',
      expected: `at most ${prompts}, which there are`,
      got: String(wanted),
    });
  const random = numberedRandom(seed, drawOf.training);
  return random.shuffled(Array.from({ length: prompts }, (_, prompt) => prompt)).slice(0, wanted);
}
