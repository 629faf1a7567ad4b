/** The stem of an English word (Porter 1980, "An algorithm for suffix stripping"), as ROUGE compares words. */

/** Words of two letters or fewer are their own stem. */
export function porterStem(word: string): string {
  if (word.length <= 2) return word;
  return [step1a, step1b, step1c, step2, step3, step4, step5].reduce((stem, step) => step(stem), word);
}

/** `c` for each consonant, `v` for each vowel; y is a vowel after a consonant. */
function kinds(stem: string): string {
  let kind = '';
  for (const letter of stem) {
    const isVowel = 'aeiou'.includes(letter) || (letter === 'y' && kind.endsWith('c'));
    kind += isVowel ? 'v' : 'c';
  }
  return kind;
}

/** m in [C](VC)^m[V] */
function measure(stem: string): number {
  return kinds(stem).match(/v+c+/g)?.length ?? 0;
}

const hasVowel = (stem: string) => kinds(stem).includes('v');
const endsDouble = (stem: string) => /([a-z])\1$/.test(stem) && kinds(stem).endsWith('c');
/** Ends consonant, vowel, consonant, the last not w, x or y. */
const endsShort = (stem: string) => kinds(stem).endsWith('cvc') && !/[wxy]$/.test(stem);

type Suffixes = readonly (readonly [suffix: string, to: string])[];

/** The longest suffix that fits is replaced where its stem is long enough; else nothing is. */
function replaceLongest(word: string, suffixes: Suffixes, isLong: (stem: string, suffix: string) => boolean): string {
  const fitting = suffixes.filter(([suffix]) => word.endsWith(suffix));
  const longest = fitting.reduce((best, one) => (one[0].length > best[0].length ? one : best), ['', '']);
  const stem = word.slice(0, word.length - longest[0].length);
  return longest[0] !== '' && isLong(stem, longest[0]) ? stem + longest[1] : word;
}

function step1a(word: string): string {
  return replaceLongest(
    word,
    [
      ['sses', 'ss'],
      ['ies', 'i'],
      ['ss', 'ss'],
      ['s', ''],
    ],
    () => true,
  );
}

function step1b(word: string): string {
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const stem = word.endsWith('ed') ? word.slice(0, -2) : word.endsWith('ing') ? word.slice(0, -3) : null;
  if (stem === null || !hasVowel(stem)) return word;
  if (/(at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (endsDouble(stem) && !/[lsz]$/.test(stem)) return stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}

function step1c(word: string): string {
  return word.endsWith('y') && hasVowel(word.slice(0, -1)) ? `${word.slice(0, -1)}i` : word;
}

const pairs = (text: string): Suffixes =>
  text
    .trim()
    .split(/\s+/)
    .map((pair) => {
      const [suffix = '', to = ''] = pair.split('>');
      return [suffix, to];
    });

const second = pairs(`
  ational>ate tional>tion enci>ence anci>ance izer>ize abli>able alli>al entli>ent eli>e ousli>ous ization>ize ation>ate
  ator>ate alism>al iveness>ive fulness>ful ousness>ous aliti>al iviti>ive biliti>ble
`);
const third = pairs('icate>ic ative> alize>al iciti>ic ical>ic ful> ness>');
const fourth = pairs(`
  al> ance> ence> er> ic> able> ible> ant> ement> ment> ent> ion> ou> ism> ate> iti> ous> ive> ize>
`);

function step2(word: string): string {
  return replaceLongest(word, second, (stem) => measure(stem) > 0);
}

function step3(word: string): string {
  return replaceLongest(word, third, (stem) => measure(stem) > 0);
}

function step4(word: string): string {
  return replaceLongest(word, fourth, (stem, suffix) => measure(stem) > 1 && (suffix !== 'ion' || /[st]$/.test(stem)));
}

function step5(word: string): string {
  const stem = word.slice(0, -1);
  const drops = word.endsWith('e') && (measure(stem) > 1 || (measure(stem) === 1 && !endsShort(stem)));
  const rest = drops ? stem : word;
  return rest.endsWith('ll') && measure(rest) > 1 ? rest.slice(0, -1) : rest;
}
