/**
 * The pre-tokenizers that GGUF files name (`tokenizer.ggml.pre`): how a text is cut before the merges run.
 * Each row restates the pre-tokenizer of the model's own tokenizer.json, which the name stands for; every pattern cuts
 * what the one before it left, matches and rests are both kept.
 */

import { Fault } from '../../terms/fault.ts';

export interface NamedPreTokenizer {
  /** Oniguruma patterns, in order. */
  readonly patterns: readonly string[];
  /** Patterns that run over the byte-level alphabet, after the others (falcon alone needs them). */
  readonly bytePatterns?: readonly string[];
  readonly normalizer?: 'NFC';
  /** A piece that is in the vocabulary as a whole is taken, merges or not. */
  readonly ignoreMerges?: true;
  /** Is BOS put first where the file doesn't say? */
  readonly addsBos?: true;
}

/** GPT-2: contractions, words, numbers and symbols with the space before them, runs of blanks. */
export const gpt2Pattern = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

const contraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const blanks = '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';

/** The cl100k family; `digits` says how many digits make a piece. */
const cl100k = (digits: string): string =>
  `${contraction}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|${blanks}`;

const upper = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const lower = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';

/** The o200k family: words are cut where lower case meets upper case. */
const o200k = (ending: string, digits: string): string =>
  `[^\\r\\n\\p{L}\\p{N}]?${upper}*${lower}+${ending}|[^\\r\\n\\p{L}\\p{N}]?${upper}+${lower}*${ending}` +
  `|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|${blanks}`;

const gpt2: NamedPreTokenizer = { patterns: [gpt2Pattern] };
const gpt2Nfc: NamedPreTokenizer = { ...gpt2, normalizer: 'NFC' };
const singleDigits: NamedPreTokenizer = { patterns: ['\\p{N}', gpt2Pattern] };
const qwen2: NamedPreTokenizer = { patterns: [cl100k('\\p{N}')] };
const llama3: NamedPreTokenizer = { patterns: [cl100k('\\p{N}{1,3}')], ignoreMerges: true, addsBos: true };
const gpt4o: NamedPreTokenizer = { patterns: [o200k(`${contraction}?`, '\\p{N}{1,3}')] };
const bloomPattern = ' ?[^(\\s|[.,!?…。，、।۔،])]+';

// Letters of the Latin, Greek, Cyrillic, Armenian, Georgian ... alphabets that have two cases.
const casedLetters =
  'A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-\u1f7dᾀ-ᾴᾶ-ᾼ' +
  '\u1fbeῂ-ῄῆ-ῌῐ-\u1fd3ῖ-\u1fdbῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤ\u2126ℨ\u212a-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿ' +
  'ﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ\u{10400}-\u{1044f}\u{104b0}-\u{104d3}\u{104d8}-\u{104fb}\u{10c80}-\u{10cb2}\u{10cc0}-\u{10cf2}\u{118a0}-\u{118df}\u{1e900}-\u{1e943}';
const hanAndHangul = '[一-龥ࠀ-一가-퟿]+';
const deepseekV3: NamedPreTokenizer = {
  patterns: [
    '\\p{N}{1,3}',
    '[一-龥\u3040-\u309f\u30a0-\u30ff]+',
    '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+' +
      `| ?[\\p{P}\\p{S}]+[\\r\\n]*|${blanks}`,
  ],
};

const named: Readonly<Record<string, NamedPreTokenizer>> = {
  'gpt-2': gpt2,
  'phi-2': gpt2,
  'jina-es': gpt2,
  'jina-de': gpt2,
  'jina-v2-es': gpt2,
  'jina-v2-de': gpt2,
  gigachat: gpt2,
  'a.x-4.0': gpt2,
  mellum: gpt2,
  exaone4: gpt2,
  jais: gpt2,
  trillion: gpt2,
  'granite-docling': gpt2,
  olmo: gpt2Nfc,
  mpt: gpt2Nfc,
  smollm: singleDigits,
  starcoder: singleDigits,
  refact: singleDigits,
  codeshell: singleDigits,
  exaone: singleDigits,
  'minerva-7b': singleDigits,
  mellum2: singleDigits,
  'command-r': { ...singleDigits, normalizer: 'NFC' },
  'llama-bpe': llama3,
  llama3,
  'llama-v3': llama3,
  falcon3: llama3,
  'falcon-h1': llama3,
  pixtral: llama3,
  'midm-2.0': llama3,
  lfm2: llama3,
  dbrx: { patterns: llama3.patterns },
  'smaug-bpe': { patterns: llama3.patterns },
  'chatglm-bpe': { patterns: llama3.patterns },
  glm4: { patterns: llama3.patterns },
  qwen2: { ...qwen2, normalizer: 'NFC' },
  qwen35: {
    patterns: [
      `${contraction}|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|${blanks}`,
    ],
    normalizer: 'NFC',
  },
  stablelm2: { ...qwen2, normalizer: 'NFC' },
  megrez: { ...qwen2, normalizer: 'NFC' },
  'deepseek-r1-qwen': qwen2,
  hunyuan: qwen2,
  'solar-open': qwen2,
  'grok-2': qwen2,
  'seed-coder': {
    patterns: [`${contraction}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1}| ?[^\\s\\p{L}\\p{N}\\r\\n]+|${blanks}`],
  },
  bailingmoe: {
    patterns: [
      "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+",
    ],
  },
  'deepseek-llm': {
    patterns: [
      '[\\r\\n]',
      `\\s?[${casedLetters}]+`,
      '\\s?[!-/:-~！-／：-～‘-‟\u3000-。]+',
      '\\s+$',
      hanAndHangul,
      '\\p{N}+',
    ],
  },
  'deepseek-coder': { patterns: ['[\\r\\n]', '\\s?\\p{L}+', '\\s?\\p{P}+', hanAndHangul, '\\p{N}'] },
  'deepseek-v3': deepseekV3,
  'hunyuan-dense': deepseekV3,
  'joyai-llm': deepseekV3,
  falcon: {
    patterns: ['[\\p{P}$+<=>^~|`]+', gpt2Pattern],
    bytePatterns: ['\\p{N}+', '[0-9][0-9][0-9]'],
  },
  'gpt-4o': gpt4o,
  llama4: gpt4o,
  kanana2: gpt4o,
  'minimax-m2': gpt4o,
  tekken: { patterns: [o200k('', '\\p{N}')], ignoreMerges: true, addsBos: true },
  bloom: { patterns: [bloomPattern] },
  'poro-chat': { patterns: [bloomPattern] },
  'gpt3-finnish': { patterns: [bloomPattern] },
  viking: { patterns: [bloomPattern, '\\p{N}'] },
  superbpe: { patterns: ['\\p{N}+', '(?=(?:\\d{3})+(?!\\d))'] },
};

/** Families whose files are older than the key `tokenizer.ggml.pre` and have had one pre-tokenizer only. */
const byArchitecture: Readonly<Record<string, string>> = {
  gpt2: 'gpt-2',
  gptneox: 'olmo',
  phi2: 'phi-2',
  bloom: 'bloom',
  falcon: 'falcon',
  mpt: 'mpt',
  starcoder: 'starcoder',
  starcoder2: 'starcoder',
  qwen2: 'qwen2',
};

/** The pre-tokenizer a GGUF file names, or the only one its architecture has had. Fault for an unknown name. */
export function namedPreTokenizer(name: string | undefined, architecture: string): NamedPreTokenizer {
  const known = name ?? (Object.hasOwn(byArchitecture, architecture) ? byArchitecture[architecture] : undefined);
  const found = known !== undefined && Object.hasOwn(named, known) ? named[known] : undefined;
  if (found !== undefined) return found;
  throw new Fault({
    what: name === undefined ? 'the file names no pre-tokenizer' : `unknown pre-tokenizer "${name}"`,
    where: 'tokenizer.ggml.pre',
    expected: `one of ${Object.keys(named).join(', ')}`,
    ...(name === undefined ? {} : { got: name }),
  });
}

/** The pre-tokenizer as a tokenizer.json writes it. */
export function byteLevelPreTokenizer(named: NamedPreTokenizer): Readonly<Record<string, unknown>> {
  const cut = (Regex: string): object => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false });
  return {
    type: 'Sequence',
    pretokenizers: [
      ...named.patterns.map(cut),
      { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ...(named.bytePatterns ?? []).map(cut),
    ],
  };
}

/** Names that are understood, for tests and `info`. */
export function preTokenizerNames(): readonly string[] {
  return Object.keys(named);
}
