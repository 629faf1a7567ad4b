/** What the headers say, in words. */
import type { ResultOf } from '../../../engine/results/contract.ts';
import { formatNumber } from '../../marks/format.ts';

type Info = ResultOf<'info'>;
type Fact = readonly [name: string, value: string];

export function modelFacts(info: Info): readonly Fact[] {
  const { architecture, shape, parameters, causal } = info;
  const { width, headWidth, mlpWidth, vocabulary, outputVocabulary, context } = shape;
  return [
    ['architecture', `${architecture.title} (${architecture.id})${causal ? '' : ', looks both ways'}`],
    ['parameters', parametersText(parameters)],
    ['heads', headsText(shape)],
    [
      'width',
      `${formatNumber(width)}, ${headWidth} a head${mlpWidth === null ? ', no MLP' : `, ${formatNumber(mlpWidth)} in the MLP`}`,
    ],
    ['context', `${formatNumber(context)} tokens${windowText(info.perLayer)}`],
    [
      'vocabulary',
      formatNumber(vocabulary) +
        (outputVocabulary === vocabulary ? '' : `, ${formatNumber(outputVocabulary)} predicted`),
    ],
    ['tokenizer', tokenizerText(info.tokenizer)],
    ['fingerprint', info.fingerprint.slice(0, 16)],
  ];
}

/** `135 M`, `1.24 B`: three digits. */
function parametersText(count: number): string {
  const [value, unit] = count >= 1e9 ? [count / 1e9, 'B'] : count >= 1e6 ? [count / 1e6, 'M'] : [count / 1e3, 'k'];
  return `${value.toPrecision(3)} ${unit} (${count.toLocaleString('en-US')})`;
}

function headsText({ layers, heads, kvHeads }: Info['shape']): string {
  const all = `${layers} layers × ${heads} heads`;
  if (kvHeads === heads) return `${all}, each with its own keys and values`;
  return `${all}, ${kvHeads} KV ${kvHeads === 1 ? 'group' : 'groups'} of ${heads / kvHeads}`;
}

function windowText(layers: Info['perLayer']): string {
  const windowed = layers.filter(({ window }) => window !== null);
  if (windowed.length === 0) return '';
  const sizes = [...new Set(windowed.map(({ window }) => formatNumber(window ?? 0)))];
  return `; ${windowed.length} of ${layers.length} layers see the last ${sizes.join(' or ')} only`;
}

function tokenizerText(tokenizer: Info['tokenizer']): string {
  if (tokenizer.kind === 'absent') return `none: ${tokenizer.reason}`;
  const { vocabulary, bosId, addsBos, eosIds, chat } = tokenizer;
  const bos =
    bosId === null ? 'no beginning token' : `${addsBos ? 'adds' : 'does not add'} the beginning token ${bosId}`;
  const end = eosIds.length === 0 ? 'no end token' : `ends at ${eosIds.join(', ')}`;
  return [`${formatNumber(vocabulary)} tokens`, bos, end, chat ? 'has a chat template' : 'no chat template'].join('; ');
}
