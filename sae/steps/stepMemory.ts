/** Weights, moments and gradient of one dictionary in the memory of WebAssembly, where ONNX Runtime reads them too. */
import type { AdamWSettings } from '../../engine/train/adamW.ts';
import { biasCorrection } from '../../engine/train/adamW.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { NormConstraint } from '../variants/variant.ts';
import { normCodes } from '../wasm/adam.ts';
import { ModuleBuilder, PAGE } from '../wasm/moduleBuilder.ts';
import { Instance, Memory, Module } from '../wasm/webAssembly.ts';
import type { Part, StepLayout, WeightRows } from './stepLayout.ts';
import { addressOf, numbers, stepLayout } from './stepLayout.ts';
import { defineUpdates, kernelNames } from './updateKernels.ts';

/** Of a weight that changes. */
export interface UpdateRule {
  readonly name: string;
  readonly norm: keyof typeof normCodes;
  readonly decays: boolean;
}

export interface StepUpdate {
  readonly rules: readonly UpdateRule[];
  readonly optimiser: AdamWSettings;
  readonly rate: number;
  /** Counted from 1. */
  readonly step: number;
}

/** Constraints that the kernels know; `simplex` is not among them. */
export function isKernelNorm(norm: NormConstraint | 'simplex'): norm is keyof typeof normCodes {
  return Object.hasOwn(normCodes, norm);
}

/** Throws Fault where a memory of these does not fit into 4 GiB; nothing is allocated. */
export function requireStepRoom(weights: readonly WeightRows[], work: Readonly<Record<string, number>>): void {
  layoutWith(weights, work);
}

/** With room for the squares of a weight's rows. */
function layoutWith<Work extends string>(weights: readonly WeightRows[], work: Readonly<Record<Work, number>>) {
  const longest = Math.max(...weights.map(({ rows }) => rows));
  return stepLayout<Work | 'squares'>(weights, { ...work, squares: longest });
}

function allocated(pages: number) {
  try {
    return new Memory({ initial: pages, maximum: pages });
  } catch {
    const expected = `${Math.ceil((pages * PAGE) / 2 ** 20)} MiB`;
    throw new Fault({ what: 'no memory for a training step', expected });
  }
}

export class StepMemory<Work extends string> {
  readonly layout: StepLayout<Work>;
  readonly exports: Readonly<Record<string, (...values: number[]) => void>>;
  readonly #floats: Float32Array;
  readonly #buffer: ArrayBuffer;

  /** `define` adds kernels of one's own. Throws Fault where it does not fit into memory. */
  constructor(
    weights: readonly WeightRows[],
    work: Readonly<Record<Work, number>>,
    define?: (module: ModuleBuilder, layout: StepLayout<Work | 'squares'>) => void,
  ) {
    const layout = layoutWith(weights, work);
    const module = new ModuleBuilder(layout.pages, { shared: false });
    for (const length of new Set(weights.map((weight) => weight.length))) defineUpdates(module, length);
    define?.(module, layout);
    const memory = allocated(layout.pages);
    this.layout = layout;
    this.exports = new Instance(new Module(module.bytes()), { env: { memory } }).exports;
    this.#buffer = memory.buffer;
    this.#floats = new Float32Array(memory.buffer);
  }

  /** Where it lies: valid as long as the memory. */
  view(part: Part, name: string): Float32Array {
    const { rows, length } = this.#weight(name);
    return new Float32Array(this.#buffer, addressOf(this.layout, part, name), rows * length);
  }

  floats(work: Work, count: number): Float32Array {
    return new Float32Array(this.#buffer, this.layout.work[work], count);
  }

  words(work: Work, count: number): Int32Array {
    return new Int32Array(this.#buffer, this.layout.work[work], count);
  }

  clearGradients(): void {
    for (const { name } of this.layout.weights) this.view('gradient', name).fill(0);
  }

  /** Adam with clipping, and what holds rows, from the gradients as they lie. The gradient's length before clipping. */
  update({ rules, optimiser, rate, step }: StepUpdate): number {
    for (const { name, norm } of rules) if (norm === 'sphere') this.#call('tangent', name, ['gradient', 'weight']);
    const length = Math.sqrt(rules.reduce((sum, { name }) => sum + this.#square(name), 0));
    this.#setNumbers(optimiser, rate, step, length);
    for (const { name, norm, decays } of rules) {
      const kept = decays ? 1 - rate * optimiser.weightDecay : 1;
      this.#call('adam', name, ['weight', 'gradient', 'first', 'second'], kept);
      if (norm !== 'free') this.#call('hold', name, ['weight'], normCodes[norm]);
    }
    return length;
  }

  #square(name: string): number {
    const { rows } = this.#weight(name);
    const { squares } = this.layout.work as Readonly<Record<string, number>>;
    this.#call('square', name, ['gradient'], squares as number);
    return new Float32Array(this.#buffer, squares, rows).reduce((sum, square) => sum + square, 0);
  }

  #call(kernel: keyof typeof kernelNames, name: string, parts: readonly Part[], ...rest: readonly number[]): void {
    const { rows, length } = this.#weight(name);
    const addresses = parts.map((part) => addressOf(this.layout, part, name));
    this.exports[kernelNames[kernel](length)]?.(...addresses, rows, ...rest);
  }

  #weight(name: string): WeightRows {
    const found = this.layout.weights.find((weight) => weight.name === name);
    if (found === undefined) throw new RangeError(`step: no weight ${name}`);
    return found;
  }

  #setNumbers({ betas: [beta1, beta2], epsilon, clip }: AdamWSettings, rate: number, step: number, norm: number): void {
    const values: Readonly<Record<keyof typeof numbers, number>> = {
      ...{ beta1, beta2, fresh1: 1 - beta1, fresh2: 1 - beta2, epsilon },
      rate: rate * biasCorrection(beta1, step),
      correction: biasCorrection(beta2, step),
      clip: clip === null ? 1 : Math.min(1, clip / (norm + 1e-6)),
    };
    for (const [name, value] of Object.entries(values)) this.#floats[numbers[name as keyof typeof numbers] / 4] = value;
  }
}
