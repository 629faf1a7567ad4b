/** Estimates from gradients (engine/scores/attribution.ts), by the scene's nodes. */
import { attribute } from '../../scores/attribution.ts';
import type { AttributionMethod } from '../../scores/attribution.ts';
import type { NodeId } from '../../terms/nodes.ts';
import type { CircuitScene, OnProgress } from '../method.ts';

export interface NodeAttributionRequest {
  readonly method: AttributionMethod;
  readonly steps: number;
  readonly gradDrop: boolean;
}

/** Mean over prompts, estimated edited minus clean: heads at z, MLPs at what they add to the stream. */
export async function nodeAttribution(
  { model, prompts, metric, nodeSet, nodes, signal }: CircuitScene,
  request: NodeAttributionRequest,
  onProgress: OnProgress,
): Promise<readonly number[]> {
  const effects = new Map<NodeId, number>();
  const events = attribute(model, {
    ...{ ...request, prompts, metric, signal, qkCorrection: false, granularity: 'example', seed: 0 },
    sites: nodeSet === 'heads' ? ['z'] : ['z', 'mlpOut'],
  });
  for await (const event of events) {
    if (event.kind === 'progress') onProgress(event.done, event.total);
    if (event.kind !== 'unit') continue;
    const { layer, head, effect } = event;
    effects.set(head === undefined ? `L${layer}MLP` : `L${layer}H${head}`, effect.mean);
  }
  return nodes.map((node) => effects.get(node) ?? NaN);
}
