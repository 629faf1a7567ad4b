/** An open model: files, family, tokenizer, programs. */
import type { Architecture, Family } from '../arch/architecture.ts';
import { checkWeights } from '../arch/checkWeights.ts';
import { familyOf } from '../arch/index.ts';
import type { ModelFiles } from '../files/modelFiles.ts';
import { openModelFiles } from '../files/open.ts';
import { verifyTensors } from '../files/verifyTensors.ts';
import type { Tokenizer } from '../files/tokenizer/index.ts';
import { checkVocabulary, configuredEnds, createTokenizer } from '../files/tokenizer/index.ts';
import { Fault } from '../terms/fault.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Activations, ForwardHost, ForwardRequest } from './forward.ts';
import { forward } from './forward.ts';
import type { GeneratedToken, GenerateRequest } from './generate.ts';
import { generate } from './generate.ts';
import { chooseMode, freeMemory, memoryEstimate, requireFits } from './memory.ts';
import type { ProgramPart } from './program.ts';
import { Programs } from './programs.ts';
import { Turns, withPriority } from './turns.ts';
import type { WeightMode } from './weightStore.ts';
import { WeightStore } from './weightStore.ts';

export interface OpenOptions {
  /** `auto`: float32 unless that would take more than half of the free memory. */
  readonly weights?: WeightMode | 'auto';
  /** Bytes; what the system says is free where omitted. */
  readonly memoryBudget?: number;
  readonly signal?: AbortSignal;
  /** Programs made, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What is known of a model before its weights are read. */
export interface ModelDescription {
  readonly files: ModelFiles;
  readonly architecture: Architecture;
  readonly family: Family;
}

/** Reads headers and config only. Throws Fault for an unknown family, a config that is not understood, weights that don't fit it. */
export async function describeModel(path: string): Promise<ModelDescription> {
  const files = await openModelFiles(path);
  return ofModel(path, () => {
    const { architecture, family } = familyOf(files.config);
    checkWeights(family, files.tensors);
    return { files, architecture, family };
  });
}

/** A Fault found inside a model says which model. */
function ofModel<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Fault) || error.parts.where?.startsWith(path) === true) throw error;
    const { where } = error.parts;
    throw new Fault({ ...error.parts, where: where === undefined ? path : `${path}, ${where}` });
  }
}

/** Opens a model for running: checks that it fits, makes every plain program. */
export async function openModel(path: string, options: OpenOptions = {}): Promise<Model> {
  const description = await describeModel(path);
  const budget = options.memoryBudget ?? freeMemory();
  const chosen = options.weights ?? 'auto';
  const mode = chosen === 'auto' ? chooseMode(description.files, description.family, budget) : chosen;
  requireFits(memoryEstimate(description.files, description.family, mode), budget, path);
  const model = new Model(description, mode);
  await model.prepare(options);
  return model;
}

class NotFinite extends Fault {
  constructor(layer: number, path: string) {
    super({ what: `the stream after layer ${layer} is not finite`, where: path });
  }
}

export class Model implements ForwardHost {
  readonly files: ModelFiles;
  readonly architecture: Architecture;
  readonly family: Family;
  readonly weights: WeightMode;
  readonly programs: Programs;
  #tokenizer: Tokenizer | undefined;
  readonly #turns = new Turns();
  /** Layers whose stream was seen to be finite, from the first on. */
  #checkedLayers = 0;

  constructor({ files, architecture, family }: ModelDescription, weights: WeightMode) {
    this.files = files;
    this.architecture = architecture;
    this.family = family;
    this.weights = weights;
    this.programs = new Programs(family, new WeightStore(files, weights));
  }

  /** Throws Fault with the reason where the model came without a tokenizer, or with one for another vocabulary. */
  get tokenizer(): Tokenizer {
    if (this.#tokenizer === undefined) {
      this.#tokenizer = ofModel(this.files.path, () => {
        const tokenizer = createTokenizer(this.files.tokenizer, this.files.config, this.files.generationConfig);
        checkVocabulary(tokenizer, this.family.shape.vocabulary);
        return tokenizer;
      });
    }
    return this.#tokenizer;
  }

  /** Why there is no tokenizer, or null. */
  get tokenizerReason(): string | null {
    return this.files.tokenizer.kind === 'none' ? this.files.tokenizer.reason : null;
  }

  /** Tokens that end a generation: the tokenizer's, else those of the configs. */
  get endIds(): readonly number[] {
    if (this.tokenizerReason === null) return this.tokenizer.eosIds;
    const { config, generationConfig } = this.files;
    return configuredEnds(config, generationConfig, this.family.shape.outputVocabulary);
  }

  async prepare({ signal, onProgress }: OpenOptions): Promise<void> {
    const parts = allParts(this.family);
    for (const [i, part] of parts.entries()) {
      signal?.throwIfAborted();
      await this.programs.get(part);
      onProgress?.(i + 1, parts.length);
    }
  }

  forward(request: ForwardRequest): Promise<Activations> {
    return this.exclusive(() => forward(this, request));
  }

  async *generate(
    request: Omit<GenerateRequest, 'endIds'> & { readonly endIds?: readonly number[] },
  ): AsyncGenerator<GeneratedToken> {
    const steps = generate(this, { ...request, endIds: request.endIds ?? this.endIds });
    for (;;) {
      const step = await this.exclusive(() => steps.next());
      if (step.done === true) return;
      yield step.value;
    }
  }

  /** Runs `act` alone on the model, in the order that turns.ts keeps. Never within itself. */
  exclusive<T>(act: () => Promise<T>): Promise<T> {
    return this.#turns.exclusive(() => act().catch((error: unknown) => this.#nameBadWeight(error)));
  }

  /** Mapped weights are not read by us: when the stream is not finite, a look at all of them names the bad one. */
  async #nameBadWeight(error: unknown): Promise<never> {
    if (!(error instanceof NotFinite) || this.weights !== 'mapped') throw error;
    const [bad] = await verifyTensors(this.files);
    throw bad ?? error;
  }

  /** Once per layer: the weights were seen to be finite when they were read, but their products may overflow. */
  checkStream(layer: number, stream: Tensor): void {
    if (layer < this.#checkedLayers) return;
    if (!stream.data.every(Number.isFinite)) throw new NotFinite(layer, this.files.path);
    this.#checkedLayers = layer + 1;
  }

  /** After all that was asked before: a job that stepped aside for a moment still needs its programs. */
  async dispose(): Promise<void> {
    await withPriority('job', () => this.exclusive(() => this.programs.dispose()));
  }
}

function allParts(family: Family): ProgramPart[] {
  const blocks = Array.from(
    { length: family.shape.layers },
    (_, layer) => ({ kind: 'block', layer, narrow: false }) as const,
  );
  return [{ kind: 'embed' }, ...blocks, { kind: 'unembed' }];
}
