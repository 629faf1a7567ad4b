/** What a model is, from its headers and its tokenizer: no weights are read. */
import { availableMemory } from 'node:process';
import type { Family } from '../../arch/architecture.ts';
import { parityOf } from '../../arch/parity.ts';
import type { ModelFiles } from '../../files/modelFiles.ts';
import { checkVocabulary, createTokenizer } from '../../files/tokenizer/index.ts';
import type { ResultOf, Service } from '../../results/index.ts';
import { describeModel, isMappable, isQuantised, memoryEstimate } from '../../run/index.ts';
import { isSite } from '../../terms/sites.ts';

type Info = ResultOf<'info'>;

export function infoCall(): Service['info'] {
  return async ({ model: path }): Promise<Info> => {
    const { files, architecture, family } = await describeModel(path);
    const { shape } = family;
    return {
      path: files.path,
      name: files.name,
      format: files.format,
      architecture: { id: architecture.id, title: architecture.title },
      parity: parityOf(architecture.id),
      fingerprint: files.fingerprint,
      shape,
      causal: family.causal,
      perLayer: Array.from({ length: shape.layers }, (_, layer) => layerInfo(family, layer)),
      parameters: storageOf(files).reduce((total, { elements }) => total + elements, 0),
      storage: storageOf(files),
      tokenizer: tokenizerInfo(files, shape.vocabulary),
      lacks: lacksOf(family),
      memory: memoryOf(files, family),
    };
  };
}

function layerInfo({ shape, windowOf }: Family, layer: number): Info['perLayer'][number] {
  return { heads: shape.heads, kvHeads: shape.kvHeads, window: windowOf(layer) };
}

/** By stored type, most values first. */
function storageOf(files: ModelFiles): Info['storage'] {
  const byType = new Map<string, { type: string; tensors: number; elements: number; bytes: number }>();
  for (const { type, shape, length } of files.tensors.values()) {
    const entry = byType.get(type) ?? { type, tensors: 0, elements: 0, bytes: 0 };
    entry.tensors += 1;
    entry.elements += shape.reduce((product, size) => product * size, 1);
    entry.bytes += length;
    byType.set(type, entry);
  }
  return [...byType.values()].sort((a, b) => b.elements - a.elements);
}

function tokenizerInfo(
  { tokenizer: source, config, generationConfig }: ModelFiles,
  vocabulary: number,
): Info['tokenizer'] {
  if (source.kind === 'none') return { kind: 'absent', reason: source.reason };
  const tokenizer = createTokenizer(source, config, generationConfig);
  checkVocabulary(tokenizer, vocabulary);
  const { vocabularySize, bosId, eosIds, addsBos, chat } = tokenizer;
  return { kind: 'present', vocabulary: vocabularySize, bosId, eosIds, addsBos, chat: chat !== null };
}

function lacksOf({ lacks }: Family): Info['lacks'] {
  return Object.entries(lacks).flatMap(([site, reason]) => (isSite(site) ? [{ site, reason }] : []));
}

function memoryOf(files: ModelFiles, family: Family): Info['memory'] {
  const cost = (mode: 'float32' | 'quantised' | 'mapped') => {
    const { weights, total } = memoryEstimate(files, family, mode);
    return { kind: 'possible' as const, weights, total };
  };
  const quantised = isQuantised(files)
    ? cost('quantised')
    : { kind: 'impossible' as const, reason: 'the file is not quantised' };
  const mapped = isMappable(files)
    ? cost('mapped')
    : { kind: 'impossible' as const, reason: 'the file holds no float32 matrices' };
  return { float32: cost('float32'), quantised, mapped, free: availableMemory() };
}
