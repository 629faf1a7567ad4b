/** Runs a lowered graph on ONNX Runtime for the tests of this folder. */
import * as ort from 'onnxruntime-node';
import type { Graph } from '../../engine/graph/graph.ts';
import type { LoweredProgram, ParameterStorage } from '../../engine/graph/lower.ts';
import { lower } from '../../engine/graph/lower.ts';
import type { Tensor, TensorData } from '../../engine/tensor/tensor.ts';

export type Feeds = ReadonlyMap<string, Tensor<TensorData>>;

export interface RunOptions {
  readonly storage?: (parameter: string) => ParameterStorage;
  /** Folder of external bytes. */
  readonly folder?: string;
  readonly optimizedModelFilePath?: string;
  readonly threads?: number;
}

export async function openSession(program: LoweredProgram, options: RunOptions = {}): Promise<ort.InferenceSession> {
  const folder = options.folder === undefined ? {} : { model_external_initializers_file_folder_path: options.folder };
  return ort.InferenceSession.create(program.model, {
    executionProviders: ['cpu'],
    intraOpNumThreads: options.threads ?? 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    ...(options.optimizedModelFilePath === undefined ? {} : { optimizedModelFilePath: options.optimizedModelFilePath }),
    extra: { session: { intra_op: { allow_spinning: '0' }, ...folder } },
  });
}

function feedTensor({ axes, data }: Tensor<TensorData>, dtype: string): ort.Tensor {
  const dims = axes.map(({ size }) => size);
  if (dtype === 'int64')
    return new ort.Tensor(
      'int64',
      BigInt64Array.from(data as Float64Array, (x) => BigInt(x)),
      dims,
    );
  return new ort.Tensor('float32', Float32Array.from(data as Float64Array), dims);
}

async function runProgram(
  program: LoweredProgram,
  feeds: Feeds,
  options: RunOptions = {},
): Promise<Map<string, ort.Tensor>> {
  const session = await openSession(program, options);
  const fed: Record<string, ort.Tensor> = {};
  for (const { name, dtype } of program.inputs) fed[name] = feedTensor(feeds.get(name) as Tensor<TensorData>, dtype);
  const results = await session.run(fed);
  await session.release();
  return new Map(Object.entries(results));
}

export async function runGraph(graph: Graph, feeds: Feeds, options: RunOptions = {}): Promise<Map<string, ort.Tensor>> {
  return runProgram(lower(graph, { storage: options.storage ?? (() => ({ kind: 'input' })) }), feeds, options);
}
