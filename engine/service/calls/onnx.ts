/** Writes a model as one ONNX graph with a cache. */
import { join, resolve } from 'node:path';
import { besideModel } from '../../files/besideModel.ts';
import { copySmallFiles, makeEmptyFolder, writeJson } from '../../files/modelFolder.ts';
import { readPrunedRecord } from '../../files/prunedRecord.ts';
import { writeAtomically } from '../../files/writeAtomically.ts';
import type { OnnxExport } from '../../prune/onnx/onnxExport.ts';
import { dataFile, onnxExport } from '../../prune/onnx/onnxExport.ts';
import type { HeadsByLayer } from '../../prune/surgery/headsByLayer.ts';
import { headsByLayer, requireKept } from '../../prune/surgery/headsByLayer.ts';
import type { EventOf, RequestOf, Service } from '../../results/index.ts';
import type { ModelDescription } from '../../run/index.ts';
import { describeModel } from '../../run/index.ts';
import { emitting } from './emitting.ts';

type Request = RequestOf<'onnx'>;

/** What the ports are and what was removed, beside the graph. */
const recordFile = 'headscope-onnx.json';

export function onnxCall(): Service['onnx'] {
  return async function* writeOnnx(request, { signal }) {
    const started = performance.now();
    const description = await describeModel(request.model);
    const removed = await removedOf(description, request);
    const made = onnxExport(description, removed);
    const folder = resolve(request.out);
    await makeEmptyFolder(folder);
    const files = yield* emitting<EventOf<'onnx'>, readonly string[]>((emit) =>
      written(folder, description, removed, made, (done) => {
        signal.throwIfAborted();
        emit({ kind: 'progress', of: 'bytes', done, total: made.dataBytes });
      }),
    );
    const { parameters, dataBytes, kvHeads, zeroedLayers, ports } = made;
    return {
      ...{ folder, files, parameters, bytes: dataBytes + made.model.length, kvHeads, zeroedLayers },
      inputs: ports.inputs.map(({ name }) => name),
      outputs: ports.outputs.map(({ name }) => name),
      seconds: (performance.now() - started) / 1000,
    };
  };
}

/** Heads of the request, and those that a pruned folder holds as zeros. */
async function removedOf({ family, files }: ModelDescription, request: Request): Promise<HeadsByLayer> {
  const record = files.format === 'gguf' ? null : await readPrunedRecord(await besideModel(files.path));
  const known = record === null || record.form === 'config' ? {} : record.heads_removed;
  const before = Object.entries(known).flatMap(([layer, heads]) =>
    heads.map((head) => ({ layer: Number(layer), head })),
  );
  const heads = [...request.heads, ...before];
  if (heads.length + request.kvGroups.length === 0) return new Map();
  const removed = headsByLayer(family.shape, { heads, kvGroups: request.kvGroups });
  requireKept(family.shape, removed, 0);
  return removed;
}

async function written(
  folder: string,
  { files }: ModelDescription,
  removed: HeadsByLayer,
  made: OnnxExport,
  onWritten: (bytes: number) => void,
): Promise<readonly string[]> {
  await writeAtomically(join(folder, dataFile), counted(made.data(), onWritten));
  const copied = await copySmallFiles(files, folder);
  await writeJson(folder, recordFile, {
    ...{ format: 'headscope-onnx', version: 1, source: { name: files.name, fingerprint: files.fingerprint } },
    heads_removed: Object.fromEntries([...removed].map(([layer, heads]) => [String(layer), heads])),
    ...{ kv_heads: made.kvHeads, zeroed_layers: made.zeroedLayers, parameters: made.parameters },
    ...{ inputs: made.ports.inputs, outputs: made.ports.outputs },
    notes: [
      'key_position_ids: positions of all keys, cached ones first, -1 where there is padding',
      'the caches of the first run have length 0 along T',
    ],
  });
  await writeAtomically(join(folder, 'model.onnx'), [made.model]);
  return [dataFile, ...copied, recordFile, 'model.onnx'];
}

async function* counted(
  pieces: AsyncGenerator<Uint8Array>,
  onWritten: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of pieces) {
    yield piece;
    bytes += piece.byteLength;
    onWritten(bytes);
  }
}
