/** A .gguf file as ModelFiles. */
import { basename } from 'node:path';
import { Fault } from '../terms/fault.ts';
import { fingerprint } from './fingerprint.ts';
import { readGguf } from './gguf.ts';
import type { GgufMetadata } from './gguf.ts';
import { ggufModel } from './ggufConfig.ts';
import type { ModelFiles, TokenizerSource } from './modelFiles.ts';

/** `file` is the real path. */
export async function openGguf(path: string, file: string): Promise<ModelFiles> {
  const gguf = readGguf(file);
  refuseParts(file, gguf.metadata);
  refuseOthers(file, gguf.metadata);
  const { config, generationConfig, tensors } = await ggufModel(file, gguf);
  return {
    path,
    name: basename(path).replace(/\.gguf$/i, ''),
    format: 'gguf',
    config,
    generationConfig,
    tensors,
    tokenizer: tokenizerOf(gguf.metadata),
    fingerprint: await fingerprint(config, tensors),
  };
}

function refuseParts(file: string, metadata: GgufMetadata): void {
  const parts = metadata.get('split.count');
  if (typeof parts === 'number' && parts > 1) {
    throw new Fault({
      what: 'this is one part of a split GGUF model: join the parts first (llama-gguf-split --merge)',
      where: file,
      expected: 'one file',
      got: `${parts} parts`,
    });
  }
}

/** Adapters, vision parts and bare vocabularies are GGUF files too. */
function refuseOthers(file: string, metadata: GgufMetadata): void {
  const type = metadata.get('general.type') ?? 'model';
  if (type !== 'model') {
    throw new Fault({
      what: 'this GGUF file is not a model',
      where: file,
      expected: 'general.type "model"',
      got: String(type),
    });
  }
}

function tokenizerOf(metadata: GgufMetadata): TokenizerSource {
  if (metadata.has('tokenizer.ggml.tokens')) return { kind: 'gguf', metadata };
  return { kind: 'none', reason: 'the GGUF file has no tokenizer (no tokenizer.ggml.tokens)' };
}
