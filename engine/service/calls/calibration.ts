/** The user's documents, or stories, as windows of tokens. */
import { createHash } from 'node:crypto';
import type { CalibrationDocument, CalibrationText } from '../../prune/calibration/calibrationText.ts';
import { calibrationText } from '../../prune/calibration/calibrationText.ts';
import type { CalibrationTexts, ImportanceHeader } from '../../results/importance.ts';
import type { Model } from '../../run/index.ts';
import { plainText } from '../../tasks/text/index.ts';
import { seededRandom } from '../../tensor/random.ts';
import { Fault } from '../../terms/fault.ts';
import type { PlainWindows } from './plainWindows.ts';

/** Throws Fault for windows longer than the context, and for text that is shorter than one. */
export function calibrationOf(model: Model, texts: CalibrationTexts, seed: number): CalibrationText {
  const { n, length } = texts;
  const { context } = model.family.shape;
  if (length > context) {
    const expected = `at most the context of ${context} tokens`;
    throw new Fault({ what: 'windows of text', expected, got: `${length}` });
  }
  const { bosId, addsBos } = model.tokenizer;
  const name = sourceOf(texts);
  const documents = texts.source.kind === 'stories' ? stories(model, texts, seed) : encoded(model, texts);
  return calibrationText(documents, { name, n, length, bosId: addsBos ? bosId : null });
}

function sourceOf({ source }: CalibrationTexts): string {
  return source.kind === 'stories' ? 'stories' : source.name;
}

/** What a result says of its text beside its hash and sizes. */
export function calibrationFacts(
  model: Model,
  { windows, documentOf, tokens }: CalibrationText,
): ImportanceHeader['text'] {
  const [first] = windows;
  return {
    predicted: tokens - windows.length,
    documents: new Set(documentOf.flat().filter((document) => document >= 0)).size,
    bosPrepended: first !== undefined && model.tokenizer.addsBos && first[0] === model.tokenizer.bosId,
  };
}

/** As other measurements on text take it. */
export function windowsOf({ name, windows }: CalibrationText, { n, length }: CalibrationTexts): PlainWindows {
  const tokenIdsSha256 = createHash('sha256').update(JSON.stringify(windows)).digest('hex');
  const note =
    windows.length < n ? `${name}: ${windows.length} windows of ${length} tokens, ${n} were asked for` : null;
  return { rows: windows, source: name, tokenIdsSha256, note };
}

function stories(model: Model, { n, length }: CalibrationTexts, seed: number): CalibrationDocument[] {
  const random = seededRandom(seed);
  const documents: CalibrationDocument[] = [];
  for (let tokens = 0; tokens < n * length;) {
    const ids = model.tokenizer.encode(` ${plainText(random, 'story')}`, { special: false });
    documents.push({ name: `story ${documents.length + 1}`, ids });
    tokens += ids.length;
  }
  return documents;
}

/** As many as the windows need. */
function encoded(model: Model, { source, n, length }: CalibrationTexts): CalibrationDocument[] {
  const documents: CalibrationDocument[] = [];
  let tokens = 0;
  for (const { name, text } of source.kind === 'documents' ? source.documents : []) {
    if (tokens >= n * length) break;
    const ids = model.tokenizer.encode(text, { special: false });
    documents.push({ name, ids });
    tokens += ids.length;
  }
  return documents;
}
