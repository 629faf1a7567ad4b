/** GPT-Neo: GPT-2's block with unscaled scores, and layers that alternate between all keys and a window. */
import type { Architecture } from './architecture.ts';
import { activationNames } from './parts/activations.ts';
import { ConfigReader, limits } from './parts/config.ts';
import { decoderFamily } from './parts/decoder.ts';
import { attentionOf, checkpointOf, plainMlp, separateProjections, vocabularyWeight } from './parts/llamaBlock.ts';
import { layerNorm } from './parts/norms.ts';
import { dividedWidth } from './parts/shape.ts';
import { linearOf } from './parts/weights.ts';

const kinds = ['global', 'local'] as const;
type Kind = (typeof kinds)[number];

export const gptNeo: Architecture = {
  id: 'gptNeo',
  title: 'GPT-Neo',
  modelTypes: ['gpt_neo'],
  handled: [
    'vocab_size',
    'hidden_size',
    'num_layers',
    'num_heads',
    'intermediate_size',
    'max_position_embeddings',
    'attention_types',
    'attention_layers',
    'window_size',
    'activation_function',
    'layer_norm_epsilon',
    'tie_word_embeddings',
  ],
  ignored: [],
  fixed: {},
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readGptNeoShape(read);
    const epsilon = read.number('layer_norm_epsilon', limits.epsilon, 1e-5);
    const activation = read.choice('activation_function', activationNames, 'gelu_new');
    const layerKinds = readKinds(read, shape.layers);
    const window = read.integer('window_size', limits.window, 256);
    const checkpoint = checkpointOf(shape, { prefixes: ['transformer.', ''], layers: 'h.{l}.' });
    return decoderFamily({
      shape,
      embedding: { tokens: checkpoint.model('wte.weight', 'V D'), positions: checkpoint.model('wpe.weight', 'S D') },
      windowOf: (layer) => (layerKinds[layer] === 'local' ? window : null),
      block(layer) {
        const weights = checkpoint.layer(layer);
        return {
          order: 'sequential',
          attention: {
            norm: layerNorm(weights, 'ln_1', epsilon),
            part: attentionOf(shape, weights, {
              projections: separateProjections(weights, false, 'attn.attention'),
              out: linearOf(weights, 'attn.attention.out_proj', 'D N H', 'D'),
              rotary: null,
              scale: 1,
            }),
          },
          mlp: {
            norm: layerNorm(weights, 'ln_2', epsilon),
            part: plainMlp(weights, activation, ['mlp.c_fc', 'mlp.c_proj']),
          },
        };
      },
      unembedding: {
        norm: layerNorm(checkpoint.model, 'ln_f', epsilon),
        weight: vocabularyWeight(checkpoint, read.boolean('tie_word_embeddings', true), 'wte.weight'),
        bias: null,
      },
    });
  },
};

function readGptNeoShape(read: ConfigReader) {
  const width = read.integer('hidden_size', limits.width, 2048);
  const heads = read.integer('num_heads', limits.heads, 16);
  const vocabulary = read.integer('vocab_size', limits.vocabulary, 50257);
  return {
    layers: read.integer('num_layers', limits.layers, 24),
    heads,
    kvHeads: heads,
    headWidth: dividedWidth(read, 'num_heads', width, heads),
    width,
    mlpWidth: read.integer('intermediate_size', limits.width, 4 * width),
    vocabulary,
    outputVocabulary: vocabulary,
    context: read.integer('max_position_embeddings', limits.context, 2048),
  };
}

// `attention_layers` is the list; `attention_types` its short form: [[["global", "local"], 12]].
function readKinds(read: ConfigReader, layers: number): readonly Kind[] {
  const listed = read.perLayer('attention_layers', layers, kinds);
  if (listed !== null) return listed;
  const expanded = expandTypes(read);
  return expanded.length === layers ? expanded : read.fail('attention_types', `kinds of ${layers} layers`);
}

function expandTypes(read: ConfigReader): readonly Kind[] {
  const types = read.config['attention_types'] ?? [[kinds, 12]];
  if (!Array.isArray(types)) return read.fail('attention_types', 'a list of [kinds, times]');
  return types.flatMap((entry: unknown) => {
    const [pattern, times] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
    const counted = typeof times === 'number' && Number.isInteger(times) && times > 0 && times <= limits.layers.max;
    if (!Array.isArray(pattern) || !counted) return read.fail('attention_types', 'a list of [kinds, times]');
    const group = pattern.map((name: unknown) => kindOf(read, name));
    return Array.from({ length: times }, () => group).flat();
  });
}

function kindOf(read: ConfigReader, name: unknown): Kind {
  return kinds.find((kind) => kind === name) ?? read.fail('attention_types', kinds.join(' or '), name);
}
