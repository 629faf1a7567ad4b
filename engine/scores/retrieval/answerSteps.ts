/**
 * The steps of a generation that are the answer: its tokens one after the other, else the tokens that spell it, in any case
 * (LOCOS, arXiv 2607.01002). Empty where the generation doesn't have it.
 */
export function answerSteps(
  generated: readonly number[],
  answer: { readonly ids: readonly number[]; readonly text: string | null },
  textOf: (id: number) => string,
): readonly number[] {
  const at = generated.findIndex((_, from) => answer.ids.every((id, i) => generated[from + i] === id));
  if (answer.ids.length > 0 && at >= 0) return answer.ids.map((_, i) => at + i);
  return answer.text === null ? [] : spelledSteps(generated.map(textOf), answer.text.trim());
}

function spelledSteps(texts: readonly string[], answer: string): number[] {
  const from = texts.join('').toLowerCase().indexOf(answer.toLowerCase());
  if (answer === '' || from < 0) return [];
  let start = 0;
  return texts.flatMap((text, step) => {
    const [begins, ends] = [start, (start += text.length)];
    return ends > from && begins < from + answer.length ? [step] : [];
  });
}
