/** A block whose attention is partly full and partly streaming, with one gate for each KV head. */
import type { Family } from '../../arch/architecture.ts';
import type { GraphBuilder as Builder, Sizes } from '../../graph/builder.ts';
import { GraphBuilder } from '../../graph/builder.ts';
import { vectorJacobian } from '../../graph/gradient.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Value } from '../../graph/value.ts';
import { rotaryWidth, STREAM } from '../../run/program.ts';
import { noTaps, ProgramTaps } from '../../run/taps.ts';
import type { Site } from '../../terms/sites.ts';

/** [G]: 1 is full attention, 0 streaming. */
export const GATES = 'gates';
/** [B P K]: the block's own mask, and hidden too what a streaming head does not see. */
export const STREAMING_MASK = 'streamingMask';

/** residPre [B P D], gates [G] -> stream [B P D], at all positions of uncached rows. `sizes`: of axes to fix besides the family's. */
export function gatedBlock(family: Family, layer: number, sizes: Sizes = {}): Graph {
  const g = new GraphBuilder('block', { ...family.sizes, ...sizes });
  const context = new GatedTaps(g, family, layer, sizes);
  g.output(STREAM, family.block(layer).build(context, g.input('residPre', 'B P D')));
  return g.build();
}

/** Gradients with respect to residPre and gates, from the one with respect to the stream. */
export function gatedBlockGradient(family: Family, layer: number, sizes: Sizes = {}): Graph {
  const mayStretch = (input: string) => input === 'mask' || input === STREAMING_MASK;
  return vectorJacobian(gatedBlock(family, layer, sizes), [STREAM], ['residPre', GATES], () => false, { mayStretch });
}

class GatedTaps extends ProgramTaps {
  readonly #heads: number;
  readonly #kvHeads: number;
  readonly #angles: Sizes;
  #scores: Value | null = null;

  constructor(g: Builder, family: Family, layer: number, sizes: Sizes) {
    const width = rotaryWidth(family, layer);
    super(g, noTaps, { layer, narrow: false, whole: true, rotaryWidth: width });
    this.#angles = { ...sizes, J: width };
    this.#heads = family.shape.heads;
    this.#kvHeads = family.shape.kvHeads;
  }

  override site(site: Site, value: Value): Value {
    const marked = super.site(site, value);
    if (site === 'scores') this.#scores = marked;
    return site === 'pattern' ? this.#mixed(marked) : marked;
  }

  override rotary(): { cos: Value; sin: Value } {
    const angles = (name: string) => this.g.input(name, 'B P J', 'float32', this.#angles);
    return { cos: angles('cos'), sin: angles('sin') };
  }

  /**
   * gate z_full + (1 - gate) z_streaming (Xiao et al. 2024, eq. 2), where z = A V: the same as mixing the patterns,
   * A_streaming + gate (A_full - A_streaming), for both have the values of one stream.
   */
  #mixed(full: Value): Value {
    if (this.#scores === null) throw new RangeError('gated block: the pattern is marked before the scores');
    const { g } = this;
    const streaming = g.softmax(g.add(this.#scores, g.input(STREAMING_MASK, 'B P K')), 'K');
    const difference = this.#byKvHead(g.subtract(full, streaming));
    const gated = g.multiply(difference, g.input(GATES, 'G', 'float32', { G: this.#kvHeads }));
    return g.add(streaming, this.#byHead(gated));
  }

  #byKvHead(x: Value): Value {
    if (this.#heads === this.#kvHeads) return this.g.rename(x, 'N', 'G');
    return this.g.split(x, 'N', 'G R', { G: this.#kvHeads, R: this.#heads / this.#kvHeads });
  }

  #byHead(x: Value): Value {
    return this.#heads === this.#kvHeads ? this.g.rename(x, 'G', 'N') : this.g.merge(x, 'G R', 'N');
  }
}
