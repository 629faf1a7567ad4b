/** Which dictionaries a training makes, on the command line: variants with their settings at every site, swept and seeded. */
import type { DictionaryKinds, DictionaryPlace, SettingInfo, SettingValues } from '../../results/dictionaries.ts';
import type { DictionaryToTrain } from '../../results/trainDictionaries.ts';
import { usualLearningRate } from '../../results/usualLearningRate.ts';
import type { Input } from '../input.ts';
import type { Option } from './command.ts';
import type { ModelShape } from './dictionarySites.ts';
import { dictionaryPlaces, placeTitle } from './dictionarySites.ts';

export const dictionaryOptions = {
  site: { type: 'string', multiple: true, value: 'S', about: 'what is read; repeatable: a dictionary for each' },
  variant: { type: 'string', value: 'V,V', about: 'kinds of dictionaries, one of each (default topK)' },
  features: {
    type: 'string',
    value: 'N',
    about: 'features of a dictionary (default 8 for each number of a row, 4096 at most)',
  },
  setting: { type: 'string', multiple: true, value: 'K=V', about: 'a setting of the variant; repeatable' },
  sweep: {
    type: 'string',
    multiple: true,
    value: 'K=V,V',
    about: 'a dictionary for each value of a setting, of lr or of features; repeatable: for each combination',
  },
  lr: {
    type: 'string',
    value: 'X',
    about: `learning rate (default 2e-4 sqrt(16384 / features) cbrt(100000 / steps), at most 0.01: ${usualLearningRate({ features: 512, steps: 3000 })} for 512 features and 3000 steps, ${usualLearningRate({ features: 4096, steps: 3000 })} for 4096; said before the first step)`,
  },
  seeds: { type: 'string', value: 'N', about: 'dictionaries of each kind, each from another seed (default 1)' },
  normalise: {
    type: 'string',
    value: 'averageNorm|none|constantNorm|layerNorm',
    about:
      'what is done to rows first (default averageNorm: one factor, so that their mean length is the root of their width)',
  },
  archetypal: {
    type: 'string',
    value: 'A[,R]',
    about: 'decoder rows are mixtures of A clusters of rows, up to a length R (default 0.1)',
  },
  remedy: {
    type: 'string',
    value: 'none|auxK|ghost|push|resample',
    about: 'what is done about dead features (default: as the variant does)',
  },
} as const satisfies Record<string, Option>;

/** Short names. */
const aliases: Readonly<Record<string, string>> = {
  mp: 'matchingPursuit',
  topk: 'topK',
  batchtopk: 'batchTopK',
  jumprelu: 'jumpReLU',
  vq: 'vectorQuantised',
  top1: 'topOne',
  relu: 'standard',
};

type Variant = DictionaryKinds['variants'][number];
type Value = SettingValues[string];

/** One dictionary of each combination. */
interface Choice {
  readonly variant: string;
  readonly settings: Readonly<Record<string, Value>>;
  /** Null: the usual one. */
  readonly lr: number | null;
  readonly features: number | null;
  /** What tells it from the others: `-k6`. */
  readonly suffix: string;
}

/** Throws Fault for sites, variants and settings that are not understood. `seed`: of the first; `steps`: of each. */
export function readDictionaries(
  input: Input,
  { variants }: DictionaryKinds,
  shape: ModelShape,
  { seed, steps }: { readonly seed: number; readonly steps: number },
): readonly DictionaryToTrain[] {
  const kinds = readVariants(input, variants);
  const places = input.texts('site').flatMap((text) => dictionaryPlaces(text, shape));
  if (places.length === 0) input.fail('--site is missing', { expected: 'a site such as L9H6.z' });
  const seeds = input.integer('seeds', { otherwise: 1, from: 1, to: 256 });
  const choices = kinds.flatMap((variant) => readChoices(input, variant));
  const common = readCommon(input);
  return places.flatMap((place) =>
    choices.flatMap(({ variant, settings, lr, features, suffix }) =>
      Array.from({ length: seeds }, (_, i): DictionaryToTrain => {
        const name = `${placeTitle(place)}-${variant}${suffix}${seeds > 1 ? `-seed${seed + i}` : ''}`;
        const size = features ?? Math.min(4096, 8 * rowWidth(place, shape));
        const learningRate = lr ?? usualLearningRate({ features: size, steps });
        const own = { variant, features: size, settings, learningRate, seed: seed + i };
        return { name, place, ...own, ...common };
      }),
    ),
  );
}

/** D of a dictionary that reads there. */
export function rowWidth({ site, head }: DictionaryPlace, { headWidth, width, heads }: ModelShape): number {
  return (site === 'z' ? headWidth : width) * (head === 'concatenated' ? heads : 1);
}

function readVariants(input: Input, variants: readonly Variant[]): readonly Variant[] {
  const expected = `some of ${variants.map(({ id }) => id).join(', ')}; or ${Object.keys(aliases).join(', ')}`;
  return (input.text('variant') ?? 'topK').split(',').map((text) => {
    const id = aliases[text.trim().toLowerCase()] ?? text.trim();
    return variants.find((variant) => variant.id === id) ?? input.fail('--variant', { expected, got: text });
  });
}

function readCommon(input: Input): Pick<DictionaryToTrain, 'normalisation' | 'archetypal' | 'remedy'> {
  const remedy = input.choice('remedy', ['none', 'auxK', 'ghost', 'push', 'resample']);
  const archetypal = readArchetypal(input);
  return {
    normalisation: input.choice('normalise', ['averageNorm', 'none', 'constantNorm', 'layerNorm']) ?? 'averageNorm',
    ...(remedy === undefined ? {} : { remedy }),
    ...(archetypal === null ? {} : { archetypal }),
  };
}

function readArchetypal(input: Input): NonNullable<DictionaryToTrain['archetypal']> | null {
  const text = input.text('archetypal');
  if (text === undefined) return null;
  const [, anchors, relaxation] = /^(\d{1,6})(?:,(\d*\.?\d+))?$/.exec(text) ?? [];
  if (anchors === undefined)
    return input.fail('--archetypal', { expected: 'clusters and a length such as 256,0.1', got: text });
  return { anchors: Number(anchors), relaxation: Number(relaxation ?? 0.1) };
}

/** Every combination of what is swept. */
function readChoices(input: Input, variant: Variant): readonly Choice[] {
  const lr = input.text('lr') === undefined ? null : input.number('lr', { otherwise: 1e-3, from: 1e-9 });
  const features =
    input.text('features') === undefined ? null : input.integer('features', { otherwise: 1, from: 1, to: 1_000_000 });
  const fixed = input.texts('setting').map((text) => pairOf(input, '--setting', text));
  const settings = Object.fromEntries(fixed.map(([name, text]) => valueOf(input, variant, name, text)));
  const start: readonly Choice[] = [{ variant: variant.id, settings, lr, features, suffix: '' }];
  return input.texts('sweep').reduce((choices, text) => {
    const [name, list] = pairOf(input, '--sweep', text);
    return choices.flatMap((choice) => list.split(',').map((value) => withValue(input, variant, choice, name, value)));
  }, start);
}

function withValue(input: Input, variant: Variant, choice: Choice, name: string, text: string): Choice {
  const suffix = `${choice.suffix}-${name}${text.replace(/[^A-Za-z0-9._-]/g, '')}`;
  if (name === 'lr' || name === 'features') {
    const value = Number(text);
    if (!(value > 0) || (name === 'features' && !Number.isInteger(value)))
      input.fail(`--sweep ${name}`, {
        expected: name === 'lr' ? 'numbers above 0' : 'whole numbers from 1',
        got: text,
      });
    return { ...choice, [name]: value, suffix };
  }
  const [known, value] = valueOf(input, variant, name, text);
  return { ...choice, settings: { ...choice.settings, [known]: value }, suffix };
}

function pairOf(input: Input, option: string, text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) input.fail(option, { expected: 'NAME=VALUE', got: text });
  return [text.slice(0, at), text.slice(at + 1)];
}

/** What the others call k is the number of steps of a pursuit. Its range is for training to check. */
function valueOf(input: Input, variant: Variant, name: string, text: string): readonly [string, Value] {
  const meant = name === 'k' && variant.id === 'matchingPursuit' ? 'steps' : name;
  const setting = variant.settings.find((one) => one.name === meant);
  if (setting !== undefined) return [meant, parsed(input, setting, text)];
  const expected = variant.settings.map((one) => one.name).join(', ') || 'none';
  return input.fail(`no such setting of ${variant.id}`, { expected, got: name });
}

function parsed(input: Input, setting: SettingInfo, text: string): Value {
  const number = (part: string) => {
    const value = Number(part);
    return part.trim() !== '' && Number.isFinite(value)
      ? value
      : input.fail(`setting ${setting.name}`, { expected: 'a number', got: part });
  };
  switch (setting.kind) {
    case 'number':
      return number(text);
    case 'list':
      return text.split(/[,:]/).map(number);
    case 'flag':
      return text === 'true' || text === 'false'
        ? text === 'true'
        : input.fail(`setting ${setting.name}`, { expected: 'true or false', got: text });
    case 'choice':
      return text;
  }
}
