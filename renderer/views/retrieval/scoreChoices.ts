/** The scores that can be read beside the copy counts, as the engine names them (a test holds the list to its). */

interface ScoreChoice {
  readonly id: string;
  readonly title: string;
  readonly about: string;
}

export const scoreChoices: readonly ScoreChoice[] = [
  {
    ...{ id: 'locos', title: 'Logit contribution' },
    about:
      "what a head adds to the answer token's logit from the needle, less what it adds from as many other positions",
  },
  {
    ...{ id: 'locosFolded', title: 'Logit contribution, in logits' },
    about: 'the logit contribution with the final norm in it: logits of the answer, comparable between models',
  },
  {
    ...{ id: 'spatial', title: 'Attention contrast' },
    about: 'attention to the needle, less that to as many other positions',
  },
  {
    ...{ id: 'directLogit', title: 'Direct logit attribution' },
    about: "what a head adds to the answer token's logit, from wherever",
  },
  {
    ...{ id: 'reasoning', title: 'Retrieval with reasoning' },
    about: "attention on the needle among each step's strongest keys, summed over the answer's tokens",
  },
  {
    ...{ id: 'questionFocus', title: 'Query-focused retrieval' },
    about: "attention from the question's tokens to the needle's, less that from a question which says N/A",
  },
  {
    ...{ id: 'keyValue', title: 'Key-value lookup' },
    about: 'accuracy that key-value lookup loses without the head (zero ablation)',
  },
];
