/** What a training run is told; results/train.ts checks files against the same declaration. */
import type { Config } from '../arch/architecture.ts';
import type { AdamWSettings } from './adamW.ts';
import type { Schedule } from './schedule.ts';
import type { StartSettings } from './startWeights.ts';

/** Steps with batches of one shape. */
export interface Stage {
  readonly steps: number;
  /** B */
  readonly rows: number;
  /** P */
  readonly length: number;
  /** Shares of the kinds of text, where they differ from the data's own. */
  readonly mix?: Readonly<Record<string, number>>;
}

/** Where the tokens come from. */
export type TrainData =
  | {
      readonly kind: 'generated';
      /** Share of each kind of text (engine/tasks/text). */
      readonly mix: Readonly<Record<string, number>>;
      /** Weight in the loss of tokens that their context does not determine. */
      readonly otherWeight: number;
    }
  | {
      readonly kind: 'tokens';
      /** Raw little-endian ids, one run of text after the other; paths from the configuration file's folder. */
      readonly files: readonly string[];
      readonly type: 'uint16' | 'uint32';
    };

export interface TrainConfig {
  /** config.json of the model, as the finished folder will have it. */
  readonly model: Config;
  /** Folder of the tokenizer's files, copied into the finished folder; generated text needs one. */
  readonly tokenizer?: string;
  readonly data: TrainData;
  readonly stages: readonly Stage[];
  readonly optimiser: { readonly kind: 'adamW' } & AdamWSettings;
  readonly schedule: Schedule;
  readonly start: StartSettings;
  readonly seed: number;
  /** Steps between checkpoints. */
  readonly checkpointEvery: number;
  /** Of the finished model's weights. */
  readonly dtype: 'float32' | 'float16';
}

export function stepsOf({ stages }: Pick<TrainConfig, 'stages'>): number {
  return stages.reduce((sum, { steps }) => sum + steps, 0);
}

/** The stage of a step (0-based). RangeError beyond the last. */
export function stageAt({ stages }: Pick<TrainConfig, 'stages'>, step: number): Stage {
  let end = 0;
  for (const stage of stages) {
    end += stage.steps;
    if (step < end) return stage;
  }
  throw new RangeError(`step ${step} is beyond the last stage`);
}
