/** Needles of our own: the sentence that is hidden, the question, and the words that answer it, each apart. */

export interface Needle {
  readonly id: string;
  /** `copy`: the answer stands beside what is asked. `reasoning`: two statements have to be joined (HeadKV, arXiv 2410.19258). */
  readonly kind: 'copy' | 'reasoning';
  /** With `[answer]` where the answer's words stand, once. */
  readonly sentence: string;
  readonly question: string;
  readonly answer: string;
}

/** Places and persons are invented, so that no model knows an answer from elsewhere. */
export const needles: readonly Needle[] = [
  copied(
    'swans',
    'The best thing to do in Halvern on a rainy day is to [answer].',
    'What is the best thing to do in Halvern on a rainy day?',
    'feed the swans behind the old mill',
  ),
  copied(
    'key',
    'Marta keeps the spare key to the boathouse [answer].',
    'Where does Marta keep the spare key to the boathouse?',
    'inside a blue teapot on the third shelf',
  ),
  copied(
    'bread',
    "The secret of the baker's winter bread is [answer].",
    "What is the secret of the baker's winter bread?",
    'roasted chestnut flour with orange peel',
  ),
  copied(
    'train',
    'The night train to Velmoor leaves from [answer].',
    'Where does the night train to Velmoor leave from?',
    'platform nine at a quarter past eleven',
  ),
  copied(
    'lighthouse',
    'The password for the lighthouse door is [answer].',
    'What is the password for the lighthouse door?',
    'silver herring seventy two',
  ),
  copied(
    'museum',
    'The oldest object in the museum of Tarnby is [answer].',
    'What is the oldest object in the museum of Tarnby?',
    'a wooden flute carved from cherry wood',
  ),
  copied(
    'cough',
    'To cure a cough, Doctor Ilse tells her patients to [answer].',
    'What does Doctor Ilse tell her patients to do to cure a cough?',
    'drink warm beet juice with a spoon of thyme',
  ),
  copied(
    'kites',
    'The winner of the kite contest in Odrin received [answer].',
    'What did the winner of the kite contest in Odrin receive?',
    'a brown pony and two sacks of oats',
  ),
  reasoned(
    'bees',
    'Anton repairs clocks and Bera keeps bees. Anton is thirty one years old. Bera is [answer] years old.',
    'How old is the person who keeps bees?',
    'fifty four',
  ),
  reasoned(
    'ferry',
    'Jonas steers the ferry and Lotte paints signs. Lotte was born in Arden. Jonas was born in [answer].',
    'Where was the person who steers the ferry born?',
    'Wexholm',
  ),
  reasoned(
    'choir',
    'Edda leads the choir and Piet sells maps. Piet lives in the yellow house. Edda lives in the [answer] house.',
    'In which house does the person who leads the choir live?',
    'round stone',
  ),
  reasoned(
    'garden',
    'Ruben grows melons and Signe tunes pianos. Ruben owns a grey cat. Signe owns a [answer].',
    'Which animal does the person who tunes pianos own?',
    'spotted goat',
  ),
];

function copied(id: string, sentence: string, question: string, answer: string): Needle {
  return { id, kind: 'copy', sentence, question, answer };
}

function reasoned(id: string, sentence: string, question: string, answer: string): Needle {
  return { id, kind: 'reasoning', sentence, question, answer };
}
