/**
 * Shapley values of units for the loss, from sampled orders of removal.
 *   phi_u = E over orders of L(S - u) - L(S), S what is left when u's turn comes; sum over u of phi_u = L(none) - L(all)
 * Orders come in pairs, one the reverse of the other (Mitchell et al. 2022, section 4.1): each is drawn from its own seed, so
 * that a run that goes on draws the same. An order is cut short where what is left is as good as nothing,
 * |L(none) - L(S)| < t |L(none) - L(all)| (after Ghorbani and Zou 2019, algorithm 1), and the rest of the difference is shared
 * by those still in evenly, so that every order's shares sum to L(none) - L(all).
 */
import type { Model } from '../../run/index.ts';
import type { Replacement } from '../../run/replacements.ts';
import { numberedRandom } from '../../tensor/random.ts';
import type { TextScene } from './ablateUnits.ts';
import { meanSeconds } from './timed.ts';
import type { ImportanceUnit } from './units.ts';
import { replacementOf, unitPlaces } from './units.ts';
import { WindowRuns } from './windowRuns.ts';

export interface GameRequest {
  readonly unit: ImportanceUnit;
  /** Orders; an odd number leaves the last without its reverse. */
  readonly orders: number;
  /** t; 0 cuts no order short. */
  readonly tolerance: number;
  /** The first windows of the text. */
  readonly windows: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
}

export interface PlayedOrder {
  readonly order: number;
  /** By unit, layer by layer: what the loss rose by at its turn, nats a token. */
  readonly shares: readonly number[];
  /** Losses that were measured. */
  readonly measured: number;
  /** Units that were still in when it was cut short; 0 where it was not. */
  readonly left: number;
}

/** Losses of the text with all units and with none. */
export interface GameEnds {
  readonly all: number;
  readonly none: number;
}

export class Game {
  readonly #model: Model;
  readonly #scene: TextScene;
  readonly #request: GameRequest;
  readonly #parts: readonly Replacement[];
  readonly #runs: WindowRuns;
  #ends: GameEnds | null = null;

  constructor(model: Model, scene: TextScene, request: GameRequest) {
    const windows = scene.windows.slice(0, request.windows);
    this.#model = model;
    this.#scene = { ...scene, windows };
    this.#request = request;
    this.#parts = unitPlaces(model.family.shape, request.unit).map((place) =>
      replacementOf(model.family, request.unit, place),
    );
    this.#runs = new WindowRuns(model, windows, { means: scene.means, keeps: true });
  }

  get players(): number {
    return this.#parts.length;
  }

  async ends(): Promise<GameEnds> {
    this.#ends ??= { all: this.#cleanLoss(), none: await this.loss(this.#parts.map((_, player) => player)) };
    return this.#ends;
  }

  /** Mean loss of a predicted token without these units. */
  async loss(removed: readonly number[]): Promise<number> {
    if (removed.length === 0) return this.#cleanLoss();
    const copies = [removed.map((player) => this.#parts[player] as Replacement)];
    const { signal } = this.#request;
    const byWindow: Float32Array[] = [];
    for (const window of this.#scene.windows.keys()) {
      const [losses] = await this.#model.exclusive(async () => {
        const stream = await this.#runs.run({ window, copies, by: 'zero', signal });
        return this.#scene.losses.losses(window, stream);
      });
      byWindow.push(losses ?? new Float32Array());
    }
    return meanOf(byWindow);
  }

  /** One order from its first removal to its last. */
  async play(order: number): Promise<PlayedOrder> {
    const { all, none } = await this.ends();
    const players = this.order(order);
    const shares = players.map(() => 0);
    let before = all;
    let measured = 0;
    for (const [turn, player] of players.entries()) {
      const isLast = turn + 1 === players.length;
      if (!isLast && this.#isOver(before)) {
        const left = players.slice(turn);
        for (const rest of left) shares[rest] = (none - before) / left.length;
        return { order, shares, measured, left: left.length };
      }
      const after = isLast ? none : await this.loss(players.slice(0, turn + 1));
      measured += isLast ? 0 : 1;
      shares[player] = after - before;
      before = after;
    }
    return { order, shares, measured, left: 0 };
  }

  /** Mean seconds of one of so many losses, along the first order; the first one makes the programs and is not counted. */
  async secondsPerLoss(losses: number): Promise<number> {
    const players = this.order(0);
    const without = (share: number) => this.loss(players.slice(0, Math.ceil(players.length * share)));
    await without(0.5);
    return meanSeconds(
      [0.25, 0.5, 0.75].map((share) => () => without(share)),
      losses,
    );
  }

  /** Players in the order in which they go. */
  order(order: number): number[] {
    const pair = Math.floor(order / 2);
    // Every pair its own generator.
    const drawn = numberedRandom(this.#request.seed, pair + 1).shuffled(this.#parts.map((_, player) => player));
    return order % 2 === 0 ? drawn : drawn.toReversed();
  }

  #isOver(loss: number): boolean {
    if (this.#ends === null) return false;
    const { all, none } = this.#ends;
    return Math.abs(none - loss) < this.#request.tolerance * Math.abs(none - all);
  }

  #cleanLoss(): number {
    return meanOf(this.#scene.clean.slice(0, this.#request.windows));
  }
}

function meanOf(losses: readonly Float32Array[]): number {
  let [sum, count] = [0, 0];
  for (const list of losses) {
    for (const loss of list) sum += loss;
    count += list.length;
  }
  return sum / count;
}
